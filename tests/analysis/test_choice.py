"""Which model answers for a cloud: by its weight, by the wind that carries it, or in calm air."""

import pytest

from analysis.hazard.physics.constants import AIR_MOLAR_MASS_KG_MOL, ATMOSPHERE_PA, R_GAS
from analysis.zones.choice import Air, choose
from analysis.zones.source import Source
from gis_server.text import LANGUAGES, say
from layers.substances import find

AMBIENT_K = 298.15


def source(substance, *, kg_s=5.0, temperature_k=AMBIENT_K, spray=0.0, **given):
    vapour = ATMOSPHERE_PA * substance.constant("molar_mass").value / (R_GAS * temperature_k)
    density = vapour
    if spray:
        liquid = substance.constant("liquid_density").value
        density = 1.0 / ((1.0 - spray) / vapour + spray / liquid)
    fields = {"duration_s": 600.0, "mass_kg": 600.0 * kg_s} | given
    return Source(
        rate_kg_s=kg_s,
        cloud_density_kg_m3=density,
        air_density_kg_m3=ATMOSPHERE_PA * AIR_MOLAR_MASS_KG_MOL / (R_GAS * AMBIENT_K),
        liquid_fraction=spray,
        temperature_k=temperature_k,
        vapour_density_kg_m3=vapour,
        **fields,
    )


def air(wind, stability="D", **given):
    return Air(wind_speed_m_s=wind, stability=stability, temperature_k=AMBIENT_K, **given)


def sprayed(name):
    substance = find(name)
    boiling = substance.constant("boiling_point").value
    return substance, source(substance, temperature_k=boiling, spray=0.8, phase="liquefied")


@pytest.mark.parametrize("name", ["氯", "氨"])
def test_a_cloud_with_spray_is_heavy_even_of_a_light_gas_and_slab_answers(name):
    substance, young = sprayed(name)
    choice = choose(young, air(3.0), substance)
    assert (choice.engine, choice.behaviour) == ("slab", "heavy")
    assert choice.compared
    assert choice.cloud.label == "slab/ermak90"


@pytest.mark.parametrize(
    ("name", "expected"), [("氢", "buoyant"), ("一氧化碳", "neutral"), ("氨", "buoyant")]
)
def test_a_light_gas_without_spray_is_a_gaussian_release(name, expected):
    substance = find(name)
    choice = choose(source(substance), air(3.0), substance)
    assert (choice.engine, choice.behaviour) == ("finite_release", expected)


def test_a_release_that_goes_on_is_a_plume_and_a_burst_a_puff():
    carbon_monoxide = find("一氧化碳")
    endless = source(carbon_monoxide, duration_s=None, mass_kg=None)
    assert choose(endless, air(3.0), carbon_monoxide).engine == "gaussian_plume"
    burst = source(carbon_monoxide, instantaneous=True)
    assert choose(burst, air(3.0), carbon_monoxide).engine == "gaussian_puff"


def test_where_slab_does_not_hold_the_workbook_answers_and_says_why():
    chlorine, young = sprayed("氯")
    choice = choose(young, air(15.0), chlorine)
    assert choice.engine == "britter_mcquaid_plume"
    assert [reason.code for reason in choice.reasons] == [
        "hazard.choice_heavy",
        "hazard.choice_slab_refused",
        "hazard.choice_workbook",
    ]


def test_the_vapour_of_a_cool_liquid_is_no_boiling_pool():
    benzene = find("苯")
    choice = choose(source(benzene, phase="liquid"), air(3.0), benzene)
    assert choice.engine == "britter_mcquaid_plume"


@pytest.mark.parametrize("name", ["氯", "氨", "一氧化碳", "硫化氢", "氢"])
@pytest.mark.parametrize("wind", [0.0, 0.3, 0.5, 0.9, 1.0, 1.5])
@pytest.mark.parametrize("instantaneous", [False, True])
def test_a_calm_clear_night_always_has_an_answer(name, wind, instantaneous):
    substance = find(name)
    young = source(substance, instantaneous=instantaneous)
    choice = choose(young, air(wind, "F"), substance)
    assert choice.cloud is not None
    assert choice.reasons
    for run in choice.runs:
        run.model.run({**run.inputs, "threshold_kg_m3": 1e-4}, run.coefficients)


def test_without_a_wind_the_table_answers():
    chlorine = find("氯")
    choice = choose(source(chlorine), air(None), chlorine)
    assert (choice.engine, choice.cloud) == ("table", None)
    assert choice.reasons[-1].code == "hazard.choice_no_wind"


def test_a_person_may_choose_another_model():
    chlorine, young = sprayed("氯")
    assert choose(young, air(3.0), chlorine, engine="gaussian_plume").engine == "gaussian_plume"
    workbook = choose(young, air(3.0), chlorine, engine="britter_mcquaid_plume")
    assert workbook.engine == "britter_mcquaid_plume"


def test_a_town_is_rougher_than_slab_was_tried_in_and_that_is_said():
    chlorine, young = sprayed("氯")
    choice = choose(young, air(3.0, roughness_m=1.0), chlorine)
    assert "hazard.choice_roughness" in {warning.code for warning in choice.warnings}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_warning_has_words(language):
    chlorine, young = sprayed("氯")
    for wind in (None, 0.2, 3.0, 15.0):
        choice = choose(young, air(wind, roughness_m=1.0), chlorine)
        for message in (*choice.reasons, *choice.warnings):
            assert say(language, message.code, message.params), message.code
