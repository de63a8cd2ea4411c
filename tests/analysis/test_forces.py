"""Who can come to an incident: each by its own vehicle, under every closure, with what it cost."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape

from analysis import forces
from analysis.roads.closures import Closure
from analysis.roads.network import compiled
from analysis.scenario import Scenario, Weather
from layers.models import Resource, Team
from layers.query import Scope
from tests.analysis.roads.street_grid import Street, grid_streets, place, table

NOW = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)


def at(column, row):
    lon, lat = place(column, row)
    return Scenario(kind="other", lon=lon, lat=lat, occurred_at=NOW, at=NOW, weather=Weather())


def add(session, model, name, kind, column, row):
    session.add(model(name=name, kind=kind, geom=from_shape(shapely.Point(place(column, row)),
                                                            srid=4326)))  # fmt: skip
    session.flush()


def find(session, network, scenario, *closures, k=5):
    found = forces.find(session, scenario, (), network, scope=Scope(None), k=k, closures=closures)
    return {entry["name"]: entry for entry in found.nearest}, found


@pytest.fixture(scope="module")
def town():
    return compiled(table(*grid_streets(9)))


def test_each_comes_by_its_own_vehicle(session, town):
    add(session, Team, "engine", "fire", 1, 1)
    add(session, Team, "medics", "medical", 2, 1)
    add(session, Resource, "store", "depot", 3, 1)
    add(session, Resource, "clinic", "clinic", 4, 1)
    told, found = find(session, town, at(4, 4))
    assert {name: entry["vehicle"] for name, entry in told.items()} == {
        "engine": "fire_engine", "medics": "ambulance", "store": "heavy_truck",
        "clinic": "ambulance",
    }  # fmt: skip
    assert {name: entry["direction"] for name, entry in told.items()} == {
        "engine": "to", "medics": "to", "store": "to", "clinic": "from",
    }  # fmt: skip
    assert len(found.routes) == 4


def test_a_limit_of_weight_sends_the_lorry_round_and_not_the_ambulance(session):
    nodes = {1: place(0, 0), 2: place(2, 0), 3: place(0, 2), 4: place(2, 2)}
    streets = [Street(1, 2), Street(1, 3), Street(3, 4), Street(4, 2)]
    limit = np.where(np.arange(4) == 0, 7.5, np.nan)
    network = compiled(dataclasses.replace(table(nodes, streets), max_weight_t=limit))
    add(session, Resource, "store", "depot", 0, 0)
    add(session, Team, "medics", "medical", 0, 0)
    told, _ = find(session, network, at(2, 0))
    assert told["store"]["distance_m"] > 2.5 * told["medics"]["distance_m"]


def test_what_each_avoided_is_told_with_what_it_cost(session, town):
    add(session, Team, "west", "fire", 1, 4)
    add(session, Team, "east", "fire", 8, 4)
    wall = shapely.LineString([place(2.5, 3.5), place(2.5, 4.5)])
    closure = Closure(area=wall, kind="flood", id="f", name="flood")
    free, _ = find(session, town, at(4, 4))
    told, _ = find(session, town, at(4, 4), closure)
    assert told["west"]["avoided"] == [{"kind": "flood", "id": "f", "name": "flood", "level": None}]
    cost_s = told["west"]["travel_time_s"] - free["west"]["travel_time_s"]
    assert told["west"]["avoided_s"] == pytest.approx(cost_s, abs=0.2) and cost_s > 60
    assert (told["east"]["avoided"], told["east"]["avoided_s"]) == ([], 0.0)


@pytest.fixture(scope="module")
def loop():
    """A one-way ring: to the north-east corner it is short, and from it long."""
    nodes = {1: place(0, 0), 2: place(4, 0), 3: place(4, 4), 4: place(0, 4)}
    streets = [Street(u, v, backward=False) for u, v in ((1, 2), (2, 3), (3, 4), (4, 1))]
    return compiled(table(nodes, streets))


def test_the_time_of_a_hospital_is_that_of_the_way_to_it(session, loop):
    """From the incident on the south side one comes soon to the east, and late to the west."""
    add(session, Resource, "east", "hospital", 4, 1)
    add(session, Resource, "west", "hospital", 0, 1)
    add(session, Team, "team east", "fire", 4, 1)
    add(session, Team, "team west", "fire", 0, 1)
    told, _ = find(session, loop, at(2, 0))
    assert told["east"]["travel_time_s"] < 0.5 * told["west"]["travel_time_s"]
    assert told["team west"]["travel_time_s"] < 0.5 * told["team east"]["travel_time_s"]
    assert told["east"]["direction"] == "from"


def test_the_routes_of_hospitals_begin_at_the_approach(session, loop):
    add(session, Resource, "east", "hospital", 4, 1)
    _, found = find(session, loop, at(2, 0))
    (route,) = found.routes
    first, last = route["geometry"]["coordinates"][0], route["geometry"]["coordinates"][-1]
    assert first == pytest.approx(place(2, 0), abs=1e-6)
    assert last == pytest.approx(place(4, 1), abs=1e-6)


def test_a_hospital_in_a_flood_is_not_offered(session, town):
    add(session, Resource, "dry", "hospital", 8, 8)
    add(session, Resource, "wet", "hospital", 5, 5)
    flood = Closure(area=shapely.Point(place(5, 5)).buffer(0.003), kind="flood")
    told, _ = find(session, town, at(2, 2), flood)
    assert set(told) == {"dry"}


def test_without_roads_all_are_listed_by_straight_line(session):
    add(session, Team, "engine", "fire", 1, 1)
    add(session, Resource, "clinic", "clinic", 4, 1)
    told, found = find(session, None, at(4, 4))
    assert {entry["by"] for entry in told.values()} == {"line"}
    assert "dispatch_no_network" in [message.code for message in found.messages]


def test_hospitals_come_in_the_order_of_their_time_and_no_more_than_asked_for(session, town):
    for index, (column, row) in enumerate([(8, 8), (4, 5), (0, 0), (6, 4), (2, 7), (4, 8)]):
        add(session, Resource, f"h{index}", "hospital", column, row)
    told, _ = find(session, town, at(4, 4), k=3)
    assert list(told) == ["h1", "h3", "h5"]
