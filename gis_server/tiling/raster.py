"""A tile of a raster: which raster that is, what was drawn of it before, else drawn once.

A raster is seen whole or not at all. So what was drawn is shared by all who may see it, and whether
one may is judged at every request. Its key names all that it depends on: it never becomes untrue.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gis_server.tiling.address import making
from gis_server.tiling.supply import Answer, Supply, unreachable
from layers import rasters
from layers.models import Raster
from layers.query.scope import Scope
from layers.rasters.card import revision
from tiles.cache import Entry, key
from tiles.grid import Tile
from tiles.raster import meets
from tiles.raster.style import Drawing


@dataclass(frozen=True)
class AskedRaster:
    """One tile of a raster that is asked for.

    `revision` is that of the address. `plain`: drawn as everybody may ask, not over a range of
    values of one's own, of which there is no end.
    """

    raster: Raster
    tile: Tile
    side_px: int
    drawn: Drawing
    revision: str
    plain: bool

    @property
    def present(self) -> bool:
        """Whether the address names what the raster shows now."""
        return self.revision == revision(self.raster)

    @property
    def key(self) -> bytes:
        """The key of all that the picture depends on: the program, the raster, how it is drawn."""
        said = tuple(str(getattr(self.raster, column.key)) for column in Raster.__table__.columns)
        place = (self.tile.z, self.tile.x, self.tile.y)
        return key(making(), revision(self.raster), said, self.drawn, self.side_px, place)


def found(
    supply: Supply, raster_id: uuid.UUID, scope: Scope, session: Callable[[], Session]
) -> Raster:
    """Return a raster that a reader may see; from memory where that is as new as the journal.

    Raises
    ------
    NotFoundError
        There is none of that id, or none for this reader.
    BusyError
        The database is away, and no such raster is known.
    """
    watch = supply.watch
    if watch is not None and (watch.in_step or watch.away):
        raster = watch.rasters.get(raster_id)
        if raster is not None and rasters.shows(raster, scope):
            return raster
        if watch.away:
            raise unreachable()
    return rasters.one(session(), raster_id, scope)


def answer(supply: Supply, asked: AskedRaster, draw: Callable[[], bytes | None]) -> Answer:
    """Return the tile, drawn where it was not; one beside the raster is empty and not kept.

    Raises
    ------
    BusyError
        Too many are being made, or the database is away and this one was never drawn.
    """
    watch = supply.watch
    stale_since = watch.synced_at if watch is not None and watch.away else None
    if not meets(asked.raster, asked.tile):
        entry: Entry | None = Entry.of(b"", seq=0)
    else:
        entry = supply.kept(asked.key, plain=asked.plain)
    if entry is None and stale_since is not None:
        raise unreachable()
    if entry is None:
        entry = supply.made(
            asked.key, lambda: Entry.of(draw() or b"", seq=0, packs=False), plain=asked.plain
        )
    return Answer(entry, for_ever=asked.present and stale_since is None, stale_since=stale_since)
