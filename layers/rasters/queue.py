"""Uploaded raster files on their way in: the row is the queue."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from layers.errors import NotFoundError, OneMapError
from layers.models import RasterUpload
from layers.query.scope import Scope
from layers.rasters.told import Told, check

MOVING = ("waiting", "reading")
ATTEMPTS = 2
MOST_LISTED = 100


def enqueue(session: Session, file_name: str, told: Told, *, actor: str) -> uuid.UUID:
    """Note an uploaded file that waits to become a raster; return the number of its upload.

    Raises
    ------
    InvalidInputError
        What is said of it cannot be.
    """
    check(told)
    said = {name: value for name, value in asdict(told).items() if value is not None}
    if told.taken_at is not None:
        said["taken_at"] = told.taken_at.isoformat()
    row = RasterUpload(file_name=file_name, told=said, region=told.region, created_by=actor)
    session.add(row)
    session.flush()
    return row.id


def told_of(row: RasterUpload) -> Told:
    """Return what was said of an uploaded file."""
    said = dict(row.told)
    if "taken_at" in said:
        said["taken_at"] = dt.datetime.fromisoformat(said["taken_at"])
    return Told(**said)


def moving(session: Session) -> list[uuid.UUID]:
    """Return the uploads that are not at their end, the oldest first."""
    return list(
        session.scalars(
            select(RasterUpload.id)
            .where(RasterUpload.status.in_(MOVING))
            .order_by(RasterUpload.created_at)
        )
    )


def held(session: Session, upload_id: uuid.UUID) -> RasterUpload | None:
    """Return an upload that moves and that nobody else works on, held until the commit; or None."""
    return session.scalar(
        select(RasterUpload)
        .where(RasterUpload.id == upload_id, RasterUpload.status.in_(MOVING))
        .with_for_update(skip_locked=True)
    )


def fail(row: RasterUpload, error: OneMapError) -> None:
    """Say why a file was not taken."""
    params = {name: _plain(value) for name, value in error.details.items()}
    row.status = "failed"
    row.error = {"code": error.code, "message": error.message, "params": params}


def shown(
    session: Session, *, actor: str, scope: Scope, upload_id: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """Return uploads as JSON, the newest first: one's own, and those for one's regions.

    Raises
    ------
    NotFoundError
        There is none of this id for this reader.
    """
    theirs = or_(RasterUpload.created_by == actor, scope.clause(RasterUpload.region.expression))
    chosen = select(RasterUpload).where(theirs).order_by(RasterUpload.created_at.desc())
    if upload_id is not None:
        chosen = chosen.where(RasterUpload.id == upload_id)
    rows = session.scalars(chosen.limit(MOST_LISTED)).all()
    if upload_id is not None and not rows:
        raise NotFoundError(
            f"there is no upload {upload_id}", code="no_raster_upload", got=str(upload_id)
        )
    return [
        {
            "id": str(row.id),
            "file_name": row.file_name,
            "status": row.status,
            "error": row.error,
            "raster": str(row.raster_id) if row.raster_id else None,
            "told": row.told,
            "created_at": row.created_at.isoformat(),
            "created_by": row.created_by,
        }
        for row in rows
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
