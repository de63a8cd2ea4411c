"""Questions to many layers at once, and what a filter may say."""

from __future__ import annotations

from typing import Any

from gis_server.auth import permission, scope
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.feature import LayerPath
from gis_server.wire.query import QueryBody
from layers import catalog
from layers import query as ask
from layers.query import cql2

bp = api("queries")


@bp.post("/query")
@permission("features.read")
def query(body: QueryBody) -> dict[str, Any]:
    """Ask many layers at once: in a shape, a box, a district, around a place, under filters."""
    session = db()
    among = body.among(session)
    asked = ask.without_ground(session) if among is None else among
    pages = ask.grouped(
        session,
        scope=scope(),
        among=asked,
        area=body.area(session),
        filters=body.trees(session, asked),
        q=body.q,
        limit=body.limit,
        cursor=body.cursor,
    )
    return {
        "layers": {
            name: {
                "features": page.features,
                "total": page.total,
                "next_cursor": page.next_cursor,
            }
            for name, page in pages.items()
        }
    }


@bp.get("/conformance")
@permission("layers.read")
def conformance(query: NoQuery) -> dict[str, Any]:
    """List the conformance classes of CQL2 that filters keep, and their operators and limits."""
    return {
        "conformsTo": list(cql2.CONFORMANCE),
        "operators": list(cql2.operators()),
        "limits": {"nodes": cql2.MAX_NODES, "depth": cql2.MAX_DEPTH},
    }


@bp.get("/layers/<layer>/queryables")
@permission("layers.read")
def queryables(path: LayerPath, query: NoQuery) -> dict[str, Any]:
    """List what a filter on a layer may name, as a JSON schema."""
    layer = catalog.find(path.layer, db())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": layer.name,
        "additionalProperties": False,
        "properties": {name: _SCHEMAS[kind] for name, kind in cql2.kinds(layer).items()},
    }


_SCHEMAS: dict[cql2.Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "id": {"type": "string", "format": "uuid"},
    "list": {"type": "array", "items": {"type": "string"}},
    "geometry": {"format": "geometry-any"},
}
