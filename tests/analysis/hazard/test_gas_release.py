"""Gas through a hole: printed figures, the critical pressure, and vessels that empty."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from analysis.hazard import gas_release
from layers.errors import InvalidInputError, OutOfRangeError

R = 8.314462618
METHANE = {"pressure_pa": 1e6, "molar_mass_kg_mol": 0.016043, "gamma": 1.306}


def run(coefficients=None, **inputs):
    return gas_release.run({"temperature_k": 298.15, **inputs}, coefficients)


def rate(coefficients=None, **inputs):
    return run(coefficients, **inputs)["values"]["rate_kg_s"]


def test_ccps_gas_through_10_mm():
    """CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, p. 47."""
    mass = 8.90 * R * 298.15 / 501e3
    asked = {"pressure_pa": 501e3, "molar_mass_kg_mol": mass, "gamma": 1.15}
    assert rate("ccps", hole_diameter_m=0.01, **asked) == pytest.approx(0.0900280, rel=1e-5)


def test_methane_at_1_mpa_through_25_mm():
    found = run("sharp_edged", hole_diameter_m=0.025, **METHANE)["values"]
    assert found["rate_kg_s"] == pytest.approx(0.709410, rel=1e-4)
    assert found["choked"]


def test_chlorine_vapour_through_10_mm():
    asked = {"pressure_pa": 7e5, "molar_mass_kg_mol": 0.070906, "gamma": 1.33}
    assert rate(hole_diameter_m=0.01, **asked) == pytest.approx(0.197774, rel=1e-5)


def test_a_hole_is_given_by_its_diameter_or_by_its_area():
    area = math.pi / 4 * 0.025**2
    assert rate(hole_area_m2=area, **METHANE) == pytest.approx(
        rate(hole_diameter_m=0.025, **METHANE), rel=1e-12
    )


@pytest.mark.parametrize(
    ("hole", "code"),
    [({}, "input_missing"), ({"hole_diameter_m": 0.01, "hole_area_m2": 1e-4}, "one_of")],
)
def test_no_hole_and_two_holes_are_refused(hole, code):
    with pytest.raises(InvalidInputError) as refused:
        run(**hole, **METHANE)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hole_diameter_m", 0.0),
        ("hole_diameter_m", -0.01),
        ("pressure_pa", -1.0),
        ("temperature_k", 0.0),
        ("gamma", 1.0),
        ("molar_mass_kg_mol", 16.0),
    ],
)
def test_nonsense_is_refused_with_the_field_and_the_range(field, value):
    with pytest.raises(OutOfRangeError) as refused:
        run(**{"hole_diameter_m": 0.01, **METHANE, field: value})
    assert refused.value.details["field"] == field
    assert refused.value.details["wanted"]


def test_choked_and_unchoked_flow_meet_at_the_critical_pressure():
    critical = (2 / 2.33) ** (1.33 / 0.33)
    asked = {"hole_diameter_m": 0.01, "molar_mass_kg_mol": 0.07, "gamma": 1.33}
    at = [run(pressure_pa=101325 / critical * n, **asked)["values"] for n in (0.9999, 1.0001)]
    assert [each["choked"] for each in at] == [False, True]
    assert at[0]["rate_kg_s"] == pytest.approx(at[1]["rate_kg_s"], rel=5e-4)


def test_a_vessel_below_ambient_pressure_lets_nothing_out_and_says_so():
    result = run(hole_diameter_m=0.01, **METHANE | {"pressure_pa": 9e4})
    assert result["values"]["rate_kg_s"] == 0.0
    assert result["warnings"][0]["code"] == "hazard.no_overpressure"


HOLES = st.floats(1e-3, 0.2)
PRESSURES = st.floats(1.1e5, 2e7)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(hole=HOLES, pressure=PRESSURES, more=st.floats(1.01, 3.0))
def test_a_larger_hole_and_a_higher_pressure_let_more_out(hole, pressure, more):
    asked = METHANE | {"pressure_pa": pressure}
    first = rate(hole_diameter_m=hole, **asked)
    assert rate(hole_diameter_m=hole * more, **asked) > first
    assert rate(hole_diameter_m=hole, **asked | {"pressure_pa": pressure * more}) > first


# --- blow-down


def test_isothermal_choked_blow_down_decays_exponentially():
    """dm/dt = −m/τ with τ = V/(Cd A √(k R T/M) ((2/(k+1))^((k+1)/(2(k−1))))), exact."""
    found = run(hole_diameter_m=0.01, vessel_volume_m3=10.0, expansion="isothermal", **METHANE)
    course = {n: np.array(v) for n, v in found["intermediates"]["history"].items()}
    choked = course["pressure_pa"] > 101325 / 0.545
    constant = course["mass_kg"][0] / course["rate_kg_s"][0]
    expected = course["mass_kg"][0] * np.exp(-course["time_s"] / constant)
    assert course["mass_kg"][choked] == pytest.approx(expected[choked], rel=1e-8)


def test_adiabatic_choked_blow_down_follows_the_closed_form():
    """P = P0 (1 + (k−1) t/(2 τ))^(−2k/(k−1)), with τ of the isothermal case, exact."""
    found = run(hole_diameter_m=0.01, vessel_volume_m3=10.0, **METHANE)
    course = {n: np.array(v) for n, v in found["intermediates"]["history"].items()}
    k = METHANE["gamma"]
    choked = course["pressure_pa"] > 101325 / 0.545
    constant = course["mass_kg"][0] / course["rate_kg_s"][0]
    expected = 1e6 * (1 + (k - 1) / 2 * course["time_s"] / constant) ** (-2 * k / (k - 1))
    assert course["pressure_pa"][choked] == pytest.approx(expected[choked], rel=1e-8)


def test_the_whole_blow_down_agrees_with_an_ordinary_solver():
    found = run(hole_diameter_m=0.02, vessel_volume_m3=5.0, **METHANE)
    values, k = found["values"], METHANE["gamma"]
    held = values["held_kg"]

    def fall(_, m):
        share = max(m[0] / held, 1e-12)
        asked = {"hole_diameter_m": 0.02, **METHANE, "pressure_pa": max(1e6 * share**k, 1e3)}
        asked["temperature_k"] = 298.15 * share ** (k - 1)
        return [-gas_release.run(asked)["values"]["rate_kg_s"]]

    half = 0.5 * values["duration_s"]
    solved = solve_ivp(fall, (0.0, half), [held], rtol=1e-8, atol=1e-10)
    cut = run(hole_diameter_m=0.02, vessel_volume_m3=5.0, duration_s=half, **METHANE)["values"]
    assert cut["mass_left_kg"] == pytest.approx(solved.y[0, -1], rel=1e-6)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    hole=HOLES,
    pressure=PRESSURES,
    volume=st.floats(0.1, 1e4),
    expansion=st.sampled_from(["adiabatic", "isothermal"]),
    stop=st.none() | st.floats(1.0, 1e5),
)
def test_what_left_and_what_is_left_sum_and_the_rate_only_falls(
    hole, pressure, volume, expansion, stop
):
    asked = METHANE | {"pressure_pa": pressure, "expansion": expansion, "duration_s": stop}
    found = run(hole_diameter_m=hole, vessel_volume_m3=volume, **asked)
    values = found["values"]
    course = {n: np.array(v) for n, v in found["intermediates"]["history"].items()}
    held = pressure * 0.016043 / (R * 298.15) * volume
    assert values["released_kg"] + values["mass_left_kg"] == pytest.approx(held, rel=1e-6)
    assert np.trapezoid(course["rate_kg_s"], course["time_s"]) == pytest.approx(
        values["released_kg"], rel=2e-3
    )
    assert np.all(np.diff(course["rate_kg_s"]) <= 1e-12)
    assert np.all(np.diff(course["time_s"]) > 0)
    if stop is None:
        assert course["pressure_pa"][-1] == pytest.approx(101325, rel=1e-9)
    else:
        assert values["duration_s"] <= stop * (1 + 1e-12)
