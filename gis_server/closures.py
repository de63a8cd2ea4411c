"""Areas that no route may enter: from an assessment's zones, or as somebody drew them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
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

MAX_AREAS = 50
MAX_POINTS = 2_000
MAX_CROSSINGS = 10_000
"""Pairs of edges that meet; neighbours of one ring count too. The union costs what these cost."""

ROWS = 128
AREAS = ("Polygon", "MultiPolygon")

Points = NDArray[np.float64]


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
        More than 50 polygons, more than 2,000 points, or edges that meet too often.
    """
    if geojson is None:
        return Closed()
    geometries = list(_geometries(geojson))
    _bound("polygons", sum(map(_polygons, geometries)), MAX_AREAS)
    _bound("points", sum(map(_points, geometries)), MAX_POINTS)
    areas = [_area(geometry) for geometry in geometries]
    _bound("crossing edges", _crossings(areas), MAX_CROSSINGS)
    for geometry, area in zip(geometries, areas, strict=True):
        _refuse_invalid(area, got=geometry["type"])
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
    return area


def _refuse_invalid(area: BaseGeometry, *, got: str) -> None:
    if not area.is_valid:
        raise _refused(shapely.is_valid_reason(area), got=got)


def _bound(what: str, got: int, most: int) -> None:
    if got > most:
        raise TooLargeError(f"avoid has {got} {what}, at most {most} are taken", field="avoid",
                            got=f"{got} {what}", wanted=most)  # fmt: skip


def _polygons(geometry: Any) -> int:
    """Return how many polygons a GeoJSON geometry claims to have; nothing else is looked at."""
    if not isinstance(geometry, Mapping) or geometry.get("type") != "MultiPolygon":
        return 1
    parts = geometry.get("coordinates")
    return len(parts) if isinstance(parts, list) else 1


def _points(geometry: Any) -> int:
    """Return how many positions the coordinates hold, before anything is built from them."""
    count = 0
    left = [geometry.get("coordinates")] if isinstance(geometry, Mapping) else []
    while left:
        entry = left.pop()
        if isinstance(entry, list):
            inner = [part for part in entry if isinstance(part, list)]
            count += not inner
            left += inner
    return count


def _crossings(areas: Iterable[BaseGeometry]) -> int:
    """Return how many pairs of edges meet, at most 4 million orientation tests.

    Overlapping combs of n teeth cross n x n times, and a union builds every crossing: it must not
    begin before they are counted.
    """
    rings = [
        shapely.get_coordinates(ring)
        for area in areas
        for part in shapely.get_parts(area)
        for ring in shapely.get_rings(part)
    ]
    if not rings:
        return 0
    start = np.vstack([ring[:-1] for ring in rings])
    end = np.vstack([ring[1:] for ring in rings])
    met = sum(
        int(_meet(start[i : i + ROWS, None], end[i : i + ROWS, None], start[None], end[None]).sum())
        for i in range(0, len(start), ROWS)
    )
    return (met - len(start)) // 2


def _meet(a: Points, b: Points, c: Points, d: Points) -> NDArray[np.bool_]:
    """Return which edges a-b and c-d cross, touch or lie on one another."""
    apart = (np.maximum(a, b) < np.minimum(c, d)) | (np.maximum(c, d) < np.minimum(a, b))
    across = (_side(a, b, c) * _side(a, b, d) <= 0) & (_side(c, d, a) * _side(c, d, b) <= 0)
    met: NDArray[np.bool_] = across & ~apart.any(axis=-1)
    return met


def _side(a: Points, b: Points, p: Points) -> Points:
    """Return on which side of a-b p lies, as a sign: signs do not underflow when multiplied."""
    u, v = b - a, p - a
    side: Points = np.sign(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])
    return side


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
