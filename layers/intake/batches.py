"""The row of a batch: found, shown, and told why it failed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError, OneMapError
from layers.intake import staging
from layers.models import Batch


def found(
    session: Session,
    batch_id: uuid.UUID,
    wanted: Sequence[str] | None = None,
    *,
    lock: bool = True,
) -> Batch:
    """Return a batch in one of the wanted states, locked against other workers.

    Raises
    ------
    NotFoundError
        There is no such batch.
    ConflictError
        It is in another state (`import_status`).
    """
    query = select(Batch).where(Batch.id == batch_id).execution_options(populate_existing=True)
    batch = session.scalar(query.with_for_update() if lock else query)
    if batch is None:
        raise NotFoundError(f"there is no import {batch_id}", code="unknown_import")
    if wanted is not None and batch.status not in wanted:
        raise ConflictError(
            f"the import is {batch.status}, wanted {' or '.join(wanted)}",
            code="import_status",
            got=batch.status,
            wanted=", ".join(wanted),
        )
    return batch


def status(session: Session, batch_id: uuid.UUID) -> dict[str, Any]:
    """Return what a reader of a batch sees: status, options, analysis, report, times."""
    batch = found(session, batch_id, lock=False)
    return {
        "id": str(batch.id),
        "file_name": batch.file_name,
        "status": batch.status,
        "progress": dict(batch.progress),
        "options": dict(batch.options),
        "analysis": dict(batch.analysis) or None,
        "report": dict(batch.report),
        "created_at": batch.created_at.isoformat(),
        "created_by": batch.created_by,
    }


def faults(
    session: Session,
    batch_id: uuid.UUID,
    *,
    severities: Sequence[str] = ("error", "warning"),
    limit: int = 100,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Return a page of a batch's faults by layer and row, each with its message code."""
    page = staging.fault_page(session, batch_id, severities=severities, limit=limit, offset=offset)
    return [as_message(fault) for fault in page]


def as_message(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored fault with its message code and parameters."""
    params = {name: fault[name] for name in ("row", "field", "got", "wanted")}
    return {**fault, "code": f"fault.{fault['rule']}", "params": params}


def told(error: OneMapError) -> dict[str, Any]:
    """Return an error as a batch keeps it: a message whose words come when it is read."""
    return {"code": error.code, "message": error.message, "params": _plain(error.details)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)
