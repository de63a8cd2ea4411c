"""Where a batch is computed: here, in several processes of this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from analysis.batch.cases import Case, Row, compute
from analysis.hazard import MODELS
from layers.errors import ConflictError, InvalidInputError

CHUNK = 16
CONNECT_S = 10.0

Progress = Callable[[int], None]


def run(
    cases: Sequence[Case],
    *,
    scheduler: str | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Row]:
    """Return the rows of all cases, in their order whoever computed them.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler, "tcp://host:8786" or "tls://…"; its workers need this
        package, of the same version.
    workers
        Without a scheduler: processes of this machine; 1 computes here.
    progress
        Told the number of finished cases.

    Raises
    ------
    InvalidInputError
        `code="scheduler_unreachable"`.
    ConflictError
        `code="workers_differ"`: a worker has other models than this program.
    """
    chunks = [cases[first : first + CHUNK] for first in range(0, len(cases), CHUNK)]
    done = 0
    rows: list[Row] = []
    with _computing(scheduler, workers) as each:
        for chunk, found in zip(chunks, each(chunks), strict=True):
            rows += found
            done += len(chunk)
            if progress is not None:
                progress(done)
    return rows


def models_here() -> tuple[tuple[str, str], ...]:
    """Return the name and version of every model that this process would run."""
    return tuple(sorted((model.name, model.version) for model in MODELS.values()))


@contextmanager
def _computing(
    scheduler: str | None, workers: int
) -> Iterator[Callable[[Sequence[Sequence[Case]]], Iterator[list[Row]]]]:
    if scheduler is None and workers == 1:
        yield lambda chunks: map(compute, chunks)
        return
    with _client(scheduler, workers) as client:
        _check_alike(client)
        yield lambda chunks: _gathered(client, chunks)


@contextmanager
def _client(scheduler: str | None, workers: int) -> Iterator[Any]:
    from distributed import Client, LocalCluster

    if scheduler is None:
        with (
            LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
            ) as cluster,
            Client(cluster) as client,  # type: ignore[no-untyped-call]
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=CONNECT_S)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise InvalidInputError(
            f"no Dask scheduler answers at {scheduler}: {error}",
            code="scheduler_unreachable",
            field="scheduler",
            got=scheduler,
            wanted="tcp://host:port",
        ) from error
    with client:
        yield client


def _check_alike(client: Any) -> None:
    """Refuse workers with other models: their numbers would stand beside ours unmarked."""
    here = models_here()
    others = [name for name, there in client.run(models_here).items() if there != here]
    if others:
        raise ConflictError(
            f"workers with other models than this program: {', '.join(sorted(others))}",
            code="workers_differ",
            workers=sorted(others),
        )


def _gathered(client: Any, chunks: Sequence[Sequence[Case]]) -> Iterator[list[Row]]:
    # Pure: the same chunk would be answered from the cluster's memory, and a bench of nothing.
    futures = client.map(compute, chunks, pure=False)
    for future in futures:
        yield future.result()
        future.release()
