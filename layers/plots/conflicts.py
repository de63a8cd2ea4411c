"""Edits that met another's: theirs stands in the plot, this one is kept until somebody decides."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from layers.errors import NotFoundError, TooLargeError
from layers.models import Incident, PlotConflict
from layers.plots.merging import Author

OPEN_MAX = 1_000
BYTES_MAX = 4 * 1024**2
"""Of all edits that wait for a decision in an incident: every screen reads them."""


def keep(
    session: Session,
    incident: Incident,
    plot: uuid.UUID,
    op: uuid.UUID,
    field: str,
    *,
    mine: Any,
    theirs: Any,
    by: Author,
    theirs_by: str | None,
    base: int | None,
) -> None:
    """Keep what somebody wanted of a field that another had changed.

    Raises
    ------
    TooLargeError
        `OPEN_MAX` wait in this incident already, or more than `BYTES_MAX`.
    """
    _check_room(session, incident.id)
    session.add(
        PlotConflict(
            incident_id=incident.id, region=incident.region, plot_id=plot, op_id=op, field=field,
            mine=mine, theirs=theirs, author=by.name, theirs_by=theirs_by, base=base,
        )
    )  # fmt: skip


def _check_room(session: Session, incident: uuid.UUID) -> None:
    row = PlotConflict
    counted, size = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(func.pg_column_size(row.mine)), 0)
            + func.coalesce(func.sum(func.pg_column_size(row.theirs)), 0),
        ).where(row.incident_id == incident, row.state == "open")
    ).one()
    if counted >= OPEN_MAX or size > BYTES_MAX:
        raise TooLargeError(
            f"{counted} edits of {size} bytes wait for a decision, at most {OPEN_MAX} may",
            code="plot_conflicts_full", got=counted, wanted=OPEN_MAX,
        )  # fmt: skip


def still_open(
    session: Session, incident: uuid.UUID, *, of: Iterable[uuid.UUID] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return an incident's open conflicts by plot, oldest first; of some plots, or of all."""
    wanted = () if of is None else (PlotConflict.plot_id.in_(list(of)),)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _open(session, incident, *wanted):
        found.setdefault(str(row.plot_id), []).append(shown(row))
    return found


def open_among(
    session: Session, incident: uuid.UUID, ids: Iterable[uuid.UUID]
) -> list[dict[str, Any]]:
    """Return those of some conflicts that nobody has decided yet, oldest first."""
    listed = list(ids)
    rows = _open(session, incident, PlotConflict.id.in_(listed)) if listed else ()
    return [shown(row) for row in rows]


def _open(
    session: Session, incident: uuid.UUID, *wanted: ColumnElement[bool]
) -> Iterable[PlotConflict]:
    row = PlotConflict
    return session.scalars(
        select(row)
        .where(row.incident_id == incident, row.state == "open", *wanted)
        .order_by(row.at, row.id)
        .limit(OPEN_MAX)
    )


def locked(session: Session, incident: uuid.UUID, id: uuid.UUID, plot: uuid.UUID) -> PlotConflict:
    """Return a conflict of a plot, which nobody else decides meanwhile.

    Raises
    ------
    NotFoundError
        The plot has no such conflict.
    """
    row = session.scalar(
        select(PlotConflict)
        .where(
            PlotConflict.id == id,
            PlotConflict.incident_id == incident,
            PlotConflict.plot_id == plot,
        )
        .with_for_update()
    )
    if row is None:
        raise NotFoundError(f"there is no conflict {id}", code="no_plot_conflict", id=str(id))
    return row


def settle(row: PlotConflict, *, taken: str, by: Author, now: dt.datetime) -> None:
    """Say which of the two stands."""
    row.state, row.taken = "resolved", taken
    row.resolved_by, row.resolved_at = by.name, now


def shown(row: PlotConflict) -> dict[str, Any]:
    """Return a conflict as the wire carries it."""
    return {
        "id": str(row.id),
        "plot": str(row.plot_id),
        "field": row.field,
        "mine": row.mine,
        "theirs": row.theirs,
        "by": row.author,
        "theirs_by": row.theirs_by,
        "base": row.base,
        "at": row.at.isoformat(),
        "state": row.state,
    }
