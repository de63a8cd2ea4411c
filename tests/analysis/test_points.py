"""The plan's own places lie outside the zones, whichever way the wind turns."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import affinity

from analysis import points
from analysis.local import LocalPlane
from layers.errors import NoRouteError

PLANE = LocalPlane(121.9, 30.8)
PLUME = shapely.Polygon([(-40, 0), (40, 0), (300, 3000), (-300, 3000)])


def _junctions(count: int = 4000, reach_m: float = 6000.0):
    random = np.random.default_rng(7)
    grid = shapely.MultiPoint(random.uniform(-reach_m, reach_m, (count, 2)))
    lonlat = shapely.get_coordinates(PLANE.to_lonlat(grid))
    return lonlat[:, 0], lonlat[:, 1]


def test_the_kept_out_area_holds_the_zone_turned_by_any_angle_up_to_45_degrees():
    area = points.keep_out(PLANE.to_lonlat(PLUME), PLANE, rotate=True)
    for angle in np.random.default_rng(3).uniform(-45, 45, 60):
        assert area.covers(affinity.rotate(PLUME, angle, origin=(0, 0)))


def test_a_zone_that_does_not_depend_on_the_wind_is_kept_as_it_is():
    area = points.keep_out(PLANE.to_lonlat(PLUME), PLANE, rotate=False)
    assert area.symmetric_difference(PLUME).area < 0.01 * PLUME.area


def test_every_place_lies_outside_and_the_command_post_upwind():
    lon, lat = _junctions()
    area = points.keep_out(PLANE.to_lonlat(PLUME), PLANE, rotate=True)
    placed = points.place(plane=PLANE, outside_of=area, lon=lon, lat=lat, upwind_deg=180.0)
    assert [f["properties"]["role"] for f in placed] == [role.name for role in points.ROLES]
    for feature in placed:
        place = PLANE.to_plane(shapely.Point(feature["geometry"]["coordinates"]))
        assert not area.intersects(place)
    command = next(f for f in placed if f["properties"]["role"] == "command")
    assert abs(command["properties"]["bearing_deg"] - 180.0) < 30.0


def test_no_two_places_share_a_junction():
    lon, lat = _junctions()
    area = points.keep_out(PLANE.to_lonlat(PLUME), PLANE, rotate=True)
    placed = points.place(plane=PLANE, outside_of=area, lon=lon, lat=lat, upwind_deg=180.0)
    assert len({tuple(f["geometry"]["coordinates"]) for f in placed}) == len(points.ROLES)


def test_a_zone_that_swallows_every_junction_says_so():
    lon, lat = _junctions(50, reach_m=100.0)
    area = shapely.Point(0, 0).buffer(5000)
    with pytest.raises(NoRouteError, match="no road junction"):
        points.place(plane=PLANE, outside_of=area, lon=lon, lat=lat, upwind_deg=0.0)
