"""What the two Britter-McQuaid models take and say in the same way."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Step
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.gaussian.curve import CLASSES, Array
from analysis.hazard.physics.gaussian.gauss import THRESHOLD, warning
from analysis.hazard.physics.gaussian.sigma import PLUME_SETS
from analysis.hazard.physics.heavy.britter_mcquaid import ALPHA_MAX, PLUME_CURVES, PUFF_CURVES
from analysis.hazard.physics.heavy.buoyancy import air_density_kg_m3
from analysis.hazard.physics.heavy.young_cloud import Beyond, Gas
from layers.errors import InvalidInputError, OutOfRangeError

CONTINUATIONS = ("inverse_square", "gaussian")
SOURCES = (
    "Britter and McQuaid, Workbook on the Dispersion of Dense Gases, HSE CRR 17/1988",
    "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, p. 118-122"
    " (curves and example read through GasDispersion.jl)",
)
COMMON = (
    Input(
        name="density_kg_m3",
        unit="kg/m3",
        symbol="ρ0",
        minimum=0.05,
        maximum=2000.0,
        typical=(1.2, 200.0),
    ),
    Input(
        name="ambient_density_kg_m3",
        unit="kg/m3",
        symbol="ρa",
        minimum=0.5,
        maximum=2.0,
        required=False,
    ),
    Input(
        name="temperature_k", unit="K", symbol="T0", minimum=20.0, maximum=1500.0, required=False
    ),
    Input(
        name="ambient_temperature_k",
        unit="K",
        symbol="Ta",
        minimum=200.0,
        maximum=340.0,
        default=298.15,
    ),
    Input(
        name="molar_mass_kg_mol",
        unit="kg/mol",
        symbol="M",
        minimum=0.001,
        maximum=1.0,
        required=False,
    ),
    Input(name="initial_fraction", unit="1", symbol="C0", minimum=1e-6, maximum=1.0, default=1.0),
    Input(
        name="wind_speed_m_s",
        unit="m/s",
        symbol="u",
        minimum=0.1,
        maximum=60.0,
        typical=(0.5, 30.0),
    ),
    Input(name="continuation", unit="kind", choices=CONTINUATIONS, default="inverse_square"),
    Input(name="stability", unit="class", choices=CLASSES, required=False),
    Input(
        name="continuation_set",
        unit="kind",
        choices=tuple(PLUME_SETS),
        default="briggs_rural",
    ),
    THRESHOLD,
    Input(
        name="threshold_fraction", unit="1", symbol="c", minimum=1e-12, maximum=1.0, required=False
    ),
)
SETS = tuple(
    CoefficientSet(
        name=name,
        values={
            "interpolation": kind,
            "plume_ratios": list(PLUME_CURVES),
            "puff_ratios": list(PUFF_CURVES),
        },
        source=f"curves of the workbook as CCPS 1999 and TSCREEN print them; {words}",
        certainty="sourced",
    )
    for name, kind, words in (
        ("ccps", "linear", "C straight in log10(x) between two curves"),
        ("ccps_log", "log", "log C straight in log10(x) between two curves"),
    )
)
VALIDITY = ("flat_ground", "no_obstacles", "steady_wind", "ground_source", "gas_without_spray")


def volume_of(inputs: dict[str, Any], name: str, *, by_mass: str, unit: str) -> float:
    """Return the young cloud's volume or its flow as given, else from its mass; one is needed."""
    volume, mass = inputs[name], inputs[by_mass]
    if volume is not None:
        return float(volume)
    if mass is None:
        raise InvalidInputError(
            f"a Britter-McQuaid model needs {by_mass} or {name}",
            code="input_missing",
            field=by_mass,
            wanted=unit,
        )
    return float(mass / inputs["density_kg_m3"])


def gas_of(inputs: dict[str, Any]) -> Gas:
    """Return the young cloud; refuse one that is no heavier than the air.

    Without a molar mass the vapour at the air's temperature has ρ0 T0/Ta.
    """
    ambient_k = inputs["ambient_temperature_k"]
    source_k = inputs["temperature_k"] or ambient_k
    ambient = inputs["ambient_density_kg_m3"] or air_density_kg_m3(ambient_k)
    density = inputs["density_kg_m3"]
    if density <= ambient:
        raise OutOfRangeError(
            f"density_kg_m3: got {density:g}, wanted more than the air's {ambient:.4g} kg/m3",
            field="density_kg_m3",
            got=density,
            wanted=f"> {ambient:.4g} kg/m3",
        )
    molar_mass = inputs["molar_mass_kg_mol"]
    pure = density * source_k / ambient_k
    if molar_mass is not None:
        pure = ATMOSPHERE_PA * molar_mass / (R_GAS * ambient_k)
    return Gas(
        density_kg_m3=density,
        ambient_kg_m3=ambient,
        temperature_k=source_k,
        ambient_k=ambient_k,
        kg_m3=pure,
        share=inputs["initial_fraction"],
    )


def beyond_of(inputs: dict[str, Any]) -> Beyond | None:
    """Return how the cloud goes on beyond the curves; a Gaussian needs the stability."""
    if inputs["continuation"] != "gaussian":
        return None
    if inputs["stability"] is None:
        raise InvalidInputError(
            "a Gaussian continuation needs the stability class",
            code="input_missing",
            field="stability",
            wanted=", ".join(CLASSES),
        )
    return Beyond(dispersion=PLUME_SETS[inputs["continuation_set"]], stability=inputs["stability"])


def check_alpha(alpha: float, wind_m_s: float) -> None:
    """Raise OutOfRangeError past the end of the curves: the wind is too light for the weight."""
    if alpha <= ALPHA_MAX:
        return
    raise OutOfRangeError(
        f"alpha: got {alpha:.3g} at {wind_m_s:g} m/s, wanted at most {ALPHA_MAX:g}",
        field="alpha",
        got=round(alpha, 3),
        wanted=f"<= {ALPHA_MAX:g}",
    )


def threshold_of(inputs: dict[str, Any], gas: Gas) -> float | None:
    """Return the threshold in kg/m³, given so or as a volume fraction."""
    fraction = inputs["threshold_fraction"]
    given: float | None = inputs["threshold_kg_m3"]
    return given if fraction is None else float(fraction) * gas.kg_m3


def beyond_curves(
    inputs: dict[str, Any], cloud: Cloud, end_m: float, ratio: float, x_m: Array
) -> tuple[dict[str, Any], ...]:
    """Return the warning that an answer lies beyond the lowest curve, and by what it goes on."""
    if not bool((np.asarray(x_m, float) > end_m).any()):
        return ()
    kind = {"code": f"value.{inputs['continuation']}", "params": {}}
    return (
        warning("hazard.beyond_curves", limit_m=round(end_m, 1), ratio=ratio, continuation=kind),
    )


def gas_steps(gas: Gas) -> tuple[Step, ...]:
    """Return the steps of the young cloud."""
    return (
        Step(name="ambient_density_kg_m3", equation="ρa", value=gas.ambient_kg_m3, unit="kg/m3"),
        Step(
            name="reduced_gravity_m_s2",
            equation="g0 = g (ρ0 − ρa)/ρa",
            value=gas.reduced_m_s2,
            unit="m/s2",
        ),
        Step(
            name="pure_vapour_kg_m3",
            equation="ρv = P M/(R Ta), else ρ0 T0/Ta; concentration = fraction · ρv",
            value=gas.kg_m3,
            unit="kg/m3",
        ),
    )
