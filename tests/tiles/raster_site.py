"""Rasters on disk without a database: the row and the file that tiles are drawn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from geoalchemy2.shape import from_shape
from shapely import wkt

from layers.models import Raster
from layers.rasters import cog
from layers.rasters.placing import crs_of, footprint, resolution_m
from layers.rasters.reader import Grid
from layers.rasters.tiles import SIDE


def made(
    folder: Path, values: Any, *, crs: str = "EPSG:4490", west: float = 113.0, north: float = 35.0,
    pixel: float = 0.001, kind: str = "dem", unit: str = "m",
) -> tuple[Path, Raster]:  # fmt: skip
    """Return the drawing file and the row of a raster of rows x columns (x 4 of an image)."""
    system = crs_of(crs)
    grid = Grid(
        crs=system.to_wkt(), west=west, north=north, pixel_width=pixel, pixel_height=pixel,
        columns=values.shape[1], rows=values.shape[0],
    )  # fmt: skip
    file = folder / f"{kind}.tif"
    strips = (values[first : first + SIDE] for first in range(0, grid.rows, SIDE))
    cog.write(grid, strips, file, kind=kind)
    known = values[np.isfinite(values)]
    row = Raster(
        kind=kind, name=kind, unit=unit, crs=grid.crs, west=west, north=north, pixel_width=pixel,
        pixel_height=pixel, columns=grid.columns, rows=grid.rows, minimum=float(known.min()),
        maximum=float(known.max()), resolution_m=resolution_m(grid, system), source="made",
        file_name="made", sha256="0" * 64,
        geom=from_shape(wkt.loads(footprint(grid, system)), srid=4326),
    )  # fmt: skip
    return file, row


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    """Return the numbers of the tile that holds a place."""
    x = int((lon + 180.0) / 360.0 * 2**z)
    y = int((1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0 * 2**z)
    return z, x, y
