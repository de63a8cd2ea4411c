"""Raster files of strangers, read by a confined child (layers.rasters.child)."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidInputError, TooLargeError
from layers.rasters import worldfile
from layers.rasters.child import DRIVERS, HGT, IMAGE_BANDS, MOST_PIXELS
from layers.rasters.tiles import SIDE

MOST_BYTES = 2 << 30
_HGT_BYTES = 2 * 7201**2
"""Half a second of arc, two bytes a height: no sheet of SRTM is larger."""
ENDINGS = frozenset(DRIVERS)
PICTURES = (".png", ".jpg", ".jpeg")
_PRJ_BYTES = 16_384
_REFUSED = {
    "damaged": "it is damaged, or no GeoTIFF, HGT, PNG or JPEG",
    "no_crs": "it has no coordinate system; name one",
    "no_place": "nothing says where it lies: no place of its own and no world file beside it",
    "gcps": "it is placed by control points only; lay it on a map grid first (gdalwarp)",
    "turned": "its rows do not run from north to south",
    "size": "its pixels have no size that a map can have",
    "band": "it has no such band",
    "bands": "an image has 1 to 4 bands",
    "which_band": "it has several bands; name one",
    "depth": "an image has 8 bits a band",
    "complex": "its values are no plain numbers",
    "large": f"it has more than {MOST_PIXELS:,} pixels",
    "picture": "a PNG or JPEG holds colours, no values to compute with",
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
def opened(
    file: Path,
    *,
    name: str | None = None,
    band: int | None = None,
    crs: str | None = None,
    image: bool = False,
) -> Iterator[tuple[Grid, Any]]:
    """Give the grid of a file and an iterator over its strips of `SIDE` rows, from the north.

    A strip is rows x columns of float32 with NaN for no data, or of an image rows x columns x 4 of
    uint8 (red, green, blue, alpha). A world file and a .prj beside the file are read where the file
    itself says nothing.

    Parameters
    ----------
    name
        What people call the file; its own name where left out.
    crs
        Its coordinate system where it names none; one that it names stays.

    Raises
    ------
    InvalidInputError
        `code="raster_damaged"` and the other words of `_REFUSED`; while strips are read too, where
        the file is cut short.
    TooLargeError
        More than 2 GiB.
    """
    said = name or file.name
    request: dict[str, Any] = {"band": band, "image": image}
    request |= {"crs": crs or _prj(file), "place": _place(file, said)}
    if not image and file.suffix.lower() in PICTURES:
        raise _refused(said, "picture")
    with _content(file, said) as (inside, stream):
        request |= {"name": inside, "driver": DRIVERS[PurePath(inside).suffix.lower()]}
        child = subprocess.Popen(
            [sys.executable, "-m", "layers.rasters.child", json.dumps(request)],
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            told = json.loads(line) if line else {"refused": "damaged"}
            if why := told.pop("refused", None):
                raise _refused(said, why, **told)
            grid = Grid(**told)
            yield grid, _strips(said, grid, child, image=image)
        finally:
            child.stdout.close()
            child.kill()
            child.wait()


def _strips(
    said: str, grid: Grid, child: subprocess.Popen[bytes], *, image: bool
) -> Iterator[NDArray[Any]]:
    assert child.stdout is not None
    kind = np.dtype("u1" if image else "<f4")
    for first in range(0, grid.rows, SIDE):
        rows = min(SIDE, grid.rows - first)
        shape = (rows, grid.columns, IMAGE_BANDS) if image else (rows, grid.columns)
        size = int(np.prod(shape)) * kind.itemsize
        content = child.stdout.read(size)
        if len(content) < size:
            raise _refused(said, "damaged")
        yield np.frombuffer(content, dtype=kind).reshape(shape)


def _beside(file: Path, endings: tuple[str, ...]) -> Path | None:
    """Return the first file beside this one with its stem and one of these endings."""
    for ending in endings:
        for written in (ending, ending.upper()):
            if (found := file.with_suffix(written)).is_file():
                return found
    return None


def _place(file: Path, said: str) -> list[float] | None:
    beside = _beside(file, worldfile.ENDINGS)
    if beside is None:
        return None
    place = worldfile.read(beside, file_name=PurePath(said).with_suffix(beside.suffix).name)
    return list(asdict(place).values())


def _prj(file: Path) -> str | None:
    beside = _beside(file, (".prj",))
    if beside is None:
        return None
    with beside.open("rb") as stream:
        return stream.read(_PRJ_BYTES).decode("utf-8", errors="replace").strip() or None


@contextmanager
def _content(file: Path, said: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Give the name by which a driver knows the content, and the content; a ZIP holds one HGT."""
    if (size := file.stat().st_size) > MOST_BYTES:
        raise TooLargeError(f"{said} is larger than 2 GiB", got=size, wanted=MOST_BYTES)
    ending = file.suffix.lower()
    if ending == ".zip":
        with _one_hgt(file, said) as inside:
            yield inside
        return
    if ending not in ENDINGS or (ending == ".hgt" and not HGT.fullmatch(PurePath(said).name)):
        raise _refused(said, "damaged")
    with file.open("rb") as stream:
        # The driver of HGT reads the place from the name; other names are not ours to repeat.
        yield PurePath(said).name if ending == ".hgt" else f"raster{ending}", stream


@contextmanager
def _one_hgt(file: Path, said: str) -> Iterator[tuple[str, IO[bytes]]]:
    import tempfile

    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryFile() as stream:
            inside = [each for each in archive.infolist() if HGT.fullmatch(each.filename)]
            if len(inside) != 1 or inside[0].file_size > _HGT_BYTES:
                raise _refused(said, "damaged")
            with archive.open(inside[0]) as member:
                while chunk := member.read(1 << 20):
                    stream.write(chunk)
            stream.seek(0)
            yield inside[0].filename, stream
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        raise _refused(said, "damaged") from error


def _refused(said: str, why: str, **told: Any) -> InvalidInputError:
    return InvalidInputError(
        f"{said} cannot be taken: {_REFUSED[why]}", code=f"raster_{why}", file=said, **told
    )
