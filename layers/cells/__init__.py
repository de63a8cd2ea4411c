"""Folding of counted cells: one row in the place of the many that changes have appended.

What is counted and how is said in sql/0005/10_cells.sql; nothing that is read changes by folding.
"""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from layers.models import cell

__all__ = ["deepen", "fold", "recount", "unfolded"]

CELLS_AT_ONCE = 20_000
AREAS_AT_ONCE = 4
"""Writers of a layer wait while areas are counted deeper, so few are taken in one transaction."""
_LONG = "10min"
_BRIEF = "100ms"


def unfolded(session: Session) -> list[str]:
    """Return the layers of which some cells are not folded yet."""
    fresh = select(cell.c.layer).where(cell.c.fresh).distinct().order_by(cell.c.layer)
    return list(session.scalars(fresh))


def fold(session: Session, layer: str, *, most: int = CELLS_AT_ONCE) -> int:
    """Fold at most so many cells of a layer; return how many.

    0 where there is nothing to fold or another session is at it. Writers do not wait for it, nor
    it for them: it takes what is committed.
    """
    return int(session.scalar(select(func.onemap_fold_cells(layer, most))) or 0)


def deepen(session: Session, layer: str, *, most: int = AREAS_AT_ONCE) -> int:
    """Count deeper where a layer has become dense since it was last looked at; return the areas.

    As many as `most` say that there may be more. Writers of the layer wait until the transaction
    ends. Where one is at work now, the database says at once that it must be tried again
    (`lock_timeout`): every other would wait behind it.
    """
    if not session.scalar(select(func.onemap_outgrown(layer))):
        return 0
    for limit, span in (("statement_timeout", _LONG), ("lock_timeout", _BRIEF)):
        session.execute(select(func.set_config(limit, span, True)))
    return int(session.scalar(select(func.onemap_deepen_cells(layer, most))) or 0)


def recount(session: Session, layer: str) -> None:
    """Count a layer anew from its rows; writers of the layer wait until the transaction ends."""
    session.execute(text("SELECT set_config('statement_timeout', :long, true)"), {"long": _LONG})
    session.execute(select(func.onemap_recount(layer)))
