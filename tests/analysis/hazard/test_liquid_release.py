"""Liquid through a hole: printed figures, tanks that drain, and what they refuse."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import liquid_release, tank_volume
from layers.errors import InvalidInputError, OutOfRangeError

OPEN = 101_325.0
STANDING = {"tank_shape": "vertical_cylinder", "tank_diameter_m": 10.0, "tank_height_m": 12.0}
LYING = {"tank_shape": "horizontal_cylinder", "tank_diameter_m": 3.0, "tank_length_m": 10.0}
SPHERE = {"tank_shape": "sphere", "tank_diameter_m": 12.0}
BOX = {"tank_shape": "box", "tank_length_m": 4.0, "tank_width_m": 3.0, "tank_height_m": 5.0}
LEAK = {"hole_diameter_m": 0.05, "pressure_pa": OPEN, "density_kg_m3": 700.0}


def run(**inputs):
    return liquid_release.run(inputs)


def course(found):
    return {name: np.array(each) for name, each in found["intermediates"]["history"].items()}


def test_ccps_liquid_through_10_mm():
    """CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, p. 40."""
    found = run(
        hole_diameter_m=0.01,
        pressure_pa=OPEN + 19610.04,
        density_kg_m3=490.0,
        discharge_coefficient=0.63,
    )
    assert found["values"]["rate_kg_s"] == pytest.approx(0.216911548, rel=1e-7)


def test_ammonia_liquid_through_50_mm():
    found = run(hole_diameter_m=0.05, pressure_pa=OPEN + 7e5, density_kg_m3=682.0, head_m=2.0)
    assert found["values"]["rate_kg_s"] == pytest.approx(37.3618, rel=1e-5)


def test_a_butane_sphere_through_2_inches():
    """56.31 kg/s: a worked example after CCPS 1996 eq. 4-10, read at selenized.github.io.

    40 ft sphere, 250 psig, 50 ft of liquid over the hole as printed there, Cd 0.61, and the
    density of Perry, 8th ed. table 2-32 at 298.15 K.
    """
    density = 58.122 * 1.0677 / 0.27188 ** (1 + (1 - 298.15 / 425.12) ** 0.28688)
    found = run(
        hole_diameter_m=2 * 0.0254,
        pressure_pa=264.7 * 6894.757,
        ambient_pressure_pa=14.7 * 6894.757,
        density_kg_m3=density,
        head_m=50 * 0.3048,
        gravity_m_s2=9.81,
    )
    assert found["values"]["rate_kg_s"] == pytest.approx(56.31092763613714, rel=1e-5)


@pytest.mark.parametrize("pressure", [OPEN, 3e5])
def test_a_standing_tank_declines_in_the_straight_line_of_casal(pressure):
    """Casal, eq. 2.5: m(t) = m0 − ρ g Cd² A²/At t."""
    asked = LEAK | STANDING | {"pressure_pa": pressure}
    found = run(**asked, level_m=10.0, hole_height_m=1.0)
    rows = course(found)
    hole, tank = math.pi / 4 * 0.05**2, math.pi / 4 * 10.0**2
    slope = 700.0 * 9.80665 * 0.61**2 * hole**2 / tank
    line = rows["rate_kg_s"][0] - slope * rows["time_s"]
    assert rows["rate_kg_s"] == pytest.approx(line, rel=1e-9, abs=1e-9)


def test_an_open_standing_tank_takes_the_textbook_time_to_drain():
    """t = (At/(Cd A)) √(2 h/g)."""
    found = run(**LEAK | STANDING, level_m=9.0)["values"]
    hole, tank = math.pi / 4 * 0.05**2, math.pi / 4 * 10.0**2
    expected = tank / (0.61 * hole) * math.sqrt(2 * 9.0 / 9.80665)
    assert found["duration_s"] == pytest.approx(expected, rel=1e-9)


def test_a_full_sphere_takes_the_textbook_time_to_drain():
    """∫ π h (D − h) dh/(Cd A √(2 g h)) = (4/15) π D^2.5/(Cd A √(2 g))."""
    found = run(**LEAK | SPHERE, level_m=12.0)["values"]
    hole = math.pi / 4 * 0.05**2
    expected = math.pi * 12.0**2.5 * (4.0 / 15.0) / (0.61 * hole * math.sqrt(2 * 9.80665))
    assert found["duration_s"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("tank", "level", "hole"),
    [
        (STANDING, 8.0, 2.0),
        (LYING, 2.5, 0.2),
        (LYING | {"tank_heads": "elliptical_2_1"}, 2.9, 0.0),
        (SPHERE, 9.0, 3.0),
        (BOX, 4.0, 0.5),
    ],
)
def test_what_drains_is_what_stood_over_the_hole(tank, level, hole):
    def mass(at):
        asked = {**tank, "level_m": at, "density_kg_m3": 700.0}
        return tank_volume.run(asked)["values"]["mass_kg"]

    found = run(**LEAK | tank, level_m=level, hole_height_m=hole)
    assert found["values"]["released_kg"] == pytest.approx(mass(level) - mass(hole), rel=1e-6)
    rows = course(found)
    flowed = np.trapezoid(rows["rate_kg_s"], rows["time_s"])
    assert flowed == pytest.approx(found["values"]["released_kg"], rel=1e-3)
    assert np.all(np.diff(rows["rate_kg_s"]) <= 1e-9)


def test_a_closed_gas_pad_holds_the_liquid_back_and_says_where():
    found = run(**LEAK | SPHERE, level_m=9.0, head_space="gas_pad")
    assert found["values"]["end_level_m"] > 0.5
    assert "hazard.pad_holds_liquid" in {w["code"] for w in found["warnings"]}
    pad = course(found)["pressure_pa"][-1]
    held = OPEN - 700.0 * 9.80665 * found["values"]["end_level_m"]
    assert pad == pytest.approx(held, rel=1e-6)


def test_a_leak_that_is_closed_after_a_time_leaves_the_rest():
    whole = run(**LEAK | STANDING, level_m=10.0)["values"]
    part = run(**LEAK | STANDING, level_m=10.0, duration_s=3600.0)["values"]
    assert part["duration_s"] == 3600.0
    # The rate falls in a straight line, so the mean of first and last rate is exact.
    mean = (part["rate_kg_s"] + part["rate_at_end_kg_s"]) / 2
    assert part["released_kg"] == pytest.approx(mean * 3600.0, rel=1e-9)
    assert part["released_kg"] + part["mass_left_kg"] == pytest.approx(whole["held_kg"], rel=1e-9)


def test_a_quantity_above_what_the_tank_holds_is_refused():
    with pytest.raises(OutOfRangeError) as refused:
        run(**LEAK | SPHERE, mass_kg=1e6)
    assert refused.value.details["field"] == "mass_kg"
    assert "633345" in refused.value.details["wanted"]


@pytest.mark.parametrize(
    ("more", "field"),
    [({"level_m": 13.0}, "level_m"), ({"level_m": 5.0, "hole_height_m": 20.0}, "hole_height_m")],
)
def test_a_level_or_a_hole_above_the_roof_is_refused(more, field):
    with pytest.raises(OutOfRangeError) as refused:
        run(**LEAK | STANDING | more)
    assert refused.value.details["field"] == field


def test_a_tank_without_its_measure_is_refused_by_the_name_of_the_measure():
    with pytest.raises(InvalidInputError) as refused:
        run(**LEAK, tank_shape="horizontal_cylinder", tank_diameter_m=3.0, level_m=1.0)
    assert (refused.value.code, refused.value.details["field"]) == (
        "input_missing",
        "tank_length_m",
    )


def test_a_level_under_the_hole_lets_no_liquid_out_and_says_so():
    found = run(**LEAK | STANDING, level_m=1.0, hole_height_m=2.0)
    assert found["values"]["rate_kg_s"] == 0.0
    assert found["warnings"][0]["code"] == "hazard.level_under_hole"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    hole=st.floats(1e-3, 0.5),
    level=st.floats(0.1, 11.9),
    over=st.floats(0.0, 1e6),
    more=st.floats(1.01, 2.0),
)
def test_a_larger_hole_and_a_higher_pressure_let_more_out(hole, level, over, more):
    asked = {**STANDING, "density_kg_m3": 800.0, "level_m": level}

    def rate(hole_m, pressure):
        found = run(**asked, hole_diameter_m=hole_m, pressure_pa=pressure)
        return found["values"]["rate_kg_s"]

    first = rate(hole, OPEN + over)
    assert rate(min(hole * more, 5.0), OPEN + over) > first
    assert rate(hole, OPEN + over * more + 1.0) > first
