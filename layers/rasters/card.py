"""What a raster tells of itself: to a list, a map that draws it, a person who cites it."""

from __future__ import annotations

import math
from typing import Any

from geoalchemy2.shape import to_shape
from pyproj import CRS

from layers.models import Raster
from layers.rasters.kinds import DRAWING, KINDS

_EQUATOR_M = 40_075_016.68557849
_TILE_PX = 256
_DEEPEST = 22
_SMALLEST_PX = 32
"""A map is not offered a raster at zooms where all of it is smaller than this."""


def revision(raster: Raster) -> str:
    """Return the name of what a raster shows: its content never changes, how it is drawn may."""
    return f"{raster.sha256[:8]}-{DRAWING}"


def bounds(raster: Raster) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees."""
    west, south, east, north = to_shape(raster.geom).bounds
    return west, south, east, north


def card(raster: Raster) -> dict[str, Any]:
    """Return a raster as JSON; `tiles` is the address that a map asks."""
    first, last = _zooms(raster)
    return {
        "id": str(raster.id),
        "kind": raster.kind,
        "name": raster.name,
        "period": raster.period,
        "unit": raster.unit,
        "crs": CRS.from_wkt(raster.crs).name,
        "columns": raster.columns,
        "rows": raster.rows,
        "bands": raster.bands,
        "resolution_m": raster.resolution_m,
        "minimum": raster.minimum,
        "maximum": raster.maximum,
        "source": raster.source,
        "source_date": raster.source_date,
        "licence": raster.licence,
        "taken_at": raster.taken_at.isoformat() if raster.taken_at else None,
        "file_name": raster.file_name,
        "sha256": raster.sha256,
        "region": raster.region,
        "created_at": raster.created_at.isoformat(),
        "bounds": list(bounds(raster)),
        "minzoom": first,
        "maxzoom": last,
        "revision": revision(raster),
        "attribution": f"{raster.source} ({raster.licence})" if raster.licence else raster.source,
        "tiles": f"/tiles/raster/{raster.id}/{revision(raster)}/{{z}}/{{x}}/{{y}}.png",
        "styles": [
            {"name": name, "default": index == 0}
            for index, name in enumerate(KINDS[raster.kind].styles)
        ],
    }


def _zooms(raster: Raster) -> tuple[int, int]:
    """Return the first zoom at which a raster is more than a dot, and the one that shows it all."""
    _, south, _, north = bounds(raster)
    across_m = _EQUATOR_M * math.cos(math.radians((south + north) / 2.0))
    last = math.log2(max(1.0, across_m / (_TILE_PX * raster.resolution_m)))
    deepest = min(_DEEPEST, max(0, math.ceil(last - 0.05)))
    halvings = math.log2(max(1.0, max(raster.columns, raster.rows) / _SMALLEST_PX))
    return max(0, min(deepest, math.floor(last - halvings))), deepest
