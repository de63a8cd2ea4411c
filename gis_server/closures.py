"""Areas that no route may enter: from an assessment's zones, or as somebody drew them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.forces import CLOSED_LEVELS
from gis_server.reports import find_incident
from layers.errors import InvalidInputError, NotFoundError, TooLargeError
from layers.models import Assessment
from layers.query import Scope

MAX_POINTS = 20_000
AREAS = ("Polygon", "MultiPolygon")


class Closed(NamedTuple):
    """`area` is shut, `warn` only warned of; the wind is where it comes from, in degrees."""

    area: BaseGeometry | None = None
    warn: BaseGeometry | None = None
    wind_from_deg: float | None = None


def of_plan(
    session: Session, *, incident: uuid.UUID | None, assessment: uuid.UUID | None, scope: Scope
) -> Closed:
    """Return the closures of an assessment, or of an incident's latest one.

    Raises
    ------
    NotFoundError
        No such incident or assessment, none in the reader's regions, or not assessed yet.
    """
    if incident is None and assessment is None:
        return Closed()
    wanted = select(Assessment).order_by(Assessment.created_at.desc(), Assessment.id.desc())
    if assessment is not None:
        wanted = wanted.where(Assessment.id == assessment)
    if incident is not None:
        wanted = wanted.where(Assessment.incident_id == incident)
    row = session.scalar(wanted.limit(1))
    if row is None:
        raise NotFoundError(
            "there is no such assessment; assess the incident first", code="no_assessment",
            id=str(assessment or incident),
        )  # fmt: skip
    find_incident(session, row.incident_id, scope=scope)
    features = row.body.get("zones", {}).get("features", [])
    shut = [f for f in features if f["properties"]["level"] in CLOSED_LEVELS]
    warned = [f for f in features if f["properties"]["level"] not in CLOSED_LEVELS]
    area, warn = _union(shut), _union(warned)
    return Closed(area, warn.difference(area) if warn and area else warn, _wind(row.body))


def drawn(geojson: Mapping[str, Any] | None) -> Closed:
    """Return the closures that a body's `avoid` draws.

    Raises
    ------
    InvalidInputError
        Not polygons, not finite, off the Earth, or self-crossing: the message says where.
    TooLargeError
        More than 20,000 points.
    """
    if geojson is None:
        return Closed()
    areas = [_area(geometry) for geometry in _geometries(geojson)]
    if sum(int(shapely.get_num_coordinates(area)) for area in areas) > MAX_POINTS:
        raise TooLargeError(f"avoid has more than {MAX_POINTS} points", field="avoid",
                            wanted=MAX_POINTS)  # fmt: skip
    return Closed(shapely.union_all(areas) if areas else None)


def _geometries(geojson: Mapping[str, Any]) -> Iterable[Any]:
    match geojson:
        case {"type": "FeatureCollection", "features": [*features]}:
            return [f.get("geometry") if isinstance(f, Mapping) else None for f in features]
        case {"type": "Feature"}:
            return [geojson.get("geometry")]
        case _:
            return [geojson]


def _area(geometry: Any) -> BaseGeometry:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in AREAS:
        raise _refused(f"got {kind!r}, wanted {' or '.join(AREAS)}", got=kind)
    try:
        area = shape(geometry)
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _refused(f"the coordinates are not those of a {kind}: {error}", got=kind) from None
    west, south, east, north = area.bounds
    if area.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _refused("the area is empty or not on the Earth", got=kind)
    if not area.is_valid:
        raise _refused(shapely.is_valid_reason(area), got=kind)
    return area


def _refused(reason: str, *, got: Any) -> InvalidInputError:
    return InvalidInputError(
        f"avoid: {reason}", code="geometry_unusable", field="avoid", reason=reason, got=str(got)
    )


def _union(features: list[dict[str, Any]]) -> BaseGeometry | None:
    return shapely.union_all([shape(f["geometry"]) for f in features]) if features else None


def _wind(plan: Mapping[str, Any]) -> float | None:
    entries = {entry["field"]: entry["value"] for entry in plan.get("assumed", ())}
    wind = entries.get("weather.wind_from_deg")
    return None if wind is None else float(wind)
