"""The files of the built web map, and how long browsers may keep each."""

from pathlib import Path

import pytest

from gis_server.views import pages


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for a built web map."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "field-1a2b.js").write_text("1")
    (tmp_path / "field.html").write_text("<!doctype html>")
    (tmp_path / "sw.js").write_text("1")
    monkeypatch.setattr(pages, "WEB", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("web")
def test_the_service_worker_and_the_page_are_asked_for_anew_each_time(client):
    for path, kind in (("/sw.js", "text/javascript"), ("/field", "text/html")):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == kind
        # A worker that a browser kept would keep the page of an old build alive.
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.usefixtures("web")
def test_a_file_with_its_hash_in_its_name_is_kept_for_ever(client):
    answer = client.get("/assets/field-1a2b.js")
    assert "immutable" in answer.headers["Cache-Control"]


def test_where_the_web_map_is_not_built_its_pages_say_so(client, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "WEB", tmp_path / "nowhere")
    assert client.get("/field").status_code == 503
    assert client.get("/sw.js").status_code == 404
