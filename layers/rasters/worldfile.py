"""World files: six lines of text beside a picture that say where it lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from layers.errors import InvalidInputError

ENDINGS = (".pgw", ".pngw", ".jgw", ".jpgw", ".jpegw", ".tfw", ".tifw", ".wld")
MOST_BYTES = 1024
_LINES = 6


@dataclass(frozen=True, kw_only=True)
class Place:
    """Outer corner of the first pixel and size of a pixel, in the units of the map."""

    west: float
    north: float
    pixel_width: float
    pixel_height: float


def read(file: Path, *, file_name: str) -> Place:
    """Return where a world file puts its picture.

    Its six lines are pixel width, two turns, minus the pixel height, and the middle of the first
    pixel; turns must be 0.

    Raises
    ------
    InvalidInputError
        `code="raster_world_file"`: it is no world file; `"raster_turned"`: the picture is turned.
    """
    numbers = _numbers(file, file_name)
    across, turn_y, turn_x, down, x, y = numbers
    if turn_x or turn_y or across <= 0.0 or down >= 0.0:
        raise InvalidInputError(
            f"{file_name} turns or mirrors its picture: its rows do not run from north to south",
            code="raster_turned",
            file=file_name,
        )
    return Place(west=x - across / 2.0, north=y - down / 2.0, pixel_width=across,
                 pixel_height=-down)  # fmt: skip


def _numbers(file: Path, file_name: str) -> list[float]:
    with file.open("rb") as stream:
        text = stream.read(MOST_BYTES + 1).decode("ascii", errors="replace")
    words = text.split()
    try:
        numbers = [float(word.replace(",", ".")) for word in words]
    except ValueError:
        numbers = []
    if len(text) > MOST_BYTES or len(numbers) != _LINES or not all(map(math.isfinite, numbers)):
        raise InvalidInputError(
            f"{file_name} is no world file: wanted {_LINES} numbers, one a line",
            code="raster_world_file", file=file_name, got=text[:80], wanted=f"{_LINES}",
        )  # fmt: skip
    return numbers
