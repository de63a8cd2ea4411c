"""A plume on the map: one area a threshold, cut where the model or the time ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from analysis.hazard import gaussian_plume
from analysis.hazard.gaussian_plume import Isopleth, Plume, isopleth
from analysis.hazard.physics.sigma import PLUME_SETS, Dispersion
from analysis.hazard.physics.sun import SOURCE as SUN_SOURCE
from analysis.hazard.physics.sun import is_day, solar_elevation_deg
from analysis.hazard.stability import pasquill
from analysis.scenario import Level, Message, Scenario, Zone
from analysis.zones import draw, place, tables
from analysis.zones.ledger import Ledger
from analysis.zones.source import Source

PLAN_AHEAD_S = 1800.0  # an answer for the very moment of the release looks this far ahead


@dataclass(frozen=True, kw_only=True)
class Line:
    """One threshold to draw: its concentration in kg/m³ and how people write it."""

    level: Level
    kg_m3: float
    value: float
    unit: str
    name: str
    source: str
    action: Message
    averaging_s: float | None = None


def zones(
    scenario: Scenario, source: Source, lines: list[Line], ledger: Ledger, *, hazard: str
) -> list[Zone]:
    """Return one zone a line, cut at the model's range and at the wind's way since the release."""
    wind = scenario.weather.wind_speed_m_s or 0.0
    for name, unit in (("wind_speed_m_s", "m/s"), ("wind_from_deg", "deg")):
        ledger.weather(name, unit=unit)
    dispersion = _dispersion(scenario, ledger)
    plume = Plume(
        release_kg_s=source.rate_kg_s,
        wind_speed_m_s=wind,
        stability=_stability(scenario, ledger),
        dispersion=dispersion,
        height_m=scenario.release.height_m or 0.0,
    )
    limit = wind * _elapsed_s(scenario, ledger)
    found = []
    for line in lines:
        inputs = {
            "release_kg_s": plume.release_kg_s,
            "wind_speed_m_s": wind,
            "stability": plume.stability,
            "height_m": plume.height_m,
            "threshold_kg_m3": line.kg_m3,
        }
        ledger.run(gaussian_plume.MODEL, inputs, dispersion.name)
        shape = isopleth(plume, line.kg_m3, limit_m=limit)
        if shape.x_m.size == 0:
            ledger.warn("hazard.not_reached", threshold_name=line.name)
            continue
        cut = None
        if shape.cut:
            cut = "time" if limit < dispersion.x_max_m else "range"
        found.append(_zone(scenario, shape, line, dispersion, hazard, cut))
    longest = max((zone.distance_m for zone in found), default=0.0)
    if source.duration_s is not None and source.duration_s < longest / wind:
        ledger.warn("hazard.short_release", duration_min=round(source.duration_s / 60.0, 1))
    return found


def _zone(
    scenario: Scenario,
    line_shape: Isopleth,
    line: Line,
    dispersion: Dispersion,
    hazard: str,
    cut: str | None,
) -> Zone:
    heading = tables.heading_deg(scenario)
    return draw.area(
        place.split(_outline(scenario, line_shape, dispersion, heading)),
        level=line.level,
        hazard=hazard,
        threshold=line.value,
        unit=line.unit,
        threshold_name=line.name,
        threshold_source=line.source,
        averaging_s=line.averaging_s,
        model=f"gaussian_plume/{dispersion.name}",
        distance_m=line_shape.reach_m,
        action=line.action,
        cut=cut,
        shape="circle" if heading is None else "area",
    )


def _outline(
    scenario: Scenario, line: Isopleth, dispersion: Dispersion, heading: float | None
) -> BaseGeometry:
    """Return the plume's outline with the disc near the source, where no formula holds.

    Under the set's shortest distance (100 m) the plume is not known, so that all of the disc up
    to there, or up to the line's reach, belongs to the zone; it also holds the source.
    """
    lon, lat = scenario.lon, scenario.lat
    if heading is None:
        return place.disc_outline(lon, lat, line.reach_m)
    near = place.disc_outline(lon, lat, min(dispersion.x_min_m, line.reach_m))
    widest = float(np.max(line.half_width_m))
    if widest <= 0.0:
        return near
    plume = place.plume_outline(
        lon, lat, toward_deg=heading, x_m=line.x_m, half_width_m=line.half_width_m
    )
    return near | plume.buffer(0)


def _dispersion(scenario: Scenario, ledger: Ledger) -> Dispersion:
    terrain = ledger.take(
        "weather.terrain",
        scenario.weather.terrain,
        default="rural",
        unit=None,
        source=None,
        reason=Message(code="hazard.why_open_country"),
    )
    return PLUME_SETS[f"briggs_{terrain}"]


def _stability(scenario: Scenario, ledger: Ledger) -> str:
    """Return the stability given, else Pasquill's class by wind, sun and cloud."""
    weather = scenario.weather
    elevation = solar_elevation_deg(scenario.lon, scenario.lat, scenario.at)
    day = is_day(scenario.lon, scenario.lat, scenario.at)
    cloud = weather.cloud_tenths
    if weather.stability is None:
        cloud = ledger.take(
            "weather.cloud_tenths",
            cloud,
            default=10.0 if day else 0.0,
            unit="tenths",
            source=None,
            reason=Message(code="hazard.why_stable"),
        )
    taken = ledger.take(
        "weather.stability",
        weather.stability,
        default=pasquill(
            wind_speed_m_s=weather.wind_speed_m_s or 0.0,
            elevation_deg=elevation,
            cloud_tenths=0.0 if cloud is None else float(cloud),
        ),
        unit="class",
        source=f"Pasquill; {SUN_SOURCE}",
        reason=Message(code="hazard.why_pasquill", params={"elevation_deg": round(elevation, 1)}),
    )
    return str(taken)


def _elapsed_s(scenario: Scenario, ledger: Ledger) -> float:
    elapsed = (scenario.at - scenario.occurred_at).total_seconds()
    ahead = elapsed if elapsed > 0.0 else PLAN_AHEAD_S
    ledger.note(
        "time_since_release_s",
        ahead,
        unit="s",
        tag="reported" if elapsed > 0.0 else "assumed",
        source=None,
        reason=None if elapsed > 0.0 else Message(code="hazard.why_plan_ahead"),
    )
    return ahead
