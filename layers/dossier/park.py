"""One park, one file (一园一档)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from layers import edit, grading
from layers.catalog import Layer, find
from layers.dossier import parts
from layers.dossier.enterprise import at
from layers.dossier.rings import shape_of, surroundings
from layers.query.page import feature
from layers.query.rows import anchor_columns
from layers.query.scope import Scope

UNDECIDED = "undecided"


def park_file(
    session: Session, id: uuid.UUID, *, scope: Scope, words: Sequence[str] = ()
) -> dict[str, Any]:
    """Return everything known of a park, by section.

    An enterprise is the park's that says so, or that names none and lies inside the boundary.

    Returns
    -------
    dict
        `park` (a feature with `contacts`), `lon`, `lat`, `enterprises` (features with
        `worst_level`), `totals`, `substances`, and the sections of `enterprise_file` that are not
        of one plant alone.

    Raises
    ------
    NotFoundError
        There is no such park, or none that the reader may see.
    """
    layer = find("park", session)
    shown = feature(session, layer, id, scope=scope)
    shown["contacts"] = edit.contacts(session, layer, id)
    lon, lat = session.execute(select(*anchor_columns(layer)).where(layer.column("id") == id)).one()
    shape = shape_of(session, layer, id)
    enterprises = parts.features_where(
        session, find("enterprise", session), _of_park(session, id, shape), scope=scope,
        most=parts.MOST_OWN,
    )  # fmt: skip
    sources, tanks = _units(session, [uuid.UUID(e["id"]) for e in enterprises], scope)
    held = parts.known_substances([*sources, *tanks])
    return {
        "park": shown,
        "lon": lon,
        "lat": lat,
        "enterprises": _with_worst(enterprises, sources),
        "totals": _totals(enterprises, sources),
        "substances": [parts.facts(substance) for substance in held],
        "surroundings": surroundings(session, layer, id, scope=scope),
        "help": parts.help_for(session, lon=lon, lat=lat, scope=scope),
        "experts": parts.experts_for(session, held, words, scope=scope),
        "incidents": _happened(session, "incident", shape, scope),
        "accidents": _happened(session, "accident", shape, scope),
        **parts.papers(session, layer, id, scope=scope),
        "history": parts.history(session, layer, id),
    }


def _of_park(session: Session, id: uuid.UUID, shape: Any) -> ColumnElement[bool]:
    enterprise = find("enterprise", session)
    inside = func.ST_Intersects(func.ST_PointOnSurface(enterprise.column("geom")), shape)
    box = enterprise.column("geom").op("&&")(shape)
    named = enterprise.column("park_id")
    return or_(named == id, and_(named.is_(None), box, inside))


def _units(
    session: Session, enterprises: Sequence[uuid.UUID], scope: Scope
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the hazard sources of enterprises, with their computed level, and their tanks."""
    layer, tank = find("hazard_source", session), find("tank", session)
    sources = parts.features_where(
        session, layer, layer.column("enterprise_id").in_(enterprises), scope=scope,
        most=parts.MOST_OWN,
    )  # fmt: skip
    ids = [uuid.UUID(source["id"]) for source in sources]
    grades = grading.stored(session, ids)
    for source in sources:
        kept = grades.get(uuid.UUID(source["id"]))
        source["level"] = (kept.level or UNDECIDED) if kept else UNDECIDED
    tanks = parts.features_where(
        session, tank, tank.column("hazard_source_id").in_(ids), scope=scope, most=parts.MOST_OWN
    )
    return sources, tanks


def _with_worst(
    enterprises: list[dict[str, Any]], sources: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Add each enterprise's worst computed level: "1" before "4"; None where it has no source."""
    levels: dict[str, list[str]] = {}
    for source in sources:
        levels.setdefault(source["properties"]["enterprise_id"], []).append(source["level"])
    return [{**e, "worst_level": min(levels.get(e["id"], ()), default=None)} for e in enterprises]


def _totals(enterprises: list[dict[str, Any]], sources: list[dict[str, Any]]) -> dict[str, Any]:
    employees = [e["properties"]["employees"] for e in enterprises]
    known = [number for number in employees if number is not None]
    return {
        "enterprises": len(enterprises),
        "by_class": dict(Counter(e["properties"]["class"] or "unknown" for e in enterprises)),
        "by_risk_level": dict(
            Counter(e["properties"]["risk_level"] or "unknown" for e in enterprises)
        ),
        "employees": sum(known) if known else None,
        "employees_unknown": len(employees) - len(known),
        "hazard_sources": len(sources),
        "by_level": dict(Counter(source["level"] for source in sources)),
        "by_filed_grade": dict(
            Counter(source["properties"]["grade"] or "unknown" for source in sources)
        ),
    }


def _happened(session: Session, name: str, shape: Any, scope: Scope) -> list[dict[str, Any]]:
    layer: Layer = find(name, session)
    return parts.features_where(
        session, layer, at(layer, shape), scope=scope, newest_by="occurred_at"
    )
