"""Districts of many places at once: filled where a record names none, compared where it does.

The rule is that of `layers.district`, over all records in one pass: the smallest region by area
that a place lies in or on the border of, the first by code of two alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from layers import region_code
from layers.intake.table import Fault, shown
from layers.models import Region


def districts(session: Session, geometry: NDArray[Any]) -> pa.Array:
    """Return the code of the district of each geometry (EPSG:4326), null where there is none."""
    if not session.scalar(select(exists().select_from(Region))):
        return pa.nulls(len(geometry), pa.string())
    there = np.flatnonzero(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))
    codes: NDArray[Any] = np.full(len(geometry), None, dtype=object)
    if not len(there):
        return pa.array(codes, type=pa.string())
    west, south, east, north = shapely.total_bounds(geometry[there])
    box = func.ST_MakeEnvelope(west, south, east, north, 4326)
    found = session.execute(
        select(Region.code, func.ST_AsBinary(Region.geom))
        .where(Region.geom.op("&&")(box))
        .order_by(func.ST_Area(Region.geom), Region.code)
    ).all()
    if found:
        shapes = shapely.from_wkb([bytes(shape) for _, shape in found])
        smallest = _smallest(geometry[there], np.asarray(shapes, dtype=object))
        names = np.array([code for code, _ in found] + [None], dtype=object)
        codes[there] = names[smallest]
    return pa.array(codes, type=pa.string())


def _smallest(geometry: NDArray[Any], shapes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the position of the first shape that holds each geometry's one place, else -1."""
    places = geometry
    if not (shapely.get_type_id(geometry) == 0).all():
        places = shapely.point_on_surface(geometry)
    shapely.prepare(shapes)
    # A tree of the places, asked once for each region: prepared regions answer for many points.
    tree = shapely.STRtree(places)
    first = np.full(len(places), len(shapes), dtype=np.int64)
    at, inside = tree.query(shapes, predicate="intersects")
    np.minimum.at(first, inside, at)
    return np.where(first == len(shapes), -1, first)


def fill(given: pa.Array | None, found: pa.Array) -> pa.Array:
    """Return the regions that records name, and the districts of those that name none."""
    return found if given is None else pc.coalesce(given, found)


def unknown(session: Session, given: pa.Array, rows: NDArray[np.int64]) -> list[Fault]:
    """Return a warning where a given region is none of the site's, above or below one of them."""
    known = session.scalars(select(Region.code)).all()
    if not known:
        return []
    beginnings = {start for code in known for start in region_code.beginnings(code)} | set(known)
    above = {code[:length] for code in known if code.isdigit() for length in (2, 4, 6, 9)}
    encoded = given.dictionary_encode()
    strange = [
        region_code.is_code(code)
        and not any(code[:length] in beginnings for length in range(1, len(code) + 1))
        and not above.intersection(region_code.beginnings(code))
        for code in encoded.dictionary.to_pylist()
    ]
    index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    names = encoded.dictionary.to_pylist()
    return [
        Fault(int(rows[i]), "region", "region_unknown", shown(names[index[i]]), None, "warning")
        for i in np.flatnonzero(np.array([*strange, False])[index]).tolist()
    ]


def elsewhere(given: pa.Array, found: pa.Array, rows: NDArray[np.int64]) -> list[Fault]:
    """Return a warning where the given region and the place's lie on no one branch of the tree."""
    differ = pc.not_equal(given, found).fill_null(False)
    both = np.flatnonzero(differ.to_numpy(zero_copy_only=False))
    names = given.take(pa.array(both)).to_pylist()
    places = found.take(pa.array(both)).to_pylist()
    return [
        Fault(int(rows[i]), "region", "region_elsewhere", shown(name), place, "warning")
        for i, name, place in zip(both.tolist(), names, places, strict=True)
        if not region_code.holds(place, name) and not region_code.holds(name, place)
    ]
