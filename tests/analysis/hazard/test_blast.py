"""Blast against Swisdak's printed figures."""

import pytest

from analysis.hazard import blast
from analysis.hazard.blast import Z_MAX, Z_MIN, incident_kpa, scaled_distance
from layers.errors import OutOfRangeError


@pytest.mark.parametrize(
    ("z", "kpa"), [(1, 1353.70), (2, 283.746), (5, 43.230), (10, 14.889), (20, 6.102), (50, 1.735)]
)
def test_overpressure_by_scaled_distance(z, kpa):
    assert incident_kpa(z) == pytest.approx(kpa, rel=5e-4)


@pytest.mark.parametrize(
    ("kpa", "z"),
    [
        (2, 45.192),
        (5, 23.407),
        (6.895, 18.144),
        (9, 14.681),
        (10, 13.517),
        (17, 9.089),
        (20, 8.114),
        (30, 6.222),
        (44, 4.950),
        (50, 4.605),
        (70, 3.845),
        (100, 3.216),
    ],
)
def test_scaled_distance_by_overpressure(kpa, z):
    assert scaled_distance(kpa) == pytest.approx(z, abs=6e-4)


def test_10_t_of_tnt_at_500_m():
    found = blast.run({"mass_kg": 10_000}, receptors=[{"distance_m": 500.0}])["values"]
    (at,) = found["receptors"]
    assert found["tnt_kg"] == 10_000
    assert at["incident_kpa"] == pytest.approx(5.0549639655, rel=1e-8)
    assert at["arrival_ms"] == pytest.approx(1276.165, abs=1e-3)
    assert at["reflected_kpa"] == pytest.approx(10.2446, abs=5e-5)
    assert at["impulse_kpa_ms"] == pytest.approx(295.877, abs=5e-4)


@pytest.mark.parametrize(
    ("kpa", "metres"), [(44.0, 79.2), (17.0, 145.4), (6.895, 290.3), (2.0, 723.2)]
)
def test_10_t_of_propane_without_counting_the_ground_twice(kpa, metres):
    inputs = {"mass_kg": 10_000, "heat_j_kg": 46.3e6, "threshold_kpa": kpa}
    reach = blast.run(inputs, "vapour_cloud_china")["values"]["reach_m"]
    assert reach == pytest.approx(metres, abs=0.15)


def test_overpressure_falls_with_distance_and_its_inverse_never_draws_too_short():
    z, last = Z_MIN, float("inf")
    while z < Z_MAX:
        pressure = incident_kpa(z)
        assert pressure < last * 1.02  # the fits join within 2 %
        assert scaled_distance(pressure) >= z * 0.999
        z, last = z * 1.03, pressure


@pytest.mark.parametrize("kpa", [0.1, 1e6])
def test_a_pressure_outside_the_fit_is_refused(kpa):
    with pytest.raises(OutOfRangeError):
        scaled_distance(kpa)
