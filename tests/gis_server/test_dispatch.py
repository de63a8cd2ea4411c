"""A dispatch over HTTP: who goes to several incidents, why, and what it refuses."""

from __future__ import annotations

import uuid

import pytest
import shapely
from shapely.geometry import mapping
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server import dispatch_face
from layers.models import Assessment
from tests.analysis.roads.street_grid import grid_streets, place, table
from tests.gis_server.road_site import put, use

DISPATCH = "/api/v1/dispatch"


@pytest.fixture
def site(database):
    """Give a grid with three fire stations, an ambulance post and two stores along row 4."""
    use(database, table(*grid_streets(9)))
    made = {}
    for name, column, people in (("A", 1, 30), ("B", 3, 20), ("C", 7, 40)):
        made[name] = put(database, "team", *place(column, 4), name=f"Station {name}", kind="fire",
                         people=people)  # fmt: skip
        _fleet(database, made[name], "泡沫消防车", 2)
        _fleet(database, made[name], "水罐消防车", 1)
    made["M"] = put(database, "team", *place(2, 2), name="Ambulances", kind="medical", people=12)
    _fleet(database, made["M"], "普通救护车", 3)
    _fleet(database, made["M"], "负压救护车", 1)
    for name, column, tons in (("near", 5, 2.0), ("far", 0, 9.0)):
        made[name] = put(database, "resource", *place(column, 0), name=f"Store {name}",
                         kind="depot")  # fmt: skip
        _row(database, "INSERT INTO stock (resource_id, item, quantity, unit) "
             "VALUES (:id, '泡沫液', :tons, 't')", id=made[name], tons=tons)  # fmt: skip
    return made


def _fleet(database, team, kind, count):
    _row(database, "INSERT INTO vehicle (team_id, kind, count) VALUES (:team, :kind, :count)",
         team=team, kind=kind, count=count)  # fmt: skip


def _row(database, statement, **values):
    with Session(database) as session, session.begin():
        session.execute(text(statement), values)


def report(client, column, row, **more):
    lon, lat = place(column, row)
    answer = client.post(
        "/api/v1/incidents", json={"lon": lon, "lat": lat, "kind": "other", **more}
    )
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def ask(client, *incidents, status=200, **more):
    body = {"incidents": [{"id": id, "demand": list(demand)} for id, *demand in incidents]}
    answer = client.post(DISPATCH, json={**body, "cover_minutes": 0, **more})
    assert answer.status_code == status, answer.json
    return answer.json


FOAM = {"what": "stock", "item": "foam", "amount": 5000, "unit": "kg"}
AMBULANCES = {"what": "vehicle", "kind": "ambulance", "amount": 3}
PEOPLE = {"what": "people", "kind": "fire", "amount": 40}


def test_foam_ambulances_and_people_come_from_the_nearest_that_have_them(client, site):
    answer = ask(client, (report(client, 4, 4), FOAM, AMBULANCES, PEOPLE))
    got = [(a["name"], a["what"], a["amount"], a["unit"], a["vehicle"]) for a in
           answer["assignments"]]  # fmt: skip
    assert sorted(got) == sorted([
        ("Store near", "stock", 2000.0, "kg", "heavy_truck"),
        ("Store far", "stock", 3000.0, "kg", "heavy_truck"),
        ("Ambulances", "vehicle", 3.0, "vehicle", "ambulance"),
        ("Station B", "people", 20.0, "person", "fire_engine"),
        ("Station A", "people", 20.0, "person", "fire_engine"),
    ])  # fmt: skip
    assert answer["unmet"] == []
    assert [d["missing"] for d in answer["demands"]] == [0, 0, 0]
    by_name = {a["name"]: a for a in answer["assignments"]}
    assert by_name["Store near"]["travel_time_s"] == pytest.approx(5 * 50, rel=0.2)
    assert by_name["Store near"]["why"][0]["text"] == "The nearest, gives what it has"
    assert by_name["Store near"]["arrives_at"] > answer["at"]
    assert answer["solved"]["status"] == "greedy" and answer["solved"]["gap"] is None
    assert {a["incident"] for a in answer["assignments"]} == {answer["incidents"][0]["id"]}


def test_three_incidents_share_what_there_is_and_the_best_is_no_worse(client, site):
    ids = [report(client, column, row) for column, row in ((0, 8), (8, 8), (4, 0))]
    asked = [(id, FOAM, {"what": "vehicle", "kind": "泡沫车", "amount": 2}, PEOPLE) for id in ids]
    first, best = (ask(client, *asked, solve=solve) for solve in ("greedy", "optimal"))
    assert first.keys() == best.keys()
    for answer in (first, best):
        assert sum(a["amount"] for a in answer["assignments"] if a["what"] == "stock") == 11_000
        assert sum(a["amount"] for a in answer["assignments"] if a["what"] == "people") == 90
        assert sum(a["amount"] for a in answer["assignments"] if a["what"] == "vehicle") == 6
        missing = {(d["incident"], d["what"]): d["missing"] for d in answer["unmet"]}
        assert sum(missing.values()) == 4_000 + 30
    assert best["solved"]["best"] <= best["solved"]["greedy"] == first["solved"]["greedy"]
    assert best["solved"]["status"] == "optimal" and best["solved"]["gap"] == 0.0


def test_a_station_is_no_rival_of_itself(client, site):
    """Its ambulances of another kind are as near as it is."""
    id = report(client, 0, 8)
    for solve in ("greedy", "optimal"):
        answer = ask(client, (id, {**AMBULANCES, "amount": 2}), (report(client, 8, 8), AMBULANCES),
                     solve=solve)  # fmt: skip
        for one in answer["assignments"]:
            assert "Ambulances" not in [why["params"].get("name") for why in one["why"]]
            assert one["why"][0]["params"]["rank"] == 1


def test_who_is_short_because_others_asked_is_not_told_that_there_is_too_little(client, site):
    ids = [report(client, column, 8) for column in (0, 8)]
    wanted = {"what": "people", "kind": "fire", "amount": 80}
    short = ask(client, *((id, wanted) for id in ids))["unmet"]
    assert [[why["code"] for why in one["reasons"]] for one in short] == [
        ["dispatch.unmet.elsewhere"]
    ] * len(short)
    lone = ask(client, (ids[0], {**wanted, "amount": 100}))["unmet"][0]["reasons"]
    assert lone[0]["code"] == "dispatch.unmet.too_little"
    unit = lone[0]["params"]["unit"]
    assert unit["code"] == "task.unit.person" and unit["text"] in lone[0]["text"]


def _plan(database, incident, *, targets, zones, lonlat, wind=270.0):
    """Store an assessment with zones and listed people, as the chain would."""
    body = {
        "lon": lonlat[0],
        "lat": lonlat[1],
        "zones": {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": mapping(shape),
                 "properties": {"level": level, "hazard": "toxic", "shape": "area"}}
                for level, shape in zones
            ],
        },
        "exposure": {"targets": targets, "target_count": len(targets)},
        "assumed": [{"field": "weather.wind_from_deg", "value": wind}],
    }  # fmt: skip
    with Session(database) as session, session.begin():
        session.add(Assessment(incident_id=incident, body=body))


def _target(name, at, people, **more):
    lon, lat = at
    return {"layer": "protection_target", "id": name, "name": name, "name_en": None,
            "kind": "school", "lon": lon, "lat": lat, "people": people, "level": "orange",
            "hazard": "toxic", "action": "evacuate", "arrival_s": None, **more}  # fmt: skip


@pytest.fixture
def plume(client, site, database):
    """Give an incident whose plume lies east of it, with people in it and four shelters."""
    middle = place(4, 4)
    incident = report(client, 4, 4)
    area = shapely.box(middle[0], middle[1] - 0.004, middle[0] + 0.012, middle[1] + 0.004)
    targets = [
        _target("school", place(5, 4), 300, arrival_s=9000.0),
        _target("home", place(6, 4), 200, arrival_s=8000.0),
        _target("late", place(4.3, 4), 50, arrival_s=10.0),
        _target("stays", place(5.5, 4), 80, action="shelter"),
    ]
    _plan(database, incident, targets=targets, zones=[("orange", area)], lonlat=middle)
    shelters = (
        ("in the swing", place(5, 5.4), 5000), ("west", place(2, 4), 400),
        ("south", place(4, 0), 60), ("unknown", place(0, 0), None),
    )  # fmt: skip
    for name, at, places in shelters:
        put(database, "resource", *at, name=name, kind="shelter", capacity_people=places)
    return incident


def test_people_are_sent_to_shelters_that_no_turn_of_the_wind_reaches(client, plume):
    answer = client.post(f"/api/v1/incidents/{plume}/evacuation", json={})
    assert answer.status_code == 200, answer.json
    told = answer.json
    assert {e["name"]: e["reason"] for e in told["excluded"]} == {
        "in the swing": "inside_zone", "unknown": "places_unknown",
    }  # fmt: skip
    assert told["moves"][0]["from"]["id"] == "home"
    assert sum(m["amount"] for m in told["moves"]) == 460
    assert all(s["left"] >= 0 for s in told["shelters"])
    assert {s["from"]["id"]: s["reason"] for s in told["stay"]} == {
        "late": "too_late", "stays": "told_to_shelter",
    }  # fmt: skip
    assert told["short"] == 40
    assert told["unplaced"][0]["from"]["id"] == "school"
    assert told["messages"][0]["text"] == "Shelters have 460 places; 40 people find none"
    assert len(told["routes"]["features"]) == len(told["moves"])


def test_an_incident_that_nobody_has_assessed_has_no_evacuation(client, site):
    answer = client.post(f"/api/v1/incidents/{report(client, 4, 4)}/evacuation", json={})
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "no_assessment"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 2.5}, "amount"),
        ({"amount": 1e308}, "amount"),
        ({"amount": 1e-300}, "amount"),
        ({"kind": "x" * 5000}, "kind"),
        ({"kind": None}, "kind"),
        ({"unit": "t"}, "unit"),
        ({"item": "foam"}, "item"),
        ({"what": "stock"}, "item"),
        ({"what": "submarine"}, "what"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_demand_that_makes_no_sense_is_refused_and_says_where(client, site, change, field):
    demand = {k: v for k, v in {**PEOPLE, **change}.items() if v is not None}
    refused = ask(client, (report(client, 4, 4), demand), status=422)
    assert "demand" in str(refused["error"]["details"]) and field in str(refused["error"])


def test_more_incidents_or_demands_than_are_taken_are_refused(client, site):
    incident = report(client, 4, 4)
    ask(client, (incident, *[PEOPLE] * 21), status=422)
    ask(client, *[(str(uuid.uuid4()), PEOPLE)] * 9, status=422)
    ask(client, (incident, PEOPLE), (incident, PEOPLE), status=422)
    ask(client, (incident,), status=422)
    ask(client, (incident, {**PEOPLE, "id": "same"}, {**PEOPLE, "id": "same"}), status=422)
    ask(client, (str(uuid.uuid4()), PEOPLE), status=404)


def test_a_closed_incident_gets_nobody(client, site):
    incident = report(client, 4, 4, status="closed")
    refused = ask(client, (incident, PEOPLE), status=422)
    assert refused["error"]["code"] == "dispatch_closed_incident"
    assert refused["error"]["details"]["field"] == "incidents.0"


def test_who_may_not_run_an_analysis_or_see_the_incident_gets_no_proposal(client, site, sign_in):
    incident = report(client, 4, 4)
    ask(sign_in(("viewer", "")), (incident, PEOPLE), status=403)
    ask(sign_in(("field", "99")), (incident, PEOPLE), status=404)
    stranger = sign_in(("field", "98"))
    assert stranger.post(f"/api/v1/incidents/{incident}/evacuation", json={}).status_code == 404


def test_odd_names_find_nothing_and_break_nothing(client, site):
    odd = ["'; DROP TABLE stock; --", "<script>alert(1)</script>", "\u202e沫泡", "%_%", "🧯" * 50]
    asked = [{"what": "stock", "item": name, "amount": 1, "unit": "🧯"} for name in odd]
    asked += [{"what": "vehicle", "kind": name, "amount": 1} for name in odd]
    answer = ask(client, (report(client, 4, 4), *asked))
    assert answer["assignments"] == []
    assert [d["reasons"][0]["code"] for d in answer["unmet"]] == ["dispatch.unmet.unknown"] * 10


def test_an_avoided_area_is_driven_around_and_nobody_is_taken_out_of_it(client, site):
    incident = report(client, 4, 4)
    lon, lat = place(3, 4)
    area = mapping(shapely.box(lon - 0.002, lat - 0.002, lon + 0.002, lat + 0.002))
    answer = ask(client, (incident, PEOPLE), avoid=area)
    assert "Station B" not in {a["name"] for a in answer["assignments"]}
    codes = [w["code"] for a in answer["assignments"] for w in a["why"]]
    assert "dispatch.why.nearer_inside_zone" in codes
    ask(client, (incident, PEOPLE), avoid={"type": "Point", "coordinates": [0, 0]}, status=422)


def test_when_every_solver_is_busy_the_answer_says_to_try_again(client, site, monkeypatch):
    monkeypatch.setattr(dispatch_face, "WAIT_S", 0.01)
    incident = report(client, 4, 4)
    for _ in range(dispatch_face.SOLVES_AT_ONCE):
        assert dispatch_face._SOLVES.acquire(timeout=1)
    try:
        busy = ask(client, (incident, PEOPLE), solve="optimal", status=503)
        assert busy["error"]["code"] == "busy"
        assert ask(client, (incident, PEOPLE))["assignments"]
    finally:
        for _ in range(dispatch_face.SOLVES_AT_ONCE):
            dispatch_face._SOLVES.release()
    assert ask(client, (incident, PEOPLE), solve="optimal")["solved"]["status"] == "optimal"


def test_an_incident_beyond_every_network_is_answered_by_air(client, site):
    answer = client.post(
        "/api/v1/incidents", json={"lon": 100.0, "lat": 40.0, "kind": "other"}
    ).json["id"]
    told = ask(client, (answer, PEOPLE))
    assert {a["by"] for a in told["assignments"]} == {"line"}
    assert {a["travel_time_s"] for a in told["assignments"]} == {None}
    assert [m["code"] for m in told["messages"]] == ["dispatch_no_network"]
