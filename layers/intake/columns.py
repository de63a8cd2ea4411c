"""A whole column of cells to values of one field: `values.value_of`, a column at a time.

There is one rule for a cell, and it is `value_of`. Here it is asked once for each different cell
where a column repeats itself, and only for the suspicious cells where it does not: a cell that is
plainly a value already (a finite number in range, text without blanks around it) is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from layers.catalog import FieldType, LayerField
from layers.intake.cells import arrow_of
from layers.intake.values import TEXT_MAX_CHARACTERS, FieldError

Reader = Callable[[Any], Any]
Wrong = list[tuple[int, FieldError]]

ARROW: dict[FieldType, pa.DataType] = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
    "time": pa.timestamp("us", "UTC"), "date": pa.date32(), "list": pa.list_(pa.string()),
    "id": pa.string(),
}  # fmt: skip

# What str.strip takes away; RE2 must be told, its own \s is ASCII.
_BLANK = (
    r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}"
    r"\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
)
_SUSPICIOUS_TEXT = rf"\A{_BLANK}|{_BLANK}\z|\x00"
# Digits that every reader of numbers reads alike.
_PLAIN_INTEGER = r"\A-?(0|[1-9][0-9]{0,14})\z"
_PLAIN_NUMBER = r"\A-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?\z"
_FEW = 1000
_REPEATS = 8


def arrow_type(field: LayerField) -> pa.DataType:
    """Return the Arrow type of a field's values; ids and values of a domain are text."""
    return ARROW["text"] if field.spec.domain is not None else ARROW[field.type]


def read_column(
    field: LayerField, cells: Sequence[Any], reader: Reader
) -> tuple[pa.Array, list[tuple[int, FieldError]]]:
    """Return a column's values, null where there is none, and the cells that are wrong.

    Parameters
    ----------
    cells
        Whatever the file holds; a `Cells` is read without making Python objects of it.
    reader
        Returns a cell's value or raises `FieldError`: the rule for a single cell.

    Returns
    -------
    An array of `arrow_type(field)`, and position and error of each wrong cell, in order.
    """
    array = arrow_of(cells)
    if array is None or pa.types.is_nested(array.type):
        return _each(field, cells, reader)
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), arrow_type(field)), []
    taken = None if field.spec.domain is not None else _plain(field, array)
    if taken is None or _repeats(array):
        return _each_different(field, array, reader)
    values, plain = taken
    return _patched(field, array, values, ~plain, reader)


def _each(field: LayerField, cells: Sequence[Any], reader: Reader) -> tuple[pa.Array, Wrong]:
    """Read cell by cell."""
    values: list[Any] = []
    wrong: Wrong = []
    for at, cell in enumerate(cells):
        value = None
        if cell is not None:
            try:
                value = reader(cell)
            except FieldError as error:
                wrong.append((at, error))
        values.append(value)
    return _array(field, values), wrong


def _array(field: LayerField, values: Sequence[Any]) -> pa.Array:
    kind = arrow_type(field)
    if field.type == "id":
        values = [None if value is None else str(value) for value in values]
    return pa.array(values, type=kind, from_pandas=False)


def _repeats(array: pa.Array) -> bool:
    """Tell whether reading each different cell once pays: most cells are met before."""
    if pa.types.is_floating(array.type) or len(array) < _FEW:
        return False
    step = len(array) // _FEW
    sample = array.take(pa.array(np.arange(0, len(array), step, dtype=np.int64)))
    return bool(pc.count_distinct(sample).as_py() * _REPEATS < len(sample))


def _each_different(field: LayerField, array: pa.Array, reader: Reader) -> tuple[pa.Array, Wrong]:
    """Read each different cell once."""
    encoded = array.dictionary_encode()
    values, wrong = _each(field, encoded.dictionary.to_pylist(), reader)
    read = values.take(encoded.indices)
    if not wrong:
        return read, []
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    errors = dict(wrong)
    bad = np.flatnonzero(np.isin(codes, list(errors)))
    return read, [(int(at), errors[int(codes[at])]) for at in bad]


def _patched(
    field: LayerField,
    array: pa.Array,
    values: pa.Array,
    suspicious: NDArray[np.bool_],
    reader: Reader,
) -> tuple[pa.Array, Wrong]:
    """Read the suspicious cells one by one and put what they give into the values."""
    at = np.flatnonzero(suspicious)
    if not len(at):
        return values, []
    read, wrong = _each(field, array.take(pa.array(at)).to_pylist(), reader)
    made = pc.replace_with_mask(values, pa.array(suspicious), read)
    return made, [(int(at[i]), error) for i, error in wrong]


def _plain(field: LayerField, array: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]] | None:
    """Return values of the field's type and which of them are plainly right; null ones are.

    None: nothing is plain in a column of this type for this field.
    """
    text = pa.types.is_string(array.type) or pa.types.is_large_string(array.type)
    if field.type == "text" and text:
        return _plain_text(array)
    if field.type == "boolean" and pa.types.is_boolean(array.type):
        return array, np.ones(len(array), dtype=np.bool_)
    if field.type not in ("integer", "number"):
        return None
    if text:
        return _plain_digits(field, array)
    whole = pa.types.is_integer(array.type)
    if whole or (field.type == "number" and pa.types.is_float64(array.type)):
        return _in_range(field, array)
    return None


def _plain_text(array: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    length = pc.utf8_length(array)
    suspicious = pc.or_(
        pc.match_substring_regex(array, _SUSPICIOUS_TEXT),
        pc.or_(pc.equal(length, 0), pc.greater(length, TEXT_MAX_CHARACTERS)),
    )
    plain = ~_mask(suspicious)
    return array.cast(pa.string()), plain


def _plain_digits(field: LayerField, array: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    pattern = _PLAIN_INTEGER if field.type == "integer" else _PLAIN_NUMBER
    plain = _mask(pc.match_substring_regex(array, pattern))
    digits = pc.if_else(pa.array(plain), array, pa.scalar(None, array.type))
    values, ranged = _in_range(field, digits.cast(arrow_type(field)))
    return values, (plain & ranged) | _mask(array.is_null())


def _in_range(field: LayerField, array: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Return numbers of the field's type; plain are those that are finite and in its range."""
    if pa.types.is_uint64(array.type):
        array = pc.if_else(pc.less_equal(array, 2**63 - 1), array, pa.scalar(None, array.type))
        held = _mask(array.is_valid())
        values, plain = _in_range(field, array.cast(pa.int64()))
        return values, plain & held
    values = array.cast(arrow_type(field), safe=False)
    plain = np.ones(len(values), dtype=np.bool_)
    if pa.types.is_floating(values.type):
        plain &= _mask(pc.is_finite(values), null=True)
    if field.spec.minimum is not None:
        plain &= _mask(pc.greater_equal(values, field.spec.minimum), null=True)
    if field.spec.maximum is not None:
        plain &= _mask(pc.less_equal(values, field.spec.maximum), null=True)
    return values, plain


def _mask(array: pa.Array, *, null: bool = False) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = array.fill_null(null).to_numpy(zero_copy_only=False)
    return mask
