"""The puff: printed figures, mass, and its peak against a walk through time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import gaussian_puff
from analysis.hazard.gaussian_puff import CalmPuff, Puff, cloud
from analysis.hazard.physics.gaussian.sigma import CCPS_PUFF, PUFF_SETS
from analysis.hazard.physics.isopleth import isopleth
from layers.errors import OutOfRangeError

RUN = {"mass_kg": 3.0, "wind_speed_m_s": 2.0, "time_s": 300.0, "stability": "D"}


def test_the_puff_has_the_sigmas_of_the_ccps_example():
    # CCPS, Guidelines for Consequence Analysis, 1999, p. 101 (its 6.1 for σy is a slip, see
    # GasDispersion.jl test/models/gaussian_puff_tests.jl).
    x = np.array([500.0])
    assert CCPS_PUFF.sigma_y["F"](x)[0] == pytest.approx(5.0479, abs=1e-4)
    assert CCPS_PUFF.sigma_z["F"](x)[0] == pytest.approx(2.21484, abs=1e-5)
    run = {"mass_kg": 1.0, "wind_speed_m_s": 2.0, "time_s": 250.0, "stability": "F"}
    found = gaussian_puff.run(run)["values"]["centre_kg_m3"]
    assert found == pytest.approx(
        1.0 / (np.sqrt(2.0 * np.pi) * np.pi * 5.0479**2 * 2.21484), rel=1e-4
    )


@pytest.mark.parametrize("name", sorted(PUFF_SETS))
@pytest.mark.parametrize("lid", [None, 400.0])
def test_a_puff_holds_the_mass_that_was_released(name, lid):
    puff = Puff(
        mass_kg=3.0,
        wind_speed_m_s=2.0,
        stability="D",
        dispersion=PUFF_SETS[name],
        height_m=30.0,
        mixing_height_m=lid,
    )
    sigma_x, sigma_y, sigma_z = (float(s) for s in puff.sigmas_m(np.array(600.0)))
    x = np.linspace(600.0 - 6 * sigma_x, 600.0 + 6 * sigma_x, 81)
    y = np.linspace(-6 * sigma_y, 6 * sigma_y, 81)
    z = np.linspace(0.0, lid or 30.0 + 7 * sigma_z, 161)
    field = puff.at(x[:, None, None], y[None, :, None], z[None, None, :], 300.0)
    mass = np.trapezoid(np.trapezoid(np.trapezoid(field, z), y), x)
    assert mass == pytest.approx(3.0, rel=0.01)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    wind=st.floats(0.5, 12.0),
    letter=st.sampled_from("ABCDEF"),
    name=st.sampled_from(sorted(PUFF_SETS)),
    x=st.floats(100.0, 3000.0),
    aside=st.floats(0.0, 2.5),
)
def test_no_moment_exceeds_the_peak_and_one_reaches_it(wind, letter, name, x, aside):
    puff = Puff(mass_kg=10.0, wind_speed_m_s=wind, stability=letter, dispersion=PUFF_SETS[name])
    y = aside * float(puff.sigmas_m(np.array(x))[1])
    times = x / wind * np.geomspace(0.3, 8.0, 20_001)
    walked = puff.at(np.array(x), np.array(y), 0.0, times)
    peak = float(puff.peak(np.array(x), np.array(y)))
    assert peak == pytest.approx(float(walked.max()), rel=1e-3)


@pytest.mark.parametrize("letter", ["A", "D", "F"])
@pytest.mark.parametrize("name", ["ccps_puff", "tno_puff", "isc3_rural"])
def test_on_the_edge_of_the_footprint_the_peak_is_the_threshold(letter, name):
    puff = Puff(mass_kg=1000.0, wind_speed_m_s=2.0, stability=letter, dispersion=PUFF_SETS[name])
    line = isopleth(puff, 1e-4)
    inside = slice(2, -2)
    found = puff.peak(line.x_m[inside], line.half_width_m[inside])
    assert found == pytest.approx(np.full(found.shape, 1e-4), rel=2e-3)


def test_a_threshold_arrives_and_passes_when_the_concentration_crosses_it():
    puff = Puff(mass_kg=1000.0, wind_speed_m_s=2.0, stability="D")
    x = np.array([300.0, 2000.0, 9000.0])
    arrives, passes = puff.passage_s(x, 2e-4)
    for each in (arrives, passes):
        found = puff.at(x[:2], np.zeros(2), 0.0, each[:2])
        assert found == pytest.approx([2e-4, 2e-4], rel=1e-6)
    assert np.all(arrives[:2] < x[:2] / 2.0) and np.all(passes[:2] > x[:2] / 2.0)
    assert np.isnan(arrives[2]) and np.isnan(passes[2])


def test_nothing_is_there_before_the_release():
    puff = Puff(mass_kg=1000.0, wind_speed_m_s=2.0, stability="D")
    assert puff.at(np.array([1.0]), np.array([0.0]), 0.0, 0.0)[0] == 0.0
    assert puff.peak(np.array([-10.0]), np.array([0.0]))[0] == 0.0


def test_receptors_see_the_moment_and_the_peak():
    result = gaussian_puff.run(RUN, receptors=[{"x_m": 600.0}, {"x_m": 800.0}])["values"]
    assert result["concentration_kg_m3"][0] == pytest.approx(result["centre_kg_m3"])
    assert result["peak_kg_m3"][1] > result["concentration_kg_m3"][1]


def test_a_wind_too_weak_for_the_set_is_refused_and_the_calm_set_takes_it():
    calm = {**RUN, "wind_speed_m_s": 0.0}
    with pytest.raises(OutOfRangeError) as caught:
        gaussian_puff.run(calm)
    assert caught.value.details["wanted"] == "0.5 .. 60 m/s"
    assert gaussian_puff.run(calm, "hj_calm")["values"]["centre_kg_m3"] > 0.0
    with pytest.raises(OutOfRangeError):
        gaussian_puff.run(RUN, "hj_calm")


def test_the_wind_chooses_the_cloud():
    shared = {"mass_kg": 5.0, "stability": "F"}
    assert isinstance(cloud(wind_speed_m_s=0.2, **shared), CalmPuff)
    assert isinstance(cloud(wind_speed_m_s=0.5, **shared), Puff)


def test_a_puff_outside_its_range_is_warned_of():
    far = gaussian_puff.run({**RUN, "time_s": 6000.0})
    assert far["warnings"][0]["code"] == "hazard.receptor_outside_range"


@settings(max_examples=20, derandomize=True, deadline=None)
@given(mass=st.floats(1.0, 1e5), more=st.floats(1.0, 20.0), letter=st.sampled_from("ABCDEF"))
def test_more_mass_never_reaches_less_far(mass, more, letter):
    reach = [
        isopleth(Puff(mass_kg=each, wind_speed_m_s=3.0, stability=letter), 1e-4).reach_m
        for each in (mass, mass * more)
    ]
    assert reach[1] >= reach[0] * (1.0 - 1e-6)


@pytest.mark.parametrize(("name", "wind"), [("ccps_puff", 2.0), ("hj_calm", 0.3)])
def test_the_dose_is_the_integral_over_a_walk_through_time(name, wind):
    asked = {**RUN, "wind_speed_m_s": wind, "toxic_exponent": 2.0}
    values = gaussian_puff.run(asked, name, [{"x_m": 300.0, "y_m": 15.0}])["values"]
    one = cloud(mass_kg=3.0, wind_speed_m_s=wind, stability="D")
    times = np.linspace(0.0, 60_000.0, 600_001)
    walked = one.at(np.array(300.0), np.array(15.0), 0.0, times)
    assert values["dose_kg_s_m3"][0] == pytest.approx(np.trapezoid(walked, times), rel=2e-3)
    load = np.trapezoid((walked * 1e6) ** 2, times) / 60.0
    assert values["toxic_load_mg_m3_min"][0] == pytest.approx(load, rel=2e-3)
