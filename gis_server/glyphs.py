"""Glyphs for map libraries of others: 256 characters of our own font as signed distance fields.

The web map needs none (it draws with the font files themselves), and MapLibre draws Chinese
characters with fonts of the device; letters and digits come from here. The fonts are the slices
of Noto Sans SC (SIL Open Font License 1.1) that the built web map has. Format and numbers are of
glyphs.proto, https://github.com/mapbox/node-fontnik: 24 px, a border of 3, a radius of 8, a cutoff
of 0.25.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

from gis_server.ground_style import BOLD, REGULAR
from layers.errors import NotFoundError
from tiles.archive.mvt_bytes import message, number_of

RANGE: Final = 256
LAST: Final = 65_535
_SIZE_PX, _BORDER_PX, _RADIUS_PX, _CUTOFF = 24, 3, 8, 0.25
_TIMES = 4
_TOP_PX = 27
"""From the upper edge of a line to its base, as MapLibre takes it for characters of the device."""
_ASSETS: Final = Path(__file__).parent / "web" / "assets"
_WEIGHTS: Final = {REGULAR: "400", BOLD: "600"}
_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
_drawing = Lock()


@lru_cache(maxsize=128)
def glyphs(fontstack: str, start: int) -> bytes:
    """Return the glyphs of the 256 characters from `start` on; those that the font has.

    Raises
    ------
    NotFoundError
        No such font, or not a multiple of 256 within the first 65,536 characters (`no_glyphs`).
    """
    font = next((name for name in fontstack.split(",") if name in _WEIGHTS), None)
    slices = _slices(_ASSETS, _WEIGHTS[font]) if font else {}
    if not slices or start % RANGE or not 0 <= start <= LAST:
        raise NotFoundError(
            f"no glyphs of {fontstack[:60]!r} from {start}; the fonts are {', '.join(_WEIGHTS)}",
            code="no_glyphs", got=fontstack[:60], wanted=", ".join(_WEIGHTS),
        )  # fmt: skip
    found = []
    with _drawing:  # one at a time: a library that is opened asks for many ranges at once
        for code in range(start, start + RANGE):
            if code in slices:
                found.append(message(3, _glyph(code, _font(slices[code]))))
    stack = [message(1, fontstack.encode()), message(2, f"{start}-{start + RANGE - 1}".encode())]
    return message(1, b"".join([*stack, *found]))


@cache
def _slices(folder: Path, weight: str) -> dict[int, Path]:
    """Return the font file of each character, of a weight."""
    found: dict[int, Path] = {}
    for sheet in sorted(folder.glob("*.css")):
        for face in _FACE.findall(sheet.read_text(encoding="utf-8")):
            file = re.search(r"url\(([^)]*?([^/)]+\.woff2))", face)
            spans = re.search(r"unicode-range:([^;}]+)", face)
            if f"font-weight:{weight}" not in face.replace(" ", "") or not (file and spans):
                continue
            for first, last in re.findall(r"U\+([0-9A-Fa-f]+)(?:-([0-9A-Fa-f]+))?", spans[1]):
                for code in range(int(first, 16), min(int(last or first, 16), LAST) + 1):
                    found[code] = folder / file[2]
        if found:
            return found
    return found


@lru_cache(maxsize=32)
def _font(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, _SIZE_PX * _TIMES, layout_engine=ImageFont.Layout.BASIC)


def _glyph(code: int, font: ImageFont.FreeTypeFont) -> bytes:
    """Return one glyph: its number, its field of distances, its size and where it stands."""
    left, top, right, bottom = font.getbbox(chr(code), anchor="ls")
    # Whole pixels of the field, from the origin on the base line.
    west, north = int(np.floor(left / _TIMES)), int(np.floor(top / _TIMES))
    width = max(0, int(np.ceil(right / _TIMES)) - west)
    height = max(0, int(np.ceil(bottom / _TIMES)) - north)
    said = [number_of(1 << 3), number_of(code)]
    if width and height:
        said.append(message(2, _field(code, font, west, north, width, height).tobytes()))
    advance = round(font.getlength(chr(code)) / _TIMES)
    for number, value in ((3, width), (4, height), (5, _zigzag(west)),
                          (6, _zigzag(-north - _TOP_PX)), (7, advance)):  # fmt: skip
        said += [number_of(number << 3), number_of(value)]
    return b"".join(said)


def _field(
    code: int, font: ImageFont.FreeTypeFont, west: int, north: int, width: int, height: int
) -> NDArray[np.uint8]:
    """Return how far each pixel lies from the outline, drawn larger and then measured."""
    shape = ((width + 2 * _BORDER_PX) * _TIMES, (height + 2 * _BORDER_PX) * _TIMES)
    image = Image.new("L", shape)
    origin = ((_BORDER_PX - west) * _TIMES, (_BORDER_PX - north) * _TIMES)
    ImageDraw.Draw(image).text(origin, chr(code), fill=255, font=font, anchor="ls")
    inside = np.asarray(image) >= 128
    apart = distance_transform_edt(~inside) - distance_transform_edt(inside)
    coarse = apart.reshape(shape[1] // _TIMES, _TIMES, shape[0] // _TIMES, _TIMES).mean(axis=(1, 3))
    values = 255 - 255 * (coarse / _TIMES / _RADIUS_PX + _CUTOFF)
    rounded: NDArray[np.uint8] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return rounded


def _zigzag(value: int) -> int:
    return (value << 1) ^ (value >> 63)
