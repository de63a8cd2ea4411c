"""What a set of dispersion coefficients is: σy and σz as curves of downwind distance, by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Curve = Callable[[Array], Array]
CLASSES = ("A", "B", "C", "D", "E", "F")


@dataclass(frozen=True, kw_only=True)
class Dispersion:
    """σy and σz, m, of downwind distance x, m, for each class; valid between two bounds.

    `x_max_by_class` shortens the range of single classes. `sigma_x` is given where a puff's
    length differs from its width. `averaging_s` is the time over which the set's σy averages the
    meandering wind, None for an instantaneous one, and `averaging` the rule (of
    `physics.averaging`) that carries it to another time.
    """

    name: str
    sigma_y: Mapping[str, Curve]
    sigma_z: Mapping[str, Curve]
    x_min_m: float
    x_max_m: float
    source: str
    certainty: str
    sigma_x: Mapping[str, Curve] | None = None
    x_max_by_class: Mapping[str, float] = field(default_factory=dict)
    averaging_s: float | None = 600.0
    averaging: str = "tno"

    def farthest_m(self, letter: str) -> float:
        """Return the end of the range for a class, m."""
        return self.x_max_by_class.get(letter, self.x_max_m)


def by_class(curves: Sequence[Curve]) -> dict[str, Curve]:
    """Return six curves by the letters A to F."""
    return dict(zip(CLASSES, curves, strict=True))


def root(k: float, c: float, power: float = -0.5) -> Curve:
    """Return σ = k x (1 + c x)^power, Briggs's form."""
    return lambda x: k * x * (1.0 + c * x) ** power


def power(k: float, exponent: float) -> Curve:
    """Return σ = k x^exponent."""
    return lambda x: k * x**exponent


def pieces(ends: Sequence[float], parts: Sequence[Curve]) -> Curve:
    """Return a curve in pieces: `parts[i]` up to and including `ends[i]`, the last beyond."""

    def sigma(x: Array) -> Array:
        places = np.asarray(x, float)
        which = np.searchsorted(np.asarray(ends), places, side="left")
        return np.choose(which, [part(places) for part in parts])

    return sigma
