"""The mixing layer by hand and by its order."""

import math

import pytest

from analysis.hazard import mixing_height
from layers.errors import OutOfRangeError

RUN = {"wind_speed_10m_m_s": 4.0, "stability": "D", "lat": 30.0}


def height(name=None, **changes):
    return mixing_height.run({**RUN, **changes}, name)["values"]["mixing_height_m"]


def test_the_chinese_formula_by_hand():
    # f = 2 · 7.2921e-5 · sin 30° = 7.2921e-5; 0.019 · 4/f; 0.70 √(4/f)
    assert height() == pytest.approx(0.019 * 4.0 / 7.2921e-5)
    assert height(stability="F") == pytest.approx(0.70 * math.sqrt(4.0 / 7.2921e-5))
    assert height(china_region="southeast") == pytest.approx(0.012 * 4.0 / 7.2921e-5)


def test_the_neutral_layer_by_hand():
    friction = 4.0 * 0.4 / math.log((10.0 + 0.03) / 0.03)
    assert height("similarity") == pytest.approx(0.3 * friction / 7.2921e-5)


@pytest.mark.parametrize("name", ["gbt13201", "similarity"])
def test_the_more_stable_the_lower(name):
    found = [height(name, stability=letter) for letter in "DEF"]
    assert found == sorted(found, reverse=True)


def test_both_hemispheres_are_alike_and_the_equator_is_refused():
    assert height(lat=-30.0) == pytest.approx(height())
    with pytest.raises(OutOfRangeError) as caught:
        height(lat=2.0)
    assert caught.value.details["field"] == "lat"


def test_coefficients_from_memory_carry_their_mark():
    codes = [each["code"] for each in mixing_height.run(RUN)["warnings"]]
    assert "hazard.uncertain_constants" in codes


def test_ground_too_rough_for_golder_is_refused_where_a_stable_class_would_turn_unstable():
    with pytest.raises(OutOfRangeError) as refusal:
        height("similarity", stability="E", roughness_m=4.9)
    assert refusal.value.details["field"] == "roughness_m"
    assert height("similarity", stability="E", roughness_m=1.6) > 0.0
