"""A tile of the longitude-latitude grid of CGCS2000, made of tiles of Web Mercator.

The grid is the set `c` of Tianditu (天地图): level n has 2**n columns and 2**(n-1) rows, row 0 in
the north. Its columns are those of Web Mercator at zoom n, so only rows are resampled. CGCS2000
and WGS 84 agree to the decimetre, far below a pixel (`layers.crs`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layers.errors import OutOfRangeError

FIRST_LEVEL, LAST_LEVEL = 1, 20
SIDE_PX = 256
_MOST_TILES = 4
_LIMIT_LAT = math.degrees(math.atan(math.sinh(math.pi)))
Pixels = NDArray[np.float64]
Draw = Callable[[int, int, int], bytes | None]
"""What gives the image of a Web Mercator tile z, x, y, 256 pixels a side; None: nothing there."""


def bounds(level: int, row: int, col: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in degrees.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    """
    for name, value, low, high in (
        ("level", level, FIRST_LEVEL, LAST_LEVEL),
        ("row", row, 0, 2 ** (min(max(level, 1), LAST_LEVEL) - 1) - 1),
        ("col", col, 0, 2 ** min(max(level, 1), LAST_LEVEL) - 1),
    ):
        if not low <= value <= high:
            raise OutOfRangeError(
                f"tile {level}/{row}/{col}: {name} wanted {low} to {high}",
                code="no_tile", field=name, got=str(value), minimum=low, maximum=high,
            )  # fmt: skip
    side = 360.0 / (1 << level)
    west, north = -180.0 + col * side, 90.0 - row * side
    return west, north - side, west + side, north


def tile(level: int, row: int, col: int, *, draw: Draw, smooth: bool = True) -> bytes | None:
    """Return the tile as PNG, None where nothing is drawn.

    Parameters
    ----------
    smooth
        Whether the several rows of Web Mercator that one row here stands for are averaged; colours
        that are classes are not, of these the middle one is taken.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    """
    _, south, _, north = bounds(level, row, col)
    edges = np.linspace(north, south, SIDE_PX + 1)
    zoom, down = _rows(edges, level)
    first, last = int(down[0]), min(math.ceil(down[-1]), 1 << zoom) - 1
    x = col >> (level - zoom)
    drawn = [draw(zoom, x, y) for y in range(first, last + 1)]
    if last < first or not any(drawn):
        return None
    stack = np.concatenate([_read(image) for image in drawn])
    at = (down - first) * SIDE_PX
    rows = _averaged(stack, at) if smooth else _nearest(stack, at)
    rows[(edges[:-1] > _LIMIT_LAT) | (edges[1:] < -_LIMIT_LAT)] = 0.0
    return _written(rows[:, _columns(level, zoom, col)])


def _rows(edges: Pixels, level: int) -> tuple[int, Pixels]:
    """Return a zoom, and where each edge of a row lies there, in tiles from the north.

    Towards the poles Web Mercator is stretched up to twelvefold: there a coarser zoom does.
    """
    sane = np.radians(np.clip(edges, -_LIMIT_LAT, _LIMIT_LAT))
    share = np.clip(0.5 - np.arcsinh(np.tan(sane)) / (2.0 * math.pi), 0.0, 1.0)
    zoom = level
    while zoom > 0 and (share[-1] - share[0]) * (1 << zoom) > _MOST_TILES - 1:
        zoom -= 1
    return zoom, share * (1 << zoom)


def _columns(level: int, zoom: int, col: int) -> NDArray[np.intp]:
    """Return which pixel of a Web Mercator tile each column of pixels is."""
    coarser = 1 << (level - zoom)
    offset = (col % coarser) * SIDE_PX
    return ((np.arange(SIDE_PX) + offset) // coarser).astype(np.intp)


def _read(image: bytes | None) -> Pixels:
    """Return an image as rows x columns x RGBA, 0 to 1, its colours times its alpha."""
    if image is None:
        return np.zeros((SIDE_PX, SIDE_PX, 4))
    with Image.open(io.BytesIO(image)) as opened:
        picture = opened.convert("RGBA")
        if picture.size != (SIDE_PX, SIDE_PX):
            picture = picture.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
        pixels = np.asarray(picture, dtype=np.float64) / 255.0
    pixels[..., :3] *= pixels[..., 3:]
    return pixels


def _averaged(stack: Pixels, at: Pixels) -> Pixels:
    """Return the mean of the stack's rows between each two edges."""
    sums = np.concatenate([np.zeros((1, *stack.shape[1:])), np.cumsum(stack, axis=0)])
    low = np.minimum(at.astype(np.intp), len(stack) - 1)
    share = (at - low)[:, None, None]
    whole = sums[low] * (1.0 - share) + sums[low + 1] * share
    height = np.maximum(np.diff(at), 1e-9)[:, None, None]
    return np.asarray(np.diff(whole, axis=0) / height)


def _nearest(stack: Pixels, at: Pixels) -> Pixels:
    """Return the stack's row in the middle between each two edges."""
    middle = ((at[:-1] + at[1:]) / 2.0).astype(np.intp)
    return stack[np.minimum(middle, len(stack) - 1)]


def _written(pixels: Pixels) -> bytes | None:
    alpha = pixels[..., 3:]
    if not (alpha > 0.0).any():
        return None
    colour = np.divide(pixels[..., :3], alpha, out=np.zeros_like(pixels[..., :3]), where=alpha > 0)
    whole = np.rint(np.clip(np.concatenate([colour, alpha], axis=-1), 0.0, 1.0) * 255.0)
    written = io.BytesIO()
    Image.fromarray(whole.astype(np.uint8), "RGBA").save(written, "PNG", compress_level=6)
    return written.getvalue()
