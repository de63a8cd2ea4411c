"""CQL2 JSON (OGC 21-065r2) to a SQL condition on a layer; every value is bound.

Only what stands in a table here is understood. What does not is refused by name with what there
is: an unknown property is an error, never an empty answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Double, and_, cast, func, not_, or_

from layers.catalog import Layer
from layers.query.cql2 import terms
from layers.query.cql2.arithmetic import ARITHMETIC
from layers.query.cql2.limits import check_tree, refused
from layers.query.cql2.space import SPATIAL, within_distance
from layers.query.cql2.temporal import TEMPORAL, Span
from layers.query.cql2.terms import Kind, Term

Condition = ColumnElement[bool]

_COMPARISONS: dict[str, Callable[[Any, Any], Condition]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_ARRAYS: dict[str, Callable[[Any, Any], Condition]] = {
    "a_equals": lambda a, b: and_(a.bool_op("@>")(b), a.bool_op("<@")(b)),
    "a_contains": lambda a, b: a.bool_op("@>")(b),
    "a_containedby": lambda a, b: a.bool_op("<@")(b),
    "a_overlaps": lambda a, b: a.bool_op("&&")(b),
}
_UNORDERED: tuple[Kind, ...] = ("boolean", "id", "list", "geometry")


def clause(layer: Layer, tree: Any) -> Condition:
    """Return the condition that a CQL2 JSON filter stands for.

    Raises
    ------
    InvalidInputError
        An unknown property (`unknown_field`), operator (`filter_operator`), a value of the wrong
        kind (`filter_type`), an unusable geometry (`filter_geometry`), over 200 nodes or 32
        levels (`filter_too_large`).
    """
    check_tree(tree)
    return _Reader(layer).condition(tree)


class _Reader:
    """The filter of one layer, node by node."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._conditions: dict[str, Callable[[list[Any]], Condition]] = {
            "and": lambda args: and_(*self._several(args)),
            "or": lambda args: or_(*self._several(args)),
            "not": lambda args: not_(self.condition(*_exactly(1, args))),
            "isnull": lambda args: self.term(*_exactly(1, args)).sql.is_(None),
            "between": self._between,
            "like": self._like,
            "in": self._in,
            "s_dwithin": self._within_distance,
        }

    def condition(self, node: Any) -> Condition:
        """Return a node that is true or false."""
        if isinstance(node, bool) or (isinstance(node, dict) and "property" in node):
            found = self.term(node)
            if found.kind != "boolean":
                raise refused(node, "a condition", code="filter_type")
            return found.sql
        op, args = _operation(node)
        if op in self._conditions:
            return self._conditions[op](args)
        if op in _COMPARISONS:
            return self._compared(op, args)
        if op in SPATIAL:
            left, right = (self._kind(arg, "geometry") for arg in _exactly(2, args))
            return SPATIAL[op](left.sql, right.sql)
        if op in TEMPORAL:
            first, second = (self._span(arg) for arg in _exactly(2, args))
            _alike(first, second)
            return TEMPORAL[op](first, second)
        if op in _ARRAYS:
            left, right = (self._kind(arg, "list") for arg in _exactly(2, args))
            return _ARRAYS[op](left.sql, right.sql)
        raise refused(
            op, ", ".join(operators()), code="filter_operator", known=", ".join(operators())
        )

    def term(self, node: Any) -> Term:
        """Return a node that is a value."""
        if isinstance(node, bool):
            return terms.truth(node)
        if isinstance(node, int | float):
            return terms.number(node)
        if isinstance(node, str):
            return terms.text(node)
        if isinstance(node, list):
            return terms.array(node)
        if not isinstance(node, dict):
            raise refused(node, "a value")
        for member, read in _LITERALS.items():
            if member in node:
                return read(node if member == "coordinates" else node[member])
        if "property" in node:
            return terms.property_(self.layer, node["property"])
        return self._computed(*_operation(node))

    def _computed(self, op: str, args: list[Any]) -> Term:
        """Return arithmetic and text functions."""
        if op in ARITHMETIC:
            left, right = (self._kind(arg, "number") for arg in _exactly(2, args))
            return Term(ARITHMETIC[op](_real(left), _real(right)), "number")
        if op == "casei":
            (argument,) = _exactly(1, args)
            return Term(func.lower(self._kind(argument, "text").sql), "text")
        raise refused(
            op, ", ".join(operators()), code="filter_operator", known=", ".join(operators())
        )

    def _several(self, args: list[Any]) -> list[Condition]:
        if not args:
            raise refused("no conditions", "one or more after and, or")
        return [self.condition(arg) for arg in args]

    def _kind(self, node: Any, kind: Kind) -> Term:
        """Return a term that must be of a kind."""
        found = self.term(node)
        if found.kind != kind:
            raise refused(node, kind, code="filter_type")
        return found

    def _pair(self, left: Any, right: Any) -> tuple[Term, Term]:
        """Return two terms that can be compared; text beside an id is read as an id."""
        one, other = self.term(left), self.term(right)
        if one.kind == "id" and isinstance(right, str):
            other = terms.identity(right)
        if other.kind == "id" and isinstance(left, str):
            one = terms.identity(left)
        if one.kind != other.kind:
            raise refused(right, one.kind, code="filter_type")
        return one, other

    def _compared(self, op: str, args: list[Any]) -> Condition:
        left, right = self._pair(*_exactly(2, args))
        if left.kind in ("list", "geometry") or (op not in ("=", "<>") and left.kind in _UNORDERED):
            raise refused(f"{op} on {left.kind}", "values that have an order", code="filter_type")
        return _COMPARISONS[op](left.sql, right.sql)

    def _between(self, args: list[Any]) -> Condition:
        value, low, high = _exactly(3, args)
        return and_(self._compared(">=", [value, low]), self._compared("<=", [value, high]))

    def _like(self, args: list[Any]) -> Condition:
        value, pattern = _exactly(2, args)
        bare = pattern
        while isinstance(bare, dict) and bare.get("op") == "casei" and bare.get("args"):
            bare = bare["args"][0]
        if not isinstance(bare, str):
            raise refused(pattern, "a pattern with % and _", code="filter_type")
        if (len(bare) - len(bare.rstrip("\\"))) % 2:
            raise refused(bare, "a character after the last \\")
        return self._kind(value, "text").sql.like(self._kind(pattern, "text").sql, escape="\\")

    def _in(self, args: list[Any]) -> Condition:
        value, listed = _exactly(2, args)
        if not isinstance(listed, list) or not listed:
            raise refused(listed, "a list of values")
        return or_(*(self._compared("=", [value, one]) for one in listed))

    def _within_distance(self, args: list[Any]) -> Condition:
        place, point, metres = _exactly(3, args)
        return within_distance(self._kind(place, "geometry").sql, point, metres)

    def _span(self, node: Any) -> Span:
        """Return an instant or an interval as its two ends."""
        if isinstance(node, dict) and "interval" in node:
            ends = node["interval"]
            if not isinstance(ends, list):
                raise refused(ends, "an interval of 2")
            first, last = (self._end(end) for end in _exactly(2, ends))
            return Span.of(first, last)
        found = self.term(node)
        if found.kind not in ("time", "date"):
            raise refused(node, "a time or a date", code="filter_type")
        return Span.of(found, found)

    def _end(self, node: Any) -> Term | None:
        """Return an end of an interval; None where it is open (`..`)."""
        if node == "..":
            return None
        return terms.moment(node) if isinstance(node, str) else self.term(node)


_LITERALS: dict[str, Callable[[Any], Term]] = {
    "coordinates": terms.geometry,
    "bbox": terms.box,
    "date": terms.date,
    "timestamp": terms.timestamp,
}


def operators() -> tuple[str, ...]:
    """Return every operator and function that a filter may use, as CQL2 JSON writes them."""
    logic = ("and", "or", "not", "isNull", "between", "like", "in", "casei", "s_dwithin")
    return (*logic, *_COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, *_ARRAYS)


def _operation(node: Any) -> tuple[str, list[Any]]:
    """Return the operator and arguments of a node."""
    if not isinstance(node, dict) or set(node) != {"op", "args"}:
        raise refused(node, 'a condition {"op", "args"}')
    op, args = node["op"], node["args"]
    if not isinstance(op, str) or not isinstance(args, list):
        raise refused(node, 'a condition {"op": text, "args": list}')
    return op.lower(), args


def _exactly(count: int, args: list[Any]) -> list[Any]:
    if len(args) != count:
        raise refused(f"{len(args)} arguments", f"{count} arguments")
    return args


def _real(term: Term) -> ColumnElement[Any]:
    """Return a number as double precision: whole ones would overflow, and divide to whole ones."""
    return cast(term.sql, Double)


def _alike(first: Span, second: Span) -> None:
    """Refuse to compare a day with an instant: which instant would depend on the time zone."""
    if first.kind and second.kind and first.kind != second.kind:
        raise refused(second.kind, first.kind, code="filter_type")
