"""Which feature a record is: its id, its keys, and records of one file that claim to be the same.

A record is known by its `id`, else by a unique code of its layer, else by what it is and where:
name, kind and position give one stable id, so that the same file twice is the same features. In a
layer of a user's own, of which nobody knows what tells, everything that it says does.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from layers.catalog import Layer
from layers.intake import content
from layers.intake.mapping import NAMESPACE, stable_id
from layers.intake.quality import Checked
from layers.intake.table import Fault, shown

_OWN_CODE = "own_code"
_TELLING = ("name", "kind", "class", "substance", "container", "enterprise_id", "occurred_at")
_BYTES = pa.binary(16)


@dataclass(frozen=True)
class Identities:
    """The id of each record (16 bytes; null where a code will find it) and what is doubled.

    `columns` are those of the check, with an owner's code where `id` turned out to be one.
    """

    ids: pa.Array
    columns: dict[str, pa.Array]
    faults: list[Fault]


def key_fields(layer: Layer) -> tuple[str, ...]:
    """Return the fields that tell a layer's features apart: unique codes, then the owner's code."""
    table = layer.table
    unique = [f.name for f in layer.fields if table.c[f.name].unique]
    own = [f.name for f in layer.fields if f.name == _OWN_CODE and f.name not in unique]
    return (*unique, *own)


def is_own(layer: Layer) -> bool:
    """Tell whether a layer is one of a user's own."""
    return layer.definition is not None


def identify(checked: Checked, *, source: str) -> Identities:
    """Return the identity of every record.

    Parameters
    ----------
    source
        What the file is called by its owner: an `id` that is no UUID is unique only within it.
    """
    columns = dict(checked.columns)
    given = _given(checked, columns, source)
    keys = [key for key in key_fields(checked.layer) if key in columns]
    known = _there(given)
    for key in keys:
        known |= _there(columns[key])
    told = _told(checked.layer, columns)
    lanes = content.numbers([columns[name] for name in told], checked.geometry)
    first = _first_of_same(lanes)
    ids = _with_content(checked, columns, given, known, lanes, first)
    faults = _doubled(checked, "id", ids)
    for key in keys:
        faults += _doubled(checked, key, columns[key])
    return Identities(ids, columns, faults + _repeats(checked, columns, first, faults))


def _told(layer: Layer, columns: dict[str, pa.Array]) -> list[str]:
    """Return the columns that tell what a record is."""
    if is_own(layer):
        return sorted(set(columns) - {"source", "source_date", "region"})
    return [name for name in _TELLING if name in columns]


def _there(column: pa.Array) -> NDArray[np.bool_]:
    there: NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
    return there.copy()


def _given(checked: Checked, columns: dict[str, pa.Array], source: str) -> pa.Array:
    """Return the ids that the records bring; one that is the owner's code becomes that."""
    cells = checked.others.get("id")
    if cells is None:
        return pa.nulls(len(checked), _BYTES)
    layer = checked.layer
    coded = _OWN_CODE in {field.name for field in layer.fields}
    codes = columns[_OWN_CODE].to_pylist() if _OWN_CODE in columns else [None] * len(checked)
    ids: list[bytes | None] = []
    for i, cell in enumerate(cells):
        text = "" if cell is None else str(cell).strip()
        made = None
        if text:
            try:
                made = uuid.UUID(text).bytes
            except ValueError:
                if coded:
                    codes[i] = codes[i] if codes[i] is not None else text
                else:
                    made = _stable(source, layer.name, "id", text)
        ids.append(made)
    if any(code is not None for code in codes):
        columns[_OWN_CODE] = pa.array(codes, type=pa.string())
    return pa.array(ids, type=_BYTES)


def _stable(*parts: Any) -> bytes:
    """Return `stable_id` as bytes, at a third of its cost."""
    text = "\x1f".join(map(str, parts)).encode()
    digest = hashlib.sha1(NAMESPACE.bytes + text, usedforsecurity=False).digest()
    return digest[:6] + bytes((digest[6] & 0x0F | 0x50, digest[7], digest[8] & 0x3F | 0x80)) \
        + digest[9:16]  # fmt: skip


def _first_of_same(lanes: content.Lanes) -> NDArray[np.int64]:
    """Return for each record the position of the first one that says the same."""
    one = np.sort(lanes[:, 0])
    if not (one[1:] == one[:-1]).any():
        return np.arange(len(lanes), dtype=np.int64)
    order = np.lexsort((np.arange(len(lanes)), lanes[:, 1], lanes[:, 0]))
    ordered = lanes[order]
    begins = np.ones(len(lanes), dtype=np.bool_)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    first = np.empty(len(lanes), dtype=np.int64)
    first[order] = order[np.maximum.accumulate(np.where(begins, np.arange(len(lanes)), 0))]
    return first


def _with_content(
    checked: Checked,
    columns: dict[str, pa.Array],
    given: pa.Array,
    known: NDArray[np.bool_],
    lanes: content.Lanes,
    first: NDArray[np.int64],
) -> pa.Array:
    """Return ids with those of records that have neither id nor code made from what they say."""
    if known.all():
        return given
    made = _content_ids(checked, columns, lanes, ~known)
    # Two tanks of one substance drawn at one point are two: the second is known as such.
    unknown = np.flatnonzero(~known)
    again = unknown[first[unknown] != unknown]
    count: dict[int, int] = {}
    for i in again.tolist():
        before = int(first[i])
        if known[before]:
            continue
        count[before] = count.get(before, 1) + 1
        told = str(uuid.UUID(bytes=bytes(made[before])))
        made[i] = np.void(uuid.UUID(stable_id(told, count[before])).bytes)
    held = pa.FixedSizeBinaryArray.from_buffers(_BYTES, len(made), [None, pa.py_buffer(made)])
    return pc.if_else(pa.array(known), given, held)


def _content_ids(
    checked: Checked,
    columns: dict[str, pa.Array],
    lanes: content.Lanes,
    wanted: NDArray[np.bool_],
) -> NDArray[np.void]:
    if is_own(checked.layer):
        return content.uuids(lanes, space=checked.layer.name)
    made = np.zeros(len(checked), dtype="V16")
    at = np.flatnonzero(wanted)
    shapes = shapely.to_wkb(checked.geometry[at])
    told = [_spelled(columns.get(name), at) for name in _TELLING]
    ids = [
        _stable(checked.layer.name, *parts, None if shape is None else shape.hex())
        for shape, *parts in zip(shapes, *told, strict=True)
    ]
    made[at] = np.frombuffer(b"".join(ids), dtype="V16")
    return made


def _spelled(column: pa.Array | None, at: NDArray[np.int64]) -> Sequence[Any]:
    return [None] * len(at) if column is None else column.take(pa.array(at)).to_pylist()


def _doubled(checked: Checked, key: str, column: pa.Array) -> list[Fault]:
    """Return a fault for each record whose key an earlier record of the file has."""
    if column.type == _BYTES:
        column = column.cast(pa.binary())
    encoded = column.dictionary_encode()
    if len(encoded.dictionary) == len(column) - column.null_count:
        return []
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    before = first[inverse]
    again = np.flatnonzero((before != np.arange(len(codes))) & (codes >= 0))
    rows = checked.rows
    return [
        Fault(int(rows[i]), key, "doubled", shown(_word(column[i].as_py())),
              str(rows[before[i]]), layer=checked.layer.name)
        for i in again.tolist()
    ]  # fmt: skip


def _word(value: Any) -> Any:
    return str(uuid.UUID(bytes=value)) if isinstance(value, bytes) else value


def _repeats(
    checked: Checked,
    columns: dict[str, pa.Array],
    first: NDArray[np.int64],
    told: Sequence[Fault],
) -> list[Fault]:
    """Return a warning for each record that says at the same place what an earlier row says."""
    rows = checked.rows
    already = {fault.row for fault in told}
    again = np.flatnonzero(first != np.arange(len(first)))
    again = again[rows[first[again]] != rows[again]]
    faults = []
    for i, name in zip(again.tolist(), _spelled(columns.get("name"), again), strict=True):
        # Two nameless tanks at one point may well be two.
        if (name is None and not is_own(checked.layer)) or int(rows[i]) in already:
            continue
        before = str(rows[first[i]])
        faults.append(Fault(int(rows[i]), None, "repeat", shown(name), before, "warning",
                            layer=checked.layer.name))  # fmt: skip
    return faults
