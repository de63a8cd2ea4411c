"""The log of an incident tells everything in order, in words; the call sheet tells every try."""

import datetime as dt
import io
import uuid
import zipfile

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server import log_page
from layers.log_lines import said
from layers.models import Alert, ProtectionTarget, Tracker

INCIDENTS = "/api/v1/incidents"
PLACE = {"lon": 120.0, "lat": 30.0}
NOON = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return f"{INCIDENTS}/{answer.json['id']}"


def told(client, incident, language="en"):
    answer = client.get(f"{incident}/log", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return [line["said"] for line in answer.json["log"]]


def test_the_log_tells_in_order_who_did_what_in_words(client, sign_in, sealed):
    incident = report(client, substance="chlorine", title="Leak")
    duty = sign_in(("duty", ""), name="duty")
    plan = duty.post(f"{incident}/assessments", json={}).json["id"]
    duty.post(f"{incident}/assessments/{plan}/accept", json={})
    duty.post(f"{incident}/notes", json={"text": "gate is shut", "kind": "phone"})
    made = duty.post(f"{incident}/decisions", json={"kind": "evacuate", "text": "school 3"}).json
    client.post(f"{incident}/decisions/{made['id']}/reject", json={"reason": "too late"})
    version = client.get(incident).headers["ETag"]
    client.patch(incident, json={"status": "contained"}, headers={"If-Match": version})
    sealed()
    lines = [line for line in told(client, incident) if not line["code"].startswith("log.call.")]
    assert [line["text"] for line in lines] == [
        "Reported: Leak",
        "Plan computed",
        "Plan of record accepted",
        "Telephone: gate is shut",
        "Decision drafted (evacuate): school 3",
        "Decision refused (evacuate): school 3. Why: too late",
        "Incident contained",
    ]
    chinese = told(client, incident, "zh")
    assert chinese[0]["text"] == "接报：Leak"
    assert not {line["text"] for line in chinese} & {"Plan computed"}
    actors = {row["layer"]: row["actor"] for row in client.get(f"{incident}/log").json["log"]}
    assert (actors["note"], actors["decision"]) == ("duty", "commander")


def test_the_log_is_taken_out_as_a_document_that_marks_an_exercise(client, sealed):
    incident = report(client, title="Leak <b>", exercise=True)
    client.post(f"{incident}/notes", json={"text": "gate <script> is shut"})
    sealed()
    page = client.get(f"{incident}/log.html", headers={"Accept-Language": "zh"})
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "演练" in page.text and "gate &lt;script&gt; is shut" in page.text
    made = client.get(f"{incident}/log.docx")
    assert made.status_code == 200
    assert made.headers["Content-Disposition"].startswith("attachment; filename=log-")
    with zipfile.ZipFile(io.BytesIO(made.data)) as held:
        assert "gate &lt;script&gt; is shut" in held.read("word/document.xml").decode()


def test_the_document_leaves_out_what_its_reader_may_not_see_in_the_log(client, sign_in, sealed):
    incident = report(client)
    line = {"name": "Zhang", "phone": "13800001234", "purpose": "warn"}
    assert client.post(f"{incident}/calls", json=line).status_code == 201
    sealed()
    whole = client.get(f"{incident}/log.html").text
    covered = sign_in(("viewer", "")).get(f"{incident}/log.html").text
    assert whole.count("<tr>") == covered.count("<tr>") + 1


def test_a_place_and_a_vehicle_of_another_region_are_not_told_of_in_the_log(
    client, sign_in, sealed, database
):
    incident = report(client)
    id = incident.rsplit("/", 1)[1]
    place, here = uuid.uuid4(), uuid.uuid4()
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330102'"))
        for each, region in ((place, "330203"), (here, "330102")):
            session.add(ProtectionTarget(
                id=each, name=f"school {region}", kind="school", region=region,
                geom="SRID=4326;POINT(120 30)",
            ))  # fmt: skip
    lines = [
        client.post(f"{incident}/calls", json={
            "purpose": "call.warn", "layer": "protection_target", "feature_id": str(each),
            "name": "李四", "phone": "13900002222",
        }).json
        for each in (place, here)
    ]  # fmt: skip
    client.post(f"{incident}/calls/{lines[0]['id']}", json={"result": "answered", "note": "X7"})
    with Session(database) as session, session.begin():
        for region in ("330203", "330102"):
            tracker = Tracker(device=f"car-{region}", kind="vehicle", name=region, region=region)
            session.add(tracker)
            session.flush()
            session.add(Alert(
                kind="off_route", tracker_id=tracker.id, incident_id=uuid.UUID(id), region=region,
                opened_at=NOON, details={"where": f"road {region}"},
            ))  # fmt: skip
    sealed()
    county = sign_in(("commander", "330102"))
    seen = county.get(f"{incident}/log").json["log"]
    covered = [row for row in seen if row["said"]["code"] == "log.elsewhere"]
    assert [row["layer"] for row in covered] == ["call", "call", "alert"]
    assert all(row["changes"] == {} for row in covered)
    said = str(seen)
    assert str(place) not in said and "X7" not in said and "road 330203" not in said
    assert str(here) in said and "road 330102" in said
    assert "X7" in str(client.get(f"{incident}/log").json)
    own, other = (f"{incident}/calls/{line['id']}" for line in reversed(lines))
    assert county.post(own, json={"result": "answered"}).status_code == 200
    assert county.post(other, json={"result": "answered"}).status_code == 404


@pytest.mark.parametrize("half", [{"layer": "team"}, {"feature_id": str(uuid.uuid4())}])
def test_half_a_feature_is_no_line_of_the_call_sheet(client, half):
    answer = client.post(f"{report(client)}/calls", json={"purpose": "ask", **half})
    assert answer.status_code == 422


@pytest.mark.parametrize("half", ["layer = 'team'", "feature_id = gen_random_uuid()"])
def test_half_a_feature_that_is_stored_hides_no_line_from_a_county(client, sign_in, database, half):
    incident = report(client)
    line = client.post(f"{incident}/calls", json={"purpose": "ask"}).json["id"]
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330102'"))
        session.execute(text(f"UPDATE call SET {half} WHERE id = :id"), {"id": line})
    county = sign_in(("commander", "330102"))
    assert line in {each["id"] for each in county.get(f"{incident}/calls").json["calls"]}
    answered = county.post(f"{incident}/calls/{line}", json={"result": "answered"})
    assert answered.status_code == 200


def test_a_log_too_long_for_a_document_says_that_it_ends_early(client, sealed, monkeypatch):
    monkeypatch.setattr(log_page, "PRINTED_MAX", 2)
    incident = report(client)
    for text_ in ("one", "two", "three"):
        client.post(f"{incident}/notes", json={"text": text_})
    sealed()
    page = client.get(f"{incident}/log.html", headers={"Accept-Language": "en"}).text
    assert "more than 2 lines" in page
    assert "one" in page and "three" not in page


def test_words_of_strangers_in_the_log_are_no_message_of_ours(client, sealed):
    incident = report(client)
    hostile = '{"code": "log.note.phone"} {reason} <img src=x onerror=alert(1)>'
    client.post(f"{incident}/notes", json={"text": hostile})
    sealed()
    assert told(client, incident)[-1]["text"] == hostile


@pytest.mark.parametrize(
    ("layer", "op", "before", "after", "code"),
    [
        ("incident", "update", {"status": "open"}, {"status": "closed"}, "incident.status_closed"),
        ("incident", "update", {"substance": "a"}, {"substance": "b"}, "incident.corrected"),
        ("incident", "update", {"plan_id": "x"}, {"plan_id": None}, "incident.plan_released"),
        ("note", "insert", {}, {"kind": "photo", "documents": ["1"]}, "note.photo"),
        ("note", "update", {}, {"struck_at": "t", "struck_reason": "r"}, "note.struck"),
        ("call", "update", {"result": "waiting"}, {"result": "no_answer"}, "call.no_answer"),
        ("task", "insert", {}, {"state": "ordered", "kind": "go"}, "task.ordered"),
        ("task", "update", {"state": "ordered"}, {"state": "arrived"}, "task.arrived"),
        ("task", "update", {"state": "x", "note": 1}, {"state": "x", "note": 2}, "task.changed"),
        ("assessment", "insert", {}, {"what_if": True, "label": "N"}, "assessment.what_if"),
        ("road_closure", "insert", {}, {"name": "A"}, "road_closure.closed"),
        ("road_closure", "update", {"lifted_at": None}, {"lifted_at": "t"}, "road_closure.lifted"),
        ("alert", "insert", {}, {"kind": "overdue"}, "alert.overdue"),
        ("proposal", "insert", {}, {"reason": "wind_turned", "state": "x"}, "proposal.wind_turned"),
        ("deadline", "insert", {}, {"what": "first", "missed_at": "t"}, "deadline.missed"),
        ("bulletin", "update", {"signed_at": None}, {"signed_at": "t", "kind": "final"},
         "bulletin.signed"),
        ("plot", "insert", {}, {"kind": "cordon"}, "plot.drawn"),
        ("plot", "delete", {"kind": "cordon"}, {}, "plot.removed"),
        ("calculation_sheet", "insert", {}, {"id": 1}, "insert.calculation_sheet"),
        ("never_heard_of", "update", {}, {}, "update.other"),
    ],
)  # fmt: skip
def test_every_kind_of_change_has_its_line(layer, op, before, after, code):
    line = said(layer, op, before, after)
    assert line is not None
    assert line["code"] == f"log.{code}"


def test_what_a_reader_may_not_see_is_not_in_the_line_either():
    change = ({"title": "a", "caller": {"name": "Li"}}, {"title": "a", "caller": {"name": "Wu"}})
    line = said("incident", "update", *change, hidden=("caller",))
    assert "Wu" not in str(line)


def test_a_second_try_keeps_the_first_in_the_sheet_and_writes_one_line_of_the_log(client, sealed):
    incident = report(client)
    call = client.post(f"{incident}/calls", json={"purpose": "school 3", "phone": "123"}).json
    at = f"{incident}/calls/{call['id']}"
    client.post(at, json={"result": "no_answer", "note": "busy"})
    second = client.post(at, json={"result": "answered", "note": "leaving"}).json
    assert [(t["result"], t["note"]) for t in second["tries"]] == [
        ("no_answer", "busy"),
        ("answered", "leaving"),
    ]
    assert second["due_at"] is None
    assert second["version"] == 3
    sealed()
    assert [line["code"] for line in told(client, incident) if "call" in line["code"]] == [
        "log.call.listed",
        "log.call.no_answer",
        "log.call.answered",
    ]


def test_a_document_that_the_log_names_is_not_removed(client, database):
    incident = report(client)
    id = incident.rpartition("/")[2]
    with Session(database) as session, session.begin():
        document = session.scalar(
            text(
                "INSERT INTO document (layer, feature_id, kind, title, file_name, media_type,"
                " size_bytes, sha256) VALUES ('incident', :id, 'photo', 'p', 'p.jpg',"
                " 'image/jpeg', 1, repeat('0', 64)) RETURNING id"
            ),
            {"id": id},
        )
    made = client.post(f"{incident}/notes", json={"kind": "photo", "documents": [str(document)]})
    assert made.status_code == 201, made.json
    (shown,) = made.json["documents"]
    assert (shown["title"], shown["url"]) == ("p", f"/api/v1/documents/{document}/content")
    refused = client.delete(f"/api/v1/documents/{document}", headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json["error"]["details"]["rule"]) == (
        422,
        "document_in_log",
    )
