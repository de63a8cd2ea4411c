"""The roads around a place, as one vehicle finds them at one moment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analysis.roads import store, traffic
from analysis.roads.memo import Memo
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import FIRE_ENGINE, Profile
from analysis.roads.store import Held
from analysis.roads.traffic import Hour

_SLOWNESS: Memo[NDArray[np.float64]] = Memo(limit=24)


class Moment(NamedTuple):
    """A network for a vehicle at a moment; `hour` is None where only free speeds are known."""

    network: RoadNetwork
    held: Held
    hour: Hour | None


def roads_at(
    session: Session,
    lon: float,
    lat: float,
    *,
    cache_dir: Path,
    at: dt.datetime,
    profile: Profile = FIRE_ENGINE,
) -> Moment:
    """Return the network that answers for a place, with the speeds of that time of day.

    Raises
    ------
    NoRouteError
        No active network is within 25 km.
    InvalidInputError
        The vehicle may use no road of it.
    """
    held = store.holding(session, lon, lat)
    free = store.load(session, held.id, cache_dir=cache_dir).for_vehicle(profile)
    hour = traffic.hour_of(session, free, name=held.name, profile=profile, at=at)
    return Moment(_slowed(session, free, hour), held, hour)


def seen_by(session: Session, found: Moment, profile: Profile) -> RoadNetwork:
    """Return the network of a moment as another vehicle that drives sees it; no question asked."""
    hour = found.hour
    if hour is not None:
        hour = hour._replace(emergency=profile.emergency)
    free = found.network.for_vehicle(profile)
    return free if profile.mode != "drive" else _slowed(session, free, hour)


def _slowed(session: Session, free: RoadNetwork, hour: Hour | None) -> RoadNetwork:
    if hour is None:
        return free
    slow = _SLOWNESS.of(free, hour, lambda: traffic.slowness(session, free, hour))
    return free.for_vehicle(free.profile, slow)
