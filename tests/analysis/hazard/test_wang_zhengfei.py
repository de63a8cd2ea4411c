"""Wang Zhengfei's forest fire: the factors, the sets, and a case worked by hand."""

import math

import pytest

from analysis.hazard import wang_zhengfei
from analysis.hazard.wang_zhengfei import BEAUFORT_M_S, force_of
from layers.errors import InvalidInputError, OutOfRangeError

DAY = {"temperature_c": 30, "wind_force": 3, "humidity_pct": 30}


def test_a_case_worked_by_hand_comes_out():
    """T 30, W 3, RH 30, v 4.4, slope 15, Ks 1.2: R0 1.45, Kw 2.19135, Kφ 2.06981 (computed)."""
    case = {**DAY, "wind_speed_m_s": 4.4, "slope_deg": 15, "fuel_factor": 1.2}
    values = wang_zhengfei.run(case)["values"]
    assert values["still_rate_m_min"] == pytest.approx(1.45)
    assert values["wind_factor"] == pytest.approx(2.19135, abs=5e-6)
    assert values["slope_factor"] == pytest.approx(2.06981, abs=5e-6)
    assert values["spread_rate_m_min"] == pytest.approx(7.89209, abs=5e-6)


@pytest.mark.parametrize(
    ("name", "still"),
    [
        ("wang", 0.03 * 30 + 0.05 * 3 + 0.01 * 70 - 0.3),
        ("temperature_wind", 0.053 * 30 + 0.048 * 3 - 0.275),
        ("exponential_humidity", 1.0372 * math.exp(-0.057 * 30)),
    ],
)
def test_each_set_has_its_own_rate_without_wind_and_slope(name, still):
    result = wang_zhengfei.run(DAY, name)
    assert result["values"]["still_rate_m_min"] == pytest.approx(still)
    assert "hazard.uncertain_constants" in {w["code"] for w in result["warnings"]}


def test_the_constants_are_open():
    own = {"temperature_coefficient": 0.04, "wind_coefficient": 0.06, "humidity_coefficient": 0.02,
           "constant": -0.5}  # fmt: skip
    still = wang_zhengfei.run({**DAY, **own})["values"]["still_rate_m_min"]
    assert still == pytest.approx(0.04 * 30 + 0.06 * 3 + 0.02 * 70 - 0.5)


def test_a_fire_downhill_is_slowed_by_what_speeds_it_uphill():
    up, down = (
        wang_zhengfei.run({**DAY, "slope_deg": s})["values"]["slope_factor"] for s in (20, -20)
    )
    assert up * down == pytest.approx(1.0)


def test_force_and_speed_complete_each_other():
    assert wang_zhengfei.run(DAY)["intermediates"]["wind_speed_m_s"] == BEAUFORT_M_S[3]
    by_speed = {"temperature_c": 30, "humidity_pct": 30, "wind_speed_m_s": 10.0}
    assert wang_zhengfei.run(by_speed)["intermediates"]["wind_force"] == 5
    assert force_of(0.1) == 0


def test_a_rate_below_zero_is_refused_with_its_reason():
    with pytest.raises(OutOfRangeError, match="below 0"):
        wang_zhengfei.run({"temperature_c": -10, "wind_force": 0, "humidity_pct": 95})


def test_an_unknown_fuel_and_a_wall_are_refused():
    with pytest.raises(InvalidInputError):
        wang_zhengfei.run({**DAY, "fuel": "concrete"})
    with pytest.raises(OutOfRangeError):
        wang_zhengfei.run({**DAY, "slope_deg": 75})
