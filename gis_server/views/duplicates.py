"""Pairs of features that may be one thing twice, and how well a layer is kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gis_server.auth import permission, scope, who
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.coordinate import (
    DuplicateQuery,
    DuplicateSearch,
    PairDecision,
    PairPath,
    QualityQuery,
)
from layers import catalog, duplicates, upkeep
from layers.errors import PermissionError_
from layers.intake.load import allow_long

bp = api("duplicates")


@bp.get("/duplicates")
@permission("features.read")
def pairs(query: DuplicateQuery) -> dict[str, Any]:
    """List pairs that look like one feature, likeliest first; without a layer the first of each."""
    known = catalog.layers(db()) if query.layer is None else (catalog.find(query.layer, db()),)
    counts = duplicates.counts(db(), known, scope=scope(), state=query.state)
    found: list[dict[str, Any]] = []
    for layer in known:
        room = query.limit - len(found)
        if layer.name in counts and room > 0:
            offset = query.cursor if query.layer is not None else 0
            found += duplicates.page(
                db(), layer, scope=scope(), state=query.state, limit=room, offset=offset
            )
    read = query.cursor + len(found)
    more = query.layer is not None and found and read < sum(counts.values())
    return {"duplicates": found, "counts": counts, "next_cursor": read if more else None}


@bp.post("/duplicates/<id>")
@permission("features.write")
def decide(path: PairPath, body: PairDecision) -> dict[str, Any]:
    """Say that a pair is the same, or different, or open again; nothing is merged by it."""
    layer = duplicates.layer_of(db(), path.id)
    return duplicates.decide(
        db(), layer, path.id, body.state,
        scope=scope(), by=who().name, note=body.note, version=body.version,
    )  # fmt: skip


@bp.post("/duplicates/search")
@permission("features.write")
def search(body: DuplicateSearch) -> dict[str, Any]:
    """Look for pairs in a whole layer again; how many are new.

    `crowded` features are like more others than the nearest few that they are paired with.
    """
    if scope().regions is not None:
        raise PermissionError_(
            "the search goes over every region; yours are limited", code="outside_regions",
            region=None, regions=list(scope().regions or ()),
        )  # fmt: skip
    layer = catalog.find(body.layer, db())
    allow_long(db())
    found = duplicates.find(db(), layer)
    open_pairs = duplicates.count(db(), layer, scope=scope())
    return {"layer": layer.name, **asdict(found), "open": open_pairs}


@bp.get("/quality")
@permission("features.read")
def quality(query: QualityQuery) -> dict[str, Any]:
    """Tell of each layer how much of it is known, placed, sourced, fresh and single; a score."""
    names = [name for name in (query.layers or "").split(",") if name.strip()]
    wanted = [catalog.find(name, db()) for name in names] or [
        layer for layer in catalog.layers(db()) if duplicates.searched(layer)
    ]
    kept = [upkeep.of_layer(db(), layer, scope=scope()) for layer in wanted]
    return {"layers": [spoken(each.to_json()) for each in kept]}
