"""Air in a house: closed forms, what staying too long does, and which way the load is smaller."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from analysis.hazard import indoor_concentration, shelter_or_evacuate
from analysis.hazard.physics.effect.shelter import indoor_history, step_loads
from layers.errors import InvalidInputError

CLOUD = {"concentration_mg_m3": 100.0, "passed_s": 1800.0}


def test_half_an_hour_of_cloud_with_one_air_change_an_hour():
    """C (1 − e^(−λT)) at the end, C (T − (1 − e^(−λT))/λ) taken in: 39.3 %, 21.3 % of outdoors."""
    found = indoor_concentration.run({**CLOUD, "air_changes_per_h": 1.0})["values"]
    assert found["peak_mg_m3"] == pytest.approx(100.0 * (1.0 - math.exp(-0.5)), rel=1e-4)
    expected = 100.0 * (30.0 - 60.0 * (1.0 - math.exp(-0.5)))
    assert found["indoor_load"] == pytest.approx(expected, rel=1e-4)
    assert found["load_ratio"] == pytest.approx(expected / 3000.0, rel=1e-4)
    assert found["ventilate_at_s"] == pytest.approx(1800.0, abs=0.1)


def test_whoever_stays_in_with_closed_windows_takes_in_as_much_as_outdoors():
    """For n = 1 a house keeps nothing out in the end: it only gives it later."""
    found = indoor_concentration.run({**CLOUD, "air_changes_per_h": 2.0, "look_after_s": 36_000.0})
    inside = found["values"]["indoor_load_if_closed"]
    assert inside == pytest.approx(found["values"]["outdoor_load"], rel=2e-3)
    assert "hazard.ventilate_after" in {w["code"] for w in found["warnings"]}


def test_a_history_is_solved_like_the_differential_equation():
    times = np.linspace(0.0, 7200.0, 61)
    outdoor = 80.0 * np.exp(-(((times - 2000.0) / 900.0) ** 2))
    rate = 1.7 / 3600.0
    solved = solve_ivp(
        lambda t, c: rate * (np.interp(t, times, outdoor) - c), (0.0, 7200.0), [5.0],
        t_eval=times, rtol=1e-9, atol=1e-9, max_step=20.0,
    )  # fmt: skip
    ours = indoor_history(times, outdoor, air_changes_per_h=1.7, indoor_start=5.0)
    assert ours == pytest.approx(solved.y[0], abs=1e-3)


def test_the_quick_loads_of_many_places_are_those_of_the_model():
    for ach, n, length in ((0.5, 1.0, 900.0), (1.0, 2.75, 3600.0), (4.0, 2.0, 1800.0)):
        quick = step_loads(
            concentration=100.0, arrival_s=600.0, passed_s=600.0 + length, air_changes_per_h=ach,
            exponent=n, inside_until_s=600.0 + length,
        )  # fmt: skip
        whole = indoor_concentration.run(
            {"concentration_mg_m3": 100.0, "arrival_s": 600.0, "passed_s": 600.0 + length,
             "air_changes_per_h": ach, "exponent_n": n}
        )["values"]["indoor_load"]  # fmt: skip
        assert float(quick) == pytest.approx(whole, rel=4e-3)


@given(
    ach=st.floats(0.05, 20.0), n=st.floats(0.5, 3.5), length=st.floats(60.0, 14_400.0),
)  # fmt: skip
@settings(max_examples=40, derandomize=True, deadline=None)
def test_a_house_that_is_aired_in_time_is_never_worse_than_outdoors(ach, n, length):
    found = indoor_concentration.run(
        {"concentration_mg_m3": 50.0, "passed_s": length, "air_changes_per_h": ach,
         "exponent_n": n}
    )["values"]  # fmt: skip
    assert 0.0 < found["load_ratio"] <= 1.0 + 1e-6
    assert found["peak_mg_m3"] <= 50.0 + 1e-6


def test_a_tighter_house_protects_more():
    ratios = [
        indoor_concentration.run({**CLOUD, "air_changes_per_h": ach})["values"]["load_ratio"]
        for ach in (0.1, 0.5, 1.0, 3.0, 10.0)
    ]
    assert ratios == sorted(ratios)


@pytest.mark.parametrize(
    "inputs",
    [{"air_changes_per_h": 1.0}, {**CLOUD}, {**CLOUD, "air_changes_per_h": 1.0, "passed_s": None},
     {**CLOUD, "air_changes_per_h": 1.0, "arrival_s": 2000.0}],
)  # fmt: skip
def test_a_cloud_that_is_not_told_is_refused(inputs):
    with pytest.raises(InvalidInputError):
        indoor_concentration.run(inputs)


# --- shelter or evacuate


def choose(**more):
    inputs = {"concentration_mg_m3": 100.0, "arrival_s": 300.0, "passage_s": 1800.0, **more}
    return shelter_or_evacuate.run(inputs)["values"]


def test_a_cloud_that_is_there_at_once_means_shelter():
    found = choose()
    assert found["action"] == "shelter" and found["plain"]
    assert found["shelter_load"] < found["evacuation_load"] <= found["outdoor_load"]


def test_who_is_gone_before_the_cloud_comes_takes_in_nothing():
    found = choose(arrival_s=3000.0)
    assert found["action"] == "evacuate"
    assert found["evacuation_load"] == 0.0 and found["leaves_before_s"] == 600.0


def test_a_cloud_that_stays_for_hours_means_leaving_even_through_it():
    """Ten hours of it fill any house; five minutes on the way out are less."""
    found = choose(passage_s=36_000.0, warning_s=0.0, evacuation_s=600.0, air_changes_per_h=2.0)
    assert found["action"] == "evacuate"


def test_the_choice_does_not_hang_on_the_concentration():
    """Both loads go with the same power of it."""
    first, second = choose(exponent_n=2.75), choose(exponent_n=2.75, concentration_mg_m3=9.0)
    assert first["action"] == second["action"]
    ratios = [v["shelter_load"] / v["evacuation_load"] for v in (first, second)]
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-9)
