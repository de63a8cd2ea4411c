"""A bed of fuel at a moisture: what Rothermel's model needs of it, and what it then gives.

The correlations are in lb, ft, Btu and minutes, as published; models turn them to SI.

Sources: Rothermel, R.C. (1972), INT-115; Albini, F.A. (1976), INT-30 (FIREMOD), whose changes
are the set "albini_1976"; Andrews, P.L. (2018), RMRS-GTR-371. Read through pyretechnics and
behavejs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.hazard.physics.spread.fuel_models import FuelModel
from layers.errors import OutOfRangeError

Floats = NDArray[np.float64]
Edition = Literal["albini_1976", "rothermel_1972"]

HERB = 3
_SIZE_LIMITS_PER_FT = (1200.0, 192.0, 96.0, 48.0, 16.0)
_LIVE = np.array([False, False, False, False, True, True])


@dataclass(frozen=True, kw_only=True)
class Moisture:
    """Moisture of fuel (可燃物含水率), share of its dry mass."""

    dead_1h: float
    dead_10h: float
    dead_100h: float
    herb: float
    woody: float

    def of_particles(self) -> Floats:
        """Return moistures of dead 1-h, 10-h, 100-h, cured herb, live herb, live woody."""
        return np.array(
            [self.dead_1h, self.dead_10h, self.dead_100h, self.dead_1h, self.herb, self.woody]
        )


@dataclass(frozen=True, kw_only=True)
class FuelBed:
    """A bed of fuel without wind and slope, in lb, ft, Btu and minutes."""

    sav_per_ft: float
    packing_ratio: float
    optimum_packing_ratio: float
    bulk_density_lb_ft3: float
    live_extinction: float
    reaction_velocity_per_min: float
    reaction_intensity_btu_ft2_min: float
    propagating_flux_ratio: float
    heat_sink_btu_ft3: float
    spread_rate_ft_min: float

    @property
    def relative_packing_ratio(self) -> float:
        """Packing ratio over the optimum one."""
        return self.packing_ratio / self.optimum_packing_ratio

    @property
    def residence_min(self) -> float:
        """Flame residence time, Anderson (1969)."""
        return 384.0 / self.sav_per_ft

    @property
    def wind_exponent(self) -> float:
        """B of the wind factor."""
        return float(0.02526 * self.sav_per_ft**0.54)

    @property
    def wind_constant(self) -> float:
        """C (β/βop)^-E of the wind factor."""
        c = 7.47 * math.exp(-0.133 * self.sav_per_ft**0.55)
        e = 0.715 * math.exp(-3.59e-4 * self.sav_per_ft)
        return float(c * self.relative_packing_ratio**-e)

    def wind_factor(self, midflame_ft_min: Floats) -> Floats:
        """Return φw of midflame wind speeds."""
        factor: Floats = self.wind_constant * np.asarray(midflame_ft_min) ** self.wind_exponent
        return factor

    def slope_factor(self, slope_tan: Floats) -> Floats:
        """Return φs of slopes."""
        factor: Floats = 5.275 * self.packing_ratio**-0.3 * np.asarray(slope_tan) ** 2
        return factor

    def wind_of_factor(self, factor: Floats) -> Floats:
        """Return the midflame wind, ft/min, that alone would give a factor."""
        wind: Floats = (np.asarray(factor) / self.wind_constant) ** (1.0 / self.wind_exponent)
        return wind


def fuel_bed(fuel: FuelModel, moisture: Moisture, edition: Edition = "albini_1976") -> FuelBed:
    """Return the bed of a fuel model at a moisture.

    Fuel at or above its moisture of extinction has a reaction intensity of zero.

    Raises
    ------
    OutOfRangeError
        More fuel than the depth of the bed has room for.
    """
    load = _loads(fuel, moisture)
    sav = np.array([*fuel.sav_per_ft[:3], fuel.sav_per_ft[HERB], *fuel.sav_per_ft[HERB:]])
    wet = moisture.of_particles()
    surface = load * sav / fuel.density_lb_ft3
    within = np.array([_share(surface, _LIVE), _share(surface, ~_LIVE)]).sum(axis=0)
    total = surface.sum()
    category = np.where(_LIVE, surface[_LIVE].sum(), surface[~_LIVE].sum()) / total
    mean_sav = float((category * within * sav).sum())
    packing = float(load.sum() / fuel.density_lb_ft3 / fuel.depth_ft)
    if packing >= 1.0:
        raise OutOfRangeError(
            f"fuel_depth_m: got a bed {packing:.3g} times as full as its depth, wanted less than 1",
            field="fuel_depth_m",
            got=packing,
            wanted="load / (particle density x depth) < 1",
        )
    optimum = 3.348 * mean_sav**-0.8189
    live_limit = _live_extinction(fuel, load, sav, wet)
    velocity = _reaction_velocity(mean_sav, packing / optimum, edition)
    intensity = velocity * sum(
        _heat_per_area(fuel, load, sav, wet, within, live, limit, edition)
        for live, limit in ((False, fuel.extinction), (True, live_limit))
    )
    flux = math.exp((0.792 + 0.681 * math.sqrt(mean_sav)) * (packing + 0.1)) / (
        192.0 + 0.2595 * mean_sav
    )
    density = float(load.sum() / fuel.depth_ft)
    preignition = np.exp(-138.0 / sav) * (250.0 + 1116.0 * wet)
    sink = density * float((category * within * preignition).sum())
    return FuelBed(
        sav_per_ft=mean_sav,
        packing_ratio=packing,
        optimum_packing_ratio=optimum,
        bulk_density_lb_ft3=density,
        live_extinction=live_limit,
        reaction_velocity_per_min=velocity,
        reaction_intensity_btu_ft2_min=intensity,
        propagating_flux_ratio=flux,
        heat_sink_btu_ft3=sink,
        spread_rate_ft_min=intensity * flux / sink,
    )


def _loads(fuel: FuelModel, moisture: Moisture) -> Floats:
    """Return loads of the six particles; in a dynamic model herbaceous fuel cures as it dries."""
    one, ten, hundred, herb, woody = fuel.loads_lb_ft2
    # Scott and Burgan 2005, p. 5: cured below 30 % moisture, green above 120 %.
    green = min(1.0, max(0.0, moisture.herb / 0.9 - 1.0 / 3.0)) if fuel.dynamic else 1.0
    return np.array([one, ten, hundred, herb * (1.0 - green), herb * green, woody])


def _share(amount: Floats, chosen: NDArray[np.bool_]) -> Floats:
    whole = amount[chosen].sum()
    return np.where(chosen, amount / whole, 0.0) if whole > 0.0 else np.zeros_like(amount)


def _live_extinction(fuel: FuelModel, load: Floats, sav: Floats, wet: Floats) -> float:
    """Return the moisture of extinction of live fuel (Albini 1976, p. 89 [mem 80%])."""
    live = load[_LIVE] * np.exp(-500.0 / sav[_LIVE])
    if live.sum() <= 0.0:
        return 0.0
    fine = load[~_LIVE] * np.exp(-138.0 / sav[~_LIVE])
    fine_wet = float((fine * wet[~_LIVE]).sum() / fine.sum())
    ratio = float(fine.sum() / live.sum())
    limit = 2.9 * ratio * (1.0 - fine_wet / fuel.extinction) - 0.226
    return max(fuel.extinction, limit)


def _reaction_velocity(sav: float, relative_packing: float, edition: Edition) -> float:
    most = sav**1.5 / (495.0 + 0.0594 * sav**1.5)
    if edition == "albini_1976":
        exponent = 133.0 * sav**-0.7913
    else:
        exponent = 1.0 / (4.774 * sav**0.1 - 7.27)
    return float(most * relative_packing**exponent * math.exp(exponent * (1.0 - relative_packing)))


def _heat_per_area(
    fuel: FuelModel,
    load: Floats,
    sav: Floats,
    wet: Floats,
    within: Floats,
    live: bool,
    extinction: float,
    edition: Edition,
) -> float:
    """Return what one category, dead or live, gives of heat, damped, Btu/ft²."""
    chosen = live == _LIVE
    share = within[chosen]
    if share.sum() <= 0.0 or extinction <= 0.0:
        return 0.0
    if edition == "albini_1976":
        net = load[chosen] * (1.0 - fuel.mineral_total)
        load_net = float((_size_weights(sav[chosen], share) * net).sum())
    else:
        load_net = float((share * load[chosen] / (1.0 + fuel.mineral_total)).sum())
    ratio = float((share * wet[chosen]).sum()) / extinction
    if ratio >= 1.0:
        return 0.0
    moisture_damping = 1.0 - 2.59 * ratio + 5.11 * ratio**2 - 3.52 * ratio**3
    mineral_damping = min(1.0, 0.174 * fuel.mineral_effective**-0.19)
    return float(load_net * fuel.heat_btu_lb * max(0.0, moisture_damping) * mineral_damping)


def _size_weights(sav: Floats, share: Floats) -> Floats:
    """Return g of FIREMOD: each particle has the share of its whole size class."""
    size = np.digitize(sav, _SIZE_LIMITS_PER_FT)
    weights: Floats = np.where(size[:, None] == size[None, :], share[None, :], 0.0).sum(axis=1)
    return weights
