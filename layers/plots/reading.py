"""An incident's plots as they are now, and what has changed since."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from layers import journal
from layers.models import Plot
from layers.plots import conflicts, history, rows


def listed(session: Session, incident: uuid.UUID) -> dict[str, Any]:
    """Return all plots in drawing order, open conflicts of removed ones, and as of which seq."""
    # Before the rows: what comes in between is told again and never missed.
    seq = journal.high_water(session)
    found = rows.read(session, Plot.incident_id == incident)
    return {**_told(session, incident, found), "seq": seq}


def changes(session: Session, incident: uuid.UUID, *, after: int) -> dict[str, Any]:
    """Return the plots that changed after a seq, the ids of those that went, all conflicts."""
    seq = journal.high_water(session)
    ids = history.changed(session, incident, after=after, until=seq)
    found = rows.read(session, Plot.incident_id == incident, Plot.id.in_(ids)) if ids else []
    there = {row["id"] for row in found}
    return {
        **_told(session, incident, found, every=True),
        "deleted": sorted(str(id) for id in ids - there),
        "seq": seq,
    }


def some(session: Session, incident: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[str, Any]:
    """Return some plots by id as the wire carries them, each with its open conflicts."""
    found = rows.read(session, Plot.incident_id == incident, Plot.id.in_(ids))
    by_plot = conflicts.still_open(session, incident, of=ids)
    return {str(row["id"]): rows.shown(row, by_plot.get(str(row["id"]), ())) for row in found}


def _told(
    session: Session,
    incident: uuid.UUID,
    found: Sequence[Mapping[str, Any]],
    *,
    every: bool = False,
) -> dict[str, Any]:
    by_plot = conflicts.still_open(session, incident)
    plots = [rows.shown(row, by_plot.get(str(row["id"]), ())) for row in found]
    ids = () if every else (plot["id"] for plot in plots)
    return {"plots": plots, "conflicts": conflicts.among(by_plot, ids)}
