"""The citation of an option is told where it was taken, with its mark, and nowhere else."""

from analysis.hazard import gaussian_plume, pool_fire

PLUME = {"release_kg_s": 1.0, "wind_speed_m_s": 3.0, "stability": "D"}
POOL = {"pool_diameter_m": 10.0, "burning_rate_kg_m2_s": 0.05, "heat_of_combustion_j_kg": 44e6}


def marks(found):
    return [
        warning["params"]["source"]
        for warning in found["warnings"]
        if warning["code"] == "hazard.uncertain_constants"
    ]


def cited(found):
    return " ".join(source["text"] for source in found["sources"])


def test_a_mixing_layer_is_cited_only_under_a_lid():
    assert "Mixing layer" not in cited(gaussian_plume.run(PLUME))
    assert "Mixing layer" in cited(gaussian_plume.run({**PLUME, "mixing_height_m": 500.0}))


def test_a_flame_from_memory_carries_its_mark():
    assert marks(pool_fire.run(POOL, "solid_flame")) == []
    (table,) = marks(pool_fire.run({**POOL, "flame": "lng"}, "solid_flame"))
    assert "emissive powers" in table
    given = {**POOL, "flame": "lng", "emissive_power_kw_m2": 200.0, "flame_height": "moorhouse"}
    (height,) = marks(pool_fire.run(given, "solid_flame"))
    assert "Moorhouse" in height
