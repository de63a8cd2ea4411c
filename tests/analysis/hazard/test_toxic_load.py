"""Toxic loads: of a constant, of a history, and the constant that is alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard.toxic_load import run
from layers.errors import InvalidInputError


def test_a_load_is_the_concentration_to_the_n_times_minutes():
    found = run({"concentration_mg_m3": 100.0, "exposure_min": 30.0, "exponent_n": 2.0})["values"]
    assert found["toxic_load"] == pytest.approx(300_000.0)
    assert found["equivalent_mg_m3"] == pytest.approx(100.0 / 2.0**0.5)  # an hour


def test_seconds_and_minutes_are_one_time():
    by_s = run({"concentration_mg_m3": 9.0, "exposure_s": 600.0})["values"]
    by_min = run({"concentration_mg_m3": 9.0, "exposure_min": 10.0})["values"]
    assert by_s == by_min


@given(
    n=st.floats(0.5, 4.0), level=st.floats(0.1, 1e4), minutes=st.floats(1.0, 480.0),
    reference=st.floats(1.0, 480.0),
)  # fmt: skip
@settings(max_examples=60, derandomize=True, deadline=None)
def test_the_equivalent_concentration_has_the_same_load(n, level, minutes, reference):
    first = run({"concentration_mg_m3": level, "exposure_min": minutes, "exponent_n": n,
                 "reference_min": reference})["values"]  # fmt: skip
    again = run({"concentration_mg_m3": first["equivalent_mg_m3"], "exposure_min": reference,
                 "exponent_n": n})["values"]  # fmt: skip
    assert again["toxic_load"] == pytest.approx(first["toxic_load"], rel=1e-9)


def test_a_triangle_has_the_load_of_its_closed_form():
    """∫ over a triangle of height C and base T: C^n T / (n + 1)."""
    found = run({"concentrations_mg_m3": [0.0, 50.0, 0.0], "times_s": [0.0, 600.0, 1200.0],
                 "exponent_n": 2.75})  # fmt: skip
    assert found["values"]["toxic_load"] == pytest.approx(50.0**2.75 * 20.0 / 3.75)
    loads = found["intermediates"]["history"]["toxic_load"]
    assert loads[0] == 0.0 and np.all(np.diff(loads) > 0.0)


@pytest.mark.parametrize(
    "inputs",
    [{}, {"concentration_mg_m3": 5.0}, {"concentrations_mg_m3": [1.0, 2.0]},
     {"concentration_mg_m3": 5.0, "exposure_s": 5.0, "exposure_min": 5.0},
     {"concentrations_mg_m3": [1.0, 2.0], "times_s": [3.0, 1.0]}],
)  # fmt: skip
def test_too_little_or_too_much_is_refused(inputs):
    with pytest.raises(InvalidInputError):
        run(inputs)
