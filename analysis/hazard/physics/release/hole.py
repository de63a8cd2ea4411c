"""The hole that a vessel leaks through: given by its diameter or by its area."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analysis.hazard.model import Input, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from layers.errors import InvalidInputError

HOLE = (
    Input(
        name="hole_diameter_m",
        unit="m",
        symbol="d",
        minimum=1e-5,
        maximum=5.0,
        required=False,
        typical=(1e-3, 1.0),
    ),
    Input(
        name="hole_area_m2",
        unit="m2",
        symbol="A",
        minimum=1e-10,
        maximum=20.0,
        required=False,
        typical=(7e-7, 0.8),
    ),
)
"""The two ways to give a hole; exactly one of them is needed."""

UNITS = {
    "heat_of_vaporisation_j_kg": "J/kg",
    "liquid_heat_capacity_j_kg_k": "J/(kg K)",
    "temperature_k": "K",
    "boiling_point_k": "K",
    "gamma": "1",
}

AMBIENT_PRESSURE = Input(
    name="ambient_pressure_pa",
    unit="Pa",
    symbol="Pa",
    minimum=3e4,
    maximum=1.1e5,
    default=ATMOSPHERE_PA,
)
DISCHARGE_COEFFICIENT = Input(
    name="discharge_coefficient",
    unit="1",
    symbol="Cd",
    minimum=0.1,
    maximum=1.0,
    required=False,
)


def hole_area(inputs: Mapping[str, Any]) -> Step:
    """Return the area of the hole, m².

    Raises
    ------
    InvalidInputError
        `code="input_missing"` where neither is given, `"one_of"` where both are.
    """
    diameter, area = inputs["hole_diameter_m"], inputs["hole_area_m2"]
    if diameter is None and area is None:
        raise InvalidInputError(
            "the hole is not given: wanted hole_diameter_m in m, or hole_area_m2 in m2",
            code="input_missing",
            field="hole_diameter_m",
            wanted="m",
        )
    if diameter is not None and area is not None:
        raise one_of("hole_diameter_m", "hole_area_m2")
    if area is not None:
        return Step(name="hole_area_m2", equation="A (given)", value=area, unit="m2")
    value = math.pi / 4.0 * diameter**2
    return Step(name="hole_area_m2", equation="A = π d²/4", value=value, unit="m2")


def one_of(first: str, second: str) -> InvalidInputError:
    """Return the error that two inputs say the same thing."""
    return InvalidInputError(
        f"got both {first} and {second}, wanted one of them",
        code="one_of",
        field=first,
        got=second,
        wanted=f"{first} / {second}",
    )


def needed(name: str, unit: str, because: str) -> InvalidInputError:
    """Return the error that an optional input is needed after all; `because` says why."""
    return InvalidInputError(
        f"wanted {name} in {unit}: {because}", code="input_missing", field=name, wanted=unit
    )


def asked(inputs: Mapping[str, Any], name: str, because: str) -> float:
    """Return an optional input that is needed here; refuse by its name where it is not given."""
    if inputs[name] is None:
        raise needed(name, UNITS.get(name, "1"), because)
    return float(inputs[name])


def discharge_coefficient(inputs: Mapping[str, Any], values: Mapping[str, Any]) -> Step:
    """Return the discharge coefficient: given, else that of the coefficient set."""
    given = inputs["discharge_coefficient"]
    taken = values["discharge_coefficient"] if given is None else given
    equation = "Cd (coefficient set)" if given is None else "Cd (given)"
    return Step(name="discharge_coefficient", equation=equation, value=float(taken), unit="1")
