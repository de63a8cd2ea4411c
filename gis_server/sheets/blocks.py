"""What a page is made of: blocks of plain text, as JSON, in the order in which they are printed.

`heading` (`level`, `text`), `facts` (`rows` of two), `table` (`head`, `rows`), `lines` (`style`,
`lines`), `paragraphs` (`lines`), `drawing` (`caption`), `picture` (`data`, `caption`, `width_mm`).
Every cell is text; the printers escape it.
"""

from __future__ import annotations

import base64
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Literal

Block = dict[str, Any]
Style = Literal["titled", "plain", "warning", "source"]

NOTHING = "—"
_MANY = 1e6
_FEW = 1e-3
_DIGITS = 6
_NARROW, _WIDE = 9, 44  # letters: no column is thinner, none counts for more
_LINE = 78
"""Letters of 10.5 pt in 156 mm, less the room between columns."""
_HEAD = 1.15  # a head is set in bold sans
_BREAKS = re.compile(r"[\s\u2e80-\uffdc]|(?<=[-/])")  # where a line may end
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would show a number backwards
_SIGNS = {"deg": "°", "degC": "°C", "C": "°C"}
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNIT_POWER = re.compile(r"(?<=[A-Za-z])(-?[1-4])(?![0-9A-Za-z])")


def heading(text: str, *, level: int = 1) -> Block:
    """Return a heading."""
    return {"kind": "heading", "level": level, "text": clean(text)}


def facts(rows: Iterable[Sequence[str]]) -> Block:
    """Return a table of names and values; rows without value are left out."""
    kept = [[clean(name), clean(value)] for name, value in rows if value not in ("", NOTHING)]
    return {"kind": "facts", "rows": kept}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Block:
    """Return a table; `widths` are the columns' shares in percent, by what they hold."""
    written = [[clean(cell) for cell in row] for row in rows]
    named = [clean(cell) for cell in head]
    return {"kind": "table", "head": named, "rows": written, "widths": _widths([named, *written])}


def lines(texts: Iterable[str], *, style: Style = "titled") -> Block:
    """Return sentences, one a line; the first of `titled` ones is their title."""
    return {"kind": "lines", "style": style, "lines": [clean(text) for text in texts]}


def paragraphs(texts: Iterable[str]) -> Block:
    """Return running text, one paragraph each, as the body of an official document has it."""
    return {"kind": "paragraphs", "lines": [clean(text) for text in texts if text]}


def picture(png: bytes, caption: str, *, width_mm: float = 150) -> Block:
    """Return a PNG picture with its caption; JSON carries it in base64."""
    data = base64.b64encode(png).decode()
    return {"kind": "picture", "data": data, "caption": clean(caption), "width_mm": width_mm}


def drawing(caption: str) -> Block:
    """Return the place of the drawing of the zones."""
    return {"kind": "drawing", "caption": clean(caption)}


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns' shares: a short column gets what it needs, a long one what is left.

    No column is narrower than its longest word, as long as all of them find room in a line.
    """
    columns = list(zip(*rows, strict=True))
    weights = [min(max([_NARROW, *map(_room, column)]), _WIDE) for column in columns]
    least = [max([math.ceil(_HEAD * _word(head)), *map(_word, cells)]) for head, *cells in columns]
    letters = _shared(weights, least, max(_LINE, sum(least)))
    shares = [round(100 * each / sum(letters)) for each in letters]
    shares[letters.index(max(letters))] += 100 - sum(shares)
    return shares


def _shared(weights: Sequence[int], least: Sequence[int], whole: float) -> list[float]:
    """Share a line by weights, where each gets its least: what that takes, the others give."""
    held: dict[int, float] = {}
    while True:
        left = whole - sum(held.values())
        free = sum(weight for place, weight in enumerate(weights) if place not in held)
        shares = [
            held.get(place, left * weight / free if free else 0.0)
            for place, weight in enumerate(weights)
        ]
        short = [n for n, share in enumerate(shares) if n not in held and share < least[n]]
        if not short:
            return shares
        held |= {n: float(least[n]) for n in short}


def _word(text: str) -> int:
    """Return how wide the longest part of a text is that is not broken: a word, one character."""
    return max(map(_room, _BREAKS.split(text)))


def _room(text: str) -> int:
    """Return how many letters wide a text is; a Chinese one is two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text) + 2


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
    if name in _SIGNS:
        return _SIGNS[name]
    return _UNIT_POWER.sub(lambda found: found.group(1).translate(_POWERS), str(name))
