"""How heavy a young cloud is, and what calls it heavy."""

import numpy as np
import pytest

from analysis.hazard import cloud_density, heavy_gas_criterion
from analysis.hazard.physics.heavy.mixing import Fluid, humid_density, mix

AMMONIA = {
    "molar_mass_kg_mol": 0.0170305,
    "vapour_heat_capacity_j_kg_k": 2080.0,
    "liquid_heat_capacity_j_kg_k": 4490.0,
    "heat_of_vaporisation_j_kg": 1.36989e6,
    "boiling_point_k": 239.83,
    "liquid_density_kg_m3": 682.0,
}
NO_SPRAY = {"temperature_k": 239.83, "ambient_k": 298.15, "humidity_pct": 50.0}


def test_ammonia_with_spray_is_heavy_and_stays_so_when_the_spray_is_gone():
    values = cloud_density.run({**AMMONIA, "liquid_fraction": 0.8})["values"]
    assert values["density_ratio"] > 3.0
    assert values["mixed_density_ratio"] > 1.2
    assert values["mixed_liquid_share"] == pytest.approx(0.0, abs=1e-6)
    assert values["mixed_temperature_k"] < 225.0  # colder than its boiling point of 240 K


def test_ammonia_vapour_alone_is_light():
    values = cloud_density.run({**AMMONIA, "temperature_k": 298.15})["values"]
    assert values["density_ratio"] == pytest.approx(0.59, abs=0.01)
    assert values["drying_air_kg_kg"] == 0.0


def test_damp_air_dries_the_spray_sooner_and_keeps_the_cloud_lighter():
    wet, dry = (
        cloud_density.run({**AMMONIA, "liquid_fraction": 0.8, "humidity_pct": humidity})["values"]
        for humidity in (90.0, 0.0)
    )
    assert wet["drying_air_kg_kg"] < dry["drying_air_kg_kg"]
    assert wet["mixed_density_ratio"] < dry["mixed_density_ratio"]


def test_mixing_ends_as_the_air_itself():
    mixed = mix(Fluid(**AMMONIA), np.array([1e5]), liquid_fraction=0.8, **NO_SPRAY)
    assert mixed.temperature_k[0] == pytest.approx(298.15, abs=0.1)
    assert mixed.density_kg_m3[0] == pytest.approx(humid_density(298.15, 50.0), rel=1e-3)


def test_mixing_vapour_keeps_the_heat_of_both():
    """Without spray or drops T is the mean by heat capacity: computed by hand."""
    dry = {**NO_SPRAY, "humidity_pct": 0.0}
    mixed = mix(Fluid(**AMMONIA), np.array([3.0]), liquid_fraction=0.0, **dry)
    by_hand = (2080.0 * 239.83 + 3.0 * 1005.87 * 298.15) / (2080.0 + 3.0 * 1005.87)
    assert mixed.temperature_k[0] == pytest.approx(by_hand, abs=0.01)


@pytest.mark.parametrize(
    ("density", "wind", "expected"),
    [(3.0, 1.5, "heavy"), (1.145, 3.0, "neutral"), (0.082, 3.0, "buoyant"), (3.0, 30.0, "neutral")],
)
def test_chlorine_is_heavy_carbon_monoxide_neutral_hydrogen_buoyant(density, wind, expected):
    kg_s = 0.01 if wind == 30.0 else 1.0
    inputs = {"density_kg_m3": density, "wind_speed_m_s": wind, "release_kg_s": kg_s}
    assert heavy_gas_criterion.run(inputs)["values"]["behaviour"] == expected


def test_by_hj_169_a_release_lasts_while_it_outlives_the_way_to_the_receptor():
    inputs = {
        "density_kg_m3": 3.0,
        "wind_speed_m_s": 1.5,
        "release_kg_s": 1.0,
        "duration_s": 600.0,
    }
    near = heavy_gas_criterion.run({**inputs, "distance_m": 300.0}, "hj169")["values"]
    far = heavy_gas_criterion.run({**inputs, "distance_m": 1000.0}, "hj169")["values"]
    assert (near["release_kind"], near["limit"]) == ("continuous", pytest.approx(1.0 / 6.0))
    assert (far["release_kind"], far["limit"]) == ("instantaneous", 0.04)
