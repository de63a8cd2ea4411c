"""Which shelters may take people: outside every zone though the wind turns, with places left."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis import points
from analysis.dispatch.evacuation import Shelter
from analysis.local import LocalPlane
from layers import catalog
from layers.models import Resource
from layers.query import Scope
from layers.query.scope import visible
from layers.tasks import available

NEAREST = 400
SEARCHED = 60
AT_LEAST = 15
PLACES_FACTOR = 2.0
"""The nearest shelters by air are searched by road: `AT_LEAST`, and on until they have
`PLACES_FACTOR` times the places that are needed, `SEARCHED` at most."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """The shelters to search, nearest first, and those that are not offered with the reason."""

    shelters: tuple[Shelter, ...]
    excluded: tuple[dict[str, Any], ...]


def keep_out(zones: Sequence[BaseGeometry], lon: float, lat: float, *, turns: bool) -> BaseGeometry:
    """Return the zones swept by a wind shift of 45 degrees about the incident, EPSG:4326.

    `turns`: whether any zone depends on the wind.
    """
    plane = LocalPlane(lon, lat)
    return plane.to_lonlat(points.keep_out(shapely.union_all(list(zones)), plane, rotate=turns))


def offered(
    session: Session,
    away_from: BaseGeometry,
    *,
    lon: float,
    lat: float,
    people: int,
    scope: Scope,
    exercise: Collection[uuid.UUID] = (),
) -> Offered:
    """Return the shelters for so many people around a place; what touches an area is excluded.

    Reasons: "inside_zone" (the area that the zones sweep with the wind), "full", and
    "places_unknown" where nobody has said how many it holds.
    """
    rows = _near(session, away_from, lon=lon, lat=lat, scope=scope)
    left = available(
        session, scope=scope, exercise=exercise, teams=[], resources=[row["id"] for row in rows]
    ).places
    found: list[Shelter] = []
    excluded: list[dict[str, Any]] = []
    for row in rows:
        places = left.get(row["id"])
        reason = (
            "inside_zone" if row["inside"]
            else "places_unknown" if places is None
            else "full" if places <= 0
            else None
        )  # fmt: skip
        if reason is not None or places is None:
            excluded.append({"id": str(row["id"]), "name": row["name"], "reason": reason})
            continue
        if len(found) >= AT_LEAST and sum(s.places for s in found) >= PLACES_FACTOR * people:
            break
        if len(found) >= SEARCHED:
            break
        found.append(
            Shelter(
                id=str(row["id"]), name=row["name"], name_en=row["name_en"], lon=row["lon"],
                lat=row["lat"], places=places,
            )
        )  # fmt: skip
    return Offered(shelters=tuple(found), excluded=tuple(excluded))


def _near(
    session: Session, away_from: BaseGeometry, *, lon: float, lat: float, scope: Scope
) -> list[sa.RowMapping]:
    """Return the shelters nearest to a place by air, with whether their ground touches an area."""
    here = sa.func.ST_SetSRID(sa.func.ST_MakePoint(lon, lat), 4326)
    area = sa.func.ST_GeomFromWKB(shapely.to_wkb(away_from), 4326)
    anchor = sa.func.ST_PointOnSurface(Resource.geom)
    statement = (
        sa.select(
            Resource.id, Resource.name, Resource.name_en,
            sa.func.ST_X(anchor).label("lon"), sa.func.ST_Y(anchor).label("lat"),
            sa.func.ST_Intersects(Resource.geom, area).label("inside"),
        )
        .where(visible(catalog.find("resource"), scope), Resource.kind == "shelter")
        .order_by(Resource.geom.op("<->")(here), Resource.id)
        .limit(NEAREST)
    )  # fmt: skip
    return list(session.execute(statement).mappings())
