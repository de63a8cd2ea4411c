"""Flashing flow: HJ 169, Fauske's equilibrium rate, and where they meet gas and liquid."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import gas_release, liquid_release, two_phase_release
from layers.errors import InvalidInputError, OutOfRangeError

AREA = 1e-4
AMMONIA = {
    "hole_area_m2": AREA,
    "pressure_pa": 8.6e5,
    "liquid_density_kg_m3": 610.0,
    "molar_mass_kg_mol": 0.017031,
    "temperature_k": 293.15,
    "boiling_point_k": 239.8,
    "liquid_heat_capacity_j_kg_k": 4700.0,
    "heat_of_vaporisation_j_kg": 1.37e6,
}


def run(coefficients=None, **inputs):
    return two_phase_release.run(inputs, coefficients)


@pytest.mark.parametrize(
    ("density", "fraction", "kg_s"), [(600.0, 0.179, 0.3075), (600.0, 0.066, 0.49)]
)
def test_ammonia_with_a_share_that_is_given(density, fraction, kg_s):
    found = run(
        hole_diameter_m=math.sqrt(4 * AREA / math.pi),
        pressure_pa=8.6e5,
        liquid_density_kg_m3=density,
        molar_mass_kg_mol=0.017031,
        boiling_point_at_choke_k=275.6,
        vapour_fraction=fraction,
    )
    assert found["values"]["rate_kg_s"] == pytest.approx(kg_s, rel=0.02)


def test_the_share_is_computed_at_the_choke_pressure_and_not_at_one_atmosphere():
    found = run(**AMMONIA)
    steps = {step["name"]: step["value"] for step in found["steps"]}
    assert steps["choke_pressure_pa"] == pytest.approx(0.55 * 8.6e5)
    assert steps["boiling_point_at_choke_k"] == pytest.approx(275.6, abs=1.0)
    at_one_atmosphere = 4700.0 * (293.15 - 239.8) / 1.37e6
    assert found["values"]["vapour_fraction"] < 0.4 * at_one_atmosphere


def test_propylene_by_the_equilibrium_rate_model():
    """Crowl & Louvar, Chemical Process Safety, ch. 4, propylene through 1 cm: 0.774 kg/s."""
    found = run(
        "fauske_erm",
        hole_diameter_m=0.01,
        pressure_pa=1.15e6,
        liquid_density_kg_m3=507.0,
        molar_mass_kg_mol=0.042,
        temperature_k=298.0,
        liquid_heat_capacity_j_kg_k=2180.0,
        heat_of_vaporisation_j_kg=3.34e5,
        expansion_m3_kg=0.042,
    )
    assert found["values"]["rate_kg_s"] == pytest.approx(0.774, rel=2e-3)


def test_a_path_of_no_length_is_a_hole_in_a_wall():
    through_wall = liquid_release.run(
        {"hole_area_m2": AREA, "pressure_pa": 8.6e5, "density_kg_m3": 610.0}
    )["values"]["rate_kg_s"]
    assert through_wall == pytest.approx(1.86, rel=0.01)
    short = run("fauske_erm", **AMMONIA, pipe_length_m=0.0)["values"]["rate_kg_s"]
    assert short == pytest.approx(through_wall, rel=1e-9)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(length=st.floats(0.0, 0.04), more=st.floats(1.05, 2.0))
def test_a_longer_path_under_ten_centimetres_passes_less(length, more):
    first = run("fauske_erm", **AMMONIA, pipe_length_m=length)["values"]["rate_kg_s"]
    last = run("fauske_erm", **AMMONIA, pipe_length_m=length * more + 1e-3)["values"]["rate_kg_s"]
    assert last < first


def test_a_liquid_that_flashes_whole_is_computed_as_gas():
    hot = {**AMMONIA, "temperature_k": 600.0}
    found = run(**hot, gamma=1.31)
    assert (found["values"]["phase"], found["warnings"][0]["code"]) == (
        "gas",
        "hazard.flashes_whole",
    )
    gas = gas_release.run(
        {
            "hole_area_m2": AREA,
            "pressure_pa": 8.6e5,
            "temperature_k": 600.0,
            "molar_mass_kg_mol": 0.017031,
            "gamma": 1.31,
            "discharge_coefficient": 0.8,
        }
    )["values"]["rate_kg_s"]
    assert found["values"]["rate_kg_s"] == pytest.approx(gas, rel=1e-12)
    with pytest.raises(InvalidInputError) as refused:
        run(**hot)
    assert refused.value.details["field"] == "gamma"


def test_a_liquid_that_does_not_flash_is_computed_as_liquid():
    found = run(**{**AMMONIA, "temperature_k": 260.0})
    assert found["values"]["phase"] == "liquid"
    expected = 0.8 * AREA * math.sqrt(2 * 610.0 * (8.6e5 - 101325))
    assert found["values"]["rate_kg_s"] == pytest.approx(expected, rel=1e-12)


def test_a_choke_over_the_vessels_pressure_is_refused():
    with pytest.raises(OutOfRangeError) as refused:
        run(**AMMONIA, choke_pressure_pa=9e5)
    assert refused.value.details["field"] == "choke_pressure_pa"


def test_a_choke_over_the_critical_pressure_is_refused():
    with pytest.raises(OutOfRangeError) as refused:
        run(**AMMONIA | {"pressure_pa": 9e7})
    assert refused.value.details["field"] == "pressure_pa"


def test_what_the_share_follows_from_is_asked_for_by_name():
    lacking = {name: value for name, value in AMMONIA.items() if name != "boiling_point_k"}
    with pytest.raises(InvalidInputError) as refused:
        run(**lacking)
    assert refused.value.details["field"] == "boiling_point_k"
