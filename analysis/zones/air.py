"""The air that carries a cloud: stability, terrain, temperature, with what was assumed of it."""

from __future__ import annotations

import datetime as dt

from analysis.hazard import stability
from analysis.hazard.physics.air.sun import SOURCE as SUN_SOURCE
from analysis.hazard.physics.air.sun import is_day, solar_elevation_deg
from analysis.hazard.physics.gaussian.sigma import PLUME_SETS
from analysis.scenario import Message, Scenario
from analysis.zones import outflow
from analysis.zones.choice import Air
from analysis.zones.ledger import Ledger

ROUGHNESS_M = {"rural": 0.03, "urban": 1.0}
ROUGHNESS_SOURCE = "ALOHA: open country 3 cm, urban or forest 100 cm [mem 95%]"
STRONG_M_S = 6.0
STRONG_CLASSES = ("C", "C-D", "D")
"""All that Pasquill's table knows of a wind of 6 m/s and more, by day and by night."""


def air(scenario: Scenario, ledger: Ledger) -> Air:
    """Return the air of a scenario; what was not reported is assumed and recorded."""
    for name, unit in (("wind_speed_m_s", "m/s"), ("wind_from_deg", "deg")):
        ledger.weather(name, unit=unit)
    terrain = _terrain(scenario, ledger)
    humidity = ledger.take(
        "weather.humidity_pct",
        scenario.weather.humidity_pct,
        default=50.0,
        unit="%",
        source="HJ 169-2018 [mem 95%]",
        reason=Message(code="hazard.why_unfavourable_weather"),
    )
    return Air(
        wind_speed_m_s=scenario.weather.wind_speed_m_s,
        stability=_stability(scenario, ledger),
        temperature_k=outflow.ambient_temperature_k(scenario, ledger),
        humidity_pct=float(humidity),
        roughness_m=ROUGHNESS_M[terrain],
        dispersion=PLUME_SETS[scenario.choices.plume_set or f"briggs_{terrain}"],
    )


def _terrain(scenario: Scenario, ledger: Ledger) -> str:
    taken = ledger.take(
        "weather.terrain",
        scenario.weather.terrain,
        default="rural",
        unit=None,
        source=None,
        reason=Message(code="hazard.why_open_country"),
    )
    return str(taken)


def _stability(scenario: Scenario, ledger: Ledger) -> str:
    """Return the stability given, else the class by wind, sun and cloud in the chosen scheme."""
    weather = scenario.weather
    scheme = scenario.choices.stability_scheme or stability.MODEL.coefficient_sets[0].name
    elevation = solar_elevation_deg(scenario.lon, scenario.lat, scenario.at)
    taken = ledger.take(
        "weather.stability",
        weather.stability,
        default=None if weather.stability else _by_scheme(scenario, scheme, ledger),
        unit="class",
        source=f"{stability.MODEL.coefficients(scheme).source}; {SUN_SOURCE}",
        reason=Message(code="hazard.why_pasquill", params={"elevation_deg": round(elevation, 1)}),
    )
    wind = weather.wind_speed_m_s
    if wind is not None and wind >= STRONG_M_S and taken not in STRONG_CLASSES:
        ledger.warn("hazard.stability_unlikely", stability=str(taken), wind_speed_m_s=wind)
    return str(taken)


def _by_scheme(scenario: Scenario, scheme: str, ledger: Ledger) -> str:
    """Return the class that a scheme reads; cloud unknown is the more stable case."""
    day = is_day(scenario.lon, scenario.lat, scenario.at)
    cloud = ledger.take(
        "weather.cloud_tenths",
        scenario.weather.cloud_tenths,
        default=10.0 if day else 0.0,
        unit="tenths",
        source=None,
        reason=Message(code="hazard.why_stable"),
    )
    at = scenario.at.astimezone(dt.UTC)
    inputs = {
        "wind_speed_m_s": scenario.weather.wind_speed_m_s or 0.0,
        "cloud_tenths": cloud,
        "lon": scenario.lon,
        "lat": scenario.lat,
        "year": at.year,
        "day_of_year": at.timetuple().tm_yday,
        "utc_hour": at.hour + at.minute / 60.0 + at.second / 3600.0,
    }
    return str(ledger.run(stability.MODEL, inputs, scheme)["stability"])
