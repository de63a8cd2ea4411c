"""A tile of a map service of others on our grid: asked for as it is, or put together and shifted.

A service on the Web Mercator grid in WGS 84 (CGCS2000 is the same to some centimetres) has our
tiles. One in GCJ-02 or BD-09, or on a grid of degrees, has others: for each pixel of ours the place
is turned into the service's system, and the pixel that lies there is taken. On a Mercator grid the
nearest one, so that letters stay sharp: what is shown is at most half a pixel along each axis from
where it belongs. On a grid of degrees, whose pixels are not ours, between the four around it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layers.basemaps.external import External
from layers.crs import bd09_from_wgs84, gcj02_from_wgs84, wgs84_from_mercator
from tiles.external.fetch import Fetched
from tiles.grid import HALF_WORLD_M, Tile

SIDE_PX: Final = 256
MOST_PARTS: Final = 9
"""Tiles of the service that one of ours may need: 2 by 2, and a third where a border runs."""
_GEOGRAPHIC: Final = {"c": 0, "worldcrs84quad": 1, "inspirecrs84quad": 1, "cgcs2000quad": 1,
                      "epsg:4326": 1, "epsg:4490": 1}  # fmt: skip
"""Grids of degrees, and by how much the number of a matrix is below that of the Web Mercator level
whose tiles are as wide: `c` of Tianditu counts as that does, the others begin with two tiles."""

Ask = Callable[[int, int, int], Fetched]
"""Returns the service's own tile z, x, y."""
Floats = NDArray[np.float64]


def direct(source: External) -> bool:
    """Say whether the service's tiles are ours, pixel by pixel."""
    return source.datum == "wgs84" and not geographic(source)


def geographic(source: External) -> bool:
    """Say whether the service's grid is one of degrees: `c` of Tianditu, WorldCRS84Quad."""
    return source.kind == "wmts" and (source.matrix_set or "").casefold() in _GEOGRAPHIC


def address(source: External, z: int, x: int, y: int) -> str:
    """Return the address of the service's own tile; its key is a part of it."""
    matrix = z - _GEOGRAPHIC[str(source.matrix_set).casefold()] if geographic(source) else z
    places = {
        "z": z, "x": x, "y": y, "-y": (1 << z) - 1 - y,
        "TileMatrix": matrix, "TileRow": y, "TileCol": x,
        "TileMatrixSet": quote(source.matrix_set or "", safe=""),
        "Layer": quote(source.layer or "", safe=""), "Style": quote(source.style or "", safe=""),
        "key": quote(source.key or "", safe=""),
        "s": source.subdomains[(x + y) % len(source.subdomains)] if source.subdomains else "",
    }  # fmt: skip
    whole = source.address
    for name, value in places.items():
        whole = whole.replace(f"{{{name}}}", str(value))
    if source.kind == "wms":
        return _asked(whole, _wms(source, z, x, y))
    if source.kind == "wmts" and "{TileMatrix}" not in source.address:
        return _asked(whole, _wmts(source, matrix, x, y))
    return whole


def _wmts(source: External, z: int, x: int, y: int) -> dict[str, object]:
    """Return a GetTile request (OGC 07-057r7, table 30)."""
    return {
        "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": source.layer,
        "STYLE": source.style or "default", "TILEMATRIXSET": source.matrix_set,
        "FORMAT": source.format, "TILEMATRIX": z, "TILEROW": y, "TILECOL": x,
    }  # fmt: skip


def _wms(source: External, z: int, x: int, y: int) -> dict[str, object]:
    """Return a GetMap request (OGC 06-042, table 8); EPSG:3857 has its easting first."""
    return {
        "SERVICE": "WMS", "REQUEST": "GetMap", "VERSION": "1.3.0", "LAYERS": source.layer,
        "STYLES": source.style or "", "CRS": "EPSG:3857", "WIDTH": SIDE_PX, "HEIGHT": SIDE_PX,
        "BBOX": ",".join(f"{edge:.6f}" for edge in Tile(z, x, y).bounds), "FORMAT": source.format,
        "TRANSPARENT": "TRUE",
    }  # fmt: skip


def _asked(base: str, parameters: dict[str, object]) -> str:
    joint = "" if base.endswith(("?", "&")) else "&" if urlsplit(base).query else "?"
    return f"{base}{joint}{urlencode(parameters)}"


def tile(source: External, where: Tile, ask: Ask) -> Fetched:
    """Return our tile of a service; b"" where the service has nothing there.

    Parameters
    ----------
    ask
        Gives the service's own tile, fetched or kept.

    Raises
    ------
    BusyError
        As `ask` raises.
    """
    if direct(source):
        return ask(where.z, where.x, where.y)
    # A grid of degrees has no single tile of the whole world.
    level = max(where.z, 1) if geographic(source) else where.z
    across, down = _places(source, where, level)
    parts: dict[tuple[int, int], NDArray[np.uint8]] = {}
    columns = range(int(across.min()), int(across.max()) + 1)
    rows = range(int(down.min()), int(down.max()) + 1)
    if len(columns) * len(rows) > MOST_PARTS:
        # On the very edge of China's box, where GCJ-02 jumps by some hundred metres.
        return Fetched(b"", "image/png")
    wide, high = 1 << level, 1 << (level - 1 if geographic(source) else level)
    for column in columns:
        for row in rows:
            if 0 <= row < high and (sent := ask(level, column % wide, row)).body:
                parts[column, row] = _pixels(sent.body)
    if not parts:
        return Fetched(b"", "image/png")
    side = max(len(part) for part in parts.values())
    canvas = np.zeros((len(rows) * side, len(columns) * side, 4), dtype=np.uint8)
    for (column, row), part in parts.items():
        top, left = (row - rows[0]) * side, (column - columns[0]) * side
        canvas[top : top + side, left : left + side] = _sized(part, side)
    taken = _taken(canvas, (across - columns[0]) * side, (down - rows[0]) * side,
                   smooth=geographic(source))  # fmt: skip
    out = io.BytesIO()
    Image.fromarray(taken, "RGBA").save(out, "PNG", compress_level=3)
    return Fetched(out.getvalue(), "image/png")


def _places(source: External, where: Tile, level: int) -> tuple[Floats, Floats]:
    """Return where the centre of each of our pixels lies on the service's grid, in its tiles."""
    west, _, _, north = where.bounds
    step_m = where.side_m / SIDE_PX
    centres = (np.arange(SIDE_PX) + 0.5) * step_m
    x_m, y_m = np.meshgrid(west + centres, north - centres)
    lon, lat = wgs84_from_mercator(x_m.ravel(), y_m.ravel())
    if source.datum == "gcj02":
        lon, lat = gcj02_from_wgs84(lon, lat)
    elif source.datum == "bd09":
        lon, lat = bd09_from_wgs84(lon, lat)
    tiles = 1 << level
    if geographic(source):
        across, down = (lon + 180.0) / 360.0 * tiles, (90.0 - lat) / 360.0 * tiles
    else:
        across = (lon + 180.0) / 360.0 * tiles
        mercator_m = np.arctanh(np.sin(np.radians(lat))) * HALF_WORLD_M / np.pi
        down = (HALF_WORLD_M - mercator_m) / (2 * HALF_WORLD_M) * tiles
    return across.reshape(SIDE_PX, SIDE_PX), down.reshape(SIDE_PX, SIDE_PX)


def _taken(canvas: NDArray[np.uint8], x: Floats, y: Floats, *, smooth: bool) -> NDArray[np.uint8]:
    """Return the canvas's pixels at places measured in pixels from its upper left corner."""
    last_y, last_x = canvas.shape[0] - 1, canvas.shape[1] - 1
    if not smooth:
        column = np.clip(np.floor(x).astype(np.intp), 0, last_x)
        row = np.clip(np.floor(y).astype(np.intp), 0, last_y)
        nearest: NDArray[np.uint8] = canvas[row, column]
        return nearest
    left, top = np.floor(x - 0.5), np.floor(y - 0.5)
    right_share, low_share = (x - 0.5 - left)[..., None], (y - 0.5 - top)[..., None]
    columns = [np.clip(left + i, 0, last_x).astype(np.intp) for i in (0, 1)]
    rows = [np.clip(top + i, 0, last_y).astype(np.intp) for i in (0, 1)]
    # Colours count as much as they cover, or what is transparent would darken its border.
    weighed = canvas.astype(np.float64)
    weighed[..., :3] *= weighed[..., 3:] / 255.0
    upper, lower = (
        weighed[row, columns[0]] * (1 - right_share) + weighed[row, columns[1]] * right_share
        for row in rows
    )
    mixed = upper * (1 - low_share) + lower * low_share
    cover = np.maximum(mixed[..., 3:] / 255.0, 1e-9)
    mixed[..., :3] /= cover
    rounded: NDArray[np.uint8] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return rounded


def _pixels(body: bytes) -> NDArray[np.uint8]:
    """Return an image's pixels, RGBA; it was decoded before (`external_fetch.media_type`)."""
    with Image.open(io.BytesIO(body)) as image:
        return np.asarray(image.convert("RGBA"))


def _sized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    if pixels.shape[:2] == (side, side):
        return pixels
    return np.asarray(Image.fromarray(pixels, "RGBA").resize((side, side)))
