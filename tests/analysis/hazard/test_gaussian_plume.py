"""The plume against printed figures and against a brute-force count of cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import gaussian_plume, gaussian_puff
from analysis.hazard.gaussian_plume import Plume, isopleth
from analysis.hazard.physics.sigma import BRIGGS_RURAL, BRIGGS_URBAN, CCPS_PUFF, PLUME_SETS
from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError

AT_1_KM = {"release_kg_s": 1.0, "wind_speed_m_s": 3.0, "stability": "D"}


@pytest.mark.parametrize(
    ("letter", "sigma_y", "sigma_z"),
    [
        ("A", 209.762, 200.0),
        ("B", 152.554, 120.0),
        ("C", 104.881, 73.030),
        ("D", 76.277, 37.947),
        ("E", 57.208, 23.077),
        ("F", 38.139, 12.308),
    ],
)
def test_briggs_rural_at_1_km(letter, sigma_y, sigma_z):
    x = np.array([1000.0])
    assert BRIGGS_RURAL.sigma_y[letter](x)[0] == pytest.approx(sigma_y, abs=6e-4)
    assert BRIGGS_RURAL.sigma_z[letter](x)[0] == pytest.approx(sigma_z, abs=6e-4)


@pytest.mark.parametrize(
    ("letters", "sigma_y", "sigma_z"),
    [
        ("AB", 270.449, 339.411),
        ("C", 185.934, 200.0),
        ("D", 135.225, 122.788),
        ("EF", 92.967, 50.596),
    ],
)
def test_briggs_urban_at_1_km(letters, sigma_y, sigma_z):
    x = np.array([1000.0])
    for letter in letters:
        assert BRIGGS_URBAN.sigma_y[letter](x)[0] == pytest.approx(sigma_y, abs=6e-4)
        assert BRIGGS_URBAN.sigma_z[letter](x)[0] == pytest.approx(sigma_z, abs=6e-4)


@pytest.mark.parametrize(
    ("wind", "letter", "kg_m3"), [(3.0, "D", 3.665675e-5), (1.5, "F", 4.520834e-4)]
)
def test_the_ground_axis_at_1_km(wind, letter, kg_m3):
    inputs = {**AT_1_KM, "wind_speed_m_s": wind, "stability": letter}
    values = gaussian_plume.run(inputs, receptors=[{"x_m": 1000.0}])["values"]
    assert values["concentration_kg_m3"][0] == pytest.approx(kg_m3, rel=1e-6)


def test_the_puff_has_the_sigmas_of_the_ccps_example():
    x = np.array([500.0])
    assert CCPS_PUFF.sigma_y["F"](x)[0] == pytest.approx(5.0479, abs=1e-4)
    assert CCPS_PUFF.sigma_z["F"](x)[0] == pytest.approx(2.21484, abs=1e-5)


def test_a_puff_holds_the_mass_that_was_released():
    run = {"mass_kg": 3.0, "wind_speed_m_s": 2.0, "time_s": 300.0, "stability": "D"}
    x, y, z = np.arange(300, 900, 10.0), np.arange(-200, 200, 10.0), np.arange(0, 100, 2.0)
    places = [{"x_m": a, "y_m": b, "z_m": c} for a in x for b in y for c in z]
    found = gaussian_puff.run(run, receptors=places)["values"]["concentration_kg_m3"]
    inside = np.array(found).reshape(x.size, y.size, z.size)
    inside[:, :, 0] /= 2.0  # trapezoid at the ground
    assert inside.sum() * 10 * 10 * 2 == pytest.approx(3.0, rel=0.01)


def test_mass_flows_through_every_cross_section():
    plume = Plume(release_kg_s=2.0, wind_speed_m_s=4.0, stability="C", dispersion=BRIGGS_RURAL)
    y, z = np.meshgrid(np.arange(-600, 600, 2.0), np.arange(1.0, 600, 2.0))
    flux = plume.concentration(np.full_like(y, 800.0), y, z).sum() * 4.0 * 4.0
    assert flux == pytest.approx(2.0, rel=0.01)


def test_nothing_is_upwind():
    values = gaussian_plume.run(AT_1_KM, receptors=[{"x_m": -50.0}])["values"]
    assert values["concentration_kg_m3"] == [0.0]


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    rate=st.floats(0.05, 20.0),
    wind=st.floats(1.0, 12.0),
    letter=st.sampled_from("ABCDEF"),
    name=st.sampled_from(sorted(PLUME_SETS)),
    height=st.sampled_from([0.0, 0.0, 15.0]),
)
def test_the_isopleth_agrees_with_counted_cells(rate, wind, letter, name, height):
    plume = Plume(
        release_kg_s=rate,
        wind_speed_m_s=wind,
        stability=letter,
        dispersion=PLUME_SETS[name],
        height_m=height,
    )
    threshold = float(plume.axis(np.array([1500.0]))[0])
    line = isopleth(plume, threshold, points=2001)
    assert line.reach_m == pytest.approx(1500.0, rel=1e-3) or height > 0.0
    x = np.linspace(0.0, line.reach_m * 1.02, 1500)[1:]
    y = np.linspace(0.0, line.half_width_m.max() * 1.05, 800)
    xx, yy = np.meshgrid(x, y)
    cell = (x[1] - x[0]) * (y[1] - y[0])
    counted = 2.0 * float((plume.concentration(xx, yy, 0.0) >= threshold).sum()) * cell
    drawn = 2.0 * float(np.trapezoid(line.half_width_m, line.x_m))
    assert drawn == pytest.approx(counted, rel=0.01)


def test_every_point_of_the_line_has_the_concentration_of_the_line():
    plume = Plume(release_kg_s=3.0, wind_speed_m_s=2.0, stability="E", dispersion=BRIGGS_RURAL)
    line = isopleth(plume, 1e-5)
    inner = slice(1, -1)
    found = plume.concentration(line.x_m[inner], line.half_width_m[inner], 0.0)
    assert found == pytest.approx(np.full(found.shape, 1e-5), rel=1e-6)


def test_a_line_beyond_the_range_is_cut_there_and_says_so():
    inputs = {**AT_1_KM, "stability": "F", "threshold_kg_m3": 1e-9}
    result = gaussian_plume.run(inputs)
    assert result["values"]["reach_m"] == 10_000.0
    assert result["warnings"][0]["code"] == "hazard.beyond_range"


def test_a_high_stack_may_never_reach_a_threshold_on_the_ground():
    inputs = {**AT_1_KM, "height_m": 100.0, "threshold_kg_m3": 1.0}
    assert gaussian_plume.run(inputs)["values"]["reach_m"] == 0.0


@pytest.mark.parametrize("wind", [0.0, 0.99, -3.0, 61.0])
def test_a_wind_outside_the_range_is_refused(wind):
    with pytest.raises(OutOfRangeError) as caught:
        gaussian_plume.run({**AT_1_KM, "wind_speed_m_s": wind})
    assert caught.value.details["field"] == "wind_speed_m_s"


@pytest.mark.parametrize("wind", [float("nan"), float("inf"), "3", None, True, [3]])
def test_a_wind_that_is_no_number_is_refused(wind):
    with pytest.raises(InvalidInputError):
        gaussian_plume.run({**AT_1_KM, "wind_speed_m_s": wind})


def test_an_unknown_input_and_an_unknown_set_are_refused():
    with pytest.raises(InvalidInputError) as caught:
        gaussian_plume.run({**AT_1_KM, "windspeed": 3.0})
    assert caught.value.code == "input_unknown"
    with pytest.raises(NotFoundError):
        gaussian_plume.run(AT_1_KM, "no_such_set")
