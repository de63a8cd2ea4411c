"""What a raster says of an area: counted by the share of each pixel that lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError, TooLargeError
from layers.models import Raster
from layers.rasters.card import bounds
from layers.rasters.kinds import KINDS
from layers.rasters.pixel_area import EQUAL_AREA, pixel_km2
from layers.rasters.tiles import SIDE, block
from layers.rasters.values import refuse_image

Floats = NDArray[np.float64]
MOST_PIXELS = 16_000_000
"""Most pixels of a raster that the box of an area may hold."""
MOST_VERTICES = 20_000
_STRIP_ROWS = 4 * SIDE
_LONGEST_EDGE_DEG = 0.01
_SMALL_DEG = 10.0
_NEAR_DEG = 0.5
"""What of an area lies farther from a raster is left out: far off, its projection has no answer."""


@dataclass(frozen=True, kw_only=True)
class ClassShare:
    """How much of what is known in an area is of one class."""

    value: int
    share: float
    area_km2: float


@dataclass(frozen=True, kw_only=True)
class Zonal:
    """Statistics of an area; None where nothing of it is known.

    `count` adds up the shares of pixels with a value. `mean` and `stdev` are weighted by the area
    on the ground. `total` is the sum of values by the share of their pixels; of people/km2 it is
    people. `covered_share` is how much of the area has a value.
    """

    area_km2: float
    covered_share: float
    count: float
    mean: float | None
    stdev: float | None
    minimum: float | None
    maximum: float | None
    total: float | None
    classes: tuple[ClassShare, ...]


def zonal(session: Session, raster: Raster, geometry: BaseGeometry) -> Zonal:
    """Return the statistics of a raster in an area (EPSG:4326, polygons).

    Raises
    ------
    InvalidInputError
        The area is no polygon, or the raster an image.
    TooLargeError
        The area has too many corners, or its box holds more than `MOST_PIXELS`.
    """
    refuse_image(raster)
    _check(geometry)
    found = list(_parts(session, raster, _turned(raster, geometry)))
    values, share, km2 = (np.concatenate(each) for each in zip(*found, strict=True))
    area_km2 = _km2(geometry)
    weight = share * km2
    known = float(weight.sum())
    covered = min(1.0, known / area_km2) if area_km2 > 0.0 else 0.0
    if not values.size or known <= 0.0:
        return Zonal(area_km2=area_km2, covered_share=0.0, count=0.0, mean=None, stdev=None,
                     minimum=None, maximum=None, total=None, classes=())  # fmt: skip
    mean = float((values * weight).sum() / known)
    spread = float(np.sqrt(((values - mean) ** 2 * weight).sum() / known))
    a_pixel = weight if raster.unit == "people/km2" else share
    return Zonal(
        area_km2=area_km2,
        covered_share=covered,
        count=float(share.sum()),
        mean=mean,
        stdev=spread,
        minimum=float(values.min()),
        maximum=float(values.max()),
        total=float((values * a_pixel).sum()),
        classes=_classes(values, weight) if KINDS[raster.kind].classes else (),
    )


def _km2(geometry: BaseGeometry) -> float:
    """Return the area of polygons whose edges are straight in degrees, up to the whole globe, km2.

    By an equal-area projection: a geodesic area cannot tell a polygon of more than half the globe
    from the rest of it.
    """
    dense = shapely.segmentize(geometry, _LONGEST_EDGE_DEG if _small(geometry) else 1.0)
    into = Transformer.from_crs(4326, EQUAL_AREA, always_xy=True)
    flat = shapely.transform(dense, lambda c: np.column_stack(into.transform(c[:, 0], c[:, 1])))
    return float(flat.area) / 1e6


def _small(geometry: BaseGeometry) -> bool:
    west, south, east, north = geometry.bounds
    return bool(max(east - west, north - south) < _SMALL_DEG)


def _check(geometry: BaseGeometry) -> None:
    if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
        raise InvalidInputError(
            f"area: got {geometry.geom_type}, wanted Polygon or MultiPolygon",
            field="area", got=geometry.geom_type, wanted="Polygon | MultiPolygon",
        )  # fmt: skip
    if (corners := shapely.get_num_coordinates(geometry)) > MOST_VERTICES:
        raise TooLargeError(
            f"the area has {corners} corners, at most {MOST_VERTICES} are taken",
            got=int(corners), wanted=MOST_VERTICES,
        )  # fmt: skip


def _turned(raster: Raster, geometry: BaseGeometry) -> BaseGeometry:
    """Return an area in the coordinates of a raster; edges stay straight on the globe."""
    west, south, east, north = bounds(raster)
    near = geometry.intersection(
        shapely.box(west - _NEAR_DEG, south - _NEAR_DEG, east + _NEAR_DEG, north + _NEAR_DEG)
    )
    polygons = [part for part in shapely.get_parts(near) if part.geom_type == "Polygon"]
    into = Transformer.from_crs(4326, raster.crs, always_xy=True)
    cut = shapely.MultiPolygon(polygons)
    dense = shapely.segmentize(cut, _LONGEST_EDGE_DEG if _small(cut) else 1.0)
    return shapely.make_valid(
        shapely.transform(dense, lambda c: np.column_stack(into.transform(c[:, 0], c[:, 1])))
    )


def _parts(
    session: Session, raster: Raster, area: BaseGeometry
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Give strip by strip the values in an area, the share of each pixel, and its size in km2."""
    nothing = np.empty(0)
    yield nothing, nothing, nothing
    if area.is_empty:
        return
    west, south, east, north = area.bounds
    rows = _range(raster.north - north, raster.north - south, raster.pixel_height, raster.rows)
    columns = _range(west - raster.west, east - raster.west, raster.pixel_width, raster.columns)
    pixels = max(0, rows[1] - rows[0]) * max(0, columns[1] - columns[0])
    if pixels > MOST_PIXELS:
        raise TooLargeError(
            f"{raster.name} is too fine for this area: {pixels} pixels", code="raster_block",
            got=pixels, wanted=MOST_PIXELS,
        )  # fmt: skip
    if not pixels:
        return
    for first in range(rows[0], rows[1], _STRIP_ROWS):
        yield _strip(session, raster, area, (first, min(rows[1], first + _STRIP_ROWS)), columns)


def _strip(
    session: Session,
    raster: Raster,
    area: BaseGeometry,
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> tuple[Floats, Floats, Floats]:
    part = block(session, raster, rows=rows, columns=columns)
    top = raster.north - part.first_row * raster.pixel_height
    left = raster.west + part.first_column * raster.pixel_width
    height, width = part.pixels.shape
    middle = left + width * raster.pixel_width / 2.0
    source = NumPyRasterSource(
        part.pixels.astype(float),
        xmin=left,
        ymin=top - height * raster.pixel_height,
        xmax=left + width * raster.pixel_width,
        ymax=top,
    )
    feature = {"type": "Feature", "geometry": mapping(area), "properties": {}}
    (told,) = exact_extract(source, feature, ["values", "coverage", "center_y"])
    found = told["properties"]
    values, share, y = (
        np.asarray(found[name], float) for name in ("values", "coverage", "center_y")
    )
    known = np.isfinite(values) & (share > 0.0)
    each, which = np.unique(y[known], return_inverse=True)
    return values[known], share[known], pixel_km2(raster, middle, each)[which]


def _range(low: float, high: float, size: float, most: int) -> tuple[int, int]:
    first, last = int(np.floor(low / size)), int(np.floor(high / size)) + 1
    return max(0, first), min(most, last)


def _classes(values: Floats, weight: Floats) -> tuple[ClassShare, ...]:
    each, which = np.unique(np.rint(values).astype(np.intp), return_inverse=True)
    km2 = np.bincount(which, weights=weight)
    whole = float(km2.sum())
    return tuple(
        ClassShare(value=int(value), share=float(part / whole), area_km2=float(part))
        for value, part in zip(each, km2, strict=True)
    )
