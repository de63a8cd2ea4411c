"""The flame of a gas jet in the wind (喷射火焰): Chamberlain's frustum, and what the ground sees.

Local axes: x downwind, y to the left, z up, metres; the hole stands at (0, 0, height).
Chamberlain 1987, Chem. Eng. Res. Des. 65:299, as in the TNO Yellow Book 3rd ed. 6.5.3 and Assael
and Kakosimos 2010, p. 108-117.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from analysis.hazard.physics.constants import (
    AIR_MOLAR_MASS_KG_MOL,
    ATMOSPHERE_PA,
    GRAVITY,
    R_GAS,
)

Array = npt.NDArray[np.float64]
_AROUND, _ALONG, _RINGS = 48, 32, 6


def expanded_speed(
    *, pressure_pa: float, temperature_k: float, gamma: float, molar_mass_kg_mol: float
) -> tuple[float, float, float]:
    """Return the Mach number, temperature, K, and speed, m/s, of a jet expanded to the air.

    Mj = √(2/(γ−1) ((P/P0)^((γ−1)/γ) − 1)), Tj = Ts (P0/P)^((γ−1)/γ), uj = Mj √(γ R Tj/M).
    """
    ratio = (pressure_pa / ATMOSPHERE_PA) ** ((gamma - 1.0) / gamma)
    mach = math.sqrt(max(0.0, 2.0 / (gamma - 1.0) * (ratio - 1.0)))
    cold = temperature_k / ratio
    return mach, cold, mach * math.sqrt(gamma * R_GAS * cold / molar_mass_kg_mol)


def radiated_share(jet_speed_m_s: float) -> float:
    """Return Chamberlain's radiated share, 0.21 e^(−0.00323 u) + 0.11."""
    return float(0.21 * math.exp(-0.00323 * jet_speed_m_s) + 0.11)


@dataclass(frozen=True, kw_only=True)
class Jet:
    """A burning jet; `angle_deg` is from the wind's direction: 0 with it, 90 up, 180 against."""

    rate_kg_s: float
    speed_m_s: float
    jet_temperature_k: float
    molar_mass_kg_mol: float
    wind_speed_m_s: float
    air_temperature_k: float
    angle_deg: float
    height_m: float


@dataclass(frozen=True, kw_only=True)
class Frustum:
    """Chamberlain's flame: metres and degrees, in the order in which they are calculated."""

    source_diameter_m: float
    calm_length_m: float
    flame_length_m: float
    wind_ratio: float
    richardson: float
    axis_deg: float
    lift_off_m: float
    frustum_length_m: float
    base_width_m: float
    tip_width_m: float
    area_m2: float
    angle_deg: float
    height_m: float

    @property
    def elevation_deg(self) -> float:
        """Return how the flame's axis rises from the wind's direction."""
        return self.angle_deg - self.axis_deg

    def view_factor(self, x_m: Array, y_m: Array) -> Array:
        """Return the greatest view factor on the ground, whichever way a receiver is turned.

        Summed over the part of the frustum that stands over the ground. NaN where a place on the
        ground lies in the flame.
        """
        place, normal, area = self._panels()
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        here = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=-1)
        ray = place[None, :, :] - here[:, None, :]
        squared = np.maximum((ray**2).sum(axis=-1), 1e-9)
        leaving = -(ray * normal[None]).sum(axis=-1)
        weight = np.where(leaving > 0.0, leaving, 0.0) / squared**2 * area / math.pi
        vector = (ray * weight[:, :, None]).sum(axis=1)
        inside = (leaving < 0.0).all(axis=1)
        found = np.minimum(np.linalg.norm(vector, axis=-1), 1.0)
        return np.where(inside, np.nan, found).reshape(x.shape)

    def _panels(self) -> tuple[Array, Array, Array]:
        """Return the middles, outward normals and areas of the panels over the ground."""
        rise = math.radians(self.elevation_deg)
        along = np.array([math.cos(rise), 0.0, math.sin(rise)])
        side, up = np.array([0.0, 1.0, 0.0]), np.array([-math.sin(rise), 0.0, math.cos(rise)])
        hole = math.radians(self.angle_deg)
        foot = self.lift_off_m * np.array([math.cos(hole), 0.0, math.sin(hole)])
        foot[2] += self.height_m
        wall = self._wall(along, side, up)
        ends = [self._disc(along, side, up, tip=tip) for tip in (False, True)]
        parts = [wall, *ends]
        place = np.concatenate([part[0] for part in parts]) + foot
        normal = np.concatenate([part[1] for part in parts])
        area = np.concatenate([part[2] for part in parts])
        over = place[:, 2] > 0.0
        return place[over], normal[over], area[over]

    def _wall(self, along: Array, side: Array, up: Array) -> tuple[Array, Array, Array]:
        turn, share = _grid(_AROUND, _ALONG)
        slope = (self.tip_width_m - self.base_width_m) / 2.0 / self.frustum_length_m
        radius = self.base_width_m / 2.0 + slope * share * self.frustum_length_m
        out = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * up
        place = (share * self.frustum_length_m)[:, None] * along + radius[:, None] * out
        normal = (out - slope * along) / math.hypot(1.0, slope)
        slant = math.hypot(1.0, slope) * self.frustum_length_m / _ALONG
        return place, normal, 2.0 * math.pi * radius / _AROUND * slant

    def _disc(
        self, along: Array, side: Array, up: Array, *, tip: bool
    ) -> tuple[Array, Array, Array]:
        turn, share = _grid(_AROUND, _RINGS)
        rim = (self.tip_width_m if tip else self.base_width_m) / 2.0
        out = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * up
        away = self.frustum_length_m if tip else 0.0
        place = away * along + (share * rim)[:, None] * out
        normal = np.broadcast_to(along if tip else -along, place.shape)
        return place, normal, 2.0 * math.pi * share * rim / _AROUND * rim / _RINGS


def _grid(around: int, along: int) -> tuple[Array, Array]:
    turn = (np.arange(around) + 0.5) / around * 2.0 * math.pi
    share = (np.arange(along) + 0.5) / along
    angles, shares = np.meshgrid(turn, share)
    return angles.ravel(), shares.ravel()


def frustum(jet: Jet) -> Frustum:
    """Return Chamberlain's flame of a jet; speeds over 0, wind under 20 m/s (his data's range)."""
    air = ATMOSPHERE_PA * AIR_MOLAR_MASS_KG_MOL / (R_GAS * jet.air_temperature_k)
    gas = ATMOSPHERE_PA * jet.molar_mass_kg_mol / (R_GAS * jet.jet_temperature_k)
    source = math.sqrt(4.0 * jet.rate_kg_s / (math.pi * air * jet.speed_m_s))
    calm = source * _length_ratio(jet, source)
    wind = jet.wind_speed_m_s / jet.speed_m_s
    length = (
        calm
        * (0.51 * math.exp(-0.4 * jet.wind_speed_m_s) + 0.49)
        * (1.0 - 0.00607 * (jet.angle_deg - 90.0))
    )
    scale = (GRAVITY / (source * jet.speed_m_s) ** 2) ** (1.0 / 3.0)
    axis = _axis_deg(jet.angle_deg, wind, calm * scale)
    pull = 0.185 * math.exp(-20.0 * wind) + 0.015
    turn = math.radians(axis)
    lift = length * (math.sin(pull * turn) / math.sin(turn) if abs(math.sin(turn)) > 1e-9 else pull)
    body = math.sqrt(length**2 - (lift * math.sin(turn)) ** 2) - lift * math.cos(turn)
    spread = 1000.0 * math.exp(-100.0 * wind) + 0.8
    narrow = (1.0 - math.sqrt(air / gas) / 15.0) * math.exp(
        -70.0 * (source * scale) ** (spread * wind)
    )
    base = source * (13.5 * math.exp(-6.0 * wind) + 1.5) * (1.0 - narrow)
    tip = length * (0.18 * math.exp(-1.5 * wind) + 0.31) * (1.0 - 0.47 * math.exp(-25.0 * wind))
    slant = math.hypot(body, (tip - base) / 2.0)
    area = math.pi / 4.0 * (base**2 + tip**2) + math.pi / 2.0 * (base + tip) * slant
    return Frustum(
        source_diameter_m=source,
        calm_length_m=calm,
        flame_length_m=length,
        wind_ratio=wind,
        richardson=calm * scale,
        axis_deg=axis,
        lift_off_m=lift,
        frustum_length_m=body,
        base_width_m=base,
        tip_width_m=tip,
        area_m2=area,
        angle_deg=jet.angle_deg,
        height_m=jet.height_m,
    )


def _length_ratio(jet: Jet, source: float) -> float:
    """Return Y of 0.024 (g Ds/uj²)^⅓ Y^(5/3) + 0.2 Y^(2/3) = (2.85/W)^(2/3)."""
    mass = jet.molar_mass_kg_mol
    fuel = mass / (15.816 * mass + 0.0395)
    lift = 0.024 * (GRAVITY * source / jet.speed_m_s**2) ** (1.0 / 3.0)
    wanted = (2.85 / fuel) ** (2.0 / 3.0)
    highest = (wanted / 0.2) ** 1.5
    return float(
        brentq(
            lambda y: lift * y ** (5.0 / 3.0) + 0.2 * y ** (2.0 / 3.0) - wanted, 0.0, highest * 1.01
        )
    )


def _axis_deg(angle_deg: float, wind: float, richardson: float) -> float:
    """Return the angle between the hole's axis and the flame's."""
    turned = (angle_deg - 90.0) * (1.0 - math.exp(-25.6 * wind))
    if wind <= 0.05:
        return turned + 8000.0 * wind / richardson
    return turned + (134.0 + 1726.0 * math.sqrt(wind - 0.026)) / richardson
