"""In and out of an area: when, how long, how far (进出时间、停留、里程)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.tracking.movement import Movement


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One time inside.

    `entered_at` is None where it was inside already when the track began, or came back from a gap
    or jump; `left_at` where it was still inside at the end, or lost there. `first_at` and `last_at`
    are when it was seen inside. `stay_s` counts what was seen, `unseen_s` gaps within it.
    """

    entered_at: dt.datetime | None
    left_at: dt.datetime | None
    first_at: dt.datetime
    last_at: dt.datetime
    stay_s: float
    unseen_s: float
    mileage_m: float


@dataclass(slots=True)
class _Open:
    entered_s: float | None
    first_s: float
    last_s: float
    stay_s: float = 0.0
    unseen_s: float = 0.0
    metres: float = 0.0


def visits(moved: Movement, area: BaseGeometry) -> tuple[Visit, ...]:
    """Return the visits of an area (EPSG:4326), border included, in the order of time.

    The moment of crossing is interpolated along the straight step between two positions. Where
    the step is a gap or a jump the moment is not known and is None; a gap with both ends inside is
    one visit, its seconds unseen. A step that cuts a corner of the area between two positions
    outside is a visit too.
    """
    track = moved.track
    if not len(track):
        return ()
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, track.lonlat[:, 0], track.lonlat[:, 1])
    cuts = _cuts(track.lonlat, inside, moved.leg, area)
    found: list[Visit] = []
    now = _Open(None, track.at_s[0], track.at_s[0]) if inside[0] else None
    for step in range(len(moved.leg)):
        begin_s, end_s = track.at_s[step], track.at_s[step + 1]
        kind, seconds = moved.leg[step], end_s - begin_s
        low, high = cuts[step]
        if now is not None and inside[step + 1] and kind != "jump":
            if kind == "gap":
                now.unseen_s += seconds
            else:
                now.stay_s += seconds
                now.metres += moved.metres[step]
            now.last_s = end_s
        elif now is not None:
            left_s = begin_s + high * seconds if kind == "drive" else None
            if left_s is not None:
                now.stay_s += left_s - begin_s
                now.metres += high * moved.metres[step]
                now.last_s = left_s
            found.append(_closed(now, left_s))
            now = _Open(None, end_s, end_s) if inside[step + 1] else None
        elif inside[step + 1]:
            entered_s = begin_s + low * seconds if kind == "drive" else None
            first_s = end_s if entered_s is None else entered_s
            share = 0.0 if entered_s is None else 1.0 - low
            now = _Open(entered_s, first_s, end_s, share * seconds, 0.0, share * moved.metres[step])
        elif high > low:
            entered_s, left_s = begin_s + low * seconds, begin_s + high * seconds
            metres = (high - low) * moved.metres[step]
            seen = _Open(entered_s, entered_s, left_s, left_s - entered_s, 0.0, metres)
            found.append(_closed(seen, left_s))
    if now is not None:
        found.append(_closed(now, None))
    return tuple(found)


def _cuts(
    lonlat: NDArray[np.float64],
    inside: NDArray[np.bool_],
    leg: NDArray[np.str_],
    area: BaseGeometry,
) -> list[tuple[float, float]]:
    """Return for each step the fractions of it between which it is inside; (0, 0) if never."""
    cuts = [(0.0, 0.0)] * len(leg)
    mixed = ~(inside[:-1] & inside[1:]) & (leg == "drive")
    if not mixed.any():
        return cuts
    which = np.flatnonzero(mixed)
    lines = shapely.linestrings(np.stack([lonlat[which], lonlat[which + 1]], axis=1))
    crossing = which[shapely.intersects(area, lines)]
    for step in crossing.tolist():
        line = shapely.LineString(lonlat[step : step + 2])
        length = line.length
        if length == 0.0:
            continue
        points = shapely.get_coordinates(line.intersection(area))
        along = np.hypot(*(points - lonlat[step]).T) / length
        if len(along):
            cuts[step] = float(along.min()), float(along.max())
    return cuts


def _closed(visit: _Open, left_s: float | None) -> Visit:
    return Visit(
        entered_at=_moment(visit.entered_s),
        left_at=_moment(left_s),
        first_at=dt.datetime.fromtimestamp(visit.first_s, dt.UTC),
        last_at=dt.datetime.fromtimestamp(visit.last_s, dt.UTC),
        stay_s=float(visit.stay_s),
        unseen_s=float(visit.unseen_s),
        mileage_m=float(visit.metres),
    )


def _moment(seconds: float | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(float(seconds), dt.UTC)
