"""What is known of an incident at a moment, without words of a language."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_server import sheet_of
from layers.incidents import corrections
from layers.incidents.corrections import Correction
from layers.incidents.grade import Counts, last_counts
from layers.models import Decision, Incident, Note, Region, Task
from layers.response.plan import plan_of
from layers.tasks import ENDED

TASKS, NOTES, DECISIONS = 12, 20, 12
"""How many of each a bulletin names; the counts are of all."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a bulletin is written from; `since` is when the last one was signed.

    `case` names the case as a calculation sheet does, `plan` is the stored body of the plan in
    force as everybody who may read the incident may have it, `plan_outdated` says that what it was
    computed from was corrected since.
    """

    now: dt.datetime
    since: dt.datetime | None
    incident: Incident
    case: dict[str, Any]
    region: str | None
    region_en: str | None
    counts: Counts
    counted_at: str | None
    plan: dict[str, Any] | None
    plan_outdated: bool
    tasks: tuple[Task, ...]
    task_states: dict[str, int]
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    corrected: tuple[Correction, ...]


def gathered(
    session: Session, incident: Incident, *, now: dt.datetime, since: dt.datetime | None
) -> Facts:
    """Return what is known of an incident now, and what is new since a moment."""
    plan = plan_of(session, incident.id)
    states = session.execute(
        select(Task.state, func.count(Task.id))
        .where(Task.incident_id == incident.id, Task.state.not_in(("proposed", "cancelled")))
        .group_by(Task.state)
    )
    region = session.execute(
        select(Region.name, Region.name_en).where(Region.code == incident.region).limit(1)
    ).one_or_none()
    after = since or dt.datetime.min.replace(tzinfo=dt.UTC)
    found = corrections.corrections(session, incident.id)
    counted = [str(each["at"]) for each in incident.casualties if each.get("at")]
    return Facts(
        now=now,
        since=since,
        incident=incident,
        case=sheet_of.case(session, incident),
        region=region and region[0],
        region_en=region and region[1],
        counts=last_counts(incident.casualties),
        counted_at=max(counted, default=None),
        # Whole: it names nobody, and a total that ends at the district's border would mislead.
        plan=None if plan is None else dict(plan.body),
        plan_outdated=plan is not None and plan.id in corrections.all_affected(found).assessments,
        tasks=tuple(_tasks(session, incident)),
        task_states=Counter({state: count for state, count in states}),
        decisions=tuple(_decisions(session, incident, after)),
        notes=tuple(_notes(session, incident, after)) if since else (),
        corrected=tuple(each for each in found if each.at > after) if since else (),
    )


def _tasks(session: Session, incident: Incident) -> Any:
    return session.scalars(
        select(Task)
        .where(Task.incident_id == incident.id, Task.state.not_in(("proposed", *ENDED)))
        .order_by(Task.ordered_at, Task.id)
        .limit(TASKS)
    )


def _decisions(session: Session, incident: Incident, after: dt.datetime) -> Any:
    """Yield what the commander approved since the last bulletin, oldest first."""
    return session.scalars(
        select(Decision)
        .where(
            Decision.incident_id == incident.id, Decision.state == "approved",
            Decision.decided_at > after,
        )
        .order_by(Decision.decided_at, Decision.id)
        .limit(DECISIONS)
    )  # fmt: skip


def _notes(session: Session, incident: Incident, after: dt.datetime) -> list[Note]:
    """Return the newest notes since the last bulletin that stand, oldest first."""
    newest = session.scalars(
        select(Note)
        .where(
            Note.incident_id == incident.id, Note.struck_at.is_(None), Note.created_at > after,
        )
        .order_by(Note.created_at.desc(), Note.id.desc())
        .limit(NOTES)
    )  # fmt: skip
    return list(newest)[::-1]
