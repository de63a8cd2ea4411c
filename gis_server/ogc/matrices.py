"""The tile matrix sets: Web Mercator, and the longitude-latitude grid of CGCS2000.

`WEB_MERCATOR` is WebMercatorQuad (OGC 17-083r4, annex D.1), which WMTS 1.0.0 calls
GoogleMapsCompatible (OGC 07-057r7, annex E.4). `CGCS2000` is the set `c` of the national platform
Tianditu (天地图): EPSG:4490, latitude first, 0.703125 degrees a pixel at level 1, halved at each
level, as https://t0.tianditu.gov.cn/vec_c/wmts?request=GetCapabilities&service=wmts describes it;
its level n is level n - 1 of WGS1984Quad (17-083r4, D.2). That document gives scale denominators
for pixels of 0.2646 mm (96 a inch), where the standard wants 0.28 mm: ours are the standard's, from
which standard clients compute the resolution.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiles.grid import HALF_WORLD_M, MAX_ZOOM

PIXEL_M = 0.00028
"""The side of a pixel that scale denominators are told for (07-057r7, 6.1)."""
_EQUATOR_RADIUS_M = 6_378_137.0
_METRES_PER_DEGREE = math.pi * _EQUATOR_RADIUS_M / 180.0
SIDE_PX = 256


@dataclass(frozen=True)
class Matrix:
    """One level: its name, units a pixel, and how many tiles it has across and down."""

    id: str
    cell_size: float
    scale_denominator: float
    across: int
    down: int


@dataclass(frozen=True)
class MatrixSet:
    """A set of levels over one system; `origin` is its north-west corner in the axis order."""

    id: str
    wmts_id: str
    title: str
    uri: str | None
    crs: str
    urn: str
    well_known: str
    origin: tuple[float, float]
    axes: tuple[str, str]
    first: int
    last: int
    degrees: bool

    def matrix(self, level: int) -> Matrix:
        """Return a level."""
        across = 1 << level
        down = across // 2 if self.degrees else across
        side = 360.0 if self.degrees else 2.0 * HALF_WORLD_M
        cell = side / (SIDE_PX * across)
        metres = cell * _METRES_PER_DEGREE if self.degrees else cell
        return Matrix(str(level), cell, metres / PIXEL_M, across, down)

    def matrices(self) -> Iterator[Matrix]:
        """Yield the levels, the coarsest first."""
        return (self.matrix(level) for level in range(self.first, self.last + 1))


WEB_MERCATOR = MatrixSet(
    id="WebMercatorQuad",
    wmts_id="GoogleMapsCompatible",
    title="Web Mercator",
    uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
    crs="http://www.opengis.net/def/crs/EPSG/0/3857",
    urn="urn:ogc:def:crs:EPSG::3857",
    well_known="GoogleMapsCompatible",
    origin=(-HALF_WORLD_M, HALF_WORLD_M),
    axes=("X", "Y"),
    first=0,
    last=MAX_ZOOM,
    degrees=False,
)
CGCS2000 = MatrixSet(
    id="c",
    wmts_id="c",
    title="CGCS2000",
    uri=None,
    crs="http://www.opengis.net/def/crs/EPSG/0/4490",
    urn="urn:ogc:def:crs:EPSG::4490",
    well_known="",
    origin=(90.0, -180.0),
    axes=("Lat", "Lon"),
    first=1,
    last=20,
    degrees=True,
)


def document(matrices: MatrixSet) -> dict[str, Any]:
    """Return the definition of a set as JSON (17-083r4, 8)."""
    return {
        "id": matrices.id,
        "title": matrices.title,
        "uri": matrices.uri,
        "crs": matrices.crs,
        "orderedAxes": list(matrices.axes),
        "wellKnownScaleSet": f"http://www.opengis.net/def/wkss/OGC/1.0/{matrices.well_known}",
        "tileMatrices": [
            {
                "id": matrix.id,
                "scaleDenominator": matrix.scale_denominator,
                "cellSize": matrix.cell_size,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": list(matrices.origin),
                "tileWidth": SIDE_PX,
                "tileHeight": SIDE_PX,
                "matrixWidth": matrix.across,
                "matrixHeight": matrix.down,
            }
            for matrix in matrices.matrices()
        ],
    }
