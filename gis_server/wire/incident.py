"""An incident as it is reported, and the inputs of one more run."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from gis_server.wire.base import Lat, Lon, Moment, Query, Text, Wire, Word

Kind = Literal[
    "toxic_release", "pool_fire", "jet_fire", "flash_fire", "fireball", "explosion",
    "forest_fire", "flood", "earthquake", "landslide", "tailings", "mine", "dust", "other",
]  # fmt: skip
Ladder = Literal["1", "2", "3", "4"]
Status = Literal["open", "contained", "closed"]
People = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
Mass = Annotated[float, Field(gt=0, le=1e9, strict=True, json_schema_extra={"unit": "kg"})]


class Release(Wire):
    """What got out and how; a field left out is unknown. Pressure is absolute."""

    leak: Literal["small", "medium", "large", "rupture"] | None = None
    mass_kg: Mass | None = None
    inventory_kg: Mass | None = None
    rate_kg_s: Annotated[float, Field(gt=0, le=1e5, strict=True)] | None = None
    duration_s: Annotated[float, Field(gt=0, le=30 * 86400, strict=True)] | None = None
    hole_diameter_m: Annotated[float, Field(gt=0, le=10, strict=True)] | None = None
    pressure_pa: Annotated[float, Field(gt=0, le=1e9, strict=True)] | None = None
    temperature_k: Annotated[float, Field(gt=1, le=3000, strict=True)] | None = None
    level_m: Annotated[float, Field(gt=0, le=200, strict=True)] | None = None
    pool_diameter_m: Annotated[float, Field(gt=0, le=2000, strict=True)] | None = None
    height_m: Annotated[float, Field(ge=0, le=1000, strict=True)] | None = None


class Weather(Wire):
    """Weather at the place; wind at 10 m, in degrees it blows from. Left out is unknown."""

    at: Moment | None = None
    wind_speed_m_s: Annotated[float, Field(ge=0, le=110, strict=True)] | None = None
    wind_from_deg: Annotated[float, Field(ge=0, le=360, strict=True)] | None = None
    stability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    cloud_tenths: Annotated[float, Field(ge=0, le=10, strict=True)] | None = None
    temperature_c: Annotated[float, Field(ge=-90, le=60, strict=True)] | None = None
    humidity_pct: Annotated[float, Field(ge=0, le=100, strict=True)] | None = None
    terrain: Literal["rural", "urban"] | None = None


Series = Annotated[list[Weather], Field(max_length=500)]


class Casualties(Wire):
    """One count of casualties, by whom and when."""

    at: Moment | None = None
    dead: People | None = None
    missing: People | None = None
    serious: People | None = None
    poisoned: People | None = None
    trapped: People | None = None
    evacuated: People | None = None
    source: Word | None = None


class IncidentChange(Wire):
    """What of an incident can be changed later; a field left out stays as it is."""

    kind: Kind | None = None
    title: Word | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    occurred_at: Moment | None = None
    substance: Word | None = None
    release: Release | None = None
    weather: Weather | Series | None = None
    casualties: Annotated[list[Casualties], Field(max_length=500)] | None = None
    status: Status | None = None
    accident_grade: Ladder | None = None
    response_level: Ladder | None = None
    warning_level: Ladder | None = None
    exercise: bool | None = None
    enterprise_id: uuid.UUID | None = None
    hazard_source_id: uuid.UUID | None = None


class IncidentReport(IncidentChange):
    """A report: the place is all it needs. `id` may be made by the sender, to send it once."""

    id: uuid.UUID | None = None
    lon: Lon
    lat: Lat


class WhatIf(IncidentReport):
    """A case that is computed and not stored; `at` is the moment the answer is for."""

    at: Moment | None = None


class Rerun(Wire):
    """Inputs of one more run; what is named replaces the report, the rest stays."""

    weather: Weather | Series | None = None
    release: Release | None = None
    at: Moment | None = None


class CallResult(Wire):
    """How a call went."""

    result: Literal["waiting", "answered", "no_answer", "refused"]
    note: Text | None = None


class NewCall(Wire):
    """One more line of the call sheet."""

    name: Word | None = None
    phone: Annotated[str, Field(max_length=60)] | None = None
    purpose: Word
    layer: Word | None = None
    feature_id: uuid.UUID | None = None


class IncidentPath(Wire):
    """Which incident."""

    id: uuid.UUID


class AssessmentPath(IncidentPath):
    """Which assessment of an incident."""

    assessment: uuid.UUID


class CallPath(IncidentPath):
    """Which line of an incident's call sheet."""

    call: uuid.UUID


class IncidentQuery(Query):
    """Which incidents."""

    status: Status | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AssessmentQuery(Query):
    """How many assessments, newest first."""

    limit: Annotated[int, Field(ge=1, le=50)] = 10


class LogQuery(Query):
    """The log after a journal seq."""

    after: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
