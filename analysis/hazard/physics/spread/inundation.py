"""Water of one level over a grid of heights, only where it is connected to its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
NEIGHBOURS = {4: ndimage.generate_binary_structure(2, 1), 8: np.ones((3, 3), dtype=bool)}


@dataclass(frozen=True)
class Flooded:
    """Depth of water in m, 0 where it is dry; whether water reaches the border of the grid."""

    depth_m: Floats
    reaches_border: bool

    @property
    def wet(self) -> NDArray[np.bool_]:
        """Cells under water."""
        return self.depth_m > 0.0


def bathtub(
    elevation_m: Floats,
    *,
    stage_m: float,
    source: tuple[int, int],
    connectivity: Literal[4, 8] = 8,
) -> Flooded:
    """Return the depth where the ground is below the stage and joined to the source.

    A hollow below the stage behind a ridge stays dry; NaN is no ground. Dry where the source
    itself lies at or above the stage.
    """
    below = np.nan_to_num(elevation_m, nan=np.inf) < stage_m
    label, _ = ndimage.label(below, structure=NEIGHBOURS[connectivity])
    own = label[source]
    wet = (label == own) if own else np.zeros_like(below)
    border = bool(wet[[0, -1], :].any() or wet[:, [0, -1]].any())
    return Flooded(np.where(wet, stage_m - np.nan_to_num(elevation_m), 0.0), border)
