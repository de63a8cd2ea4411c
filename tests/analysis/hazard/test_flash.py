"""What flashes, what flies as spray and what rains out, and the rules that say so."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import flash, vessel_rupture
from analysis.hazard.physics.release.flashing import airborne_fraction, flash_fraction
from layers.errors import InvalidInputError

BUTANE = {
    "temperature_k": 298.15,
    "boiling_point_k": 272.55,
    "liquid_heat_capacity_j_kg_k": 2422.0,
    "heat_of_vaporisation_j_kg": 3.62e5,
}
CHLORINE = {
    "temperature_k": 298.15,
    "boiling_point_k": 239.2,
    "liquid_heat_capacity_j_kg_k": 950.0,
    "heat_of_vaporisation_j_kg": 2.88e5,
    "molar_mass_kg_mol": 0.070906,
    "liquid_density_kg_m3": 1560.0,
}
RULES = [each.name for each in flash.MODEL.coefficient_sets]


def test_butane_at_25_degrees_flashes_as_in_the_worked_example():
    """0.17128: a worked example after CCPS 1996 eq. 4-14, read at selenized.github.io.

    Heat capacity and heat of vaporisation of Perry, 8th ed. at 298.15 K.
    """
    t, critical = 298.15, 425.12
    heat = 191030 - 1675 * t + 12.5 * t**2 - 0.03874 * t**3 + 4.6121e-5 * t**4
    reduced = t / critical
    latent = 3.6238e7 * (1 - reduced) ** (0.8337 - 0.82274 * reduced + 0.39613 * reduced**2)
    asked = {
        "temperature_k": t,
        "boiling_point_k": 272.55,
        "liquid_heat_capacity_j_kg_k": heat / 58.122,
        "heat_of_vaporisation_j_kg": latent / 58.122,
    }
    found = flash.run(asked)["values"]["flash_fraction"]
    assert found == pytest.approx(0.17128269541302374, rel=1e-9)


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
    assert flash_fraction(temperature_k=250.0, form="exponential", **kept) == pytest.approx(
        1 - math.exp(-0.1)
    )


@settings(max_examples=80, derandomize=True, deadline=None)
@given(
    superheat=st.floats(-50.0, 200.0),
    rule=st.sampled_from(RULES),
    form=st.sampled_from(["linear", "exponential"]),
    mass=st.floats(0.01, 1e8),
)
def test_the_shares_of_every_rule_sum_to_all(superheat, rule, form, mass):
    asked = {**BUTANE, "temperature_k": 272.55 + superheat, "flash_form": form}
    values = flash.run({**asked, "rate_kg_s": 1.0}, rule)["values"]
    parts = [values[f"{n}_fraction"] for n in ("flash", "aerosol", "rainout")]
    assert sum(parts) == pytest.approx(1.0, abs=1e-12)
    assert all(part >= 0.0 for part in parts)
    assert values["release_to_air_kg_s"] + values["rate_to_pool_kg_s"] == pytest.approx(1.0)
    burst = {**CHLORINE, **asked, "mass_kg": mass}
    masses = vessel_rupture.run(burst, rule)["values"]
    got = sum(masses[f"mass_{n}_kg"] for n in ("flashed", "aerosol", "pool"))
    assert got == pytest.approx(mass, rel=1e-9)


def test_a_liquid_at_its_boiling_point_does_not_flash_and_says_so():
    found = flash.run({**BUTANE, "temperature_k": 272.55})
    assert found["values"]["airborne_fraction"] == 0.0
    assert found["warnings"][0]["code"] == "hazard.no_flash"


def test_a_chlorine_vessel_bursts_into_a_cold_cloud_full_of_spray():
    found = vessel_rupture.run({**CHLORINE, "mass_kg": 1000.0})["values"]
    flashed = 950.0 * (298.15 - 239.2) / 2.88e5
    assert found["mass_flashed_kg"] == pytest.approx(1000 * flashed, rel=1e-9)
    assert found["cloud_temperature_k"] == 239.2
    vapour = 101325 * 0.070906 / (8.314462618 * 239.2)
    volume = 1000 * flashed / vapour + found["mass_aerosol_kg"] / 1560.0
    assert found["cloud_volume_m3"] == pytest.approx(volume, rel=1e-9)
    assert found["cloud_density_kg_m3"] == pytest.approx(found["cloud_mass_kg"] / volume, rel=1e-9)


def test_a_gas_vessel_bursts_into_a_cloud_cooled_by_its_expansion():
    asked = {"mass_kg": 10.0, "content": "gas", "temperature_k": 300.0, "molar_mass_kg_mol": 0.028}
    found = vessel_rupture.run({**asked, "pressure_pa": 1e6, "gamma": 1.4})["values"]
    expected = 300.0 * (101325 / 1e6) ** (0.4 / 1.4)
    assert found["cloud_temperature_k"] == pytest.approx(expected, rel=1e-12)
    assert found["liquid_fraction"] == 0.0


def test_a_burst_without_its_heats_is_refused_by_the_name_of_what_lacks():
    with pytest.raises(InvalidInputError) as refused:
        vessel_rupture.run({"mass_kg": 1.0, "temperature_k": 300.0, "molar_mass_kg_mol": 0.07})
    assert refused.value.details["field"] == "boiling_point_k"
