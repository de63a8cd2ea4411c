"""How a user's own layer is drawn: data, checked key by key."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from layers.errors import InvalidInputError

MAX_CATEGORIES = 50
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SYMBOL = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_Fields = Sequence[Mapping[str, Any]]


def checked(style: Mapping[str, Any], fields: _Fields) -> dict[str, Any]:
    """Return a style as it is stored; keys whose value is None are left out.

    Parameters
    ----------
    style
        `color` (#rrggbb), `symbol` (a word of the map's symbols), `opacity` (0 to 1), `width`
        (of lines, px), `size` (of points, px), `min_zoom` (0 to 18), `label_field` (a field, by
        name or title), `categories` (`{"field": ..., "colors": {value: #rrggbb}}`).
    fields
        The layer's stored fields.

    Raises
    ------
    InvalidInputError
        A key that no style has, or a value that it does not take.
    """
    if unknown := sorted(set(style) - set(_CHECKS)):
        raise _wrong(unknown[0], "", ", ".join(_CHECKS))
    return {
        key: _CHECKS[key](key, value, fields) for key, value in style.items() if value is not None
    }


def _colour(key: str, value: Any, fields: _Fields) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value.lower()):
        raise _wrong(key, value, "#rrggbb")
    return value.lower()


def _symbol(key: str, value: Any, fields: _Fields) -> str:
    if not isinstance(value, str) or not _SYMBOL.fullmatch(value):
        raise _wrong(key, value, "a symbol's name")
    return value


def _number(least: float, most: float) -> Callable[[str, Any, _Fields], float]:
    def check(key: str, value: Any, fields: _Fields) -> float:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not math.isfinite(value) or not least <= value <= most:
            raise _wrong(key, value, f"{least:g}..{most:g}")
        return float(value)

    return check


def _zoom(key: str, value: Any, fields: _Fields) -> int:
    return int(_number(0, 18)(key, value, fields))


def _field(key: str, value: Any, fields: _Fields) -> str:
    if value in ("name", "name_en"):
        return str(value)
    for field in fields:
        if value in (field["name"], field["title"]) and not field.get("removed"):
            return str(field["name"])
    raise _wrong(key, value, ", ".join(["name", "name_en", *(f["name"] for f in fields)]))


def _categories(key: str, value: Any, fields: _Fields) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) != {"field", "colors"}:
        raise _wrong(key, value, '{"field", "colors"}')
    colours = value["colors"]
    if not isinstance(colours, Mapping) or not 0 < len(colours) <= MAX_CATEGORIES:
        raise _wrong(f"{key}.colors", colours, f"1..{MAX_CATEGORIES}")
    return {
        "field": _field(f"{key}.field", value["field"], fields),
        "colors": {str(k)[:200]: _colour(f"{key}.colors", c, fields) for k, c in colours.items()},
    }


_CHECKS: dict[str, Callable[[str, Any, _Fields], Any]] = {
    "color": _colour,
    "symbol": _symbol,
    "opacity": _number(0, 1),
    "width": _number(0.5, 20),
    "size": _number(2, 40),
    "min_zoom": _zoom,
    "label_field": _field,
    "categories": _categories,
}


def _wrong(key: str, got: Any, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"style: {key} is {str(got)[:80]!r}, wanted {wanted}",
        code="bad_style", field=key, got=str(got)[:80], wanted=wanted,
    )  # fmt: skip
