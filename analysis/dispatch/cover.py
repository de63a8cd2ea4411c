"""What stays covered when units leave: the places that a station reaches within some minutes.

A place is covered by a kind of team where one of that kind that still has a unit at its base is
there in time. One search from all stations that nobody is about to send says what stays covered
whatever is decided; each of the others has a search of its own, no longer than the minutes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from analysis.dispatch.problem import Cover, Weights
from analysis.exposure import Period
from analysis.roads.closures import Closures
from analysis.roads.coverage import cover
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Places, snap_standing
from analysis.roads.wayfrom import way_from
from layers import catalog
from layers.query import Scope
from layers.query.scope import visible

MINUTES = 10.0
"""Within how many minutes a station covers a place; a planning value of ours, shown."""

REACH_M_PER_MIN = 1_500.0
PLACES = 5_000
"""Protection targets that are weighed, those with most people first."""


@dataclass(frozen=True, kw_only=True)
class Spots:
    """Places to keep covered (p): lon lat, and the people there; NaN where nobody has counted."""

    lonlat: NDArray[np.float64]
    people: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Places that the same stations cover: how many, their people, and places without a count."""

    kind: str
    cover: Cover
    places: int
    people: int
    people_unknown: int


def spots(
    session: Session, lonlat: NDArray[np.float64], *, minutes: float, period: Period, scope: Scope
) -> Spots:
    """Return the protection targets around stations (s, 2), those with most people first."""
    if not len(lonlat):
        return Spots(lonlat=np.empty((0, 2)), people=np.empty(0))
    layer = catalog.find("protection_target")
    geom, people = layer.column("geom"), layer.column(f"people_{period}")
    anchor = func.ST_PointOnSurface(geom)
    statement = (
        select(func.ST_X(anchor), func.ST_Y(anchor), people)
        .where(visible(layer, scope), people > 0, _around(geom, lonlat, minutes))
        .order_by(people.desc(), layer.column("id"))
        .limit(PLACES)
    )
    rows = np.array([tuple(row) for row in session.execute(statement)], np.float64).reshape(-1, 3)
    return Spots(lonlat=rows[:, :2], people=rows[:, 2])


def _around(
    geom: ColumnElement[object], lonlat: NDArray[np.float64], minutes: float
) -> ColumnElement[bool]:
    """Return the condition of lying in a box around the stations that no vehicle outruns."""
    west, south = lonlat.min(axis=0)
    east, north = lonlat.max(axis=0)
    high = minutes * REACH_M_PER_MIN / 111_000.0
    wide = high / max(0.1, float(np.cos(np.radians(max(abs(south), abs(north))))))
    box = shapely.box(
        max(-180.0, west - wide), max(-90.0, south - high),
        min(180.0, east + wide), min(90.0, north + high),
    )  # fmt: skip
    return func.ST_Intersects(geom, func.ST_GeomFromWKB(shapely.to_wkb(box), 4326))


@dataclass(frozen=True, kw_only=True)
class Stations:
    """The stations (s) of one kind: lon lat, and which of them may be sent (source numbers)."""

    kind: str
    lonlat: NDArray[np.float64]
    source: NDArray[np.intp]
    sendable: NDArray[np.bool_]


def covers(
    network: RoadNetwork,
    stations: Stations,
    where: Spots,
    *,
    closed: Closures | None,
    minutes: float,
    weights: Weights,
) -> list[Covered]:
    """Return the groups of places that only stations which may be sent keep covered.

    The base of each such station is a place too, of people that nobody has counted.
    """
    own = stations.lonlat[stations.sendable]
    lonlat = np.vstack([where.lonlat, own])
    people = np.concatenate([where.people, np.full(len(own), np.nan)])
    targets = _open_road(snap_standing(network, lonlat), closed)
    bases = snap_standing(network, stations.lonlat)
    staying = bases.take(np.flatnonzero(~stations.sendable))
    limit_s = 60.0 * minutes
    safe = cover(network, staying, closed=closed, limit_s=limit_s).at(targets)[0] <= limit_s
    sent = np.flatnonzero(stations.sendable & (bases.edge >= 0))
    each = np.array(
        [
            way_from(network, bases[s], closed=closed, limit_s=limit_s).time_s(targets) <= limit_s
            for s in sent.tolist()
        ]
    ).reshape(len(sent), len(lonlat))
    groups: dict[frozenset[int], list[int]] = defaultdict(list)
    for place in np.flatnonzero(each.any(axis=0) & ~safe).tolist():
        stations_of = stations.source[sent[each[:, place]]]
        groups[frozenset(stations_of.tolist())].append(place)
    return [
        _covered(stations.kind, members, people[np.array(held)], weights)
        for members, held in sorted(groups.items(), key=lambda pair: sorted(pair[0]))
    ]


def _open_road(places: Places, closed: Closures | None) -> Places:
    """Return places without those on a closed road: nobody drives there whoever leaves."""
    if closed is None:
        return places
    shut = (places.edge >= 0) & closed.edges[np.maximum(places.edge, 0)]
    return replace(places, edge=np.where(shut, -1, places.edge))


def _covered(
    kind: str, members: frozenset[int], people: NDArray[np.float64], weights: Weights
) -> Covered:
    unknown = int(np.isnan(people).sum())
    counted = float(np.nansum(people))
    cost_s = weights.cover_place_s * unknown + weights.cover_person_s * counted
    return Covered(
        kind=kind,
        cover=Cover(stations=members, cost_s=round(cost_s, 2)),
        places=len(people),
        people=round(counted),
        people_unknown=unknown,
    )
