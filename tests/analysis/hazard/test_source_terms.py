"""Leaks and pools against the printed figures of CCPS, Casal and the practice of HJ 169."""

import math

import pytest

from analysis.hazard import gas_release, liquid_release, pool_evaporation, two_phase_release
from analysis.hazard.physics.flashing import airborne_fraction, flash_fraction

R = 8.314462618


def gas(coefficients=None, **inputs):
    return gas_release.run({"temperature_k": 298.15, **inputs}, coefficients)["values"]


def test_ccps_gas_through_10_mm():
    found = gas(
        "sharp_edged",
        hole_diameter_m=0.01,
        pressure_pa=501e3,
        molar_mass_kg_mol=8.90 * R * 298.15 / 501e3,
        gamma=1.15,
    )
    assert found["rate_kg_s"] == pytest.approx(0.0900280, rel=1e-5)


def test_methane_at_1_mpa_through_25_mm():
    found = gas(
        "sharp_edged",
        hole_diameter_m=0.025,
        pressure_pa=1e6,
        molar_mass_kg_mol=0.016043,
        gamma=1.306,
    )
    assert found["rate_kg_s"] == pytest.approx(0.709410, rel=1e-4)
    assert found["choked"]


def test_chlorine_vapour_through_10_mm():
    found = gas(hole_diameter_m=0.01, pressure_pa=7e5, molar_mass_kg_mol=0.070906, gamma=1.33)
    assert found["rate_kg_s"] == pytest.approx(0.197774, rel=1e-5)


def test_choked_and_unchoked_flow_meet_at_the_critical_pressure():
    critical = (2 / 2.33) ** (1.33 / 0.33)
    at = [
        gas(
            hole_diameter_m=0.01,
            pressure_pa=101325 / critical * nudge,
            molar_mass_kg_mol=0.07,
            gamma=1.33,
        )
        for nudge in (0.9999, 1.0001)
    ]
    assert [each["choked"] for each in at] == [False, True]
    assert at[0]["rate_kg_s"] == pytest.approx(at[1]["rate_kg_s"], rel=5e-4)


def test_a_vessel_below_ambient_pressure_lets_nothing_out_and_says_so():
    result = gas_release.run(
        {
            "hole_diameter_m": 0.01,
            "pressure_pa": 9e4,
            "temperature_k": 298.0,
            "molar_mass_kg_mol": 0.03,
            "gamma": 1.4,
        }
    )
    assert result["values"]["rate_kg_s"] == 0.0
    assert result["warnings"][0]["code"] == "hazard.no_overpressure"


def test_ccps_liquid_through_10_mm():
    inputs = {
        "hole_diameter_m": 0.01,
        "pressure_pa": 101325 + 19610.04,
        "density_kg_m3": 490.0,
        "discharge_coefficient": 0.63,
    }
    assert liquid_release.run(inputs)["values"]["rate_kg_s"] == pytest.approx(0.216911548, rel=1e-7)


def test_ammonia_liquid_through_50_mm():
    inputs = {
        "hole_diameter_m": 0.05,
        "pressure_pa": 101325 + 7e5,
        "density_kg_m3": 682.0,
        "head_m": 2.0,
    }
    assert liquid_release.run(inputs)["values"]["rate_kg_s"] == pytest.approx(37.3618, rel=1e-5)


@pytest.mark.parametrize(
    ("density", "fraction", "kg_s"), [(600.0, 0.179, 0.3075), (600.0, 0.066, 0.49)]
)
def test_ammonia_in_two_phases(density, fraction, kg_s):
    inputs = {
        "hole_diameter_m": math.sqrt(4e-4 / math.pi),
        "pressure_pa": 8.6e5,
        "liquid_density_kg_m3": density,
        "molar_mass_kg_mol": 0.017031,
        "boiling_point_at_choke_k": 275.6,
        "vapour_fraction": fraction,
    }
    found = two_phase_release.run(inputs)["values"]["rate_kg_s"]
    assert found == pytest.approx(kg_s, rel=0.02)


def test_a_hole_in_the_wall_passes_more_than_two_phase_flow():
    inputs = {
        "hole_diameter_m": math.sqrt(4e-4 / math.pi),
        "pressure_pa": 8.6e5,
        "density_kg_m3": 610.0,
    }
    assert liquid_release.run(inputs)["values"]["rate_kg_s"] == pytest.approx(1.86, rel=0.01)


@pytest.mark.parametrize(
    ("flashed", "airborne"),
    [(0.0, 0.0), (0.05, 0.1), (0.1, 0.2), (0.23, 0.6), (0.36, 1.0), (0.5, 1)],
)
def test_the_airborne_share_of_the_purple_book(flashed, airborne):
    assert airborne_fraction(flashed) == pytest.approx(airborne)


def test_the_flashed_share_stays_between_nothing_and_all():
    kept = {"heat_capacity": 2000.0, "boiling_point_k": 240.0, "latent_heat": 2e5}
    assert flash_fraction(temperature_k=230.0, **kept) == 0.0
    assert flash_fraction(temperature_k=250.0, **kept) == pytest.approx(0.1)
    assert flash_fraction(temperature_k=400.0, **kept) == 1.0


@pytest.mark.parametrize(("name", "kg_s"), [("casal", 0.132552), ("epa_rmp", 0.304257)])
def test_a_benzene_pool_of_5_m_radius(name, kg_s):
    inputs = {
        "wind_speed_m_s": 3.0,
        "pool_radius_m": 5.0,
        "vapour_pressure_pa": 12700.0,
        "molar_mass_kg_mol": 0.07811,
        "temperature_k": 298.15,
    }
    found = pool_evaporation.run(inputs, name)["values"]
    assert found["rate_kg_s"] == pytest.approx(kg_s, rel=2e-5)
    if name == "casal":
        assert found["flux_kg_m2_s"] == pytest.approx(1.687699e-3, rel=1e-5)
