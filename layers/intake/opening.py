"""Open a file of a known format: the one table of formats and their readers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from layers.intake.source import Source


def open_source(request: Mapping[str, Any], *, first: int | None) -> Source:
    """Return the opened file of a request; runs in the sandboxed reader only.

    Parameters
    ----------
    request
        `path`, `format`, `encoding` (given by a person, or None) and `place` (columns that say
        where, by name).
    first
        Make tables of at most this many rows; None: of all.

    Raises
    ------
    InvalidInputError, TooLargeError
        The file cannot be read; `code` tells why.
    """
    # Each import is here because a reader's library costs half a second that others save.
    path, given, place = Path(request["path"]), request["encoding"], request["place"]
    match request["format"]:
        case "geojson":
            from layers.intake.geojson import GeoJson

            return GeoJson(path, given=given, first=first)
        case "csv":
            from layers.intake.sheets import Csv

            return Csv(path, given=given, first=first, place=place)
        case "xlsx":
            from layers.intake.workbook import Workbook

            return Workbook(path, first=first, place=place)
        case "parquet":
            from layers.intake.parquet import Parquet

            return Parquet(path, first=first, place=place)
        case "gpx":
            from layers.intake.gpx import Gpx

            return Gpx(path, given=given, first=first)
        case "kml" | "kmz" as kind:
            from layers.intake.kml import Kml, unpacked

            kml = unpacked(path, folder=path.parent) if kind == "kmz" else path
            return Kml(kml, given=given, first=first)
        case "shapefile":
            from layers.intake.shapefile import Shapefile

            return Shapefile(path, folder=path.parent, given=given, first=first)
        case kind:
            from layers.intake import vectors

            made: dict[str, type[vectors.GeoPackage | vectors.Dataset | vectors.Drawing]] = {
                "gpkg": vectors.GeoPackage,
                "flatgeobuf": vectors.Dataset,
                "dxf": vectors.Drawing,
            }
            return made[kind](path, first=first)
