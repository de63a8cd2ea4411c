"""Britter and McQuaid's plume and puff against the examples that are printed of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import britter_mcquaid_plume, britter_mcquaid_puff
from analysis.hazard.physics.heavy.britter_mcquaid import (
    PLUME_CURVES,
    PUFF_CURVES,
    betas,
    plume_decay,
)
from layers.errors import InvalidInputError, OutOfRangeError

# CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, p. 122 (LNG, Burro), read
# through GasDispersion.jl: 0.23 m³/s of liquid at 425.6 kg/m³, vapour of 1.76 kg/m³ at -162 °C.
BURRO = {
    "release_kg_s": 0.23 * 425.6,
    "density_kg_m3": 1.76,
    "temperature_k": 111.15,
    "ambient_temperature_k": 298.0,
    "wind_speed_m_s": 10.9,
}
# Workbook (HSE CRR 17/1988), the ammonia accident of Potchefstroom.
POTCHEFSTROOM = {
    "volume_m3": 7.25e4,
    "density_kg_m3": 1.434,
    "ambient_density_kg_m3": 1.2041,
    "ambient_temperature_k": 293.15,
    "wind_speed_m_s": 2.0,
    "initial_fraction": 1.0 / 16.4,
}
HEAVY = {"density_kg_m3": 3.6, "temperature_k": 239.0, "wind_speed_m_s": 3.0}


def codes(result):
    return {warning["code"] for warning in result["warnings"]}


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (-0.75, [1.75, 1.92, 2.08, 2.25, 2.40, 2.60]),
        (-0.40, [1.784, 2.016, 2.21, 2.394, 2.564, 2.714]),
        (-0.20, [1.832, 2.06, 2.25, 2.45, 2.63, 2.77]),
        (0.0, [1.78, 1.96, 2.16, 2.35, 2.56, 2.71]),
    ],
)
def test_the_plumes_curves_are_the_printed_ones(alpha, expected):
    assert betas(PLUME_CURVES, alpha) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (-0.75, [0.70, 0.85, 0.95, 1.15, 1.48, 1.83, 2.075]),
        (0.0, [0.81, 1.00, 1.19, 1.39, 1.62, 1.83, 2.05]),
        (0.75, [0.93, 1.03, 1.185, 1.375, 1.525, 1.68, 1.8475]),
    ],
)
def test_the_puffs_curves_are_the_printed_ones(alpha, expected):
    assert betas(PUFF_CURVES, alpha) == pytest.approx(expected, abs=1e-9)


def test_the_lng_example_of_ccps_comes_out_as_printed():
    places = [{"x_m": x} for x in (45.2, 367.0, 1200.0)]
    result = britter_mcquaid_plume.run({**BURRO, "threshold_fraction": 0.05}, receptors=places)
    assert result["values"]["fraction"] == pytest.approx([0.67202, 0.050718, 0.0049214], rel=1e-4)
    assert result["values"]["reach_m"] == pytest.approx(367.0, rel=0.02)  # printed: 367 m
    assert result["intermediates"]["alpha"] == pytest.approx(-0.417, abs=1e-3)


def test_the_accident_of_potchefstroom_comes_out_as_printed():
    given_ = {**POTCHEFSTROOM, "time_s": 124.0}
    result = britter_mcquaid_puff.run(given_, receptors=[{"x_m": 333.0}])
    assert result["values"]["fraction"] == pytest.approx([0.0060976], rel=1e-4)


def test_log_interpolation_meets_the_curves_at_their_knots_as_the_linear_one_does():
    for kind in ("linear", "log"):
        decay = plume_decay(-0.3, kind)
        assert decay.at(10.0**decay.beta) == pytest.approx(decay.ratio, rel=1e-9)


def test_beyond_the_lowest_curve_it_says_by_what_it_goes_on():
    near = britter_mcquaid_plume.run({**BURRO, "threshold_fraction": 0.05})
    assert "hazard.beyond_curves" not in codes(near)
    far = britter_mcquaid_plume.run({**BURRO, "threshold_fraction": 1e-4})
    (said,) = (w for w in far["warnings"] if w["code"] == "hazard.beyond_curves")
    assert said["params"]["continuation"]["code"] == "value.inverse_square"


@pytest.mark.parametrize(
    ("model", "amount"),
    [(britter_mcquaid_plume, {"release_kg_s": 10.0}), (britter_mcquaid_puff, {"mass_kg": 6000.0})],
)
def test_the_gaussian_takes_over_without_a_jump(model, amount):
    inputs = {**HEAVY, **amount, "continuation": "gaussian", "stability": "D"}
    cloud = model.cloud(model.MODEL.read(inputs))
    end = cloud.curves_end_m
    either = cloud.peak(np.array([end * 0.9999, end * 1.0001]), np.zeros(2))
    assert either[1] == pytest.approx(either[0], rel=2e-3)
    x = np.geomspace(1.0, 10_000.0, 300)
    assert (np.diff(cloud.peak(x, np.zeros_like(x))) <= 1e-15).all()


def test_a_gaussian_continuation_needs_the_stability():
    with pytest.raises(InvalidInputError) as caught:
        britter_mcquaid_plume.run({**BURRO, "continuation": "gaussian"})
    assert caught.value.details["field"] == "stability"


def test_a_cloud_no_heavier_than_air_is_refused():
    with pytest.raises(OutOfRangeError) as caught:
        britter_mcquaid_plume.run({**BURRO, "density_kg_m3": 1.1})
    assert caught.value.details["field"] == "density_kg_m3"


def test_past_the_curves_in_light_wind_it_refuses():
    with pytest.raises(OutOfRangeError) as caught:
        britter_mcquaid_plume.run({**HEAVY, "release_kg_s": 1000.0, "wind_speed_m_s": 0.2})
    assert caught.value.details["field"] == "alpha"


def test_a_passive_or_a_short_release_is_answered_with_a_warning():
    passive = {"release_kg_s": 1e-4, "density_kg_m3": 1.3, "wind_speed_m_s": 15.0}
    assert "hazard.not_heavy" in codes(britter_mcquaid_plume.run(passive))
    short = {**BURRO, "duration_s": 10.0, "threshold_fraction": 0.05}
    assert "hazard.not_continuous" in codes(britter_mcquaid_plume.run(short))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rate=st.floats(0.01, 100.0), more=st.floats(1.0, 10.0), fraction=st.floats(1e-6, 0.5))
def test_more_gas_never_reaches_less_far(rate, more, fraction):
    def reach(kg_s):
        inputs = {**HEAVY, "release_kg_s": kg_s, "threshold_fraction": fraction}
        return britter_mcquaid_plume.run(inputs)["values"]["reach_m"]

    assert reach(rate * more) >= reach(rate) * (1.0 - 1e-6)
