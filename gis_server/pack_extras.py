"""The parts of a pack that are no layer: the roads of the area, and the plans in force there."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.roads import portable, rows
from gis_server import excerpt, incident_face
from gis_server.contacts import masked
from gis_server.pack_owner import Owner
from gis_server.text import rendered
from layers.layer import Layer
from layers.models import Assessment, Incident, RoadNetwork
from layers.packs.sealing import Made

MAX_INCIDENTS = 500
PARQUET = "application/vnd.apache.parquet"


def roads(session: Session, area: BaseGeometry, folder: Path) -> Iterator[Made]:
    """Write the roads of every network in use that meet the area; whole, so that they connect."""
    told = []
    for number, (id, name, source, credit) in enumerate(_networks(session, area), start=1):
        edges = rows.read(session, id, within=area)
        tables = edges and portable.write(edges, folder, stem=f"network_{number}")
        if not tables:
            continue
        files = [tables.arcs, tables.nodes]
        yield from (Made(path, f"roads/{path.name}", PARQUET, "roads") for path in files)
        told.append({
            "id": str(id), "name": name, "source": source, "attribution": credit,
            "edges": tables.arcs.name, "nodes": tables.nodes.name, "roads": tables.roads,
            "arcs": tables.arc_count, "node_count": tables.node_count,
            "left_out": tables.left_out,
        })  # fmt: skip
    if told:
        path = folder / "networks.json"
        path.write_text(json.dumps({"networks": told}, ensure_ascii=False), "utf-8")
        yield Made(path, "roads/networks.json", "application/json", "roads")


def _networks(session: Session, area: BaseGeometry) -> Any:
    row = RoadNetwork
    meets = func.ST_Intersects(row.extent, from_shape(area, srid=4326))
    columns = (row.id, row.name, row.source, row.attribution)
    return session.execute(select(*columns).where(row.active, meets).order_by(row.name)).all()


def plans(
    session: Session, area: BaseGeometry, folder: Path, *, owner: Owner, as_of: str, language: str
) -> Iterator[Made]:
    """Write the incidents of the area that are not closed, each with its newest plan."""
    wanted = (
        Incident.status != "closed",
        func.ST_Intersects(Incident.geom, from_shape(area, srid=4326)),
        owner.scope.clause(Incident.region.expression),
    )
    found = [
        {**incident, "plan": _plan(session, incident, owner, language)}
        for incident in incident_face.rows(
            session, *wanted, limit=MAX_INCIDENTS, contacts=owner.contacts
        )
    ]
    told = {"as_of": as_of, "language": language, "incidents": found}
    path = folder / "incidents.json.gz"
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, default=str).encode()
    path.write_bytes(gzip.compress(text, 6, mtime=0))
    yield Made(path, "plans/incidents.json.gz", "application/gzip", "plans")


def _plan(
    session: Session, incident: dict[str, Any], owner: Owner, language: str
) -> dict[str, Any] | None:
    """Return an incident's newest plan as its owner may have it."""
    if incident["assessment"] is None:
        return None
    row = session.get_one(Assessment, incident["assessment"])
    plan = dict(excerpt.seen_by(session, row.body, scope=owner.scope))
    if not owner.contacts.holds(incident["region"]):
        plan["calls"] = [masked(line) for line in plan.get("calls", ())]
    head = {"id": str(row.id), "incident": str(row.incident_id),
            "created_at": row.created_at.isoformat(), "created_by": row.created_by}  # fmt: skip
    return head | dict(rendered(language, plan))


def bounded(area: BaseGeometry) -> dict[str, Any]:
    """Return an area as the manifest carries it: six decimals, a decimetre."""
    return dict(json.loads(shapely.to_geojson(shapely.set_precision(area, 1e-6))))


def chosen(layers: tuple[Layer, ...]) -> list[Layer]:
    """Return the layers that a pack holds where nobody chose: all but those of the base map."""
    return [layer for layer in layers if not layer.thinned]
