"""What is to be taken out, and as what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gis_server.wire.query import Where


class ExportQuery(Where):
    """A format, a coordinate system and an encoding, beside which features.

    `headings` chooses what the columns of CSV and XLSX are called: titles in the reader's language,
    or names as the other formats have them.
    """

    format: Literal["geojson", "gpkg", "shapefile", "kml", "csv", "xlsx"] = "geojson"
    crs: Annotated[str, Field(min_length=1, max_length=200)] = "EPSG:4326"
    encoding: Literal["utf-8", "gbk"] = "utf-8"
    headings: Literal["titles", "names"] = "titles"
