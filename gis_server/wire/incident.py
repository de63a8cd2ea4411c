"""An incident as it is reported, and the inputs of one more run."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from analysis import limits
from gis_server.wire.base import Lat, Lon, Moment, Query, Text, Wire, Word
from gis_server.wire.intake import Intake

Kind = Literal[
    "toxic_release", "pool_fire", "jet_fire", "flash_fire", "fireball", "explosion",
    "forest_fire", "flood", "earthquake", "landslide", "tailings", "mine", "dust", "other",
]  # fmt: skip
Ladder = Literal["1", "2", "3", "4"]
Status = Literal["open", "contained", "closed"]
WHOLE_MAX = 50
"""So many assessments are answered whole at once."""
People = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


def _within(limit: limits.Limit) -> Any:
    """Return the rule of a number that the analysis takes, with its unit."""
    return Field(
        gt=limit.low if limit.above else None,
        ge=None if limit.above else limit.low,
        le=limit.high,
        strict=True,
        json_schema_extra={"unit": limit.unit},
    )


class Release(Wire):
    """What got out and how; a field left out is unknown. Pressure is absolute."""

    leak: Literal["small", "medium", "large", "rupture"] | None = None
    mass_kg: Annotated[float, _within(limits.RELEASE["mass_kg"])] | None = None
    inventory_kg: Annotated[float, _within(limits.RELEASE["inventory_kg"])] | None = None
    rate_kg_s: Annotated[float, _within(limits.RELEASE["rate_kg_s"])] | None = None
    duration_s: Annotated[float, _within(limits.RELEASE["duration_s"])] | None = None
    hole_diameter_m: Annotated[float, _within(limits.RELEASE["hole_diameter_m"])] | None = None
    pressure_pa: Annotated[float, _within(limits.RELEASE["pressure_pa"])] | None = None
    temperature_k: Annotated[float, _within(limits.RELEASE["temperature_k"])] | None = None
    level_m: Annotated[float, _within(limits.RELEASE["level_m"])] | None = None
    pool_diameter_m: Annotated[float, _within(limits.RELEASE["pool_diameter_m"])] | None = None
    height_m: Annotated[float, _within(limits.RELEASE["height_m"])] | None = None
    fuel_model: Annotated[str, Field(max_length=8)] | None = None
    fuel_moisture_pct: Annotated[float, _within(limits.RELEASE["fuel_moisture_pct"])] | None = None
    fuel_factor: Annotated[float, _within(limits.RELEASE["fuel_factor"])] | None = None
    stage_m: Annotated[float, _within(limits.RELEASE["stage_m"])] | None = None
    rise_m: Annotated[float, _within(limits.RELEASE["rise_m"])] | None = None


class Weather(Wire):
    """Weather at the place; wind at 10 m, in degrees it blows from. Left out is unknown."""

    at: Moment | None = None
    wind_speed_m_s: Annotated[float, _within(limits.WEATHER["wind_speed_m_s"])] | None = None
    wind_from_deg: Annotated[float, _within(limits.WEATHER["wind_from_deg"])] | None = None
    wind_from_uncertainty_deg: (
        Annotated[float, _within(limits.WEATHER["wind_from_uncertainty_deg"])] | None
    ) = None
    stability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    cloud_tenths: Annotated[float, _within(limits.WEATHER["cloud_tenths"])] | None = None
    temperature_c: Annotated[float, _within(limits.WEATHER["temperature_c"])] | None = None
    humidity_pct: Annotated[float, _within(limits.WEATHER["humidity_pct"])] | None = None
    terrain: Literal["rural", "urban"] | None = None


Series = Annotated[list[Weather], Field(max_length=500)]


def _one_or_many(value: Any) -> str:
    """Return which kind of value was sent, so that only its faults are told."""
    return "Series" if isinstance(value, list) else "Weather"


WeatherOrSeries = Annotated[
    Annotated[Weather, Tag("Weather")] | Annotated[Series, Tag("Series")],
    Discriminator(_one_or_many),
]


class Casualties(Wire):
    """One count of casualties, by whom and when."""

    at: Moment | None = None
    dead: People | None = None
    missing: People | None = None
    serious: People | None = None
    poisoned: People | None = None
    trapped: People | None = None
    in_danger: People | None = None
    evacuated: People | None = None
    source: Word | None = None


class IncidentChange(Intake):
    """What of an incident can be changed later; a field left out stays as it is."""

    kind: Kind | None = None
    title: Word | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    occurred_at: Moment | None = None
    substance: Word | None = None
    release: Release | None = None
    weather: WeatherOrSeries | None = None
    casualties: Annotated[list[Casualties], Field(max_length=500)] | None = None
    status: Status | None = None
    accident_grade: Ladder | None = None
    response_level: Ladder | None = None
    warning_level: Ladder | None = None
    exercise: bool | None = None
    enterprise_id: uuid.UUID | None = None
    hazard_source_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _place_kept(self) -> Self:
        if ({"lon", "lat"} & self.model_fields_set) and (self.lon is None or self.lat is None):
            raise ValueError("both lon and lat, or neither")
        return self


class IncidentReport(IncidentChange):
    """A report: the place is all it needs. `id` may be made by the sender, to send it once."""

    id: uuid.UUID | None = None
    lon: Lon
    lat: Lat


ModelName = Annotated[str, Field(min_length=1, max_length=64)]


class Choices(Wire):
    """Models and coefficient sets by name, chosen instead of the rule; left out: by the rule."""

    dispersion: ModelName | None = None
    plume_set: ModelName | None = None
    puff_set: ModelName | None = None
    stability_scheme: ModelName | None = None
    threshold_scheme: ModelName | None = None
    exposure_s: Annotated[float, _within(limits.CHOICES["exposure_s"])] | None = None
    spread_model: ModelName | None = None
    heat_criteria: ModelName | None = None
    blast_criteria: ModelName | None = None
    pool_fire_set: ModelName | None = None
    jet_fire_set: ModelName | None = None
    fireball_set: ModelName | None = None
    fireball_mass: ModelName | None = None
    explosion_set: ModelName | None = None
    over_wind: bool = False


class WhatIf(IncidentReport):
    """A case that is computed and not stored; `at` is the moment the answer is for."""

    at: Moment | None = None
    choices: Choices | None = None


class Rerun(Wire):
    """Inputs of one more run; what is named replaces the report, the rest stays.

    `what_if` keeps the answer beside the plans, by the name `label`. With `based_on` the inputs
    that another assessment of the incident changed are kept, but those named here.
    """

    weather: WeatherOrSeries | None = None
    release: Release | None = None
    at: Moment | None = None
    choices: Choices | None = None
    what_if: bool = False
    label: Word | None = None
    based_on: uuid.UUID | None = None


class Accept(Wire):
    """Which plan of record it takes the place of, as the person had it before them."""

    instead_of: uuid.UUID | None = None


class CompareQuery(Query):
    """Which two assessments of the incident."""

    a: uuid.UUID
    b: uuid.UUID


class CallResult(Wire):
    """How a call went."""

    result: Literal["waiting", "answered", "no_answer", "refused"]
    note: Text | None = None


class NewCall(Wire):
    """One more line of the call sheet; sent twice with one `id` it is stored once."""

    id: uuid.UUID | None = None
    name: Word | None = None
    phone: Annotated[str, Field(max_length=60)] | None = None
    purpose: Word
    layer: Word | None = None
    feature_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _whole_feature(self) -> Self:
        if (self.layer is None) != (self.feature_id is None):
            raise ValueError("both layer and feature_id, or neither")
        return self


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
    """How many assessments, the one in force first; plans, runs of what-if, or both.

    With `heads` only what tells them apart is answered, and so many more at once.
    """

    limit: Annotated[int, Field(ge=1, le=1000)] = 10
    what_if: Literal["true", "false", "any"] = "false"
    heads: bool = False

    @model_validator(mode="after")
    def _few_whole_ones(self) -> Self:
        if self.limit > WHOLE_MAX and not self.heads:
            raise ValueError(f"limit: {WHOLE_MAX} at most without heads")
        return self


class LogQuery(Query):
    """The log after a journal seq."""

    after: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
