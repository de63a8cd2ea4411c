"""The sample city's ground and residents as rasters: hills in the west, people where they live."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine
from scipy import ndimage
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_samples.city import City
from data_samples.city.frame import M_PER_DEGREE_LAT
from layers.models import Raster
from layers.rasters.reader import Grid
from layers.rasters.register import keep
from layers.rasters.tiles import SIDE
from layers.rasters.told import Told
from layers.site import FICTIONAL

Floats = NDArray[np.float64]

PIXEL_DEG = 0.0003
MARGIN_DEG = 0.03
HIGHEST_M = 420.0
_PIXEL_M = PIXEL_DEG * M_PER_DEGREE_LAT
_WEIGHTS = {"residential": 10.0, "commercial": 4.0, "education": 2.0, "farmland": 0.2}


def write(session: Session, city: City) -> None:
    """Register the ground and the residents of a city; those of another seed give way."""
    grid = _grid(city)
    made = {"dem": _ground(city, grid), "population": _residents(city, grid)}
    digests = {kind: _digest(values) for kind, values in made.items()}
    known = set(session.scalars(select(Raster.sha256).where(Raster.source.startswith(FICTIONAL))))
    if known == set(digests.values()):
        return
    remove(session)
    for kind, values in made.items():
        told = Told(kind=kind, name=f"sample {kind}", source=city.source)
        strips = (values[first : first + SIDE] for first in range(0, grid.rows, SIDE))
        keep(session, grid, strips, told, file_name="made", sha256=digests[kind])


def remove(session: Session) -> None:
    """Remove the rasters of sample cities."""
    session.execute(delete(Raster).where(Raster.source.startswith(FICTIONAL)))


def _grid(city: City) -> Grid:
    west, south, east, north = shapely.total_bounds(city.layers["region"].geometry)
    west, north = west - MARGIN_DEG, north + MARGIN_DEG
    return Grid(
        crs="EPSG:4326",
        west=float(west),
        north=float(north),
        pixel_width=PIXEL_DEG,
        pixel_height=PIXEL_DEG,
        columns=int((east + MARGIN_DEG - west) / PIXEL_DEG),
        rows=int((north - south + MARGIN_DEG) / PIXEL_DEG),
    )


def _ground(city: City, grid: Grid) -> NDArray[np.float32]:
    """Return heights: the sea at 0, banks that rise from all water, hills toward the west."""
    wet = _burned(grid, [(shape, 1.0) for shape in city.layers["water"].geometry]) > 0.0
    from_water_m = np.minimum(ndimage.distance_transform_edt(~wet) * _PIXEL_M, 8_000.0)
    random = np.random.default_rng([city.seed, 90])
    rough = ndimage.gaussian_filter(random.normal(size=wet.shape), 25.0)
    rough /= np.abs(rough).max()
    west = np.linspace(1.0, 0.0, wet.shape[1])[None, :] ** 3
    hills = HIGHEST_M * west * (0.6 + 0.4 * rough) * np.minimum(1.0, from_water_m / 1500.0)
    plain = 2.0 + 0.0015 * from_water_m + 1.5 * rough
    heights = np.where(wet, 0.0, np.maximum(0.5, plain + hills))
    return np.round(heights, 2).astype(np.float32)


def _residents(city: City, grid: Grid) -> NDArray[np.float32]:
    """Return people a pixel: each town's, spread by the use of its land."""
    regions, uses = city.layers["region"], city.layers["land_use"]
    towns = [
        (shape, index + 1.0, record["people"])
        for index, (shape, record) in enumerate(zip(regions.geometry, regions.records, strict=True))
        if record["level"] == "town"
    ]
    town = _burned(grid, [(shape, number) for shape, number, _ in towns])
    weight = _burned(
        grid,
        [
            (shape, _WEIGHTS[record["kind"]])
            for shape, record in zip(uses.geometry, uses.records, strict=True)
            if record["kind"] in _WEIGHTS
        ],
    )
    people = np.zeros(town.shape)
    for _, number, count in towns:
        here = town == number
        share = weight * here if (weight * here).any() else here.astype(float)
        if count and share.any():
            people += count * share / share.sum()
    return people.astype(np.float32)


def _burned(grid: Grid, shapes: list[tuple[Any, float]]) -> Floats:
    place = Affine(PIXEL_DEG, 0.0, grid.west, 0.0, -PIXEL_DEG, grid.north)
    burned: Floats = rasterize(
        shapes, out_shape=(grid.rows, grid.columns), transform=place, dtype="float64"
    )
    return burned


def _digest(values: NDArray[np.float32]) -> str:
    return hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()
