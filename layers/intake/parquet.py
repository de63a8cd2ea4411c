"""Parquet: GeoParquet with WKB geometries, or plain with columns that say where."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from layers.intake.cells import plain_cells
from layers.intake.formats import unreadable
from layers.intake.places import located
from layers.intake.sheets import check_size, named
from layers.intake.source import Inside
from layers.intake.table import Table
from layers.intake.text import Guess
from layers.intake.wkb import from_wkb_cells


class Parquet:
    """A (Geo)Parquet file."""

    encoding: Guess | None = None
    skipped: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path, *, first: int | None, place: Mapping[str, str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.place, self.strict = place, first is None
        try:
            file = pq.ParquetFile(path)
            self.count = file.metadata.num_rows
            check_size(self.count, len(file.schema_arrow.names))
            self.content = file.read() if first is None else _head(file, first)
        except (pa.ArrowException, OSError) as error:
            said = str(error)[:120]
            raise unreadable(
                "parquet", f"the Parquet file is damaged ({said})", detail=said
            ) from None

    def inside(self) -> list[Inside]:
        """Return the one table, which has no name."""
        return [Inside("", self.count)]

    def table(self, name: str | None) -> Table:
        """Return the records with their geometries."""
        geo = _geo_metadata(self.content.schema.metadata or {})
        columns = {
            name: _values(self.content.column(i), name)
            for i, name in enumerate(named(self.content.column_names))
        }
        rows = self.content.num_rows
        if geo is None or self.place:
            return located(columns, place=self.place, rows=rows, strict=self.strict)
        column, crs = geo
        if column not in columns:
            raise unreadable(
                "geometry_column", f"its geometry column {column!r} is not in it", name=column[:60]
            )
        geometry, faults = from_wkb_cells(columns.pop(column), column)
        numbers = np.arange(1, rows + 1, dtype=np.int64)
        return Table(
            columns=columns, geometry=geometry, rows=numbers, crs=crs, faults=tuple(faults)
        )


def _head(file: Any, first: int) -> Any:
    """Return the first rows without reading the others."""
    import pyarrow as pa

    batches = file.iter_batches(batch_size=first)
    found = next(batches, None)
    return pa.Table.from_batches([] if found is None else [found], schema=file.schema_arrow)


def _geo_metadata(metadata: Mapping[bytes, bytes]) -> tuple[str, str | None] | None:
    """Return the primary geometry column and its CRS (WGS 84 where the key is absent)."""
    if b"geo" not in metadata:
        return None
    try:
        geo = json.loads(metadata[b"geo"])
        column = str(geo["primary_column"])
        described = geo["columns"][column]
        encoding = described["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise unreadable("geoparquet", "its GeoParquet description is broken") from None
    if encoding != "WKB":
        raise unreadable(
            "geoparquet_encoding",
            f"its geometries are encoded as {encoding}, not WKB",
            encoding=str(encoding)[:40],
        )
    if "crs" not in described:
        return column, "OGC:CRS84"
    return column, None if described["crs"] is None else json.dumps(described["crs"])


def _values(column: Any, name: str) -> Sequence[Any]:
    """Return a column's cells; text that is no UTF-8, or a time out of range, is a fault."""
    import pyarrow as pa

    try:
        column.validate(full=True)
        if (plain := plain_cells(column)) is not None:
            return plain
        if pa.types.is_timestamp(column.type):  # nanoseconds would need pandas
            column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        return list(column.to_pylist())
    except (pa.ArrowException, ValueError, OverflowError) as error:
        said = f"{name[:60]}: {str(error)[:120]}"
        raise unreadable("parquet", f"a column cannot be read ({said})", detail=said) from None
