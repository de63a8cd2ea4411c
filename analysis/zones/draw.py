"""A zone from its geometry or its radius."""

from __future__ import annotations

from typing import Any

from shapely.geometry.base import BaseGeometry

from analysis.scenario import Scenario, Zone
from analysis.zones import place


def area(geometry: BaseGeometry, **fields: Any) -> Zone:
    """Return the zone of an area in EPSG:4326, with its geodesic area."""
    return Zone(geometry=geometry, area_m2=place.area_m2(geometry), **fields)


def simplified(area: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return an area with fewer vertices; its line moves by at most a share of its breadth.

    Breadth is area over length of line, so that the area changes by less than the share of
    itself, however narrow it is.
    """
    if area.is_empty:
        return area
    return area.simplify(tolerance * area.area / area.length, preserve_topology=True)


def disc(scenario: Scenario, radius_m: float, **fields: Any) -> Zone:
    """Return the zone of a disc round the scenario's place."""
    geometry = place.disc(scenario.lon, scenario.lat, radius_m)
    return area(geometry, distance_m=radius_m, shape=fields.pop("shape", "area"), **fields)
