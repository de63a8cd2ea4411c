"""Coverage, what one cut isolates, and cordons over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from layers.models import Assessment
from tests.analysis.roads.street_grid import Street, grid_streets, place, table
from tests.gis_server.road_site import put, use

HERE = dict(zip(("lon", "lat"), place(2, 2), strict=True))


def _square(column: float, row: float, half: float) -> dict[str, Any]:
    west, south = place(column - half, row - half)
    east, north = place(column + half, row + half)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def town(database: Engine) -> dict[str, str]:
    """Put a town of streets, an island village behind one bridge, two stations, four places."""
    nodes, streets = grid_streets(5)
    nodes |= {900: place(8, 2), 901: place(9, 2)}
    bridge = [Street(204, 900, name="The Bridge"), Street(900, 901, name="Village Road")]
    use(database, table(nodes, [*streets, *bridge]))
    at = {name: place(*spot) for name, spot in {
        "west": (0, 2), "east": (4, 1), "school": (3, 2), "village": (8.5, 2.0),
        "market": (1.0, 2.1), "far": (40, 40), "hospital": (2, 1),
    }.items()}  # fmt: skip
    return {
        "west": put(database, "team", *at["west"], name="west", kind="fire", region="3101"),
        "east": put(database, "team", *at["east"], name="east", kind="fire", region="3201"),
        "hospital": put(database, "resource", *at["hospital"], name="h", kind="hospital"),
        "school": put(database, "protection_target", *at["school"], name="school", kind="school",
                      people_day=300, people_night=0, region="3101"),
        "village": put(database, "protection_target", *at["village"], name="village",
                       kind="village", people_day=50, people_night=120, region="3101"),
        "market": put(database, "protection_target", *at["market"], name="market",
                      kind="market", region="3101"),
    }  # fmt: skip


def _names(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["name"] for entry in entries}


def test_coverage_counts_everybody_once_and_says_who_is_late_and_why(
    client: FlaskClient, town: dict[str, str]
) -> None:
    answer = client.get("/api/v1/coverage", query_string=HERE | {"within_min": 3}).json
    bands = [band["properties"] for band in answer["bands"]["features"]]
    assert [band["until_min"] for band in bands] == [5.0, 10.0, 15.0, 30.0, None]
    assert sum(band["places"] for band in bands) == 3 == answer["places"]
    assert sum(band["people_day"] for band in bands) == 350
    assert sum(band["people_unknown"] for band in bands) == 1
    assert all(band["residents"] is None for band in bands)
    late = answer["without_access"]
    assert _names(late["targets"]) == {"village"} and late["by_reason"] == {"too_slow": 1}
    assert late["targets"][0]["first"] == town["east"]
    assert late["targets"][0]["travel_time_s"] > 180.0
    first = {s["name"]: s["first_for"]["places"] for s in answer["stations"]}
    assert first == {"west": 1, "east": 2}


def test_one_station_less_shows_whom_it_leaves_and_one_more_whom_it_gains(
    client: FlaskClient, town: dict[str, str]
) -> None:
    asked = HERE | {"within_min": 2, "minutes": [2, 4]}
    less = client.post("/api/v1/coverage", json=asked | {"exclude": [town["east"]]}).json
    assert less["change"]["lost_count"] == 1 and _names(less["change"]["lost"]) == {"school"}
    assert less["change"]["covered"][0]["people_day"] == -300
    gone = next(s for s in less["stations"] if s["name"] == "east")
    assert gone["out"] == "left_out" and gone["first_for"] is None
    lon, lat = place(8, 2)
    more = client.post(
        "/api/v1/coverage", json=asked | {"add": [{"lon": lon, "lat": lat, "name": "new"}]}
    ).json
    assert _names(more["change"]["gained"]) == {"village"} and more["change"]["lost_count"] == 0
    assert more["change"]["covered"][0]["people_night"] == 120
    assert "change" not in client.post("/api/v1/coverage", json=asked).json


def test_a_closed_bridge_leaves_the_village_without_a_path(
    client: FlaskClient, town: dict[str, str]
) -> None:
    avoid = _square(6, 2, 0.2)
    late = client.post("/api/v1/coverage", json=HERE | {"avoid": avoid}).json["without_access"]
    assert [(t["name"], t["reason"]) for t in late["targets"]] == [("village", "no_path")]
    inside = client.post(
        "/api/v1/coverage", json=HERE | {"avoid": _square(3, 2, 0.3)}
    ).json["without_access"]  # fmt: skip
    assert ("school", "inside_zone") in {(t["name"], t["reason"]) for t in inside["targets"]}


def test_a_station_in_the_closed_area_covers_nobody_and_says_so(
    client: FlaskClient, town: dict[str, str]
) -> None:
    answer = client.post("/api/v1/coverage", json=HERE | {"avoid": _square(0, 2, 0.3)}).json
    west = next(s for s in answer["stations"] if s["name"] == "west")
    assert west["out"] == "inside_zone" and west["first_for"] is None


def test_a_hospital_that_the_closed_area_touches_is_never_offered(
    client: FlaskClient, town: dict[str, str]
) -> None:
    asked = HERE | {"layer": "resource", "kinds": ["hospital"], "direction": "to"}
    free = client.post("/api/v1/coverage", json=asked).json
    assert free["stations"][0]["out"] is None and free["without_access"]["places"] == 0
    shut = client.post("/api/v1/coverage", json=asked | {"avoid": _square(2, 1, 0.2)}).json
    assert shut["stations"][0]["out"] == "inside_zone"
    assert {t["reason"] for t in shut["without_access"]["targets"]} == {"no_path"}


def test_a_reader_of_one_region_counts_its_places_and_its_stations_alone(
    sign_in: Any, town: dict[str, str]
) -> None:
    reader = sign_in(("duty", "3201"))
    answer = reader.get("/api/v1/coverage", query_string=HERE).json
    assert _names(answer["stations"]) == {"east"} and answer["places"] == 0
    cuts = reader.get("/api/v1/resilience", query_string=HERE).json
    assert cuts["counts"]["places"] == 0
    assert all(not f["properties"]["isolated"] for f in cuts["roads"]["features"])


def test_the_bridge_is_the_worst_cut_and_names_whom_it_isolates(
    client: FlaskClient, town: dict[str, str]
) -> None:
    answer = client.get("/api/v1/resilience", query_string=HERE | {"k": 3}).json
    worst = answer["roads"]["features"][0]["properties"]
    assert worst["road"] == "The Bridge" and worst["people_night"] == 120
    assert worst["places"] == 1 and _names(worst["isolated"]) == {"village"}
    assert len(worst["edges"]) == 2, "the road behind isolates the same village"
    assert worst["only_now"] is False and worst["residents"] == 0
    assert answer["counts"]["bridges"] == 2 and answer["parts"]["features"] == []


def test_what_is_the_only_way_now_is_marked(client: FlaskClient, town: dict[str, str]) -> None:
    rows = {"type": "MultiPolygon", "coordinates": [
        _square(1.5, row, 0.2)["coordinates"] for row in (0, 1, 3, 4)
    ]}  # fmt: skip
    answer = client.post("/api/v1/resilience", json=HERE | {"avoid": rows}).json
    now = [f["properties"] for f in answer["roads"]["features"] if f["properties"]["only_now"]]
    assert [cut["road"] for cut in now] == ["Row 2"]
    assert answer["counts"]["closed_roads"] == 4
    alone = client.post("/api/v1/resilience", json=HERE | {"avoid": _square(6, 2, 0.2)}).json
    (island,) = alone["parts"]["features"]
    assert island["properties"]["access"] == "cut_off"
    assert _names(island["properties"]["isolated"]) == {"village"}


def test_a_cordon_lists_each_road_once_with_its_posts(
    client: FlaskClient, town: dict[str, str]
) -> None:
    asked = {"geometry": _square(2, 2, 0.4)}
    answer = client.post("/api/v1/cordon", json=asked).json
    assert {(g["road"], g["posts"]) for g in answer["groups"]} == {("Row 2", 2), ("Col 2", 2)}
    assert all(group["shift_clear"] is None for group in answer["groups"])
    assert len(answer["points"]["features"]) == 4
    turning = client.post("/api/v1/cordon", json=asked | HERE).json
    clear = [f["properties"]["shift_clear"] for f in turning["points"]["features"]]
    assert len(clear) == 4 and None not in clear


@pytest.mark.parametrize("wind", [None, 0.0])
def test_the_cordon_of_an_incident_is_that_of_its_closed_zones_and_turns_with_the_wind(
    client: FlaskClient, database: Engine, town: dict[str, str], wind: float | None
) -> None:
    report = {"kind": "toxic_release", "title": "t", **HERE}
    incident = client.post("/api/v1/incidents", json=report).json["id"]
    asked = {"incident": incident}
    refused = client.post("/api/v1/cordon", json=asked)
    assert refused.status_code == 404 and refused.json["error"]["code"] == "no_zones"
    zones = [
        {"type": "Feature", "geometry": _square(*middle, half),
         "properties": {"level": level, "hazard": "toxic", "shape": "area"}}
        for level, middle, half in (("red", (2, 2), 0.3), ("yellow", (2, 2), 1.4))
    ]  # fmt: skip
    known = [] if wind is None else [{"field": "weather.wind_from_deg", "value": wind}]
    body = {**HERE, "zones": {"type": "FeatureCollection", "features": zones}, "assumed": known}
    with Session(database) as session, session.begin():
        plan = Assessment(incident_id=uuid.UUID(incident), body=body)
        session.add(plan)
        session.flush()
        assessment = str(plan.id)
    for named in (asked, {"assessment": assessment}):
        answer = client.post("/api/v1/cordon", json=named).json
        assert {g["road"] for g in answer["groups"]} == {"Row 2", "Col 2"}
        assert answer["cordon"]["type"] == "Polygon"
        told = {f["properties"]["shift_clear"] is None for f in answer["points"]["features"]}
        assert told == {wind is None}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("coverage", {"lon": 0.0, "lat": 0.0}, 422, "no_network"),
        ("coverage", HERE | {"minutes": []}, 422, None),
        ("coverage", HERE | {"minutes": [float("1e9")]}, 422, None),
        ("coverage", HERE | {"add": [HERE] * 21}, 422, None),
        ("coverage", HERE | {"bbox": [0, 0, 1, 1]}, 422, "area_beside_network"),
        ("coverage", HERE | {"bbox": [0, 0, 1, 1], "geometry": {}}, 422, None),
        ("coverage", HERE | {"geometry": {"type": "Point", "coordinates": [120, 30]}}, 422,
         "geometry_unusable"),
        ("coverage", HERE | {"layer": "enterprise"}, 422, None),
        ("coverage", HERE | {"exclude": ["nobody"]}, 404, "station_unknown"),
        ("coverage", HERE | {"bbox": [120, 30, 120, 30]}, 422, None),
        ("resilience", HERE | {"k": 0}, 422, None),
        ("resilience", HERE | {"layers": ["user"]}, 422, None),
        ("resilience", HERE | {"avoid": {"type": "Point", "coordinates": [1, 2]}}, 422,
         "geometry_unusable"),
        ("cordon", {}, 422, None),
        ("cordon", {"geometry": {"type": "Polygon", "coordinates": []}}, 422, None),
        ("cordon", {"geometry": _square(2, 2, 1), "lon": 120.0}, 422, None),
        ("cordon", {"incident": "00000000-0000-7000-8000-000000000000"}, 404, None),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_reason(
    client: FlaskClient, town: dict[str, str], path: str, body: Any, status: int, code: str | None
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == status, answer.json
    assert answer.json["error"]["message"]
    if code:
        assert answer.json["error"]["code"] == code


def test_a_closed_area_over_everything_is_an_answer(
    client: FlaskClient, town: dict[str, str]
) -> None:
    everything = {"avoid": _square(4, 2, 6)}
    answer = client.post("/api/v1/coverage", json=HERE | everything).json
    assert answer["without_access"]["by_reason"] == {"inside_zone": 3}
    assert {s["out"] for s in answer["stations"]} == {"inside_zone"}
    cuts = client.post("/api/v1/resilience", json=HERE | everything).json
    assert cuts["roads"]["features"] == [] == cuts["parts"]["features"]
    assert cuts["counts"]["closed_roads"] == cuts["counts"]["roads"]


def test_on_foot_and_at_an_hour_are_questions_too(
    client: FlaskClient, town: dict[str, str]
) -> None:
    asked = HERE | {"vehicle": "foot", "at": "2026-06-01T08:00:00+08:00", "within_min": 10}
    answer = client.post("/api/v1/coverage", json=asked).json
    assert answer["vehicle"] == "foot" and answer["without_access"]["places"] >= 1
    assert client.post("/api/v1/resilience", json=HERE | {"vehicle": "foot"}).status_code == 200


def test_a_viewer_may_not_run_any_of_it(sign_in: Any, town: dict[str, str]) -> None:
    viewer = sign_in(("viewer", ""))
    assert viewer.get("/api/v1/coverage", query_string=HERE).status_code == 403
    assert viewer.get("/api/v1/resilience", query_string=HERE).status_code == 403
    assert viewer.post("/api/v1/cordon", json={"geometry": _square(2, 2, 1)}).status_code == 403
