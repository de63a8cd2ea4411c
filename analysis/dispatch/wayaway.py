"""How people leave the zones by road: least time in the danger first, never into a worse one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.closures import Closure, Closures, closures
from analysis.roads.coverage import cover
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Place, Places, snap_standing
from analysis.roads.route import Route, Step, WayIn, joined, way_in, way_in_by
from analysis.scenario import LEVELS


class Area(NamedTuple):
    """A hazard zone: its level and its shape, EPSG:4326."""

    level: str
    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way out of the zones: `out_s` until the outside is reached, at `place` on `road`."""

    steps: tuple[Step, ...]
    out_s: float
    place: Place
    road: str | None


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The ways of people (p) to shelters (s) on one network.

    `out[i]` is None where no way leads out: `reason[i]` is then "no_road_near" or "no_way_out".
    `time_s` (p, s) counts from the outside of the zones on, infinite where there is no way.
    """

    network: RoadNetwork
    out: tuple[Way | None, ...]
    reason: tuple[str, ...]
    time_s: NDArray[np.float64]
    inbound: tuple[WayIn | None, ...]

    def route(self, person: int, shelter: int) -> Route | None:
        """Return the whole way of one group to a shelter, or None where there is none."""
        way, inbound = self.out[person], self.inbound[shelter]
        if way is None or inbound is None:
            return None
        onward = inbound.steps(way.place)
        return joined(self.network, [*way.steps, *onward]) if onward else None


def ways(
    network: RoadNetwork,
    lonlat: NDArray[np.float64],
    levels: Sequence[str],
    shelters: NDArray[np.float64],
    *,
    zones: Sequence[Area],
    closed: Sequence[Closure] = (),
) -> Ways:
    """Search the ways of groups of people out of the zones and on to shelters.

    Parameters
    ----------
    lonlat : array (p, 2)
        Where the groups are, EPSG:4326.
    levels : sequence (p)
        The worst zone that each is in; roads of worse zones are barred to it.
    shelters : array (s, 2)
        All outside the zones. From the outside on every zone is barred.
    closed
        Whatever else closes roads: barriers, bridges, floods.
    """
    every = closures(network, [*(Closure(area=z.shape, kind="zone") for z in zones), *closed])
    goals = snap_standing(network, shelters)
    starts = snap_standing(network, lonlat)
    served = cover(network, goals, closed=every, direction="to")
    outside = _outside(starts, every) & np.isfinite(served.at(starts)[0])
    out: list[Way | None] = [None] * len(lonlat)
    for level in sorted(set(levels), key=_rank):
        who = np.array([i for i, each in enumerate(levels) if each == level])
        for index, way in zip(
            who.tolist(),
            _out(network, starts.take(who), level, zones, closed, every, served.time_s),
            strict=True,
        ):
            out[index] = _at_once(network, starts[index]) if outside[index] else way
    leaving = [i for i, way in enumerate(out) if way is not None]
    spots = sorted({way.place for way in out if way is not None})
    exits = _places(spots)
    inbound = [
        way_in(network, goals[s], closed=every) if goals.edge[s] >= 0 and len(exits) else None
        for s in range(len(goals))
    ]
    at_exit = np.full((len(exits), len(goals)), np.inf)
    for s, each in enumerate(inbound):
        if each is not None:
            at_exit[:, s] = each.time_s(exits)
    time_s = np.full((len(lonlat), len(goals)), np.inf)
    where = {spot: number for number, spot in enumerate(spots)}
    time_s[leaving] = at_exit[[where[way.place] for way in out if way is not None]]
    return Ways(
        network=network,
        out=tuple(out),
        reason=tuple(
            "" if way else "no_road_near" if starts.edge[i] < 0 else "no_way_out"
            for i, way in enumerate(out)
        ),
        time_s=time_s,
        inbound=tuple(inbound),
    )


def _outside(starts: Places, every: Closures | None) -> NDArray[np.bool_]:
    """Return who takes the road (p) where no zone lies on it, and nothing else closes it."""
    on_road: NDArray[np.bool_] = starts.edge >= 0
    return on_road if every is None else on_road & ~every.bars(starts.edge, starts.lonlat)


def _at_once(network: RoadNetwork, start: Place) -> Way:
    return Way(steps=(), out_s=0.0, place=start, road=network.road_name(start.edge))


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _out(
    network: RoadNetwork,
    starts: Places,
    level: str,
    zones: Sequence[Area],
    closed: Sequence[Closure],
    every: Closures | None,
    useful: NDArray[np.float64],
) -> list[Way | None]:
    """Return the quickest way out for people in a zone of one level, without any worse zone."""
    worse = [
        Closure(area=zone.shape, kind="zone") for zone in zones if _rank(zone.level) < _rank(level)
    ]
    barred = closures(network, [*worse, *closed])
    outer = _outer(network, every, useful)
    inside = network.arc_time_s if every is None else _inside_s(network, every, barred)
    search = way_in_by(network, outer, np.zeros(len(outer)), closed=barred, cost_s=inside)
    roads = _open_roads(network, every)
    return [_way(network, search, starts[i], every, roads) for i in range(len(starts))]


def _inside_s(
    network: RoadNetwork, every: Closures, barred: Closures | None
) -> NDArray[np.float64]:
    """Return the seconds along the arcs that touch a zone; others, and barred ones, are closed."""
    allowed = every.edges if barred is None else every.edges & ~barred.edges
    return np.where(allowed[network.arc_edge], network.arc_time_s, np.inf)


def _outer(
    network: RoadNetwork, every: Closures | None, useful: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return the junctions outside all zones where roads of the zones end; that lead on, if any.

    Where none leads on to a shelter, out is still better than in.
    """
    ends = np.arange(len(network.edge_tail)) if every is None else np.flatnonzero(every.edges)
    nodes = np.unique(np.concatenate([network.edge_tail[ends], network.edge_head[ends]]))
    outer = nodes if every is None else nodes[~every.holds(network.node_lonlat[nodes])]
    leading = outer[np.isfinite(useful[outer])]
    return (leading if len(leading) else outer).astype(np.int32)


def _open_roads(network: RoadNetwork, every: Closures | None) -> NDArray[np.int64]:
    """Return an open road (n) at each junction, -1 where there is none.

    A place at a junction is named by one of its roads; by an open one it is looked up faster.
    """
    found = np.full(len(network.node_id), -1, np.int64)
    usable = network.edge_core if every is None else network.edge_core & ~every.edges
    edges = np.flatnonzero(usable)
    found[network.edge_head[edges]] = edges
    found[network.edge_tail[edges]] = edges
    return found


def _way(
    network: RoadNetwork,
    search: WayIn,
    start: Place,
    every: Closures | None,
    roads: NDArray[np.int64],
) -> Way | None:
    """Return the way out from a place; one whose road touches no zone is outside at once."""
    if start.edge < 0:
        return None
    if every is None or not every.edges[start.edge]:
        return _at_once(network, start)
    steps = search.steps(start)
    if not steps:
        return None
    last = steps[-1]
    node = (network.edge_tail if last.end == 0.0 else network.edge_head)[last.edge]
    lon, lat = network.node_lonlat[node].tolist()
    edge, share = last.edge, last.end
    if roads[node] >= 0:
        edge = int(roads[node])
        share = 0.0 if network.edge_tail[edge] == node else 1.0
    return Way(
        steps=tuple(steps),
        out_s=joined(network, steps).time_s,
        place=Place(edge, share, lon, lat, 0.0),
        road=network.road_name(last.edge),
    )


def _places(found: Sequence[Place]) -> Places:
    """Return places as arrays."""
    return Places(
        np.array([place.edge for place in found], np.int64),
        np.array([place.fraction for place in found], np.float64),
        np.array([[place.lon, place.lat] for place in found], np.float64).reshape(-1, 2),
        np.array([place.access_m for place in found], np.float64),
    )
