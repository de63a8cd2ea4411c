"""Signs of plots as drawings: the glyph of their kind in the frame of its class, as SVG.

The web map draws the same ones from the same table (`webmap/src/symbols/plot_signs.ts`). A drawing
holds nothing that anybody typed: a sign that is not known is a dot, a colour that is none is the
class's own.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("plot_glyphs.json")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_DOT_COLOUR = "#38bdf8"
_LIGHT = 0.3
"""Of a ground lighter than this the glyph is dark (relative luminance, WCAG 2.1)."""


def sign_svg(name: str, colour: str | None, *, size_px: int) -> str:
    """Return a sign as an SVG element.

    Parameters
    ----------
    name
        A name of `plot_glyphs.json`.
    colour
        `#rrggbb`; anything else is the colour of the sign's class.
    """
    glyph = _glyphs().get(name)
    chosen = colour if colour is not None and is_colour(colour) else None
    if glyph is None:
        fill = chosen or _DOT_COLOUR
        body = f'<circle cx="12" cy="12" r="7" fill="{fill}" stroke="#ffffff" stroke-width="1.5"/>'
    else:
        body = _framed(*glyph, fill=chosen)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 26 26" width="{size_px}" '
        f'height="{size_px}">{body}</svg>'
    )


def is_colour(text: str) -> bool:
    """Tell whether a text is a colour as plots have them."""
    return _HEX.fullmatch(text) is not None


def _framed(of: str, lines: str, filled: str, *, fill: str | None) -> str:
    look = _table()["classes"][of]
    ground = fill or look["colour"]
    ink = "#0b1220" if _luminance(ground) > _LIGHT else "#ffffff"
    drawn = ""
    if lines:
        drawn += (
            f'<path d="{lines}" fill="none" stroke="{ink}" stroke-width="1.9" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    if filled:
        drawn += f'<path d="{filled}" fill="{ink}" fill-rule="evenodd"/>'
    return (
        f'<g fill="{ground}" stroke="#ffffff" stroke-width="1.3" stroke-linejoin="round">'
        f'{look["frame"]}</g><g transform="{look["fit"]}">{drawn}</g>'
    )


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


@cache
def _glyphs() -> dict[str, tuple[str, str, str]]:
    """Return the class, the lines and the filled part of each glyph."""
    return {
        name: (of, lines, "".join(filled))
        for of, rows in _table()["glyphs"].items()
        for name, lines, *filled in rows
    }
