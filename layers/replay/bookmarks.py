"""Moments marked with a word, shared by all who may see their incident."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError, TooLargeError
from layers.models import Bookmark, Incident
from layers.query.scope import Scope
from layers.replay.moment import Moment

BOOKMARKS_MAX = 500


def bookmarks(
    session: Session, *, scope: Scope, name: str, incident: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """Return the marked moments that somebody may see, the latest, in order of time."""
    wanted = [_seen(scope, name)]
    if incident is not None:
        wanted.append(Bookmark.incident_id == incident)
    rows = session.scalars(
        select(Bookmark)
        .where(*wanted)
        .order_by(Bookmark.at.desc(), Bookmark.id.desc())
        .limit(BOOKMARKS_MAX)
    ).all()
    return [shown(row) for row in reversed(rows)]


def mark(
    session: Session,
    moment: Moment,
    *,
    title: str,
    name: str,
    scope: Scope,
    incident: Incident | None,
    id: uuid.UUID | None = None,
) -> Bookmark:
    """Mark a moment; sent twice with one `id` it is stored once.

    Parameters
    ----------
    scope
        Where its author may write incidents: a moment of no incident is of the first region there.

    Raises
    ------
    ConflictError
        The `id` is of another's mark.
    TooLargeError
        The incident, or the region, has as many marked moments as it can hold.
    """
    if id is not None and (known := session.get(Bookmark, id)) is not None:
        if known.created_by != name:
            raise ConflictError(
                f"id {id} is another bookmark's", code="already_exists", rule="bookmark_pkey",
                id=str(id),
            )  # fmt: skip
        return known
    owner = None if incident is None else incident.id
    region = next(iter(scope.regions or ()), None) if incident is None else incident.region
    alike = [Bookmark.incident_id.is_not_distinct_from(owner)]
    if incident is None:
        alike.append(Bookmark.region.is_not_distinct_from(region))
    held = session.scalar(select(func.count()).select_from(Bookmark).where(*alike)) or 0
    if held >= BOOKMARKS_MAX:
        raise TooLargeError(
            f"{BOOKMARKS_MAX} moments are marked already", code="too_many_bookmarks",
            limit=BOOKMARKS_MAX,
        )  # fmt: skip
    row = Bookmark(
        incident_id=owner, region=region,
        title=title, seq=moment.seq, at=moment.at, created_by=name,
        **({} if id is None else {"id": id}),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def unmark(session: Session, id: uuid.UUID, *, scope: Scope, name: str) -> None:
    """Remove a mark.

    Raises
    ------
    NotFoundError
        There is none, or none that the reader may see.
    """
    row = session.scalar(select(Bookmark).where(Bookmark.id == id, _seen(scope, name)))
    if row is None:
        raise NotFoundError(f"there is no bookmark {id}", code="no_bookmark", id=str(id))
    session.delete(row)


def shown(row: Bookmark) -> dict[str, Any]:
    """Return a mark as the wire carries it."""
    return {
        "id": str(row.id),
        "incident": row.incident_id and str(row.incident_id),
        "title": row.title,
        "seq": row.seq,
        "at": row.at.isoformat(),
        "created_by": row.created_by,
        "version": row.version,
    }


def _seen(scope: Scope, name: str) -> ColumnElement[bool]:
    """Return the condition on marks: those of the reader's regions, and the reader's own."""
    return or_(scope.clause(Bookmark.region.expression), Bookmark.created_by == name)
