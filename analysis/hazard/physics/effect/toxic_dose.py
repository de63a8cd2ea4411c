"""Doses: how much of a concentration that changes in time a person takes up.

A history is a line through points (time, concentration); between two points it is straight, and
every integral below is exact for that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from layers.errors import InvalidInputError

Array = npt.NDArray[np.float64]
LITRES_PER_MOL_K = 0.082057366
"""Volume of one mole of an ideal gas at 1 atm, L/K: 24.465 L at 25 °C, 24.055 L at 20 °C."""


def mg_m3_per_ppm(*, molar_mass_kg_mol: float, temperature_k: float) -> float:
    """Return how many mg/m³ one ppm is at 1 atm: M / (0.082057 T)."""
    return molar_mass_kg_mol * 1000.0 / (LITRES_PER_MOL_K * temperature_k)


def checked_history(
    times_s: Sequence[float], values: Sequence[float], *, field: str
) -> tuple[Array, Array]:
    """Return a history as two arrays.

    Raises
    ------
    InvalidInputError
        Fewer than two points, lists of different lengths, times that do not rise.
    """
    if len(times_s) != len(values) or len(times_s) < 2:
        raise InvalidInputError(
            f"{field}: got {len(values)} values at {len(times_s)} times, wanted one each, at "
            "least two",
            field=field,
            got=f"{len(values)} / {len(times_s)}",
            wanted=">= 2, same length",
        )
    times = np.asarray(times_s, dtype=np.float64)
    if np.any(np.diff(times) <= 0.0):
        raise InvalidInputError(
            f"times_s: got times that do not rise, wanted rising times for {field}",
            field="times_s",
            got="not rising",
            wanted="rising",
        )
    return times, np.asarray(values, dtype=np.float64)


def running_load(times_s: Array, values: Array, exponent: float) -> Array:
    """Return ∫ Cⁿ dt up to each time, in the unit of C to the n times minutes.

    Over a straight piece from C₁ to C₂ the integral is Δt (C₂ⁿ⁺¹ − C₁ⁿ⁺¹) / ((n + 1)(C₂ − C₁)).
    """
    before, after = values[:-1], values[1:]
    rise = after - before
    steep = np.abs(rise) > 1e-9 * np.maximum(np.maximum(before, after), 1e-300)
    power = exponent + 1.0
    pieces = np.where(
        steep,
        (after**power - before**power) / (power * np.where(steep, rise, 1.0)),
        ((before + after) / 2.0) ** exponent,
    )
    return np.concatenate(([0.0], np.cumsum(pieces * np.diff(times_s) / 60.0)))


def toxic_load(times_s: Array, values: Array, exponent: float) -> float:
    """Return ∫ Cⁿ dt over a whole history, in the unit of C to the n times minutes."""
    return float(running_load(times_s, values, exponent)[-1])


def equivalent_concentration(load: float, *, exponent: float, minutes: float) -> float:
    """Return the constant concentration that gives a load in a time: (L / t)^(1/n)."""
    return float((load / minutes) ** (1.0 / exponent))
