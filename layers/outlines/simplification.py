"""Areas that share borders, simplified so that they still share them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

NO_COVERAGE = 0.5
"""A layer of which so large a share overlaps or gapes is no coverage: each is simplified alone."""


def simplified(areas: NDArray[Any], tolerance: float) -> NDArray[Any]:
    """Return areas without corners that a map does not show; None where nothing is left.

    Borders that two areas share stay shared, corner by corner (GEOS coverage simplification, by
    Visvalingam and Whyatt, The Cartographic Journal 30 (1993), 46). An area that this would make
    invalid, and each of a layer that is no coverage, keeps its own topology alone.

    Parameters
    ----------
    areas
        Polygons and multipolygons, in a plane.
    tolerance
        The square root of the area of triangles that go, in the plane's units.
    """
    if not len(areas):
        return areas
    if is_coverage(areas):
        found = shapely.coverage_simplify(areas, tolerance)
        bad = ~shapely.is_valid(found)
        found[bad] = shapely.simplify(areas[bad], tolerance, preserve_topology=True)
    else:
        found = shapely.simplify(areas, tolerance, preserve_topology=True)
    found[shapely.is_empty(found)] = None
    return found


def is_coverage(areas: NDArray[Any]) -> bool:
    """Tell whether areas are, for the most part, neighbours that neither overlap nor gape."""
    wrong = shapely.coverage_invalid_edges(areas)
    return bool(np.count_nonzero(~shapely.is_empty(wrong)) <= NO_COVERAGE * len(areas))
