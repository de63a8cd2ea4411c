"""From one place to another under closures: the way, what it avoids, and what that costs.

Where the destination lies in a closed area the way ends at the safest reachable approach, upwind;
where the start does, it begins with the quickest way out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.roads.alternatives import Alternative, alternatives
from analysis.roads.approach import Approach, approach
from analysis.roads.closures import Closure, Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import SNAP_LIMIT_M, Place, Places, snap_one
from analysis.roads.plane import distance_m
from analysis.roads.route import Route, Step, WayIn, joined, way_in
from analysis.roads.wayfrom import way_from
from analysis.roads.wayout import driven_in, way_out
from layers.errors import NoRouteError


@dataclass(frozen=True)
class Journey:
    """The answer: the way from `start` to `goal`, both on roads.

    `avoided` are the closures that the free way would have run into, or in which the destination
    lies; `avoided_s` is what they cost, None where there would be no free way to compare with.
    `approach` is where the way ends for a destination in a closed area. `way_out_s` is how long one
    that starts in a closed area is still in danger.
    """

    route: Route
    start: Place
    goal: Place
    avoided: tuple[Closure, ...] = ()
    avoided_s: float = 0.0
    approach: Approach | None = None
    way_out_s: float | None = None
    others: tuple[Alternative, ...] = ()

    @property
    def inside_zone(self) -> bool:
        """Whether it starts in a closed area."""
        return self.way_out_s is not None


def journey(
    network: RoadNetwork,
    begin: tuple[float, float],
    end: tuple[float, float],
    *,
    closed: Closures | None = None,
    wind_from_deg: float | None = None,
    count: int = 0,
) -> Journey:
    """Return the fastest way between two places (lon lat), and up to `count` alternatives.

    Raises
    ------
    NoRouteError
        `no_road_near`: a place has no road near it (`field` says which). `zone_swallows`: the
        closed area leaves no road to the destination. `no_way`: no open way joins them; `nearest`
        is the point nearest to the destination that can still be reached.
    """
    start = _on_road(network, begin, field="from")
    goal, chosen = _goal(network, start, end, closed, wind_from_deg)
    inbound = way_in(network, goal, closed=closed)
    way_out_s = None
    steps = inbound.steps(start)
    if closed is not None and _inside(closed, start):
        steps, way_out_s = _leaving(network, closed, begin, start, inbound)
    if not steps:
        raise _no_path(network, start, end, closed, inside=way_out_s is not None)
    found = joined(network, steps)
    if closed is None:
        return Journey(found, start, goal, others=_others(inbound, start, found, count))
    free = way_in(network, goal, limit_s=found.time_s + 1.0).route(start)
    ends_in = closed.holding(np.array([end])) if chosen is not None else ()
    run_into = closed.met(np.array([step.edge for step in free.steps])) if free else ()
    return Journey(
        route=found,
        start=start,
        goal=goal,
        avoided=tuple(dict.fromkeys([*ends_in, *run_into])),
        avoided_s=max(0.0, found.time_s - free.time_s) if free else 0.0,
        approach=chosen,
        way_out_s=way_out_s,
        others=() if way_out_s is not None else _others(inbound, start, found, count),
    )


def _others(inbound: WayIn, start: Place, found: Route, count: int) -> tuple[Alternative, ...]:
    return alternatives(inbound, start, found, count=count) if count else ()


def _on_road(network: RoadNetwork, place: tuple[float, float], *, field: str) -> Place:
    try:
        return snap_one(network, *place)
    except NoRouteError as error:
        error.details["field"] = field
        raise


def _goal(
    network: RoadNetwork,
    start: Place,
    end: tuple[float, float],
    closed: Closures | None,
    wind_from_deg: float | None,
) -> tuple[Place, Approach | None]:
    """Return where the way ends, and the approach where that is not the destination."""
    if closed is None:
        return _on_road(network, end, field="to"), None
    starts = Places(
        np.array([start.edge]), np.array([start.fraction]), np.array([[start.lon, start.lat]]),
        np.array([start.access_m]),
    )  # fmt: skip
    chosen = approach(
        network, *end, closed=closed, wind_from_deg=wind_from_deg, starts=starts,
        limit_m=SNAP_LIMIT_M,
    )  # fmt: skip
    if chosen is None:
        _on_road(network, end, field="to")
        raise NoRouteError(
            "the closed area leaves no road to the destination", code="zone_swallows",
            lon=end[0], lat=end[1],
        )  # fmt: skip
    return chosen.place, chosen if chosen.inside_zone else None


def _inside(closed: Closures, place: Place) -> bool:
    return bool(closed.bars(np.array([place.edge]), np.array([[place.lon, place.lat]]))[0])


def _leaving(
    network: RoadNetwork,
    closed: Closures,
    begin: tuple[float, float],
    start: Place,
    inbound: WayIn,
) -> tuple[list[Step], float | None]:
    """Return the way of one that starts in the closed area: out of it first, then on."""
    within = driven_in(closed, np.array(begin), start)
    out = way_out(network, closed, inbound, within=within)
    steps = out.steps(start)
    outer = out.last_node(start)
    if not steps or outer is None or not np.isfinite(inbound.tree.time_s[outer]):
        return [], 0.0
    return [*steps, *inbound.steps_from_node(outer)], joined(network, steps).time_s


def _no_path(
    network: RoadNetwork,
    start: Place,
    end: tuple[float, float],
    closed: Closures | None,
    *,
    inside: bool,
) -> NoRouteError:
    """Return the error that says why, and the nearest point that can still be reached."""
    found = way_from(network, start, closed=closed).tree
    near = nearest_of(network, np.isfinite(found.time_s), end)
    if near is None:
        near = {"lon": start.lon, "lat": start.lat, "distance_m": _apart_m(start, end)}
    return NoRouteError(
        "no open way joins the two places; the nearest reachable point is "
        f"{near['distance_m']:.0f} m from the destination",
        code="no_way", reason="start_inside" if inside else _reason(closed), nearest=near,
        distance_m=round(near["distance_m"]),
    )  # fmt: skip


def _reason(closed: Closures | None) -> str:
    return "no_road_joins" if closed is None else "closed"


def _apart_m(place: Place, other: tuple[float, float]) -> float:
    return float(distance_m(np.array([place.lon, place.lat]), np.array(other)))


def nearest_of(
    network: RoadNetwork, nodes: NDArray[np.bool_], place: tuple[float, float]
) -> dict[str, float] | None:
    """Return the node of some (n) that is nearest to a place by air, as lon, lat, distance_m."""
    which = np.flatnonzero(nodes)
    if not len(which):
        return None
    away_m = distance_m(network.node_lonlat[which], np.array(place))
    best = int(np.argmin(away_m))
    lon, lat = network.node_lonlat[which[best]].tolist()
    return {"lon": lon, "lat": lat, "distance_m": float(away_m[best])}
