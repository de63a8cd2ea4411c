"""A look into a file (分析): which layers it holds, their fields, system and encoding, how sure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.crs import Crs, Note, fit, guess, parse_crs
from layers.errors import UnknownCrsError
from layers.intake.formats import Format
from layers.intake.points import held_as_points
from layers.intake.table import Table, shown
from layers.intake.text import Guess

EXAMPLES = 3
_CHUNK_BYTES = 1024 * 1024
_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "list": "list", "str": "text"}


@dataclass(frozen=True)
class FieldLook:
    """A column as its first rows show it; `filled` is the share of those rows with a value."""

    name: str
    type: str
    examples: tuple[str, ...]
    filled: float


@dataclass(frozen=True)
class LayerLook:
    """A layer, sheet or folder inside a file.

    `table` holds its first rows, the coordinates as the file has them; None where the layer
    cannot be read, `error` then says why. `rows` is None where only reading all would tell.
    """

    name: str
    geometry_type: str | None
    rows: int | None
    fields: tuple[FieldLook, ...]
    table: Table | None
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class CrsLook:
    """The coordinate system: given by a person, told by the file, guessed; `name` is in force.

    `name` is None where nobody knows, or what the file tells cannot be used; `reasons` say why.
    `swapped`: the coordinates are latitude first, or northing first.
    """

    given: str | None
    told: str | None
    guessed: str | None
    name: str | None
    certain: bool
    swapped: bool = False
    reasons: tuple[Note, ...] = ()


@dataclass(frozen=True)
class EncodingLook:
    """The encoding of texts: given by a person or guessed; `alternatives` would fit as well."""

    given: str | None
    guessed: str | None
    certain: bool
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a file holds, as far as its first rows tell; see `files.look`."""

    format: Format
    size_bytes: int
    sha256: str
    layers: tuple[LayerLook, ...]
    crs: CrsLook
    encoding: EncodingLook
    skipped: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the answered shape; the tables stay behind."""
        layers = [
            {
                "name": each.name,
                "geometry_type": each.geometry_type,
                "rows": each.rows,
                "fields": [asdict(column) for column in each.fields],
                "error": each.error,
            }
            for each in self.layers
        ]
        crs = {**asdict(self.crs), "reasons": [note.to_json() for note in self.crs.reasons]}
        return {
            "format": self.format,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "layers": layers,
            "crs": crs,
            "encoding": asdict(self.encoding),
            "skipped": dict(self.skipped),
            "warnings": [note.to_json() for note in self.warnings],
        }


def looked(
    path: Path,
    kind: Format,
    answer: Mapping[str, Any],
    tables: Sequence[Table],
    *,
    crs: Crs | None,
    encoding: str | None,
) -> Look:
    """Return the look that a reader's answer and its tables of first rows make."""
    layers = tuple(_layer(told, tables) for told in answer["inside"])
    return Look(
        format=kind,
        size_bytes=path.stat().st_size,
        sha256=_digest(path),
        layers=layers,
        crs=_crs(kind, tables, crs),
        encoding=_encoding(answer["inside"], encoding),
        skipped=answer.get("skipped", {}),
        warnings=_warnings(layers, answer.get("skipped", {})),
    )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _layer(told: Mapping[str, Any], tables: Sequence[Table]) -> LayerLook:
    table = tables[told["table"]] if "table" in told else None
    error = told.get("error")
    return LayerLook(
        name=told["name"],
        geometry_type=None if table is None else geometry_type(table.geometry),
        rows=told["rows"],
        fields=() if table is None else tuple(_field(*each) for each in table.columns.items()),
        table=table,
        error=error and {"code": f"error.{error['code']}", "params": error["details"]},
    )


def geometry_type(geometry: NDArray[Any]) -> str | None:
    """Return the types of geometries, most frequent first, joined by `|`; None where none is."""
    names = [shape.geom_type for shape in geometry if shape is not None]
    kinds, counts = np.unique(names, return_counts=True)
    return "|".join(kinds[np.argsort(-counts, kind="stable")]) or None


def _field(name: str, cells: Sequence[Any]) -> FieldLook:
    there = [cell for cell in cells if cell is not None]
    kinds = {type(cell).__name__ for cell in there}
    kind = "float" if kinds == {"int", "float"} else kinds.pop() if len(kinds) == 1 else "str"
    examples = dict.fromkeys(said for cell in there if (said := shown(cell)))
    return FieldLook(
        name=name,
        type=_TYPES.get(kind, "text"),
        examples=tuple(examples)[:EXAMPLES],
        filled=len(there) / max(len(cells), 1),
    )


def _crs(kind: Format, tables: Sequence[Table], given: Crs | None) -> CrsLook:
    told = next((table.crs for table in tables if table.crs is not None), None)
    x, y = coordinates(tables)
    name = None
    if told is not None:
        try:
            name = parse_crs(told).name
        except UnknownCrsError as error:
            reason = Note(f"error.{error.code}", error.details)
            if given is None:
                return CrsLook(None, told[:60], None, None, certain=False, reasons=(reason,))
    if given is not None or name is not None:
        crs = given or parse_crs(str(told))
        given_name = given.name if given else None
        try:
            found = fit(x, y, crs)
        except UnknownCrsError as error:
            reason = Note(f"error.{error.code}", error.details)
            return CrsLook(given_name, name, None, crs.name, certain=False, reasons=(reason,))
        return CrsLook(
            given_name, name, None, found.crs.name, certain=True, swapped=found.swapped,
            reasons=found.notes,
        )  # fmt: skip
    candidates = guess(x, y)
    if not candidates:
        return CrsLook(None, None, None, None, certain=False)
    best = candidates[0]
    return CrsLook(
        None, None, best.crs.name, best.crs.name, best.certain, best.swapped, best.reasons
    )


def coordinates(tables: Sequence[Table]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the x and the y of every vertex of the tables."""
    found = [_vertices(table.geometry) for table in tables]
    both: NDArray[np.float64] = np.concatenate(found) if found else np.empty((0, 2))
    return both[:, 0], both[:, 1]


def _vertices(geometry: NDArray[Any]) -> NDArray[np.float64]:
    import shapely

    if (held := held_as_points(geometry)) is not None:
        return np.column_stack([held.lon, held.lat])[~held.missing]
    found: NDArray[np.float64] = shapely.get_coordinates(geometry)
    return found


def _encoding(inside: Sequence[Mapping[str, Any]], given: str | None) -> EncodingLook:
    told = next((each["encoding"] for each in inside if each.get("encoding")), None)
    if told is None:
        return EncodingLook(given, None, certain=True)
    found = Guess(**told)
    alternatives = tuple(found.alternatives)
    if given is not None:
        return EncodingLook(given, None, certain=True, alternatives=alternatives)
    return EncodingLook(None, found.name, found.certain, alternatives)


def _warnings(layers: Sequence[LayerLook], skipped: Mapping[str, int]) -> tuple[Note, ...]:
    passed = [Note(f"skipped.{reason}", {"count": count}) for reason, count in skipped.items()]
    nowhere = [
        Note("layer_without_places", {"layer": each.name})
        for each in layers
        if each.table is not None and len(each.table) and each.geometry_type is None
    ]
    return (*passed, *nowhere)
