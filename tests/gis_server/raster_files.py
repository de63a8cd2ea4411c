"""Raster files that tests make, and what is drawn of them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from PIL import Image

WEST, NORTH, PIXEL = 113.0, 35.0, 0.001


def tif(values: Any, *, crs: str | None = "EPSG:4490", place: Affine | None = None, **more: Any):
    """Return the bytes of a GeoTIFF of rows x columns or bands x rows x columns."""
    bands = values[None] if values.ndim == 2 else values
    place = place or Affine(PIXEL, 0.0, WEST, 0.0, -PIXEL, NORTH)
    with rasterio.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", height=bands.shape[1], width=bands.shape[2], count=bands.shape[0],
            dtype=bands.dtype, crs=crs, transform=place, **more,
        ) as dataset:  # fmt: skip
            dataset.write(bands)
        return bytes(memory.getbuffer())


def hills(rows: int = 200, columns: int = 240) -> Any:
    """Return heights of smooth hills, m."""
    down, along = np.mgrid[0:rows, 0:columns]
    return (300.0 + 200.0 * np.sin(along / 17.0) * np.cos(down / 23.0)).astype("float32")


def photo(rows: int = 120, columns: int = 160, shade: int = 0) -> Any:
    """Return an image: red grows eastward, green southward."""
    down, along = np.mgrid[0:rows, 0:columns]
    red, green = along * 255 // columns, down * 255 // rows
    return np.stack([red, green, np.full_like(red, shade)]).astype("uint8")


def picture(png: bytes) -> Any:
    """Return a PNG as rows x columns x 4."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
