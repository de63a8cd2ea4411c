"""The base map of an area as the tiles of a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tiles import basemap, tilejson
from tiles.archive import Archive
from tiles.archive.writer import ArchiveWriter
from tiles.pack.cover import Cover, in_order
from tiles.pack.layers import Progress


def write(
    session: Session,
    cover: Cover,
    path: Path,
    *,
    archive: Archive | None,
    bounds: tuple[float, float, float, float],
    attribution: str | None,
    progress: Progress,
) -> Path | None:
    """Write the base map's tiles that touch the area as PMTiles; None where all are empty.

    They are whole: what lies beyond the area's border is shown as far as its tile reaches.

    Parameters
    ----------
    archive
        The site's base map, cut where it ends in depth; None takes the layers of the database.
    """
    done = 0
    with ArchiveWriter(path) as made:
        for z in zooms(cover, archive):
            for number, (x, y) in in_order(z, cover.touched[z]):
                if body := basemap.tile(session, z, x, y, archive=archive):
                    made.put(number, body)
                done += 1
                progress("basemap", done, cover.count)
        if not made.tiles:
            return None
        made.finish(_metadata(archive, attribution), bounds=bounds)
    return path


def zooms(cover: Cover, archive: Archive | None) -> list[int]:
    """Return the zooms of an area at which there are tiles: an archive ends somewhere."""
    deepest = archive.header.max_zoom if archive is not None else max(cover.touched)
    return [z for z in cover.touched if z <= deepest]


def _metadata(archive: Archive | None, attribution: str | None) -> dict[str, Any]:
    if archive is not None:
        told = archive.metadata()
        credit, shown = told.get("attribution") or attribution, told.get("vector_layers", [])
    else:
        described = tilejson.of_basemap(revision=0, attribution=attribution)
        credit, shown = attribution, described["vector_layers"]
    written = {"name": "basemap", "type": "baselayer", "vector_layers": shown}
    return written | ({"attribution": credit} if credit else {})
