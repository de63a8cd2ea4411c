"""A reading against a plan: units by molar mass, worst threshold reached, inside or outside."""

import pytest
from shapely.geometry import Point, mapping

from analysis.local import LocalPlane
from analysis.reading import Judge, converted
from layers.substances import find

CHLORINE, PROPANE = find("chlorine"), find("propane")
LON, LAT = 120.0, 30.0


def circle(radius_m):
    return mapping(LocalPlane(LON, LAT).to_lonlat(Point(0, 0).buffer(radius_m)))


def zone(level, radius_m, threshold=None, unit="ppm", hazard="toxic", **more):
    said = {"level": level, "hazard": hazard, "threshold": threshold, "unit": unit,
            "threshold_name": f"{threshold}", "role": "zone", **more}  # fmt: skip
    return {"geometry": circle(radius_m), "properties": said}


def plan(*zones):
    return {"lon": LON, "lat": LAT, "zones": {"features": list(zones)}}


def at(metres):
    lon, lat = LocalPlane(LON, LAT).lonlat(*([value] for value in (0.0, metres)))
    return {"lon": float(lon[0]), "lat": float(lat[0])}


AEGL = plan(zone("red", 500, 20.0), zone("orange", 1000, 2.0), zone("yellow", 2000, 0.5))


def test_ppm_and_milligrams_convert_by_the_molar_mass():
    """NIOSH Pocket Guide: 1 ppm of chlorine is 2.90 mg/m³."""
    got, formula = converted(1.0, "ppm", "mg/m3", CHLORINE)
    assert got == pytest.approx(2.90, abs=0.005)
    assert formula.code == "reading.by_molar_mass"
    assert formula.params["molar_mass"] == pytest.approx(70.9, abs=0.02)
    assert converted(2.90, "mg/m3", "ppm", CHLORINE)[0] == pytest.approx(1.0, abs=0.002)
    assert converted(2900, "ug/m3", "ppm", CHLORINE)[0] == pytest.approx(1.0, abs=0.002)


def test_a_share_of_the_lower_limit_is_that_share_of_the_substances_own():
    lfl = PROPANE.constants["lfl"].value
    assert converted(50.0, "%LEL", "%", PROPANE)[0] == pytest.approx(50 * lfl)
    assert converted(100.0, "%LEL", "ppm", PROPANE)[0] == pytest.approx(lfl * 1e6)


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [(1500, "W/m2", "kW/m2", 1.5), (20000, "Pa", "kPa", 20), (50, "mbar", "kPa", 5),
     (0.2, "bar", "kPa", 20), (500, "ppb", "ppm", 0.5), (1, "%vol", "ppm", 10000)],
)  # fmt: skip
def test_powers_of_ten_convert_without_a_substance(value, unit, target, expected):
    assert converted(value, unit, target, None)[0] == pytest.approx(expected)


def test_what_cannot_be_converted_is_not_guessed():
    assert converted(3.0, "mg/m3", "ppm", None) is None
    assert converted(30.0, "%LEL", "ppm", CHLORINE) is None
    assert converted(3.0, "kPa", "kW/m2", CHLORINE) is None
    assert Judge(AEGL, None).judge("concentration", 9.0, "mg/m3", **at(100)) is None


@pytest.mark.parametrize(
    ("ppm", "metres", "level", "inside", "outside"),
    [
        (25.0, 400, "red", "red", False),
        (25.0, 700, "red", "orange", True),
        (25.0, 3000, "red", None, True),
        (2.0, 900, "orange", "orange", False),
        (2.0, 1500, "orange", "yellow", True),
        (1.9, 1500, "yellow", "yellow", False),
        (0.5, 2500, "yellow", None, True),
        (0.49, 2500, None, None, False),
        (0.1, 100, None, "red", False),
        (25.0, 515, "red", "red", False),
    ],
)
def test_a_reading_at_or_above_a_threshold_beyond_its_zone_is_outside(
    ppm, metres, level, inside, outside
):
    judged = Judge(AEGL, CHLORINE).judge("concentration", ppm, "ppm", **at(metres))
    assert (judged.level, judged.inside, judged.outside) == (level, inside, outside)


def test_milligrams_are_judged_by_the_threshold_in_ppm():
    judged = Judge(AEGL, CHLORINE).judge("concentration", 6.0, "mg/m3", **at(3000))
    assert (judged.level, judged.outside) == ("orange", True)
    assert judged.value == pytest.approx(2.07, abs=0.01)
    assert judged.to_json()["formula"]["code"] == "reading.by_molar_mass"


def test_circles_of_a_table_are_judged_by_the_limits_of_the_substance():
    table = plan(zone("red", 600), zone("orange", 3500))
    judge = Judge(table, CHLORINE)
    far = judge.judge("concentration", 25.0, "ppm", **at(5000))
    assert (far.level, far.outside, far.limit.name) == ("red", True, "AEGL-3")
    assert judge.judge("concentration", 2.5, "ppm", **at(3000)).outside is False


def test_heat_is_not_judged_by_the_zones_of_a_gas():
    assert Judge(AEGL, CHLORINE).judge("heat_flux", 40.0, "kW/m2", **at(3000)) is None
    fire = plan(
        zone("red", 50, 37.5, "kW/m2", "thermal"), zone("orange", 90, 12.5, "kW/m2", "thermal")
    )
    judged = Judge(fire, None).judge("heat_flux", 13000.0, "W/m2", **at(200))
    assert (judged.level, judged.outside) == ("orange", True)


def test_a_quantity_that_draws_no_zone_is_not_judged():
    assert Judge(AEGL, CHLORINE).judge("oxygen", 18.0, "%vol", **at(100)) is None
