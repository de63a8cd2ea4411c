"""A vessel that bursts (容器破裂): all of it at once, and the cloud before it mixes."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.flash import (
    BOILING_POINT,
    FORM,
    HEAT_CAPACITY,
    LATENT_HEAT,
    RULE_SETS,
    STORED,
    split_steps,
)
from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import R_GAS
from analysis.hazard.physics.release.flashing import mixture_density
from analysis.hazard.physics.release.hole import AMBIENT_PRESSURE, needed

_LIQUID = ("boiling_point_k", "liquid_heat_capacity_j_kg_k", "heat_of_vaporisation_j_kg")


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    if inputs["content"] == "gas":
        return _gas(inputs)
    for name in (*_LIQUID, "liquid_density_kg_m3"):
        if inputs[name] is None:
            raise needed(name, _UNITS[name], "a liquefied content flashes by it")
    mass = inputs["mass_kg"]
    shares, warnings = split_steps(inputs, chosen)
    share = {step.name: float(step.value) for step in shares}
    boiling = min(inputs["boiling_point_k"], inputs["temperature_k"])
    vapour = inputs["ambient_pressure_pa"] * inputs["molar_mass_kg_mol"] / (R_GAS * boiling)
    cloud = mass * share["airborne_fraction"]
    masses = (
        Step(
            name="mass_flashed_kg", equation="m f", value=mass * share["flash_fraction"], unit="kg"
        ),
        Step(
            name="mass_aerosol_kg",
            equation="m (airborne − f)",
            value=mass * share["aerosol_fraction"],
            unit="kg",
        ),
        Step(
            name="mass_pool_kg",
            equation="m (1 − airborne)",
            value=mass * share["rainout_fraction"],
            unit="kg",
        ),
        Step(name="cloud_mass_kg", equation="m airborne", value=cloud, unit="kg"),
    )
    steps = (*shares, *masses)
    if cloud == 0.0:
        names = (step.name for step in masses)
        found = {step.name: step.value for step in masses}
        return Outcome(values={n: found[n] for n in names}, steps=steps, warnings=warnings)
    density = mixture_density(
        vapour_share=share["flash_fraction"] / share["airborne_fraction"],
        vapour_kg_m3=vapour,
        liquid_kg_m3=inputs["liquid_density_kg_m3"],
    )
    young = (
        Step(name="vapour_density_kg_m3", equation="ρ1 = Pa M/(R Tb)", value=vapour, unit="kg/m3"),
        *_cloud(cloud, density, boiling, "1/ρ = x/ρ1 + (1 − x)/ρ2, x = f/airborne", "T = Tb"),
    )
    values = {step.name: step.value for step in (*masses, *young[1:])}
    values["liquid_fraction"] = share["aerosol_fraction"] / share["airborne_fraction"]
    return Outcome(values=values, steps=(*steps, *young), warnings=warnings)


def _gas(inputs: dict[str, Any]) -> Outcome:
    """Return a compressed gas that expands to the air's pressure without mixing."""
    pressure, gamma = inputs["pressure_pa"], inputs["gamma"]
    for name, unit in (("pressure_pa", "Pa"), ("gamma", "1")):
        if inputs[name] is None:
            raise needed(name, unit, "a compressed gas cools by it")
    ratio = min(1.0, inputs["ambient_pressure_pa"] / pressure)
    cold = inputs["temperature_k"] * ratio ** ((gamma - 1.0) / gamma)
    density = inputs["ambient_pressure_pa"] * inputs["molar_mass_kg_mol"] / (R_GAS * cold)
    mass = inputs["mass_kg"]
    steps = (
        Step(name="cloud_mass_kg", equation="m", value=mass, unit="kg"),
        *_cloud(mass, density, cold, "ρ = Pa M/(R T)", "T = T0 (Pa/P)^((k−1)/k)"),
    )
    values: dict[str, Any] = {step.name: step.value for step in steps}
    return Outcome(values=values | {"liquid_fraction": 0.0}, steps=steps)


def _cloud(
    mass: float, density: float, temperature: float, by_density: str, by_temperature: str
) -> tuple[Step, ...]:
    volume = mass / density
    radius = (1.5 * volume / math.pi) ** (1.0 / 3.0)
    return (
        Step(name="cloud_temperature_k", equation=by_temperature, value=temperature, unit="K"),
        Step(name="cloud_density_kg_m3", equation=by_density, value=density, unit="kg/m3"),
        Step(name="cloud_volume_m3", equation="V = m/ρ", value=volume, unit="m3"),
        Step(
            name="cloud_radius_m", equation="half ball: r = (3V/2π)^(1/3)", value=radius, unit="m"
        ),
    )


_UNITS = {
    "boiling_point_k": "K",
    "liquid_heat_capacity_j_kg_k": "J/(kg K)",
    "heat_of_vaporisation_j_kg": "J/kg",
    "liquid_density_kg_m3": "kg/m3",
}


def _may_lack(each: Input) -> Input:
    return Input(**{**vars(each), "required": False})


MODEL = Model(
    name="vessel_rupture",
    version="1",
    group="release",
    inputs=(
        Input(
            name="mass_kg",
            unit="kg",
            symbol="m",
            minimum=1e-3,
            maximum=1e9,
            typical=(0.1, 1e8),
        ),
        Input(name="content", unit="word", choices=("liquefied", "gas"), default="liquefied"),
        STORED,
        Input(
            name="molar_mass_kg_mol",
            unit="kg/mol",
            symbol="M",
            minimum=0.001,
            maximum=1.0,
            typical=(0.002, 0.4),
        ),
        _may_lack(BOILING_POINT),
        _may_lack(HEAT_CAPACITY),
        _may_lack(LATENT_HEAT),
        FORM,
        Input(
            name="liquid_density_kg_m3",
            unit="kg/m3",
            symbol="ρ2",
            minimum=50.0,
            maximum=5000.0,
            required=False,
            typical=(300.0, 2000.0),
        ),
        Input(
            name="pressure_pa",
            unit="Pa absolute",
            symbol="P",
            minimum=1e4,
            maximum=1e8,
            required=False,
            typical=(1e5, 5e7),
        ),
        Input(name="gamma", unit="1", symbol="k", minimum=1.01, maximum=1.7, required=False),
        AMBIENT_PRESSURE,
    ),
    formula=_formula,
    coefficient_sets=RULE_SETS,
    sources=(
        "HJ 169-2018 annex F (flash); perfect gas, isentropic expansion to the air's pressure",
    ),
    validity=("before_mixing", "constant_heats"),
)
run = MODEL.run
