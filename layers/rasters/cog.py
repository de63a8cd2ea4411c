"""The file that a raster is drawn from: a cloud-optimised GeoTIFF with its overviews.

What is true of a raster lies in the database: the pixels that are computed with as rows
(`raster_tile`), an image, which is only looked at, as this very file in pieces (`raster_piece`).
The file in the folder is a copy of that, made when it is not there: it needs no backup, a second
server makes its own, and one that is deleted comes back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from layers.errors import BusyError, DamagedError
from layers.models import Raster, RasterPiece
from layers.rasters.child import IMAGE_BANDS
from layers.rasters.kinds import KINDS
from layers.rasters.reader import Grid
from layers.rasters.tiles import SIDE, rows_of

PIECE_BYTES = 1 << 20
_QUALITY = 85
_RETRY_S = 30


def file_of(
    session: Session, raster: Raster, folder: Path, *, most_pixels: int | None = None
) -> Path:
    """Return the file of a raster, made where it is not there.

    Parameters
    ----------
    most_pixels
        A raster of more is not made now; None makes any.

    Raises
    ------
    BusyError
        It is not there, and larger than `most_pixels` or in the making by somebody else
        (`raster_preparing`), or cannot be written: the disk is full (`raster_unwritten`).
    DamagedError
        An image has no pieces.
    """
    target = folder / f"{raster.id}.tif"
    if target.is_file():
        return target
    large = most_pixels is not None and raster.columns * raster.rows > most_pixels
    if large:
        raise _preparing(raster)
    try:
        with _turn(raster, folder, wait=most_pixels is None):
            if not target.is_file():
                make(session, raster, target)
    except OSError as error:
        raise BusyError(
            f"the file of {raster.name} cannot be written: {error}", code="raster_unwritten",
            name=raster.name, reason=error.strerror or str(error), retry_after_s=_RETRY_S,
        ) from error  # fmt: skip
    return target


def make(session: Session, raster: Raster, target: Path) -> None:
    """Write the file of a raster from what the database holds; whole or not at all."""
    fresh = target.with_suffix(".new")
    try:
        if KINDS[raster.kind].image:
            _join(session, raster, fresh)
        else:
            write(grid_of(raster), rows_of(session, raster), fresh, kind=raster.kind)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def grid_of(raster: Raster) -> Grid:
    """Return where the pixels of a registered raster lie."""
    return Grid(
        crs=raster.crs,
        west=raster.west,
        north=raster.north,
        pixel_width=raster.pixel_width,
        pixel_height=raster.pixel_height,
        columns=raster.columns,
        rows=raster.rows,
    )


def write(grid: Grid, strips: Iterable[NDArray[Any]], target: Path, *, kind: str) -> None:
    """Write strips of `SIDE` rows as a cloud-optimised GeoTIFF.

    Values are float32 with NaN for no data, deflated; an image is four bands of WebP, quality 85.
    """
    import rasterio.shutil

    plain = target.with_suffix(".plain")
    try:
        with rasterio.Env(GDAL_NUM_THREADS="1", GDAL_TIFF_INTERNAL_MASK=True):
            _plain(grid, strips, plain, image=KINDS[kind].image)
            rasterio.shutil.copy(plain, target, driver="COG", **_options(kind))
    finally:
        plain.unlink(missing_ok=True)


def _plain(grid: Grid, strips: Iterable[NDArray[Any]], plain: Path, *, image: bool) -> None:
    import rasterio
    from rasterio.enums import ColorInterp
    from rasterio.windows import Window

    kept = (
        {"count": IMAGE_BANDS, "dtype": "uint8", "photometric": "RGB"}
        if image
        else {"count": 1, "dtype": "float32", "nodata": np.nan}
    )
    place = rasterio.Affine(grid.pixel_width, 0.0, grid.west, 0.0, -grid.pixel_height, grid.north)
    with rasterio.open(
        plain, "w", driver="GTiff", width=grid.columns, height=grid.rows, transform=place,
        crs=grid.crs, tiled=True, blockxsize=SIDE, blockysize=SIDE, interleave="pixel",
        compress="zstd", zstd_level=1, bigtiff="IF_SAFER", **kept,
    ) as dataset:  # fmt: skip
        if image:
            dataset.colorinterp = [
                ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha,
            ]  # fmt: skip
        for index, strip in enumerate(strips):
            window = Window(0, index * SIDE, grid.columns, strip.shape[0])
            bands = np.moveaxis(strip, -1, 0) if image else strip[None]
            dataset.write(bands, window=window)


def _options(kind: str) -> dict[str, Any]:
    """Return how the driver packs a kind; overviews of classes invent none between them."""
    options: dict[str, Any] = {"BLOCKSIZE": SIDE, "BIGTIFF": "IF_SAFER", "NUM_THREADS": "1"}
    if KINDS[kind].image:
        return options | {
            "COMPRESS": "WEBP", "QUALITY": _QUALITY, "OVERVIEW_RESAMPLING": "AVERAGE",
        }  # fmt: skip
    mixing = "MODE" if KINDS[kind].classes else "AVERAGE"
    return options | {
        "COMPRESS": "DEFLATE", "PREDICTOR": "YES", "OVERVIEW_RESAMPLING": mixing,
    }  # fmt: skip


def cut(session: Session, raster: Raster, file: Path) -> None:
    """Keep the file of an image in the database, in pieces."""
    with file.open("rb") as stream:
        number = 0
        while content := stream.read(PIECE_BYTES):
            session.execute(
                insert(RasterPiece),
                {"raster_id": raster.id, "number": number, "content": content},
            )
            number += 1


def _join(session: Session, raster: Raster, target: Path) -> None:
    count = session.scalar(
        select(func.count()).select_from(RasterPiece).where(RasterPiece.raster_id == raster.id)
    )
    if not count:
        raise DamagedError(
            f"the image {raster.name} has no content", code="raster_no_content", name=raster.name
        )
    with target.open("wb") as file:
        for number in range(count):
            file.write(
                session.scalars(
                    select(RasterPiece.content).where(
                        RasterPiece.raster_id == raster.id, RasterPiece.number == number
                    )
                ).one()
            )


@contextmanager
def _turn(raster: Raster, folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold the right to make the file of a raster, among all processes of this machine."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder / f"{raster.id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise _preparing(raster) from None
        yield
    finally:
        os.close(held)  # closing lets go of it


def _preparing(raster: Raster) -> BusyError:
    return BusyError(
        f"the raster {raster.name} is being made ready to draw", code="raster_preparing",
        name=raster.name, retry_after_s=3,
    )  # fmt: skip
