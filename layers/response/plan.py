"""Which assessment is an incident's plan: the one somebody accepted, else the newest.

A run of "what if" is kept beside the plans and is none until it is accepted. Once a plan of record
is accepted it stays in force whatever is computed later, until another is accepted or it is
released.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from layers.errors import ConflictError, NotFoundError
from layers.models import Assessment, Incident


def newest(incident: uuid.UUID | ColumnElement[uuid.UUID]) -> Any:
    """Return, as a subquery, the id of an incident's newest assessment that is no what-if."""
    run = aliased(Assessment)  # the statement around it may read assessments too
    return (
        select(run.id)
        .where(run.incident_id == incident, ~run.what_if)
        .order_by(run.created_at.desc(), run.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def in_force() -> ColumnElement[uuid.UUID | None]:
    """Return, beside `Incident` in a statement, the id of the assessment in force."""
    return func.coalesce(Incident.plan_id, newest(Incident.id.expression))


def plan_of(session: Session, incident: uuid.UUID) -> Assessment | None:
    """Return the assessment in force for an incident, or None where nothing was computed yet."""
    wanted = select(in_force()).where(Incident.id == incident).scalar_subquery()
    return session.scalar(select(Assessment).where(Assessment.id == wanted))


def listed(incident: uuid.UUID, *, what_if: bool | None) -> Select[Assessment]:
    """Return the query of an incident's assessments: the one in force, then the newest first.

    Parameters
    ----------
    what_if
        Only what-if runs, only plans (the one of record among them, whatever it began as), or both.
    """
    of_record = select(Incident.plan_id).where(Incident.id == incident).scalar_subquery()
    found = select(Assessment).where(Assessment.incident_id == incident)
    if what_if is False:
        found = found.where(~Assessment.what_if | (Assessment.id == of_record))
    elif what_if:
        found = found.where(Assessment.what_if)
    first = func.coalesce(Assessment.id == of_record, False)
    return found.order_by(first.desc(), Assessment.created_at.desc(), Assessment.id.desc())


def assessment_of(session: Session, incident: uuid.UUID, id: uuid.UUID) -> Assessment:
    """Return an assessment of an incident.

    Raises
    ------
    NotFoundError
        There is none of this id, or it is another incident's.
    """
    row = session.get(Assessment, id)
    if row is None or row.incident_id != incident:
        raise NotFoundError(f"there is no assessment {id}", code="no_assessment", id=str(id))
    return row


def accept(
    session: Session,
    incident: Incident,
    plan: Assessment | None,
    *,
    actor: str,
    instead_of: tuple[uuid.UUID | None] | None = None,
) -> None:
    """Make an assessment the plan of record; None releases it. Who and when is in the journal.

    Parameters
    ----------
    instead_of
        The plan of record that the person had before them, in a tuple; None asks for no check.

    Raises
    ------
    ConflictError
        `"plan_changed"`: somebody else has accepted another meanwhile.
    """
    session.refresh(incident, with_for_update=True)
    if instead_of is not None and incident.plan_id != instead_of[0]:
        raise ConflictError(
            "somebody has accepted another plan meanwhile", code="plan_changed",
            mine=str(instead_of[0]), theirs=incident.plan_id and str(incident.plan_id),
            by=incident.plan_by,
        )  # fmt: skip
    if plan is not None and plan.id == incident.plan_id:
        return
    now = session.scalar(select(func.clock_timestamp()))
    incident.plan_id = plan.id if plan is not None else None
    incident.plan_by = actor if plan is not None else None
    incident.plan_at = now if plan is not None else None
    session.flush()
    session.refresh(incident)
