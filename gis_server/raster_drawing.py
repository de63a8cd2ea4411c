"""A raster's tile for whoever asks by HTTP: a file that cannot be read is not kept."""

from __future__ import annotations

from pathlib import Path

from layers.errors import BusyError, DamagedError
from layers.models import Raster
from tiles import raster as draw
from tiles.raster.style import Drawing

_RETRY_S = 3


def png(
    file: Path,
    row: Raster,
    z: int,
    x: int,
    y: int,
    *,
    drawn: Drawing,
    side_px: int = draw.SIDE_PX,
) -> bytes | None:
    """Return a tile as `tiles.raster.png` does.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    BusyError
        The file is damaged (`raster_file`). It was a copy of what the database holds: it is
        removed, and made anew for who asks next.
    """
    try:
        return draw.png(file, row, z, x, y, drawn=drawn, side_px=side_px)
    except DamagedError as error:
        file.unlink(missing_ok=True)
        raise BusyError(
            error.message, code=error.code, retry_after_s=_RETRY_S, **error.details
        ) from error
