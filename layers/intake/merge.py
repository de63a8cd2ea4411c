"""Merging incoming records into a layer: update what is stored, insert what is new."""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Uuid, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.district import district_sql
from layers.errors import InvalidInputError
from layers.intake.children import merge_children
from layers.intake.identity import key_fields
from layers.intake.provenance import foreign, sources_sql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
# Rules of fields that hold the id of a feature of the layer of the same name.
REFERENCES = frozenset({"enterprise", "hazard_source", "park"})
_OF_ROW = frozenset({"source", "source_date"})


@dataclass(frozen=True)
class Loaded:
    """What a load did to one layer.

    `left_out` are records that refer to a feature that is not stored, `removed` stored rows of the
    same source that the file no longer holds.
    """

    inserted: int
    updated: int
    unchanged: int
    left_out: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Incoming:
    """Where records wait: the qualified name of a table, and its columns.

    `referred` are the tables of the same load by layer, in which `given` is the id that the
    records were known by and `id` the one under which they are stored.
    """

    table: str
    columns: frozenset[str]
    referred: dict[str, str]

    def fields(self, layer: Layer) -> list[Column[Any]]:
        """Return the layer's columns that the records bring, in the table's order."""
        return [layer.column(f.name) for f in layer.fields if f.name in self.columns]


def sql_type(column: Column[Any]) -> str:
    """Return the type of a column in which records wait; an id may still be a code there."""
    if isinstance(column.type, Uuid):
        return "varchar"
    return str(column.type.compile(dialect=_DIALECT))


def lock(session: Session, layer: Layer) -> None:
    """Keep edits away until the transaction ends, readers not.

    One entry of the journal is taken for many rows before they are written: an edit in between
    would be sealed before the version that it replaced.
    """
    session.execute(text(f'LOCK TABLE "{layer.name}" IN SHARE ROW EXCLUSIVE MODE'))


def is_empty(session: Session, layer: Layer) -> bool:
    """Tell whether no row of a layer is stored."""
    return not _scalar(session, f'SELECT EXISTS (SELECT FROM "{layer.name}")')


def merge(session: Session, layer: Layer, incoming: Incoming) -> Loaded:
    """Update what is stored, insert what is new; nothing else may write the layer meanwhile."""
    lock(session, layer)
    if not layer.thinned:
        _fill_regions(session, incoming)
    left_out = sum(
        _follow(session, incoming, f.name, str(f.spec.rule))
        for f in layer.fields
        if f.spec.rule in REFERENCES and f.name in incoming.columns
    )
    resolve(session, layer, incoming)
    _give_ids(session, incoming)
    total = _scalar(session, f"SELECT count(*) FROM {incoming.table}")
    updated = _execute(session, _update_statement(layer, incoming))
    inserted = _execute(session, _insert_statement(layer, incoming))
    if "children" in incoming.columns:
        merge_children(session, layer, incoming.table)
    found = _scalar(
        session, f'SELECT count(*) FROM {incoming.table} i JOIN "{layer.name}" t ON t.id = i.id'
    )
    if total != found:
        raise InvalidInputError(f"not every record of {layer.name} was loaded",
                                code="load_incomplete")  # fmt: skip
    return Loaded(inserted, updated, total - inserted - updated, left_out)


def _fill_regions(session: Session, incoming: Incoming) -> None:
    """Fill empty regions with the smallest region that holds the position."""
    session.execute(
        text(
            f"""
            UPDATE {incoming.table} i SET region = {district_sql("i.geom")}
            WHERE i.region IS NULL AND i.geom IS NOT NULL AND EXISTS (SELECT FROM region)
              AND EXISTS (SELECT FROM region r WHERE r.geom && i.geom)
            """
        )
    )


def _follow(session: Session, incoming: Incoming, field: str, target: str) -> int:
    """Point to features as they are stored; leave out records whose feature is not there."""
    if (there := incoming.referred.get(target)) is not None and there != incoming.table:
        session.execute(
            text(
                f"""
                UPDATE {incoming.table} i SET "{field}" = e.id::text FROM {there} e
                WHERE i."{field}" = e.given::text AND e.id <> e.given
                """
            )
        )
    return _execute(
        session,
        f"""
        DELETE FROM {incoming.table} i WHERE i."{field}" IS NOT NULL
          AND NOT EXISTS (SELECT FROM {target} e WHERE e.id = i."{field}"::uuid)
        """,
    )


def resolve(session: Session, layer: Layer, incoming: Incoming) -> None:
    """Find the stored feature of each record by its codes."""
    for key in key_fields(layer):
        if key in incoming.columns:
            session.execute(
                text(
                    f"""
                    UPDATE {incoming.table} i SET id = t.id FROM "{layer.name}" t
                    WHERE t."{key}" = i."{key}" AND t.id IS DISTINCT FROM i.id
                      AND NOT EXISTS (SELECT FROM "{layer.name}" o WHERE o.id = i.id)
                    """
                )
            )


def _give_ids(session: Session, incoming: Incoming) -> None:
    session.execute(text(f"UPDATE {incoming.table} SET id = onemap_uuid_v7() WHERE id IS NULL"))


def wanted(column: Column[Any], *, stored: bool) -> str:
    """Return an incoming value; NULL becomes the default where the column cannot be empty.

    A region that could not be found does not empty the one that is `stored`.
    """
    value = f'i."{column.name}"'
    if isinstance(column.type, Uuid):
        value += "::uuid"
    if column.name in ("region", *_OF_ROW) and stored:
        return f'coalesce({value}, t."{column.name}")'
    default = column.server_default
    if column.nullable or default is None:
        return value
    return f"coalesce({value}, {default.arg})"  # type: ignore[attr-defined]


def compared(layer: Layer, incoming: Incoming) -> dict[str, tuple[str, str]]:
    """Return for each field that records bring what is stored and what is wanted, as SQL.

    The place goes by the name `geometry`. Of a row that another source keeps, source and date
    stay what they are: see `layers.intake.provenance`.
    """
    pairs = {}
    for column in incoming.fields(layer):
        value = wanted(column, stored=True)
        if column.name in _OF_ROW:
            value = f'CASE WHEN {foreign(incoming.columns)} THEN t."{column.name}" ELSE {value} END'
        pairs[column.name] = (f't."{column.name}"', value)
    pairs["geometry"] = ("t.geom", "i.geom")
    return pairs


def differs(layer: Layer, incoming: Incoming) -> str:
    """Return the SQL condition that a stored row `t` is not what its record `i` says."""
    pairs = compared(layer, incoming).values()
    stored = ", ".join(pair[0] for pair in pairs)
    coming = ", ".join(pair[1] for pair in pairs)
    return f"ROW({stored}) IS DISTINCT FROM ROW({coming})"


def _update_statement(layer: Layer, incoming: Incoming) -> str:
    pairs = compared(layer, incoming)
    sets = {f'"{name}"': value for name, (_, value) in pairs.items() if name != "geometry"}
    sets["geom"] = "i.geom"
    if "name_pinyin" in incoming.columns:
        sets["name_pinyin"] = "i.name_pinyin"
    if "source" in incoming.columns:
        data = {name: pair for name, pair in pairs.items() if name not in _OF_ROW}
        sets["field_sources"] = sources_sql(data, incoming.columns)
    spelled = ", ".join(f"{name} = {value}" for name, value in sets.items())
    return f"""
        UPDATE "{layer.name}" t SET {spelled} FROM {incoming.table} i
        WHERE t.id = i.id AND {differs(layer, incoming)}
    """


def _insert_statement(layer: Layer, incoming: Incoming) -> str:
    columns = incoming.fields(layer)
    names = ["id", "geom", *(f'"{c.name}"' for c in columns)]
    values = ["i.id", "i.geom", *(wanted(c, stored=False) for c in columns)]
    if "name_pinyin" in incoming.columns:
        names.append("name_pinyin")
        values.append("i.name_pinyin")
    return f"""
        INSERT INTO "{layer.name}" ({", ".join(names)})
        SELECT {", ".join(values)} FROM {incoming.table} i
        WHERE NOT EXISTS (SELECT FROM "{layer.name}" t WHERE t.id = i.id)
    """


def gone_sql(layer: Layer, incoming: Incoming) -> str:
    """Return the SQL condition that a stored row `t` is of the same source and not in the file.

    A row that the file holds with errors is in the file: `:batch` and `:layer` name its account.
    By an error in what tells it apart it may be any of its name; without code and name it may be
    any row at all, and then none is gone.
    """
    of_batch = "FROM staged_row f WHERE f.batch_id = :batch AND f.layer = :layer"
    keys = [*key_fields(layer), "name"]
    said = ["f.record ->> 'id' = t.id::text"]
    said += [f"f.record ->> '{key}' = t.\"{key}\"" for key in keys]
    told = ", ".join(f"f.record ->> '{key}'" for key in keys)
    wrong = '[{"severity": "error"}]'
    said.append(f"coalesce({told}) IS NULL AND f.faults @> '{wrong}'")
    spared = "".join(f" AND NOT EXISTS (SELECT {of_batch} AND {each})" for each in said)
    return f"""
        t.source IN (SELECT DISTINCT source FROM {incoming.table})
        AND NOT EXISTS (SELECT FROM {incoming.table} i WHERE i.id = t.id){spared}
    """


def table_columns(session: Session, table: str) -> frozenset[str]:
    """Return the names of a table's columns; empty where there is no such table."""
    names = session.execute(
        text(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:table) "
            "AND attnum > 0 AND NOT attisdropped"
        ),
        {"table": table},
    ).scalars()
    return frozenset(names)


def _scalar(session: Session, statement: str) -> Any:
    return session.execute(text(statement)).scalar_one()


def _execute(session: Session, statement: str) -> int:
    return int(session.execute(text(statement)).rowcount)  # type: ignore[attr-defined]
