"""A cold or spraying cloud that mixes with humid air: temperature, spray, density on the way.

Adiabatic mixing at constant pressure in homogeneous equilibrium: vapour and drops have one
temperature, each of substance and water evaporates or condenses by its own saturation pressure
(Wheatley 1986, UKAEA SRD R 382; CCPS 1999; Ermak 1990, UCRL-MA-105607 eq. 40-44). Ideal gases,
constant heat capacities; what heats by dissolving (ammonia or HF in water) is left out, which keeps
such a cloud colder and heavier than it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.hazard.physics.constants import AIR_MOLAR_MASS_KG_MOL, ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.gaussian.curve import Array

WATER_MOLAR_MASS_KG_MOL = 0.01801528
WATER_DENSITY_KG_M3 = 1000.0
# UCRL-MA-105607: constants of air and water, and water's saturation pressure over the atmosphere.
AIR_CP, VAPOUR_CP, WATER_CP = 1005.87, 1846.0, 4178.0  # J/(kg K)
WATER_HEAT_J_KG, WATER_REFERENCE_K = 2_441_000.0, 298.2
SATURATION_A, SATURATION_B = 15.08, 5514.0
COLDEST_K = 30.0
_ROUNDS, _BALANCES = 56, 10
_MOST_EXPONENT = 600.0  # far over boiling nothing stays liquid, whatever the number


@dataclass(frozen=True, kw_only=True)
class Fluid:
    """What a substance brings to the mixing, SI; its heat of vaporisation at its boiling point."""

    molar_mass_kg_mol: float
    vapour_heat_capacity_j_kg_k: float
    liquid_heat_capacity_j_kg_k: float
    heat_of_vaporisation_j_kg: float
    boiling_point_k: float
    liquid_density_kg_m3: float

    def saturation(self, temperature_k: Array) -> Array:
        """Return Psat/P by Clausius-Clapeyron from the boiling point."""
        slope = self.heat_of_vaporisation_j_kg * self.molar_mass_kg_mol / R_GAS
        exponent = slope * (1.0 / self.boiling_point_k - 1.0 / temperature_k)
        return np.asarray(np.exp(np.minimum(exponent, _MOST_EXPONENT)))


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """The cloud after so many kg of humid air for each kg of substance; arrays of one shape.

    `liquid_share` is the part of the substance that is still spray; `fraction` the volume fraction
    of the substance's vapour; `ratio` the density over that of the air.
    """

    air_kg_kg: Array
    temperature_k: Array
    density_kg_m3: Array
    liquid_share: Array
    fraction: Array
    ratio: Array


def mix(
    fluid: Fluid,
    air_kg_kg: Array,
    *,
    temperature_k: float,
    liquid_fraction: float,
    ambient_k: float,
    humidity_pct: float,
) -> Mixture:
    """Return the mixtures of a young cloud with air, one for each entry of `air_kg_kg`."""
    air = np.asarray(air_kg_kg, float)
    wet = humid_share(ambient_k, humidity_pct)
    start = _heat_of_fluid(fluid, temperature_k, liquid_fraction)
    start = start + air * _heat_of_air(ambient_k, wet, np.zeros_like(air))
    air = np.maximum(air, 1e-9)  # the young cloud itself, to nine figures
    low = np.full_like(air, COLDEST_K)
    high = np.full_like(air, max(temperature_k, ambient_k) + 60.0)
    for _ in range(_ROUNDS):
        middle = 0.5 * (low + high)
        spray, drops = _condensed(fluid, air, wet, middle)
        heat = _heat_of_fluid(fluid, middle, spray) + air * _heat_of_air(middle, wet, drops)
        colder = heat < start
        low, high = np.where(colder, middle, low), np.where(colder, high, middle)
    found = 0.5 * (low + high)
    spray, drops = _condensed(fluid, air, wet, found)
    return _mixture(fluid, air, wet, found, spray, drops, humid_density(ambient_k, humidity_pct))


def drying_air_kg_kg(
    fluid: Fluid,
    *,
    temperature_k: float,
    liquid_fraction: float,
    ambient_k: float,
    humidity_pct: float,
) -> float:
    """Return how much air, kg a kg of substance, evaporates the last of the spray; 0 without."""
    if liquid_fraction <= 0.0:
        return 0.0
    air = np.geomspace(1e-2, 1e4, 400)
    mixed = mix(
        fluid,
        air,
        temperature_k=temperature_k,
        liquid_fraction=liquid_fraction,
        ambient_k=ambient_k,
        humidity_pct=humidity_pct,
    )
    dry = np.flatnonzero(mixed.liquid_share <= 1e-6)
    return float(air[dry[0]]) if dry.size else float(air[-1])


def humid_share(ambient_k: float, humidity_pct: float) -> float:
    """Return the mass share of water in the air."""
    partial = humidity_pct / 100.0 * min(1.0, math.exp(SATURATION_A - SATURATION_B / ambient_k))
    water, air = WATER_MOLAR_MASS_KG_MOL * partial, AIR_MOLAR_MASS_KG_MOL * (1.0 - partial)
    return water / (water + air)


def humid_density(ambient_k: float, humidity_pct: float) -> float:
    """Return the density of the humid air, kg/m³."""
    wet = humid_share(ambient_k, humidity_pct)
    moles = wet / WATER_MOLAR_MASS_KG_MOL + (1.0 - wet) / AIR_MOLAR_MASS_KG_MOL
    return ATMOSPHERE_PA / (R_GAS * ambient_k * moles)


def _heat_of_fluid(fluid: Fluid, temperature_k: Array | float, liquid: Array | float) -> Array:
    """Return J/kg of substance over its vapour at the boiling point."""
    above = np.asarray(temperature_k, float) - fluid.boiling_point_k
    vapour = fluid.vapour_heat_capacity_j_kg_k * above
    spray = fluid.liquid_heat_capacity_j_kg_k * above - fluid.heat_of_vaporisation_j_kg
    return np.asarray(vapour * (1.0 - liquid) + spray * liquid)


def _heat_of_air(temperature_k: Array | float, wet: float, drops: Array) -> Array:
    """Return J/kg of humid air over dry air and vapour at water's reference; drops: condensed."""
    above = np.asarray(temperature_k, float) - WATER_REFERENCE_K
    gone = wet * drops
    return np.asarray(
        (1.0 - wet) * AIR_CP * above
        + (wet - gone) * VAPOUR_CP * above
        + gone * (WATER_CP * above - WATER_HEAT_J_KG)
    )


def _condensed(fluid: Fluid, air: Array, wet: float, temperature_k: Array) -> tuple[Array, Array]:
    """Return the condensed shares of the substance and of the air's water at a temperature."""
    substance = 1.0 / fluid.molar_mass_kg_mol
    water = air * wet / WATER_MOLAR_MASS_KG_MOL
    dry = air * (1.0 - wet) / AIR_MOLAR_MASS_KG_MOL
    full = _odds(fluid.saturation(temperature_k))
    full_water = _odds(np.exp(SATURATION_A - SATURATION_B / temperature_k))
    steam = water
    vapour = np.full_like(air, substance)
    for _ in range(_BALANCES):
        vapour = np.minimum(substance, full * (dry + steam))
        steam = np.minimum(water, full_water * (dry + vapour))
    return 1.0 - vapour / substance, 1.0 - steam / np.maximum(water, 1e-300)


def _odds(saturation: Array) -> Array:
    """Return moles of vapour a mole of other gas at saturation; endless at the boiling point."""
    under = np.minimum(saturation, 1.0 - 1e-12)
    return np.asarray(under / (1.0 - under))


def _mixture(
    fluid: Fluid,
    air: Array,
    wet: float,
    temperature_k: Array,
    spray: Array,
    drops: Array,
    ambient_kg_m3: float,
) -> Mixture:
    vapour = (1.0 - spray) / fluid.molar_mass_kg_mol
    steam = air * wet * (1.0 - drops) / WATER_MOLAR_MASS_KG_MOL
    moles = vapour + steam + air * (1.0 - wet) / AIR_MOLAR_MASS_KG_MOL
    gas_m3 = moles * R_GAS * temperature_k / ATMOSPHERE_PA
    liquid_m3 = spray / fluid.liquid_density_kg_m3 + air * wet * drops / WATER_DENSITY_KG_M3
    density = (1.0 + air) / (gas_m3 + liquid_m3)
    return Mixture(
        air_kg_kg=air,
        temperature_k=temperature_k,
        density_kg_m3=density,
        liquid_share=spray,
        fraction=vapour / moles,
        ratio=density / ambient_kg_m3,
    )
