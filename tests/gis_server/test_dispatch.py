"""A dispatch over HTTP: who goes to several incidents, why, and what it refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

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
