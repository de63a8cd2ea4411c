"""One small good file of every format, made in code, with Chinese in each."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import geopandas
import osmium
import shapely
import xlsxwriter

NAMES = ["消防一站", "消防二站", "化工园区"]
FRAME = geopandas.GeoDataFrame(
    {"name": NAMES, "people": [45, 12, 7]},
    geometry=[shapely.Point(121.5, 29.9), shapely.Point(121.6, 29.8), shapely.Point(121.7, 29.7)],
    crs=4490,
)
AREAS = FRAME.set_geometry(list(shapely.buffer(FRAME.geometry.to_numpy(), 0.01)), crs=4490)

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>应急</name>
<Folder><name>队伍</name>
<Placemark><name>消防一站</name><description><![CDATA[<b>电话</b> 119]]></description>
<ExtendedData><Data name="people"><value>45</value></Data></ExtendedData>
<Point><coordinates>121.5,29.9,10</coordinates></Point></Placemark>
<Placemark><name>消防二站</name><Point><coordinates>121.6,29.8</coordinates></Point></Placemark>
</Folder>
<Folder><name>区域</name><Placemark><name>化工园区</name><Polygon><outerBoundaryIs><LinearRing>
<coordinates>121,29 122,29 122,30 121,29</coordinates></LinearRing></outerBoundaryIs></Polygon>
</Placemark></Folder></Document></kml>"""

GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
<trk><name>巡查</name><trkseg><trkpt lat="29.9" lon="121.5">
<time>2026-03-01T00:00:00Z</time></trkpt><trkpt lat="29.8" lon="121.6"/></trkseg></trk></gpx>"""


def geojson() -> bytes:
    return FRAME.to_crs(4326).to_json(ensure_ascii=False).encode()


def geojson_lines() -> bytes:
    features = json.loads(geojson())["features"]
    return "\n".join(json.dumps(feature, ensure_ascii=False) for feature in features).encode()


def csv(encoding: str = "utf-8") -> bytes:
    rows = "名称,people,lon,lat\n" + "\n".join(
        f"{name},{i},121.{i},29.{i}" for i, name in enumerate(NAMES, start=1)
    )
    return rows.encode(encoding)


def xlsx() -> bytes:
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("队伍")
    for i, row in enumerate([["名称", "经度", "纬度"], *([n, 121.5, 29.9] for n in NAMES)]):
        sheet.write_row(i, 0, row)
    book.close()
    return packed.getvalue()


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these parts, the same bytes each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return packed.getvalue()


@cache
def shapefile_parts(encoding: str = "UTF-8") -> dict[str, bytes]:
    """Return the parts of a Shapefile of polygons by name."""
    with tempfile.TemporaryDirectory() as name:
        AREAS.to_file(Path(name) / "areas.shp", encoding=encoding)
        return {part.name: part.read_bytes() for part in sorted(Path(name).iterdir())}


def shapefile() -> bytes:
    return zipped(shapefile_parts())


def shapefile_gbk() -> bytes:
    parts = shapefile_parts("GBK")
    return zipped({name: part for name, part in parts.items() if not name.endswith(".cpg")})


def _through_file(ending: str, driver: str | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"seed.{ending}"
        if ending == "parquet":
            FRAME.to_parquet(path)
        elif ending == "dxf":
            FRAME[["geometry"]].to_file(path, driver=driver)
        else:
            FRAME.to_file(path, driver=driver, layer="teams")
        return path.read_bytes()


def parquet() -> bytes:
    plain = FRAME.drop(columns="geometry").assign(lon=121.5, lat=29.9)
    packed = io.BytesIO()
    plain.to_parquet(packed)
    return packed.getvalue()


def osm_pbf() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "seed.osm.pbf"
        with osmium.SimpleWriter(str(path)) as writer:
            for i, station in enumerate(NAMES, start=1):
                tags = {"amenity": "fire_station", "name": station}
                node = osmium.osm.mutable.Node(id=i, location=(121.5, 29.9), tags=tags)
                writer.add_node(node)
        return path.read_bytes()


@cache
def seeds() -> dict[str, bytes]:
    """Return the good files by what they are."""
    return {
        "geojson": geojson(),
        "geojson_lines": geojson_lines(),
        "gpkg": _through_file("gpkg", "GPKG"),
        "shapefile": shapefile(),
        "shapefile_gbk": shapefile_gbk(),
        "kml": KML.encode(),
        "kmz": zipped({"doc.kml": KML.encode()}),
        "gpx": GPX.encode(),
        "flatgeobuf": _through_file("fgb", "FlatGeobuf"),
        "geoparquet": _through_file("parquet"),
        "parquet": parquet(),
        "dxf": _through_file("dxf", "DXF"),
        "csv": csv(),
        "csv_gbk": csv("gbk"),
        "xlsx": xlsx(),
        "osm_pbf": osm_pbf(),
    }
