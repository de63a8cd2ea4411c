"""What a situation report tells of an incident, gathered as far as its reader may see it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from gis_server import excerpt, incident_face
from layers import catalog, site, substances, tasks
from layers.errors import NotFoundError
from layers.models import Accident, Call, Decision, Expert, Incident, Note, Resource, Stock, Task
from layers.query import Scope
from layers.query.scope import visible
from layers.response import decisions, notes, plan, readings
from layers.substances import Substance

MAX_ROWS = 60
READINGS_MAX = 2000
MAX_CASES = 5
MAX_EXPERTS = 8
READINGS_SINCE = dt.timedelta(hours=24)
CASE_KINDS = {
    "toxic_release": ("leak", "poisoning"), "pool_fire": ("fire",), "jet_fire": ("fire",),
    "flash_fire": ("fire", "explosion"), "fireball": ("explosion",), "explosion": ("explosion",),
    "flood": ("flood",), "earthquake": ("earthquake",), "landslide": ("landslide",),
    "tailings": ("tailings",), "mine": ("mine",), "dust": ("dust",),
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The content of a report, before it has words; `plan` is empty where nothing was computed.

    Of tasks, notes, decisions and readings the newest stand in it; `left_out` counts the others.
    """

    incident: Mapping[str, Any]
    plan: Mapping[str, Any]
    plan_made: tuple[dt.datetime, str | None] | None
    of_record: bool
    site: Mapping[str, Any]
    tasks: Sequence[Mapping[str, Any]]
    stock: Sequence[Mapping[str, Any]]
    calls: Mapping[str, int]
    notes: Sequence[Mapping[str, Any]]
    decisions: Sequence[Mapping[str, Any]]
    readings: Sequence[readings.Reading]
    cases: Sequence[Accident]
    experts: Sequence[Expert]
    substance: Substance | None
    left_out: Mapping[str, int]
    made_at: dt.datetime


def gather(
    session: Session, incident: Incident, *, scope: Scope, sight: Scope, now: dt.datetime
) -> Facts:
    """Return the facts of an incident.

    Parameters
    ----------
    scope
        Where the reader may see incidents.
    sight
        Where the reader may see features: cases, experts, stores.
    """
    held = plan.plan_of(session, incident.id)
    body = excerpt.seen_by(session, held.body, scope=scope) if held is not None else {}
    valid = (Note.incident_id == incident.id, Note.struck_at.is_(None))
    written = _newest(session, select(Note).where(*valid).order_by(Note.at.desc(), Note.id.desc()))
    own = Decision.incident_id == incident.id
    late = (Decision.drafted_at.desc(), Decision.id.desc())
    decided = _newest(session, select(Decision).where(own).order_by(*late))
    ordered = Task.incident_id == incident.id
    measured = readings.readings(
        session, incident, since=now - READINGS_SINCE, limit=READINGS_MAX, scope=scope
    )
    return Facts(
        incident=incident_face.shown(session, incident),
        plan=body,
        plan_made=None if held is None else (held.created_at, held.created_by),
        of_record=held is not None and held.id == incident.plan_id,
        site=site.describe(session),
        tasks=tasks.shown(session, ordered, limit=MAX_ROWS),
        stock=_stock(session, body, sight),
        calls=_calls(session, incident.id),
        notes=notes.shown(session, written),
        decisions=decisions.shown(session, decided),
        readings=measured[:MAX_ROWS],
        cases=_cases(session, incident, sight),
        experts=_experts(session, sight),
        substance=_substance(incident),
        left_out={
            "tasks": _left_out(session, Task, ordered),
            "notes": _left_out(session, Note, *valid),
            "decisions": _left_out(session, Decision, own),
            "readings": max(0, len(measured) - MAX_ROWS),
        },
        made_at=now,
    )


def _newest(session: Session, newest_first: Select[Any]) -> list[Any]:
    """Return the newest rows in the order in which they were made."""
    return list(session.scalars(newest_first.limit(MAX_ROWS)))[::-1]


def _left_out(session: Session, model: Any, *wanted: ColumnElement[bool]) -> int:
    held = session.scalar(select(func.count(model.id)).where(*wanted)) or 0
    return max(0, held - MAX_ROWS)


def _calls(session: Session, incident: uuid.UUID) -> dict[str, int]:
    counts = select(Call.result, func.count()).where(Call.incident_id == incident)
    return {result: number for result, number in session.execute(counts.group_by(Call.result))}


def _stock(session: Session, body: Mapping[str, Any], sight: Scope) -> list[dict[str, Any]]:
    """Return what lies in the stores that the plan names, nearest first."""
    near = {
        uuid.UUID(each["id"]): place
        for place, each in enumerate(body.get("nearest", ()))
        if each["layer"] == "resource"
    }
    if not near:
        return []
    rows = session.execute(
        select(Resource.id, Resource.name, Stock.item, Stock.quantity, Stock.unit, Stock.owner)
        .join(Stock, Stock.resource_id == Resource.id)
        .where(Resource.id.in_(near), visible(catalog.find("resource"), sight))
    ).mappings()
    found = sorted(rows, key=lambda row: (near[row["id"]], row["item"]))
    return [dict(row) for row in found[:MAX_ROWS]]


def _cases(session: Session, incident: Incident, sight: Scope) -> list[Accident]:
    """Return past accidents: of the same substance first, then of the same kind; newest first."""
    kinds = CASE_KINDS.get(incident.kind, ())
    same = func.coalesce(Accident.cas == incident.cas, False)
    alike = or_(same, Accident.kind.in_(kinds))
    return list(
        session.scalars(
            select(Accident)
            .where(alike, visible(catalog.find("accident"), sight))
            .order_by(same.desc(), Accident.occurred_at.desc().nulls_last(), Accident.id)
            .limit(MAX_CASES)
        )
    )


def _experts(session: Session, sight: Scope) -> list[Expert]:
    return list(
        session.scalars(
            select(Expert)
            .where(visible(catalog.find("expert"), sight))
            .order_by(Expert.name, Expert.id)
            .limit(MAX_EXPERTS)
        )
    )


def _substance(incident: Incident) -> Substance | None:
    if not incident.cas and not incident.substance:
        return None
    try:
        return substances.find(incident.cas or incident.substance or "")
    except NotFoundError:
        return None  # named by hand; the tables do not know it, and the report says so
