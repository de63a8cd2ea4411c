"""Continuous release of a neutral gas: the Gaussian plume (高斯烟羽) with total ground reflection.

C(x, y, z) = Q / (2π u σy σz) · exp(−y²/2σy²) · [exp(−(z−h)²/2σz²) + exp(−(z+h)²/2σz²)]

Steady, flat ground, no deposition, wind above 1 m/s, gas about as dense as air. Local axes: x
downwind, y to the left of the wind, z up, metres, origin under the source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import brentq

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.averaging import width_factor
from analysis.hazard.physics.reflection import vertical_term
from analysis.hazard.physics.sigma import CLASSES, PLUME_SETS, Array, Dispersion

X_FIRST_M = 1.0  # the search for the extent starts here; the formula diverges at the source


@dataclass(frozen=True, kw_only=True)
class Plume:
    """A steady plume, a `Cloud`: source in kg/s, wind in m/s at its height, effective height in m.

    `mixing_height_m` is the lid of the mixing layer (None: no lid). `averaging_s` is the time over
    which σy averages the wind's meandering (None: the set's own).
    """

    release_kg_s: float
    wind_speed_m_s: float
    stability: str
    dispersion: Dispersion
    height_m: float = 0.0
    mixing_height_m: float | None = None
    averaging_s: float | None = None

    upwind_m: ClassVar[float] = 0.0

    @property
    def label(self) -> str:
        """The model and its set."""
        return f"gaussian_plume/{self.dispersion.name}"

    @property
    def x_min_m(self) -> float:
        """The shortest distance of the set."""
        return self.dispersion.x_min_m

    @property
    def x_max_m(self) -> float:
        """The longest distance of the set for this class."""
        return self.dispersion.farthest_m(self.stability)

    @property
    def speed_m_s(self) -> float:
        """How fast the front travels: with the wind."""
        return self.wind_speed_m_s

    def sigma_y_m(self, x_m: Array) -> Array:
        """Return σy for the averaging time, m."""
        factor = width_factor(self.dispersion, self.stability, self.averaging_s)
        return factor * self.dispersion.sigma_y[self.stability](x_m)

    def sigma_z_m(self, x_m: Array) -> Array:
        """Return σz, m."""
        return self.dispersion.sigma_z[self.stability](x_m)

    def concentration(self, x_m: Array, y_m: Array, z_m: Array | float) -> Array:
        """Return the concentration, kg/m³; zero upwind. Arrays broadcast together."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        downwind = x > 0.0
        safe = np.where(downwind, x, 1.0)
        crosswind = np.exp(-(y**2) / (2.0 * self.sigma_y_m(safe) ** 2))
        return np.where(downwind, self.axis(safe, z) * crosswind, 0.0)

    def axis(self, x_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the concentration in the plume's plane of symmetry (y = 0), kg/m³."""
        x = np.asarray(x_m, float)
        sigma_z = self.sigma_z_m(x)
        strength = self.release_kg_s / (2.0 * math.pi * self.wind_speed_m_s)
        vertical = vertical_term(z_m, self.height_m, sigma_z, self.mixing_height_m)
        return np.asarray(strength / (self.sigma_y_m(x) * sigma_z) * vertical, float)

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the concentration behind the front, which has come as far as the wind."""
        arrived = np.asarray(x_m, float) <= self.wind_speed_m_s * time_s
        return np.where(arrived, self.concentration(x_m, y_m, z_m), 0.0)

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the concentration once the front has passed, kg/m³."""
        return self.concentration(x_m, y_m, z_m)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return y = σy √(2 ln(C(x, 0, 0)/c)), the exact inverse; 0 where C is under c."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        with np.errstate(divide="ignore"):
            ratio = np.log(self.axis(safe) / threshold_kg_m3)
        half = self.sigma_y_m(safe) * np.sqrt(2.0 * np.maximum(ratio, 0.0))
        return np.where(x > 0.0, half, 0.0)

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when the front brings the threshold (NaN: never) and infinity: it goes on."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        reached = (x > 0.0) & (self.axis(safe) >= threshold_kg_m3)
        arrives = np.where(reached, safe / self.wind_speed_m_s, np.nan)
        return arrives, np.where(reached, np.inf, np.nan)


@dataclass(frozen=True, kw_only=True)
class Isopleth:
    """The ground line of one concentration: half width y over downwind distance x, metres.

    `reach_m` is the far end, `cut` says that it was cut at the limit asked for. Empty arrays:
    the ground concentration never reaches the threshold.
    """

    x_m: Array
    half_width_m: Array
    reach_m: float
    cut: bool


def isopleth(
    plume: Plume, threshold_kg_m3: float, *, limit_m: float | None = None, points: int = 161
) -> Isopleth:
    """Return the ground isopleth of a threshold.

    The half width is the exact inverse of the formula, y = σy √(2 ln(C(x,0,0)/c)); the two ends
    are found by root search on ln C.

    Parameters
    ----------
    threshold_kg_m3
        Concentration of the line.
    limit_m
        Cut here; never beyond the range of the dispersion set.
    points
        Number of distances, packed towards the two rounded ends.
    """
    limit = min(limit_m or math.inf, plume.x_max_m)
    first, last, cut = _extent(plume, threshold_kg_m3, limit)
    if first is None:
        return Isopleth(x_m=np.empty(0), half_width_m=np.empty(0), reach_m=0.0, cut=False)
    phase = np.linspace(0.0, math.pi, points)
    x = first + (last - first) * 0.5 * (1.0 - np.cos(phase))
    half = plume.half_width_m(x, threshold_kg_m3)
    if not cut:
        half[-1] = 0.0
    return Isopleth(x_m=x, half_width_m=half, reach_m=last, cut=cut)


def _extent(plume: Plume, threshold: float, limit: float) -> tuple[float | None, float, bool]:
    """Return the first and last distance over the threshold and whether the limit cut it."""

    def excess(x: float) -> float:
        return float(np.log(np.maximum(plume.axis(np.array([x]))[0], 1e-300) / threshold))

    start = min(X_FIRST_M, limit / 2.0)
    grid = np.geomspace(start, limit, 400)
    over = plume.axis(grid) >= threshold
    if not over.any():
        return None, 0.0, False
    inside = np.flatnonzero(over)
    low, high = int(inside[0]), int(inside[-1])
    first = grid[0] if low == 0 else brentq(excess, grid[low - 1], grid[low], xtol=1e-6)
    if high == grid.size - 1:
        return float(first), float(limit), True
    last = brentq(excess, grid[high], grid[high + 1], xtol=1e-6)
    return float(first), float(last), False


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    dispersion = PLUME_SETS[chosen.name]
    plume = Plume(
        release_kg_s=inputs["release_kg_s"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
        dispersion=dispersion,
        height_m=inputs["height_m"],
    )
    values: dict[str, Any] = {}
    warnings: list[dict[str, Any]] = []
    if inputs["threshold_kg_m3"] is not None:
        line = isopleth(plume, inputs["threshold_kg_m3"])
        values["reach_m"] = line.reach_m
        values["half_width_m"] = float(line.half_width_m.max(initial=0.0))
        values["area_m2"] = 2.0 * float(np.trapezoid(line.half_width_m, line.x_m))
        if line.cut:
            warnings.append(_warning("hazard.beyond_range", limit_m=dispersion.x_max_m))
        elif 0.0 < line.reach_m < dispersion.x_min_m:
            warnings.append(_warning("hazard.below_range", limit_m=dispersion.x_min_m))
    if receptors:
        x, y, z = (np.array([r[name] for r in receptors]) for name in ("x_m", "y_m", "z_m"))
        values["concentration_kg_m3"] = plume.concentration(x, y, z).tolist()
        outside = (x < dispersion.x_min_m) | (x > dispersion.x_max_m)
        if bool(outside.any()):
            bounds = f"{dispersion.x_min_m:g}-{dispersion.x_max_m:g} m"
            warnings.append(_warning("hazard.receptor_outside_range", wanted=bounds))
    x_ref = np.array([1000.0])
    return Outcome(
        values=values,
        intermediates={
            "sigma_y_1km_m": float(dispersion.sigma_y[plume.stability](x_ref)[0]),
            "sigma_z_1km_m": float(dispersion.sigma_z[plume.stability](x_ref)[0]),
            "axis_1km_kg_m3": float(plume.axis(x_ref)[0]),
        },
        warnings=tuple(warnings),
    )


def _warning(code: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "params": params}


MODEL = Model(
    name="gaussian_plume",
    version="1",
    group="dispersion",
    inputs=(
        Input(name="release_kg_s", unit="kg/s", minimum=1e-9, maximum=1e6),
        Input(name="wind_speed_m_s", unit="m/s", minimum=1.0, maximum=60.0),
        Input(name="stability", unit="class", choices=CLASSES),
        Input(name="height_m", unit="m", minimum=0.0, maximum=500.0, default=0.0),
        Input(name="threshold_kg_m3", unit="kg/m3", minimum=1e-15, maximum=1000.0, required=False),
    ),
    receptor_inputs=(
        Input(name="x_m", unit="m", minimum=-1e5, maximum=1e5),
        Input(name="y_m", unit="m", minimum=-1e5, maximum=1e5, default=0.0),
        Input(name="z_m", unit="m", minimum=0.0, maximum=2000.0, default=0.0),
    ),
    formula=_formula,
    coefficient_sets=tuple(
        CoefficientSet(
            name=each.name,
            values={"x_min_m": each.x_min_m, "x_max_m": each.x_max_m},
            source=each.source,
            certainty=each.certainty,
        )
        for each in PLUME_SETS.values()
    ),
    sources=("Gaussian plume with ground reflection; CCPS, Guidelines for CPQRA, 2nd ed., 1999",),
)
run = MODEL.run
