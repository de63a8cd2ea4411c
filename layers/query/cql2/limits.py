"""How large a filter may be, and how it is refused: by name, with what was wanted."""

from __future__ import annotations

from typing import Any

from layers.errors import InvalidInputError

MAX_CHARACTERS = 100_000
MAX_DEPTH = 32
MAX_NODES = 200


class FilterError(InvalidInputError):
    """A filter that cannot be read; `details` hold `got` and `wanted`."""

    code = "bad_filter"


def refused(got: object, wanted: str, *, code: str = "bad_filter", **details: Any) -> FilterError:
    """Return the error for a part of a filter."""
    shown = str(got)[:80]
    return FilterError(
        f"the filter has {shown!r}, wanted {wanted}",
        code=code, field="filter", got=shown, wanted=wanted, **details,
    )  # fmt: skip


def too_large(what: str, limit: int) -> FilterError:
    """Return the error for a filter over one of the limits."""
    return FilterError(
        f"the filter has more than {limit} {what}",
        code="filter_too_large", field="filter", what=what, limit=limit,
    )  # fmt: skip


def check_tree(root: Any) -> None:
    """Refuse a filter of more than 200 nodes or deeper than 32, before anything walks it.

    The coordinates of a geometry are one node: they have limits of their own.
    """
    waiting = [(root, 1)]
    nodes = 0
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise too_large("nodes", MAX_NODES)
        if depth > MAX_DEPTH:
            raise too_large("levels", MAX_DEPTH)
        if isinstance(node, dict) and "coordinates" not in node:
            waiting += [(value, depth + 1) for value in node.values() if _is_nested(value)]
        elif isinstance(node, list):
            waiting += [(value, depth) for value in node]


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)
