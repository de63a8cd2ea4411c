"""Which road a point means: the nearest, a bridge before what runs below it, both carriageways."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2 import Geography
from geoalchemy2.shape import from_shape, to_shape
from shapely.ops import nearest_points
from sqlalchemy import Select, cast, func, select
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError
from layers.models import Road, RoadNetwork

PICKED_WITHIN_M = 30.0
SEARCHED_M = 2_000.0
LOOKED_AT = 60
MOST_WAYS = 20
METRES_A_DEGREE = 110_500.0  # the shortest degree of latitude, so that a box is never too small


@dataclass(frozen=True)
class Picked:
    """The road that a point means: where it touches it, its ways, and its name or number."""

    point: shapely.Point
    ways: tuple[int, ...]
    road: str | None


def pick(session: Session, point: shapely.Point, *, bridge: bool) -> Picked:
    """Return the road of the active networks that a point (EPSG:4326) means.

    The nearest within `PICKED_WITHIN_M`; where a bridge is meant, the nearest bridge within it. The
    other carriageway of the same road beside it belongs to it.

    Raises
    ------
    InvalidInputError
        The nearest road is farther; `details` says how far.
    """
    rows = session.execute(_around(point)).all()
    if not rows:
        raise InvalidInputError(
            f"no road within {SEARCHED_M:.0f} m", code="closure_no_road", field="geometry",
            limit_m=SEARCHED_M, got=[point.x, point.y], wanted="a road",
        )  # fmt: skip
    if rows[0].away_m > PICKED_WITHIN_M:
        raise InvalidInputError(
            f"the nearest road is {rows[0].away_m:.0f} m away, wanted at most "
            f"{PICKED_WITHIN_M:.0f} m", code="closure_far", field="geometry",
            distance_m=round(rows[0].away_m), limit_m=PICKED_WITHIN_M,
            got=round(rows[0].away_m, 1), wanted=PICKED_WITHIN_M,
        )  # fmt: skip
    near = [row for row in rows if row.away_m <= PICKED_WITHIN_M]
    chosen = next((row for row in near if bridge and row.bridge), near[0])
    beside = [row.way for row in near if _other_carriageway(chosen, row, point)]
    return Picked(
        point=nearest_points(to_shape(chosen.geom), point)[0],
        ways=tuple(dict.fromkeys([chosen.way, *beside]))[:MOST_WAYS],
        road=chosen.name or chosen.ref,
    )


def _around(point: shapely.Point) -> Select[Any]:
    """Return the roads that are driven around a point, nearest first."""
    away_m = func.ST_Distance(
        cast(Road.geom, Geography), cast(from_shape(point, srid=4326), Geography)
    )
    high = SEARCHED_M / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(min(abs(point.y) + high, 89.0))), 1e-3)
    box = shapely.box(point.x - wide, point.y - high, point.x + wide, point.y + high)
    active = select(RoadNetwork.id).where(RoadNetwork.active)
    columns = ("fid", "way", "name", "ref", "class_", "bridge", "forward", "backward", "geom")
    near = (
        select(*(getattr(Road, name) for name in columns), away_m.label("away_m"))
        .where(
            Road.network_id.in_(active),
            Road.way.is_not(None),
            Road.access != "foot",
            Road.length_m > 0,
            func.ST_Intersects(Road.geom, from_shape(box, srid=4326)),
        )
        .subquery()
    )
    return (
        select(near).where(near.c.away_m <= SEARCHED_M).order_by(near.c.away_m, near.c.fid)
        .limit(LOOKED_AT)
    )  # fmt: skip


def _other_carriageway(chosen: Any, row: Any, point: shapely.Point) -> bool:
    """Tell whether a road is the opposite direction of the chosen one."""
    words = (chosen.name or chosen.ref, chosen.class_, chosen.bridge)
    if words[0] is None or words != (row.name or row.ref, row.class_, row.bridge):
        return False
    if not _one_way(chosen) or not _one_way(row):
        return False
    x, y = _heading(chosen, point)
    other_x, other_y = _heading(row, point)
    # Within 45 degrees of the opposite direction.
    return x * other_x + y * other_y < -math.cos(math.pi / 4) * math.hypot(x, y) * math.hypot(
        other_x, other_y
    )


def _one_way(row: Any) -> bool:
    return bool(row.forward) != bool(row.backward)


def _heading(row: Any, point: shapely.Point) -> tuple[float, float]:
    """Return the direction of traffic on a one-way road beside a point, east and north."""
    line = to_shape(row.geom)
    at, step = line.project(point), line.length / 20.0
    first, last = line.interpolate(max(at - step, 0.0)), line.interpolate(at + step)
    sign = 1.0 if row.forward else -1.0
    east = (last.x - first.x) * math.cos(math.radians(point.y))
    return sign * east, sign * (last.y - first.y)
