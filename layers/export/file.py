"""One export: what is asked, written whole or refused, and told in the journal."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.crs import WGS84, Crs
from layers.errors import InvalidInputError, TooLargeError
from layers.export.chunks import chunks, columns
from layers.export.text import CsvWriter, GeoJsonWriter, KmlWriter
from layers.export.vectors import GeoPackageWriter, ShapefileWriter
from layers.export.workbook import WorkbookWriter
from layers.export.writer import Encoding, Format, Sheet, Writer
from layers.models import ExportLog
from layers.query.area import EVERYWHERE, Area
from layers.query.page import conditions_of
from layers.query.scope import Scope

MAX_ROWS = 500_000

_WRITERS: dict[Format, tuple[type[Writer], str]] = {
    "geojson": (GeoJsonWriter, "application/geo+json"),
    "gpkg": (GeoPackageWriter, "application/geopackage+sqlite3"),
    "shapefile": (ShapefileWriter, "application/zip"),
    "kml": (KmlWriter, "application/vnd.google-earth.kml+xml"),
    "csv": (CsvWriter, "text/csv"),
    "xlsx": (
        WorkbookWriter,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_IN_GBK = ("csv", "shapefile")


@dataclass(frozen=True)
class Request:
    """What is to be exported, and how.

    Attributes
    ----------
    crs
        Of the coordinates; `GCJ-02` and `BD-09` stand in the file's name too.
    encoding
        Of CSV and Shapefile; the other formats have only one.
    headings
        What columns are called by field, for CSV, XLSX and the legends; else the field's name.
    """

    format: Format
    crs: Crs = WGS84
    encoding: Encoding = "utf-8"
    area: Area = EVERYWHERE
    filter: Any = None
    q: str | None = None
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """A written file; `notes` are messages `{"code", "params"}` of what did not fit into it."""

    path: Path
    media_type: str
    rows: int
    notes: Sequence[Mapping[str, Any]]


def export(
    session: Session,
    layer: Layer,
    request: Request,
    folder: Path,
    *,
    scope: Scope,
    at_most: int = MAX_ROWS,
) -> Exported:
    """Write what a reader sees of a layer into a folder, and note it in the journal.

    Contacts are no fields, so no export holds them. Memory holds a thousand rows at a time.

    Raises
    ------
    TooLargeError
        More than `at_most` rows: `details` says how many there are. None is left out in silence.
    InvalidInputError
        A format that has not this encoding or coordinate system; a text that the encoding has
        no letters for.
    """
    _check(request)
    wanted = conditions_of(layer, scope, area=request.area, filter=request.filter, q=request.q)
    rows = _counted(session, layer, wanted, at_most)
    made = folder / "made"
    made.mkdir()
    kind, media_type = _WRITERS[request.format]
    shifted = "" if request.crs.kind == "proj" else f"_{request.crs.name}"
    writer = kind(
        Sheet(
            folder=made,
            title=f"{layer.name}{shifted}",
            columns=columns(layer, request.headings),
            geometry_type=layer.geometry_type,
            crs=request.crs,
            encoding=request.encoding,
        )
    )
    with closing(chunks(session, layer, wanted, crs=request.crs)) as found:
        for chunk in found:
            writer.write(chunk)
    files = writer.finish()
    path = _one_file(files, folder / f"{layer.name}{shifted}")
    _note(session, layer, request, rows)
    return Exported(path, media_type, rows, tuple(writer.notes))


def _check(request: Request) -> None:
    """Refuse what a format has not."""
    if request.encoding != "utf-8" and request.format not in _IN_GBK:
        raise InvalidInputError(
            f"{request.format} is always UTF-8", code="format_lacks", field="encoding",
            format=request.format, got=request.encoding, wanted="utf-8",
        )  # fmt: skip
    if request.format == "kml" and request.crs != WGS84:
        raise InvalidInputError(
            "KML is always WGS 84", code="format_lacks", field="crs", format="kml",
            got=request.crs.name, wanted=WGS84.name,
        )  # fmt: skip


def _counted(session: Session, layer: Layer, wanted: ColumnElement[bool], at_most: int) -> int:
    """Return how many rows there are, refused where they are more than may be taken."""
    inside = select(layer.column("fid")).where(wanted).limit(at_most + 1).subquery()
    rows = session.scalar(select(func.count()).select_from(inside)) or 0
    if rows > at_most:
        raise TooLargeError(
            f"the export would hold more than {at_most} rows; narrow it by a filter or an area",
            code="export_too_large", limit=at_most, layer=layer.name,
        )  # fmt: skip
    return rows


def _one_file(files: Sequence[Path], stem: Path) -> Path:
    """Return the one file of an export: several that belong together are put into an archive."""
    if len(files) == 1:
        return Path(shutil.move(files[0], stem.with_name(files[0].name)))
    path = stem.with_name(f"{stem.name}.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


def _note(session: Session, layer: Layer, request: Request, rows: int) -> None:
    """Write down what left the house: the journal adds who and when."""
    area = request.area
    session.add(
        ExportLog(
            layer=layer.name,
            format=request.format,
            crs=request.crs.name,
            rows=rows,
            asked={
                "filter": request.filter,
                "q": request.q,
                "bbox": list(area.bbox) if area.bbox is not None else None,
                "district": area.district,
                "circle": vars(area.circle) if area.circle else None,
                "geometry": None if area.geometry is None else area.geometry.wkt[:2000],
            },
        )
    )
    session.flush()
