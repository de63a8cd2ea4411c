"""Raster files of strangers, read by a confined child (layers.rasters.child)."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from layers.errors import InvalidInputError, TooLargeError
from layers.rasters.child import HGT, MOST_PIXELS
from layers.rasters.tiles import SIDE, Pixels

MOST_BYTES = 2 << 30
_SUFFIXES = frozenset({".tif", ".tiff", ".hgt"})
_REFUSED = {
    "damaged": "it is damaged, or no GeoTIFF or HGT",
    "no_crs": "it has no coordinate system; name one",
    "turned": "its rows do not run from north to south",
    "band": "it has no such band",
    "complex": "its values are no plain numbers",
    "large": f"it has more than {MOST_PIXELS:,} pixels",
}


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where the pixels of a file lie: outer corner and size of a pixel in the units of `crs`."""

    crs: str
    west: float
    north: float
    pixel_width: float
    pixel_height: float
    columns: int
    rows: int


@contextmanager
def opened(file: Path, *, band: int = 1, crs: str | None = None) -> Iterator[tuple[Grid, Any]]:
    """Give the grid of a file and an iterator over its strips of `SIDE` rows, from the north.

    Parameters
    ----------
    crs
        Its coordinate system where it names none; one that it names stays.

    Raises
    ------
    InvalidInputError
        `code="raster_damaged"`, `"raster_no_crs"`, `"raster_turned"`, `"raster_band"`,
        `"raster_complex"`; while strips are read too, where the file is cut short.
    TooLargeError
        More than 2 GiB or a thousand million pixels.
    """
    with _content(file) as (name, stream):
        request = json.dumps({"name": name, "band": band, "crs": crs})
        child = subprocess.Popen(
            [sys.executable, "-m", "layers.rasters.child", request],
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            told = json.loads(line) if line else {"refused": "damaged"}
            if "refused" in told:
                raise _refused(file, told["refused"])
            grid = Grid(**told)
            yield grid, _strips(file, grid, child)
        finally:
            child.stdout.close()
            child.kill()
            child.wait()


def _strips(file: Path, grid: Grid, child: subprocess.Popen[bytes]) -> Iterator[Pixels]:
    assert child.stdout is not None
    for first in range(0, grid.rows, SIDE):
        rows = min(SIDE, grid.rows - first)
        content = child.stdout.read(rows * grid.columns * 4)
        if len(content) < rows * grid.columns * 4:
            raise _refused(file, "damaged")
        yield np.frombuffer(content, dtype="<f4").reshape(rows, grid.columns)


@contextmanager
def _content(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Give the name by which a driver knows the content, and the content; a ZIP holds one HGT."""
    if file.stat().st_size > MOST_BYTES:
        raise TooLargeError(
            f"{file.name} is larger than 2 GiB", got=file.stat().st_size, wanted=MOST_BYTES
        )
    if file.suffix.lower() != ".zip":
        if file.suffix.lower() not in _SUFFIXES:
            raise _refused(file, "damaged")
        with file.open("rb") as stream:
            yield file.name, stream
        return
    with _one_hgt(file) as (name, stream):
        yield name, stream


@contextmanager
def _one_hgt(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    import tempfile

    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryFile() as stream:
            inside = [each for each in archive.infolist() if HGT.fullmatch(each.filename)]
            if len(inside) != 1 or inside[0].file_size > MOST_BYTES:
                raise _refused(file, "damaged")
            with archive.open(inside[0]) as member:
                while chunk := member.read(1 << 20):
                    stream.write(chunk)
            stream.seek(0)
            yield inside[0].filename, stream
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise _refused(file, "damaged") from error


def _refused(file: Path, why: str) -> InvalidInputError:
    return InvalidInputError(
        f"{file.name} cannot be taken: {_REFUSED[why]}", code=f"raster_{why}", file=file.name
    )
