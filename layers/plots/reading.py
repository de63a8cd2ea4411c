"""An incident's plots as they are now, and what has changed since."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from layers import journal
from layers.models import Plot
from layers.plots import conflicts, history, rows
from layers.plots.history import CONFLICTS, PLOTS


def listed(session: Session, incident: uuid.UUID) -> dict[str, Any]:
    """Return all plots in drawing order, the open conflicts of removed ones, and as of which seq.

    Each plot has its own conflicts with it.
    """
    # Before the rows: what comes in between is told again and never missed.
    seq = journal.high_water(session)
    found = rows.read(session, Plot.incident_id == incident)
    by_plot = conflicts.still_open(session, incident)
    plots = [rows.shown(row, by_plot.pop(str(row["id"]), ())) for row in found]
    return {"plots": plots, "conflicts": [*chain(*by_plot.values())], "seq": seq}


def changes(session: Session, incident: uuid.UUID, *, after: int) -> dict[str, Any]:
    """Return what changed after a seq: plots, conflicts that are open, and which of both went."""
    seq = journal.high_water(session)
    changed = history.changed(session, incident, after=after, until=seq)
    ids, met = changed.get(PLOTS, set()), changed.get(CONFLICTS, set())
    drawn = some(session, incident, ids)
    open_ = conflicts.open_among(session, incident, met)
    return {
        "plots": [*drawn.values()],
        "deleted": sorted({str(id) for id in ids} - set(drawn)),
        "conflicts": open_,
        "settled": sorted({str(id) for id in met} - {each["id"] for each in open_}),
        "seq": seq,
    }


def some(session: Session, incident: uuid.UUID, ids: Collection[uuid.UUID]) -> dict[str, Any]:
    """Return some plots by id as the wire carries them, each with its open conflicts."""
    if not ids:
        return {}
    found = rows.read(session, Plot.incident_id == incident, Plot.id.in_(ids))
    by_plot = conflicts.still_open(session, incident, of=ids)
    return {str(row["id"]): rows.shown(row, by_plot.get(str(row["id"]), ())) for row in found}
