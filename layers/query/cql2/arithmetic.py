"""Arithmetic of a filter, on double precision; what has no value is unknown, not an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Double, case, cast, func, null

Number = ColumnElement[Any]


def _quotient(left: Number, right: Number) -> Number:
    """Return a / b; nothing where b is 0."""
    return left / func.nullif(right, 0.0, type_=Double)


def _whole(left: Number, right: Number) -> Number:
    return func.trunc(_quotient(left, right), type_=Double)


def _rest(left: Number, right: Number) -> Number:
    return left - right * _whole(left, right)


def _power(left: Number, right: Number) -> Number:
    """Return a to the power of b; nothing where that is no real number or too large for one."""
    magnitude = right * func.ln(func.nullif(func.abs(left), 0.0))
    real = (left > 0) | ((left < 0) & (right == func.trunc(right))) | ((left == 0) & (right >= 0))
    sane = func.coalesce(magnitude, 0.0).between(-700.0, 700.0)
    return case((real & sane, func.power(left, right)), else_=cast(null(), Double))


ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _quotient,
    "%": _rest,
    "div": _whole,
    "^": _power,
}
