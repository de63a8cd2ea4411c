"""Taking a published batch back (撤回): what it replaced is restored, what it brought is removed.

Nothing is undone in the record: every row gets a new version, journalled under the batch's id like
the load itself. What the batch touched is found by its entries in the journal, what it replaced in
`row_history`. A row that somebody has changed since is theirs: it is listed, and left as it is
where `keep_edited` says so.
"""

# ruff: noqa: S608 - identifiers come from the journal's own tables only, values are always bound

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, DefaultClause, Table, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, String

from layers import catalog, journal, pinyin
from layers.errors import ConflictError
from layers.intake.load import begin
from layers.intake.merge import table_columns
from layers.models import JournalRow

_LISTED = 1000
# Parents before children: a restored row may refer to another.
_FIRST = ("region", "park", "enterprise", "hazard_source")
_OWNERS = {"contact": "feature_id", "stock": "resource_id", "vehicle": "team_id"}


@dataclass(frozen=True)
class TakenBack:
    """How many rows were restored to what they were and how many removed.

    `edited_since` are rows that somebody changed after the batch, left as they are: `{"layer",
    "id", "name", "version"}`, at most a thousand of them; `version` is None of one that is gone.
    """

    restored: int = 0
    removed: int = 0
    edited_since: list[dict[str, Any]] = field(default_factory=list)


def take_back(session: Session, batch_id: uuid.UUID, *, keep_edited: bool = False) -> TakenBack:
    """Take back what a batch loaded, in the caller's transaction.

    Parameters
    ----------
    keep_edited
        Whether rows that were changed since stay as they are, with what hangs on them.

    Raises
    ------
    ConflictError
        Rows were changed since and are not to be left (`edited_since`; `details` lists them), or
        something that came later refers to a row that would go (`still_referred`).
    """
    begin(session, batch_id)
    entries = _entries(session, batch_id)
    # What hangs on a feature is watched too; its tables come after those that it hangs on.
    names = sorted(entries, key=lambda name: (*_place(name), name))
    for name in names:
        session.execute(text(f'LOCK TABLE "{name}" IN SHARE ROW EXCLUSIVE MODE'))
    for name in names:
        _find(session, name, entries[name])
    edited = [each for name in names for each in _edited(session, name)]
    if edited and not keep_edited:
        raise ConflictError(
            f"{len(edited)} rows were changed after the import", code="edited_since",
            count=len(edited), edited_since=edited[:_LISTED],
        )  # fmt: skip
    _spare_children(session, names)
    restored = sum(_restore(session, name) for name in names)
    removed = sum(_remove(session, name) for name in reversed(names))
    return TakenBack(restored, removed, edited[:_LISTED])


def _entries(session: Session, batch_id: uuid.UUID) -> dict[str, list[int]]:
    """Return the entries of the batch's statements, by table."""
    found: dict[str, list[int]] = {}
    query = select(JournalRow.layer, JournalRow.entry).where(JournalRow.batch == batch_id)
    for layer, entry in session.execute(query.order_by(JournalRow.entry)):
        found.setdefault(layer, []).append(entry)
    return found


def _place(name: str) -> tuple[int, int]:
    return int(name in _OWNERS), _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _temporary(name: str) -> str:
    return f'pg_temp."back_{name}"'


def _find(session: Session, name: str, entries: Sequence[int]) -> None:
    """List each row that the batch touched, with what it was before and what is to be done.

    `before` is NULL of a row that the batch inserted; `edited` tells that the row is no longer
    what the batch made of it.
    """
    table = _temporary(name)
    session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    # The first entry of the batch is the least; edits that follow have greater ones.
    session.execute(
        text(
            f"""
            CREATE TEMPORARY TABLE {table.removeprefix("pg_temp.")} ON COMMIT DROP AS
            WITH ended AS (
              SELECT feature, min(entry_from) AS entry_from FROM row_history
              WHERE layer = :name AND entry_to = ANY(:entries) GROUP BY feature
            ), before AS (
              SELECT e.feature AS id, h.row, h.entry_from
              FROM ended e JOIN row_history h
                ON h.layer = :name AND h.feature = e.feature AND h.entry_from = e.entry_from
              WHERE NOT h.entry_from = ANY(:entries)
            ), began AS (
              SELECT feature AS id FROM row_history
              WHERE layer = :name AND entry_to > :first AND entry_from = ANY(:entries)
              UNION SELECT id FROM "{name}" WHERE entry = ANY(:entries)
            ), touched AS (SELECT id FROM before UNION SELECT id FROM began)
            SELECT w.id, b.row AS before, t.id IS NOT NULL AS stored, NULL::text AS name_pinyin,
                   CASE WHEN t.id IS NOT NULL THEN NOT t.entry = ANY(:entries)
                        ELSE b.id IS NOT NULL AND EXISTS (
                          SELECT FROM row_history h
                          WHERE h.layer = :name AND h.feature = w.id AND h.entry_to > :first
                            AND NOT h.entry_to = ANY(:entries)) END AS edited
            FROM touched w LEFT JOIN before b USING (id) LEFT JOIN "{name}" t ON t.id = w.id
            """
        ).bindparams(
            bindparam("entries", type_=ARRAY(BigInteger)), bindparam("name", type_=String)
        ),
        {"name": name, "entries": list(entries), "first": min(entries)},
    )
    session.execute(text(f"CREATE INDEX ON {table} (id)"))


def _edited(session: Session, name: str) -> list[dict[str, Any]]:
    columns = table_columns(session, f'public."{name}"')
    label = "t.name" if "name" in columns else "NULL"
    rows = session.execute(
        text(
            f"""
            SELECT b.id, coalesce({label}, b.before ->> 'name'), t.version
            FROM {_temporary(name)} b LEFT JOIN "{name}" t USING (id) WHERE b.edited ORDER BY b.id
            """
        )
    )
    return [
        {"layer": name, "id": str(id), "name": label, "version": version}
        for id, label, version in rows
    ]


def _spare_children(session: Session, names: Sequence[str]) -> None:
    """Leave what hangs on a row that stays as it is."""
    kept = " UNION ALL ".join(
        f"SELECT id FROM {_temporary(name)} WHERE edited" for name in names if name not in _OWNERS
    )
    for name in (name for name in names if name in _OWNERS and kept):
        owner = _OWNERS[name]
        session.execute(
            text(
                f"""
                DELETE FROM {_temporary(name)} b WHERE coalesce(
                  (SELECT t.{owner} FROM "{name}" t WHERE t.id = b.id),
                  (b.before ->> '{owner}')::uuid) IN ({kept})
                """
            )
        )


def _restore(session: Session, name: str) -> int:
    """Give rows what they were before: those that are there and those that the batch removed."""
    table = _stored_table(session, name)
    _read_names(session, name, table)
    columns = [
        c.name
        for c in table.columns
        if c.name not in {"id", "fid", "geom", "geom_3857", "version", "updated_at", "entry"}
        and c.name not in {"name_pinyin", "anchor"}
    ]
    # The journal keeps a place as GeoJSON without its system: they are all EPSG:4326.
    # A row from before a column says nothing of it: what must have a value takes the default.
    sources = {f'"{c}"': _was(table.c[c]) for c in columns}
    if "geom" in table.c:
        sources["geom"] = "ST_SetSRID(ST_GeomFromGeoJSON(b.before ->> 'geom'), 4326)"
    if "name_pinyin" in table.c:
        sources["name_pinyin"] = "b.name_pinyin"
    was = f"""
        {_temporary(name)} b,
        jsonb_populate_record(NULL::"{name}", b.before::jsonb - '{{geom,geom_3857}}'::text[]) was
        WHERE b.before IS NOT NULL AND NOT b.edited"""
    sets = ", ".join(f"{column} = {value}" for column, value in sources.items())
    there = _run(session, f'UPDATE "{name}" t SET {sets} FROM {was} AND t.id = b.id')
    names = ", ".join(["id", *sources])
    values = ", ".join(["b.id", *sources.values()])
    back = _run(
        session, f'INSERT INTO "{name}" ({names}) SELECT {values} FROM {was} AND NOT b.stored'
    )
    return there + back


def _was(column: Column[Any]) -> str:
    default = column.server_default
    if column.nullable or not isinstance(default, DefaultClause):
        return f'was."{column.name}"'
    plain = default.arg
    # A default that is a plain text is a value, any other one is SQL.
    value = "'" + plain.replace("'", "''") + "'" if isinstance(plain, str) else str(plain)
    return f'coalesce(was."{column.name}", {value})'


def _read_names(session: Session, name: str, table: Table) -> None:
    """Work out the pinyin of the names that come back: the journal does not keep it."""
    if "name_pinyin" not in table.c:
        return
    where = "before IS NOT NULL AND NOT edited AND before ->> 'name' ~ '[^[:ascii:]]'"
    rows = session.execute(
        text(f"SELECT DISTINCT before ->> 'name' FROM {_temporary(name)} WHERE {where}")
    ).scalars()
    keys = {told: pinyin.key(told) for told in rows}
    session.execute(
        text(
            f"""
            UPDATE {_temporary(name)} b SET name_pinyin = k.key
            FROM unnest(CAST(:names AS text[]), CAST(:keys AS text[])) k(name, key)
            WHERE b.before ->> 'name' = k.name
            """
        ),
        {"names": list(keys), "keys": list(keys.values())},
    )


def _remove(session: Session, name: str) -> int:
    """Remove the rows that the batch brought."""
    statement = f"""
        DELETE FROM "{name}" t USING {_temporary(name)} b
        WHERE t.id = b.id AND b.before IS NULL AND NOT b.edited"""
    try:
        with session.begin_nested():
            return _run(session, statement)
    except IntegrityError as error:
        raise ConflictError(
            f"a row of {name} that would go is referred to by another",
            code="still_referred", layer=name,
        ) from error  # fmt: skip


def _stored_table(session: Session, name: str) -> Table:
    watched = journal.watched()
    return watched[name] if name in watched else catalog.find(name, session).table


def _run(session: Session, statement: str) -> int:
    return int(session.execute(text(statement)).rowcount)  # type: ignore[attr-defined]
