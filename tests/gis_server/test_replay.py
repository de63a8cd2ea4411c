"""Time over HTTP: what happened, how it was then, for whom; and marked moments."""

from __future__ import annotations

import datetime as dt
import uuid
from importlib import import_module

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.layers.tracking.reports import NOW, register, row, take


@pytest.fixture
def incident(client):
    body = {
        "title": "<script>alert(1)</script> 😀", "kind": "other", "lon": 120, "lat": 30,
        "caller": {"name": "张三", "phone": "13800001111"},
    }  # fmt: skip
    return client.post("/api/v1/incidents", json=body).json


def state(client, at, **query):
    answer = client.get("/api/v1/replay/state", query_string={"at": at, **query})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_an_incident_is_told_as_it_was_then(client, incident, sealed):
    seq = sealed()
    client.patch(
        f"/api/v1/incidents/{incident['id']}", json={"title": "now"}, headers={"If-Match": "1"}
    )
    sealed()
    (then,) = state(client, seq)["incidents"]
    assert then["title"] == incident["title"]
    assert (then["lon"], then["lat"]) == (120, 30)
    (now,) = state(client, seq + 1)["incidents"]
    assert now["title"] == "now"
    assert state(client, 0)["incidents"] == []


def test_a_line_of_the_call_sheet_and_a_closed_road_are_as_they_were(client, incident, sealed):
    place = f"/api/v1/incidents/{incident['id']}"
    line = client.post(f"{place}/calls", json={"name": "李四", "phone": "13900002222",
                                               "purpose": "call.fire"}).json  # fmt: skip
    there = sealed()
    client.post(f"{place}/calls/{line['id']}", json={"result": "answered"})
    sealed()
    then = state(client, there, incident=incident["id"])
    assert [call["result"] for call in then["calls"]] == ["waiting"]
    assert then["calls"][0]["phone"] == "13900002222"
    assert then["plan"] is None
    assert then["tasks"] == then["plots"] == then["decisions"] == []


def test_the_plan_is_the_one_of_record_from_the_moment_it_was_accepted(client, incident, sealed):
    place = f"/api/v1/incidents/{incident['id']}"
    client.patch(place, json={"substance": "chlorine"}, headers={"If-Match": "1"})
    run = {"weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 90.0}}
    first, newer = (client.post(f"{place}/assessments", json=run).json["id"] for _ in range(2))
    before = sealed()
    assert client.post(f"{place}/assessments/{first}/accept", json={}).status_code == 200
    after = before + sealed()
    assert state(client, before, incident=incident["id"])["plan"] == newer
    assert state(client, after, incident=incident["id"])["plan"] == first


def test_a_line_that_the_call_sheet_hides_is_hidden_in_the_past_too(
    client, incident, sealed, sign_in, database
):
    place = f"/api/v1/incidents/{incident['id']}"
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '3302'"))
    for layer, feature in (("team", str(uuid.uuid4())), (None, None)):
        made = client.post(f"{place}/calls", json={
            "name": layer or "自录", "phone": "13900002222", "purpose": "call.fire",
            **({"layer": layer, "feature_id": feature} if layer else {}),
        })  # fmt: skip
        assert made.status_code == 201, made.text
    seq = sealed()
    whole = state(client, seq, incident=incident["id"])["calls"]
    assert {call["name"] for call in whole} == {"team", "自录"}
    told = state(sign_in(("duty", "3302")), seq, incident=incident["id"])["calls"]
    assert [call["name"] for call in told] == ["自录"]


def test_names_and_numbers_are_covered_for_those_who_may_not_see_them(
    client, incident, sealed, sign_in
):
    client.post(f"/api/v1/incidents/{incident['id']}/calls",
                json={"name": "李四", "phone": "13900002222", "purpose": "call.fire"})  # fmt: skip
    seq = sealed()
    viewer = sign_in(("viewer", ""))
    then = state(viewer, seq, incident=incident["id"])
    assert "13900002222" not in str(then)
    assert "13800001111" not in str(then)
    marks = viewer.get("/api/v1/replay", query_string={"incident": incident["id"]}).json["marks"]
    assert {mark["layer"] for mark in marks} == {"incident"}


def test_a_county_is_told_nothing_of_another(client, incident, sealed, sign_in):
    seq = sealed()
    elsewhere = sign_in(("duty", "3302"))
    assert state(elsewhere, seq)["incidents"] == []
    assert elsewhere.get("/api/v1/replay").json["marks"] == []
    answer = elsewhere.get(
        "/api/v1/replay/state", query_string={"at": seq, "incident": incident["id"]}
    )
    assert answer.status_code == 404


def test_marks_name_what_happened_with_its_words_as_text(client, incident, sealed):
    sealed()
    answer = client.get("/api/v1/replay", query_string={"incident": incident["id"]}).json
    assert answer["more"] is False
    first = answer["marks"][0]
    assert (first["layer"], first["op"], first["actor"]) == ("incident", "insert", "commander")
    assert first["title"] == incident["title"]
    later = client.get(
        "/api/v1/replay",
        query_string={"incident": incident["id"], "from": "2100-01-01T00:00:00Z"},
    )
    assert later.json["marks"] == []
    assert client.get("/api/v1/replay", query_string={"layers": "user_account"}).json["marks"] == []


@pytest.mark.parametrize(
    "query",
    [{"at": "x"}, {"at": "99999"}, {}, {"at": "1" * 41}, {"at": "2026-01-01T00:00:00"},
     {"at": "0", "incident": "x"}],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_its_field(client, query):
    answer = client.get("/api/v1/replay/state", query_string=query)
    assert answer.status_code == 422
    assert answer.json["error"]["details"]


def test_everybody_is_where_they_were_and_who_was_silent_is_not_shown(client, database, sealed):
    with Session(database) as session, session.begin():
        register(session, "car", "old")
        take(session, row(0, id="car"))
        take(session, row(60, id="car"))
        session.execute(text("UPDATE position SET received_at = at"))
    sealed()

    def places(at):
        return {one["id"]: one["at"] for one in state(client, at.isoformat())["positions"]}

    begun = NOW - dt.timedelta(minutes=15)
    moved = begun + dt.timedelta(seconds=60)
    assert places(begun + dt.timedelta(seconds=30)) == {"car": begun.isoformat()}
    assert places(moved) == {"car": moved.isoformat()}
    assert places(begun - dt.timedelta(seconds=1)) == {}
    assert places(begun + dt.timedelta(hours=1)) == {}


def test_a_moment_is_marked_once_seen_by_all_of_its_region_and_taken_away(
    client, incident, sealed, sign_in
):
    seq = sealed()
    body = {
        "id": str(uuid.uuid4()),
        "incident": incident["id"],
        "title": "火势最大",
        "at": str(seq),
    }
    first, again = (client.post("/api/v1/bookmarks", json=body) for _ in range(2))
    assert (first.status_code, again.json["id"]) == (201, body["id"])
    assert first.json["seq"] == seq
    viewer = sign_in(("viewer", ""))
    assert [one["title"] for one in viewer.get("/api/v1/bookmarks").json["bookmarks"]] == [
        "火势最大"
    ]
    assert sign_in(("duty", "3302")).get("/api/v1/bookmarks").json["bookmarks"] == []
    assert viewer.delete(f"/api/v1/bookmarks/{body['id']}").status_code == 403
    other = sign_in(("commander", ""), name="other")
    assert other.post("/api/v1/bookmarks", json=body).status_code == 409
    assert other.delete(f"/api/v1/bookmarks/{body['id']}").status_code == 204
    assert client.delete(f"/api/v1/bookmarks/{body['id']}").status_code == 404
    assert client.get("/api/v1/bookmarks").json["bookmarks"] == []


def test_a_bookmark_needs_a_word_and_a_moment(client):
    for body in (
        {"title": "", "at": "0"},
        {"title": "x" * 201, "at": "0"},
        {"title": "x", "at": "?"},
    ):
        assert client.post("/api/v1/bookmarks", json=body).status_code == 422


def test_moments_of_no_incident_are_of_a_region_and_bounded_there(client, sign_in, monkeypatch):
    monkeypatch.setattr(import_module("layers.replay.bookmarks"), "BOOKMARKS_MAX", 2)

    def marked(asker, title):
        return asker.post("/api/v1/bookmarks", json={"title": title, "at": "0"}).status_code

    hangzhou, ningbo = sign_in(("duty", "3301"), name="li"), sign_in(("duty", "3302"), name="wang")
    assert [marked(hangzhou, f"h{n}") for n in range(3)] == [201, 201, 413]
    assert marked(ningbo, "n") == 201
    assert marked(client, "whole") == 201

    def told(asker):
        return {one["title"] for one in asker.get("/api/v1/bookmarks").json["bookmarks"]}

    assert told(sign_in(("duty", "3301"), name="zhao")) == {"h0", "h1"}
    assert told(ningbo) == {"n"}
    # Of more than can be told, the latest.
    assert len(told(client)) == 2
