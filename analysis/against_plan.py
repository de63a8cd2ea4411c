"""What the scene says against a plan: the new zones of a turned wind or of a greater release.

Nothing here says that the release *is* greater. A reading outside its zone has a cause that nobody
at a desk knows; what is shown is the smallest change of the inputs under which the zones would hold
the reading, or, where none does, what lies between the source and the reading. `basis` says which.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from analysis import limits
from analysis.local import LocalPlane
from analysis.scenario import LEVELS, Level, Message, Release, Scenario, Zone
from analysis.zones import zones as hazard_zones
from analysis.zones.place import area_m2
from layers.errors import OneMapError

TURNED_DEG = 30.0
"""A wind that turned by more than this breaks a plan."""

BACK_DEG = 20.0
"""A wind that is this near to the plan's again has turned back."""

FACTORS = (2.0, 5.0, 10.0, 20.0)
"""By how much more the release is tried, in this order; each run draws every zone anew."""

LEAKS = ("small", "medium", "large", "rupture")
CORRIDOR_M = 150.0
CORRIDOR_SHARE = 0.15
"""Half the width of what lies between source and reading: at least this, or this share of the
distance; a choice of ours, about the half width of a cloud in neutral air [mem 60%]."""

Changes = Mapping[str, Any]
Remake = Callable[[Changes], Scenario]
"""From changed inputs to the scenario that they make, as a run of the plan would."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Zones that answer to what was measured, the inputs they take, and how they were found."""

    zones: tuple[Zone, ...]
    inputs: dict[str, Any]
    basis: Message


def turned_by(plan_from_deg: float, from_deg: float) -> float:
    """Return the angle between two winds, 0 to 180 degrees."""
    return abs((from_deg - plan_from_deg + 180.0) % 360.0 - 180.0)


def turned(remake: Remake, *, plan_from_deg: float, weather: Mapping[str, Any]) -> Answer:
    """Return the zones of a plan under the wind that blows now.

    Parameters
    ----------
    weather
        `wind_from_deg`, and `wind_speed_m_s` where it is known.
    """
    inputs = {"weather": dict(weather)}
    params = {"from_deg": round(plan_from_deg), "to_deg": round(weather["wind_from_deg"])}
    return Answer(
        zones=tuple(hazard_zones(remake(inputs)).zones),
        inputs=inputs,
        basis=Message(code="proposal.basis_wind", params=params),
    )


def outside(remake: Remake, *, lon: float, lat: float, level: Level, hazard: str) -> Answer:
    """Return zones that hold a place at a level: more released, the wind turned to it, or both.

    Where no such change makes them reach it, the answer is the strip between source and place, at
    that level, and it changes no input.
    """
    here = remake({})
    bearing, distance_m = _towards(here, lon, lat)
    wind = here.weather.wind_from_deg
    inputs: dict[str, Any] = {}
    params: dict[str, Any] = {}
    if wind is not None and turned_by(wind, (bearing + 180.0) % 360.0) > TURNED_DEG:
        to_deg = round((bearing + 180.0) % 360.0)
        inputs["weather"] = {"wind_from_deg": float(to_deg)}
        params |= {"from_deg": round(wind), "to_deg": to_deg}
    for release, said in [(None, {}), *_greater(here.release)]:
        changes = inputs | ({"release": release} if release is not None else {})
        found = _zones(remake(changes))
        if _holds(found, lon, lat, level, hazard):
            parts = [*(["turned"] if inputs else []), *said] or ["anew"]
            code = "_".join(["proposal.basis", *parts])
            return Answer(
                zones=found, inputs=changes, basis=Message(code=code, params=params | dict(said))
            )
    strip = _between(here, lon, lat, distance_m, level, hazard)
    told = {"distance_m": round(distance_m), "half_m": round(_half_width_m(distance_m))}
    return Answer(
        zones=(strip,), inputs={}, basis=Message(code="proposal.basis_between", params=told)
    )


def level_at(zones: Sequence[Mapping[str, Any]], lon: float, lat: float) -> str | None:
    """Return the worst level of a plan's zones (GeoJSON features) at a place."""
    place = shapely.Point(lon, lat)
    levels = [f["properties"]["level"] for f in zones if shape(f["geometry"]).intersects(place)]
    return min(levels, key=_rank, default=None)


def _greater(release: Release) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield releases that are greater, the next one first, and what is said of each."""
    known = {
        name: getattr(release, name)
        for name in ("rate_kg_s", "mass_kg", "hole_diameter_m")
        if getattr(release, name) is not None
    }
    if not known:
        start = LEAKS.index(release.leak) + 1 if release.leak in LEAKS else 0
        for leak in LEAKS[start:]:
            yield {"leak": leak}, {"leak": {"code": f"proposal.leak_{leak}", "params": {}}}
        return
    for factor in FACTORS:
        # What flows out of a hole grows with its area.
        scaled = {
            name: value * (math.sqrt(factor) if name == "hole_diameter_m" else factor)
            for name, value in known.items()
        }
        if release.inventory_kg is not None and "mass_kg" in scaled:
            scaled["inventory_kg"] = max(release.inventory_kg, scaled["mass_kg"])
        if all(value <= limits.RELEASE[name].high for name, value in scaled.items()):
            yield scaled, {"scaled": factor}


def _zones(scenario: Scenario) -> tuple[Zone, ...]:
    """Return the zones of a scenario; none where the models refuse it."""
    try:
        return tuple(hazard_zones(scenario).zones)
    except OneMapError:
        return ()


def _holds(zones: Sequence[Zone], lon: float, lat: float, level: Level, hazard: str) -> bool:
    place = shapely.Point(lon, lat)
    return any(
        zone.hazard == hazard
        and LEVELS.index(zone.level) <= LEVELS.index(level)
        and zone.geometry.intersects(place)
        for zone in zones
    )


def _half_width_m(distance_m: float) -> float:
    return max(CORRIDOR_M, CORRIDOR_SHARE * distance_m)


def _between(
    scenario: Scenario, lon: float, lat: float, distance_m: float, level: Level, hazard: str
) -> Zone:
    plane = LocalPlane(scenario.lon, scenario.lat)
    x, y = plane.xy(np.array([lon]), np.array([lat]))
    line = shapely.LineString([(0.0, 0.0), (float(x[0]), float(y[0]))])
    strip: BaseGeometry = plane.to_lonlat(line.buffer(_half_width_m(distance_m)))
    return Zone(
        level=level, hazard=hazard, threshold=None, unit=None, threshold_name="between",
        threshold_source="", model="between", distance_m=distance_m, area_m2=area_m2(strip),
        geometry=strip, action=Message(code="proposal.between_action"), basis="table",
    )  # fmt: skip


def _towards(scenario: Scenario, lon: float, lat: float) -> tuple[float, float]:
    """Return bearing (degrees from north) and distance (m) of a place from the source."""
    plane = LocalPlane(scenario.lon, scenario.lat)
    x, y = plane.xy(np.array([lon]), np.array([lat]))
    east, north = float(x[0]), float(y[0])
    return math.degrees(math.atan2(east, north)) % 360.0, math.hypot(east, north)


def _rank(level: str) -> int:
    known: Sequence[str] = LEVELS
    return known.index(level) if level in known else len(known)
