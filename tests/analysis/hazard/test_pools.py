"""Pools: how they spread, boil and evaporate; closed forms, printed figures, balances."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard import boiling_pool, pool_evaporation, pool_spread
from analysis.hazard.physics.release.ground import SURFACE_DEPTH_M
from layers.errors import InvalidInputError, OutOfRangeError

G = 9.80665
BENZENE = {
    "wind_speed_m_s": 3.0,
    "pool_radius_m": 5.0,
    "vapour_pressure_pa": 12700.0,
    "molar_mass_kg_mol": 0.07811,
    "temperature_k": 298.15,
}
BUTANE = {
    "pool_area_m2": 500 * 0.3048**2,
    "ground_temperature_k": 298.15,
    "boiling_point_k": 272.55,
    "heat_of_vaporisation_j_kg": 3.86e5,
    "contact_time_s": 600.0,
}
LNG = {"density_kg_m3": 425.0, "minimum_depth_m": 1e-4}


def evaporate(coefficients=None, **more):
    return pool_evaporation.run(BENZENE | more, coefficients)["values"]


def boil(coefficients=None, **more):
    return boiling_pool.run(BUTANE | more, coefficients)


def spread(coefficients=None, **inputs):
    return pool_spread.run(inputs, coefficients)


# --- below boiling


@pytest.mark.parametrize(("name", "kg_s"), [("casal", 0.132552), ("epa_rmp", 0.304257)])
def test_a_benzene_pool_of_5_m_radius(name, kg_s):
    found = evaporate(name)
    assert found["rate_kg_s"] == pytest.approx(kg_s, rel=2e-5)
    if name == "casal":
        assert found["flux_kg_m2_s"] == pytest.approx(1.687699e-3, rel=1e-5)


def test_hj169_by_hand_in_neutral_air():
    """Q = α p M/(R T) u^((2−n)/(2+n)) r^((4+n)/(2+n)), n 0.25, α 4.685e-3."""
    expected = 4.685e-3 * 12700 * 0.07811 / (8.314462618 * 298.15)
    expected *= 3.0 ** (1.75 / 2.25) * 5.0 ** (4.25 / 2.25)
    assert evaporate("hj169")["rate_kg_s"] == pytest.approx(expected, rel=1e-12)


def test_mackay_and_matsugu_in_hours_and_in_seconds_agree():
    """km = 0.0292 u^0.78 D^−0.11 Sc^−0.67 with u and km in m/h."""
    per_hour = 0.0292 * (3.0 * 3600) ** 0.78 * 10.0**-0.11 * 0.8**-0.67
    flux = per_hour / 3600 * 12700 * 0.07811 / (8.314462618 * 298.15)
    assert evaporate("mackay_matsugu")["flux_kg_m2_s"] == pytest.approx(flux, rel=1e-3)


def test_the_published_forms_lie_within_a_factor_of_six_of_each_other():
    names = ("casal", "epa_rmp", "hj169", "mackay_matsugu", "yellow_book")
    found = [evaporate(name)["flux_kg_m2_s"] for name in names]
    assert max(found) / min(found) < 6.0


def test_a_pressure_at_which_the_pool_boils_is_refused():
    with pytest.raises(OutOfRangeError) as refused:
        evaporate(vapour_pressure_pa=1e5)
    assert refused.value.details["field"] == "vapour_pressure_pa"


def test_air_that_holds_more_vapour_than_the_pool_gives_is_refused():
    with pytest.raises(OutOfRangeError) as refused:
        evaporate(ambient_vapour_pressure_pa=20_000.0)
    assert refused.value.details["field"] == "ambient_vapour_pressure_pa"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    name=st.sampled_from(["casal", "epa_rmp", "hj169", "mackay_matsugu", "yellow_book"]),
    wind=st.floats(0.5, 15.0),
    radius=st.floats(0.5, 50.0),
    more=st.floats(1.05, 3.0),
)
def test_more_wind_and_a_wider_pool_give_off_more(name, wind, radius, more):
    asked = {"wind_speed_m_s": wind, "pool_radius_m": radius}
    first = evaporate(name, **asked)["rate_kg_s"]
    assert evaporate(name, **asked | {"wind_speed_m_s": wind * more})["rate_kg_s"] > first
    assert evaporate(name, **asked | {"pool_radius_m": radius * more})["rate_kg_s"] > first


# --- boiling


def test_butane_on_concrete_by_hand():
    """CCPS 1999 eq. 2.38-2.39: G = k ΔT/(Hv √(π κ t))."""
    expected = 1.28 * (298.15 - 272.55) / (3.86e5 * math.sqrt(math.pi * 6.6e-7 * 600.0))
    found = boil("concrete")["values"]
    assert found["flux_kg_m2_s"] == pytest.approx(expected, rel=1e-12)
    assert found["evaporated_kg"] == pytest.approx(
        2 * found["flux_kg_m2_s"] * BUTANE["pool_area_m2"] * 600.0, rel=1e-12
    )


def test_a_pool_that_is_used_up_stops_and_says_when():
    found = boil("concrete", mass_kg=20.0)
    assert found["values"]["evaporated_kg"] == pytest.approx(20.0, rel=1e-12)
    assert found["values"]["rate_kg_s"] == 0.0
    assert found["warnings"][0]["code"] == "hazard.pool_dried"


def test_methane_on_water_boils_at_the_measured_heat_flux():
    found = boil("water_methane", boiling_point_k=111.7, heat_of_vaporisation_j_kg=5.1e5)
    assert found["values"]["flux_kg_m2_s"] == pytest.approx(92e3 / 5.1e5, rel=1e-12)


def test_ground_that_is_no_warmer_than_the_boiling_point_is_refused_with_the_range():
    with pytest.raises(OutOfRangeError) as refused:
        boil(ground_temperature_k=270.0)
    assert refused.value.details["field"] == "ground_temperature_k"
    assert "272.55" in refused.value.details["wanted"]


# --- spreading


def test_a_spill_at_once_spreads_as_shaw_and_briscoe():
    found = spread(spill_mass_kg=1e4, until_s=20.0, **LNG)["intermediates"]["history"]
    expected = math.sqrt(20.0 * math.sqrt(8 * G * 1e4 / 425.0 / math.pi))
    assert found["radius_m"][-1] == pytest.approx(expected, rel=1e-9)


def test_a_fed_pool_spreads_as_shaw_and_briscoe():
    found = spread(spill_rate_kg_s=50.0, until_s=60.0, **LNG)["intermediates"]["history"]
    beta = (9 * math.pi * 425.0 / (32 * G * 50.0)) ** (1 / 3)
    assert found["radius_m"][-1] == pytest.approx((60.0 / beta) ** 0.75, rel=3e-3)


def test_the_textbook_form_of_a_fed_pool_lacks_the_nine():
    found = spread("chinese_textbook", spill_rate_kg_s=50.0, until_s=60.0, **LNG)
    beta = (math.pi * 425.0 / (32 * G * 50.0)) ** (1 / 3)
    radius = found["intermediates"]["history"]["radius_m"][-1]
    assert radius == pytest.approx((60.0 / beta) ** 0.75, rel=3e-3)


def test_a_spill_on_water_spreads_as_fay():
    found = spread("fay", spill_mass_kg=1e4, until_s=20.0, surface="water", **LNG)
    reduced = G * (1 - 425.0 / 1000.0)
    expected = 1.14 * (reduced * 1e4 / 425.0) ** 0.25 * math.sqrt(20.0)
    radius = found["intermediates"]["history"]["radius_m"][-1]
    assert radius == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("surface", list(SURFACE_DEPTH_M))
def test_a_spill_ends_at_the_least_depth_of_its_surface(surface):
    found = spread(spill_mass_kg=1000.0, density_kg_m3=800.0, surface=surface, until_s=3600.0)
    expected = 1000.0 / 800.0 / SURFACE_DEPTH_M[surface]
    assert found["values"]["greatest_area_m2"] == pytest.approx(expected, rel=1e-9)


def test_a_bund_holds_the_pool_and_says_when_it_runs_over():
    asked = {"spill_mass_kg": 1e5, "density_kg_m3": 1000.0, "bund_area_m2": 50.0}
    found = spread(**asked, bund_height_m=1.0)
    assert found["values"]["greatest_area_m2"] == pytest.approx(50.0, rel=1e-12)
    assert found["warnings"][0]["code"] == "hazard.bund_overflows"


def test_a_pool_in_a_bund_boils_off_what_conduction_alone_brings():
    found = spread(
        "at_once",
        spill_mass_kg=1e5,
        density_kg_m3=425.0,
        bund_area_m2=100.0,
        conduction_coefficient_kg_m2_s05=0.5,
        until_s=600.0,
    )
    expected = 2 * 0.5 * 100.0 * math.sqrt(600.0)
    assert found["values"]["evaporated_kg"] == pytest.approx(expected, rel=1e-9)


def test_what_sinks_makes_no_pool_on_water():
    with pytest.raises(OutOfRangeError) as refused:
        spread(spill_mass_kg=100.0, density_kg_m3=1560.0, surface="water")
    assert refused.value.details["field"] == "density_kg_m3"


def test_a_pool_of_nothing_is_refused():
    with pytest.raises(InvalidInputError) as refused:
        spread(density_kg_m3=800.0)
    assert refused.value.details["field"] == "spill_mass_kg"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    law=st.sampled_from(["shaw_briscoe", "chinese_textbook", "fay", "at_once"]),
    rate=st.none() | st.floats(0.01, 1000.0),
    lasts=st.floats(1.0, 3000.0),
    flux=st.floats(0.0, 0.05),
    conduction=st.floats(0.0, 2.0),
    bund=st.none() | st.floats(1.0, 1000.0),
)
def test_what_is_spilled_is_in_the_pool_or_in_the_air(law, rate, lasts, flux, conduction, bund):
    spilled = {"spill_mass_kg": 5000.0}
    if rate is not None:
        spilled = {"spill_rate_kg_s": rate, "spill_duration_s": lasts}
    found = spread(
        law,
        **spilled,
        density_kg_m3=700.0,
        evaporation_flux_kg_m2_s=flux,
        conduction_coefficient_kg_m2_s05=conduction,
        bund_area_m2=bund,
        until_s=1800.0,
    )
    total = 5000.0 if rate is None else rate * min(lasts, 1800.0)
    values = found["values"]
    whole = values["evaporated_kg"] + values["pool_left_kg"]
    assert whole == pytest.approx(total, rel=1e-6)
    rows = {name: np.array(each) for name, each in found["intermediates"]["history"].items()}
    assert np.all(rows["mass_kg"] >= -1e-9)
    assert np.all(np.diff(rows["evaporated_kg"]) >= -1e-12)
    volumes = np.pi * rows["radius_m"] ** 2 * rows["depth_m"] * 700.0
    # At the very start what is spilled has no width yet.
    assert volumes[1:] == pytest.approx(rows["mass_kg"][1:], rel=1e-9, abs=1e-9)
