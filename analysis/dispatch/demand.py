"""What incidents ask for, who could bring it, and what was answered: the words of a dispatch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shapely.geometry.base import BaseGeometry

from analysis.dispatch.words import What
from analysis.roads.approach import Approach
from analysis.roads.closures import Closure
from analysis.scenario import Message

PRIORITIES = (1, 9)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """So much of something: teams or people of a kind, teams with a skill, vehicles, stock."""

    id: str
    what: What
    name: str
    amount: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """An incident that asks.

    `closed` is what nobody drives through; `zones` (EPSG:4326) where no store is used, for it is a
    target itself.
    """

    id: str
    lon: float
    lat: float
    demand: tuple[Demand, ...]
    priority: int = 1
    closed: tuple[Closure, ...] = ()
    zones: BaseGeometry | None = None
    wind_from_deg: float | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is left of one item at a resource."""

    id: str
    item: str
    quantity: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """A team or a resource, and what of it is still to be had.

    `people` None is unknown. `vehicles` is how many of each kind are left. `whole`: nothing of it
    is committed. `inside_zone`: a team in a closed area, or a resource that any zone touches.
    """

    layer: Literal["team", "resource"]
    id: str
    name: str | None
    kind: str
    lon: float
    lat: float
    name_en: str | None = None
    people: int | None = None
    vehicles: Mapping[str, int] = field(default_factory=dict)
    skills: tuple[str, ...] = ()
    stock: tuple[Held, ...] = ()
    whole: bool = True
    inside_zone: bool = False


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One part of the answer: who brings how much of what to which incident, and when.

    `travel_time_s` is None where no road is known (`by` "line"). `stock_id` names the row that is
    drawn on. `why` says why this one, in codes.
    """

    incident: str
    demand: str
    layer: str
    id: str
    name: str | None
    name_en: str | None
    kind: str
    what: What
    item: str
    amount: float
    unit: str
    vehicle: str
    by: Literal["road", "line"]
    lon: float
    lat: float
    travel_time_s: float | None = None
    arrives_at: dt.datetime | None = None
    stock_id: str | None = None
    why: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Met:
    """How far a demand is met: `first_s` and `full_s` are its first and its last arrival."""

    incident: str
    demand: Demand
    matched: tuple[str, ...]
    met: float
    missing: float
    first_s: float | None
    full_s: float | None
    reasons: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CoverLost:
    """Places that no station reaches in time any more: how many, how many people, whose they were.

    `people_unknown` counts the places whose people nobody has counted: the stations' own.
    """

    stations: tuple[tuple[str, str | None], ...]
    kind: str
    minutes: float
    places: int
    people: int
    people_unknown: int
    cost_s: float


@dataclass(frozen=True, kw_only=True)
class Solved:
    """How the answer was found. Objectives are in weighted seconds; `gap` is a share of them.

    `unmet` is the share of the demands, weighted by priority, that nobody can bring.
    """

    by: Literal["greedy", "optimal"]
    status: Literal["greedy", "feasible", "optimal"]
    greedy: float
    best: float
    bound: float | None
    gap: float | None
    unmet: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The whole answer of a dispatch."""

    assignments: tuple[Assignment, ...]
    demands: tuple[Met, ...]
    cover_lost: tuple[CoverLost, ...]
    solved: Solved
    approaches: Mapping[str, Approach | None]
    messages: tuple[Message, ...] = ()
