"""Who could bring something: teams and stores near the incidents, and what of them is left."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from analysis.dispatch import words
from analysis.dispatch.demand import Held, Place, Source
from layers import catalog
from layers.models import Resource, Stock, Team, Vehicle
from layers.query import Scope
from layers.query.scope import visible
from layers.tasks import Available, TeamLeft, available

NEAREST = 400
"""Teams, and stores that have what is asked for, nearest to each incident by air."""

ITEMS = 20_000
Row = sa.RowMapping


def sources(
    session: Session, places: Sequence[Place], *, scope: Scope, exercise: Collection[uuid.UUID] = ()
) -> tuple[list[Source], tuple[str, ...]]:
    """Return the teams and stores that may come, and every item that is in stock anywhere.

    Parameters
    ----------
    exercise
        The incidents that are played together; none where it is real. What tasks hold is not
        offered again, and an exercise has a supply of its own (`layers.tasks.available`).

    Returns
    -------
    sources, items
        Sorted by layer and id. Stores are those with one of the items that the places ask for.
    """
    items = _items(session, scope)
    asked = {d.name for place in places for d in place.demand if d.what == "stock"}
    wanted = {name for one in asked for name in words.match(one, items, "stock").names}
    teams = _near(session, Team, places, _closed(places), scope=scope)
    stores = _near(session, Resource, places, _zones(places), scope=scope, items=wanted)
    there = available(
        session,
        scope=scope,
        exercise=exercise,
        teams=[row["id"] for row in teams],
        resources=[row["id"] for row in stores],
    )
    fleets = _fleets(session, there)
    # Who was removed between the two questions is not there any more.
    found = [
        _team(row, there.teams[row["id"]], fleets.get(row["id"], {}))
        for row in teams
        if row["id"] in there.teams
    ]
    held = _held(there, wanted)
    found += [_store(row, held[row["id"]]) for row in stores]
    return sorted(found, key=lambda source: (source.layer, source.id)), items


def _items(session: Session, scope: Scope) -> tuple[str, ...]:
    """Return the names of everything that stands in a store that the reader may see."""
    statement = (
        sa.select(Stock.item)
        .join(Resource, Resource.id == Stock.resource_id)
        .where(visible(catalog.find("resource"), scope))
        .distinct()
        .order_by(Stock.item)
        .limit(ITEMS)
    )
    return tuple(session.scalars(statement))


def _near(
    session: Session,
    model: type[Team] | type[Resource],
    places: Sequence[Place],
    area: BaseGeometry | None,
    *,
    scope: Scope,
    items: Iterable[str] | None = None,
) -> list[Row]:
    """Return the features of a layer near any of the places, each once; `inside` the area or not.

    Whether one is inside is said of its whole shape: grounds that a zone touches are in it.
    """
    layer = catalog.find(model.__tablename__)
    wanted: list[ColumnElement[bool]] = [visible(layer, scope)]
    if items is not None:
        has = sa.select(Stock.resource_id).where(Stock.item.in_(sorted(items)))
        wanted.append(model.id.in_(has))
    anchor = sa.func.ST_PointOnSurface(model.geom)
    columns = [
        model.id, model.name, model.name_en, model.kind,
        sa.func.ST_X(anchor).label("lon"), sa.func.ST_Y(anchor).label("lat"),
        _touches(model, area).label("inside"),
    ]  # fmt: skip
    if model is Team:
        columns += [Team.people, Team.skills]
    found: dict[Any, Row] = {}
    for place in places:
        here = sa.func.ST_SetSRID(sa.func.ST_MakePoint(place.lon, place.lat), 4326)
        statement = (
            sa.select(*columns)
            .where(*wanted)
            .order_by(model.geom.op("<->")(here), model.id)
            .limit(NEAREST)
        )
        found |= {row["id"]: row for row in session.execute(statement).mappings()}
    return list(found.values())


def _touches(model: type[Team] | type[Resource], area: BaseGeometry | None) -> ColumnElement[bool]:
    if area is None or area.is_empty:
        return sa.false()
    return sa.func.ST_Intersects(model.geom, sa.func.ST_GeomFromWKB(shapely.to_wkb(area), 4326))


def _closed(places: Sequence[Place]) -> BaseGeometry | None:
    """Return where nobody is: a barrier on a road is nowhere, a closed bridge not its bank."""
    areas = [each.area for place in places for each in place.closed if each.wide]
    areas = [area for area in areas if area.area > 0.0]
    return shapely.union_all(areas) if areas else None


def _zones(places: Sequence[Place]) -> BaseGeometry | None:
    areas = [area for area in (_closed(places), *(p.zones for p in places)) if area is not None]
    return shapely.union_all(areas) if areas else None


def _fleets(session: Session, there: Available) -> dict[uuid.UUID, dict[str, int]]:
    """Return how many vehicles of each kind are left to each team."""
    left = {id: n for team in there.teams.values() for id, n in team.by_vehicle.items()}
    statement = (
        sa.select(Vehicle.id, Vehicle.team_id, Vehicle.kind)
        .where(Vehicle.team_id.in_(there.teams))
        .order_by(Vehicle.id)
    )
    fleets: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for id, team, kind in session.execute(statement):
        fleets[team][kind] += left.get(id, 0)
    return fleets


def _held(there: Available, items: Collection[str]) -> dict[uuid.UUID, list[Held]]:
    held: dict[uuid.UUID, list[Held]] = defaultdict(list)
    for id, row in sorted(there.stock.items()):
        if row.item in items:
            one = Held(id=str(id), item=row.item, quantity=row.quantity, unit=row.unit)
            held[row.resource_id].append(one)
    return held


def _team(row: Row, left: TeamLeft, vehicles: Mapping[str, int]) -> Source:
    return Source(
        layer="team",
        people=left.people,
        vehicles=dict(vehicles),
        skills=tuple(row["skills"] or ()),
        whole=left.whole,
        **_common(row),
    )


def _store(row: Row, held: Sequence[Held]) -> Source:
    return Source(layer="resource", stock=tuple(held), **_common(row))


def _common(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "name_en": row["name_en"],
        "kind": row["kind"],
        "lon": row["lon"],
        "lat": row["lat"],
        "inside_zone": bool(row["inside"]),
    }
