"""Questions to many layers over HTTP: grouped, by place, shape, district and filter, paged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from layers.catalog import find
from tests.scatter import put

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


@pytest.fixture
def stocked(database: Engine) -> None:
    """Three schools, two teams and a district, in two regions."""
    with Session(database) as session, session.begin():
        put(session, find("protection_target"),
            [shapely.Point(0.1, 0.1), shapely.Point(0.2, 0.2), shapely.Point(5, 5)],
            kind=["school", "hospital", "school"], name=["东风中学", "临港医院", "远山小学"],
            people_day=[100, 200, 300], region=["330102", "330203", "330203"],
            name_pinyin=["dfzx dongfengzhongxue", "lgyy lingangyiyuan", None])  # fmt: skip
        put(session, find("team"), [shapely.Point(0.15, 0.1), shapely.Point(6, 6)],
            kind=["fire"] * 2, name=["消防一站", "消防二站"],
            region=["330102", "330203"])  # fmt: skip
        put(session, find("region"), [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])],
            code=["330102"], level=["county"], name=["上城区"])  # fmt: skip


def _names(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.text
    return {
        layer: [feature["properties"]["name"] for feature in page["features"]]
        for layer, page in answer.json["layers"].items()
    }


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"geometry": SQUARE},
         {"protection_target": ["东风中学", "临港医院"], "team": ["消防一站"]}),
        ({"bbox": [4, 4, 7, 7], "layers": ["teams"]}, {"team": ["消防二站"]}),
        ({"district": "330100"}, {"protection_target": ["东风中学"], "team": ["消防一站"]}),
        ({"district": "33", "geometry": SQUARE, "layers": ["team"]}, {"team": ["消防一站"]}),
        ({"filter": "kind = 'school'", "layers": ["protection_target"]},
         {"protection_target": ["东风中学", "远山小学"]}),
        ({"filters": {"protection_target": "people_day > 250"}, "bbox": [4, 4, 7, 7]},
         {"protection_target": ["远山小学"], "team": ["消防二站"]}),
        ({"filter": {"op": "like", "args": [{"property": "name"}, "%一站"]}},
         {"team": ["消防一站"]}),
        ({"q": "dfzx"}, {"protection_target": ["东风中学"]}),
        ({"around": {"lon": 0.2, "lat": 0.21, "radius_m": 20_000}},
         {"protection_target": ["临港医院", "东风中学"], "team": ["消防一站"]}),
        ({"layers": ["region"], "district": "330102"}, {"region": ["上城区"]}),
        ({"geometry": {"type": "Point", "coordinates": [90, 0]}}, {}),
    ],
)  # fmt: skip
def test_every_layer_is_asked_at_once(
    client: FlaskClient, body: dict[str, Any], names: dict[str, list[str]]
) -> None:
    assert _names(client.post("/api/v1/query", json=body)) == names


@pytest.mark.usefixtures("stocked")
def test_around_a_place_tells_distance_and_bearing_grouped_by_layer(client: FlaskClient) -> None:
    body = {"around": {"lon": 0.1, "lat": 0, "radius_m": 20_000}}
    page = client.post("/api/v1/query", json=body).json["layers"]["protection_target"]
    first = page["features"][0]["properties"]
    assert first["distance_m"] == pytest.approx(11057.4, abs=0.1)
    assert first["bearing_deg"] == pytest.approx(0)
    around = client.get("/api/v1/around?lon=0.1&lat=0&radius_m=20000").json["layers"]
    assert around["protection_target"][0]["properties"]["bearing_deg"] == pytest.approx(0)


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("place", [{}, {"around": {"lon": 0, "lat": 0, "radius_m": 200_000}}])
def test_pages_of_one_layer_follow_each_other(
    client: FlaskClient, database: Engine, place: dict[str, Any]
) -> None:
    with Session(database) as session, session.begin():  # many at one distance
        put(session, find("team"), [shapely.Point(0.01, 0)] * 40, kind=["fire"] * 40)
    body: dict[str, Any] = {"layers": ["team"], "bbox": [-1, -1, 1, 1], "limit": 7, **place}
    seen: list[str] = []
    while True:
        page = client.post("/api/v1/query", json=body).json["layers"]["team"]
        seen += [feature["id"] for feature in page["features"]]
        if page["next_cursor"] is None:
            break
        body["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 41


@pytest.mark.usefixtures("stocked")
def test_a_reader_of_one_county_is_told_nothing_of_another(
    sign_in: Callable[..., FlaskClient],
) -> None:
    reader = sign_in(("viewer", "330102"))
    assert _names(reader.post("/api/v1/query", json={"bbox": [-1, -1, 9, 9]})) == {
        "protection_target": ["东风中学"], "team": ["消防一站"],
    }  # fmt: skip
    found = reader.post("/api/v1/query", json={"district": "330203"})
    assert found.status_code == 404  # not on record here; with no row of it either
    around = {"around": {"lon": 5, "lat": 5, "radius_m": 200_000}}
    assert _names(reader.post("/api/v1/query", json=around)) == {}


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"layers": ["nosuch"]}, 404, "unknown_layer"),
        ({"layers": ["team"], "filter": "nosuch = 1"}, 422, "unknown_field"),
        ({"layers": ["team"], "filter": "name ="}, 422, "filter_text"),
        ({"layers": ["team", "tank"], "filter": "nosuch = 1", "bbox": [80, 0, 81, 1]},
         422, "unknown_field"),
        ({"filters": {"road": "name = 'x'"}}, 422, "stray_filter"),
        ({"district": "99"}, 404, "no_district"),
        ({"district": "a b"}, 422, "bad_district"),
        ({"layers": ["team"], "cursor": "AAAA"}, 422, "bad_cursor"),
        ({"layers": ["team", "place"], "cursor": "AAAA"}, 422, "bad_cursor"),
        ({"geometry": {"type": "Polygon",
                       "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
         422, "geometry_unusable"),
        ({"geometry": {"type": "Point", "coordinates": [500, 0]}}, 422, "out_of_range"),
        ({"around": {"lon": 0, "lat": 0}}, 422, "invalid_fields"),
        ({"bbox": [0, 0, 1]}, 422, "invalid_fields"),
        ({"limit": 0}, 422, "invalid_fields"),
        ({"sql": "1"}, 422, "invalid_fields"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused_by_name(
    client: FlaskClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/v1/query", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code), answer.text


@pytest.mark.usefixtures("stocked")
def test_one_layer_takes_a_filter_in_its_address(client: FlaskClient) -> None:
    address = "/api/v1/layers/protection_target/features"
    found = client.get(address, query_string={"filter": "people_day BETWEEN 150 AND 400"})
    assert [f["properties"]["name"] for f in found.json["features"]] == ["临港医院", "远山小学"]
    asked = {"filter": '{"op":"=","args":[{"property":"kind"},"school"]}', "district": "330102"}
    found = client.get(address, query_string={**asked, "filter-lang": "cql2-json"})
    assert [f["properties"]["name"] for f in found.json["features"]] == ["东风中学"]
    wrong = client.get(address, query_string={**asked, "filter-lang": "cql2-text"})
    assert wrong.json["error"]["code"] == "filter_text"
    assert client.get(address, query_string={"filter-lang": "sql"}).status_code == 422


def test_what_is_claimed_of_the_filter_language_is_listed(client: FlaskClient) -> None:
    answer = client.get("/api/v1/conformance").json
    assert "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions" in answer["conformsTo"]
    assert {"casei", "s_within", "t_during", "a_overlaps"} <= set(answer["operators"])
    named = client.get("/api/v1/layers/resource/queryables").json["properties"]
    assert named["specialties"]["type"] == "array"
    assert named["geom"] == {"format": "geometry-any"}


def test_a_restricted_layer_is_behind_none_of_these_doors_for_others(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    made = client.post("/api/v1/user-layers", json={
        "title": "机密点", "geometry_type": "POINT", "access": "restricted", "fields": [],
    })  # fmt: skip
    name = made.json["name"]
    point = {"geometry": {"type": "Point", "coordinates": [3, 3]}, "properties": {"name": "机密"}}
    assert client.post(f"/api/v1/layers/{name}/features", json=point).status_code == 201
    around = {"around": {"lon": 3, "lat": 3, "radius_m": 100}}
    assert _names(client.post("/api/v1/query", json=around)) == {name: ["机密"]}
    other = sign_in(("commander", ""), name="other")
    assert _names(other.post("/api/v1/query", json=around)) == {}
    assert other.post("/api/v1/query", json={**around, "layers": [name]}).status_code == 404
    assert other.get("/api/v1/statistics").json["groups"] == []
    assert other.get(f"/api/v1/statistics?layers={name}").status_code == 404
    assert other.get(f"/api/v1/layers/{name}/export").status_code == 404
    assert other.get(f"/api/v1/layers/{name}/queryables").status_code == 404
    assert client.get("/api/v1/statistics").json["groups"][0]["layer"] == name
    assert client.get(f"/api/v1/layers/{name}/export").headers["X-Rows"] == "1"
