"""The whole way of a file, for the command line and the server, one step a function.

start -> look (分析) -> check (质检, 预入库) -> publish (正式入库), with `settle` where a person
adjusts (调整) and has it checked again, and `reject`.

Each function works in the caller's transaction and the caller commits, so a process that is
killed leaves either all of a step or nothing; `fail` marks what it left over.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.errors import OneMapError, QualityError
from layers.intake import analysis, checking, outside, remembered, staging
from layers.intake.batches import faults, found, status, told
from layers.intake.checking import Progress, Report
from layers.intake.load import allow_long, begin, load_staged
from layers.intake.merge import Loaded
from layers.intake.options import Options, settled, stored, verify
from layers.models import Batch, StagedRow

__all__ = [
    "MOVING", "Options", "Progress", "Report", "analyse", "check", "fail", "faults", "look",
    "order", "publish", "reject", "settle", "start", "status",
]  # fmt: skip

MOVING = ("reading", "checking", "publishing")
_WAITING = ("analysed", "staged", "failed")


def start(
    session: Session, file_name: str, options: Options, *, actor: str | None = None
) -> uuid.UUID:
    """Store a new batch with status `reading`; return its id.

    Raises
    ------
    NotFoundError, InvalidInputError
        The layer or the mapping is wrong: better told before the file travels.
    """
    verify(session, options)
    batch = Batch(file_name=Path(file_name).name[:200], options=asdict(options), created_by=actor)
    session.add(batch)
    session.flush()
    return batch.id


def analyse(
    session: Session,
    batch_id: uuid.UUID,
    path: Path,
    *,
    titles: Iterable[Mapping[str, str]] = (),
    progress: Progress | None = None,
) -> Report:
    """Look into a batch's file and, where it is said what it is for, check it at once.

    Returns the report of the check; an empty one where a person has to say more (`analysed`).
    Parameters and errors as `check`.
    """
    texts = tuple(titles)
    look(session, batch_id, path, titles=texts, progress=progress)
    if found(session, batch_id).status == "analysed":
        return {}
    return check(session, batch_id, path, titles=texts, progress=progress)


def look(
    session: Session,
    batch_id: uuid.UUID,
    path: Path,
    *,
    titles: Iterable[Mapping[str, str]] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Look into a batch's file: what it holds, how it seems to be read, where it seems to go.

    Status becomes `checking` where the options or the format say what the file is for, else
    `analysed`: it waits for a person.

    Raises
    ------
    OneMapError
        The file cannot be read at all. Roll back and call `fail`.
    """
    (progress or _silent)("reading", 0)
    batch = found(session, batch_id, ("reading",))
    allow_long(session)
    options = stored(batch.options)
    batch.analysis = analysis.look(
        session, path, options, file_name=batch.file_name, titles=tuple(titles)
    )
    decided = options.decided or batch.analysis["format"] == "osm_pbf"
    batch.status = "checking" if decided else "analysed"
    session.flush()
    return batch.analysis


def settle(session: Session, batch_id: uuid.UUID, said: Mapping[str, Any]) -> None:
    """Take down how a person wants the file read; the next step is its check (`checking`).

    `said` holds options by name; those that are left out stay as they are.

    Raises
    ------
    ConflictError
        The batch is not one that waits for a person.
    NotFoundError, InvalidInputError
        A layer, field or coordinate system that does not exist.
    """
    batch = found(session, batch_id, _WAITING)
    batch.options = asdict(settled(session, stored(batch.options), _seen(batch, said) | dict(said)))
    batch.report, batch.progress = {}, {}
    batch.status = "checking"
    session.flush()


def _seen(batch: Batch, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the analysis showed a person, who let it stand."""
    kept, crs = stored(batch.options), batch.analysis.get("crs", {})
    proposed = batch.analysis.get("proposed", {})
    seen = {"source_layer": proposed.get("source_layer")}
    if crs.get("given") is None and crs.get("told") is None:
        seen["crs"] = crs.get("name")
    if proposed.get("source_remembered") and said.get("layer") == proposed["layer"]:
        seen["fields"] = proposed["fields"]
    return {name: value for name, value in seen.items() if value and not getattr(kept, name)}


def check(
    session: Session,
    batch_id: uuid.UUID,
    path: Path,
    *,
    titles: Iterable[Mapping[str, str]] = (),
    progress: Progress | None = None,
) -> Report:
    """Read, check and stage a batch's file; return its report. Status becomes `staged`.

    Parameters
    ----------
    titles
        Catalogues of texts (zh, en): `field.<layer>.<field>` is a word for a column,
        `value.<layer>.<field>.<value>` a word for a value.
    progress
        Is called with the step (`reading`, `checking`, `staging`, `comparing`) and a count.

    Raises
    ------
    OneMapError
        The file as a whole cannot be used. Roll back and call `fail`.
    """
    batch = found(session, batch_id, ("checking",))
    allow_long(session)
    session.execute(delete(StagedRow).where(StagedRow.batch_id == batch_id))
    report = checking.run(
        session, batch_id, path, stored(batch.options),
        file_name=batch.file_name, texts=tuple(titles), tell=progress or _silent,
    )  # fmt: skip
    batch.status, batch.report = "staged", report
    session.flush()
    return report


def _silent(step: str, count: int) -> None:
    """Tell nobody."""


def order(
    session: Session,
    batch_id: uuid.UUID,
    *,
    by: str,
    good_rows_only: bool = False,
    remove_gone: bool = False,
) -> None:
    """Take down that a staged batch is to be published, and by whom; the next step is `publish`.

    Raises
    ------
    QualityError, ConflictError
        As `publish`.
    """
    batch = found(session, batch_id, ("staged",))
    _refuse_bad(batch, good_rows_only=good_rows_only)
    decision = {"by": by, "good_rows_only": good_rows_only, "remove_gone": remove_gone}
    batch.progress = {"decision": decision}
    batch.status = "publishing"
    session.flush()


def publish(
    session: Session,
    batch_id: uuid.UUID,
    *,
    good_rows_only: bool = False,
    remove_gone: bool = False,
) -> dict[str, Loaded]:
    """Load a staged batch into its layers; return what each layer got. Status `published`.

    All rows or none, unless the person asks for the good rows. A batch that is published already
    answers what it did then and does nothing.

    Raises
    ------
    QualityError
        Rows have errors and the good rows alone were not asked for, or no row is good.
    ConflictError
        The batch was rejected, failed, or is not staged yet.
    """
    batch = found(session, batch_id, ("staged", "publishing", "published"))
    if batch.status == "published":
        return {name: Loaded(**done) for name, done in batch.report["loaded"].items()}
    options = stored(batch.options)
    begin(session, batch_id)
    _mark_outside(session, batch, options)
    _refuse_bad(batch, good_rows_only=good_rows_only)
    report = dict(batch.report)
    loaded = {
        name: load_staged(session, batch_id, find(name, session), remove_gone=remove_gone)
        for name in sorted(report["layers"], key=_load_order)
    }
    report["loaded"] = {name: asdict(done) for name, done in loaded.items()}
    report.pop("error", None)
    batch.status, batch.report = "published", report
    _remember(session, batch, options)
    staging.discard(session, batch_id)
    session.flush()
    return loaded


def _mark_outside(session: Session, batch: Batch, options: Options) -> None:
    """Look once more whether every row lies where the importer may write: rows move meanwhile."""
    if options.regions is None:
        return
    report = dict(batch.report)
    layers = {name: dict(counted) for name, counted in report["layers"].items()}
    for name, counted in layers.items():
        late = outside.mark(session, batch.id, find(name, session), options.regions)
        if late:
            counted |= staging.compare(session, batch.id, find(name, session))
            counted |= staging.severities(session, batch.id, find(name, session))
    batch.report = {**report, "layers": layers}


def _refuse_bad(batch: Batch, *, good_rows_only: bool) -> None:
    counts = batch.report["layers"].values()
    errors = sum(counted["errors"] for counted in counts)
    good = sum(counted["new"] + counted["existing"] for counted in counts)
    if (errors and not good_rows_only) or not good:
        raise QualityError(
            f"{errors} rows have errors, {good} are good; nothing was loaded",
            batch.report,
            errors=errors,
            good=good,
        )


def _remember(session: Session, batch: Batch, options: Options) -> None:
    """Keep how this file was read for the next one of its source."""
    columns = batch.analysis.get("columns")
    if not columns or options.layer is None or options.map_text is not None:
        return
    settings = asdict(options) | {"fields": options.fields or batch.analysis["proposed"]["fields"]}
    if "+" in (options.crs or ""):
        settings["crs"] = None  # an old datum's parameters are the person's, not the source's
    remembered.remember(
        session, columns, name=remembered.source_name(batch.file_name, options.source),
        layer=find(options.layer, session).name, settings=settings, actor=batch.created_by,
    )  # fmt: skip


def _load_order(name: str) -> tuple[int, str]:
    """Return the place of a layer: regions place the others, the next ones are referred to."""
    first = ("region", "park", "enterprise", "hazard_source")
    return (first.index(name) if name in first else len(first)), name


def reject(session: Session, batch_id: uuid.UUID) -> None:
    """Throw a batch that is not published away; its faults stay as its account."""
    batch = found(session, batch_id, ("reading", "checking", *_WAITING, "rejected"))
    batch.status = "rejected"
    staging.discard(session, batch_id)
    session.flush()


def fail(session: Session, batch_id: uuid.UUID, error: OneMapError | None = None) -> None:
    """Mark a batch that could not be finished, with the error; None: it was interrupted.

    One that could not be published stays staged: it can be published again.
    """
    batch = found(session, batch_id)
    why = error or OneMapError("the import was interrupted; start it again", code="interrupted")
    batch.status = "staged" if batch.status == "publishing" else "failed"
    batch.report = {**batch.report, "error": told(why)}
    session.flush()
