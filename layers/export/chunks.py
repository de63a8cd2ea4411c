"""The rows of an export, some at a time: memory holds one chunk however many rows there are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from layers import crs as systems
from layers.catalog import FieldType, Layer
from layers.crs import Crs
from layers.query.rows import anchor_columns

CHUNK = 1_000


@dataclass(frozen=True)
class Column:
    """One column of an export: its machine name, its heading, its type and unit."""

    name: str
    heading: str
    type: FieldType
    unit: str | None = None


@dataclass(frozen=True)
class Chunk:
    """Some rows.

    `values` holds one list a column; `geometry` shapely shapes in the export's coordinate system,
    None where a row has none; `x`, `y` each row's one place, NaN where it has none.
    """

    values: Mapping[str, list[Any]]
    geometry: NDArray[Any]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.geometry)


def columns(layer: Layer, headings: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns of a layer's export: its id, then every declared field."""
    fields = [Column(f.name, headings.get(f.name, f.name), f.type, f.spec.unit)
              for f in layer.fields]  # fmt: skip
    return (Column("id", "id", "id"), *fields)


def chunks(
    session: Session, layer: Layer, wanted: ColumnElement[bool], *, crs: Crs
) -> Generator[Chunk]:
    """Yield the rows that meet a condition, in order of `fid`, as one moment of the layer.

    The database keeps its place between chunks (a server-side cursor), so no statement runs long
    and no row comes twice.
    """
    names = ["id", *(field.name for field in layer.fields)]
    statement = (
        select(
            *(layer.column(name).label(name) for name in names),
            *anchor_columns(layer),
            func.ST_AsBinary(layer.column("geom")).label("shape"),
        )
        .where(wanted)
        .order_by(layer.column("fid"))
        .execution_options(yield_per=CHUNK)
    )
    with session.execute(statement) as found:
        for rows in found.mappings().partitions():
            yield _chunk(rows, names, crs)


def _chunk(rows: Sequence[Mapping[Any, Any]], names: Sequence[str], crs: Crs) -> Chunk:
    """Return rows of the database as a chunk in a coordinate system."""
    shapes = np.array(
        [None if row["shape"] is None else bytes(row["shape"]) for row in rows], dtype=object
    )
    geometry: NDArray[Any] = np.asarray(shapely.from_wkb(shapes), dtype=object)
    lon = np.array([row["lon"] for row in rows], dtype=np.float64)
    lat = np.array([row["lat"] for row in rows], dtype=np.float64)
    x, y = systems.from_lon_lat(lon, lat, crs)
    return Chunk(
        values={name: [row[name] for row in rows] for name in names},
        geometry=systems.from_wgs84(geometry, crs),
        x=x,
        y=y,
    )


def written(value: Any) -> Any:
    """Return a value as a cell holds it: lists joined, ids and moments as text."""
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value
