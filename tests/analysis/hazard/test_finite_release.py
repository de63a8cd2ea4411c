"""The release that ends: against the steady plume, a sum of puffs, and the clock."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import finite_release
from analysis.hazard.finite_release import CalmRelease, FiniteRelease, cloud
from analysis.hazard.gaussian_plume import Plume
from analysis.hazard.physics.gaussian.sigma import BRIGGS_RURAL, PLUME_SETS
from analysis.hazard.physics.isopleth import isopleth
from layers.errors import InvalidInputError, OutOfRangeError

RUN = {"release_kg_s": 1.0, "duration_s": 300.0, "wind_speed_m_s": 2.0, "stability": "D"}
X, Y = np.array([200.0, 1000.0, 3000.0]), np.array([0.0, 50.0, 100.0])


def released(**changes):
    given_ = {**RUN, "dispersion": BRIGGS_RURAL, **changes}
    return FiniteRelease(**given_)


def test_a_long_release_is_the_plume():
    long = released(duration_s=1e6)
    plume = Plume(release_kg_s=1.0, wind_speed_m_s=2.0, stability="D", dispersion=BRIGGS_RURAL)
    assert long.peak(X, Y) == pytest.approx(plume.peak(X, Y), rel=1e-6)
    assert isopleth(long, 1e-5).area_m2 == pytest.approx(isopleth(plume, 1e-5).area_m2, rel=1e-4)


def test_a_short_release_is_the_puff_of_the_same_sigmas():
    # At x with σ fixed there: M/((2π)^1.5 σx σy σz) · 2, M = Q T.
    short = released(duration_s=1.0)
    sigma_y, sigma_z = short.sigma_y_m(X), short.sigma_z_m(X)
    puff = 2.0 / ((2.0 * np.pi) ** 1.5 * sigma_y**2 * sigma_z)
    assert short.peak(X, np.zeros(3)) == pytest.approx(puff, rel=1e-2)


def test_the_form_of_hj_t_2_2_before_and_after_the_end():
    # HJ/T 2.2-93: G1 = Φ((ut−x)/σx) + Φ(x/σx) − 1, then Φ((ut−x)/σx) − Φ((ut−uT−x)/σx).
    from scipy.stats import norm

    one = released()
    sigma = one.sigma_x_m(X)
    for time in (100.0, 299.0):
        whole = norm.cdf((2.0 * time - X) / sigma) + norm.cdf(X / sigma) - 1.0
        assert one.share(X, time) == pytest.approx(whole, abs=1e-12)
    for time in (301.0, 700.0, 1600.0):
        whole = norm.cdf((2.0 * time - X) / sigma) - norm.cdf((2.0 * time - 600.0 - X) / sigma)
        assert one.share(X, time) == pytest.approx(whole, abs=1e-12)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    duration=st.floats(5.0, 5000.0),
    wind=st.floats(1.0, 10.0),
    letter=st.sampled_from("ABCDEF"),
    name=st.sampled_from(sorted(PLUME_SETS)),
    along=st.sampled_from(["sigma_y", "beals"]),
)
def test_peak_dose_and_load_are_what_a_walk_through_time_finds(duration, wind, letter, name, along):
    one = released(
        duration_s=duration,
        wind_speed_m_s=wind,
        stability=letter,
        dispersion=PLUME_SETS[name],
        along_wind=along,
    )
    x = np.array(1500.0)
    end = 1500.0 / wind + duration + 10.0 * float(one.sigma_x_m(x)) / wind
    times = np.linspace(0.0, end, 40_001)
    walked = one.at(x, np.array(10.0), 1.0, times)
    assert float(one.peak(x, np.array(10.0), 1.0)) == pytest.approx(walked.max(), rel=1e-3)
    assert float(one.dose(x, np.array(10.0), 1.0)) == pytest.approx(
        np.trapezoid(walked, times), rel=2e-3
    )
    load = float(one.toxic_load(x, np.array(10.0), 1.0, exponent=2.75))
    assert load == pytest.approx(np.trapezoid(walked**2.75, times), rel=2e-3)


def test_a_threshold_arrives_and_passes_when_the_concentration_crosses_it():
    one = released()
    arrives, passes = one.passage_s(X, 1e-5)
    for each in (arrives, passes):
        found = [one.at(X[i], 0.0, 0.0, each[i]) for i in (0, 1)]
        assert found == pytest.approx([1e-5, 1e-5], rel=1e-6)
    assert np.isnan(arrives[2])


@pytest.mark.parametrize("time", [250.0, 900.0])
@pytest.mark.parametrize("letter", ["D", "F"])
def test_the_air_holds_what_was_released(time, letter):
    one = released(stability=letter)
    x = np.linspace(1.0, 4000.0, 2001)
    across = one.sigma_y_m(x) * np.sqrt(2.0 * np.pi)
    line = one.at(x, np.zeros_like(x), 0.0, time) * across
    upward = one.sigma_z_m(x) * np.sqrt(2.0 * np.pi) / 2.0
    mass = np.trapezoid(line * upward, x)
    assert mass == pytest.approx(min(time, 300.0), rel=0.01)


def test_on_the_edge_of_the_footprint_the_peak_is_the_threshold():
    one = released()
    line = isopleth(one, 1e-6)
    inside = slice(2, -2)
    found = one.peak(line.x_m[inside], line.half_width_m[inside])
    assert found == pytest.approx(np.full(found.shape, 1e-6), rel=1e-6)


def test_a_longer_release_of_the_same_rate_is_never_a_smaller_zone():
    reach = [isopleth(released(duration_s=each), 1e-6).reach_m for each in (30, 100, 300, 3000)]
    assert reach == sorted(reach)


def test_the_model_answers_for_receptors():
    asked = {**RUN, "time_s": 600.0, "threshold_kg_m3": 1e-5, "toxic_exponent": 1.0}
    places = [{"x_m": 1000.0}, {"x_m": 9000.0}]
    values = finite_release.run(asked, receptors=places)["values"]
    one = released()
    assert values["concentration_kg_m3"][0] == float(one.at(1000.0, 0.0, 0.0, 600.0))
    assert values["arrival_s"][1] is None
    # With n = 1 the load in (mg/m³) min is the dose.
    assert values["toxic_load_mg_m3_min"][0] == pytest.approx(
        values["dose_kg_s_m3"][0] * 1e6 / 60.0, rel=1e-4
    )


def test_the_steps_give_the_answer_by_hand():
    result = finite_release.run(RUN, receptors=[{"x_m": 3000.0}])
    steps = {each["name"]: each["value"] for each in result["steps"]}
    assert steps["axis_kg_m3"] * steps["highest_share"] == pytest.approx(steps["peak_kg_m3"])
    assert steps["peak_kg_m3"] == pytest.approx(result["values"]["peak_kg_m3"][0])


def test_the_wind_and_the_duration_choose_the_cloud():
    shared = {"release_kg_s": 1.0, "stability": "F", "dispersion": BRIGGS_RURAL}
    assert isinstance(cloud(duration_s=60.0, wind_speed_m_s=0.3, **shared), CalmRelease)
    assert isinstance(cloud(duration_s=60.0, wind_speed_m_s=1.0, **shared), FiniteRelease)
    steady = cloud(duration_s=float("inf"), wind_speed_m_s=1.0, **shared)
    assert isinstance(steady, Plume) and not isinstance(steady, FiniteRelease)


def test_what_is_known_from_memory_alone_is_marked_where_it_is_used():
    plain = finite_release.run(RUN)["warnings"]
    marked = finite_release.run({**RUN, "along_wind": "beals"})["warnings"]
    assert plain == []
    assert marked[0]["code"] == "hazard.uncertain_constants"


@pytest.mark.parametrize(
    "change",
    [
        {"duration_s": 0.0},
        {"duration_s": -5.0},
        {"release_kg_s": 0.0},
        {"wind_speed_m_s": 0.4},
        {"toxic_exponent": 0.0},
    ],
)
def test_nonsense_is_refused(change):
    with pytest.raises(OutOfRangeError) as caught:
        finite_release.run({**RUN, **change})
    assert caught.value.details["field"] in change


def test_a_word_that_is_no_choice_is_refused():
    with pytest.raises(InvalidInputError):
        finite_release.run({**RUN, "along_wind": "diagonal"})


@pytest.mark.parametrize("name", ["briggs_rural", "hj_calm"])
def test_the_history_of_the_first_receptor_holds_its_peak(name):
    asked = {**RUN, "wind_speed_m_s": 1.2, "time_s": 400.0}
    result = finite_release.run(asked, name, [{"x_m": 400.0, "y_m": 20.0}])
    history = result["intermediates"]["history"]
    assert len(history["time_s"]) == len(history["concentration_kg_m3"])
    assert max(history["concentration_kg_m3"]) == pytest.approx(
        result["values"]["peak_kg_m3"][0], rel=0.02
    )
    dose = np.trapezoid(history["concentration_kg_m3"], history["time_s"])
    assert dose == pytest.approx(result["values"]["dose_kg_s_m3"][0], rel=0.1)
