"""From what leaves a vessel to what enters the air: how much, and how heavy the young cloud is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.hazard import flash, vessel_rupture
from analysis.hazard.physics.constants import AIR_MOLAR_MASS_KG_MOL, ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.release.flashing import mixture_density
from analysis.scenario import Message, Scenario
from analysis.zones import facts, history, outflow, spill
from analysis.zones.history import History
from analysis.zones.ledger import Ledger
from analysis.zones.outflow import WORST_CASE_S, Outflow, Phase
from analysis.zones.spill import Fed
from layers.substances import Substance

__all__ = ["History", "Source", "find", "pool_diameter_m"]

_FLASHING = ("liquid_heat_capacity", "heat_of_vaporisation")


@dataclass(frozen=True, kw_only=True)
class Source:
    """What enters the air, and the young cloud that it makes.

    `rate_kg_s` stands for the whole release: the highest mean over ten minutes, at most what
    leaves the vessel; times `duration_s` it is `mass_kg`. `history` says how it runs. Where
    `duration_s` and `mass_kg` are None it goes on, and `history` is its first hour.
    `instantaneous` is a vessel that bursts: `mass_kg` is there at once (with what its pool gives
    off in ten minutes), and `rate_kg_s` is that mass over ten minutes. The young cloud is unmixed
    with air: `liquid_fraction` of its mass is spray, at `temperature_k`, `cloud_density_kg_m3`
    with the spray and `vapour_density_kg_m3` without.
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


@dataclass(frozen=True, kw_only=True)
class _Air:
    """What enters the air by the minute, and of what the young cloud is: shares of its mass."""

    history: History
    temperature_k: float
    spray_kg: float = 0.0
    instant: bool = False
    density_kg_m3: float | None = None


def find(scenario: Scenario, substance: Substance, ledger: Ledger) -> Source:
    """Return the source of a cloud.

    Raises
    ------
    InvalidInputError
        `code="constant_unknown"`: the tables lack a constant that the source needs;
        `"no_outflow"`: nothing leaves the vessel.
    """
    flow = outflow.find(scenario, substance, ledger)
    ambient_k = facts.ambient_temperature_k(scenario, ledger)
    enters = {"gas": _gas, "liquefied": _liquefied, "liquid": _liquid}[flow.phase]
    entering = enters(scenario, substance, flow, ambient_k, ledger)
    source = _source(substance, flow, entering, ambient_k)
    ledger.note(
        "release_to_air_kg_s",
        source.rate_kg_s,
        unit="kg/s",
        tag="assumed",
        source=None,
        reason=Message(code="hazard.why_source_term"),
    )
    return source


def pool_diameter_m(
    scenario: Scenario, substance: Substance, flow: Outflow, ledger: Ledger
) -> float:
    """Return the pool's diameter: given, else what 10 min of outflow cover 1 cm deep."""
    spilled = flow.rate_kg_s * min(flow.duration_s or WORST_CASE_S, WORST_CASE_S)
    if flow.history is not None:
        spilled = float(flow.history.released_at(WORST_CASE_S))
    return spill.pool_diameter_m(scenario, substance, spilled, ledger)


def _source(substance: Substance, flow: Outflow, air: _Air, ambient_k: float) -> Source:
    mass = air.history.mass_kg
    # A pool may boil off what it has gathered; more than leaves the vessel is not one plume's rate.
    rate = min(air.history.greatest_mean_kg_s(), flow.rate_kg_s)
    rate = mass / WORST_CASE_S if air.instant else rate
    goes_on = flow.history is None
    vapour = facts.vapour_kg_m3(substance, air.temperature_k)
    spray = min(1.0, air.spray_kg / mass) if mass > 0.0 else 0.0
    density = air.density_kg_m3
    if density is None:
        density = vapour
        if spray > 0.0:
            density = mixture_density(
                vapour_share=1.0 - spray,
                vapour_kg_m3=vapour,
                liquid_kg_m3=substance.constant("liquid_density").value,
            )
    return Source(
        rate_kg_s=rate,
        duration_s=None if goes_on else (mass / rate if rate > 0.0 else air.history.ends_s),
        cloud_density_kg_m3=density,
        air_density_kg_m3=ATMOSPHERE_PA * AIR_MOLAR_MASS_KG_MOL / (R_GAS * ambient_k),
        mass_kg=None if goes_on else mass,
        history=air.history,
        phase=flow.phase,
        instantaneous=air.instant,
        liquid_fraction=spray,
        temperature_k=air.temperature_k,
        vapour_density_kg_m3=vapour,
    )


def _course(flow: Outflow) -> History:
    """Return how the outflow runs; of one that goes on, the first hour."""
    return flow.history or history.steady(flow.rate_kg_s, spill.POOL_TIME_S[0])


def _gas(
    scenario: Scenario, substance: Substance, flow: Outflow, ambient_k: float, ledger: Ledger
) -> _Air:
    """Return a gas: all of it enters the air; in a burst it cools as it expands."""
    if flow.burst_kg is None:
        return _Air(history=_course(flow), temperature_k=flow.stored_k)
    pressure = scenario.release.pressure_pa
    inputs = {
        "mass_kg": flow.burst_kg,
        "content": "gas",
        "temperature_k": flow.stored_k,
        "molar_mass_kg_mol": facts.constant(substance, "molar_mass", ledger).value,
        "pressure_pa": max(pressure or ATMOSPHERE_PA, ATMOSPHERE_PA),
        "gamma": facts.constant(substance, "gamma", ledger).value,
    }
    young = ledger.run(vessel_rupture.MODEL, inputs)
    return _Air(
        history=history.steady(flow.burst_kg / WORST_CASE_S, WORST_CASE_S),
        temperature_k=young["cloud_temperature_k"],
        instant=True,
    )


def _liquefied(
    scenario: Scenario, substance: Substance, flow: Outflow, ambient_k: float, ledger: Ledger
) -> _Air:
    """Return a liquefied gas: what flashes, its spray, and what the pool of the rest gives off."""
    boiling_k = facts.constant(substance, "boiling_point", ledger).value
    cloud_k = min(boiling_k, flow.stored_k)
    flashed, airborne = _shares(substance, flow, boiling_k, ledger)
    lands = 1.0 - airborne
    burst = flow.burst_kg
    course = _course(flow)
    fed = _feeding(flow, course, lands)
    if burst is not None:
        fed = Fed(mass_kg=lands * burst)
    parts = [(airborne, course)]
    if not fed.little:
        parts.append((1.0, _given_off(scenario, substance, fed, ambient_k, boiling_k, ledger)))
    if burst is None:
        whole = history.joined(*parts)
        return _Air(
            history=whole,
            temperature_k=cloud_k,
            spray_kg=(airborne - flashed) * course.mass_kg,
        )
    mass = airborne * burst + sum(float(p.released_at(WORST_CASE_S)) for _, p in parts[1:])
    return _Air(
        history=history.steady(mass / WORST_CASE_S, WORST_CASE_S),
        temperature_k=cloud_k,
        spray_kg=(airborne - flashed) * burst,
        instant=True,
    )


def _shares(
    substance: Substance, flow: Outflow, boiling_k: float, ledger: Ledger
) -> tuple[float, float]:
    """Return what flashes and what stays airborne; all of it where the heats are not known."""
    reason, source = Message(code="hazard.why_airborne"), flash.RULE_SETS[0].source
    if all(name in substance.constants for name in _FLASHING):
        heat, latent = (facts.constant(substance, name, ledger).value for name in _FLASHING)
        found = ledger.run(
            flash.MODEL,
            {
                "temperature_k": flow.stored_k,
                "boiling_point_k": boiling_k,
                "liquid_heat_capacity_j_kg_k": heat,
                "heat_of_vaporisation_j_kg": latent,
            },
        )
        flashed, airborne = found["flash_fraction"], found["airborne_fraction"]
    else:
        flashed = airborne = 1.0
        reason, source = Message(code="hazard.why_all_airborne"), "40 CFR 68.25(c)"
    ledger.note("airborne_share", airborne, unit="1", tag="assumed", source=source, reason=reason)
    return float(flashed), float(airborne)


def _given_off(
    scenario: Scenario,
    substance: Substance,
    fed: Fed,
    ambient_k: float,
    boiling_k: float,
    ledger: Ledger,
) -> History:
    if ambient_k > boiling_k + 0.5:
        return spill.boiling(scenario, substance, fed, ground_k=ambient_k, ledger=ledger)
    lasts = min(fed.duration_s or WORST_CASE_S, WORST_CASE_S)
    spilled = fed.mass_kg if fed.mass_kg is not None else (fed.rate_kg_s or 0.0) * lasts
    return spill.evaporating(
        scenario,
        substance,
        fed,
        diameter_m=spill.pool_diameter_m(scenario, substance, spilled, ledger),
        pool_k=ambient_k,
        ledger=ledger,
    )


def _liquid(
    scenario: Scenario, substance: Substance, flow: Outflow, ambient_k: float, ledger: Ledger
) -> _Air:
    """Return a liquid below its boiling point: what its pool gives off."""
    pool_k = max(ambient_k, flow.stored_k)
    whole = _course(flow)
    fed = _feeding(flow, whole, 1.0)
    if flow.burst_kg is not None:
        fed = Fed(mass_kg=flow.burst_kg)
    diameter = pool_diameter_m(scenario, substance, _spilled(flow), ledger)
    if fed.little:
        return _Air(history=whole, temperature_k=pool_k)
    course = spill.evaporating(
        scenario, substance, fed, diameter_m=diameter, pool_k=pool_k, ledger=ledger
    )
    return _Air(history=course, temperature_k=pool_k)


def _feeding(flow: Outflow, course: History, share: float) -> Fed:
    """Return a steady feed of a pool with the rate of the first hour and the mass of all of it."""
    window = min(course.ends_s, spill.POOL_TIME_S[0])
    rate = float(course.released_at(window)) / window
    if flow.duration_s is None:
        return Fed(rate_kg_s=share * rate)
    return Fed(rate_kg_s=share * rate, duration_s=course.mass_kg / rate)


def _spilled(flow: Outflow) -> Outflow:
    """Return the outflow with all of a burst on the ground at once."""
    if flow.burst_kg is None:
        return flow
    return replace(flow, history=history.steady(flow.burst_kg / WORST_CASE_S, WORST_CASE_S))
