"""The ellipse of a fire: wind and slope as vectors, and rates toward every side.

Sources: Anderson, H.E. (1983), INT-305 (length to width); Andrews, P.L. (2018), RMRS-GTR-371
(wind and slope as vectors; wind limits; 1 + 0.25 U of BehavePlus); Andrews, P.L. (2012),
RMRS-GTR-266 (wind adjustment). Read through pyretechnics and behavejs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.hazard.physics.spread.fuel_bed import FuelBed

Floats = NDArray[np.float64]
WindLimit = Literal["none", "rothermel_1972", "andrews_2013"]
Shape = Literal["anderson_1983", "behave"]

MPH_PER_FT_MIN = 60.0 / 5280.0
LONGEST = 8.0
"""Length over width beyond which Anderson's curve was not fitted."""

WIND_10M_OVER_20FT = 1.15
"""Lawson and Armitage (2008): the wind at 10 m over that at 20 ft above open ground."""

SHELTERED_FILL = 0.05
"""Share of the volume under the canopy filled by crowns from which fuel is sheltered."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Spread at places: rate of the head in ft/min, where it heads, and its ellipse.

    `heading_rad` is clockwise from north. `limited` says where the wind was more than the limit.
    """

    head_ft_min: Floats
    heading_rad: Floats
    wind_factor: Floats
    slope_factor: Floats
    effective_wind_ft_min: Floats
    length_to_width: Floats
    limited: NDArray[np.bool_]

    @property
    def eccentricity(self) -> Floats:
        """Eccentricity of the ellipse."""
        shape: Floats = np.sqrt(1.0 - self.length_to_width**-2.0)
        return shape


def spread(
    bed: FuelBed,
    *,
    wind_ft_min: Floats,
    toward_rad: Floats,
    slope_tan: Floats,
    upslope_rad: Floats,
    limit: WindLimit = "none",
    shape: Shape = "anderson_1983",
) -> Spread:
    """Return the spread where wind and slope push the fire each its own way.

    Parameters
    ----------
    wind_ft_min, toward_rad
        Midflame wind and where it blows to, clockwise from north.
    slope_tan, upslope_rad
        Steepness (rise over run) and where it rises to.
    """
    by_wind, by_slope = bed.wind_factor(wind_ft_min), bed.slope_factor(slope_tan)
    east = by_wind * np.sin(toward_rad) + by_slope * np.sin(upslope_rad)
    north = by_wind * np.cos(toward_rad) + by_slope * np.cos(upslope_rad)
    factor = np.hypot(east, north)
    wind = bed.wind_of_factor(factor)
    most = greatest_wind_ft_min(bed.reaction_intensity_btu_ft2_min, limit)
    limited = wind > most
    wind = np.minimum(wind, most)
    factor = np.where(limited, bed.wind_factor(wind), factor)
    return Spread(
        head_ft_min=bed.spread_rate_ft_min * (1.0 + factor),
        heading_rad=np.arctan2(east, north) % (2.0 * np.pi),
        wind_factor=by_wind,
        slope_factor=by_slope,
        effective_wind_ft_min=wind,
        length_to_width=length_to_width(wind, shape),
        limited=limited,
    )


def greatest_wind_ft_min(reaction_intensity_btu_ft2_min: float, limit: WindLimit) -> float:
    """Return the effective wind above which a fire goes no faster."""
    if limit == "rothermel_1972":
        return 0.9 * reaction_intensity_btu_ft2_min
    if limit == "andrews_2013":
        return float(96.8 * reaction_intensity_btu_ft2_min ** (1.0 / 3.0))
    return float("inf")


def length_to_width(effective_wind_ft_min: Floats, shape: Shape = "anderson_1983") -> Floats:
    """Return length over width of the ellipse; Anderson's is held at 8."""
    mph = np.asarray(effective_wind_ft_min) * MPH_PER_FT_MIN
    if shape == "behave":
        return np.asarray(1.0 + 0.25 * mph)
    capped = np.minimum(mph, 50.0)  # far beyond the cap, and exp stays finite
    ratio = 0.936 * np.exp(0.1147 * capped) + 0.461 * np.exp(-0.0692 * capped) - 0.397
    return np.clip(ratio, 1.0, LONGEST)


def wind_adjustment(
    depth_ft: float, *, cover: float = 0.0, canopy_ft: float = 0.0, crown_ratio: float = 1.0
) -> float:
    """Return midflame wind over wind at 20 ft.

    Under crowns that fill more than `SHELTERED_FILL` of their layer it is Albini and Baughman's
    sheltered form, else the open one over fuel of `depth_ft`.
    """
    fill = cover * crown_ratio / 3.0
    if fill > SHELTERED_FILL and canopy_ft > 0.0:
        profile = np.log((20.0 + 0.36 * canopy_ft) / (0.13 * canopy_ft))
        return float(0.555 / (np.sqrt(fill * canopy_ft) * profile))
    return float(1.83 / np.log((20.0 + 0.36 * depth_ft) / (0.13 * depth_ft)))
