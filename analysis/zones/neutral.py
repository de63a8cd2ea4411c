"""The cloud of a release that the wind carries, or, in calm air, that spreads by itself."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard import finite_release, gaussian_plume, gaussian_puff
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.gaussian import calm
from analysis.hazard.physics.gaussian.curve import Dispersion
from analysis.hazard.physics.heavy.buoyancy import Behaviour
from analysis.scenario import Message
from analysis.zones.decision import Air, Choice, Engine, Run
from analysis.zones.source import Source

CARRIES_M_S = 1.0  # below, a wind has no direction to speak of
ENDLESS_S = 86_400.0  # how the record writes a release that goes on in calm air: for a day


def carried(
    source: Source,
    air: Air,
    kind: Behaviour,
    reasons: list[Message],
    *,
    height_m: float,
    engine: str | None,
    puff_set: Dispersion,
) -> Choice:
    """Return a puff for what is there at once, a plume with two ends for what ends, else a plume.

    Without a wind that carries, puffs spread by themselves.
    """
    wind = air.wind_speed_m_s or 0.0
    warnings = []
    at_once = _at_once(source, engine)
    still = is_still(source, wind, engine)
    if still:
        reasons.append(Message(code="hazard.choice_calm", params={"wind_speed_m_s": wind}))
        if kind == "heavy":
            warnings.append(Message(code="hazard.choice_calm_heavy"))
    shared: dict[str, Any] = {
        "wind_speed_m_s": wind,
        "stability": air.stability,
        "height_m": height_m,
    }
    if at_once and source.mass_kg is not None:
        engine_, cloud, run = _puff(source.mass_kg, shared, still, puff_set, reasons)
    else:
        lasting = None if engine == "gaussian_plume" and not still else source.duration_s
        engine_, cloud, run = _release(source.rate_kg_s, lasting, shared, still, air, reasons)
    return Choice(
        engine=engine_,
        cloud=cloud,
        behaviour=kind,
        reasons=tuple(reasons),
        warnings=tuple(warnings),
        runs=(run,),
    )


def is_still(source: Source, wind_speed_m_s: float, engine: str | None) -> bool:
    """Say whether a wind is too light to carry what is released: it spreads by itself."""
    limit = gaussian_puff.LEAST_WIND_M_S if _at_once(source, engine) else CARRIES_M_S
    return wind_speed_m_s < limit


def _at_once(source: Source, engine: str | None) -> bool:
    return source.mass_kg is not None and (
        source.instantaneous if engine is None else engine == "gaussian_puff"
    )


def _puff(
    mass_kg: float,
    shared: dict[str, Any],
    still: bool,
    puff_set: Dispersion,
    reasons: list[Message],
) -> tuple[Engine, Cloud, Run]:
    reasons.append(Message(code="hazard.choice_puff", params={"mass_kg": mass_kg}))
    cloud = gaussian_puff.cloud(mass_kg=mass_kg, dispersion=puff_set, **shared)
    coefficients = calm.NAME if still else puff_set.name
    inputs = {**shared, "mass_kg": mass_kg}
    run = Run(model=gaussian_puff.MODEL, inputs=inputs, coefficients=coefficients)
    return "gaussian_puff", cloud, run


def _release(
    rate_kg_s: float,
    lasting: float | None,
    shared: dict[str, Any],
    still: bool,
    air: Air,
    reasons: list[Message],
) -> tuple[Engine, Cloud, Run]:
    if lasting is None:
        reasons.append(Message(code="hazard.choice_continuous"))
    else:
        params = {"duration_min": round(lasting / 60.0, 1)}
        reasons.append(Message(code="hazard.choice_finite", params=params))
    cloud = finite_release.cloud(
        release_kg_s=rate_kg_s,
        duration_s=math.inf if lasting is None else lasting,
        dispersion=air.dispersion,
        **shared,
    )
    inputs = {**shared, "release_kg_s": rate_kg_s}
    if lasting is None and not still:
        run = Run(model=gaussian_plume.MODEL, inputs=inputs, coefficients=air.dispersion.name)
        return "gaussian_plume", cloud, run
    inputs["duration_s"] = ENDLESS_S if lasting is None else lasting
    coefficients = calm.NAME if still else air.dispersion.name
    run = Run(model=finite_release.MODEL, inputs=inputs, coefficients=coefficients)
    return "finite_release", cloud, run
