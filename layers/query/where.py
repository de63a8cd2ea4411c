"""Conditions on a layer's own fields: typed, checked against the catalogue, bound in SQL."""

from __future__ import annotations

import datetime as dt
import math
import operator
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, true
from sqlalchemy import any_ as sql_any

from layers.catalog import FieldType, Layer
from layers.errors import InvalidInputError

OPERATORS = ("eq", "in", "lt", "le", "gt", "ge", "contains", "known")
_ORDERED: tuple[FieldType, ...] = ("integer", "number", "time", "date")
_LIMIT = 20


@dataclass(frozen=True)
class Condition:
    """One condition: a declared field, an operator of `OPERATORS`, and values of its type."""

    field: str
    operator: str
    values: tuple[Any, ...]


def conditions(layer: Layer, texts: Iterable[str]) -> tuple[Condition, ...]:
    """Read conditions written `field=value` or `field.operator=value`.

    `in` takes values separated by commas; `known` takes true or false; `contains` is for text
    (any case) and lists (one element). All conditions must hold.

    Raises
    ------
    InvalidInputError
        An unknown field (the message names those that exist), an unknown operator, a value that
        is not of the field's type, or more than 20 conditions.
    """
    found = tuple(_condition(layer, text) for text in texts)
    if len(found) > _LIMIT:
        raise InvalidInputError(f"{len(found)} conditions; at most {_LIMIT}", field="where")
    return found


def _condition(layer: Layer, text: str) -> Condition:
    """Read one condition."""
    left, equals, right = text.partition("=")
    name, _, verb = left.strip().partition(".")
    if not equals:
        raise InvalidInputError(
            f"condition {text!r} is not field=value or field.operator=value",
            code="bad_condition", field="where", got=text,
        )  # fmt: skip
    field = layer.field(name)
    verb = verb or "eq"
    if verb not in _allowed(field.type):
        raise InvalidInputError(
            f"field {name} takes {', '.join(_allowed(field.type))}; got {verb!r}",
            code="bad_operator", field=name, got=verb, known=", ".join(_allowed(field.type)),
        )  # fmt: skip
    raw = right.split(",") if verb == "in" else [right]
    type_: FieldType = "boolean" if verb == "known" else field.type
    return Condition(name, verb, tuple(_value(name, type_, part) for part in raw))


def _allowed(type_: FieldType) -> tuple[str, ...]:
    """Return the operators that a type of field takes."""
    if type_ == "list":
        return ("contains", "known")
    if type_ in _ORDERED:
        return ("eq", "in", "lt", "le", "gt", "ge", "known")
    if type_ == "text":
        return ("eq", "in", "contains", "known")
    return ("eq", "in", "known")


def _boolean(text: str) -> bool:
    """Read true or false."""
    return {"true": True, "false": False}[text.lower()]


def _integer(text: str) -> int:
    """Read an integer that fits the column."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


def _number(text: str) -> float:
    """Read a finite number."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _time(text: str) -> dt.datetime:
    """Read an RFC 3339 time with its offset."""
    time = dt.datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(text)
    return time


def _text(text: str) -> str:
    """Read text that PostgreSQL can hold: no NUL, no lone surrogate."""
    if "\x00" in text:
        raise ValueError(text)
    text.encode()
    return text


_READERS: dict[FieldType, tuple[Callable[[str], Any], str]] = {
    "text": (_text, "text"),
    "list": (_text, "text"),
    "integer": (_integer, "an integer"),
    "number": (_number, "a number"),
    "boolean": (_boolean, "true or false"),
    "time": (_time, "a time with offset, as 2026-01-31T14:05:00+08:00"),
    "date": (dt.date.fromisoformat, "a date, as 2026-01-31"),
    "id": (uuid.UUID, "an id"),
}


def _value(name: str, type_: FieldType, text: str) -> Any:
    """Read one value of a field's type."""
    read, wanted = _READERS[type_]
    try:
        return read(text.strip() if type_ not in ("text", "list") else text)
    except (ValueError, KeyError) as error:
        raise InvalidInputError(
            f"field {name} wants {wanted}; got {text!r}",
            code="bad_value", field=name, got=text, wanted=wanted,
        ) from error  # fmt: skip


def escape_like(text: str) -> str:
    r"""Return text with the wildcards of LIKE (`%`, `_`, `\`) made literal."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def clause(layer: Layer, wanted: Iterable[Condition]) -> ColumnElement[bool]:
    """Return the SQL of all conditions together; every value is a bound parameter."""
    return and_(true(), *(_clause(layer, condition) for condition in wanted))


def _clause(layer: Layer, condition: Condition) -> ColumnElement[bool]:
    """Return the SQL of one condition."""
    field = layer.field(condition.field)
    column: ColumnElement[Any] = layer.column(field.name)
    value = condition.values[0]
    match condition.operator:
        case "in":
            return column.in_(condition.values)
        case "known":
            return column.is_not(None) if value else column.is_(None)
        case "contains" if field.type == "list":
            return literal(value) == sql_any(column)
        case "contains":
            return column.ilike(f"%{escape_like(value)}%", escape="\\")
    compare: Callable[[Any, Any], ColumnElement[bool]] = _COMPARISONS[condition.operator]
    return compare(column, value)


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
