"""Writing one plot: drawn anew where its shape changes, its road closed or opened with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from layers.errors import PermissionError_, TooLargeError
from layers.models import Incident, Plot
from layers.plots import roadblocks, rows
from layers.plots.construction import PARAMETRIC, SHAPING, Drawn, draw
from layers.plots.merging import OWN, SHAPE, Author, marked
from layers.plots.rows import LISTED_MAX
from layers.query.scope import Scope

BYTES_MAX = 4 * 1024**2
"""Of all geometries of an incident as they are stored: about a quarter of a million vertices."""

SMALL = 300
"""Vertices of a shape for which nobody counts again: only new and large ones are a matter of room.
"""

_UNTRACKED = {"synchronize_session": False}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where and by whom something is drawn; `roads` is where its author may close roads."""

    session: Session
    incident: Incident
    by: Author
    roads: Scope
    now: dt.datetime


def add(
    desk: Desk, id: uuid.UUID, fields: Mapping[str, Any], *, kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Draw a new plot; return its row.

    Parameters
    ----------
    fields
        `kind`, `shape` and whatever else is said.
    kept
        Columns that come with a plot that is drawn again: `created_by`, `touched`, what of which
        plan it is.
    """
    properties = _properties({}, fields)
    drawn = _drawn(fields["kind"], fields[SHAPE], properties)
    _check_room(desk)
    values = {
        "id": id,
        "incident_id": desk.incident.id,
        "region": desk.incident.region,
        "kind": fields["kind"],
        "created_by": desk.by.name,
        **(kept or {}),
        **_columns(desk, fields),
        **_shape(drawn),
        "properties": properties,
        "updated_by": desk.by.name,
    }
    if fields["kind"] == "roadblock":
        values["closure_id"] = _close(desk, drawn, properties)
    statement = insert(Plot).values(values).returning(*rows.COLUMNS)
    return rows.parsed(desk.session.execute(statement).mappings().one())


def change(
    desk: Desk,
    row: Mapping[str, Any],
    fields: Mapping[str, Any],
    *,
    by_person: bool = True,
    assessment: uuid.UUID | None = None,
) -> dict[str, Any]:
    """Change some fields of a stored plot; return its row as it is then.

    `assessment` is the plan by which it is changed, where not `by_person`.
    """
    properties = _properties(row["properties"], fields)
    touched = marked(row["touched"], fields, version=row["version"] + 1, by=desk.by)
    values = {
        **_columns(desk, fields),
        "properties": properties,
        "touched": touched,
        "updated_by": desk.by.name,
        "by_person": by_person,
    }
    if assessment is not None:
        values["assessment_id"] = assessment
    redrawn = row["kind"] in PARAMETRIC and not SHAPING.isdisjoint(fields)
    if SHAPE in fields or redrawn:
        shape = fields.get(SHAPE) or {"control": row["control"]}
        drawn = _drawn(row["kind"], shape, properties)
        if shapely.get_num_coordinates(drawn.geometry) > SMALL:
            _check_room(desk, more=0)
        values |= _shape(drawn)
        if row["kind"] == "roadblock":
            roadblocks.lift(desk.session, row["closure_id"], by=desk.by, now=desk.now)
            values["closure_id"] = _close(desk, drawn, properties)
    statement = update(Plot).where(Plot.id == row["id"]).values(values).returning(*rows.COLUMNS)
    done = desk.session.execute(statement, execution_options=_UNTRACKED)
    return rows.parsed(done.mappings().one())


def remove(desk: Desk, row: Mapping[str, Any]) -> None:
    """Take a plot off; the road that it closed is open again."""
    statement = delete(Plot).where(Plot.id == row["id"])
    desk.session.execute(statement, execution_options=_UNTRACKED)
    roadblocks.lift(desk.session, row["closure_id"], by=desk.by, now=desk.now)


def _properties(present: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with those among some fields; None takes one off."""
    given = {name: value for name, value in fields.items() if name not in OWN}
    merged = {**present, **given}
    return {name: value for name, value in merged.items() if value is not None}


def _columns(desk: Desk, fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "order" in fields:
        values["sort"] = fields["order"] or 0
    if "group" in fields:
        values["group_id"] = fields["group"]
    if "locked" in fields:
        values["locked_by"] = desk.by.name if fields["locked"] else None
    return values


def _drawn(kind: str, shape: Mapping[str, Any], properties: Mapping[str, Any]) -> Drawn:
    return draw(
        kind, control=shape.get("control"), geometry=shape.get("geometry"), properties=properties
    )


def _shape(drawn: Drawn) -> dict[str, Any]:
    return {
        "control": drawn.control,
        "geom": from_shape(drawn.geometry, srid=4326),
        "measured": drawn.measured,
    }


def _close(desk: Desk, drawn: Drawn, properties: Mapping[str, Any]) -> uuid.UUID:
    if desk.roads.regions == ():
        raise PermissionError_(
            f"{desk.by.name} lacks roads.close", permission="roads.close", roles=[]
        )
    return roadblocks.close(
        desk.session, desk.incident, drawn.geometry, properties,
        by=desk.by, scope=desk.roads, now=desk.now,
    )  # fmt: skip


def _check_room(desk: Desk, *, more: int = 1) -> None:
    """Refuse more than an incident's screens can carry."""
    counted, size = desk.session.execute(
        select(
            func.count(),
            # The stored size: read from the row, without unpacking the geometry.
            func.coalesce(func.sum(func.pg_column_size(Plot.geom)), 0),
        ).where(Plot.incident_id == desk.incident.id)
    ).one()
    if counted + more > LISTED_MAX or size > BYTES_MAX:
        raise TooLargeError(
            f"the incident has {counted} plots of {size} bytes, at most {LISTED_MAX} of "
            f"{BYTES_MAX} are taken", code="plots_full", got=counted, wanted=LISTED_MAX,
            bytes=int(size), bytes_max=BYTES_MAX,
        )  # fmt: skip
