"""Positions over HTTP: told row by row, seen with their age, and only by whom they are for."""

import datetime as dt
import uuid

import pytest
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.layers.tracking.reports import NOW, at, register, row

POSITIONS = "/api/v1/positions"
TRACKERS = "/api/v1/trackers"
GEOD = Geod(ellps="WGS84")


@pytest.fixture
def add(database):
    """Register trackers, and commit them."""

    def trackers(*devices, **values):
        with Session(database) as session, session.begin():
            register(session, *devices, **values)

    return trackers


@pytest.fixture
def gate(sign_in):
    """Give a client that may report positions of region 3301."""
    return sign_in(("field", "3301"), name="gate")


def seen(client, **query):
    answer = client.get(POSITIONS, query_string=query)
    assert answer.status_code == 200, answer.json
    return {one["id"]: one for one in answer.json["positions"]}


def test_a_report_is_answered_row_by_row(gate, add):
    add("car")
    rows = [row(0), row(0), {"id": "car"}, row(10, accuracy_m=900, height=3), row(id="other")]
    answer = gate.post(POSITIONS, json=rows)
    assert answer.status_code == 200
    told = answer.json
    assert (told["received"], told["stored"], told["doubled"]) == (5, 2, [1])
    assert [(one["index"], one["reason"]) for one in told["refused"]] == [
        (2, "bad_time"), (4, "unknown_tracker"),
    ]  # fmt: skip
    assert set(told["reasons"]) == {"bad_time", "unknown_tracker"}
    assert told["flagged"] == [{"index": 3, "id": "car", "flags": ["coarse"]}]
    assert told["flags"] == {"coarse": 1}
    assert told["ignored_fields"] == ["height"]


@pytest.mark.parametrize("body", [[], {}, "text", 3, None, [row(0)] * 5001])
def test_a_body_that_is_no_bounded_list_is_refused(gate, add, body):
    add("car")
    assert gate.post(POSITIONS, json=body).status_code == 422


def test_a_position_shows_its_age_and_whether_it_is_stale(gate, client, add):
    add("car", "old", "new")
    now = dt.datetime.now(dt.UTC)
    gate.post(
        POSITIONS,
        json=[
            row(id="old", at=(now - dt.timedelta(minutes=5)).isoformat()),
            row(id="car", at=(now - dt.timedelta(seconds=5)).isoformat()),
        ],
    )
    places = seen(client)
    assert 5 <= places["car"]["age_s"] <= 30
    assert not places["car"]["stale"]
    assert places["old"]["age_s"] >= 300
    assert places["old"]["stale"]
    assert places["new"]["age_s"] is None
    assert places["new"]["stale"]
    assert "lon" not in places["new"]


def test_a_clock_that_is_ahead_makes_nothing_look_fresher(gate, client, add):
    add("car")
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=100)
    gate.post(POSITIONS, json=[row(at=ahead.isoformat())])
    place = seen(client)["car"]
    assert place["age_s"] >= 0
    assert place["delay_s"] < -90
    assert place["flags"] == ["clock_ahead"]


def test_positions_are_asked_for_by_box_also_across_180_degrees(gate, client, add):
    add("east", "west", "home")
    gate.post(
        POSITIONS,
        json=[row(id="east", lon=179.9), row(id="west", lon=-179.9), row(id="home", lon=120)],
    )
    assert set(seen(client, bbox="119,29,121,31")) == {"home"}
    assert set(seen(client, bbox="179,29,-179,31")) == {"east", "west"}


def test_who_is_of_another_region_is_not_seen(gate, add, sign_in):
    add("here", region="330102")
    add("there", region="3302")
    add("nowhere", region=None)
    assert set(seen(gate)) == {"here"}
    assert set(seen(sign_in(("duty", "")))) == {"here", "there", "nowhere"}
    for path in ("", "/track?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"):
        assert gate.get(f"{TRACKERS}/there{path}").status_code == 404


def test_people_are_seen_by_those_who_may_see_numbers_and_by_themselves(add, sign_in):
    add("car")
    add("ranger", kind="person", reporter="li")
    field, li = sign_in(("field", "3301")), sign_in(("field", "3301"), name="li")
    duty = sign_in(("duty", "3301"))
    assert set(seen(field)) == {"car"}
    assert set(seen(li)) == {"car", "ranger"}
    assert set(seen(duty)) == {"car", "ranger"}
    assert field.get(f"{TRACKERS}/ranger").status_code == 404
    assert sign_in(("viewer", "")).get(POSITIONS).status_code == 403


def test_trackers_of_exercises_are_apart(gate, client, add):
    add("real")
    add("drill", exercise=True)
    assert set(seen(client)) == {"real"}
    assert set(seen(client, exercise="true")) == {"drill"}


def test_a_device_nobody_knows_is_told_to_who_may_register_it_and_then_taken(gate, client, sign_in):
    gate.post(POSITIONS, json=[row(id="浙A12345")])
    (noted,) = client.get(f"{TRACKERS}/unregistered").json["trackers"]
    assert (noted["id"], noted["reported_by"]) == ("浙A12345", "gate")
    assert sign_in(("planner", "3301")).get(f"{TRACKERS}/unregistered").json["trackers"] == []
    made = client.post(TRACKERS, json={"id": "浙A12345", "plate": "浙A12345", "region": "3301"})
    assert made.status_code == 201
    assert client.get(f"{TRACKERS}/unregistered").json["trackers"] == []
    assert gate.post(POSITIONS, json=[row(id="浙A12345")]).json["stored"] == 1
    again = client.post(TRACKERS, json={"id": "浙A12345"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "tracker_known")


def test_a_tracker_is_changed_on_the_version_that_was_seen(client, add):
    add("car")
    seen_at = client.get(f"{TRACKERS}/car").headers["ETag"]
    change = {"name": "One", "active": False}
    changed = client.patch(f"{TRACKERS}/car", json=change, headers={"If-Match": seen_at})
    assert (changed.status_code, changed.json["name"], changed.json["active"]) == (
        200,
        "One",
        False,
    )
    late = client.patch(f"{TRACKERS}/car", json={"name": "Two"}, headers={"If-Match": seen_at})
    assert (late.status_code, late.json["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"id": "x y"}, "invalid_fields"),
        ({"id": "x", "kind": "plane"}, "invalid_fields"),
        ({"id": "x", "profile": "tank"}, "invalid_fields"),
        ({"id": "x", "region": "3302"}, "tracker_region"),
        ({"id": "x"}, "tracker_region"),
        ({"id": "x", "region": "3301", "team_id": str(uuid.uuid4())}, "tracker_team"),
        ({"id": "x", "region": "3301", "vehicle_id": str(uuid.uuid4())}, "tracker_vehicle"),
    ],
)
def test_a_tracker_that_cannot_be_is_refused(sign_in, body, code):
    answer = sign_in(("planner", "3301")).post(TRACKERS, json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, code)


def drive(gate, count=60, step_deg=0.002):
    rows = [row(10 * n, lon=120 + step_deg * n, speed_m_s=19.3) for n in range(count)]
    assert gate.post(POSITIONS, json=rows).json["stored"] == count
    return [(one["lon"], one["lat"]) for one in rows]


def span(begin=0, end=899):
    return {"from": at(begin), "to": at(end)}


def test_a_track_is_a_line_with_its_geodesic_mileage(gate, client, add):
    add("car")
    points = drive(gate)
    told = client.get(f"{TRACKERS}/car/track", query_string=span()).json
    assert told["geometry"]["coordinates"][0][0] == [120.0, 30.0]
    expected = GEOD.line_length(*zip(*points, strict=True))
    assert told["properties"]["mileage_m"] == pytest.approx(expected, abs=0.1)
    assert told["properties"]["received"] == 60
    few = client.get(f"{TRACKERS}/car/track", query_string=span() | {"points": 5}).json
    assert len(few["properties"]["positions"]) <= 5
    assert few["properties"]["mileage_m"] == told["properties"]["mileage_m"]


def test_a_track_without_positions_says_so(client, add):
    add("car")
    told = client.get(f"{TRACKERS}/car/track", query_string=span()).json
    assert (told["geometry"], told["properties"]["received"]) == (None, 0)


@pytest.mark.parametrize(
    "query", [{"from": at(10), "to": at(10)}, {"from": at(10), "to": at(0)},
              {"from": at(-86400 * 40), "to": at(0)}],
)  # fmt: skip
def test_a_span_that_is_none_or_too_long_is_refused(client, add, query):
    add("car")
    answer = client.get(f"{TRACKERS}/car/track", query_string=query)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "track_span")


def test_a_stay_in_an_area_has_its_times_and_its_mileage(gate, client, add):
    add("car")
    drive(gate)
    ring = [
        [120.0201, 29.9],
        [120.0401, 29.9],
        [120.0401, 30.1],
        [120.0201, 30.1],
        [120.0201, 29.9],
    ]
    body = span() | {"area": {"type": "Polygon", "coordinates": [ring]}}
    told = client.post(f"{TRACKERS}/car/stay", json=body).json
    (visit,) = told["visits"]
    entered = dt.datetime.fromisoformat(visit["entered_at"])
    left = dt.datetime.fromisoformat(visit["left_at"])
    start = dt.datetime.fromisoformat(at(0))
    assert (entered - start).total_seconds() == pytest.approx(100.5, abs=0.1)
    assert (left - start).total_seconds() == pytest.approx(200.5, abs=0.1)
    inside_m = GEOD.line_length([120.0201, 120.0401], [30, 30])
    assert visit["mileage_m"] == pytest.approx(inside_m, abs=1)
    assert told["stay_s"] == pytest.approx(100, abs=0.1)


def test_an_area_that_is_none_is_refused(client, add):
    add("car")
    for area in ({"type": "Point", "coordinates": [1, 2]}, {}, {"type": "FeatureCollection",
                                                               "features": []}):  # fmt: skip
        answer = client.post(f"{TRACKERS}/car/stay", json=span() | {"area": area})
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "geometry_unusable")


def test_a_watched_area_is_kept_once_and_ends(client):
    ring = [[120, 30], [120.1, 30], [120.1, 30.1], [120, 30]]
    body = {
        "id": str(uuid.uuid4()), "name": "forest", "region": "3301",
        "area": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip
    assert client.post("/api/v1/watch-areas", json=body).status_code == 201
    assert client.post("/api/v1/watch-areas", json=body).status_code == 200
    (feature,) = client.get("/api/v1/watch-areas").json["features"]
    assert feature["properties"]["name"] == "forest"
    assert client.delete(f"/api/v1/watch-areas/{body['id']}").status_code == 204
    assert client.get("/api/v1/watch-areas").json["features"] == []
    assert client.delete(f"/api/v1/watch-areas/{uuid.uuid4()}").status_code == 404


def test_an_alert_is_acknowledged_once_and_by_name(client, add, database):
    add("car")
    with Session(database) as session, session.begin():
        session.execute(
            text(
                "INSERT INTO alert (kind, tracker_id, region, opened_at) "
                "SELECT 'silent', id, region, :now FROM tracker"
            ),
            {"now": NOW},
        )
    (alert,) = client.get("/api/v1/alerts").json["alerts"]
    path, version = f"/api/v1/alerts/{alert['id']}", {"If-Match": f'"{alert["version"]}"'}
    assert client.patch(path, json={"acknowledged": True}).status_code == 428
    told = client.patch(path, json={"acknowledged": True, "note": "seen"}, headers=version).json
    assert (told["acknowledged_by"], told["details"]["note"]) == ("commander", "seen")
    assert client.patch(path, json={"closed": True}, headers=version).status_code == 409
    now = {"If-Match": f'"{told["version"]}"'}
    assert client.patch(path, json={"closed": True}, headers=now).json["closed_at"]
    assert client.get("/api/v1/alerts").json["alerts"] == []
    assert len(client.get("/api/v1/alerts?open=false").json["alerts"]) == 1
