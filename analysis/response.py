"""One incident becomes one plan: zones, exposure, nearest, routes, points, advice.

The only place that knows this order. A step that cannot be computed is kept as such with its
reason, and the others still come; it is never an empty polygon.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analysis import advice, casualties, domino, exposure, forces, points
from analysis.local import LocalPlane
from analysis.roads import cordon
from analysis.roads.closures import Closure
from analysis.roads.closures import closures as closing
from analysis.roads.network import RoadNetwork
from analysis.roads.passable import passable
from analysis.scenario import Message, Scenario, Zone, ZoneSet
from analysis.situation import PLANNING_HORIZON_S, Situation
from analysis.zones import zones as hazard_zones
from layers.errors import OneMapError
from layers.query import Scope

log = logging.getLogger(__name__)
T = TypeVar("T")

CALLED_TARGETS = 30
NO_ZONES = ZoneSet(zones=(), models=(), assumed=())
_NOTHING = ZoneSet(zones=(), models=(), assumed=())
_NO_ZONES_EXPECTED = frozenset({"error.no_model", "error.substance_missing"})


@dataclass
class _Run:
    """The steps of one assessment, with what each took and why it failed."""

    session: Session
    steps: list[dict[str, Any]] = field(default_factory=list)

    def step(self, name: str, work: Callable[[], T], *, lacks: str | None = None) -> T | None:
        """Run one step in a savepoint; a failure is recorded and does not stop the others.

        `lacks` is the code of what the step needs and does not have; it is then skipped.
        """
        if lacks is not None:
            reason = {"code": lacks, "params": {}}
            self.steps.append(
                {"name": name, "status": "skipped", "reason": reason, "duration_ms": 0.0}
            )
            return None
        start = time.perf_counter()
        entry: dict[str, Any] = {"name": name, "status": "done", "reason": None}
        result: T | None = None
        try:
            with self.session.begin_nested():
                result = work()
        except OneMapError as error:
            entry |= {"status": "failed", "reason": _reason(error)}
        except Exception:
            # The plan of a running emergency is worth more than a clean crash; the log has it all.
            log.exception("assessment step %s failed", name)
            entry |= {"status": "failed", "reason": {"code": "unexpected", "params": {}}}
        entry["duration_ms"] = round((time.perf_counter() - start) * 1000, 1)
        self.steps.append(entry)
        return result


def assess(
    session: Session,
    situation: Situation,
    *,
    network: Callable[[], RoadNetwork],
    scope: Scope,
    k: int = 5,
    enterprise: Mapping[str, Any] | None = None,
    closures: Sequence[Closure] = (),
    networks: forces.Networks | None = None,
) -> dict[str, Any]:
    """Return the plan for a situation in the wire shape of an assessment.

    Parameters
    ----------
    network
        Gives the road network that holds the place; its `NoRouteError` becomes the reason why
        the steps on roads failed, and help is then listed by straight line.
    k
        How many teams, medical places and depots to find.
    enterprise
        `{"id", "name"}` of the enterprise on whose ground it happened, for the call sheet.
    closures
        What closes roads besides the zones: the register's, in force for this incident.
    networks
        From a vehicle to the network as it sees it; without, what `network` gives is asked.
    """
    run = _Run(session)
    scenario = situation.scenario
    zone_set = run.step("zones", lambda: hazard_zones(scenario))
    zones = zone_set.zones if zone_set else ()
    exposed = run.step(
        "exposure",
        lambda: exposure.expose(session, scenario, zones, scope=scope),
        lacks=None if zones else "needs_zones",
    )
    deaths = run.step(
        "casualties",
        lambda: casualties.of(session, scenario, zone_set or NO_ZONES, scope=scope),
        lacks=None if zones else "needs_zones",
    )
    chain = run.step(
        "domino",
        lambda: domino.find(session, scenario, zone_set or NO_ZONES, scope=scope),
        lacks=None if zones else "needs_zones",
    )
    roads = run.step("network", network)
    found = run.step(
        "nearest",
        lambda: forces.find(
            session, scenario, zones, roads, scope=scope, k=k, closures=closures, networks=networks
        ),
    )
    places = run.step(
        "points",
        lambda: _places(scenario, zones, roads, found, closures),
        lacks=None if roads is not None else "needs_network",
    )
    nearest = found.nearest if found else ()
    lines = run.step("advice", lambda: advice.advice(scenario, zone_set, exposed, nearest, chain))
    calls = run.step(
        "calls", lambda: advice.call_sheet(session, _to_call(enterprise, nearest, exposed))
    )
    warnings = [
        *_blind_routes(run.steps),
        *(zone_set.warnings if zone_set else ()),
        *(found.messages if found else ()),
    ]
    return {
        "at": scenario.at.isoformat(),
        "kind": scenario.kind,
        "cas": scenario.substance.cas if scenario.substance else None,
        "lon": scenario.lon,
        "lat": scenario.lat,
        "zones": _collection([zone.to_feature() for zone in zones]),
        **beside(zone_set),
        "exposure": exposed or {"by_zone": [], "targets": [], "people": None},
        "casualties": deaths,
        "domino": chain,
        "approach": found.approach if found else None,
        "nearest": list(nearest),
        "routes": _collection(found.routes if found else ()),
        "points": _collection(places or ()),
        "distances": list(zone_set.distances) if zone_set else [],
        "assumed": _assumed(situation, zone_set),
        "missing": [line.to_json() for line in advice.missing(scenario)],
        "advice": [line.to_json() for line in lines or ()],
        "warnings": [line.to_json() for line in warnings],
        "calls": calls or [],
        "steps": run.steps,
        "models": list(zone_set.models) if zone_set else [],
    }


def beside(zone_set: ZoneSet | None) -> dict[str, Any]:
    """Return what is drawn beside the zones and closes nothing, and why this model and no other.

    `confidence`: the lines within which the wind may turn the zones; `slices`: where the cloud is
    at moments; `reasons`: messages.
    """
    return {
        "confidence": _collection(line.to_feature() for line in (zone_set or _NOTHING).confidence),
        "slices": _collection(each.to_feature() for each in (zone_set or _NOTHING).slices),
        "reasons": [line.to_json() for line in (zone_set or _NOTHING).reasons],
    }


def _blind_routes(steps: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Return the warning that routes know no danger area, where one should have been drawn."""
    zones = next(step for step in steps if step["name"] == "zones")
    if zones["status"] != "failed" or zones["reason"]["code"] in _NO_ZONES_EXPECTED:
        return []
    return [Message(code="dispatch_without_zones")]


def _places(
    scenario: Scenario,
    zones: Sequence[Zone],
    network: RoadNetwork | None,
    found: forces.Forces | None,
    closures: Sequence[Closure],
) -> list[dict[str, Any]]:
    """Return the plan's points: the chosen places and a control point on every road in."""
    assert network is not None
    if not zones:
        return []
    plane = LocalPlane(scenario.lon, scenario.lat)
    everywhere = shapely.union_all([zone.geometry for zone in zones])
    wind = scenario.weather.wind_from_deg
    turns = wind is not None and any(zone.shape != "circle" for zone in zones)
    outside_of = points.keep_out(everywhere, plane, rotate=turns)
    upwind_deg = wind if wind is not None else _bearing(plane, found)
    cordoned = forces.closed_area(zones) or everywhere
    lonlat = _reachable_junctions(network, [Closure(area=cordoned), *closures])
    places = points.place(
        plane=plane,
        outside_of=outside_of,
        lon=lonlat[:, 0],
        lat=lonlat[:, 1],
        upwind_deg=upwind_deg,
    )
    swept = plane.to_lonlat(points.keep_out(cordoned, plane, rotate=True)) if turns else None
    return places + cordon.control_points(network, cordoned, swept=swept)


def _reachable_junctions(network: RoadNetwork, closures: Sequence[Closure]) -> NDArray[np.float64]:
    """Return the junctions that reach each other under some closures, lon lat."""
    lonlat: NDArray[np.float64] = network.node_lonlat[
        passable(network, closing(network, closures)).nodes()
    ]
    return lonlat


def _bearing(plane: LocalPlane, found: forces.Forces | None) -> float:
    """Return the bearing from the incident to the approach, 0 where there is none."""
    if found is None or found.approach is None:
        return 0.0
    x, y = plane.xy(np.array([found.approach["lon"]]), np.array([found.approach["lat"]]))
    return float(np.degrees(np.arctan2(x[0], y[0])) % 360.0)


def _to_call(
    enterprise: Mapping[str, Any] | None,
    nearest: Sequence[Mapping[str, Any]],
    exposed: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    """Return whom the plan needs on the phone, most urgent first."""
    wanted: list[dict[str, Any]] = []
    if enterprise is not None:
        wanted.append({"layer": "enterprise", **enterprise, "purpose": _purpose("enterprise")})
    for entry in nearest:
        code = entry["layer"] if entry["layer"] == "team" else f"resource.{entry['kind']}"
        wanted.append({**_place(entry), "purpose": _purpose(code)})
    for target in (exposed or {"targets": []})["targets"][:CALLED_TARGETS]:
        wanted.append({**_place(target), "purpose": _purpose(f"target.{target['action']}")})
    return wanted


def _place(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"layer": entry["layer"], "id": entry["id"], "name": entry["name"]}


def _purpose(code: str) -> Message:
    return Message(code=f"call.{code}")


def _assumed(situation: Situation, zone_set: ZoneSet | None) -> list[dict[str, Any]]:
    """Return every input that entered, with the tag of where it really came from."""
    if zone_set is None:
        return []
    listed = [_tagged(situation, entry) for entry in zone_set.assumed]
    fields = {entry["field"] for entry in listed}
    weather = situation.scenario.weather
    # The tables turn with the wind too, and do not list it.
    for name, unit in (("wind_speed_m_s", "m/s"), ("wind_from_deg", "deg")):
        value = getattr(weather, name)
        if value is not None and f"weather.{name}" not in fields:
            entry = {"field": f"weather.{name}", "value": value, "unit": unit, "tag": "reported"}
            listed.append(_tagged(situation, entry))
    return listed


def _tagged(situation: Situation, entry: Mapping[str, Any]) -> dict[str, Any]:
    name, source = entry["field"], entry.get("source")
    tag, known = situation.tags.get(name, (entry["tag"], source))
    if name == "time_since_release_s" and tag == "assumed":
        horizon = {"minutes": round(PLANNING_HORIZON_S / 60)}
        message = Message(code="assumed.planning_horizon", params=horizon, source="ERG 2024")
        return {**entry, "tag": tag, "source": message.to_json()}
    if entry["tag"] == "assumed":
        tag, known = "assumed", source
    return {**entry, "tag": tag, "source": known or source}


def _reason(error: OneMapError) -> dict[str, Any]:
    return {"code": f"error.{error.code}", "params": jsonable(error.details), "message": str(error)}


def jsonable(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return an error's details with everything that JSON cannot hold turned to text."""
    plain = (str, int, float, bool, list, type(None))
    return {k: v if isinstance(v, plain) else str(v) for k, v in details.items()}


def _collection(features: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [dict(f) for f in features]}
