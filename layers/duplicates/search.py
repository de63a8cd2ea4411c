"""Looking for features of a layer that may be one thing twice.

Two kinds are looked for within a layer: one code (the owner's, or the organisation's part of two
credit codes), and near each other with names that are alike after what says nothing is taken off
(有限公司, 股份, the province and city before the name). Numbers and directions in a name must
agree: tank 101 is not tank 102. What a person decided stays decided.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from dataclasses import dataclass

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
    """What a search did: pairs that are new, and open pairs that are gone with their features."""

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
    near_m: float = NEAR_M,
    alike: float = ALIKE,
) -> Found:
    """Look for duplicates in a layer and store the pairs; pairs known already keep their state.

    Parameters
    ----------
    batch_id
        Look only at the features that this import wrote (against all of them).
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
    gone = _forget(session, layer)
    new = 0
    for statement in (*_by_code(layer, batch_id), _by_name(layer, batch_id)):
        done = session.execute(
            text(statement),
            {"layer": layer.name, "batch": batch_id, "near_m": near_m, "alike": alike,
             "alike_within": ALIKE_IN_ONE_SOURCE},
        )  # fmt: skip
        new += int(done.rowcount)  # type: ignore[attr-defined]
    return Found(new, gone)


def _forget(session: Session, layer: Layer) -> int:
    """Delete the open pairs of which a feature is gone."""
    done = session.execute(
        text(
            f"""
            DELETE FROM duplicate d WHERE d.layer = :layer AND d.state = 'open' AND (
              NOT EXISTS (SELECT FROM "{layer.name}" x WHERE x.id = d.a)
              OR NOT EXISTS (SELECT FROM "{layer.name}" x WHERE x.id = d.b))
            """
        ),
        {"layer": layer.name},
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _of_batch(batch_id: uuid.UUID | None, other: str) -> str:
    """Return the condition on `x`: written by the batch; or, of each pair, the first."""
    if batch_id is None:
        return f"x.id < {other}.id"
    return (
        f"x.id <> {other}.id AND x.entry IN "
        "(SELECT entry FROM journal WHERE batch = :batch AND layer = :layer)"
    )


def _by_code(layer: Layer, batch_id: uuid.UUID | None) -> list[str]:
    columns = set(layer.table.c.keys())
    return [
        f"""
        INSERT INTO duplicate (layer, a, b, reason, score, distance_m)
        SELECT DISTINCT CAST(:layer AS varchar), least(x.id, y.id), greatest(x.id, y.id),
          'code', 1.0, ST_Distance(x.geom::geography, y.geom::geography)
        FROM "{layer.name}" x JOIN "{layer.name}" y ON {code.replace("x.", "y.")} = {code}
        WHERE length({code}) > 1 AND {_of_batch(batch_id, "y")}
        ON CONFLICT (layer, a, b) DO NOTHING
        """
        for name, code in _CODES.items() if name in columns
    ]  # fmt: skip


def _by_name(layer: Layer, batch_id: uuid.UUID | None) -> str:
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
              AND n.name IS NOT NULL AND {_of_batch(batch_id, "n")}
            ORDER BY n.geom <-> x.geom LIMIT {_NEIGHBOURS}) y
          CROSS JOIN LATERAL (
            SELECT ST_Distance(x.geom::geography, y.geom::geography) AS metres OFFSET 0) apart
          WHERE x.name IS NOT NULL AND apart.metres <= :near_m {agree}
        ), named AS MATERIALIZED (
          SELECT f.id, plain.name, onemap_telling_signs(plain.name) AS signs
          FROM "{layer.name}" f
          CROSS JOIN LATERAL (SELECT onemap_plain_name(f.name) AS name OFFSET 0) plain
          WHERE f.id IN (SELECT x FROM near UNION SELECT y FROM near)
        )
        INSERT INTO duplicate (layer, a, b, reason, score, distance_m)
        SELECT DISTINCT CAST(:layer AS varchar), least(a.id, b.id), greatest(a.id, b.id), 'name',
          round((0.7 * names.alike + 0.3 * (1 - near.metres / :near_m))::numeric, 3), near.metres
        FROM near JOIN named a ON a.id = near.x JOIN named b ON b.id = near.y
        CROSS JOIN LATERAL (SELECT onemap_alike(a.name, b.name) AS alike OFFSET 0) names
        WHERE a.signs = b.signs
          AND names.alike >= CASE WHEN near.one_source THEN :alike_within ELSE :alike END
        ON CONFLICT (layer, a, b) DO NOTHING
        """
