"""Zones of fires and explosions: lean with the wind, by the table and the set that is named."""

import datetime as dt
import math

import numpy as np
import pytest
from shapely.geometry import Point

from analysis.hazard import pool_fire
from analysis.hazard.physics.fire.pool_heat import burning
from analysis.scenario import LEVELS, Choices, Release, Scenario, Weather
from analysis.zones import heat, zones
from analysis.zones.criteria import BLAST, DOSE, EXPLOSION_SETS, HEAT
from analysis.zones.place import GEOD
from gis_server.text import LANGUAGES, catalogue
from layers.errors import InvalidInputError
from layers.substances import find

START = dt.datetime(2024, 6, 1, 3, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PLACE = (113.6254, 34.7466)
NORTH_WIND = {"wind_speed_m_s": 6.0, "wind_from_deg": 0.0, "stability": "D"}
POOL = {"pool_diameter_m": 20.0}


def drawn(kind, word, *, release=None, weather=None, **choices):
    return zones(
        Scenario(
            kind=kind,
            lon=PLACE[0],
            lat=PLACE[1],
            occurred_at=START,
            at=START + dt.timedelta(hours=1),
            substance=find(word) if word else None,
            release=Release(**(release or {})),
            weather=Weather(**(weather or {})),
            choices=Choices(**choices),
        )
    )


def reach_m(zone, bearing_deg):
    """Return how far a zone goes from its source at a bearing."""
    steps = np.arange(0.5, 400.0, 0.5)
    held = [
        step
        for step in steps
        if zone.geometry.covers(Point(GEOD.fwd(*PLACE, bearing_deg, float(step))[:2]))
    ]
    return max(held)


def test_a_pool_fire_in_wind_reaches_farther_downwind_than_upwind():
    found = drawn("pool_fire", "汽油", release=POOL, weather=NORTH_WIND,
                  pool_fire_set="solid_flame")  # fmt: skip
    yellow = next(zone for zone in found.zones if zone.level == "yellow")
    south, east, north = (reach_m(yellow, bearing) for bearing in (180.0, 90.0, 0.0))
    assert north < east < south
    assert south == pytest.approx(yellow.distance_m, abs=1.0)
    values = found.models[0]["values"]
    assert south == pytest.approx(values["reaches_m"][2], rel=0.02)
    assert "hazard.flame_leans" in {warning.code for warning in found.warnings}


def test_a_pool_fire_of_unknown_wind_direction_is_a_disc_of_the_farthest_reach():
    speed = {"wind_speed_m_s": 6.0}
    leaning = drawn("pool_fire", "汽油", release=POOL, weather=NORTH_WIND)
    round_ = drawn("pool_fire", "汽油", release=POOL, weather=speed)
    for one, other in zip(leaning.zones, round_.zones, strict=True):
        assert other.distance_m == pytest.approx(one.distance_m, rel=0.02)
        assert other.area_m2 == pytest.approx(math.pi * other.distance_m**2, rel=2e-3)
        assert one.area_m2 <= other.area_m2 * 1.02


def test_a_tank_that_burst_spreads_as_far_by_what_it_held_as_by_what_got_out():
    held = drawn("pool_fire", "汽油", release={"leak": "rupture", "inventory_kg": 2e5})
    out = drawn("pool_fire", "汽油", release={"leak": "rupture", "mass_kg": 2e5})
    assert [z.distance_m for z in held.zones] == [z.distance_m for z in out.zones]


def test_the_area_of_a_leaning_fire_is_the_fields_own():
    read = pool_fire.MODEL.read(
        {
            "pool_diameter_m": 20.0, "burning_rate_kg_m2_s": 0.055, "wind_speed_m_s": 6.0,
            "heat_of_combustion_j_kg": 43.7e6, "drag": "mudan",
        }
    )  # fmt: skip
    fire = burning(read, pool_fire.MODEL.coefficients("solid_flame"))
    levels = [12.5, 4.0, 1.6]
    side = np.arange(-140.0, 140.0, 0.5) + 0.25
    x, y = np.meshgrid(side, side)
    found = fire.flux_kw_m2(x, y)
    for level, (at_x, at_y) in heat.outlines([fire], levels).items():
        held = np.isnan(found) | (found >= level)
        counted = held.sum() * 0.25
        area = 0.5 * abs(float(np.sum(at_x * np.roll(at_y, -1) - np.roll(at_x, -1) * at_y)))
        assert area == pytest.approx(counted, rel=0.02), level


@pytest.mark.parametrize("name", sorted(HEAT))
def test_heat_is_drawn_by_the_table_that_is_named(name):
    for kind, release, table in (("pool_fire", POOL, HEAT), ("fireball", {"mass_kg": 2e4}, DOSE)):
        found = drawn(kind, "丙烷" if kind == "fireball" else "汽油", release=release,
                      heat_criteria=name)  # fmt: skip
        wanted = [line.value for line in table[name].lines]
        assert [zone.threshold for zone in found.zones] == wanted
        assert {zone.threshold_source for zone in found.zones} == {table[name].source}


@pytest.mark.parametrize("name", sorted(BLAST))
def test_overpressure_is_drawn_by_the_table_that_is_named(name):
    found = drawn("explosion", "丙烷", release={"mass_kg": 1e4}, blast_criteria=name)
    assert [zone.threshold for zone in found.zones] == [line.value for line in BLAST[name].lines]
    reaches = [zone.distance_m for zone in found.zones]
    assert reaches == sorted(reaches)
    assert {zone.model for zone in found.zones} == {"blast/vapour_cloud_china"}


@pytest.mark.parametrize("name", EXPLOSION_SETS)
def test_an_explosion_is_computed_as_chosen_and_says_how(name):
    found = drawn("explosion", "丙烷", release={"mass_kg": 1e4}, explosion_set=name)
    assert all(name in zone.model for zone in found.zones)
    assert {zone.level for zone in found.zones} <= set(LEVELS)


@pytest.mark.parametrize("kind", ["pool_fire", "jet_fire", "fireball", "explosion", "flash_fire"])
def test_a_fire_of_nobody_knows_what_still_gets_its_first_circle(kind):
    found = drawn(kind, None)
    assert [zone.distance_m for zone in found.zones] == [800.0]
    assert {warning.code for warning in found.warnings} == {"hazard.substance_unknown"}


def test_a_fireball_says_how_long_it_lasts():
    found = drawn("fireball", "丙烷", release={"mass_kg": 2e4})
    assert [zone.passed_s for zone in found.zones] == pytest.approx([12.215] * 3, abs=1e-3)
    assert "hazard.fireball_lasts" in {warning.code for warning in found.warnings}
    half = drawn("fireball", "丙烷", release={"mass_kg": 2e4}, fireball_mass="one_tank")
    assert half.zones[0].distance_m < found.zones[0].distance_m


@pytest.mark.parametrize(
    "choice",
    ["heat_criteria", "blast_criteria", "pool_fire_set", "jet_fire_set", "fireball_set",
     "fireball_mass", "explosion_set"],
)  # fmt: skip
def test_an_unknown_choice_is_refused_by_name(choice):
    with pytest.raises(InvalidInputError) as refused:
        drawn("pool_fire", "汽油", **{choice: "no such"})
    assert refused.value.details["field"] == f"choices.{choice}"


def test_every_line_says_in_both_languages_what_to_do():
    for tables in (HEAT, DOSE, BLAST):
        for table in tables.values():
            for line in table.lines:
                code = table.action(line).code
                assert all(code in catalogue(language) for language in LANGUAGES), code
