"""Looking for features of a layer that may be one thing twice.

Two kinds are looked for within a layer: one code (the owner's, or the organisation's part of two
credit codes), and near each other with names that are alike after what says nothing is taken off
(有限公司, 股份, the province and city before the name). Numbers and directions in a name must
agree: tank 101 is not tank 102. What a person decided stays decided.

Of a heap, hundreds of one name at one place or of one code, each is paired with a few neighbours:
the pairs of it grow with the heap and not with its square.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError
from layers.layer import Layer

NEAR_M = 150.0
ALIKE = 0.4
# Two rows of one source were kept apart by its owner: they must be nearly the same in name.
ALIKE_IN_ONE_SOURCE = 0.85
# Places geocoded to one point can be thousands; the nearest ones of each are looked at.
_NEIGHBOURS = 40
# A pair is a question to a person. Whoever is shown ten things like one sees that it is a heap, and
# of whom, and deals with it as one; all its pairs would bury what else there is to decide.
MOST_OF_ONE = 10
_CODES = {"own_code": 'x."own_code"', "credit_code": 'substr(x."credit_code", 9, 9)'}
_MUST_AGREE = ("kind", "substance", "container", "unit_kind", "hazard_source_id")
_METRES_PER_DEGREE = 110_574.0


@dataclass(frozen=True)
class Found:
    """What a search did: pairs that are new, and open pairs that are no longer alike or there.

    `crowded` counts the features that are like more others than the `MOST_OF_ONE` nearest they are
    paired with.
    """

    new: int
    gone: int
    crowded: int


def searched(layer: Layer) -> bool:
    """Tell whether duplicates are looked for in a layer: not in what lies under the map."""
    return layer.group != "ground" and layer.name not in ("incident", "accident")


def find(
    session: Session,
    layer: Layer,
    *,
    batch_id: uuid.UUID | None = None,
    ids: Collection[uuid.UUID] | None = None,
    near_m: float = NEAR_M,
    alike: float = ALIKE,
) -> Found:
    """Look for duplicates in a layer and store the pairs; what was decided stays as it is.

    Parameters
    ----------
    batch_id, ids
        Look only at the features that this import wrote, or at these (against all of them).
    near_m, alike
        How near, in metres on the ellipsoid, and how alike (0 to 1) two features must be.

    Raises
    ------
    InvalidInputError
        The layer is not one in which duplicates are looked for (`no_duplicates`).
    """
    if not searched(layer):
        raise InvalidInputError(
            f"no duplicates are looked for in {layer.name}", code="no_duplicates", layer=layer.name
        )
    given: dict[str, Any] = {"layer": layer.name, "near_m": near_m, "alike": alike}
    given |= {"alike_within": ALIKE_IN_ONE_SOURCE, "batch": batch_id, "ids": list(ids or ())}
    chosen = _chosen(layer, batch_id, ids)
    session.execute(text("DROP TABLE IF EXISTS pg_temp.found_pair, pg_temp.found_crowd"))
    session.execute(text(_FOUND))
    session.execute(text(_CROWD))
    # The codes last: of a pair that has both reasons, the code is the stronger one.
    for statement in (_by_name(layer, chosen), *_by_code(layer, chosen)):
        session.execute(text(statement), given)
    session.execute(text("ANALYZE pg_temp.found_pair"))
    # What is found again as it was gets no new version: who looks at it may still decide it.
    session.execute(text(_RENEW), given)
    new = _run(session, _KEEP, given)
    gone = _run(session, _forget(layer, chosen), given)
    crowded = session.scalar(text("SELECT count(*) FROM pg_temp.found_crowd")) or 0
    return Found(new, gone, crowded)


def _run(session: Session, statement: str, given: dict[str, Any]) -> int:
    return int(session.execute(text(statement), given).rowcount)  # type: ignore[attr-defined]


def _chosen(
    layer: Layer, batch_id: uuid.UUID | None, ids: Collection[uuid.UUID] | None
) -> str | None:
    """Return the query for the ids of the features to look at, or None for all."""
    if ids is not None:
        return "SELECT unnest(CAST(:ids AS uuid[]))"
    if batch_id is not None:
        return (
            f'SELECT w.id FROM "{layer.name}" w WHERE w.entry IN '
            "(SELECT entry FROM journal WHERE batch = :batch AND layer = :layer)"
        )
    return None


def _forget(layer: Layer, chosen: str | None) -> str:
    """Return the statement that deletes open pairs that were not found again, or are half gone."""
    missing = " OR ".join(
        f'NOT EXISTS (SELECT FROM "{layer.name}" f WHERE f.id = d.{side})' for side in ("a", "b")
    )
    looked_at = "true" if chosen is None else f"d.a IN ({chosen}) OR d.b IN ({chosen})"
    return f"""
        DELETE FROM duplicate d WHERE d.layer = :layer AND d.state = 'open'
          AND (({looked_at}) AND NOT EXISTS (
                 SELECT FROM pg_temp.found_pair f WHERE f.a = d.a AND f.b = d.b) OR {missing})
        """


def _looked_at(chosen: str | None) -> str:
    """Return the condition on `x`: one of the chosen."""
    return "true" if chosen is None else f"x.id IN ({chosen})"


def _another(chosen: str | None, other: str) -> str:
    """Return the condition that the other is another feature; of all, each pair once."""
    return f"x.id < {other}.id" if chosen is None else f"x.id <> {other}.id"


_FOUND = """
    CREATE TEMPORARY TABLE found_pair (a uuid, b uuid, reason varchar, score double precision,
      distance_m double precision, PRIMARY KEY (a, b)) ON COMMIT DROP
"""
_CROWD = "CREATE TEMPORARY TABLE found_crowd (id uuid PRIMARY KEY) ON COMMIT DROP"
_SAY = """
    ON CONFLICT (a, b) DO UPDATE
      SET reason = excluded.reason, score = excluded.score, distance_m = excluded.distance_m
"""
_RENEW = """
    UPDATE duplicate d SET reason = f.reason, score = f.score, distance_m = f.distance_m,
      found_at = clock_timestamp()
    FROM pg_temp.found_pair f
    WHERE d.layer = :layer AND d.a = f.a AND d.b = f.b AND d.state = 'open'
      AND (d.reason, d.score, d.distance_m) IS DISTINCT FROM (f.reason, f.score, f.distance_m)
"""
_KEEP = """
    INSERT INTO duplicate (layer, a, b, reason, score, distance_m, found_at)
    SELECT CAST(:layer AS varchar), a, b, reason, score, distance_m, clock_timestamp()
    FROM pg_temp.found_pair
    ON CONFLICT (layer, a, b) DO NOTHING
"""


def _by_code(layer: Layer, chosen: str | None) -> list[str]:
    columns = set(layer.table.c.keys())
    return [_of_code(layer, code, chosen) for name, code in _CODES.items() if name in columns]


def _of_code(layer: Layer, code: str, chosen: str | None) -> str:
    """Return the statement for the pairs of one code.

    Those of a code are put in the order of their places along a curve that keeps neighbours
    together (PostGIS orders geometries so), and each is paired with the next few.
    """
    codes = f'SELECT {code} FROM "{layer.name}" x WHERE {_looked_at(chosen)}'
    return f"""
        WITH coded AS MATERIALIZED (
          SELECT x.id, x.geom, {code} AS code, {_looked_at(chosen)} AS looked_at,
            row_number() OVER (PARTITION BY {code} ORDER BY x.geom, x.id) AS nth,
            count(*) OVER (PARTITION BY {code}) AS many
          FROM "{layer.name}" x WHERE length({code}) > 1 AND {code} IN ({codes})
        ), crowd AS (
          INSERT INTO pg_temp.found_crowd
          SELECT id FROM coded WHERE looked_at AND many > {MOST_OF_ONE} + 1
          ON CONFLICT DO NOTHING
        )
        INSERT INTO pg_temp.found_pair (a, b, reason, score, distance_m)
        SELECT least(x.id, y.id), greatest(x.id, y.id), 'code', 1.0,
          round(ST_Distance(x.geom::geography, y.geom::geography)::numeric, 2)
        FROM coded x CROSS JOIN generate_series(1, {MOST_OF_ONE}) step
        JOIN coded y ON y.code = x.code AND y.nth = x.nth + step
        WHERE x.many > 1 AND (x.looked_at OR y.looked_at)
        {_SAY}
        """


def _by_name(layer: Layer, chosen: str | None) -> str:
    columns = set(layer.table.c.keys())
    agree = "".join(
        f' AND (x."{name}" = y."{name}" OR x."{name}" IS NULL OR y."{name}" IS NULL)'
        for name in _MUST_AGREE if name in columns
    )  # fmt: skip
    taken = ", ".join(f'n."{name}"' for name in ("id", "geom", "source", *_MUST_AGREE)
                      if name in columns)  # fmt: skip
    # A degree of longitude shrinks with the latitude; the box must hold the whole circle.
    steepest = "least(89, greatest(abs(ST_YMin(x.geom)), abs(ST_YMax(x.geom))))"
    wide = f":near_m / ({_METRES_PER_DEGREE} * cos(radians({steepest})))"
    # Names are taken apart once a feature, not once a pair.
    return f"""
        WITH near AS MATERIALIZED (
          SELECT x.id AS x, y.id AS y, apart.metres, x.source = y.source AS one_source
          FROM "{layer.name}" x
          CROSS JOIN LATERAL (
            SELECT {taken} FROM "{layer.name}" n
            WHERE n.geom && ST_Expand(x.geom, {wide}, :near_m / {_METRES_PER_DEGREE})
              AND n.name IS NOT NULL AND {_another(chosen, "n")}
            ORDER BY n.geom <-> x.geom LIMIT {_NEIGHBOURS}) y
          CROSS JOIN LATERAL (
            SELECT ST_Distance(x.geom::geography, y.geom::geography) AS metres OFFSET 0) apart
          WHERE x.name IS NOT NULL AND {_looked_at(chosen)} AND apart.metres <= :near_m {agree}
        ), named AS MATERIALIZED (
          SELECT f.id, plain.name, onemap_telling_signs(plain.name) AS signs
          FROM "{layer.name}" f
          CROSS JOIN LATERAL (SELECT onemap_plain_name(f.name) AS name OFFSET 0) plain
          WHERE f.id IN (SELECT x FROM near UNION SELECT y FROM near)
        ), likely AS MATERIALIZED (
          SELECT near.x, near.y, near.metres, names.alike,
            row_number() OVER (PARTITION BY near.x ORDER BY near.metres, near.y) AS nth
          FROM near JOIN named a ON a.id = near.x JOIN named b ON b.id = near.y
          CROSS JOIN LATERAL (SELECT onemap_alike(a.name, b.name) AS alike OFFSET 0) names
          WHERE a.signs = b.signs
            AND names.alike >= CASE WHEN near.one_source THEN :alike_within ELSE :alike END
        ), crowd AS (
          INSERT INTO pg_temp.found_crowd SELECT x FROM likely WHERE nth = {MOST_OF_ONE} + 1
        )
        INSERT INTO pg_temp.found_pair (a, b, reason, score, distance_m)
        SELECT DISTINCT ON (least(x, y), greatest(x, y)) least(x, y), greatest(x, y), 'name',
          round((0.7 * alike + 0.3 * (1 - metres / :near_m))::numeric, 3),
          round(metres::numeric, 2)
        FROM likely WHERE nth <= {MOST_OF_ONE}
        ORDER BY least(x, y), greatest(x, y)
        {_SAY}
        """
