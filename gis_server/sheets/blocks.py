"""What a page is made of: blocks of plain text, as JSON, in the order in which they are printed.

`heading` (`level`, `text`), `facts` (`rows` of two), `table` (`head`, `rows`), `lines` (`style`,
`lines`), `drawing` (`caption`). Every cell is text; the printers escape it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

Block = dict[str, Any]
Style = Literal["note", "warning", "source", "hash"]

NOTHING = "—"
_MANY = 1e6
_FEW = 1e-3
_DIGITS = 6
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would show a number backwards
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNIT_POWER = re.compile(r"(?<=[A-Za-z])(-?[1-4])(?![0-9A-Za-z])")


def heading(text: str, *, level: int = 1) -> Block:
    """Return a heading."""
    return {"kind": "heading", "level": level, "text": clean(text)}


def facts(rows: Iterable[Sequence[str]]) -> Block:
    """Return a table of names and values; rows without value are left out."""
    kept = [[clean(name), clean(value)] for name, value in rows if value not in ("", NOTHING)]
    return {"kind": "facts", "rows": kept}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, wide: int | None = None) -> Block:
    """Return a table; the column `wide` takes the room that is left."""
    written = [[clean(cell) for cell in row] for row in rows]
    return {"kind": "table", "head": [clean(cell) for cell in head], "rows": written, "wide": wide}


def lines(texts: Iterable[str], *, style: Style = "note") -> Block:
    """Return sentences, one a line."""
    return {"kind": "lines", "style": style, "lines": [clean(text) for text in texts]}


def drawing(caption: str) -> Block:
    """Return the place of the drawing of the zones."""
    return {"kind": "drawing", "caption": clean(caption)}


def clean(text: str) -> str:
    """Return a text without what no page can hold: control characters, half characters, turns."""
    return _TURNING.sub("", _UNPRINTABLE.sub("�", text))


def number(value: float) -> str:
    """Return a number as an expert writes it: six digits, a power of ten where it is needed."""
    if not math.isfinite(value):
        return NOTHING
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < _MANY):
        return f"{int(value)}"
    if value == 0 or _FEW <= abs(value) < _MANY:
        return f"{value:.{_DIGITS}g}"
    mantissa, _, power = f"{value:.{_DIGITS - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa} × 10{str(int(power)).translate(_POWERS)}"


def unit(name: str | None) -> str:
    """Return a unit as it is printed: m3 with its raised 3, nothing for a bare number."""
    if name in (None, "", "1"):
        return ""
    return _UNIT_POWER.sub(lambda found: found.group(1).translate(_POWERS), str(name))
