"""One tile of the base map: land use, water, buildings, railways, roads, places."""

from __future__ import annotations

from sqlalchemy.orm import Session

from layers.catalog import find
from tiles import ground
from tiles.grid import Tile

SOURCES: dict[str, int] = {
    "land_use": 110_000,
    "water": 110_000,
    "building": 120_000,
    "railway": 20_000,
    "road": 120_000,
    "place": 20_000,
}
"""Source-layers from the bottom up, and how many bytes each may take: 500,000 in all."""


def tile(session: Session, z: int, x: int, y: int) -> bytes:
    """Return the base map's tile z/x/y as uncompressed MVT; b"" where there is nothing.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    """
    where = Tile(z, x, y)
    return b"".join(
        ground.tile(session, find(name), where, max_bytes=max_bytes)
        for name, max_bytes in SOURCES.items()
    )
