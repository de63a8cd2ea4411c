"""What closes roads for a question: a plan's zones, closures in force, and areas that are drawn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis.forces import CLOSED_LEVELS
from analysis.roads.closures import Closure
from analysis.roads.in_force import in_force
from gis_server.incident_face import find_incident
from layers import catalog
from layers.edit.geometry import checked
from layers.errors import InvalidInputError, NotFoundError, TooLargeError
from layers.models import Assessment
from layers.query import Scope
from layers.response.plan import plan_of

MAX_AREAS = 50
MAX_POINTS = 2_000
MAX_CROSSINGS = 10_000
"""Pairs of edges that meet; neighbours of one ring count too. The union costs what these cost."""

ROWS = 128
AREAS = ("Polygon", "MultiPolygon")
PLACES = ("Point", "LineString", "MultiLineString", *AREAS)

_UNUSABLE = (
    GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
)  # fmt: skip
"""What shapely raises at coordinates that are none; a whole number may be too large for a float."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Closed:
    """`parts` are shut, `warn` is only warned of; the wind is where it comes from, in degrees."""

    parts: tuple[Closure, ...] = ()
    warn: BaseGeometry | None = None
    wind_from_deg: float | None = None

    @cached_property
    def area(self) -> BaseGeometry | None:
        """The union of what closes every road that it touches (EPSG:4326), None where nothing."""
        areas = [each.area for each in self.parts if each.wide]
        return shapely.union_all(areas) if areas else None


def of_question(
    session: Session,
    *,
    incident: uuid.UUID | None = None,
    assessment: uuid.UUID | None = None,
    avoid: Mapping[str, Any] | None = None,
    at: dt.datetime,
    scope: Scope,
) -> Closed:
    """Return everything that closes roads for a question at a moment.

    The red and orange zones of an assessment (or of an incident's latest one, if it has any), the
    closures in force for everybody and for that incident, and the areas that `avoid` draws.

    Raises
    ------
    NotFoundError
        No such incident or assessment, or none in the reader's regions.
    InvalidInputError, TooLargeError
        As `drawn`.
    """
    plan, owner = _plan(session, incident=incident, assessment=assessment, scope=scope)
    zones = () if plan is None else tuple(_zones(plan))
    mine = () if owner is None else (owner,)
    live = in_force(session, at=at, incidents=mine, scope=scope)
    parts = (*(z for z in zones if z.level in CLOSED_LEVELS), *live, *drawn(avoid).parts)
    shut = [z.area for z in zones if z.level in CLOSED_LEVELS]
    warned = [z.area for z in zones if z.level not in CLOSED_LEVELS]
    warn = shapely.union_all(warned) if warned else None
    if warn is not None and shut:
        warn = warn.difference(shapely.union_all(shut))
    return Closed(parts, warn, None if plan is None else wind_of(plan.body))


def of_plan(
    session: Session, *, incident: uuid.UUID | None, assessment: uuid.UUID | None, scope: Scope
) -> Closed:
    """Return what closes roads now for an incident, or for one assessment; see `of_question`."""
    return of_question(
        session, incident=incident, assessment=assessment, at=dt.datetime.now(dt.UTC), scope=scope
    )


def _plan(
    session: Session, *, incident: uuid.UUID | None, assessment: uuid.UUID | None, scope: Scope
) -> tuple[Assessment | None, uuid.UUID | None]:
    """Return the assessment that is meant, if there is one, and the incident."""
    if incident is None and assessment is None:
        return None, None
    if incident is not None:
        find_incident(session, incident, scope=scope)
    if assessment is None:
        assert incident is not None
        return plan_of(session, incident), incident
    row = session.get(Assessment, assessment)
    if row is None or incident not in (None, row.incident_id):
        raise NotFoundError(
            f"there is no assessment {assessment}", code="no_assessment", id=str(assessment)
        )
    find_incident(session, row.incident_id, scope=scope)
    return row, row.incident_id


def _zones(plan: Assessment) -> Iterator[Closure]:
    for feature in plan.body.get("zones", {}).get("features", []):
        yield Closure(
            area=shape(feature["geometry"]),
            kind="zone",
            id=str(plan.id),
            name=feature["properties"].get("hazard"),
            level=feature["properties"]["level"],
        )


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
    # One closure for each area that stands alone: out of one is no way through another.
    apart = shapely.get_parts(shapely.union_all(areas)) if areas else ()
    return Closed(tuple(Closure(area=area) for area in apart))


def place_of(geojson: Mapping[str, Any]) -> BaseGeometry:
    """Return the point, line or area (EPSG:4326) of a closure that somebody reports.

    Raises
    ------
    InvalidInputError
        Another type, not finite, off the Earth, or not valid: the message says where.
    TooLargeError
        More than 2,000 points.
    """
    kind = geojson.get("type")
    if kind not in PLACES:
        raise InvalidInputError(
            f"geometry: got {kind!r}, wanted {' or '.join(PLACES)}", code="geometry_unusable",
            field="geometry", reason=str(kind), got=str(kind)[:60], wanted=", ".join(PLACES),
        )  # fmt: skip
    _bound("polygons", _polygons(geojson), MAX_AREAS, field="geometry")
    _bound("points", _points(geojson), MAX_POINTS, field="geometry")
    try:
        stored = checked(catalog.find("road_closure"), geojson)
    except InvalidInputError as error:
        error.details.setdefault("field", "geometry")
        raise
    if stored is None:
        raise InvalidInputError("geometry: got none", code="geometry_unusable", field="geometry",
                                reason="null", got=None, wanted=", ".join(PLACES))  # fmt: skip
    return to_shape(stored)


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
    except _UNUSABLE as error:
        raise _refused(f"the coordinates are not those of a {kind}: {error}", got=kind) from None
    west, south, east, north = area.bounds
    if area.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _refused("the area is empty or not on the Earth", got=kind)
    return area


def _refuse_invalid(area: BaseGeometry, *, got: str) -> None:
    if not area.is_valid:
        raise _refused(shapely.is_valid_reason(area), got=got)


def _bound(what: str, got: int, most: int, *, field: str = "avoid") -> None:
    if got > most:
        raise TooLargeError(f"{field} has {got} {what}, at most {most} are taken", field=field,
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


def wind_of(plan: Mapping[str, Any]) -> float | None:
    """Return the wind that a plan was computed with, in degrees it blows from; None: unknown."""
    entries = {entry["field"]: entry["value"] for entry in plan.get("assumed", ())}
    wind = entries.get("weather.wind_from_deg")
    return None if wind is None else float(wind)
