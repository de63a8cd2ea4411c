"""Peak overpressure of a charge of TNT by scaled distance: every published form by its name.

Z = R / W^(1/3), m/kg^(1/3). `CURVES` holds them; a curve says over a hemisphere on the ground
("hemispherical") or a charge in free air ("spherical") what its W is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from layers.errors import OutOfRangeError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """exp(Σ Ci (ln Z)^i) in pieces that join but for some per cent; a piece holds its end."""

    ends: tuple[float, ...]
    coefficients: tuple[tuple[float, ...], ...]

    @property
    def range_z(self) -> tuple[float, float]:
        """Return where the fit holds, m/kg^(1/3)."""
        return self.ends[0], self.ends[-1]

    def __call__(self, z: Array | float) -> Array:
        """Return the quantity; NaN outside the fit."""
        places = np.asarray(z, float)
        inside = (places >= self.ends[0]) & (places <= self.ends[-1])
        log_z = np.log(np.where(inside, places, 1.0))
        which = np.searchsorted(np.asarray(self.ends[1:-1]), places, side="left")
        found = [np.polynomial.polynomial.polyval(log_z, c) for c in self.coefficients]
        return np.where(inside, np.exp(np.choose(which, found)), np.nan)


INCIDENT_KPA = Fit(
    ends=(0.2, 2.9, 23.8, 198.5),
    coefficients=(
        (7.2106, -2.1069, -0.3229, 0.1117, 0.0685),
        (7.5938, -3.0523, 0.40977, 0.0261, -0.01267),
        (6.0536, -1.4066),
    ),
)
REFLECTED_KPA = Fit(
    ends=(0.06, 2.0, 40.0),
    coefficients=(
        (9.006, -2.6893, -0.6295, 0.1011, 0.29255, 0.13505, 0.019736),
        (8.8396, -1.733, -2.64, 2.293, -0.8232, 0.14247, -0.0099),
    ),
)
IMPULSE_KPA_MS = Fit(
    ends=(0.2, 0.96, 2.38, 33.7, 158.7),
    coefficients=(
        (5.522, 1.117, 0.6, -0.292, -0.087),
        (5.465, -0.308, -1.464, 1.362, -0.432),
        (5.2749, -0.4677, -0.2499, 0.0588, -0.00554),
        (5.9825, -1.062),
    ),
)
REFLECTED_IMPULSE_KPA_MS = Fit(
    ends=(0.06, 40.0), coefficients=((6.7853, -1.3466, 0.101, -0.01123),)
)
ARRIVAL_MS = Fit(
    ends=(0.06, 1.5, 40.0),
    coefficients=(
        (-0.7604, 1.8058, 0.1257, -0.0437, -0.0310, -0.00669),
        (-0.7137, 1.5732, 0.5561, -0.4213, 0.1054, -0.00929),
    ),
)
DURATION_MS = Fit(
    ends=(0.2, 1.02, 2.8, 40.0),
    coefficients=(
        (0.5426, 3.2299, -1.5931, -5.9667, -4.0815, -0.9149),
        (0.5440, 2.7082, -9.7354, 14.3425, -9.7791, 2.8535),
        (-2.4608, 7.1639, -5.6215, 2.2711, -0.44994, 0.03486),
    ),
)
SHOCK_KM_S = Fit(
    ends=(0.06, 1.5, 40.0),
    coefficients=(
        (0.1794, -0.956, -0.0866, 0.109, 0.0699, 0.01218),
        (0.2597, -1.326, 0.3767, 0.0396, -0.0351, 0.00432),
    ),
)
Z_MIN, Z_MAX = INCIDENT_KPA.range_z


@dataclass(frozen=True, kw_only=True)
class PowerSum:
    """ΔP = Σ ci Z^−i, kPa, i = 1, 2, 3."""

    c1: float
    c2: float
    c3: float
    range_z: tuple[float, float]

    def __call__(self, z: Array | float) -> Array:
        """Return the overpressure, kPa; NaN outside the range."""
        places = np.asarray(z, float)
        low, high = self.range_z
        inside = (places >= low) & (places <= high)
        at = np.where(inside, places, 1.0)
        found = self.c1 / at + self.c2 / at**2 + self.c3 / at**3
        return np.where(inside, found, np.nan)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Overpressure of 1000 kg of TNT read off a table, log-log between its lines."""

    metres: tuple[float, ...]
    mpa: tuple[float, ...]

    @property
    def range_z(self) -> tuple[float, float]:
        """Return where the table holds, m/kg^(1/3)."""
        return self.metres[0] / 10.0, self.metres[-1] / 10.0

    def __call__(self, z: Array | float) -> Array:
        """Return the overpressure, kPa; NaN outside the table."""
        metres = 10.0 * np.asarray(z, float)
        inside = (metres >= self.metres[0]) & (metres <= self.metres[-1])
        at = np.where(inside, metres, self.metres[0])
        found = np.exp(np.interp(np.log(at), np.log(self.metres), np.log(self.mpa)))
        return np.where(inside, found * 1000.0, np.nan)


@dataclass(frozen=True, kw_only=True)
class KinneyGraham:
    """ΔP/P0 = k [1 + (Z/4.5)²]/(√[1 + (Z/.048)²] √[1 + (Z/.32)²] √[1 + (Z/1.35)²])."""

    k: float
    range_z: tuple[float, float]

    def __call__(self, z: Array | float) -> Array:
        """Return the overpressure at 101.325 kPa, kPa; NaN outside the range."""
        places = np.asarray(z, float)
        low, high = self.range_z
        inside = (places >= low) & (places <= high)
        at = np.where(inside, places, 1.0)
        below = np.sqrt(np.prod([1.0 + (at / c) ** 2 for c in (0.048, 0.32, 1.35)], axis=0))
        return np.where(inside, 101.325 * self.k * (1.0 + (at / 4.5) ** 2) / below, np.nan)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A curve with how it is written, where it comes from and how sure that is."""

    law: Fit | PowerSum | Table | KinneyGraham
    equation: str
    burst: Literal["hemispherical", "spherical"]
    source: str
    certainty: str = "sourced"


_REACH = (0.5, 100.0)
CURVES: Mapping[str, Curve] = {
    "kingery_bulmash": Curve(
        law=INCIDENT_KPA, equation="ΔP = exp(Σ Ci (ln Z)^i), Z = R/W^⅓", burst="hemispherical",
        source="Swisdak 1994, Simplified Kingery Airblast Calculations, surface burst",
    ),
    "gbt37243": Curve(
        law=PowerSum(c1=84.0, c2=270.0, c3=700.0, range_z=_REACH),
        equation="ΔP = 84/Z + 270/Z² + 700/Z³", burst="spherical",
        source="GB/T 37243-2019, explosion overpressure (Sadovsky)", certainty="mem 80%",
    ),
    "casal": Curve(
        law=PowerSum(c1=100.0, c2=400.0, c3=1200.0, range_z=_REACH),
        equation="ΔP = 100 (1/Z + 4/Z² + 12/Z³)", burst="hemispherical",
        source="Casal, Evaluation of the Effects and Consequences of Major Accidents, ch. 4",
    ),
    "sadovsky_ground": Curve(
        law=PowerSum(c1=106.0, c2=430.0, c3=1400.0, range_z=_REACH),
        equation="ΔP = 106/Z + 430/Z² + 1400/Z³", burst="hemispherical",
        source="Sadovsky 1952, surface burst, Chinese blasting practice", certainty="mem 85%",
    ),
    "china_1000kg": Curve(
        law=Table(
            metres=(5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 25.0, 30.0,
                    35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0),
            mpa=(2.94, 2.06, 1.67, 1.27, 0.95, 0.76, 0.50, 0.33, 0.235, 0.17, 0.126, 0.079,
                 0.057, 0.043, 0.033, 0.027, 0.0235, 0.0205, 0.018, 0.016, 0.0143, 0.013),
        ),
        equation="R = R0 (W/1000)^⅓, ΔP of the table for 1000 kg at R0", burst="hemispherical",
        source="table for 1000 kg of TNT, Chinese safety assessment practice, log-log",
    ),
    "kinney_graham": Curve(
        law=KinneyGraham(k=808.0, range_z=(0.05, 100.0)),
        equation="ΔP = 808 P0 [1 + (Z/4.5)²]/(√[1 + (Z/.048)²] √[1 + (Z/.32)²] √[1 + (Z/1.35)²])",
        burst="spherical",
        source="Kinney and Graham, Explosive Shocks in Air, 2nd ed. 1985, as in Guzas and Earls "
               "2010, Steel Compos. Struct. 10, eq. 5, read in an open transcription",
    ),
    "crowl_louvar": Curve(
        law=KinneyGraham(k=1616.0, range_z=(0.05, 100.0)),
        equation="ΔP = 1616 P0 [1 + (Z/4.5)²]/(√[1 + (Z/.048)²] √[1 + (Z/.32)²] √[1 + (Z/1.35)²])",
        burst="hemispherical",
        source="Crowl and Louvar, Chemical Process Safety, 3rd ed., TNT on flat ground",
        certainty="mem 90%",
    ),
}  # fmt: skip


def check_z(name: str, z: float) -> None:
    """Raise OutOfRangeError for a scaled distance that a curve does not hold."""
    low, high = CURVES[name].law.range_z
    if not low <= z <= high:
        raise OutOfRangeError(
            f"scaled distance: got {z:g}, wanted {low:g} .. {high:g} m/kg^(1/3)",
            field="scaled_distance",
            got=z,
            wanted=f"{low:g} .. {high:g} m/kg^(1/3)",
        )


def overpressure_kpa(name: str, z: float) -> float:
    """Return a curve's overpressure, kPa; OutOfRangeError where the curve does not hold."""
    check_z(name, z)
    return float(CURVES[name].law(z))


def scaled_distance(name: str, pressure_kpa: float) -> float:
    """Return the largest Z, m/kg^(1/3), at which a curve has a given overpressure.

    Pieces of a fit do not join perfectly; the largest Z wins, so that no radius is too short.

    Raises
    ------
    OutOfRangeError
        The curve never has that pressure.
    """
    law = CURVES[name].law
    places = np.geomspace(*law.range_z, 2000)
    if isinstance(law, Fit):
        joints = np.asarray(law.ends[1:-1])
        places = np.sort(np.concatenate([places, joints, joints * (1.0 + 1e-12)]))
    pressures = law(places)
    over = np.flatnonzero(pressures >= pressure_kpa)
    highest, lowest = float(np.max(pressures)), float(np.min(pressures))
    if over.size == 0 or (over[-1] == places.size - 1 and pressure_kpa < lowest):
        raise OutOfRangeError(
            f"overpressure: got {pressure_kpa:g} kPa, wanted {lowest:.3g} .. {highest:.4g} kPa",
            field="overpressure_kpa",
            got=pressure_kpa,
            wanted=f"{lowest:.3g} .. {highest:.4g} kPa",
        )
    last = int(over[-1])
    if last == places.size - 1:
        return float(places[-1])
    low, high = float(places[last]), float(places[last + 1])
    if law(high) > pressure_kpa or high / low < 1.0 + 1e-11:
        return low
    return float(brentq(lambda z: float(law(z)) - pressure_kpa, low, high, xtol=1e-9))
