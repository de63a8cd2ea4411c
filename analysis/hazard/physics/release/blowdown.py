"""Blow-down of a gas vessel through a hole: perfect gas, heat or temperature kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.hazard.physics.release.emptying import emptying
from analysis.hazard.physics.release.orifice import gas_flux

Array = npt.NDArray[np.float64]
ROWS = 100


@dataclass(frozen=True, kw_only=True)
class Course:
    """The course of a blow-down: arrays of one length."""

    time_s: Array
    mass_kg: Array
    rate_kg_s: Array
    pressure_pa: Array
    temperature_k: Array

    def table(self) -> dict[str, list[float]]:
        """Return the course as lists by name."""
        return {name: [float(each) for each in column] for name, column in vars(self).items()}


def blowdown(
    *,
    mass_kg: float,
    volume_m3: float,
    temperature_k: float,
    pressure_pa: float,
    ambient_pressure_pa: float,
    gamma: float,
    molar_mass_kg_mol: float,
    passage_m2: float,
    adiabatic: bool,
    until_s: float,
) -> Course:
    """Return how a gas vessel empties to ambient pressure or to `until_s`, in 101 rows.

    The gas left expands isentropically (`adiabatic`) or is kept warm by the wall (isothermal);
    `passage_m2` is Cd A. Mass is the variable, so that what left and what is left sum exactly.
    """
    power = gamma if adiabatic else 1.0
    end = mass_kg * (ambient_pressure_pa / pressure_pa) ** (1.0 / power)

    def state(s: Array) -> tuple[Array, Array, Array, Array]:
        left = end + (mass_kg - end) * s**2
        share = left / mass_kg
        pressure = pressure_pa * share**power
        temperature = temperature_k * share ** (power - 1.0)
        rate = passage_m2 * gas_flux(
            pressure_pa=pressure,
            temperature_k=temperature,
            ambient_pressure_pa=ambient_pressure_pa,
            gamma=gamma,
            molar_mass_kg_mol=molar_mass_kg_mol,
        )
        return left, rate, pressure, temperature

    course = emptying(mass_kg - end, lambda s: state(s)[1])
    stop = course.s_at(until_s)
    rows = np.linspace(1.0, stop, ROWS + 1)
    times = course.time_at(rows)
    times[0] = 0.0
    times[-1] = min(until_s, float(course.time_s[-1]))
    left, rate, pressure, temperature = state(rows)
    return Course(
        time_s=times,
        mass_kg=left,
        rate_kg_s=rate,
        pressure_pa=pressure,
        temperature_k=temperature,
    )
