"""Ways over roads as the wire carries them: what was avoided, steps in words, what is assumed."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.forces import told
from analysis.roads.closures import Closures
from analysis.roads.directions import directions, said
from analysis.roads.journey import Journey
from analysis.roads.matrix import matrix as times
from analysis.roads.moment import Moment
from analysis.roads.network import RoadNetwork
from analysis.roads.places import snap
from analysis.roads.reach import Reach, Reached
from analysis.roads.route import Route
from analysis.scenario import Message
from layers.errors import BusyError, TooLargeError

DECIMALS = 7
MOST_ARCS_SEARCHED = 20_000_000
"""Of one matrix: some seconds of a core; fifty searches of a city, twelve of a continent."""
WAIT_S = 10.0
_MATRICES = threading.BoundedSemaphore(1)
LINE_DECIMALS = 6


def travelled(found: Moment) -> dict[str, Any]:
    """Return on which network, by which vehicle and with which speeds an answer was found."""
    hour = found.hour
    return {
        "network": {
            "id": str(found.held.id), "name": found.held.name,
            "attribution": found.held.attribution,
        },
        "vehicle": found.network.profile.name,
        "speeds": "free" if hour is None else f"{hour.day_kind}_{hour.hour:02d}",
    }  # fmt: skip


def route_feature(
    found: Moment, way: Journey, *, steps: bool, wait: Sequence[Message] = ()
) -> dict[str, Any]:
    """Return a journey as a GeoJSON line; its messages are still codes.

    Properties: `distance_m`, `travel_time_s`, `avoided` [{kind, id, name, level}], `avoided_s`,
    `steps` [{code, params, lon, lat, bearing_deg, distance_m, time_s, road}], `approach` (where
    the way ends for a destination in a closed area: lon, lat, reason, distance_m, bearing_deg)
    or null, `inside_zone`, `way_out_s`, `from_access_m`, `to_access_m`, `assumptions` and
    `messages` (codes with text), `alternatives` (features), `network`, `vehicle`, `speeds`.
    """
    network = found.network
    others = [
        _line(network, other.route, steps=steps, access_m=way.goal.access_m) for other in way.others
    ]
    for other, feature in zip(way.others, others, strict=True):
        feature["properties"]["shared"] = round(other.shared, 3)
    feature = _line(network, way.route, steps=steps, access_m=way.goal.access_m)
    feature["properties"] |= {
        "avoided": told(way.avoided),
        "avoided_s": round(way.avoided_s, 1),
        "approach": _approach(way),
        "inside_zone": way.inside_zone,
        "way_out_s": None if way.way_out_s is None else round(way.way_out_s, 1),
        "from_access_m": round(way.start.access_m, 1),
        "to_access_m": round(way.goal.access_m, 1),
        "messages": [message.to_json() for message in (*_messages(way), *wait)],
        "alternatives": others,
        **travelled(found),
    }
    return feature


def _line(network: RoadNetwork, route: Route, *, steps: bool, access_m: float) -> dict[str, Any]:
    lines = said(directions(network, route, access_m=access_m)) if steps else []
    return {
        "type": "Feature",
        "geometry": {
            "type": "LineString",
            "coordinates": np.round(route.lonlat, DECIMALS).tolist(),
        },
        "properties": {
            "distance_m": round(route.length_m, 1),
            "travel_time_s": round(route.time_s, 1),
            "steps": lines,
            "assumptions": [line.to_json() for line in assumptions(network, route)],
        },
    }


def assumptions(network: RoadNetwork, route: Route) -> list[Message]:
    """Return what a way's time rests on besides the roads' speeds: ferries and gates."""
    edges = np.array([step.edge for step in route.steps])
    ferries = network.edge_ferry[edges]
    boardings = int(ferries[0]) + int((ferries[1:] & ~ferries[:-1]).sum())
    gates = sum(network.barrier(int(edge)) is not None for edge in edges)
    profile = network.profile
    lines = []
    if boardings:
        minutes = round(profile.boarding_s / 60.0, 1)
        params = {"count": boardings, "minutes": minutes}
        lines.append(Message(code="assumed.ferry", params=params))
    if gates:
        params = {"count": gates, "seconds": profile.gate_s}
        lines.append(Message(code="assumed.gate", params=params))
    return lines


def _approach(way: Journey) -> dict[str, Any] | None:
    if way.approach is None:
        return None
    return {
        "lon": round(way.approach.lon, DECIMALS),
        "lat": round(way.approach.lat, DECIMALS),
        "reason": way.approach.reason,
        "distance_m": round(way.approach.distance_m, 1),
        "bearing_deg": round(way.approach.bearing_deg, 1),
    }


def _messages(way: Journey) -> list[Message]:
    lines = []
    if way.inside_zone and way.way_out_s is not None:
        minutes = round(way.way_out_s / 60.0, 1)
        lines.append(Message(code="route_begins_inside", params={"minutes": minutes}))
    if way.approach is not None:
        reason = {"code": f"approach.{way.approach.reason}", "params": {}}
        distance_m = round(way.approach.distance_m)
        params = {"distance_m": distance_m, "reason": reason}
        lines.append(Message(code="route_ends_outside", params=params))
    return lines


def reach_collection(found: Moment, answer: Reach) -> dict[str, Any]:
    """Return what is reached as GeoJSON: an area a time, and its roads where they were asked for.

    Areas have `role` "area", `minutes`, `road_length_m`; each holds the one before. Lines have
    `role` "roads", `minutes` and `after_minutes`: those reached between the two, cut where the
    time is up. Beside the features: `avoided`, `free_road_length_m` (what would be reached if
    nothing were closed, null where nothing is), `place` on the road, `messages`, `network`,
    `vehicle`, `speeds`.
    """
    features = [_area(band) for band in answer.bands]
    features += [_roads(band) for band in answer.bands if band.lines is not None]
    said = {"reach_lines_left_out": answer.too_many, "reach_on_closed_road": answer.nowhere}
    messages = [Message(code=code) for code, holds in said.items() if holds]
    return {
        "type": "FeatureCollection",
        "features": features,
        "place": {
            "lon": round(answer.place.lon, DECIMALS), "lat": round(answer.place.lat, DECIMALS),
            "access_m": round(answer.place.access_m, 1),
        },
        "avoided": told(answer.met),
        "free_road_length_m": answer.free_road_length_m,
        "messages": [message.to_json() for message in messages],
        **travelled(found),
    }  # fmt: skip


def _area(band: Reached) -> dict[str, Any]:
    polygons = [
        [np.round(np.array(ring.coords), LINE_DECIMALS).tolist()
         for ring in (part.exterior, *part.interiors)]
        for part in getattr(band.area, "geoms", [band.area])
        if not part.is_empty
    ]  # fmt: skip
    return {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        "properties": {
            "role": "area", "minutes": band.minutes, "after_minutes": band.after_minutes,
            "road_length_m": round(band.road_length_m, 1),
        },
    }  # fmt: skip


def _roads(band: Reached) -> dict[str, Any]:
    assert band.lines is not None
    lonlat, first = band.lines
    points = np.round(lonlat, LINE_DECIMALS).tolist()
    cuts = first.tolist()
    lines = [points[begin:end] for begin, end in pairwise(cuts)]
    return {
        "type": "Feature",
        "geometry": {"type": "MultiLineString", "coordinates": lines},
        "properties": {
            "role": "roads", "minutes": band.minutes, "after_minutes": band.after_minutes,
        },
    }  # fmt: skip


def matrix(
    found: Moment,
    sources: NDArray[np.float64],
    targets: NDArray[np.float64],
    closed: Closures | None,
) -> dict[str, Any]:
    """Return a matrix of travel times as the wire carries it; one at a time in a worker.

    Raises
    ------
    TooLargeError
        More searches than a core should do for one question.
    BusyError
        Another matrix has been under way for `WAIT_S`.
    """
    _bound(found.network, min(len(sources), len(targets)))
    if not _MATRICES.acquire(timeout=WAIT_S):
        raise BusyError("another matrix is being worked out", retry_after_s=5)
    try:
        return _matrix(found, sources, targets, closed)
    finally:
        _MATRICES.release()


def _matrix(
    found: Moment,
    sources: NDArray[np.float64],
    targets: NDArray[np.float64],
    closed: Closures | None,
) -> dict[str, Any]:
    network = found.network
    begins, ends = snap(network, *sources.T), snap(network, *targets.T)
    answer = times(network, begins, ends, closed=closed)
    met = [] if closed is None else [each for each, edges in closed.parts if len(edges)]
    cost: list[list[float | None]] | None = None
    if met:
        free = times(network, begins, ends).time_s
        with np.errstate(invalid="ignore"):
            cost = _rows(np.maximum(answer.time_s - free, 0.0))
    return {
        "travel_time_s": _rows(answer.time_s),
        "distance_m": _rows(answer.length_m),
        "avoided_s": cost,
        "avoided": told(met),
        "source_access_m": _rows(begins.access_m[None])[0],
        "target_access_m": _rows(ends.access_m[None])[0],
        **travelled(found),
    }


def _bound(network: RoadNetwork, searches: int) -> None:
    """Refuse a matrix that would take a core for long: each search may walk the whole network."""
    most = max(1, MOST_ARCS_SEARCHED // len(network.arc_edge))
    if searches > most:
        raise TooLargeError(
            f"the smaller side has {searches} places; on a network of {len(network.arc_edge)} "
            f"arcs at most {most} are taken", code="matrix_too_large", got=searches, wanted=most,
        )  # fmt: skip


def _rows(values: NDArray[np.float64]) -> list[list[float | None]]:
    """Return a table as rows; null where there is no number."""
    return [[round(v, 1) if math.isfinite(v) else None for v in row] for row in values.tolist()]
