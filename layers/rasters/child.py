"""The confined child that reads a raster file: `python -m layers.rasters.child`.

It takes the file on standard input and a request as one argument of JSON; it answers one line of
JSON on standard output and then the pixels, row by row: little-endian float32 with NaN for no data,
or of an image four bytes a pixel (red, green, blue, alpha). It opens the file with one driver, has
no network and limits on time and memory.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from layers.rasters.tiles import SIDE

MOST_PIXELS = 1_000_000_000
HGT = re.compile(r"[NS]\d{2}[EW]\d{3}\.hgt", re.IGNORECASE)
DRIVERS = {
    ".tif": "GTiff", ".tiff": "GTiff", ".hgt": "SRTMHGT", ".png": "PNG", ".jpg": "JPEG",
    ".jpeg": "JPEG",
}  # fmt: skip
IMAGE_BANDS = 4
_LIMITS = {"memory_bytes": 6 << 30, "cpu_s": 600, "file_bytes": 0, "open_files": 64}
_SETTINGS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",
}
_SMALLEST_PIXEL, _LARGEST_EXTENT = 1e-9, 1e9


def _read(request: dict[str, Any]) -> None:
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    answered = False
    try:
        with (
            rasterio.Env(**_SETTINGS),
            MemoryFile(sys.stdin.buffer.read(), filename=request["name"]) as memory,
            rasterio.open(memory.name, driver=request["driver"]) as dataset,
        ):
            told = _told(dataset, request)
            sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
            answered = True
            if "refused" not in told:
                _write(dataset, request)
    except (RasterioError, ValueError, MemoryError):
        if not answered:
            sys.stdout.buffer.write(b'{"refused": "damaged"}\n')
        sys.exit(1)


def _told(dataset: Any, request: dict[str, Any]) -> dict[str, Any]:
    if dataset.width * dataset.height > MOST_PIXELS:
        return {"refused": "large"}
    refused = _bands_refused(dataset, request) or _place_refused(dataset, request)
    if refused:
        return {"refused": refused, "bands": dataset.count, "dtype": dataset.dtypes[0]}
    west, north, width, height = _place(dataset, request)
    return {
        "crs": dataset.crs.to_wkt() if dataset.crs else request["crs"],
        "west": west,
        "north": north,
        "pixel_width": width,
        "pixel_height": height,
        "columns": dataset.width,
        "rows": dataset.height,
    }


def _bands_refused(dataset: Any, request: dict[str, Any]) -> str | None:
    """Return why the bands of a file are not those that its kind needs, or None."""
    band = request["band"]
    if request["image"]:
        if not 1 <= dataset.count <= IMAGE_BANDS:
            return "bands"
        return None if set(dataset.dtypes) == {"uint8"} else "depth"
    if band is None and dataset.count > 1:
        return "which_band"
    if not 1 <= (band or 1) <= dataset.count:
        return "band"
    return "complex" if dataset.dtypes[(band or 1) - 1].startswith("complex") else None


def _place_refused(dataset: Any, request: dict[str, Any]) -> str | None:
    """Return why nobody can tell where a file's pixels lie, or None."""
    place = dataset.transform
    if place.is_identity and request["place"] is None:
        return "gcps" if dataset.gcps[0] else "no_place"
    turned = place.b or place.d or place.a <= 0 or place.e >= 0
    if turned and not place.is_identity:
        return "turned"
    west, north, width, height = _place(dataset, request)
    extent = max(width * dataset.width, height * dataset.height)
    sane = all(map(math.isfinite, (west, north))) and min(width, height) >= _SMALLEST_PIXEL
    if not sane or not extent <= _LARGEST_EXTENT:
        return "size"
    return None if dataset.crs or request["crs"] else "no_crs"


def _place(dataset: Any, request: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return west, north and the size of a pixel: the file's own before a world file's."""
    place = dataset.transform
    if place.is_identity:
        west, north, width, height = request["place"]
        return west, north, width, height
    return place.c, place.f, place.a, -place.e


def _write(dataset: Any, request: dict[str, Any]) -> None:
    strips = _colours(dataset) if request["image"] else _values(dataset, request["band"] or 1)
    for strip in strips:
        sys.stdout.buffer.write(strip.tobytes())
    sys.stdout.buffer.flush()


def _values(dataset: Any, band: int) -> Iterator[Any]:
    scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    for window in _windows(dataset):
        pixels = dataset.read(band, window=window, masked=True)
        values = np.where(np.ma.getmaskarray(pixels), np.nan, pixels.data.astype(float))
        values[~np.isfinite(values)] = np.nan
        yield (values * scale + offset).astype("<f4")


def _colours(dataset: Any) -> Iterator[Any]:
    """Give strips of rows x columns x (red, green, blue, alpha), whatever the file keeps."""
    from rasterio.enums import ColorInterp

    palette = _palette(dataset)
    grey = dataset.count < 3
    alpha = ColorInterp.alpha in dataset.colorinterp
    for window in _windows(dataset):
        pixels = dataset.read(1 if grey else [1, 2, 3], window=window)
        strip = np.empty((int(window.height), dataset.width, IMAGE_BANDS), dtype=np.uint8)
        if palette is not None:
            strip[:] = palette[pixels]
        else:
            strip[..., :3] = pixels[..., None] if grey else np.moveaxis(pixels, 0, -1)
            strip[..., 3] = 255
        seen = dataset.read(dataset.count, window=window) if alpha else dataset.dataset_mask(
            window=window
        )  # fmt: skip
        strip[..., 3] = np.minimum(strip[..., 3], seen)
        yield strip


def _palette(dataset: Any) -> Any:
    """Return 256 x 4 colours where the file's values are numbers of colours, or None."""
    from rasterio.enums import ColorInterp

    if dataset.count != 1 or dataset.colorinterp[0] != ColorInterp.palette:
        return None
    colours = np.zeros((256, 4), dtype=np.uint8)
    for number, colour in dataset.colormap(1).items():
        if 0 <= number < 256:
            colours[number] = colour
    return colours


def _windows(dataset: Any) -> Iterator[Any]:
    from rasterio.windows import Window

    for first in range(0, dataset.height, SIDE):
        yield Window(0, first, dataset.width, min(SIDE, dataset.height - first))


def main() -> None:
    """Read the one raster on standard input."""
    import rasterio.enums
    import rasterio.io
    import rasterio.windows

    from layers.intake.confinement import confine

    with rasterio.Env():  # every driver is loaded while its file is still readable
        rasterio.crs.CRS.from_epsg(4326).to_wkt()
    confine(_LIMITS, kind="raster")
    with suppress(BrokenPipeError):
        _read(json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
