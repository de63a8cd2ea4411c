"""The drawing of a sheet: to scale, north up, holes open, the same bytes for the same zones."""

import io

import pytest
from PIL import Image
from shapely.geometry import Polygon, box, mapping

from analysis.local import LocalPlane
from gis_server.sheets import drawing


def zone(area, *, at=(120.0, 30.0), level="red", role="zone"):
    """Return a zone of an area given in metres from a place."""
    lonlat = LocalPlane(*at).to_lonlat(area)
    return {"properties": {"level": level, "role": role}, "geometry": mapping(lonlat)}


def extent(part):
    xs, ys = ([corner[axis] for corner in part[0]] for axis in (0, 1))
    return max(xs) - min(xs), max(ys) - min(ys)


@pytest.mark.parametrize("at", [(120.0, 30.0), (-70.6, -53.1), (179.999, 0.0), (15.0, 78.2)])
def test_a_square_is_drawn_as_a_square_and_the_scale_measures_it(at):
    drawn = drawing.draw([zone(box(-500, -500, 500, 500), at=at)], lon=at[0], lat=at[1])
    ((part,),) = [each["parts"] for each in drawn["shapes"]]
    width, height = extent(part)
    assert width == pytest.approx(height, rel=0.01)
    metres_per_point = drawn["scale"]["metres"] / drawn["scale"]["points"]
    assert width * metres_per_point == pytest.approx(1000.0, rel=0.01)


def test_north_is_up_and_east_is_right():
    drawn = drawing.draw([zone(box(100, 300, 200, 400))], lon=120.0, lat=30.0)
    x, y = drawn["shapes"][0]["parts"][0][0][0]
    assert x > drawn["place"][0] and y < drawn["place"][1]


def test_everything_lies_within_the_box():
    areas = [box(-9e4, -1e3, 10, 1e3), box(-1, -1, 1, 1), box(0, 0, 5e3, 4e4)]
    drawn = drawing.draw([zone(area) for area in areas], lon=120.0, lat=30.0)
    for each in drawn["shapes"]:
        for x, y in (corner for part in each["parts"] for ring in part for corner in ring):
            assert 0 <= x <= drawn["width"] and 0 <= y <= drawn["height"]


def test_the_worst_zone_is_drawn_last():
    levels = ["red", "blue", "orange", "yellow"]
    zones = [zone(box(-9, -9, 9, 9), level=level) for level in levels]
    drawn = drawing.draw(zones, lon=120.0, lat=30.0)
    assert [each["level"] for each in drawn["shapes"]] == ["blue", "yellow", "orange", "red"]


def test_a_hole_stays_open_in_the_picture():
    ring = Polygon(box(-500, -500, 500, 500).exterior, [box(-250, -250, 250, 250).exterior])
    drawn = drawing.draw([zone(ring)], lon=120.0, lat=30.0)
    assert len(drawn["shapes"][0]["parts"][0]) == 2
    picture = Image.open(io.BytesIO(drawing.png(drawn))).convert("RGB")
    width, height = picture.size
    assert picture.getpixel((width // 2 + 60, height // 2 + 60)) == (255, 255, 255)
    inside = 3 * (drawn["place"][1] + 0.375 * 1000 / drawn["scale"]["metres"]
                  * drawn["scale"]["points"])  # fmt: skip
    assert picture.getpixel((width // 2, round(inside))) != (255, 255, 255)


def test_a_line_of_confidence_is_not_filled():
    drawn = drawing.draw([zone(box(-9, -9, 9, 9), role="confidence")], lon=120.0, lat=30.0)
    picture = Image.open(io.BytesIO(drawing.png(drawn))).convert("RGB")
    width, height = picture.size
    assert picture.getpixel((width // 2 + 60, height // 2 + 60)) == (255, 255, 255)


def test_the_same_zones_give_the_same_bytes():
    zones = [zone(box(-500, -500, 500, 500)), zone(box(-100, 0, 2000, 50), level="orange")]
    pictures = {drawing.png(drawing.draw(zones, lon=120.0, lat=30.0)) for _ in range(3)}
    assert len(pictures) == 1


def test_nothing_is_drawn_of_no_zones():
    assert drawing.draw([], lon=120.0, lat=30.0) is None
