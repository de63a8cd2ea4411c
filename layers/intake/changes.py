"""A page of what publishing a batch would do to a layer, record by record."""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.errors import InvalidInputError
from layers.intake.merge import Incoming, compared, differs, gone_sql
from layers.intake.waiting import staged

Kind = Literal["new", "changed", "unchanged", "gone"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Page:
    """Some changes in the file's order, and where the next page begins; None: there is none.

    A change is `{"row", "id", "name", "kind", "lon", "lat", "fields": [{"field", "before",
    "after"}]}`; places are GeoJSON under the field `geometry`, `row` is the file's and None of a
    row that is gone.
    """

    changes: list[dict[str, Any]]
    next_cursor: str | None


def changes(
    session: Session,
    batch_id: uuid.UUID,
    layer: Layer,
    kind: str,
    limit: int = 100,
    cursor: str | None = None,
) -> Page:
    """Return what a batch would do to a layer: its new, changed, unchanged or gone features.

    Raises
    ------
    InvalidInputError
        Another kind, or a cursor that no page gave.
    ConflictError
        Nothing of the batch waits for this layer (`staging_lost`).
    """
    if kind not in KINDS:
        raise InvalidInputError(f"kind is {kind!r}, wanted {', '.join(KINDS)}",
                                code="unknown_kind", got=kind, wanted=", ".join(KINDS))  # fmt: skip
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInputError("no page gave this cursor", code="bad_cursor", got=cursor[:80])
    incoming = staged(session, batch_id, layer)
    statement = _gone(layer, incoming) if kind == "gone" else _told(layer, incoming, kind)
    found = session.execute(
        text(statement),
        {"batch": batch_id, "layer": layer.name, "after": int(cursor or 0), "limit": limit + 1},
    ).all()
    page = [
        {"row": row, "id": id and str(id), "name": name, "kind": kind, "lon": lon, "lat": lat,
         "fields": fields}
        for _, row, id, name, lon, lat, fields in found[:limit]
    ]  # fmt: skip
    return Page(page, str(found[limit - 1][0]) if len(found) > limit else None)


def _told(layer: Layer, incoming: Incoming, kind: str) -> str:
    pairs = compared(layer, incoming)
    name = 'i."name"' if "name" in incoming.columns else "NULL"
    if any(f.name == "name" for f in layer.fields):
        name = f'coalesce({name}, t."name")'
    row = "coalesce(i.file_row, i.row)" if "file_row" in incoming.columns else "i.row"
    which = {
        "new": "t.id IS NULL",
        "changed": f"t.id IS NOT NULL AND {differs(layer, incoming)}",
        "unchanged": f"t.id IS NOT NULL AND NOT {differs(layer, incoming)}",
    }[kind]
    fields = ", ".join(
        f"""CASE WHEN {stored} IS DISTINCT FROM {coming} THEN jsonb_build_object(
            'field', '{field}', 'before', {_json(stored)}, 'after', {_json(coming)}) END"""
        for field, (stored, coming) in pairs.items()
    )
    return f"""
        SELECT i.row, {row}, i.id, {name}, {_place("i")},
               to_jsonb(array_remove(ARRAY[{fields}]::jsonb[], NULL))
        FROM {incoming.table} i LEFT JOIN "{layer.name}" t ON t.id = i.id
        WHERE i.row > :after AND {which}
        ORDER BY i.row LIMIT :limit
    """


def _gone(layer: Layer, incoming: Incoming) -> str:
    name = 't."name"' if any(f.name == "name" for f in layer.fields) else "NULL"
    return f"""
        SELECT t.fid, NULL, t.id, {name}, {_place("t")}, '[]'::jsonb
        FROM "{layer.name}" t WHERE t.fid > :after AND {gone_sql(layer, incoming)}
        ORDER BY t.fid LIMIT :limit
    """


def _place(row: str) -> str:
    middle = f"ST_PointOnSurface({row}.geom)"
    return f"ST_X({middle}), ST_Y({middle})"


def _json(value: str) -> str:
    if value.endswith(".geom"):
        return f"ST_AsGeoJSON({value}, 9, 0)::jsonb"
    return f"to_jsonb({value})"
