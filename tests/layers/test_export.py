"""Exports read back by GDAL, a spreadsheet reader and our own door, and compared with the rows."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import python_calamine
import shapely
from pyproj import Transformer
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.catalog import Layer, find
from layers.crs import gcj02_from_wgs84, parse_crs
from layers.errors import InvalidInputError, TooLargeError, UnknownCrsError
from layers.export import Request, export
from layers.export.vectors import short_names
from layers.models import ExportLog, JournalRow
from layers.query import Area, Scope, cql2
from tests.scatter import put

ALL = Scope(None)
SOURCE = find("hazard_source")
NAMES = ["氯罐", "=cmd|' /C calc'!A0", "-1+1", "@x", 'q"u,o\nte', "<b>&amp;", None, "𠮷"]
SHAPES = [
    shapely.Point(120.123456789, 30), shapely.box(120, 30, 121, 31), shapely.Point(121, 31.5),
    shapely.LineString([(120, 30), (121, 31)]), shapely.MultiPoint([(120, 30), (120.5, 30.5)]),
    shapely.MultiPolygon([shapely.box(119, 29, 119.5, 29.5), shapely.box(118, 28, 118.5, 28.5)]),
    shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]]),
    shapely.Point(119, 29),
]  # fmt: skip


@pytest.fixture
def stored(session: Session) -> list[dict[str, Any]]:
    """Eight hazard sources of every kind of shape."""
    columns: dict[str, list[Any]] = {
        "name": NAMES,
        "substance": ["氯"] * 7 + ["x" * 300],
        "quantity_t": [1.5, None, 3.25, 0.0, 1e9, 2.0, 7.0, 8.0],
        "candidate": [True, False] * 4,
        "source_date": [dt.date(2026, 1, n + 1) if n else None for n in range(8)],
        "region": ["330102"] * 4 + ["330203"] * 4,
    }
    ids = put(session, SOURCE, SHAPES, **columns)
    return [
        {"id": str(ids[n]), "geom": SHAPES[n], **{k: v[n] for k, v in columns.items()}}
        for n in range(8)
    ]


def _export(session: Session, folder: Path, layer: Layer = SOURCE, **asked: Any) -> Any:
    return export(session, layer, Request(**asked), folder, scope=asked.pop("scope", ALL))


def _compare(frame: pd.DataFrame, rows: list[dict[str, Any]], names: dict[str, str]) -> None:
    """Compare what was read with the rows, in their order."""
    assert len(frame) == len(rows)
    for (_, got), wanted in zip(frame.iterrows(), rows, strict=True):
        for field, name in names.items():
            value, want = got[name], wanted[field]
            if want is None:
                assert value is None or pd.isna(value), field
            elif isinstance(want, float):
                assert value == pytest.approx(want), field
            elif isinstance(want, dt.date):
                assert str(value)[:10] == want.isoformat()
            else:
                assert value == want, field


FIELDS = ("name", "substance", "quantity_t", "candidate", "source_date", "region")


def test_geojson_comes_back_whole(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    made = _export(session, tmp_path, format="geojson")
    frame = gpd.read_file(made.path)
    assert made.rows == 8
    assert frame.crs == "EPSG:4326"
    _compare(frame, stored, {name: name for name in (*FIELDS, "id")})
    assert all(shapely.equals_exact(g, row["geom"], 1e-9)
               for g, row in zip(frame.geometry, stored, strict=True))  # fmt: skip
    assert "crs" not in json.loads(made.path.read_text("utf-8"))


def test_a_geopackage_comes_back_whole_with_its_system_and_times(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    made = _export(session, tmp_path, format="gpkg", crs=parse_crs("EPSG:4549"))
    frame = gpd.read_file(made.path)
    assert frame.crs == "EPSG:4549"
    _compare(frame, stored, {name: name for name in (*FIELDS, "id")})
    x, y = Transformer.from_crs(4326, 4549, always_xy=True).transform(120.123456789, 30)
    assert (frame.geometry[0].x, frame.geometry[0].y) == pytest.approx((x, y))
    (tmp_path / "incidents").mkdir()
    at = dt.datetime(2026, 1, 31, 6, tzinfo=dt.UTC)
    put(session, find("incident"), [shapely.Point(1, 2)], kind=["other"], title=["t"],
        occurred_at=[at])  # fmt: skip
    made = _export(session, tmp_path / "incidents", find("incident"), format="gpkg")
    assert gpd.read_file(made.path)["occurred_at"][0] == at


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_shapefiles_come_back_by_kind_of_shape_in_their_encoding(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path, encoding: str
) -> None:
    without = {"op": "not", "args": [{"op": "=", "args": [{"property": "name"}, "𠮷"]}]}
    either = {"op": "or", "args": [without, {"op": "isNull", "args": [{"property": "name"}]}]}
    made = _export(session, tmp_path, format="shapefile", encoding=encoding, filter=either)
    assert made.path.suffix == ".zip"
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(tmp_path / "out")
        names = archive.namelist()
    told = (tmp_path / "out" / "hazard_source_point.cpg").read_text().strip()
    assert told.upper() == {"utf-8": "UTF-8", "gbk": "GBK"}[encoding]
    legend = (tmp_path / "out" / "fields.csv").read_text(
        "utf-8-sig" if encoding == "utf-8" else "gbk"
    )
    short = {row["name"]: row["short"] for row in csv.DictReader(legend.splitlines())}
    assert max(map(len, short.values())) <= 10
    frames = {
        family: gpd.read_file(tmp_path / "out" / f"hazard_source_{family}.shp")
        for family in ("point", "line", "polygon", "multipoint")
    }
    kept = [row for row in stored if row["name"] != "𠮷"]
    families = {"Point": "point", "LineString": "line", "MultiPoint": "multipoint"}
    for family, frame in frames.items():
        rows = [r for r in kept if families.get(r["geom"].geom_type, "polygon") == family]
        _compare(frame, rows, {n: short[n] for n in ("id", "name", "quantity_t", "source_date")})
        for shape, row in zip(frame.geometry, rows, strict=True):
            assert shapely.equals(shape, row["geom"])
    assert "hazard_source_point.prj" in names


def test_a_letter_that_gbk_lacks_is_refused_and_a_long_text_kept_beside(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    for form in ("shapefile", "csv"):
        (tmp_path / form).mkdir()
        with pytest.raises(InvalidInputError) as refused:
            _export(session, tmp_path / form, format=form, encoding="gbk")
        assert (refused.value.code, refused.value.details["got"]) == ("unencodable", "𠮷")
    made = _export(session, tmp_path, format="shapefile")
    assert made.notes == ({"code": "export.cut_texts", "params": {"count": 1}},)
    with zipfile.ZipFile(made.path) as archive:
        cut = archive.read("cut.csv").decode("utf-8-sig")
    (line,) = csv.DictReader(cut.splitlines())
    assert (line["field"], line["text"], line["id"]) == ("substance", "x" * 300, stored[7]["id"])


def test_csv_is_marked_utf8_and_holds_no_formula(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    made = _export(session, tmp_path, format="csv", headings={"name": "名称", "substance": "=物质"})
    assert made.path.read_bytes().startswith(b"\xef\xbb\xbf")
    with made.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:2] == ["id", "名称"]
    assert "'=物质" in rows[0]
    for row, wanted in zip(rows, stored, strict=True):
        name = wanted["name"] or ""
        assert row["名称"] == (f"'{name}" if name[:1] in "=+-@" and name else name)
        assert row["quantity_t"] == (
            "" if wanted["quantity_t"] is None else str(wanted["quantity_t"])
        )
        assert shapely.equals_exact(shapely.from_wkt(row["wkt"]), wanted["geom"], 1e-8)
    assert (rows[0]["lon"], rows[0]["lat"]) == ("120.123456789", "30.000000000")


def test_a_workbook_holds_texts_and_numbers_and_no_formula(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    made = _export(session, tmp_path, format="xlsx", headings={"name": "名称"})
    book = python_calamine.load_workbook(made.path)
    head, *rows = book.get_sheet_by_name("hazard_source").to_python()
    at = {name: n for n, name in enumerate(head)}
    for row, wanted in zip(rows, stored, strict=True):
        assert row[at["名称"]] == (wanted["name"] or "")
        assert row[at["quantity_t"]] == (
            "" if wanted["quantity_t"] is None else wanted["quantity_t"]
        )
    assert rows[0][at["lon"]] == pytest.approx(120.123456789)
    with zipfile.ZipFile(made.path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    about = book.get_sheet_by_name("columns").to_python()
    assert ["名称", "name", "text", ""] in about


def test_kml_comes_back_with_its_attributes(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    made = _export(session, tmp_path, format="kml")
    frame = gpd.read_file(made.path, driver="KML")
    assert len(frame) == 8
    assert frame["Name"][0] == "氯罐"
    assert "<b>&amp;" in set(frame["Name"])
    for shape, row in zip(frame.geometry, stored, strict=True):
        if row["geom"].geom_type in ("Point", "LineString", "Polygon"):
            assert shapely.equals_exact(shapely.force_2d(shape), row["geom"], 1e-9)
    with pytest.raises(InvalidInputError):
        _export(session, tmp_path, format="kml", crs=parse_crs("GCJ-02"))


@pytest.mark.parametrize("form", ["geojson", "gpkg", "csv", "shapefile", "xlsx"])
def test_a_shifted_system_is_said_loudly(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path, form: str
) -> None:
    made = _export(session, tmp_path, format=form, crs=parse_crs("GCJ-02"))
    assert made.path.stem == "hazard_source_GCJ-02"
    x, y = (float(number) for number in gcj02_from_wgs84(np.array(120.123456789), np.array(30.0)))
    if form == "csv":
        row = next(csv.DictReader(made.path.read_text("utf-8-sig").splitlines()))
        assert (float(row["lon_gcj02"]), float(row["lat_gcj02"])) == pytest.approx((x, y))
        assert "lon" not in row
    if form == "geojson":
        root = json.loads(made.path.read_text("utf-8"))
        assert root["crs"]["properties"]["name"] == "GCJ-02"
        assert root["features"][0]["geometry"]["coordinates"] == pytest.approx([x, y])
    if form == "gpkg":
        frame = gpd.read_file(made.path)
        assert frame.crs.name == "GCJ-02"
        assert frame.geometry[0].x == pytest.approx(x)
    if form == "shapefile":
        with zipfile.ZipFile(made.path) as archive:
            told = archive.read("hazard_source_GCJ-02_point.prj").decode()
        assert told.startswith('LOCAL_CS["GCJ-02"')
        with pytest.raises(UnknownCrsError):
            parse_crs(told)


def test_an_export_keeps_to_scope_area_and_filter(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    request = Request(format="geojson", filter=cql2.read("candidate = TRUE"),
                      area=Area(bbox=(119.9, 29.9, 122, 32)))  # fmt: skip
    made = export(session, SOURCE, request, tmp_path, scope=Scope(("330102",)))
    found = [f["properties"]["name"] for f in json.loads(made.path.read_text("utf-8"))["features"]]
    assert found == ["氯罐", "-1+1"]


def test_too_many_rows_are_refused_and_none_are_left_out(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    with pytest.raises(TooLargeError) as refused:
        export(session, SOURCE, Request(format="csv"), tmp_path, scope=ALL, at_most=7)
    assert refused.value.details["limit"] == 7
    assert not list(tmp_path.iterdir())


def test_the_journal_tells_who_took_what(
    session: Session, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    from layers.database import set_actor

    set_actor(session, "zhang")
    session.connection().exec_driver_sql("SELECT set_config('onemap.bulk', '', true)")
    _export(session, tmp_path, format="csv", filter=cql2.read("candidate = TRUE"))
    row = session.scalars(select(ExportLog)).one()
    assert (row.layer, row.format, row.crs, row.rows) == ("hazard_source", "csv", "EPSG:4326", 4)
    entry = session.scalars(select(JournalRow).where(JournalRow.layer == "export_log")).one()
    assert entry.actor == "zhang"


def test_an_empty_layer_is_a_file_with_its_columns(session: Session, tmp_path: Path) -> None:
    for form in ("geojson", "gpkg", "csv", "xlsx", "kml", "shapefile"):
        (tmp_path / form).mkdir()
        made = _export(session, tmp_path / form, find("tank"), format=form)
        assert made.rows == 0
        assert made.path.stat().st_size > 0
    assert "quantity_t" in gpd.read_file(tmp_path / "gpkg" / "tank.gpkg").columns


def test_more_than_one_chunk_is_written_in_order(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.export.chunks.CHUNK", 7)
    ids = put(session, find("team"), [shapely.Point(n, n) for n in range(50)], kind=["fire"] * 50)
    for form in ("gpkg", "geojson", "shapefile"):
        (tmp_path / form).mkdir()
        made = _export(session, tmp_path / form, find("team"), format=form)
        frame = gpd.read_file(made.path)
        assert [row for row in frame["id"]] == [str(id) for id in ids]
        assert not any(map(math.isnan, frame.geometry.x))


def test_short_names_are_all_different() -> None:
    names = ["people_day", "people_day_night", "people_day_noon", "PEOPLE_DAY_X", "a"]
    short = short_names(names)
    assert len({name.lower() for name in short}) == len(names)
    assert max(map(len, short)) == 10


def test_an_old_datum_without_parameters_is_no_system_to_export_in() -> None:
    with pytest.raises(UnknownCrsError):
        parse_crs("EPSG:4610")
