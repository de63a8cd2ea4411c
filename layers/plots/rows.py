"""A plot as it is stored, as its fields, and as the wire carries it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select
from sqlalchemy.orm import Session

from layers.models import Plot
from layers.plots.checking import DECIMALS
from layers.plots.construction import PARAMETRIC
from layers.plots.merging import SHAPE

Row = Mapping[str, Any]
_TABLE = Plot.__table__
COLUMNS = (
    *(column for column in _TABLE.c if column.name not in ("geom", "entry")),
    func.ST_AsGeoJSON(_TABLE.c.geom, DECIMALS).label("geom"),
)

LISTED_MAX = 2_000
"""Plots of one incident."""


def read(session: Session, *wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return stored plots in the order in which they are drawn; `geom` is parsed GeoJSON."""
    statement = select(*COLUMNS).where(*wanted).order_by(_TABLE.c.sort, _TABLE.c.created_at)
    return [parsed(row) for row in session.execute(statement.limit(LISTED_MAX)).mappings()]


def held(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return the stored plots among some ids, which nobody else changes till the commit."""
    statement = select(*COLUMNS).where(_TABLE.c.id.in_(list(ids)))
    # Always in one order, so that two who hold several never wait for each other.
    found = session.execute(statement.order_by(_TABLE.c.id).with_for_update()).mappings()
    return {row["id"]: parsed(row) for row in found}


def parsed(row: Row | RowMapping) -> dict[str, Any]:
    """Return `COLUMNS` as they came from the database, as a plot's row."""
    return {**row, "geom": json.loads(row["geom"])}


def fields(row: Row) -> dict[str, Any]:
    """Return a plot's fields as merging compares them."""
    parametric = row["kind"] in PARAMETRIC
    shape = {"control": row["control"]} if parametric else {"geometry": row["geom"]}
    return {
        "kind": row["kind"],
        SHAPE: shape,
        "order": row["sort"],
        "locked": row["locked_by"] is not None,
        "group": None if row["group_id"] is None else str(row["group_id"]),
        **row["properties"],
    }


def shown(row: Row, conflicts: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return a plot as the wire carries it; a row of the journal serves as well."""
    return {
        "id": str(row["id"]),
        "incident": str(row["incident_id"]),
        "kind": row["kind"],
        "control": row["control"] or list(_outer(row["geom"])),
        "geometry": _bare(row["geom"]),
        "properties": row["properties"],
        "measured": row["measured"],
        "order": row["sort"],
        "locked": row["locked_by"] is not None,
        "locked_by": row["locked_by"],
        "group": _text(row["group_id"]),
        "closure": _text(row["closure_id"]),
        "from_plan": _plan(row),
        "version": row["version"],
        "created_at": _moment(row["created_at"]),
        "created_by": row["created_by"],
        "updated_at": _moment(row["updated_at"]),
        "updated_by": row["updated_by"],
        "conflict": list(conflicts),
    }


def _outer(geometry: Mapping[str, Any]) -> Iterator[list[float]]:
    """Yield the positions of a free geometry's outer line; none of one in parts."""
    at = geometry["coordinates"]
    match geometry["type"]:
        case "Point":
            yield at
        case "LineString":
            yield from at
        case "Polygon":
            yield from at[0][:-1]


def _bare(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _plan(row: Row) -> dict[str, Any] | None:
    if row["plan_part"] is None:
        return None
    return {
        "assessment": _text(row["assessment_id"]),
        "part": row["plan_part"],
        "touched": row["by_person"],
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _moment(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
