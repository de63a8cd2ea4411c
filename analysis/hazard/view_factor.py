"""View factor of a fire (视角系数): ball, upright cylinder, cylinder leaning in the wind.

The receiver is at ground level, `distance_m` from the point under the ball's centre or from the
middle of the pool, `bearing_deg` off the direction in which the cylinder leans.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.fire.view_factor import (
    LeaningFlame,
    cylinder_view_factors,
    sphere_view_factor,
)
from layers.errors import InvalidInputError, OutOfRangeError


def _needed(inputs: dict[str, Any], name: str) -> float:
    if inputs[name] is None:
        raise InvalidInputError(
            f"this shape needs {name} in m", code="input_missing", field=name, wanted="m"
        )
    return float(inputs[name])


def _sphere(inputs: dict[str, Any]) -> tuple[dict[str, float], tuple[Step, ...]]:
    diameter, x = inputs["diameter_m"], inputs["distance_m"]
    height = _needed(inputs, "height_m")
    vertical, facing = (
        float(
            sphere_view_factor(diameter_m=diameter, height_m=height, distance_m=x, vertical=upright)
        )
        for upright in (True, False)
    )
    flat = math.sqrt(max(facing**2 - vertical**2, 0.0))
    return (
        {"vertical_factor": vertical, "horizontal_factor": flat, "maximum_factor": facing},
        (
            Step(name="vertical_factor", equation="Fv = (D/2)² x/(x² + H²)^1.5", value=vertical,
                 unit="1"),
            Step(name="horizontal_factor", equation="Fh = (D/2)² H/(x² + H²)^1.5", value=flat,
                 unit="1"),
            Step(name="maximum_factor", equation="F = (D/2)²/(x² + H²)", value=facing, unit="1"),
        ),
    )  # fmt: skip


def _order404(inputs: dict[str, Any]) -> tuple[dict[str, float], tuple[Step, ...]]:
    diameter, x = inputs["diameter_m"], inputs["distance_m"]
    lift = _needed(inputs, "height_m") / diameter + 0.5
    found = lift / (4.0 * (lift**2 + (x / diameter) ** 2) ** 1.5)
    step = Step(
        name="maximum_factor",
        equation="Fq = (H/D + 0.5)/(4 ((H/D + 0.5)² + (x/D)²)^1.5)",
        value=found,
        unit="1",
    )
    return {"maximum_factor": found}, (step,)


def _cylinder(inputs: dict[str, Any]) -> tuple[dict[str, float], tuple[Step, ...]]:
    diameter, x = inputs["diameter_m"], inputs["distance_m"]
    length = _needed(inputs, "length_m")
    tilt, turn = math.radians(inputs["tilt_deg"]), math.radians(inputs["bearing_deg"])
    if x <= diameter / 2.0:
        raise OutOfRangeError(
            f"distance_m: got {x:g}, the receiver stands in the flame",
            field="distance_m",
            got=x,
            wanted=f"> {diameter / 2.0:g} m",
        )
    if math.sin(turn) == 0.0:
        lean = tilt * math.cos(turn)
        upright, flat = (
            float(each)
            for each in cylinder_view_factors(
                diameter_m=diameter, length_m=length, distance_m=x, tilt_rad=lean
            )
        )
        most = min(1.0, math.hypot(upright, flat))
    else:
        flame = LeaningFlame(diameter_m=diameter, length_m=length, tilt_rad=tilt, base_m=diameter)
        place = np.array(x * math.cos(turn)), np.array(x * math.sin(turn))
        most, upright, flat = (float(each) for each in flame.view_factors(*place))
    return (
        {"vertical_factor": upright, "horizontal_factor": flat, "maximum_factor": most},
        (
            Step(name="length_ratio", equation="a = 2 L/D", value=2.0 * length / diameter,
                 unit="1"),
            Step(name="distance_ratio", equation="b = 2 x/D", value=2.0 * x / diameter, unit="1"),
            Step(name="vertical_factor", equation="Fv(a, b, θ), Mudan 1984", value=upright,
                 unit="1"),
            Step(name="horizontal_factor", equation="Fh(a, b, θ), Mudan 1984", value=flat,
                 unit="1"),
            Step(name="maximum_factor", equation="F = √(Fv² + Fh²)", value=most, unit="1"),
        ),
    )  # fmt: skip


def _upright(inputs: dict[str, Any]) -> tuple[dict[str, float], tuple[Step, ...]]:
    return _cylinder({**inputs, "tilt_deg": 0.0, "bearing_deg": 0.0})


_SHAPES = {
    "tilted_cylinder": _cylinder,
    "vertical_cylinder": _upright,
    "sphere": _sphere,
    "order404_fireball": _order404,
}


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    values, steps = _SHAPES[chosen.name](inputs)
    return Outcome(values=values, steps=steps)


def _set(name: str, source: str) -> CoefficientSet:
    return CoefficientSet(name=name, values={"shape": name}, source=source, certainty="sourced")


MODEL = Model(
    name="view_factor",
    version="1",
    group="fire",
    inputs=(
        Input(name="diameter_m", unit="m", symbol="D", minimum=0.01, maximum=2000.0),
        Input(name="length_m", unit="m", symbol="L", minimum=0.01, maximum=2000.0,
              required=False),
        Input(name="height_m", unit="m", symbol="H", minimum=0.0, maximum=5000.0, required=False),
        Input(name="distance_m", unit="m", symbol="x", minimum=0.0, maximum=1e5),
        Input(name="tilt_deg", unit="deg", symbol="θ", minimum=0.0, maximum=85.0, default=0.0),
        Input(name="bearing_deg", unit="deg", symbol="φ", minimum=-180.0, maximum=360.0,
              default=0.0),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("tilted_cylinder", "Mudan 1984; SFPE Handbook, tilted cylinder"),
        _set("vertical_cylinder", "Mudan 1984 with no tilt"),
        _set("sphere", "CCPS 1994, ball over flat ground"),
        _set("order404_fireball", "Order 404 of MChS of Russia 2009, annex 3"),
    ),
    sources=("Sparrow 1963, contour integral, where the receiver is off the wind",),
)  # fmt: skip
run = MODEL.run
