"""An incident's file: the grade that the rules give, and what was corrected."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from gis_server import excerpt, incident_face, intake
from gis_server.auth import may, permission, scope
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from layers.incidents import bulletins, corrections, grade
from layers.incidents.corrections import Correction
from layers.models import Assessment, Bulletin, Incident, Task
from layers.response.plan import plan_of

bp = api("incident_file")
NEAR = frozenset({"red", "orange"})
LADDERS = ("accident_grade", "response_level", "warning_level")


@bp.get("/incidents/<id>/grade")
@permission("incidents.read")
def proposed(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """Tell which grade the rules give, and why; nothing is written: a person takes it over."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    counts = grade.last_counts(incident.casualties)
    accident = grade.of_accident(counts, direct_loss_yuan=incident.direct_loss_yuan)
    people, targets = _modelled(incident)
    risk = grade.at_risk(
        counts, important_place=incident.important_place,
        serious_pollution=incident.serious_pollution, modelled_people=people,
        modelled_targets=targets,
    )  # fmt: skip
    told = {"accident": asdict(accident), "at_risk": asdict(risk),
            "environment": asdict(grade.of_environment(counts))}  # fmt: skip
    sources = [{"code": f"duty.source.{name}", "params": {}}
               for name in (grade.ORDER_493, grade.ORDER_21, grade.PLAN_119)]  # fmt: skip
    answer: dict[str, Any] = spoken({
        "proposed": told,
        "filed": {name: getattr(incident, name) for name in LADDERS},
        "counts": asdict(counts),
        "differs": accident.grade is not None and accident.grade != incident.accident_grade,
        "sources": sources,
    })  # fmt: skip
    return answer | {"sources": [source["text"] for source in answer["sources"]]}


@bp.get("/incidents/<id>/corrections")
@permission("incidents.read")
def changed(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """List what was corrected of the report, newest first, and what rests on the old words."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    found = corrections.corrections(db(), incident.id)
    every = corrections.all_affected(found)
    plan = plan_of(db(), incident.id)
    names = _named(every)
    return {
        "corrections": [
            _shown(each, names, contacts=may("contacts.read", incident.region)) for each in found
        ],
        "stale": {
            "tasks": _ids(every.tasks),
            "assessments": _ids(every.assessments),
            "bulletins": _ids(every.bulletins),
            "plan": plan is not None and plan.id in every.assessments,
        },
    }


def _modelled(incident: Incident) -> tuple[int | None, int]:
    """Return whom and what the plan in force finds in its red and orange zones, for this reader."""
    plan = plan_of(db(), incident.id)
    if plan is None:
        return None, 0
    exposure = excerpt.seen_by(db(), plan.body, scope=scope()).get("exposure", {})
    near = [zone for zone in exposure.get("by_zone", ()) if zone.get("level") in NEAR]
    people = [zone["people"] for zone in near if zone.get("people") is not None]
    targets = [
        layers.get("protection_target", {}).get("count", 0)
        for layers in (zone.get("layers", {}) for zone in near)
    ]
    return max(people, default=None), max(targets, default=0)


def _named(affected: corrections.Affected) -> dict[uuid.UUID, dict[str, Any]]:
    """Return what tells which task, plan or bulletin each affected one is."""
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for task in db().scalars(select(Task).where(Task.id.in_(affected.tasks))):
        found[task.id] = {"title": task.title, "kind": task.kind, "state": task.state,
                          "feature_name": task.feature_name}  # fmt: skip
    rows = select(Assessment.id, Assessment.created_at).where(
        Assessment.id.in_(affected.assessments)
    )
    for id, at in db().execute(rows):
        found[id] = {"at": at.isoformat()}
    titles = bulletins.titles(db(), affected.bulletins)
    for row in db().scalars(select(Bulletin).where(Bulletin.id.in_(affected.bulletins))):
        found[row.id] = {"kind": row.kind, "title": titles[row.id],
                         "signed": row.signed_at is not None}  # fmt: skip
    return found


def _shown(
    each: Correction, names: Mapping[uuid.UUID, Mapping[str, Any]], *, contacts: bool
) -> dict[str, Any]:
    def told(ids: Iterable[uuid.UUID]) -> list[dict[str, Any]]:
        return [{"id": str(id), **names[id]} for id in ids if id in names]

    at: dt.datetime = each.at
    return {
        "seq": each.seq,
        "at": at.isoformat(),
        "who": each.who,
        "why": each.why,
        "version": each.version,
        "changes": [
            {"field": field, "before": _seen(field, before, contacts),
             "after": _seen(field, after, contacts)}
            for field, (before, after) in each.changes.items()
        ],
        "moved_m": each.moved_m and round(each.moved_m, 1),
        "stale": each.affected.any,
        "affected": {
            "tasks": told(each.affected.tasks),
            "assessments": told(each.affected.assessments),
            "bulletins": told(each.affected.bulletins),
        },
    }  # fmt: skip


def _seen(field: str, value: Any, contacts: bool) -> Any:
    return intake.person(value, shown=contacts) if field in intake.PEOPLE else value


def _ids(ids: Iterable[uuid.UUID]) -> list[str]:
    return [str(id) for id in ids]
