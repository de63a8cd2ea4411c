"""A column of a table as Arrow holds it: a sequence of Python values that are made when asked for.

A million cells as Python objects take ten times the memory of the column; who can work on whole
columns asks for `arrow_of`, everybody else reads a sequence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_BLOCK = 10_000
_OFFSETS_MAX = 2**31 - 1  # bytes of text that 32-bit offsets reach


class Cells(Sequence[Any]):
    """An Arrow array as a read-only sequence of Python values; a missing one is None."""

    def __init__(self, array: pa.Array | pa.ChunkedArray) -> None:
        self.array = _whole(array)

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step == 1:
                return Cells(self.array.slice(start, max(0, stop - start)))
            return self.array.to_pylist()[at]
        return self.array[at].as_py()

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self.array), _BLOCK):
            yield from self.array.slice(start, _BLOCK).to_pylist()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Cells({self.array.slice(0, 5).to_pylist()}, {len(self)} in all)"

    def take(self, positions: NDArray[np.int64]) -> Cells:
        """Return the cells at these positions; one may be taken several times."""
        return Cells(self.array.take(pa.array(positions)))

    def finite(self) -> NDArray[np.float64] | None:
        """Return the cells of a column of 64-bit numbers, a missing one as NaN.

        None: another type, or a number that is not finite.
        """
        if not pa.types.is_float64(self.array.type):
            return None
        numbers: NDArray[np.float64] = self.array.to_numpy(zero_copy_only=False)
        missing = self.array.is_null().to_numpy(zero_copy_only=False)
        return numbers if (np.isfinite(numbers) | missing).all() else None


def arrow_of(cells: Sequence[Any]) -> pa.Array | None:
    """Return the Arrow array of a column, or None where its cells have no common Arrow type."""
    if isinstance(cells, Cells):
        return cells.array
    kinds = {type(cell) for cell in cells if cell is not None}
    if len(kinds) > 1 or not kinds <= {str, bool, int, float}:
        return None
    try:
        return pa.array(cells, from_pandas=False)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return None  # whole numbers past 64 bits, or text that has no UTF-8 form


def _whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return one array of the values themselves: chunks joined, dictionaries resolved."""
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if pa.types.is_string(array.type) and array.nbytes >= _OFFSETS_MAX:
        array = array.cast(pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_large_string(array.type) and array.nbytes < _OFFSETS_MAX:
        array = array.cast(pa.string())
    return array


def plain_cells(column: pa.ChunkedArray) -> Cells | None:
    """Return a column of text, numbers or truth values; NaN is a missing one. None: other types."""
    held = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_floating(held):
        numbers = _whole(column).cast(pa.float64())
        return Cells(pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers))
    text = pa.types.is_string(held) or pa.types.is_large_string(held)
    if text or pa.types.is_integer(held) or pa.types.is_boolean(held):
        return Cells(column)
    return None
