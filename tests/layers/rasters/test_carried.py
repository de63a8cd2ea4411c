"""A raster goes with the database, pixels and image alike: into a backup and back."""

import uuid

import numpy as np
import pytest
import rasterio
from affine import Affine
from sqlalchemy.orm import Session

from layers import backup, rasters
from layers.intake.load import allow_long
from layers.models import Raster
from layers.rasters import Told, cog

PLACE = Affine(0.001, 0.0, 113.0, 0.0, -0.001, 35.0)
IMAGE = Told(kind="imagery", name="photo", source="made")


def _image(folder):
    path = folder / "photo.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=300, width=280, count=3, dtype="uint8", crs="EPSG:4326",
        transform=PLACE,
    ) as dataset:  # fmt: skip
        dataset.write(np.random.default_rng(5).integers(0, 255, (3, 300, 280), "uint8"))
    return path


def _file(session, card, folder):
    """Return the file to draw from, made of what the database holds."""
    return cog.file_of(session, rasters.one(session, uuid.UUID(card["id"])), folder)


@pytest.fixture
def values():
    return (np.random.default_rng(4).random((40, 300)) * 500).astype("float32")


def test_a_raster_comes_back_with_a_backup(database, urls, tmp_path, values):
    path = tmp_path / "hills.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=40, width=300, count=1, dtype="float32",
        crs="EPSG:4326", transform=PLACE,
    ) as dataset:  # fmt: skip
        dataset.write(values[None])
    with Session(database) as session:
        allow_long(session)
        shown = rasters.add(session, path, Told(kind="dem", name="hills", source="made"))
        image = rasters.add(session, _image(tmp_path), IMAGE)
        drawn = _file(session, image, tmp_path / "first").read_bytes()
        session.commit()
    backup.backup(tmp_path / "site.backup", urls)
    with Session(database) as session:
        for each in (shown, image):
            rasters.remove(session, uuid.UUID(each["id"]))
        session.commit()
    database.dispose()
    backup.restore(tmp_path / "site.backup", urls)
    with Session(database) as session:
        assert rasters.listed(session) == [shown, image]
        assert _file(session, image, tmp_path / "second").read_bytes() == drawn
        row = session.get(Raster, uuid.UUID(shown["id"]))
        got = rasters.block(session, row, rows=(0, 40), columns=(0, 300)).pixels
    assert np.array_equal(got, values)
