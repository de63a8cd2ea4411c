"""Where everybody was at a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from layers.models import Position, Tracker
from layers.tracking.judgement import Flag
from layers.tracking.latest import named
from layers.tracking.sight import Sight

HEARD_WITHIN = dt.timedelta(minutes=10)
"""Who had not been heard of for longer is not shown: nobody knew where they were."""
TRACKERS_MAX = 5_000


def positions_at(
    session: Session, at: dt.datetime, *, sight: Sight, exercise: bool = False
) -> list[dict[str, Any]]:
    """Return the last place of each tracker at a moment, as the wire carries places.

    What had not been received by then was not known then.
    """
    place = Position
    last = (
        select(*Position.__table__.c)
        .where(
            place.tracker == Tracker.number, place.at <= at, place.at > at - HEARD_WITHIN,
            place.received_at <= at,
        )
        .order_by(place.at.desc())
        .limit(1)
        .lateral()
    )  # fmt: skip
    rows = session.execute(
        select(Tracker, *last.c)
        .join(last, true())
        .where(sight.clause(), Tracker.exercise == exercise)
        .order_by(Tracker.device)
        .limit(TRACKERS_MAX)
    ).all()
    return [
        named(row[0])
        | {
            "lon": row.lon,
            "lat": row.lat,
            "at": row.at.isoformat(),
            "received_at": row.received_at.isoformat(),
            "speed_m_s": row.speed_m_s,
            "heading_deg": row.heading_deg,
            "accuracy_m": row.accuracy_m,
            "age_s": round(max(0.0, (at - min(row.at, row.received_at)).total_seconds()), 1),
            "flags": Flag(row.flags).words() if row.flags else [],
        }
        for row in rows
    ]
