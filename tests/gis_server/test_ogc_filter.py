"""OGC API - Features, Part 3: filters in CQL2, what can be asked, properties as parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.gis_server.ogc_city import TEAMS, build

ITEMS = "/ogc/collections/team/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def door(database: Engine, client: FlaskClient) -> FlaskClient:
    """Give a commander's client of a site with a few features."""
    build(database)
    return client


def people(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    assert answer.json["numberMatched"] == len(answer.json["features"])
    return [feature["properties"]["people"] for feature in answer.json["features"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("people > 20", [30, 40, 50]),
        ("kind = 'fire' AND people BETWEEN 15 AND 45", [20, 40]),
        ("name LIKE '%3'", [40]),
        ("base IS NULL AND NOT people = 10", [20, 30, 40, 50]),
        ("S_INTERSECTS(geom, POLYGON((121 31,122 31,122 32,121 32,121 31)))", [40, 50]),
        ("region IN ('330102')", [10, 20]),
        ("TRUE", [10, 20, 30, 40, 50]),
        ("FALSE", []),
    ],
)
def test_a_filter_in_text_selects(door, text, found):
    assert people(door.get(ITEMS, query_string={"filter": text})) == found
    asked = {"filter": text, "filter-lang": "cql2-text"}
    assert people(door.get(ITEMS, query_string=asked)) == found


def test_a_filter_in_json_selects(door):
    tree = {"op": ">=", "args": [{"property": "people"}, 40]}
    asked = {"filter": json.dumps(tree), "filter-lang": "cql2-json"}
    assert people(door.get(ITEMS, query_string=asked)) == [40, 50]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (4326, "POLYGON((31 121,31 122,32 122,32 121,31 121))"),
        (4490, "POLYGON((31 121,31 122,32 122,32 121,31 121))"),
        (3857, "POLYGON((13469600 3632700,13581000 3632700,13581000 3763310,"
               "13469600 3763310,13469600 3632700))"),
    ],
)  # fmt: skip
def test_the_geometries_of_a_filter_may_be_in_another_system(door, code, text):
    asked = {"filter": f"S_INTERSECTS(geom, {text})", "filter-crs": f"{EPSG}{code}"}
    assert people(door.get(ITEMS, query_string=asked)) == [40, 50]


def test_a_box_within_a_filter_is_turned_too(door):
    text = "S_INTERSECTS(geom, BBOX(31, 121, 32, 122))"
    asked = {"filter": text, "filter-crs": f"{EPSG}4326"}
    assert people(door.get(ITEMS, query_string=asked)) == [40, 50]


def test_a_filter_a_box_a_property_and_a_time_hold_together(door):
    asked = {"filter": "people > 10", "bbox": "120,30,120.25,30.25", "kind": "fire",
             "datetime": "2000-01-01T00:00:00Z/.."}  # fmt: skip
    assert people(door.get(ITEMS, query_string=asked)) == [20]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"filter": "people >"}, "filter"),
        ({"filter": "unicorn = 1"}, "unicorn"),
        ({"filter": "people = 'x'"}, "filter"),
        ({"filter": "1=1; DROP TABLE team"}, "filter"),
        ({"filter": "S_INTERSECTS(geom, POINT(500 500))"}, "filter"),
        ({"filter": "people = 1", "filter-lang": "cql-text"}, "filter-lang"),
        ({"filter": "people = 1", "filter-crs": "unicorn"}, "filter-crs"),
        ({"filter": "S_INTERSECTS(geom, BBOX(1,2,3,9e99))", "filter-crs": f"{EPSG}4326"}, "bbox"),
        ({"filter": '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point",'
                    '"coordinates":["a",{}],"geometries":5}]}',
          "filter-lang": "cql2-json", "filter-crs": f"{EPSG}4326"}, "filter"),
        ({"filter": "(" * 200 + "TRUE" + ")" * 200}, "filter"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_used_is_refused(door, asked, field):
    answer = door.get(ITEMS, query_string=asked)
    assert answer.status_code == 400, answer.text
    assert answer.json["parameter"] == field


# --- what can be asked -----------------------------------------------------------


def test_the_queryables_are_a_json_schema_of_everything_that_a_filter_may_name(door):
    answer = door.get("/ogc/collections/team/queryables")
    assert answer.mimetype == "application/schema+json"
    document = answer.json
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == "http://localhost/ogc/collections/team/queryables"
    assert (document["type"], document["additionalProperties"]) == ("object", False)
    assert document["properties"]["people"]["type"] == "integer"
    assert document["properties"]["geom"]["format"] == "geometry-any"
    collection = door.get("/ogc/collections/team").json
    rel = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
    (link,) = [each for each in collection["links"] if each["rel"] == rel]
    assert link["href"] == document["$id"]
    for name in document["properties"]:
        answer = door.get(ITEMS, query_string={"filter": f'"{name}" IS NULL'})
        assert answer.status_code == 200, name


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "medical"}, [30, 50]),
        ({"people": "40"}, [40]),
        ({"people": "40.0"}, [40]),
        ({"name": "站1"}, [20]),
        ({"name": "站1' OR '1'='1"}, []),
        ({"kind": "fire", "region": "330203"}, [40]),
        ({"version": "1"}, [10, 20, 30, 40, 50]),
        ({"updated_at": "2000-01-01T00:00:00Z"}, []),
        ({"source_date": "2026-01-31"}, []),
        ({"skills": "diving"}, []),
    ],
)
def test_a_property_is_a_parameter_of_its_own(door, asked, found):
    assert people(door.get(ITEMS, query_string=asked)) == found


def test_the_definition_of_the_api_lists_the_properties_as_parameters(door):
    node = door.get("/ogc/api").json["paths"]["/collections/team/items"]["get"]
    named = {each["name"] for each in node["parameters"] if "name" in each}
    assert {"kind", "people", "name", "region"} <= named
    assert "geom" not in named


@pytest.mark.parametrize(
    ("name", "value"),
    [("people", "many"), ("people", "nan"), ("people", "1e999"), ("updated_at", "today"),
     ("source_date", "x"), ("id", "1"), ("kind.in", "fire"), ("name", "a\x00b")],
)  # fmt: skip
def test_a_value_that_is_not_of_the_propertys_type_is_refused(door, name, value):
    assert door.get(ITEMS, query_string={name: value}).status_code == 400


def test_every_team_has_its_place(door):
    found = door.get(ITEMS).json["features"]
    assert [tuple(each["geometry"]["coordinates"]) for each in found] == TEAMS
