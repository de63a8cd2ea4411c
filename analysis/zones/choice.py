"""Which dispersion model answers, and why: by the weight of the young cloud beside the wind.

`choose(source, air, substance)` always has an answer. The rule asks, in this order: is there a
wind that carries; is the young cloud, with its spray and at its temperature, heavy enough for its
weight to steer it (a Richardson number, never the molar mass); how long does the release last. A
heavy cloud is SLAB's where its range allows, else Britter and McQuaid's, else a Gaussian one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.gaussian import calm
from analysis.hazard.physics.gaussian.curve import Dispersion
from analysis.hazard.physics.gaussian.sigma import CCPS_PUFF
from analysis.hazard.physics.heavy.britter_mcquaid import ALPHA_MAX
from analysis.hazard.physics.heavy.buoyancy import (
    BRITTER_MCQUAID,
    Behaviour,
    behaviour,
    continuous_number,
    instantaneous_number,
    reduced_gravity_m_s2,
)
from analysis.hazard.physics.heavy.slab_run import ROUGHNESS_RANGE_M, WIND_RANGE_M_S
from analysis.scenario import Message
from analysis.zones.decision import Air, Choice, Drift, Engine, Run
from analysis.zones.dense import (
    JET_M_S,
    Heavy,
    reach_of_fraction,
    slab_of,
    vapour_share,
    workbook_of,
    young_density_kg_m3,
)
from analysis.zones.neutral import CARRIES_M_S, carried, is_still
from analysis.zones.source import Source
from layers.errors import InvalidInputError, OutOfRangeError
from layers.substances import Substance

__all__ = ["Air", "Choice", "Engine", "Run", "choose"]

DENSE = ("slab", "britter_mcquaid_plume", "britter_mcquaid_puff")
LEAST_WIDTH_M = 1e-6
COMPARED_AT = 0.01  # by volume: both heavy-gas models hold there


def choose(
    source: Source,
    air: Air,
    substance: Substance,
    *,
    height_m: float = 0.0,
    engine: str | None = None,
    puff_set: Dispersion = CCPS_PUFF,
) -> Choice:
    """Return the engine, its cloud and the reasons; never a refusal.

    Parameters
    ----------
    source
        What enters the air.
    air
        Wind, stability, temperature, humidity, roughness and the plume's coefficient set.
    height_m
        Of the release over the ground.
    engine
        What a person chose instead of the rule; where it does not hold, the next one answers.
    puff_set
        The coefficient set of a puff.
    """
    wind = air.wind_speed_m_s
    weighed = _weigh(source, substance, max(wind or CARRIES_M_S, calm.CALM_M_S))
    kind, weight = weighed.behaviour, weighed.reason
    if wind is None or engine == "table":
        unknown = () if wind is not None else (Message(code="hazard.choice_no_wind"),)
        return Choice(engine="table", cloud=None, behaviour=kind, reasons=(weight, *unknown))
    reasons = [weight]
    if engine is not None:
        chosen = {"code": f"model.{engine}", "params": {}}
        reasons.append(Message(code="hazard.choice_chosen", params={"engine": chosen}))
    dense = kind == "heavy" if engine is None else engine in DENSE
    if dense and wind >= WIND_RANGE_M_S[0]:
        found = _dense(source, air, substance, height_m, engine, reasons)
        if found is not None:
            heavy = _heavy_choice(source, air, substance, found, kind, reasons)
            if engine is not None:
                return heavy
            less = _lighter(source, weighed)
            other = carried(
                less, air, "neutral", [], height_m=height_m, engine=None, puff_set=puff_set
            )
            return replace(heavy, lighter=other.cloud)
    still = carried(source, air, kind, reasons, height_m=height_m, engine=engine, puff_set=puff_set)
    if not is_still(source, wind, engine):
        return still
    lightest = WIND_RANGE_M_S[0] if dense and wind < WIND_RANGE_M_S[0] else CARRIES_M_S
    other = choose(
        source,
        replace(air, wind_speed_m_s=lightest),
        substance,
        height_m=height_m,
        engine=engine,
        puff_set=puff_set,
    )
    return _drifting(still, other, lightest)


def _drifting(still: Choice, other: Choice, wind_m_s: float) -> Choice:
    """Return what answers in calm air, with what a breath of wind would make of the release.

    The coefficients for calm air thin a cloud several times faster than those for a light wind,
    and the wind that is reported as calm may be the one or the other.
    """
    if other.cloud is None:
        return still
    said = Message(code="hazard.choice_drift", params={"wind_speed_m_s": wind_m_s})
    return replace(
        still,
        drift=Drift(cloud=other.cloud, wind_speed_m_s=wind_m_s),
        reasons=(*still.reasons, said),
        warnings=(*still.warnings, *other.warnings),
        runs=(*still.runs, *other.runs),
    )


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """How the young cloud behaves: the number that says so, and where it begins to be heavy."""

    behaviour: Behaviour
    number: float
    limit: float
    reason: Message


def _weigh(source: Source, substance: Substance, wind_m_s: float) -> Weighed:
    """Return how the young cloud behaves, and the numbers that say so."""
    rule = BRITTER_MCQUAID
    density, share = young_density_kg_m3(source, substance), vapour_share(source, substance)
    ratio = density / source.air_density_kg_m3
    reduced = reduced_gravity_m_s2(density, source.air_density_kg_m3)
    if source.instantaneous and source.mass_kg is not None:
        limit = rule.instantaneous
        number = instantaneous_number(
            rule, reduced_m_s2=reduced, volume_m3=source.mass_kg / density, wind_m_s=wind_m_s
        )
    else:
        limit, flow = rule.continuous, source.rate_kg_s / source.cloud_density_kg_m3 / share
        number = continuous_number(
            reduced_m_s2=reduced,
            flow_m3_s=flow,
            wind_m_s=wind_m_s,
            width_m=max(math.sqrt(flow / wind_m_s), LEAST_WIDTH_M),
        )
    kind = behaviour(number, limit, ratio)
    params = {
        "ratio": round(ratio, 2),
        "number": round(number, 2),
        "limit": limit,
    }
    reason = Message(code=f"hazard.choice_{kind}", params=params, source=rule.source)
    return Weighed(behaviour=kind, number=number, limit=limit, reason=reason)


def _lighter(source: Source, weighed: Weighed) -> Source:
    """Return the same source, so much smaller that its cloud is only just not heavy.

    Both numbers of the rule go with the sixth root of the amount.
    """
    share = (weighed.limit / weighed.number) ** 6
    mass = None if source.mass_kg is None else source.mass_kg * share
    return replace(source, rate_kg_s=source.rate_kg_s * share, mass_kg=mass)


def _dense(
    source: Source,
    air: Air,
    substance: Substance,
    height_m: float,
    engine: str | None,
    reasons: list[Message],
) -> Heavy | None:
    """Return the heavy cloud by SLAB, else by the workbook, else None; the reasons grow."""
    if engine in (None, "slab"):
        found = _slab(source, air, substance, height_m, reasons)
        if found is not None:
            return found
    try:
        other = workbook_of(source, air, substance)
    except InvalidInputError as error:
        reasons.append(_missing(error))
        return None
    if isinstance(other, Heavy):
        reasons.append(Message(code="hazard.choice_workbook"))
        return other
    params = {"alpha": round(other, 2) if math.isfinite(other) else None, "limit": ALPHA_MAX}
    reasons.append(Message(code="hazard.choice_workbook_refused", params=params))
    return None


def _slab(
    source: Source, air: Air, substance: Substance, height_m: float, reasons: list[Message]
) -> Heavy | None:
    if source.phase == "liquid" and not source.instantaneous:
        reasons.append(Message(code="hazard.choice_cool_pool"))
        return None
    try:
        found = slab_of(source, air, substance, height_m=height_m)
    except OutOfRangeError as error:
        field = {"code": f"model.input.{error.details['field']}", "params": {}}
        params = {"field": field, "got": error.details["got"], "wanted": error.details["wanted"]}
        reasons.append(Message(code="hazard.choice_slab_refused", params=params))
        return None
    except InvalidInputError as error:
        reasons.append(_missing(error))
        return None
    rough = min(air.roughness_m, ROUGHNESS_RANGE_M[1])
    params = {"wind_speed_m_s": air.wind_speed_m_s, "roughness_m": rough}
    reasons.append(Message(code="hazard.choice_slab", params=params))
    return found


def _missing(error: InvalidInputError) -> Message:
    params = {"constant": error.details.get("constant", error.details.get("field", error.code))}
    return Message(code="hazard.choice_constant_missing", params=params)


def _heavy_choice(
    source: Source,
    air: Air,
    substance: Substance,
    found: Heavy,
    kind: Behaviour,
    reasons: list[Message],
) -> Choice:
    warnings = []
    compared: tuple[Cloud, ...] = ()
    if found.model.name == "slab":
        if air.roughness_m > ROUGHNESS_RANGE_M[1]:
            params = {"roughness_m": air.roughness_m, "limit_m": ROUGHNESS_RANGE_M[1]}
            warnings.append(Message(code="hazard.choice_roughness", params=params))
        if found.inputs["source_kind"] == "horizontal_jet":
            warnings.append(
                Message(code="hazard.choice_jet_assumed", params={"speed_m_s": JET_M_S})
            )
        other = workbook_of(source, air, substance)
        if isinstance(other, Heavy):
            compared = (other.cloud,)
            reasons.append(_comparison(found, other, air, substance))
    return Choice(
        engine=found.model.name,  # type: ignore[arg-type]  # one of DENSE
        cloud=found.cloud,
        behaviour=kind,
        reasons=tuple(reasons),
        warnings=tuple(warnings),
        runs=(Run(model=found.model, inputs=found.inputs),),
        compared=compared,
    )


def _comparison(first: Heavy, second: Heavy, air: Air, substance: Substance) -> Message:
    """Return how far 1 % by volume reaches by both."""
    molar_mass = substance.constant("molar_mass").value
    level = COMPARED_AT * ATMOSPHERE_PA * molar_mass / (R_GAS * air.temperature_k)
    return Message(
        code="hazard.choice_compared",
        params={
            "first": {"code": f"model.{first.model.name}", "params": {}},
            "first_m": round(reach_of_fraction(first.cloud, level)),
            "second": {"code": f"model.{second.model.name}", "params": {}},
            "second_m": round(reach_of_fraction(second.cloud, level)),
        },
    )
