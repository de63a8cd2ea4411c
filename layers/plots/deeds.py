"""What draws several plots in one go (one key, a file): done once, remembered as one operation."""

from __future__ import annotations

import uuid
from typing import Any

from layers.errors import ConflictError
from layers.models import PlotOp
from layers.plots.ops import hold_ids
from layers.plots.writing import Desk


def done(desk: Desk, id: uuid.UUID, *, op: str, digest: bytes) -> dict[str, Any] | None:
    """Return what came of a deed that was done before, None of one that is new.

    Whoever sends the same one at the same moment waits here for the first to end.

    Raises
    ------
    ConflictError
        `"op_reused"`: the id is another operation's.
    """
    hold_ids(desk.session, {id})
    row = desk.session.get(PlotOp, id)
    if row is None:
        return None
    same = (row.incident_id, row.op, row.actor) == (desk.incident.id, op, desk.by.name)
    if not same or bytes(row.digest) != digest:
        raise ConflictError(f"operation {id} was another one", code="op_reused", op=str(id))
    return dict(row.result)


def remember(
    desk: Desk, id: uuid.UUID, *, op: str, digest: bytes, result: dict[str, Any]
) -> dict[str, Any]:
    """Keep what came of a deed; return it. Each edit that takes it back names its id (`undoes`)."""
    desk.session.add(
        PlotOp(op_id=id, incident_id=desk.incident.id, op=op, digest=digest, actor=desk.by.name,
               result=result)
    )  # fmt: skip
    desk.session.flush()
    return result
