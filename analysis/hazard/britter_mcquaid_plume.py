"""Continuous release of a heavy gas: Britter and McQuaid's plume (重气连续泄漏).

α = 0.2 log10(g0² Q/u⁵) gives log10(x/D) of six ratios C/C0, D = √(Q/u). Nearer than x/D = 30 the
ratio is 306/(306 + (x/D)²); a cold source is corrected by C/(C + (1 − C) T0/Ta). A top hat of half
width Lh = D + 8 lb + 2.5 (lb x²)^⅓, lb = g0 Q/u³, and height D²/(2 Lh C/C0).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.gaussian.gauss import RECEPTOR, columns, footprint, outside, warning
from analysis.hazard.physics.heavy.britter_mcquaid import PLUME_CURVES
from analysis.hazard.physics.heavy.buoyancy import BRITTER_MCQUAID, continuous_number
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
from analysis.hazard.physics.heavy.dense_plume import BritterMcQuaidPlume

__all__ = ["MODEL", "BritterMcQuaidPlume", "run"]

LASTING = 2.5  # a release is continuous at x while u T/x is at least this


def cloud(inputs: dict[str, Any], interpolation: Any = "linear") -> BritterMcQuaidPlume:
    """Return the cloud of read inputs.

    Raises
    ------
    OutOfRangeError
        The cloud is no heavier than air, or α lies past the curves.
    """
    gas = gas_of(inputs)
    found = BritterMcQuaidPlume(
        gas=gas,
        flow_m3_s=volume_of(inputs, "volume_flow_m3_s", by_mass="release_kg_s", unit="kg/s"),
        wind_speed_m_s=inputs["wind_speed_m_s"],
        duration_s=inputs["duration_s"],
        beyond=beyond_of(inputs),
        interpolation=interpolation,
    )
    check_alpha(found.alpha, found.wind_speed_m_s)
    return found


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    found = cloud(inputs, chosen.values["interpolation"])
    steps = _steps(found)
    values, warnings = footprint(found, threshold_of(inputs, found.gas))
    asked = np.array([values.get("reach_m", 0.0)])
    if receptors:
        x, y, z = columns(receptors)
        fraction = found.fraction(x, y, z)
        values["fraction"] = fraction.tolist()
        values["concentration_kg_m3"] = (found.gas.kg_m3 * fraction).tolist()
        asked = np.append(asked, x)
        warnings += outside(found, np.abs(x))
    warnings += beyond_curves(inputs, found, found.curves_end_m, min(PLUME_CURVES), asked)
    return Outcome(values=values, steps=steps, warnings=(*warnings, *_doubts(found, steps, asked)))


def _doubts(
    found: BritterMcQuaidPlume, steps: tuple[Step, ...], asked: Any
) -> tuple[dict[str, Any], ...]:
    """Return warnings where the workbook's criteria do not hold."""
    doubts = []
    number = next(s.value for s in steps if s.name == "buoyancy_number")
    if float(number) < BRITTER_MCQUAID.continuous:
        doubts.append(
            warning(
                "hazard.not_heavy",
                number=round(float(number), 3),
                limit=BRITTER_MCQUAID.continuous,
            )
        )
    farthest = float(np.max(asked))
    if found.duration_s is not None and farthest > 0.0:
        ratio = found.wind_speed_m_s * found.duration_s / farthest
        if ratio < LASTING:
            doubts.append(warning("hazard.not_continuous", ratio=round(ratio, 2), limit=LASTING))
    return tuple(doubts)


def _steps(found: BritterMcQuaidPlume) -> tuple[Step, ...]:
    number = continuous_number(
        reduced_m_s2=found.gas.reduced_m_s2,
        flow_m3_s=found.flow_m3_s,
        wind_m_s=found.wind_speed_m_s,
        width_m=found.scale_m,
    )
    rows = (
        ("volume_flow_m3_s", "Q = q/ρ0", found.flow_m3_s, "m3/s"),
        ("scale_m", "D = √(Q/u)", found.scale_m, "m"),
        ("buoyancy_number", "(g0 Q/(u³ D))^⅓", number, "1"),
        ("alpha", "α = 0.2 log10(g0² Q/u⁵)", found.alpha, "1"),
        ("buoyancy_length_m", "lb = g0 Q/u³", found.buoyancy_m, "m"),
        ("upwind_m", "Lu = D/2 + 2 lb", found.edge_m, "m"),
        ("source_half_width_m", "Lh0 = D + 8 lb", float(found.outline_m(np.array(0.0))), "m"),
    )
    knots = zip(found.decay.beta[-len(PLUME_CURVES) :], PLUME_CURVES, strict=True)
    curves = tuple(
        Step(
            name=f"x_at_ratio_{index}_m",
            equation=f"x = D 10^β, β = {beta:.4g} at C/C0 = {ratio:g}",
            value=float(found.scale_m * 10.0**beta),
            unit="m",
        )
        for index, (beta, ratio) in enumerate(knots, 1)
    )
    return (
        *gas_steps(found.gas),
        *(Step(name=n, equation=e, value=v, unit=u) for n, e, v, u in rows),
        *curves,
    )


MODEL = Model(
    name="britter_mcquaid_plume",
    version="1",
    group="dispersion",
    inputs=(
        Input(
            name="release_kg_s", unit="kg/s", symbol="q", minimum=1e-6, maximum=1e6, required=False
        ),
        Input(
            name="volume_flow_m3_s",
            unit="m3/s",
            symbol="Q",
            minimum=1e-6,
            maximum=1e6,
            required=False,
        ),
        Input(name="duration_s", unit="s", symbol="T", minimum=1.0, maximum=1e6, required=False),
        *COMMON,
    ),
    receptor_inputs=RECEPTOR,
    formula=_formula,
    coefficient_sets=SETS,
    sources=SOURCES,
    validity=VALIDITY,
)
run = MODEL.run
