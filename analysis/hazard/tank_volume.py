"""How much a tank holds at a level, and the level of a quantity (储罐容积与液位)."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.release.hole import needed
from analysis.hazard.physics.release.tank import TANK_INPUTS, Tank, read_tank
from layers.errors import InvalidInputError, OutOfRangeError

_GIVEN = ("level_m", "volume_m3", "mass_kg")


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    tank = read_tank(inputs)
    level = _level(inputs, tank)
    volume = float(tank.volume_m3(level))
    steps = [
        Step(
            name="capacity_m3",
            equation=f"{tank.equation()}, h = {tank.top_m:g} m",
            value=tank.capacity_m3,
            unit="m3",
        ),
        Step(name="level_m", equation="h: V(h) = V", value=level, unit="m"),
        Step(name="volume_m3", equation=tank.equation(), value=volume, unit="m3"),
        Step(
            name="surface_area_m2",
            equation="A = dV/dh",
            value=float(tank.area_m2(level)),
            unit="m2",
        ),
        Step(name="fill_share", equation="V/Vfull", value=volume / tank.capacity_m3, unit="1"),
    ]
    if inputs["density_kg_m3"] is not None:
        mass = volume * inputs["density_kg_m3"]
        steps.append(Step(name="mass_kg", equation="m = ρ V", value=mass, unit="kg"))
    return Outcome(values={step.name: step.value for step in steps}, steps=tuple(steps))


def _level(inputs: dict[str, Any], tank: Tank) -> float:
    """Return the level given, or that of the volume or the mass given."""
    given = [name for name in _GIVEN if inputs[name] is not None]
    if len(given) != 1:
        wanted = " / ".join(_GIVEN)
        raise InvalidInputError(
            f"got {', '.join(given) or 'nothing'}, wanted one of {wanted}",
            code="one_of",
            field=_GIVEN[0],
            got=", ".join(given) or "-",
            wanted=wanted,
        )
    name = given[0]
    value = float(inputs[name])
    if name == "level_m":
        _within(name, value, tank.top_m, "m")
        return value
    per = 1.0
    if name == "mass_kg":
        if inputs["density_kg_m3"] is None:
            raise needed("density_kg_m3", "kg/m3", "a mass has a level only with a density")
        per = inputs["density_kg_m3"]
    _within(name, value, tank.capacity_m3 * per, "kg" if name == "mass_kg" else "m3")
    return tank.level_m(value / per)


def _within(field: str, value: float, most: float, unit: str) -> None:
    if value > most * (1.0 + 1e-9):
        raise OutOfRangeError(
            f"{field}: got {value:g}, the tank holds {most:g} {unit}",
            field=field,
            got=value,
            wanted=f"0 .. {most:g} {unit}",
        )


MODEL = Model(
    name="tank_volume",
    version="1",
    group="release",
    inputs=(
        *TANK_INPUTS,
        Input(name="level_m", unit="m", symbol="h", minimum=0.0, maximum=200.0, required=False),
        Input(name="volume_m3", unit="m3", symbol="V", minimum=0.0, maximum=2e7, required=False),
        Input(name="mass_kg", unit="kg", symbol="m", minimum=0.0, maximum=1e10, required=False),
        Input(
            name="density_kg_m3",
            unit="kg/m3",
            symbol="ρ",
            minimum=50.0,
            maximum=5000.0,
            required=False,
            typical=(400.0, 2000.0),
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="exact",
            values={},
            source="geometry of cylinder and spheroid",
            certainty="computed",
        ),
    ),
    sources=("geometry: circular segment, spherical cap, half spheroids as heads",),
    validity=("inner_measures",),
)
run = MODEL.run
