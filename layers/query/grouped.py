"""One question to many layers: what meets it in each, nearest first where there is a place."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from layers.catalog import Layer, layers
from layers.errors import InvalidInputError, OutOfRangeError
from layers.query import cql2
from layers.query.area import EVERYWHERE, Area, Circle
from layers.query.distance import bearing, distance
from layers.query.occupied import occupied
from layers.query.page import MAX_LIMIT, Page, conditions_of, features, total_of
from layers.query.rows import feature_columns, to_features
from layers.query.scope import Scope


def grouped(
    session: Session,
    *,
    scope: Scope,
    among: Sequence[Layer] | None = None,
    area: Area = EVERYWHERE,
    filters: Mapping[str, Any] | None = None,
    q: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> dict[str, Page]:
    """Return what each layer holds in an area, by layer; layers that hold nothing are left out.

    Around a place, features come nearest first and carry `distance_m` (geodesic, to the nearest
    part) and `bearing_deg`; else they come in the order of `fid`.

    Parameters
    ----------
    among
        None takes every layer but those of the ground.
    filters
        CQL2 JSON by the layer's name.
    limit
        1 to 1000 features of each layer.
    cursor
        `next_cursor` of one layer's page before; `among` is that layer alone.

    Raises
    ------
    InvalidInputError, OutOfRangeError
        As `layers.query.features`; a filter for a layer that is not asked.
    """
    asked = without_ground(session) if among is None else among
    if cursor is not None and len(asked) != 1:
        raise InvalidInputError(
            "a cursor goes on in one layer; name that layer alone",
            code="bad_cursor", field="cursor", got=cursor[:80], layer=None,
        )  # fmt: skip
    filters = filters or {}
    stray = set(filters) - {layer.name for layer in asked}
    if stray:
        raise InvalidInputError(
            f"there are filters for layers that are not asked: {', '.join(sorted(stray))}",
            code="stray_filter", field="filters", got=", ".join(sorted(stray)),
        )  # fmt: skip
    for layer in asked:  # also of a layer that holds nothing there
        if layer.name in filters:
            cql2.clause(layer, filters[layer.name])
    found: dict[str, Page] = {}
    parts = area.boxes()
    for layer in asked if parts is None else occupied(session, asked, parts):
        question: dict[str, Any] = {"filter": filters.get(layer.name), "area": area, "q": q}
        if area.circle is None:
            page = features(session, layer, scope=scope, limit=limit, cursor=cursor, **question)
        else:
            wanted = conditions_of(layer, scope, **question)
            page = _by_distance(session, layer, wanted, area.circle, limit, cursor)
        if page.features:
            found[layer.name] = page
    return found


def without_ground(session: Session) -> list[Layer]:
    """Return the layers that an emergency is about: all but what lies under everything."""
    return [layer for layer in layers(session) if layer.group != "ground"]


def _by_distance(
    session: Session,
    layer: Layer,
    wanted: ColumnElement[bool],
    circle: Circle,
    limit: int,
    cursor: str | None,
) -> Page:
    """Return a page of what meets the conditions, nearest first."""
    if not 1 <= limit <= MAX_LIMIT:
        raise OutOfRangeError(
            f"limit is {limit}, wanted 1 to {MAX_LIMIT}",
            field="limit", got=str(limit), minimum=1, maximum=MAX_LIMIT,
        )  # fmt: skip
    metres = distance(layer, circle.lon, circle.lat)
    turned = bearing(layer, circle.lon, circle.lat)
    statement = (
        select(*feature_columns(layer), metres.label("distance_m"), turned.label("bearing_deg"))
        .where(wanted, _after(layer, metres, cursor))
        .order_by(metres, layer.column("fid"))
        .limit(limit + 1)
    )
    rows = session.execute(statement).all()
    more = len(rows) > limit
    return Page(
        features=to_features(layer, rows[:limit], extra=("distance_m", "bearing_deg")),
        next_cursor=_cursor(layer, rows[limit - 1]) if more else None,
        total=total_of(session, layer, wanted, None if more else len(rows), cursor),
    )


def _cursor(layer: Layer, row: Any) -> str:
    """Return the opaque cursor after a row; the distance as its exact bits."""
    text = f"2:{layer.name}:{float(row.distance_m).hex()}:{row.fid}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(layer: Layer, metres: ColumnElement[float], cursor: str | None) -> ColumnElement[bool]:
    """Return the condition that a cursor stands for: farther, or as far and later."""
    if cursor is None:
        return true()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        kind, name, far, fid = base64.b64decode(padded, b"-_", validate=True).decode().split(":")
        reached, number = float.fromhex(far), int(fid)
        if (kind, name) != ("2", layer.name) or not 0 <= number < 2**63 or not reached >= 0:
            raise ValueError(cursor)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise InvalidInputError(
            f"cursor {cursor!r} is not one of layer {layer.name} around a place",
            code="bad_cursor", field="cursor", got=cursor[:80], layer=layer.name,
        ) from error  # fmt: skip
    return or_(metres > reached, and_(metres == reached, layer.column("fid") > number))
