"""Staging (预入库): checked records beside their faults, compared with what is stored already."""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from psycopg import Connection
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from layers.catalog import Layer
from layers.district import district_sql
from layers.intake.children import take_children
from layers.intake.identity import identify, key_fields
from layers.intake.quality import Checked
from layers.intake.table import Fault
from layers.region_code import holds_sql

_CHILDREN = "children"
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def psycopg_connection(session: Session) -> Connection[Any]:
    """Return the driver's connection of a session's transaction, for COPY."""
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, Connection):
        raise TypeError("COPY needs psycopg 3")
    return driver


def stage(session: Session, batch_id: uuid.UUID, checked: Checked, *, source: str) -> list[str]:
    """Write checked records and their faults to staging; return the fields that the file gives.

    `source` goes into records without one. Records with errors are staged too: they are what a
    person must see.
    """
    layer = checked.layer
    faults = list(checked.faults)
    for record, row in zip(checked.records, checked.rows.tolist(), strict=True):
        children, found = take_children(layer, record, row)
        faults += found
        if children:
            record[_CHILDREN] = children
    faults += identify(checked, source=source)
    by_row: dict[int | None, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    given = sorted({name for record in checked.records for name in record} - {"id", _CHILDREN})
    with psycopg_connection(session).cursor() as cursor:
        statement = "COPY staged_row (batch_id, layer, row, record, geom, faults) FROM STDIN"
        with cursor.copy(statement) as copy:
            for line in _lines(batch_id, checked, by_row, source):
                copy.write_row(line)
    return given


def _lines(
    batch_id: uuid.UUID, checked: Checked, faults: dict[int | None, list[Fault]], source: str
) -> Iterator[tuple[Any, ...]]:
    shapes = shapely.to_wkb(shapely.set_srid(checked.geometry, 4326), hex=True, include_srid=True)
    for number, (record, row, shape) in enumerate(
        zip(checked.records, checked.rows.tolist(), shapes, strict=True), start=1
    ):
        record.setdefault("source", source)
        if row != number:
            record["__row"] = row
        found = [fault.to_json() for fault in faults.get(row, ())]
        yield (
            batch_id, checked.layer.name, number, json.dumps(record, default=_plain), shape,
            json.dumps(found),
        )  # fmt: skip


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def compare(session: Session, batch_id: uuid.UUID, layer: Layer) -> dict[str, int]:
    """Compare a layer's staged records with the database; add faults; return `new`, `existing`.

    References to enterprises become ids, given regions that are elsewhere get a warning, codes that
    fit several features an error.
    """
    if any(field.spec.rule == "enterprise" for field in layer.fields):
        _refer_to_enterprises(session, batch_id, layer)
    if layer.group != "ground":
        _compare_regions(session, batch_id, layer)
    for key in key_fields(layer):
        _find_ambiguous(session, batch_id, layer, key)
    return _count(session, batch_id, layer)


_ADD_FAULT = """
UPDATE staged_row s SET faults = s.faults || jsonb_build_array(jsonb_build_object(
  'row', {row}, 'layer', s.layer, 'field', {field}, 'rule', '{rule}', 'got', {got},
  'wanted', {wanted}, 'severity', '{severity}'))
"""
# The file's row is known from the record's other faults or, without any, from its own number;
# a mapping that splits or filters rows stores it in the record.
_FILE_ROW = "coalesce((s.record ->> '__row')::bigint, s.row)"


def _run(session: Session, statement: str, **values: Any) -> None:
    session.execute(text(statement), values)


def _refer_to_enterprises(session: Session, batch_id: uuid.UUID, layer: Layer) -> None:
    """Turn an enterprise's code or name into its id; name what fits none or several."""
    for column in ("credit_code", "own_code", "name"):
        _run(
            session,
            f"""
            UPDATE staged_row s
            SET record = jsonb_set(s.record, '{{enterprise_id}}', to_jsonb(e.id::text))
            FROM (SELECT {column} AS code, (array_agg(id))[1] AS id FROM enterprise
                  WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) = 1) e
            WHERE s.batch_id = :batch AND s.layer = :layer
              AND s.record ->> 'enterprise_id' = e.code
            """,
            batch=batch_id,
            layer=layer.name,
        )
    fault = _ADD_FAULT.format(
        row=_FILE_ROW, field="'enterprise_id'", rule="reference",
        got="s.record ->> 'enterprise_id'", wanted="'an enterprise: id, code or full name'",
        severity="error",
    )  # fmt: skip
    _run(
        session,
        fault
        + f"""
        WHERE s.batch_id = :batch AND s.layer = :layer AND s.record ->> 'enterprise_id' IS NOT NULL
          AND NOT EXISTS (
            SELECT FROM (SELECT id FROM enterprise
                         UNION ALL
                         SELECT (record ->> 'id')::uuid FROM staged_row
                         WHERE batch_id = :batch AND layer = 'enterprise') e
            WHERE e.id = CASE WHEN s.record ->> 'enterprise_id' ~ '{_UUID}'
                              THEN (s.record ->> 'enterprise_id')::uuid END)
        """,
        batch=batch_id,
        layer=layer.name,
    )


def _compare_regions(session: Session, batch_id: uuid.UUID, layer: Layer) -> None:
    """Warn where the given region and the position's do not lie on one branch of the tree."""
    fault = _ADD_FAULT.format(
        row=_FILE_ROW, field="'region'", rule="region_elsewhere", got="s.record ->> 'region'",
        wanted="place.code", severity="warning",
    )  # fmt: skip
    given = "(s.record ->> 'region')"
    _run(
        session,
        fault
        + f"""
        FROM (SELECT p.row, {district_sql("p.geom")} AS code
              FROM staged_row p
              WHERE p.batch_id = :batch AND p.layer = :layer AND p.geom IS NOT NULL) place
        WHERE s.batch_id = :batch AND s.layer = :layer AND s.row = place.row
          AND NOT {holds_sql("place.code", given)}
          AND NOT {holds_sql(given, "place.code")}
        """,
        batch=batch_id,
        layer=layer.name,
    )


def _find_ambiguous(session: Session, batch_id: uuid.UUID, layer: Layer, key: str) -> None:
    fault = _ADD_FAULT.format(
        row=_FILE_ROW, field=f"'{key}'", rule="ambiguous", got=f"s.record ->> '{key}'",
        wanted="'a code that one stored feature has'", severity="error",
    )  # fmt: skip
    _run(
        session,
        fault
        + f"""
        WHERE s.batch_id = :batch AND s.layer = :layer AND s.record ->> 'id' IS NULL
          AND (SELECT count(*) FROM {layer.name} t WHERE t.{key} = s.record ->> '{key}') > 1
        """,
        batch=batch_id,
        layer=layer.name,
    )


def _count(session: Session, batch_id: uuid.UUID, layer: Layer) -> dict[str, int]:
    """Return how many good records are new and how many are stored already."""
    matches = [f"t.{key} = s.record ->> '{key}'" for key in key_fields(layer)]
    exists = " OR ".join(
        f"EXISTS (SELECT FROM {layer.name} t WHERE {match})"
        for match in ("t.id = (s.record ->> 'id')::uuid", *matches)
    )
    new, existing = session.execute(
        text(
            f"""
            SELECT count(*) FILTER (WHERE NOT stored), count(*) FILTER (WHERE stored)
            FROM (SELECT {exists} AS stored FROM staged_row s
                  WHERE s.batch_id = :batch AND s.layer = :layer
                    AND NOT s.faults @> '[{{"severity": "error"}}]') r
            """
        ),
        {"batch": batch_id, "layer": layer.name},
    ).one()
    return {"new": new, "existing": existing}


def severities(session: Session, batch_id: uuid.UUID, layer: Layer) -> dict[str, int]:
    """Return how many staged records of a layer have errors, and how many have warnings only."""
    error, warning = '[{"severity": "error"}]', '[{"severity": "warning"}]'
    errors, warnings = session.execute(
        text(
            """
            SELECT count(*) FILTER (WHERE faults @> CAST(:error AS jsonb)),
                   count(*) FILTER (WHERE faults @> CAST(:warning AS jsonb)
                                    AND NOT faults @> CAST(:error AS jsonb))
            FROM staged_row WHERE batch_id = :batch AND layer = :layer
            """
        ),
        {"batch": batch_id, "layer": layer.name, "error": error, "warning": warning},
    ).one()
    return {"errors": errors, "warnings": warnings}


def discard(session: Session, batch_id: uuid.UUID) -> None:
    """Delete a batch's staged records that have no faults; the others stay as its account."""
    _run(
        session,
        "DELETE FROM staged_row WHERE batch_id = :batch AND faults = '[]'",
        batch=batch_id,
    )


def fault_page(
    session: Session, batch_id: uuid.UUID, *, severities: Sequence[str], limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return a page of a batch's faults, in the order of layers and rows."""
    rows = session.execute(
        text(
            """
            SELECT fault
            FROM staged_row s, jsonb_array_elements(s.faults) WITH ORDINALITY f(fault, n)
            WHERE s.batch_id = :batch AND fault ->> 'severity' = ANY(:severities)
            ORDER BY s.layer, s.row, n LIMIT :limit OFFSET :offset
            """
        ).bindparams(bindparam("severities", type_=ARRAY(String))),
        {"batch": batch_id, "severities": list(severities), "limit": limit, "offset": offset},
    )
    return [fault for (fault,) in rows]
