"""Steepness and side of the ground from a grid of heights.

Grids have rows from north to south and columns from west to east.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gradient(elevation_m: Floats, cell_size_m: float) -> tuple[Floats, Floats]:
    """Return the rise toward east and toward north, rise over run, by Horn's 3 x 3 rule.

    At the border the nearest row and column are taken once more; no data gives no rise.

    Source: Horn, B.K.P. (1981), Proc. IEEE 69(1):14-47, doi:10.1109/PROC.1981.11918 [mem 95%].
    """
    z = np.pad(elevation_m, 1, mode="edge")
    west = z[:-2, :-2] + 2.0 * z[1:-1, :-2] + z[2:, :-2]
    east = z[:-2, 2:] + 2.0 * z[1:-1, 2:] + z[2:, 2:]
    north = z[:-2, :-2] + 2.0 * z[:-2, 1:-1] + z[:-2, 2:]
    south = z[2:, :-2] + 2.0 * z[2:, 1:-1] + z[2:, 2:]
    to_east = (east - west) / (8.0 * cell_size_m)
    to_north = (north - south) / (8.0 * cell_size_m)
    # The repeated border halves the run there.
    to_east[:, [0, -1]] *= 2.0
    to_north[[0, -1], :] *= 2.0
    return np.nan_to_num(to_east), np.nan_to_num(to_north)


def steepness(elevation_m: Floats, cell_size_m: float) -> tuple[Floats, Floats]:
    """Return the slope (rise over run) and where it rises to, radians clockwise from north."""
    to_east, to_north = gradient(elevation_m, cell_size_m)
    upslope: Floats = np.arctan2(to_east, to_north) % (2.0 * np.pi)
    return np.hypot(to_east, to_north), upslope
