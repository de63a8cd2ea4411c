"""What travels through the door: tables of columns with geometries, and their faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from layers.intake.cells import Cells

Severity = Literal["error", "warning"]
SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one row; `row` counts records from 1, a header line not counted.

    `rule` is the machine's word and the key of its text (`fault.<rule>`); `got` and `wanted` are
    shown as they are. `row` or `field` is None where the fault is the file's or the whole row's.
    """

    row: int | None
    field: str | None
    rule: str
    got: str | None
    wanted: str | None
    severity: Severity = "error"
    layer: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the stored and answered shape."""
        return {
            "row": self.row,
            "layer": self.layer,
            "field": self.field,
            "rule": self.rule,
            "got": self.got,
            "wanted": self.wanted,
            "severity": self.severity,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Fault:
        """Return the fault that `to_json` wrote."""
        return cls(**stored)


def shown(value: Any) -> str | None:
    """Return a value as a fault shows it: short, on one line."""
    if value is None:
        return None
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


@dataclass(frozen=True)
class Table:
    """Records of one file, column by column, with their geometries.

    Attributes
    ----------
    columns
        Values by column name, each of the same length; a missing value is None. A column that
        Arrow holds is a `Cells`, others are lists.
    geometry
        Shapely geometries or None (an object array), in the coordinate system `crs`.
    rows
        The record's number in the file, from 1.
    crs
        The name of the coordinate system that the file tells of itself; None if it tells none.
    layer
        The layer that these records are for, where the reader knows (OpenStreetMap).
    faults
        What the reader could not read, by row; such rows are still here.
    """

    columns: Mapping[str, Sequence[Any]]
    geometry: NDArray[Any]
    rows: NDArray[np.int64]
    crs: str | None = None
    layer: str | None = None
    faults: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: NDArray[np.int64]) -> Table:
        """Return the records at these positions; one may be taken several times."""
        positions = index.tolist()
        columns = {
            name: values.take(index)
            if isinstance(values, Cells)
            else [values[i] for i in positions]
            for name, values in self.columns.items()
        }
        kept = {int(row) for row in self.rows[index]}
        return replace(
            self,
            columns=columns,
            geometry=self.geometry[index],
            rows=self.rows[index],
            faults=tuple(f for f in self.faults if f.row is None or f.row in kept),
        )
