"""The register of base maps: one row a region, and the content that its archive must have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.errors import NotFoundError
from layers.models import BasemapFile

_SRID = 4326


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is on record of a region's base map; `bounds` west, south, east, north in degrees."""

    name: str
    sha256: str
    bytes: int
    tiles: int
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    layers: Sequence[str]
    source: str
    source_sha256: str
    attribution: str
    osm_timestamp: dt.datetime | None = None


def put(session: Session, entry: Entry) -> None:
    """Put a region's base map on record, in the place of the one of that name."""
    row = session.scalar(select(BasemapFile).where(BasemapFile.name == entry.name))
    if row is None:
        row = BasemapFile(name=entry.name)
        session.add(row)
    for name in (
        "sha256", "bytes", "tiles", "min_zoom", "max_zoom", "source", "source_sha256",
        "attribution", "osm_timestamp",
    ):  # fmt: skip
        setattr(row, name, getattr(entry, name))
    row.layers = list(entry.layers)
    row.extent = func.ST_MakeEnvelope(*entry.bounds, _SRID)
    row.made_at = func.now()
    session.flush()


def remove(session: Session, name: str) -> None:
    """Take a region's base map off the record.

    Raises
    ------
    NotFoundError
        There is none of that name (`no_basemap`).
    """
    row = session.scalar(select(BasemapFile).where(BasemapFile.name == name))
    if row is None:
        known = ", ".join(session.scalars(select(BasemapFile.name).order_by(BasemapFile.name)))
        raise NotFoundError(
            f"there is no base map {name!r}; there are: {known or 'none'}",
            code="no_basemap", got=name, wanted=known,
        )  # fmt: skip
    session.delete(row)
    session.flush()


def registered(session: Session) -> list[dict[str, Any]]:
    """Return every region's base map, by name."""
    box, row = BasemapFile.extent, BasemapFile
    edges = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    return [
        {
            "name": each.name, "sha256": each.sha256, "bytes": each.bytes, "tiles": each.tiles,
            "minzoom": each.min_zoom, "maxzoom": each.max_zoom, "bounds": list(map(float, edge)),
            "layers": each.layers, "source": each.source, "source_sha256": each.source_sha256,
            "attribution": each.attribution, "osm_timestamp": each.osm_timestamp,
            "made_at": each.made_at,
        }
        for each, *edge in session.execute(select(row, *edges).order_by(row.name))
    ]  # fmt: skip


def contents(session: Session) -> list[str]:
    """Return the SHA-256 of every archive on record, sorted."""
    return sorted(set(session.scalars(select(BasemapFile.sha256))))
