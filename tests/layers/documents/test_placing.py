"""A plan image laid on the map by control points."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pyproj import Geod

from layers.documents.placing import Control, check, place
from layers.errors import InvalidInputError, OutOfRangeError

GEOD = Geod(ellps="WGS84")
WIDTH, HEIGHT = 1000, 600
SCALE_M, TURN_DEG = 0.5, 30.0
TOP_LEFT = (121.5, 30.9)


def truth(x: float, y: float) -> tuple[float, float]:
    """Return where a pixel is: half a metre each, the image's up side turned to 30 degrees."""
    distance = SCALE_M * math.hypot(x, y)
    bearing = TURN_DEG + math.degrees(math.atan2(x, -y))
    lon, lat, _ = GEOD.fwd(*TOP_LEFT, bearing, distance)
    return lon, lat


def controls(*pixels: tuple[float, float]) -> list[Control]:
    return [Control(x, y, *truth(x, y)) for x, y in pixels]


def miss_m(corners: object) -> float:
    ends = [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)]
    return max(
        GEOD.inv(*corner, *truth(*end))[2]
        for corner, end in zip(corners, ends, strict=True)  # type: ignore[call-overload]
    )


@pytest.mark.parametrize(
    "pixels", [[(100, 50), (900, 500)], [(100, 50), (900, 80), (400, 500)],
               [(0, 0), (1000, 0), (1000, 600), (0, 600), (500, 300)]],
)  # fmt: skip
def test_the_corners_lie_where_the_image_was_taken(pixels: list[tuple[float, float]]) -> None:
    corners, residual = place(controls(*pixels), width_px=WIDTH, height_px=HEIGHT)
    assert miss_m(corners) < 0.01
    assert residual is None if len(pixels) == 2 else residual is not None and residual < 0.01


def test_a_wrong_control_point_shows_in_the_residual() -> None:
    good = controls((0, 0), (1000, 0), (1000, 600), (0, 600))
    lon, lat, _ = GEOD.fwd(good[2].lon, good[2].lat, 90, 40)
    _, residual = place(
        [*good[:2], Control(1000, 600, lon, lat), good[3]], width_px=WIDTH, height_px=HEIGHT
    )
    # Of 40 m at one of four corners, an affine map leaves a quarter at each.
    assert residual == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize("pixels", [[], [(1, 1)], [(5, 5), (5, 5)], [(0, 0), (10, 10), (20, 20)]])
def test_points_that_do_not_fix_the_image_are_refused(pixels: list[tuple[float, float]]) -> None:
    with pytest.raises(InvalidInputError, match="do not fix"):
        place(controls(*pixels), width_px=WIDTH, height_px=HEIGHT)


def test_corners_that_cross_or_are_no_positions_are_refused() -> None:
    for corners in (
        [(0, 0), (1, 1), (1, 0), (0, 1)],
        [(0, 0), (1, 0), (1, 1)],
        [(0, 0), (1, 0), (np.nan, 1), (0, 1)],
        [(0, 0), (0, 0), (0, 0), (0, 0)],
    ):
        with pytest.raises(InvalidInputError, match="four positions"):
            check(corners)


def test_a_plan_as_wide_as_a_province_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="km wide"):
        check([(120, 31), (123, 31), (123, 30), (120, 30)])
