"""Proposals: what breaks a plan, told once for each cause, then run, dismissed or overtaken."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError
from layers.models import Assessment, Incident, Proposal
from layers.response.plan import in_force

FOLLOWED_MAX = 50
"""So many open incidents are followed at once, the newest first."""

TOLD_MAX = 200

WITHIN = dt.timedelta(minutes=30)
BUDGET = {"reading_outside": 60, "wind_turned": 12}
"""So many of one reason are open against a plan, or were made of it within half an hour: nobody
reads the next one. A wind that turns to and fro uses up its own and not that of the readings."""


def followed(session: Session) -> list[tuple[Incident, Assessment]]:
    """Return the open incidents that have a plan, each with the one in force."""
    rows = session.execute(
        select(Incident, Assessment)
        .join(Assessment, Assessment.id == in_force())
        .where(Incident.status != "closed")
        .order_by(Incident.occurred_at.desc(), Incident.id)
        .limit(FOLLOWED_MAX)
    )
    return [(incident, plan) for incident, plan in rows]


def told(
    session: Session, incident: uuid.UUID, plan: uuid.UUID, *, since: dt.datetime
) -> list[Proposal]:
    """Return the newest proposals against a plan, or decided for its incident since a moment."""
    decided = and_(
        Proposal.incident_id == incident,
        Proposal.state.in_(("run", "dismissed")),
        Proposal.closed_at > since,
    )
    against = and_(Proposal.plan_id == plan, Proposal.state != "superseded")
    return list(
        session.scalars(
            select(Proposal)
            .where(or_(against, decided))
            .order_by(Proposal.made_at.desc(), Proposal.id.desc())
            .limit(TOLD_MAX)
        )
    )


def ever(session: Session, plan: uuid.UUID, reason: str) -> int:
    """Return how often a plan was spoken against for one reason."""
    against = select(func.count()).where(Proposal.plan_id == plan, Proposal.reason == reason)
    return session.scalar(against) or 0


def known(session: Session, incident: uuid.UUID, cause: str) -> bool:
    """Say whether this very cause was proposed for an incident, whatever became of it."""
    same = select(Proposal.id).where(Proposal.incident_id == incident, Proposal.cause == cause)
    return session.scalar(same) is not None


def full(session: Session, plan: uuid.UUID, *, now: dt.datetime) -> list[str]:
    """Return the reasons for which nothing more is proposed against a plan for now."""
    counted = session.execute(
        select(Proposal.reason, func.count())
        .where(
            Proposal.plan_id == plan,
            or_(Proposal.state == "open", Proposal.made_at > now - WITHIN),
        )
        .group_by(Proposal.reason)
        .order_by(Proposal.reason)
    )
    return [reason for reason, count in counted if count >= BUDGET[reason]]


def add(
    session: Session, incident: Incident, plan: Assessment, *, reason: str, cause: str,
    body: Mapping[str, Any],
) -> Proposal:  # fmt: skip
    """Propose a new run of a plan; the same cause a second time breaks a rule of the table."""
    proposal = Proposal(
        incident_id=incident.id, region=incident.region, plan_id=plan.id, reason=reason,
        cause=cause, body=dict(body),
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    session.refresh(proposal)
    return proposal


def supersede(session: Session, found: Collection[Proposal], *, actor: str, why: str) -> None:
    """Close proposals that something newer has overtaken."""
    for proposal in found:
        if proposal.state == "open":
            _close(session, proposal, "superseded", actor=actor, why=why)


def overtaken(session: Session, incident: uuid.UUID, plan: uuid.UUID) -> list[Proposal]:
    """Return the open proposals of an incident that are not about the plan in force."""
    return list(
        session.scalars(
            select(Proposal).where(
                Proposal.incident_id == incident, Proposal.state == "open", Proposal.plan_id != plan
            )
        )
    )


def dismiss(session: Session, proposal: Proposal, *, actor: str, reason: str) -> None:
    """Dismiss a proposal and keep why; its cause is not proposed again for this plan.

    Raises
    ------
    ConflictError
        `"proposal_closed"`: somebody was faster.
    """
    lock_open(session, proposal)
    _close(session, proposal, "dismissed", actor=actor, why=reason)


def taken_up(session: Session, proposal: Proposal, assessment: Assessment, *, actor: str) -> None:
    """Close a proposal that was run, with the assessment that came of it."""
    proposal.assessment_id = assessment.id
    _close(session, proposal, "run", actor=actor, why=None)


def lock_open(session: Session, proposal: Proposal) -> None:
    """Hold a proposal for this transaction; ConflictError where it is open no more."""
    session.refresh(proposal, with_for_update=True)
    if proposal.state != "open":
        raise ConflictError(
            f"the proposal is {proposal.state} already", code="proposal_closed",
            state=proposal.state, by=proposal.closed_by, id=str(proposal.id),
        )  # fmt: skip


def proposal_of(session: Session, incident: uuid.UUID, id: uuid.UUID) -> Proposal:
    """Return a proposal of an incident; NotFoundError where it is none of its."""
    proposal = session.get(Proposal, id)
    if proposal is None or proposal.incident_id != incident:
        raise NotFoundError(f"there is no proposal {id}", code="no_proposal", id=str(id))
    return proposal


def listed(
    session: Session, incident: uuid.UUID, *, state: str | None, limit: int
) -> Sequence[Proposal]:
    """Return the proposals of an incident, newest first."""
    wanted = select(Proposal).where(Proposal.incident_id == incident)
    if state is not None:
        wanted = wanted.where(Proposal.state == state)
    newest = wanted.order_by(Proposal.made_at.desc(), Proposal.id.desc()).limit(limit)
    return list(session.scalars(newest))


def _close(
    session: Session, proposal: Proposal, state: str, *, actor: str, why: str | None
) -> None:
    with session.no_autoflush:
        now = session.scalar(select(func.clock_timestamp()))
    proposal.state, proposal.closed_by, proposal.closed_at = state, actor, now
    proposal.closed_why = why
    session.flush()
    session.refresh(proposal)
