"""Features for tests: put into a layer in bulk, and scattered with a fixed seed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg
import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.database import set_bulk


def put(
    session: Session, layer: Layer, geometries: Sequence[BaseGeometry], **columns: Sequence[Any]
) -> list[uuid.UUID]:
    """Insert one row a geometry (EPSG:4326) in bulk mode and return their ids."""
    ids = [uuid.uuid4() for _ in geometries]
    set_bulk(session, uuid.uuid4())
    shapes = shapely.to_wkb(shapely.set_srid(list(geometries), 4326), hex=True, include_srid=True)
    names = sql.SQL(",").join(map(sql.Identifier, ("id", "geom", *columns)))
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(layer.name), names)
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    everything = list(zip(ids, shapes, *columns.values(), strict=True))
    # In parts: a loaded machine must not run into the statement timeout.
    for start in range(0, len(everything), 10_000):
        with raw.cursor() as cursor, cursor.copy(copy) as rows:
            for row in everything[start : start + 10_000]:
                rows.write_row(row)
    return ids


def points(
    count: int, *, seed: int, box: tuple[float, float, float, float] = (-180, -85, 180, 85)
) -> list[BaseGeometry]:
    """Return points spread evenly in lon, lat over a box (west, south, east, north)."""
    draw = np.random.default_rng(seed)
    lon = draw.uniform(box[0], box[2], count)
    lat = draw.uniform(box[1], box[3], count)
    return list(shapely.points(lon, lat))
