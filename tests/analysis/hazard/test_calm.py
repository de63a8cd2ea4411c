"""Calm air: the standard's own closed form, a sum of puffs, and the mass."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from analysis.hazard import finite_release, gaussian_puff
from analysis.hazard.physics.gaussian.calm import GAMMA01, GAMMA02, CalmPuff, CalmRelease, gammas
from analysis.hazard.physics.isopleth import isopleth

X = np.array([-300.0, -20.0, 50.0, 400.0, 1500.0])
Y = np.array([0.0, 30.0, 5.0, 100.0, 0.0])


def standard(rate, wind, letter, height, x, y):
    """Return HJ/T 2.2-93: 2Q/((2π)^1.5 γ02 η²) · G, the steady ground concentration."""
    across, up = gammas(letter, wind)
    eta = np.sqrt(x**2 + y**2 + (across / up * height) ** 2)
    s = wind * x / (across * eta)
    g = np.exp(-(wind**2) / (2 * across**2)) * (
        1.0 + math.sqrt(2 * math.pi) * s * np.exp(s**2 / 2) * norm.cdf(s)
    )
    return 2.0 * rate / ((2 * math.pi) ** 1.5 * up * eta**2) * g


@pytest.mark.parametrize("letter", list("ABCDEF"))
@pytest.mark.parametrize("wind", [0.0, 0.3, 0.5, 1.2])
@pytest.mark.parametrize("height", [0.0, 15.0])
def test_a_release_without_end_is_the_formula_of_the_standard(letter, wind, height):
    one = CalmRelease(release_kg_s=2.0, wind_speed_m_s=wind, stability=letter, height_m=height)
    assert one.steady(X, Y) == pytest.approx(standard(2.0, wind, letter, height, X, Y), rel=1e-6)


@pytest.mark.parametrize("time", [100.0, 900.0, 4000.0])
@pytest.mark.parametrize("wind", [0.0, 0.9])
def test_a_release_is_the_sum_of_its_puffs(time, wind):
    shared = {"wind_speed_m_s": wind, "stability": "E", "height_m": 3.0}
    lasting = CalmRelease(release_kg_s=1.0, duration_s=600.0, **shared)
    puff = CalmPuff(mass_kg=1.0, **shared)
    ages = np.linspace(max(time - 600.0, 0.0) + 1e-3, time, 60_001)
    for x, y in zip(X, Y, strict=True):
        summed = np.trapezoid(puff.at(np.array(x), np.array(y), 1.0, ages), ages)
        found = float(lasting.at(np.array(x), np.array(y), 1.0, time))
        assert found == pytest.approx(summed, rel=1e-4, abs=1e-12)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(
    wind=st.floats(0.0, 1.5),
    letter=st.sampled_from("ABCDEF"),
    x=st.floats(-500.0, 2000.0),
    y=st.floats(10.0, 300.0),
    duration=st.floats(10.0, 4000.0),
)
def test_no_moment_exceeds_the_peak_and_one_reaches_it(wind, letter, x, y, duration):
    shared = {"wind_speed_m_s": wind, "stability": letter}
    for one in (
        CalmPuff(mass_kg=5.0, **shared),
        CalmRelease(release_kg_s=5.0, duration_s=duration, **shared),
    ):
        peak = float(one.peak(np.array(x), np.array(y)))
        if peak < 1e-12:  # far upwind: nothing to compare
            continue
        times = np.geomspace(0.5, 60_000.0, 30_001)
        walked = one.at(np.array(x), np.array(y), 0.0, times).max()
        assert walked <= peak * (1.0 + 1e-6)
        assert peak == pytest.approx(walked, rel=2e-2)


@pytest.mark.parametrize("letter", list("ABCDEF"))
def test_a_calm_puff_holds_its_mass(letter):
    puff = CalmPuff(mass_kg=7.0, wind_speed_m_s=0.4, stability=letter, height_m=5.0)
    across, up = (600.0 * each for each in gammas(letter, 0.4))
    x, y = np.linspace(-6 * across, 6 * across, 81) + 240.0, np.linspace(-6, 6, 81) * across
    z = np.linspace(0.0, 5.0 + 7.0 * up, 161)
    field = puff.at(x[:, None, None], y[None, :, None], z[None, None, :], 600.0)
    mass = np.trapezoid(np.trapezoid(np.trapezoid(field, z), y), x)
    assert mass == pytest.approx(7.0, rel=0.01)


def test_in_dead_calm_the_footprint_is_a_circle():
    puff = CalmPuff(mass_kg=1000.0, wind_speed_m_s=0.0, stability="F")
    line = isopleth(puff, 1e-4, points=401)
    across, up = GAMMA01["calm"]["F"], GAMMA02["F"]
    # Peak at r: 2M/((2π)^1.5 γ01² γ02) (3 γ01²/r²)^1.5 e^-1.5
    radius = (
        (2.0 * 1000.0 / ((2 * math.pi) ** 1.5 * across**2 * up) * math.exp(-1.5) / 1e-4) ** (1 / 3)
        * math.sqrt(3.0)
        * across
    )
    assert line.reach_m == pytest.approx(radius, rel=1e-4)
    assert line.x_m[0] == pytest.approx(-radius, rel=1e-4)
    assert line.area_m2 == pytest.approx(math.pi * radius**2, rel=1e-3)


@pytest.mark.parametrize("duration", [600.0, math.inf])
def test_a_threshold_arrives_when_the_concentration_crosses_it(duration):
    one = CalmRelease(release_kg_s=1.0, duration_s=duration, wind_speed_m_s=0.3, stability="F")
    x = np.array([-60.0, 40.0, 5000.0])
    arrives, passes = one.passage_s(x, 1e-4)
    for i in (0, 1):
        assert float(one.at(x[i], 0.0, 0.0, arrives[i])) == pytest.approx(1e-4, rel=1e-5)
        if math.isinf(duration):
            assert math.isinf(passes[i])
        else:
            assert float(one.at(x[i], 0.0, 0.0, passes[i])) == pytest.approx(1e-4, rel=1e-5)
    assert np.isnan(arrives[2])


def test_more_mass_reaches_no_less_far():
    reach = [
        isopleth(CalmPuff(mass_kg=each, wind_speed_m_s=0.2, stability="F"), 1e-4).reach_m
        for each in (10.0, 100.0, 1000.0)
    ]
    assert reach == sorted(reach)


def test_a_calm_clear_night_is_answered_and_never_refused():
    puff = gaussian_puff.run(
        {"mass_kg": 1000.0, "wind_speed_m_s": 0.0, "stability": "F", "threshold_kg_m3": 5.8e-5},
        "hj_calm",
    )
    lasting = finite_release.run(
        {
            "release_kg_s": 1.0,
            "duration_s": 1800.0,
            "wind_speed_m_s": 0.0,
            "stability": "F",
            "threshold_kg_m3": 5.8e-5,
        },
        "hj_calm",
    )
    assert puff["values"]["reach_m"] > 100.0
    assert lasting["values"]["reach_m"] > 100.0
