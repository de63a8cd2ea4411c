"""Features for tests: put into a layer in bulk, and scattered with a fixed seed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, insert
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.database import set_bulk


def put(
    session: Session, layer: Layer, geometries: Sequence[BaseGeometry], **columns: Sequence[Any]
) -> list[uuid.UUID]:
    """Insert one row a geometry (EPSG:4326) in bulk mode and return their ids."""
    ids = [uuid.uuid4() for _ in geometries]
    set_bulk(session, uuid.uuid4())
    rows = [
        {"id": ids[i], "geom": shapely.to_wkb(geometry)}
        | {name: values[i] for name, values in columns.items()}
        for i, geometry in enumerate(geometries)
    ]
    table = layer.table
    values = {name: table.c[name] for name in ("id", *columns)}
    for start in range(0, len(rows), 2000):
        part = rows[start : start + 2000]
        session.execute(
            insert(table).values(
                [
                    {name: row[name] for name in values}
                    | {"geom": func.ST_SetSRID(func.ST_GeomFromWKB(row["geom"]), 4326)}
                    for row in part
                ]
            )
        )
    return ids


def points(
    count: int, *, seed: int, box: tuple[float, float, float, float] = (-180, -85, 180, 85)
) -> list[BaseGeometry]:
    """Return points spread evenly in lon, lat over a box (west, south, east, north)."""
    draw = np.random.default_rng(seed)
    lon = draw.uniform(box[0], box[2], count)
    lat = draw.uniform(box[1], box[3], count)
    return list(shapely.points(lon, lat))
