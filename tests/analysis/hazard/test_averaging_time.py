"""Averaging times by hand, and that they can be walked back."""

import pytest

from analysis.hazard import averaging_time


def factor(name, seconds, **changes):
    run = {"averaging_s": seconds, **changes}
    return averaging_time.run(run, name)["values"]["width_factor"]


def test_factors_by_hand():
    assert factor("tno", 3600.0) == pytest.approx(6.0**0.2)
    assert factor("tno", 1.0, stability="D") == pytest.approx((18.3 / 600.0) ** 0.2)
    assert factor("gbt3840", 7200.0, reference_s=1800.0) == pytest.approx(4.0**0.3)
    # Turner 1970: from 3 min to 10 min a mean falls by (10/3)^0.17
    assert factor("turner", 600.0, reference_s=180.0) == pytest.approx((10 / 3) ** 0.17)


def test_a_concentration_falls_as_the_plume_widens():
    run = {"averaging_s": 3600.0, "concentration_kg_m3": 1e-3}
    values = averaging_time.run(run)["values"]
    assert values["concentration_kg_m3"] == pytest.approx(1e-3 / 6.0**0.2)


def test_there_and_back_is_one():
    there, back = factor("tno", 3600.0), factor("tno", 600.0, reference_s=3600.0)
    assert there * back == pytest.approx(1.0)


def test_a_time_outside_the_rule_is_warned_of():
    result = averaging_time.run({"averaging_s": 60.0, "reference_s": 1800.0}, "gbt3840")
    assert [each["code"] for each in result["warnings"]] == ["hazard.averaging_outside"]
