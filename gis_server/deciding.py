"""What an approved decision does to its incident, by the same door as a person's correction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from gis_server import incident_rows
from gis_server.wire.incident import IncidentChange
from layers.models import Decision, Incident
from layers.query import Scope
from layers.response.decisions import LEVEL, refuse_other_level

WHY_MAX = 400


def carry_out(
    session: Session, incident: Incident, decision: Decision, *, scope: Scope, now: dt.datetime
) -> None:
    """Set what a decision says of its incident: a level, or that it has ended.

    The change is the approver's, with the decision's text as its reason. Evacuating and sheltering
    change nothing of the incident itself: they are ordered as tasks.
    """
    said = _said(decision)
    if not said:
        return
    session.refresh(incident, with_for_update=True)
    refuse_other_level(incident, decision)
    change = IncidentChange.model_validate({**said, "why": decision.text[:WHY_MAX]})
    incident_rows.change_row(
        session, incident, change, version=incident.version, scope=scope, now=now
    )


def _said(decision: Decision) -> dict[str, Any]:
    if decision.kind == "end":
        return {"status": "closed"}
    if decision.kind in LEVEL and decision.level is not None:
        return {LEVEL[decision.kind]: decision.level}
    return {}
