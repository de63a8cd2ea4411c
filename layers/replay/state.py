"""Rows as they were right after a seq, folded from the journal.

Of each feature the last sealed change by then holds the whole row; a removal holds none. Nothing
is asked of the tables themselves, so what was deleted since, or belongs to another incident now,
is where it was.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, func, or_, select
from sqlalchemy.orm import Session, aliased

from layers.models import Incident, JournalRow
from layers.query.scope import Scope

FEATURES_MAX = 20_000
INCIDENTS_MAX = 300

Document = dict[str, Any]


def rows_at(
    session: Session, incident: uuid.UUID, seq: int, *, layers: Collection[str]
) -> tuple[dict[str, list[Document]], dt.datetime | None]:
    """Return the rows of an incident as they were right after a seq, by layer, oldest first.

    A row is as the journal keeps it: its columns, geometry as GeoJSON. Of more than `FEATURES_MAX`
    those that changed last by then are told. The second value is then the time until which those
    changed last that are left out; None where none is.
    """
    row = JournalRow
    ever = (
        select(row.layer, row.feature, func.max(row.seq).label("changed"))
        .where(
            row.incident == incident, row.seq <= seq, row.layer.in_(layers),
            row.feature.is_not(None),
        )
        .group_by(row.layer, row.feature)
        .order_by(func.max(row.seq).desc())
        .limit(FEATURES_MAX + 1)
        .subquery()
    )  # fmt: skip
    count, oldest = session.execute(select(func.count(), func.min(ever.c.changed))).one()
    cut = None if count <= FEATURES_MAX else session.scalar(select(row.at).where(row.seq == oldest))
    last = _last(ever.c.layer, ever.c.feature, seq)
    found = session.execute(
        select(ever.c.layer, last.c.after).select_from(ever).join(last, last.c.seq.is_not(None))
    )
    rows: dict[str, list[Document]] = {layer: [] for layer in layers}
    for layer, document in found:
        if document is not None and document.get("incident_id") == str(incident):
            rows[layer].append(document)
    for documents in rows.values():
        documents.sort(key=lambda one: str(one["id"]))
    return rows, cut


def roads_at(session: Session, seq: int, *, scope: Scope) -> list[Document]:
    """Return what closed roads for everybody right after a seq."""
    row = JournalRow
    # Whose region it is in is asked of the row as it was: the index alone says which there are.
    ever = (
        select(row.feature)
        .where(row.layer == "road_closure", row.seq <= seq, row.feature.is_not(None))
        .distinct()
        .limit(FEATURES_MAX)
        .subquery()
    )
    last = _last("road_closure", ever.c.feature, seq)
    found = session.scalars(select(last.c.after).select_from(ever).join(last, last.c.seq > 0))
    return [
        one
        for one in found
        if one is not None and one.get("incident_id") is None and scope.holds(one.get("region"))
    ]


def incidents_at(
    session: Session, seq: int, at: dt.datetime, *, scope: Scope, also: uuid.UUID | None = None
) -> list[Document]:
    """Return the newest incidents that were known right after a seq, as they were, newest first.

    They are the newest of those that lay in the reader's regions at some time; `also` is among them
    however many are newer.
    """
    row = JournalRow
    lay_there = select(row.entry).where(
        row.feature == Incident.id, row.layer == "incident", scope.clause(row.region.expression)
    )
    seen_ever = or_(scope.clause(Incident.region.expression), lay_there.exists())
    known = select(Incident.id.label("id")).where(Incident.reported_at <= at, seen_ever)
    known = known.order_by(Incident.reported_at.desc()).limit(INCIDENTS_MAX)
    removed = select(row.feature.label("id")).where(
        row.layer == "incident", row.op == "delete", row.seq > seq,
        scope.clause(row.region.expression),
    )  # fmt: skip
    asked = select(Incident.id.label("id")).where(Incident.id == also)
    removed = removed.order_by(row.seq).limit(INCIDENTS_MAX)
    ever = known.union(removed, asked).subquery()
    last = _last("incident", ever.c.id, seq)
    found = session.scalars(select(last.c.after).select_from(ever).join(last, last.c.seq > 0))
    seen = [one for one in found if one is not None and scope.holds(one.get("region"))]
    return sorted(seen, key=lambda one: (str(one["occurred_at"]), str(one["id"])), reverse=True)


def plan_at(session: Session, incident: uuid.UUID, seq: int) -> uuid.UUID | None:
    """Return the plan in force right after a seq: the one of record, else the newest.

    What only asks is none, unless somebody accepted it.
    """
    row = JournalRow
    of_record = session.scalar(
        select(row.after.op("->>", return_type=String)("plan_id"))
        .where(row.layer == "incident", row.feature == incident, row.seq <= seq)
        .order_by(row.seq.desc())
        .limit(1)
    )
    if of_record is not None:
        return uuid.UUID(of_record)
    asks = row.after.op("->>", return_type=String)("what_if")
    found: uuid.UUID | None = session.scalar(
        select(row.feature)
        .where(
            row.incident == incident, row.layer == "assessment", row.op == "insert",
            row.seq <= seq, asks.is_distinct_from("true"),
        )
        .order_by(row.seq.desc())
        .limit(1)
    )  # fmt: skip
    return found


def _last(layer: str | ColumnElement[str], feature: ColumnElement[Any], seq: int) -> Any:
    """Return the newest sealed change of a feature by a seq, beside each row of what names it."""
    version = aliased(JournalRow)
    return (
        select(version.seq, func.coalesce(version.after, None, type_=JSON).label("after"))
        .where(version.layer == layer, version.feature == feature, version.seq <= seq)
        .order_by(version.seq.desc())
        .limit(1)
        .lateral()
    )
