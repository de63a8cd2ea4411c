"""The air that carries a cloud: stability, terrain, temperature, with what was assumed of it."""

from __future__ import annotations

from analysis.hazard.physics.sigma import PLUME_SETS
from analysis.hazard.physics.sun import SOURCE as SUN_SOURCE
from analysis.hazard.physics.sun import is_day, solar_elevation_deg
from analysis.hazard.stability import pasquill
from analysis.scenario import Message, Scenario
from analysis.zones import outflow
from analysis.zones.choice import Air
from analysis.zones.ledger import Ledger

ROUGHNESS_M = {"rural": 0.03, "urban": 1.0}
ROUGHNESS_SOURCE = "ALOHA: open country 3 cm, urban or forest 100 cm [mem 95%]"


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
