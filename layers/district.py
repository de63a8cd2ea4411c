"""Which district a place lies in, by one rule for edits, imports and reports.

The smallest region by area that the place lies in or on the border of; of two alike, the first by
code. Lengths of codes say nothing: those of a province, a city and a county have six digits each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from layers.models import Region

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def district_at(session: Session, *, lon: float, lat: float) -> str | None:
    """Return the code of the smallest region that holds a place (EPSG:4326), or None."""
    return session.scalar(select(_smallest(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326))))


def district_of(session: Session, geometry: Any) -> str | None:
    """Return the code of the smallest region that holds a geometry's one place, or None."""
    return session.scalar(select(_smallest(func.ST_PointOnSurface(geometry))))


def district_sql(geometry: str) -> str:
    """Return `district_of` a SQL expression as a SQL subquery, for many rows at once."""
    place: ColumnElement[Any] = literal_column(f"ST_PointOnSurface({geometry})")
    return f"({_smallest(place).element.compile(dialect=_DIALECT)})"


def _smallest(place: Any) -> ScalarSelect[str]:
    return (
        select(Region.code)
        .where(func.ST_Intersects(Region.geom, place))
        .order_by(func.ST_Area(Region.geom), Region.code)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
