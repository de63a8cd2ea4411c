"""What Britter and McQuaid say of a release that SLAB has answered."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.gaussian.curve import Dispersion
from analysis.hazard.physics.gaussian.sigma import BRIGGS_RURAL
from analysis.hazard.physics.heavy.britter_mcquaid import ALPHA_MAX
from analysis.hazard.physics.heavy.dense_plume import BritterMcQuaidPlume
from analysis.hazard.physics.heavy.dense_puff import BritterMcQuaidPuff
from analysis.hazard.physics.heavy.mixing import Fluid, drying_air_kg_kg, humid_density, mix
from analysis.hazard.physics.heavy.young_cloud import Beyond, Gas
from analysis.hazard.physics.isopleth import isopleth

Warning_ = dict[str, Any]


def gas_after_spray(
    fluid: Fluid,
    *,
    temperature_k: float,
    liquid_fraction: float,
    ambient_k: float,
    humidity_pct: float,
) -> tuple[Gas, float]:
    """Return the cloud once its spray has evaporated, and its kg for each kg of substance.

    The curves are for gases: a cloud with spray enters them with the air that dries it already
    mixed in (CCPS 1999, p. 120).
    """
    state = {
        "temperature_k": temperature_k,
        "liquid_fraction": liquid_fraction,
        "ambient_k": ambient_k,
        "humidity_pct": humidity_pct,
    }
    air = drying_air_kg_kg(fluid, **state)
    mixed = mix(fluid, np.array([air]), **state)
    gas = Gas(
        density_kg_m3=float(mixed.density_kg_m3[0]),
        ambient_kg_m3=humid_density(ambient_k, humidity_pct),
        temperature_k=float(mixed.temperature_k[0]),
        ambient_k=ambient_k,
        kg_m3=ATMOSPHERE_PA * fluid.molar_mass_kg_mol / (R_GAS * ambient_k),
        share=float(mixed.fraction[0]),
    )
    return gas, 1.0 + air


def workbook_cloud(
    gas: Gas,
    *,
    cloud_kg_s: float | None,
    cloud_kg: float | None,
    duration_s: float | None,
    wind_speed_m_s: float,
    stability: str,
    dispersion: Dispersion = BRIGGS_RURAL,
) -> BritterMcQuaidPlume | BritterMcQuaidPuff | None:
    """Return the plume of a rate or the puff of a mass; None where the curves do not hold."""
    if gas.reduced_m_s2 <= 0.0:
        return None
    beyond = Beyond(dispersion=dispersion, stability=stability)
    found: BritterMcQuaidPlume | BritterMcQuaidPuff
    if cloud_kg_s is not None:
        found = BritterMcQuaidPlume(
            gas=gas,
            flow_m3_s=cloud_kg_s / gas.density_kg_m3,
            wind_speed_m_s=wind_speed_m_s,
            duration_s=duration_s,
            beyond=beyond,
        )
    else:
        found = BritterMcQuaidPuff(
            gas=gas,
            volume_m3=(cloud_kg or 0.0) / gas.density_kg_m3,
            wind_speed_m_s=wind_speed_m_s,
            beyond=beyond,
        )
    return found if found.alpha <= ALPHA_MAX else None


def second_opinion(
    inputs: dict[str, Any], threshold_kg_m3: float | None
) -> tuple[dict[str, Any], tuple[Warning_, ...]]:
    """Return the reach by Britter and McQuaid for the inputs of `slab`, or why there is none."""
    if threshold_kg_m3 is None:
        return {}, ()
    fluid = Fluid(
        molar_mass_kg_mol=inputs["molar_mass_kg_mol"],
        vapour_heat_capacity_j_kg_k=inputs["vapour_heat_capacity_j_kg_k"],
        liquid_heat_capacity_j_kg_k=inputs["liquid_heat_capacity_j_kg_k"],
        heat_of_vaporisation_j_kg=inputs["heat_of_vaporisation_j_kg"],
        boiling_point_k=inputs["boiling_point_k"],
        liquid_density_kg_m3=inputs["liquid_density_kg_m3"],
    )
    pool = inputs["source_kind"] == "pool"
    gas, growth = gas_after_spray(
        fluid,
        temperature_k=max(inputs["temperature_k"] or 0.0, inputs["boiling_point_k"]),
        liquid_fraction=0.0 if pool else inputs["liquid_fraction"],
        ambient_k=inputs["ambient_temperature_k"],
        humidity_pct=inputs["humidity_pct"],
    )
    at_once = inputs["source_kind"] == "instantaneous"
    other: Cloud | None = workbook_cloud(
        gas,
        cloud_kg_s=None if at_once else inputs["release_kg_s"] * growth,
        cloud_kg=inputs["mass_kg"] * growth if at_once else None,
        duration_s=inputs["duration_s"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
    )
    if other is None:
        return {}, ({"code": "hazard.no_second_opinion", "params": {}},)
    reach = isopleth(other, threshold_kg_m3).reach_m
    return {"britter_mcquaid_reach_m": reach}, ()
