"""A file that was opened: which layers it holds, and each of them as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from layers.errors import InvalidInputError
from layers.intake.formats import unreadable
from layers.intake.geometry import GeometryError, from_geojson
from layers.intake.places import geometry_fault
from layers.intake.table import Fault, Table
from layers.intake.text import Guess


@dataclass(frozen=True)
class Inside:
    """A layer, sheet or folder inside a file; `rows` is None where only reading all would tell."""

    name: str
    rows: int | None


class Source(Protocol):
    """A file of one format, opened in the confined child.

    A source is opened with `first`: at most that many rows of each layer are made into a table,
    the others are counted.
    """

    @property
    def encoding(self) -> Guess | None:
        """The encoding of its texts; None where the format leaves no choice."""

    @property
    def skipped(self) -> Mapping[str, int]:
        """What the reader passed over, by reason."""

    def inside(self) -> list[Inside]:
        """Return what it holds, in the file's order."""

    def table(self, name: str | None) -> Table:
        """Return one layer; None: the only one, or all where the format joins them."""


def choose(names: Sequence[str], wanted: str | None) -> str:
    """Return the layer that is meant: the named one, or the only one.

    Raises
    ------
    InvalidInputError
        There is none (`unreadable_file`), or not the named one, or none is named
        (`unknown_source_layer`).
    """
    if not names:
        raise unreadable("no_layer", "it has no layer with geometries")
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is not None and wanted in names:
        return wanted
    asked = f"no layer {wanted!r}" if wanted else "several layers and none is named"
    raise InvalidInputError(
        f"the file has {asked}; its layers are {', '.join(names)}",
        code="unknown_source_layer",
        got=wanted,
        wanted=list(names),
    )


class Records:
    """Records as a reader of text formats finds them: properties, and a geometry to be checked."""

    def __init__(self, first: int | None) -> None:
        self.first = first
        self.counts: Counter[str] = Counter()
        self.properties: list[Mapping[str, Any]] = []
        self.geometry: list[Any] = []
        self.layer: list[str] = []
        self.rows: list[int] = []
        self.faults: list[Fault] = []

    def wants(self, layer: str) -> bool:
        """Count a record of a layer; tell whether it is to be added."""
        self.counts[layer] += 1
        return self.first is None or self.counts[layer] <= self.first

    def add(self, layer: str, properties: Mapping[str, Any], geometry: Any) -> None:
        """Add a record; its geometry is GeoJSON, None, or the error that refused it."""
        row = self.counts.total()
        made = None
        try:
            if isinstance(geometry, GeometryError):
                raise geometry
            made = from_geojson(geometry)
        except GeometryError as error:
            self.faults.append(geometry_fault(row, "geometry", error))
        self.layer.append(layer)
        self.properties.append(properties)
        self.geometry.append(made)
        self.rows.append(row)

    def inside(self) -> list[Inside]:
        """Return the layers and their numbers of records."""
        return [Inside(name, count) for name, count in self.counts.items()]

    def table(self, chosen: Iterable[str], *, crs: str | None) -> Table:
        """Return the records of these layers; a column that is empty throughout is left out."""
        wanted = set(chosen)
        index = [i for i, layer in enumerate(self.layer) if layer in wanted]
        names = dict.fromkeys(name for i in index for name in self.properties[i])
        columns = {name: [self.properties[i].get(name) for i in index] for name in names}
        geometry = np.full(len(index), None, dtype=object)
        geometry[:] = [self.geometry[i] for i in index]
        rows = np.array([self.rows[i] for i in index], dtype=np.int64)
        kept = set(rows.tolist())
        filled = {
            name: cells
            for name, cells in columns.items()
            if any(cell is not None for cell in cells)
        }
        return Table(
            columns=filled,
            geometry=geometry,
            rows=rows,
            crs=crs,
            faults=tuple(fault for fault in self.faults if fault.row in kept),
        )
