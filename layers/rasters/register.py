"""Which rasters a site has: taken in, found, removed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from layers.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
)
from layers.models import Raster
from layers.query.scope import EVERYTHING, Scope
from layers.rasters import pixels, reader
from layers.rasters.card import card
from layers.rasters.child import IMAGE_BANDS
from layers.rasters.kinds import KINDS
from layers.rasters.placing import crs_of, footprint, resolution_m
from layers.rasters.reader import Grid
from layers.rasters.tiles import SIDE
from layers.rasters.told import Told, check

Progress = Callable[[str, int], None]


def _silent(step: str, rows: int) -> None:
    """Tell nobody."""


def add(
    session: Session,
    file: Path,
    told: Told,
    *,
    name: str | None = None,
    progress: Progress = _silent,
) -> dict[str, Any]:
    """Take a raster file in (GeoTIFF, SRTM, PNG or JPEG with world file); return its card.

    The file is read by a confined child (layers.rasters.reader); nothing of it is kept but the
    pixels. All or nothing: a fault leaves the caller's transaction to be rolled back.

    Parameters
    ----------
    name
        What people call the file; its own name where left out.

    Raises
    ------
    InvalidInputError
        The file, or what is said of it, cannot be used.
    OutOfRangeError
        A value is none that its kind may have: carries `got` and `wanted`.
    ConflictError
        The same content is registered as this kind already.
    UnknownCrsError
        Its coordinate system is not known, or does not reach WGS 84.
    """
    check(told)
    sha256 = _digest(file)
    image = KINDS[told.kind].image
    with reader.opened(file, name=name, band=told.band, crs=told.crs, image=image) as (
        grid,
        strips,
    ):
        _refuse_twice(session, told, sha256)
        return keep(
            session, grid, strips, told, file_name=name or file.name, sha256=sha256,
            progress=progress,
        )  # fmt: skip


def keep(
    session: Session,
    grid: Grid,
    strips: Iterable[NDArray[Any]],
    told: Told,
    *,
    file_name: str,
    sha256: str,
    progress: Progress = _silent,
) -> dict[str, Any]:
    """Register pixels as a raster: strips of `SIDE` rows from the north; return its card.

    Raises what `add` raises of values and coordinate systems.
    """
    unit, crs = check(told), crs_of(grid.crs)
    image = KINDS[told.kind].image
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
        bands=IMAGE_BANDS if image else 1,
        resolution_m=resolution_m(grid, crs),
        source=told.source,
        source_date=told.source_date,
        licence=told.licence,
        taken_at=told.taken_at,
        file_name=file_name,
        sha256=sha256,
        region=told.region,
        geom=f"SRID=4326;{footprint(grid, crs)}",
    )
    session.add(row)
    session.flush()
    followed = _followed(strips, grid, progress)
    store = pixels.keep_image if image else pixels.keep_values
    bounds = store(session, row, grid, followed)
    if bounds is None:
        raise InvalidInputError(f"{file_name} holds no value", code="raster_empty", file=file_name)
    row.minimum, row.maximum = bounds
    session.flush()
    session.refresh(row)
    return card(row)


def listed(session: Session) -> list[dict[str, Any]]:
    """Return the cards of every raster, by kind, time and name."""
    return shown(session, EVERYTHING)


def shown(
    session: Session,
    scope: Scope,
    *,
    kind: str | None = None,
    place: tuple[float, float] | None = None,
) -> list[dict[str, Any]]:
    """Return the cards of the rasters that a reader may see, by kind, time taken and name.

    Parameters
    ----------
    place
        lon, lat: only those whose outline holds it.
    """
    clauses = [visible(scope)]
    if kind is not None:
        clauses.append(Raster.kind == kind)
    if place is not None:
        here = func.ST_SetSRID(func.ST_Point(*place), 4326)
        clauses.append(func.ST_Intersects(Raster.geom, here))
    rows = session.scalars(
        select(Raster)
        .where(*clauses)
        .order_by(Raster.kind, Raster.taken_at.nulls_first(), Raster.name, Raster.id)
    )
    return [card(row) for row in rows]


def visible(scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition for rasters that a reader sees: those of no region are everyone's.

    Terrain and the like are registered for the whole site; one that is for a region is for those
    whose regions hold it.
    """
    return or_(Raster.region.is_(None), scope.clause(Raster.region.expression))


def shows(raster: Raster, scope: Scope) -> bool:
    """Tell of a raster that is known what `visible` asks of the database."""
    return raster.region is None or scope.holds(raster.region)


def one(session: Session, raster_id: uuid.UUID, scope: Scope = EVERYTHING) -> Raster:
    """Return a raster that a reader may see.

    Raises
    ------
    NotFoundError
        There is none of that id, or none for this reader.
    """
    row = session.scalar(select(Raster).where(Raster.id == raster_id, visible(scope)))
    if row is None:
        raise NotFoundError(f"there is no raster {raster_id}", code="no_raster", got=str(raster_id))
    return row


def remove(session: Session, raster_id: uuid.UUID) -> dict[str, Any]:
    """Remove a raster with its pixels; return its card.

    Raises
    ------
    NotFoundError
        There is none of that id.
    """
    row = one(session, raster_id)
    told = card(row)
    session.delete(row)
    session.flush()
    return told


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


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refuse_twice(session: Session, told: Told, sha256: str) -> None:
    """Refuse a file that is registered as this kind already, for the same regions."""
    same = select(Raster.name).where(
        Raster.kind == told.kind,
        Raster.sha256 == sha256,
        Raster.region.is_not_distinct_from(told.region),
    )
    if (name := session.scalar(same.limit(1))) is not None:
        raise ConflictError(
            f"this file is registered already as {name!r}", code="raster_twice", name=name
        )


def _followed(
    strips: Iterable[NDArray[Any]], grid: Grid, progress: Progress
) -> Iterator[NDArray[Any]]:
    for index, strip in enumerate(strips):
        progress("pixels", min(grid.rows, (index + 1) * SIDE))
        yield strip
