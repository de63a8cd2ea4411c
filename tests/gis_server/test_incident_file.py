"""Grade, corrections and deadlines of an incident over HTTP."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis_server.deadlines import follow
from layers.models import Team

INCIDENTS = "/api/v1/incidents"
RULES = "/api/v1/deadline-rules"
PLACE = {"lon": 120.0, "lat": 30.0}
ZONE = dt.timezone(dt.timedelta(hours=8))


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def patch(client, incident, **fields):
    path = f"{INCIDENTS}/{incident['id']}"
    etag = client.get(path).headers["ETag"]
    answer = client.patch(path, json=fields, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.json
    return answer.json


def ask(client, incident, what):
    answer = client.get(f"{INCIDENTS}/{incident['id']}/{what}")
    assert answer.status_code == 200, answer.json
    return answer.json


def ago(minutes):
    return (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)).isoformat()


def sign_first(client, incident):
    path = f"{INCIDENTS}/{incident['id']}/bulletins"
    made = client.post(path, json={"kind": "first"}).json
    body = {"body_hash": made["body_hash"]}
    assert client.post(f"{path}/{made['id']}/sign", json=body).status_code == 201
    return made


def test_a_grade_is_proposed_with_its_clauses_and_never_written(client):
    incident = report(client, casualties=[{"dead": 1, "poisoned": 60, "trapped": 4}])
    told = ask(client, incident, "grade")
    accident = told["proposed"]["accident"]
    assert accident["grade"] == "2" and told["differs"]
    assert "Order 493" in accident["reasons"][0]["source"]["text"]
    assert "60" in accident["reasons"][0]["text"]
    assert told["proposed"]["at_risk"]["raised"]
    assert told["filed"] == {
        "accident_grade": None, "response_level": None, "warning_level": None,
    }  # fmt: skip
    assert len(told["sources"]) == 3
    chinese = client.get(f"{INCIDENTS}/{incident['id']}/grade?lang=zh").json
    assert "急性工业中毒 60 人" in chinese["proposed"]["accident"]["reasons"][0]["text"]


def test_a_count_without_a_moment_is_stamped_when_it_arrives_and_never_again(client):
    received = ago(30)
    incident = report(client, casualties=[{"dead": 1}], received_at=received)
    (first,) = incident["casualties"]
    assert dt.datetime.fromisoformat(first["at"]) == dt.datetime.fromisoformat(received)
    changed = patch(client, incident, casualties=[first, {"dead": 2}])
    kept = dt.datetime.fromisoformat(changed["casualties"][0]["at"])
    assert kept == dt.datetime.fromisoformat(received)
    now = dt.datetime.now(dt.UTC)
    assert now - dt.datetime.fromisoformat(changed["casualties"][1]["at"]) < dt.timedelta(minutes=5)


def test_a_count_that_is_still_to_come_is_refused(client):
    later = {"casualties": [{"dead": 1}, {"at": ago(-30), "dead": 2}]}
    refused = client.post(INCIDENTS, json={**PLACE, **later})
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "future_time")
    assert refused.json["error"]["details"]["field"] == "casualties.1.at"
    incident = report(client)
    match = {"If-Match": client.get(f"{INCIDENTS}/{incident['id']}").headers["ETag"]}
    again = client.patch(f"{INCIDENTS}/{incident['id']}", json=later, headers=match)
    assert (again.status_code, again.json["error"]["code"]) == (422, "future_time")


def test_response_and_warning_levels_stay_apart_from_the_grade(client):
    incident = report(client, response_level="1", warning_level="4", accident_grade="3")
    filed = ask(client, incident, "grade")["filed"]
    assert filed == {"accident_grade": "3", "response_level": "1", "warning_level": "4"}


def test_a_corrected_substance_flags_the_plan_the_tasks_and_the_bulletin(client, database):
    with Session(database) as session, session.begin():
        team = Team(name="一站", kind="fire", geom="SRID=4326;POINT(120.3 30.0)")
        session.add(team)
        session.flush()
        team_id = str(team.id)
    incident = report(client, substance="氯")
    base = f"{INCIDENTS}/{incident['id']}"
    plan = client.post(f"{base}/assessments", json={}).json["id"]
    assignment = {"layer": "team", "id": team_id, "what": "team"}
    task = client.post(f"{base}/tasks", json={"assignments": [assignment]}).json["tasks"][0]["id"]
    bulletin = sign_first(client, incident)["id"]
    assert ask(client, incident, "corrections")["corrections"] == []
    patch(client, incident, substance="氨", why="现场核实")
    later = client.post(f"{base}/assessments", json={}).json["id"]
    told = ask(client, incident, "corrections")
    (one,) = told["corrections"]
    changes = {each["field"]: (each["before"], each["after"]) for each in one["changes"]}
    assert changes == {"substance": ("氯", "氨"), "cas": ("7782-50-5", "7664-41-7")}
    assert (one["who"], one["why"], one["stale"]) == ("commander", "现场核实", True)
    assert told["stale"] == {
        "tasks": [task], "assessments": [plan], "bulletins": [bulletin], "plan": False,
    }  # fmt: skip
    assert later not in str(told)
    assert client.get(f"{base}/bulletins/{bulletin}").json["stale"]
    client.patch(f"/api/v1/tasks/{task}", json={"state": "refused"}, headers={"If-Match": '"1"'})
    assert ask(client, incident, "corrections")["stale"]["tasks"] == []


def test_a_corrected_place_says_how_far_it_moved(client):
    incident = report(client)
    patch(client, incident, lon=120.0, lat=30.01)
    (one,) = ask(client, incident, "corrections")["corrections"]
    (change,) = one["changes"]
    assert change == {"field": "place", "before": {"lon": 120.0, "lat": 30.0},
                      "after": {"lon": 120.0, "lat": 30.01}}  # fmt: skip
    assert one["moved_m"] == pytest.approx(1108.5, abs=1)


def test_words_that_change_nothing_a_plan_rests_on_flag_nothing(client):
    incident = report(client)
    client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={})
    patch(client, incident, measures="已关阀")
    patch(client, incident, measures="已关阀")
    told = ask(client, incident, "corrections")
    assert len(told["corrections"]) == 1 and not told["corrections"][0]["stale"]
    assert told["corrections"][0]["why"] is None
    assert not any(told["stale"].values())


def test_a_reason_is_of_its_own_change_alone(client):
    incident = report(client)
    patch(client, incident, course="甲", why="听错")
    patch(client, incident, course="乙")
    newest, oldest = ask(client, incident, "corrections")["corrections"]
    assert (newest["why"], oldest["why"]) == (None, "听错")


def test_corrections_cover_people_from_who_may_not_read_contacts(client, sign_in):
    incident = report(client)
    patch(client, incident, caller={"name": "王强", "phone": "13800000000"})
    viewer = sign_in(("viewer", ""))
    told = str(ask(viewer, incident, "corrections"))
    assert "caller" in told and "13800000000" not in told and "王强" not in told


def test_the_nation_asks_for_a_first_report_within_two_hours(client):
    incident = report(client, received_at=ago(30))
    told = ask(client, incident, "deadlines")
    (first,) = told["deadlines"]
    assert (first["what"], first["channel"], first["addressee"]) == ("first", "any", "next")
    assert "493" in first["source"] and first["title"] == "First report to the next level up"
    assert 5300 < first["left_s"] <= 5400 and not first["missed"]
    due = dt.datetime.fromisoformat(first["due_at"])
    assert due - dt.datetime.fromisoformat(told["received_at"]) == dt.timedelta(hours=2)


def test_a_signed_bulletin_meets_the_deadline_and_a_call_meets_its_own(client):
    incident = report(client, received_at=ago(10), accident_grade="2")
    path = f"{INCIDENTS}/{incident['id']}/deadlines"
    body = {"what": "first", "channel": "phone", "addressee": "province", "note": "张主任接"}
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.json
    assert (answer.json["done_by"], answer.json["note"]) == ("commander", "张主任接")
    again = client.post(path, json=body)
    assert (again.status_code, again.json["error"]["code"]) == (404, "no_deadline")
    states = {d["channel"]: d["done_at"] for d in ask(client, incident, "deadlines")["deadlines"]}
    assert states["phone"] and not states["any"]
    sign_first(client, incident)
    found = ask(client, incident, "deadlines")["deadlines"]
    assert all(each["done_at"] for each in found if each["what"] == "first")
    assert [each["what"] for each in found].count("follow") == 1


def test_a_missed_deadline_is_journalled_once_and_stays_when_it_is_met_late(
    client, database, sealed
):
    incident = report(client, received_at=ago(125))

    def look():
        with Session(database) as session, session.begin():
            return follow(session, now=dt.datetime.now(dt.UTC), zone=ZONE)

    assert [look(), look()] == [1, 0]
    sealed()
    (first,) = ask(client, incident, "deadlines")["deadlines"]
    assert first["missed"] and first["left_s"] < 0
    (line,) = [x for x in ask(client, incident, "log")["log"] if x["layer"] == "deadline"]
    assert (line["op"], line["actor"]) == ("insert", "deadlines")
    sign_first(client, incident)
    (first, *_) = ask(client, incident, "deadlines")["deadlines"]
    assert first["missed"] and first["done_at"]
    assert look() == 0
    with Session(database) as session, pytest.raises(Exception, match="stays missed"):
        session.execute(text("UPDATE deadline SET missed_at = NULL, done_at = now()"))


def test_a_closed_incident_misses_nothing_more(client, database):
    incident = report(client, received_at=ago(60))
    patch(client, incident, status="closed")
    late = dt.datetime.now(dt.UTC) + dt.timedelta(hours=5)
    with Session(database) as session, session.begin():
        assert follow(session, now=late, zone=ZONE) == 0
    assert ask(client, incident, "deadlines")["deadlines"] == []


def test_one_worker_watches_at_a_time(client, database):
    report(client, received_at=ago(125))
    now = dt.datetime.now(dt.UTC)
    with Session(database) as one, Session(database) as other:
        assert follow(one, now=now, zone=ZONE) == 1
        assert follow(other, now=now, zone=ZONE) == 0


def test_a_higher_grade_learnt_later_counts_from_then(client):
    incident = report(client, received_at=ago(100))
    patch(client, incident, accident_grade="2")
    phone = next(
        d for d in ask(client, incident, "deadlines")["deadlines"] if d["channel"] == "phone"
    )
    assert 3500 < phone["left_s"] <= 3600 and "mem" in phone["source"]


def rule(**changes):
    return {"what": "first", "channel": "written", "addressee": "city", "minutes": 20,
            "source": "市预案 3.2", **changes}  # fmt: skip


def test_the_table_is_read_by_all_and_set_by_who_may_sign(client, sign_in):
    assert len(client.get(RULES).json["rules"]) == 17
    assert sign_in(("viewer", "")).get(RULES).status_code == 200
    assert sign_in(("field", "")).post(RULES, json=rule()).status_code == 403
    made = client.post(RULES, json=rule())
    assert made.status_code == 201
    path, etag = f"{RULES}/{made.json['id']}", made.headers["ETag"]
    incident = report(client)
    found = {d["addressee"]: d for d in ask(client, incident, "deadlines")["deadlines"]}
    assert found["city"]["left_s"] <= 1200
    changed = client.patch(path, json={"minutes": 5}, headers={"If-Match": etag})
    assert changed.json["minutes"] == 5
    stale = client.patch(path, json={"minutes": 6}, headers={"If-Match": etag})
    assert stale.status_code == 409
    assert client.delete(path, headers={"If-Match": etag}).status_code == 409
    path = f"{RULES}/{changed.json['id']}"
    assert client.delete(path, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert len(client.get(RULES).json["rules"]) == 17
    headers = {"If-Match": f'"{changed.json["version"] + 1}"'}
    assert client.delete(path, headers=headers).status_code == 404


def test_who_is_about_to_miss_a_deadline_cannot_put_it_off(client, database):
    made = client.post(RULES, json=rule())
    incident = report(client, received_at=ago(30))

    def missed(incident):
        found = {d["addressee"]: d for d in ask(client, incident, "deadlines")["deadlines"]}
        return found["city"]["missed"] if "city" in found else None

    path, etag = f"{RULES}/{made.json['id']}", made.headers["ETag"]
    later = client.patch(path, json={"minutes": 600}, headers={"If-Match": etag})
    assert later.status_code == 200 and later.json["id"] != made.json["id"]
    assert missed(incident) is True
    assert missed(report(client, received_at=ago(30))) is False
    path, etag = f"{RULES}/{later.json['id']}", later.headers["ETag"]
    assert client.delete(path, headers={"If-Match": etag}).status_code == 204
    assert missed(incident) is True
    assert missed(report(client, received_at=ago(30))) is None
    with Session(database) as session, pytest.raises(DBAPIError, match="never rewritten"):
        session.execute(text("UPDATE deadline_rule SET minutes = 600 WHERE ended_at IS NULL"))


def test_a_rule_is_not_set_beyond_ones_own_regions(client, sign_in):
    duty = sign_in(("duty", "330100"))
    for region, status in ((None, 403), ("410000", 403), ("330102", 201)):
        assert duty.post(RULES, json=rule(region=region)).status_code == status
    national = client.get(RULES).json["rules"][0]
    headers = {"If-Match": f'"{national["version"]}"'}
    answer = duty.patch(f"{RULES}/{national['id']}", json={"minutes": 9}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0}, {"minutes": None}, {"minutes": 9e9}, {"daily_at": "08:00"},
        {"minutes": None, "daily_at": "08:00"}, {"what": "follow", "minutes": None,
        "daily_at": "25:00"}, {"what": "soon"}, {"channel": "smoke"}, {"grade": "0"},
        {"region": "' OR 1=1"}, {"source": ""},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(client, wrong):
    assert client.post(RULES, json=rule(**wrong)).status_code == 422


def test_a_rule_twice_is_a_conflict(client):
    assert client.post(RULES, json=rule()).status_code == 201
    assert client.post(RULES, json=rule()).status_code == 409
