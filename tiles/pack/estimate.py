"""How large the parts of a pack will be, from a few tiles and rows of each."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from layers.crs import WGS84
from layers.export.chunks import chunks, written
from layers.query import Scope
from tiles import basemap
from tiles.archive import Archive
from tiles.pack import basemap as pack_basemap
from tiles.pack import layers as pack_layers
from tiles.pack import tables as pack_tables
from tiles.pack.cover import Cover, Place, in_order
from tiles.pack.layers import Held

TILES_OF_A_ZOOM = 16
TILES_OF_DETAIL = 32
_DETAIL_ZOOM = 14
ROWS_OF_A_LAYER = 400

_TILE_ENTRY_BYTES = 6
_ARCHIVE_BYTES = 17_000
# Measured: an empty GeoPackage with its tables of systems; each table with its index and triggers;
# each row beside its shape and texts: keys, the lengths of its cells, its entry in the index.
_GPKG_BYTES = 98_000
_GPKG_TABLE_BYTES = 22_000
_GPKG_ROW_BYTES = 130


def basemap_bytes(session: Session, cover: Cover, *, archive: Archive | None = None) -> int:
    """Return about how many bytes the base map of an area has as PMTiles."""
    found = _ARCHIVE_BYTES
    for z in pack_basemap.zooms(cover, archive):
        found += _of_zoom(z, cover.touched[z], partial(_ground, session, z, archive))
    return found


def layers_bytes(session: Session, held: Sequence[Held], cover: Cover, *, scope: Scope) -> int:
    """Return about how many bytes the layers of an area have as PMTiles."""
    found = _ARCHIVE_BYTES
    for z in cover.touched:
        drawn = pack_layers.work(held, cover, z).tiles
        draw = partial(_shown, session, drawn, z, cover, scope)
        found += _of_zoom(z, drawn, draw)
    return found


def features_bytes(session: Session, held: Sequence[Held]) -> tuple[int, int]:
    """Return about how many bytes the features have as packed GeoJSON, and as one GeoPackage."""
    packed, tables = 0, _GPKG_BYTES
    with tempfile.TemporaryDirectory(prefix="onemap-pack-") as folder:
        for each in held:
            if each.count:
                some = _sample(each)
                path = Path(folder) / "sample"
                rows = max(1, pack_tables.write_geojson(session, each.layer, some, path))
                packed += int(path.stat().st_size * each.count / rows)
                row_bytes = _cells(session, each, some) / rows + _GPKG_ROW_BYTES
                tables += _GPKG_TABLE_BYTES + int(row_bytes * each.count)
    return packed, tables


def _ground(session: Session, z: int, archive: Archive | None, place: Place) -> bytes:
    return basemap.tile(session, z, *place, archive=archive)


def _shown(
    session: Session, drawn: Mapping[Place, Sequence[Held]], z: int, cover: Cover, scope: Scope,
    place: Place,
) -> bytes:  # fmt: skip
    return pack_layers.tile(session, drawn[place], z, place, cover=cover, scope=scope)


def _of_zoom(z: int, places: Collection[Place], draw: Callable[[Place], bytes]) -> int:
    """Return about how many bytes the tiles of a zoom have: the mean of some, times how many.

    The sample goes along the order of the archive, so that it is spread over the whole area.
    """
    if not places:
        return 0
    ordered = [place for _, place in in_order(z, places)]
    count = min(len(ordered), TILES_OF_A_ZOOM if z < _DETAIL_ZOOM else TILES_OF_DETAIL)
    some = [ordered[(2 * n + 1) * len(ordered) // (2 * count)] for n in range(count)]
    sizes = [len(gzip.compress(body, 6, mtime=0)) for body in {draw(place) for place in some}
             if body]  # fmt: skip
    return round((sum(sizes) / count + _TILE_ENTRY_BYTES) * len(ordered))


def _sample(each: Held) -> ColumnElement[bool]:
    """Return the condition for some rows of a layer, spread over all of them."""
    step = -(-each.count // ROWS_OF_A_LAYER)
    fid: ColumnElement[Any] = each.layer.column("fid")
    return and_(each.wanted, fid % step == 0) if step > 1 else each.wanted


def _cells(session: Session, each: Held, some: ColumnElement[bool]) -> int:
    """Return how many bytes the shapes and cells of some rows have in a GeoPackage."""
    found = 0
    with closing(chunks(session, each.layer, some, crs=WGS84)) as parts:
        for chunk in parts:
            found += sum(len(shape) + 8 for shape in shapely.to_wkb(chunk.geometry) if shape)
            for values in chunk.values.values():
                found += sum(_cell(value) for value in values if value is not None)
    return found


def _cell(value: Any) -> int:
    kept = written(value)
    return len(kept.encode()) if isinstance(kept, str) else 6
