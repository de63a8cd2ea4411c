"""What leaves a vessel: how it is kept, through what it flows, how fast and for how long.

What the report leaves out is assumed by the rules below, and every assumption is recorded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from analysis.hazard import gas_release, liquid_release
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.scenario import Message, Scenario
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError
from layers.substances import Constant, Substance

LEAK_DIAMETER_M = {"small": 0.005, "medium": 0.025, "large": 0.100}
WORST_CASE_S = 600.0  # EPA 40 CFR 68.25: the whole quantity in 10 minutes
COMPRESSED_OVER_PA = 6.0e6  # a saturation pressure above this means: kept as compressed gas
ASSUMED_GAS_PRESSURE_PA = 1.0e6
ASSUMED_HEAD_M = {"liquefied": 2.0, "liquid": 5.0}

Phase = Literal["gas", "liquefied", "liquid"]


@dataclass(frozen=True, kw_only=True)
class Outflow:
    """What leaves the vessel: kg/s over a time (None: goes on), as what, from how warm."""

    rate_kg_s: float
    duration_s: float | None
    phase: Phase
    stored_k: float


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
    rate, duration = _outflow(scenario, substance, stored_k, phase, ledger)
    if rate <= 0.0:
        raise InvalidInputError(
            f"{substance.name_en}: nothing leaves the vessel at this pressure and level",
            code="no_outflow",
            name_zh=substance.name_zh,
            name_en=substance.name_en,
        )
    return Outflow(rate_kg_s=rate, duration_s=duration, phase=phase, stored_k=stored_k)


def quantities_given(scenario: Scenario) -> bool:
    """Say whether the report holds anything that a source can be computed from."""
    r = scenario.release
    if r.leak == "rupture":
        return any(v is not None for v in (r.mass_kg, r.inventory_kg, r.rate_kg_s))
    return any(v is not None for v in (r.leak, r.mass_kg, r.rate_kg_s, r.hole_diameter_m))


def ambient_temperature_k(scenario: Scenario, ledger: Ledger) -> float:
    """Return the air's temperature; unknown is 25 °C (HJ 169-2018)."""
    celsius = ledger.take(
        "weather.temperature_c",
        scenario.weather.temperature_c,
        default=25.0,
        unit="degC",
        source="HJ 169-2018 [mem 95%]",
        reason=Message(code="hazard.why_unfavourable_weather"),
    )
    return float(celsius) + 273.15


def vapour_pressure_pa(substance: Substance, temperature_k: float) -> float:
    """Return the vapour pressure: Antoine, else Clausius-Clapeyron from the boiling point."""
    if "antoine_a" in substance.constants:
        a, b, c = (substance.constant(f"antoine_{n}").value for n in "abc")
        return float(10.0 ** (a - b / max(temperature_k + c, 1.0)))
    boiling = substance.constant("boiling_point").value
    latent = substance.constant("heat_of_vaporisation").value
    latent *= substance.constant("molar_mass").value
    return ATMOSPHERE_PA * math.exp(latent / R_GAS * (1.0 / boiling - 1.0 / temperature_k))


def constant(substance: Substance, name: str, ledger: Ledger) -> Constant:
    """Return a constant and record it with its source and certainty."""
    found = substance.constant(name)
    ledger.note(
        f"substance.{name}",
        found.value,
        unit=found.unit,
        tag="assumed" if found.certainty.startswith("mem") else "reported",
        source=f"{found.source} [{found.certainty}]",
    )
    return found


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
    if mass is not None:
        ledger.note("release.mass_kg", mass, unit="kg", tag="reported", source=None)
    return replace(scenario, release=replace(release, mass_kg=mass))


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
) -> tuple[float, float | None]:
    """Return what leaves the vessel, kg/s, and for how long (None: goes on)."""
    r = scenario.release
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
        return r.mass_kg / duration, float(duration)
    else:
        rate = _through_hole(scenario, substance, stored_k, phase, ledger)
    held = r.mass_kg if r.mass_kg is not None else r.inventory_kg
    emptied = held / rate if held is not None and rate > 0 else None
    known = [t for t in (r.duration_s, emptied) if t is not None]
    if r.duration_s is not None:
        ledger.note("release.duration_s", r.duration_s, unit="s", tag="reported", source=None)
    return rate, min(known) if known else None


def _through_hole(
    scenario: Scenario, substance: Substance, stored_k: float, phase: Phase, ledger: Ledger
) -> float:
    r = scenario.release
    leak = r.leak if r.leak is not None and r.leak in LEAK_DIAMETER_M else "large"
    hole = ledger.take(
        "release.hole_diameter_m",
        r.hole_diameter_m,
        default=LEAK_DIAMETER_M[leak],
        unit="m",
        source=None,
        reason=Message(code="hazard.why_leak", params={"leak": {"code": f"report.leak.{leak}"}}),
    )
    if phase == "gas":
        return _gas_flow(scenario, substance, stored_k, hole, ledger)
    saturation = ATMOSPHERE_PA
    if phase == "liquefied":
        saturation = max(vapour_pressure_pa(substance, stored_k), ATMOSPHERE_PA)
    pressure = ledger.take(
        "release.pressure_pa",
        r.pressure_pa,
        default=saturation,
        unit="Pa",
        source=None,
        reason=Message(code="hazard.why_saturation"),
    )
    head = ledger.take(
        "release.level_m",
        r.level_m,
        default=ASSUMED_HEAD_M[phase],
        unit="m",
        source=None,
        reason=Message(code="hazard.why_head"),
    )
    inputs = {
        "hole_diameter_m": hole,
        "pressure_pa": pressure,
        "density_kg_m3": constant(substance, "liquid_density", ledger).value,
        "head_m": head,
    }
    return float(ledger.run(liquid_release.MODEL, inputs)["rate_kg_s"])


def _gas_flow(
    scenario: Scenario, substance: Substance, stored_k: float, hole: float, ledger: Ledger
) -> float:
    pressure = ledger.take(
        "release.pressure_pa",
        scenario.release.pressure_pa,
        default=ASSUMED_GAS_PRESSURE_PA,
        unit="Pa",
        source=None,
        reason=Message(code="hazard.why_compressed"),
    )
    inputs = {
        "hole_diameter_m": hole,
        "pressure_pa": pressure,
        "temperature_k": stored_k,
        "molar_mass_kg_mol": constant(substance, "molar_mass", ledger).value,
        "gamma": constant(substance, "gamma", ledger).value,
    }
    return float(ledger.run(gas_release.MODEL, inputs)["rate_kg_s"])
