"""An OpenStreetMap extract to one file of features for each source-layer, streaming.

Only what belongs together is kept in memory: members of relations while areas are put together,
and which way is which border. Positions of nodes lie in memory for a small extract and in a file
beside the output for a large one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, cast

import osmium
import shapely

from layers.crs import mercator_from_wgs84
from layers.errors import InvalidInputError
from layers.intake.osm_tags import KEYS
from tiles.basemap import features

ATTRIBUTION: Final = "© OpenStreetMap contributors"
NODES_ON_DISK_FROM_BYTES: Final = 200_000_000
"""An extract this large has so many nodes (16 bytes each) that they go to a file."""
_TELL_EVERY = 20_000
_LEVELS = range(2, 9)
_FAILURES = (RuntimeError, osmium.InvalidLocationError)

Bounds = tuple[float, float, float, float]


@dataclass
class Extracted:
    """What was read: a file a source-layer, how many features each, and what was left out."""

    files: dict[str, Path]
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    bounds: Bounds | None = None
    timestamp: dt.datetime | None = None


@dataclass(frozen=True)
class _Borders:
    """Of each way of a border: the highest level that it parts, and the regions of that level."""

    levels: dict[int, int]
    regions: dict[int, list[Mapping[str, str]]]


def extract(path: Path, folder: Path, *, progress: Callable[[int], None]) -> Extracted:
    """Write the features of an extract to `folder`, one a line (GeoJSON with a first zoom).

    Parameters
    ----------
    path
        `.osm.pbf`, `.osm.gz`, `.osm.bz2` or `.osm`.
    progress
        Is called with the number of objects seen.

    Raises
    ------
    InvalidInputError
        Damaged or cut off (`unreadable_file`), or nothing in it to draw (`empty_extract`).
    """
    try:
        return _extract(path, folder, progress)
    except _FAILURES as error:
        if "out of order" not in str(error):
            raise _unreadable(path, error) from None
    return _extract(_sorted(path, folder), folder, progress)


def _extract(path: Path, folder: Path, progress: Callable[[int], None]) -> Extracted:
    found = Extracted({name: folder / f"{name}.geojsons" for name in features.LAYERS})
    head = osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING).header()
    found.timestamp, found.bounds = _moment(head), _box(head)
    borders = _borders(path)
    with ExitStack() as opened:
        out = {name: opened.enter_context(file.open("w", encoding="utf-8"))
               for name, file in found.files.items()}  # fmt: skip
        for count, thing in enumerate(_objects(path, folder), start=1):
            if count % _TELL_EVERY == 0:
                progress(count)
            _write(thing, borders, out, found)
    if not found.counts:
        raise InvalidInputError(
            f"{path.name} has no roads, water, land, buildings or places to draw",
            code="empty_extract", file=path.name,
        )  # fmt: skip
    found.files = {name: file for name, file in found.files.items() if found.counts[name]}
    return found


def _unreadable(path: Path, error: Exception) -> InvalidInputError:
    said = str(error)[:120]
    return InvalidInputError(
        f"{path.name} is no OpenStreetMap extract, damaged, or cut off ({said})",
        code="basemap_extract_unreadable", file=path.name, reason=said,
    )  # fmt: skip


def _moment(head: Any) -> dt.datetime | None:
    """Return as of when an extract says that it is."""
    for key in ("osmosis_replication_timestamp", "timestamp"):
        with suppress(ValueError):
            return dt.datetime.fromisoformat(head.get(key))
    return None


def _box(head: Any) -> Bounds | None:
    """Return the box that an extract was cut by: ways go on beyond it."""
    box = head.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return low.lon, low.lat, high.lon, high.lat


def _sorted(path: Path, folder: Path) -> Path:
    """Write the extract in order of type and id, which putting areas together needs."""
    ordered = folder / "ordered.osm.pbf"
    merger = osmium.MergeInputReader()
    merger.add_file(str(path))
    with osmium.SimpleWriter(str(ordered), overwrite=True) as writer:
        merger.apply(writer, simplify=False)
    return ordered


def _borders(path: Path) -> _Borders:
    """Read which ways are borders: a way of several regions is one line, not two on each other."""
    levels: dict[int, int] = {}
    regions: dict[int, list[Mapping[str, str]]] = defaultdict(list)
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("boundary", "administrative"), ("boundary", "disputed"))
    )
    for relation in relations:
        level = _level(relation.tags.get("admin_level"))
        if level is None:
            continue
        tags = {key: relation.tags[key] for key in ("name", "name:zh", "name:zh-Hans", "name:en")
                if key in relation.tags}  # fmt: skip
        for member in cast(osmium.osm.Relation, relation).members:
            if member.type != "w":
                continue
            if level < levels.get(member.ref, level + 1):
                levels[member.ref] = level
                regions[member.ref] = []
            if level == levels[member.ref]:
                regions[member.ref].append(tags)
    return _Borders(levels, regions)


def _level(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and int(text) in _LEVELS else None


def _objects(path: Path, folder: Path) -> Iterator[Any]:
    """Give tagged nodes, every way (a border's may have no tag), and areas put together."""
    large = path.stat().st_size >= NODES_ON_DISK_FROM_BYTES
    kept = f"sparse_file_array,{folder / 'nodes'}" if large else "flex_mem"
    wanted = osmium.filter.KeyFilter(*KEYS)
    wanted.enable_for(osmium.osm.NODE | osmium.osm.RELATION | osmium.osm.AREA)
    return iter(
        osmium.FileProcessor(str(path))
        .with_locations(kept)
        .with_areas(osmium.filter.KeyFilter(*KEYS))
        .with_filter(wanted)
    )


_json = osmium.geom.GeoJSONFactory()
_wkb = osmium.geom.WKBFactory()


def _write(thing: Any, borders: _Borders, out: Mapping[str, IO[str]], found: Extracted) -> None:
    """Write what an object is; count what cannot be drawn."""
    if thing.is_relation():
        return
    shape = features.shape_of(thing)
    tags = dict(thing.tags)
    try:
        drawn = _drawn(thing, shape, tags, borders)
        if not drawn:
            return
        geometry = _geometry(thing, shape)
    except _FAILURES:
        found.skipped[f"{shape}_broken"] += 1
        return
    for each in drawn:
        fields = {name: value for name, value in each.fields.items() if value is not None}
        line = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        out[each.layer].write(
            f'{{"type":"Feature","tippecanoe":{{"minzoom":{each.min_zoom}}},'
            f'"properties":{line},"geometry":{geometry}}}\n'
        )
        found.counts[each.layer] += 1


def _drawn(
    thing: Any, shape: str, tags: Mapping[str, str], borders: _Borders
) -> list[features.Drawn]:
    if shape == "node":
        return list(features.points(tags))
    if shape == "area":
        return list(features.surfaces(tags, across_m=_across_m(thing)))
    drawn = list(features.lines(tags))
    level = borders.levels.get(thing.id)
    if level is None and tags.get("boundary") in ("administrative", "disputed"):
        level = _level(tags.get("admin_level"))
    if level is not None and (line := features.border(level, borders.regions.get(thing.id, []),
                                                      tags)):  # fmt: skip
        drawn.append(line)
    return drawn


def _geometry(thing: Any, shape: str) -> str:
    if shape == "node":
        return str(_json.create_point(thing))
    if shape == "line":
        return _line(thing)
    return str(_json.create_multipolygon(thing))


def _line(way: Any) -> str:
    """Return a way as far as its nodes are in the extract: cut at its border it has gaps."""
    try:
        return str(_json.create_linestring(way))
    except osmium.InvalidLocationError:
        runs: list[list[list[float]]] = [[]]
        for node in way.nodes:
            if node.location.valid():
                runs[-1].append([round(node.lon, 7), round(node.lat, 7)])
            elif runs[-1]:
                runs.append([])
        known = [run for run in runs if len(run) > 1]
        if not known:
            raise
        return json.dumps({"type": "MultiLineString", "coordinates": known})


def _across_m(area: Any) -> float:
    """Return the larger side of an area's box, in metres of EPSG:3857."""
    west, south, east, north = shapely.from_wkb(str(_wkb.create_multipolygon(area))).bounds
    x, y = mercator_from_wgs84([west, east], [south, north])
    return float(max(x[1] - x[0], y[1] - y[0]))
