"""Calculation sheets: what they print, who signs them, and that nobody changes them afterwards."""

import io
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import docx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis_server.sheets import canonical
from layers.models import Enterprise, Incident, ProtectionTarget

INCIDENTS = "/api/v1/incidents"
PLACE = {"lon": 120.0, "lat": 30.0}
NIGHT = "2026-03-01T03:00:00+08:00"
LEAK = {
    "hole_diameter_m": 0.01, "pressure_pa": 8e5, "temperature_k": 298.15,
    "molar_mass_kg_mol": 0.070906, "gamma": 1.32,
}  # fmt: skip
CHLORINE = {
    "substance": "chlorine",
    "occurred_at": NIGHT,
    "release": {"hole_diameter_m": 0.02, "inventory_kg": 1000.0, "height_m": 0.0},
    "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 90.0, "stability": "D",
                "temperature_c": 20.0, "humidity_pct": 50.0, "terrain": "rural"},
}  # fmt: skip
ROLES = ("prepared", "checked", "reviewed", "approved")


def plan_of(client, **changes):
    incident = client.post(INCIDENTS, json={**PLACE, **CHLORINE, **changes}).json
    made = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={"at": AFTER})
    assert made.status_code == 201, made.json
    return made.json


AFTER = "2026-03-01T03:30:00+08:00"


def address(plan):
    return f"{INCIDENTS}/{plan['incident']}/assessments/{plan['id']}/sheet"


@pytest.fixture
def plan(client):
    return plan_of(client)


@pytest.fixture
def four(sign_in):
    """Four people of whom the last may approve."""
    return [
        *(sign_in(("duty", ""), name=name) for name in ("an", "bo", "cy")),
        sign_in(("commander", ""), name="di"),
    ]


def sign_all(plan, four):
    assert four[0].post(address(plan), json={}).status_code == 201
    for person, role in zip(four, ROLES, strict=True):
        answer = person.post(f"{address(plan)}/signatures", json={"role": role})
        assert answer.status_code == 201, answer.json
    return answer.json


class Page(HTMLParser):
    """The text of a page, its tags, and every address that it names."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self.addresses = [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href", "xlink:href", "style")]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def said(self):
        return " ".join(" ".join(self.words).split())


def test_a_run_is_printed_with_every_step_that_an_expert_would_write_down(client):
    answer = client.post("/api/v1/models/gas_release/sheet.html", json={"inputs": LEAK})
    assert answer.status_code == 200
    run = client.post("/api/v1/models/gas_release", json={"inputs": LEAK}).json
    page = Page(answer.text)
    assert run["steps"]
    for step in run["steps"]:
        assert " ".join(step["equation"].split()) in page.said, step
    assert run["coefficients"]["source"] in page.said
    for source in run["sources"]:
        assert source["text"] in page.said
    assert all(word in page.said for word in ("Prepared", "Checked", "Reviewed", "Approved"))


def test_the_page_needs_nobody_else_and_runs_nothing(client, plan):
    answer = client.get(f"{address(plan)}.html")
    page = Page(answer.text)
    assert "script" not in page.tags and "link" not in page.tags and "img" not in page.tags
    assert page.addresses == []
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "unsafe-inline" not in policy


def test_the_sheet_of_a_plan_shows_inputs_zones_and_both_hashes(client, plan):
    page = Page(client.get(f"{address(plan)}.html").text)
    assert "svg" in page.tags and "path" in page.tags
    for zone in plan["zones"]["features"]:
        assert f"{zone['properties']['distance_m']:.0f}" in page.said
        assert zone["properties"]["threshold_name"] in page.said
    for entry in plan["assumed"]:
        if entry["tag"] == "assumed":
            assert "assumed" in page.said
    assert len(re.findall(r"\b[0-9a-f]{64}\b", page.said)) == 3
    assert "Chlorine" in page.said and "120.000000, 30.000000" in page.said


def test_the_sheet_comes_in_the_readers_language(client, plan):
    chinese = client.get(f"{address(plan)}.html", headers={"Accept-Language": "zh-CN"}).text
    assert 'lang="zh"' in chinese
    assert all(word in chinese for word in ("计算书", "编制", "校核", "审核", "批准"))
    assert client.get(f"{address(plan)}.html?lang=en").text.count("编制") == 0


@pytest.mark.parametrize(("language", "mark"), [("zh", "[演练]"), ("en", "[Exercise]")])
def test_the_sheet_of_an_exercise_says_so_in_its_head(client, language, mark):
    plan = plan_of(client, exercise=True, title="T")
    page = client.get(f"{address(plan)}.html", query_string={"lang": language}).text
    head = page[page.index("<header>") : page.index("</header>")]
    assert f"{mark} T" in head
    document = docx.Document(
        io.BytesIO(client.get(f"{address(plan)}.docx", query_string={"lang": language}).data)
    )
    assert any(mark in paragraph.text for paragraph in document.paragraphs[:4])


def test_what_a_person_typed_stays_text(client):
    plan = plan_of(client, title="<script>alert(1)</script>\u202e\u0007 & 罐")
    page = client.get(f"{address(plan)}.html").text
    assert "<script>" not in page and "\u202e" not in page and "\u0007" not in page
    assert "&lt;script&gt;" in page
    assert client.get(f"{address(plan)}.docx").status_code == 200


def words_of(content):
    document = docx.Document(io.BytesIO(content))
    cells = (c.text for t in document.tables for row in t.rows for c in row.cells)
    return document, " ".join([*(p.text for p in document.paragraphs), *cells])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_document_opens_and_says_what_the_page_says(client, plan, language):
    answer = client.get(f"{address(plan)}.docx?lang={language}")
    assert answer.status_code == 200
    assert answer.mimetype.endswith("wordprocessingml.document")
    assert "attachment" in answer.headers["Content-Disposition"]
    document, said = words_of(answer.data)
    body = json.loads(client.post(address(plan), json={}).status_code == 201 and
                      client.get(address(plan)).json["body"])  # fmt: skip
    for block in body["pages"][language]["blocks"]:
        for row in block.get("rows", ()):
            for cell in row:
                assert cell in said
    assert len(document.inline_shapes) == 1
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(docx.oxml.ns.qn("w:eastAsia")) == "SimSun"
    assert "PAGE" in document.sections[0].footer._element.xml


def test_the_same_sheet_is_the_same_file(client, plan):
    client.post(address(plan), json={})
    for kind in ("html", "docx"):
        first, second = (client.get(f"{address(plan)}.{kind}").data for _ in range(2))
        assert first == second


def test_the_same_inputs_have_the_same_hash_and_others_another(client):
    hashes = []
    for changes in (
        {},
        {"title": "told otherwise"},
        {"weather": {**CHLORINE["weather"], "wind_speed_m_s": 3.1}},
    ):
        kept = client.post(address(plan_of(client, **changes)), json={}).json
        hashes.append((kept["input_hash"], kept["result_hash"]))
    assert hashes[0] == hashes[1]
    assert hashes[0][0] != hashes[2][0] and hashes[0][1] != hashes[2][1]


def test_equal_numbers_hash_alike_however_they_are_written():
    assert canonical.digest({"b": 5, "a": 0.0}) == canonical.digest({"a": -0.0, "b": 5.0})
    assert canonical.digest({"a": 0.1}) != canonical.digest({"a": 0.1 + 1e-17 * 2})
    assert canonical.digest([True]) != canonical.digest([1])
    assert canonical.digest({"a": float("nan")}) == canonical.digest({"a": float("nan")})


def test_four_people_sign_in_order_and_the_sheet_is_locked(client, plan, four):
    signed = sign_all(plan, four)
    assert signed["state"] == "signed" and signed["signed_at"]
    assert [each["user"] for each in signed["signatures"]] == ["an", "bo", "cy", "di"]
    page = client.get(f"{address(plan)}.html").text
    assert all(name in page for name in ("an", "bo", "cy", "di"))
    assert page.count("signed electronically") == 4
    again = four[3].post(f"{address(plan)}/signatures", json={"role": "approved"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "sheet_signed")


def test_a_signature_out_of_its_turn_is_refused(client, plan, four):
    assert four[0].post(f"{address(plan)}/signatures", json={"role": "prepared"}).status_code == 404
    four[0].post(address(plan), json={})
    early = four[0].post(f"{address(plan)}/signatures", json={"role": "checked"})
    assert (early.status_code, early.json["error"]["code"]) == (409, "sheet_order")
    four[0].post(f"{address(plan)}/signatures", json={"role": "prepared"})
    same = four[0].post(f"{address(plan)}/signatures", json={"role": "checked"})
    assert (same.status_code, same.json["error"]["code"]) == (409, "sheet_same_person")


def test_who_may_not_approve_does_not(client, plan, four, sign_in):
    four[0].post(address(plan), json={})
    for person, role in zip(four[:3], ROLES[:3], strict=True):
        person.post(f"{address(plan)}/signatures", json={"role": role})
    refused = four[2].post(f"{address(plan)}/signatures", json={"role": "approved"})
    assert refused.status_code == 403
    viewer = sign_in(("viewer", ""))
    assert viewer.post(address(plan), json={}).status_code == 403
    assert viewer.get(f"{address(plan)}.html").status_code == 200


def test_a_signature_is_of_the_content_that_was_read(client, plan, four):
    kept = four[0].post(address(plan), json={}).json
    other = {"role": "prepared", "body_hash": "0" * 64}
    refused = four[0].post(f"{address(plan)}/signatures", json=other)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "sheet_other_body")
    right = {"role": "prepared", "body_hash": kept["body_hash"]}
    assert four[0].post(f"{address(plan)}/signatures", json=right).status_code == 201


def test_an_assessment_has_one_sheet(client, plan):
    first, second = (client.post(address(plan), json={}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calculation_sheet SET body = '{}', body_hash = encode(sha256('{}'), 'hex')",
        "UPDATE calculation_sheet SET region = 'x'",
        "DELETE FROM calculation_sheet",
        "UPDATE sheet_signature SET name = 'x'",
        "DELETE FROM sheet_signature",
        "DELETE FROM assessment",
        "DELETE FROM incident",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_what_is_signed(
    client, plan, four, database, statement
):
    sign_all(plan, four)
    with Session(database) as session, pytest.raises(IntegrityError):
        session.execute(text(statement))
    with Session(database) as session, pytest.raises(IntegrityError):
        session.execute(text(
            "INSERT INTO sheet_signature (sheet_id, incident_id, role, signed_by, body_hash) "
            "SELECT id, incident_id, 'approved', 'x', body_hash FROM calculation_sheet"
        ))  # fmt: skip


def test_a_draft_goes_with_its_incident(client, plan, four, database):
    four[0].post(address(plan), json={})
    four[0].post(f"{address(plan)}/signatures", json={"role": "prepared"})
    with Session(database) as session:
        session.execute(text("DELETE FROM incident"))
        assert session.scalar(text("SELECT count(*) FROM calculation_sheet")) == 0
        assert session.scalar(text("SELECT count(*) FROM sheet_signature")) == 0


def test_the_journal_keeps_who_signed_and_not_the_sheet_again(client, plan, four, sealed):
    sign_all(plan, four)
    sealed()
    log = client.get(f"{INCIDENTS}/{plan['incident']}/log").json["log"]
    told = [(e["layer"], e["actor"]) for e in log if e["layer"].endswith(("sheet", "signature"))]
    assert told == [
        ("calculation_sheet", "an"), ("sheet_signature", "an"), ("sheet_signature", "bo"),
        ("sheet_signature", "cy"), ("sheet_signature", "di"),
    ]  # fmt: skip


def test_what_was_frozen_is_served_byte_for_byte_whatever_changes_since(client, plan, database):
    client.post(address(plan), json={})
    before = client.get(address(plan)).json
    page = client.get(f"{address(plan)}.html").data
    with Session(database) as session, session.begin():
        session.get(Incident, uuid.UUID(plan["incident"])).title = "another"
        session.execute(text("UPDATE assessment SET body = jsonb_set(body, '{models}', '[]')"))
    assert client.get(address(plan)).json == before
    assert client.get(f"{address(plan)}.html").data == page
    assert canonical.sha256(before["body"]) == before["body_hash"]


def test_zones_that_are_drawn_later_say_that_they_are_not_the_signed_set(client, plan, four):
    sign_all(plan, four)
    base = f"{INCIDENTS}/{plan['incident']}/assessments"
    own = client.get(f"{base}/{plan['id']}").json
    assert own["sheet"]["state"] == "signed" and own["sheet"]["current"] is True
    same = client.post(base, json={"at": AFTER}).json
    assert same["sheet"]["id"] == own["sheet"]["id"] and same["sheet"]["current"] is True
    other = client.post(base, json={"at": AFTER, "weather": {"wind_speed_m_s": 5.0}}).json
    assert other["sheet"]["id"] == own["sheet"]["id"] and other["sheet"]["current"] is False
    assert other["warnings"][0]["code"] == "sheet.not_the_signed_set"
    assert other["sheet"]["signed_at"] in other["warnings"][0]["text"]
    listed = client.get(base).json["assessments"]
    assert [each["sheet"]["current"] for each in listed] == [False, True, True]
    chinese = client.get(f"{base}/{other['id']}", headers={"Accept-Language": "zh"}).json
    assert "不是已签批" in chinese["warnings"][0]["text"]


def test_a_plan_without_any_sheet_has_none(plan):
    assert plan["sheet"] is None
    assert "sheet.not_the_signed_set" not in {line["code"] for line in plan["warnings"]}


def test_a_plan_that_could_not_be_computed_has_a_sheet_that_says_what_was_known(client):
    incident = client.post(INCIDENTS, json={**PLACE, "kind": "other"}).json
    plan = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={}).json
    assert not plan["zones"]["features"]
    assert client.post(address(plan), json={}).status_code == 201
    for kind in ("html", "docx"):
        assert client.get(f"{address(plan)}.{kind}").status_code == 200


def test_two_who_sign_in_one_role_at_once_leave_one_signature(plan, four):
    four[0].post(address(plan), json={})
    four[0].post(f"{address(plan)}/signatures", json={"role": "prepared"})
    with ThreadPoolExecutor(3) as threads:
        answers = list(
            threads.map(
                lambda person: (
                    person.post(f"{address(plan)}/signatures", json={"role": "checked"}).status_code
                ),
                four[1:],
            )
        )
    assert sorted(answers) == [201, 409, 409]
    given = four[0].get(address(plan)).json["signatures"]
    assert [each["role"] for each in given] == ["prepared", "checked"]


def test_two_who_keep_a_sheet_at_once_keep_the_same(plan, four):
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda person: person.post(address(plan), json={}), four))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_a_sheet_holds_nothing_that_a_reader_of_the_incident_may_not_see(client, sign_in, database):
    with Session(database) as session, session.begin():
        away = Enterprise(name="Away Works", region="330203", geom="SRID=4326;POINT(120 30)")
        session.add_all([
            away,
            ProtectionTarget(name="away school", kind="school", people_day=77123, region="330203",
                             geom="SRID=4326;POINT(119.999 30.0)"),
        ])  # fmt: skip
        session.flush()
        enterprise = str(away.id)
    plan = plan_of(client, enterprise_id=enterprise)
    with Session(database) as session, session.begin():
        session.get(Incident, uuid.UUID(plan["incident"])).region = "330102"
    assert "away school" in json.dumps(plan)
    assert client.post(address(plan), json={}).status_code == 201
    county = sign_in(("duty", "330102"))
    for told in (
        county.get(f"{address(plan)}.html").text,
        county.get(address(plan)).text,
        words_of(county.get(f"{address(plan)}.docx").data)[1],
    ):
        assert "away" not in told.lower() and "77123" not in told
    stranger = sign_in(("duty", "330203"))
    for path in ("", ".html", ".docx"):
        assert stranger.get(f"{address(plan)}{path}").status_code == 404


def test_a_sheet_of_one_incident_is_not_reached_through_another(client, plan):
    other = plan_of(client)
    crossed = f"{INCIDENTS}/{other['incident']}/assessments/{plan['id']}/sheet"
    for path in ("", ".html", ".docx"):
        assert client.get(f"{crossed}{path}").status_code == 404
    assert client.post(crossed, json={}).status_code == 404


def test_a_run_that_the_model_refuses_is_refused_and_not_printed(client):
    for kind in ("html", "docx"):
        answer = client.post(
            f"/api/v1/models/gas_release/sheet.{kind}",
            json={"inputs": {**LEAK, "hole_diameter_m": 0.0}},
        )
        assert answer.status_code == 422
        assert answer.json["error"]["details"]["field"] == "hole_diameter_m"
    assert client.post("/api/v1/models/nothing/sheet.html", json={}).status_code == 404


def test_every_model_tells_its_group_symbols_ranges_and_certainties(client):
    for model in client.get("/api/v1/models").json["models"]:
        assert model["group"] and model["version"]
        for each in model["inputs"]:
            assert {"symbol", "unit", "typical", "dimensions", "required", "default"} <= each.keys()
        for chosen in model["coefficients"]:
            assert chosen["certainty"] and chosen["source"]
        assert all(line["text"] for line in model["validity"])
