"""What flows out through a hole while the vessel empties, run by the release models."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard import gas_release, liquid_release
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.scenario import Message, Scenario
from analysis.zones import history
from analysis.zones.facts import constant
from analysis.zones.history import History
from analysis.zones.ledger import Ledger
from layers.substances import Substance

LEAK_DIAMETER_M = {"small": 0.005, "medium": 0.025, "large": 0.100}
ASSUMED_GAS_PRESSURE_PA = 1.0e6
ASSUMED_HEAD_M = {"liquefied": 2.0, "liquid": 5.0}
VESSEL_M3 = (1e-4, 1e6)
TANK_DIAMETER_M = (0.01, 200.0)


def through_hole(
    scenario: Scenario,
    substance: Substance,
    *,
    stored_k: float,
    phase: str,
    saturation_pa: float,
    ledger: Ledger,
) -> tuple[float, History | None]:
    """Return the first rate, kg/s, and how it runs while the vessel empties (None: goes on).

    The vessel empties where the report says what it held: a gas blows down adiabatically; a tank
    stands upright with the level that is reported or assumed, its pressure held by its vapour.
    """
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
    pressure = ledger.take(
        "release.pressure_pa",
        r.pressure_pa,
        default=ASSUMED_GAS_PRESSURE_PA if phase == "gas" else saturation_pa,
        unit="Pa",
        source=None,
        reason=Message(code=f"hazard.why_{'compressed' if phase == 'gas' else 'saturation'}"),
    )
    inputs: dict[str, Any] = {"hole_diameter_m": hole, "pressure_pa": pressure}
    if phase == "gas":
        inputs |= _gas(scenario, substance, stored_k, float(pressure), ledger)
        model = gas_release.MODEL
    else:
        inputs |= _liquid(scenario, substance, phase, ledger)
        model = liquid_release.MODEL
    if r.duration_s is not None:
        inputs["duration_s"] = max(r.duration_s, 1e-3)
    rate = float(ledger.run(model, inputs)["rate_kg_s"])
    table = ledger.models[-1]["intermediates"].get("history")
    return rate, None if table is None or rate <= 0.0 else history.read(table)


def _gas(
    scenario: Scenario, substance: Substance, stored_k: float, pressure_pa: float, ledger: Ledger
) -> dict[str, Any]:
    molar_mass = constant(substance, "molar_mass", ledger).value
    inputs = {
        "temperature_k": stored_k,
        "molar_mass_kg_mol": molar_mass,
        "gamma": constant(substance, "gamma", ledger).value,
    }
    held = held_kg(scenario)
    if held is not None and pressure_pa > ATMOSPHERE_PA:
        volume = held * R_GAS * stored_k / (pressure_pa * molar_mass)
        if VESSEL_M3[0] <= volume <= VESSEL_M3[1]:
            inputs["vessel_volume_m3"] = volume
    return inputs


def _liquid(scenario: Scenario, substance: Substance, phase: str, ledger: Ledger) -> dict[str, Any]:
    level = ledger.take(
        "release.level_m",
        scenario.release.level_m,
        default=ASSUMED_HEAD_M[phase],
        unit="m",
        source=None,
        reason=Message(code="hazard.why_head"),
    )
    density = constant(substance, "liquid_density", ledger).value
    inputs = {"density_kg_m3": density}
    held = held_kg(scenario)
    if held is None or level <= 0.0:
        return {**inputs, "head_m": level}
    diameter = math.sqrt(4.0 * held / (density * math.pi * level))
    if not TANK_DIAMETER_M[0] <= diameter <= TANK_DIAMETER_M[1]:
        return {**inputs, "head_m": level, "mass_kg": held}
    return {
        **inputs,
        "tank_shape": "vertical_cylinder",
        "tank_diameter_m": diameter,
        "tank_height_m": level,
        "level_m": level,
    }


def held_kg(scenario: Scenario) -> float | None:
    """Return what the vessel held: reported, else what is said to have got out of it."""
    r = scenario.release
    held = r.inventory_kg if r.inventory_kg else r.mass_kg
    return None if held is None else float(held)
