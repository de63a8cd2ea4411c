"""Whoever may write in some regions only imports into them only: other rows get an error."""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, false, literal_column, or_
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from layers import region_code
from layers.catalog import Layer
from layers.district import district_sql
from layers.intake import comparison
from layers.intake.identity import key_fields
from layers.intake.merge import Incoming
from layers.intake.waiting import staged

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
RULE = "outside_regions"


def mark(session: Session, batch_id: uuid.UUID, layer: Layer, regions: Sequence[str]) -> int:
    """Give each staged row outside these regions an error; return how many rows got one.

    A row lies where it says (`region`), else where its place is; one that lies nowhere known is
    outside. A row that would change a stored feature lies where that feature is, too.
    """
    incoming = staged(session, batch_id, layer)
    where = f"coalesce(i.region, {district_sql('i.geom')})"
    return comparison.mark(
        session, batch_id, layer,
        f"""
        SELECT i.row, 'region', '{RULE}',
               CASE WHEN {_held(where, regions)} THEN stored.region ELSE {where} END,
               CAST(:wanted AS text)
        FROM {incoming.table} i
        LEFT JOIN LATERAL (
          SELECT true AS there, t.region FROM "{layer.name}" t
          WHERE {_same(layer, incoming)} AND NOT {_held("t.region", regions)} LIMIT 1
        ) stored ON true
        WHERE stored.there OR NOT {_held(where, regions)}
        """,
        wanted=", ".join(regions) or None,
    )  # fmt: skip


def _held(region: str, regions: Sequence[str]) -> str:
    """Return whether a SQL expression is a code in one of the regions, as SQL that is never NULL.

    The codes are literals: `layers.query.Scope` has let through nothing but region codes.
    """
    column: ColumnElement[str | None] = literal_column(f"({region})", String)
    clauses = [region_code.subtree(code, column) for code in regions]
    clause = or_(false(), *clauses)
    spelled = clause.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return f"coalesce({spelled}, false)"


def _same(layer: Layer, incoming: Incoming) -> str:
    """Return the SQL condition that a stored feature `t` is the one that a staged row means."""
    keys = [f't."{key}" = i."{key}"' for key in key_fields(layer) if key in incoming.columns]
    return "(" + " OR ".join(["t.id = i.id", *keys]) + ")"
