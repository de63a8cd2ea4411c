"""Decisions: drafted by one person, approved or refused by another, frozen as they were drafted."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, NotFoundError, PermissionError_
from layers.models import Decision, Incident, Proposal
from layers.response.once import refuse_haste, stored
from layers.response.plan import assessment_of

DECISIONS_MAX = 2000
AN_HOUR_MAX = 60
"""Of one writer in one incident."""
LEVEL = {
    "start_response": "response_level", "widen": "response_level", "warn": "warning_level",
}  # fmt: skip
"""Which level of an incident a decision of a kind sets."""
ZONE_SAID = (
    "level", "hazard", "threshold", "unit", "threshold_name", "threshold_source", "distance_m",
    "cut",
)  # fmt: skip
"""What of a zone a decision keeps, so that it can be read when the plan is another."""
Outcome = Literal["approved", "rejected", "withdrawn"]


def draft(
    session: Session,
    incident: Incident,
    *,
    id: uuid.UUID | None,
    kind: str,
    text: str,
    basis: Mapping[str, Any],
    level: str | None = None,
    area: BaseGeometry | None,
    actor: str,
) -> tuple[Decision, bool]:
    """Draft a decision; return it, and whether it is new: the same id is stored once.

    Parameters
    ----------
    basis
        `assessment` and `proposal` (ids of the incident's), `zone` (index in the assessment's
        zones), `text`.
    level
        The response level that it starts or widens to, or the warning level that it gives:
        `"1"` to `"4"`.
    area
        Where it holds, EPSG:4326.

    Raises
    ------
    NotFoundError
        The basis names an assessment or a proposal that is not the incident's.
    InvalidInputError
        A zone that the assessment does not have.
    BusyError
        `"too_many_an_hour"`.
    """
    if id is not None:
        known = session.get(Decision, id)
        if known is not None:
            return _same(known, incident), False
    refuse_haste(session, incident.id, Decision, actor=actor, most=AN_HOUR_MAX)
    frozen = _frozen(session, incident, basis)
    decision = Decision(
        id=id,
        incident_id=incident.id,
        region=incident.region,
        kind=kind,
        text=text,
        level=level,
        level_was=level_of(incident, kind),
        basis=frozen,
        drafted_by=actor,
        geom=None if area is None else from_shape(area, srid=4326),
    )
    if not stored(session, decision):
        return _same(session.get_one(Decision, decision.id), incident), False
    return decision, True


def decide(
    session: Session, decision: Decision, outcome: Outcome, *, actor: str, reason: str | None
) -> None:
    """Approve, reject or withdraw a drafted decision.

    Raises
    ------
    PermissionError_
        `"own_decision"`: who drafted it approves or rejects it; `"not_own_decision"`: somebody else
        withdraws it.
    ConflictError
        `"decision_decided"`: somebody was faster.
    """
    session.refresh(decision, with_for_update=True)
    own = decision.drafted_by == actor
    if own and outcome != "withdrawn":
        raise PermissionError_(
            f"{actor} drafted this decision; another person approves it", code="own_decision",
            name=actor,
        )  # fmt: skip
    if not own and outcome == "withdrawn":
        raise PermissionError_(
            f"only {decision.drafted_by} withdraws this draft", code="not_own_decision",
            name=decision.drafted_by,
        )  # fmt: skip
    if decision.state != "drafted":
        raise ConflictError(
            f"the decision is {decision.state} already", code="decision_decided",
            state=decision.state, by=decision.decided_by, id=str(decision.id),
        )  # fmt: skip
    now = session.scalar(select(func.clock_timestamp()))
    decision.state, decision.decided_by, decision.decided_at = outcome, actor, now
    decision.reason = reason
    session.flush()
    session.refresh(decision)


def level_of(incident: Incident, kind: str) -> str | None:
    """Return the level of an incident that a decision of a kind sets, as it is."""
    return getattr(incident, LEVEL[kind]) if kind in LEVEL else None


def refuse_other_level(incident: Incident, decision: Decision) -> None:
    """Refuse to set a level that somebody has set since the decision was drafted.

    Raises
    ------
    ConflictError
        `"level_changed"`: an old draft must not quietly lower what was raised since.
    """
    now = level_of(incident, decision.kind)
    if decision.level is not None and now != decision.level_was:
        raise ConflictError(
            f"the level was {decision.level_was} when the decision was drafted and is {now}",
            code="level_changed", was=decision.level_was, now=now, id=str(decision.id),
        )  # fmt: skip


def newest(session: Session, incident: uuid.UUID) -> list[Decision]:
    """Return the newest decisions of an incident, oldest first."""
    late = (Decision.drafted_at.desc(), Decision.id.desc())
    found = select(Decision).where(Decision.incident_id == incident).order_by(*late)
    return list(session.scalars(found.limit(DECISIONS_MAX)))[::-1]


def decision_of(session: Session, incident: uuid.UUID, id: uuid.UUID) -> Decision:
    """Return a decision of an incident; NotFoundError where it is none of its."""
    decision = session.get(Decision, id)
    if decision is None or decision.incident_id != incident:
        raise NotFoundError(f"there is no decision {id}", code="no_decision", id=str(id))
    return decision


def shown(session: Session, found: Sequence[Decision]) -> list[dict[str, Any]]:
    """Return decisions as the wire carries them."""
    ids = [decision.id for decision in found]
    rows = session.execute(
        select(Decision.id, func.ST_AsGeoJSON(Decision.geom, 7)).where(Decision.id.in_(ids))
    )
    areas = {id: area and json.loads(area) for id, area in rows}
    names = (
        "kind", "text", "level", "level_was", "basis", "state", "drafted_by", "decided_by",
        "reason", "version",
    )  # fmt: skip
    return [
        {
            "id": str(each.id),
            "incident": str(each.incident_id),
            **{name: getattr(each, name) for name in names},
            "area": areas[each.id],
            "drafted_at": each.drafted_at.isoformat(),
            "decided_at": each.decided_at and each.decided_at.isoformat(),
        }
        for each in found
    ]


def _same(decision: Decision, incident: Incident) -> Decision:
    if decision.incident_id != incident.id:
        raise ConflictError(
            f"the id {decision.id} is taken", code="already_exists", rule="decision_pkey"
        )
    return decision


def _frozen(session: Session, incident: Incident, basis: Mapping[str, Any]) -> dict[str, Any]:
    """Check a basis and return it with what its zone was: the plan's zones change, this stays."""
    zone = basis.get("zone")
    frozen = dict(basis)
    if zone is not None and basis.get("assessment") is None:
        raise InvalidInputError(
            "basis.zone: got a zone of no assessment", code="invalid_fields", field="basis.zone",
            got=zone, wanted="an assessment",
        )  # fmt: skip
    if basis.get("assessment") is not None:
        plan = assessment_of(session, incident.id, uuid.UUID(basis["assessment"]))
        zones = plan.body.get("zones", {}).get("features", ())
        if zone is not None and zone >= len(zones):
            raise InvalidInputError(
                f"basis.zone: got {zone}, wanted less than {len(zones)}", code="invalid_fields",
                field="basis.zone", got=zone, wanted=f"< {len(zones)}",
            )  # fmt: skip
        if zone is not None:
            said = zones[zone]["properties"]
            frozen["zone_was"] = {name: said.get(name) for name in ZONE_SAID}
    if basis.get("proposal") is not None:
        row = session.get(Proposal, uuid.UUID(basis["proposal"]))
        if row is None or row.incident_id != incident.id:
            raise NotFoundError(
                f"there is no proposal {basis['proposal']}", code="no_proposal",
                id=basis["proposal"],
            )  # fmt: skip
    return frozen
