"""The whole way of a file, for the command line and the server, one step a function.

start -> look (分析) -> check (质检, 预入库) -> publish (正式入库), with `settle` where a person
adjusts (调整) and has it checked again, `reject`, and `take_back` (撤回) afterwards.

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

from layers.errors import OneMapError
from layers.intake import analysis, checking, own_layer, staging
from layers.intake.batches import faults, found, status, told
from layers.intake.checking import Progress, Report
from layers.intake.load import allow_long
from layers.intake.options import Options, settled, stored, verify
from layers.intake.publishing import order, publish, take_back
from layers.models import Batch, StagedRow

__all__ = [
    "MOVING", "Options", "Progress", "Report", "analyse", "check", "fail", "faults", "look",
    "order", "publish", "reject", "settle", "start", "status", "take_back",
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
    options = stored(batch.options)
    if options.made is not None:
        own_layer.drop(session, options.made)
    report = checking.run(
        session, batch_id, path, options, file_name=batch.file_name, owner=batch.created_by,
        texts=tuple(titles), tell=progress or _silent,
    )  # fmt: skip
    batch.options = {**batch.options, "made": report.get("made")}
    batch.status, batch.report = "staged", report
    session.flush()
    return report


def _silent(step: str, count: int) -> None:
    """Tell nobody."""


def reject(session: Session, batch_id: uuid.UUID) -> None:
    """Throw a batch that is not published away; its faults stay as its account."""
    batch = found(session, batch_id, ("reading", "checking", *_WAITING, "rejected"))
    if (made := stored(batch.options).made) is not None:
        own_layer.drop(session, made)
        batch.options = {**batch.options, "made": None}
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
