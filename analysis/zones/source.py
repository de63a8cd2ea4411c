"""From what leaves a vessel to what enters the air: how much, and how heavy the young cloud is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.hazard import pool_evaporation
from analysis.hazard.physics.constants import AIR_MOLAR_MASS_KG_MOL, ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.flashing import airborne_fraction, flash_fraction
from analysis.scenario import Message, Scenario
from analysis.zones import outflow
from analysis.zones.ledger import Ledger
from analysis.zones.outflow import Outflow, Phase
from layers.substances import Substance

POOL_DEPTH_M = 0.01  # EPA RMP: an undiked pool spreads to 1 cm
WIDEST_POOL_M = 1000.0
MAX_EVAPORATION_PA = 0.9 * ATMOSPHERE_PA


@dataclass(frozen=True, kw_only=True)
class History:
    """How a rate runs over time: from each `time_s` on, until the last, where it ends."""

    time_s: tuple[float, ...]
    rate_kg_s: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What enters the air, and the young cloud that it makes.

    `rate_kg_s` stands for the whole release, `history` says how it runs; `duration_s` and
    `mass_kg` None: it goes on. `instantaneous` is a vessel that bursts: `mass_kg` is there at
    once, and `rate_kg_s` is that mass over ten minutes. The young cloud is unmixed with air:
    `liquid_fraction` of its mass is spray, at `temperature_k`, `cloud_density_kg_m3` with the
    spray and `vapour_density_kg_m3` without.
    """

    rate_kg_s: float
    duration_s: float | None
    cloud_density_kg_m3: float
    air_density_kg_m3: float
    mass_kg: float | None = None
    history: History | None = None
    phase: Phase = "gas"
    instantaneous: bool = False
    liquid_fraction: float = 0.0
    temperature_k: float = 298.15
    vapour_density_kg_m3: float = 1.2

    @property
    def dense(self) -> bool:
        """Say whether the young cloud is heavier than air."""
        return self.cloud_density_kg_m3 > self.air_density_kg_m3


def find(scenario: Scenario, substance: Substance, ledger: Ledger) -> Source:
    """Return the source of a cloud.

    Raises
    ------
    InvalidInputError
        `code="constant_unknown"`: the tables lack a constant that the source needs;
        `"no_outflow"`: nothing leaves the vessel.
    """
    flow = outflow.find(scenario, substance, ledger)
    rate = flow.rate_kg_s
    if flow.phase == "liquid":
        rate = min(rate, _evaporation(scenario, substance, flow, ledger))
    elif flow.phase == "liquefied":
        ledger.note(
            "airborne_share",
            1.0,
            unit="1",
            tag="assumed",
            source="40 CFR 68.25(c)",
            reason=Message(code="hazard.why_all_airborne"),
        )
    ambient_k = outflow.ambient_temperature_k(scenario, ledger)
    ledger.note(
        "release_to_air_kg_s",
        rate,
        unit="kg/s",
        tag="assumed",
        source=None,
        reason=Message(code="hazard.why_source_term"),
    )
    duration = flow.duration_s
    boiling = substance.constant("boiling_point").value
    cloud_k = boiling if flow.phase == "liquefied" else flow.stored_k
    molar_mass = substance.constant("molar_mass").value
    return Source(
        rate_kg_s=rate,
        duration_s=duration,
        cloud_density_kg_m3=_cloud_density(substance, flow),
        air_density_kg_m3=ATMOSPHERE_PA * AIR_MOLAR_MASS_KG_MOL / (R_GAS * ambient_k),
        mass_kg=None if duration is None else rate * duration,
        history=None if duration is None else History(time_s=(0.0, duration), rate_kg_s=(rate, 0)),
        phase=flow.phase,
        instantaneous=scenario.release.leak == "rupture" and flow.phase != "liquid",
        temperature_k=cloud_k,
        vapour_density_kg_m3=ATMOSPHERE_PA * molar_mass / (R_GAS * cloud_k),
    )


def pool_diameter_m(
    scenario: Scenario, substance: Substance, flow: Outflow, ledger: Ledger
) -> float:
    """Return the pool's diameter: given, else what 10 min of outflow cover 1 cm deep."""
    spilled_kg = flow.rate_kg_s * min(flow.duration_s or outflow.WORST_CASE_S, outflow.WORST_CASE_S)
    volume = spilled_kg / outflow.constant(substance, "liquid_density", ledger).value
    spread = 2.0 * math.sqrt(volume / POOL_DEPTH_M / math.pi)
    taken = ledger.take(
        "release.pool_diameter_m",
        scenario.release.pool_diameter_m,
        default=min(max(spread, 0.1), WIDEST_POOL_M),
        unit="m",
        source="EPA RMP [mem 90%]",
        reason=Message(code="hazard.why_pool"),
    )
    return float(taken)


def _evaporation(scenario: Scenario, substance: Substance, flow: Outflow, ledger: Ledger) -> float:
    """Return what evaporates from the pool of a liquid below its boiling point, kg/s."""
    ambient_k = outflow.ambient_temperature_k(scenario, ledger)
    inputs = {
        "wind_speed_m_s": max(scenario.weather.wind_speed_m_s or 1.5, 0.5),
        "pool_radius_m": pool_diameter_m(scenario, substance, flow, ledger) / 2.0,
        "vapour_pressure_pa": min(
            outflow.vapour_pressure_pa(substance, ambient_k), MAX_EVAPORATION_PA
        ),
        "molar_mass_kg_mol": outflow.constant(substance, "molar_mass", ledger).value,
        "temperature_k": ambient_k,
    }
    return float(ledger.run(pool_evaporation.MODEL, inputs)["rate_kg_s"])


def _cloud_density(substance: Substance, flow: Outflow) -> float:
    """Return the density of the young cloud, kg/m³: vapour, with its spray where it flashes."""
    molar_mass = substance.constant("molar_mass").value
    if flow.phase != "liquefied":
        return ATMOSPHERE_PA * molar_mass / (R_GAS * flow.stored_k)
    boiling = substance.constant("boiling_point").value
    vapour = ATMOSPHERE_PA * molar_mass / (R_GAS * boiling)
    flashed = flash_fraction(
        heat_capacity=substance.constant("liquid_heat_capacity").value,
        temperature_k=flow.stored_k,
        boiling_point_k=boiling,
        latent_heat=substance.constant("heat_of_vaporisation").value,
    )
    share = flashed / airborne_fraction(flashed) if flashed > 0 else 1.0
    return 1.0 / (share / vapour + (1.0 - share) / substance.constant("liquid_density").value)
