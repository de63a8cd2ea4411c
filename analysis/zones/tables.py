"""First-minute zones from the distance tables (初始隔离距离 and 防护距离).

Order: 安监总厅管三〔2011〕142号 where it lists the substance, then ERG table 1 or 3, then the
immediate measure of the ERG guide. ERG's protection zone is a square with the protection distance
as its side, downwind, its near side centred on the source; with the wind unknown it is the full
circle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

from analysis.hazard.physics.air.sun import is_day
from analysis.scenario import Message, Release, Scenario, Zone
from analysis.zones import draw, place
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError, OutOfRangeError
from layers.substances import Distance

Spill = Literal["small", "large", "fire"]
SMALL_SPILL_M3 = 0.208
CALM_M_S = 1.0
OPEN_END_M = 11_000.0  # the tables print "11.0+ km"
_REFUSALS = {
    "constant_unknown": "hazard.no_source_term",
    "no_pool": "hazard.no_pool",
    "no_outflow": "hazard.no_outflow",
}


def _unidentified(spill: Spill, reach_m: float) -> Distance:
    return Distance(
        table="ERG guide, immediate measure",
        edition="2024",
        spill=spill,
        container=None,
        wind=None,
        isolation_m=reach_m,
        protection_day_m=reach_m,
        protection_night_m=reach_m,
        beyond=False,
        source="ERG 2024 guide 111, unidentified material",
        certainty="mem 90%",
    )


_UNKNOWN: dict[Spill, Distance] = {
    "small": _unidentified("small", 100.0),
    "large": _unidentified("large", 100.0),
    "fire": _unidentified("fire", 800.0),
}


def rows(scenario: Scenario, spill: Spill) -> list[Distance]:
    """Return the rows that apply, the binding one first; at least one for every substance.

    ERG table 3 is read by wind (unknown: low) and, the container being unknown, by the worst one.
    """
    substance = scenario.substance
    if substance is None:
        return [_UNKNOWN[spill]]
    wind = _wind_class(scenario.weather.wind_speed_m_s)
    found: dict[str, Distance] = {}
    for row in substance.distances:
        if row.spill == spill and row.wind in (None, wind):
            found.setdefault(row.table, row)  # the file lists the largest container first
    return list(found.values()) or [_UNKNOWN[spill]]


def spill_size(scenario: Scenario, ledger: Ledger) -> Spill:
    """Return whether a spill is small (up to 208 L) by its amount or its leak; unknown is large."""
    release, substance = scenario.release, scenario.substance
    amount = _amount_kg(release)
    if amount is not None and substance is not None and "liquid_density" in substance.constants:
        limit = SMALL_SPILL_M3 * substance.constant("liquid_density").value
        size: Spill = "small" if amount <= limit else "large"
        ledger.note(
            "spill",
            size,
            unit=None,
            tag="reported",
            source="ERG 2024",
            reason=Message(
                code="hazard.why_amount", params={"limit_kg": round(limit), "amount_kg": amount}
            ),
        )
        return size
    hole = release.hole_diameter_m
    if release.leak is not None or hole is not None:
        small = release.leak == "small" if release.leak else (hole or 0.0) <= 0.005
        size = "small" if small else "large"
        ledger.note("spill", size, unit=None, tag="reported", source=None)
        return size
    ledger.note(
        "spill",
        "large",
        unit=None,
        tag="assumed",
        source=None,
        reason=Message(code="hazard.why_amount_unknown"),
    )
    return "large"


def list_rows(scenario: Scenario, found: list[Distance], ledger: Ledger) -> None:
    """Record the rows with the distance in force by day or night at the place."""
    day = is_day(scenario.lon, scenario.lat, scenario.occurred_at)
    known = {entry["source"] for entry in ledger.distances}
    ledger.distances.extend(_entry(row, day) for row in found if row.source not in known)
    for row in found:
        if row.container is not None:
            ledger.note(
                "container",
                row.container,
                unit=None,
                tag="assumed",
                source=row.source,
                reason=Message(code="hazard.why_worst_container"),
            )


def zones(scenario: Scenario, row: Distance, *, hazard: str) -> list[Zone]:
    """Return the isolation disc (red) and the protection zone (orange) of a row."""
    day = is_day(scenario.lon, scenario.lat, scenario.occurred_at)
    protection = row.protection_day_m if day else row.protection_night_m
    lon, lat = scenario.lon, scenario.lat
    inner = place.disc_outline(lon, lat, row.isolation_m)
    toward = heading_deg(scenario)
    shared: dict[str, Any] = {
        "hazard": hazard,
        "threshold": None,
        "unit": None,
        "threshold_source": f"{row.source} [{row.certainty}]",
        "model": f"{row.table} ({row.edition})",
        "basis": "table",
    }
    found = [
        draw.area(
            place.split(inner),
            level="red",
            threshold_name="isolation",
            distance_m=row.isolation_m,
            action=Message(
                code="hazard.action_isolate",
                params={"distance_m": row.isolation_m},
                source=row.source,
            ),
            shape="circle",
            **shared,
        )
    ]
    if protection > row.isolation_m:
        circle = toward is None
        if toward is None:
            outer: BaseGeometry = place.disc_outline(lon, lat, protection)
        else:
            outer = inner | place.square_outline(lon, lat, toward_deg=toward, side_m=protection)
        found.append(
            draw.area(
                place.split(outer),
                level="orange",
                threshold_name="protection",
                distance_m=protection,
                action=Message(
                    code="hazard.action_protect",
                    params={"distance_m": protection},
                    source=row.source,
                ),
                cut="range" if _open(row, protection) else None,
                shape="circle" if circle else "area",
                **shared,
            )
        )
    return found


def fire_disc(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the ERG distance for a tank in a fire as one orange disc, and list its row."""
    found = rows(scenario, "fire")
    list_rows(scenario, found, ledger)
    row = found[0]
    return [
        draw.disc(
            scenario,
            row.isolation_m,
            level="orange",
            hazard="thermal",
            threshold=None,
            unit=None,
            threshold_name="isolation",
            threshold_source=f"{row.source} [{row.certainty}]",
            model=f"{row.table} ({row.edition})",
            action=Message(
                code="hazard.action_isolate",
                params={"distance_m": row.isolation_m},
                source=row.source,
            ),
            basis="table",
            shape="circle",
        )
    ]


def unless_refused(
    by_table: list[Zone], compute: Callable[[], list[Zone]], ledger: Ledger
) -> list[Zone]:
    """Return what a model draws, or the table alone, with a warning, where the model refuses.

    A refusal is a number outside the model's range, a constant that the substance lacks, a gas
    that makes no pool, a vessel that nothing leaves. It never takes the table's answer away.
    """
    try:
        return compute()
    except OutOfRangeError as error:
        field = {"code": f"model.input.{error.details['field']}", "params": {}}
        got, wanted = error.details["got"], error.details["wanted"]
        ledger.warn("hazard.model_refused", field=field, got=got, wanted=wanted)
    except InvalidInputError as error:
        warning = _REFUSALS.get(error.code)
        if warning is None:
            raise
        ledger.warn(warning, **error.details)
    return by_table


def heading_deg(scenario: Scenario) -> float | None:
    """Return where the wind blows to; None when it is unknown or under 1 m/s."""
    weather = scenario.weather
    if weather.wind_from_deg is None or weather.wind_speed_m_s is None:
        return None
    return None if weather.wind_speed_m_s < CALM_M_S else (weather.wind_from_deg + 180.0) % 360.0


def _entry(row: Distance, day: bool) -> dict[str, Any]:
    protection = row.protection_day_m if day else row.protection_night_m
    return {
        "table": row.table,
        "edition": row.edition,
        "spill": row.spill,
        "container": row.container,
        "wind": row.wind,
        "period": "day" if day else "night",
        "isolation_m": row.isolation_m,
        "protection_m": protection,
        "protection_day_m": row.protection_day_m,
        "protection_night_m": row.protection_night_m,
        "beyond": _open(row, protection),
        "source": row.source,
        "certainty": row.certainty,
    }


def _open(row: Distance, protection_m: float) -> bool:
    return row.beyond and protection_m >= OPEN_END_M


def _amount_kg(release: Release) -> float | None:
    if release.mass_kg is not None:
        return release.mass_kg
    if release.rate_kg_s is not None and release.duration_s is not None:
        return release.rate_kg_s * release.duration_s
    return release.inventory_kg if release.leak == "rupture" else None


def _wind_class(speed_m_s: float | None) -> str:
    """Return ERG's wind class: under 10 km/h low, over 20 km/h high."""
    if speed_m_s is None or speed_m_s < 10.0 / 3.6:
        return "low"
    return "moderate" if speed_m_s <= 20.0 / 3.6 else "high"
