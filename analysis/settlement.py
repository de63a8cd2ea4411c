"""Residents by a population raster as points on the roads that serve them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.access import PLACE_LAYERS, Records, records
from analysis.population import Period, block_km2, pixel_range
from analysis.roads.memo import Memo
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Places
from analysis.roads.settled import settled_on
from layers.errors import TooLargeError
from layers.models import Raster
from layers.query import Area, Scope
from layers.rasters.register import covering
from layers.rasters.tiles import block

Floats = NDArray[np.float64]

MOST_POINTS = 200_000
"""A raster of more pixels is counted in squares of several, each at the middle of its people."""


@dataclass(frozen=True)
class Residents:
    """Residents by one raster as points (p): `lonlat` (EPSG:4326) and `people`."""

    lonlat: Floats
    people: Floats
    raster: str
    source: str
    source_date: str | None
    resolution_m: float
    period: str | None

    def to_json(self) -> dict[str, Any]:
        """Return how many they are and who says so."""
        return {
            "people": round(float(self.people.sum())),
            "raster": self.raster,
            "source": self.source,
            "source_date": self.source_date,
            "resolution_m": round(self.resolution_m, 1),
            "period": self.period,
        }


class Inhabitants(NamedTuple):
    """Who is in an area by the places on record and by a raster, which `token` tells apart."""

    records: Records
    residents: Residents | None
    token: Hashable


def residents(
    session: Session, area: BaseGeometry, *, period: Period | None = None
) -> Residents | None:
    """Return who lives in an area (EPSG:4326) by one raster; None where none has data of it.

    Of several the one counts that is for the period, else for any time; then the one whose
    outline covers most of the area, then the finest. One too fine for the area is passed over.
    """
    found = [each for each in covering(session, "population", wkt=area.wkt)
             if each.period in (None, period)]  # fmt: skip
    found.sort(key=lambda each: (each.period is None, -_share(each, area), each.resolution_m))
    for raster in found:
        try:
            counted = _points(session, raster, area)
        except TooLargeError:
            continue
        if counted is not None:
            return counted
    return None


def _share(raster: Raster, area: BaseGeometry) -> float:
    outline = to_shape(raster.geom)
    return round(float(outline.intersection(area).area / area.area), 3) if area.area else 1.0


def _points(session: Session, raster: Raster, area: BaseGeometry) -> Residents | None:
    into = Transformer.from_crs(4326, raster.crs, always_xy=True)
    west, south, east, north = into.transform_bounds(*area.bounds)
    rows = pixel_range(raster.north - north, raster.north - south, raster.pixel_height)
    columns = pixel_range(west - raster.west, east - raster.west, raster.pixel_width)
    part = block(session, raster, rows=rows, columns=columns)
    people = part.pixels.astype(np.float64)
    if not np.isfinite(people).any():
        return None
    if raster.unit == "people/km2":
        people = people * block_km2(raster, part)
    row, column = np.nonzero(people > 0.0)
    x = raster.west + (part.first_column + column + 0.5) * raster.pixel_width
    y = raster.north - (part.first_row + row + 0.5) * raster.pixel_height
    lon, lat = into.transform(x, y, direction="INVERSE")
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, lon, lat)
    lonlat, weight = _gathered(
        row[inside],
        column[inside],
        np.column_stack([lon, lat])[inside],
        people[row, column][inside],
    )
    return Residents(
        lonlat, weight, raster.name, raster.source, raster.source_date, raster.resolution_m,
        raster.period,
    )  # fmt: skip


def _gathered(
    row: NDArray[np.int64], column: NDArray[np.int64], lonlat: Floats, people: Floats
) -> tuple[Floats, Floats]:
    """Return pixels as points, several as one where they are too many."""
    side = int(np.ceil(np.sqrt(len(people) / MOST_POINTS))) if len(people) else 1
    if side < 2:
        return lonlat, people
    square = (row // side) * (int(column.max()) + 1) + column // side
    _, where = np.unique(square, return_inverse=True)
    count = int(where.max()) + 1
    weight, middle = np.zeros(count), np.zeros((count, 2))
    np.add.at(weight, where, people)
    np.add.at(middle, where, lonlat * people[:, None])
    return middle / weight[:, None], weight


def inhabitants(
    session: Session,
    network: RoadNetwork,
    where: BaseGeometry,
    *,
    scope: Scope,
    layers: Sequence[str] = PLACE_LAYERS,
    period: Period | None = None,
) -> Inhabitants:
    """Return who is in an area (EPSG:4326): all that a question about roads asks the database.

    A raster is read once for a network, an area and its rasters.

    Raises
    ------
    TooLargeError
        Too many places lie in the area.
    """
    known = records(session, Area(geometry=where), scope=scope, layers=layers)
    rows = session.execute(
        select(Raster.id, Raster.sha256).where(Raster.kind == "population").order_by(Raster.id)
    )
    token = (tuple((row.id, row.sha256) for row in rows), where.wkb, period)
    free = network.for_vehicle(network.profile)
    counted = _READ.of(free, token, lambda: residents(session, where, period=period))
    return Inhabitants(known, counted, token)


def settled(network: RoadNetwork, who: Inhabitants) -> Places | None:
    """Return the roads that serve the residents; None where nobody counted them.

    Worked out once for a vehicle, whatever the hour: the network of free speeds is asked.
    """
    counted, free = who.residents, network.for_vehicle(network.profile)
    if counted is None:
        return None
    return _SETTLED.of(free, who.token, lambda: settled_on(free, counted.lonlat))


_READ: Memo[Residents | None] = Memo(limit=6)
_SETTLED: Memo[Places] = Memo(limit=6)
