"""Whoever may write in some regions only imports into them only: other rows get an error."""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, false, literal_column, or_, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from layers import region_code
from layers.catalog import Layer
from layers.district import district_sql
from layers.intake.identity import key_fields

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
RULE = "outside_regions"
_REGION = "coalesce(s.record ->> 'region', {district})"


def mark(session: Session, batch_id: uuid.UUID, layer: Layer, regions: Sequence[str]) -> int:
    """Give each staged row outside these regions an error; return how many rows got one.

    A row lies where it says (`region`), else where its place is; one that lies nowhere known is
    outside. A row that would change a stored feature lies where that feature is, too.
    """
    where = _REGION.format(district=district_sql("s.geom"))
    told = text(
        f"""
        WITH outside AS (
          SELECT s.row, CASE WHEN {_held(where, regions)} THEN stored.region ELSE {where} END AS at
          FROM staged_row s
          LEFT JOIN LATERAL (
            SELECT t.region FROM {layer.name} t
            WHERE {_same(layer)} AND NOT {_held("t.region", regions)} LIMIT 1
          ) stored ON true
          WHERE s.batch_id = :batch AND s.layer = :layer
            AND NOT s.faults @> CAST(:already AS jsonb)
            AND (stored IS NOT NULL OR NOT {_held(where, regions)})
        )
        UPDATE staged_row s SET faults = s.faults || jsonb_build_array(jsonb_build_object(
          'row', coalesce((s.record ->> '__row')::bigint, s.row), 'layer', s.layer,
          'field', 'region', 'rule', '{RULE}', 'got', outside.at,
          'wanted', CAST(:wanted AS text), 'severity', 'error'))
        FROM outside
        WHERE s.batch_id = :batch AND s.layer = :layer AND s.row = outside.row
        """
    )
    values = {
        "batch": batch_id, "layer": layer.name, "wanted": ", ".join(regions) or None,
        "already": json.dumps([{"rule": RULE}]),
    }  # fmt: skip
    return int(session.execute(told, values).rowcount)  # type: ignore[attr-defined]


def _held(region: str, regions: Sequence[str]) -> str:
    """Return whether a SQL expression is a code in one of the regions, as SQL that is never NULL.

    The codes are literals: `layers.query.Scope` has let through nothing but region codes.
    """
    column: ColumnElement[str | None] = literal_column(f"({region})", String)
    clauses = [region_code.subtree(code, column) for code in regions]
    clause = or_(false(), *clauses)
    spelled = clause.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return f"coalesce({spelled}, false)"


def _same(layer: Layer) -> str:
    """Return the SQL condition that a stored feature `t` is the one that a staged row means."""
    keys = [f"t.{key} = s.record ->> '{key}'" for key in key_fields(layer)]
    return "(" + " OR ".join(["t.id = (s.record ->> 'id')::uuid", *keys]) + ")"
