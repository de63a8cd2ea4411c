"""One tile of a raster: its pixels on the Web Mercator grid, drawn as a PNG.

The grid of a tile is fixed by its numbers alone, the overview by its zoom, and the reprojection is
exact to a thousandth of a pixel: what a pixel shows depends on where it is and not on which tile it
is in, so tiles join.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layers.errors import DamagedError
from layers.models import Raster
from layers.rasters.card import bounds
from layers.rasters.kinds import KINDS
from layers.rasters.pixel_area import pixel_km2
from tiles.grid import Tile
from tiles.raster import relief
from tiles.raster.style import Drawing, fuel_table

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

SIDE_PX = 256
_CACHE_BYTES = 64 << 20
_RADIUS_M = 6_378_137.0
_FLATTEST_ZOOM = 13
_DARKEST = 0.35
_PNG_LEVEL = 3
"""Of shaded ground 6 takes half as long again and saves 2 % of the bytes (measured)."""
_TOLERANCE_PX = 0.001
"""How far a place may be off: with GDAL's usual 0.125 neighbours join ten times less well."""


def png(
    file: Path, raster: Raster, z: int, x: int, y: int, *, drawn: Drawing, side_px: int = SIDE_PX
) -> bytes | None:
    """Return the tile z/x/y of a raster as PNG, or None where nothing of it is there.

    Parameters
    ----------
    file
        The raster's cloud-optimised GeoTIFF (layers.rasters.cog).
    side_px
        Pixels a side: 256, or 512 for dense screens.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    DamagedError
        The file is not what was written.
    """
    where = Tile(z, x, y)
    if not meets(raster, where):
        return None
    if KINDS[raster.kind].image:
        return _image(pixels(file, raster, where, side_px=side_px, method="bilinear"))
    if drawn.style in ("relief", "hillshade", "slope"):
        return _ground(file, raster, where, drawn, side_px)
    method = "nearest" if KINDS[raster.kind].classes else "bilinear"
    values = pixels(file, raster, where, side_px=side_px, method=method)[0]
    if drawn.style == "classes":
        return _classes(values)
    if drawn.style == "density" and raster.unit == "people":
        values = values / _own_km2(raster, where, side_px)[:, None]
    palette = drawn.palette
    return _indexed(palette.numbers(values), palette.table)


def _ground(file: Path, raster: Raster, where: Tile, drawn: Drawing, side_px: int) -> bytes | None:
    """Draw heights: their slope, their shade, or their shade under the colours of their height."""
    heights = pixels(file, raster, where, side_px=side_px, method="cubic", margin=relief.MARGIN_PX)[
        0
    ]
    own = heights[1:-1, 1:-1]
    if np.isnan(own).all():
        return None
    pixel_m = where.side_m / side_px
    east, north = relief.gradient(heights, north_m=where.bounds[3], pixel_m=pixel_m)
    if drawn.style == "slope":
        palette = drawn.palette
        steep = np.where(np.isnan(own), np.nan, relief.slope_deg(east, north))
        return _indexed(palette.numbers(steep), palette.table)
    bright = relief.shade(east, north, exaggeration=exaggeration(where.z))
    bright = np.where(np.isnan(own), 0.0, bright)
    alpha = np.where(np.isnan(own), 0, 255).astype(np.uint8)
    if drawn.style == "hillshade":
        grey = np.rint(bright * 255.0).astype(np.uint8)
        return _encoded(Image.fromarray(np.dstack([grey, alpha]), "LA"))
    palette = drawn.palette
    tint = palette.table[palette.numbers(own)][..., :3].astype(float)
    # Level ground keeps its tint: the light at 45 degrees leaves it at 0.71 of the brightest.
    level = math.sin(math.radians(relief.LIGHT_UP_DEG))
    lit = _DARKEST + (1.0 - _DARKEST) * np.minimum(bright / level, 1.25)
    colour = np.clip(tint * lit[..., None], 0.0, 255.0)
    return _encoded(Image.fromarray(np.dstack([np.rint(colour).astype(np.uint8), alpha]), "RGBA"))


def exaggeration(z: int) -> float:
    """Return by how much heights are raised for shading: far off, real slopes would look even."""
    return float(1.2 ** max(0, _FLATTEST_ZOOM - z))


def _image(bands: Floats) -> bytes | None:
    colour = np.moveaxis(bands.astype(np.uint8), 0, -1)
    if not colour[..., 3].any():
        return None
    opaque = bool((colour[..., 3] == 255).all())
    picture = np.ascontiguousarray(colour[..., :3] if opaque else colour)
    return _encoded(Image.fromarray(picture, "RGB" if opaque else "RGBA"))


def _classes(values: Floats) -> bytes | None:
    group, table = fuel_table()
    known = np.isfinite(values)
    number = np.where(known, np.clip(np.where(known, values, 0.0), 0, 255), 0).astype(np.uint8)
    return _indexed(np.where(known, group[number], 0).astype(np.uint8), table)


def _indexed(numbers: Bytes, table: Bytes) -> bytes | None:
    """Return a PNG of numbers of colours; 0 is clear. A quarter of the bytes of a full one."""
    if not numbers.any():
        return None
    picture = Image.fromarray(np.ascontiguousarray(numbers), "P")
    picture.putpalette(table[:, :3].tobytes(), "RGB")
    return _encoded(picture, transparency=0)


def _encoded(picture: Image.Image, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=_PNG_LEVEL, **options)
    return written.getvalue()


def pixels(
    file: Path, raster: Raster, where: Tile, *, side_px: int, method: str, margin: int = 0
) -> Floats:
    """Return bands x rows x columns on the tile's grid with a margin; NaN is no data.

    An image has four bands 0 to 255; where nothing is seen the last is 0.
    """
    import rasterio
    from rasterio.errors import RasterioError
    from rio_tiler.reader import read

    side = side_px + 2 * margin
    pixel_m = where.side_m / side_px
    west, _, _, north = where.bounds
    grid = {
        "crs": rasterio.CRS.from_epsg(3857),
        "transform": rasterio.Affine(
            pixel_m, 0.0, west - margin * pixel_m, 0.0, -pixel_m, north + margin * pixel_m
        ),
        "width": side,
        "height": side,
        "tolerance": _TOLERANCE_PX,
    }
    try:
        with (
            rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES, GDAL_NUM_THREADS="1"),
            _opened(file, raster, pixel_m) as dataset,
        ):
            found = read(dataset, width=side, height=side, vrt_options=grid,
                         reproject_method=method)  # type: ignore[arg-type]  # fmt: skip
    except RasterioError as error:
        raise DamagedError(f"the file of {raster.name} cannot be read: {error}",
                           code="raster_file", name=raster.name) from error  # fmt: skip
    values: Floats = found.array.data.astype(float)
    if KINDS[raster.kind].image:
        assert found.alpha_mask is not None  # every image is written with one
        return np.concatenate([values, found.alpha_mask[None].astype(float)])
    values[np.ma.getmaskarray(found.array)] = np.nan
    return values


def _opened(file: Path, raster: Raster, pixel_m: float) -> Any:
    """Open a file at the coarsest overview that is still finer than the tile's pixels."""
    import rasterio

    with rasterio.open(file) as whole:
        factors = whole.overviews(1)
    _, south, _, north = bounds(raster)
    ground_m = pixel_m * math.cos(math.radians((south + north) / 2.0))
    level = sum(raster.resolution_m * factor <= ground_m for factor in factors) - 1
    return rasterio.open(file, OVERVIEW_LEVEL=level) if level >= 0 else rasterio.open(file)


def _box_m(raster: Raster) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a raster in EPSG:3857, a pixel larger on each side."""
    west, south, east, north = bounds(raster)
    more_deg = raster.resolution_m / 111_000.0 / max(0.01, math.cos(math.radians(north)))
    low, high = (max(-85.06, min(85.06, edge)) for edge in (south - more_deg, north + more_deg))
    x = [math.radians(edge) * _RADIUS_M for edge in (west - more_deg, east + more_deg)]
    y = [math.asinh(math.tan(math.radians(edge))) * _RADIUS_M for edge in (low, high)]
    return x[0], y[0], x[1], y[1]


def meets(raster: Raster, where: Tile) -> bool:
    """Tell whether a tile shows any of the ground that a raster covers."""
    west, south, east, north = where.bounds
    left, bottom, right, top = _box_m(raster)
    return left < east and west < right and bottom < north and south < top


def _own_km2(raster: Raster, where: Tile, side_px: int) -> Floats:
    """Return the area of the raster's own pixels in each row of a tile, km2."""
    from pyproj import Transformer

    west, south, east, north = bounds(raster)
    latitude = relief.latitudes(where.bounds[3], where.side_m / side_px, side_px)
    middle = math.degrees((where.bounds[0] + where.bounds[2]) / 2.0 / _RADIUS_M)
    lon = np.full(side_px, min(max(middle, west), east))
    into = Transformer.from_crs(4326, raster.crs, always_xy=True)
    x, y = into.transform(lon, np.clip(latitude, south, north))
    return pixel_km2(raster, x, y)
