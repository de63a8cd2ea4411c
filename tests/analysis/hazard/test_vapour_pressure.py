"""Vapour pressures: the boiling point is where they reach one atmosphere, and ranges hold."""

import pytest

from analysis.hazard import vapour_pressure
from layers.errors import InvalidInputError, OutOfRangeError

BENZENE = {
    "boiling_point_k": 353.2,
    "heat_of_vaporisation_j_kg": 394e3,
    "molar_mass_kg_mol": 0.07811,
}


def pascal(coefficients=None, **inputs):
    return vapour_pressure.run(inputs, coefficients)["values"]["vapour_pressure_pa"]


@pytest.mark.parametrize(
    ("name", "boiling_k"),
    [
        ("toluene", 383.8),
        ("benzene", 353.2),
        ("methanol", 337.8),
        ("ammonia", 239.8),
        ("chlorine", 239.1),
        ("propane", 231.1),
        ("butane", 272.7),
        ("ethanol", 351.4),
        ("acetone", 329.2),
    ],
)
def test_a_substance_boils_at_one_atmosphere(name, boiling_k):
    assert pascal(name, temperature_k=boiling_k) == pytest.approx(101_325.0, rel=0.02)


def test_benzene_at_25_degrees_by_antoine():
    assert pascal("benzene", temperature_k=298.15) == pytest.approx(12_680.0, rel=2e-3)


def test_the_same_constants_in_other_units_give_the_same_pressure():
    asked = {"antoine_b": 1203.531, "temperature_k": 298.15}
    mmhg = pascal(**asked, antoine_a=6.89272, antoine_c=219.888)
    shift = 2.124903  # log10 of 133.322368
    pa = pascal(**asked, antoine_a=6.89272 + shift, antoine_c=219.888 - 273.15, antoine_unit="pa_k")
    assert pa == pytest.approx(mmhg, rel=1e-5)


def test_clausius_clapeyron_reaches_an_atmosphere_at_the_boiling_point():
    assert pascal("clausius_clapeyron", **BENZENE, temperature_k=353.2) == pytest.approx(101_325)
    assert pascal("clausius_clapeyron", **BENZENE, temperature_k=298.15) == pytest.approx(
        12_680, rel=0.2
    )


@pytest.mark.parametrize(
    ("coefficients", "more", "temperature"),
    [
        ("clausius_clapeyron", BENZENE, 600.0),
        ("clausius_clapeyron", BENZENE, 150.0),
        ("benzene", {"temperature_min_k": 279.0, "temperature_max_k": 377.0}, 400.0),
        ("toluene", {}, 40.0),
    ],
)
def test_a_temperature_outside_the_range_is_refused_with_the_range(coefficients, more, temperature):
    with pytest.raises(OutOfRangeError) as refused:
        pascal(coefficients, **more, temperature_k=temperature)
    assert refused.value.details["field"] == "temperature_k"


def test_a_pressure_outside_the_usual_fit_is_warned_of():
    found = vapour_pressure.run({"temperature_k": 400.0}, "chlorine")
    assert found["warnings"][0]["code"] == "hazard.antoine_extrapolated"


def test_antoine_without_its_constants_is_refused_by_name():
    with pytest.raises(InvalidInputError) as refused:
        pascal(temperature_k=300.0)
    assert refused.value.details["field"] == "antoine_a"
