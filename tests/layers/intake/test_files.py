"""Every format by its content, every broken file by its reason; the reader cannot be led astray."""

from __future__ import annotations

import io
import json
import os
import socket
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
import xlsxwriter

from layers.errors import InvalidInputError, OneMapError, UnknownCrsError
from layers.intake import child
from layers.intake.files import Limits, read

Write = Callable[..., Path]
POINT = {"type": "Point", "coordinates": [121.5, 29.9]}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes a file whose name tells nothing."""

    def make(content: bytes | str) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def collection(*features: object) -> str:
    """Return the text of a feature collection."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


FRAME = geopandas.GeoDataFrame(
    {"name": ["消防一站", "消防二站"], "people": [45, 12]},
    geometry=[shapely.Point(121.5, 29.9), shapely.Point(121.6, 29.8)],
    crs=4490,
)


def shapefile(folder: Path, *, leave_out: tuple[str, ...] = (), encoding: str = "GBK") -> bytes:
    """Return the bytes of a zipped Shapefile of `FRAME`."""
    folder.mkdir(exist_ok=True)
    FRAME.to_file(folder / "队伍.shp", encoding=encoding)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix not in leave_out:
                archive.write(part, part.name)
    return packed.getvalue()


def workbook() -> bytes:
    """Return the bytes of an XLSX file with two sheets, the first of them empty."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    book.add_worksheet("空")
    sheet = book.add_worksheet("队伍")
    for i, row in enumerate(
        [["名称", "经度", "纬度", "电话"], ["消防一站", 121.5, 29.9, 13800138000]]
    ):
        sheet.write_row(i, 0, row)
    book.close()
    return packed.getvalue()


def test_a_gbk_shapefile_without_cpg_reads_its_chinese(write: Write, tmp_path: Path) -> None:
    path = write(shapefile(tmp_path / "shp", leave_out=(".cpg",)))
    reading = read(path)
    assert (reading.format, reading.crs.name, reading.encoding) == (
        "shapefile", "EPSG:4490", "gb18030",
    )  # fmt: skip
    assert reading.tables[0].columns["name"] == ["消防一站", "消防二站"]
    assert reading.tables[0].geometry[0] == shapely.Point(121.5, 29.9)


def test_a_shapefile_without_prj_needs_its_system_given(write: Write, tmp_path: Path) -> None:
    path = write(shapefile(tmp_path / "shp", leave_out=(".prj",)))
    with pytest.raises(UnknownCrsError):
        read(path)
    assert read(path, crs="CGCS2000").told_crs is None


def test_a_shapefile_without_shx_is_refused_with_what_to_pack(write: Write, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"\.shx is missing"):
        read(write(shapefile(tmp_path / "shp", leave_out=(".shx",))))


@pytest.mark.parametrize("ending", ["gpkg", "parquet"])
def test_geopackage_and_geoparquet_tell_their_system(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"data.{ending}"
    FRAME.to_file(path) if ending == "gpkg" else FRAME.to_parquet(path)
    reading = read(path)
    assert (reading.format, reading.crs.name) == (ending, "EPSG:4490")
    assert reading.tables[0].columns["name"] == ["消防一站", "消防二站"]


def test_a_workbook_keeps_phone_numbers_whole_and_skips_empty_sheets(write: Write) -> None:
    table = read(write(workbook()), crs="GCJ-02").tables[0]
    assert table.columns == {"名称": ["消防一站"], "电话": [13800138000]}
    assert not table.geometry[0].equals_exact(shapely.Point(121.5, 29.9), 1e-3)


def test_a_gbk_sheet_is_recognised(write: Write) -> None:
    content = "名称;经度(WGS84);纬度(WGS84)\n消防一站;121.5;29.9\n".encode("gbk")
    reading = read(write(content))
    assert (reading.encoding, reading.crs.name) == ("gb18030", "EPSG:4326")
    assert reading.tables[0].columns["名称"] == ["消防一站"]


def test_projected_coordinates_are_turned(write: Write) -> None:
    table = read(write("name,x,y\nA,465698.278227,3846545.057421\n"), crs="4547").tables[0]
    assert table.geometry[0].equals_exact(shapely.Point(113.6254, 34.7466), 1e-9)


def test_cells_that_are_no_coordinates_are_told_by_row(write: Write) -> None:
    table = read(
        write("name,lon,lat\nA,121°70′,29\nB,,29\nC,nan,29\nD,,\nE,1,2\nF,1\n"), crs="4326"
    ).tables[0]
    assert [(f.row, f.field, f.rule) for f in table.faults] == [
        (6, None, "columns"), (1, "lon", "number"), (3, "lon", "finite"),
        (2, "lon", "coordinates"), (6, "lat", "coordinates"),
    ]  # fmt: skip
    assert [shape is None for shape in table.geometry] == [True] * 4 + [False, True]


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty_file"),
    "blank": (b" \n", "empty_file"),
    "no features": (collection().encode(), "empty_file"),
    "cut json": (collection({"type": "Feature"}).encode()[:-4], "unreadable_file"),
    "nan": (collection({"x": float("nan")}).encode(), "unreadable_file"),
    "deep": (b'{"type":' + b"[" * 100_000, "unreadable_file"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "unreadable_file"),
    "binary": (os.urandom(50) + b"\x00" * 50, "unreadable_file"),
    "vrt": (b"<OGRVRTDataSource></OGRVRTDataSource>", "unreadable_file"),
    "cut parquet": (b"PAR1" + b"\x00" * 100, "unreadable_file"),
    "cut sqlite": (b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + b"\x00" * 50,
                   "unreadable_file"),
    "cut zip": (b"PK\x03\x04" + b"\x00" * 60, "unsafe_archive"),
    "cut pbf": (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c\x00", "unreadable_file"),
    "no place": (b"name,kind\nA,fire\n", "no_place_columns"),
    "one name twice": (b"name,name,lon,lat\nA,B,1,2\n", "doubled_column"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_refused_with_the_reason(write: Write, what: str) -> None:
    content, code = BROKEN[what]
    with pytest.raises(OneMapError) as caught:
        read(write(content), crs="4326")
    assert caught.value.code == code


def test_features_that_are_none_are_told_by_row(write: Write) -> None:
    good = {"type": "Feature", "geometry": POINT, "properties": {"name": "A"}, "id": 7}
    doubled = '{"type":"Feature","geometry":null,"properties":{"a":1,"a":2}}'
    text = collection(good, 5, {"type": "Feature", "properties": [], "geometry": None})
    text = text[:-2] + f", {doubled}]}}"
    table = read(write(text)).tables[0]
    assert table.columns["id"] == [7, None, None, None]
    assert [(f.row, f.field, f.rule) for f in table.faults] == [
        (2, "type", "feature"), (3, "properties", "feature"), (4, "a", "doubled_key"),
    ]  # fmt: skip


def test_the_old_crs_member_is_believed_and_null_means_unknown(write: Write) -> None:
    told = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    text = json.loads(collection({"type": "Feature", "geometry": POINT, "properties": {}}))
    assert read(write(json.dumps(text | {"crs": told}))).crs.name == "EPSG:4490"
    with pytest.raises(UnknownCrsError):
        read(write(json.dumps(text | {"crs": None})))


def bomb(**entries: bytes) -> bytes:
    """Return a zip whose entries unfold to much."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def outside() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.shp", b"x")
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        bomb(**{"a.shp": b"\x00" * 60_000_000}),
        bomb(**{f"{i}.shp": b"" for i in range(300)}),
        bomb(**{"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"<c " * 30_000_000}),
        outside(),
    ],
    ids=["ratio", "entries", "cells", "traversal"],
)
def test_an_archive_made_to_harm_is_refused(write: Write, content: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(write(content), crs="4326")
    assert caught.value.code in ("unsafe_archive", "file_too_large")


def test_content_that_names_other_sources_makes_no_request(write: Write) -> None:
    hits: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def listen() -> None:
            while True:
                try:
                    hits.append(server.accept())
                except TimeoutError:
                    continue
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.geojson"
        vrt = (
            f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{url}'
            "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        )
        for content in (vrt, url, f"/vsicurl/{url}", '{"type":"Topology"}', "\ufeff" + vrt):
            with pytest.raises(OneMapError):
                read(write(content), crs="4326")
    assert hits == []


def test_a_reader_that_takes_too_long_or_too_much_is_stopped(write: Write) -> None:
    rows = "\n".join(f"{i},1,2" for i in range(300_000))
    path = write("name,lon,lat\n" + rows)
    for limits in (Limits(wall_s=0), Limits(cpu_s=1, memory_bytes=10**8)):
        with pytest.raises(OneMapError) as caught:
            read(path, crs="4326", limits=limits)
        assert caught.value.code in ("reader_crashed", "file_too_large")


def test_a_crash_of_the_reader_is_the_files_fault(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    with pytest.raises(InvalidInputError) as caught:
        read(write("name,lon,lat\nA,1,2\n"), crs="4326")
    assert caught.value.code == "reader_crashed"


def test_nothing_is_left_in_the_temporary_folder(write: Write) -> None:
    with pytest.raises(OneMapError):
        read(write(b"PK\x03\x04" + b"\x00" * 60))
    mine = f"{child.PREFIX}{os.getpid()}-"
    assert not list(Path(child.tempfile.gettempdir()).glob(mine + "*"))
