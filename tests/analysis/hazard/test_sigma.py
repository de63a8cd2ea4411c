"""The sets of dispersion coefficients against printed values and against themselves."""

from itertools import pairwise

import numpy as np
import pytest

from analysis.hazard.physics.air.averaging import width_factor
from analysis.hazard.physics.gaussian.sigma import BRIGGS_RURAL, CCPS_PUFF, PLUME_SETS, PUFF_SETS
from analysis.hazard.physics.gaussian.sigma_gbt3840 import ROWS, SIGMA_Y, SIGMA_Z


@pytest.mark.parametrize(
    ("letter", "sigma_y", "sigma_z"),
    [
        ("A", 208.7, 453.85),
        ("B", 154.1, 109.30),
        ("C", 103.1, 61.141),
        ("D", 68.13, 32.093),
        ("E", 50.93, 21.628),
        ("F", 33.88, 13.953),
    ],
)
def test_isc3_rural_at_1_km_is_the_constant_of_its_tables(letter, sigma_y, sigma_z):
    # EPA-454/B-95-003b tables 1-1 to 1-3: at x = 1 km σz is a itself, σy is 465.11628 tan(c).
    found = PLUME_SETS["isc3_rural"]
    x = np.array([1000.0])
    assert found.sigma_y[letter](x)[0] == pytest.approx(sigma_y, rel=2e-3)
    assert found.sigma_z[letter](x)[0] == pytest.approx(sigma_z, rel=2e-3)


@pytest.mark.parametrize(
    ("letter", "sigma_y", "sigma_z"), [("F", 18.103, 8.497), ("D", 36.53, 18.04)]
)
def test_degadis_at_500_m_is_its_formula_by_hand(letter, sigma_y, sigma_z):
    # F: 0.0674 · 500^0.9; 0.01122 · 500^1.4024 · exp(−0.054 · 6.2146²)
    found = PLUME_SETS["degadis"]
    x = np.array([500.0])
    assert found.sigma_y[letter](x)[0] == pytest.approx(sigma_y, rel=1e-3)
    assert found.sigma_z[letter](x)[0] == pytest.approx(sigma_z, rel=1e-2)


@pytest.mark.parametrize("table", [SIGMA_Y, SIGMA_Z])
def test_the_pieces_of_gbt3840_join(table):
    # A wrong digit in a factor or an exponent opens a gap at the joint.
    for letter, rows in table.items():
        for (end, exponent, factor), (_, next_exponent, next_factor) in pairwise(rows):
            before, after = factor * end**exponent, next_factor * end**next_exponent
            assert before == pytest.approx(after, rel=0.02), (letter, end)


def test_the_half_classes_of_gbt3840_lie_between_their_neighbours():
    x = 700.0
    for table in (SIGMA_Y, SIGMA_Z):
        at = {k: next(g * x**a for end, a, g in rows if x <= end or end == 0.0)
              for k, rows in table.items()}  # fmt: skip
        order = ["A", "B", "B-C", "C", "C-D", "D", "D-E", "E", "F"]
        assert [at[k] for k in order] == sorted(at.values(), reverse=True)


def test_gbt3840_raises_the_class_by_the_ground():
    assert ROWS["gbt3840_rural"] == ("A", "B", "C", "C-D", "D-E", "E")
    assert ROWS["gbt3840_urban"] == ("A", "B", "B", "C", "D", "E")


@pytest.mark.parametrize("name", sorted(PUFF_SETS))
def test_a_curve_grows_without_leaps_over_its_range(name):
    found = PUFF_SETS[name]
    for letter in "ABCDEF":
        x = np.geomspace(100.0, found.farthest_m(letter), 4000)
        for curve in (found.sigma_y[letter], found.sigma_z[letter]):
            steps = np.diff(np.log(curve(x)))
            # Turner's fitted pieces leave a few per cent at their joints, as printed.
            fall = -0.04 if name == "turner" else -0.004
            assert steps.max() < 0.04 and steps.min() >= fall, (letter, steps.min(), steps.max())


@pytest.mark.parametrize("name", sorted(PUFF_SETS))
def test_a_more_stable_class_spreads_less(name):
    found = PUFF_SETS[name]
    x = np.geomspace(100.0, 3000.0, 60)
    for curves in (found.sigma_y, found.sigma_z):
        values = np.array([curves[letter](x) for letter in "ABCDEF"])
        assert np.all(np.diff(values, axis=0) <= 1e-9)


def test_a_curve_tells_the_equation_in_force_at_a_distance():
    briggs = BRIGGS_RURAL.sigma_y["D"].equation("σy", 500.0)
    assert briggs == "σy = 0.08 x (1 + 0.0001 x)^-0.5"
    gbt = PLUME_SETS["gbt3840"].sigma_z["D"]
    assert gbt.equation("σz", 900.0) == "σz = 0.104634 x^0.826212"
    assert gbt.equation("σz", 1100.0) == "σz = 0.400167 x^0.632023"


@pytest.mark.parametrize(
    ("name", "letter", "seconds", "factor"),
    [
        ("tno", "D", 600.0, 1.0),
        ("tno", "D", 3600.0, 6.0**0.2),
        ("tno", "D", 5.0, (18.3 / 600.0) ** 0.2),
        ("tno", "F", 5.0, (5.0 / 600.0) ** 0.2),
        ("gbt3840", "D", 1800.0, 1.0),
        ("gbt3840", "D", 7200.0, 4.0**0.3),
    ],
)
def test_a_longer_average_is_wider(name, letter, seconds, factor):
    assert width_factor(PLUME_SETS[name], letter, seconds) == pytest.approx(factor)


def test_a_puffs_own_set_is_never_widened():
    assert width_factor(CCPS_PUFF, "D", 3600.0) == 1.0
