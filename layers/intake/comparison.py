"""What publishing would do: each staged record against what is stored, counted and shown.

A record is new, changed (in which fields, from what to what) or unchanged; a stored row of the
same source that the file no longer holds is gone.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.intake.identity import key_fields
from layers.intake.merge import REFERENCES, Incoming, differs, gone_sql, is_empty, resolve
from layers.intake.waiting import staged

_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_CODES = ("credit_code", "own_code", "code", "name")


def compare(session: Session, batch_id: uuid.UUID, layer: Layer) -> dict[str, int]:
    """Compare a layer's staged records with the database; add faults; return the counts.

    References become ids, codes that fit several features or a feature that another record means
    an error. May be called again; a fault is not told twice.

    Returns
    -------
    `new`, `existing` (that is `changed` and `unchanged`) and `gone`.
    """
    incoming = staged(session, batch_id, layer)
    if "geom_3857" in incoming.columns and is_empty(session, layer):
        (new,) = session.execute(text(f"SELECT count(*) FROM {incoming.table}")).one()
        return {"new": new, "existing": 0, "changed": 0, "unchanged": 0, "gone": 0}
    for field in layer.fields:
        if field.spec.rule in REFERENCES and field.name in incoming.columns:
            _refer(session, batch_id, layer, incoming, field.name, str(field.spec.rule))
    for key in key_fields(layer):
        if key in incoming.columns:
            _find_ambiguous(session, batch_id, layer, incoming, key)
    resolve(session, layer, incoming)
    _find_claimed_twice(session, batch_id, layer, incoming)
    return _count(session, batch_id, layer, incoming)


def mark(
    session: Session,
    batch_id: uuid.UUID,
    layer: Layer,
    faulty: str,
    *,
    severity: str = "error",
    **values: Any,
) -> int:
    """Give staged records a fault each; those with an error wait no longer. Return how many.

    Parameters
    ----------
    faulty
        SQL that selects row, field, rule, got and wanted (the last four text) of the records; it
        may name `:batch` and `:layer` and what `values` holds. A record that has a fault of this
        rule and field already is passed over.
    severity
        `error` or `warning`.
    """
    table = staged(session, batch_id, layer).table
    added = session.execute(
        text(
            f"""
            WITH told AS (
              INSERT INTO staged_row AS s (batch_id, layer, row, record, geom, faults)
              SELECT CAST(:batch AS uuid), CAST(:layer AS varchar), i.row,
                jsonb_strip_nulls(to_jsonb(i)
                  - '{{row,given,geom,geom_3857,anchor,name_pinyin,file_row}}'::text[]
                  || jsonb_build_object('__row', to_jsonb(i) -> 'file_row')), i.geom,
                jsonb_build_array(jsonb_build_object(
                  'row', coalesce((to_jsonb(i) ->> 'file_row')::bigint, i.row),
                  'layer', CAST(:layer AS text),
                  'field', f.field, 'rule', f.rule, 'got', f.got, 'wanted', f.wanted,
                  'severity', CAST(:severity AS text)))
              FROM ({faulty}) f(row, field, rule, got, wanted) JOIN {table} i ON i.row = f.row
              ON CONFLICT (batch_id, layer, row) DO UPDATE SET faults = s.faults || excluded.faults
              WHERE NOT EXISTS (
                SELECT FROM jsonb_array_elements(s.faults) had,
                            jsonb_array_elements(excluded.faults) new
                WHERE had ->> 'rule' = new ->> 'rule'
                  AND had ->> 'field' IS NOT DISTINCT FROM new ->> 'field')
              RETURNING row)
            SELECT array_agg(row) FROM told
            """
        ),
        {"batch": batch_id, "layer": layer.name, "severity": severity, **values},
    ).scalar_one()
    if severity == "error" and added:
        session.execute(text(f"DELETE FROM {table} WHERE row = ANY(:rows)"), {"rows": added})
    return len(added or ())


def _refer(
    session: Session,
    batch_id: uuid.UUID,
    layer: Layer,
    incoming: Incoming,
    field: str,
    target: str,
) -> None:
    """Turn another feature's code or name into its id; name what fits none or several."""
    there = {c for (c,) in session.execute(text(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:target) AND attnum > 0"
    ), {"target": target})}  # fmt: skip
    for column in (code for code in _CODES if code in there):
        session.execute(
            text(
                f"""
                UPDATE {incoming.table} i SET "{field}" = e.id::text
                FROM (SELECT "{column}" AS code, (array_agg(id))[1] AS id FROM {target}
                      WHERE "{column}" IS NOT NULL GROUP BY 1 HAVING count(*) = 1) e
                WHERE i."{field}" = e.code
                """
            )
        )
    known = f"SELECT id FROM {target}"
    if target in incoming.referred:
        known += f" UNION ALL SELECT given FROM {incoming.referred[target]}"
        known += f" UNION ALL SELECT id FROM {incoming.referred[target]}"
    mark(
        session, batch_id, layer,
        f"""SELECT i.row, '{field}', 'reference', i."{field}",
                   'the id, code or full name of a stored feature: {target}'
            FROM {incoming.table} i WHERE i."{field}" IS NOT NULL AND NOT EXISTS (
              SELECT FROM ({known}) e WHERE e.id = CASE WHEN i."{field}" ~ '{_UUID}'
                                                        THEN i."{field}"::uuid END)""",
    )  # fmt: skip


def _find_ambiguous(
    session: Session, batch_id: uuid.UUID, layer: Layer, incoming: Incoming, key: str
) -> None:
    mark(
        session, batch_id, layer,
        f"""SELECT i.row, '{key}', 'ambiguous', i."{key}", 'a code that one stored feature has'
            FROM {incoming.table} i
            JOIN (SELECT "{key}" FROM "{layer.name}" WHERE "{key}" IS NOT NULL
                  GROUP BY 1 HAVING count(*) > 1) t ON t."{key}" = i."{key}"
            WHERE i.id IS NULL OR NOT EXISTS (SELECT FROM "{layer.name}" o WHERE o.id = i.id)""",
    )  # fmt: skip


def _find_claimed_twice(
    session: Session, batch_id: uuid.UUID, layer: Layer, incoming: Incoming
) -> None:
    """Refuse a record that means, by its code, the feature that an earlier one means by its id."""
    mark(
        session, batch_id, layer,
        f"""SELECT row, 'id', 'doubled', id::text, first::text
            FROM (SELECT row, id, min(row) OVER (PARTITION BY id) AS first
                  FROM {incoming.table} WHERE id IS NOT NULL) i WHERE first <> row""",
    )  # fmt: skip


def _count(
    session: Session, batch_id: uuid.UUID, layer: Layer, incoming: Incoming
) -> dict[str, int]:
    new, changed, unchanged = session.execute(
        text(
            f"""
            SELECT count(*) FILTER (WHERE t.id IS NULL),
                   count(*) FILTER (WHERE t.id IS NOT NULL AND {differs(layer, incoming)}),
                   count(*) FILTER (WHERE t.id IS NOT NULL AND NOT {differs(layer, incoming)})
            FROM {incoming.table} i LEFT JOIN "{layer.name}" t ON t.id = i.id
            """
        )
    ).one()
    gone = session.execute(
        text(f'SELECT count(*) FROM "{layer.name}" t WHERE {gone_sql(layer, incoming)}'),
        {"batch": batch_id, "layer": layer.name},
    ).scalar_one()
    return {"new": new, "existing": changed + unchanged, "changed": changed,
            "unchanged": unchanged, "gone": gone}  # fmt: skip
