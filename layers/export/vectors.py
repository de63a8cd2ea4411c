"""Formats that GDAL writes: GeoPackage and Shapefile."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from layers.export.chunks import Chunk, Column, written
from layers.export.text import unencodable
from layers.export.writer import Sheet, Writer, safe

_NAME_MAX = 10
_TEXT_MAX = 254
_KINDS = {
    "Point": "Point", "MultiPoint": "MultiPoint", "LineString": "LineString",
    "MultiLineString": "MultiLineString", "Polygon": "Polygon", "MultiPolygon": "MultiPolygon",
}  # fmt: skip
_FAMILIES = {
    "point": ("Point",), "multipoint": ("MultiPoint",), "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}  # fmt: skip
_DRAWN = {"point": "Point", "multipoint": "MultiPoint", "line": "LineString", "polygon": "Polygon"}


class GeoPackageWriter(Writer):
    """A table of a GeoPackage: of its own, or of one that has other tables already."""

    def __init__(self, sheet: Sheet, *, path: Path | None = None) -> None:
        super().__init__(sheet)
        self._path = path or sheet.folder / f"{sheet.title}.gpkg"
        self._append = False
        self.write(_nothing(sheet.columns))

    def write(self, chunk: Chunk) -> None:
        """Write some rows."""
        names = [column.name for column in self.sheet.columns]
        data, masks = _arrays(self.sheet.columns, chunk, np.arange(len(chunk)), as_time=True)
        pyogrio.raw.write(
            str(self._path), _wkb(chunk.geometry), data, np.array(names), field_mask=masks,
            driver="GPKG", layer=self.sheet.title, geometry_type="Unknown", crs=self.sheet.system,
            append=self._append, gdal_tz_offsets=_in_utc(self.sheet.columns, len(chunk)),
        )  # fmt: skip
        self._append = True

    def finish(self) -> Sequence[Path]:
        """Return the file."""
        return [self._path]


def _in_utc(columns: Sequence[Column], rows: int) -> dict[str, NDArray[np.int64]]:
    """Return GDAL's mark of Universal Time for every moment; without it they have no offset."""
    return {column.name: np.full(rows, 100) for column in columns if column.type == "time"}


class ShapefileWriter(Writer):
    """Shapefiles, one a kind of shape, with their encoding told and a legend of their names.

    A name has ten letters and a text 254 bytes at most: `fields.csv` tells which name is whose,
    `cut.csv` holds every text that did not fit, whole.
    """

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._names = short_names([column.name for column in sheet.columns])
        self._written: dict[str, Path] = {}
        self._cut: list[tuple[str, str, str]] = []
        self._count = 0

    def write(self, chunk: Chunk) -> None:
        """Write some rows, each into the file of its kind of shape."""
        kinds = np.array([None if g is None else g.geom_type for g in chunk.geometry], dtype=object)
        for family, types in _FAMILIES.items():
            first = family == self._first_family()
            rows = np.flatnonzero([kind in types or (kind is None and first) for kind in kinds])
            if len(rows):
                self._append(family, chunk, rows)
        self._count += len(chunk)

    def finish(self) -> Sequence[Path]:
        """Write the legend and return every file."""
        if not self._written:
            self._append(self._first_family(), _nothing(self.sheet.columns), np.arange(0))
        encoding = "utf-8-sig" if self.sheet.encoding == "utf-8" else "gbk"
        self._table("fields.csv", encoding, ("short", "name", "heading", "type", "unit"), [
            (short, c.name, c.heading, c.type, c.unit or "")
            for short, c in zip(self._names, self.sheet.columns, strict=True)
        ])  # fmt: skip
        if self._cut:
            self._table("cut.csv", "utf-8-sig", ("id", "field", "text"), self._cut)
            self.notes.append({"code": "export.cut_texts", "params": {"count": len(self._cut)}})
        return sorted(path for path in self.sheet.folder.iterdir() if path.is_file())

    def _first_family(self) -> str:
        """Return the file that rows without a shape go into."""
        drawn = {"LINESTRING": "line", "MULTIPOLYGON": "polygon", "POLYGON": "polygon"}
        return drawn.get(self.sheet.geometry_type, "point")

    def _append(self, family: str, chunk: Chunk, rows: NDArray[np.intp]) -> None:
        alone = self.sheet.geometry_type != "GEOMETRY"
        title = self.sheet.title if alone else f"{self.sheet.title}_{family}"
        path = self.sheet.folder / f"{title}.shp"
        data, masks = _arrays(self.sheet.columns, chunk, rows, as_time=False)
        for at, column in enumerate(self.sheet.columns):
            if data[at].dtype == object:
                ids = [str(chunk.values["id"][row]) for row in rows]
                data[at] = self._fitted(column.name, data[at], ids)
        pyogrio.raw.write(
            str(path), _wkb(chunk.geometry[rows]), data, np.array(self._names), field_mask=masks,
            driver="ESRI Shapefile", geometry_type=_DRAWN[family], crs=self.sheet.system,
            encoding="UTF-8" if self.sheet.encoding == "utf-8" else "GBK",
            append=family in self._written,
        )  # fmt: skip
        self._written[family] = path

    def _fitted(self, name: str, texts: NDArray[Any], ids: list[str]) -> NDArray[Any]:
        """Return texts that fit into a cell, remembering those that did not."""
        fitted = texts.copy()
        for n, text in enumerate(texts):
            if not isinstance(text, str):
                continue
            try:
                raw = text.encode(self.sheet.encoding)
            except UnicodeEncodeError as error:
                raise unencodable(error, self._count + n + 1) from error
            if len(raw) > _TEXT_MAX:
                self._cut.append((ids[n], name, safe(text)))
                fitted[n] = raw[:_TEXT_MAX].decode(self.sheet.encoding, errors="ignore")
        return fitted

    def _table(
        self, name: str, encoding: str, head: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        path = self.sheet.folder / name
        with path.open("w", encoding=encoding, newline="", errors="replace") as file:
            table = csv.writer(file)
            table.writerow(head)
            table.writerows(rows)


def short_names(names: Sequence[str]) -> list[str]:
    """Return names of at most ten letters, no two alike."""
    found: list[str] = []
    for name in names:
        short = name[:_NAME_MAX]
        number = 1
        while short.lower() in (other.lower() for other in found):
            number += 1
            short = f"{name[: _NAME_MAX - len(str(number)) - 1]}_{number}"
        found.append(short)
    return found


def _nothing(columns: Sequence[Column]) -> Chunk:
    """Return a chunk without rows: it gives a file its columns."""
    empty = np.empty(0)
    return Chunk({column.name: [] for column in columns}, np.empty(0, dtype=object), empty, empty)


def _wkb(shapes: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(shapely.to_wkb(shapes), dtype=object)


def _arrays(
    columns: Sequence[Column], chunk: Chunk, rows: NDArray[np.intp], *, as_time: bool
) -> tuple[list[NDArray[Any]], list[NDArray[np.bool_] | None]]:
    """Return each column as GDAL takes it, and which of its cells are empty."""
    data: list[NDArray[Any]] = []
    masks: list[NDArray[np.bool_] | None] = []
    for column in columns:
        values = [chunk.values[column.name][row] for row in rows]
        missing = np.array([value is None for value in values], dtype=bool)
        data.append(_array(column, values, as_time=as_time))
        masks.append(None if data[-1].dtype == object else missing)
    return data, masks


def _array(column: Column, values: list[Any], *, as_time: bool) -> NDArray[Any]:
    """Return one column's cells; what is missing is masked, or None among texts."""
    if column.type == "integer":
        return np.array([value or 0 for value in values], dtype=np.int64)
    if column.type == "number":
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if column.type == "boolean":
        return np.array([bool(value) for value in values], dtype=bool)
    if column.type == "date":
        days = [value if isinstance(value, dt.date) else None for value in values]
        return np.array(days, dtype="datetime64[D]")
    if column.type == "time" and as_time:
        moments = [None if v is None else v.astimezone(dt.UTC).replace(tzinfo=None) for v in values]
        return np.array(moments, dtype="datetime64[ms]")
    texts = np.empty(len(values), dtype=object)
    texts[:] = [None if value is None else str(written(value)) for value in values]
    return texts
