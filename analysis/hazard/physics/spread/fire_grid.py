"""The pace of a fire on every cell of a grid, from ground, fuel, moisture and wind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.hazard.physics.spread.fire_ellipse import spread
from analysis.hazard.physics.spread.fuel_bed import Moisture, fuel_bed
from analysis.hazard.physics.spread.fuel_models import BY_NUMBER, NOT_BURNING
from analysis.hazard.physics.spread.pace import EllipsePace, WangPace
from analysis.hazard.physics.spread.surface_fire import FT_MIN_PER_M_S, M_PER_FT, midflame_wind_m_s
from analysis.hazard.physics.spread.terrain import gradient, steepness
from layers.errors import InvalidInputError

Floats = NDArray[np.float64]
STEEPEST_TAN = math.tan(math.radians(60.0))


def rothermel_pace(
    elevation_m: Floats,
    *,
    cell_size_m: float,
    fuel_number: Floats,
    moisture: Moisture,
    wind: Mapping[str, Any],
) -> EllipsePace:
    """Return the pace by Rothermel.

    Parameters
    ----------
    fuel_number
        Number of the fuel model of each cell; `NOT_BURNING` and NaN do not burn.
    wind
        By the names of `surface_fire.WIND_INPUTS`, all of them.

    Raises
    ------
    InvalidInputError
        A number that is no fuel model.
    """
    slope, upslope = steepness(elevation_m, cell_size_m)
    slope = np.minimum(slope, STEEPEST_TAN)
    head, heading, eccentric = (np.zeros(elevation_m.shape) for _ in range(3))
    for number in _fuels(fuel_number):
        fuel, here = BY_NUMBER[number], fuel_number == number
        bed = fuel_bed(fuel, moisture)
        if bed.spread_rate_ft_min <= 0.0:
            continue
        run = spread(
            bed,
            wind_ft_min=np.array(midflame_wind_m_s(wind, fuel.depth_ft) * FT_MIN_PER_M_S),
            toward_rad=np.array(math.radians(wind["wind_from_deg"] + 180.0)),
            slope_tan=slope[here],
            upslope_rad=upslope[here],
            limit=wind["wind_limit"],
            shape=wind["ellipse"],
        )
        head[here] = run.head_ft_min * M_PER_FT
        heading[here] = run.heading_rad
        eccentric[here] = run.eccentricity
    head[np.isnan(elevation_m)] = 0.0
    return EllipsePace.of(head, heading, eccentric)


def wang_pace(
    elevation_m: Floats,
    *,
    cell_size_m: float,
    still_m_min: float,
    fuel_factor: float,
    wind_speed_m_s: float,
    wind_from_deg: float,
    burns: NDArray[np.bool_],
) -> WangPace:
    """Return the pace by Wang Zhengfei: `still_m_min` is R0, `fuel_factor` Ks."""
    toward = math.radians(wind_from_deg + 180.0)
    rise = np.stack(gradient(elevation_m, cell_size_m), axis=-1)
    steep = np.maximum(1.0, np.hypot(rise[..., 0], rise[..., 1]) / STEEPEST_TAN)
    still = np.where(burns & ~np.isnan(elevation_m), still_m_min * fuel_factor, 0.0)
    return WangPace(
        elevation_m.shape,
        still.ravel(),
        (wind_speed_m_s * math.sin(toward), wind_speed_m_s * math.cos(toward)),
        (rise / steep[..., None]).reshape(-1, 2),
    )


def burnable(fuel_number: Floats) -> NDArray[np.bool_]:
    """Return where a fuel map has something that burns."""
    return ~np.isnan(fuel_number) & ~np.isin(fuel_number, list(NOT_BURNING))


def _fuels(fuel_number: Floats) -> list[int]:
    """Return the fuel models that a map holds."""
    present = np.unique(fuel_number[burnable(fuel_number)])
    unknown = [value for value in present if value not in BY_NUMBER]
    if unknown:
        raise InvalidInputError(
            f"fuel_number: got {unknown[0]:g}, wanted the number of a fuel model",
            field="fuel_number",
            got=float(unknown[0]),
            wanted="1 .. 13, 91 .. 99, 101 .. 204",
        )
    return [int(value) for value in present]
