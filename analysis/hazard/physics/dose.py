"""The dose of a place: what it takes in while a cloud passes, ∫C dt and ∫Cⁿ dt."""

from __future__ import annotations

import numpy as np

from analysis.hazard.physics.gaussian.curve import Array


def load(concentration: Array, time_s: Array, *, exponent: float) -> Array:
    """Return ∫Cⁿ dt over the first axis, (kg/m³)ⁿ s.

    Parameters
    ----------
    concentration
        kg/m³, rows by moment, then places.
    time_s
        The moments, rising along the first axis, of the same shape.
    """
    return np.asarray(np.trapezoid(concentration**exponent, time_s, axis=0), float)


def moments(*parts: Array) -> Array:
    """Return moments from several stretches as one rising list for each place, none before 0."""
    return np.sort(np.maximum(np.concatenate(parts), 0.0), axis=0)


def stretch(points: Array, places: Array) -> Array:
    """Return a column of points that broadcasts against an array of places."""
    return points.reshape((-1,) + (1,) * places.ndim)
