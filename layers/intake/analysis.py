"""Analysis (分析): what a file holds, how it seems to be read, and where it seems to go."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy.orm import Session

from layers.crs import Candidate, guess
from layers.errors import UnknownCrsError
from layers.intake import files
from layers.intake.formats import detect
from layers.intake.options import Options
from layers.intake.proposal import Proposal, propose
from layers.intake.table import Table, shown

_CHUNK_BYTES = 1024 * 1024
_EXAMPLES = 3


def look(
    session: Session,
    path: Path,
    options: Options,
    *,
    file_name: str,
    titles: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return what a batch keeps of a look into its file.

    Returns
    -------
    `format`, `size_bytes`, `sha256`, `layers` (what is inside: name, geometry type, rows, fields
    with examples), `crs` and `encoding` (given, guessed, how certain and why), `proposed` (layer
    and column for each field), `columns` of the layer looked at, `warnings`.

    Raises
    ------
    OneMapError
        The file cannot be read at all.
    """
    facts = {"size_bytes": path.stat().st_size, "sha256": _digest(path), "warnings": []}
    if options.decided:
        return {"format": detect(path), **facts}
    reading, told = _reading(path, options)
    table = reading.tables[0]
    columns = list(table.columns)
    kind = _geometry_type(table)
    proposal = propose(
        session, columns, file_name=file_name, geometry_type=kind,
        layer=options.layer, source=options.source, titles=titles,
    )  # fmt: skip
    return {
        "format": reading.format,
        **facts,
        "layers": [{
            "name": table.layer or "", "geometry_type": kind, "rows": len(table),
            "fields": [_field(name, cells) for name, cells in table.columns.items()],
        }],
        "columns": columns,
        "crs": _crs(table, options, told, proposal),
        "encoding": {
            "given": options.encoding, "guessed": reading.encoding, "certain": True,
            "alternatives": [],
        },
        "proposed": _proposed(proposal),
    }  # fmt: skip


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _reading(path: Path, options: Options) -> tuple[files.Reading, str | None]:
    """Return the file as it is read; numbers without a system are taken as they are."""
    try:
        reading = files.read(path, crs=options.crs, encoding=options.encoding,
                             layer=options.source_layer)  # fmt: skip
    except UnknownCrsError:
        reading = files.read(path, crs="EPSG:4326", encoding=options.encoding,
                             layer=options.source_layer)  # fmt: skip
        return reading, None
    return reading, reading.told_crs


def _geometry_type(table: Table) -> str | None:
    """Return the most frequent type of a table's shapes."""
    kinds = Counter(shape.geom_type.upper() for shape in table.geometry if shape is not None)
    return kinds.most_common(1)[0][0] if kinds else None


def _field(name: str, cells: Sequence[Any]) -> dict[str, Any]:
    there = [cell for cell in cells if cell is not None]
    examples = list(dict.fromkeys(shown(cell) for cell in there))[:_EXAMPLES]
    kinds = {type(cell).__name__ for cell in there}
    kind = kinds.pop() if len(kinds) == 1 else "str"
    return {
        "name": name,
        "type": _TYPES.get(kind, "text"),
        "examples": examples,
        "filled": len(there),
    }


_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "list": "list"}


def _crs(table: Table, options: Options, told: str | None, proposal: Proposal) -> dict[str, Any]:
    """Return the coordinate system: given, told by the file, remembered or guessed, and why."""
    remembered = proposal.settings.get("crs")
    candidates = _candidates(table) if not (options.crs or told) else ()
    best = candidates[0] if candidates else None
    guessed = told or remembered or (best.crs.name if best else None)
    reasons: list[dict[str, Any]] = []
    if told:
        reasons.append({"code": "crs.told_by_file", "params": {"crs": told}})
    elif remembered:
        reasons.append({"code": "crs.remembered", "params": {"crs": remembered}})
    reasons += [note.to_json() for note in (best.reasons if best else ())]
    return {
        "given": options.crs,
        "guessed": guessed,
        "name": options.crs or guessed,
        "certain": bool(options.crs or told or (best and best.certain)),
        "reasons": reasons,
        "alternatives": [each.crs.name for each in candidates],
    }


def _candidates(table: Table) -> tuple[Candidate, ...]:
    points = shapely.get_coordinates(table.geometry[~shapely.is_missing(table.geometry)])
    return guess(points[:, 0], points[:, 1]) if len(points) else ()


def _proposed(proposal: Proposal) -> dict[str, Any]:
    return {
        "layer": proposal.layer,
        "fields": dict(proposal.fields),
        "source_remembered": proposal.source_remembered,
        "settings": dict(proposal.settings),
        "candidates": [{"layer": name, "points": points} for name, points in proposal.candidates],
    }
