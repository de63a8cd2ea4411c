"""What lies around a point, nearest to it, or inside an area: geodesic and exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from layers.catalog import Layer, layers
from layers.errors import InvalidInputError
from layers.query import boxes as box
from layers.query.distance import MAX_RADIUS_M, bearing, check_number, point, within
from layers.query.distance import distance as measured
from layers.query.occupied import occupied
from layers.query.rows import anchor_columns, feature_columns, to_features
from layers.query.scope import Scope, visible

MAX_NEAREST = 1000
HALF_THE_EARTH_M = 20_037_508.0


def around(
    session: Session,
    *,
    scope: Scope,
    lon: float,
    lat: float,
    radius_m: float,
    layers: Sequence[Layer] | None = None,
    limit: int = 200,
) -> dict[str, list[dict[str, Any]]]:
    """Return the features within a radius, by layer, nearest first.

    Distances are geodesic on WGS 84, in metres, to the nearest part of the feature, and are
    added to the properties as `distance_m`; `bearing_deg` is the direction there, clockwise from
    north, None where the place lies on or in the feature. Layers without a feature in reach are
    left out.

    Parameters
    ----------
    radius_m
        More than 0, at most 1,000 km.
    layers
        None takes every layer but those of the ground.
    limit
        At most this many features of each layer.

    Raises
    ------
    OutOfRangeError
        A position off the Earth, a radius or a limit outside its range.
    """
    box.check_position(lon, lat)
    check_number("radius_m", radius_m, MAX_RADIUS_M)
    check_number("limit", limit, MAX_NEAREST)
    found: dict[str, list[dict[str, Any]]] = {}
    asked = _all_but_ground(session) if layers is None else layers
    for layer in occupied(session, asked, box.circle_boxes(lon, lat, radius_m)):
        distance = measured(layer, lon, lat).label("distance_m")
        statement = (
            select(*feature_columns(layer), distance, bearing(layer, lon, lat).label("bearing_deg"))
            .where(visible(layer, scope), within(layer, lon, lat, radius_m))
            .order_by(distance, layer.column("fid"))
            .limit(limit)
        )
        rows = session.execute(statement).all()
        if rows:
            found[layer.name] = to_features(layer, rows, extra=("distance_m", "bearing_deg"))
    return found


def nearest_by_line(
    session: Session,
    layer: Layer,
    *,
    scope: Scope,
    lon: float,
    lat: float,
    k: int,
    kinds: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Return the k features nearest by geodesic distance, nearest first.

    The index orders by degrees, which are unequal lengths; so the k nearest by degrees only
    give a radius that holds at least k features, and all within it are measured and sorted.

    Returns
    -------
    list of dict
        `id` (UUID), `layer`, `name`, `name_en`, `kind`, `lon`, `lat`, `distance_m` (metres).

    Raises
    ------
    OutOfRangeError
        A position off the Earth, or k outside 1 to 1000.
    """
    box.check_position(lon, lat)
    check_number("k", k, MAX_NEAREST)
    wanted = visible(layer, scope) & _kinds(layer, kinds)
    radius_m = _radius_of(session, layer, wanted, lon, lat, k)
    distance = measured(layer, lon, lat).label("distance_m")
    statement = (
        select(*_short_columns(layer), distance)
        .where(wanted, within(layer, lon, lat, radius_m) if radius_m is not None else true())
        .order_by(distance, layer.column("fid"))
        .limit(k)
    )
    return [_short(layer, row) for row in session.execute(statement).mappings()]


def inside(
    session: Session, layer: Layer, geometry: BaseGeometry, *, scope: Scope
) -> list[dict[str, Any]]:
    """Return the rows of a layer that meet an area (EPSG:4326), border included.

    Returns
    -------
    list of dict
        `id` (UUID), `layer`, `lon`, `lat` (the feature's one place) and every declared field,
        as Python values; ordered by `fid`.

    Raises
    ------
    InvalidInputError
        The area is empty or not finite.
    """
    if geometry.is_empty or not all(math.isfinite(edge) for edge in geometry.bounds):
        raise InvalidInputError("the area is empty or not finite", field="geometry")
    names = [field.name for field in layer.fields]
    area = from_shape(geometry, srid=4326)
    statement = (
        select(
            layer.column("id").label("id"),
            *anchor_columns(layer),
            *(layer.column(name).label(name) for name in names),
        )
        .where(visible(layer, scope), func.ST_Intersects(layer.column("geom"), area))
        .order_by(layer.column("fid"))
    )
    return [{"layer": layer.name, **row} for row in session.execute(statement).mappings()]


def _all_but_ground(session: Session) -> list[Layer]:
    """Return the layers that an emergency is about."""
    return [layer for layer in layers(session) if layer.group != "ground"]


def _kinds(layer: Layer, kinds: Sequence[str] | None) -> ColumnElement[bool]:
    """Return the condition on the layer's kind."""
    if kinds is None:
        return true()
    if layer.kind_field is None:
        raise InvalidInputError(f"features of layer {layer.name} have no kind", field="kinds")
    return layer.column(layer.kind_field).in_(list(kinds))


def _radius_of(
    session: Session, layer: Layer, wanted: ColumnElement[bool], lon: float, lat: float, k: int
) -> float | None:
    """Return a radius that holds at least k features, or None where all must be measured."""
    by_degrees = (
        select(measured(layer, lon, lat).label("distance_m"))
        .where(wanted)
        .order_by(layer.column("geom").op("<->")(point(lon, lat)))
        .limit(k)
        .subquery()
    )
    number, farthest = session.execute(
        select(func.count(), func.max(by_degrees.c.distance_m))
    ).one()
    # Half a metre more: the box is exact, the distance is computed to a fraction of this.
    if number < k or farthest + 0.5 > HALF_THE_EARTH_M / 2:
        return None
    return float(farthest) + 0.5


def _short_columns(layer: Layer) -> list[Any]:
    """Return the columns of a short row."""
    names = ["id", "name", "name_en"]
    columns = [layer.column(name).label(name) for name in names]
    if layer.kind_field is not None:
        columns.append(layer.column(layer.kind_field).label("kind"))
    return [*columns, *anchor_columns(layer)]


def _short(layer: Layer, row: Any) -> dict[str, Any]:
    """Return a short row as a dict, `kind` None where the layer has none."""
    return {"layer": layer.name, "kind": None, **row}
