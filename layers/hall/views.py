"""Saved views: kept by their owner, shared, opened by whoever may.

Who asks is the session's reader (`layers.catalog.set_reader`). A view names a place and layers;
what a reader sees there is still only what that reader may see.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, or_, select, true
from sqlalchemy.orm import Session

from layers import catalog
from layers.errors import ConflictError, NotFoundError, PermissionError_, TooLargeError
from layers.models import SavedView

MAX_VIEWS = 500
"""Views that one person keeps."""

FIELDS = ("name", "shared", "lon", "lat", "zoom", "layers", "incident", "at", "highlight")


def views(session: Session, *, limit: int = 1000) -> list[dict[str, Any]]:
    """Return the views that the reader may open, the latest changed first."""
    reader = catalog.reader_of(session)
    theirs = or_(SavedView.shared, SavedView.owner == reader.name)
    statement = (
        select(SavedView)
        .where(true() if reader.admin else theirs)
        .order_by(SavedView.updated_at.desc(), SavedView.id)
        .limit(limit)
    )
    return [shown(session, row) for row in session.scalars(statement)]


def view(session: Session, id: uuid.UUID) -> dict[str, Any]:
    """Return one view.

    Raises
    ------
    NotFoundError
        There is none, or none that this reader may open.
    """
    return shown(session, _readable(session, id))


def add_view(
    session: Session, given: Mapping[str, Any], *, id: uuid.UUID | None = None
) -> tuple[dict[str, Any], bool]:
    """Keep a view of the reader's own; return it and whether it is new.

    Parameters
    ----------
    given
        `name`, `shared`, `lon`, `lat`, `zoom`, `layers`, `incident`, `at` and `highlight`, as
        `SavedView` has them.
    id
        Made by the client: the same view sent twice is one view.

    Raises
    ------
    ConflictError
        The id is taken by another's view, or by one that is not the same.
    TooLargeError
        The reader keeps `MAX_VIEWS` already.
    """
    reader = catalog.reader_of(session)
    fresh = SavedView(id=id, owner=reader.name, **{name: given[name] for name in FIELDS})
    held = None if id is None else session.get(SavedView, id)
    if held is not None:
        same = all(getattr(held, name) == getattr(fresh, name) for name in FIELDS)
        if held.owner != reader.name or not same:
            raise ConflictError(f"there is a view {id} already", code="already_exists", id=str(id))
        return shown(session, held), False
    kept = select(func.count()).where(SavedView.owner == reader.name)
    if (session.scalar(kept) or 0) >= MAX_VIEWS:
        raise TooLargeError(f"{MAX_VIEWS} views are kept", code="too_many_views", limit=MAX_VIEWS)
    session.add(fresh)
    session.flush()
    session.refresh(fresh)
    return shown(session, fresh), True


def change_view(
    session: Session, id: uuid.UUID, patch: Mapping[str, Any], *, version: int
) -> dict[str, Any]:
    """Change a part of a view; what the patch leaves out stays.

    Raises
    ------
    ConflictError
        Somebody was faster: `mine` is the patch, `theirs` the view as it is now.
    PermissionError_
        The view is another's.
    NotFoundError
        There is none, or none that this reader may open.
    """
    row = _held(session, id, version, mine=patch)
    for name in FIELDS:
        if name in patch:
            setattr(row, name, patch[name])
    session.flush()
    session.refresh(row)
    return shown(session, row)


def remove_view(session: Session, id: uuid.UUID, *, version: int) -> None:
    """Remove a view; its last version stays in the journal. Raises as `change_view`."""
    row = _held(session, id, version, mine=None)
    session.execute(delete(SavedView).where(SavedView.id == row.id))
    session.expunge(row)


def shown(session: Session, row: SavedView) -> dict[str, Any]:
    """Return a view as its reader may have it."""
    reader = catalog.reader_of(session)
    return {
        "id": str(row.id),
        "version": row.version,
        "name": row.name,
        "owner": row.owner,
        "shared": row.shared,
        "can_edit": _may_edit(reader, row),
        "lon": row.lon,
        "lat": row.lat,
        "zoom": row.zoom,
        "layers": row.layers,
        "incident": None if row.incident is None else str(row.incident),
        "at": None if row.at is None else row.at.isoformat(),
        "highlight": row.highlight,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }


def _may_edit(reader: catalog.Reader, row: SavedView) -> bool:
    return reader.admin or (row.owner is not None and row.owner == reader.name)


def _readable(session: Session, id: uuid.UUID, *, lock: bool = False) -> SavedView:
    row = session.get(SavedView, id, with_for_update=lock or None, populate_existing=True)
    reader = catalog.reader_of(session)
    if row is None or not (row.shared or _may_edit(reader, row)):
        raise NotFoundError(f"there is no view {id}", code="no_view", id=str(id))
    return row


def _held(session: Session, id: uuid.UUID, version: int, *, mine: Any) -> SavedView:
    """Return a view of the reader's at a version, and keep others from changing it."""
    row = _readable(session, id, lock=True)
    if not _may_edit(catalog.reader_of(session), row):
        raise PermissionError_(
            f"view {id} belongs to {row.owner}", code="not_owner", id=str(id), owner=row.owner
        )
    if row.version != version:
        raise ConflictError(
            f"view {id} is at version {row.version}; the change was made on {version}",
            mine=dict(mine) if mine is not None else None, theirs=shown(session, row),
        )  # fmt: skip
    return row
