"""Sadovsky's form of the blast of TNT (萨多夫斯基公式): ΔP = c1 W^p/R + c2 W^2p/R² + c3 W/R³."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.reach import Array, reach_of
from layers.errors import OutOfRangeError

NEAREST_Z, FARTHEST_Z = 0.5, 100.0


def overpressure_kpa(chosen: CoefficientSet, distance_m: Array | float, tnt_kg: float) -> Array:
    """Return the overpressure, kPa, of W kg of TNT at distances in m."""
    r, power = np.asarray(distance_m, float), chosen.values["power"]
    c1, c2, c3 = chosen.values["c_kpa"]
    return np.asarray(
        c1 * tnt_kg**power / r + c2 * tnt_kg ** (2.0 * power) / r**2 + c3 * tnt_kg / r**3
    )


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    tnt = inputs["tnt_kg"]
    cube = tnt ** (1.0 / 3.0)
    values: dict[str, Any] = {}
    steps = [Step(name="cube_root", equation="W^(1/3)", value=cube, unit="kg^(1/3)")]
    level = inputs["threshold_kpa"]
    if level is not None:
        reach = _reach(chosen, tnt, cube, level)
        values["reach_m"] = reach
        steps.append(
            Step(name="reach_m", equation=chosen.values["equation"], value=reach, unit="m")
        )
    if receptors:
        values["receptors"] = [_at(chosen, tnt, cube, p["distance_m"]) for p in receptors]
    return Outcome(values=values, steps=tuple(steps))


def _reach(chosen: CoefficientSet, tnt: float, cube: float, level: float) -> float:
    near, far = NEAREST_Z * cube, FARTHEST_Z * cube
    ends = overpressure_kpa(chosen, np.array([near, far]), tnt)
    if not ends[1] <= level <= ends[0]:
        wanted = f"{ends[1]:.3g} .. {ends[0]:.4g} kPa"
        raise OutOfRangeError(
            f"threshold_kpa: got {level:g}, wanted {wanted}",
            field="threshold_kpa",
            got=level,
            wanted=wanted,
        )
    found = reach_of(
        lambda r: overpressure_kpa(chosen, r, tnt), level, nearest_m=near, farthest_m=far
    )
    return near if found is None else found


def _at(
    chosen: CoefficientSet, tnt: float, cube: float, distance: float
) -> dict[str, float | None]:
    z = distance / cube
    if not NEAREST_Z <= z <= FARTHEST_Z:
        wanted = f"{NEAREST_Z * cube:.3g} .. {FARTHEST_Z * cube:.4g} m"
        raise OutOfRangeError(
            f"distance_m: got {distance:g}, wanted {wanted}",
            field="distance_m",
            got=distance,
            wanted=wanted,
        )
    impulse = chosen.values["impulse_pa_s"]
    return {
        "scaled_distance": z,
        "incident_kpa": float(overpressure_kpa(chosen, distance, tnt)),
        "impulse_pa_s": None if impulse is None else impulse * tnt**0.66 / distance,
    }


def _set(
    name: str, equation: str, source: str, certainty: str, *, c_kpa: tuple[float, float, float],
    power: float = 1.0 / 3.0, impulse_pa_s: float | None = None, burst: str = "spherical",
) -> CoefficientSet:  # fmt: skip
    values = {
        "equation": equation, "c_kpa": list(c_kpa), "power": power,
        "impulse_pa_s": impulse_pa_s, "burst": burst,
    }  # fmt: skip
    return CoefficientSet(name=name, values=values, source=source, certainty=certainty)


MODEL = Model(
    name="sadovsky",
    version="1",
    group="explosion",
    inputs=(
        Input(name="tnt_kg", unit="kg", symbol="W", minimum=0.01, maximum=1e9),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=30_000.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="R", minimum=0.01, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("gbt37243", "ΔP = 84 W^⅓/R + 270 W^⅔/R² + 700 W/R³",
             "GB/T 37243-2019: 0.084, 0.27, 0.7 MPa, free air", "mem 80%",
             c_kpa=(84.0, 270.0, 700.0)),
        _set("order404", "ΔP = 101.3 (0.8 W^0.33/R + 3 W^0.66/R² + 5 W/R³), i = 123 W^0.66/R",
             "SP 12.13130.2009 of Russia, annex", "sourced",
             c_kpa=(81.04, 303.9, 506.5), power=0.33, impulse_pa_s=123.0),
        _set("casal", "ΔP = 100 (1/Z + 4/Z² + 12/Z³), Z = R/W^⅓",
             "Casal, Evaluation of the Effects and Consequences of Major Accidents, ch. 4",
             "sourced", c_kpa=(100.0, 400.0, 1200.0), burst="hemispherical"),
        _set("ground", "ΔP = 106 W^⅓/R + 430 W^⅔/R² + 1400 W/R³",
             "Sadovsky 1952, surface burst, Chinese blasting practice", "mem 85%",
             c_kpa=(106.0, 430.0, 1400.0), burst="hemispherical"),
    ),
    sources=("Sadovsky 1952, form of the equation",),
    validity=("flat_ground", "no_shielding"),
)  # fmt: skip
run = MODEL.run
