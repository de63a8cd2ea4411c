"""Counts and sums of layers: by district at a level, by kind, class, grade, month, any field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, select, true
from sqlalchemy.orm import Session

from layers.catalog import Layer, LayerField
from layers.errors import InvalidInputError
from layers.query.area import EVERYWHERE, Area
from layers.query.districts import Districts, districts
from layers.query.page import conditions_of
from layers.query.scope import Scope

MAX_DIMENSIONS = 3
MAX_GROUPS = 10_000
EXERCISE = "exercise"
_TIMES = {"month": "YYYY-MM", "year": "YYYY"}
_GROUPABLE = ("text", "boolean", "integer", "id", "date")

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Group:
    """How many rows share a key, and what they sum up to.

    `key` holds one value a dimension, None where the rows have none; `sums` only fields of which
    at least one row has a value.
    """

    key: Key
    count: int
    sums: Mapping[str, float]


@dataclass(frozen=True)
class Statistics:
    """Groups, the largest first; `truncated` where there were more than 10,000 of one layer."""

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    names: Mapping[str, Mapping[str, Any]]
    truncated: bool

    @property
    def count(self) -> int:
        """How many rows were counted altogether."""
        return sum(group.count for group in self.groups)


def tally(
    session: Session,
    among: Sequence[Layer],
    *,
    scope: Scope,
    by: Sequence[str] = ("layer",),
    level: str | None = None,
    sums: Sequence[str] | None = None,
    time_field: str | None = None,
    timezone: str = "UTC",
    area: Area = EVERYWHERE,
    filters: Mapping[str, Any] | None = None,
    q: str | None = None,
) -> Statistics:
    """Count the rows of layers and sum up their numbers, by up to three dimensions.

    What was only an exercise is not counted, unless `exercise` is a dimension.

    Parameters
    ----------
    among
        The layers; their rows are counted together unless `layer` is a dimension.
    by
        `layer`, `district`, `kind` (or class), `grade`, `month`, `year`, or a declared field that
        every layer has.
    level
        Of districts: `province`, `city`, `county`, `town` and so on. A row counts for the district
        of that level that its region lies in, else (its region lies above, or in none) for its
        own region; a row without region for None. Left out, every region counts for itself.
    sums
        Fields to sum up; left out, those that the catalogue sums.
    time_field
        The field that months and years are of; left out, the layer's first time or date, the
        date of the source apart.
    timezone
        In which a month begins (IANA name).
    filters
        CQL2 JSON by the layer's name.

    Raises
    ------
    InvalidInputError
        An unknown dimension or field, one that a layer lacks, or more than three.
    """
    dimensions = _checked(by)
    tree = districts(session, level=level) if "district" in dimensions else None
    merged: dict[Key, tuple[int, dict[str, float]]] = {}
    truncated = False
    for layer in among:
        wanted = and_(
            conditions_of(layer, scope, area=area, filter=(filters or {}).get(layer.name), q=q),
            _real(layer, dimensions),
        )
        fields = _summed(layer, sums)
        keys = [_dimension(layer, name, time_field, timezone) for name in dimensions]
        rows = _rows(session, layer, keys, fields, wanted)
        truncated = truncated or len(rows) > MAX_GROUPS
        for row in rows[:MAX_GROUPS]:
            key = _rolled_up(row[: len(keys)], dimensions, tree)
            count, held = merged.setdefault(key, (0, {}))
            for field, total in zip(fields, row[len(keys) + 1 :], strict=True):
                if total is not None:
                    held[field] = held.get(field, 0.0) + float(total)
            merged[key] = (count + row[len(keys)], held)
    groups = [Group(key, count, held) for key, (count, held) in merged.items()]
    groups.sort(key=lambda group: (-group.count, tuple(part or "" for part in group.key)))
    return Statistics(dimensions, tuple(groups), _names(tree, dimensions, groups), truncated)


def _checked(by: Sequence[str]) -> tuple[str, ...]:
    """Return the dimensions, refused where there is none, one twice, or too many."""
    names = tuple(by)
    if not 1 <= len(names) <= MAX_DIMENSIONS or len(set(names)) < len(names):
        raise InvalidInputError(
            f"by is {', '.join(names)[:80]!r}, wanted 1 to {MAX_DIMENSIONS} different dimensions",
            code="bad_dimension", field="by", got=", ".join(names)[:80],
            known=f"layer, district, kind, grade, month, year (1..{MAX_DIMENSIONS})",
        )  # fmt: skip
    return names


def _real(layer: Layer, dimensions: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that leaves exercises out where they are not told apart."""
    if EXERCISE in dimensions or EXERCISE not in {field.name for field in layer.fields}:
        return true()
    return layer.column(EXERCISE).is_not(True)


def _rows(
    session: Session,
    layer: Layer,
    keys: Sequence[ColumnElement[Any]],
    fields: Sequence[str],
    wanted: ColumnElement[bool],
) -> Sequence[Any]:
    """Return key, count and sums of every group of one layer, the largest first."""
    labels = [key.label(f"key_{n}") for n, key in enumerate(keys)]
    statement = (
        select(*labels, func.count().label("n"), *(func.sum(layer.column(f)) for f in fields))
        .select_from(layer.table)
        .where(wanted)
        .group_by(*labels)
        .order_by(func.count().desc())
        .limit(MAX_GROUPS + 1)
    )
    return session.execute(statement).all()


def _dimension(
    layer: Layer, name: str, time_field: str | None, timezone: str
) -> ColumnElement[Any]:
    """Return the key of a dimension as SQL text."""
    if name == "layer":
        return literal(layer.name, String)
    if name == "district":
        return layer.column("code" if layer.name == "region" else "region")
    if name in _TIMES:
        field = _time_of(layer, time_field)
        moment: ColumnElement[Any] = layer.column(field.name)
        if field.type == "time":
            moment = func.timezone(timezone, moment)
        return func.to_char(moment, _TIMES[name])
    field = layer.field(_synonym(layer, name))
    if field.type not in _GROUPABLE:
        raise _lacks(layer, name)
    return cast(layer.column(field.name), String)


def _synonym(layer: Layer, name: str) -> str:
    """Return the layer's own field for a dimension that layers call by different names."""
    declared = {field.name for field in layer.fields}
    if name in declared:
        return name
    own = {"kind": layer.kind_field, "class": layer.kind_field, "grade": layer.worst}.get(name)
    if own is None:
        raise _lacks(layer, name)
    return own


def _time_of(layer: Layer, wanted: str | None) -> LayerField:
    """Return the field that a layer's months are of."""
    if wanted is not None:
        field = layer.field(wanted)
        if field.type not in ("time", "date"):
            raise _lacks(layer, wanted)
        return field
    times = [f for f in layer.fields if f.type in ("time", "date") and f.name != "source_date"]
    if not times:
        raise _lacks(layer, "month")
    return min(times, key=lambda field: field.type != "time")


def _lacks(layer: Layer, name: str) -> InvalidInputError:
    """Return the error for a dimension that a layer does not have."""
    known = ["layer", "district", *(["kind"] if layer.kind_field else []), "month", "year"]
    known += [field.name for field in layer.fields if field.type in _GROUPABLE]
    return InvalidInputError(
        f"layer {layer.name} cannot be counted by {name}; it can by {', '.join(known)}",
        code="bad_dimension", field="by", layer=layer.name, got=name, known=", ".join(known),
    )  # fmt: skip


def has_dimension(layer: Layer, name: str) -> bool:
    """Tell whether a layer can be counted by a dimension."""
    try:
        _dimension(layer, name, None, "UTC")
    except InvalidInputError:
        return False
    return True


def _summed(layer: Layer, asked: Sequence[str] | None) -> list[str]:
    """Return the numbers to sum up of a layer: those asked that it has, or the catalogue's."""
    if asked is None:
        return list(layer.summed)
    numbers = {field.name for field in layer.fields if field.type in ("integer", "number")}
    return [name for name in asked if name in numbers]


def _rolled_up(values: Sequence[Any], dimensions: Sequence[str], tree: Districts | None) -> Key:
    """Return the key of a row's group, its district at the wanted level."""
    return tuple(
        tree.at_level(value) if tree is not None and name == "district" else value
        for name, value in zip(dimensions, values, strict=True)
    )


def _names(
    tree: Districts | None, dimensions: Sequence[str], groups: Sequence[Group]
) -> dict[str, Mapping[str, Any]]:
    """Return what the districts among the keys are called."""
    if tree is None:
        return {}
    at = dimensions.index("district")
    codes = {group.key[at] for group in groups} - {None}
    return {code: tree.names[code] for code in codes if code is not None and code in tree.names}
