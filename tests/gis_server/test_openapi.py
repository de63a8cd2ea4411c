"""The description of the API is whole and the page that shows it needs nobody else."""

import gzip
import re

from gis_server.headers import HEADERS
from gis_server.views import pages
from gis_server.views.docs import _template, description


def test_every_route_appears_in_the_description(app):
    paths = description(app)["paths"]
    for rule in app.url_map.iter_rules():
        operations = paths[_template(rule.rule)]
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert method.lower() in operations, rule


def test_every_operation_says_what_it_does_and_names_its_parameters(app):
    for path, operations in description(app)["paths"].items():
        for operation in operations.values():
            assert operation["summary"].endswith("."), path
            named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path


def test_every_reference_leads_somewhere(app):
    document = description(app)
    schemas = document["components"]["schemas"]
    for name in re.findall(r"'\$ref': '#/components/schemas/([^']+)'", str(document)):
        assert name in schemas


def test_the_version_is_3_1_and_operation_ids_are_unique(client):
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    ids = [o["operationId"] for p in document["paths"].values() for o in p.values()]
    assert len(ids) == len(set(ids))


def test_the_page_loads_from_this_machine_only(client):
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sources and all(source.startswith("/") for source in sources)
    for source in sources:
        assert client.get(source).status_code == 200
    assert "<script>" not in page.text


def test_every_answer_carries_the_security_headers(client):
    for path in ("/healthz", "/", "/api/v1/session", "/nowhere", "/api/v1/docs"):
        answer = client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
    assert "unsafe-eval" not in HEADERS["Content-Security-Policy"]
    script = re.search(r"script-src ([^;]+)", HEADERS["Content-Security-Policy"]).group(1)
    assert script == "'self'"


def test_answers_of_the_api_are_kept_by_no_cache(client):
    assert client.get("/api/v1/session").headers["Cache-Control"] == "private, no-store"


def test_long_answers_travel_packed_to_those_who_unpack(client):
    answer = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 0.3 * len(client.get("/api/v1/openapi.json").data)


def test_the_files_of_the_web_map_travel_packed_and_parts_of_them_as_they_are(
    client, tmp_path, monkeypatch
):
    script = b"let answer = 42;\n" * 1000
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "page-1.js").write_bytes(script)
    monkeypatch.setattr(pages, "WEB", tmp_path)
    whole = client.get("/assets/page-1.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(whole.data) == script
    assert "immutable" in whole.headers["Cache-Control"]
    assert client.get("/assets/page-1.js").data == script
    part = client.get(
        "/assets/page-1.js", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-2999"}
    )
    assert (part.status_code, part.data) == (206, script[:3000])
