"""Counts and sums: by district, layer, kind, grade, time."""

from __future__ import annotations

from typing import Any

from gis_server.auth import permission, scope
from gis_server.state import config, db
from gis_server.views.blueprint import api
from gis_server.wire.statistics import StatisticsBody, StatisticsQuery, parts
from layers import query as ask
from layers.catalog import Layer
from layers.query.statistics import Statistics, has_dimension

bp = api("statistics")


@bp.get("/statistics")
@permission("features.read")
def counted(query: StatisticsQuery) -> dict[str, Any]:
    """Count features and sum up their numbers by district, kind, grade, month and other fields."""
    by = parts(query.by)
    among = _among(query.among(db()), by)
    found = ask.tally(
        db(),
        among,
        scope=scope(),
        by=by,
        level=query.level,
        sums=None if query.sums is None else parts(query.sums),
        time_field=query.time_field,
        timezone=config().timezone,
        area=query.area(db()),
        filters=query.trees(among),
        q=query.q,
    )
    return _shown(found)


@bp.post("/statistics")
@permission("features.read")
def counted_in(body: StatisticsBody) -> dict[str, Any]:
    """Count features inside a shape, under a filter for each layer."""
    among = _among(body.among(db()), body.by)
    found = ask.tally(
        db(),
        among,
        scope=scope(),
        by=body.by,
        level=body.level,
        sums=body.sums,
        time_field=body.time_field,
        timezone=config().timezone,
        area=body.area(db()),
        filters=body.trees(db(), among),
        q=body.q,
    )
    return _shown(found)


def _among(asked: list[Layer] | None, by: list[str]) -> list[Layer]:
    """Return the layers that are asked; where none is named, all that can be counted so."""
    if asked is not None:
        return asked
    return [
        layer
        for layer in ask.without_ground(db())
        if all(has_dimension(layer, name) for name in by)
    ]


def _shown(found: Statistics) -> dict[str, Any]:
    return {
        "by": list(found.by),
        "count": found.count,
        "truncated": found.truncated,
        "groups": [
            {**dict(zip(found.by, group.key, strict=True)), "count": group.count,
             "sums": dict(group.sums)}
            for group in found.groups
        ],
        "districts": found.names,
    }  # fmt: skip
