"""One enterprise, one file (一企一档)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from layers import duplicates, edit
from layers.catalog import Layer, find
from layers.dossier import parts
from layers.dossier.rings import surroundings
from layers.query.page import feature
from layers.query.rows import anchor_columns
from layers.query.scope import Scope

AT_M = 100.0
"""What happened within this distance of an enterprise's shape happened at it."""


def enterprise_file(
    session: Session, id: uuid.UUID, *, scope: Scope, words: Sequence[str] = ()
) -> dict[str, Any]:
    """Return everything known of an enterprise, by section.

    Parameters
    ----------
    words
        What else than its substances an expert's tag may name, such as the title of its class.

    Returns
    -------
    dict
        `enterprise` (a GeoJSON feature with `contacts`), `lon`, `lat`, `park`, `hazard_sources`
        (features with `tanks`), `substances`, `surroundings`, `help`, `experts`,
        `incidents`, `accidents`, `documents`, `site_plans`, `duplicates`, `history`.

    Raises
    ------
    NotFoundError
        There is no such enterprise, or none that the reader may see.
    """
    layer = find("enterprise", session)
    shown = feature(session, layer, id, scope=scope)
    shown["contacts"] = edit.contacts(session, layer, id)
    lon, lat = session.execute(select(*anchor_columns(layer)).where(layer.column("id") == id)).one()
    sources = _hazard_sources(session, id, scope)
    tanks = [tank for source in sources for tank in source["tanks"]]
    held = parts.known_substances([*sources, *tanks])
    return {
        "enterprise": shown,
        "lon": lon,
        "lat": lat,
        "park": _park(session, shown["properties"].get("park_id"), scope),
        "hazard_sources": sources,
        "substances": [parts.facts(substance) for substance in held],
        "surroundings": surroundings(session, layer, id, scope=scope),
        "help": parts.help_for(session, lon=lon, lat=lat, scope=scope),
        "experts": parts.experts_for(session, held, words, scope=scope),
        "incidents": _past(session, "incident", layer, id, scope),
        "accidents": _past(session, "accident", layer, id, scope),
        **parts.papers(session, layer, id, scope=scope),
        "duplicates": duplicates.of_feature(session, layer, id, scope=scope),
        "history": parts.history(session, layer, id),
    }


def _park(session: Session, id: str | None, scope: Scope) -> dict[str, Any] | None:
    if id is None:
        return None
    layer = find("park", session)
    found = parts.features_where(session, layer, layer.column("id") == id, scope=scope)
    return found[0] if found else None


def _hazard_sources(session: Session, id: uuid.UUID, scope: Scope) -> list[dict[str, Any]]:
    """Return the hazard sources of an enterprise, each with its tanks."""
    layer, tank = find("hazard_source", session), find("tank", session)
    sources = parts.features_where(
        session, layer, layer.column("enterprise_id") == id, scope=scope, most=parts.MOST_OWN
    )
    ids = [uuid.UUID(source["id"]) for source in sources]
    tanks = parts.features_where(
        session, tank, tank.column("hazard_source_id").in_(ids), scope=scope, most=parts.MOST_OWN
    )
    of: dict[str, list[dict[str, Any]]] = {}
    for each in tanks:
        of.setdefault(each["properties"]["hazard_source_id"], []).append(each)
    return [{**source, "tanks": of.get(source["id"], [])} for source in sources]


def _past(
    session: Session, name: str, enterprise: Layer, id: uuid.UUID, scope: Scope
) -> list[dict[str, Any]]:
    """Return what happened at an enterprise: said to be its own, or at its place."""
    layer = find(name, session)
    shape = select(enterprise.column("geom")).where(enterprise.column("id") == id).scalar_subquery()
    condition = or_(layer.column("enterprise_id") == id, at(layer, shape))
    return parts.features_where(session, layer, condition, scope=scope, newest_by="occurred_at")


def at(layer: Layer, shape: Any) -> ColumnElement[bool]:
    """Return the condition that a row lies at a shape: the box for the index, then metres."""
    degrees = AT_M / 50_000.0  # wide enough up to 63 degrees of latitude, where metres decide
    geom = layer.column("geom")
    return geom.op("&&")(func.ST_Expand(shape, degrees)) & func.ST_DWithin(
        func.geography(geom), func.geography(shape), AT_M
    )
