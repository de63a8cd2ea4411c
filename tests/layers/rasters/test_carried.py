"""A raster's pixels go with the database: into a backup and back."""

import uuid

import numpy as np
import pytest
import rasterio
from affine import Affine
from sqlalchemy.orm import Session

from layers import backup, rasters
from layers.models import Raster
from layers.rasters import Told


@pytest.fixture
def values():
    return (np.random.default_rng(4).random((40, 300)) * 500).astype("float32")


def test_a_raster_comes_back_with_a_backup(database, urls, tmp_path, values):
    path = tmp_path / "hills.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=40, width=300, count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(0.001, 0.0, 113.0, 0.0, -0.001, 35.0),
    ) as dataset:  # fmt: skip
        dataset.write(values[None])
    with Session(database) as session:
        shown = rasters.add(session, path, Told(kind="dem", name="hills", source="made"))
        session.commit()
    backup.backup(tmp_path / "site.backup", urls)
    with Session(database) as session:
        rasters.remove(session, uuid.UUID(shown["id"]))
        session.commit()
    database.dispose()
    backup.restore(tmp_path / "site.backup", urls)
    with Session(database) as session:
        assert rasters.listed(session) == [shown]
        row = session.get(Raster, uuid.UUID(shown["id"]))
        got = rasters.block(session, row, rows=(0, 40), columns=(0, 300)).pixels
    assert np.array_equal(got, values)
