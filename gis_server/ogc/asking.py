"""Which features of a collection are asked: the parameters of `items` as one filter and an area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from gis_server.ogc import systems
from gis_server.wire.base import Query
from layers.errors import InvalidInputError
from layers.layer import Layer
from layers.query import EVERYWHERE, Area, cql2

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
_UNBOUNDED = ("", "..")
_DAY = dt.timedelta(days=1, microseconds=-1)


class Asked(Query):
    """Parameters that every resource takes: `f`, the format, of which there is one."""

    f: Literal["json"] | None = None


class CrsAsked(Asked):
    """The system of the answer's coordinates."""

    crs: Annotated[str, Field(max_length=200)] | None = None


class ItemsAsked(CrsAsked):
    """Which features; every further parameter must be a property that can be queried."""

    model_config = ConfigDict(extra="allow")

    bbox: Annotated[str, Field(max_length=400)] | None = None
    bbox_crs: Annotated[str, Field(max_length=200)] | None = Field(default=None, alias="bbox-crs")
    datetime: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1)] = DEFAULT_LIMIT
    filter: Annotated[str, Field(max_length=100_000)] | None = None
    filter_lang: Literal["cql2-text", "cql2-json"] = Field(default="cql2-text", alias="filter-lang")
    filter_crs: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, alias="filter-crs"
    )
    cursor: Annotated[str, Field(max_length=200)] | None = None

    @property
    def at_most(self) -> int:
        """How many features a page holds: what is asked, but not more than the largest page."""
        return min(self.limit, MAX_LIMIT)

    def area(self) -> Area:
        """Return where the features lie."""
        if self.bbox is None:
            return EVERYWHERE
        given = systems.system(self.bbox_crs, field="bbox-crs")
        return systems.area_in(_numbers(self.bbox), given)

    def tree(self, layer: Layer) -> Any:
        """Return everything else that must hold as one CQL2 filter; None for nothing.

        Raises
        ------
        InvalidInputError
            An unknown parameter, a time or value that cannot be read, a filter that is none.
        """
        parts = [_equal(layer, name, value) for name, value in (self.model_extra or {}).items()]
        if self.datetime is not None:
            parts.append(_during(layer, self.datetime))
        if self.filter is not None:
            given = systems.system(self.filter_crs, field="filter-crs")
            read = cql2.read(self.filter, language=self.filter_lang)
            parts.append(systems.filter_in(read, given))
        if len(parts) < 2:
            return parts[0] if parts else None
        return {"op": "and", "args": parts}


def times(layer: Layer) -> tuple[str, str]:
    """Return the properties that are a layer's time: where it begins and where it ends.

    What happened has `occurred_at`, a closure lasts from `since` to `until`; of everything else
    the time is when the row was last changed.
    """
    names = {field.name for field in layer.fields}
    if {"since", "until"} <= names and layer.definition is None:
        return "since", "until"
    own = "occurred_at" if "occurred_at" in names else "updated_at"
    return own, own


def _during(layer: Layer, text: str) -> dict[str, Any]:
    """Return the condition that a feature's time meets an instant or interval (RFC 3339)."""
    parts = text.split("/")
    if len(parts) > 2 or (len(parts) == 1 and parts[0] in _UNBOUNDED):
        raise _bad_time(text)
    first, last = (None if part in _UNBOUNDED else _moment(part) for part in (parts * 2)[:2])
    start = first[0] if first else None
    end = last[1] if last else None
    if (start is None and end is None) or (start and end and start > end):
        raise _bad_time(text)
    begins, ends = times(layer)
    conditions = []
    if end is not None:
        conditions.append(_open_or(begins, "<=", end, layer))
    if start is not None:
        conditions.append(_open_or(ends, ">=", start, layer))
    return {"op": "and", "args": conditions}


def _open_or(name: str, sign: str, moment: dt.datetime, layer: Layer) -> dict[str, Any]:
    """Return a comparison with a moment; an end of an interval that is not set lies at infinity."""
    property_ = {"property": name}
    compared = {"op": sign, "args": [property_, {"timestamp": moment.isoformat()}]}
    if times(layer)[0] == times(layer)[1]:
        return compared
    return {"op": "or", "args": [{"op": "isNull", "args": [property_]}, compared]}


def _moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and last instant of a time or a day (UTC)."""
    try:
        time = dt.datetime.fromisoformat(text)
        if len(text) == 10:
            day = time.replace(tzinfo=dt.UTC)
            return day, day + _DAY
        if time.tzinfo is None or text[10:11].upper() != "T":
            raise ValueError(text)
    except (ValueError, OverflowError):
        raise _bad_time(text) from None
    return time, time


def _bad_time(text: str) -> InvalidInputError:
    wanted = "2026-01-31T06:00:00Z, or two such with / between, .. for an open end"
    return InvalidInputError(
        f"datetime: got {text[:80]!r}, wanted {wanted}",
        code="invalid_fields", field="datetime", got=text[:80], wanted=wanted,
    )  # fmt: skip


def _equal(layer: Layer, name: str, value: Any) -> dict[str, Any]:
    """Return the condition that a property has a value.

    Raises
    ------
    InvalidInputError
        There is no such property, or the value is not of its type.
    """
    kind = cql2.kinds(layer).get(name)
    if kind is None or kind == "geometry":
        raise InvalidInputError(
            f"there is no parameter and no property {name[:80]!r}",
            code="invalid_fields", field=name[:80], got=str(value)[:80],
            wanted=", ".join(n for n, k in cql2.kinds(layer).items() if k != "geometry"),
        )  # fmt: skip
    property_ = {"property": name}
    text = str(value)
    if kind == "list":
        return {"op": "a_contains", "args": [property_, [text]]}
    read = _READERS.get(kind, lambda text: text)
    try:
        return {"op": "=", "args": [property_, read(text)]}
    except (ValueError, KeyError):
        raise InvalidInputError(
            f"{name}: got {text[:80]!r}, wanted {kind}",
            code="bad_value", field=name, got=text[:80], wanted=kind,
        ) from None  # fmt: skip


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("+-").isdigit() and len(text) < 19 else float(text)


_READERS: Mapping[str, Any] = {
    "number": _number,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "time": lambda text: {"timestamp": text},
    "date": lambda text: {"date": text},
}


def _numbers(text: str) -> list[float]:
    """Return the numbers of a comma list; what is none is left out, and so refused by its count."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return []
