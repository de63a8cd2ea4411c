"""What every dispersion model hands to those who draw zones and count doses: a cloud.

Local axes: x downwind, y to the left of the wind, z up, metres, origin under the source; times in
seconds since the release began. Arrays broadcast together.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Cloud(Protocol):
    """A released cloud, evaluated anywhere at any time.

    `label` is the model and its set as people read it ("gaussian_plume/briggs_rural"). Outside
    `x_min_m` to `x_max_m` the model is not valid: nothing is drawn beyond, what is nearer is
    taken as within. `upwind_m` is how far the cloud itself reaches upwind of its source, and
    `speed_m_s` how fast its front travels.
    """

    @property
    def label(self) -> str:
        """The model and its set."""
        ...

    @property
    def x_min_m(self) -> float:
        """Nearest distance of the model."""
        ...

    @property
    def x_max_m(self) -> float:
        """Farthest distance of the model."""
        ...

    @property
    def upwind_m(self) -> float:
        """How far it reaches upwind."""
        ...

    @property
    def speed_m_s(self) -> float:
        """How fast its front travels."""
        ...

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the concentration at a moment, kg/m³."""
        ...

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration that a place ever sees, kg/m³."""
        ...

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the half width of a threshold's ground footprint by `peak`; 0 where under it."""
        ...

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when a threshold arrives on the axis, and when it has passed; NaN: never.

        A release that goes on has passed at infinity.
        """
        ...
