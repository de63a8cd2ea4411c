"""Air in a house while a cloud goes by: one well-mixed room, λ air changes an hour.

dC/dt = λ (Cₒ − C). A house keeps out a short cloud and gives back what it took in: who stays
inside with closed windows after the cloud has passed takes up, for n = 1, as much as outdoors.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.hazard.physics.effect.toxic_dose import Array

POINTS = 241
"""Points of a load's integral over one cloud; halving the step changes a load by under 0.1 %."""


def indoor_history(
    times_s: Array, outdoor: Array, *, air_changes_per_h: float, indoor_start: float = 0.0
) -> Array:
    """Return the concentration indoors at each time, exact for a straight-line history outdoors."""
    rate = air_changes_per_h / 3600.0
    inside = np.empty_like(outdoor)
    inside[0] = indoor_start
    steps = np.diff(times_s)
    slopes = np.diff(outdoor) / steps
    fades = np.exp(-rate * steps)
    for index in range(steps.size):  # each value needs the one before it
        lag = slopes[index] / rate
        start = inside[index] - outdoor[index] + lag
        inside[index + 1] = outdoor[index + 1] - lag + start * fades[index]
    return np.maximum(inside, 0.0)


def step_loads(
    *,
    concentration: npt.ArrayLike,
    arrival_s: npt.ArrayLike,
    passed_s: npt.ArrayLike,
    air_changes_per_h: float,
    exponent: float,
    inside_until_s: npt.ArrayLike,
) -> Array:
    """Return the loads, Cⁿ min, of people indoors while a cloud of one concentration goes by.

    Parameters
    ----------
    concentration
        Outdoors between `arrival_s` and `passed_s`, any unit; arrays broadcast together.
    inside_until_s
        When they leave or open the house; fresh air from `passed_s` on, the cloud before it is
        not counted here.
    """
    level, start, end, until = np.broadcast_arrays(
        *(np.asarray(a, np.float64) for a in (concentration, arrival_s, passed_s, inside_until_s))
    )
    rate = air_changes_per_h / 3600.0
    span = np.maximum(until - start, 0.0)
    share = np.linspace(0.0, 1.0, POINTS)
    since = span[..., None] * share
    length = np.maximum(end - start, 0.0)[..., None]
    rising = -np.expm1(-rate * np.minimum(since, length))
    inside = rising * np.exp(-rate * np.maximum(since - length, 0.0))
    mean = np.trapezoid(inside**exponent, share, axis=-1)
    loads: Array = level**exponent * mean * span / 60.0
    return loads


def outdoor_loads(
    *,
    concentration: npt.ArrayLike,
    arrival_s: npt.ArrayLike,
    passed_s: npt.ArrayLike,
    exponent: float,
    from_s: npt.ArrayLike,
    until_s: npt.ArrayLike,
) -> Array:
    """Return the loads, Cⁿ min, of people outdoors between two times of a step-like cloud."""
    level, start, end, first, last = (
        np.asarray(a, np.float64) for a in (concentration, arrival_s, passed_s, from_s, until_s)
    )
    minutes = np.maximum(np.minimum(end, last) - np.maximum(start, first), 0.0) / 60.0
    loads: Array = level**exponent * minutes
    return loads
