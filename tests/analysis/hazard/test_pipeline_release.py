"""A line torn off: the two exponentials start at the choked rate and empty the line, no more."""

import math

import numpy as np
import pytest

from analysis.hazard import gas_release, pipeline_release
from layers.errors import OutOfRangeError

LINE = {
    "pipe_diameter_m": 1.0,
    "pipe_length_m": 10_000.0,
    "pressure_pa": 5e5,
    "temperature_k": 288.0,
    "molar_mass_kg_mol": 0.044,
    "gamma": 1.19,
}


def run(**more):
    return pipeline_release.run(LINE | more)


def test_the_first_rate_is_that_of_a_hole_as_wide_as_the_line():
    whole = {name: value for name, value in LINE.items() if not name.startswith("pipe")}
    hole = gas_release.run({**whole, "hole_diameter_m": 1.0}, "round")["values"]["rate_kg_s"]
    assert run()["values"]["first_rate_kg_s"] == pytest.approx(hole, rel=1e-12)


def test_all_that_is_in_the_line_comes_out_in_the_end_and_no_more():
    found = run(duration_s=1e6)
    held = 5e5 * 0.044 / (8.314462618 * 288.0) * math.pi / 4 * 10_000.0
    assert found["values"]["released_kg"] == pytest.approx(held, rel=1e-9)
    assert found["values"]["mass_left_kg"] == pytest.approx(0.0, abs=1e-6 * held)


def test_the_rate_falls_and_its_sum_is_what_is_released():
    found = run(duration_s=300.0)
    rows = {name: np.array(each) for name, each in found["intermediates"]["history"].items()}
    assert np.all(np.diff(rows["rate_kg_s"]) < 0)
    summed = np.trapezoid(rows["rate_kg_s"], rows["time_s"])
    assert summed == pytest.approx(found["values"]["released_kg"], rel=2e-3)


def test_by_hand_with_a_friction_factor_that_is_given():
    """Assael & Kakosimos 2010, p. 36-37: tB = 4/3 L/c √(k f L/D), S = m/(Q0 tB)."""
    steps = {s["name"]: s["value"] for s in run(fanning_factor=0.003, duration_s=60.0)["steps"]}
    sound = math.sqrt(1.19 * 8.314462618 * 288.0 / 0.044)
    base = 4 / 3 * 1e4 / sound * math.sqrt(1.19 * 0.003 * 1e4)
    share = steps["held_kg"] / (steps["first_rate_kg_s"] * base)
    rate = steps["first_rate_kg_s"] / (1 + share)
    rate *= math.exp(-60 / (base * share**2)) + share * math.exp(-60 / base)
    assert steps["rate_kg_s"] == pytest.approx(rate, rel=1e-12)


def test_a_short_line_is_warned_of():
    assert "hazard.short_line" in {w["code"] for w in run(pipe_length_m=20.0)["warnings"]}


def test_a_line_without_overpressure_is_refused():
    with pytest.raises(OutOfRangeError):
        run(pressure_pa=1.02e5, ambient_pressure_pa=1.05e5)
