"""The three schemes for Pasquill's class: Pasquill's own, China's GB/T 3840-91, Turner's."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.hazard.physics.air.sun import SUNRISE_ELEVATION_DEG, insolation_w_m2

WIND_BOUNDS_M_S = (2.0, 3.0, 5.0, 6.0)
OVERCAST_TENTHS = 9.5  # heavy overcast: neutral by day and by night
# Rows by wind under 2, 2-3, 3-5, 5-6, 6 and over; columns strong, moderate, slight sun.
_DAY = (("A", "A-B", "B"), ("A-B", "B", "C"), ("B", "B-C", "C"), ("C", "C-D", "D"), ("C", "D", "D"))
_NIGHT_CLOUDY = ("E", "E", "D", "D", "D")
_NIGHT_CLEAR = ("F", "F", "E", "D", "D")
_SUN_BOUNDS_W_M2 = (851.0, 520.0, 176.0)

# GB/T 3840-91, table B1 of HJ/T 2.2-93: rows by total and low cloud; columns by the sun: night,
# to 15, 35, 65 degrees, above.
_RADIATION = {
    "few": (-2, -1, 1, 2, 3),
    "half": (-1, 0, 1, 2, 3),
    "high": (-1, 0, 0, 1, 1),
    "broken_low": (0, 0, 0, 0, 1),
    "low": (0, 0, 0, 0, 0),
}
_GB_SUN_BOUNDS_DEG = (15.0, 35.0, 65.0)
# Table B2: rows by wind to 1.9, 2-2.9, 3-4.9, 5-5.9, 6 and over; columns +3 to -2.
_GB_CLASS = (
    ("A", "A-B", "B", "D", "E", "F"),
    ("A-B", "B", "C", "D", "E", "F"),
    ("B", "B-C", "C", "D", "D", "E"),
    ("C", "C-D", "D", "D", "D", "D"),
    ("D", "D", "D", "D", "D", "D"),
)

# EPA-454/R-99-005 table 6-4: wind from 0, 0.8, 1.9, ... m/s; columns net radiation 4 to -2.
_TURNER_WIND_M_S = (0.75, 1.85, 2.85, 3.35, 3.85, 4.85, 5.45, 5.95)
_TURNER_CLASS = (
    (1, 1, 2, 3, 4, 6, 7),
    (1, 2, 2, 3, 4, 6, 7),
    (1, 2, 3, 4, 4, 5, 6),
    (2, 2, 3, 4, 4, 5, 6),
    (2, 2, 3, 4, 4, 4, 5),
    (2, 3, 3, 4, 4, 4, 5),
    (3, 3, 4, 4, 4, 4, 5),
    (3, 3, 4, 4, 4, 4, 4),
    (3, 4, 4, 4, 4, 4, 4),
)
_TURNER_SUN_BOUNDS_DEG = (15.0, 35.0, 60.0)
LOW_CEILING_M = 7000.0 * 0.3048
HIGH_CEILING_M = 16_000.0 * 0.3048


@dataclass(frozen=True, kw_only=True)
class Sky:
    """What a scheme looks at: wind at 10 m, the sun's elevation, cloud in tenths.

    `low_cloud_tenths` and `ceiling_m` (cloud base) may be unknown; `night` is taken from the
    elevation where nobody says better.
    """

    wind_speed_m_s: float
    elevation_deg: float
    cloud_tenths: float
    low_cloud_tenths: float | None = None
    ceiling_m: float | None = None
    night: bool | None = None

    @property
    def is_night(self) -> bool:
        """Say whether it is night: as told, else the sun is under the horizon."""
        return self.elevation_deg <= SUNRISE_ELEVATION_DEG if self.night is None else self.night


def one_class(printed: str, *, stable_side: bool) -> str:
    """Return the one letter of a class that may be printed as two ("B-C")."""
    return printed[-1] if stable_side else printed[0]


def pasquill_printed(sky: Sky) -> str:
    """Return Pasquill's class as ALOHA reads the table, "A-B" where the table has two."""
    row = sum(sky.wind_speed_m_s >= bound for bound in WIND_BOUNDS_M_S)
    if sky.cloud_tenths >= OVERCAST_TENTHS:
        return "D"
    if sky.is_night:
        return (_NIGHT_CLOUDY if sky.cloud_tenths > 5.0 else _NIGHT_CLEAR)[row]
    sun = insolation_w_m2(sky.elevation_deg, sky.cloud_tenths)
    for column, bound in enumerate(_SUN_BOUNDS_W_M2):
        if sun > bound:
            return _DAY[row][column]
    return "D"


def radiation_level(sky: Sky) -> int:
    """Return the radiation level (太阳辐射等级数) +3 to −2 of GB/T 3840-91.

    Low cloud unknown: of none and all, what makes the air more stable.
    """
    return max(radiation_levels(sky), key=lambda level: gbt3840_class(sky.wind_speed_m_s, level))


def radiation_levels(sky: Sky) -> tuple[int, ...]:
    """Return the radiation levels that what is known of the sky leaves open."""
    low = sky.low_cloud_tenths
    return tuple(
        _radiation(sky, each) for each in ((0.0, sky.cloud_tenths) if low is None else (low,))
    )


def _radiation(sky: Sky, low: float) -> int:
    if low >= 7.5:
        row = "low"
    elif low >= 4.5:
        row = "broken_low"
    elif sky.cloud_tenths >= 7.5:
        row = "high"
    else:
        row = "half" if sky.cloud_tenths >= 4.5 else "few"
    column = 0 if sky.is_night else 1 + sum(sky.elevation_deg > b for b in _GB_SUN_BOUNDS_DEG)
    return _RADIATION[row][column]


def gbt3840_class(wind_speed_m_s: float, level: int) -> str:
    """Return the class of GB/T 3840-91 by wind at 10 m and radiation level."""
    row = sum(wind_speed_m_s >= bound for bound in WIND_BOUNDS_M_S)
    return _GB_CLASS[row][3 - level]


def net_radiation_index(sky: Sky) -> int:
    """Return Turner's net radiation index 4 to −2 (EPA-454/R-99-005 tables 6-5 and 6-6).

    Ceiling unknown: of low, middle and high, what makes the air more stable.
    """
    return max(
        net_radiation_indices(sky), key=lambda index: turner_class(sky.wind_speed_m_s, index)
    )


def net_radiation_indices(sky: Sky) -> tuple[int, ...]:
    """Return the indices that what is known of the sky leaves open."""
    middle = 0.5 * (LOW_CEILING_M + HIGH_CEILING_M)
    bases = (0.0, middle, math.inf) if sky.ceiling_m is None else (sky.ceiling_m,)
    return tuple(_index(sky, base) for base in bases)


def _index(sky: Sky, ceiling_m: float) -> int:
    overcast = sky.cloud_tenths >= OVERCAST_TENTHS
    if overcast and ceiling_m < LOW_CEILING_M:
        return 0
    if sky.is_night:
        return -2 if sky.cloud_tenths <= 4.0 else -1
    insolation = 1 + sum(sky.elevation_deg > bound for bound in _TURNER_SUN_BOUNDS_DEG)
    if sky.cloud_tenths <= 5.0:
        return insolation
    if ceiling_m < LOW_CEILING_M:
        insolation -= 2
    elif ceiling_m < HIGH_CEILING_M or overcast:
        insolation -= 1
    return max(insolation, 1)


def turner_class(wind_speed_m_s: float, index: int) -> str:
    """Return the class by Turner's key; his seventh (G) counts as F, as EPA's models take it."""
    row = sum(wind_speed_m_s >= bound for bound in _TURNER_WIND_M_S)
    return "ABCDEF"[min(_TURNER_CLASS[row][4 - index], 6) - 1]
