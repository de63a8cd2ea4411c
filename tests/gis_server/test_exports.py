"""Exports over HTTP: who may, what leaves, what is never in it, what is left behind."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.models import Contact, JournalRow
from tests.scatter import put

ADDRESS = "/api/v1/layers/team/export"


@pytest.fixture
def stocked(database: Engine) -> None:
    """Two teams in two counties, one with somebody to call."""
    with Session(database) as session, session.begin():
        ids = put(session, find("team"), [shapely.Point(120, 30), shapely.Point(121, 31)],
                  kind=["fire", "medical"], name=["一站", "二站"],
                  region=["330102", "330203"])  # fmt: skip
        session.add(Contact(layer="team", feature_id=ids[0], name="张三", phone="13912345678"))


@pytest.mark.usefixtures("stocked")
def test_a_csv_has_headings_in_the_readers_language_and_no_contact(client: FlaskClient) -> None:
    answer = client.get(f"{ADDRESS}?format=csv&crs=BD-09", headers={"Accept-Language": "zh"})
    assert answer.status_code == 200
    assert answer.headers["X-Rows"] == "2"
    assert answer.headers["Content-Disposition"] == "attachment; filename=team_BD-09.csv"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0]["名称"] == "一站"
    assert float(rows[0]["lon_bd09"]) > 120
    assert "13912345678" not in answer.text
    assert "张三" not in answer.text
    plain = client.get(f"{ADDRESS}?format=csv&headings=names").data.decode("utf-8-sig")
    assert "name,name_en" in plain.splitlines()[0]


@pytest.mark.usefixtures("stocked")
def test_what_leaves_keeps_to_the_exporters_regions(sign_in: Callable[..., FlaskClient]) -> None:
    planner = sign_in(("planner", "330102"), ("viewer", ""))
    answer = planner.get(ADDRESS)
    assert [f["properties"]["name"] for f in answer.json["features"]] == ["一站"]
    assert sign_in(("viewer", "")).get(ADDRESS).status_code == 403
    assert sign_in(("field", "")).get(ADDRESS).status_code == 403


@pytest.mark.usefixtures("stocked")
def test_a_filter_an_area_and_every_format_are_taken(client: FlaskClient) -> None:
    asked = {"filter": "kind = 'fire'", "bbox": "119,29,122,32", "district": "330102"}
    for form in ("geojson", "gpkg", "shapefile", "kml", "csv", "xlsx"):
        answer = client.get(ADDRESS, query_string={**asked, "format": form})
        assert answer.status_code == 200, answer.text
        assert answer.headers["X-Rows"] == "1"
        assert len(answer.data) > 100
    around = client.get(f"{ADDRESS}?lon=121&lat=31&radius_m=1000")
    assert [f["properties"]["name"] for f in around.json["features"]] == ["二站"]


@pytest.mark.usefixtures("stocked")
def test_the_journal_says_who_took_what_and_no_file_is_left(
    client: FlaskClient, database: Engine
) -> None:
    client.get(f"{ADDRESS}?format=gpkg&filter=kind%3D%27fire%27")
    with Session(database) as session:
        (row,) = session.scalars(select(JournalRow).where(JournalRow.layer == "export_log"))
        assert row.actor == "commander"
        assert (row.after["rows"], row.after["format"]) == (1, "gpkg")
        assert row.after["asked"]["filter"]["op"] == "="
    assert not list(Path(tempfile.gettempdir()).glob("onemap-export-*"))


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("format=exe", 422, "invalid_fields"),
        ("format=kml&crs=GCJ-02", 422, "format_lacks"),
        ("format=gpkg&encoding=gbk", 422, "format_lacks"),
        ("crs=EPSG:4610", 422, "local_datum"),
        ("crs=nosuch", 422, "unknown_crs"),
        ("filter=nosuch%3D1", 422, "unknown_field"),
        ("lon=1", 422, "invalid_fields"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    client: FlaskClient, address: str, status: int, code: str
) -> None:
    answer = client.get(f"{ADDRESS}?{address}")
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code), answer.text
    assert client.get("/api/v1/layers/nosuch/export").status_code == 404
