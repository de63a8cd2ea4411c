"""How much slower than free the roads are at a moment: as the site says, and as vehicles drove.

Nothing is known until somebody says or measures it; then the free speeds stand. What was measured
on a road counts before what is said of its class. A vehicle with siren and priority tells nothing
of how others drive, nor they of it: each kind counts for its own only. What a site says of a class
counts for all that drive, for it is the arrival that comes too late that hurts.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session
from tzfpy import get_tz

from analysis.roads.network import RoadNetwork
from analysis.roads.profile import Profile
from layers.models import MeasuredSpeed, RoadSpeed, SpeedProgress

PASSES_LEAST = 5
SLOWEST_KPH, FASTEST_KPH = 3.0, 160.0
SHORTEST_M = 1.0  # a gate is a road without length: its time is no speed


class Hour(NamedTuple):
    """What decides the speeds of a moment: equal ones have the same slowness.

    `revision` grows whenever the network's speeds change; `hour` is the place's own clock's.
    """

    name: str
    revision: int
    emergency: bool
    day_kind: str
    hour: int


def local_hour(at: dt.datetime, lon: float, lat: float) -> tuple[str, int]:
    """Return the kind of day ("workday", "weekend") and the hour at a place.

    Public holidays are a calendar that nobody has given, so Monday to Friday are workdays.
    """
    local = at.astimezone(ZoneInfo(get_tz(lon, lat) or "UTC"))
    return ("weekend" if local.weekday() >= 5 else "workday"), local.hour


def hour_of(
    session: Session, network: RoadNetwork, *, name: str, profile: Profile, at: dt.datetime
) -> Hour | None:
    """Return what decides the speeds at a moment; None where only the free speeds are known.

    It costs one look at one row, so that a cache of networks may ask before each search.

    Parameters
    ----------
    name
        The network's name, which its versions share.
    """
    if profile.mode != "drive":
        return None
    revision = session.scalar(
        sa.select(SpeedProgress.revision).where(SpeedProgress.network == name)
    )
    if not revision:
        return None
    west, south, east, north = network.extent
    kind, hour = local_hour(at, (west + east) / 2, (south + north) / 2)
    return Hour(name, revision, profile.emergency, kind, hour)


def slowness(session: Session, network: RoadNetwork, hour: Hour) -> NDArray[np.float64]:
    """Return how many times longer than free each road (m) takes at an hour; 1 where unknown.

    Parameters
    ----------
    network
        With the free times of the vehicle that asks (`for_vehicle(profile)` without slowness).

    Notes
    -----
    A road has one time for both directions, so passes of both are averaged by their number.
    A measured speed counts from five passes on, and between 3 and 160 km/h, but never above what
    the vehicle that asks can drive: others may have measured it.
    """
    factor = _said(session, network, hour)
    slow: NDArray[np.float64] = 1.0 / factor
    kph = _measured_kph(session, network, hour)
    driven = (network.edge_length_m >= SHORTEST_M) & ~network.edge_ferry
    known = np.isfinite(kph) & driven & np.isfinite(network.edge_time_s)
    able_kph = np.minimum(kph[known], network.profile.top_speed_kph)
    seconds = network.edge_length_m[known] / (able_kph / 3.6)
    slow[known] = seconds / network.edge_time_s[known]
    return slow


def _said(session: Session, network: RoadNetwork, hour: Hour) -> NDArray[np.float64]:
    """Return the share of the free speed of each road (m) by its class."""
    row = RoadSpeed
    said = session.execute(
        sa.select(row.road_class, row.factor).where(
            row.network == hour.name, row.day_kind == hour.day_kind, row.hour == hour.hour
        )
    ).all()
    by_class = {road_class: factor for road_class, factor in said}
    factors = np.array([by_class.get(name, 1.0) for name in network.classes], np.float64)
    of_edge: NDArray[np.float64] = factors[network.edge_class]
    return of_edge


def _measured_kph(session: Session, network: RoadNetwork, hour: Hour) -> NDArray[np.float64]:
    """Return the harmonic mean speed that was measured on each road (m), NaN where too few were."""
    row = MeasuredSpeed
    found = session.execute(
        sa.select(row.way, row.u, row.v, row.passes, row.slowness_s_m).where(
            row.network == hour.name, row.emergency == hour.emergency,
            row.day_kind == hour.day_kind, row.hour == hour.hour,
        )
    ).all()  # fmt: skip
    kph = np.full(len(network.edge_way), np.nan)
    if not found:
        return kph
    measured = pd.DataFrame(found, columns=["way", "u", "v", "passes", "slowness_s_m"])
    tail, head = network.node_id[network.edge_tail], network.node_id[network.edge_head]
    edges = np.arange(len(kph))
    both = pd.concat(
        pd.DataFrame({"edge": edges, "way": network.edge_way, "u": u, "v": v})
        for u, v in ((tail, head), (head, tail))
    ).drop_duplicates()
    joined = both.merge(measured, on=["way", "u", "v"])
    of_edge = joined.groupby("edge")[["passes", "slowness_s_m"]].sum()
    enough = of_edge[(of_edge["passes"] >= PASSES_LEAST) & (of_edge["slowness_s_m"] > 0.0)]
    mean_kph = 3.6 * enough["passes"] / enough["slowness_s_m"]
    kph[enough.index.to_numpy()] = mean_kph.clip(SLOWEST_KPH, FASTEST_KPH)
    return kph
