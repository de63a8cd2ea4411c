"""Zones of a scenario: what they hold, how they grow and turn, what they refuse and say."""

import datetime as dt
import itertools
import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely.geometry import Point

from analysis import limits
from analysis.hazard.gaussian_plume import Plume
from analysis.hazard.physics.gaussian.sigma import BRIGGS_RURAL
from analysis.scenario import LEVELS, Release, Scenario, Weather
from analysis.zones import place, zones
from analysis.zones.place import GEOD
from gis_server.text import LANGUAGES, catalogue, say
from layers.errors import InvalidInputError, OutOfRangeError
from layers.substances import all_substances, find

CST = dt.timezone(dt.timedelta(hours=8))
NORTH_WIND = {"wind_speed_m_s": 3.0, "wind_from_deg": 0.0, "stability": "D", "terrain": "rural"}
ZHENGZHOU = (113.6254, 34.7466)


def scenario(kind="toxic_release", word="氯", *, hour=3, minutes=60, at=ZHENGZHOU, **parts):
    start = dt.datetime(2024, 6, 1, hour, tzinfo=CST)
    return Scenario(
        kind=kind,
        lon=at[0],
        lat=at[1],
        occurred_at=start,
        at=start + dt.timedelta(minutes=minutes),
        substance=find(word) if word else None,
        release=Release(**parts.get("release", {})),
        weather=Weather(**parts.get("weather", {})),
    )


def drawn(found, basis="model"):
    return {zone.level: zone for zone in found.zones if zone.basis == basis}


def codes(found):
    return {warning.code for warning in found.warnings}


def assumed(found, field):
    return next(entry for entry in found.assumed if entry["field"] == field)


# --- a place and a substance


@pytest.mark.parametrize(("hour", "protection"), [(3, 8000.0), (12, 3500.0)])
def test_chlorine_with_nothing_else_gets_the_distances_of_the_chinese_table(hour, protection):
    found = zones(scenario(hour=hour))
    red, orange = found.zones
    assert (red.level, red.distance_m) == ("red", 600.0)
    assert (orange.level, orange.distance_m, orange.shape) == ("orange", protection, "circle")
    assert "142" in orange.threshold_source
    assert orange.area_m2 == pytest.approx(math.pi * protection**2, rel=1e-3)
    assert found.distances[0]["table"].startswith("安监总厅管三")
    assert found.distances[0]["protection_day_m"] == 3500.0
    assert found.distances[1]["edition"] == "2024"
    assert assumed(found, "spill")["tag"] == "assumed"


def test_the_sun_at_the_place_says_whether_it_is_night():
    morning = dt.datetime(2024, 12, 1, 8, 0, tzinfo=CST)
    for place_at, period in (((121.47, 31.23), "day"), ((75.99, 39.47), "night")):
        base = scenario(at=place_at)
        report = Scenario(**{**vars(base), "occurred_at": morning, "at": morning})
        assert zones(report).distances[0]["period"] == period


@pytest.mark.parametrize(
    "weather",
    [
        {},
        {"wind_from_deg": 90.0},
        {"wind_speed_m_s": 0.0},
        {"wind_speed_m_s": 0.9, "wind_from_deg": 5.0},
    ],
)
def test_calm_or_unknown_wind_makes_full_circles_and_never_a_refusal(weather):
    found = zones(scenario(release={"leak": "large"}, weather=weather))
    assert "table" in {zone.basis for zone in found.zones}
    assert {zone.shape for zone in found.zones} == {"circle"}
    assert codes(found) & {"hazard.calm", "hazard.wind_unknown"}


def test_the_protection_zone_is_a_square_downwind_of_the_source():
    found = zones(scenario(weather=NORTH_WIND))
    red, orange = found.zones
    side = orange.distance_m
    assert orange.area_m2 == pytest.approx(side**2 + math.pi * 600**2 / 2, rel=0.01)
    assert orange.geometry.buffer(1e-9).covers(red.geometry)
    south = GEOD.fwd(*ZHENGZHOU, 180.0, side * 0.99)[:2]
    north = GEOD.fwd(*ZHENGZHOU, 0.0, side * 0.99)[:2]
    assert orange.geometry.covers(Point(south))
    assert not orange.geometry.covers(Point(north))


def test_a_small_spill_takes_the_small_row():
    found = zones(scenario(release={"leak": "small"}))
    assert found.zones[0].distance_m == 60.0
    by_mass = zones(scenario(release={"mass_kg": 100.0}))
    assert by_mass.zones[0].distance_m == 60.0


def test_erg_table_3_is_read_by_the_wind():
    low = zones(scenario(word="二氧化硫")).distances[0]
    high = zones(
        scenario(word="二氧化硫", weather={"wind_speed_m_s": 6.0, "wind_from_deg": 10.0})
    ).distances[0]
    assert (low["wind"], low["beyond"]) == ("low", True)
    assert (high["wind"], high["protection_m"], high["beyond"]) == ("high", 9600.0, False)


def test_an_unidentified_substance_still_gets_a_zone():
    found = zones(scenario(word=None))
    assert found.zones[0].distance_m == 100.0
    assert "hazard.substance_unknown" in codes(found)


def test_a_substance_without_toxic_levels_says_so_and_keeps_the_table():
    found = zones(scenario(word="汽油", release={"leak": "large"}, weather=NORTH_WIND))
    assert {zone.basis for zone in found.zones} == {"table"}
    assert "hazard.no_threshold" in codes(found)


# --- the plume


def carbon_monoxide(rate=5.0, **more):
    return scenario(word="一氧化碳", release={"rate_kg_s": rate}, weather=NORTH_WIND, **more)


def test_a_plume_reaches_as_far_as_its_formula_says():
    found = drawn(zones(carbon_monoxide()))
    co = find("一氧化碳")
    plume = Plume(release_kg_s=5.0, wind_speed_m_s=3.0, stability="D", dispersion=BRIGGS_RURAL)
    for threshold in co.levels():
        level = {3: "red", 2: "orange"}[threshold.level]
        kg_m3 = threshold.value * 28.0101e-6 / 24.465
        far = [x for x in range(1, 10_000) if plume.axis(float(x)) >= kg_m3][-1]
        assert found[level].distance_m == pytest.approx(far, abs=1.5)
        end = GEOD.fwd(*ZHENGZHOU, 180.0, far * 0.99)[:2]
        assert found[level].geometry.covers(Point(end))
        assert not found[level].geometry.covers(Point(GEOD.fwd(*ZHENGZHOU, 180.0, far + 20)[:2]))


def test_a_light_gas_is_drawn_by_the_plume_alone():
    found = zones(carbon_monoxide())
    assert {zone.basis for zone in found.zones} == {"model"}
    assert "hazard.denser_than_air" not in codes(found)
    assert found.distances


@pytest.mark.parametrize("word", ["氯", "二氧化硫", "氨", "硫化氢"])
def test_a_dense_gas_is_never_drawn_without_the_table_beside_it_and_a_warning(word):
    found = zones(scenario(word=word, release={"leak": "medium"}, weather=NORTH_WIND))
    assert {zone.basis for zone in found.zones} == {"model", "table"}
    assert codes(found) & {"hazard.denser_than_air", "hazard.heavy_cloud"}


def test_warm_ammonia_vapour_is_lighter_than_air():
    vapour = {"rate_kg_s": 1.0, "pressure_pa": 2e5}
    found = zones(scenario(word="氨", release=vapour, weather=NORTH_WIND))
    assert not codes(found) & {"hazard.denser_than_air", "hazard.heavy_cloud"}


def test_each_level_says_what_to_do():
    found = drawn(zones(scenario(release={"leak": "medium"}, weather=NORTH_WIND)))
    assert {level: zone.action.code for level, zone in found.items()} == {
        "red": "hazard.action_toxic_3",
        "orange": "hazard.action_toxic_2",
        "yellow": "hazard.action_toxic_1",
    }


def test_the_cloud_is_cut_where_the_wind_has_carried_it():
    found = drawn(zones(scenario(minutes=10, release={"leak": "large"}, weather=NORTH_WIND)))
    zone = found["orange"]
    assert (zone.cut, zone.distance_m) == ("time", 1800.0)
    beyond = GEOD.fwd(*ZHENGZHOU, 180.0, 1815.0)[:2]
    assert not zone.geometry.covers(Point(beyond))
    assert zone.geometry.covers(Point(GEOD.fwd(*ZHENGZHOU, 180.0, 1790.0)[:2]))


def test_the_cloud_is_cut_at_the_range_of_the_model():
    night = {**NORTH_WIND, "stability": "F"}
    found = drawn(zones(scenario(minutes=600, release={"leak": "large"}, weather=night)))
    assert (found["orange"].cut, found["orange"].distance_m) == ("range", 10_000.0)


def test_a_toxic_level_tells_for_how_long_an_exposure_it_is():
    found = zones(scenario(release={"leak": "large"}, weather=NORTH_WIND))
    assert drawn(found)["orange"].to_feature()["properties"]["averaging_s"] == 3600.0
    assert drawn(found, "table")["red"].to_feature()["properties"]["averaging_s"] is None


def test_an_answer_for_the_moment_of_the_release_looks_half_an_hour_ahead():
    found = zones(scenario(minutes=0, release={"leak": "large"}, weather=NORTH_WIND))
    assert drawn(found)["orange"].distance_m == 5400.0
    assert assumed(found, "time_since_release_s")["tag"] == "assumed"


def test_wind_without_a_direction_makes_circles_of_the_plumes_reach():
    wind = {**NORTH_WIND, "wind_from_deg": None}
    found = drawn(zones(scenario(release={"leak": "small"}, weather=wind)))
    along = drawn(zones(scenario(release={"leak": "small"}, weather=NORTH_WIND)))
    for level, zone in found.items():
        assert zone.shape == "circle"
        assert zone.distance_m == along[level].distance_m
        assert zone.area_m2 == pytest.approx(math.pi * zone.distance_m**2, rel=1e-3)


def test_a_rupture_releases_what_the_vessel_held_in_ten_minutes():
    release = {"leak": "rupture", "inventory_kg": 600.0}
    found = zones(scenario(release=release, weather=NORTH_WIND))
    # At once, with what the pool of the rest gives off in the ten minutes.
    assert 0.8 < assumed(found, "release_to_air_kg_s")["value"] <= 1.0
    assert assumed(found, "release.duration_s")["value"] == 600.0


def test_a_rupture_of_unknown_size_keeps_the_table_and_says_why():
    found = zones(scenario(release={"leak": "rupture"}, weather=NORTH_WIND))
    assert {zone.basis for zone in found.zones} == {"table"}
    assert "hazard.rupture_needs_mass" in codes(found)


def test_every_input_is_tagged_and_what_was_guessed_is_told():
    found = zones(scenario(release={"leak": "medium"}, weather={**NORTH_WIND, "terrain": None}))
    assert {entry["tag"] for entry in found.assumed} <= {"measured", "reported", "assumed"}
    assert assumed(found, "weather.wind_speed_m_s")["tag"] == "reported"
    assert assumed(found, "weather.terrain")["tag"] == "assumed"
    for entry in found.assumed:
        assert entry["source"] or entry["tag"] != "assumed", entry


def test_a_measured_wind_stays_measured():
    weather = {**NORTH_WIND, "tag": "measured", "source": "station 7"}
    found = zones(scenario(release={"leak": "small"}, weather=weather))
    entry = assumed(found, "weather.wind_speed_m_s")
    assert (entry["tag"], entry["source"]) == ("measured", "station 7")


def test_every_model_names_its_inputs_and_sources_with_their_certainty():
    found = zones(scenario(release={"leak": "medium"}, weather=NORTH_WIND))
    names = {model["name"] for model in found.models}
    assert names >= {"liquid_release", "flash", "pool_spread"}
    for model in found.models:
        assert model["inputs"] and model["version"]
        assert all(source["text"] and source["certainty"] for source in model["sources"])


# --- invariants

RELEASES = st.fixed_dictionaries({"rate_kg_s": st.floats(0.01, 200.0)})
PLACES = st.tuples(st.floats(-180, 180), st.floats(-80, 80))
WINDS = st.fixed_dictionaries(
    {
        "wind_speed_m_s": st.floats(1.0, 15.0),
        "wind_from_deg": st.floats(0.0, 360.0),
        "stability": st.sampled_from("ABCDEF"),
        "terrain": st.sampled_from(["rural", "urban"]),
    }
)
WORDS = st.sampled_from(["氯", "一氧化碳", "氨", "光气"])


@settings(max_examples=60, derandomize=True, deadline=None)
@given(word=WORDS, release=RELEASES, weather=WINDS, at=PLACES)
def test_zones_are_valid_hold_their_source_and_lie_in_one_another(word, release, weather, at):
    found = zones(scenario(word=word, release=release, weather=weather, at=at))
    for basis in ("table", "model"):
        nested = sorted(
            (z for z in found.zones if z.basis == basis), key=lambda z: LEVELS.index(z.level)
        )
        for zone in nested:
            assert zone.geometry.is_valid and not zone.geometry.is_empty
            assert zone.area_m2 > 0
            assert zone.geometry.buffer(1e-9).covers(Point(at))
            west, south, east, north = zone.geometry.bounds
            assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        for inner, outer in itertools.pairwise(nested):
            outside = inner.geometry.difference(outer.geometry)
            assert outside.is_empty or place.area_m2(outside) < 1e-3 * inner.area_m2


AMOUNTS = {
    "for as long as it lasts": lambda kg_s: {"rate_kg_s": kg_s},
    "for ten minutes": lambda kg_s: {"rate_kg_s": kg_s, "duration_s": 600.0},
    "at once": lambda kg_s: {"leak": "rupture", "mass_kg": 600.0 * kg_s},
}


@pytest.mark.parametrize("how", AMOUNTS)
@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    kg_s=st.floats(0.01, 200.0),
    weather=WINDS,
    more=st.floats(1.05, 5.0),
    word=WORDS,
    minutes=st.sampled_from([20, 60, 600]),
)
def test_a_greater_release_is_never_a_smaller_zone(how, kg_s, weather, more, word, minutes):
    small, large = (
        drawn(
            zones(
                scenario(word=word, release=AMOUNTS[how](each), weather=weather, minutes=minutes),
                moving=False,
            )
        )
        for each in (kg_s, kg_s * more)
    )
    for level, zone in small.items():
        assert large[level].distance_m >= 0.995 * zone.distance_m
        assert large[level].area_m2 >= 0.995 * zone.area_m2


@settings(max_examples=40, derandomize=True, deadline=None)
@given(weather=WINDS, turn=st.floats(0.0, 360.0), at=PLACES)
def test_zones_turn_with_the_wind(weather, turn, at):
    assume(abs(at[1]) < 70)
    turned = {**weather, "wind_from_deg": (weather["wind_from_deg"] + turn) % 360.0}
    for each in (weather, turned):
        found = drawn(
            zones(scenario(word="一氧化碳", release={"rate_kg_s": 5.0}, weather=each, at=at))
        )
        zone = found["orange"]
        tip = GEOD.fwd(*at, each["wind_from_deg"] + 180.0, zone.distance_m * 0.98)[:2]
        tail = GEOD.fwd(*at, each["wind_from_deg"], max(zone.distance_m, 150.0) * 1.02)[:2]
        assert zone.geometry.buffer(1e-9).covers(Point(tip))
        assert not zone.geometry.covers(Point(tail))


@pytest.mark.parametrize(
    "at", [(113.6, 34.7), (15.0, 80.0), (-70.0, -79.9), (0.0, 0.0), (179.999, 52)]
)
def test_distances_and_areas_are_true_anywhere(at):
    found = place.disc(*at, 8000.0)
    local = CRS.from_proj4(f"+proj=aeqd +lat_0={at[1]} +lon_0={at[0]} +ellps=WGS84")
    to_local = Transformer.from_crs(4326, local, always_xy=True).transform
    metres = shapely.transform(found, lambda xy: np.column_stack(to_local(xy[:, 0], xy[:, 1])))
    assert metres.area == pytest.approx(math.pi * 8000**2, rel=5e-3)
    assert place.area_m2(found) == pytest.approx(math.pi * 8000**2, rel=5e-3)


def test_a_zone_over_the_date_line_is_two_areas():
    found = place.disc(179.99, -17.0, 8000.0)
    assert found.geom_type == "MultiPolygon"
    assert place.area_m2(found) == pytest.approx(math.pi * 8000**2, rel=1e-3)
    assert {math.copysign(1, part.centroid.x) for part in found.geoms} == {1.0, -1.0}


def anything(table, **words):
    numbers = {
        name: st.none() | st.floats(limit.low, limit.high, exclude_min=limit.above)
        for name, limit in table.items()
    }
    chosen = {name: st.sampled_from([None, *options]) for name, options in words.items()}
    return st.fixed_dictionaries(numbers | chosen)


ANY_RELEASE = anything(limits.RELEASE, leak=("small", "medium", "large", "rupture"))
ANY_WEATHER = anything(limits.WEATHER, stability="ABCDEF", terrain=("rural", "urban"))
KINDS = ("toxic_release", "flash_fire", "pool_fire", "jet_fire", "fireball", "explosion")


@settings(max_examples=600, derandomize=True, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    substance=st.none() | st.sampled_from(all_substances()),
    release=ANY_RELEASE,
    weather=ANY_WEATHER,
)
def test_whatever_is_reported_there_are_zones_or_a_reason(kind, substance, release, weather):
    report = scenario(kind, substance.cas if substance else None, release=release, weather=weather)
    try:
        found = zones(report)
    except InvalidInputError as refused:
        assert refused.code in {"substance_missing", "not_flammable"}
        return
    assert found.zones
    for zone in found.zones:
        assert zone.geometry.is_valid and zone.area_m2 > 0 and math.isfinite(zone.distance_m)
    json.dumps([found.models, found.assumed, found.distances], allow_nan=False)


# --- fires and explosions


def test_a_pool_fire_is_ringed_in_four_colours_and_grows_with_the_pool():
    last = dict.fromkeys(LEVELS, 0.0)
    for diameter in (1.0, 3.0, 8.0, 15.0, 25.0, 40.0, 60.0, 100.0):
        found = drawn(zones(scenario("pool_fire", "汽油", release={"pool_diameter_m": diameter})))
        reaches = [found[level].distance_m for level in LEVELS]
        assert reaches == sorted(reaches)
        assert reaches[0] >= diameter / 2.0
        for level in LEVELS:
            assert found[level].distance_m >= last[level] * 0.97, (level, diameter)
            last[level] = found[level].distance_m


def test_a_pool_fire_of_unknown_size_brings_the_distance_for_a_tank_in_a_fire():
    found = zones(scenario("pool_fire", "汽油"))
    assert drawn(found, "table")["orange"].distance_m == 800.0
    assert set(drawn(found)) == set(LEVELS)


def test_a_20_t_propane_fireball_is_drawn_by_dose():
    found = drawn(zones(scenario("fireball", "丙烷", release={"mass_kg": 20_000.0})))
    assert {zone.unit for zone in found.values()} == {"kJ/m2"}
    assert found["red"].distance_m < found["orange"].distance_m < found["yellow"].distance_m
    assert 200 < found["yellow"].distance_m < 350


def test_10_t_of_propane_breaks_glass_where_the_blast_curve_says():
    found = zones(scenario("explosion", "丙烷", release={"mass_kg": 10_000.0}))
    listed = {m["inputs"]["threshold_kpa"]: m["values"]["reach_m"] for m in found.models}
    assert listed[44.0] == pytest.approx(79.2, rel=2e-3)
    assert listed[17.0] == pytest.approx(145.4, rel=2e-3)
    assert drawn(found)["blue"].distance_m == pytest.approx(listed[20.0])


def test_a_kilogram_of_tnt_is_a_kilogram_of_tnt():
    found = zones(scenario("explosion", "TNT", release={"mass_kg": 1000.0}))
    assert found.models[0]["values"]["tnt_kg"] == pytest.approx(1000.0)
    assert drawn(found)["red"].distance_m == pytest.approx(32.16, abs=0.01)


@pytest.mark.parametrize("kind", ["fireball", "explosion"])
def test_without_a_mass_the_table_is_drawn_and_the_mass_asked_for(kind):
    found = zones(scenario(kind, "丙烷"))
    assert [zone.distance_m for zone in found.zones] == [1600.0]
    assert "hazard.mass_needed" in codes(found)


def test_a_flash_fire_reaches_to_half_the_lower_limit():
    found = drawn(
        zones(scenario("flash_fire", "丙烷", release={"leak": "large"}, weather=NORTH_WIND))
    )
    assert found["red"].threshold_name == "LFL"
    assert found["orange"].threshold == pytest.approx(found["red"].threshold / 2)
    assert found["orange"].distance_m > found["red"].distance_m


def test_a_jet_fire_is_ringed_round_the_hole():
    found = drawn(zones(scenario("jet_fire", "丙烷", release={"leak": "medium"})))
    assert set(found) == set(LEVELS)
    assert found["red"].distance_m < found["blue"].distance_m


# --- refusals


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("release", "mass_kg", 0.0),
        ("release", "mass_kg", -5.0),
        ("release", "mass_kg", 2e9),
        ("release", "mass_kg", float("nan")),
        ("release", "rate_kg_s", float("inf")),
        ("release", "hole_diameter_m", 0.0),
        ("release", "pressure_pa", -1.0),
        ("release", "temperature_k", 0.0),
        ("release", "duration_s", 0.0),
        ("weather", "wind_speed_m_s", -1.0),
        ("weather", "wind_from_deg", 361.0),
        ("weather", "cloud_tenths", 11.0),
    ],
)
def test_an_absurd_quantity_is_refused_by_name(part, field, value):
    with pytest.raises(OutOfRangeError) as caught:
        zones(scenario(**{part: {field: value}}))
    assert caught.value.details["field"] == f"{part}.{field}"
    assert caught.value.details["wanted"]


@pytest.mark.parametrize("at", [(200.0, 0.0), (0.0, 95.0), (float("nan"), 0.0), (0.0, 89.95)])
def test_a_place_without_an_outline_is_refused(at):
    with pytest.raises(OutOfRangeError):
        zones(scenario(at=at))


@pytest.mark.parametrize("kind", ["earthquake", "other", "dust", ""])
def test_a_kind_without_a_model_is_refused_and_never_an_empty_answer(kind):
    with pytest.raises(InvalidInputError) as caught:
        zones(scenario(kind))
    assert caught.value.code == "no_model"


@pytest.mark.parametrize(
    ("kind", "word", "parts", "reach_m", "field"),
    [
        ("fireball", "LNG", {"release": {"inventory_kg": 7e7}}, 1600.0, "mass_kg"),
        ("fireball", "LPG", {"release": {"inventory_kg": 1.2e7}}, 1600.0, "mass_kg"),
        ("pool_fire", "汽油", {"release": {"pool_diameter_m": 400.0}}, 800.0, "pool_diameter_m"),
        ("explosion", "丙烷", {"release": {"inventory_kg": 5e9}}, 1600.0, "mass_kg"),
        ("jet_fire", "丙烷", {"release": {"rate_kg_s": 5e5}}, 1600.0, "rate_kg_s"),
        (
            "toxic_release",
            "氯",
            {"release": {"leak": "large"}, "weather": {**NORTH_WIND, "wind_speed_m_s": 61.0}},
            8000.0,
            "wind_speed_m_s",
        ),
    ],
)
def test_a_number_that_is_too_much_for_the_model_leaves_the_table(
    kind, word, parts, reach_m, field
):
    found = zones(scenario(kind, word, **parts))
    assert {zone.basis for zone in found.zones} == {"table"}
    assert max(zone.distance_m for zone in found.zones) == reach_m
    (warning,) = (w for w in found.warnings if w.code == "hazard.model_refused")
    assert warning.params["field"]["code"] == f"model.input.{field}"
    for language in LANGUAGES:
        said = say(language, warning.code, warning.params)
        assert catalogue(language)[f"model.input.{field}"] in said
        assert warning.params["wanted"] in said


@pytest.mark.parametrize("word", ["氢", "甲烷", "乙烯", "一氧化碳"])
def test_a_gas_that_makes_no_pool_leaves_the_distance_of_a_tank_in_a_fire(word):
    found = zones(scenario("pool_fire", word))
    assert [(zone.basis, zone.level) for zone in found.zones] == [("table", "orange")]
    assert found.zones[0].distance_m in (800.0, 1600.0)
    assert "hazard.no_pool" in codes(found)


@pytest.mark.parametrize(
    ("kind", "word"),
    [("toxic_release", "氯"), ("flash_fire", "丙烷"), ("jet_fire", "丙烷"), ("pool_fire", "汽油")],
)
def test_a_vessel_that_nothing_leaves_brings_the_table(kind, word):
    release = {"leak": "small", "pressure_pa": 101_325.0, "level_m": 0.0}
    found = zones(scenario(kind, word, release=release, weather=NORTH_WIND))
    assert {zone.basis for zone in found.zones} == {"table"}
    assert "hazard.no_outflow" in codes(found)


@pytest.mark.parametrize(
    ("kind", "word", "code"),
    [
        ("pool_fire", "氯", "not_flammable"),
        ("fireball", "氯", "not_flammable"),
        ("explosion", "氯", "not_flammable"),
    ],
)
def test_a_fire_needs_something_that_burns(kind, word, code):
    with pytest.raises(InvalidInputError) as caught:
        zones(scenario(kind, word))
    assert caught.value.code == code


# --- the words


def test_every_code_that_leaves_here_has_words_in_both_languages():
    import pathlib
    import re

    root = pathlib.Path(zones.__code__.co_filename).parents[1]
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("hazard", "zones")
        for path in (root / folder).glob("*.py")
    )
    used = set(re.findall(r'"(hazard\.[a-z_0-9]+)"', text))
    used |= {f"hazard.action_{kind}_{level}" for kind in ("thermal", "blast") for level in LEVELS}
    used |= {f"hazard.action_toxic_{level}" for level in (1, 2, 3)}
    used |= {"hazard.why_ambient", "hazard.why_refrigerated"}
    used |= {f"error.{code}" for code in re.findall(r'code="([a-z_]+)"', text)}
    for language in ("zh", "en"):
        assert used <= set(catalogue(language)), used - set(catalogue(language))
