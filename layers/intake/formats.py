"""What a file is, told from its content. A file's name proves nothing."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any, Literal

from layers.errors import InvalidInputError
from layers.intake.archive import entries

Format = Literal[
    "geojson", "gpkg", "shapefile", "parquet", "csv", "xlsx", "osm_pbf",
    "kml", "kmz", "gpx", "flatgeobuf", "dxf",
]  # fmt: skip
READABLE = (
    "GeoJSON", "GeoPackage", "Shapefile (zip)", "KML", "KMZ", "GPX", "FlatGeobuf", "GeoParquet",
    "DXF", "CSV", "XLSX", "OpenStreetMap PBF",
)  # fmt: skip

SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_HEAD_BYTES = 65_536
_KNOWN_BUT_UNREAD: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "old_office"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "seven_zip"),
    (b"Rar!", "rar"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (SHAPE_MAGIC, "shape_alone"),
    (b"AC10", "dwg"),
    (b"SIMPLE  =", "fits"),
)
_FLATGEOBUF = b"fgb\x03fgb"
_DXF_BINARY = b"AutoCAD Binary DXF"
_DXF_TEXT = re.compile(rb"\s*(999[ \t]*\r?\n[^\n]*\n\s*)*0[ \t]*\r?\nSECTION\b")
_PROLOG = re.compile(r"\s*(<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?\s*>)", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")


def unreadable(
    reason: str, why: str, *, code: str = "unreadable_file", **params: Any
) -> InvalidInputError:
    """Return the error for a file that cannot be read, saying what could be.

    Parameters
    ----------
    reason
        The machine's word; its zh/en text is `unreadable.<reason>`.
    why
        The same in English, for the log.
    params
        What the text names: a line, a column, what a library said.
    """
    return InvalidInputError(
        f"the file cannot be read: {why}; readable are {', '.join(READABLE)}",
        code=code,
        got={"code": f"unreadable.{reason}", "params": params},
        wanted=list(READABLE),
    )


def detect(path: Path) -> Format:
    """Return the format of a file, or of a folder with the parts of a Shapefile.

    Raises
    ------
    InvalidInputError
        The file is empty (`empty_file`) or of a kind that is not read (`unreadable_file`).
    """
    if path.is_dir():
        return "shapefile"
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise unreadable("empty", "it is empty", code="empty_file")
    for magic, what in _KNOWN_BUT_UNREAD:
        if head.startswith(magic):
            raise unreadable(what, f"it is of the kind {what}")
    return _binary(path, head) or _text(head)


def _binary(path: Path, head: bytes) -> Format | None:
    if head.startswith(b"SQLite format 3\x00"):
        return _geopackage(head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _archived(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_FLATGEOBUF):
        return "flatgeobuf"
    if head.startswith(_DXF_BINARY):
        return "dxf"
    if head[4:6] == b"\x0a\x09" and head[6:15] == b"OSMHeader":
        return "osm_pbf"
    return None


def _geopackage(head: bytes) -> Format:
    if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return "gpkg"
    raise unreadable("sqlite", "it is an SQLite database, not a GeoPackage")


def _archived(path: Path) -> Format:
    names = [entry.filename.lower() for entry in entries(path)]
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.endswith(".shp") for name in names):
        return "shapefile"
    if any(name.endswith(".kml") for name in names):
        return "kmz"
    held = ", ".join(names[:5])
    raise unreadable("zip", f"it is a zip of nothing readable ({held})", names=names[:5])


def _text(head: bytes) -> Format:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\x00" in head and not wide:
        raise unreadable("binary", "its content is binary, of no known kind")
    if _DXF_TEXT.match(head.removeprefix(codecs.BOM_UTF8)):
        return "dxf"
    # Every encoding of a mark or a tag agrees with ASCII or says so by its first two bytes.
    text = head.decode("utf-16" if wide else "latin-1", errors="replace")
    text = text.removeprefix("\xef\xbb\xbf").lstrip("\ufeff \t\r\n\x1e")
    if text[:1] in ("{", "["):
        return "geojson"
    if text[:1] == "<":
        return _markup(text)
    return "csv"


def _markup(text: str) -> Format:
    """Return the format of XML by its root element."""
    while prolog := _PROLOG.match(text):
        text = text[prolog.end() :]
    root = _ROOT.match(text)
    name = root.group(1).lower() if root else ""
    if name == "kml":
        return "kml"
    if name == "gpx":
        return "gpx"
    raise unreadable("markup", f"it is XML or HTML with the root {name[:40]!r}", root=name[:40])
