"""Handing over the watch, the digest of a period, and exercises in no statistic."""

import datetime as dt
import io
import uuid

import docx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers.incidents import watch

INCIDENTS = "/api/v1/incidents"
HANDOVERS = "/api/v1/handovers"
PLACE = {"lon": 120.0, "lat": 30.0}
NOW = dt.datetime.now(dt.UTC)
SHIFT = {
    "shift_from": (NOW - dt.timedelta(hours=8)).isoformat(),
    "shift_to": (NOW + dt.timedelta(hours=1)).isoformat(),
}


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def write(client, **fields):
    answer = client.post(HANDOVERS, json={**SHIFT, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def sign(client, handover, role):
    body = {"role": role, "body_hash": handover["body_hash"]}
    return client.post(f"{HANDOVERS}/{handover['id']}/sign", json=body)


def words_of(answer):
    assert answer.status_code == 200
    document = docx.Document(io.BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_handover_tells_what_is_open_of_each_incident(client):
    open_one = report(client, title="氯气 <b>", casualties=[{"dead": 1}])
    client.post(f"{INCIDENTS}/{open_one['id']}/calls", json={"purpose": "ask"})
    old = report(client, received_at=(NOW - dt.timedelta(days=2)).isoformat())
    client.patch(f"{INCIDENTS}/{old['id']}", json={"status": "closed"}, headers={"If-Match": '"1"'})
    handover = write(client, notes="盯紧 2 号罐\n<script>")
    lines = {line["id"]: line for line in handover["incidents"]}
    assert lines[open_one["id"]]["unanswered_calls"] == 1
    assert lines[open_one["id"]]["casualties"]["dead"] == 1
    assert old["id"] in lines, "it ended within the shift"
    page = client.get(f"{HANDOVERS}/{handover['id']}.html?lang=zh").get_data(as_text=True)
    assert "氯气 &lt;b&gt;" in page and "<script" not in page
    said = words_of(client.get(f"{HANDOVERS}/{handover['id']}.docx?lang=zh"))
    assert "氯气 <b>" in said and "盯紧 2 号罐" in said and "未接通 1 个" in said


def test_two_people_sign_a_handover_and_who_leaves_comes_first(client, sign_in, database):
    handover = write(client)
    wang, li = sign_in(("duty", ""), name="wang"), sign_in(("duty", ""), name="li")
    early = sign(li, handover, "taker")
    assert (early.status_code, early.json["error"]["code"]) == (409, "handover_order")
    assert sign(wang, handover, "giver").json["state"] == "given"
    alone = sign(wang, handover, "taker")
    assert (alone.status_code, alone.json["error"]["code"]) == (409, "handover_same_person")
    path = f"{HANDOVERS}/{handover['id']}"
    changed = client.patch(path, json={"notes": "x"}, headers={"If-Match": '"2"'})
    assert (changed.status_code, changed.json["error"]["code"]) == (409, "handover_signed")
    done = sign(li, handover, "taker")
    assert (done.json["state"], done.json["given"]["by"], done.json["taken"]["by"]) == (
        "done", "wang", "li",
    )  # fmt: skip
    again = sign(li, handover, "taker")
    assert (again.status_code, again.json["error"]["code"]) == (409, "handover_signed")
    for statement in (
        "UPDATE handover SET taken_by = 'x'",
        "UPDATE handover SET region = '330100'",
        "DELETE FROM handover",
    ):
        with Session(database) as session, pytest.raises(IntegrityError, match="stays as it was"):
            session.execute(text(statement))
    assert "wang" in words_of(client.get(f"{path}.docx"))


def test_what_was_not_read_is_not_signed_and_notes_change_until_then(client):
    handover = write(client, notes="甲")
    path = f"{HANDOVERS}/{handover['id']}"
    changed = client.patch(path, json={"notes": "乙"}, headers={"If-Match": '"1"'})
    assert changed.json["notes"] == "乙"
    refused = sign(client, handover, "giver")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "bulletin_other_body")
    stale = client.patch(path, json={"notes": "丙"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    assert client.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert client.get(path).status_code == 404


def test_a_handover_is_of_a_region_and_read_there_alone(client, sign_in):
    report(client)
    duty, other = sign_in(("duty", "330100")), sign_in(("duty", "330200"))
    handover = write(duty)
    assert (handover["region"], handover["incidents"]) == ("330100", [])
    assert other.get(f"{HANDOVERS}/{handover['id']}").status_code == 404
    assert other.get(HANDOVERS).json["handovers"] == []
    assert len(client.get(HANDOVERS).json["handovers"]) == 1
    far = duty.post(HANDOVERS, json={**SHIFT, "region": "410000"})
    assert far.status_code == 403


def test_an_officer_of_two_regions_says_whose_desk_is_handed_over(client, sign_in):
    officer = sign_in(("duty", "330102"), ("duty", "330203"))
    refused = officer.post(HANDOVERS, json=SHIFT)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "which_desk")
    assert officer.get(HANDOVERS).json["desks"] == ["330102", "330203"]
    for region in ("330102", "330203"):
        assert write(officer, region=region)["region"] == region
    assert client.get(HANDOVERS).json["desks"] == []
    assert write(sign_in(("duty", "330102")))["region"] == "330102"


def test_a_handover_sent_twice_is_stored_once(client):
    id = str(uuid.uuid4())
    codes = [client.post(HANDOVERS, json={**SHIFT, "id": id}).status_code for _ in "ab"]
    assert codes == [201, 200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"shift_to": SHIFT["shift_from"]},
        {"shift_to": (NOW + dt.timedelta(days=8)).isoformat()},
        {"shift_from": "today"},
        {"notes": "x" * 4001},
        {"region": "no code!"},
    ],
)
def test_a_shift_that_cannot_be_is_refused(client, wrong):
    assert client.post(HANDOVERS, json={**SHIFT, **wrong}).status_code == 422


def test_a_digest_counts_what_happened_and_no_exercise(client):
    report(client, accident_grade="3", casualties=[{"dead": 3, "serious": 1}])
    report(client, casualties=[{"dead": 1}], received_at=(NOW - dt.timedelta(days=9)).isoformat())
    report(client, exercise=True, title="演习甲", casualties=[{"dead": 500}])
    period = {
        "from": (NOW - dt.timedelta(days=1)).isoformat(),
        "to": (NOW + dt.timedelta(hours=1)).isoformat(),
    }
    told = client.get("/api/v1/digest", query_string=period).json
    assert (told["real"]["count"], told["real"]["casualties"]["dead"]) == (1, 3)
    assert told["real"]["by_grade"] == {"3": 1}
    assert told["real"]["unknown"]["missing"] == 1
    assert (told["exercises"]["count"], len(told["exercises"]["incidents"])) == (1, 1)
    said = words_of(client.get("/api/v1/digest.docx", query_string={**period, "lang": "zh"}))
    assert "死亡 3 人" in said and "演习甲" in said and "演练（不计入统计）" in said
    assert client.get(told["links"]["html"]).status_code == 200


def test_a_digest_of_a_region_tells_of_no_other(client, sign_in):
    report(client)
    period = {"from": (NOW - dt.timedelta(days=1)).isoformat(),
              "to": (NOW + dt.timedelta(hours=1)).isoformat()}  # fmt: skip
    told = sign_in(("viewer", "330100")).get("/api/v1/digest", query_string=period).json
    assert told["real"]["count"] == 0
    long = {**period, "from": (NOW - dt.timedelta(days=99)).isoformat()}
    assert client.get("/api/v1/digest", query_string=long).status_code == 422


def test_exercises_are_in_no_statistic_unless_they_are_told_apart(client):
    report(client)
    report(client, exercise=True)
    counted = client.get("/api/v1/statistics?layers=incident").json
    assert counted["count"] == 1
    apart = client.get("/api/v1/statistics?layers=incident&by=exercise").json["groups"]
    assert {(group["exercise"], group["count"]) for group in apart} == {("true", 1), ("false", 1)}


def test_a_list_is_cut_with_words_and_a_sum_never(client, monkeypatch):
    monkeypatch.setattr(watch, "MOST", 2)
    first = report(client, title="oldest, open", casualties=[{"dead": 1}])
    for n in range(3):
        made = report(client, title=f"over {n}", casualties=[{"dead": 1}])
        path = f"{INCIDENTS}/{made['id']}"
        answer = client.patch(path, json={"status": "closed"}, headers={"If-Match": '"1"'})
        assert answer.status_code == 200
    report(client, exercise=True)
    period = {"from": SHIFT["shift_from"], "to": SHIFT["shift_to"]}
    told = client.get("/api/v1/digest", query_string=period).json
    assert (told["real"]["count"], told["real"]["casualties"]["dead"]) == (4, 4)
    assert (told["real"]["left_out"], told["exercises"]["count"]) == (3, 1)
    said = words_of(client.get("/api/v1/digest.docx", query_string={**period, "lang": "zh"}))
    assert "另有 3 起未逐一列出" in said
    handed = write(client)
    assert first["id"] in [line["id"] for line in handed["incidents"]]
    page = words_of(client.get(f"{HANDOVERS}/{handed['id']}.docx?lang=zh"))
    assert "另有 3 起未逐一列出" in page
    noted = client.patch(
        f"{HANDOVERS}/{handed['id']}", json={"notes": "x"}, headers={"If-Match": '"1"'}
    )
    assert noted.status_code == 200
    page = words_of(client.get(f"{HANDOVERS}/{handed['id']}.docx?lang=zh"))
    assert "另有 3 起未逐一列出" in page


def test_a_list_of_handovers_asks_once_whatever_it_holds_and_for_no_page(client, asked):
    report(client, title="氯气 <b>")
    counts = []
    for _ in range(2):
        write(client, notes="盯紧 2 号罐")
        asked.clear()
        listed = client.get(HANDOVERS).json["handovers"]
        counts.append(len(asked))
        assert not [said for said in asked if "body AS handover_body" in said]
    assert counts[0] == counts[1]
    assert listed[0] == client.get(f"{HANDOVERS}/{listed[0]['id']}").json
    assert listed[0]["incidents"][0]["title"] == "氯气 <b>"
