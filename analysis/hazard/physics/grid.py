"""Grids as models take them: rows of numbers from north to south, null where there is no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.hazard.inputs import Input
from layers.errors import InvalidInputError, OutOfRangeError

Floats = NDArray[np.float64]

LOWEST_M = -500.0
HIGHEST_M = 9000.0

ELEVATION = Input(
    name="elevation_m", unit="m", symbol="z", minimum=LOWEST_M, maximum=HIGHEST_M, dimensions=2
)
CELL_SIZE = Input(
    name="cell_size_m", unit="m", symbol="Δ", minimum=0.1, maximum=10_000.0, typical=(1.0, 1000.0)
)
SOURCE_ROW = Input(name="source_row", unit="row", minimum=0.0, maximum=250_000.0)
SOURCE_COLUMN = Input(name="source_column", unit="column", minimum=0.0, maximum=250_000.0)


def array(rows: Sequence[Sequence[float | None]]) -> Floats:
    """Return rows as an array in which NaN is no data."""
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)


def rows_of(grid: NDArray[Any], *, digits: int | None = None) -> list[list[Any]]:
    """Return an array as rows of plain numbers, null where it is not finite."""
    if digits is not None:
        grid = np.round(grid, digits)
    if grid.dtype.kind != "f":
        return [[int(value) for value in row] for row in grid]
    return [[float(v) if np.isfinite(v) else None for v in row] for row in grid]


def cell(inputs: Mapping[str, Any], shape: tuple[int, ...], *, of: str) -> tuple[int, int]:
    """Return `<of>_row` and `<of>_column`, whole numbers inside a grid.

    Raises
    ------
    InvalidInputError, OutOfRangeError
        Not a whole number, or outside.
    """
    found = []
    for name, size in ((f"{of}_row", shape[0]), (f"{of}_column", shape[1])):
        value = inputs[name]
        if value != int(value):
            raise InvalidInputError(
                f"{name}: got {value}, wanted a whole number",
                field=name,
                got=value,
                wanted="0, 1, 2 …",
            )
        if not 0 <= value < size:
            wanted = f"0 .. {size - 1}"
            raise OutOfRangeError(
                f"{name}: got {value:g}, wanted {wanted}", field=name, got=value, wanted=wanted
            )
        found.append(int(value))
    return found[0], found[1]


def check_same_shape(name: str, grid: Floats, like: Floats) -> None:
    """Raise InvalidInputError where a grid has not the size of another."""
    if grid.shape != like.shape:
        got, wanted = "x".join(map(str, grid.shape)), "x".join(map(str, like.shape))
        raise InvalidInputError(
            f"{name}: got {got} cells, wanted {wanted}", field=name, got=got, wanted=wanted
        )
