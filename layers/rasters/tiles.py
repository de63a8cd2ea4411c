"""Pixels as tiles: packed into the database, and read back as one block."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from layers.errors import DamagedError, TooLargeError
from layers.models import Raster, RasterTile

Pixels = NDArray[np.float32]
Ints = NDArray[np.intp]

SIDE = 256
MOST_PIXELS = 64_000_000
"""Most pixels that one block may hold: 256 MB."""

_LEVEL = 6
_TILES_AT_ONCE = 64


@dataclass(frozen=True)
class Block:
    """Pixels of a raster from a row and column on; NaN is no data."""

    pixels: Pixels
    first_row: int
    first_column: int


def pack(pixels: Pixels) -> bytes:
    """Return a tile's pixels packed: bytes of one weight side by side, then deflated."""
    little = np.ascontiguousarray(pixels, dtype="<f4").reshape(-1, 1)
    return zlib.compress(little.view(np.uint8).T.tobytes(), _LEVEL)


def unpack(content: bytes) -> Pixels:
    """Return the pixels of a packed tile.

    Raises
    ------
    DamagedError
        It is not one.
    """
    try:
        flat = np.frombuffer(zlib.decompress(content), dtype=np.uint8).reshape(4, SIDE * SIDE)
    except (zlib.error, ValueError) as error:
        raise DamagedError(f"a raster tile is damaged: {error}") from error
    pixels: Pixels = np.ascontiguousarray(flat.T).view("<f4").reshape(SIDE, SIDE)
    return pixels


def block(
    session: Session, raster: Raster, *, rows: tuple[int, int], columns: tuple[int, int]
) -> Block:
    """Return the pixels of half-open ranges of rows and columns, cut to the raster.

    Raises
    ------
    TooLargeError
        More than `MOST_PIXELS`.
    """
    top, bottom = max(0, rows[0]), min(raster.rows, rows[1])
    left, right = max(0, columns[0]), min(raster.columns, columns[1])
    height, width = max(0, bottom - top), max(0, right - left)
    if height * width > MOST_PIXELS:
        raise TooLargeError(
            f"{raster.name} is too fine for this area: {height} x {width} pixels",
            code="raster_block",
            got=height * width,
            wanted=MOST_PIXELS,
        )
    pixels = np.full((height, width), np.nan, dtype=np.float32)
    if pixels.size:
        _fill(session, raster.id, pixels, top, left)
    return Block(pixels, top, left)


def rows_of(session: Session, raster: Raster) -> Iterator[Pixels]:
    """Give all pixels of a raster in strips of `SIDE` rows from the north; NaN is no data."""
    for first in range(0, raster.rows, SIDE):
        strip = np.full((min(SIDE, raster.rows - first), raster.columns), np.nan, np.float32)
        _fill(session, raster.id, strip, first, 0)
        yield strip


def at_pixels(session: Session, raster: Raster, row: Ints, column: Ints) -> Pixels:
    """Return the values of single pixels, however far apart: tile by tile, in little memory."""
    values = np.full(row.shape, np.nan, dtype=np.float32)
    across = -(-raster.columns // SIDE)
    tile = (row // SIDE) * across + column // SIDE
    order = np.argsort(tile, kind="stable")
    wanted, first = np.unique(tile[order], return_index=True)
    places = dict(zip(wanted.tolist(), np.split(order, first[1:]), strict=True))
    for some in _batches(places, _TILES_AT_ONCE):
        found = session.execute(
            select(RasterTile.tile_row, RasterTile.tile_column, RasterTile.content).where(
                RasterTile.raster_id == raster.id,
                tuple_(RasterTile.tile_row, RasterTile.tile_column).in_(
                    [divmod(number, across) for number in some]
                ),
            )
        )
        for tile_row, tile_column, content in found:
            here = places[tile_row * across + tile_column]
            values[here] = unpack(content)[row[here] % SIDE, column[here] % SIDE]
    return values


def _fill(session: Session, raster_id: uuid.UUID, pixels: Pixels, top: int, left: int) -> None:
    bottom, right = top + pixels.shape[0], left + pixels.shape[1]
    found = session.execute(
        select(RasterTile.tile_row, RasterTile.tile_column, RasterTile.content).where(
            RasterTile.raster_id == raster_id,
            RasterTile.tile_row.between(top // SIDE, (bottom - 1) // SIDE),
            RasterTile.tile_column.between(left // SIDE, (right - 1) // SIDE),
        )
    )
    for tile_row, tile_column, content in found:
        row, column = tile_row * SIDE, tile_column * SIDE
        from_row, to_row = max(top, row), min(bottom, row + SIDE)
        from_column, to_column = max(left, column), min(right, column + SIDE)
        pixels[from_row - top : to_row - top, from_column - left : to_column - left] = unpack(
            content
        )[from_row - row : to_row - row, from_column - column : to_column - column]


def _batches(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    left = iter(numbers)
    while batch := list(islice(left, size)):
        yield batch
