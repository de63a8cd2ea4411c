"""Which feature a record is: its id, its keys, and records of one file that claim to be the same.

A record is known by its `id`, else by a unique code of its layer, else by what it is and where:
name, kind and position give one stable id, so that the same file twice is the same features.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import shapely

from layers.catalog import Layer
from layers.intake.mapping import stable_id
from layers.intake.quality import Checked
from layers.intake.table import Fault, shown

_OWN_CODE = "own_code"
_TELLING = ("name", "kind", "class", "substance", "container", "enterprise_id", "occurred_at")


def key_fields(layer: Layer) -> tuple[str, ...]:
    """Return the fields that tell a layer's features apart: unique codes, then the owner's code."""
    table = layer.table
    unique = [f.name for f in layer.fields if table.c[f.name].unique]
    own = [f.name for f in layer.fields if f.name == _OWN_CODE and f.name not in unique]
    return (*unique, *own)


def identify(checked: Checked, *, source: str) -> list[Fault]:
    """Give every record its `id` (None where a code will find it); return faults of doubled keys.

    Parameters
    ----------
    source
        What the file is called by its owner: an `id` that is no UUID is unique only within it.
    """
    keys = key_fields(checked.layer)
    seen: dict[str, int] = {}
    shapes = shapely.to_wkb(checked.geometry)
    for record, shape in zip(checked.records, shapes, strict=True):
        record["id"] = _id(checked.layer, record, keys, source)
        if record["id"] is None and all(record.get(key) is None for key in keys):
            parts = [record.get(name) for name in _TELLING]
            place = shape.hex() if shape is not None else None
            first = stable_id(checked.layer.name, *parts, place)
            seen[first] = seen.get(first, 0) + 1
            # Two tanks of one substance drawn at one point are two: the second is known as such.
            record["id"] = first if seen[first] == 1 else stable_id(first, seen[first])
    return _doubled(checked, ("id", *keys))


def _id(layer: Layer, record: dict[str, Any], keys: Sequence[str], source: str) -> str | None:
    given = record.get("id")
    if given is None or str(given).strip() == "":
        return None
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        if _OWN_CODE in keys:
            record.setdefault(_OWN_CODE, str(given).strip())
            return None
        return stable_id(source, layer.name, "id", str(given).strip())


def _doubled(checked: Checked, keys: Sequence[str]) -> list[Fault]:
    faults = []
    first: dict[tuple[str, str], int] = {}
    for i, (record, row) in enumerate(zip(checked.records, checked.rows.tolist(), strict=True)):
        for key in keys:
            if (value := record.get(key)) is None:
                continue
            before = first.setdefault((key, str(value)), i)
            if before != i:
                wanted = str(checked.rows[before])
                faults.append(
                    Fault(row, key, "doubled", shown(value), wanted, layer=checked.layer.name)
                )
    return faults
