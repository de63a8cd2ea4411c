"""What leaves a vessel: how it is kept, through what it flows, how fast and for how long.

What the report leaves out is assumed by the rules below, and every assumption is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.scenario import Message, Scenario
from analysis.zones import history
from analysis.zones.facts import ambient_temperature_k, constant, vapour_pressure_pa
from analysis.zones.history import History
from analysis.zones.hole_flow import LEAK_DIAMETER_M, held_kg, through_hole
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError
from layers.substances import Substance

__all__ = [
    "LEAK_DIAMETER_M",
    "WORST_CASE_S",
    "Outflow",
    "Phase",
    "ambient_temperature_k",
    "constant",
    "find",
    "quantities_given",
    "vapour_pressure_pa",
]

WORST_CASE_S = 600.0  # EPA 40 CFR 68.25: the whole quantity in 10 minutes
COMPRESSED_OVER_PA = 6.0e6  # a saturation pressure above this means: kept as compressed gas
MOST_PA = 1e8

Phase = Literal["gas", "liquefied", "liquid"]


@dataclass(frozen=True, kw_only=True)
class Outflow:
    """What leaves the vessel, as what, from how warm.

    `rate_kg_s` is the first and highest rate; `duration_s` and `history` None: it goes on.
    `burst_kg` is what a vessel that bursts lets out at once, else None.
    """

    rate_kg_s: float
    duration_s: float | None
    phase: Phase
    stored_k: float
    history: History | None = None
    burst_kg: float | None = None


def find(scenario: Scenario, substance: Substance, ledger: Ledger) -> Outflow:
    """Return the outflow of a release.

    Raises
    ------
    InvalidInputError
        `code="constant_unknown"`: the tables lack a constant that the outflow needs;
        `"no_outflow"`: at its pressure and level nothing leaves the vessel.
    """
    scenario = _with_rupture_mass(scenario, ledger)
    stored_k = _storage_temperature(scenario, substance, ledger)
    phase = _phase(scenario, substance, stored_k, ledger)
    rate, course = _outflow(scenario, substance, stored_k, phase, ledger)
    if rate <= 0.0:
        raise InvalidInputError(
            f"{substance.name_en}: nothing leaves the vessel at this pressure and level",
            code="no_outflow",
            name_zh=substance.name_zh,
            name_en=substance.name_en,
        )
    burst = scenario.release.leak == "rupture" and scenario.release.rate_kg_s is None
    return Outflow(
        rate_kg_s=rate,
        duration_s=None if course is None else course.ends_s,
        phase=phase,
        stored_k=stored_k,
        history=course,
        burst_kg=scenario.release.mass_kg if burst else None,
    )


def quantities_given(scenario: Scenario) -> bool:
    """Say whether the report holds anything that a source can be computed from."""
    r = scenario.release
    if r.leak == "rupture":
        return any(v is not None for v in (r.mass_kg, r.inventory_kg, r.rate_kg_s))
    return any(v is not None for v in (r.leak, r.mass_kg, r.rate_kg_s, r.hole_diameter_m))


def _with_rupture_mass(scenario: Scenario, ledger: Ledger) -> Scenario:
    """Return the scenario with the mass bounded by the inventory; a rupture releases it all."""
    release = scenario.release
    mass, held = release.mass_kg, release.inventory_kg
    if held is not None:
        ledger.note("release.inventory_kg", held, unit="kg", tag="reported", source=None)
        if mass is None and release.leak == "rupture":
            mass = held
        elif mass is not None and mass > held:
            ledger.warn("hazard.mass_over_inventory", mass_kg=mass, inventory_kg=held)
            held = mass
    if mass is not None:
        ledger.note("release.mass_kg", mass, unit="kg", tag="reported", source=None)
    return replace(scenario, release=replace(release, mass_kg=mass, inventory_kg=held))


def _storage_temperature(scenario: Scenario, substance: Substance, ledger: Ledger) -> float:
    given = scenario.release.temperature_k
    cold = substance.constants.get("storage_temperature")
    default = cold.value if cold else ambient_temperature_k(scenario, ledger)
    taken = ledger.take(
        "release.temperature_k",
        given,
        default=default,
        unit="K",
        source=cold.source if cold else None,
        reason=Message(code=f"hazard.why_{'refrigerated' if cold else 'ambient'}"),
    )
    return float(taken)


def _phase(scenario: Scenario, substance: Substance, stored_k: float, ledger: Ledger) -> Phase:
    boiling = constant(substance, "boiling_point", ledger).value
    if boiling > stored_k + 0.5:
        phase: Phase = "liquid"
    else:
        saturation = vapour_pressure_pa(substance, stored_k)
        pressure = scenario.release.pressure_pa
        below = pressure is not None and pressure < 0.9 * min(saturation, 1e7)
        phase = "gas" if below or saturation > COMPRESSED_OVER_PA else "liquefied"
    ledger.note(
        "release.phase",
        phase,
        unit=None,
        tag="assumed",
        source=None,
        reason=Message(
            code="hazard.why_phase",
            params={"boiling_point_k": round(boiling, 1), "temperature_k": round(stored_k, 1)},
        ),
    )
    return phase


def _outflow(
    scenario: Scenario, substance: Substance, stored_k: float, phase: Phase, ledger: Ledger
) -> tuple[float, History | None]:
    """Return the first rate that leaves the vessel, kg/s, and its course (None: goes on)."""
    r = scenario.release
    course: History | None = None
    if r.rate_kg_s is not None:
        ledger.note("release.rate_kg_s", r.rate_kg_s, unit="kg/s", tag="reported", source=None)
        rate = r.rate_kg_s
    elif r.mass_kg is not None and r.hole_diameter_m is None and r.leak in (None, "rupture"):
        duration = ledger.take(
            "release.duration_s",
            r.duration_s,
            default=WORST_CASE_S,
            unit="s",
            source="40 CFR 68.25(c)",
            reason=Message(code="hazard.why_ten_minutes"),
        )
        return r.mass_kg / duration, history.steady(r.mass_kg / duration, float(duration))
    else:
        saturation = ATMOSPHERE_PA
        if phase == "liquefied":
            saturation = max(vapour_pressure_pa(substance, stored_k), ATMOSPHERE_PA)
        rate, course = through_hole(
            scenario,
            substance,
            stored_k=stored_k,
            phase=phase,
            saturation_pa=min(saturation, MOST_PA),
            ledger=ledger,
        )
    if r.duration_s is not None:
        ledger.note("release.duration_s", r.duration_s, unit="s", tag="reported", source=None)
    if course is None and rate > 0.0:
        held = r.mass_kg if r.mass_kg is not None else held_kg(scenario)
        emptied = None if not held else held / rate
        known = [t for t in (r.duration_s, emptied) if t is not None]
        course = history.steady(rate, min(known)) if known else None
    if course is not None and r.mass_kg is not None:
        course = history.cut(course, mass_kg=r.mass_kg)
    return rate, course
