"""Fire over a grid: against the ellipse it must be on even ground, and what terrain must do."""

import math

import numpy as np
import pytest

from analysis.hazard import fire_spread, rothermel
from analysis.hazard.physics.spread.fire_grid import rothermel_pace
from analysis.hazard.physics.spread.fuel_bed import Moisture
from analysis.hazard.physics.spread.pace import EllipsePace
from analysis.hazard.physics.spread.travel_time import travel_minutes
from layers.errors import InvalidInputError

SHAPE, SOURCE, CELL_M = (161, 161), (80, 40), 10.0


def ellipse(head, heading_deg, eccentricity):
    """Return the time of a straight way from the rear focus of the ellipse, in minutes."""
    down, right = np.indices(SHAPE)
    east, north = (right - SOURCE[1]) * CELL_M, (SOURCE[0] - down) * CELL_M
    along = east * math.sin(math.radians(heading_deg)) + north * math.cos(math.radians(heading_deg))
    return (np.hypot(east, north) - eccentricity * along) / (head * (1 - eccentricity))


@pytest.mark.parametrize(
    ("eccentricity", "heading"), [(0.0, 0.0), (0.6, 17.0), (0.86, 23.0), (0.86, 90.0)]
)
def test_on_even_ground_the_fire_is_the_ellipse_within_three_percent(eccentricity, heading):
    # The least difference between cells keeps the search from knowing that all are alike.
    rate = np.full(SHAPE, 10.0) * (1 + 1e-9 * np.random.default_rng(0).random(SHAPE))
    pace = EllipsePace.of(rate, np.full(SHAPE, math.radians(heading)), np.full(SHAPE, eccentricity))
    found = travel_minutes(pace, cell_size_m=CELL_M, source=SOURCE, limit_min=90.0)
    true = ellipse(10.0, heading, eccentricity)
    both = (true < 88.0) & (true > 5.0) & np.isfinite(found)
    error = found[both] / true[both] - 1.0
    assert error.min() > -1e-6  # a way that exists is never faster than the fastest
    assert error.max() < 0.03
    for time in (30.0, 60.0, 88.0):
        assert (found <= time).sum() == pytest.approx((true <= time).sum(), rel=0.01)


def test_a_fire_goes_round_a_break_and_not_through_it():
    rate = np.full(SHAPE, 10.0)
    rate[40:121, 60] = 0.0
    pace = EllipsePace.of(rate, np.zeros(SHAPE), np.zeros(SHAPE))
    found = travel_minutes(pace, cell_size_m=CELL_M, source=SOURCE, limit_min=200.0)
    assert np.isinf(found[40:121, 60]).all()
    behind = (80, 80)
    end = (121 - 80, 60 - 40)
    detour_m = CELL_M * (math.hypot(*end) + math.hypot(121 - 80, 80 - 60))
    assert found[behind] == pytest.approx(detour_m / 10.0, rel=0.02)


def test_a_closed_break_holds_the_fire():
    rate = np.full((21, 21), 5.0)
    rate[5, 5:16] = rate[15, 5:16] = rate[5:16, 5] = rate[5:16, 15] = 0.0
    pace = EllipsePace.of(rate, np.zeros((21, 21)), np.full((21, 21), 0.5))
    found = travel_minutes(pace, cell_size_m=5.0, source=(10, 10), limit_min=1e4)
    assert np.isfinite(found[6:15, 6:15]).all()
    assert np.isfinite(found).sum() == 81


def slope(rows=41, columns=41, rise=0.0):
    return [[rise * (rows - row) for _ in range(columns)] for row in range(rows)]


CASE = {
    "cell_size_m": 10.0,
    "source_row": 20,
    "source_column": 20,
    "times_min": [30, 60, 120],
    "fuel_model": "3",
    "moisture_1h_pct": 8.0,
    "wind_speed_10m_m_s": 0.0,
}


def arrival(result):
    return np.array(result["intermediates"]["arrival_min"], dtype=float)


def test_the_head_of_the_grid_is_the_head_of_the_model():
    """20 minutes north at the rate that the model itself gives for the place."""
    wind = {"wind_speed_10m_m_s": 2.0, "wind_from_deg": 180.0}
    one = rothermel.run({"fuel_model": "8", "moisture_1h_pct": 8.0, **wind})["values"]
    case = {**CASE, "fuel_model": "8", **wind, "cell_size_m": 1.0, "source_row": 30}
    got = arrival(fire_spread.run({**case, "elevation_m": slope(), "times_min": [600]}))
    assert got[10, 20] == pytest.approx(20.0 / one["spread_rate_m_min"], rel=1e-6)
    assert got[36, 20] == pytest.approx(6.0 / one["back_rate_m_min"], rel=1e-6)


def test_fire_runs_faster_uphill():
    flat = arrival(fire_spread.run({**CASE, "elevation_m": slope()}))
    hill = arrival(fire_spread.run({**CASE, "elevation_m": slope(rise=3.0)}))
    assert hill[10, 20] < 0.7 * flat[10, 20]
    burned = fire_spread.run({**CASE, "elevation_m": slope(rise=3.0)})["values"]["burned_area_m2"]
    assert burned == sorted(burned)


def test_wang_zhengfei_spreads_over_the_same_grid():
    day = {"temperature_c": 30.0, "humidity_pct": 30.0, "fuel": "pine"}
    case = {k: v for k, v in CASE.items() if k not in ("fuel_model", "moisture_1h_pct")}
    still = fire_spread.run({**case, **day, "elevation_m": slope()}, "wang_zhengfei")
    # R0 = 0.03·30 + 0.01·70 − 0.3 = 1.3 m/min, a circle without wind.
    assert still["values"]["reach_m"][-1] == pytest.approx(1.3 * 120, abs=10.0)
    blown = {"wind_speed_10m_m_s": 4.4, "wind_from_deg": 180.0, "cell_size_m": 2.0}
    windy = arrival(fire_spread.run({**case, **day, **blown, "elevation_m": slope()},
                                    "wang_zhengfei"))  # fmt: skip
    head = (1.3 + 0.05 * 3) * math.exp(0.1783 * 4.4)
    assert windy[10, 20] == pytest.approx(20.0 / head, rel=1e-6)
    assert windy[10, 20] < windy[20, 30] < windy[30, 20]


def test_a_fuel_map_decides_what_burns():
    fuel = [[98 if column == 25 else 3 for column in range(41)] for _ in range(41)]
    case = {k: v for k, v in CASE.items() if k != "fuel_model"}
    got = arrival(fire_spread.run({**case, "fuel_number": fuel, "elevation_m": slope()}))
    assert np.isnan(got[:, 25:]).all()
    assert np.isfinite(got[20, 24])
    with pytest.raises(InvalidInputError, match="nothing burns"):
        fire_spread.run({**case, "source_column": 25, "fuel_number": fuel, "elevation_m": slope()})
    with pytest.raises(InvalidInputError, match="fuel_number"):
        fire_spread.run({**case, "fuel_number": [[3, 3]], "elevation_m": slope()})
    fuel[0][0] = 77
    with pytest.raises(InvalidInputError, match="77"):
        fire_spread.run({**case, "fuel_number": fuel, "elevation_m": slope()})


def test_a_fire_that_leaves_the_grid_says_so():
    result = fire_spread.run({**CASE, "elevation_m": slope(), "times_min": [600]})
    assert "spread.grid_left" in {w["code"] for w in result["warnings"]}


def test_a_source_outside_the_grid_is_refused():
    with pytest.raises(InvalidInputError, match=r"source_row: got 41, wanted 0 \.\. 40"):
        fire_spread.run({**CASE, "source_row": 41, "elevation_m": slope()})


def test_ground_without_height_does_not_burn():
    ground = slope()
    for row in ground:
        row[25] = None
    got = arrival(fire_spread.run({**CASE, "elevation_m": ground}))
    assert np.isnan(got[:, 26:]).all()


def test_the_same_grid_gives_the_same_times():
    hill = np.add.outer(np.sin(np.arange(60) / 6), np.cos(np.arange(60) / 9)) * 40
    wind = {"wind_from_deg": 30.0, "wind_limit": "none", "ellipse": "anderson_1983",
            "midflame_wind_speed_m_s": 2.0, "wind_speed_10m_m_s": None}  # fmt: skip
    moisture = Moisture(dead_1h=0.06, dead_10h=0.07, dead_100h=0.08, herb=0.6, woody=0.9)
    times = [
        travel_minutes(
            rothermel_pace(hill, cell_size_m=20.0, fuel_number=np.full(hill.shape, 2.0),
                           moisture=moisture, wind=wind),
            cell_size_m=20.0, source=(30, 30), limit_min=120.0,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert np.array_equal(times[0], times[1])
    # A finer view of the same way: no cell is reached before a neighbour that feeds it.
    finite = np.isfinite(times[0])
    assert times[0][30, 30] == 0.0
    assert (times[0][finite] >= 0.0).all()
