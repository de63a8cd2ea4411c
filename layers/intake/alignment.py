"""Whether a data set lies where it was measured, or moved by the offset of a Chinese web map.

GCJ-02 and BD-09 move things by 300 to 700 m, which no single coordinate shows. Two witnesses do:

Roads. Things have a relation to roads: hydrants stand on them, houses do not. Moved by half a
kilometre the relation is lost and every place is as far from a road as any. So the distances to
the nearest road are compared with those of decoys, the same places moved equally far in other
directions (two-sample Kolmogorov-Smirnov). A set that differs from its decoys only after it was
turned back from a shifted system is in that system. A median distance alone would mislead:
buildings that lie right are *farther* from a road than buildings moved at random.

Names. Features stored already, of the same name and layer, within a few kilometres.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Float, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from layers import crs
from layers.catalog import Layer

Floats = NDArray[np.float64]
System = Literal["GCJ-02", "BD-09", "WGS 84"]
Turn = Callable[[Floats, Floats], tuple[Floats, Floats]]

PLACES_MAX = 300
PLACES_MIN = 20
NAMES_MIN = 5
_NEAR_ROADS_M = 3000.0
_NAMESAKE_M = 3000.0
_DECOYS_DEG = (45, 90, 135, 180, 225, 270, 315)
# The chance that a set without relation to the roads looks so; thousands of files come in a year.
_CHANCE_MAX = 1e-5
_DIFFERENCE_MIN = 0.25
_TIMES_AS_GIVEN = 2.0
_NAMES_RATIO = 0.3
_NAMES_APART_M = 100.0
# What turns coordinates that are said to be WGS 84 but are something else into WGS 84. The last
# one undoes a conversion from GCJ-02 of data that were WGS 84 all along.
_TURNS: Mapping[System, Turn] = {
    "GCJ-02": crs.wgs84_from_gcj02,
    "BD-09": crs.wgs84_from_bd09,
    "WGS 84": crs.gcj02_from_wgs84,
}


@dataclass(frozen=True)
class Shifted:
    """The system that a set looks to be in, and what tells it.

    `count` places were compared; their median distance to the witness is `as_given_m`, and
    `turned_m` after turning them back. `chance` is that of so clear a difference without cause.
    """

    system: System
    witness: Literal["roads", "names"]
    count: int
    as_given_m: float
    turned_m: float
    chance: float | None = None


def by_roads(session: Session, lon: Floats, lat: Floats) -> Shifted | None:
    """Return what the roads tell of at most 300 places, or None where they tell nothing clear."""
    near = _distances(session, lon, lat) <= _NEAR_ROADS_M
    lon, lat = lon[near], lat[near]
    if len(lon) < PLACES_MIN:
        return None
    decoys = np.concatenate([_distances(session, *each) for each in _decoys(lon, lat)])
    as_given = _distances(session, lon, lat)
    plain, _ = difference(as_given, decoys)
    found = None
    for system, turn in _TURNS.items():
        turned = _distances(session, *turn(lon, lat))
        statistic, chance = difference(turned, decoys)
        clear = chance < _CHANCE_MAX and statistic >= max(_DIFFERENCE_MIN, _TIMES_AS_GIVEN * plain)
        if clear and (found is None or found.chance is None or chance < found.chance):
            medians = float(np.median(as_given)), float(np.median(turned))
            found = Shifted(system, "roads", len(lon), *medians, chance)
    return found


def _decoys(lon: Floats, lat: Floats) -> list[tuple[Floats, Floats]]:
    """Return the places moved by the length of the GCJ-02 offset in other directions."""
    gcj_lon, gcj_lat = crs.wgs84_from_gcj02(lon, lat)
    narrow = np.cos(np.radians(lat))
    east, north = (gcj_lon - lon) * narrow, gcj_lat - lat
    moved = []
    for degrees in _DECOYS_DEG:
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        moved.append((lon + (east * cos - north * sin) / narrow, lat + east * sin + north * cos))
    return moved


def difference(a: Floats, b: Floats) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov statistic of two samples and its chance under no difference.

    The chance is the asymptotic one (Smirnov 1948), good from a few dozen values.
    """
    from scipy.special import kolmogorov

    every = np.concatenate([a, b])
    below_a = np.searchsorted(np.sort(a), every, side="right") / len(a)
    below_b = np.searchsorted(np.sort(b), every, side="right") / len(b)
    statistic = float(np.abs(below_a - below_b).max())
    return statistic, float(kolmogorov(statistic * np.sqrt(len(a) * len(b) / (len(a) + len(b)))))


_TO_ROADS = text(
    """
    SELECT coalesce(ST_Distance(place.geom::geography, road.geom::geography), 'infinity')
    FROM (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom
          FROM unnest(:lon, :lat) WITH ORDINALITY AS given(lon, lat, n)) place
    LEFT JOIN LATERAL (
      SELECT r.geom FROM road r
      WHERE r.network_id IS NULL OR r.network_id IN (SELECT id FROM road_network WHERE active)
      ORDER BY r.geom <-> place.geom LIMIT 1) road ON true
    ORDER BY place.n
    """
).bindparams(bindparam("lon", type_=ARRAY(Float)), bindparam("lat", type_=ARRAY(Float)))


def _distances(session: Session, lon: Floats, lat: Floats) -> Floats:
    """Return the distance from each place to the nearest road, in metres."""
    rows = session.execute(_TO_ROADS, {"lon": lon.tolist(), "lat": lat.tolist()})
    return np.array([distance for (distance,) in rows], dtype=np.float64)


def by_names(
    session: Session, layer: Layer, lon: Floats, lat: Floats, names: Sequence[str]
) -> Shifted | None:
    """Return what the stored features of the same names tell, or None where nothing clear."""
    pairs = _namesakes(session, layer, lon, lat, names)
    if len(pairs) < NAMES_MIN:
        return None
    at = pairs[:, 0].astype(int)
    stored = pairs[:, 1], pairs[:, 2]
    as_given = float(np.median(_apart(lon[at], lat[at], *stored)))
    if as_given < _NAMES_APART_M:
        return None
    found = None
    for system, turn in _TURNS.items():
        turned = float(np.median(_apart(*turn(lon[at], lat[at]), *stored)))
        if turned <= _NAMES_RATIO * as_given and (found is None or turned < found.turned_m):
            found = Shifted(system, "names", len(pairs), as_given, turned)
    return found


def _namesakes(
    session: Session, layer: Layer, lon: Floats, lat: Floats, names: Sequence[str]
) -> Floats:
    """Return rows of (index, lon, lat): for each place the nearest stored one of its name."""
    statement = text(
        f"""
        SELECT DISTINCT ON (given.n) given.n - 1, ST_X(stored.at), ST_Y(stored.at)
        FROM unnest(:lon, :lat, :names) WITH ORDINALITY AS given(lon, lat, name, n)
        JOIN (SELECT name, ST_PointOnSurface(geom) AS at FROM "{layer.name}"
              WHERE name = ANY(:names) AND geom IS NOT NULL) stored ON stored.name = given.name
        CROSS JOIN LATERAL (SELECT ST_Distance(
            stored.at::geography, ST_SetSRID(ST_MakePoint(given.lon, given.lat), 4326)::geography
          ) AS metres) apart
        WHERE apart.metres <= :near
        ORDER BY given.n, apart.metres
        """  # noqa: S608 - the catalogue's name
    ).bindparams(
        bindparam("lon", type_=ARRAY(Float)),
        bindparam("lat", type_=ARRAY(Float)),
        bindparam("names", type_=ARRAY(Text)),
    )
    given: dict[str, Any] = {"lon": lon.tolist(), "lat": lat.tolist(), "names": list(names)}
    rows = session.execute(statement, {**given, "near": _NAMESAKE_M}).all()
    return np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 3)


def _apart(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Return distances in metres, flat: good to a thousandth within a few kilometres."""
    metres_per_degree = 111_320.0
    east = (lon - to_lon) * np.cos(np.radians(lat))
    apart: Floats = np.hypot(east, lat - to_lat) * metres_per_degree
    return apart
