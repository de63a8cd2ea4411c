"""An OpenStreetMap extract to tables of our layers, streaming, with areas put together.

Each record's id is made from the OpenStreetMap id, so a newer extract replaces instead of
doubling; `source` holds the attribution that the licence (ODbL) asks for and the object's id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely

from layers.intake.formats import unreadable
from layers.intake.mapping import stable_id
from layers.intake.osm_tags import KEYS, Record, Shape, named, records
from layers.intake.table import Table

ATTRIBUTION = "© OpenStreetMap contributors"
_TELL_EVERY = 10_000
_LEVELS = {2: "country", 3: "province", 4: "province", 5: "city", 6: "county", 7: "county",
           8: "town", 9: "village", 10: "village"}  # fmt: skip
_CODE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")


class _Gathered:
    """Records by layer, in the order of the file."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {}
        self.shapes: dict[str, list[str]] = {}
        self.skipped: Counter[str] = Counter()
        self.open_relations: set[int] = set()

    def add(self, layer: str, record: Record, shape: str, key: str) -> None:
        source = f"{ATTRIBUTION}; {key}"
        told = record.pop("source", None)
        record["source"] = f"{source}; {told}" if told else source
        record["id"] = stable_id("osm", layer, key)
        if layer == "enterprise":
            # A plant without a name is still a plant; its number is a name that can be looked up.
            record["name"] = record["name"] or key
        self.records.setdefault(layer, []).append(record)
        self.shapes.setdefault(layer, []).append(shape)


def read_extract(
    path: Path, *, progress: Callable[[int], None]
) -> tuple[list[Table], Mapping[str, int]]:
    """Return a table for each layer that the extract feeds, and what was skipped, by reason.

    Parameters
    ----------
    path
        An `.osm.pbf` file.
    progress
        Is called with the number of objects seen.

    Raises
    ------
    InvalidInputError
        Damaged or cut off (`unreadable_file`), or nothing in it for any layer (`empty_extract`).
    """
    try:
        gathered = _gather(path, progress)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        if "out of order" not in str(error):
            said = str(error)[:120]
            raise unreadable(
                "osm", f"the extract is damaged or cut off ({said})", detail=said
            ) from None
        gathered = _gather(_sorted(path), progress)
    gathered.skipped["relation_incomplete"] += len(gathered.open_relations)
    _code_regions(gathered)
    tables = [_table(layer, gathered) for layer in sorted(gathered.records)]
    if not tables:
        raise unreadable(
            "no_layers_in_extract",
            "the extract has no stations, hospitals, schools, works, water, land or buildings",
            code="empty_extract",
        )
    return tables, {reason: count for reason, count in gathered.skipped.items() if count}


def _gather(path: Path, progress: Callable[[int], None]) -> _Gathered:
    gathered = _Gathered()
    for count, thing in enumerate(_objects(path), start=1):
        if count % _TELL_EVERY == 0:
            progress(count)
        _take(thing, gathered)
    return gathered


def _sorted(path: Path) -> Path:
    """Write the extract in order of type and id, which putting areas together needs."""
    ordered = path.with_name("ordered.osm.pbf")
    merger = osmium.MergeInputReader()
    merger.add_file(str(path))
    with osmium.SimpleWriter(str(ordered), overwrite=True) as writer:
        merger.apply(writer, simplify=False)
    return ordered


def _objects(path: Path) -> Iterator[Any]:
    wanted = osmium.filter.KeyFilter(*KEYS)
    return iter(
        osmium.FileProcessor(str(path))
        .with_locations("flex_mem")
        .with_areas(osmium.filter.KeyFilter(*KEYS))
        .with_filter(wanted)
    )


_wkb = osmium.geom.WKBFactory()


def _take(thing: Any, gathered: _Gathered) -> None:
    """Add what an object is to the gathered records; count what cannot be drawn."""
    if thing.is_relation():
        if thing.tags.get("type") in ("multipolygon", "boundary") and _means(thing, "area"):
            gathered.open_relations.add(thing.id)
        return
    shape: Shape = "node" if thing.is_node() else "line" if thing.is_way() else "area"
    found = _means(thing, shape)
    if shape == "area" and not thing.from_way():
        gathered.open_relations.discard(thing.orig_id())
    if not found:
        return
    try:
        drawn = _draw(thing, shape)
    except (RuntimeError, osmium.InvalidLocationError):
        gathered.skipped[f"{shape}_broken"] += 1
        return
    key = _key(thing, shape)
    names = named(dict(thing.tags))
    for layer, record in found:
        gathered.add(layer, {**names, **record}, drawn, key)


def _means(thing: Any, shape: Shape) -> list[tuple[str, Record]]:
    tags = dict(thing.tags)
    found = list(records(tags, shape))
    # Border lines carry the tags too; where one closes, without a name, it is no region.
    if shape == "area" and tags.get("boundary") == "administrative" and "name" in tags:
        level = tags.get("admin_level", "")
        if level.isdigit() and int(level) in _LEVELS:
            found.append(("region", _region(tags, int(level))))
    return found


def _region(tags: Mapping[str, str], level: int) -> Record:
    code = next(
        (tags[key] for key in ("ref:gb2260", "ref", "ISO3166-2", "ISO3166-1") if key in tags), ""
    )
    official = bool(_CODE.fullmatch(code)) or code in (tags.get("ISO3166-1"), tags.get("ISO3166-2"))
    people = tags.get("population", "")
    return {
        "level": _LEVELS[level],
        "code": code if official and code else None,
        "scheme": "GB/T 2260" if _CODE.fullmatch(code) else "ISO 3166" if official else "osm",
        "people": int(people) if people.isdigit() else None,
        "admin_level": level,
    }


def _draw(thing: Any, shape: Shape) -> str:
    if shape == "node":
        return str(_wkb.create_point(thing))
    if shape == "line":
        return str(_wkb.create_linestring(thing))
    return str(_wkb.create_multipolygon(thing))


def _key(thing: Any, shape: Shape) -> str:
    if shape == "area":
        return f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
    return f"{'node' if shape == 'node' else 'way'}/{thing.id}"


def _code_regions(gathered: _Gathered) -> None:
    """Give regions without an official code one below the smallest region that holds them.

    Its code is the parent's, a dot and its number: so a right over the parent holds for it too.
    """
    regions = gathered.records.get("region", [])
    areas = shapely.from_wkb(gathered.shapes.get("region", []))
    order = sorted(range(len(regions)), key=lambda i: regions[i]["admin_level"])
    inner = shapely.point_on_surface(areas)
    done: list[int] = []
    for i in order:
        record = regions[i]
        holders = [j for j in done if regions[j]["admin_level"] < record["admin_level"]
                   and areas[j].contains(inner[i])]  # fmt: skip
        record["parent"] = regions[holders[-1]]["code"] if holders else None
        number = re.sub("[^0-9]", "", record["source"].split(";")[1])
        # Nine levels of numbers stay below the longest code that a grant may name.
        own = f"{record['parent']}.{number}" if holders else f"osm{number}"
        record["code"] = record["code"] or own
        done.append(i)
    for record in regions:
        del record["admin_level"]


def _table(layer: str, gathered: _Gathered) -> Table:
    found = gathered.records[layer]
    names = list(dict.fromkeys(name for record in found for name in record))
    geometry = np.asarray(shapely.from_wkb(gathered.shapes[layer]), dtype=object)
    lone = (shapely.get_type_id(geometry) == 6) & (shapely.get_num_geometries(geometry) == 1)
    if layer != "region":
        geometry[lone] = shapely.get_geometry(geometry[lone], 0)
    if layer in ("fire_water", "place"):
        geometry = np.asarray(shapely.point_on_surface(geometry), dtype=object)
    return Table(
        columns={name: [record.get(name) for record in found] for name in names},
        geometry=geometry,
        rows=np.arange(1, len(found) + 1, dtype=np.int64),
        crs="EPSG:4326",
        layer=layer,
    )
