"""Where a raster lies: its coordinate system, its outline on the globe, the size of a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import ProjError

from layers.crs.systems import parse_crs, projection
from layers.errors import OutOfRangeError, UnknownCrsError
from layers.rasters.reader import Grid

WANTED_OF_GRID = "EPSG:<code>, WGS84 or CGCS2000"
_GEOD = Geod(ellps="WGS84")


def crs_of(named: str) -> CRS:
    """Return a coordinate system of places on the ground, judged as that of every file is.

    Raises
    ------
    UnknownCrsError
        It is not known, names a file, or is not good to a few metres (Xian 1980, Beijing 1954
        without parameters); pixels are not drawn in GCJ-02 or BD-09, which are no grid of a map.
    """
    found = parse_crs(named)
    if found.kind != "proj":
        raise UnknownCrsError(
            f"a raster does not lie in {found.name}; give {WANTED_OF_GRID}", got=found.name,
            wanted=WANTED_OF_GRID,
        )  # fmt: skip
    return projection(found.definition or found.name)


def _outline(grid: Grid, crs: CRS) -> tuple[Any, Any]:
    """Return lon, lat of points along the border of a grid."""
    share = np.linspace(0.0, 1.0, 9)
    along = np.concatenate([share[:-1], np.ones(8), share[::-1][:-1], np.zeros(8)])
    across = np.concatenate([np.zeros(8), share[:-1], np.ones(8), share[::-1][:-1]])
    x = grid.west + along * grid.columns * grid.pixel_width
    y = grid.north - across * grid.rows * grid.pixel_height
    try:
        lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y, errcheck=True)
    except ProjError as error:
        raise UnknownCrsError(f"{crs.name} does not reach WGS 84: {error}", got=crs.name) from error
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise UnknownCrsError(f"{crs.name} does not reach WGS 84 here", got=crs.name)
    return lon, lat


def footprint(grid: Grid, crs: CRS) -> str:
    """Return the outline of a grid as WKT in EPSG:4326.

    Raises
    ------
    UnknownCrsError
        Its coordinate system does not reach WGS 84.
    OutOfRangeError
        It reaches over 180 degrees or a pole.
    """
    lon, lat = _outline(grid, crs)
    if np.abs(lon).max() > 180.0 or np.abs(lat).max() > 90.0 or np.abs(np.diff(lon)).max() > 180.0:
        raise OutOfRangeError(
            "the raster reaches over the edge of the world (180 degrees or a pole)",
            field="crs",
            got=f"{lon.min():.3f} .. {lon.max():.3f}, {lat.min():.3f} .. {lat.max():.3f}",
            wanted="-180 .. 180, -90 .. 90",
        )
    points = [f"{x:.9f} {y:.9f}" for x, y in zip(lon, lat, strict=True)]
    return f"POLYGON(({', '.join([*points, points[0]])}))"


def resolution_m(grid: Grid, crs: CRS) -> float:
    """Return the side of a pixel in the middle of the grid, m: the longer of the two."""
    x = grid.west + grid.columns * grid.pixel_width / 2.0
    y = grid.north - grid.rows * grid.pixel_height / 2.0
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(
        [x, x + grid.pixel_width, x], [y, y, y - grid.pixel_height]
    )
    _, _, east = _GEOD.inv(lon[0], lat[0], lon[1], lat[1])
    _, _, south = _GEOD.inv(lon[0], lat[0], lon[2], lat[2])
    return float(max(east, south))
