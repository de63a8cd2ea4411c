"""Plume rise against published numbers and by hand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import plume_rise
from layers.errors import OutOfRangeError

# GasDispersion.jl test/utils/util_tests.jl: d 1 m, Ta 288.15 K, u 4 m/s, Fb 50 m⁴/s³ at 400 K.
RUN = {
    "stack_height_m": 0.0,
    "diameter_m": 1.0,
    "exit_speed_m_s": 72.93819699672669,
    "exit_temperature_k": 400.0,
    "air_temperature_k": 288.15,
    "wind_speed_m_s": 4.0,
    "stability": "A",
}


def rise(name=None, **changes):
    return plume_rise.run({**RUN, **changes}, name)


@pytest.mark.parametrize(
    ("changes", "final_at_m", "final_m"),
    [
        ({}, 565.0050541491846, 100.71365158671999),
        ({"exit_speed_m_s": 87.52583639607202}, 612.07897481385, 112.8895989623143),
        ({"stability": "E"}, 317.60677324769046, 68.59722859012221),
        ({"stability": "F"}, 240.0881533494489, 56.92380039947288),
    ],
)
def test_buoyant_plumes_rise_as_briggs_says(changes, final_at_m, final_m):
    values = rise(**changes)["values"]
    assert values["driver"] == "buoyancy"
    assert values["final_distance_m"] == pytest.approx(final_at_m, rel=1e-6)
    assert values["plume_rise_m"] == pytest.approx(final_m, rel=1e-6)


def test_on_its_way_a_plume_follows_the_two_thirds_law():
    # 1.6 Fb^⅓ x^⅔/u at 50 m, Fb 50: 20 m
    assert rise(distance_m=50.0)["values"]["rise_at_distance_m"] == pytest.approx(20.0, rel=1e-6)
    far = rise(distance_m=2000.0)["values"]
    assert far["rise_at_distance_m"] == far["plume_rise_m"]


def test_a_cool_fast_jet_rises_by_momentum():
    # GasDispersion.jl: 325 K, 179.8775 m/s: 3 d v/u; 81.018 m at 50 m
    values = rise(exit_temperature_k=325.0, exit_speed_m_s=179.87751923862007, distance_m=50.0)[
        "values"
    ]
    assert values["driver"] == "momentum"
    assert values["plume_rise_m"] == pytest.approx(3.0 * 179.87751923862007 / 4.0)
    assert values["rise_at_distance_m"] == pytest.approx(81.01824072514351, rel=1e-6)


def test_stable_momentum_by_hand():
    # ISC3 vol. II: 1.5 (Fm/(u √s))^⅓, not over 3 d v/u
    values = rise(exit_temperature_k=290.0, exit_speed_m_s=20.0, stability="E")["values"]
    s = 9.80616 * 0.020 / 288.15
    fm = 20.0**2 * 288.15 / (4.0 * 290.0)
    assert values["driver"] == "momentum"
    assert values["plume_rise_m"] == pytest.approx(1.5 * (fm / (4.0 * math.sqrt(s))) ** (1 / 3))


def test_a_gas_as_cold_as_the_air_has_no_buoyancy():
    values = rise(exit_temperature_k=288.15, exit_speed_m_s=10.0)["values"]
    assert values["driver"] == "momentum"
    assert values["final_distance_m"] == pytest.approx(4.0 * (10.0 + 12.0) ** 2 / 40.0)


def test_in_calm_stable_air_the_lesser_rise_counts():
    # The two are equal at u = 0.2746 Fb^¼ s^⅛: a great plume and a weak wind.
    calm = {"wind_speed_m_s": 0.5, "stability": "F", "diameter_m": 20.0}
    bent, least = rise("isc3", **calm), rise("briggs", **calm)
    s = 9.80616 * 0.035 / 288.15
    assert least["values"]["plume_rise_m"] == pytest.approx(4.0 * 20_000.0**0.25 * s**-0.375)
    assert least["values"]["plume_rise_m"] < bent["values"]["plume_rise_m"]


def test_a_slow_plume_is_drawn_down_behind_its_stack():
    slow = {"exit_speed_m_s": 4.0, "stack_height_m": 30.0, "downwash": "yes"}
    values = rise(**slow)["values"]
    assert values["downwash_m"] == pytest.approx(2.0 * 1.0 * (1.0 - 1.5))
    assert values["effective_height_m"] == pytest.approx(29.0 + values["plume_rise_m"])


def test_the_chinese_standard_by_hand():
    # HJ/T 2.2-93: Qh = 0.35 Pa Qv ΔT/Ts; over 2100 kW and 35 K: n0 Qh^n1 H^n2/u
    run = {
        "stack_height_m": 60.0,
        "diameter_m": 2.0,
        "exit_speed_m_s": 15.0,
        "ambient_pressure_pa": 101_325.0,
        "stability": "D",
    }
    result = rise("hj_2_2", **run)
    heat = 0.35 * 1013.25 * math.pi * 15.0 * (400.0 - 288.15) / 400.0
    assert result["steps"][0]["value"] == pytest.approx(heat)
    assert 2100.0 < heat < 21_000.0
    by_hand = 0.332 * heat**0.6 * 60.0**0.4 / 4.0
    assert result["values"]["plume_rise_m"] == pytest.approx(by_hand)
    stable = rise("hj_2_2", **{**run, "stability": "F"})["values"]["plume_rise_m"]
    assert stable == pytest.approx((heat / (0.0198 * 4.0)) ** (1 / 3))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    speed=st.floats(1.0, 50.0),
    hotter=st.floats(0.0, 300.0),
    wind=st.floats(1.0, 15.0),
    letter=st.sampled_from("ABCDEF"),
    x=st.floats(1.0, 5000.0),
)
def test_a_plume_never_rises_past_its_final_height(speed, hotter, wind, letter, x):
    values = rise(
        exit_speed_m_s=speed,
        exit_temperature_k=288.15 + hotter,
        wind_speed_m_s=wind,
        stability=letter,
        distance_m=x,
    )["values"]
    assert 0.0 <= values["rise_at_distance_m"] <= values["plume_rise_m"] + 1e-9


@pytest.mark.parametrize(
    "change", [{"diameter_m": 0.0}, {"wind_speed_m_s": 0.0}, {"exit_temperature_k": -5.0}]
)
def test_nonsense_is_refused(change):
    with pytest.raises(OutOfRangeError) as caught:
        rise(**change)
    assert caught.value.details["field"] in change


def test_hollands_worked_example():
    # gyanimohan.xyz, "Effective height of stack": 150 m, 1.0 m, 12.5 m/s, 180 °C, air 25 °C,
    # 1010 mbar, 3.5 m/s: Δh 8.67 m, H 158.67 m.
    run = {
        "stack_height_m": 150.0,
        "exit_speed_m_s": 12.5,
        "exit_temperature_k": 453.0,
        "air_temperature_k": 298.0,
        "wind_speed_m_s": 3.5,
        "ambient_pressure_pa": 101_000.0,
        "stability": "D",
    }
    values = rise("holland", **run)["values"]
    assert values["plume_rise_m"] == pytest.approx(8.67, abs=0.01)
    assert values["effective_height_m"] == pytest.approx(158.67, abs=0.01)
