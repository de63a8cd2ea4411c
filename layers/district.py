"""Which district a place lies in."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.models import Region


def district_at(session: Session, *, lon: float, lat: float) -> str | None:
    """Return the code of the smallest region that holds a place (EPSG:4326), or None."""
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    return session.scalar(
        select(Region.code)
        .where(func.ST_Covers(Region.geom, here))
        .order_by(func.length(Region.code).desc(), Region.code)
        .limit(1)
    )
