"""A look at the first rows of a file and at where they would lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.crs import fit, parse_crs, to_wgs84
from layers.errors import UnknownCrsError
from layers.intake import files
from layers.intake.analysis import chosen
from layers.intake.look import Look, coordinates
from layers.intake.table import Table, shown

ROWS = 20
PLACES = 500
_VERTICES = 200  # a shape with more is shown by one of its points


def preview(
    path: Path,
    *,
    source_layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    place: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return the first rows of a layer inside a file, and the first places on the map.

    Parameters
    ----------
    crs
        The system to show the places in where the file tells none, or in spite of what it tells;
        with neither there are no places.

    Returns
    -------
    `columns`, `rows` (at most 20, as texts), `features` (a GeoJSON FeatureCollection of at most
    500 shapes in WGS 84, `row` in each), `bbox` (west, south, east, north, or None).

    Raises
    ------
    OneMapError
        The file, the layer inside it or the coordinate system cannot be used.
    """
    seen = files.look(path, crs=crs, encoding=encoding, place=place)
    inside = chosen(seen, source_layer)
    if inside is None or inside.table is None:
        return {"columns": [], "rows": [], "features": _collection(()), "bbox": None}
    table = inside.table
    return {
        "columns": list(table.columns),
        "rows": [[shown(cells[i]) for cells in table.columns.values()]
                 for i in range(min(len(table), ROWS))],
        **_places(table, seen, crs),
    }  # fmt: skip


def _places(table: Table, seen: Look, crs: str | None) -> dict[str, Any]:
    """Return the shapes that can be shown, and their box."""
    told = crs or table.crs or seen.crs.guessed
    if told is None:
        return {"features": _collection(()), "bbox": None}
    try:
        found = fit(*coordinates([table]), parse_crs(told))
    except UnknownCrsError:
        if crs is not None:
            raise
        return {"features": _collection(()), "bbox": None}
    shapes = to_wgs84(table.geometry[:PLACES].copy(), found.crs, swapped=found.swapped)
    good = np.flatnonzero(_on_earth(shapes))
    large = shapely.get_num_coordinates(shapes[good]) > _VERTICES
    shapes[good[large]] = shapely.point_on_surface(shapes[good[large]])
    bounds = shapely.total_bounds(shapes[good]) if len(good) else None
    features = [
        {"type": "Feature", "properties": {"row": int(table.rows[i])},
         "geometry": shapely.geometry.mapping(shapes[i])}
        for i in good.tolist()
    ]  # fmt: skip
    return {
        "features": _collection(features),
        "bbox": None if bounds is None else bounds.tolist(),
    }


def _on_earth(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which shapes can be drawn: there, finite, within the range of degrees."""
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    return inside


def _collection(features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
