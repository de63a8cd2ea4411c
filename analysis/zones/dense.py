"""The heavy cloud of a source: SLAB's where its range and the tables allow, else the workbook's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.hazard import britter_mcquaid_plume, britter_mcquaid_puff, slab
from analysis.hazard.model import Model
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.heavy.britter_mcquaid import ALPHA_MAX
from analysis.hazard.physics.heavy.dense_plume import BritterMcQuaidPlume
from analysis.hazard.physics.heavy.dense_puff import BritterMcQuaidPuff
from analysis.hazard.physics.heavy.mixing import Fluid, humid_density
from analysis.hazard.physics.heavy.second_opinion import gas_after_spray
from analysis.hazard.physics.heavy.slab_run import ROUGHNESS_RANGE_M
from analysis.hazard.physics.heavy.young_cloud import Beyond, Gas
from analysis.zones.decision import Air
from analysis.zones.outflow import vapour_pressure_pa
from analysis.zones.source import Source
from layers.substances import Substance

JET_M_S = 20.0  # of the expanded jet, whose direction nobody reports; the far field forgets it
JET_HEIGHT_M = 1.0
MOST_SPRAY = 0.95
LEAST_VAPOUR = 1e-4
MEANDER_S = 600.0  # the averaging time of the Gaussian sets, so that widths compare


@dataclass(frozen=True, kw_only=True)
class Heavy:
    """A heavy cloud with the model that describes it."""

    cloud: Cloud
    model: Model
    inputs: dict[str, Any]


def spray_share(source: Source, substance: Substance) -> float:
    """Return the share of the young cloud's mass that is spray, at most `MOST_SPRAY`.

    Where the source does not say, it is what makes its density: 1/ρ = (1 − m)/ρv + m/ρl.
    """
    if source.liquid_fraction > 0.0:
        return min(source.liquid_fraction, MOST_SPRAY)
    if source.cloud_density_kg_m3 <= 1.001 * source.vapour_density_kg_m3:
        return 0.0
    vapour, liquid = source.vapour_density_kg_m3, substance.constant("liquid_density").value
    share = (1.0 / vapour - 1.0 / source.cloud_density_kg_m3) / (1.0 / vapour - 1.0 / liquid)
    return min(max(share, 0.0), MOST_SPRAY)


def vapour_share(source: Source, substance: Substance) -> float:
    """Return the volume share of vapour in the young cloud: 1, over a cool pool Psat/P."""
    if source.phase != "liquid":
        return 1.0
    saturated = vapour_pressure_pa(substance, source.temperature_k) / ATMOSPHERE_PA
    return min(max(saturated, LEAST_VAPOUR), 1.0)


def young_density_kg_m3(source: Source, substance: Substance) -> float:
    """Return the density of the young cloud, over a cool pool with the air that dilutes it."""
    share = vapour_share(source, substance)
    return share * source.cloud_density_kg_m3 + (1.0 - share) * source.air_density_kg_m3


def fluid_of(substance: Substance) -> Fluid:
    """Return what the tables know of a substance; InvalidInputError `constant_unknown`."""
    molar_mass = substance.constant("molar_mass").value
    gamma = substance.constant("gamma").value
    return Fluid(
        molar_mass_kg_mol=molar_mass,
        vapour_heat_capacity_j_kg_k=gamma * R_GAS / (molar_mass * (gamma - 1.0)),
        liquid_heat_capacity_j_kg_k=substance.constant("liquid_heat_capacity").value,
        heat_of_vaporisation_j_kg=substance.constant("heat_of_vaporisation").value,
        boiling_point_k=substance.constant("boiling_point").value,
        liquid_density_kg_m3=substance.constant("liquid_density").value,
    )


def slab_of(source: Source, air: Air, substance: Substance, *, height_m: float) -> Heavy:
    """Return the cloud by SLAB.

    Raises
    ------
    InvalidInputError
        `code="constant_unknown"`: the tables lack a constant that SLAB takes.
    OutOfRangeError
        Outside SLAB's range, or a source that it cannot integrate.
    """
    spray = spray_share(source, substance)
    given: dict[str, Any] = {
        **vars(fluid_of(substance)),
        "liquid_fraction": spray,
        "wind_speed_m_s": air.wind_speed_m_s,
        "roughness_m": min(air.roughness_m, ROUGHNESS_RANGE_M[1]),
        "stability": air.stability,
        "ambient_temperature_k": air.temperature_k,
        "humidity_pct": air.humidity_pct,
        "averaging_s": MEANDER_S,
        "concentration": "peak",
    }
    if spray == 0.0:
        given["temperature_k"] = source.temperature_k
    if source.instantaneous and source.mass_kg is not None:
        volume = source.mass_kg / source.cloud_density_kg_m3
        given |= {
            "source_kind": "instantaneous",
            "mass_kg": source.mass_kg,
            "area_m2": math.pi * (volume / math.pi) ** (2.0 / 3.0),  # as high as its radius
        }
    else:
        given |= {
            "source_kind": "horizontal_jet",
            "release_kg_s": source.rate_kg_s,
            "duration_s": source.duration_s,
            "area_m2": source.rate_kg_s / (source.cloud_density_kg_m3 * JET_M_S),
            "height_m": max(height_m, JET_HEIGHT_M),
        }
    read = slab.MODEL.read(given)
    return Heavy(cloud=slab.cloud(read), model=slab.MODEL, inputs=given)


def workbook_of(source: Source, air: Air, substance: Substance) -> Heavy | float:
    """Return the cloud by Britter and McQuaid, or its α where their curves do not hold.

    A cloud with spray enters the curves with the air that dries it.
    """
    gas, grown = _gas(source, air, substance)
    if gas.reduced_m_s2 <= 0.0:
        return -math.inf
    at_once = source.instantaneous and source.mass_kg is not None
    kg = (source.mass_kg or 0.0) if at_once else source.rate_kg_s
    volume = kg * grown / gas.density_kg_m3
    wind = air.wind_speed_m_s or 0.0
    beyond = Beyond(dispersion=air.dispersion, stability=air.stability)
    cloud: BritterMcQuaidPlume | BritterMcQuaidPuff
    if at_once:
        cloud = BritterMcQuaidPuff(gas=gas, volume_m3=volume, wind_speed_m_s=wind, beyond=beyond)
    else:
        cloud = BritterMcQuaidPlume(
            gas=gas,
            flow_m3_s=volume,
            wind_speed_m_s=wind,
            duration_s=source.duration_s,
            beyond=beyond,
        )
    if cloud.alpha > ALPHA_MAX:
        return cloud.alpha
    inputs = {
        "volume_m3" if at_once else "volume_flow_m3_s": volume,
        "density_kg_m3": gas.density_kg_m3,
        "ambient_density_kg_m3": gas.ambient_kg_m3,
        "temperature_k": gas.temperature_k,
        "ambient_temperature_k": gas.ambient_k,
        "molar_mass_kg_mol": substance.constant("molar_mass").value,
        "initial_fraction": gas.share,
        "wind_speed_m_s": wind,
        "continuation": "gaussian",
        "continuation_set": air.dispersion.name,
        "stability": air.stability,
    }
    if not at_once:
        inputs["duration_s"] = source.duration_s
    model = britter_mcquaid_puff.MODEL if at_once else britter_mcquaid_plume.MODEL
    return Heavy(cloud=cloud, model=model, inputs=inputs)


def _gas(source: Source, air: Air, substance: Substance) -> tuple[Gas, float]:
    """Return the cloud as the curves take it, and its kg for each kg that enters the air."""
    spray = spray_share(source, substance)
    if spray > 0.0:
        return gas_after_spray(
            fluid_of(substance),
            temperature_k=source.temperature_k,
            liquid_fraction=spray,
            ambient_k=air.temperature_k,
            humidity_pct=air.humidity_pct,
        )
    molar_mass = substance.constant("molar_mass").value
    share = vapour_share(source, substance)
    density = young_density_kg_m3(source, substance)
    gas = Gas(
        density_kg_m3=density,
        ambient_kg_m3=humid_density(air.temperature_k, air.humidity_pct),
        temperature_k=source.temperature_k,
        ambient_k=air.temperature_k,
        kg_m3=ATMOSPHERE_PA * molar_mass / (R_GAS * air.temperature_k),
        share=share,
    )
    return gas, density / (share * source.cloud_density_kg_m3)


def reach_of_fraction(cloud: Cloud, kg_m3: float) -> float:
    """Return how far a concentration reaches on the axis, m; 0 where it is never met."""
    x = np.geomspace(1.0, cloud.x_max_m, 400)
    over = np.flatnonzero(cloud.peak(x, np.zeros_like(x)) >= kg_m3)
    return float(x[over[-1]]) if over.size else 0.0
