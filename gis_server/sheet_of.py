"""What the wire tells of calculation sheets, and which case a sheet is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.scenario import Message
from gis_server.sheets import content
from layers.models import Assessment, Enterprise, HazardSource, Incident
from layers.query import Scope
from layers.sheets import Signed


def case(session: Session, incident: Incident) -> dict[str, Any]:
    """Return what names the case of an incident on its sheet.

    The enterprise and the hazard source are named where everybody who may read the incident may
    read them too: the sheet is frozen once and read by all of these.
    """
    lon, lat = session.execute(
        select(func.ST_X(Incident.geom), func.ST_Y(Incident.geom)).where(Incident.id == incident.id)
    ).one()
    enterprise = incident.enterprise_id and session.get(Enterprise, incident.enterprise_id)
    source = incident.hazard_source_id and session.get(HazardSource, incident.hazard_source_id)
    return {
        "title": incident.title,
        "kind": incident.kind,
        "substance": incident.substance,
        "cas": incident.cas,
        "lon": lon,
        "lat": lat,
        "occurred_at": incident.occurred_at.isoformat(),
        "exercise": incident.exercise,
        "enterprise": enterprise and _named(enterprise, incident),
        "hazard_source": source and _named(source, incident),
    }


def shown(held: Signed, *, body: bool = False) -> dict[str, Any]:
    """Return a kept sheet as the wire carries it; with `body`, its content as text."""
    sheet = held.sheet
    told: dict[str, Any] = {
        "id": str(sheet.id),
        "assessment": str(sheet.assessment_id),
        "incident": str(sheet.incident_id),
        "state": held.state,
        "next_role": held.next_role,
        "input_hash": sheet.input_hash,
        "result_hash": sheet.result_hash,
        "body_hash": sheet.body_hash,
        "created_at": sheet.created_at.isoformat(),
        "created_by": sheet.created_by,
        "signed_at": held.signed_at and held.signed_at.isoformat(),
        "signatures": [
            {
                "role": each.role,
                "user": each.signed_by,
                "name": each.name,
                "at": each.signed_at.isoformat(),
            }
            for each in held.signatures
        ],
    }
    return told | ({"body": sheet.body} if body else {})


def beside(
    row: Assessment, incident: Mapping[str, Any], held: Sequence[Signed]
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return what an assessment says of sheets: the one that counts for it, and a warning.

    Its own sheet counts, else the last signed one of the incident. `current` says that the zones
    are those of that sheet: the same inputs and model versions; where a signed sheet holds others,
    the warning says so.
    """
    own = next((each for each in held if each.sheet.assessment_id == row.id), None)
    signed = [each for each in held if each.state == "signed"]
    last = max(signed, key=lambda each: (each.signed_at, each.sheet.id), default=None)
    counts = own if own is not None and (own.state == "signed" or last is None) else last
    if counts is None:
        return None, []
    current = counts is own
    if not current:
        told = content.of_plan(row.body, case=incident)
        current = told.input_hash == counts.sheet.input_hash
    head = {
        "id": str(counts.sheet.id),
        "assessment": str(counts.sheet.assessment_id),
        "state": counts.state,
        "signed_at": counts.signed_at and counts.signed_at.isoformat(),
        "input_hash": counts.sheet.input_hash,
        "current": current,
    }
    if current:
        return head, []
    said = Message(code="sheet.not_the_signed_set", params={"signed_at": head["signed_at"]})
    return head, [said.to_json()]


def _named(row: Enterprise | HazardSource, incident: Incident) -> str | None:
    readers = Scope(None if incident.region is None else (incident.region,))
    return row.name if readers.holds(row.region) else None
