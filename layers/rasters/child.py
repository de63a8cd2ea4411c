"""The confined child that reads a raster file: `python -m layers.rasters.child`.

It takes the file on standard input and a request as one argument of JSON; it answers one line of
JSON on standard output and then the pixels, row by row, as little-endian float32 with NaN for no
data. It has two drivers, no network and limits on time and memory.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from typing import Any

import numpy as np

from layers.rasters.tiles import SIDE

MOST_PIXELS = 1_000_000_000
HGT = re.compile(r"[NS]\d{2}[EW]\d{3}\.hgt", re.IGNORECASE)
_LIMITS = {"memory_bytes": 6 << 30, "cpu_s": 600, "file_bytes": 0, "open_files": 64}


def _read(request: dict[str, Any]) -> None:
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    # The driver of HGT reads the place from the name; other names are not ours to repeat.
    srtm = HGT.fullmatch(request["name"]) is not None
    name = request["name"] if srtm else "raster.tif"
    settings = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_NUM_THREADS": "1"}
    answered = False
    try:
        with (
            rasterio.Env(**settings),
            MemoryFile(sys.stdin.buffer.read(), filename=name) as memory,
            rasterio.open(memory.name, driver="SRTMHGT" if srtm else "GTiff") as dataset,
        ):
            told = _told(dataset, request)
            sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
            answered = True
            if "refused" not in told:
                _write(dataset, request["band"])
    except (RasterioError, ValueError, MemoryError):
        if not answered:
            sys.stdout.buffer.write(b'{"refused": "damaged"}\n')
        sys.exit(1)


def _told(dataset: Any, request: dict[str, Any]) -> dict[str, Any]:
    band, place = request["band"], dataset.transform
    crs = dataset.crs.to_wkt() if dataset.crs else request["crs"]
    if not 1 <= band <= dataset.count:
        return {"refused": "band"}
    if dataset.width * dataset.height > MOST_PIXELS:
        return {"refused": "large"}
    if dataset.dtypes[band - 1].startswith("complex"):
        return {"refused": "complex"}
    if place.b or place.d or place.a <= 0 or place.e >= 0:
        return {"refused": "turned"}
    if not crs:
        return {"refused": "no_crs"}
    return {
        "crs": crs,
        "west": place.c,
        "north": place.f,
        "pixel_width": place.a,
        "pixel_height": -place.e,
        "columns": dataset.width,
        "rows": dataset.height,
    }


def _write(dataset: Any, band: int) -> None:
    from rasterio.windows import Window

    scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    for first in range(0, dataset.height, SIDE):
        rows = min(SIDE, dataset.height - first)
        window = Window(0, first, dataset.width, rows)
        pixels = dataset.read(band, window=window, masked=True)
        values = np.where(np.ma.getmaskarray(pixels), np.nan, pixels.data.astype(float))
        values[~np.isfinite(values)] = np.nan
        sys.stdout.buffer.write((values * scale + offset).astype("<f4").tobytes())
    sys.stdout.buffer.flush()


def main() -> None:
    """Read the one raster on standard input."""
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
