"""An incident as it is shown: found in the reader's regions, and put on the wire."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from gis_server import intake
from layers import substances, tasks
from layers.errors import NotFoundError
from layers.models import Incident
from layers.query import Scope
from layers.response.approvals import unapproved
from layers.response.plan import in_force, newest


def find_incident(session: Session, id: uuid.UUID, *, scope: Scope) -> Incident:
    """Return an incident; `NotFoundError` where there is none, or none in the reader's regions."""
    incident = session.scalar(
        select(Incident).where(Incident.id == id, scope.clause(Incident.region.expression))
    )
    if incident is None:
        raise NotFoundError(f"there is no incident {id}", code="no_incident", id=str(id))
    return incident


def shown(
    session: Session, incident: Incident, *, contacts: Scope = intake.NOBODY
) -> dict[str, Any]:
    """Return an incident as the wire carries it; see `rows`."""
    return next(rows(session, Incident.id == incident.id, limit=1, contacts=contacts), {})


def rows(
    session: Session, *wanted: ColumnElement[bool], limit: int, contacts: Scope = intake.NOBODY
) -> Any:
    """Yield incidents as the wire carries them, newest first.

    `contacts` is where the reader may see names and numbers of people; elsewhere they are covered.
    """
    statement: Select[Any] = (
        select(
            Incident, func.ST_X(Incident.geom), func.ST_Y(Incident.geom), in_force(),
            newest(Incident.id.expression), tasks.open_of(Incident.id), unapproved(),
        )
        .where(*wanted)
        .order_by(Incident.occurred_at.desc(), Incident.id.desc())
        .limit(limit)
    )  # fmt: skip
    for incident, lon, lat, plan, latest, under_way, waiting in session.execute(statement):
        yield {
            **_shown(incident, lon, lat, plan),
            **intake.told(incident, contacts=contacts),
            "newest_assessment": latest and str(latest),
            "plan_id": incident.plan_id and str(incident.plan_id),
            "plan_by": incident.plan_by,
            "plan_at": incident.plan_at and incident.plan_at.isoformat(),
            "open_tasks": under_way,
            "unapproved": waiting,
        }


def _shown(incident: Incident, lon: float, lat: float, assessment: Any) -> dict[str, Any]:
    names = (
        "kind", "title", "substance", "cas", "release", "weather", "casualties", "status",
        "accident_grade", "response_level", "warning_level", "exercise", "region", "version", "fid",
    )  # fmt: skip
    known: Mapping[str, Any] = {name: getattr(incident, name) for name in names}
    return {
        "id": str(incident.id),
        **known,
        "substance_en": incident.substance and _english(incident.substance),
        "lon": lon,
        "lat": lat,
        "occurred_at": incident.occurred_at.isoformat(),
        "reported_at": incident.reported_at.isoformat(),
        "updated_at": incident.updated_at.isoformat(),
        "enterprise_id": incident.enterprise_id and str(incident.enterprise_id),
        "hazard_source_id": incident.hazard_source_id and str(incident.hazard_source_id),
        "assessment": assessment and str(assessment),
    }


@lru_cache(maxsize=1024)
def _english(substance: str) -> str | None:
    """Return the English name of a substance on record; None where the tables do not know it."""
    try:
        return substances.find(substance).name_en
    except NotFoundError:
        return None
