"""Which rasters a site has: taken in, listed, removed."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pyproj import CRS
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from layers.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    OutOfRangeError,
)
from layers.models import Raster, RasterTile
from layers.rasters import reader
from layers.rasters.placing import crs_of, footprint, resolution_m
from layers.rasters.reader import Grid
from layers.rasters.tiles import SIDE, Pixels, pack

UNITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"dem": ("m",), "fuel": ("model",), "population": ("people", "people/km2")}
)
"""By kind: the units that its values may have, the usual one first."""

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"dem": (-500.0, 9000.0), "fuel": (0.0, 255.0), "population": (0.0, 1e7)}
)
"""By kind: what a value may be."""

PERIODS = ("day", "night")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a person says of a raster file; `crs` counts where the file names none."""

    kind: str
    name: str
    source: str
    unit: str | None = None
    source_date: str | None = None
    licence: str | None = None
    period: str | None = None
    region: str | None = None
    crs: str | None = None
    band: int = 1


def add(
    session: Session,
    file: Path,
    told: Told,
    *,
    progress: Callable[[str, int], None] = lambda step, rows: None,
) -> dict[str, Any]:
    """Take a GeoTIFF or SRTM file (.tif, .hgt, .hgt.zip) in; return it as listed.

    The file is read by a confined child (layers.rasters.reader); nothing of it is kept but the
    pixels of one band. All or nothing: a fault leaves the caller's transaction to be rolled back.

    Raises
    ------
    InvalidInputError
        The file, or what is said of it, cannot be used.
    OutOfRangeError
        A value is no height, fuel or number of people: carries `got` and `wanted`.
    ConflictError
        The same content is registered as this kind already.
    UnknownCrsError
        Its coordinate system is not known, or does not reach WGS 84.
    """
    _check(told)
    sha256 = _digest(file)
    _refuse_twice(session, told.kind, sha256)
    with reader.opened(file, band=told.band, crs=told.crs) as (grid, strips):
        made = keep(
            session, grid, strips, told, file_name=file.name, sha256=sha256, progress=progress
        )
    return made


def keep(
    session: Session,
    grid: Grid,
    strips: Iterable[Pixels],
    told: Told,
    *,
    file_name: str,
    sha256: str,
    progress: Callable[[str, int], None] = lambda step, rows: None,
) -> dict[str, Any]:
    """Register pixels as a raster: strips of `SIDE` rows from the north; return it as listed.

    Raises what `add` raises of values and coordinate systems.
    """
    unit, crs = _check(told), crs_of(grid.crs)
    row = Raster(
        kind=told.kind,
        name=told.name,
        period=told.period,
        unit=unit,
        crs=crs.to_wkt(),
        west=grid.west,
        north=grid.north,
        pixel_width=grid.pixel_width,
        pixel_height=grid.pixel_height,
        columns=grid.columns,
        rows=grid.rows,
        resolution_m=resolution_m(grid, crs),
        source=told.source,
        source_date=told.source_date,
        licence=told.licence,
        file_name=file_name,
        sha256=sha256,
        region=told.region,
        geom=f"SRID=4326;{footprint(grid, crs)}",
    )
    session.add(row)
    session.flush()
    low, high = np.inf, -np.inf
    for index, strip in enumerate(strips):
        progress("pixels", min(grid.rows, (index + 1) * SIDE))
        low, high = _widen(told.kind, strip, low, high)
        _keep(session, row.id, index, strip)
    if low > high:
        raise InvalidInputError(f"{file_name} holds no value", code="raster_empty", file=file_name)
    row.minimum, row.maximum = float(low), float(high)
    session.flush()
    return _shown(row)


def listed(session: Session) -> list[dict[str, Any]]:
    """Return every raster, by kind and name."""
    rows = session.scalars(select(Raster).order_by(Raster.kind, Raster.name, Raster.id))
    return [_shown(row) for row in rows]


def remove(session: Session, raster_id: uuid.UUID) -> dict[str, Any]:
    """Remove a raster with its pixels; return it as it was listed.

    Raises
    ------
    NotFoundError
        There is none of that id.
    """
    row = session.get(Raster, raster_id)
    if row is None:
        raise NotFoundError(f"there is no raster {raster_id}", code="no_raster", got=str(raster_id))
    shown = _shown(row)
    session.delete(row)
    session.flush()
    return shown


def _check(told: Told) -> str:
    """Return the unit; raise InvalidInputError for the first thing said that cannot be."""
    _one_of("kind", told.kind, tuple(UNITS))
    for name, value in (("name", told.name), ("source", told.source)):
        if not value.strip() or len(value) > 500:
            raise InvalidInputError(
                f"{name}: wanted 1 to 500 characters", field=name, got=value[:80], wanted="1 .. 500"
            )
    if told.period is not None:
        _one_of("period", told.period, PERIODS)
    if told.source_date is not None and not _DATE.fullmatch(told.source_date):
        raise InvalidInputError(
            f"source_date: got {told.source_date!r}, wanted a year, month or day",
            field="source_date",
            got=told.source_date[:80],
            wanted="2020 | 2020-06 | 2020-06-30",
        )
    unit = told.unit or UNITS[told.kind][0]
    _one_of("unit", unit, UNITS[told.kind])
    return unit


def _one_of(name: str, value: str, wanted: tuple[str, ...]) -> None:
    if value not in wanted:
        raise InvalidInputError(
            f"{name}: got {value!r}, wanted one of {', '.join(wanted)}",
            field=name,
            got=value[:80],
            wanted=", ".join(wanted),
        )


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refuse_twice(session: Session, kind: str, sha256: str) -> None:
    same = select(Raster.name).where(Raster.kind == kind, Raster.sha256 == sha256)
    if (name := session.scalar(same)) is not None:
        raise ConflictError(
            f"this file is registered already as {name!r}", code="raster_twice", name=name
        )


def _widen(kind: str, strip: Pixels, low: float, high: float) -> tuple[float, float]:
    known = strip[np.isfinite(strip)]
    if not known.size:
        return low, high
    least, most = float(known.min()), float(known.max())
    allowed = RANGES[kind]
    for value in (least, most):
        if not allowed[0] <= value <= allowed[1]:
            wanted = f"{allowed[0]:g} .. {allowed[1]:g} {UNITS[kind][0]}"
            raise OutOfRangeError(
                f"{kind}: got a value of {value:g}, wanted {wanted}; is no data marked?",
                code="raster_value",
                field=kind,
                got=value,
                wanted=wanted,
            )
    return min(low, least), max(high, most)


def _keep(session: Session, raster_id: uuid.UUID, index: int, strip: Pixels) -> None:
    """Write one strip as tiles; a tile without data is not written."""
    tiles = []
    for column in range(0, strip.shape[1], SIDE):
        part = strip[:, column : column + SIDE]
        if np.isfinite(part).any():
            whole = np.full((SIDE, SIDE), np.nan, dtype=np.float32)
            whole[: part.shape[0], : part.shape[1]] = part
            tiles.append(
                {
                    "raster_id": raster_id,
                    "tile_row": index,
                    "tile_column": column // SIDE,
                    "content": pack(whole),
                }
            )
    if tiles:
        session.execute(insert(RasterTile), tiles)


def _shown(row: Raster) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "period": row.period,
        "unit": row.unit,
        "crs": CRS.from_wkt(row.crs).name,
        "columns": row.columns,
        "rows": row.rows,
        "resolution_m": row.resolution_m,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "source": row.source,
        "source_date": row.source_date,
        "licence": row.licence,
        "file_name": row.file_name,
        "sha256": row.sha256,
        "region": row.region,
    }


def covering(session: Session, kind: str, *, wkt: str) -> list[Raster]:
    """Return the rasters of a kind that touch an area (EPSG:4326), the finest and newest first."""
    area = func.ST_GeomFromText(wkt, 4326)
    return list(
        session.scalars(
            select(Raster)
            .where(Raster.kind == kind, func.ST_Intersects(Raster.geom, area))
            .order_by(Raster.resolution_m, Raster.source_date.desc().nulls_last(), Raster.id)
        )
    )
