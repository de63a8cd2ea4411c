"""Everything a source term takes or says has words in both languages."""

import pytest

from analysis.hazard import MODELS
from gis_server.text import LANGUAGES, catalogue

NAMES = (
    "boiling_pool",
    "flash",
    "gas_release",
    "liquid_release",
    "pipeline_release",
    "pool_evaporation",
    "pool_spread",
    "tank_volume",
    "two_phase_release",
    "vapour_pressure",
    "vessel_rupture",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_source_term_has_words_for_its_inputs_choices_and_suppositions(name, language):
    words, model = catalogue(language), MODELS[name]
    assert f"model.{name}" in words
    for each in model.inputs:
        assert f"model.input.{each.name}" in words, each.name
        if each.name != "stability":
            for choice in each.choices:
                assert f"model.choice.{choice}" in words, (each.name, choice)
    for code in model.validity:
        assert f"model.validity.{code}" in words, code


CASES = {
    "boiling_pool": {
        "pool_radius_m": 5.0,
        "ground_temperature_k": 298.0,
        "boiling_point_k": 240.0,
        "heat_of_vaporisation_j_kg": 3e5,
        "contact_time_s": 600.0,
        "mass_kg": 10.0,
    },
    "gas_release": {
        "hole_diameter_m": 0.01,
        "pressure_pa": 1e6,
        "temperature_k": 300.0,
        "molar_mass_kg_mol": 0.016,
        "gamma": 1.3,
        "vessel_volume_m3": 1.0,
    },
    "liquid_release": {
        "hole_diameter_m": 0.05,
        "pressure_pa": 1.2e5,
        "density_kg_m3": 700.0,
        "tank_shape": "sphere",
        "tank_diameter_m": 5.0,
        "level_m": 4.0,
        "head_space": "gas_pad",
    },
    "pipeline_release": {
        "pipe_diameter_m": 0.5,
        "pipe_length_m": 5e3,
        "pressure_pa": 5e6,
        "temperature_k": 300.0,
        "molar_mass_kg_mol": 0.016,
        "gamma": 1.3,
    },
    "pool_spread": {"spill_mass_kg": 100.0, "density_kg_m3": 700.0},
    "tank_volume": {"tank_shape": "sphere", "tank_diameter_m": 5.0, "level_m": 4.0,
                    "density_kg_m3": 700.0},
    "two_phase_release": {
        "hole_diameter_m": 0.01,
        "pressure_pa": 8.6e5,
        "liquid_density_kg_m3": 610.0,
        "molar_mass_kg_mol": 0.017,
        "temperature_k": 293.0,
        "boiling_point_k": 239.8,
        "liquid_heat_capacity_j_kg_k": 4700.0,
        "heat_of_vaporisation_j_kg": 1.37e6,
    },
    "vapour_pressure": {
        "temperature_k": 300.0,
        "boiling_point_k": 353.0,
        "heat_of_vaporisation_j_kg": 3.9e5,
        "molar_mass_kg_mol": 0.078,
    },
    "vessel_rupture": {
        "mass_kg": 10.0,
        "temperature_k": 298.0,
        "boiling_point_k": 239.0,
        "liquid_heat_capacity_j_kg_k": 950.0,
        "heat_of_vaporisation_j_kg": 2.9e5,
        "molar_mass_kg_mol": 0.0709,
        "liquid_density_kg_m3": 1560.0,
    },
    "flash": {
        "temperature_k": 298.0,
        "boiling_point_k": 239.0,
        "liquid_heat_capacity_j_kg_k": 950.0,
        "heat_of_vaporisation_j_kg": 2.9e5,
        "rate_kg_s": 1.0,
    },
    "pool_evaporation": {
        "wind_speed_m_s": 3.0,
        "pool_radius_m": 5.0,
        "vapour_pressure_pa": 6e4,
        "molar_mass_kg_mol": 0.078,
        "temperature_k": 298.0,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_set_runs_alike_twice_and_every_step_and_warning_has_words(name):
    words, model = catalogue("zh"), MODELS[name]
    for each in model.coefficient_sets:
        asked = CASES[name]
        if name == "vapour_pressure" and each.name == "antoine":
            asked = asked | {"antoine_a": 6.89, "antoine_b": 1203.5, "antoine_c": 219.9}
        found = model.run(asked, each.name)
        assert found == model.run(asked, each.name)
        assert found["steps"]
        for step in found["steps"]:
            assert f"model.input.{step['name']}" in words, step["name"]
        for warning in found["warnings"]:
            assert warning["code"] in words, warning["code"]
