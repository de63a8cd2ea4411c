"""The situation report: eight sections, every name as text, one file that needs no network."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis_server.config import Config
from gis_server.situation_report import drawn, leaf
from gis_server.text import catalogue
from layers.models import Accident, Incident

HOSTILE = "</script><script>document.title='owned'</script>{{7*7}}{% raw %}`${1}`'\"🔥"
SECTIONS = (
    "organisation", "forces", "supplies", "knowledge", "analysis", "scheme", "tasks", "scene",
)  # fmt: skip
ADDRESS = re.compile(r"https?://(?!www\.w3\.org/)")


@pytest.fixture
def leaflet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give Leaflet as the web map's own packages hold it, whether the web map is built or not."""
    kept = Path(__file__).parents[2] / "webmap" / "node_modules" / "leaflet" / "dist"
    monkeypatch.setattr(leaf, "WEB", kept)
    leaf._leaflet.cache_clear()


@pytest.fixture
def incident(client: FlaskClient, database: Engine) -> str:
    """Give an incident with a plan, whose names are what nobody should have typed."""
    with Session(database) as session, session.begin():
        session.add(
            Accident(name=HOSTILE, kind="leak", cas="7782-50-5", dead=2, cause=HOSTILE,
                     source="test", geom="SRID=4326;POINT(121.9 30.9)")
        )  # fmt: skip
    body = {
        "id": str(uuid.uuid4()), "kind": "toxic_release", "title": HOSTILE, "lon": 121.9,
        "lat": 30.9, "substance": "氯", "release": {"mass_kg": 1000, "duration_s": 600},
        "weather": {"wind_speed_m_s": 3, "wind_from_deg": 225}, "exercise": True,
    }  # fmt: skip
    made = client.post("/api/v1/incidents", json=body)
    assert made.status_code == 201, made.json
    assert client.post(f"/api/v1/incidents/{body['id']}/assessments", json={}).status_code == 201
    return f"/api/v1/incidents/{body['id']}"


def _headings(language: str) -> list[str]:
    return [catalogue(language)[f"situation_report.section.{name}"] for name in SECTIONS]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_document_has_the_eight_sections_in_order_and_names_as_text(
    client: FlaskClient, incident: str, language: str
) -> None:
    answer = client.get(f"{incident}/report.docx", headers={"Accept-Language": language})
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.data))
    said = [line.text for line in document.paragraphs if line.style.name.startswith("Heading 1")]
    assert [text.partition("、")[2] or text.partition(". ")[2] for text in said] == (
        _headings(language)
    )
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert HOSTILE in cells
    assert any("AEGL" in cell for cell in cells)
    marks = document.sections[0].header.paragraphs[0].text
    assert catalogue(language)["official.exercise"] in marks


def test_an_incident_without_a_plan_has_all_sections_and_says_what_is_missing(
    client: FlaskClient,
) -> None:
    body = {"id": str(uuid.uuid4()), "lon": 121.9, "lat": 30.9, "title": "x"}
    assert client.post("/api/v1/incidents", json=body).status_code == 201
    answer = client.get(f"/api/v1/incidents/{body['id']}/report.docx")
    text = "\n".join(line.text for line in Document(io.BytesIO(answer.data)).paragraphs)
    assert text.count("Not assessed yet") >= 3
    assert all(name in text for name in _headings("en"))


def test_of_a_long_log_the_newest_are_told_in_order_and_how_many_are_left_out(
    client: FlaskClient, database: Engine
) -> None:
    id = client.post("/api/v1/incidents", json={"lon": 121.9, "lat": 30.9}).json["id"]
    with Session(database) as session, session.begin():
        for table, rest in (
            ("note (text, at, written_by, incident_id)", "'line ' || n, moment, 'x', :id"),
            ("decision (text, drafted_at, drafted_by, kind, incident_id)",
             "'word ' || n, moment, 'x', 'other', :id"),
        ):  # fmt: skip
            session.execute(
                text(
                    f"INSERT INTO {table} SELECT {rest} FROM generate_series(1, 65) n,"
                    " LATERAL (SELECT now() + n * interval '1 second' AS moment) m"
                ),
                {"id": id},
            )
    answer = client.get(f"/api/v1/incidents/{id}/report.docx?lang=zh")
    cells = [
        cell.text
        for table in Document(io.BytesIO(answer.data)).tables
        for row in table.rows
        for cell in row.cells
    ]
    told = [cell for cell in cells if cell.startswith("line ")]
    assert told == [f"line {n}" for n in range(6, 66)]
    assert [cell for cell in cells if "word " in cell][-1].endswith("word 65")
    said = "\n".join(p.text for p in Document(io.BytesIO(answer.data)).paragraphs)
    assert said.count("另有 5 条较早的未列出") == 2


def test_the_file_with_the_map_names_no_other_host_and_runs_no_name(
    client: FlaskClient, incident: str, leaflet: None, config: Config
) -> None:
    answer = client.get(f"{incident}/report.html")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert len(answer.data) < 5_000_000
    assert not ADDRESS.findall(page)
    asked, faults = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=config.chromium, args=["--no-sandbox"])
        tab = browser.new_page(offline=True)
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.set_content(page)
        lines = tab.locator("path.leaflet-interactive")
        lines.first.wait_for(state="attached")
        assert tab.title().startswith("Situation report")
        assert HOSTILE in tab.locator("h1").inner_text()
        tab.evaluate(
            "Object.keys(window).filter(k => /^geo_json_[0-9a-f]+$/.test(k))"
            ".forEach(k => window[k].eachLayer(p => { p.openPopup(); }))"
        )
        assert HOSTILE in tab.locator(".leaflet-popup-content").last.inner_text()
        assert tab.title().startswith("Situation report")
        browser.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:", "about:"))] == []
    assert faults == []


PLOTS: tuple[dict[str, Any], ...] = (
    {"kind": "point", "control": [[121.9, 30.9]], "symbol": "fire_engine", "label": HOSTILE},
    {"kind": "circle", "control": [[121.9, 30.91]], "radius_m": 300, "colour": "#12ab34",
     "dash": "8,4", "label": HOSTILE},
    {"kind": "text", "control": [[121.91, 30.9]], "text": HOSTILE},
    {"kind": "line", "control": [[121.9, 30.9], [121.91, 30.91]]},
)  # fmt: skip


def test_what_officers_drew_is_on_the_map_with_its_signs_and_its_words_as_text(
    client: FlaskClient, incident: str, leaflet: None, config: Config
) -> None:
    ops = [
        {"op_id": str(uuid.uuid4()), "op": "put", "plot": str(uuid.uuid4()), "set": each}
        for each in PLOTS
    ]
    assert client.post(f"{incident}/plots", json={"ops": ops}).status_code == 200
    page = client.get(f"{incident}/report.html").get_data(as_text=True)
    assert not ADDRESS.findall(page)
    faults: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=config.chromium, args=["--no-sandbox"])
        tab = browser.new_page(offline=True)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.set_content(page)
        signs = tab.locator(".plot-sign")
        signs.first.wait_for(state="attached")
        assert sorted(signs.all_inner_texts()) == [HOSTILE, HOSTILE]
        assert tab.locator(".plot-sign svg g path, .plot-sign svg g rect").count() >= 2
        assert tab.locator(".plot-sign svg").count() == 1
        assert tab.locator('path[stroke="#12ab34"][stroke-dasharray="8,4"]').count() == 1
        assert tab.locator('path[stroke="#0b6fb8"]').count() == 1
        assert tab.title().startswith("Situation report")
        browser.close()
    assert faults == []


def test_of_too_many_plots_the_topmost_are_drawn_and_the_others_counted(
    client: FlaskClient, incident: str, leaflet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn, "PLOTS_MAX", 2)
    ops = [
        {"op_id": str(uuid.uuid4()), "op": "put", "plot": str(uuid.uuid4()),
         "set": {**PLOTS[0], "label": f"plot {n}", "order": n}}
        for n in range(5)
    ]  # fmt: skip
    assert client.post(f"{incident}/plots", json={"ops": ops}).status_code == 200
    page = client.get(f"{incident}/report.html").get_data(as_text=True)
    assert [f"plot {n}" in page for n in range(5)] == [False, False, False, True, True]
    assert catalogue("en")["situation_report.map.plots_cut"].format(count=3) in page


def test_the_report_is_handed_out_to_save_and_can_do_nothing_as_a_page_of_ours(
    client: FlaskClient, incident: str, leaflet: None
) -> None:
    answer = client.get(f"{incident}/report.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_title_of_several_lines_names_a_file(client: FlaskClient) -> None:
    told = {"lon": 121.9, "lat": 30.9, "kind": "other", "title": "甲\r\nX-Evil: 1\u2028乙"}
    made = client.post("/api/v1/incidents", json=told)
    answer = client.get(f"/api/v1/incidents/{made.json['id']}/report.docx")
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert "filename" in answer.headers["Content-Disposition"]


def test_a_reader_of_another_region_gets_no_report(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], incident: str, database: Engine
) -> None:
    with Session(database) as session, session.begin():
        row: Any = session.get(Incident, uuid.UUID(incident.rpartition("/")[2]))
        row.region = "310115"
    stranger = sign_in(("viewer", "330100"))
    assert stranger.get(f"{incident}/report.docx").status_code == 404


def test_the_report_is_printed_as_pdf(
    client: FlaskClient, incident: str, config: Config, app: Any
) -> None:
    answer = client.get(f"{incident}/report.pdf")
    assert answer.status_code == 200, answer.json
    assert answer.data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", answer.data)) >= 2
