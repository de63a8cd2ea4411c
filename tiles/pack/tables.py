"""The features of a pack as files: GeoJSON for the web map, one GeoPackage for QGIS and QField."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.crs import WGS84
from layers.export.chunks import chunks, columns
from layers.export.vectors import GeoPackageWriter
from layers.export.writer import Sheet
from layers.query.rows import feature_columns, to_features
from tiles.pack.layers import Held, Progress

_ROWS = 1_000
_LEVEL = 6
# GeoPackage 1.4, 12.8 (OGC 12-128r19): what columns are called for people.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name)
)"""
_EXTENSION = ("gpkg_schema", "http://www.geopackage.org/spec/#extension_schema", "read-write")


def write_geojson(
    session: Session,
    layer: Layer,
    wanted: ColumnElement[bool],
    path: Path,
    *,
    progress: Progress = lambda step, done, whole: None,
) -> int:
    """Write the rows of a layer that meet a condition as packed GeoJSON; return how many.

    A feature is as the API gives it, with `version`, and with `name_pinyin` to search by.
    """
    pinyin = layer.column("name_pinyin")
    statement = (
        select(*feature_columns(layer), pinyin)
        .where(wanted)
        .order_by(layer.column("fid"))
        .execution_options(yield_per=_ROWS)
    )
    count = 0
    head = json.dumps({"type": "FeatureCollection", "name": layer.name}, ensure_ascii=False)
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8") as file,
        session.execute(statement) as rows,
    ):
        file.write(head[:-1] + ',"features":[')
        for some in rows.partitions():
            for feature in to_features(layer, some, extra=("name_pinyin",)):
                file.write(",\n" if count else "\n")
                json.dump(feature, file, ensure_ascii=False, allow_nan=False,
                          separators=(",", ":"))  # fmt: skip
                count += 1
            progress("features", count, count)
        file.write("\n]}\n")
    return count


def write_geopackage(
    session: Session,
    found: Sequence[Held],
    path: Path,
    *,
    headings: Mapping[str, Mapping[str, str]],
    progress: Progress = lambda step, done, whole: None,
) -> Path | None:
    """Write one table a layer into a GeoPackage; None where no layer has a row.

    Parameters
    ----------
    headings
        By layer, what the layer (key "") and its fields are called: shown by QGIS as aliases.
    """
    full = [each for each in found if each.count]
    if not full:
        return None
    done, whole = 0, sum(each.count for each in full)
    for each in full:
        sheet = Sheet(
            folder=path.parent, title=f"{each.layer.name}", columns=columns(each.layer, {}),
            geometry_type=each.layer.geometry_type, crs=WGS84,
        )  # fmt: skip
        writer = GeoPackageWriter(sheet, path=path)
        with closing(chunks(session, each.layer, each.wanted, crs=WGS84)) as rows:
            for some in rows:
                writer.write(some)
                done += len(some)
                progress("gpkg", done, whole)
    _name(path, [each.layer.name for each in full], headings)
    return path


def _name(path: Path, tables: Sequence[str], headings: Mapping[str, Mapping[str, str]]) -> None:
    """Give tables and columns their titles."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_SCHEMA)
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            file.execute(
                "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)",
                (table, *_EXTENSION),
            )
        file.execute(_CONSTRAINTS)
        for table in tables:
            titles = headings.get(table, {})
            if titles.get(""):
                file.execute(
                    "UPDATE gpkg_contents SET description = ? WHERE table_name = ?",
                    (titles[""], table),
                )
            there = {row[1] for row in file.execute(f'PRAGMA table_info("{table}")')}
            named = [(table, name, title) for name, title in titles.items() if name in there]
            # Both of the standard's words for people: programs differ in which they show.
            file.executemany(
                "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) "
                "VALUES (?, ?, ?, ?)",
                [(*row, row[2]) for row in _unlike(named)],
            )


_CONSTRAINTS = """
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
)"""


def _unlike(named: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return titles of which no two in one table are the same, as the standard wants."""
    seen: set[tuple[str, str]] = set()
    found = []
    for table, name, title in named:
        told = title if (table, title) not in seen else f"{title} ({name})"
        seen.add((table, told))
        found.append((table, name, told))
    return found
