"""Merging incoming records into a layer: update what is stored, insert what is new."""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.district import district_sql
from layers.errors import InvalidInputError
from layers.intake.children import merge_children
from layers.intake.identity import key_fields

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Loaded:
    """What a load did to one layer; `left_out` are records whose enterprise is not stored."""

    inserted: int
    updated: int
    unchanged: int
    left_out: int = 0


def incoming_table(layer: Layer) -> str:
    """Return the name of the temporary table from which a layer is merged."""
    return f"incoming_{layer.name}"


def sql_type(column: Column[Any]) -> str:
    """Return a column's type as SQL spells it."""
    return str(column.type.compile(dialect=_DIALECT))


def prefixed(prefix: str, columns: Sequence[Column[Any]]) -> str:
    """Return a list of columns of one table for a SELECT."""
    return ", ".join(f'{prefix}."{c.name}"' for c in columns)


def make_incoming(session: Session, layer: Layer, columns: Sequence[Column[Any]]) -> None:
    """Make the empty temporary table; it is gone with the transaction."""
    named = {c.name: c for c in [*columns, layer.column("region"), layer.column("source")]}
    typed = ", ".join(f'"{name}" {sql_type(c)}' for name, c in named.items())
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{incoming_table(layer)}"))
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE {incoming_table(layer)} (given uuid, id uuid, children jsonb, "
            f"geom geometry(GEOMETRY, 4326), {typed}) ON COMMIT DROP"
        )
    )


def _fill_regions(session: Session, layer: Layer) -> None:
    """Fill empty regions with the smallest region that holds the position."""
    session.execute(
        text(
            f"""
            UPDATE {incoming_table(layer)} i SET region = {district_sql("i.geom")}
            WHERE i.region IS NULL AND i.geom IS NOT NULL AND EXISTS (SELECT FROM region)
            """
        )
    )


def merge(session: Session, layer: Layer, columns: Sequence[Column[Any]]) -> Loaded:
    """Update what is stored, insert what is new; `columns` are those that the records give."""
    if layer.group != "ground":
        _fill_regions(session, layer)
    left_out = _follow_enterprises(session, layer) if _has_enterprise(layer, columns) else 0
    _resolve(session, layer, columns)
    incoming, table = incoming_table(layer), layer.name
    total = _scalar(session, f"SELECT count(*) FROM {incoming}")
    updated = _execute(session, _update_statement(layer, columns))
    inserted = _execute(session, _insert_statement(layer, columns))
    merge_children(session, layer, incoming)
    if total != _scalar(
        session, f"SELECT count(*) FROM {incoming} i WHERE EXISTS "
        f"(SELECT FROM {table} t WHERE t.id = i.id)",
    ):  # fmt: skip
        raise InvalidInputError(f"not every record of {table} was loaded", code="load_incomplete")
    return Loaded(inserted, updated, total - inserted - updated, left_out)


def _has_enterprise(layer: Layer, columns: Sequence[Column[Any]]) -> bool:
    rules = {f.name: f.spec.rule for f in layer.fields}
    return any(rules.get(c.name) == "enterprise" for c in columns)


def _follow_enterprises(session: Session, layer: Layer) -> int:
    """Point to enterprises as they are stored; leave out records whose enterprise is not there."""
    known = _scalar(session, "SELECT to_regclass('pg_temp.incoming_enterprise') IS NOT NULL")
    if known and layer.name != "enterprise":
        session.execute(
            text(
                f"""
                UPDATE {incoming_table(layer)} i SET enterprise_id = e.id FROM incoming_enterprise e
                WHERE i.enterprise_id = e.given AND e.id <> e.given
                """
            )
        )
    return _execute(
        session,
        f"""
        DELETE FROM {incoming_table(layer)} i WHERE i.enterprise_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM enterprise e WHERE e.id = i.enterprise_id)
        """,
    )


def _resolve(session: Session, layer: Layer, columns: Sequence[Column[Any]]) -> None:
    """Find the stored feature of each record by its codes; give new ones their id."""
    given = {c.name for c in columns}
    for key in key_fields(layer):
        if key not in given:
            continue
        session.execute(
            text(
                f"""
                UPDATE {incoming_table(layer)} i SET id = t.id FROM {layer.name} t
                WHERE t."{key}" = i."{key}"
                  AND NOT EXISTS (SELECT FROM {layer.name} o WHERE o.id = i.id)
                """
            )
        )
    session.execute(
        text(f"UPDATE {incoming_table(layer)} SET id = onemap_uuid_v7() WHERE id IS NULL")
    )
    session.execute(text(f"CREATE INDEX ON {incoming_table(layer)} (id)"))
    session.execute(text(f"ANALYZE {incoming_table(layer)}"))


def _value(column: Column[Any], *, stored: bool = False) -> str:
    """Return an incoming value; NULL becomes the default where the column cannot be empty.

    A region that could not be found does not empty the one that is `stored`.
    """
    if column.name == "region" and stored:
        return "coalesce(i.region, t.region)"
    default = column.server_default
    if column.nullable or default is None:
        return f'i."{column.name}"'
    return f'coalesce(i."{column.name}", {default.arg})'  # type: ignore[attr-defined]


def _update_statement(layer: Layer, columns: Sequence[Column[Any]]) -> str:
    sets = ", ".join(
        [f'"{c.name}" = {_value(c, stored=True)}' for c in columns] + ["geom = i.geom"]
    )
    stored = ", ".join([f't."{c.name}"' for c in columns] + ["t.geom"])
    wanted = ", ".join([_value(c, stored=True) for c in columns] + ["i.geom"])
    return f"""
        UPDATE {layer.name} t SET {sets} FROM {incoming_table(layer)} i
        WHERE t.id = i.id AND ({stored}) IS DISTINCT FROM ({wanted})
    """


def _insert_statement(layer: Layer, columns: Sequence[Column[Any]]) -> str:
    names = ", ".join(f'"{c.name}"' for c in columns)
    comma = ", " if columns else ""
    values = ", ".join(_value(c) for c in columns)
    return f"""
        INSERT INTO {layer.name} (id, geom{comma}{names})
        SELECT i.id, i.geom{comma}{values} FROM {incoming_table(layer)} i
        WHERE NOT EXISTS (SELECT FROM {layer.name} t WHERE t.id = i.id)
    """


def _scalar(session: Session, statement: str) -> Any:
    return session.execute(text(statement)).scalar_one()


def _execute(session: Session, statement: str) -> int:
    return int(session.execute(text(statement)).rowcount)  # type: ignore[attr-defined]
