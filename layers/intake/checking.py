"""One batch read, mapped, mended, checked (质检), staged and compared (预入库)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from layers.catalog import Layer, find, layers
from layers.errors import InvalidInputError
from layers.intake import files, mapping, outside, own_layer, placement, quality, staging
from layers.intake.cells import Cells
from layers.intake.corrections import Corrected, Correction, correct
from layers.intake.mapping import Mapped
from layers.intake.matching import by_fields, match
from layers.intake.options import Options
from layers.intake.quality import Checked, Rules
from layers.intake.table import Table
from layers.intake.words import field_words, value_words

Progress = Callable[[str, int], None]
Report = dict[str, Any]
Texts = Sequence[Mapping[str, str]]


def run(
    session: Session,
    batch_id: uuid.UUID,
    path: Path,
    options: Options,
    *,
    file_name: str,
    owner: str | None,
    texts: Texts,
    tell: Progress,
) -> Report:
    """Check and stage a file's rows for each layer that it feeds; return the report.

    `owner` is whose a layer is that is made for the file; its name is `made` in the report.

    Raises
    ------
    OneMapError
        The file as a whole cannot be used.
    """
    reading, tables = _read(session, path, options, texts, tell, owner)
    rules = Rules(timezone=ZoneInfo(options.timezone), titles=value_words(texts))
    report = _report(reading, tables)
    if options.new_layer is not None:
        report["made"] = tables[0].layer.name
    for each in tables:
        mended = _mended(each, options, reading)
        report["corrected"] += mended.cells
        table, layer = mended.mapped.table, each.layer
        tell("checking", len(table))
        checked = quality.check(table, layer, rules=rules)
        tell("staging", len(checked))
        given = staging.stage(session, batch_id, checked, source=options.source or file_name)
        if options.regions is not None:
            outside.mark(session, batch_id, layer, options.regions)
        tell("comparing", len(checked))
        report["warnings"] += _astray(session, checked)
        counted = counts(session, batch_id, layer, options)
        report["layers"][layer.name] = {"rows": len(checked), "columns": given, **counted}
    _refuse_unused(options, {cell["row"] for cell in report["corrected"]})
    return report


def _refuse_unused(options: Options, mended: Collection[int]) -> None:
    """Refuse a correction of a row that the file does not have: nobody would know of it."""
    for each in options.corrections:
        if each["row"] not in mended:
            raise InvalidInputError(
                f"a correction is for row {each['row']}, which the file does not have",
                code="correction_row",
                row=each["row"],
            )


def counts(session: Session, batch_id: uuid.UUID, layer: Layer, options: Options) -> dict[str, int]:
    """Compare a layer's staged records with what is stored; return how many there are of each.

    Whoever imports into some regions is not told how many are gone: they may lie in others.
    """
    compared = staging.compare(session, batch_id, layer)
    if options.regions is not None:
        del compared["gone"]
    return {**compared, **staging.severities(session, batch_id, layer)}


def _astray(session: Session, checked: Checked) -> list[dict[str, Any]]:
    """Return what looks wrong with the places of all rows together, with their layer."""
    names = checked.columns.get("name")
    told = placement.look(
        session, checked.geometry, layer=checked.layer,
        names=None if names is None else Cells(names),
    )  # fmt: skip
    return [{**message, "layer": checked.layer.name} for message in told]


def _mended(mapped: Mapped, options: Options, reading: files.Reading) -> Corrected:
    wanted = [Correction(**each) for each in options.corrections]
    place = (options.place or {}).values()
    return correct(mapped, wanted, crs=reading.crs, place=place)


def _read(
    session: Session,
    path: Path,
    options: Options,
    texts: Texts,
    tell: Progress,
    owner: str | None,
) -> tuple[files.Reading, list[Mapped]]:
    made = mapping.parse(options.map_text) if options.map_text else None
    tell("reading", 0)
    place = {str(key): column for key, column in made.place.items()} if made else options.place
    reading = files.read(
        path,
        crs=options.crs or (made.crs if made else None),
        encoding=options.encoding or (made.encoding if made else None),
        layer=options.source_layer or (made.source_layer if made else None),
        place=place,
        progress=lambda count: tell("reading", count),
    )
    if reading.format == "osm_pbf":
        return reading, [Mapped(find(t.layer or ""), t, ()) for t in reading.tables]
    if made is not None:
        return reading, mapping.apply(reading.tables[0], made)
    if options.new_layer is not None:
        return reading, [_own(session, reading.tables[0], options, owner)]
    return reading, [_mapped(session, reading, options, texts)]


def _own(session: Session, table: Table, options: Options, owner: str | None) -> Mapped:
    """Return a file's table under the fields of a layer that is made for it."""
    wanted = options.new_layer or {}
    layer, fields = own_layer.make(session, table, wanted, owner=owner, timezone=options.timezone)
    return by_fields(table, layer, fields, constants=_constants(options))


def _constants(options: Options) -> dict[str, Any]:
    dated = {} if options.source_date is None else {"source_date": options.source_date}
    return {**options.constants, **dated}


def _mapped(session: Session, reading: files.Reading, options: Options, texts: Texts) -> Mapped:
    """Return the file's one table with its columns under the fields of the chosen layer."""
    if options.layer is None:
        names = ", ".join(layer.name for layer in layers(session))
        raise InvalidInputError(
            f"say which layer the file is for: {names}", code="layer_needed", wanted=names
        )
    table, layer = reading.tables[0], find(options.layer, session)
    constants = _constants(options)
    fields = options.own_fields
    if fields is None:
        fields = match(list(table.columns), layer, titles=field_words(texts, layer))
    fields = {name: column for name, column in fields.items() if name not in constants}
    return by_fields(table, layer, fields, constants=constants)


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
        "corrected": [],
        "warnings": [note.to_json() for note in reading.notes],
        "layers": {},
    }
