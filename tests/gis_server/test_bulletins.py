"""First reports, follow-ups and final reports: every required item, signed once, never changed."""

import io
import uuid
from concurrent.futures import ThreadPoolExecutor

import docx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers.models import ProtectionTarget, Site

INCIDENTS = "/api/v1/incidents"
PLACE = {"lon": 120.0, "lat": 30.0}
REQUIRED = {
    "source", "time", "place", "unit", "nature", "course", "casualties", "loss", "measures",
    "leaders", "requests", "contact",
}  # fmt: skip
SAID = {
    "title": "氯气泄漏 <b>甲</b>",
    "substance": "氯",
    "caller": {"name": "王强", "phone": "13800000000", "unit": "临港化工"},
    "channel": "phone",
    "address": "港区一路 3 号",
    "course": "法兰泄漏 <script>alert(1)</script>",
    "measures": "已关阀",
    "requests": "请求增援",
    "leaders": "张副区长",
    "site_contact": {"name": "赵工", "phone": "057188880000"},
    "direct_loss_yuan": 1_200_000,
    "casualties": [{"at": "2026-03-01T03:10:00+08:00", "dead": 0, "serious": 2, "poisoned": 3}],
}


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def write(client, incident, kind="first", **more):
    answer = client.post(f"{INCIDENTS}/{incident['id']}/bulletins", json={"kind": kind, **more})
    assert answer.status_code in (200, 201), answer.json
    return answer.json


def address(bulletin):
    return f"{INCIDENTS}/{bulletin['incident']}/bulletins/{bulletin['id']}"


def sign(client, bulletin):
    answer = client.post(f"{address(bulletin)}/sign", json={"body_hash": bulletin["body_hash"]})
    assert answer.status_code == 201, answer.json
    return answer.json


def word(client, bulletin, *items, version=None):
    return client.patch(
        address(bulletin),
        json={"items": list(items)},
        headers={"If-Match": f'"{version or bulletin["version"]}"'},
    )


def items(bulletin):
    return {item["key"]: item for item in bulletin["items"]}


def printed(client, bulletin, language="zh"):
    answer = client.get(f"{address(bulletin)}.docx?lang={language}")
    assert answer.status_code == 200
    document = docx.Document(io.BytesIO(answer.data))
    return "\n".join(paragraph.text for paragraph in document.paragraphs) + "".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )


def test_every_item_that_the_law_asks_for_is_there_or_marked_to_be_verified(client):
    bare = write(client, report(client))
    held = items(bare)
    assert {key for key, item in held.items() if item["required"]} == REQUIRED
    missing = {key for key, item in held.items() if item["missing"]}
    assert missing == REQUIRED - {"time", "place", "nature"}
    assert bare["open"] == len(missing)
    assert printed(client, bare).count("待核") == len(missing)
    assert printed(client, bare, "en").count("to be verified") == len(missing)


def test_what_is_known_stands_in_the_bulletin_in_both_languages(client):
    bulletin = write(client, report(client, **SAID))
    said = items(bulletin)
    assert {key for key, item in said.items() if item["missing"]} == {"unit"}
    assert "重伤 2 人、中毒 3 人" in said["casualties"]["zh"]
    assert "下落不明人数待核" in said["casualties"]["zh"]
    assert "2 seriously hurt" in said["casualties"]["en"]
    assert "120 万元" in said["loss"]["zh"]
    assert "13800000000" in said["source"]["zh"]
    text = printed(client, bulletin)
    for words in (
        "法兰泄漏 <script>alert(1)</script>",
        "氯气泄漏 <b>甲</b>",
        "港区一路 3 号",
        "赵工",
    ):
        assert words in text
    page = client.get(f"{address(bulletin)}.html")
    assert "<script" not in page.get_data(as_text=True).lower()
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_people_of_the_next_district_are_counted_in_the_bulletin(client, database):
    with Session(database) as session, session.begin():
        for number, region in enumerate(("330100", "440100")):
            session.add(
                ProtectionTarget(
                    name=f"小区 {number}",
                    kind="housing",
                    people_day=1000,
                    people_night=1000,
                    region=region,
                    geom=f"SRID=4326;POINT(120.0 {30.002 + 0.001 * number})",
                )
            )
    weather = {"wind_speed_m_s": 3.0, "wind_from_deg": 180.0}
    incident = report(client, substance="氯", weather=weather)
    made = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={})
    assert made.json["exposure"]["people"] == 2000
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330100'"))
    assert "2000" in items(write(client, incident))["situation"]["zh"]


def test_a_bulletin_is_a_pdf_too(client):
    answer = client.get(f"{address(write(client, report(client, **SAID)))}.pdf")
    assert answer.status_code == 200, answer.json
    assert answer.data.startswith(b"%PDF-")


def test_who_may_not_read_contacts_reads_the_bulletin_without_people(client, sign_in):
    bulletin = sign(client, write(client, report(client, **SAID)))
    viewer = sign_in(("viewer", ""))
    pages = [viewer.get(address(bulletin)).get_data(as_text=True)]
    pages += [viewer.get(f"{address(bulletin)}.html").get_data(as_text=True)]
    pages += [str(viewer.get(address(bulletin)).json), printed(viewer, bulletin)]
    for page in pages:
        assert not any(word in page for word in ("13800000000", "王强", "赵工", "057188880000"))
    assert "法兰泄漏" in pages[-1]


def test_an_officer_words_an_item_and_the_next_bulletin_is_the_officers_own(client):
    bulletin = write(client, report(client))
    answer = word(client, bulletin, {"key": "unit", "zh": "临港化工有限公司"})
    assert answer.status_code == 200
    unit = items(answer.json)["unit"]
    assert (unit["zh"], unit["en"]) == ("临港化工有限公司", "临港化工有限公司")
    assert (unit["missing"], unit["edited_by"]) == (False, "commander")
    assert answer.json["body_hash"] != bulletin["body_hash"]
    assert "临港化工有限公司" in printed(client, answer.json)
    emptied = word(client, answer.json, {"key": "unit", "zh": "", "en": ""}).json
    assert items(emptied)["unit"]["missing"]


def test_two_who_word_at_once_do_not_overwrite_each_other(client):
    bulletin = write(client, report(client))
    word(client, bulletin, {"key": "next", "zh": "甲"})
    answer = word(client, bulletin, {"key": "next", "zh": "乙"})
    assert answer.status_code == 409
    assert items(client.get(address(bulletin)).json)["next"]["zh"] == "甲"


def test_a_draft_written_anew_knows_the_present_and_keeps_a_persons_words(client):
    incident = report(client)
    bulletin = word(client, write(client, incident), {"key": "unit", "zh": "某厂"}).json
    client.patch(
        f"{INCIDENTS}/{incident['id']}", json={"course": "起火"}, headers={"If-Match": '"1"'}
    )
    answer = client.post(
        f"{address(bulletin)}/renew", headers={"If-Match": f'"{bulletin["version"]}"'}
    )
    assert answer.status_code == 200
    assert items(answer.json)["course"]["zh"] == "起火"
    assert items(answer.json)["unit"]["zh"] == "某厂"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"items": [{"key": "nothing", "zh": "x"}]}, 422, "no_bulletin_item"),
        ({"items": []}, 422, "invalid_fields"),
        ({"items": [{"key": "unit", "zh": "x" * 4001}]}, 422, "invalid_fields"),
        ({"items": [{"key": "unit", "de": "x"}]}, 422, "invalid_fields"),
        ({"items": [{"key": "unit", "zh": "x"}] * 41}, 422, "invalid_fields"),
    ],
)
def test_words_that_cannot_be_are_refused(client, change, status, code):
    bulletin = write(client, report(client))
    answer = client.patch(address(bulletin), json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


def test_a_signed_bulletin_has_a_number_and_who_and_when_and_stays(client, database):
    bulletin = sign(client, write(client, report(client, **SAID)))
    assert (bulletin["state"], bulletin["signed_by"], bulletin["ordinal"]) == (
        "signed", "commander", 1,
    )  # fmt: skip
    assert bulletin["number"]["zh"].endswith("〕1号")
    assert bulletin["number"]["zh"] in printed(client, bulletin)
    answer = word(client, bulletin, {"key": "unit", "zh": "x"})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "bulletin_signed")
    again = client.post(f"{address(bulletin)}/sign", json={"body_hash": bulletin["body_hash"]})
    assert (again.status_code, again.json["error"]["code"]) == (409, "bulletin_signed")
    gone = client.delete(address(bulletin), headers={"If-Match": f'"{bulletin["version"]}"'})
    assert gone.status_code == 409
    for statement in (
        "UPDATE bulletin SET body = 'x', body_hash = encode(sha256('x'), 'hex')",
        "UPDATE bulletin SET signed_by = 'somebody'",
        "UPDATE bulletin SET region = '330100', serial = 7",
        "DELETE FROM bulletin",
    ):
        with (
            Session(database) as session,
            pytest.raises(IntegrityError, match="stays as it was signed"),
        ):
            session.execute(text(statement))
    assert client.get(address(bulletin)).json == bulletin


def test_a_body_that_is_not_its_hash_is_no_body(client, database):
    write(client, report(client))
    with Session(database) as session, pytest.raises(IntegrityError, match="body_hash"):
        session.execute(text("UPDATE bulletin SET body = body || ' '"))


def test_what_was_not_read_cannot_be_signed(client):
    bulletin = write(client, report(client))
    changed = word(client, bulletin, {"key": "unit", "zh": "x"}).json
    answer = client.post(f"{address(bulletin)}/sign", json={"body_hash": bulletin["body_hash"]})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "bulletin_other_body")
    sign(client, changed)


def test_follow_ups_come_after_the_first_report_and_there_is_one_first(client):
    incident = report(client)
    path = f"{INCIDENTS}/{incident['id']}/bulletins"
    first, spare = write(client, incident), write(client, incident)
    early = client.post(path, json={"kind": "follow"})
    assert (early.status_code, early.json["error"]["code"]) == (409, "bulletin_order")
    sign(client, first)
    second = client.post(f"{address(spare)}/sign", json={"body_hash": spare["body_hash"]})
    assert (second.status_code, second.json["error"]["code"]) == (409, "bulletin_first_signed")
    follow = sign(client, write(client, incident, "follow"))
    final = sign(client, write(client, incident, "final"))
    assert [follow["number"]["zh"][-3:], final["number"]["zh"][-3:]] == ["〕2号", "〕3号"]
    assert "outcome" in items(final) and items(final)["outcome"]["missing"]
    assert len(client.get(path).json["bulletins"]) == 4


def test_a_follow_up_tells_what_was_corrected_and_noted_since(client):
    incident = report(client, **SAID)
    sign(client, write(client, incident))
    client.patch(
        f"{INCIDENTS}/{incident['id']}",
        json={"substance": "氨", "why": "现场核实 <i>"},
        headers={"If-Match": '"1"'},
    )
    client.post(f"{INCIDENTS}/{incident['id']}/notes", json={"kind": "note", "text": "风向转北"})
    changes = items(write(client, incident, "follow"))["changes"]
    assert "物质" in changes["zh"] and "现场核实 <i>" in changes["zh"]
    assert "风向转北" in changes["zh"] and "corrected" in changes["en"]


def test_a_plan_that_rests_on_a_corrected_substance_says_so_until_it_is_computed_again(client):
    incident = report(client, substance="氯")
    plan = f"{INCIDENTS}/{incident['id']}/assessments"
    assert client.post(plan, json={}).status_code == 201
    sign(client, write(client, incident))
    client.patch(
        f"{INCIDENTS}/{incident['id']}", json={"substance": "氨"}, headers={"If-Match": '"1"'}
    )
    assert "须重新推算" in items(write(client, incident, "follow"))["situation"]["zh"]
    assert client.post(plan, json={}).status_code == 201
    fresh = items(write(client, incident, "follow"))
    assert "须重新推算" not in fresh["situation"]["zh"]
    assert "Ammonia" in fresh["nature"]["en"]


def test_exercises_are_counted_apart_and_say_so_on_paper(client):
    sign(client, write(client, report(client)))
    played = report(client, exercise=True)
    bulletin = sign(client, write(client, played))
    assert bulletin["exercise"] and bulletin["number"]["zh"].startswith("演练")
    assert bulletin["number"]["zh"].endswith("〕1号")
    assert "演练" in client.get(f"{address(bulletin)}.html?lang=zh").get_data(as_text=True)
    answer = client.patch(
        f"{INCIDENTS}/{played['id']}", json={"exercise": False}, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "incident_has_bulletins")


def test_who_signs_at_once_gets_numbers_without_a_gap(client, sign_in):
    drafts = [write(client, report(client)) for _ in range(6)]
    people = [sign_in(("duty", ""), name=f"duty-{n}") for n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        numbers = list(
            pool.map(
                lambda n: sign(people[n % 3], drafts[n])["number"]["en"].rpartition(" ")[2],
                range(6),
            )
        )
    assert sorted(map(int, numbers)) == [1, 2, 3, 4, 5, 6]


def test_an_incident_has_so_many_bulletins_and_the_table_so_many_rules(client, monkeypatch):
    incident = report(client)
    monkeypatch.setattr("layers.incidents.bulletins.MOST", 1)
    monkeypatch.setattr("gis_server.views.deadlines.MOST_RULES", 1)
    write(client, incident)
    full = client.post(f"{INCIDENTS}/{incident['id']}/bulletins", json={"kind": "first"})
    assert (full.status_code, full.json["error"]["code"]) == (413, "too_many_bulletins")
    rule = {"what": "first", "channel": "phone", "addressee": "city", "minutes": 9, "source": "x"}
    full = client.post("/api/v1/deadline-rules", json=rule)
    assert (full.status_code, full.json["error"]["code"]) == (413, "too_many_rules")


def test_a_bulletin_sent_twice_with_one_id_is_stored_once(client):
    incident = report(client)
    id = str(uuid.uuid4())
    path = f"{INCIDENTS}/{incident['id']}/bulletins"
    codes = [client.post(path, json={"kind": "first", "id": id}).status_code for _ in "ab"]
    assert codes == [201, 200]
    assert len(client.get(path).json["bulletins"]) == 1
    other = report(client)
    stolen = client.post(f"{INCIDENTS}/{other['id']}/bulletins", json={"kind": "first", "id": id})
    assert stolen.status_code == 404


def test_a_bulletin_is_not_reached_through_another_incident_or_region(client, sign_in):
    bulletin = write(client, report(client))
    other = report(client)
    assert client.get(f"{INCIDENTS}/{other['id']}/bulletins/{bulletin['id']}").status_code == 404
    stranger = sign_in(("duty", "330100"))
    for path in ("", ".html", ".docx"):
        assert stranger.get(address(bulletin) + path).status_code == 404
    assert stranger.post(
        f"{address(bulletin)}/sign", json={"body_hash": bulletin["body_hash"]}
    ).status_code == 404  # fmt: skip


def test_only_who_may_sign_signs(client, sign_in):
    bulletin = write(client, report(client))
    field = sign_in(("field", ""))
    body = {"body_hash": bulletin["body_hash"]}
    assert field.post(f"{address(bulletin)}/sign", json=body).status_code == 403
    assert field.post(
        f"{INCIDENTS}/{bulletin['incident']}/bulletins", json={"kind": "first"}
    ).status_code == 403  # fmt: skip


def test_a_draft_is_removed_and_its_words_stay_in_the_journal(client, database, sealed):
    bulletin = write(client, report(client))
    gone = client.delete(address(bulletin), headers={"If-Match": f'"{bulletin["version"]}"'})
    assert gone.status_code == 204
    assert client.get(address(bulletin)).status_code == 404
    with Session(database) as session:
        kept = session.scalar(text("SELECT row ->> 'body' FROM row_history WHERE layer='bulletin'"))
    assert '"kind":"first"' in kept


def test_signed_names_are_those_of_people_where_they_have_one(client, sign_in, database):
    duty = sign_in(("duty", ""), name="li")
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE user_account SET title = '李雷' WHERE name = 'li'"))
        session.merge(Site(id=1, name="临港新区", fictional=True))
    bulletin = sign(duty, write(client, report(client)))
    assert (bulletin["signed_by"], bulletin["signer"]) == ("li", "李雷")
    assert "临港新区应急指挥中心" in printed(client, bulletin)


def test_a_list_asks_once_whatever_it_holds_and_for_no_body(client, asked):
    incident = report(client, **SAID)
    kept = write(client, incident)
    sign(client, kept)
    client.patch(f"{INCIDENTS}/{incident['id']}", json={"address": "港区二路"},
                 headers={"If-Match": '"1"'})  # fmt: skip
    counts = []
    for _ in range(2):
        write(client, incident, kind="follow")
        for path in ("bulletins", "corrections"):
            asked.clear()
            shown = client.get(f"{INCIDENTS}/{incident['id']}/{path}").json
            counts.append(len(asked))
            assert not [said for said in asked if "body AS bulletin_body" in said]
            assert len(shown[path]) == 1 or path == "bulletins"
    assert counts[:2] == counts[2:], "one more bulletin, and not one more question"
    (*_, first) = client.get(f"{INCIDENTS}/{incident['id']}/bulletins").json["bulletins"]
    whole = client.get(address(first)).json
    assert whole.pop("items")
    assert first == whole
    (corrected,) = client.get(f"{INCIDENTS}/{incident['id']}/corrections").json["corrections"]
    assert corrected["affected"]["bulletins"][0]["title"] == first["title"]
