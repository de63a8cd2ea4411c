"""What lies around a shape, counted by distance: within 500 m, 1 km and 5 km of its border."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from layers.catalog import Layer, find
from layers.query.distance import geography
from layers.query.rows import anchor_columns
from layers.query.scope import Scope, visible

RADII_M = (500.0, 1000.0, 5000.0)
LISTED = 5
AROUND = (
    "protection_target", "sensitive_place", "enterprise", "hazard_source", "geohazard",
    "reservoir", "tailings_pond", "flood_work", "video_point",
)  # fmt: skip
METRES_A_DEGREE = 110_574.0


def surroundings(
    session: Session, around: Layer, id: uuid.UUID, *, scope: Scope
) -> list[dict[str, Any]]:
    """Return, for each layer with anything within 5 km of a feature, the rings and the nearest.

    Distances are geodesic, metres, from the feature's own shape; what belongs to the feature (its
    hazard sources; an enterprise inside its park) is not around it. Sums are of what is known:
    `unknown` counts the features without any of the summed numbers.

    Returns
    -------
    list of dict
        `layer`, `rings` (`radius_m`, `count`, each summed field, `unknown`), `nearest` (`id`,
        `name`, `name_en`, `kind`, `lon`, `lat`, `distance_m`).
    """
    shape = shape_of(session, around, id)
    found = []
    for name in AROUND:
        layer = find(name, session)
        wanted = and_(visible(layer, scope), _near(layer, shape), _foreign(layer, around, id))
        rings = _rings(session, layer, shape, wanted)
        if rings[-1]["count"]:
            nearest = _nearest(session, layer, shape, wanted)
            found.append({"layer": name, "rings": rings, "nearest": nearest})
    return found


def shape_of(session: Session, layer: Layer, id: uuid.UUID) -> ColumnElement[Any]:
    """Return a feature's shape as a value, which the planner knows and evaluates once."""
    bytes_ = session.scalar(
        select(func.ST_AsBinary(layer.column("geom"))).where(layer.column("id") == id)
    )
    return func.ST_GeomFromWKB(bytes_, 4326)


def _near(layer: Layer, shape: Any) -> ColumnElement[bool]:
    """Return the condition that the index answers: boxes that meet within the widest ring."""
    far = RADII_M[-1] * 1.01
    south, north = func.ST_YMin(shape), func.ST_YMax(shape)
    parallel = func.least(89.0, func.greatest(func.abs(south), func.abs(north)) + 0.1)
    east = far / (METRES_A_DEGREE * func.greatest(0.01, func.cos(func.radians(parallel))))
    return layer.column("geom").op("&&")(func.ST_Expand(shape, east, far / METRES_A_DEGREE))


def _foreign(layer: Layer, around: Layer, id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition that a row does not belong to the feature itself."""
    if layer.name == around.name:
        return layer.column("id") != id
    for owner in (f"{around.name}_id",):
        if owner in layer.table.c:
            return layer.column(owner).is_distinct_from(id)
    return true()


def _distance(layer: Layer, shape: Any) -> ColumnElement[float]:
    return func.ST_Distance(geography(layer.column("geom")), geography(shape))


def _rings(
    session: Session, layer: Layer, shape: Any, wanted: ColumnElement[bool]
) -> list[dict[str, Any]]:
    near = (
        select(
            _distance(layer, shape).label("distance_m"),
            *(layer.column(name).label(name) for name in layer.summed),
        )
        .where(wanted)
        .cte("near")
        .prefix_with("MATERIALIZED")  # or each distance is measured six times
    )
    columns = []
    for i, radius in enumerate(RADII_M):
        within = near.c.distance_m <= radius
        columns.append(func.count().filter(within).label(f"count_{i}"))
        columns += [func.sum(near.c[n]).filter(within).label(f"{n}_{i}") for n in layer.summed]
        nothing = and_(within, *(near.c[n].is_(None) for n in layer.summed))
        columns.append(func.count().filter(nothing).label(f"unknown_{i}"))
    row = session.execute(select(*columns)).mappings().one()
    return [
        {
            "radius_m": radius,
            "count": row[f"count_{i}"],
            **{name: _number(row[f"{name}_{i}"]) for name in layer.summed},
            **({"unknown": row[f"unknown_{i}"]} if layer.summed else {}),
        }
        for i, radius in enumerate(RADII_M)
    ]


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _nearest(
    session: Session, layer: Layer, shape: Any, wanted: ColumnElement[bool]
) -> list[dict[str, Any]]:
    distance = _distance(layer, shape).label("distance_m")
    names = ["id", "name", "name_en"]
    if layer.kind_field is not None:
        names.append(layer.kind_field)
    statement = (
        select(*(layer.column(n) for n in names), *anchor_columns(layer), distance)
        .where(wanted)
        .order_by(distance, layer.column("fid"))
        .limit(LISTED)
    )
    return [
        {
            "id": str(row["id"]),
            "name": row["name"],
            "name_en": row["name_en"],
            "kind": row[layer.kind_field] if layer.kind_field else None,
            "lon": row["lon"],
            "lat": row["lat"],
            "distance_m": round(row["distance_m"], 1),
        }
        for row in session.execute(statement).mappings()
        if row["distance_m"] <= RADII_M[-1]
    ]
