"""Flow directions and floods: against a priority flood and a flood fill written plainly."""

import heapq
import itertools

import numpy as np
import pytest
from scipy import ndimage

from analysis.hazard import drainage_flood, flood, flow_direction
from analysis.hazard.physics.spread.drainage import (
    CODES,
    OUT,
    accumulation,
    directions,
    downstream,
    filled,
    height_above_drainage,
    watershed,
)
from analysis.hazard.physics.spread.inundation import bathtub
from layers.errors import InvalidInputError, OutOfRangeError


def priority_flood(z):
    """Fill sinks from the border inward, lowest first (Barnes et al. 2014, algorithm 1)."""
    rows, columns = z.shape
    out, seen, queue = z.copy(), np.isnan(z), []
    rim = np.pad(np.isnan(z), 1, constant_values=True)
    for row, column in np.ndindex(z.shape):
        if not seen[row, column] and rim[row : row + 3, column : column + 3].any():
            heapq.heappush(queue, (z[row, column], row, column))
    for _, row, column in queue:
        seen[row, column] = True
    while queue:
        level, row, column = heapq.heappop(queue)
        for _, down, right in CODES:
            r, c = row + down, column + right
            if 0 <= r < rows and 0 <= c < columns and not seen[r, c]:
                seen[r, c] = True
                out[r, c] = max(z[r, c], level)
                heapq.heappush(queue, (out[r, c], r, c))
    return out


def ground(seed, *, holes=False):
    random = np.random.default_rng(seed)
    z = random.integers(0, 7, (random.integers(2, 24), random.integers(2, 31))).astype(float)
    if holes:
        z[random.random(z.shape) < 0.07] = np.nan
    return z


@pytest.mark.parametrize("seed", range(12))
def test_sinks_are_filled_as_a_priority_flood_fills_them(seed):
    for z in (ground(seed), ground(seed, holes=True)):
        assert np.array_equal(filled(z), priority_flood(z), equal_nan=True)


@pytest.mark.parametrize("seed", range(12))
def test_every_drop_of_water_leaves_and_none_is_counted_twice(seed):
    z = ground(seed, holes=True)
    codes, surface = directions(z)
    assert ((codes > 0) == ~np.isnan(z)).all()
    target, count = downstream(codes), accumulation(codes)
    known = (codes > 0).ravel()
    assert count.ravel()[known & (target == OUT)].sum() == known.sum()
    flows = np.flatnonzero(target >= 0)
    assert (surface.ravel()[target[flows]] <= surface.ravel()[flows]).all()
    for start in flows:
        steps = 0
        while start != OUT:
            start, steps = target[start], steps + 1
            assert steps <= z.size, "water runs in a circle"


@pytest.mark.parametrize("seed", range(6))
def test_a_watershed_holds_as_many_cells_as_drain_through_its_outlet(seed):
    codes, _ = directions(ground(seed))
    count = accumulation(codes)
    for row, column in ((0, 0), (1, 1), np.unravel_index(count.argmax(), count.shape)):
        assert watershed(codes, (row, column)).sum() == count[row, column]


@pytest.mark.parametrize(
    ("down", "right", "code"),
    [(0, 1, 1), (1, 1, 2), (1, 0, 4), (1, -1, 8), (0, -1, 16), (-1, -1, 32), (-1, 0, 64),
     (-1, 1, 128)],
)  # fmt: skip
def test_the_codes_name_the_sides(down, right, code):
    z = np.full((3, 3), 5.0)
    z[1, 1], z[1 + down, 1 + right] = 3.0, 1.0
    result = flow_direction.run({"elevation_m": z.tolist(), "cell_size_m": 30})
    assert result["intermediates"]["direction"][1][1] == code


def test_a_diagonal_drop_counts_by_its_length():
    z = [[9, 9, 9], [9, 5, 4.2], [9, 9, 3.9]]
    found = flow_direction.run({"elevation_m": z, "cell_size_m": 1})["intermediates"]
    assert found["direction"][1][1] == 1  # 0.8 beats 1.1/√2 = 0.778


def test_the_watershed_of_an_outlet_is_an_area():
    z = np.add.outer(np.arange(5.0), np.abs(np.arange(5.0) - 2)).tolist()
    result = flow_direction.run(
        {"elevation_m": z, "cell_size_m": 10, "outlet_row": 0, "outlet_column": 2}
    )
    assert result["values"]["catchment_area_m2"] == 2500.0
    assert result["values"]["greatest_accumulation"] == 25


def test_half_an_outlet_is_refused():
    with pytest.raises(InvalidInputError, match="outlet_column"):
        flow_direction.run({"elevation_m": [[1, 2]], "cell_size_m": 1, "outlet_row": 0})


BASIN = [
    [9.0, 9.0, 9.0, 9.0, 9.0],
    [9.0, 1.0, 9.0, 1.0, 9.0],
    [9.0, 2.0, 9.0, 1.0, 9.0],
    [9.0, 9.0, 9.0, 9.0, 9.0],
]
HERE = {"cell_size_m": 10.0, "source_row": 1, "source_column": 1}


def test_a_hollow_behind_a_ridge_stays_dry():
    values = flood.run({"elevation_m": BASIN, "stage_m": 3.0, **HERE})["values"]
    assert values["flooded_cells"] == 2
    assert values["flooded_area_m2"] == 200.0
    assert values["volume_m3"] == (2.0 + 1.0) * 100.0
    assert values["greatest_depth_m"] == 2.0


def test_over_the_ridge_it_fills_both():
    values = flood.run({"elevation_m": BASIN, "rise_m": 9.0, **HERE})["values"]
    assert values["stage_m"] == 10.0
    assert values["flooded_cells"] == 20


def test_corners_join_by_eight_neighbours_and_not_by_four():
    z = [[1.0, 9.0], [9.0, 1.0]]
    case = {"elevation_m": z, "stage_m": 2.0, "cell_size_m": 1, "source_row": 0, "source_column": 0}
    assert flood.run(case)["values"]["flooded_cells"] == 2
    assert flood.run(case, "four_neighbours")["values"]["flooded_cells"] == 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("neighbours", [4, 8])
def test_a_flood_is_the_part_of_the_low_ground_that_holds_the_source(seed, neighbours):
    z = ground(seed, holes=True)
    row, column = np.argwhere(~np.isnan(z))[seed]
    got = bathtub(z, stage_m=z[row, column] + 1.5, source=(row, column), connectivity=neighbours)
    low = np.nan_to_num(z, nan=99.0) < z[row, column] + 1.5
    reached, queue = np.zeros_like(low), [(row, column)]
    while queue:
        r, c = queue.pop()
        if not (0 <= r < z.shape[0] and 0 <= c < z.shape[1]) or reached[r, c] or not low[r, c]:
            continue
        reached[r, c] = True
        queue += [(r + d, c + e) for _, d, e in CODES if neighbours == 8 or 0 in (d, e)]
    assert np.array_equal(got.wet, reached)
    assert ndimage.label(got.wet, structure=np.ones((3, 3)))[1] == 1


def test_a_higher_stage_is_never_a_smaller_flood():
    z = ndimage.gaussian_filter(np.random.default_rng(5).random((40, 40)), 4) * 100
    source = np.unravel_index(z.argmin(), z.shape)
    wet = [bathtub(z, stage_m=s, source=source).wet for s in np.linspace(z.min() + 0.01, z.max())]
    for lower, higher in itertools.pairwise(wet):
        assert (higher | ~lower).all()


def test_a_stage_below_the_ground_at_the_source_is_refused():
    with pytest.raises(OutOfRangeError, match="of ground at the source"):
        flood.run({"elevation_m": BASIN, "stage_m": 1.0, **HERE})


@pytest.mark.parametrize("stage", [{}, {"stage_m": 3.0, "rise_m": 1.0}])
def test_one_of_stage_and_rise_is_wanted(stage):
    with pytest.raises(InvalidInputError, match="wanted one"):
        flood.run({"elevation_m": BASIN, **HERE, **stage})


def test_rows_of_different_lengths_and_no_ground_are_refused():
    with pytest.raises(InvalidInputError, match="one length"):
        flood.run({"elevation_m": [[1.0], [1.0, 2.0]], "stage_m": 2.0, **HERE})
    with pytest.raises(InvalidInputError, match="no heights"):
        flow_direction.run({"elevation_m": [[None, None]], "cell_size_m": 1})


def valley(rows=60, columns=41):
    """A river that falls 2 m a row in the middle column, banks that rise 1 m a cell."""
    down, right = np.indices((rows, columns))
    return 500.0 - 2.0 * down + np.abs(right - columns // 2)


def test_along_running_water_the_flood_follows_the_slope_of_the_river():
    case = {"elevation_m": valley().tolist(), "cell_size_m": 30.0, "source_row": 30,
            "source_column": 20, "rise_m": 3.5, "channel_km2": 0.05}  # fmt: skip
    depth = np.array(drainage_flood.run(case)["intermediates"]["depth_m"])
    # D8 leads down the diagonal: a bank cell k away meets the river k rows below, 3 k under it.
    assert depth[20, 20] == depth[45, 20] == pytest.approx(3.5)
    assert depth[30, 21] == pytest.approx(0.5)
    assert (depth[:50, 23:] == 0).all()
    pool = np.array(flood.run({k: v for k, v in case.items() if k != "channel_km2"})
                    ["intermediates"]["depth_m"])  # fmt: skip
    assert pool.max() > 50.0  # what a level would claim at the lower end


def test_the_channel_holds_the_place_and_heights_are_over_it():
    z = valley()
    codes, _ = directions(z)
    over = height_above_drainage(z, codes, channel_cells=1e9, through=(10, 20))
    assert (over[10:, 20] == 0.0).all()
    assert over[5, 20] == pytest.approx(10.0)
