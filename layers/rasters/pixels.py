"""Pixels of a raster into the database: values as tiles, an image as the file it is drawn from."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlalchemy.orm import Session

from layers.errors import OutOfRangeError
from layers.models import Raster, RasterTile
from layers.rasters import cog
from layers.rasters.kinds import KINDS
from layers.rasters.reader import Grid
from layers.rasters.tiles import SIDE, Pixels, pack


def keep_values(
    session: Session, row: Raster, grid: Grid, strips: Iterable[Pixels]
) -> tuple[float, float] | None:
    """Write values as tiles; return the least and the greatest, None where there is none."""
    low, high = np.inf, -np.inf
    for index, strip in enumerate(strips):
        low, high = _widen(row.kind, strip, low, high)
        _keep_strip(session, row.id, index, strip)
    return (float(low), float(high)) if low <= high else None


def keep_image(
    session: Session, row: Raster, grid: Grid, strips: Iterable[NDArray[Any]]
) -> tuple[float, float] | None:
    """Write an image as its file in pieces; None where nothing of it can be seen."""
    seen = False

    def watched() -> Iterator[NDArray[Any]]:
        nonlocal seen
        for strip in strips:
            seen = seen or bool(strip[..., 3].any())
            yield strip

    with tempfile.TemporaryDirectory(prefix="onemap-raster-") as folder:
        file = Path(folder) / "image.tif"
        cog.write(grid, watched(), file, kind=row.kind)
        if not seen:
            return None
        cog.cut(session, row, file)
    return 0.0, 255.0


def _widen(kind: str, strip: Pixels, low: float, high: float) -> tuple[float, float]:
    known = strip[np.isfinite(strip)]
    if not known.size:
        return low, high
    least, most = float(known.min()), float(known.max())
    allowed = KINDS[kind]
    for value in (least, most):
        if not allowed.low <= value <= allowed.high:
            unit = allowed.units[0] if allowed.units else ""
            wanted = f"{allowed.low:g} .. {allowed.high:g} {unit}".strip()
            raise OutOfRangeError(
                f"{kind}: got a value of {value:g}, wanted {wanted}; is no data marked?",
                code="raster_value",
                field=kind,
                got=value,
                wanted=wanted,
            )
    return min(low, least), max(high, most)


def _keep_strip(session: Session, raster_id: uuid.UUID, index: int, strip: Pixels) -> None:
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
