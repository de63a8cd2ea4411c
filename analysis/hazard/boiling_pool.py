"""A pool that boils on ground or water (沸腾液池): heat from below, less as ground cools."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.flash import BOILING_POINT, LATENT_HEAT
from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.release.ground import GROUNDS, WATER_FLUX_W_M2, conduction_coefficient
from analysis.hazard.physics.release.hole import needed, one_of
from layers.errors import OutOfRangeError

ROWS = 100


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    over = inputs["ground_temperature_k"] - inputs["boiling_point_k"]
    if over <= 0.0:
        raise OutOfRangeError(
            f"ground_temperature_k: got {inputs['ground_temperature_k']:g}, wanted more than the "
            f"boiling point {inputs['boiling_point_k']:g} K: below it a pool does not boil, "
            "see pool_evaporation",
            field="ground_temperature_k",
            got=inputs["ground_temperature_k"],
            wanted=f"> {inputs['boiling_point_k']:g} K",
        )
    area = _area(inputs)
    if "heat_flux_w_m2" in chosen.values:
        return _on_water(inputs, chosen, area)
    return _on_ground(inputs, chosen, area, over)


def _area(inputs: dict[str, Any]) -> Step:
    radius, area = inputs["pool_radius_m"], inputs["pool_area_m2"]
    if radius is not None and area is not None:
        raise one_of("pool_radius_m", "pool_area_m2")
    if area is not None:
        return Step(name="pool_area_m2", equation="A (given)", value=area, unit="m2")
    if radius is None:
        raise needed("pool_radius_m", "m", "the pool's size is not given")
    return Step(name="pool_area_m2", equation="A = π r²", value=math.pi * radius**2, unit="m2")


def _on_ground(inputs: dict[str, Any], chosen: CoefficientSet, area: Step, over: float) -> Outcome:
    k, kappa = (
        chosen.values[name] if inputs[name] is None else inputs[name]
        for name in ("ground_conductivity_w_m_k", "ground_diffusivity_m2_s")
    )
    c = conduction_coefficient(
        conductivity_w_m_k=k,
        diffusivity_m2_s=kappa,
        over_boiling_k=over,
        latent_heat_j_kg=inputs["heat_of_vaporisation_j_kg"],
    )
    t, whole = inputs["contact_time_s"], float(area.value)
    steps = [
        area,
        Step(name="ground_conductivity_w_m_k", equation="k", value=k, unit="W/(m K)"),
        Step(name="ground_diffusivity_m2_s", equation="κ", value=kappa, unit="m2/s"),
        Step(
            name="conduction_coefficient_kg_m2_s05",
            equation="C = k (Tg − Tb)/(Hv √(π κ))",
            value=c,
            unit="kg/(m2 s^0.5)",
        ),
    ]
    mass = inputs["mass_kg"]
    dry = None if mass is None else (mass / (2.0 * c * whole)) ** 2
    at = t if dry is None else min(t, dry)
    flux = c / math.sqrt(t) if dry is None or t < dry else 0.0
    equations = ("G = C/√t", "Q = G A", "m = 2 C A √t")
    return _answer(steps, whole, flux, 2.0 * c * whole * math.sqrt(at), equations, dry, inputs)


def _on_water(inputs: dict[str, Any], chosen: CoefficientSet, area: Step) -> Outcome:
    heat = inputs["water_heat_flux_w_m2"]
    heat = chosen.values["heat_flux_w_m2"] if heat is None else heat
    steady = heat / inputs["heat_of_vaporisation_j_kg"]
    t, whole, mass = inputs["contact_time_s"], float(area.value), inputs["mass_kg"]
    steps = [area, Step(name="water_heat_flux_w_m2", equation="q", value=heat, unit="W/m2")]
    dry = None if mass is None else mass / (steady * whole)
    flux = steady if dry is None or t < dry else 0.0
    at = t if dry is None else min(t, dry)
    equations = ("G = q/Hv", "Q = G A", "m = G A t")
    return _answer(steps, whole, flux, steady * whole * at, equations, dry, inputs)


def _answer(
    steps: list[Step],
    area: float,
    flux: float,
    evaporated: float,
    equations: tuple[str, str, str],
    dry_s: float | None,
    inputs: dict[str, Any],
) -> Outcome:
    rate = flux * area
    steps += [
        Step(name="flux_kg_m2_s", equation=equations[0], value=flux, unit="kg/(m2 s)"),
        Step(name="rate_kg_s", equation=equations[1], value=rate, unit="kg/s"),
        Step(name="evaporated_kg", equation=equations[2], value=evaporated, unit="kg"),
        Step(
            name="mean_rate_kg_s",
            equation="m/t",
            value=evaporated / inputs["contact_time_s"],
            unit="kg/s",
        ),
    ]
    names = ("flux_kg_m2_s", "rate_kg_s", "evaporated_kg", "mean_rate_kg_s")
    found = {step.name: step.value for step in steps}
    warnings: tuple[dict[str, Any], ...] = ()
    if dry_s is not None and dry_s <= inputs["contact_time_s"]:
        warnings = ({"code": "hazard.pool_dried", "params": {"time_s": round(dry_s, 1)}},)
    return Outcome(
        values={name: found[name] for name in names},
        steps=tuple(steps),
        intermediates={"history": _history(inputs["contact_time_s"], evaporated, dry_s, found)},
        warnings=warnings,
    )


def _history(
    until_s: float, evaporated: float, dry_s: float | None, found: dict[str, Any]
) -> dict[str, list[float]]:
    end = until_s if dry_s is None else min(until_s, dry_s)
    times = until_s * np.linspace(0.0, 1.0, ROWS + 1) ** 2
    share = np.clip(times / end, 0.0, 1.0)
    conducted = "conduction_coefficient_kg_m2_s05" in found
    total = evaporated * (np.sqrt(share) if conducted else share)
    rate = np.zeros_like(times)
    rate[1:] = np.diff(total) / np.diff(times)
    return {
        "time_s": times.tolist(),
        "rate_kg_s": rate.tolist(),
        "evaporated_kg": total.tolist(),
    }


def _sets() -> tuple[CoefficientSet, ...]:
    on_ground = (
        CoefficientSet(
            name=name,
            values={
                "ground_conductivity_w_m_k": ground.conductivity_w_m_k,
                "ground_diffusivity_m2_s": ground.diffusivity_m2_s,
            },
            source=ground.source,
            certainty=ground.certainty,
        )
        for name, ground in GROUNDS.items()
    )
    on_water = (
        CoefficientSet(
            name=f"water_{name}",
            values={"heat_flux_w_m2": flux},
            source=f"Chang, thesis, MIT 1981, abstract: {name} on water, constant flux",
            certainty="sourced",
        )
        for name, flux in WATER_FLUX_W_M2.items()
    )
    return (*on_ground, *on_water)


def _optional(name: str, unit: str, symbol: str, low: float, high: float) -> Input:
    return Input(name=name, unit=unit, symbol=symbol, minimum=low, maximum=high, required=False)


MODEL = Model(
    name="boiling_pool",
    version="1",
    group="release",
    inputs=(
        _optional("pool_radius_m", "m", "r", 0.01, 2000.0),
        _optional("pool_area_m2", "m2", "A", 1e-3, 1e7),
        Input(
            name="ground_temperature_k",
            unit="K",
            symbol="Tg",
            minimum=180.0,
            maximum=400.0,
            typical=(230.0, 340.0),
        ),
        BOILING_POINT,
        LATENT_HEAT,
        Input(
            name="contact_time_s",
            unit="s",
            symbol="t",
            minimum=0.1,
            maximum=1e6,
            typical=(1.0, 1e5),
        ),
        _optional("mass_kg", "kg", "m", 1e-6, 1e10),
        _optional("ground_conductivity_w_m_k", "W/(m K)", "k", 0.01, 10.0),
        _optional("ground_diffusivity_m2_s", "m2/s", "κ", 1e-8, 1e-4),
        _optional("water_heat_flux_w_m2", "W/m2", "q", 1e3, 5e5),
    ),
    formula=_formula,
    coefficient_sets=_sets(),
    sources=(
        "Casal, Evaluation of the Effects and Consequences of Major Accidents, eq. 2.54-2.55; "
        "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, eq. 2.38-2.39",
    ),
    validity=("ground_does_not_freeze_over",),
)
run = MODEL.run
