"""Notes and decisions of an incident; the plan of record, what-if runs and comparing two."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.models import Incident
from layers.response import decisions, notes

INCIDENTS = "/api/v1/incidents"
PLACE = {"lon": 120.0, "lat": 30.0}
WINDS = (
    {"wind_speed_m_s": 3.0, "wind_from_deg": 90.0},
    {"wind_speed_m_s": 3.0, "wind_from_deg": 0.0},
)


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return f"{INCIDENTS}/{answer.json['id']}"


def note(client, incident, **fields):
    answer = client.post(f"{incident}/notes", json={"text": "gate is shut", **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def draft(client, incident, **fields):
    body = {"kind": "evacuate", "text": "Move school 3 to the gym", **fields}
    answer = client.post(f"{incident}/decisions", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json


def correct(client, incident, **fields):
    version = client.get(incident).headers["ETag"]
    answer = client.patch(incident, json=fields, headers={"If-Match": version})
    assert answer.status_code == 200


def close(client, incident):
    correct(client, incident, status="closed")


def unapproved(client, incident):
    return client.get(incident).json["unapproved"]


def test_a_note_says_what_when_where_and_by_whom(client):
    incident = report(client)
    made = note(
        client, incident, kind="phone", at="2026-03-01T03:00:00+08:00", lon=120.01, lat=30.02
    )
    assert (made["kind"], made["written_by"], made["struck"]) == ("phone", "commander", None)
    assert (made["lon"], made["lat"]) == (120.01, 30.02)
    assert client.get(f"{incident}/notes").json["notes"] == [made]


def test_a_note_sent_twice_with_one_id_is_stored_once(client):
    incident = report(client)
    id = str(uuid.uuid4())
    first = note(client, incident, id=id)
    again = client.post(f"{incident}/notes", json={"text": "gate is shut", "id": id})
    assert (again.status_code, again.json) == (200, first)
    elsewhere = client.post(f"{report(client)}/notes", json={"text": "x", "id": id})
    assert elsewhere.status_code == 409


def test_two_of_one_id_at_the_same_moment_are_stored_once(client, database):
    incident = uuid.UUID(report(client).rpartition("/")[2])
    id, now = uuid.uuid4(), dt.datetime.now(dt.UTC)
    said = {"text": "gate is shut"}
    with Session(database) as first, Session(database) as second:
        rows = [session.get_one(Incident, incident) for session in (first, second)]
        _, fresh = notes.add(first, rows[0], said, id=id, actor="a", now=now)
        # The second has looked and found nothing; the first commits before it writes.
        looked = []
        real = second.get

        def get(*named, **options):
            looked.append(named)
            return None if len(looked) == 1 else real(*named, **options)

        second.get = get
        first.commit()
        note, again = notes.add(second, rows[1], said, id=id, actor="b", now=now)
        assert (fresh, again, note.written_by) == (True, False, "a")


def test_a_change_of_a_note_is_a_new_version_and_needs_the_one_it_was_made_on(client):
    incident = report(client)
    made = note(client, incident)
    at = f"{incident}/notes/{made['id']}"
    assert client.patch(at, json={"text": "gate is open"}).status_code == 428
    changed = client.patch(at, json={"text": "gate is open"}, headers={"If-Match": '"1"'})
    assert (changed.json["text"], changed.json["version"]) == ("gate is open", 2)
    late = client.patch(at, json={"text": "third"}, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert late.json["error"]["details"]["theirs"]["text"] == "gate is open"


def test_a_note_is_struck_with_a_reason_and_never_removed(client, database):
    incident = report(client)
    made = note(client, incident)
    at = f"{incident}/notes/{made['id']}"
    assert (
        client.post(f"{at}/strike", json={"reason": ""}, headers={"If-Match": '"1"'}).status_code
        == 422
    )
    struck = client.post(f"{at}/strike", json={"reason": "wrong gate"}, headers={"If-Match": '"1"'})
    assert struck.json["struck"]["reason"] == "wrong gate"
    again = client.patch(at, json={"text": "x"}, headers={"If-Match": '"2"'})
    assert (again.status_code, again.json["error"]["code"]) == (409, "note_struck")
    assert [n["text"] for n in client.get(f"{incident}/notes").json["notes"]] == ["gate is shut"]
    with Session(database) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("DELETE FROM note"))
    with Session(database) as session, pytest.raises(DBAPIError, match="stays as it is"):
        session.execute(text("UPDATE note SET text = 'other'"))


def test_one_note_is_read_by_its_incident_and_its_region_alone(client, sign_in):
    incident = report(client)
    made = note(client, incident)
    answer = client.get(f"{incident}/notes/{made['id']}")
    assert (answer.json, answer.headers["ETag"]) == (made, '"1"')
    assert client.get(f"{report(client)}/notes/{made['id']}").status_code == 404
    county = sign_in(("duty", "330102"))
    assert county.get(f"{incident}/notes/{made['id']}").status_code == 404


def test_notes_are_paged_back_to_the_first_one(client):
    incident = report(client)
    written = [note(client, incident, text=str(number))["id"] for number in range(5)]
    pages, before = [], {}
    for more in (True, True, False):
        page = client.get(f"{incident}/notes", query_string={"limit": 2, **before}).json
        assert page["more"] is more
        pages = [each["id"] for each in page["notes"]] + pages
        before = {"before": pages[0]}
    assert pages == written
    strange = note(client, report(client))["id"]
    assert client.get(f"{incident}/notes?before={strange}").status_code == 404


def test_a_note_of_another_incident_is_not_there(client):
    made = note(client, report(client))
    at = f"{report(client)}/notes/{made['id']}"
    answer = client.patch(at, json={"text": "x"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "no_note")


@pytest.mark.parametrize(
    "body",
    [
        {"text": "  "},
        {"text": "x" * 4001},
        {"text": "x", "at": "2199-01-01T00:00:00Z"},
        {"text": "x", "lon": 120.0},
        {"text": "x", "documents": [str(uuid.UUID(int=1))]},
        {"text": "x", "documents": ["../etc/passwd"]},
        {"text": "x", "kind": "video"},
        {"text": "a\u0000b"},
    ],
)
def test_a_note_that_says_nothing_or_names_what_is_not_there_is_refused(client, body):
    answer = client.post(f"{report(client)}/notes", json=body)
    assert answer.status_code in (400, 422), answer.json


def test_text_of_strangers_comes_back_as_it_was(client):
    hostile = "<script>alert(1)</script> \"'{0} {x} \U0001f525 \u202e"
    made = note(client, report(client), text=hostile)
    assert made["text"] == hostile.strip()


def test_somebody_in_the_field_writes_notes_and_changes_only_their_own(client, sign_in):
    incident = report(client)
    fireman = sign_in(("field", ""), name="li")
    own, other = note(fireman, incident, text="mine"), note(client, incident, text="theirs")
    change = {"json": {"text": "x"}, "headers": {"If-Match": '"1"'}}
    assert fireman.patch(f"{incident}/notes/{own['id']}", **change).status_code == 200
    assert fireman.patch(f"{incident}/notes/{other['id']}", **change).status_code == 403
    assert sign_in(("viewer", "")).post(f"{incident}/notes", json={"text": "x"}).status_code == 403


def test_a_closed_incident_takes_notes_and_no_decision(client):
    incident = report(client)
    close(client, incident)
    note(client, incident, text="after the end")
    refused = client.post(f"{incident}/decisions", json={"kind": "evacuate", "text": "x"})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "incident_over")


def test_a_decision_is_approved_by_somebody_else_than_its_drafter(client, sign_in):
    incident = report(client)
    duty = sign_in(("duty", ""), name="duty")
    made = draft(duty, incident, basis={"text": "AEGL-3 reaches the school"})
    assert (made["state"], made["may"]) == ("drafted", {"approve": False, "withdraw": True})
    at = f"{incident}/decisions/{made['id']}"
    assert duty.post(f"{at}/approve", json={}).status_code == 403
    approved = client.post(f"{at}/approve", json={})
    assert (approved.json["state"], approved.json["decided_by"]) == ("approved", "commander")
    assert approved.json["basis"] == {"text": "AEGL-3 reaches the school"}
    again = client.post(f"{at}/reject", json={"reason": "no"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "decision_decided")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("start_response", "response_level"),
        ("widen", "response_level"),
        ("warn", "warning_level"),
    ],
)
def test_an_approved_decision_sets_its_level_in_the_approvers_name(
    client, sign_in, sealed, kind, field
):
    incident = report(client)
    duty = sign_in(("duty", ""), name="duty")
    made = draft(duty, incident, kind=kind, level="2")
    assert (made["level"], client.get(incident).json[field]) == ("2", None)
    assert client.post(f"{incident}/decisions/{made['id']}/approve", json={}).status_code == 200
    after = client.get(incident).json
    ladders = {"accident_grade", "response_level", "warning_level"}
    assert {name: after[name] for name in ladders} == dict.fromkeys(ladders) | {field: "2"}
    sealed()
    (change,) = client.get(f"{incident}/corrections").json["corrections"]
    assert (change["who"], change["why"]) == ("commander", made["text"])


def test_an_approved_end_closes_the_incident_and_a_refused_one_does_not(client, sign_in):
    incident = report(client, substance="chlorine")
    duty = sign_in(("duty", ""), name="duty")
    refused = draft(duty, incident, kind="end")["id"]
    client.post(f"{incident}/decisions/{refused}/reject", json={"reason": "still leaking"})
    assert client.get(incident).json["status"] == "open"
    made = draft(duty, incident, kind="end")["id"]
    assert client.post(f"{incident}/decisions/{made}/approve", json={}).status_code == 200
    assert client.get(incident).json["status"] == "closed"
    late = duty.post(f"{incident}/assessments", json={})
    assert (late.status_code, late.json["error"]["code"]) == (409, "incident_over")
    what_if = duty.post(f"{incident}/assessments", json={"what_if": True})
    assert (what_if.status_code, what_if.json["error"]["code"]) == (409, "incident_over")


def test_a_level_is_of_a_decision_that_has_one(client, database):
    incident = report(client)
    body = {"kind": "evacuate", "text": "x", "level": "2"}
    assert client.post(f"{incident}/decisions", json=body).status_code == 422
    assert (
        client.post(
            f"{incident}/decisions", json={**body, "kind": "warn", "level": "5"}
        ).status_code
        == 422
    )
    with Session(database) as session, pytest.raises(DBAPIError, match="decision_level_check"):
        session.execute(
            text(
                "INSERT INTO decision (incident_id, kind, text, level, drafted_by)"
                " SELECT id, 'evacuate', 'x', '2', 'duty' FROM incident"
            )
        )


def test_nobody_approves_what_they_drafted_themselves(client, database):
    incident = report(client)
    made = draft(client, incident)
    answer = client.post(f"{incident}/decisions/{made['id']}/approve", json={})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "own_decision")
    update = "UPDATE decision SET state = 'approved', decided_by = drafted_by, decided_at = now()"
    with Session(database) as session, pytest.raises(DBAPIError, match="decision_other_person"):
        session.execute(text(update))


def test_a_refused_decision_keeps_its_reason_and_its_words(client, sign_in, database):
    incident = report(client)
    made = draft(sign_in(("duty", ""), name="duty"), incident)
    at = f"{incident}/decisions/{made['id']}"
    assert client.post(f"{at}/reject", json={}).status_code == 422
    refused = client.post(f"{at}/reject", json={"reason": "the gym is downwind"}).json
    assert (refused["state"], refused["reason"]) == ("rejected", "the gym is downwind")
    with Session(database) as session, pytest.raises(DBAPIError, match="is rejected already"):
        session.execute(text("UPDATE decision SET text = 'other'"))


def test_a_draft_is_withdrawn_by_its_drafter_alone(client, sign_in):
    incident = report(client)
    duty = sign_in(("duty", ""), name="duty")
    made = draft(duty, incident)
    at = f"{incident}/decisions/{made['id']}/withdraw"
    refused = client.post(at, json={"reason": "x"})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "not_own_decision")
    assert duty.post(at, json={"reason": "drafted twice"}).json["state"] == "withdrawn"


def test_a_drafted_decision_is_not_rewritten(client, database):
    draft(client, report(client))
    with Session(database) as session, pytest.raises(DBAPIError, match="not rewritten"):
        session.execute(text("UPDATE decision SET text = 'other'"))
    with Session(database) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("DELETE FROM decision"))


def test_a_decision_rests_on_what_is_the_incidents_own(client):
    incident, other = report(client, substance="chlorine"), report(client, substance="chlorine")
    plan = client.post(f"{other}/assessments", json={}).json["id"]
    body = {"kind": "widen", "text": "x"}
    strange = client.post(f"{incident}/decisions", json={**body, "basis": {"assessment": plan}})
    assert strange.status_code == 404
    made = draft(client, other, basis={"assessment": plan, "zone": 0})
    held = client.get(f"{other}/assessments/{plan}").json["zones"]["features"][0]["properties"]
    was = made["basis"].pop("zone_was")
    assert made["basis"] == {"assessment": plan, "zone": 0}
    # A reader of another language has another word for the hazard, the same name for the level.
    for name in ("level", "threshold", "unit", "threshold_name", "distance_m"):
        assert was[name] == held[name], name
    beyond = {"basis": {"assessment": plan, "zone": 99}}
    assert client.post(f"{other}/decisions", json={**body, **beyond}).status_code == 422


def test_a_decision_may_hold_for_an_area_that_is_one(client):
    incident = report(client)
    ring = [[120.0, 30.0], [120.01, 30.0], [120.01, 30.01], [120.0, 30.0]]
    made = draft(client, incident, area={"type": "Polygon", "coordinates": [ring]})
    assert made["area"]["type"] == "Polygon"
    crossed = [[120.0, 30.0], [120.01, 30.01], [120.01, 30.0], [120.0, 30.01], [120.0, 30.0]]
    wide = [[120 + i * 1e-5, 30 + (i % 2) * 1e-5] for i in range(5000)]
    for area in (
        {"type": "Polygon", "coordinates": [crossed]},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [[*wide, wide[0]]]},
        {"type": "Polygon"},
    ):
        body = {"kind": "warn", "text": "x", "area": area}
        assert client.post(f"{incident}/decisions", json=body).status_code in (413, 422), area


def test_who_sees_another_region_sees_no_note_and_no_decision_of_this_one(
    client, sign_in, database
):
    incident = report(client)
    made, drafted = note(client, incident), draft(client, incident)
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330000'"))
    stranger = sign_in(("commander", "440000"), name="far")
    for path in ("notes", "decisions"):
        assert stranger.get(f"{incident}/{path}").status_code == 404, path
    for path in (f"notes/{made['id']}/strike", f"decisions/{drafted['id']}/reject"):
        answer = stranger.post(
            f"{incident}/{path}", json={"reason": "x"}, headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 404, path


def test_a_run_of_what_if_is_no_plan_until_it_is_accepted(client):
    incident = report(client, substance="chlorine")
    base = f"{incident}/assessments"
    plan = client.post(base, json={"weather": WINDS[0]}).json["id"]
    calls = client.get(f"{incident}/calls").json
    asked = client.post(base, json={"weather": WINDS[1], "what_if": True, "label": "wind N"})
    assert (asked.status_code, asked.json["what_if"], asked.json["label"]) == (201, True, "wind N")
    question = asked.json["id"]
    assert client.get(incident).json["assessment"] == plan
    assert client.get(f"{incident}/calls").json == calls
    assert [a["id"] for a in client.get(base).json["assessments"]] == [plan]
    assert [a["id"] for a in client.get(f"{base}?what_if=true").json["assessments"]] == [question]
    (head,) = client.get(f"{base}?what_if=true&heads=true&limit=1000").json["assessments"]
    assert (head["id"], head["label"]) == (question, "wind N") and "zones" not in head
    assert client.get(f"{base}?limit=51").status_code == 422
    accepted = client.post(f"{base}/{question}/accept", json={"instead_of": None})
    assert accepted.status_code == 200, accepted.json
    assert (accepted.json["plan_id"], accepted.json["plan_by"]) == (question, "commander")
    assert client.get(incident).json["assessment"] == question


def test_an_accepted_plan_stays_when_newer_runs_come(client):
    incident = report(client, substance="chlorine")
    base = f"{incident}/assessments"
    old = client.post(base, json={"weather": WINDS[0]}).json["id"]
    client.post(f"{base}/{old}/accept", json={})
    new = client.post(base, json={"weather": WINDS[1]}).json["id"]
    known = client.get(incident).json
    assert (known["assessment"], known["newest_assessment"]) == (old, new)
    assert [a["id"] for a in client.get(base).json["assessments"]] == [old, new]
    assert [a["plan"] for a in client.get(base).json["assessments"]] == [True, False]
    released = client.post(f"{incident}/plan/release", json={})
    assert (released.json["plan_id"], released.json["assessment"]) == (None, new)


def test_the_plan_of_record_is_what_closes_roads(client):
    incident = report(client, substance="chlorine")
    base = f"{incident}/assessments"
    old = client.post(base, json={"weather": WINDS[0]}).json
    client.post(f"{base}/{old['id']}/accept", json={})
    client.post(base, json={"weather": WINDS[1]})
    shelter = client.post(f"{incident}/evacuation", json={})
    named = client.post(f"{incident}/evacuation", json={"assessment": old["id"]})
    assert shelter.json == named.json


def test_two_officers_who_accept_at_once_hear_of_each_other(client, sign_in):
    incident = report(client, substance="chlorine")
    base = f"{incident}/assessments"
    a, b = (client.post(base, json={"weather": wind}).json["id"] for wind in WINDS)
    duty = sign_in(("duty", ""), name="duty")
    assert duty.post(f"{base}/{a}/accept", json={"instead_of": None}).status_code == 200
    late = client.post(f"{base}/{b}/accept", json={"instead_of": None})
    assert (late.status_code, late.json["error"]["code"]) == (409, "plan_changed")
    assert late.json["error"]["details"]["theirs"] == a


def test_an_assessment_of_another_incident_is_not_accepted_nor_compared(client):
    mine, other = (report(client, substance="chlorine") for _ in range(2))
    a = client.post(f"{mine}/assessments", json={}).json["id"]
    b = client.post(f"{other}/assessments", json={}).json["id"]
    assert client.post(f"{mine}/assessments/{b}/accept", json={}).status_code == 404
    assert client.get(f"{mine}/assessments/compare?a={a}&b={b}").status_code == 404
    assert client.get(f"{mine}/assessments/compare?a={a}").status_code == 422


def test_comparing_names_the_inputs_that_differ_and_each_zone_on_both_sides(client):
    incident = report(client, substance="chlorine", release={"rate_kg_s": 5.0, "duration_s": 600})
    base = f"{incident}/assessments"
    weather = {**WINDS[0], "stability": "D", "temperature_c": 20.0}
    a = client.post(base, json={"weather": weather}).json
    more = {"release": {"rate_kg_s": 20.0}, "what_if": True, "based_on": a["id"]}
    b = client.post(base, json=more).json
    said = client.get(f"{base}/compare?a={a['id']}&b={b['id']}").json
    fields = {row["field"]: (row["a"], row["b"]) for row in said["inputs"]}
    assert fields["release.rate_kg_s"] == (5.0, 20.0)
    assert "weather.wind_from_deg" not in fields
    red = [z for z in said["zones"] if z["level"] == "red" and z["basis"] == "model"]
    assert red
    assert all(z["b"]["distance_m"] > z["a"]["distance_m"] for z in red)
    assert (said["a"]["id"], said["b"]["what_if"]) == (a["id"], True)
    same = client.get(f"{base}/compare?a={a['id']}&b={a['id']}").json
    assert same["inputs"] == []
    assert same["targets"]["gained_count"] == same["targets"]["lost_count"] == 0


def test_an_old_draft_does_not_lower_what_was_raised_since(client, sign_in):
    incident = report(client)
    officer = sign_in(("commander", ""), name="other")
    old = draft(client, incident, kind="start_response", level="3")
    version = client.get(incident).headers["ETag"]
    raised = client.patch(incident, json={"response_level": "1"}, headers={"If-Match": version})
    assert raised.status_code == 200
    refused = officer.post(f"{incident}/decisions/{old['id']}/approve", json={})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "level_changed")
    assert client.get(incident).json["response_level"] == "1"
    states = {d["id"]: d["state"] for d in client.get(f"{incident}/decisions").json["decisions"]}
    assert states[old["id"]] == "drafted"
    anew = draft(client, incident, kind="start_response", level="3")
    assert officer.post(f"{incident}/decisions/{anew['id']}/approve", json={}).status_code == 200
    assert client.get(incident).json["response_level"] == "3"


def test_nobody_shuts_the_log_of_an_incident_to_who_leads_it(client, sign_in, monkeypatch):
    monkeypatch.setattr(notes, "NOTES_MAX", 2)
    monkeypatch.setattr(notes, "AN_HOUR_MAX", 3)
    incident = report(client)
    field = sign_in(("field", ""))
    for _ in range(2):
        note(field, incident)
    full = field.post(f"{incident}/notes", json={"text": "x"})
    assert (full.status_code, full.json["error"]["code"]) == (409, "log_full")
    for _ in range(3):
        note(client, incident)
    hasty = client.post(f"{incident}/notes", json={"text": "x"})
    assert (hasty.status_code, hasty.json["error"]["code"]) == (503, "too_many_an_hour")
    assert hasty.headers["Retry-After"]


def test_one_desk_does_not_fill_the_decisions_of_an_incident(client, monkeypatch):
    monkeypatch.setattr(decisions, "AN_HOUR_MAX", 1)
    incident = report(client)
    draft(client, incident)
    hasty = client.post(f"{incident}/decisions", json={"kind": "other", "text": "x"})
    assert (hasty.status_code, hasty.json["error"]["code"]) == (503, "too_many_an_hour")


def test_a_call_and_a_value_sent_twice_with_one_id_are_stored_once(client, sign_in):
    incident, other = report(client), report(client)
    line = {"id": str(uuid.uuid4()), "purpose": "ask"}
    value = {
        "id": str(uuid.uuid4()), "kind": "reading", "quantity": "concentration", "unit": "ppm",
        "value": 1.0, "lon": 120.0, "lat": 30.0, "at": dt.datetime.now(dt.UTC).isoformat(),
        "incident": incident.rsplit("/", 1)[1],
    }  # fmt: skip
    for path, body in ((f"{incident}/calls", line), ("/api/v1/observations", value)):
        first, again = (client.post(path, json=body) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json["id"] == again.json["id"]
    assert len(client.get(f"{incident}/calls").json["calls"]) == 1
    assert len(client.get(f"{incident}/readings").json["features"]) == 1
    taken = client.post(f"{other}/calls", json=line)
    assert (taken.status_code, taken.json["error"]["code"]) == (409, "already_exists")
    theirs = sign_in(("field", ""), name="other").post("/api/v1/observations", json=value)
    assert (theirs.status_code, theirs.json["error"]["code"]) == (409, "already_exists")
