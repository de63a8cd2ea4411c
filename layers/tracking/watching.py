"""Who comes into watched areas and who goes out: compared with who was in them before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import shapely
import sqlalchemy as sa
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers.models import PositionLatest, Presence, Tracker, WatchArea
from layers.tracking.alerts import lower_area, raise_

LEFT_M = 30.0  # [mem 60%] who wanders along the border has not left with each step
_METRES_A_DEGREE = 111_195.0  # of latitude, on the mean sphere


@dataclass(frozen=True)
class _Watched:
    row: WatchArea
    area: BaseGeometry

    def concerns(self, tracker: Tracker) -> bool:
        same_world = self.row.exercise == tracker.exercise
        return same_world and self.row.kind in (None, tracker.kind)


class _Here(NamedTuple):
    tracker: Tracker
    at: dt.datetime
    lon: float
    lat: float


def watch(session: Session, moved: Sequence[int], *, now: dt.datetime) -> int:
    """Tell who of `moved` (trackers' numbers) came into or left an area; return how many alerts.

    An "entered" stays open while it is inside. Who leaves has to be 30 m outside.
    """
    areas = [_watched(row) for row in session.scalars(sa.select(WatchArea).where(WatchArea.active))]
    if not areas:
        return 0
    place = PositionLatest
    rows = session.execute(
        sa.select(Tracker, place.at, place.lon, place.lat)
        .join(place, place.tracker == Tracker.number)
        .where(Tracker.number.in_(list(moved)), Tracker.active, place.at.is_not(None))
        .order_by(Tracker.number)
    )
    here = [_Here(*row) for row in cast(Any, rows)]  # none is empty: the question says so
    place_of = {one.tracker.number: index for index, one in enumerate(here)}
    before: defaultdict[uuid.UUID, set[int]] = defaultdict(set)
    for area, number in session.execute(
        sa.select(Presence.watch_area_id, Presence.tracker).where(
            Presence.watch_area_id.in_([each.row.id for each in areas]),
            Presence.tracker.in_(list(place_of)),
        )
    ):
        before[area].add(place_of[number])
    lonlat = np.array([[one.lon, one.lat] for one in here], np.float64).reshape(-1, 2)
    told = 0
    for each in areas:
        inside = shapely.intersects_xy(each.area, lonlat[:, 0], lonlat[:, 1])
        # Most are neither in it nor were: of 500 areas and 3,000 trackers each pair would take 2 s.
        for index in sorted({*inside.nonzero()[0].tolist(), *before.get(each.row.id, ())}):
            one, is_inside = here[index], bool(inside[index])
            if not each.concerns(one.tracker):
                continue
            was = index in before.get(each.row.id, ())
            if is_inside and not was:
                told += _enter(session, each, one, now)
            elif was and not is_inside and _outside_m(each.area, one) > LEFT_M:
                told += _leave(session, each, one, now)
    return told


def _watched(row: WatchArea) -> _Watched:
    area = to_shape(row.geom)
    shapely.prepare(area)
    return _Watched(row, area)


def _enter(session: Session, each: _Watched, one: _Here, now: dt.datetime) -> bool:
    session.add(Presence(watch_area_id=each.row.id, tracker=one.tracker.number, since=one.at))
    session.flush()
    lower_area(session, "left", one.tracker, each.row.id)
    return each.row.on_enter and _tell(session, "entered", each, one, now)


def _leave(session: Session, each: _Watched, one: _Here, now: dt.datetime) -> bool:
    session.execute(
        sa.delete(Presence).where(
            Presence.watch_area_id == each.row.id, Presence.tracker == one.tracker.number
        )
    )
    lower_area(session, "entered", one.tracker, each.row.id)
    return each.row.on_leave and _tell(session, "left", each, one, now)


def _tell(session: Session, kind: str, each: _Watched, one: _Here, now: dt.datetime) -> bool:
    return raise_(
        session, kind, one.tracker, at=now, lon=one.lon, lat=one.lat,
        incident_id=each.row.incident_id, watch_area_id=each.row.id,
        details={"area": each.row.name, "at": one.at.isoformat()},
    )  # fmt: skip


def _outside_m(area: BaseGeometry, one: _Here) -> float:
    """Return about how far a position is outside an area, in metres."""
    squeeze = np.array([np.cos(np.radians(one.lat)), 1.0])
    here = shapely.Point(np.array([one.lon, one.lat]) * squeeze)
    local = shapely.transform(area, lambda points: points * squeeze)
    return float(local.distance(here)) * _METRES_A_DEGREE
