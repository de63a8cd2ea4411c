"""The whole way of a file, for the command line and the server: start, look, publish or reject.

A batch goes reading -> staged -> published | rejected | failed. Each function works in the
caller's transaction and the caller commits, so a process that is killed leaves either all of a
step or nothing; `fail` marks what it left over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.catalog import find, layers
from layers.errors import ConflictError, InvalidInputError, NotFoundError, OneMapError, QualityError
from layers.intake import files, mapping, quality, staging
from layers.intake.load import allow_long, begin, load_staged
from layers.intake.mapping import Mapped
from layers.intake.matching import by_name
from layers.intake.merge import Loaded
from layers.intake.quality import Rules
from layers.intake.words import field_words, value_words
from layers.models import Batch

Progress = Callable[[str, int], None]
Report = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is to be read. Needed is `layer` or `map_text`, but not for OpenStreetMap.

    `map_text` is the text of a mapping file, `source_layer` the layer or sheet inside the file,
    `source` who says what the file says (the file's name by default).
    """

    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    map_text: str | None = None
    source_layer: str | None = None
    source: str | None = None
    timezone: str = "Asia/Shanghai"


def start(
    session: Session, file_name: str, options: Options, *, actor: str | None = None
) -> uuid.UUID:
    """Store a new batch with status `reading`; return its id.

    Raises
    ------
    NotFoundError, InvalidInputError
        The layer or the mapping is wrong: better told before the file travels.
    """
    if options.layer is not None:
        find(options.layer)
    if options.map_text is not None:
        mapping.parse(options.map_text)
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
    tell = progress or _silent
    texts = tuple(titles)
    batch = _batch(session, batch_id, ("reading",))
    allow_long(session)
    options = Options(**batch.options)
    reading, tables = _read(path, options, texts, tell)
    rules = Rules(timezone=ZoneInfo(options.timezone), titles=value_words(texts))
    report = _report(reading, tables)
    for each in tables:
        tell("checking", len(each.table))
        checked = quality.check(each.table, each.layer, rules=rules)
        tell("staging", len(checked.records))
        given = staging.stage(session, batch_id, checked, source=options.source or batch.file_name)
        tell("comparing", len(checked.records))
        compared = staging.compare(session, batch_id, checked.layer)
        counted = staging.severities(session, batch_id, checked.layer)
        report["layers"][checked.layer.name] = {
            "rows": len(checked.records), "columns": given, **compared, **counted,
        }  # fmt: skip
    batch.status, batch.report = "staged", report
    session.flush()
    return report


def _silent(step: str, count: int) -> None:
    """Tell nobody."""


def _read(
    path: Path, options: Options, texts: Sequence[Mapping[str, str]], tell: Progress
) -> tuple[files.Reading, list[Mapped]]:
    made = mapping.parse(options.map_text) if options.map_text else None
    tell("reading", 0)
    reading = files.read(
        path,
        crs=options.crs or (made.crs if made else None),
        encoding=options.encoding or (made.encoding if made else None),
        layer=options.source_layer or (made.source_layer if made else None),
        place={str(key): column for key, column in made.place.items()} if made else None,
        progress=lambda count: tell("reading", count),
    )
    if reading.format == "osm_pbf":
        return reading, [Mapped(find(t.layer or ""), t, ()) for t in reading.tables]
    table = reading.tables[0]
    if made is not None:
        return reading, mapping.apply(table, made)
    if options.layer is None:
        names = ", ".join(layer.name for layer in layers())
        raise InvalidInputError(
            f"say which layer the file is for: {names}", code="layer_needed", wanted=names
        )
    layer = find(options.layer)
    return reading, [by_name(table, layer, titles=field_words(texts, layer.name))]


def _report(reading: files.Reading, tables: Sequence[Mapped]) -> Report:
    overridden = reading.told_crs not in (None, reading.crs.name)
    return {
        "format": reading.format,
        "crs": reading.crs.name,
        "crs_in_file": reading.told_crs,
        "crs_overridden": overridden,
        "encoding": reading.encoding,
        "open_doors": list(reading.open_doors),
        "unmatched": sorted({name for each in tables for name in each.unmatched}),
        "skipped": dict(reading.skipped),
        "layers": {},
    }


def status(session: Session, batch_id: uuid.UUID) -> dict[str, Any]:
    """Return what a reader of a batch sees: status, progress, options, report, times."""
    batch = _batch(session, batch_id, None, lock=False)
    return {
        "id": str(batch.id),
        "file_name": batch.file_name,
        "status": batch.status,
        "progress": dict(batch.progress),
        "options": dict(batch.options),
        "report": dict(batch.report),
        "created_at": batch.created_at.isoformat(),
        "created_by": batch.created_by,
    }


def faults(
    session: Session,
    batch_id: uuid.UUID,
    *,
    severities: Sequence[str] = ("error", "warning"),
    limit: int = 100,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Return a page of a batch's faults by layer and row, each with its message code."""
    found = staging.fault_page(session, batch_id, severities=severities, limit=limit, offset=offset)
    return [
        {
            **fault,
            "code": f"fault.{fault['rule']}",
            "params": {name: fault[name] for name in ("row", "field", "got", "wanted")},
        }
        for fault in found
    ]


def publish(
    session: Session, batch_id: uuid.UUID, *, good_rows_only: bool = False
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
    batch = _batch(session, batch_id, ("staged", "published"))
    if batch.status == "published":
        return {name: Loaded(**done) for name, done in batch.report["loaded"].items()}
    report = dict(batch.report)
    errors = sum(counted["errors"] for counted in report["layers"].values())
    good = sum(counted["new"] + counted["existing"] for counted in report["layers"].values())
    if (errors and not good_rows_only) or not good:
        raise QualityError(
            f"{errors} rows have errors, {good} are good; nothing was loaded",
            report,
            errors=errors,
            good=good,
        )
    begin(session, batch_id)
    loaded = {
        name: load_staged(session, batch_id, find(name), given=report["layers"][name]["columns"])
        for name in sorted(report["layers"], key=_load_order)
    }
    report["loaded"] = {name: asdict(done) for name, done in loaded.items()}
    batch.status, batch.report = "published", report
    staging.discard(session, batch_id)
    session.flush()
    return loaded


def _load_order(name: str) -> tuple[int, str]:
    """Return the place of a layer: regions place the others, enterprises are referred to."""
    first = ("region", "enterprise")
    return (first.index(name) if name in first else len(first)), name


def reject(session: Session, batch_id: uuid.UUID) -> None:
    """Throw a staged or failed batch away; its faults stay as its account. Status `rejected`."""
    batch = _batch(session, batch_id, ("reading", "staged", "failed", "rejected"))
    batch.status = "rejected"
    staging.discard(session, batch_id)
    session.flush()


def fail(session: Session, batch_id: uuid.UUID, error: OneMapError | None = None) -> None:
    """Mark a batch that could not be finished, with the error; None: it was interrupted."""
    batch = _batch(session, batch_id, None)
    told = error or OneMapError("the import was interrupted; start it again", code="interrupted")
    batch.status = "failed"
    batch.report = {
        **batch.report,
        "error": {"code": told.code, "message": told.message, "params": _told(told.details)},
    }
    session.flush()


def _told(details: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items()}


def _batch(
    session: Session,
    batch_id: uuid.UUID,
    wanted: Sequence[str] | None,
    *,
    lock: bool = True,
) -> Batch:
    query = select(Batch).where(Batch.id == batch_id)
    batch = session.scalar(query.with_for_update() if lock else query)
    if batch is None:
        raise NotFoundError(f"there is no import {batch_id}", code="unknown_import")
    if wanted is not None and batch.status not in wanted:
        raise ConflictError(
            f"the import is {batch.status}, wanted {' or '.join(wanted)}",
            code="import_status",
            got=batch.status,
            wanted=", ".join(wanted),
        )
    return batch
