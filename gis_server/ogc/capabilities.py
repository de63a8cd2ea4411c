"""The WMTS capabilities document (OGC 07-057r7, 7.1) and its exceptions (OGC 06-121r3, 8).

Elements are built, not written as text: titles of strangers cannot leave their element. What no
XML can hold is left out of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from urllib.parse import quote
from xml.etree import ElementTree as ET

from gis_server.ogc.matrices import CGCS2000, SIDE_PX, WEB_MERCATOR, Matrix, MatrixSet
from gis_server.ogc.pictures import Picture
from tiles.grid import HALF_WORLD_M

VERSION = "1.0.0"
PNG = "image/png"
INFO = "application/json"
SETS = (WEB_MERCATOR, CGCS2000)
_NAMES = {
    "": "http://www.opengis.net/wmts/1.0",
    "ows": "http://www.opengis.net/ows/1.1",
    "xlink": "http://www.w3.org/1999/xlink",
}
_UNHOLDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADER = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_MERCATOR_LAT = math.degrees(math.atan(math.sinh(math.pi)))


def capabilities(pictures: Iterable[Picture], *, address: str, title: str) -> bytes:
    """Return the document of a service at an address (`.../wmts`)."""
    root = ET.Element("Capabilities", _namespaces() | {"version": VERSION})
    identification = ET.SubElement(root, "ows:ServiceIdentification")
    _text(identification, "ows:Title", title)
    _text(identification, "ows:ServiceType", "OGC WMTS")
    _text(identification, "ows:ServiceTypeVersion", VERSION)
    operations = ET.SubElement(root, "ows:OperationsMetadata")
    for name in ("GetCapabilities", "GetTile", "GetFeatureInfo"):
        _operation(operations, name, address)
    contents = ET.SubElement(root, "Contents")
    for picture in pictures:
        _layer(contents, picture, address)
    for matrices in SETS:
        _matrix_set(contents, matrices)
    ET.SubElement(
        root, "ServiceMetadataURL",
        {"xlink:href": f"{address}/{VERSION}/WMTSCapabilities.xml"},
    )  # fmt: skip
    return _written(root)


def exception(code: str, text: str, *, locator: str | None) -> bytes:
    """Return an exception report."""
    root = ET.Element(
        "ows:ExceptionReport", {"xmlns:ows": _NAMES["ows"], "version": "1.0.0", "xml:lang": "en"}
    )
    where = {"exceptionCode": code} | ({"locator": _holdable(locator)} if locator else {})
    _text(ET.SubElement(root, "ows:Exception", where), "ows:ExceptionText", text)
    return _written(root)


def _written(root: ET.Element) -> bytes:
    body: bytes = ET.tostring(root, encoding="utf-8")
    return _HEADER + body


def _namespaces() -> dict[str, str]:
    return {f"xmlns:{name}" if name else "xmlns": uri for name, uri in _NAMES.items()}


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _holdable(text)


def _holdable(text: str) -> str:
    return _UNHOLDABLE.sub("", text)


def _operation(parent: ET.Element, name: str, address: str) -> None:
    operation = ET.SubElement(parent, "ows:Operation", {"name": name})
    http = ET.SubElement(ET.SubElement(operation, "ows:DCP"), "ows:HTTP")
    get = ET.SubElement(http, "ows:Get", {"xlink:href": f"{address}?"})
    encoding = ET.SubElement(get, "ows:Constraint", {"name": "GetEncoding"})
    _text(ET.SubElement(encoding, "ows:AllowedValues"), "ows:Value", "KVP")


def _layer(parent: ET.Element, picture: Picture, address: str) -> None:
    layer = ET.SubElement(parent, "Layer")
    _text(layer, "ows:Title", picture.title)
    _text(layer, "ows:Abstract", picture.attribution)
    west, south, east, north = picture.bounds
    box = ET.SubElement(layer, "ows:WGS84BoundingBox")
    _text(box, "ows:LowerCorner", f"{west:.9g} {south:.9g}")
    _text(box, "ows:UpperCorner", f"{east:.9g} {north:.9g}")
    _text(layer, "ows:Identifier", picture.id)
    for index, name in enumerate(picture.styles):
        style = ET.SubElement(layer, "Style", {"isDefault": "false" if index else "true"})
        _text(style, "ows:Title", name)
        _text(style, "ows:Identifier", name)
    _text(layer, "Format", PNG)
    if picture.value is not None:
        _text(layer, "InfoFormat", INFO)
    for matrices in SETS:
        linked = ET.SubElement(layer, "TileMatrixSetLink")
        _text(linked, "TileMatrixSet", matrices.wmts_id)
        _limits(linked, matrices, picture)
    place = (
        f"{address}/{{layer}}/{{style}}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}"
    )
    template = place.replace("{layer}", quote(picture.id)).replace("{style}", "{Style}")
    ET.SubElement(
        layer, "ResourceURL", {"format": PNG, "resourceType": "tile", "template": f"{template}.png"}
    )


def _limits(parent: ET.Element, matrices: MatrixSet, picture: Picture) -> None:
    """Tell at which levels, and in which rows and columns, there is anything to ask for."""
    limits = ET.SubElement(parent, "TileMatrixSetLimits")
    low = min(max(picture.minzoom, matrices.first), matrices.last)
    high = min(max(picture.maxzoom, low), matrices.last)
    for level in range(low, high + 1):
        matrix = matrices.matrix(level)
        rows, columns = _range(matrices, matrix, picture.bounds)
        each = ET.SubElement(limits, "TileMatrixLimits")
        _text(each, "TileMatrix", matrix.id)
        _text(each, "MinTileRow", str(rows[0]))
        _text(each, "MaxTileRow", str(rows[1]))
        _text(each, "MinTileCol", str(columns[0]))
        _text(each, "MaxTileCol", str(columns[1]))


def _range(
    matrices: MatrixSet, matrix: Matrix, bounds: tuple[float, float, float, float]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and last row and column that meet a box in degrees."""
    west, south, east, north = bounds
    columns = [(lon + 180.0) / 360.0 * matrix.across for lon in (west, east)]
    if matrices.degrees:
        rows = [(90.0 - lat) / 180.0 * matrix.down for lat in (north, south)]
    else:
        shares = [
            0.5 - math.asinh(math.tan(math.radians(_within(lat)))) / (2.0 * math.pi)
            for lat in (north, south)
        ]
        rows = [share * matrix.down for share in shares]
    return _whole(rows, matrix.down), _whole(columns, matrix.across)


def _within(lat: float) -> float:
    return min(max(lat, -_MERCATOR_LAT), _MERCATOR_LAT)


def _whole(ends: list[float], count: int) -> tuple[int, int]:
    low, high = (min(max(math.floor(end), 0), count - 1) for end in ends)
    return low, high


def _matrix_set(parent: ET.Element, matrices: MatrixSet) -> None:
    found = ET.SubElement(parent, "TileMatrixSet")
    _text(found, "ows:Title", matrices.title)
    _text(found, "ows:Identifier", matrices.wmts_id)
    _text(found, "ows:SupportedCRS", matrices.urn)
    if matrices.well_known:
        _text(found, "WellKnownScaleSet", f"urn:ogc:def:wkss:OGC:1.0:{matrices.well_known}")
    corner = f"{-HALF_WORLD_M!r} {HALF_WORLD_M!r}" if not matrices.degrees else "90.0 -180.0"
    for matrix in matrices.matrices():
        each = ET.SubElement(found, "TileMatrix")
        _text(each, "ows:Identifier", matrix.id)
        _text(each, "ScaleDenominator", repr(matrix.scale_denominator))
        _text(each, "TopLeftCorner", corner)
        _text(each, "TileWidth", str(SIDE_PX))
        _text(each, "TileHeight", str(SIDE_PX))
        _text(each, "MatrixWidth", str(matrix.across))
        _text(each, "MatrixHeight", str(matrix.down))
