"""Every version of every plot: read from the journal, which keeps each row before and after."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from layers.errors import NotFoundError
from layers.models import JournalRow, RowHistory
from layers.plots.rows import LISTED_MAX, shown

PLOTS, CONFLICTS = "plot", "plot_conflict"


def versions(
    session: Session, incident: uuid.UUID, plot: uuid.UUID, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return a plot's versions, the newest first; of a removal, the plot that was removed.

    Raises
    ------
    NotFoundError
        The incident never had this plot.
    """
    row = JournalRow
    wanted = [row.layer == PLOTS, row.feature == plot, row.incident == incident]
    if before is not None:
        wanted.append(row.version < before)
    document = func.coalesce(row.after, row.before)
    found = session.execute(
        select(row.version, row.at, row.actor, row.op, row.seq, document)
        .where(*wanted).order_by(row.entry.desc()).limit(limit)
    ).all()  # fmt: skip
    if not found and before is None:
        raise no_plot(plot)
    return [
        {
            "version": version, "at": at.isoformat(), "by": actor, "op": op, "seq": seq,
            "plot": shown(document),
        }
        for version, at, actor, op, seq, document in found
    ]  # fmt: skip


def version(
    session: Session, incident: uuid.UUID, plot: uuid.UUID, number: int | None = None
) -> dict[str, Any]:
    """Return a plot's row as it was in one version, the last where none is named.

    Raises
    ------
    NotFoundError
        The incident's plot never had it.
    """
    row = JournalRow
    wanted = [row.layer == PLOTS, row.feature == plot, row.incident == incident]
    if number is not None:
        wanted.append(row.version == number)
    found: dict[str, Any] | None = session.scalar(
        select(func.coalesce(row.after, row.before)).where(*wanted)
        .order_by(row.entry.desc()).limit(1)
    )  # fmt: skip
    if found is None:
        raise no_plot(plot) if number is None else _no_version(plot, number)
    return found


def removed(session: Session, plots: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return, of plots that are not stored, those that once were, and their incident."""
    if not plots:
        return {}
    past = RowHistory
    rows = session.execute(
        select(past.feature, past.row.op("->>")("incident_id"))
        .where(past.layer == PLOTS, past.feature.in_(plots))
        .distinct()
    )
    return {feature: incident for feature, incident in rows}


def taken_off(
    session: Session, incident: uuid.UUID, *, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """Return the plots that an incident once had, the last to go first, and whether there are more.

    Each with who took it off and when.
    """
    row = JournalRow
    found = session.execute(
        select(row.at, row.actor, row.before)
        .where(row.entry.in_(_last(incident)), row.op == "delete")
        .order_by(row.entry.desc())
        .limit(limit + 1)
    ).all()
    told = [
        {"at": at.isoformat(), "by": actor, "plot": shown(before)}
        for at, actor, before in found[:limit]
    ]
    return told, len(found) > limit


def remover(session: Session, plot: uuid.UUID) -> str | None:
    """Return who took a plot off last."""
    row = JournalRow
    return session.scalar(
        select(row.actor).where(row.layer == PLOTS, row.feature == plot, row.op == "delete")
        .order_by(row.entry.desc()).limit(1)
    )  # fmt: skip


def as_of(session: Session, incident: uuid.UUID, seq: int) -> list[dict[str, Any]]:
    """Return an incident's plots as they were right after a sealed change, in drawing order."""
    rows = session.scalars(
        select(JournalRow.after).where(JournalRow.entry.in_(_last(incident, seq=seq)))
    )
    there = [row for row in rows if row is not None][:LISTED_MAX]
    there.sort(key=lambda row: (row["sort"], row["created_at"]))
    return [shown(row) for row in there]


def changed(
    session: Session, incident: uuid.UUID, *, after: int, until: int
) -> dict[str, set[uuid.UUID]]:
    """Return the plots and conflicts that changed after one sealed change, until another."""
    row = JournalRow
    found = session.execute(
        select(row.layer, row.feature).where(
            row.incident == incident, row.layer.in_((PLOTS, CONFLICTS)),
            row.seq > after, row.seq <= until,
        )
    )  # fmt: skip
    told: dict[str, set[uuid.UUID]] = {}
    for layer, feature in found:
        if feature is not None:
            told.setdefault(layer, set()).add(feature)
    return told


def no_plot(id: uuid.UUID) -> NotFoundError:
    """Return the error of a plot that the incident has not, and never had."""
    return NotFoundError(f"there is no plot {id}", code="no_plot", id=str(id))


def _no_version(plot: uuid.UUID, number: int) -> NotFoundError:
    return NotFoundError(
        f"plot {plot} has no version {number}", code="no_plot_version", id=str(plot), got=number
    )


def _last(incident: uuid.UUID, *, seq: int | None = None) -> ColumnElement[Any]:
    """Return the entry of each plot's last change, by a sealed one or of all, as a subquery."""
    row = JournalRow
    by_then = () if seq is None else (row.seq <= seq,)
    each = (
        select(func.max(row.entry))
        .where(row.incident == incident, row.layer == PLOTS, *by_then)
        .group_by(row.feature)
    )
    return each.scalar_subquery()
