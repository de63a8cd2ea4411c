"""Geometries against a layer: there, of the right type, in range, valid; wrong ones are named."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.catalog import Layer
from layers.intake.geometry import VERTICES_MAX
from layers.intake.table import Fault, shown

_NAMES = {
    "POINT": ("Point",),
    "LINESTRING": ("LineString",),
    "MULTIPOLYGON": ("MultiPolygon", "Polygon"),
    "POLYGON": ("Polygon",),
}


def check_geometries(
    layer: Layer,
    geometry: NDArray[Any],
    rows: NDArray[np.int64],
    *,
    known_bad: Collection[int] = (),
) -> tuple[NDArray[Any], list[Fault]]:
    """Return geometries as the layer stores them, and every fault found in them.

    A single part is put into a multi type, and a multi type of one part is taken out of it:
    neither changes a coordinate. Nothing else is changed; what is wrong becomes None.

    Parameters
    ----------
    geometry
        Shapely geometries in EPSG:4326, or None.
    rows
        The file's row of each.
    known_bad
        Rows whose geometry was refused while reading: they have their fault already.
    """
    made = geometry.copy()
    faults: list[Fault] = []
    _check_presence(layer, made, rows, known_bad, faults)
    _check_range(made, rows, faults)
    _check_type(layer, made, rows, faults)
    _check_validity(made, rows, faults)
    return made, faults


def _check_presence(
    layer: Layer,
    made: NDArray[Any],
    rows: NDArray[np.int64],
    known_bad: Collection[int],
    faults: list[Fault],
) -> None:
    empty: NDArray[np.bool_] = np.asarray(shapely.is_missing(made) | shapely.is_empty(made))
    made[empty] = None
    if not layer.geometry_required:
        return
    bad = set(known_bad)
    wanted = _wanted(layer)
    for row in rows[empty].tolist():
        if row not in bad:
            faults.append(Fault(row, "geometry", "geometry_required", None, wanted))


def _wanted(layer: Layer) -> str:
    return " | ".join(_NAMES.get(layer.geometry_type, ("any geometry",)))


def _check_range(made: NDArray[Any], rows: NDArray[np.int64], faults: list[Fault]) -> None:
    """Refuse what is not on the Earth; say so where lon and lat are plainly exchanged."""
    there = np.flatnonzero(~shapely.is_missing(made))
    bounds = shapely.bounds(made[there])
    finite = np.asarray(np.isfinite(bounds).all(axis=1), dtype=np.bool_)
    # Bounds skip NaN ordinates beside good ones, so each ordinate is looked at.
    coordinates, owner = shapely.get_coordinates(made[there], return_index=True)
    finite[np.unique(owner[~np.isfinite(coordinates).all(axis=1)])] = False
    west, south, east, north = bounds.T
    with np.errstate(invalid="ignore"):
        inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
        swapped = (south >= -180) & (north <= 180) & (west >= -90) & (east <= 90)
    for i in np.flatnonzero(~(finite & inside)).tolist():
        row = int(rows[there[i]])
        if not finite[i]:
            faults.append(Fault(row, "geometry", "finite", "NaN or infinity", "finite numbers"))
        else:
            at = f"{west[i]:g}, {south[i]:g}"
            rule = "swapped" if swapped[i] else "out_of_range"
            faults.append(Fault(row, "geometry", rule, at, "lon -180..180, lat -90..90"))
        made[there[i]] = None


def _check_type(
    layer: Layer, made: NDArray[Any], rows: NDArray[np.int64], faults: list[Fault]
) -> None:
    if layer.geometry_type in ("GEOMETRY", "GEOMETRYCOLLECTION"):
        return
    kinds = shapely.get_type_id(made)
    point, line, polygon, multi_point, multi_line, multi_polygon = 0, 1, 3, 4, 5, 6
    if layer.geometry_type == "MULTIPOLYGON":
        single = kinds == polygon
        made[single] = np.array([shapely.MultiPolygon([g]) for g in made[single]], dtype=object)
        good = single | (kinds == multi_polygon)
    else:
        single_id, multi_id = {
            "POINT": (point, multi_point),
            "LINESTRING": (line, multi_line),
            "POLYGON": (polygon, multi_polygon),
        }[layer.geometry_type]
        lone = (kinds == multi_id) & (shapely.get_num_geometries(made) == 1)
        made[lone] = shapely.get_geometry(made[lone], 0)
        good = lone | (kinds == single_id)
    for i in np.flatnonzero(~good & (kinds >= 0)).tolist():
        got = made[i].geom_type
        faults.append(Fault(int(rows[i]), "geometry", "geometry_type", got, _wanted(layer)))
        made[i] = None


def _check_validity(made: NDArray[Any], rows: NDArray[np.int64], faults: list[Fault]) -> None:
    """Refuse what crosses itself, and say where; a repair is the owner's to make."""
    sizes = shapely.get_num_coordinates(made)
    for i in np.flatnonzero(sizes > VERTICES_MAX).tolist():
        row, most = int(rows[i]), f"≤ {VERTICES_MAX}"
        faults.append(Fault(row, "geometry", "vertices", str(int(sizes[i])), most))
        made[i] = None
    invalid = ~shapely.is_missing(made) & ~shapely.is_valid(made)
    for i in np.flatnonzero(invalid).tolist():
        reason = shown(shapely.is_valid_reason(made[i]))
        faults.append(Fault(int(rows[i]), "geometry", "valid", reason, "valid geometry"))
        made[i] = None
