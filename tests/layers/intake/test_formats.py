"""Formats in the shapes that they are met in: encodings, folders, parts, missing pieces."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas
import pytest
import shapely

from layers.errors import InvalidInputError, UnknownCrsError
from layers.intake.files import look, read
from layers.intake.text import guess
from tests.layers.intake.conftest import Write
from tests.layers.intake.corpus.forking import Forks
from tests.layers.intake.corpus.seeds import (
    AREAS,
    FRAME,
    GPX,
    KML,
    NAMES,
    seeds,
    shapefile_parts,
    zipped,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("forks")


@pytest.mark.parametrize("kind", seeds())
def test_every_format_is_read_and_looked_into(write: Write, kind: str) -> None:
    path = write(seeds()[kind])
    reading = read(path, crs="4490")
    assert len(reading.tables[0]) == (1 if kind == "gpx" else 3)
    assert all(table.faults == () for table in reading.tables)
    seen = look(path)
    assert seen.format == reading.format
    assert len(seen.sha256) == 64 and seen.size_bytes == path.stat().st_size
    if kind != "osm_pbf":
        assert sum(layer.rows or 0 for layer in seen.layers) == len(reading.tables[0])
        assert {f.name for layer in seen.layers for f in layer.fields} >= set(
            reading.tables[0].columns
        ) - {"folder"}


def test_placemarks_keep_folder_extended_data_and_their_description_as_text(write: Write) -> None:
    reading = read(write(KML))
    columns = reading.tables[0].columns
    assert columns["name"] == NAMES
    assert columns["people"] == ["45", None, None]
    assert columns["description"][0] == "<b>电话</b> 119"
    assert columns["folder"] == ["应急/队伍", "应急/队伍", "应急/区域"]
    assert reading.crs.name == "EPSG:4326"
    assert [layer.name for layer in look(write(KML)).layers] == ["应急/队伍", "应急/区域"]
    assert read(write(KML), layer="应急/区域").tables[0].columns["name"] == ["化工园区"]


def test_a_kml_that_says_gb2312_is_read(write: Write) -> None:
    text = KML.replace('encoding="UTF-8"', 'encoding="GB2312"').encode("gbk")
    reading = read(write(text))
    assert (reading.encoding, reading.tables[0].columns["name"]) == ("gb18030", NAMES)


def placemark(geometry: str) -> str:
    return f"<kml><Placemark><name>a</name>{geometry}</Placemark></kml>"


@pytest.mark.parametrize(
    ("geometry", "wkt"),
    [
        ("<Point><coordinates>1,2,3</coordinates></Point>", "POINT (1 2)"),
        ("<LineString><coordinates>1,2\n 3,4</coordinates></LineString>", "LINESTRING (1 2, 3 4)"),
        ("<gx:Track xmlns:gx='g'><when>t</when><gx:coord>1 2 0</gx:coord><gx:coord>3 4 0</gx:coord>"
         "</gx:Track>", "LINESTRING (1 2, 3 4)"),
        ("<MultiGeometry><Point><coordinates>1,2</coordinates></Point><MultiGeometry><Point>"
         "<coordinates>3,4</coordinates></Point></MultiGeometry></MultiGeometry>",
         "MULTIPOINT (1 2, 3 4)"),
        ("<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9 0,0</coordinates>"
         "</LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>5,1 6,1 6,2 5,1"
         "</coordinates></LinearRing></innerBoundaryIs></Polygon>",
         "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))"),
    ],
)  # fmt: skip
def test_a_placemark_has_the_geometry_that_it_says(write: Write, geometry: str, wkt: str) -> None:
    assert read(write(placemark(geometry))).tables[0].geometry[0] == shapely.from_wkt(wkt)


@pytest.mark.parametrize(
    ("geometry", "rule"),
    [
        ("<Point><coordinates>1</coordinates></Point>", "coordinates"),
        ("<Point><coordinates>1, 2</coordinates></Point>", "coordinates"),
        ("<Point><coordinates>a,b</coordinates></Point>", "number"),
        ("<Point><coordinates>nan,1</coordinates></Point>", "finite"),
        ("<Polygon/>", "ring"),
        ("<LineString><coordinates/></LineString>", "empty"),
        ("<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9</coordinates>"
         "</LinearRing></outerBoundaryIs></Polygon>", "ring"),
        ("<Model/>", "geometry_type"),
        ("<MultiGeometry/>", "empty"),
        ("<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>"
         "1,2 3,4</coordinates></LineString></MultiGeometry>", "geometry_type"),
    ],
)  # fmt: skip
def test_a_placemark_that_is_wrong_is_told_by_its_row(
    write: Write, geometry: str, rule: str
) -> None:
    table = read(write(placemark(geometry))).tables[0]
    assert [(fault.row, fault.rule) for fault in table.faults] == [(1, rule)]
    assert table.geometry[0] is None


def test_what_a_kml_points_to_is_counted_and_told(write: Write) -> None:
    text = KML.replace(
        "<Folder>",
        "<Style><IconStyle><Icon><href>https://a/b.png</href></Icon></IconStyle></Style>"
        "<NetworkLink><Link><href>http://a/b.kml</href></Link></NetworkLink>"
        "<GroundOverlay><Icon><href>c.png</href></Icon></GroundOverlay><Folder>", 1,
    )  # fmt: skip
    assert read(write(text)).skipped == {"remote_link": 1, "network_link": 1, "overlay": 1}
    assert {note.code for note in look(write(text)).warnings} == {
        "skipped.remote_link", "skipped.network_link", "skipped.overlay",
    }  # fmt: skip


def test_a_gpx_with_points_and_tracks_asks_which(write: Write) -> None:
    both = GPX.replace("<trk>", '<wpt lat="1" lon="2"><name>井</name><ele>5</ele></wpt><trk>')
    with pytest.raises(InvalidInputError) as caught:
        read(write(both))
    assert (caught.value.code, caught.value.details["wanted"]) == (
        "unknown_source_layer", ["waypoints", "tracks"],
    )  # fmt: skip
    wells = read(write(both), layer="waypoints").tables[0]
    assert wells.columns == {"name": ["井"], "ele": ["5"]}
    assert wells.geometry[0] == shapely.Point(2, 1)
    tracks = read(write(both), layer="tracks").tables[0]
    assert tracks.columns["begin"] == ["2026-03-01T00:00:00Z"]


def test_a_drawing_has_its_layers_as_a_field_and_needs_a_system(write: Write) -> None:
    path = write(seeds()["dxf"])
    with pytest.raises(UnknownCrsError):
        read(path)
    table = read(path, crs="4490").tables[0]
    assert table.columns["Layer"] == ["0"] * 3
    assert look(path).crs.told is None


def test_a_drawing_in_gbk_reads_its_chinese(write: Write) -> None:
    lines = ["0", "SECTION", "2", "HEADER", "9", "$DWGCODEPAGE", "3", "ANSI_936", "0", "ENDSEC"]
    lines += ["0", "SECTION", "2", "ENTITIES", "0", "POINT", "8", "消防栓", "10", "121.5"]
    lines += ["20", "29.9", "30", "0", "0", "ENDSEC", "0", "EOF", ""]
    table = read(write("\r\n".join(lines).encode("gbk")), crs="4490").tables[0]
    assert table.columns["Layer"] == ["消防栓"]


@pytest.mark.parametrize("by", ["folder", "shp"])
def test_the_loose_parts_of_a_shapefile_are_read_together(tmp_path: Path, by: str) -> None:
    for name, content in shapefile_parts("GBK").items():
        (tmp_path / name.upper()).write_bytes(content)
    path = tmp_path / "AREAS.SHP" if by == "shp" else tmp_path
    reading = read(path)
    assert reading.tables[0].columns["name"] == NAMES
    assert reading.crs.name == "EPSG:4490"
    assert [layer.name for layer in look(path).layers] == ["AREAS"]


def test_a_folder_without_shp_and_a_shp_alone_say_what_is_missing(tmp_path: Path) -> None:
    alone = tmp_path / "alone.shp"
    alone.write_bytes(shapefile_parts()["areas.shp"])
    (tmp_path / "empty").mkdir()
    for path, reason in ((alone, "shape_alone"), (tmp_path / "empty", "no_shp")):
        with pytest.raises(InvalidInputError) as caught:
            read(path)
        assert caught.value.details["got"]["code"] == f"unreadable.{reason}"


def without(*endings: str, **parts: bytes) -> bytes:
    kept = {n: c for n, c in shapefile_parts("GBK").items() if n[-4:] not in endings}
    return zipped({**kept, **{f"areas.{ending}": content for ending, content in parts.items()}})


def test_a_cpg_that_lies_about_chinese_is_not_believed(write: Write) -> None:
    for told in (b"ISO-8859-1", b"UTF-8", b"nonsense"):
        path = write(without(".cpg", cpg=told))
        assert read(path).tables[0].columns["name"] == NAMES
        assert look(path).encoding.certain is False
    given = look(write(without(".cpg", cpg=b"UTF-8")), encoding="GBK").encoding
    assert (given.given, given.certain) == ("GBK", True)


def with_first_name(data: bytes) -> bytes:
    """Return a zipped Shapefile in GBK, without .cpg, whose first name is these bytes."""
    parts = shapefile_parts("GBK")
    table = bytearray(parts["areas.dbf"])
    width, first = table[32 + 16], int.from_bytes(table[8:10], "little") + 1
    table[first : first + width] = data[:width].ljust(width)
    return zipped({**parts, "areas.dbf": bytes(table), "areas.cpg": b""})


def test_a_text_cut_inside_a_character_does_not_spoil_the_guess(write: Write) -> None:
    reading = read(write(with_first_name(b"A" + "消".encode("gbk") * 200)))
    assert reading.encoding == "gb18030"
    assert set(reading.tables[0].columns["name"][0]) == set("A消\ufffd")
    assert [(fault.row, fault.rule) for fault in reading.tables[0].faults] == [(1, "cut_text")]


def test_a_text_that_its_encoding_does_not_fit_is_told_by_row_and_field(write: Write) -> None:
    reading = read(write(with_first_name("消防".encode("gbk") + b"\xff\xff" + b"A")))
    (fault,) = reading.tables[0].faults
    assert reading.encoding == "gb18030"
    assert (fault.row, fault.field, fault.rule) == (1, "name", "cut_text")
    assert fault.severity == "warning" and "消防" in (fault.got or "")
    assert reading.tables[0].columns["name"][1:] == NAMES[1:]


def test_two_shapefiles_of_one_name_are_told_apart_by_their_folders(write: Write) -> None:
    parts = shapefile_parts()
    packed = {f"{folder}/{n}": c for folder in ("甲", "乙") for n, c in parts.items()}
    assert [layer.name for layer in look(write(zipped(packed))).layers] == ["甲/areas", "乙/areas"]
    assert len(read(write(zipped(packed)), layer="乙/areas").tables[0]) == 3


def test_a_shapefile_without_prj_has_its_system_guessed_with_reasons(write: Write) -> None:
    seen = look(write(without(".prj"))).crs
    assert (seen.told, seen.certain) == (None, False)
    assert seen.guessed is not None and seen.reasons


def test_a_geopackage_of_several_layers_lists_them_and_keeps_missing_geometries(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.gpkg"
    FRAME.to_file(path, layer="teams")
    holes = AREAS.copy()
    holes.loc[1, "geometry"] = None
    holes.to_file(path, layer="areas")
    with pytest.raises(InvalidInputError) as caught:
        read(path)
    assert set(caught.value.details["wanted"]) == {"teams", "areas"}
    assert [shape is None for shape in read(path, layer="areas").tables[0].geometry] == [
        False, True, False,
    ]  # fmt: skip
    assert {(layer.name, layer.rows) for layer in look(path).layers} == {("teams", 3), ("areas", 3)}


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp"])
def test_heights_are_dropped(tmp_path: Path, ending: str) -> None:
    high = geopandas.GeoDataFrame(
        {"name": ["a"]}, geometry=[shapely.LineString([(1, 2, 3), (2, 3, 4)])], crs=4326
    )
    high.to_file(tmp_path / f"a.{ending}")
    shape = read(tmp_path / f"a.{ending}").tables[0].geometry[0]
    assert shape == shapely.LineString([(1, 2), (2, 3)]) and not shape.has_z


@pytest.mark.parametrize(
    ("text", "encoding", "found", "certain"),
    [
        ("消防一站 名称 经度", "gbk", "gb18030", True),
        ("消防", "gbk", "gb18030", False),
        ("消防一站名稱經度測試", "big5", "big5", True),
        ("消防站", "utf-8", "utf-8", True),
        ("消防站", "utf-16", "utf-16", True),
        ("plain", "ascii", "utf-8", True),
        ("Москва река улица дом", "cp1251", "cp1251", False),
    ],
)
def test_an_encoding_is_guessed_and_how_sure_that_is(
    text: str, encoding: str, found: str, certain: bool
) -> None:
    guessed = guess(text.encode(encoding))
    assert (guessed.name, guessed.certain) == (found, certain)
    assert encoding not in ("gbk", "big5") or "cp1252" in guessed.alternatives


def test_a_person_overrules_the_guess_and_a_wrong_word_is_refused(write: Write) -> None:
    path = write("name,lon,lat\n\xc4\xe3\xba\xc3,1,2\n".encode("latin-1"))
    assert read(path, crs="4326").tables[0].columns["name"] == ["你好"]
    assert read(path, crs="4326", encoding="cp1252").tables[0].columns["name"] == ["Äãº\xc3"]
    for wrong in ("zip", "utf-8", "nonsense"):
        with pytest.raises(InvalidInputError) as caught:
            read(path, crs="4326", encoding=wrong)
        assert caught.value.code == "encoding"


def test_one_feature_a_line_is_geojson(write: Write) -> None:
    lines = seeds()["geojson_lines"].decode()
    for text in (lines, "\x1e" + lines.replace("\n", "\n\x1e")):
        assert read(write(text)).tables[0].columns["name"] == NAMES
    with pytest.raises(InvalidInputError) as caught:
        read(write(lines + '\n{"type": x}'))
    assert caught.value.details["got"]["params"]["line"] == 4


def test_a_sheet_without_place_columns_can_still_be_looked_into(write: Write) -> None:
    seen = look(write("名称,单位\n甲,乙\n"))
    assert [column.name for column in seen.layers[0].fields] == ["名称", "单位"]
    assert [note.code for note in seen.warnings] == ["layer_without_places"]


def test_a_look_reads_the_first_rows_only(write: Write, forks: Forks) -> None:
    rows = "".join(f"A{i},{i % 90},2\n" for i in range(5000))
    (layer,) = look(write("name,lon,lat\n" + rows)).layers
    assert layer.table is not None
    assert (layer.rows, len(layer.table)) == (5000, 500)
    assert layer.fields[0].examples == ("A0", "A1", "A2")


def test_an_easting_with_the_zones_number_is_guessed_and_read(write: Write) -> None:
    path = write("name,x,y\nA,38465698.278,3846545.057\n")
    seen = look(path).crs
    assert seen.name == "EPSG:4526"
    shape = read(path, crs=seen.name).tables[0].geometry[0]
    assert shape.equals_exact(shapely.Point(113.6254, 34.7466), 1e-6)


def test_a_kmz_takes_its_main_file(write: Write) -> None:
    other = KML.replace("消防一站", "别处")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (("files/other.kml", other), ("doc.kml", KML), ("a.png", "x")):
            archive.writestr(name, text)
    assert read(write(packed.getvalue())).tables[0].columns["name"] == NAMES
