"""What a file is, told from its content. A file's name proves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from layers.errors import InvalidInputError
from layers.intake.archive import entries

Format = Literal["geojson", "gpkg", "shapefile", "parquet", "csv", "xlsx", "osm_pbf"]
READABLE = "GeoJSON, GeoPackage, zipped Shapefile, Parquet, CSV, XLSX, OpenStreetMap PBF"

_HEAD_BYTES = 65_536
_KNOWN_BUT_UNREAD: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; save it as .xlsx"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; pack it as .zip"),
    (b"Rar!", "a RAR archive; pack it as .zip"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x00\x00\x27\x0a", "the .shp of a Shapefile alone; pack .shp, .shx, .dbf and .prj as .zip"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
)


def unreadable(why: str, *, code: str = "unreadable_file") -> InvalidInputError:
    """Return the error for a file that cannot be read, saying what could be."""
    return InvalidInputError(
        f"the file cannot be read: {why}; readable are {READABLE}",
        code=code,
        got=why,
        wanted=READABLE,
    )


def detect(path: Path) -> Format:
    """Return the format of a file.

    Raises
    ------
    InvalidInputError
        The file is empty (`empty_file`) or of a kind that is not read (`unreadable_file`).
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise unreadable("it is empty", code="empty_file")
    for magic, what in _KNOWN_BUT_UNREAD:
        if head.startswith(magic):
            raise unreadable(f"it is {what}")
    if head.startswith(b"SQLite format 3\x00"):
        return _geopackage(head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _archived(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head[4:6] == b"\x0a\x09" and head[6:15] == b"OSMHeader":
        return "osm_pbf"
    return _text(head)


def _geopackage(head: bytes) -> Format:
    if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return "gpkg"
    raise unreadable("it is an SQLite database, not a GeoPackage")


def _archived(path: Path) -> Format:
    names = [entry.filename.lower() for entry in entries(path)]
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.endswith(".shp") for name in names):
        return "shapefile"
    raise unreadable(f"it is a zip without a Shapefile in it ({', '.join(names[:5]) or 'empty'})")


def _text(head: bytes) -> Format:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    if b"\x00" in head:
        raise unreadable("its content is binary, of no known kind")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return "geojson"
    if start[:1] == b"<":
        raise unreadable("it is XML or HTML")
    return "csv"
