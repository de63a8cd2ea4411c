"""Shares of people who die in zones, a column a target, each as a range by two named sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis import effect_curve
from analysis.hazard.physics.effect.probits import PROBITS, Probit, of_substance
from analysis.hazard.physics.effect.shelter import step_loads
from analysis.hazard.physics.effect.toxic_dose import mg_m3_per_ppm
from analysis.protective_action import AIR_CHANGES_PER_H
from analysis.scenario import Message, Scenario, Zone, ZoneSet

Array = npt.NDArray[np.float64]
Member = tuple[Mapping[str, Any], Zone]
"""A target as in an exposure, and the worst zone that it is in."""

HEAT_SETS = ("eisenberg", "tsao_perry")
ESCAPE_S = 20.0
ESCAPE_SOURCE = "Purple Book CPR 18E (1999) section 5.2: exposure to heat at most 20 s [mem 90%]"
BUILDING_BURNS_KW_M2 = 35.0
BURNS_SOURCE = "Purple Book CPR 18E (1999) section 5.2: indoors safe below 35 kW/m2 [mem 90%]"
BLAST_SET = "hse"
BLAST_RULE_KPA = ((30.0, 1.0, 1.0), (10.0, 0.0, 0.025))
BLAST_RULE_SOURCE = (
    "Purple Book CPR 18E (1999) section 5.2: all die from 30 kPa on; 10 to 30 kPa 2.5 % of those "
    "indoors [mem 90%]"
)
STAY_MIN = {"low": 10.0, "central": 30.0, "high": 60.0}
"""Minutes in a toxic cloud that lasts longer: early escape, the usual cap of a risk study, an hour.
Planning values of ours, shown as assumed."""


NEAREST_SLOPE = -2.0
"""Concentration goes as distance to this power inside the strongest zone: a plume that widens in
both directions thins no faster, so that nobody is put into too thin a cloud."""


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Shares of people who die, a column a target: rows are the sets, low and high bounds."""

    sets: tuple[str, ...]
    low: Array
    central: Array
    high: Array


def shares(
    hazard: str,
    scenario: Scenario,
    zone_set: ZoneSet,
    members: Sequence[Member],
    *,
    indoors: float,
) -> Shares | Message:
    """Return the shares that die of one hazard, or why none can be told."""
    if hazard == "toxic":
        return _toxic(scenario, zone_set, members, indoors)
    if hazard == "flammable":
        return _flash(members, indoors)
    if hazard in effect_curve.LADDERS:
        strongest = _strength(hazard, zone_set, members)
        if strongest is None:
            return Message(code="casualties.no_curve", params=_named(hazard))
        level, duration = strongest
        return _heat(level, duration, indoors) if hazard == "thermal" else _blast(level, indoors)
    if hazard == "table":
        return Message(code="casualties.table_only")
    return Message(code="casualties.no_model", params=_named(hazard))


def _named(hazard: str) -> dict[str, object]:
    """Return a hazard as a parameter that is told in the reader's words."""
    return {"hazard": {"code": f"hazard.{hazard}", "params": {}}}


def _strength(
    hazard: str, zone_set: ZoneSet, members: Sequence[Member]
) -> tuple[Array, float] | None:
    """Return the strongest effect at each target, and how long it lasts, s."""
    found = [c for c in effect_curve.curves(zone_set) if c.hazard == hazard]
    if not found:
        return None
    distance = np.array([target["distance_m"] for target, _ in members])
    strength = np.max(np.stack([curve.at(distance) for curve in found]), axis=0)
    lasting = [curve.duration_s for curve in found if curve.duration_s is not None]
    return strength, min([ESCAPE_S, *lasting])


def _spread(shares: Sequence[Array], sets: tuple[str, ...]) -> Shares:
    stacked = np.stack(shares)
    return Shares(
        sets=sets, low=stacked.min(axis=0), central=stacked.mean(axis=0), high=stacked.max(axis=0)
    )


def _heat(flux_kw_m2: Array, seconds: float, indoors: float) -> Shares:
    """Return who dies of heat: outdoors by two probits, indoors where the building burns."""
    dose = seconds * (flux_kw_m2 * 1000.0) ** (4.0 / 3.0)
    burns = flux_kw_m2 >= BUILDING_BURNS_KW_M2
    shares = []
    for name in HEAT_SETS:
        outside = np.where(dose > 0.0, PROBITS[name].share(np.maximum(dose, 1e-300)), 0.0)
        outside = np.where(burns, 1.0, outside)
        shares.append((1.0 - indoors) * outside + indoors * burns)
    return _spread(shares, HEAT_SETS)


def _blast(overpressure_kpa: Array, indoors: float) -> Shares:
    """Return who dies of blast: by the HSE probit, and by the steps of the Purple Book."""
    probit = PROBITS[BLAST_SET]
    by_probit = np.where(
        overpressure_kpa > 0.0,
        probit.share(np.maximum(overpressure_kpa * 1000.0 / probit.pressure_unit_pa, 1e-300)),
        0.0,
    )
    outside, inside = np.zeros_like(overpressure_kpa), np.zeros_like(overpressure_kpa)
    for bound, out_share, in_share in reversed(BLAST_RULE_KPA):
        outside = np.where(overpressure_kpa >= bound, out_share, outside)
        inside = np.where(overpressure_kpa >= bound, in_share, inside)
    by_rule = (1.0 - indoors) * outside + indoors * inside
    return _spread([by_probit, by_rule], (BLAST_SET, "purple_book_blast"))


def _flash(members: Sequence[Member], indoors: float) -> Shares:
    """Return who dies in a flash fire: outdoors all within the LFL, indoors none or all."""
    burnt = np.array([1.0 if zone.level == "red" else 0.0 for _, zone in members])
    return Shares(
        sets=(), low=burnt * (1.0 - indoors), central=burnt * (1.0 - indoors / 2.0), high=burnt
    )


def _toxic(
    scenario: Scenario,
    zone_set: ZoneSet,
    members: Sequence[Member],
    indoors: float,
) -> Shares | Message:
    substance = scenario.substance
    probits = of_substance(substance.cas)[:2] if substance is not None else ()
    if substance is None or not probits:
        return Message(code="casualties.no_probit")
    per_ppm = mg_m3_per_ppm(
        molar_mass_kg_mol=substance.constant("molar_mass").value, temperature_k=298.15
    )
    edge, axis = _concentrations(zone_set.zones, members, per_ppm)
    bounds = {"low": edge, "central": np.sqrt(edge * axis), "high": axis}
    passage = np.array([t["passage_s"] or np.inf for t, _ in members]) / 60.0
    shares = {
        which: np.stack(
            [
                _dying(probit, c / (1.0 if probit.unit == "mg/m3" else per_ppm), indoors,
                       np.minimum(passage, STAY_MIN[which]))
                for probit in probits
            ]
        )
        for which, c in bounds.items()
    }  # fmt: skip
    return Shares(
        sets=tuple(probit.name for probit in probits),
        low=shares["low"].min(axis=0),
        central=shares["central"].mean(axis=0),
        high=shares["high"].max(axis=0),
    )


def _concentrations(
    zones: Sequence[Zone],
    members: Sequence[Member],
    per_ppm: float,
) -> tuple[Array, Array]:
    """Return the least and the most that a target can see, mg/m³.

    The least is the threshold of its zone. The most is what the axis has at its distance: a
    straight line in logarithms through the reaches of the zones' thresholds. Nearer than the
    strongest zone's reach no threshold is drawn: there it rises by `NEAREST_SLOPE`, which is told.
    """
    # Where zones are cut at one distance, the strongest of them is what is known there.
    known: dict[float, float] = {}
    for zone in zones:
        if zone.hazard == "toxic" and zone.basis == "model" and zone.threshold:
            reached, value = round(zone.distance_m, 0), _mg_m3(zone, per_ppm)
            known[reached] = max(known.get(reached, 0.0), value)
    drawn = sorted(known.items())
    reach = np.log([max(distance, 1.0) for distance, _ in drawn])
    level = np.log([value for _, value in drawn])
    edge = np.array([_mg_m3(zone, per_ppm) for _, zone in members])
    at = np.log(np.maximum([target["distance_m"] for target, _ in members], 1.0))
    nearer = level[0] + NEAREST_SLOPE * (at - reach[0])
    axis = np.exp(np.where(at < reach[0], nearer, np.interp(at, reach, level)))
    return edge, np.maximum(axis, edge)


def _mg_m3(zone: Zone, per_ppm: float) -> float:
    value = zone.threshold or 0.0
    return value * per_ppm if zone.unit == "ppm" else value


def _dying(probit: Probit, concentration: Array, indoors: float, minutes: Array) -> Array:
    """Return the share that dies of a concentration that lasts some minutes, in and outdoors."""
    assert probit.n is not None
    outside = concentration**probit.n * minutes
    inside = step_loads(
        concentration=concentration,
        arrival_s=0.0,
        passed_s=minutes * 60.0,
        air_changes_per_h=AIR_CHANGES_PER_H,
        exponent=probit.n,
        inside_until_s=minutes * 60.0,
    )
    deaths: Array = (1.0 - indoors) * probit.share(np.maximum(outside, 1e-300)) + (
        indoors * probit.share(np.maximum(inside, 1e-300))
    )
    return deaths
