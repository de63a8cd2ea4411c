"""Tables of heat and blast give their own lines, at and between the thresholds."""

from __future__ import annotations

import pytest

from analysis.hazard import overpressure_criteria, probit, thermal_criteria
from gis_server.text import LANGUAGES, catalogue
from layers.errors import InvalidInputError, OutOfRangeError


@pytest.mark.parametrize(
    ("flux", "effect"),
    [(1.0, None), (1.6, "heat_no_discomfort"), (4.0, "heat_pain_20s"), (12.4, "heat_pain_20s"),
     (12.5, "heat_wood_ignites_piloted"), (25.0, "heat_wood_ignites"),
     (37.5, "heat_equipment_destroyed"), (300.0, "heat_equipment_destroyed")],
)  # fmt: skip
def test_a_flux_meets_the_highest_line_that_it_reaches(flux, effect):
    """AQ/T 3046-2013: 37.5, 25, 12.5, 4.0, 1.6 kW/m2."""
    found = thermal_criteria.run({"heat_flux_kw_m2": flux}, "aqt3046")
    assert found["values"]["effect"] == effect
    assert found["values"]["quantity"] == "heat_flux_kw_m2"


def test_a_flux_with_a_time_is_judged_by_its_dose():
    found = thermal_criteria.run({"heat_flux_kw_m2": 40.0, "exposure_s": 10.0}, "china_dose")
    assert found["values"]["effect"] == "heat_dose_serious"  # 400 kJ/m2, 392 serious, 592 death
    assert found["intermediates"]["heat_dose"] == 400.0


def test_the_table_and_the_probit_do_not_agree_and_the_table_says_so():
    """12.5 kW/m2 for 60 s: the table says 1 % of deaths, Eisenberg 21 %, Tsao-Perry 90 %."""
    table = thermal_criteria.run({"heat_flux_kw_m2": 12.5}, "aqt3046")
    assert table["values"]["effect"] == "heat_wood_ignites_piloted"
    assert "criteria_not_probit" in table["validity"]
    shares = [
        probit.run({"heat_flux_kw_m2": 12.5, "exposure_s": 60.0}, name)["values"]["share"]
        for name in ("eisenberg", "tsao_perry")
    ]
    assert shares == [pytest.approx(0.2122, abs=1e-3), pytest.approx(0.9034, abs=1e-3)]


@pytest.mark.parametrize(
    ("chosen", "kpa", "effect"),
    [("china_people", 19.9, None), ("china_people", 20.0, "blast_slight"),
     ("china_people", 101.0, "blast_most_die"), ("china_building", 65.0, "blast_timber"),
     ("china_vce", 44.0, "blast_vce_serious"), ("china_vce", 17.0, "blast_vce_slight"),
     ("gbt37243", 2.0, "blast_37243_first"), ("order404", 28.0, "blast_404_medium"),
     ("epa_rmp", 6.9, "blast_epa_1psi")],
)  # fmt: skip
def test_an_overpressure_meets_the_line_of_the_named_table(chosen, kpa, effect):
    found = overpressure_criteria.run({"overpressure_pa": kpa * 1000.0}, chosen)
    assert found["values"]["effect"] == effect


def test_a_set_that_has_no_doses_refuses_one():
    with pytest.raises(InvalidInputError):
        thermal_criteria.run({"dose_kj_m2": 300.0}, "aqt3046")
    with pytest.raises(InvalidInputError):
        thermal_criteria.run({}, "aqt3046")


@pytest.mark.parametrize("value", [-1.0, 1e10])
def test_nonsense_is_refused(value):
    with pytest.raises(OutOfRangeError):
        overpressure_criteria.run({"overpressure_pa": value})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_effect_has_words(language):
    words = catalogue(language)
    for model in (thermal_criteria, overpressure_criteria):
        for table in model.TABLES.values():
            assert all(f"value.{line.effect}" in words for line in table)
    assert all(f"value.{each.effect}" in words for each in probit.PROBITS.values())
