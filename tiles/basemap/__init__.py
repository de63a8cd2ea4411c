"""One tile of the base map: land use, water, buildings, railways, borders, roads, places.

It comes from the archive that the site has made of an OpenStreetMap extract (`tiles.basemap.make`),
else from the layers of the database, with the same source-layers and fields.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from layers.catalog import find
from layers.errors import NotFoundError
from tiles import ground
from tiles.archive import Archive
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


def tile(session: Session, z: int, x: int, y: int, *, archive: Archive | None = None) -> bytes:
    """Return the base map's tile z/x/y as uncompressed MVT; b"" where there is nothing.

    With an archive the database is not asked.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    NotFoundError
        Deeper than the archive goes (`basemap_depth`): its deepest tiles are to be stretched.
    DamagedError
        The archive is damaged there.
    """
    where = Tile(z, x, y)
    if archive is not None:
        check_depth(archive, z)
        return archive.tile(z, x, y)
    return b"".join(
        ground.tile(session, find(name), where, max_bytes=max_bytes)
        for name, max_bytes in SOURCES.items()
    )


def check_depth(archive: Archive, z: int) -> None:
    """Refuse a zoom that is deeper than an archive goes: an empty tile would be a blank map."""
    deepest = archive.header.max_zoom
    if z > deepest:
        raise NotFoundError(
            f"the base map has no tiles of zoom {z}: stretch those of zoom {deepest}",
            code="basemap_depth", got=z, maximum=deepest,
        )  # fmt: skip
