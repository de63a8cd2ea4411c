"""Instantaneous release of a heavy gas: Britter and McQuaid's puff (重气瞬时泄漏).

α = 0.5 log10(g0 V^⅓/u²) gives log10(x/V^⅓) of seven ratios C/C0; nearer than the first the ratio is
3.24/(3.24 + (x/V^⅓)²). The cloud is a disc, R² = R0² + 1.2 t √(g0 V), its middle at 0.4 u t.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.gaussian.gauss import RECEPTOR, columns, footprint, outside, warning
from analysis.hazard.physics.heavy.britter_mcquaid import PUFF_CURVES
from analysis.hazard.physics.heavy.buoyancy import BRITTER_MCQUAID, instantaneous_number
from analysis.hazard.physics.heavy.dense_inputs import (
    COMMON,
    SETS,
    SOURCES,
    VALIDITY,
    beyond_curves,
    beyond_of,
    check_alpha,
    gas_of,
    gas_steps,
    threshold_of,
    volume_of,
)
from analysis.hazard.physics.heavy.dense_puff import BritterMcQuaidPuff
from analysis.hazard.physics.heavy.young_cloud import DRIFT

__all__ = ["MODEL", "BritterMcQuaidPuff", "run"]


def cloud(inputs: dict[str, Any], interpolation: Any = "linear") -> BritterMcQuaidPuff:
    """Return the cloud of read inputs.

    Raises
    ------
    OutOfRangeError
        The cloud is no heavier than air, or α lies past the curves.
    """
    gas = gas_of(inputs)
    found = BritterMcQuaidPuff(
        gas=gas,
        volume_m3=volume_of(inputs, "volume_m3", by_mass="mass_kg", unit="kg"),
        wind_speed_m_s=inputs["wind_speed_m_s"],
        beyond=beyond_of(inputs),
        interpolation=interpolation,
    )
    check_alpha(found.alpha, found.wind_speed_m_s)
    return found


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    found = cloud(inputs, chosen.values["interpolation"])
    time = inputs["time_s"]
    steps = _steps(found, time)
    values, warnings = footprint(found, threshold_of(inputs, found.gas))
    asked = np.array([values.get("reach_m", 0.0)])
    if receptors:
        x, y, z = columns(receptors)
        peak = found.peak(x, y, z) / found.gas.kg_m3
        values["peak_fraction"] = peak.tolist()
        values["fraction"] = peak.tolist()
        if time is not None:
            values["fraction"] = found.fraction_at(x, y, z, time).tolist()
        kg_m3 = found.gas.kg_m3 * np.array(values["fraction"])
        values["concentration_kg_m3"] = kg_m3.tolist()
        asked = np.append(asked, x)
        warnings += outside(found, np.abs(x))
    warnings += beyond_curves(inputs, found, found.curves_end_m, min(PUFF_CURVES), asked)
    number = float(next(s.value for s in steps if s.name == "buoyancy_number"))
    if number < BRITTER_MCQUAID.instantaneous:
        limit = BRITTER_MCQUAID.instantaneous
        warnings += (warning("hazard.not_heavy", number=round(number, 3), limit=limit),)
    return Outcome(values=values, steps=steps, warnings=warnings)


def _steps(found: BritterMcQuaidPuff, time_s: float | None) -> tuple[Step, ...]:
    number = instantaneous_number(
        BRITTER_MCQUAID,
        reduced_m_s2=found.gas.reduced_m_s2,
        volume_m3=found.volume_m3,
        wind_m_s=found.wind_speed_m_s,
    )
    rows = [
        ("volume_m3", "V = m/ρ0", found.volume_m3, "m3"),
        ("scale_m", "V^⅓", found.scale_m, "m"),
        ("buoyancy_number", "√(g0 V)/(u V^⅓)", number, "1"),
        ("alpha", "α = 0.5 log10(g0 V^⅓/u²)", found.alpha, "1"),
        ("first_radius_m", "R0 = (3 V/4π)^⅓", found.first_radius_m, "m"),
        ("growth_m2_s", "1.2 √(g0 V)", found.growth_m2_s, "m2/s"),
    ]
    if time_s is not None:
        middle = DRIFT * found.wind_speed_m_s * time_s
        rows += [
            ("centre_m", "xc = 0.4 u t", middle, "m"),
            ("radius_m", "R = √(R0² + 1.2 t √(g0 V))", float(found.radius_m(time_s)), "m"),
        ]
    curves = tuple(
        Step(
            name=f"x_at_ratio_{index}_m",
            equation=f"x = V^⅓ 10^β, β = {beta:.4g} at C/C0 = {ratio:g}",
            value=float(found.scale_m * 10.0**beta),
            unit="m",
        )
        for index, (beta, ratio) in enumerate(zip(found.decay.beta, PUFF_CURVES, strict=True), 1)
    )
    return (
        *gas_steps(found.gas),
        *(Step(name=n, equation=e, value=v, unit=u) for n, e, v, u in rows),
        *curves,
    )


MODEL = Model(
    name="britter_mcquaid_puff",
    version="1",
    group="dispersion",
    inputs=(
        Input(name="mass_kg", unit="kg", symbol="m", minimum=1e-6, maximum=1e9, required=False),
        Input(name="volume_m3", unit="m3", symbol="V", minimum=1e-6, maximum=1e8, required=False),
        Input(name="time_s", unit="s", symbol="t", minimum=0.0, maximum=1e6, required=False),
        *COMMON,
    ),
    receptor_inputs=RECEPTOR,
    formula=_formula,
    coefficient_sets=SETS,
    sources=SOURCES,
    validity=VALIDITY,
)
run = MODEL.run
