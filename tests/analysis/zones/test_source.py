"""From a report to what enters the air: masses that sum, shares that are computed, time."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scenario import Release, Scenario, Weather
from analysis.zones import history, source
from analysis.zones.ledger import Ledger
from gis_server.text import LANGUAGES, catalogue
from layers.errors import InvalidInputError
from layers.substances import Substance, find

NOON = dt.datetime(2024, 6, 1, 4, tzinfo=dt.UTC)


def found(word, *, celsius=25.0, **release):
    substance = word if isinstance(word, Substance) else find(word)
    scenario = Scenario(
        kind="toxic_release",
        lon=113.6,
        lat=34.7,
        occurred_at=NOON,
        at=NOON,
        substance=substance,
        release=Release(**release),
        weather=Weather(wind_speed_m_s=3.0, temperature_c=celsius),
    )
    ledger = Ledger(scenario.weather)
    return source.find(scenario, substance, ledger), ledger


def entry(ledger, field):
    return next(each for each in ledger.entries if each["field"] == field)


def test_a_tank_of_chlorine_empties_and_its_cloud_is_half_spray_and_pool():
    young, ledger = found("氯", leak="medium", inventory_kg=20_000.0)
    names = [model["name"] for model in ledger.models]
    assert names == ["liquid_release", "flash", "pool_spread"]
    assert 0.8 * 20_000 < young.mass_kg <= 20_000
    assert young.rate_kg_s * young.duration_s == pytest.approx(young.mass_kg)
    assert young.history.mass_kg == pytest.approx(young.mass_kg)
    assert young.temperature_k == pytest.approx(239.2, abs=0.1)
    assert 0.2 < young.liquid_fraction < 0.6
    assert young.cloud_density_kg_m3 > young.vapour_density_kg_m3
    assert not young.instantaneous


def test_the_airborne_share_is_computed_and_told_with_its_rule():
    _, ledger = found("氯", leak="medium")
    share = entry(ledger, "airborne_share")
    assert 0.3 < share["value"] < 0.7
    assert "Purple Book" in share["source"]["source"]


def test_where_the_heats_are_not_known_all_of_it_flies_and_that_is_told():
    chlorine = find("氯")
    less = {
        name: each for name, each in chlorine.constants.items() if name != "liquid_heat_capacity"
    }
    young, ledger = found(Substance(**{**vars(chlorine), "constants": less}), rate_kg_s=5.0)
    assert entry(ledger, "airborne_share")["value"] == 1.0
    assert "68.25" in entry(ledger, "airborne_share")["source"]["source"]
    assert young.rate_kg_s == pytest.approx(5.0)


def test_a_vessel_that_bursts_is_there_at_once():
    young, ledger = found("氯", leak="rupture", inventory_kg=1000.0)
    assert young.instantaneous
    assert [model["name"] for model in ledger.models] == ["flash", "pool_spread"]
    assert 490 < young.mass_kg <= 1000
    assert young.rate_kg_s == pytest.approx(young.mass_kg / 600.0)


def test_a_gas_that_bursts_cools_as_it_expands():
    young, _ = found("甲烷", leak="rupture", inventory_kg=500.0, pressure_pa=5e6)
    assert young.instantaneous
    assert young.mass_kg == pytest.approx(500.0)
    assert young.temperature_k < 150.0


def test_a_gas_vessel_blows_down():
    young, _ = found("甲烷", leak="medium", inventory_kg=500.0, pressure_pa=5e6)
    rates = np.array(young.history.rate_kg_s)
    assert rates[0] > 3.0 * rates[len(rates) // 2]
    assert young.mass_kg < 500.0
    assert young.mass_kg == pytest.approx(young.history.released_kg[-1])


def test_a_liquid_gives_off_what_its_pool_evaporates():
    young, ledger = found("苯", leak="large", inventory_kg=50_000.0)
    assert [m["name"] for m in ledger.models] == [
        "liquid_release",
        "pool_evaporation",
        "pool_spread",
    ]
    flow = ledger.models[0]["values"]["rate_kg_s"]
    assert young.rate_kg_s < 0.5 * flow
    assert young.liquid_fraction == 0.0
    assert young.phase == "liquid"


def test_refrigerated_gas_does_not_flash_and_boils_on_the_ground():
    young, ledger = found("LNG", leak="large", inventory_kg=100_000.0)
    assert entry(ledger, "airborne_share")["value"] == 0.0
    assert young.mass_kg > 0.5 * 100_000
    assert young.history.rate_kg_s[0] < young.rate_kg_s


def test_a_leak_that_goes_on_has_no_end_and_its_first_hour():
    young, _ = found("氯", leak="medium")
    assert (young.duration_s, young.mass_kg) == (None, None)
    assert young.history.ends_s == pytest.approx(3600.0)


def test_what_got_out_ends_the_release_before_the_vessel_is_empty():
    young, _ = found("甲烷", leak="medium", inventory_kg=500.0, mass_kg=50.0, pressure_pa=5e6)
    assert young.mass_kg == pytest.approx(50.0, rel=1e-6)


def test_a_vessel_without_overpressure_lets_nothing_out_and_that_is_an_error_with_a_code():
    with pytest.raises(InvalidInputError) as refused:
        found("一氧化碳", leak="medium", pressure_pa=1e5)
    assert refused.value.code == "no_outflow"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    word=st.sampled_from(["氯", "氨", "苯", "甲烷", "LNG", "环氧乙烷", "丙烷"]),
    leak=st.sampled_from(["small", "medium", "large", "rupture"]),
    held=st.floats(10.0, 1e6),
    more=st.floats(1.1, 3.0),
)
def test_no_more_enters_the_air_than_the_vessel_held_and_more_held_is_never_less(
    word, leak, held, more
):
    first, _ = found(word, leak=leak, inventory_kg=held)
    assert first.mass_kg <= held * (1 + 1e-6)
    assert np.all(np.diff(first.history.released_kg) >= -1e-9)
    assert 0.0 <= first.liquid_fraction < 1.0
    if leak == "rupture":
        second, _ = found(word, leak=leak, inventory_kg=held * more)
        assert second.mass_kg >= first.mass_kg * (1 - 1e-9)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(rate=st.floats(0.01, 1e3), lasts=st.floats(1.0, 1e5), share=st.floats(0.01, 1.5))
def test_a_history_is_cut_at_a_mass_and_keeps_its_sums(rate, lasts, share):
    whole = history.steady(rate, lasts)
    part = history.cut(whole, mass_kg=whole.mass_kg * share)
    assert part.mass_kg == pytest.approx(whole.mass_kg * min(1.0, share))
    assert part.ends_s == pytest.approx(lasts * min(1.0, share))
    both = history.joined((0.5, whole), (2.0, part))
    assert both.mass_kg == pytest.approx(0.5 * whole.mass_kg + 2.0 * part.mass_kg)
    assert whole.greatest_mean_kg_s() == pytest.approx(rate)


def test_everything_a_source_says_has_words_in_both_languages():
    for language in LANGUAGES:
        words = catalogue(language)
        for release in (
            {"leak": "medium", "inventory_kg": 1e4},
            {"leak": "rupture", "mass_kg": 9.0},
        ):
            for word in ("氯", "苯", "甲烷", "LNG"):
                _, ledger = found(word, **release)
                for model in ledger.models:
                    assert f"model.{model['name']}" in words
                    for step in model["steps"]:
                        assert f"model.input.{step['name']}" in words, step["name"]
                    for code in model["validity"]:
                        assert f"model.validity.{code}" in words, code
                    for warning in model["warnings"]:
                        assert warning["code"] in words
