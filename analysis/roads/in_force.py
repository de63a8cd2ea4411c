"""What closes roads at a moment, from the register of closures to what a search takes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.roads.closures import Closure
from layers.closures import in_force as holding
from layers.models import RoadClosure
from layers.query.scope import Scope


def in_force(
    session: Session,
    *,
    at: dt.datetime,
    incidents: Sequence[uuid.UUID] = (),
    scope: Scope,
) -> tuple[Closure, ...]:
    """Return the closures that hold at a moment, for everybody and for some incidents.

    A closed road is closed for everybody, whatever regions they may see; of one out of the reader's
    sight only its kind is told, neither its id nor its name.
    """
    row = RoadClosure
    seen = scope.clause(row.region.expression)
    statement = (
        select(row.id, row.kind, row.name, row.ways, row.geom, seen.label("seen"))
        .where(holding(at, incidents))
        .order_by(row.since, row.fid)
    )
    return tuple(
        Closure(
            area=to_shape(found.geom),
            kind=found.kind,
            id=str(found.id) if found.seen else None,
            name=found.name if found.seen else None,
            ways=frozenset(found.ways),
        )
        for found in session.execute(statement)
    )
