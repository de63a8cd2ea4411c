"""What is computed of control points: the right size, the right way round, the same everywhere."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from layers.errors import InvalidInputError
from layers.plots import PARAMETRIC, draw
from layers.plots.construction import SHAPING

GEOD = Geod(ellps="WGS84")
HERE = [114.3, 30.6]
VECTORS = json.loads(
    (Path(__file__).parents[3] / "data_samples" / "plots_vectors.json").read_text()
)


def bearings(ring: np.ndarray[Any, Any], centre: list[float]) -> Any:
    count = len(ring)
    return GEOD.inv(np.full(count, centre[0]), np.full(count, centre[1]), ring[:, 0], ring[:, 1])


@pytest.mark.parametrize(
    "case", VECTORS["cases"], ids=[f"{n}-{c['kind']}" for n, c in enumerate(VECTORS["cases"])]
)
def test_a_shape_is_drawn_as_the_vectors_say(case: dict[str, Any]) -> None:
    drawn = draw(case["kind"], control=case["control"], properties=case["properties"])
    expected = shapely.geometry.shape(case["geometry"])
    assert drawn.geometry.geom_type == expected.geom_type
    found = shapely.get_coordinates(drawn.geometry)
    assert found == pytest.approx(
        shapely.get_coordinates(expected), abs=VECTORS["tolerance_deg"], rel=0
    )
    assert drawn.measured == pytest.approx(case["measured"])


def test_the_vectors_hold_every_kind_that_is_computed() -> None:
    assert {case["kind"] for case in VECTORS["cases"]} == set(PARAMETRIC)
    assert {name for case in VECTORS["cases"] for name in case["properties"]} == SHAPING


@pytest.mark.parametrize("centre", [HERE, [0.0, 0.0], [-70.6, -53.1], [15.6, 78.2]])
@pytest.mark.parametrize("radius_m", [1.0, 500.0, 100_000.0])
def test_a_circle_is_as_far_from_its_centre_everywhere(
    centre: list[float], radius_m: float
) -> None:
    made = draw("circle", control=[centre], properties={"radius_m": radius_m})
    _, _, away = bearings(shapely.get_coordinates(made.geometry), centre)
    assert away == pytest.approx(np.full(129, radius_m), abs=2e-4)
    polygon = made.geometry
    assert polygon.exterior.is_ccw


def test_a_sector_goes_clockwise_from_one_bearing_to_the_other() -> None:
    told = {"radius_m": 800.0, "from_deg": 330.0, "to_deg": 30.0}
    made = draw("sector", control=[HERE], properties=told).geometry
    ring = shapely.get_coordinates(made)
    assert ring[0].tolist() == ring[-1].tolist() == HERE
    towards, _, away = bearings(ring[1:-1], HERE)
    assert away == pytest.approx(np.full(len(away), 800.0), abs=1e-3)
    assert [towards[0], towards[-1]] == pytest.approx([30.0, -30.0], abs=1e-4)
    assert np.abs(towards).max() <= 30.0001
    assert made.exterior.is_ccw


@pytest.mark.parametrize("rotation", [0.0, 17.0, 90.0 + 17.0, -75.0])
def test_a_rectangle_has_equal_diagonals_that_halve_each_other(rotation: float) -> None:
    corner, opposite = HERE, [114.31, 30.607]
    made = draw("rectangle", control=[corner, opposite], properties={"rotation_deg": rotation})
    at = shapely.get_coordinates(made.geometry)
    assert at[0] == pytest.approx(corner, abs=1e-9)
    assert at[2] == pytest.approx(opposite, abs=1e-9)
    _, _, one = GEOD.inv(*at[0], *at[2])
    _, _, other = GEOD.inv(*at[1], *at[3])
    assert one == pytest.approx(other, abs=1e-3)
    sides = [GEOD.inv(*at[n], *at[n + 1])[0] % 90.0 for n in range(4)]
    off = [min(abs(side - rotation % 90.0), 90.0 - abs(side - rotation % 90.0)) for side in sides]
    assert max(off) < 0.01
    assert made.geometry.exterior.is_ccw


@pytest.mark.parametrize(
    ("kind", "control"),
    [
        ("arrow", [HERE, [114.31, 30.607]]),
        ("curved_arrow", [HERE, [114.302, 30.605], [114.31, 30.607]]),
        ("attack_arrow", [HERE, [114.302, 30.599], [114.305, 30.605], [114.31, 30.607]]),
    ],
)
def test_an_arrow_ends_at_its_tip_and_grows_with_its_length(
    kind: str, control: list[list[float]]
) -> None:
    made = draw(kind, control=control, properties={}).geometry
    assert made.is_valid
    assert made.exterior.is_ccw
    at = shapely.get_coordinates(made).tolist()
    assert any(position == pytest.approx(control[-1], abs=1e-9) for position in at)
    far = [[HERE[0] + 2 * (x - HERE[0]), HERE[1] + 2 * (y - HERE[1])] for x, y in control]
    twice = draw(kind, control=far, properties={}).geometry
    assert twice.area == pytest.approx(4 * made.area, rel=0.01)


def test_a_curved_arrow_runs_through_its_control_points() -> None:
    control = [HERE, [114.302, 30.605], [114.306, 30.604], [114.31, 30.607]]
    made = draw("curved_arrow", control=control, properties={}).geometry
    for position in control[1:-1]:
        assert made.contains(shapely.Point(position))


def test_an_attack_arrow_is_the_same_whichever_end_of_its_tail_comes_first() -> None:
    tail, spine = [HERE, [114.302, 30.599]], [[114.305, 30.605], [114.31, 30.607]]
    one = draw("attack_arrow", control=tail + spine, properties={}).geometry
    other = draw("attack_arrow", control=tail[::-1] + spine, properties={}).geometry
    assert one.symmetric_difference(other).area < 1e-6 * one.area


@pytest.mark.parametrize("kind", ["curved_arrow", "attack_arrow"])
def test_an_arrow_that_turns_back_on_itself_is_one_shape_all_the_same(kind: str) -> None:
    turning = np.random.default_rng(7)
    for _ in range(60):
        heading, at = 0.0, np.array([114.3, 30.6])
        control = [at.tolist(), (at + np.array([0.001, 0.0005])).tolist()]
        for _ in range(4):
            heading += turning.uniform(-2.4, 2.4)
            at = at + 0.01 * np.array([math.cos(heading), math.sin(heading)])
            control.append(at.tolist())
        made = draw(kind, control=control, properties={}).geometry
        assert made.is_valid
        assert made.geom_type == "Polygon"
        assert made.distance(shapely.Point(control[-1])) < 1e-8


@pytest.mark.parametrize("kind", ["circle", "sector", "rectangle"])
def test_a_shape_across_180_degrees_is_cut_there_and_keeps_its_area(kind: str) -> None:
    def at(lon: float) -> Any:
        control = [[lon, 20.0]]
        if kind == "rectangle":
            control = [[lon - 0.01, 20.0], [lon + 0.01 if lon < 179 else lon - 359.99, 20.01]]
        told = {"radius_m": 1_000.0, "from_deg": 10.0, "to_deg": 300.0}
        return draw(kind, control=control, properties=told)

    across, away = at(179.999), at(100.0)
    assert across.geometry.geom_type == "MultiPolygon"
    west, _, east, _ = across.geometry.bounds
    assert (west, east) == pytest.approx((-180.0, 180.0))
    assert across.measured["area_m2"] == pytest.approx(away.measured["area_m2"], rel=1e-6)


def test_a_dimension_is_measured_on_the_ellipsoid() -> None:
    """Flinders Peak to Buninyong, the worked example of the GDA94 technical manual (GRS 80)."""

    def degrees(d: int, m: int, s: float) -> float:
        return math.copysign(abs(d) + m / 60 + s / 3600, d)

    flinders = [degrees(144, 25, 29.52440), degrees(-37, 57, 3.72030)]
    buninyong = [degrees(143, 55, 35.38390), degrees(-37, 39, 10.15610)]
    made = draw("dimension", control=[flinders, buninyong], properties={})
    assert made.measured["length_m"] == pytest.approx(54_972.271, abs=0.01)
    assert made.measured["bearing_deg"] == pytest.approx(degrees(306, 52, 5.37), abs=0.01)


@pytest.mark.parametrize(
    ("kind", "control", "told", "code"),
    [
        ("circle", [[0, 89.999]], {"radius_m": 1_000.0}, "plot_pole"),
        ("circle", [HERE], {}, "plot_needs"),
        ("circle", [HERE], {"radius_m": 1e7}, "plot_radius"),
        ("sector", [HERE], {"radius_m": 1.0, "from_deg": 10.0, "to_deg": 370.0}, "plot_flat"),
        ("rectangle", [HERE, HERE], {}, "plot_flat"),
        ("rectangle", [HERE, [114.3, 30.7]], {}, "plot_flat"),
        ("rectangle", [[-20.0, 60.0], [40.0, 0.0]], {}, "plot_radius"),
        ("arrow", [[0.0, 89.9], [0.0, 90.0]], {}, None),
        ("curved_arrow", [HERE, [114.31, 30.6], [114.31, 30.6]], {}, "plot_flat"),
        ("dimension", [[179.0, 0.0], [-179.0, 0.0]], {}, "plot_crosses_180"),
        ("attack_arrow", [HERE, [114.302, 30.599]], {}, "plot_control"),
    ],
)
def test_what_has_no_shape_is_refused(
    kind: str, control: Any, told: dict[str, float], code: str | None
) -> None:
    if code is None:
        assert draw(kind, control=control, properties=told).geometry.is_valid
        return
    with pytest.raises(InvalidInputError) as refused:
        draw(kind, control=control, properties=told)
    assert refused.value.code == code
