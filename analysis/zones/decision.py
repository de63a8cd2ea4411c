"""What is decided about a cloud: the air it goes into, the engine that answers, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.hazard.model import Model
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.gaussian.curve import Dispersion
from analysis.hazard.physics.gaussian.sigma import BRIGGS_RURAL
from analysis.hazard.physics.heavy.buoyancy import Behaviour
from analysis.scenario import Message

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
class Drift:
    """What the lightest wind that a model takes would carry, where the air is calmer than that."""

    cloud: Cloud
    wind_speed_m_s: float


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The engine that answers, its cloud (None: the table's circle alone), and the reasons.

    `reasons` are in the order of the decisions; `warnings` go to the user with the zones; `runs`
    is what the record of models should hold; `compared` is a second opinion on the same release.
    No zone is smaller than `lighter` draws it, and in calm air none reaches less far than `drift`.
    """

    engine: Engine
    cloud: Cloud | None
    behaviour: Behaviour
    reasons: tuple[Message, ...]
    warnings: tuple[Message, ...] = ()
    runs: tuple[Run, ...] = ()
    compared: tuple[Cloud, ...] = ()
    lighter: Cloud | None = None
    drift: Drift | None = None
