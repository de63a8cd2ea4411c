"""When each source would be at each incident: one search for an incident and a vehicle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.roads.approach import Approach, approach
from analysis.roads.closures import Closure, Closures, closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import snap_standing
from analysis.roads.plane import distance_m
from analysis.roads.route import way_in
from analysis.scenario import Message

LINE_M_S = 10.0
"""Where no road is known those who come are put in order by air, as if at this speed; no time is
told of them."""

Networks = Callable[[float, float, str], RoadNetwork | None]
"""lon, lat and the name of a vehicle to the network to search; None where there is none."""


class Shut:
    """What closes roads, looked up once on each network that is asked for."""

    def __init__(self, parts: Sequence[Closure]) -> None:
        self._parts = parts
        self._known: dict[int, tuple[RoadNetwork, Closures | None]] = {}

    def on(self, network: RoadNetwork) -> Closures | None:
        """Return what is closed on a network, None for nothing."""
        if id(network) not in self._known:
            self._known[id(network)] = (network, closures(network, self._parts))
        return self._known[id(network)][1]


@dataclass(frozen=True, kw_only=True)
class Trips:
    """The trips of sources (s) to one incident, by one vehicle.

    `time_s` is infinite where nobody can come; `reason` then says why ("no_path" or
    "no_road_near"). `by_line`: no road is known, and `time_s` only orders.
    """

    time_s: NDArray[np.float64]
    reason: tuple[str, ...]
    goal: Approach | None
    by_line: bool = False
    messages: tuple[Message, ...] = ()


def trips(
    networks: Networks,
    lonlat: NDArray[np.float64],
    *,
    vehicle: str,
    lon: float,
    lat: float,
    closed: Shut,
    wind_from_deg: float | None,
) -> Trips:
    """Search towards one incident for everybody who would come by one vehicle.

    Parameters
    ----------
    lonlat : array (s, 2)
        Where they start; nobody may start in a closed area.
    closed
        What closes roads, of every incident that is answered: who drives to the one keeps clear of
        the other too.
    """
    network = networks(lon, lat, vehicle)
    if network is None:
        return _by_line(lonlat, lon, lat, "dispatch_no_network")
    places = snap_standing(network, lonlat)
    shut = closed.on(network)
    goal = approach(network, lon, lat, closed=shut, wind_from_deg=wind_from_deg, starts=places)
    if goal is None:
        return _by_line(lonlat, lon, lat, "dispatch_zone_swallows_roads")
    time_s = way_in(network, goal.place, closed=shut).time_s(places)
    return Trips(time_s=time_s, reason=_reasons(time_s, places.edge), goal=goal)


def _reasons(time_s: NDArray[np.float64], edge: NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(
        "" if np.isfinite(seconds) else "no_path" if on >= 0 else "no_road_near"
        for seconds, on in zip(time_s.tolist(), edge.tolist(), strict=True)
    )


def _by_line(lonlat: NDArray[np.float64], lon: float, lat: float, code: str) -> Trips:
    away_m = distance_m(lonlat, np.array([lon, lat]))
    return Trips(
        time_s=away_m / LINE_M_S,
        reason=("",) * len(lonlat),
        goal=None,
        by_line=True,
        messages=(Message(code=code),),
    )


def grouped(vehicles: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Return which of several sources come by each vehicle."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, vehicle in enumerate(vehicles):
        found[vehicle].append(index)
    return {vehicle: np.array(indices, np.intp) for vehicle, indices in sorted(found.items())}
