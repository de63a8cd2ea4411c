"""What a set of dispersion coefficients is: σy and σz as curves of downwind distance, by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
CLASSES = ("A", "B", "C", "D", "E", "F")


@dataclass(frozen=True)
class Curve:
    """A coefficient of downwind distance: what it gives, and how it is written at a distance."""

    law: Callable[[Array], Array]
    words: Callable[[float], str]

    def __call__(self, x_m: Array) -> Array:
        """Return σ, m, at distances in m."""
        return self.law(x_m)

    def equation(self, symbol: str, x_m: float) -> str:
        """Return the equation in force at a distance, with its numbers ("σy = 0.08 x ...")."""
        return f"{symbol} = {self.words(x_m)}"


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


def plain(law: Callable[[Array], Array], words: str) -> Curve:
    """Return a curve that is written the same way at every distance."""
    return Curve(law, lambda _: words)


def root(k: float, c: float, power: float = -0.5) -> Curve:
    """Return σ = k x (1 + c x)^power, Briggs's form."""
    words = f"{k:g} x" if c == 0.0 else f"{k:g} x (1 + {c:g} x)^{power:g}"
    return plain(lambda x: k * x * (1.0 + c * x) ** power, words)


def power(k: float, exponent: float) -> Curve:
    """Return σ = k x^exponent."""
    return plain(lambda x: k * x**exponent, f"{k:g} x^{exponent:g}")


def pieces(ends: Sequence[float], parts: Sequence[Curve]) -> Curve:
    """Return a curve in pieces: `parts[i]` up to and including `ends[i]`, the last beyond."""
    bounds = np.asarray(ends, float)

    def law(x: Array) -> Array:
        places = np.asarray(x, float)
        which = np.searchsorted(bounds, places, side="left")
        return np.choose(which, [part(places) for part in parts])

    def words(x: float) -> str:
        return parts[int(np.searchsorted(bounds, x, side="left"))].words(x)

    return Curve(law, words)
