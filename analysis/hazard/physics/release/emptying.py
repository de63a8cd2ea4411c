"""How a vessel empties: time as the integral of what leaves over how fast it leaves.

The state runs from full to the end of the flow along s, 1 to 0, with what is left over the end
growing as s²: at the end of a flow that fades (√ of what drives it) the integrand stays smooth,
so that the quadrature converges to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicHermiteSpline

Array = npt.NDArray[np.float64]
PANELS = 400
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)


@dataclass(frozen=True, kw_only=True)
class Emptying:
    """Times at which the state is `left` (kg, m, ... above the end), and the slope dt/ds."""

    s: Array
    time_s: Array
    slope: Array

    def time_at(self, s: Array) -> Array:
        """Return the times at given s, seconds."""
        course = CubicHermiteSpline(-self.s, self.time_s, -self.slope)
        return np.asarray(course(-s))

    def s_at(self, time_s: float) -> float:
        """Return s at a time; 0 once the flow has ended."""
        if time_s >= self.time_s[-1]:
            return 0.0
        inverse = CubicHermiteSpline(self.time_s, self.s, 1.0 / self.slope)
        return float(np.clip(inverse(time_s), 0.0, 1.0))


def emptying(span: float, speed: Callable[[Array], Array]) -> Emptying:
    """Return the course of a state from 1 to 0 in s.

    Parameters
    ----------
    span
        How much there is above the end at the start (kg of gas, m of level).
    speed
        Of s, the rate at which the state falls, in the unit of `span` a second, positive.

    Notes
    -----
    state = end + span s², dt = −2 span s ds / speed(s); Gauss-Legendre, 4 points in each of 400
    panels. `speed` may fade to nothing with s, not faster.
    """
    edges = np.linspace(1.0, 0.0, PANELS + 1)
    half = 0.5 / PANELS
    middles = 0.5 * (edges[:-1] + edges[1:])
    points = middles[:, None] - half * _NODES[None, :]
    slopes = 2.0 * span * points / speed(points)
    steps = half * (slopes * _WEIGHTS).sum(axis=1)
    inner = 2.0 * span * edges[:-1] / speed(edges[:-1])
    slope = np.append(inner, 2.0 * inner[-1] - inner[-2])  # s and speed fade together at 0
    return Emptying(s=edges, time_s=np.append(0.0, np.cumsum(steps)), slope=-slope)
