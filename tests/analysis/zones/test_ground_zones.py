"""Zones of forest fires and floods over a made ground."""

import datetime as dt
import itertools
import math

import numpy as np
import pytest
import shapely
from shapely.geometry import Point

from analysis.advice import missing
from analysis.ground import Ground
from analysis.hazard import rothermel
from analysis.scenario import Choices, Release, Scenario, Weather
from analysis.zones import zones
from analysis.zones.flood import cells
from analysis.zones.forest_fire import isochrone
from analysis.zones.ledger import Ledger
from analysis.zones.place import GEOD
from gis_server.text import LANGUAGES, catalogue
from layers.errors import InvalidInputError, OutOfRangeError

PLACE = (113.6254, 34.7466)
START = dt.datetime(2024, 4, 4, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def scenario(kind="forest_fire", ground=None, *, release=None, weather=None, choices=None):
    return Scenario(
        kind=kind, lon=PLACE[0], lat=PLACE[1], occurred_at=START, at=START,
        release=Release(**(release or {})), weather=Weather(**(weather or {})),
        choices=Choices(**(choices or {})), ground=ground,
    )  # fmt: skip


def hill(half=60, size=20.0, rise=0.0, **more):
    rows = np.arange(2 * half + 1)
    elevation = np.tile((rise * size * (half - rows))[:, None], (1, 2 * half + 1)) + 100.0
    return Ground(cell_size_m=size, elevation_m=elevation, sources=("a made hill",), **more)


WIND = {"wind_speed_m_s": 4.0, "wind_from_deg": 180.0}
FUEL = {"fuel_model": "8", "fuel_moisture_pct": 8.0}


def by_level(found):
    return {zone.level: zone for zone in found.zones}


def test_without_a_terrain_model_the_fire_is_the_ellipse_of_even_ground():
    found = zones(scenario(release=FUEL, weather=WIND))
    rate = rothermel.run(
        {"fuel_model": "8", "moisture_1h_pct": 8.0, "wind_speed_10m_m_s": 4.0,
         "wind_from_deg": 180.0, "wind_limit": "andrews_2013"}
    )["values"]  # fmt: skip
    for level, minutes in (("red", 15), ("orange", 30), ("yellow", 60), ("blue", 120)):
        zone = by_level(found)[level]
        long_m = (rate["spread_rate_m_min"] + rate["back_rate_m_min"]) * minutes
        ellipse = math.pi / 4 * long_m**2 / rate["length_to_width"]
        assert zone.distance_m == pytest.approx(rate["spread_rate_m_min"] * minutes, rel=0.02)
        # The earliest line lies on few cells.
        assert zone.area_m2 == pytest.approx(ellipse, rel=0.12 if minutes == 15 else 0.05)
        assert zone.arrives_s == minutes * 60
    assumed = {entry["field"]: entry for entry in found.assumed}
    assert assumed["ground"]["tag"] == "assumed"
    assert assumed["release.fuel_model"]["tag"] == "reported"


def test_later_lines_hold_earlier_ones_and_the_place():
    found = zones(scenario(ground=hill(rise=0.2), release=FUEL, weather=WIND))
    areas = [zone.geometry for zone in found.zones]
    assert len(areas) == 4
    for inner, outer in itertools.pairwise(areas):
        assert outer.buffer(1e-7).covers(inner)
    assert all(area.is_valid and area.covers(Point(PLACE)) for area in areas)


@pytest.mark.parametrize("model", ["rothermel", "wang_zhengfei"])
def test_the_fire_runs_up_the_hill(model):
    calm = {"wind_speed_m_s": 0.0, "temperature_c": 28.0, "humidity_pct": 35.0}
    choice = {"spread_model": model}
    release = FUEL if model == "rothermel" else {}
    found = zones(scenario(ground=hill(rise=0.4), release=release, weather=calm, choices=choice))
    west, south, east, north = by_level(found)["blue"].geometry.bounds
    assert north - PLACE[1] > 1.3 * (PLACE[1] - south)
    assert (east - PLACE[0]) == pytest.approx(PLACE[0] - west, rel=0.1)
    assert by_level(found)["blue"].model == f"fire_spread/{model}"


def test_turning_the_wind_turns_the_fire():
    for wind_from in (0.0, 90.0, 215.0):
        weather = {**WIND, "wind_from_deg": wind_from}
        zone = by_level(zones(scenario(release=FUEL, weather=weather)))["blue"]
        middle = zone.geometry.centroid
        bearing, _, _ = GEOD.inv(*PLACE, middle.x, middle.y)
        assert (bearing - wind_from - 180.0 + 180.0) % 360.0 == pytest.approx(180.0, abs=1.0)


def test_an_unknown_wind_direction_is_taken_straight_up_the_slope():
    """Whichever way the ground rises, the circle is no shorter than under the worst wind."""
    for rise, worst in ((0.5, 180.0), (-0.5, 0.0)):
        ground = hill(rise=rise)
        unknown = zones(scenario(ground=ground, release=FUEL, weather={"wind_speed_m_s": 4.0}))
        air = {**WIND, "wind_from_deg": worst}
        known = zones(scenario(ground=ground, release=FUEL, weather=air))
        for inner, outer in zip(known.zones, unknown.zones, strict=True):
            assert outer.distance_m >= 0.98 * inner.distance_m


def test_an_unknown_wind_direction_makes_full_circles():
    found = zones(scenario(release=FUEL, weather={"wind_speed_m_s": 4.0}))
    assert {zone.shape for zone in found.zones} == {"circle"}
    assert "hazard.fire_wind_unknown" in {w.code for w in found.warnings}


def test_a_place_alone_is_enough_and_says_what_was_assumed():
    found = zones(scenario())
    assert len(found.zones) == 4
    tags = {entry["field"]: entry["tag"] for entry in found.assumed}
    assert tags["release.fuel_model"] == tags["weather.wind_speed_m_s"] == "assumed"
    assert tags["release.fuel_moisture_pct"] == "assumed"


def test_the_moisture_of_the_fuel_follows_the_air():
    def reach(humidity):
        air = {"temperature_c": 25.0, "humidity_pct": humidity}
        release = {"fuel_model": "2"}
        return by_level(zones(scenario(release=release, weather={**WIND, **air})))["blue"]

    assert reach(20.0).distance_m > reach(50.0).distance_m
    assert zones(scenario(release={"fuel_model": "1", "fuel_moisture_pct": 30.0})).zones == ()


def test_a_fuel_map_stops_the_fire_at_water_and_names_the_fuel_at_the_place():
    fuel = np.full((121, 121), 8.0)
    fuel[:, 70:72] = 98.0
    found = zones(scenario(ground=hill(fuel_number=fuel), weather=WIND,
                           release={"fuel_moisture_pct": 8.0}))  # fmt: skip
    tags = {entry["field"]: (entry["value"], entry["tag"]) for entry in found.assumed}
    assert tags["release.fuel_model"] == ("8", "measured")
    bank = GEOD.fwd(*PLACE, 90.0, 10.5 * 20.0)[0]
    assert shapely.union_all([z.geometry for z in found.zones]).bounds[2] < bank
    fuel[60, 60] = 98.0
    with pytest.raises(InvalidInputError) as error:
        zones(scenario(ground=hill(fuel_number=fuel), weather=WIND))
    assert error.value.code == "nothing_burns"


def test_a_fuel_that_nobody_knows_is_refused_by_name():
    with pytest.raises(InvalidInputError, match=r"release.fuel_model: got 'jungle'"):
        zones(scenario(release={"fuel_model": "jungle"}))
    with pytest.raises(InvalidInputError, match=r"choices.spread_model"):
        zones(scenario(choices={"spread_model": "guess"}))


def test_a_hole_in_the_isochrone_stays_a_hole():
    minutes = np.hypot(*np.indices((41, 41)) - 20)
    minutes[10:15, 18:23] = np.inf
    ground = Ground(cell_size_m=10.0, elevation_m=np.zeros((41, 41)))
    area = isochrone(minutes, 15.0, ground)
    assert len(area.interiors) == 1
    assert not area.covers(Point(0.0, 80.0))


# --- floods


def basin():
    down, right = np.indices((101, 101)) - 50
    return Ground(cell_size_m=30.0, elevation_m=50.0 + 0.002 * (down**2 + right**2) * 1.0,
                  sources=("a made bowl",))  # fmt: skip


def test_a_flood_is_deepest_in_the_middle_and_its_area_is_that_of_its_cells():
    found = zones(scenario("flood", basin(), release={"rise_m": 2.0}))
    zone = by_level(found)
    wet = basin().elevation_m < 52.0
    assert zone["yellow"].area_m2 == pytest.approx(wet.sum() * 900.0, rel=1e-3)
    assert zone["red"].area_m2 < zone["orange"].area_m2 < zone["yellow"].area_m2
    assert zone["yellow"].geometry.buffer(1e-9).covers(zone["red"].geometry)
    by_stage = zones(scenario("flood", basin(), release={"stage_m": 52.0}))
    assert by_stage.zones[0].area_m2 == found.zones[0].area_m2


def test_a_flood_without_ground_or_height_says_what_it_needs():
    with pytest.raises(InvalidInputError) as error:
        zones(scenario("flood", release={"rise_m": 2.0}))
    assert error.value.code == "no_terrain"
    with pytest.raises(InvalidInputError) as error:
        zones(scenario("flood", basin()))
    assert error.value.details["field"] == "release.rise_m"
    with pytest.raises(OutOfRangeError) as error:
        zones(scenario("flood", basin(), release={"stage_m": 12.0}))
    assert error.value.details["field"] == "release.stage_m"


def test_a_flood_that_reaches_the_edge_of_what_is_known_is_cut_there_and_says_so():
    found = zones(scenario("flood", basin(), release={"stage_m": 80.0}))
    assert {zone.cut for zone in found.zones} == {"range"}
    assert "spread.grid_left" in {w.code for w in found.warnings}


def test_cells_are_joined_exactly():
    random = np.random.default_rng(2).random((31, 31)) < 0.5
    ground = Ground(cell_size_m=7.0, elevation_m=np.zeros((31, 31)))
    assert cells(random, ground).area == pytest.approx(random.sum() * 49.0)


def test_every_word_of_these_zones_is_in_both_languages():
    found = [
        zones(scenario()),
        zones(scenario(choices={"spread_model": "wang_zhengfei"}, weather={"wind_speed_m_s": 2.0})),
        zones(scenario("flood", basin(), release={"rise_m": 30.0})),
    ]
    codes = {zone.action.code for each in found for zone in each.zones}
    codes |= {w.code for each in found for w in each.warnings}
    codes |= {
        entry["source"]["code"]
        for each in found
        for entry in each.assumed
        if isinstance(entry["source"], dict)
    }
    codes |= {f"input.{entry['field']}" for each in found for entry in each.assumed}
    for language in LANGUAGES:
        assert codes <= catalogue(language).keys()


def test_what_is_missing_is_what_a_fire_or_a_flood_lacks():
    def codes(case):
        return {line.code for line in missing(case)}

    assert codes(scenario()) == {"missing.ground", "missing.wind", "missing.fuel"}
    assert codes(scenario(ground=hill(), release=FUEL, weather=WIND)) == set()
    assert codes(scenario("flood")) == {"missing.ground", "missing.stage"}
    assert codes(scenario("flood", basin(), release={"rise_m": 1.0})) == set()


def test_the_models_that_drew_the_zones_are_recorded_without_their_grids():
    fire = zones(scenario(ground=hill(), release=FUEL, weather=WIND))
    assert [model["name"] for model in fire.models] == ["rothermel", "fire_spread"]
    water = zones(scenario("flood", basin(), release={"rise_m": 1.0}))
    assert [model["name"] for model in water.models] == ["flood"]
    assert len(str(fire.models)) + len(str(water.models)) < 20_000


def test_a_mark_of_uncertain_constants_names_its_source():
    ledger = Ledger(Weather())
    ledger.pass_on(
        [{"code": "hazard.uncertain_constants", "params": {"source": "Nobre", "certainty": "mem"}}]
    )
    (told,) = ledger.warnings
    assert told.params == {"source": "Nobre", "certainty": "mem"}
