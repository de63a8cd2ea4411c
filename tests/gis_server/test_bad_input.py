"""Bad input gets a clear refusal with the reason and the place; nothing is half written."""

import json
import math
import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.models import Incident, Team

INCIDENTS = "/api/v1/incidents"
TEAMS = "/api/v1/layers/team/features"


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def refused(answer, status, *, field=None):
    assert answer.status_code == status, answer.text
    error = answer.json["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["message"]
    if field is not None:
        assert error["details"].get("field") == field, error
    return error


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "lon"),
        ({"lon": 200, "lat": 0}, "lon"),
        ({"lon": 30, "lat": 120}, "lat"),
        ({"lon": "x", "lat": 0}, "lon"),
        ({"lon": None, "lat": 0}, "lon"),
        ({"lon": 0, "lat": 0, "occurred_at": "2026-03-01T03:00:00"}, "occurred_at"),
        ({"lon": 0, "lat": 0, "occurred_at": "yesterday"}, "occurred_at"),
        ({"lon": 0, "lat": 0, "occurred_at": "9999-01-01T00:00:00Z"}, "occurred_at"),
        ({"lon": 0, "lat": 0, "kind": "alien"}, "kind"),
        ({"lon": 0, "lat": 0, "colour": "red"}, "colour"),
        ({"lon": 0, "lat": 0, "release": {"mass_kg": 0}}, "release.mass_kg"),
        ({"lon": 0, "lat": 0, "release": {"mass_kg": -5}}, "release.mass_kg"),
        ({"lon": 0, "lat": 0, "release": {"mass_kg": 1e30}}, "release.mass_kg"),
        ({"lon": 0, "lat": 0, "release": {"mass_kg": "5"}}, "release.mass_kg"),
        ({"lon": 0, "lat": 0, "release": {"mass": 5}}, "release.mass"),
        ({"lon": 0, "lat": 0, "hazard_source_id": str(uuid.uuid4())}, "hazard_source_id"),
        ({"lon": 0, "lat": 0, "substance": "unobtainium"}, "substance"),
    ],
)
def test_a_report_that_cannot_be_used_names_the_field(client, database, body, field):
    refused(client.post(INCIDENTS, json=body), 422, field=field)
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 0


@pytest.mark.parametrize(
    "weather",
    [{"wind_speed_m_s": -1}, {"wind_speed_m_s": 500}, {"wind_from_deg": 361}, {"stability": "G"},
     {"humidity_pct": 101}, [{"wind_speed_m_s": -1}]],
)  # fmt: skip
def test_weather_outside_its_range_is_refused(client, weather):
    body = {"lon": 0, "lat": 0, "weather": weather}
    refused(client.post(INCIDENTS, json=body), 422)


def test_an_unknown_substance_is_answered_with_near_ones(client):
    error = refused(client.post(INCIDENTS, json={"lon": 0, "lat": 0, "substance": "chlorin"}), 422)
    assert error["code"] == "substance_unknown"
    assert "氯" in error["details"]["near"]


@pytest.mark.parametrize(
    ("geometry", "status"),
    [
        (point(math.inf, 0), 400),
        (point(math.nan, 0), 400),
        (point(200, 10), 422),
        (point(30.0, 120.0), 422),
        ({"type": "Point", "coordinates": []}, 422),
        ({"type": "Point", "coordinates": "x"}, 422),
        ({"type": "Nonsense", "coordinates": [1, 2]}, 422),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, 422),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, 422),
        ({"type": "GeometryCollection", "geometries": []}, 422),
        (None, 422),
    ],
    ids=repr,
)
def test_a_geometry_that_cannot_be_used_is_refused_and_not_stored(
    client, database, geometry, status
):
    body = {"type": "Feature", "geometry": geometry, "properties": {"name": "n", "kind": "fire"}}
    refused(client.post(TEAMS, data=json.dumps(body), content_type="application/json"), status)
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 0


def test_a_self_crossing_polygon_is_refused_with_the_place_of_the_crossing(client):
    bowtie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    body = {"geometry": bowtie, "properties": {"name": "n", "kind": "fire"}}
    error = refused(client.post(TEAMS, json=body), 422)
    assert "1 1" in str(error) or "1.0, 1.0" in str(error), error


def test_properties_that_break_the_rules_are_refused_by_field(client):
    body = {"geometry": point(1, 1), "properties": {"kind": "circus", "people": -3}}
    error = refused(client.post(TEAMS, json=body), 422)
    assert {f["field"] for f in error["details"]["faults"]} == {"kind", "people"}


def test_a_layer_or_field_that_does_not_exist_is_named_with_those_that_do(client):
    error = refused(client.get("/api/v1/layers/unicorn/features"), 404)
    assert "team" in error["message"]
    error = refused(client.get(f"{TEAMS}?where=colour=red"), 422)
    assert "kind" in error["message"]


@pytest.mark.parametrize(
    "query",
    ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=0,10,1,5", "bbox=0,0,999,1", "bbox=nan,0,1,1", "limit=0",
     "limit=100000", "limit=x", "cursor=abc", "cursor=%00", "where=kind", "nonsense=1",
     "q=" + "x" * 300],
)  # fmt: skip
def test_a_question_outside_its_range_is_refused(client, query):
    refused(client.get(f"{TEAMS}?{query}"), 422)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/around?lon=1&lat=1&radius_m=-5", "/api/v1/around?lon=1&lat=1&radius_m=1e12",
     "/api/v1/around?lon=inf&lat=1&radius_m=5", "/api/v1/around?lat=1&radius_m=5",
     "/api/v1/nearest?lon=1&lat=91", "/api/v1/reach?lon=1&lat=1&minutes=x",
     "/api/v1/route?from_lon=1&from_lat=1", "/api/v1/search?q=", "/tiles/team/0/23/0/0.mvt",
     "/tiles/team/0/1/9/0.mvt", "/tiles/team/0/-1/0/0.mvt", "/tiles/team/x/0/0/0.mvt"],
)  # fmt: skip
def test_addresses_out_of_range_are_refused(client, path):
    assert client.get(path).status_code in (400, 404, 422)


def test_text_with_nul_is_refused_and_not_a_crash(client):
    body = {"geometry": point(1, 1), "properties": {"name": "a\u0000b", "kind": "fire"}}
    refused(client.post(TEAMS, json=body), 400)
    refused(client.post(INCIDENTS, json={"lon": 0, "lat": 0, "title": "a\u0000b"}), 400)
    refused(client.get(f"{TEAMS}?q=a%00b"), 422)


def test_sql_in_every_parameter_stays_text(client):
    attack = "'; DROP TABLE team; --"
    for query in (f"q={attack}", f"where=name={attack}", f"where={attack}=1"):
        assert client.get(f"{TEAMS}?{query}").status_code in (200, 422)
    assert client.get(f"/api/v1/layers/{attack}/features").status_code == 404
    assert client.get(TEAMS).status_code == 200


def test_a_route_in_the_sea_says_that_no_road_is_there(client):
    path = "/api/v1/route?from_lon=-30&from_lat=0&to_lon=-30.1&to_lat=0"
    error = refused(client.get(path), 422)
    assert error["code"] == "no_network"


def test_a_plan_in_the_sea_still_gives_zones_and_says_what_failed(client):
    incident = client.post(INCIDENTS, json={"lon": -30, "lat": 0, "substance": "chlorine"}).json
    plan = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={}).json
    steps = {step["name"]: step for step in plan["steps"]}
    assert steps["zones"]["status"] == "done"
    assert steps["network"]["status"] == "failed"
    assert steps["network"]["reason"]["text"]
    assert plan["zones"]["features"]


def test_two_people_changing_one_feature_get_409_with_both_versions(client):
    made = client.post(
        TEAMS, json={"geometry": point(1, 1), "properties": {"name": "n", "kind": "fire"}}
    )
    address = made.headers["Location"]
    assert made.headers["ETag"] == '"1"'
    refused(client.patch(address, json={"properties": {"people": 3}}), 428)
    refused(client.delete(address), 428)
    first = client.patch(address, json={"properties": {"people": 3}}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    late = client.patch(address, json={"properties": {"people": 9}}, headers={"If-Match": '"1"'})
    details = refused(late, 409)["details"]
    assert details["mine"]["properties"] == {"people": 9}
    assert details["theirs"]["properties"]["people"] == 3
    refused(client.delete(address, headers={"If-Match": '"1"'}), 409)
    assert client.get(address).json["properties"]["people"] == 3
    assert client.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    refused(client.get(address), 404)


@pytest.mark.parametrize("sent", ["*", "abc", '"-1"', '"1.5"', '"' + "9" * 40 + '"'])
def test_an_if_match_that_names_no_version_changes_nothing(client, sent):
    address = f"{TEAMS}/{uuid.uuid4()}"
    answer = client.patch(address, json={"properties": {}}, headers={"If-Match": sent})
    assert answer.status_code in (422, 428)


def test_the_frameworks_own_refusals_have_the_one_shape(client):
    assert refused(client.get("/api/v1/nowhere"), 404)["code"] == "no_such_page"
    answer = client.delete("/api/v1/layers")
    assert refused(answer, 405)["code"] == "method"
    assert "GET" in answer.headers["Allow"]


def test_an_error_nobody_foresaw_gives_a_number_and_leaks_nothing(client, monkeypatch, caplog):
    monkeypatch.setattr("gis_server.views.incidents.incident_face.rows", lambda *a, **k: 1 / 0)
    error = refused(client.get(INCIDENTS), 500)
    assert error["code"] == "unforeseen"
    assert "ZeroDivision" not in str(error)
    assert error["details"]["number"] in caplog.text and "ZeroDivisionError" in caplog.text


def test_a_statement_that_takes_too_long_is_a_503_that_says_when_to_come_back(client, monkeypatch):
    from sqlalchemy import text

    from gis_server.state import db

    def slow(*args, **kwargs):
        db().execute(text("SET LOCAL statement_timeout = '50ms'"))
        db().execute(text("SELECT pg_sleep(5)"))

    monkeypatch.setattr("gis_server.views.incidents.incident_face.rows", slow)
    answer = client.get(INCIDENTS)
    refused(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_the_reader_chooses_the_language_of_errors(client):
    chinese = client.get("/api/v1/nowhere", headers={"Accept-Language": "zh"}).json["error"]
    english = client.get("/api/v1/nowhere", headers={"Accept-Language": "en"}).json["error"]
    assert chinese["code"] == english["code"]
    assert chinese["message"] != english["message"]


@pytest.mark.parametrize(
    "avoid",
    [{"type": "Point", "coordinates": [1, 1]}, {"type": "Polygon", "coordinates": []},
     {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
     {"type": "FeatureCollection", "features": [1]}, {"coordinates": 7},
     {"type": "Polygon", "coordinates": [[[0, 0], [900, 0], [900, 9], [0, 0]]]}],
)  # fmt: skip
def test_an_area_to_avoid_that_is_no_area_is_refused(client, avoid):
    body = {"lon": 1, "lat": 1, "avoid": avoid}
    refused(client.post("/api/v1/nearest", json=body), 422, field="avoid")
