"""From what a person reported, or corrected, to an incident's row."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_server import intake
from gis_server.incident_face import shown
from gis_server.text import say
from gis_server.wire.incident import IncidentChange, IncidentReport
from layers import substances, tasks
from layers.district import district_at
from layers.errors import ConflictError, InvalidInputError, NotFoundError, PermissionError_
from layers.incidents import bulletins
from layers.models import Enterprise, HazardSource, Incident
from layers.query import Scope
from layers.substances import Substance

Linked = type[Enterprise] | type[HazardSource]

COPIED = (
    "title", "kind", "occurred_at", "status", "accident_grade", "response_level", "warning_level",
    "exercise", "enterprise_id", "hazard_source_id",
)  # fmt: skip
LINKS: dict[str, Linked] = {"enterprise_id": Enterprise, "hazard_source_id": HazardSource}
NESTED = ("release", "weather", "casualties")


def incident_row(
    session: Session,
    report: IncidentReport,
    *,
    scope: Scope,
    now: dt.datetime,
    language: str,
    anywhere: bool = False,
) -> Incident:
    """Return the row of a report, complete but not yet added.

    A place and nothing else is enough: the kind follows from the substance, the substance from the
    tank, the enterprise from the tank, the region from the place, the time is now. `anywhere` is
    for a case that is not stored: its place may lie outside the scope, what it links may not.

    Raises
    ------
    InvalidInputError
        The substance is not known, or the enterprise or hazard source not to this reporter.
    PermissionError_
        The place lies in a region that the reporter may not write to.
    """
    if not anywhere:
        _refuse_future(now, report)
    tank = _linked(session, HazardSource, report.hazard_source_id, "hazard_source_id", scope)
    _linked(session, Enterprise, report.enterprise_id, "enterprise_id", scope)
    substance = substance_named(report.substance or (tank and (tank.cas or tank.substance)))
    kind = report.kind or kind_of(substance)
    nested = _nested(report, default=True)
    counted_at = report.received_at or now
    nested["casualties"] = _stamped(nested["casualties"], (), at=counted_at)
    return Incident(
        id=report.id,
        kind=kind,
        title=report.title or _title(language, kind, substance),
        occurred_at=report.occurred_at or now,
        substance=substance.name_zh if substance else None,
        cas=substance.cas if substance else None,
        enterprise_id=report.enterprise_id or (tank.enterprise_id if tank else None),
        hazard_source_id=report.hazard_source_id,
        status=report.status or "open",
        accident_grade=report.accident_grade,
        response_level=report.response_level,
        warning_level=report.warning_level,
        exercise=bool(report.exercise),
        region=_region(session, report.lon, report.lat, Scope(None) if anywhere else scope),
        geom=_point(report.lon, report.lat),
        **nested,
        **intake.stored(report, only=report.model_fields_set),
    )


def change_row(
    session: Session,
    incident: Incident,
    change: IncidentChange,
    *,
    version: int,
    scope: Scope,
    now: dt.datetime,
    contacts: Scope = intake.NOBODY,
) -> None:
    """Apply a change to a row that was read at a version.

    Raises
    ------
    ConflictError
        Somebody changed it since: `details` carries `mine` and `theirs`.
        `"incident_has_tasks"`, `"incident_has_bulletins"`: it cannot become an exercise, or real,
        any more.
    InvalidInputError
        As `incident_row`.
    """
    _refuse_future(now, change)
    mine = change.model_dump(mode="json", exclude_unset=True)
    session.refresh(incident, with_for_update=True)
    if incident.version != version:
        raise ConflictError(
            f"the incident is at version {incident.version}, the change was made on {version}",
            mine=mine,
            theirs=shown(session, incident, contacts=contacts),
        )
    for field, model in LINKS.items():
        if field in change.model_fields_set:
            _linked(session, model, getattr(change, field), field, scope)
    if change.exercise not in (None, incident.exercise):
        _keep_exercise(session, incident)
    _take_over(session, incident, change, scope=scope, now=now)
    session.flush()
    session.refresh(incident)


def _keep_exercise(session: Session, incident: Incident) -> None:
    """Refuse to turn what has drawn stock, or was reported on, into an exercise, or back."""
    if tasks.any_task(session, incident.id):
        raise ConflictError(
            "an incident with tasks stays an exercise, or real", code="incident_has_tasks",
            field="exercise", id=str(incident.id),
        )  # fmt: skip
    if bulletins.any_signed(session, incident.id):
        raise ConflictError(
            "an incident with signed bulletins stays an exercise, or real",
            code="incident_has_bulletins", field="exercise", id=str(incident.id),
        )  # fmt: skip


def _take_over(
    session: Session,
    incident: Incident,
    change: IncidentChange,
    *,
    scope: Scope,
    now: dt.datetime,
) -> None:
    """Write what a change names into the row, and why, where anything differs."""
    told = list(incident.casualties)
    for name in change.model_fields_set & set(COPIED):
        setattr(incident, name, getattr(change, name))
    for name, value in intake.stored(change, only=change.model_fields_set).items():
        setattr(incident, name, value)
    for name, value in _nested(change, default=False).items():
        setattr(incident, name, value)
    if "casualties" in change.model_fields_set:
        incident.casualties = _stamped(incident.casualties, told, at=now)
    if "substance" in change.model_fields_set:
        found = substance_named(change.substance)
        incident.substance, incident.cas = (found.name_zh, found.cas) if found else (None, None)
    if change.lon is not None and change.lat is not None:
        incident.geom = _point(change.lon, change.lat)
        incident.region = _region(session, change.lon, change.lat, scope)
    if session.is_modified(incident):
        incident.change_reason = change.why or None


def substance_named(name: str | None) -> Substance | None:
    """Return the substance that a person named; nothing named is None.

    Raises
    ------
    InvalidInputError
        No such substance; `details["near"]` lists names that look like it.
    """
    if not name:
        return None
    try:
        return substances.find(name)
    except NotFoundError as error:
        raise InvalidInputError(
            error.message, code=error.code, field="substance", **error.details
        ) from None


def kind_of(substance: Substance | None) -> str:
    """Return the kind of accident that a substance makes likely, for a report without one."""
    if substance is None:
        return "other"
    return "toxic_release" if substance.toxic or not substance.flammable else "pool_fire"


def _nested(change: IncidentChange, *, default: bool) -> dict[str, Any]:
    """Return release, weather and casualties as they are stored."""
    empty: dict[str, Any] = {"release": {}, "weather": {}, "casualties": []}
    stored = {}
    dumped = change.model_dump(mode="json", exclude_none=True, include=set(NESTED))
    for name in NESTED:
        if default or name in change.model_fields_set:
            stored[name] = dumped.get(name, empty[name])
    return stored


def _refuse_future(now: dt.datetime, said: IncidentChange) -> None:
    """Refuse a time of the report, or of a count in it, that is not yet."""
    intake.refuse_future(now, occurred_at=said.occurred_at, received_at=said.received_at)
    for number, count in enumerate(said.casualties or ()):
        intake.refuse_future(now, **{f"casualties.{number}.at": count.at})


def _stamped(
    counts: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]], *, at: dt.datetime
) -> list[dict[str, Any]]:
    """Give each new count without a moment that of now; `told` are those on record before."""
    return [
        dict(count) if "at" in count or count in told else {**count, "at": at.isoformat()}
        for count in counts
    ]


def _region(session: Session, lon: float, lat: float, scope: Scope) -> str | None:
    """Return the region of a place, or the reporter's own where no district is known there.

    An incident without region would be unseen by the very person who reported it.
    """
    region = district_at(session, lon=lon, lat=lat)
    if region is None:
        return scope.regions[0] if scope.regions else None
    if not scope.holds(region):
        raise PermissionError_(
            f"the place lies in region {region}, outside {', '.join(scope.regions or ())}",
            code="outside_region",
            region=region,
            regions=list(scope.regions or ()),
        )
    return region


def _linked(session: Session, model: Linked, id: uuid.UUID | None, field: str, scope: Scope) -> Any:
    """Return the row that a report links; one of a region out of scope is as good as none."""
    if id is None:
        return None
    row = session.scalar(select(model).where(model.id == id, scope.clause(model.region.expression)))
    if row is None:
        raise InvalidInputError(
            f"{field}: there is no {model.__tablename__} {id}",
            code="no_linked",
            field=field,
            id=str(id),
        )
    return row


def _title(language: str, kind: str, substance: Substance | None) -> str:
    """Return what a report without a title is called, as a sentence of the reporter's language."""
    named = say(language, f"kind.{kind}") or kind
    if substance is None:
        return named
    if named[1:2].islower():  # "BLEVE fireball" keeps its letters inside a sentence
        named = named[0].lower() + named[1:]
    name = substance.name_zh if language == "zh" else substance.name_en
    parts = {"substance": name, "kind": named}
    return (
        say(language, f"incident.title.{kind}", parts)
        or say(language, "incident.title", parts)
        or named
    )


def _point(lon: float, lat: float) -> Any:
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
