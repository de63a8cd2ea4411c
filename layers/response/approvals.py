"""What is set of an incident and nobody has approved: by a correction, or with the report."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, null, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from layers.models import Decision, Incident, JournalRow
from layers.response.decisions import LEVEL

END = "closed"
FIELDS = ("response_level", "warning_level", "status")


def unapproved() -> ColumnElement[list[str]]:
    """Return, beside `Incident` in a statement, which of `FIELDS` no approved decision stands for.

    A level counts once it is set, the status once it is closed. A decision stands for a value that
    it sets, approved before or after somebody set it, as long as the value has not been another
    since: what was closed, opened and closed again wants a second approval.
    """
    marks = [case((_unapproved(name), name), else_=null()) for name in FIELDS]
    return func.array_remove(array(marks), None)


def unapproved_of(session: Session, incident: uuid.UUID) -> list[str]:
    """Return which of `FIELDS` of an incident no approved decision stands for."""
    return list(session.scalars(select(unapproved()).where(Incident.id == incident)).one())


def approves(incident: Incident, unapproved: Collection[str], kind: str, level: str | None) -> bool:
    """Tell whether a decision would approve what is set of its incident already."""
    if kind == "end":
        return "status" in unapproved
    name = LEVEL.get(kind)
    return name is not None and name in unapproved and level == getattr(incident, name)


def _unapproved(name: str) -> ColumnElement[bool]:
    value: Any = getattr(Incident, name)
    decision, later = aliased(Decision), aliased(JournalRow)
    left = (
        exists()
        .where(
            later.feature == Incident.id,
            later.layer == "incident",
            later.op == "update",
            later.at > decision.decided_at,
            later.before.op("->>")(name) == value,
            later.after.op("->>")(name).is_distinct_from(value),
        )
        .correlate(Incident, decision)
    )
    stands = (
        exists()
        .where(
            decision.incident_id == Incident.id,
            decision.state == "approved",
            _sets(decision, name, value),
            not_(left),
        )
        .correlate(Incident)
    )
    set_ = value == END if name == "status" else value.is_not(None)
    return and_(set_, not_(stands))


def _sets(decision: type[Decision], name: str, value: Any) -> ColumnElement[bool]:
    if name == "status":
        return decision.kind == "end"
    kinds = [kind for kind, field in LEVEL.items() if field == name]
    return and_(decision.kind.in_(kinds), decision.level == value)
