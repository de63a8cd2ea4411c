"""What every format is: a file that takes chunks, and what it may be asked for."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from layers.crs import WGS84, Crs
from layers.export.chunks import Chunk, Column

Format = Literal["geojson", "gpkg", "shapefile", "kml", "csv", "xlsx"]
Encoding = Literal["utf-8", "gbk"]
FORMATS: tuple[Format, ...] = ("geojson", "gpkg", "shapefile", "kml", "csv", "xlsx")
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "gbk")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """What a writer knows before the first row.

    `title` is the layer's name, with the coordinate system where that is a shifted one: such a
    file must not pass for one of true positions.
    """

    folder: Path
    title: str
    columns: tuple[Column, ...]
    geometry_type: str
    crs: Crs
    encoding: Encoding = "utf-8"

    @property
    def axes(self) -> tuple[str, str]:
        """What the columns of a row's place are called."""
        if self.crs == WGS84:
            return ("lon", "lat")
        mark = self.crs.name.lower().replace("-", "").replace(":", "")
        return (f"lon_{mark}", f"lat_{mark}") if self.crs.geographic else (f"x_{mark}", f"y_{mark}")

    @property
    def epsg(self) -> str | None:
        """The system's code, or None where files have no name for it."""
        known = self.crs.kind == "proj" and self.crs.definition is None
        return self.crs.name if known and self.crs.name.startswith("EPSG:") else None

    @property
    def system(self) -> str:
        """The system as GDAL writes it: one without a code is a local one of its own name.

        So a shifted system is never read as WGS 84, and local parameters stay in the house.
        """
        if self.epsg is not None:
            return self.epsg
        unit = ("degree", math.pi / 180) if self.crs.geographic else ("metre", 1)
        return f'LOCAL_CS["{self.crs.name}",UNIT["{unit[0]}",{unit[1]!r}]]'


@dataclass
class Writer(ABC):
    """A file being written."""

    sheet: Sheet
    notes: list[dict[str, Any]] = field(default_factory=list)

    @abstractmethod
    def write(self, chunk: Chunk) -> None:
        """Write some rows."""

    @abstractmethod
    def finish(self) -> Sequence[Path]:
        """Close the file; return what was written, one file or several that belong together."""


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
