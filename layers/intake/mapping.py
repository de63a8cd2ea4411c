"""Which column fills which field, said by a mapping file (`--map FILE.toml`).

A mapping file holds one `[[target]]` for each layer that a file feeds::

    crs = "EPSG:4326"                      # where the file does not tell
    source = "US EPA RMP"                  # who says so; goes into each record
    place = { lon = "Longitude", lat = "Latitude" }      # or { wkt = "shape" }

    [[target]]
    layer = "enterprise"
    key = ["facility_id"]                  # makes a stable id: a repeated import replaces
    fields = { name = "Name", address = "Street" }       # field = column
    constants = { class = "chemical" }

    [[target]]
    layer = "hazard_source"
    key = ["facility_id", "chemicals"]
    split = { column = "chemicals", by = "," }           # one record for each part
    where = { Status = ["Operating", "Standby"] }        # only rows that hold one of these
    fields = { substance = "chemicals", quantity_t = "kilograms" }
    factors = { quantity_t = 0.001 }                     # field = column times factor
    values = { substance = { "Ammonia (anhydrous)" = "氨" } }
    links = { enterprise_id = "enterprise" }             # the record that another target made

    [[target]]
    layer = "region"
    filled = ["gb"]                        # only rows in which these columns hold something
    pieces = { code = { column = "gb", start = 3, end = 9 } }     # a part of a column's text

There is no expression language on purpose.
"""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from layers.catalog import Layer, find
from layers.errors import InvalidInputError
from layers.intake.children import CHILD_COLUMNS
from layers.intake.geometry import GeometryError, decimal
from layers.intake.table import Fault, Table

# Ids made from keys: the same key from the same source is the same feature for ever.
NAMESPACE = uuid.UUID("5d2b6a0e-6c1f-5b7e-9d51-0f2f6f1f7a10")
KEPT = ("id", *CHILD_COLUMNS)
Cell = str | int | float | bool


class Split(BaseModel):
    """A column whose cells hold several values; a separator in brackets parts nothing."""

    model_config = ConfigDict(extra="forbid")
    column: str
    by: str = Field(min_length=1, max_length=5)


class Piece(BaseModel):
    """Characters `start` to `end` of a column's text, counted from 0, and what is put after."""

    model_config = ConfigDict(extra="forbid")
    column: str
    start: int = Field(ge=0, le=200)
    end: int = Field(ge=1, le=200)
    then: str = Field(default="", max_length=20)

    def of(self, cell: Any) -> str | None:
        """Return the part of a cell; None where the cell is shorter."""
        text = "" if cell is None else str(cell).strip()
        return text[self.start : self.end] + self.then if len(text) >= self.end else None


class Target(BaseModel):
    """What one file gives to one layer."""

    model_config = ConfigDict(extra="forbid")
    layer: str
    key: list[str] = []
    fields: dict[str, str] = {}
    constants: dict[str, Cell | list[str]] = {}
    factors: dict[str, float] = {}
    values: dict[str, dict[str, Cell]] = {}
    pieces: dict[str, Piece] = {}
    filled: list[str] = []
    where: dict[str, list[Cell]] = {}
    split: Split | None = None
    links: dict[str, str] = {}


class MappingFile(BaseModel):
    """A whole mapping file."""

    model_config = ConfigDict(extra="forbid")
    target: list[Target] = Field(min_length=1)
    place: dict[Literal["lon", "lat", "wkt"], str] = {}
    crs: str | None = None
    encoding: str | None = None
    source_layer: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Mapped:
    """A table whose columns are a layer's fields, and the file's columns that nothing took."""

    layer: Layer
    table: Table
    unmatched: tuple[str, ...]


def parse(text: str) -> MappingFile:
    """Return the mapping of a TOML text.

    Raises
    ------
    InvalidInputError
        Not TOML, or a word that a mapping does not know; the message says where.
    NotFoundError
        A target names a layer that does not exist.
    """
    try:
        made = MappingFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _error(f"it is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _error(f"{where}: {first['msg']}") from None
    for target in made.target:
        _check_target(target, made)
    return made


def _error(why: str) -> InvalidInputError:
    return InvalidInputError(f"the mapping cannot be used: {why}", code="mapping", got=why)


def _check_target(target: Target, made: MappingFile) -> None:
    layer = find(target.layer)
    check_fields(
        layer,
        (*target.fields, *target.constants, *target.factors, *target.values, *target.pieces),
    )
    before = {find(t.layer).name for t in made.target[: made.target.index(target)]}
    for name, linked in target.links.items():
        layer.field(name)
        if find(linked).name not in before:
            raise _error(f"links.{name}: no target before this one feeds {linked!r}")


def check_fields(layer: Layer, names: Iterable[str]) -> None:
    """Refuse a name that is neither a field of the layer nor one of a child record."""
    for name in names:
        if name not in KEPT:
            layer.field(name)


def apply(table: Table, made: MappingFile) -> list[Mapped]:
    """Return one mapped table for each target, in their order.

    Raises
    ------
    InvalidInputError
        The mapping names a column that the file does not have (`unknown_column`).
    """
    used = set().union(*(_columns(target) for target in made.target))
    unmatched = tuple(name for name in table.columns if name not in used)
    return [
        Mapped(find(target.layer), _targeted(table, target, made), unmatched)
        for target in made.target
    ]


def _columns(target: Target) -> set[str]:
    split = {target.split.column} if target.split else set()
    pieces = {piece.column for piece in target.pieces.values()}
    return {*target.key, *target.fields.values(), *target.where, *target.filled, *pieces, *split}


def unknown_column(name: str, table: Table) -> InvalidInputError:
    """Return the error of a mapping that names a column which the file does not have."""
    listed = ", ".join(table.columns)
    return InvalidInputError(
        f"the mapping names a column {name!r} that the file does not have: {listed}",
        code="unknown_column",
        got=name,
        wanted=listed,
    )


def _targeted(table: Table, target: Target, made: MappingFile) -> Table:
    for name in _columns(target):
        if name not in table.columns:
            raise unknown_column(name, table)
    chosen = _split(_filtered(table, target), target.split)
    faults = list(chosen.faults)
    columns: dict[str, Sequence[Any]] = {}
    for field, column in target.fields.items():
        cells = chosen.columns[column]
        if field in target.values:
            words = target.values[field]
            cells = [words.get(str(cell).strip(), cell) if cell is not None else None
                     for cell in cells]  # fmt: skip
        if field in target.factors:
            cells = _scaled(cells, target.factors[field], field, chosen, faults)
        columns[field] = cells
    columns |= {
        field: [piece.of(cell) for cell in chosen.columns[piece.column]]
        for field, piece in target.pieces.items()
    }
    for field, constant in target.constants.items():
        columns[field] = [constant] * len(chosen)
    if made.source is not None:
        columns.setdefault("source", [made.source] * len(chosen))
    if target.key:
        columns["id"] = _ids(chosen, target, made)
    for field, linked in target.links.items():
        other = next(t for t in made.target if find(t.layer) == find(linked))
        columns[field] = _ids(chosen, other, made)
    return replace(chosen, columns=columns, faults=tuple(faults))


def _filtered(table: Table, target: Target) -> Table:
    if not target.where and not target.filled:
        return table
    allowed = {column: {str(value) for value in values} for column, values in target.where.items()}
    kept = [
        i
        for i in range(len(table))
        if all(str(table.columns[column][i]) in values for column, values in allowed.items())
        and all(table.columns[column][i] not in (None, "") for column in target.filled)
    ]
    return table.take(np.array(kept, dtype=np.int64))


def _split(table: Table, split: Split | None) -> Table:
    """Return a table with one record for each part of the split column's cells."""
    if split is None:
        return table
    positions: list[int] = []
    parts: list[Any] = []
    for i, cell in enumerate(table.columns[split.column]):
        for word in _parts(str(cell), split.by) if cell is not None else ():
            positions.append(i)
            parts.append(word)
    taken = table.take(np.array(positions, dtype=np.int64))
    return replace(taken, columns={**taken.columns, split.column: parts})


def _parts(cell: str, by: str) -> list[str]:
    """Return the different parts of a cell; a separator inside brackets parts nothing.

    Names of chemicals hold commas: "Toluene 2,4-diisocyanate [Benzene, 2,4-diisocyanato-...]".
    """
    parts, depth = [""], 0
    for piece in re.split(f"({re.escape(by)})", cell):
        if piece == by and depth == 0:
            parts.append("")
            continue
        parts[-1] += piece
        depth += sum(piece.count(c) for c in "([（【") - sum(piece.count(c) for c in ")]）】")
        depth = max(depth, 0)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _scaled(
    cells: Sequence[Any], factor: float, field: str, table: Table, faults: list[Fault]
) -> list[float | None]:
    scaled: list[float | None] = []
    for row, cell in zip(table.rows.tolist(), cells, strict=True):
        try:
            number = decimal(cell)
        except GeometryError as error:
            faults.append(
                Fault(row, field, "number", error.details["got"], error.details["wanted"])
            )
            number = None
        scaled.append(None if number is None else number * factor)
    return scaled


def _ids(table: Table, target: Target, made: MappingFile) -> list[str | None]:
    """Return the id of each record's key; None where a part of the key is missing."""
    spelled = f"{made.source or ''}\x1f{find(target.layer).name}"
    columns = [table.columns[name] for name in target.key]
    return [
        None if None in cells else stable_id(spelled, *cells)
        for cells in zip(*columns, strict=True)
    ]


def stable_id(*parts: Any) -> str:
    """Return the id that these parts always give."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts)))
