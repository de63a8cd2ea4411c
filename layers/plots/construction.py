"""From what a person set to what is drawn: the one place where a plot's geometry comes from.

Of a parametric kind the geometry is computed from `control` and properties; of the others it is
what was drawn. It is checked and never repaired: what is wrong is refused with its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from layers.intake.geometry import GeometryError, from_geojson
from layers.plots import arrows, circles
from layers.plots.checking import (
    DECIMALS,
    Control,
    check_count,
    check_earth,
    check_edges,
    check_valid,
    control_points,
    wrong_count,
)
from layers.plots.circles import GEOD, RADIUS_MAX_M
from layers.plots.refusal import refused

VERTICES_MAX = 10_000
ROADBLOCK_MAX = 2_000
"""Vertices of what closes roads: every search for a road looks at them."""

PARAMETRIC: dict[str, tuple[int, int]] = {
    "circle": (1, 1), "sector": (1, 1), "rectangle": (2, 2), "dimension": (2, 100),
    "arrow": (2, 2), "curved_arrow": (3, 50), "attack_arrow": (3, 50),
}  # fmt: skip
"""Kinds whose geometry is computed: how many control points each takes."""

_POINT, _LINE, _AREA = ("Point",), ("LineString", "MultiLineString"), ("Polygon", "MultiPolygon")
FREE: dict[str, tuple[str, ...]] = {
    "point": _POINT, "text": _POINT, "line": _LINE, "evacuation": _LINE, "polygon": _AREA,
    "cordon": _AREA, "roadblock": ("Point", "LineString", "Polygon"),
}  # fmt: skip
"""Kinds that are as drawn, and the types of geometry each takes."""

NEEDED: dict[str, tuple[str, ...]] = {
    "circle": ("radius_m",), "sector": ("radius_m", "from_deg", "to_deg"),
}  # fmt: skip
SHAPING = frozenset({"radius_m", "from_deg", "to_deg", "rotation_deg"})
"""Properties that a computed geometry hangs on."""

_MEASURED_AREA = frozenset({"polygon", "cordon", "circle", "sector", "rectangle"})
_MEASURED_LINE = frozenset({"line", "evacuation", "dimension"})


@dataclass(frozen=True)
class Drawn:
    """What a plot is made of: geometry (EPSG:4326), lengths and areas.

    `control` are the control points of a parametric kind; a free kind is its geometry.
    """

    control: Control
    geometry: BaseGeometry
    measured: dict[str, float]


def draw(
    kind: str,
    *,
    control: Any = None,
    geometry: Any = None,
    properties: Mapping[str, Any],
) -> Drawn:
    """Return what a plot of a kind looks like; of `control` and `geometry` exactly one is given.

    Parameters
    ----------
    control
        Positions `[lon, lat]` in degrees, EPSG:4326.
    geometry
        A GeoJSON geometry, for the kinds of `FREE` alone.
    properties
        Of a parametric kind those of `SHAPING`.

    Raises
    ------
    InvalidInputError
        Too few or too many positions, not on the Earth, more than `VERTICES_MAX`, self-crossing,
        across 180 degrees without being split there, or a radius out of range.
    """
    if kind in PARAMETRIC:
        if geometry is not None:
            raise refused("plot_geometry_computed", f"a {kind} is computed from control points",
                          field="geometry", got="geometry", wanted="control")  # fmt: skip
        positions = control_points(control, *PARAMETRIC[kind])
        made = _computed(kind, positions, properties)
    else:
        made = _as_drawn(kind, control=control, geometry=geometry)
        positions = []
    return Drawn(positions, made, _measured(kind, made, positions))


def settled(kind: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shape as it is stored: checked, rounded, control points or geometry by its kind.

    Raises
    ------
    InvalidInputError
        As `draw`, but of a parametric kind its control points alone are looked at.
    """
    if kind in PARAMETRIC and "geometry" not in shape:
        return {"control": control_points(shape.get("control"), *PARAMETRIC[kind])}
    drawn = draw(kind, **shape, properties={})
    told: dict[str, Any] = json.loads(shapely.to_geojson(drawn.geometry))
    return {"geometry": told}


def _as_drawn(kind: str, *, control: Any, geometry: Any) -> BaseGeometry:
    if geometry is None:
        positions = control_points(control, 1, VERTICES_MAX)
        geometry = _plain(kind, positions)
    check_count(geometry, most=ROADBLOCK_MAX if kind == "roadblock" else VERTICES_MAX)
    try:
        made = from_geojson(geometry)
    except GeometryError as error:
        raise refused("plot_geometry", error.message, field="geometry",
                      got=error.details["got"], wanted=error.details["wanted"]
                      ) from None  # fmt: skip
    if made is None or made.geom_type not in FREE[kind]:
        got = "null" if made is None else made.geom_type
        raise refused("plot_geometry", f"a {kind} is no {got}", field="geometry", got=got,
                      wanted=", ".join(FREE[kind]))  # fmt: skip
    made = shapely.transform(made, _rounded)
    check_earth(made)
    check_edges(made)
    check_valid(made, field="geometry")
    return made


def _rounded(at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(at, DECIMALS)


def _plain(kind: str, positions: Control) -> dict[str, Any]:
    """Return the simplest geometry of a free kind that goes through some positions."""
    if kind in ("point", "text") or (kind == "roadblock" and len(positions) == 1):
        if len(positions) != 1:
            raise wrong_count(len(positions), 1, 1)
        return {"type": "Point", "coordinates": positions[0]}
    if kind in ("line", "evacuation", "roadblock"):
        if len(positions) < 2:
            raise wrong_count(len(positions), 2, VERTICES_MAX)
        return {"type": "LineString", "coordinates": positions}
    if len(positions) < 3:
        raise wrong_count(len(positions), 3, VERTICES_MAX)
    return {"type": "Polygon", "coordinates": [[*positions, positions[0]]]}


def _computed(kind: str, control: Control, properties: Mapping[str, Any]) -> BaseGeometry:
    for name in NEEDED.get(kind, ()):
        if properties.get(name) is None:
            raise refused("plot_needs", f"a {kind} needs {name}", field=name, got=None,
                          wanted="a number")  # fmt: skip
    if kind == "dimension":
        line = shapely.LineString(control)
        check_edges(line)
        if line.length == 0.0:
            raise refused("plot_flat", "the line has no length", field="control",
                          got="one place", wanted="two places")  # fmt: skip
        return line
    ring = _RINGS[kind](control, properties)
    # The bounds of an unrolled ring: it may pass 180 once, never a pole.
    if not np.isfinite(ring).all() or np.abs(ring[:, 1]).max() > 90.0:
        raise refused("plot_pole", "the shape leaves the Earth", field="control",
                      got="beyond 90 degrees", wanted="a shape without a pole")  # fmt: skip
    made: BaseGeometry = shapely.Polygon(_rounded(ring))
    if kind.endswith("arrow") and not made.is_valid:
        made = arrows.overlaid(ring)
    check_valid(made, field="control")
    return _split(made)


def _radius(properties: Mapping[str, Any]) -> float:
    radius_m = float(properties["radius_m"])
    if not 0.0 < radius_m <= RADIUS_MAX_M:
        raise refused("plot_radius", "the radius is out of range", field="radius_m",
                      got=radius_m, wanted=RADIUS_MAX_M)  # fmt: skip
    return radius_m


_RINGS: dict[str, Callable[[Control, Mapping[str, Any]], Any]] = {
    "circle": lambda c, p: circles.circle(c[0], _radius(p)),
    "sector": lambda c, p: circles.sector(c[0], _radius(p), p["from_deg"], p["to_deg"]),
    "rectangle": lambda c, p: circles.rectangle(c[0], c[1], p.get("rotation_deg") or 0.0),
    "arrow": lambda c, _: arrows.arrow(c),
    "curved_arrow": lambda c, _: arrows.curved_arrow(c),
    "attack_arrow": lambda c, _: arrows.attack_arrow(c),
}


def _split(made: BaseGeometry) -> BaseGeometry:
    """Return an unrolled polygon in -180..180, in parts where it crosses that line (RFC 7946)."""
    west, _, east, _ = made.bounds
    if west >= -180.0 and east <= 180.0:
        return made
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        cut = made.intersection(shapely.box(-180.0 + turn, -90.0, 180.0 + turn, 90.0))
        parts += [
            affinity.translate(part, -turn)
            for part in shapely.get_parts(cut)
            if part.geom_type == "Polygon"
        ]
    return parts[0] if len(parts) == 1 else shapely.orient_polygons(shapely.MultiPolygon(parts))


def _measured(kind: str, made: BaseGeometry, control: Control) -> dict[str, float]:
    if kind in _MEASURED_AREA:
        area, length = GEOD.geometry_area_perimeter(made)
        whole = made.geom_type == "Polygon" or kind in FREE  # a cut at 180 degrees is no border
        return {"area_m2": round(abs(area), 1)} | ({"length_m": round(length, 2)} if whole else {})
    if kind not in _MEASURED_LINE:
        return {}
    measured = {"length_m": round(GEOD.geometry_length(made), 2)}
    if kind == "dimension":
        (lon, lat), (to_lon, to_lat) = control[0], control[-1]
        bearing, _, _ = GEOD.inv(lon, lat, to_lon, to_lat)
        measured["bearing_deg"] = round(bearing % 360.0, 2)
    return measured
