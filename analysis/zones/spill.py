"""A pool on the ground: what rains out or runs out, and what it gives off, by the pool models."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.hazard import pool_evaporation, pool_spread
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.hazard.physics.release.ground import GROUNDS, conduction_coefficient
from analysis.scenario import Message, Scenario
from analysis.zones import facts
from analysis.zones.history import History
from analysis.zones.ledger import Ledger
from layers.substances import Substance

POOL_DEPTH_M = 0.01  # EPA RMP: an undiked pool spreads to 1 cm
WIDEST_POOL_M = 1000.0
GROUND = "cement"
MOST_EVAPORATION_PA = 0.9 * ATMOSPHERE_PA
POOL_TIME_S = (3600.0, 14_400.0)
LEAST_KG = 1e-3
LEAST_RADIUS_M = 0.05


@dataclass(frozen=True, kw_only=True)
class Fed:
    """What comes to a pool: a mass at once, or a rate for a time (None: goes on)."""

    mass_kg: float | None = None
    rate_kg_s: float | None = None
    duration_s: float | None = None

    @property
    def little(self) -> bool:
        """Say whether it is too little to make a pool."""
        if self.mass_kg is not None:
            return self.mass_kg < LEAST_KG
        lasts = POOL_TIME_S[0] if self.duration_s is None else self.duration_s
        return (self.rate_kg_s or 0.0) * lasts < LEAST_KG or (self.rate_kg_s or 0.0) < 1e-6


def pool_diameter_m(
    scenario: Scenario, substance: Substance, spilled_kg: float, ledger: Ledger
) -> float:
    """Return the pool's diameter: given, else what the spill covers 1 cm deep."""
    volume = spilled_kg / facts.constant(substance, "liquid_density", ledger).value
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


def evaporating(
    scenario: Scenario, substance: Substance, fed: Fed, *, diameter_m: float, pool_k: float,
    ledger: Ledger,
) -> History:  # fmt: skip
    """Return what a pool below its boiling point gives off."""
    inputs = {
        "wind_speed_m_s": min(max(scenario.weather.wind_speed_m_s or 1.5, 0.5), 60.0),
        "pool_radius_m": max(diameter_m / 2.0, LEAST_RADIUS_M),
        "vapour_pressure_pa": min(facts.vapour_pressure_pa(substance, pool_k), MOST_EVAPORATION_PA),
        "molar_mass_kg_mol": facts.constant(substance, "molar_mass", ledger).value,
        "temperature_k": pool_k,
    }
    flux = float(ledger.run(pool_evaporation.MODEL, inputs)["flux_kg_m2_s"])
    return _spread(substance, fed, ledger, flux=flux, diameter_m=diameter_m)


def boiling(
    scenario: Scenario, substance: Substance, fed: Fed, *, ground_k: float, ledger: Ledger
) -> History:
    """Return what a pool that boils on the ground gives off; the ground is taken as concrete."""
    ground = GROUNDS[GROUND]
    ledger.note(
        "release.ground",
        GROUND,
        unit=None,
        tag="assumed",
        source=ground.source,
        reason=Message(code="hazard.why_ground"),
    )
    coefficient = conduction_coefficient(
        conductivity_w_m_k=ground.conductivity_w_m_k,
        diffusivity_m2_s=ground.diffusivity_m2_s,
        over_boiling_k=ground_k - facts.constant(substance, "boiling_point", ledger).value,
        latent_heat_j_kg=facts.constant(substance, "heat_of_vaporisation", ledger).value,
    )
    given = scenario.release.pool_diameter_m
    return _spread(substance, fed, ledger, conduction=coefficient, diameter_m=given)


def _spread(
    substance: Substance,
    fed: Fed,
    ledger: Ledger,
    *,
    diameter_m: float | None,
    flux: float | None = None,
    conduction: float = 0.0,
) -> History:
    until = min(max(POOL_TIME_S[0], fed.duration_s or 0.0), POOL_TIME_S[1])
    inputs = {
        "spill_mass_kg": fed.mass_kg,
        "spill_rate_kg_s": fed.rate_kg_s,
        "spill_duration_s": None
        if fed.duration_s is None
        else min(max(fed.duration_s, 0.1), until),
        "density_kg_m3": facts.constant(substance, "liquid_density", ledger).value,
        "surface": "smooth",
        "minimum_depth_m": POOL_DEPTH_M,
        "bund_area_m2": None if diameter_m is None else max(math.pi * diameter_m**2 / 4.0, 1e-3),
        "evaporation_flux_kg_m2_s": flux,
        "conduction_coefficient_kg_m2_s05": conduction,
        "until_s": until,
    }
    ledger.run(pool_spread.MODEL, inputs)
    table = ledger.models[-1]["intermediates"]["history"]
    return History(
        time_s=tuple(table["time_s"]),
        rate_kg_s=tuple(table["rate_kg_s"]),
        released_kg=tuple(table["evaporated_kg"]),
    )
