"""What to do first and whom to call, as codes with their sources; the words are texts.

Guides are cited from ERG 2024; the sentences are our own. Which substances dissolve in water is
from their ERG guide numbers (125 and 154 call for water spray on vapour) [mem 85%].
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from analysis.scenario import Message, Scenario, ZoneSet
from layers.models import Contact

ERG = "ERG 2024"
ERG_MEM = "ERG 2024 [mem 85%]"
FOREST_MEM = "practice of forest fire fighting [mem 85%]"
FLOOD_MEM = "practice of flood rescue [mem 85%]"
REPORTING = "国务院令第493号 第九条"
DOMINO = "Cozzani et al. 2006; Landucci et al. 2009 [mem 80%]"
CONTACTS_PER_PLACE = 2

WATER_SPRAY_KNOCKS_DOWN = frozenset(
    {"7664-41-7", "7647-01-0", "7664-39-3", "7446-09-5", "7446-11-9", "75-21-8"}
)
"""Ammonia, hydrogen chloride, hydrogen fluoride, sulphur dioxide, sulphur trioxide, EO."""

_BY_KIND: dict[str, tuple[Message, ...]] = {
    "toxic_release": (
        Message(code="advice.upwind", source=ERG),
        Message(code="advice.protective_clothing", source=ERG_MEM),
    ),
    "pool_fire": (
        Message(code="advice.upwind", source=ERG),
        Message(code="advice.cool_neighbours", source=ERG_MEM),
        Message(code="advice.foam", source=ERG_MEM),
    ),
    "jet_fire": (
        Message(code="advice.do_not_extinguish", source=ERG_MEM),
        Message(code="advice.cool_neighbours", source=ERG_MEM),
    ),
    "flash_fire": (Message(code="advice.no_ignition", source=ERG),),
    "forest_fire": (
        Message(code="advice.fire_from_flank", source=FOREST_MEM),
        Message(code="advice.fire_wind_turns", source=FOREST_MEM),
    ),
    "flood": (
        Message(code="advice.flood_high_ground", source=FLOOD_MEM),
        Message(code="advice.flood_power", source=FLOOD_MEM),
    ),
    "fireball": (
        Message(code="advice.withdraw_from_vessel", source=ERG),
        Message(code="advice.cool_from_distance", source=ERG_MEM),
    ),
    "explosion": (
        Message(code="advice.second_explosion", source=ERG_MEM),
        Message(code="advice.search_collapsed", source=ERG_MEM),
    ),
}


def advice(
    scenario: Scenario,
    zones: ZoneSet | None,
    exposure: Mapping[str, Any] | None,
    nearest: Sequence[Mapping[str, Any]],
    chain: Mapping[str, Any] | None = None,
) -> list[Message]:
    """Return what to do, most urgent first.

    Parameters
    ----------
    zones, exposure
        None where that step failed; the advice that needs no zone still comes.
    nearest
        Arrivals as on the wire, sorted by time.
    chain
        What may be set off next, as `analysis.domino.find` tells it.
    """
    lines = [*_distances(zones), *_by_kind(scenario), *_people(exposure), *next_to_fall(chain)]
    lines += _arrivals(nearest)
    lines.append(Message(code="advice.report_up", source=REPORTING))
    return lines


def missing(scenario: Scenario) -> list[Message]:
    """Return what is not known and would change the answer most."""
    if scenario.kind in ("forest_fire", "flood"):
        return _missing_of_ground(scenario)
    lines = []
    if scenario.substance is None:
        lines.append(Message(code="missing.substance"))
    if scenario.weather.wind_speed_m_s is None or scenario.weather.wind_from_deg is None:
        lines.append(Message(code="missing.wind"))
    release = scenario.release
    sizes = (release.leak, release.mass_kg, release.rate_kg_s, release.hole_diameter_m,
             release.pool_diameter_m)  # fmt: skip
    if all(size is None for size in sizes):
        lines.append(Message(code="missing.size"))
    return lines


def _missing_of_ground(scenario: Scenario) -> list[Message]:
    """Return what a forest fire or a flood lacks: neither has a substance."""
    release, weather, ground = scenario.release, scenario.weather, scenario.ground
    lacks = {"ground": ground is None}
    if scenario.kind == "flood":
        lacks["stage"] = release.stage_m is None and release.rise_m is None
    else:
        lacks["wind"] = weather.wind_speed_m_s is None or weather.wind_from_deg is None
        lacks["fuel"] = release.fuel_model is None and (
            ground is None or ground.fuel_number is None
        )
    return [Message(code=f"missing.{name}") for name, lacking in lacks.items() if lacking]


def call_sheet(
    session: Session, places: Sequence[Mapping[str, Any]], *, limit: int = 60
) -> list[dict[str, Any]]:
    """Return whom to call, in order: one line a contact, a line without number where none is known.

    Parameters
    ----------
    places
        `{"layer", "id", "name", "purpose": Message}`, most urgent first.
    """
    wanted = list({(p["layer"], str(p["id"])): p for p in reversed(places)}.values())[::-1][:limit]
    keys = [(p["layer"], uuid.UUID(str(p["id"]))) for p in wanted]
    found: dict[tuple[str, str], list[Contact]] = {}
    if keys:
        rows = session.scalars(
            select(Contact)
            .where(tuple_(Contact.layer, Contact.feature_id).in_(keys))
            .order_by(Contact.rank)
        )
        for row in rows:
            found.setdefault((row.layer, str(row.feature_id)), []).append(row)
    lines: list[dict[str, Any]] = []
    for place in wanted:
        contacts = found.get((place["layer"], str(place["id"])), [])
        lines += [_line(place, contact) for contact in contacts[:CONTACTS_PER_PLACE]]
        if not contacts:
            lines.append(_line(place, None))
    return lines


def _line(place: Mapping[str, Any], contact: Contact | None) -> dict[str, Any]:
    return {
        "layer": place["layer"],
        "feature_id": str(place["id"]),
        "feature_name": place["name"],
        "name": None if contact is None else contact.name,
        "post": None if contact is None else contact.post,
        "phone": None if contact is None else contact.phone,
        "purpose": place["purpose"].to_json(),
    }


def _distances(zones: ZoneSet | None) -> list[Message]:
    if zones is None or not zones.distances:
        return []
    first = zones.distances[0]
    source = f"{first['source']} [{first['certainty']}]"
    return [Message(code="advice.first_minutes", params=dict(first), source=source)]


def _by_kind(scenario: Scenario) -> list[Message]:
    lines = list(_BY_KIND.get(scenario.kind, (Message(code="advice.upwind", source=ERG),)))
    substance = scenario.substance
    if substance is None:
        return lines
    if substance.flammable and scenario.kind == "toxic_release":
        lines.append(Message(code="advice.no_ignition", source=ERG))
    if substance.cas in WATER_SPRAY_KNOCKS_DOWN and scenario.kind == "toxic_release":
        lines.append(Message(code="advice.water_spray", source=ERG_MEM))
    if substance.cas == "7782-50-5" and scenario.kind == "toxic_release":
        lines.append(
            Message(code="advice.no_water_on_leak", source="ERG 2024, Guide 124 [mem 90%]")
        )
    return lines


def _people(exposure: Mapping[str, Any] | None) -> list[Message]:
    if exposure is None:
        return []
    return [
        Message(code=f"advice.{action}", params=tally)
        for action, tally in exposure["by_action"].items()
        if tally["count"]
    ]


def next_to_fall(chain: Mapping[str, Any] | None) -> list[Message]:
    """Return what to cool or empty first: the vessel that fails soonest, and how many there are."""
    units = (chain or {"units": []})["units"]
    if not units:
        return []
    timed = [unit for unit in units if unit["time_to_failure_s"] is not None]
    soonest = min(timed, key=lambda unit: unit["time_to_failure_s"], default=units[0])
    minutes = soonest["time_to_failure_s"]
    params = {"count": len(units), "name": soonest["name"] or soonest["substance"]}
    if minutes is None:
        return [Message(code="advice.domino", params=params, source=DOMINO)]
    params["minutes"] = round(minutes / 60)
    return [Message(code="advice.domino_timed", params=params, source=DOMINO)]


def _arrivals(nearest: Sequence[Mapping[str, Any]]) -> list[Message]:
    lines = []
    for layer, code in (("team", "advice.first_team"), ("resource", "advice.first_hospital")):
        timed = [
            n
            for n in nearest
            if n["layer"] == layer
            and n["travel_time_s"] is not None
            and not n["inside_zone"]
            and (layer == "team" or n["kind"] == "hospital")
        ]
        if timed:
            first = timed[0]
            lines.append(
                Message(
                    code=code,
                    params={"name": first["name"], "minutes": round(first["travel_time_s"] / 60)},
                )
            )
    return lines
