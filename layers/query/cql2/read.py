"""A filter as it comes: text or JSON, by its name or by its look."""

from __future__ import annotations

import json
from typing import Any, Literal

from layers.query.cql2.limits import MAX_CHARACTERS, check_tree, refused, too_large
from layers.query.cql2.text import parse

Language = Literal["cql2-text", "cql2-json"]

_CLASSES = (
    "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
    "case-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
    "spatial-functions", "temporal-functions", "array-functions", "property-property",
    "arithmetic",
)  # fmt: skip
CONFORMANCE = tuple(f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" for name in _CLASSES)
"""The conformance classes of CQL2 that are claimed; accents and functions of others are not."""


def read(given: str | dict[str, Any] | bool, *, language: Language | None = None) -> Any:
    """Return the CQL2 JSON of a filter.

    Parameters
    ----------
    given
        CQL2 text, CQL2 JSON as text, or CQL2 JSON already parsed.
    language
        None takes a text that begins with a brace as JSON.

    Raises
    ------
    FilterError
        It is not what it is said to be, or over the limits.
    """
    if not isinstance(given, str):
        check_tree(given)
        return given
    if language == "cql2-text" or (language is None and not given.lstrip().startswith("{")):
        tree = parse(given)
    else:
        tree = _json(given)
    check_tree(tree)
    return tree


def _json(text: str) -> Any:
    """Read JSON that has neither NaN nor a doubled member."""
    if len(text) > MAX_CHARACTERS:
        raise too_large("characters", MAX_CHARACTERS)

    def constant(word: str) -> Any:
        raise refused(word, "a number")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise refused(", ".join(name for name, _ in pairs), "each member once")
        return dict(pairs)

    try:
        return json.loads(text, parse_constant=constant, object_pairs_hook=members)
    except RecursionError:
        raise too_large("levels", 32) from None
    except ValueError as error:
        raise refused(text, f"JSON ({str(error)[:60]})") from error
