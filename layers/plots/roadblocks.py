"""A roadblock (路障) closes the road under it, for as long as it is drawn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers import closures
from layers.models import Incident, RoadClosure
from layers.plots.merging import Author
from layers.query.scope import Scope


def close(
    session: Session,
    incident: Incident,
    geometry: BaseGeometry,
    properties: Mapping[str, Any],
    *,
    by: Author,
    scope: Scope,
    now: dt.datetime,
) -> uuid.UUID:
    """Close what a roadblock means, for its incident; return the closure's id.

    Raises
    ------
    InvalidInputError
        A point more than 30 m from any road: draw a line or an area there.
    PermissionError_
        It lies outside the regions of who draws.
    """
    row = closures.close(
        session, geometry, kind="barrier", by=by.name, scope=scope, now=now, incident=incident,
        told={"name": properties.get("label"), "reason": properties.get("note")},
    )  # fmt: skip
    return row.id


def lift(session: Session, closure: uuid.UUID | None, *, by: Author, now: dt.datetime) -> None:
    """Open a roadblock's road again; one that somebody has opened already stays as it is."""
    row = None if closure is None else session.get(RoadClosure, closure)
    if row is not None:
        closures.lift(session, row, by=by.name, now=now)
