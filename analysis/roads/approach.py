"""Where the roads end for those who come: the incident, or the safest reachable point outside.

Upwind first, as every first-response guide has it (ERG 2024, "approach cautiously from upwind,
uphill or upstream"); the sectors of 45 and 135 degrees are this product's reading of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.passable import passable
from analysis.roads.pieces import points_at
from analysis.roads.places import Place, Places, snap
from analysis.roads.plane import (
    bearing_deg,
    distance_m,
    from_plane,
    metres_per_unit,
    to_plane,
)
from analysis.roads.route import bounds_s, way_in_by
from analysis.roads.touch import touch, within

INCIDENT_LIMIT_M = 5_000.0
STAND_OFF_M = 20.0
BESIDE = (1.5, 100.0)
FARTHER = (4.0, 500.0)
"""How far roads beside an area are looked at: times the nearest one's distance, and metres more;
farther where the near ones all lie downwind."""

DOWNWIND = "downwind"
SECTORS: tuple[tuple[float, str], ...] = (
    (45.0, "upwind"),
    (135.0, "crosswind"),
    (180.0, DOWNWIND),
)


@dataclass(frozen=True)
class Approach:
    """The point that everyone drives to. `bearing_deg` is from the incident, degrees from north.

    `reason`: "incident" (the road nearest to it), "upwind", "crosswind", "downwind", or
    "wind_unknown" (the point outside the zone that help reaches first).
    """

    place: Place
    inside_zone: bool
    reason: str
    distance_m: float
    bearing_deg: float

    @property
    def lon(self) -> float:
        """Longitude in degrees."""
        return self.place.lon

    @property
    def lat(self) -> float:
        """Latitude in degrees."""
        return self.place.lat


def approach(
    network: RoadNetwork,
    lon: float,
    lat: float,
    *,
    closed: Closures | None = None,
    wind_from_deg: float | None = None,
    starts: Places | None = None,
    limit_m: float = INCIDENT_LIMIT_M,
) -> Approach | None:
    """Choose the point to drive to, or None where no road near the place stays reachable.

    Outside every closed area it is the nearest road. Inside, it is a point where an open road runs
    into the closed area, a stand-off before its line: in the first sector from upwind that has one
    which the largest open part of the network reaches; of those, the one that the first of
    `starts` reaches soonest, or the nearest to the incident where there are none. Downwind only
    where neither a road into the area nor one beside it lies otherwise.
    """
    incident = np.array([lon, lat])
    nearest = snap(network, lon, lat, limit_m=limit_m)
    found = None if nearest.edge[0] < 0 else nearest[0]
    if closed is None or not closed.holds(_pair(incident, found)).any():
        return _chosen(found, incident, "incident", inside_zone=False) if found else None
    open_core = passable(network, closed).nodes()
    road_is_open = found is not None and not closed.holds(np.array([[found.lon, found.lat]]))[0]
    around = closed.around(network, _pair(incident, found))
    best: tuple[Gates, str] | None = None
    for found_gates in _offers(
        network, closed, incident, limit_m, around=around, beside_first=road_is_open
    ):
        reached = found_gates.take(np.flatnonzero(open_core[found_gates.node]))
        if not len(reached):
            continue
        sector = _best_sector(reached, incident, wind_from_deg)
        if sector[1] != DOWNWIND:
            best = sector
            break
        best = best or sector
    if best is None:
        return None
    place = best[0].place(_soonest(network, closed, best[0], incident, starts))
    return _chosen(place, incident, best[1], inside_zone=True)


def _offers(
    network: RoadNetwork,
    closed: Closures,
    incident: NDArray[np.float64],
    limit_m: float,
    *,
    around: NDArray[np.int64],
    beside_first: bool,
) -> Iterator[Gates]:
    """Yield the gates of the area around the incident and the roads beside it, the likelier first.

    Where the road nearest to the incident stays open, as with a small fire on a quay, help goes
    there and not to where a road far off runs into the zone.
    """
    if beside_first:
        yield _beside(network, closed, incident, limit_m, BESIDE)
    yield gates(network, closed, within=around[network.offered[around]])
    if not beside_first:
        yield _beside(network, closed, incident, limit_m, BESIDE)
    yield _beside(network, closed, incident, limit_m, FARTHER)


def _pair(incident: NDArray[np.float64], found: Place | None) -> NDArray[np.float64]:
    points = [incident.tolist()] + ([[found.lon, found.lat]] if found else [])
    return np.array(points)


def _chosen(
    place: Place, incident: NDArray[np.float64], reason: str, *, inside_zone: bool
) -> Approach:
    there = np.array([place.lon, place.lat])
    return Approach(
        place, inside_zone, reason,
        float(distance_m(there, incident)), float(bearing_deg(there, incident)),
    )  # fmt: skip


@dataclass(frozen=True)
class Gates:
    """Points (g) where an open piece of road, entered at `node`, runs up to the closed area."""

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    node: NDArray[np.int32]
    cost_s: NDArray[np.float64]
    lonlat: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, which: NDArray[np.intp]) -> Gates:
        """Return some of the gates."""
        return Gates(
            self.edge[which], self.fraction[which], self.node[which], self.cost_s[which],
            self.lonlat[which],
        )  # fmt: skip

    def place(self, index: int) -> Place:
        """Return a gate as a place on its road."""
        lon, lat = self.lonlat[index].tolist()
        return Place(int(self.edge[index]), float(self.fraction[index]), lon, lat, 0.0)


def gates(network: RoadNetwork, closed: Closures, *, within: NDArray[np.intp]) -> Gates:
    """Find where some closed roads, driven as they allow, first meet the closed area.

    A gate stands `STAND_OFF_M` before the area's line, or half-way to it where that is nearer.
    """
    edges = within
    ends = np.concatenate([edges, edges])
    from_tail = np.repeat([True, False], len(edges))
    node = np.where(from_tail, network.edge_tail[ends], network.edge_head[ends])
    allowed = np.where(from_tail, network.edge_forward[ends], network.edge_backward[ends])
    outside = ~closed.holds(network.node_lonlat[node]) & allowed
    ends, from_tail, node = ends[outside], from_tail[outside], node[outside]
    free_m = _free_m(network, closed, ends, from_tail)
    length_m = network.edge_length_m[ends]
    # Half of a short piece, so that the gate is on the open side however near the line is.
    driven_m = np.maximum(free_m - STAND_OFF_M, free_m / 2.0)
    share = np.minimum(driven_m / np.maximum(length_m, 1e-6), 1.0)
    fraction = np.where(from_tail, share, 1.0 - share)
    lonlat = from_plane(points_at(network, ends, fraction))
    return Gates(ends, fraction, node, share * network.edge_time_s[ends], lonlat)


def _free_m(
    network: RoadNetwork, closed: Closures, edges: NDArray[np.int64], from_tail: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how far each road can be driven from its end before it meets the closed area."""
    lines = network.shapes(edges)
    lines = np.where(from_tail, lines, shapely.reverse(lines))
    inside = shapely.intersection(lines, closed.barred)
    points, which = shapely.get_coordinates(inside, return_index=True)
    along = shapely.line_locate_point(lines[which], shapely.points(points))
    first = np.full(len(lines), np.inf)
    np.minimum.at(first, which, along)
    total = shapely.length(lines)
    share = np.where(np.isfinite(first) & (total > 0), first / np.where(total > 0, total, 1.0), 0.0)
    free_m: NDArray[np.float64] = share * network.edge_length_m[edges]
    return free_m


def _beside(
    network: RoadNetwork,
    closed: Closures,
    incident: NDArray[np.float64],
    limit_m: float,
    farther: tuple[float, float],
) -> Gates:
    """Find the points on open roads that are nearest to the incident, or little farther than it."""
    here, metre = to_plane(incident[None, :]), 1.0 / float(metres_per_unit(incident[1]))
    among = network.offered & ~closed.edges
    nearest = touch(network, here, among=among, reach=np.array([limit_m * metre]))
    if nearest.edge[0] < 0:
        return gates(network, closed, within=np.empty(0, np.intp))
    away = float(np.hypot(*(nearest.points[0] - here[0])))
    factor, more_m = farther
    radius = min(factor * away + more_m * metre, limit_m * metre)
    edges, fraction, points = within(network, here[0], among=among, radius=radius)
    lonlat = from_plane(points)
    from_tail = network.edge_forward[edges]
    return Gates(
        edges,
        fraction,
        np.where(from_tail, network.edge_tail[edges], network.edge_head[edges]),
        np.where(from_tail, fraction, 1.0 - fraction) * network.edge_time_s[edges],
        lonlat,
    )


def _best_sector(
    found: Gates, incident: NDArray[np.float64], wind_from_deg: float | None
) -> tuple[Gates, str]:
    """Return the gates of the first sector from upwind that has any, and its name."""
    if wind_from_deg is None:
        return found, "wind_unknown"
    turned = (bearing_deg(found.lonlat, incident) - wind_from_deg + 180.0) % 360.0 - 180.0
    off_deg = np.abs(turned)
    limit_deg, reason = next(sector for sector in SECTORS if (off_deg <= sector[0]).any())
    return found.take(np.flatnonzero(off_deg <= limit_deg)), reason


def _soonest(
    network: RoadNetwork,
    closed: Closures,
    choice: Gates,
    incident: NDArray[np.float64],
    starts: Places | None,
) -> int:
    """Return the gate that the first of `starts` reaches soonest, else the nearest one."""
    nearest = int(np.argmin(distance_m(choice.lonlat, incident)))
    if starts is None or not len(starts) or len(choice) == 1:
        return nearest
    # Somebody is mostly near, and then the search need not cover the city.
    air_m = float(distance_m(starts.lonlat, incident).min())
    for limit_s in bounds_s(air_m):
        found = way_in_by(network, choice.node, choice.cost_s, closed=closed, limit_s=limit_s)
        time_s = found.time_s(starts)
        first = int(np.argmin(time_s))
        if np.isfinite(time_s[first]):
            break
    else:
        return nearest
    at_node = np.flatnonzero(choice.node == found.last_node(starts[first]))
    return int(at_node[np.argmin(choice.cost_s[at_node])])
