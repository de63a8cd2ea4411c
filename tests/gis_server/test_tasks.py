"""Tasks over HTTP: who may order, report and read, and what is refused."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.signin import Identity
from layers.models import Stock, Task
from tests.depot import Site

INCIDENTS = "/api/v1/incidents"


@pytest.fixture
def site(database):
    """A committed site; its session is closed, its ids stay."""
    with Session(database, expire_on_commit=False) as session:
        made = Site(session)
        session.commit()
    return made


@pytest.fixture
def address(site):
    return f"{INCIDENTS}/{site.incident}/tasks"


def foam(site, amount=2.0, unit="t", **rest):
    return {"layer": "resource", "id": str(site.depot), "what": "stock", "item": "泡沫液",
            "amount": amount, "unit": unit, **rest}  # fmt: skip


def people(site, amount=4, **rest):
    return {"layer": "team", "id": str(site.team), "what": "people", "amount": amount, **rest}


def quantity(database, site):
    with Session(database) as session:
        return session.scalar(select(Stock.quantity).where(Stock.id == site.foam))


def report(client, task, state, version=None, **rest):
    if version is None:
        version = client.get(f"/api/v1/tasks/{task}").json["version"]
    return client.patch(f"/api/v1/tasks/{task}", json={"state": state, **rest},
                        headers={"If-Match": f'"{version}"'})  # fmt: skip


def test_a_proposal_is_accepted_whole_and_a_team_gets_one_task(client, address, site, database):
    engines = {"layer": "team", "id": str(site.team), "what": "vehicle", "kind": "泡沫消防车",
               "amount": 2, "vehicle": "fire_engine", "travel_time_s": 300}  # fmt: skip
    body = {"assignments": [foam(site, vehicle="heavy_truck", travel_time_s=600), people(site),
                            engines]}  # fmt: skip
    answer = client.post(address, json=body)
    assert answer.status_code == 201
    bring, go = answer.json["tasks"]
    assert (bring["kind"], bring["feature_name"], bring["state"]) == ("bring", "库", "ordered")
    assert bring["ordered_by"] == bring["state_by"] == "commander"
    assert (go["kind"], go["vehicle"], go["travel_time_s"]) == ("go", "fire_engine", 300)
    assert {(item["what"], item["amount"]) for item in go["items"]} == {
        ("people", 4), ("vehicle", 2),
    }  # fmt: skip
    assert (go["lon"], go["lat"]) == (120, 30)
    assert quantity(database, site) == 3
    listed = client.get(address).json
    assert (len(listed["tasks"]), listed["open"]) == (2, 2)
    assert client.get(f"{INCIDENTS}/{site.incident}").json["open_tasks"] == 2


def test_a_body_sent_twice_with_one_id_is_stored_once(client, address, site, database):
    def body():
        parts = [foam(site, 1), people(site), foam(site, 1, task=str(uuid.uuid4()))]
        return {"id": "00000000-0000-4000-8000-00000000000a", "assignments": parts}

    first, second = client.post(address, json=body()), client.post(address, json=body())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert quantity(database, site) == 3


def test_assignments_of_one_task_id_are_that_task(client, address, site, database):
    id = str(uuid.uuid4())
    parts = [people(site, task=id), {**people(site), "what": "vehicle", "amount": 1, "task": id}]
    for status in (201, 200):
        answer = client.post(address, json={"assignments": parts})
        assert (answer.status_code, [task["id"] for task in answer.json["tasks"]]) == (status, [id])
    two = [people(site, task=id), foam(site, task=id)]
    assert client.post(address, json={"assignments": two}).status_code == 422


def test_a_task_goes_from_the_order_to_the_last_arrival(client, address, site, sealed):
    body = {"assignments": [people(site, travel_time_s=600)]}
    (task,) = client.post(address, json=body).json["tasks"]
    for state in ("accepted", "departed", "arrived", "done"):
        assert report(client, task["id"], state).status_code == 200
    sealed()
    told = client.get(f"/api/v1/tasks/{task['id']}").json
    assert [line["state"] for line in told["history"]] == [
        "ordered", "accepted", "departed", "arrived", "done",
    ]  # fmt: skip
    assert {line["actor"] for line in told["history"]} == {"commander"}
    assert told["departed_at"] < told["arrived_at"] < told["ended_at"]
    log = client.get(f"{INCIDENTS}/{site.incident}/log").json["log"]
    assert [line["changes"]["state"][1] for line in log if line["layer"] == "task"] == [
        "ordered", "accepted", "departed", "arrived", "done",
    ]  # fmt: skip


def test_a_report_by_radio_carries_when_it_happened(client, address, site):
    (task,) = client.post(address, json={
        "at": "2026-03-01T03:00:00+08:00", "assignments": [people(site, travel_time_s=600)],
    }).json["tasks"]  # fmt: skip
    assert task["expected_at"] == "2026-02-28T19:10:00+00:00"
    answer = report(client, task["id"], "departed", at="2026-03-01T03:05:00+08:00", reason="radio")
    told = answer.json
    assert told["departed_at"] == told["state_at"] == "2026-02-28T19:05:00+00:00"
    assert told["expected_at"] == "2026-02-28T19:15:00+00:00"
    assert told["state_recorded_at"] > told["state_at"]
    assert told["accepted_at"] is None
    for at in ("2026-03-01T03:04:00+08:00", "2199-01-01T00:00:00Z"):
        refused = report(client, task["id"], "arrived", at=at)
        assert (refused.status_code, refused.json["error"]["code"]) == (422, "task_moment")


def test_a_step_over_others_takes_a_reason_and_a_step_back_a_correction(client, address, site):
    (task,) = client.post(address, json={"assignments": [people(site)]}).json["tasks"]
    refused = report(client, task["id"], "arrived")
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "task_reason")
    assert report(client, task["id"], "arrived", reason="radio was out").status_code == 200
    back = report(client, task["id"], "accepted")
    assert (back.status_code, back.json["error"]["code"]) == (409, "task_state")
    mended = report(client, task["id"], "accepted", correction=True, reason="other team")
    assert (mended.status_code, mended.json["arrived_at"]) == (200, None)


def test_two_who_report_at_once_do_not_overwrite_each_other(client, address, site):
    (task,) = client.post(address, json={"assignments": [people(site)]}).json["tasks"]
    version = task["version"]
    assert report(client, task["id"], "accepted", version).status_code == 200
    late = report(client, task["id"], "refused", version)
    details = late.json["error"]["details"]
    assert (late.status_code, details["theirs"]["state"]) == (409, "accepted")
    missing = client.patch(f"/api/v1/tasks/{task['id']}", json={"state": "departed"})
    assert missing.status_code == 428


def test_a_cancel_works_whoever_changed_the_task_last(client, address, site, database):
    (task,) = client.post(address, json={"assignments": [foam(site)]}).json["tasks"]
    report(client, task["id"], "accepted")
    (item,) = task["items"]
    body = {"reason": "not needed", "returned": [{"item": item["id"], "amount": 1.5}]}
    answer = client.post(f"/api/v1/tasks/{task['id']}/cancel", json=body)
    assert (answer.status_code, answer.json["state"]) == (200, "cancelled")
    assert answer.json["items"][0]["drawn"] == 0.5
    assert quantity(database, site) == 4.5
    again = client.post(f"/api/v1/tasks/{task['id']}/cancel", json=body)
    assert (again.status_code, quantity(database, site)) == (200, 4.5)
    lines = client.get(f"/api/v1/stock/{site.foam}/movements").json["movements"]
    assert [(line["why"], line["before"], line["after"]) for line in lines] == [
        ("returned", 3, 4.5), ("ordered", 5, 3), ("added", 0, 5),
    ]  # fmt: skip
    assert lines[0]["task"] == task["id"]


def test_who_reports_may_not_order_and_who_reads_may_not_report(client, sign_in, address, site):
    (task,) = client.post(address, json={"assignments": [people(site)]}).json["tasks"]
    one = f"/api/v1/tasks/{task['id']}"
    crew, viewer = sign_in(("field", "")), sign_in(("viewer", ""))
    assert crew.post(address, json={"assignments": [people(site)]}).status_code == 403
    assert crew.post(f"{one}/cancel", json={}).status_code == 403
    assert report(crew, task["id"], "accepted", note="two are ill").status_code == 200
    assert report(crew, task["id"], "departed", travel_time_s=60).status_code == 403
    back = report(crew, task["id"], "ordered", correction=True, reason="x")
    assert back.status_code == 403
    assert viewer.get(one).status_code == 200
    assert report(viewer, task["id"], "departed").status_code == 403


def test_tasks_are_those_of_the_readers_regions(client, sign_in, address, site):
    (task,) = client.post(address, json={"assignments": [people(site)]}).json["tasks"]
    near, far = sign_in(("duty", "3301")), sign_in(("duty", "3302"))
    assert len(near.get("/api/v1/tasks?state=open").json["tasks"]) == 1
    assert far.get("/api/v1/tasks").json["tasks"] == []
    assert far.get(address).status_code == 404
    for answer in (
        far.get(f"/api/v1/tasks/{task['id']}"),
        report(far, task["id"], "accepted", 1),
        far.post(f"/api/v1/tasks/{task['id']}/cancel", json={}),
        far.post(address, json={"assignments": [people(site)]}),
        far.get(f"/api/v1/stock/{site.foam}/movements"),
    ):
        assert answer.status_code == 404


def test_lists_are_narrowed_by_team_and_state(client, address, site):
    client.post(address, json={"assignments": [people(site), foam(site)]})
    assert len(client.get(f"/api/v1/tasks?team={site.team}").json["tasks"]) == 1
    assert len(client.get(f"/api/v1/tasks?resource={site.depot}&state=ordered").json["tasks"]) == 1
    assert client.get(f"/api/v1/tasks?team={site.depot}").json["tasks"] == []
    assert client.get("/api/v1/tasks?state=lost").status_code == 422


def test_what_is_left_is_told_for_an_incident_and_for_an_exercise(client, address, site):
    drill = client.post(INCIDENTS, json={"lon": 120, "lat": 30, "exercise": True}).json["id"]
    client.post(f"{INCIDENTS}/{drill}/tasks", json={"assignments": [foam(site, 4)]})
    query = f"resource={site.depot}&team={site.team}"

    def left(incident):
        found = client.get(f"{INCIDENTS}/{incident}/available?{query}").json
        return {row["item"]: row["quantity"] for row in found["stock"]}["泡沫液"]

    assert (left(site.incident), left(drill)) == (5, 1)


def test_a_way_is_kept_with_its_task(client, address, site):
    way = {"type": "LineString", "coordinates": [[120, 30], [120.1, 30.1]]}
    (task,) = client.post(address, json={"assignments": [people(site, route=way)]}).json["tasks"]
    one = f"/api/v1/tasks/{task['id']}"
    assert client.get(one).json["route"]["coordinates"] == way["coordinates"]
    longer = {"type": "LineString", "coordinates": [[120, 30], [120.2, 30.1], [120.3, 30]]}
    change = client.patch(one, json={"route": longer, "lon": 120.3, "lat": 30},
                          headers={"If-Match": '"1"'})  # fmt: skip
    assert (change.json["route"]["coordinates"], change.json["lon"]) == (
        longer["coordinates"], 120.3,
    )  # fmt: skip
    assert change.json["version"] == 2


BAD = [
    {"assignments": []},
    {"assignments": [{}] * 501},
    {"assignments": [{"what": "people"}]},
    {"assignments": [{"layer": "team"}]},
    {"assignments": [{"layer": "incident", "id": str(uuid.uuid4())}]},
    {"assignments": [{"layer": "team", "id": "x"}]},
    {"assignments": [{"layer": "team", "id": str(uuid.uuid4())}]},
    {"assignments": [{"lon": 120}]},
    {"assignments": [{"lon": 120, "lat": 91}]},
    {"assignments": [{"vehicle": "broom"}]},
    {"assignments": [{"vehicle": "'; DROP"}]},
    {"assignments": [{"travel_time_s": -1}]},
    {"assignments": [{"travel_time_s": 1e9}]},
    {"assignments": [{"task_kind": "sing"}]},
    {"assignments": [{"surprise": 1}]},
    {"assignments": [{"route": {"type": "LineString", "coordinates": [[120, 30]]}}]},
    {"assignments": [{"route": {"type": "LineString", "coordinates": [[120, 30], [181, 0]]}}]},
    {"assignments": [{}], "state": "done"},
    {"assignments": [{}], "at": "2026-01-01T00:00:00"},
    {"assignments": [{}], "at": "2199-01-01T00:00:00Z"},
    {"assignments": "x"},
]


@pytest.mark.parametrize("body", BAD)
def test_a_body_that_cannot_be_is_refused_and_nothing_is_stored(client, address, database, body):
    answer = client.post(address, json=body)
    assert answer.status_code == 422, answer.json
    assert answer.json["error"]["code"] != "unforeseen"
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Task)) == 0


BAD_PARTS = [
    {"amount": 0}, {"amount": -1}, {"amount": 1e10}, {"amount": "2"}, {"unit": "L"}, {"unit": ""},
    {"item": "沙袋"}, {"item": None}, {"what": "skill"}, {"what": "vehicle"},
    {"row": str(uuid.uuid4())}, {"item": "\x00"},
]  # fmt: skip


@pytest.mark.parametrize("part", BAD_PARTS)
def test_a_demand_that_cannot_be_met_is_refused_and_draws_nothing(
    client, address, database, site, part
):
    answer = client.post(address, json={"assignments": [people(site), {**foam(site), **part}]})
    assert answer.status_code in (400, 422), answer.json
    assert quantity(database, site) == 5
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Task)) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"state": "cancelled"}, {"state": 3}, {"lat": 3}, {"returned": [{"item": "x"}]},
        {"returned": [{"item": str(uuid.uuid4()), "amount": 1}], "state": "refused"},
        {"items": [{"item": str(uuid.uuid4()), "amount": 1}]}, {"vehicle": "broom"},
        {"expected_at": "soon"}, {"surprise": 1},
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(client, address, site, change):
    (task,) = client.post(address, json={"assignments": [people(site)]}).json["tasks"]
    answer = client.patch(f"/api/v1/tasks/{task['id']}", json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 422, answer.json
    assert client.get(f"/api/v1/tasks/{task['id']}").json["version"] == 1


@pytest.mark.parametrize("amount", [-1, 2.5, 1e12])
def test_no_more_comes_back_than_went_out(client, address, site, database, amount):
    (task,) = client.post(address, json={"assignments": [foam(site)]}).json["tasks"]
    body = {"returned": [{"item": task["items"][0]["id"], "amount": amount}]}
    answer = client.post(f"/api/v1/tasks/{task['id']}/cancel", json=body)
    assert answer.status_code == 422
    assert quantity(database, site) == 3


def test_an_incident_with_tasks_cannot_become_an_exercise(client, address, site):
    client.post(address, json={"assignments": [people(site)]})
    answer = client.patch(f"{INCIDENTS}/{site.incident}", json={"exercise": True},
                          headers={"If-Match": '"1"'})  # fmt: skip
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "incident_has_tasks")


def test_a_closed_incident_tells_how_many_tasks_are_open_and_takes_no_more(client, address, site):
    (task,) = client.post(address, json={"assignments": [foam(site)]}).json["tasks"]
    closed = client.patch(f"{INCIDENTS}/{site.incident}", json={"status": "closed"},
                          headers={"If-Match": '"1"'})  # fmt: skip
    assert (closed.status_code, closed.json["open_tasks"]) == (200, 1)
    refused = client.post(address, json={"assignments": [people(site)]})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "incident_closed")
    assert client.post(f"/api/v1/tasks/{task['id']}/cancel", json={}).status_code == 200
    assert client.get(f"{INCIDENTS}/{site.incident}").json["open_tasks"] == 0


def test_removing_a_team_on_a_task_tells_who_has_it(client, address, site):
    client.post(address, json={"assignments": [people(site)]})
    one = f"/api/v1/layers/team/features/{site.team}"
    answer = client.delete(one, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "committed")
    assert '"泄漏" 4 people (by commander)' in answer.json["error"]["message"]
    told = client.delete(one, headers={"If-Match": '"1"', "Accept-Language": "zh"})
    assert "“泄漏”4 人(commander下达)" in told.json["error"]["message"]


def test_the_stream_tells_tasks_to_who_may_read_the_incident(
    client, address, site, database, sealed
):
    client.post(address, json={"assignments": [people(site)]})
    sealed()
    near, far = (Identity(name="x", grants=(("viewer", r),)) for r in ("3301", "3302"))
    with Session(database) as session:
        told = [c for c in changes_after(session, 0, limit=100) if c.layer.startswith("task")]
    assert {change.layer for change in told} == {"task", "task_item"}
    assert all(change.shown_to(near)["incident"] == str(site.incident) for change in told)
    assert all(change.shown_to(far) is None for change in told)
