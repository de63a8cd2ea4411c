"""Temporal conditions of a filter (OGC 21-065r2, table 12): an instant is a span of no length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_

from layers.query.cql2.limits import refused
from layers.query.cql2.terms import Kind, Term

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Span:
    """The two ends of a time; an open end lies at infinity. `kind` is None where both are open."""

    start: ColumnElement[Any]
    end: ColumnElement[Any]
    kind: Kind | None

    @classmethod
    def of(cls, start: Term | None, end: Term | None) -> Span:
        """Return the span between two ends, both days or both instants."""
        found = {term.kind for term in (start, end) if term is not None}
        if not found <= {"time", "date"} or len(found) > 1:
            raise refused(" and ".join(sorted(found)), "two dates or two times", code="filter_type")
        kind = next(iter(found), None)
        return cls(
            start.sql if start else _infinity("-infinity", kind),
            end.sql if end else _infinity("infinity", kind),
            kind,
        )


def _infinity(word: str, kind: Kind | None) -> ColumnElement[Any]:
    """Return an open end, of the type that it is compared with."""
    return literal_column(f"'{word}'::{'date' if kind == 'date' else 'timestamptz'}")


TEMPORAL: dict[str, Callable[[Span, Span], Condition]] = {
    "t_after": lambda a, b: a.start > b.end,
    "t_before": lambda a, b: a.end < b.start,
    "t_contains": lambda a, b: and_(a.start < b.start, a.end > b.end),
    "t_disjoint": lambda a, b: or_(a.start > b.end, a.end < b.start),
    "t_during": lambda a, b: and_(a.start > b.start, a.end < b.end),
    "t_equals": lambda a, b: and_(a.start == b.start, a.end == b.end),
    "t_finishedby": lambda a, b: and_(a.start < b.start, a.end == b.end),
    "t_finishes": lambda a, b: and_(a.start > b.start, a.end == b.end),
    "t_intersects": lambda a, b: and_(a.start <= b.end, a.end >= b.start),
    "t_meets": lambda a, b: a.end == b.start,
    "t_metby": lambda a, b: a.start == b.end,
    "t_overlappedby": lambda a, b: and_(a.start > b.start, a.start < b.end, a.end > b.end),
    "t_overlaps": lambda a, b: and_(a.start < b.start, a.end > b.start, a.end < b.end),
    "t_startedby": lambda a, b: and_(a.start == b.start, a.end > b.end),
    "t_starts": lambda a, b: and_(a.start == b.start, a.end < b.end),
}
