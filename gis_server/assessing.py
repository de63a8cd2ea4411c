"""One more run of the response chain for an incident, kept with what it changed of the report."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis import response as chain
from analysis.roads.in_force import in_force
from analysis.roads.moment import Moment, roads_at, seen_by
from analysis.situation import situation
from gis_server import excerpt
from layers.database import let_idle
from layers.errors import ConflictError
from layers.models import Assessment, Call, Enterprise, Incident
from layers.query import Scope

COMPUTED_WITHIN_S = 120
"""A plan of a busy machine is worth a transaction that idles while its zones are computed."""


def run(
    session: Session,
    incident: Incident,
    changes: Mapping[str, Any],
    *,
    now: dt.datetime,
    scope: Scope,
    actor: str,
    cache_dir: Path,
    what_if: bool = False,
    label: str | None = None,
    because: Mapping[str, Any] | None = None,
) -> Assessment:
    """Compute a plan with what is known now and with other inputs, and add it.

    The call sheet grows by whom a plan needs on the phone; a run of what-if calls nobody.

    Parameters
    ----------
    changes
        As `analysis.situation.situation` takes them; kept with the plan.
    because
        What asked for the run, kept with the plan: `{"proposal", "reason"}`.
    """
    let_idle(session, seconds=COMPUTED_WITHIN_S)
    known = situation(session, incident, now=now, changes=changes)
    place = known.scenario
    roads = cache(partial(_roads, session, place.lon, place.lat, now, cache_dir))
    plan = chain.assess(
        session,
        known,
        network=lambda: roads().network,
        networks=lambda profile: seen_by(session, roads(), profile),
        closures=in_force(session, at=now, incidents=(incident.id,), scope=scope),
        scope=scope,
        enterprise=_enterprise(session, incident, scope),
    )
    kept = {
        "scope": excerpt.stated(scope),
        "changes": {name: value for name, value in changes.items() if name != "at"},
        "because": because,
    }
    row = Assessment(
        incident_id=incident.id,
        region=incident.region,
        created_by=actor,
        body={**plan, **kept},
        what_if=what_if,
        label=label,
    )
    _lock(session, incident)
    session.add(row)
    if not what_if:
        _extend_calls(session, incident, plan.get("calls", ()))
    session.flush()
    session.refresh(row)
    return row


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of one run with those of another on top, field by field."""
    both = dict(base)
    for name, value in changes.items():
        before = both.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            both[name] = {**before, **value}
        else:
            both[name] = value
    return both


def refuse_closed(incident: Incident) -> None:
    """Raise ConflictError where an incident is closed: what is decided for it is history."""
    if incident.status == "closed":
        raise ConflictError(
            f"incident {incident.id} is closed", code="incident_over", id=str(incident.id)
        )


def _roads(session: Session, lon: float, lat: float, at: dt.datetime, cache_dir: Path) -> Moment:
    return roads_at(session, lon, lat, cache_dir=cache_dir, at=at)


def _enterprise(session: Session, incident: Incident, scope: Scope) -> dict[str, Any] | None:
    if incident.enterprise_id is None:
        return None
    row = session.scalar(
        select(Enterprise).where(
            Enterprise.id == incident.enterprise_id, scope.clause(Enterprise.region.expression)
        )
    )
    return {"id": str(row.id), "name": row.name} if row else None


def _lock(session: Session, incident: Incident) -> None:
    """Let one run at a time extend an incident's call sheet: two would each add every line."""
    session.execute(
        select(Incident.id).where(Incident.id == incident.id).with_for_update(key_share=True)
    )


def _extend_calls(session: Session, incident: Incident, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add to the call sheet whom it does not list yet; results noted before stay."""
    held = session.execute(
        select(Call.layer, Call.feature_id, Call.phone).where(Call.incident_id == incident.id)
    )
    known: set[tuple[str | None, str, str | None]] = {
        (layer, str(feature), phone) for layer, feature, phone in held
    }
    for rank, line in enumerate(lines, start=1):
        if (line["layer"], line["feature_id"], line["phone"]) in known:
            continue
        session.add(
            Call(
                incident_id=incident.id,
                region=incident.region,
                rank=rank,
                layer=line["layer"],
                feature_id=uuid.UUID(line["feature_id"]),
                feature_name=line["feature_name"],
                name=line["name"],
                phone=line["phone"],
                purpose=line["purpose"]["code"],
            )
        )
