"""What incidents ask for, and how a dispatch or an evacuation is to be answered."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Wire, Word
from layers import quantity

MAX_INCIDENTS = 8
MAX_DEMANDS = 40
COUNTED = {"team": "team", "skill": "team", "vehicle": "vehicle", "people": "person"}
"""The unit of what is counted and not measured."""

Amount = Annotated[float, Field(ge=1e-6, le=1e9)]
Weight = Annotated[float, Field(ge=0, le=1000)]


class WantedHelp(Wire):
    """So much of something, by the name that people say, in Chinese, English or pinyin.

    `kind` of teams, of people (by the kind of their team) or of vehicles, or a skill; for stock an
    `item` and its `unit`.
    """

    id: Word | None = None
    what: Literal["team", "skill", "vehicle", "people", "stock"]
    kind: Word | None = None
    item: Word | None = None
    amount: Amount = 1.0
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None

    @property
    def name(self) -> str:
        """Return what is asked for."""
        return self.kind or self.item or ""

    @property
    def in_unit(self) -> str:
        """Return the unit of the amount."""
        return self.unit if self.what == "stock" and self.unit else COUNTED[self.what]

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if self.what == "stock":
            if self.item is None or self.kind is not None or self.unit is None:
                raise ValueError("an item and its unit for stock, and no kind")
            return self
        if self.kind is None or self.item is not None:
            raise ValueError(f"a kind for {self.what}, and no item")
        if self.amount != int(self.amount) or self.amount > 100_000:
            raise ValueError("a whole amount up to 100,000 of what is counted")
        if self.unit and quantity.unit(self.unit).dimension != COUNTED[self.what]:
            raise ValueError(f"the unit {COUNTED[self.what]!r}, or none")
        return self


class AskingIncident(Wire):
    """An incident and what it needs; the greater its priority, the more its time counts."""

    id: uuid.UUID
    priority: Annotated[int, Field(ge=1, le=9)] = 1
    demand: Annotated[list[WantedHelp], Field(min_length=1, max_length=20)]


class Weighing(Wire):
    """What the seconds of an answer weigh against each other; left out: the product's own."""

    first: Weight = 1.0
    full: Weight = 1.0
    trip: Weight = 0.05
    cover_place_s: Annotated[float, Field(ge=0, le=100_000)] = 120.0
    cover_person_s: Annotated[float, Field(ge=0, le=1000)] = 0.06


class DispatchBody(Wire):
    """Incidents that ask at once. `greedy` answers at once, `optimal` within two seconds more.

    `avoid` is GeoJSON that nobody drives through; `cover_minutes` within how many minutes a
    station keeps a place covered, 0 leaves cover out.
    """

    incidents: Annotated[list[AskingIncident], Field(min_length=1, max_length=MAX_INCIDENTS)]
    solve: Literal["greedy", "optimal"] = "greedy"
    avoid: dict[str, Any] | None = None
    weights: Weighing = Weighing()
    cover_minutes: Annotated[float, Field(ge=0, le=60)] = 10.0

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if len({one.id for one in self.incidents}) < len(self.incidents):
            raise ValueError("each incident once")
        if sum(len(one.demand) for one in self.incidents) > MAX_DEMANDS:
            raise ValueError(f"at most {MAX_DEMANDS} demands in all")
        for one in self.incidents:
            named = [wanted.id for wanted in one.demand if wanted.id is not None]
            if len(set(named)) < len(named):
                raise ValueError("each id of a demand once")
        return self


class EvacuationBody(Wire):
    """How the people of an incident's zones leave; without `assessment` by its latest one."""

    assessment: uuid.UUID | None = None
    vehicle: Literal["coach", "foot"] = "coach"
    avoid: dict[str, Any] | None = None
