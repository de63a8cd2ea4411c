"""The base map of an area as the tiles of a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tiles import basemap, tilejson
from tiles.archive_writer import ArchiveWriter
from tiles.pack_cover import Cover, in_order
from tiles.pack_layers import Progress


def write(
    session: Session,
    cover: Cover,
    path: Path,
    *,
    bounds: tuple[float, float, float, float],
    attribution: str | None,
    progress: Progress,
) -> Path | None:
    """Write the base map's tiles that touch the area as PMTiles; None where all are empty.

    They are whole: what lies beyond the area's border is shown as far as its tile reaches.
    """
    done = 0
    with ArchiveWriter(path) as archive:
        for z, touched in cover.touched.items():
            for number, (x, y) in in_order(z, touched):
                if body := basemap.tile(session, z, x, y):
                    archive.put(number, body)
                done += 1
                progress("basemap", done, cover.count)
        if not archive.tiles:
            return None
        archive.finish(_metadata(attribution), bounds=bounds)
    return path


def _metadata(attribution: str | None) -> dict[str, Any]:
    described = tilejson.of_basemap(revision=0, attribution=attribution)
    told = {"name": "basemap", "type": "baselayer", "vector_layers": described["vector_layers"]}
    return told | ({"attribution": attribution} if attribution else {})
