"""Two people who do the same thing at the same time."""

import threading
import time
import uuid

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from layers.models import Call, Incident, Team

INCIDENTS = "/api/v1/incidents"
PLACE = {"lon": 120.0, "lat": 30.0}
POINT = {"type": "Point", "coordinates": [120.3, 30.0]}


@pytest.fixture
def while_held(database):
    """Run a request while a transaction holds something; it commits once the request waits."""

    def run(hold, request):
        answers = []
        with Session(database) as session:
            hold(session)
            session.flush()
            thread = threading.Thread(target=lambda: answers.append(request()))
            thread.start()
            _until_blocked(database)
            session.commit()
        thread.join(30)
        return answers[0]

    return run


def _until_blocked(database):
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    for _ in range(600):
        with Session(database) as session:
            if session.scalar(blocked):
                return
        time.sleep(0.05)
    raise AssertionError("the request waited for nothing")


def test_a_report_sent_twice_at_once_is_answered_with_the_stored_one(client, database, while_held):
    id = uuid.uuid4()

    def first(session):
        session.add(
            Incident(
                id=id,
                kind="other",
                title="first",
                occurred_at=func.now(),
                geom="SRID=4326;POINT(120 30)",
            )
        )

    answer = while_held(
        first, lambda: client.post(INCIDENTS, json={**PLACE, "id": str(id), "title": "second"})
    )
    assert (answer.status_code, answer.json["title"]) == (200, "first")
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 1


def test_two_runs_at_once_list_each_call_once(client, database, while_held):
    with Session(database) as session, session.begin():
        team = Team(name="一站", kind="fire", geom="SRID=4326;POINT(120.3 30.0)")
        session.add(team)
        session.flush()
        team_id = team.id
    incident = client.post(INCIDENTS, json={**PLACE, "substance": "chlorine"}).json
    base = f"{INCIDENTS}/{incident['id']}"

    def other_run(session):
        key = uuid.UUID(incident["id"])
        session.get(Incident, key, with_for_update={"key_share": True})
        session.add(Call(incident_id=key, layer="team", feature_id=team_id, purpose="call.team"))

    answer = while_held(other_run, lambda: client.post(f"{base}/assessments", json={}))
    assert answer.status_code == 201
    lines = client.get(f"{base}/calls").json["calls"]
    assert [line["feature_id"] for line in lines].count(str(team_id)) == 1


@pytest.fixture
def depot(client):
    made = client.post(
        "/api/v1/layers/resource/features",
        json={"geometry": POINT, "properties": {"kind": "depot"}},
    ).json
    return f"/api/v1/layers/resource/features/{made['id']}"


ATTACHED = (
    ("contacts", {"phone": "111"}, {"phone": "222"}),
    ("stock", {"item": "foam", "quantity": 1.0, "unit": "t"},
     {"item": "sand", "quantity": 2.0, "unit": "t"}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "mine", "theirs"), ATTACHED)
def test_the_last_writer_of_what_hangs_on_a_feature_does_not_win_in_silence(
    client, depot, name, mine, theirs
):
    address = f"{depot}/{name}"
    assert client.put(address, json={name: [theirs]}).status_code == 428
    first = client.put(address, json={name: [theirs]}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert client.get(depot).headers["ETag"] == '"2"'
    second = client.put(address, json={name: [mine]}, headers={"If-Match": '"1"'})
    assert second.status_code == 409
    details = second.json["error"]["details"]
    (kept,) = details["theirs"][name]
    assert {**kept, **theirs} == kept
    assert {**details["mine"][name][0], **mine} == details["mine"][name][0]
    assert client.get(depot).json[name] == details["theirs"][name]


def test_a_change_of_a_feature_after_its_contacts_needs_the_new_version(client, depot):
    client.put(f"{depot}/contacts", json={"contacts": []}, headers={"If-Match": '"1"'})
    change = {"properties": {"name": "x"}}
    assert client.patch(depot, json=change, headers={"If-Match": '"1"'}).status_code == 409
    assert client.patch(depot, json=change, headers={"If-Match": '"2"'}).status_code == 200


@pytest.mark.parametrize("place", [{"lon": 121.0}, {"lat": 31.0}, {"lon": None, "lat": 31.0}])
def test_half_a_place_is_refused(client, place):
    incident = client.post(INCIDENTS, json=PLACE).json
    address = f"{INCIDENTS}/{incident['id']}"
    answer = client.patch(address, json=place, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert client.get(address).json == incident
