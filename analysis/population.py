"""How many people a population raster counts in an area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers.models import Raster
from layers.rasters.pixel_area import pixel_km2
from layers.rasters.register import covering
from layers.rasters.tiles import Block, block

Floats = NDArray[np.float64]
Period = Literal["day", "night"]
LONGEST_EDGE_DEG = 0.01
"""Edges are cut to this length before they are projected: straight lines stay where they are."""


@dataclass(frozen=True, kw_only=True)
class People:
    """People in an area by one raster.

    `count` counts a pixel by the share of it that lies in the area; `covered_share` is how much of
    the area has data: below 1 the count is a lower bound. `period` None: at any time of day.
    """

    count: float
    covered_share: float
    raster: str
    source: str
    source_date: str | None
    resolution_m: float
    period: str | None


def population(
    session: Session, geometry: BaseGeometry, *, period: Period | None = None
) -> People | None:
    """Return the people in an area (EPSG:4326); None where no raster has data of it.

    Of several rasters the one counts that is for the period, else for any time; then the one that
    covers most of the area, then the finest. Two are never summed: they may count the same people.

    Raises
    ------
    TooLargeError
        The raster is too fine for the area.
    """
    if geometry.is_empty:
        return None
    found = [
        people
        for raster in covering(session, "population", wkt=geometry.wkt)
        if raster.period in (None, period)
        and (people := _count(session, raster, geometry)) is not None
    ]
    return max(
        found,
        key=lambda p: (p.period is not None, round(p.covered_share, 3), -p.resolution_m),
        default=None,
    )


def _count(session: Session, raster: Raster, geometry: BaseGeometry) -> People | None:
    into = Transformer.from_crs(4326, raster.crs, always_xy=True)
    dense = shapely.segmentize(geometry, LONGEST_EDGE_DEG)
    area = shapely.make_valid(
        shapely.transform(dense, lambda c: np.column_stack(into.transform(c[:, 0], c[:, 1])))
    )
    west, south, east, north = area.bounds
    rows = pixel_range(raster.north - north, raster.north - south, raster.pixel_height)
    columns = pixel_range(west - raster.west, east - raster.west, raster.pixel_width)
    part = block(session, raster, rows=rows, columns=columns)
    pixels = part.pixels.astype(float)
    if not np.isfinite(pixels).any():
        return None
    if raster.unit == "people/km2":
        pixels = pixels * block_km2(raster, part)
    # A frame of no data, so that what lies outside the raster is counted as not covered.
    pixels = np.pad(pixels, 1, constant_values=np.nan)
    left = raster.west + (part.first_column - 1) * raster.pixel_width
    top = raster.north - (part.first_row - 1) * raster.pixel_height
    source = NumPyRasterSource(
        pixels,
        xmin=left,
        ymin=top - pixels.shape[0] * raster.pixel_height,
        xmax=left + pixels.shape[1] * raster.pixel_width,
        ymax=top,
        nodata=np.nan,
    )
    feature = {"type": "Feature", "geometry": mapping(area), "properties": {}}
    (told,) = exact_extract(source, feature, ["sum", "count"])
    covered = told["properties"]["count"] * raster.pixel_width * raster.pixel_height / area.area
    if covered <= 0.0:
        return None
    return People(
        count=float(told["properties"]["sum"]),
        covered_share=float(min(1.0, covered)),
        raster=raster.name,
        source=raster.source,
        source_date=raster.source_date,
        resolution_m=raster.resolution_m,
        period=raster.period,
    )


def pixel_range(low: float, high: float, size: float) -> tuple[int, int]:
    """Return the half-open range of rows or columns that hold two distances from the corner."""
    return int(np.floor(low / size)), int(np.floor(high / size)) + 1


def block_km2(raster: Raster, part: Block) -> Floats:
    """Return the area of a block's pixels on the ground, km2, one column of rows."""
    rows, columns = part.pixels.shape
    down = part.first_row + 0.5 + np.arange(rows, dtype=np.float64)
    middle = raster.west + (part.first_column + columns / 2.0) * raster.pixel_width
    return pixel_km2(raster, middle, raster.north - down * raster.pixel_height)[:, None]
