"""Looking for features of a layer that may be one thing twice.

Two kinds are looked for within a layer: one code (the owner's, or the organisation's part of two
credit codes), and near each other with names that are alike after what says nothing is taken off
(有限公司, 股份, the province and city before the name). Numbers and directions in a name must
agree: tank 101 is not tank 102. What a person decided stays decided.
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
_CODES = {"own_code": 'x."own_code"', "credit_code": 'substr(x."credit_code", 9, 9)'}
_MUST_AGREE = ("kind", "substance", "container", "unit_kind", "hazard_source_id")
_METRES_PER_DEGREE = 110_574.0


@dataclass(frozen=True)
class Found:
    """What a search did: pairs that are new, and open pairs that are no longer alike or there."""

    new: int
    gone: int


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
    session.execute(text("DROP TABLE IF EXISTS pg_temp.found_pair"))
    session.execute(text(_FOUND))
    # The codes last: of a pair that has both reasons, the code is the stronger one.
    for statement in (_by_name(layer, chosen), *_by_code(layer, chosen)):
        session.execute(text(statement), given)
    session.execute(text("ANALYZE pg_temp.found_pair"))
    # What is found again as it was gets no new version: who looks at it may still decide it.
    session.execute(text(_RENEW), given)
    new = _run(session, _KEEP, given)
    return Found(new, _run(session, _forget(layer, chosen), given))


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
    return [
        f"""
        INSERT INTO pg_temp.found_pair (a, b, reason, score, distance_m)
        SELECT DISTINCT ON (least(x.id, y.id), greatest(x.id, y.id))
          least(x.id, y.id), greatest(x.id, y.id),
          'code', 1.0, round(ST_Distance(x.geom::geography, y.geom::geography)::numeric, 2)
        FROM "{layer.name}" x JOIN "{layer.name}" y ON {code.replace("x.", "y.")} = {code}
        WHERE length({code}) > 1 AND {_looked_at(chosen)} AND {_another(chosen, "y")}
        ORDER BY least(x.id, y.id), greatest(x.id, y.id)
        {_SAY}
        """
        for name, code in _CODES.items() if name in columns
    ]  # fmt: skip


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
        )
        INSERT INTO pg_temp.found_pair (a, b, reason, score, distance_m)
        SELECT DISTINCT ON (least(a.id, b.id), greatest(a.id, b.id))
          least(a.id, b.id), greatest(a.id, b.id), 'name',
          round((0.7 * names.alike + 0.3 * (1 - near.metres / :near_m))::numeric, 3),
          round(near.metres::numeric, 2)
        FROM near JOIN named a ON a.id = near.x JOIN named b ON b.id = near.y
        CROSS JOIN LATERAL (SELECT onemap_alike(a.name, b.name) AS alike OFFSET 0) names
        WHERE a.signs = b.signs
          AND names.alike >= CASE WHEN near.one_source THEN :alike_within ELSE :alike END
        ORDER BY least(a.id, b.id), greatest(a.id, b.id)
        {_SAY}
        """
