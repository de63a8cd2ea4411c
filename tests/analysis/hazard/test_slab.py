"""SLAB against what was measured, and its cloud against what a cloud must hold."""

import math

import numpy as np
import pytest

from analysis.hazard import slab
from analysis.hazard.physics.heavy.slab_cloud import slab_cloud
from analysis.hazard.physics.heavy.slab_run import Material, Release, Surroundings
from layers.errors import InvalidInputError, OutOfRangeError

LNG = {
    "molar_mass_kg_mol": 0.016043,
    "vapour_heat_capacity_j_kg_k": 2238.0,
    "liquid_heat_capacity_j_kg_k": 3348.5,
    "heat_of_vaporisation_j_kg": 509900.0,
    "boiling_point_k": 111.7,
    "liquid_density_kg_m3": 424.1,
}
# Burro 8 (LNG on water, stable, light wind): LFL measured at 455 m (PHMSA, assessment of Phast
# 8.4, table 9); SLAB with these inputs is printed as 449 m in the documentation of slabx 1.0.7.
BURRO_8 = {
    **LNG,
    "source_kind": "pool",
    "release_kg_s": 116.93,
    "area_m2": 116.93 / 0.167,
    "duration_s": 107.0,
    "wind_speed_m_s": 1.94,
    "wind_height_m": 3.0,
    "roughness_m": 2e-4,
    "stability": "E",
    "ambient_temperature_k": 290.0,
    "humidity_pct": 50.0,
    "averaging_s": 80.0,
    "x_max_m": 2000.0,
}
CHLORINE = Material(
    molar_mass_kg_mol=0.070906,
    vapour_heat_capacity_j_kg_k=498.1,
    liquid_heat_capacity_j_kg_k=926.3,
    heat_of_vaporisation_j_kg=287840.0,
    boiling_point_k=239.1,
    liquid_density_kg_m3=1574.0,
)
JET = Release(
    kind="horizontal_jet",
    area_m2=0.03,
    rate_kg_s=10.0,
    duration_s=600.0,
    liquid_fraction=0.8,
    height_m=1.0,
)
BURST = Release(kind="instantaneous", area_m2=100.0, mass_kg=6000.0, liquid_fraction=0.8)
NEUTRAL = Surroundings(wind_speed_m_s=3.0, stability="D")
STABLE = Surroundings(wind_speed_m_s=1.5, stability="F")


def test_burro_8_comes_out_as_slab_is_printed_and_near_what_was_measured():
    places = [{"x_m": 449.0, "z_m": 1.0}]
    result = slab.run({**BURRO_8, "threshold_fraction": 0.05}, receptors=places)
    assert result["values"]["fraction"] == pytest.approx([0.05], rel=0.01)
    assert result["values"]["reach_m"] == pytest.approx(455.0, rel=0.05)


def test_it_names_the_second_opinion_and_the_way_of_the_cloud():
    result = slab.run({**BURRO_8, "threshold_fraction": 0.05})
    other = result["values"]["britter_mcquaid_reach_m"]
    assert 0.5 < other / result["values"]["reach_m"] < 2.0
    way = result["intermediates"]["trajectory"]
    assert len(way["x_m"]) == len(way["fraction"]) <= 60
    assert result["intermediates"]["transition_s"] == pytest.approx(107.0)


@pytest.mark.parametrize(("air", "times"), [(NEUTRAL, (300.0, 1200.0)), (STABLE, (300.0, 3000.0))])
@pytest.mark.parametrize("release", [JET, BURST])
def test_the_cloud_holds_the_mass_that_was_released(air, times, release):
    cloud = slab_cloud(CHLORINE, release, air, averaging_s=600.0)
    x = np.linspace(-cloud.upwind_m, cloud.x_max_m, 900)
    y = np.linspace(-2000.0, 2000.0, 241)
    z = np.concatenate([[0.0], np.geomspace(0.05, 400.0, 36)])
    wide, deep = np.meshgrid(x, y, indexing="ij")
    for time in times:
        layers = np.stack([cloud.at(wide, deep, level, time) for level in z])
        mass = np.trapezoid(np.trapezoid(np.trapezoid(layers, y, axis=2), x, axis=1), z)
        released = 6000.0 if release is BURST else 10.0 * min(time, 600.0)
        assert mass == pytest.approx(released, rel=0.15), time


@pytest.mark.parametrize("release", [JET, BURST])
def test_the_cloud_never_exceeds_its_peak_and_passes_in_order(release):
    cloud = slab_cloud(CHLORINE, release, NEUTRAL)
    x = np.geomspace(20.0, 5000.0, 60)
    y = np.zeros_like(x)
    for time in (30.0, 300.0, 900.0):
        assert (cloud.at(x, y, 0.0, time) <= cloud.peak(x, y) * (1.0 + 1e-9)).all()
    first, last = cloud.passage_s(x, 1e-4)
    met = np.isfinite(first)
    assert met.any()
    assert (last[met] > first[met]).all()
    assert (np.diff(first[met]) >= 0.0).all()


def test_the_half_width_is_where_the_profile_meets_the_threshold():
    cloud = slab_cloud(CHLORINE, JET, NEUTRAL)
    x = np.geomspace(50.0, 3000.0, 20)
    half = cloud.half_width_m(x, 1e-5)
    assert (half > 0.0).all()
    assert cloud.peak(x, half) == pytest.approx(1e-5, rel=1e-6)


def test_a_release_that_goes_on_never_passes():
    endless = Release(kind="horizontal_jet", area_m2=0.03, rate_kg_s=10.0, liquid_fraction=0.8)
    _, last = slab_cloud(CHLORINE, endless, NEUTRAL).passage_s(np.array([200.0]), 1e-4)
    assert math.isinf(last[0])


@pytest.mark.parametrize("wind", [0.2, 14.0])
def test_a_wind_that_no_trial_had_is_refused_by_its_range(wind):
    with pytest.raises(OutOfRangeError) as caught:
        slab.run({**BURRO_8, "wind_speed_m_s": wind})
    assert caught.value.details["wanted"] == "0.5 .. 12 m/s"


def test_a_pool_too_small_for_its_release_is_refused_and_not_answered():
    tiny = Release(kind="pool", area_m2=0.402, rate_kg_s=10.4, duration_s=600.0)
    with pytest.raises(OutOfRangeError) as caught:
        slab_cloud(CHLORINE, tiny, NEUTRAL)
    assert caught.value.details["field"] == "source"


def test_a_source_needs_its_own_quantity():
    with pytest.raises(InvalidInputError) as caught:
        slab.run({**BURRO_8, "source_kind": "instantaneous"})
    assert caught.value.details["field"] == "mass_kg"


def test_more_is_never_a_smaller_zone():
    def reach(rate):
        more = {**BURRO_8, "release_kg_s": rate, "area_m2": rate / 0.167}
        return slab.run({**more, "threshold_fraction": 0.025})["values"]["reach_m"]

    found = [reach(rate) for rate in (10.0, 20.0, 40.0, 80.0, 116.93)]
    assert found == sorted(found)


def test_the_same_inputs_give_the_same():
    assert slab.run(BURRO_8) == slab.run(BURRO_8)
