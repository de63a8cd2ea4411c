"""How fast a fire crosses each cell of a grid toward each side: minutes a metre.

Grids have rows from north to south and columns from west to east; cells are numbered row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


class Pace(Protocol):
    """Minutes a metre in cells toward unit vectors; inf where nothing burns."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        ...

    def __call__(self, cell: Ints, east: Floats, north: Floats) -> Floats:
        """Return minutes a metre."""
        ...

    def is_uniform(self) -> bool:
        """Say whether every cell is alike and the straight way is the fastest."""
        ...


@dataclass(frozen=True)
class EllipsePace:
    """A fire that grows as an ellipse from its rear focus: (1 − e u·h)/(R (1 − e)).

    `slowness` is 1/(R (1 − e)), `drift` e times that along the heading (…, east and north); the
    time of a straight way of length d is then d·slowness − way·drift.
    """

    shape: tuple[int, ...]
    slowness: Floats
    drift: Floats

    @classmethod
    def of(cls, head_m_min: Floats, heading_rad: Floats, eccentricity: Floats) -> EllipsePace:
        """Return the pace of head rates (0: burns not), headings and eccentricities, on a grid."""
        burns = head_m_min > 0.0
        slow = np.full(head_m_min.shape, np.inf)
        np.divide(1.0, head_m_min * (1.0 - eccentricity), out=slow, where=burns)
        along = np.where(burns, eccentricity * np.where(burns, slow, 0.0), 0.0)
        drift = np.stack([along * np.sin(heading_rad), along * np.cos(heading_rad)], axis=-1)
        return cls(head_m_min.shape, slow.ravel(), drift.reshape(-1, 2))

    def __call__(self, cell: Ints, east: Floats, north: Floats) -> Floats:
        """Return minutes a metre."""
        drift = self.drift[cell]
        pace: Floats = self.slowness[cell] - drift[:, 0] * east - drift[:, 1] * north
        return pace

    def is_uniform(self) -> bool:
        """Say whether every cell is alike."""
        first = self.slowness[0]
        return bool(
            np.isfinite(first)
            and (self.slowness == first).all()
            and (self.drift == self.drift[0]).all()
        )


@dataclass(frozen=True)
class WangPace:
    """Wang Zhengfei's rate toward a side: R0 Ks e^(0.1783 v·u) e^(±3.533 |∇z·u|^1.2).

    `still_m_min` is R0 Ks of each cell, `wind` where the wind blows to (east and north, m/s),
    `gradient` the rise of the ground (…, east and north).
    """

    shape: tuple[int, ...]
    still_m_min: Floats
    wind: tuple[float, float]
    gradient: Floats

    def __call__(self, cell: Ints, east: Floats, north: Floats) -> Floats:
        """Return minutes a metre."""
        rise = self.gradient[cell]
        slope = rise[:, 0] * east + rise[:, 1] * north
        blown = self.wind[0] * east + self.wind[1] * north
        factor = np.exp(0.1783 * blown + 3.533 * np.sign(slope) * np.abs(slope) ** 1.2)
        rate = self.still_m_min[cell] * factor
        pace: Floats = np.full(len(rate), np.inf)
        np.divide(1.0, rate, out=pace, where=rate > 0.0)
        return pace

    def is_uniform(self) -> bool:
        """Return False: against a strong wind tacking is faster than the straight way."""
        return False
