"""What breaks which vessel, and after how long."""

from __future__ import annotations

import pytest

from analysis.hazard.escalation import EQUIPMENT, run, time_to_failure_s
from layers.errors import InvalidInputError, OutOfRangeError


def values(**inputs):
    return run(inputs)["values"]


def test_an_atmospheric_tank_at_its_threshold_fails_after_about_a_quarter_of_an_hour():
    """Landucci et al. 2009, ln t = 9.877 - 1.128 ln q - 2.667e-5 V; 15 kW/m2, 31 m3: ~15 min."""
    found = values(equipment="atmospheric", heat_flux_kw_m2=15.0, volume_m3=31.0)
    assert found["time_to_failure_s"] == pytest.approx(15 * 60, rel=0.03)


@pytest.mark.parametrize(("minutes", "share"), [(5.0, 0.90), (20.0, 0.10)])
def test_help_comes_in_time_as_the_probit_was_fitted(minutes, share):
    """Landucci et al. 2009: of vessels that fail in 5 min help saves 10 %, in 20 min 90 %."""
    from analysis.hazard.escalation import heat_probability

    assert heat_probability(minutes * 60.0) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("equipment", EQUIPMENT)
def test_nothing_breaks_under_its_threshold(equipment):
    kind = EQUIPMENT[equipment]
    under = values(
        equipment=equipment, heat_flux_kw_m2=kind.heat_kw_m2 * 0.99,
        overpressure_pa=kind.overpressure_pa * 0.99,
    )  # fmt: skip
    assert not under["possible"] and under["probability"] == 0.0
    assert values(equipment=equipment, heat_flux_kw_m2=kind.heat_kw_m2)["possible"]
    assert values(equipment=equipment, overpressure_pa=kind.overpressure_pa)["possible"]


def test_a_fire_that_is_out_before_the_vessel_fails_sets_nothing_off():
    short = values(equipment="pressurised", heat_flux_kw_m2=100.0, exposure_s=12.0)
    assert not short["possible"] and short["time_to_failure_s"] > 12.0


@pytest.mark.parametrize("equipment", ["atmospheric", "pressurised"])
def test_more_heat_fails_sooner(equipment):
    times = [
        time_to_failure_s(equipment, heat_kw_m2=q, volume_m3=100.0) for q in (20.0, 50.0, 99.0)
    ]
    assert times == sorted(times, reverse=True)


def test_neither_heat_nor_blast_is_refused():
    with pytest.raises(InvalidInputError):
        run({"equipment": "atmospheric"})
    with pytest.raises(InvalidInputError):
        run({"equipment": "teapot", "heat_flux_kw_m2": 20.0})
    with pytest.raises(OutOfRangeError):
        run({"equipment": "atmospheric", "heat_flux_kw_m2": 15_000.0})
