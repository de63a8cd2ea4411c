"""Addresses and bodies of positions, trackers, tracks, watched areas and alerts."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, RootModel, model_validator

from analysis.roads.profile import PROFILES
from gis_server.wire.base import Moment, Query, Text, Wire, Word, numbers

ROWS_MOST = 5_000
_DEVICE = re.compile(r"[^\s/\x00-\x1f\x7f-\x9f]{1,64}")


def _device(name: str) -> str:
    if not _DEVICE.fullmatch(name):
        raise ValueError("1 to 64 characters without blanks and slashes")
    return name


Device = Annotated[str, AfterValidator(_device)]
Kind = Literal["vehicle", "person"]


class PositionReport(RootModel[list[Any]]):
    """At most 5,000 positions, oldest first or not.

    Each is `{"id", "lon", "lat", "at", "speed_m_s", "heading_deg", "accuracy_m"}`, the last three
    left out where unknown. Each row is judged for itself: the answer says what became of it.
    """

    model_config = ConfigDict(frozen=True)
    root: Annotated[list[Any], Field(min_length=1, max_length=ROWS_MOST)]


class PositionsQuery(Query):
    """Whose positions: in a box (west,south,east,north), of a team, on a task of an incident."""

    bbox: Annotated[str, Field(max_length=200)] | None = None
    team: uuid.UUID | None = None
    incident: uuid.UUID | None = None
    exercise: bool = False
    limit: Annotated[int, Field(ge=1, le=5_000)] = 5_000

    def box(self) -> tuple[float, ...] | None:
        """Return the box as four numbers, or None."""
        return None if self.bbox is None else numbers(self.bbox, field="bbox", count=4)


class TrackersQuery(Query):
    """Which trackers: of exercises, of the real world, or both where left out."""

    exercise: bool | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 1_000


class TrackerPath(Wire):
    """Which tracker, by what it calls itself."""

    id: Device


class TrackerChange(Wire):
    """A part of what a tracker is; what is left out stays."""

    kind: Kind = "vehicle"
    name: Word | None = None
    plate: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    team_id: uuid.UUID | None = None
    vehicle_id: uuid.UUID | None = None
    profile: str = "fire_engine"
    reporter: Word | None = None
    region: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    exercise: bool = False
    active: bool = True

    @model_validator(mode="after")
    def _known_profile(self) -> TrackerChange:
        if self.profile not in PROFILES:
            raise ValueError(f"profile: one of {', '.join(PROFILES)}")
        return self


class NewTracker(TrackerChange):
    """A device to register; a person's profile is on foot unless said otherwise."""

    id: Device

    def values(self) -> dict[str, Any]:
        """Return the columns that were given."""
        given = self.model_dump(exclude_unset=True, exclude={"id"})
        if self.kind == "person":
            given.setdefault("profile", "foot")
        return given


class TrackQuery(Query):
    """From when until before when; at most 31 days. `points` bounds the answer."""

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    points: Annotated[int, Field(ge=2, le=10_000)] = 2_000


class StayQuery(Query):
    """In and out of a feature's area, or of an incident's zones, from when until before when."""

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    layer: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    feature: uuid.UUID | None = None
    incident: uuid.UUID | None = None
    level: Annotated[str, Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _one_area(self) -> StayQuery:
        if (self.incident is None) == (self.feature is None or self.layer is None):
            raise ValueError("layer and feature, or incident")
        return self


class StayBody(Wire):
    """`StayQuery` with an area that is drawn: GeoJSON polygons (geometry, feature, collection)."""

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    area: dict[str, Any]


class WatchAreaPath(Wire):
    """Which watched area."""

    id: uuid.UUID


class NewWatchArea(Wire):
    """An area whose comers and goers are told, for vehicles, people or both."""

    id: uuid.UUID | None = None
    name: Word
    area: dict[str, Any]
    incident: uuid.UUID | None = None
    kind: Kind | None = None
    on_enter: bool = True
    on_leave: bool = True
    region: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    exercise: bool = False


class AlertsQuery(Query):
    """Which alerts, the newest first: those still open, of one incident, since when."""

    open: bool = True
    incident: uuid.UUID | None = None
    exercise: bool = False
    since: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200


class ArrivalsQuery(Query):
    """Whose arrivals: those of one incident's tasks."""

    incident: uuid.UUID


class AlertPath(Wire):
    """Which alert."""

    id: uuid.UUID


class AlertChange(Wire):
    """What a person does with an alert: has seen it, or closes it; both may carry a note."""

    acknowledged: Literal[True] | None = None
    closed: Literal[True] | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> AlertChange:
        if self.acknowledged is None and self.closed is None:
            raise ValueError("acknowledged or closed")
        return self


def moments(begin: dt.datetime, end: dt.datetime) -> dict[str, str]:
    """Return a span of time as the wire carries it."""
    return {"from": begin.isoformat(), "to": end.isoformat()}
