"""Formats that are text: CSV, GeoJSON, KML."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidInputError
from layers.export.chunks import Chunk, written
from layers.export.writer import Sheet, Writer, safe

_DECIMALS = {True: 9, False: 4}
"""Of degrees (a tenth of a millimetre) and of metres."""


class CsvWriter(Writer):
    """Comma-separated values with a heading; UTF-8 with its mark, so that spreadsheets know it."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._path = sheet.folder / f"{sheet.title}.csv"
        encoding = "utf-8-sig" if sheet.encoding == "utf-8" else "gbk"
        self._file: IO[str] = self._path.open("w", encoding=encoding, newline="")
        self._rows = csv.writer(self._file)
        self._shapes = ["wkt"] if sheet.geometry_type != "POINT" else []
        headings = [safe(column.heading) for column in sheet.columns]
        self._put([*headings, *sheet.axes, *self._shapes], 0)
        self._count = 0

    def write(self, chunk: Chunk) -> None:
        """Write some rows."""
        decimals = _DECIMALS[self.sheet.crs.geographic]
        for n in range(len(chunk)):
            self._count += 1
            cells = [_cell(chunk.values[column.name][n]) for column in self.sheet.columns]
            place = [_number(chunk.x[n], decimals), _number(chunk.y[n], decimals)]
            shape = [_wkt(chunk.geometry[n], decimals)] if self._shapes else []
            self._put([*cells, *place, *shape], self._count)

    def finish(self) -> Sequence[Path]:
        """Close the file."""
        self._file.close()
        return [self._path]

    def _put(self, cells: list[Any], row: int) -> None:
        try:
            self._rows.writerow(cells)
        except UnicodeEncodeError as error:
            self._file.close()
            raise unencodable(error, row) from error


def unencodable(error: UnicodeEncodeError, row: int) -> InvalidInputError:
    """Return the refusal of a text that the encoding has no letters for."""
    text = error.object[error.start : error.end]
    return InvalidInputError(
        f"row {row} holds {text!r}, which {error.encoding} has no letter for; take utf-8",
        code="unencodable", field="encoding", got=text, encoding=error.encoding, row=row,
    )  # fmt: skip


def _cell(value: Any) -> Any:
    text = written(value)
    return safe(text) if isinstance(text, str) else text


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if math.isfinite(value) else ""


def _wkt(shape: BaseGeometry | None, decimals: int) -> str:
    return "" if shape is None else shapely.to_wkt(shape, rounding_precision=decimals, trim=True)


class GeoJsonWriter(Writer):
    """GeoJSON (RFC 7946); another system than WGS 84 is told in the old `crs` member."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._path = sheet.folder / f"{sheet.title}.geojson"
        self._file = self._path.open("w", encoding="utf-8")
        self._count = 0
        head: dict[str, Any] = {"type": "FeatureCollection", "name": sheet.title}
        if sheet.crs.name != "EPSG:4326":
            named = _urn(sheet.epsg) if sheet.epsg else sheet.crs.name
            head["crs"] = {"type": "name", "properties": {"name": named}}
        self._file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')

    def write(self, chunk: Chunk) -> None:
        """Write some rows."""
        shapes = _geojson(chunk.geometry, _DECIMALS[self.sheet.crs.geographic])
        names = [column.name for column in self.sheet.columns if column.name != "id"]
        for n, shape in enumerate(shapes):
            properties = {name: _member(chunk.values[name][n]) for name in names}
            feature = {"type": "Feature", "id": str(chunk.values["id"][n]), "geometry": shape,
                       "properties": properties}  # fmt: skip
            self._file.write(",\n" if self._count else "\n")
            self._file.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
            self._count += 1

    def finish(self) -> Sequence[Path]:
        """Close the file."""
        self._file.write("\n]}\n")
        self._file.close()
        return [self._path]


def _urn(epsg: str) -> str:
    return f"urn:ogc:def:crs:EPSG::{epsg.removeprefix('EPSG:')}"


def _member(value: Any) -> Any:
    return value if isinstance(value, list) else written(value)


def _geojson(shapes: Any, decimals: int) -> Iterator[Any]:
    """Yield each shape as GeoJSON, its numbers cut to what they are good for."""
    for shape in shapes:
        yield None if shape is None else _rounded(shapely.geometry.mapping(shape), decimals)


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item, decimals) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item, decimals) for item in value]
    return round(value, decimals) if isinstance(value, float) else value


class KmlWriter(Writer):
    """KML 2.2: always WGS 84, longitude before latitude."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._path = sheet.folder / f"{sheet.title}.kml"
        self._file = self._path.open("w", encoding="utf-8")
        self._file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
            f"<name>{_xml(sheet.title)}</name>\n"
        )

    def write(self, chunk: Chunk) -> None:
        """Write some rows."""
        for n in range(len(chunk)):
            name = chunk.values["name"][n] or ""
            data = "".join(
                f"<Data name={quoteattr(column.name)}>"
                f"<displayName>{_xml(column.heading)}</displayName>"
                f"<value>{_xml(str(written(value)))}</value></Data>"
                for column in self.sheet.columns
                if (value := chunk.values[column.name][n]) is not None
            )
            self._file.write(
                f"<Placemark><name>{_xml(name)}</name><ExtendedData>{data}</ExtendedData>"
                f"{_kml(chunk.geometry[n])}</Placemark>\n"
            )

    def finish(self) -> Sequence[Path]:
        """Close the file."""
        self._file.write("</Document></kml>\n")
        self._file.close()
        return [self._path]


def _xml(text: str) -> str:
    """Return text as XML 1.0 can hold it: control characters it has none for are left out."""
    return escape("".join(c for c in text if c >= " " or c in "\t\n\r"))


def _kml(shape: BaseGeometry | None) -> str:
    """Return a shape as KML."""
    if shape is None:
        return ""
    if shape.geom_type.startswith(("Multi", "GeometryC")):
        parts = "".join(_kml(part) for part in shape.geoms)  # type: ignore[attr-defined]
        return f"<MultiGeometry>{parts}</MultiGeometry>"
    if shape.geom_type == "Polygon":
        outer = f"<outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>"  # type: ignore[attr-defined]
        holes = (_ring(ring) for ring in shape.interiors)  # type: ignore[attr-defined]
        inner = "".join(f"<innerBoundaryIs>{hole}</innerBoundaryIs>" for hole in holes)
        return f"<Polygon>{outer}{inner}</Polygon>"
    return f"<{shape.geom_type}>{_coordinates(shape)}</{shape.geom_type}>"


def _ring(ring: BaseGeometry) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(shape: BaseGeometry) -> str:
    places = " ".join(f"{x:.9f},{y:.9f}" for x, y in shapely.get_coordinates(shape).tolist())
    return f"<coordinates>{places}</coordinates>"
