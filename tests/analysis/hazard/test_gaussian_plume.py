"""The plume against printed figures and against a brute-force count of cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import gaussian_plume
from analysis.hazard.gaussian_plume import Plume, isopleth
from analysis.hazard.physics.gaussian.sigma import BRIGGS_RURAL, BRIGGS_URBAN, PLUME_SETS
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


def ground(inputs, name, *, x, y=0.0, z=0.0):
    places = [{"x_m": x, "y_m": y, "z_m": z}]
    return gaussian_plume.run(inputs, name, places)["values"]["concentration_kg_m3"][0]


@pytest.mark.parametrize(
    ("rate_g_s", "wind", "height", "x", "y", "printed_g_m3"),
    [
        (3.0, 7.0, 0.0, 3000.0, 0.0, 1.1e-5),
        (80.0, 6.0, 60.0, 500.0, 0.0, 3.3e-5),
        (80.0, 6.0, 60.0, 500.0, 50.0, 1.3e-5),
    ],
)
def test_turners_first_problems(rate_g_s, wind, height, x, y, printed_g_m3):
    # Turner, Workbook of Atmospheric Dispersion Estimates (AP-26, 1970) ch. 7, problems 1 to 3;
    # he reads σ off the Pasquill-Gifford curves by eye (36 and 18.5 m), ISC3 fits them: 13 %.
    inputs = {
        "release_kg_s": rate_g_s / 1000.0,
        "wind_speed_m_s": wind,
        "stability": "D",
        "height_m": height,
    }
    found = ground(inputs, "isc3_rural", x=x, y=y) * 1000.0
    assert found == pytest.approx(printed_g_m3, rel=0.13)


def test_the_ccps_plume_example():
    # CCPS, Guidelines for Consequence Analysis, 1999, p. 97, with the DEGADIS curves, as
    # GasDispersion.jl test/models/gaussian_plume_tests.jl has it.
    inputs = {"release_kg_s": 0.1, "wind_speed_m_s": 2.0, "stability": "F"}
    assert ground(inputs, "degadis", x=500.0) == pytest.approx(1.03467e-4, rel=1e-5)


@pytest.mark.parametrize("name", sorted(PLUME_SETS))
@pytest.mark.parametrize("lid", [None, 300.0])
def test_what_is_released_flows_through_every_plane(name, lid):
    plume = Plume(
        release_kg_s=2.0,
        wind_speed_m_s=4.0,
        stability="D",
        dispersion=PLUME_SETS[name],
        height_m=20.0,
        mixing_height_m=lid,
    )
    for x in (300.0, 3000.0):
        width = 6.0 * float(plume.sigma_y_m(np.array(x)))
        top = lid or 8.0 * float(plume.sigma_z_m(np.array(x))) + 20.0
        y, z = np.linspace(-width, width, 301), np.linspace(0.0, top, 401)
        plane = plume.concentration(np.full((301, 401), x), y[:, None], z[None, :])
        flux = 4.0 * np.trapezoid(np.trapezoid(plane, z, axis=1), y)
        assert flux == pytest.approx(2.0, rel=0.005)


def test_a_lid_fills_the_layer_evenly_far_away():
    plume = Plume(
        release_kg_s=1.0,
        wind_speed_m_s=3.0,
        stability="A",
        dispersion=BRIGGS_RURAL,
        height_m=50.0,
        mixing_height_m=200.0,
    )
    x = np.array([5000.0])
    filled = 1.0 / (np.sqrt(2.0 * np.pi) * 3.0 * 200.0 * plume.sigma_y_m(x))
    assert plume.axis(x) == pytest.approx(filled, rel=1e-5)
    assert plume.axis(x, 150.0) == pytest.approx(filled, rel=1e-5)


def test_a_source_above_the_lid_is_told_and_reaches_no_ground():
    inputs = {**AT_1_KM, "height_m": 200.0, "mixing_height_m": 100.0}
    result = gaussian_plume.run(inputs, receptors=[{"x_m": 2000.0}])
    assert result["values"]["concentration_kg_m3"] == [0.0]
    assert "hazard.above_mixing_layer" in {each["code"] for each in result["warnings"]}


def test_an_hour_of_meandering_lowers_the_axis():
    short = ground(AT_1_KM, "tno", x=1000.0)
    long = ground({**AT_1_KM, "averaging_s": 3600.0}, "tno", x=1000.0)
    assert long == pytest.approx(short / 6.0**0.2)


def test_the_steps_give_the_answer_by_hand():
    result = gaussian_plume.run(AT_1_KM, receptors=[{"x_m": 1000.0}])
    steps = {each["name"]: each["value"] for each in result["steps"]}
    by_hand = 1.0 / (2.0 * np.pi * 3.0 * steps["sigma_y_m"] * steps["sigma_z_m"])
    assert steps["axis_kg_m3"] == pytest.approx(by_hand * steps["vertical_term"])
    assert steps["axis_kg_m3"] == result["values"]["concentration_kg_m3"][0]


def test_a_set_is_warned_of_outside_its_range_for_the_class():
    inputs = {**AT_1_KM, "stability": "A"}
    result = gaussian_plume.run(inputs, "turner", [{"x_m": 3500.0}])
    codes = [each["code"] for each in result["warnings"]]
    assert "hazard.receptor_outside_range" in codes
    near = gaussian_plume.run(inputs, "turner", [{"x_m": 2500.0}])
    assert near["warnings"] == []


def test_a_plume_is_a_cloud_with_a_front():
    plume = Plume(release_kg_s=3.0, wind_speed_m_s=2.0, stability="E", dispersion=BRIGGS_RURAL)
    x, y = np.array([500.0, 1500.0]), np.zeros(2)
    behind, ahead = plume.at(x, y, 0.0, 500.0)
    assert behind == plume.peak(x, y)[0] and ahead == 0.0
    arrives, passes = plume.passage_s(np.array([500.0, 9999.0]), 1e-4)
    assert arrives[0] == 250.0 and np.isinf(passes[0]) and np.isnan(arrives[1])
    half = plume.half_width_m(x, 1e-6)
    assert plume.peak(x, half) == pytest.approx([1e-6, 1e-6])


@settings(max_examples=30, derandomize=True, deadline=None)
@given(
    rate=st.floats(1e-3, 100.0),
    more=st.floats(1.0, 10.0),
    letter=st.sampled_from("ABCDEF"),
    name=st.sampled_from(sorted(PLUME_SETS)),
    height=st.floats(0.0, 100.0),
)
def test_more_mass_is_never_less_anywhere(rate, more, letter, name, height):
    small, large = (
        Plume(
            release_kg_s=each,
            wind_speed_m_s=3.0,
            stability=letter,
            dispersion=PLUME_SETS[name],
            height_m=height,
        )
        for each in (rate, rate * more)
    )
    x, y = np.geomspace(100.0, 3000.0, 30), np.linspace(0.0, 300.0, 30)
    assert np.all(large.peak(x, y) >= small.peak(x, y))
    reach = [isopleth(each, 1e-5).reach_m for each in (small, large)]
    assert reach[1] >= reach[0] - 1e-6


@pytest.mark.parametrize("name", sorted(PLUME_SETS))
def test_on_the_ground_a_stable_night_is_worst_and_under_a_stack_the_better(name):
    def on_axis(letter, height):
        inputs = {**AT_1_KM, "stability": letter, "height_m": height}
        return ground(inputs, name, x=1000.0)

    low = [on_axis(letter, 0.0) for letter in "ABCDEF"]
    assert low == sorted(low)
    assert on_axis("F", 100.0) < on_axis("D", 100.0)


def test_the_half_classes_of_the_chinese_table_are_classes_of_its_set_alone():
    found = [
        ground({**AT_1_KM, "stability": letter}, "gbt3840", x=700.0)
        for letter in ("B", "B-C", "C", "C-D", "D", "D-E", "E")
    ]
    assert found == sorted(found)
    with pytest.raises(InvalidInputError) as caught:
        gaussian_plume.run({**AT_1_KM, "stability": "B-C"})
    assert caught.value.details["field"] == "stability"


def test_the_ground_under_a_stack_is_worst_where_sigma_z_is_the_height_over_root_two():
    # Where σy/σz does not change: x of σz = h/√2, C = 2 Q/(e π u h²) σz/σy (Turner 1970).
    inputs = {**AT_1_KM, "stability": "B", "height_m": 40.0}
    values = gaussian_plume.run(inputs, "briggs_rural")["values"]
    plume = Plume(release_kg_s=1.0, wind_speed_m_s=3.0, stability="B", dispersion=BRIGGS_RURAL)
    place = np.array(values["max_ground_at_m"])
    sigma_y, sigma_z = float(plume.sigma_y_m(place)), float(plume.sigma_z_m(place))
    assert sigma_z == pytest.approx(40.0 / np.sqrt(2.0), rel=0.02)
    by_hand = 2.0 / (np.e * np.pi * 3.0 * 40.0**2) * sigma_z / sigma_y
    assert values["max_ground_kg_m3"] == pytest.approx(by_hand, rel=0.005)
    assert "max_ground_at_m" not in gaussian_plume.run(AT_1_KM)["values"]


def test_the_example_of_crowl_and_louvar_by_hand():
    # 80 g/s at 60 m, D, 6 m/s, 500 m, rural Briggs: σy 39.0, σz 22.7, C 1.46e-4 g/m³.
    inputs = {"release_kg_s": 0.08, "wind_speed_m_s": 6.0, "stability": "D", "height_m": 60.0}
    assert ground(inputs, "ccps_rural", x=500.0) * 1000.0 == pytest.approx(1.46e-4, rel=0.01)
