"""Files that would have a careless reader open other files and addresses, or expand entities."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import zipfile
from pathlib import Path

from tests.layers.intake.corpus.seeds import KML, seeds, shapefile_parts, xlsx, zipped


def vrt(source: str) -> str:
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource relativeToVRT="0">'
        f"{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def _rewritten_geopackage(statement: str) -> bytes:
    """Return a GeoPackage whose table of teams is said to be made by another statement."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.gpkg"
        path.write_bytes(seeds()["gpkg"])
        database = sqlite3.connect(path)
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'teams'", (statement,))
        database.commit()
        database.close()
        return path.read_bytes()


def _workbook_with(part: str, content: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    return zipped({**parts, part: content.encode()})


def _shape_with(**parts: str) -> bytes:
    replaced = {f"areas.{ending}": content.encode() for ending, content in parts.items()}
    return zipped({**shapefile_parts(), **replaced})


def _drawing(*entity: str) -> str:
    lines = ["0", "SECTION", "2", "ENTITIES", *entity, "0", "ENDSEC", "0", "EOF", ""]
    return "\n".join(lines)


def reaching_out(url: str, path: Path) -> dict[str, bytes]:
    """Return 30 files that name an address or a file of this machine, by how they do it."""
    point = {"type": "Point", "coordinates": [1, 2]}
    linked = {"type": "link", "properties": {"href": url, "type": "proj4"}}
    texts: dict[str, str | bytes] = {
        "vrt of a file": vrt(str(path)),
        "vrt of an address": vrt(f"/vsicurl/{url}/x.geojson"),
        "vrt after a mark": "\ufeff" + vrt(str(path)),
        "vrt after a declaration": '<?xml version="1.0"?>' + vrt(str(path)),
        "vrt in utf-16": vrt(str(path)).encode("utf-16"),
        "vrt as kml": vrt(str(path)).replace("OGRVRTDataSource", "kml"),
        "vrt in a zip": zipped({"a.shp": vrt(str(path)).encode(), "a.shx": b"", "a.dbf": b""}),
        "vrt in a kmz": zipped({"doc.kml": vrt(str(path)).encode()}),
        "tile index": f"<GDALTileIndexDataset><IndexDataset>{path}</IndexDataset>"
                      "</GDALTileIndexDataset>",
        "wms": f"<GDAL_WMS><Service name='WMS'><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>",
        "wfs": f"<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
        "oapif": f"OAPIF:{url}",
        "pipeline": json.dumps({"type": "gdal_streamed_alg",
                                "command_line": f"gdal vector pipeline ! read {path}"}),
        "stac": json.dumps({"type": "FeatureCollection", "stac_version": "1.0", "features": [
            {"type": "Feature", "geometry": point, "properties": {}, "assets": {"a": {"href": url}}}
        ]}),
        "topology": json.dumps({"type": "Topology", "href": url}),
        "linked crs": json.dumps({"type": "Feature", "geometry": point, "properties": {},
                                  "crs": linked}),
        "an address": url,
        "vsicurl": f"/vsicurl/{url}/a.geojson",
        "vsizip": f"/vsizip//vsicurl/{url}/a.zip",
        "mem": "MEM:::DATAPOINTER=1,PIXELS=1",
        "connection": "PG:host=127.0.0.1 dbname=postgres",
        "network link": KML.replace("<Folder>", f"<NetworkLink><Link><href>{url}/a.kml</href>"
                                                "</Link></NetworkLink><Folder>", 1),
        "icon": KML.replace("<Point>", f"<Style><IconStyle><Icon><href>{url}/a.png</href></Icon>"
                                       "</IconStyle></Style><Point>", 1),
        "include": KML.replace("<name>应急</name>",
                               '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                               f'href="{path}" parse="text"/>'),
        "workbook of links": _workbook_with(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            f'<Relationships><Relationship Id="r" Target="{url}" TargetMode="External"/>'
            "</Relationships>"),
        "prj of a grid": _shape_with(prj=f"+proj=longlat +ellps=GRS80 +nadgrids={path}"),
        "prj of an address": _shape_with(prj=f"+proj=longlat +ellps=GRS80 +nadgrids={url}/a.tif"),
        "prj of a file": _shape_with(prj=f"+init={path}:1"),
        "table of another file": _rewritten_geopackage(
            f"CREATE VIRTUAL TABLE teams USING VirtualOGR('{path}')"),
        "drawing of a reference": _drawing(
            "0", "INSERT", "8", "0", "2", str(path), "10", "1", "20", "2",
            "0", "IMAGE", "1", str(path), "10", "1", "20", "2"),
    }  # fmt: skip
    return {
        name: text if isinstance(text, bytes) else text.encode() for name, text in texts.items()
    }


def entities(url: str, path: Path) -> dict[str, str]:
    """Return document types that expand, fetch or include, by what they do."""
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return {
        "file": f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{path}">]>',
        "address": f'<!DOCTYPE r [<!ENTITY x SYSTEM "{url}/x">]>',
        "laughs": f'<!DOCTYPE r [<!ENTITY l0 "lol">{lol}<!ENTITY x "&l9;">]>',
        "parameter": f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{url}/p.dtd"> %p;<!ENTITY x "">]>',
        "external subset": f'<!DOCTYPE r SYSTEM "{url}/r.dtd">',
    }


def with_entity(kind: str, doctype: str) -> bytes:
    """Return a file of an XML format that begins with a document type and uses its entity."""
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
            parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        head, _, rest = sheet.partition("?>")
        parts["xl/worksheets/sheet1.xml"] = f"{head}?>{doctype}{rest}".replace(
            "<v>0</v>", "<v>&x;</v>"
        ).encode()
        strings = parts["xl/sharedStrings.xml"].decode()
        head, _, rest = strings.partition("?>")
        parts["xl/sharedStrings.xml"] = f"{head}?>{doctype}{rest}".replace(
            "<t>消防一站</t>", "<t>&x;</t>"
        ).encode()
        return zipped(parts)
    root = '<gpx><wpt lat="1" lon="2"><name>&x;</name></wpt></gpx>'
    if kind != "gpx":
        root = "<kml><Placemark><name>&x;</name></Placemark></kml>"
    text = f'<?xml version="1.0"?>{doctype}{root}'
    return zipped({"doc.kml": text.encode()}) if kind == "kmz" else text.encode()
