"""Tanks: what they hold against closed forms, both ways, and what they refuse."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from analysis.hazard import tank_volume
from analysis.hazard.physics.release.tank import Tank
from layers.errors import InvalidInputError, OutOfRangeError

TANKS = [
    Tank(shape="vertical_cylinder", diameter_m=10.0, height_m=12.0),
    Tank(shape="horizontal_cylinder", diameter_m=3.0, length_m=10.0),
    Tank(shape="horizontal_cylinder", diameter_m=3.0, length_m=10.0, head_depth=0.5),
    Tank(shape="horizontal_cylinder", diameter_m=2.0, length_m=4.0, head_depth=1.0),
    Tank(shape="sphere", diameter_m=12.0),
    Tank(shape="box", length_m=4.0, width_m=3.0, height_m=5.0),
]


def run(**inputs):
    return tank_volume.run(inputs)["values"]


@pytest.mark.parametrize(
    ("tank", "volume"),
    [
        (TANKS[0], math.pi * 25 * 12),
        (TANKS[1], math.pi * 1.5**2 * 10),
        (TANKS[2], math.pi * 1.5**2 * 10 + math.pi * 3.0**3 / 12),  # 2:1 heads hold π D³/24 each
        (TANKS[3], math.pi * 4 + 4 / 3 * math.pi),
        (TANKS[4], math.pi * 12.0**3 / 6),
        (TANKS[5], 60.0),
    ],
)
def test_a_full_tank_holds_what_its_closed_form_says(tank, volume):
    assert tank.capacity_m3 == pytest.approx(volume, rel=1e-12)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(tank=st.sampled_from(TANKS), share=st.floats(0.001, 0.999))
def test_the_volume_is_the_integral_of_the_surface_and_the_level_its_inverse(tank, share):
    level = share * tank.top_m
    integral = quad(lambda h: float(tank.area_m2(h)), 0.0, level)[0]
    volume = float(tank.volume_m3(level))
    assert volume == pytest.approx(integral, rel=1e-6)
    assert tank.level_m(volume) == pytest.approx(level, rel=1e-6)


def test_a_half_full_lying_tank_stands_half_full():
    half = run(
        tank_shape="horizontal_cylinder", tank_diameter_m=3.0, tank_length_m=10.0, level_m=1.5
    )
    assert half["fill_share"] == pytest.approx(0.5, rel=1e-12)
    assert half["surface_area_m2"] == pytest.approx(30.0, rel=1e-12)


def test_a_mass_has_a_level():
    found = run(tank_shape="sphere", tank_diameter_m=12.0, mass_kg=3e5, density_kg_m3=600.0)
    assert found["volume_m3"] == pytest.approx(500.0, rel=1e-9)
    assert found["level_m"] == pytest.approx(6.421665, rel=1e-6)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"level_m": 13.0}, "level_m"),
        ({"volume_m3": 1000.0}, "volume_m3"),
        ({"mass_kg": 1e6, "density_kg_m3": 700.0}, "mass_kg"),
    ],
)
def test_more_than_the_tank_holds_is_refused_with_what_it_holds(given_, field):
    with pytest.raises(OutOfRangeError) as refused:
        run(tank_shape="sphere", tank_diameter_m=12.0, **given_)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("given_", [{}, {"level_m": 1.0, "volume_m3": 2.0}])
def test_one_quantity_is_wanted_no_more_and_no_less(given_):
    with pytest.raises(InvalidInputError) as refused:
        run(tank_shape="sphere", tank_diameter_m=12.0, **given_)
    assert refused.value.code == "one_of"
