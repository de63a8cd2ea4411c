"""What an OpenStreetMap object is on the base map: its source-layer, its fields, its first zoom.

The kinds are those of the layers of the database (`layers.intake.osm_tags`), so that a style draws
both alike. Keys and values: https://wiki.openstreetmap.org/wiki/Map_features.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from layers.intake.osm_tags import Shape, named, records
from tiles.grid import EXTENT, WORLD_M

MAX_ZOOM: Final = 14
"""The deepest tiles that are made; map clients stretch them when the map goes deeper."""
LAYERS: Final = ("land_use", "water", "building", "railway", "boundary", "road", "place")

# Value -> first zoom; the first are the more important ones. What is not listed is not drawn.
ROADS: Final[dict[str, int]] = {
    "motorway": 5, "trunk": 5, "primary": 7, "motorway_link": 9, "trunk_link": 9, "secondary": 9,
    "primary_link": 10, "tertiary": 11, "secondary_link": 11, "tertiary_link": 12,
    "unclassified": 12, "residential": 12, "living_street": 13, "pedestrian": 13, "road": 13,
    "service": 13, "track": 13, "busway": 13, "cycleway": 14, "bridleway": 14, "footway": 14,
    "path": 14, "steps": 14, "construction": 14,
}  # fmt: skip
PLACES: Final[dict[str, int]] = {
    "city": 3, "county": 7, "district": 8, "borough": 9, "town": 7, "island": 9, "suburb": 10,
    "township": 10, "village": 10, "quarter": 12, "neighbourhood": 13, "hamlet": 12, "islet": 12,
}  # fmt: skip
BORDERS: Final[dict[int, tuple[str, int]]] = {
    2: ("country", 0), 3: ("province", 3), 4: ("province", 3), 5: ("city", 5), 6: ("county", 7),
    7: ("county", 8), 8: ("town", 10),
}  # fmt: skip
"""Admin level -> its word (as regions of the database have it) and the first zoom."""
_RAILWAYS = {"rail": 8, "light_rail": 10, "narrow_gauge": 10, "monorail": 11, "funicular": 11}
_SMALL_RAILWAY_ZOOM = 12
_SIDINGS = {"yard", "siding", "spur", "crossover"}
_RIVERS = {"river": 7, "canal": 9, "coastline": 4, "tidal_channel": 10}
_STREAM_ZOOM = 12
_FIRST_ZOOM = {"water": 4, "land_use": 7, "building": 13}
_SMALL_UNITS: Final = {"water": 16, "land_use": 64, "building": 32}
"""How many tile units a surface is across when it is first drawn: a pixel of 512 is 8."""
_PLAIN = {"1": True, "yes": True, "true": True}


class Drawn(NamedTuple):
    """One feature: where it goes, from which zoom, and what it carries."""

    layer: str
    min_zoom: int
    fields: dict[str, Any]


def lines(tags: Mapping[str, str]) -> Iterator[Drawn]:
    """Give what a way is as a line: a road, a railway, running water, a coast."""
    names = named(tags)
    class_ = tags.get("highway")
    if class_ in ROADS and tags.get("area") != "yes":
        yield Drawn("road", ROADS[class_], {**names, "class": class_, **_road(tags)})
    for layer, record in records(tags, "line"):
        kind = str(record["kind"])
        if layer == "railway":
            zoom = _RAILWAYS.get(kind, _SMALL_RAILWAY_ZOOM)
            if tags.get("service") in _SIDINGS:
                zoom = MAX_ZOOM - 1
            yield Drawn(layer, zoom, {**names, "kind": kind, **_crossing(tags)})
        elif layer == "water":
            yield Drawn(layer, _RIVERS.get(kind, _STREAM_ZOOM), {**names, "kind": kind})


def points(tags: Mapping[str, str]) -> Iterator[Drawn]:
    """Give what a node is: a named place."""
    kind = tags.get("place")
    names = named(tags)
    if kind not in PLACES or not (names["name"] or names["name_en"]):
        return
    for layer, record in records(tags, "node"):
        if layer == "place":
            rank = list(PLACES).index(kind)
            fields = {**names, "kind": kind, "people": record["people"], "rank": rank}
            yield Drawn(layer, PLACES[kind], fields)


def surfaces(tags: Mapping[str, str], *, across_m: float) -> Iterator[Drawn]:
    """Give what an area is: water, land use, a building; `across_m` in metres of EPSG:3857."""
    for layer, record in records(tags, "area"):
        if layer not in _FIRST_ZOOM:
            continue
        small_m = _SMALL_UNITS[layer] * WORLD_M / EXTENT
        seen = math.ceil(math.log2(small_m / across_m)) if across_m > 0 else MAX_ZOOM
        zoom = min(max(_FIRST_ZOOM[layer], seen), MAX_ZOOM)
        yield Drawn(layer, zoom, {**named(tags), **record})


def border(level: int, regions: list[Mapping[str, str]], tags: Mapping[str, str]) -> Drawn | None:
    """Return a piece of border: of which level, and between which regions; None if not drawn."""
    if level not in BORDERS:
        return None
    word, zoom = BORDERS[level]
    sides = [named(region) for region in regions]
    fields = {
        "admin_level": level,
        "level": word,
        "maritime": tags.get("maritime") == "yes",
        "disputed": tags.get("disputed") == "yes" or tags.get("boundary") == "disputed",
    }
    for name in ("name", "name_en"):
        fields[name] = " / ".join(sorted({str(s[name]) for s in sides if s[name]})) or None
    return Drawn("boundary", zoom, fields)


def _road(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"ref": tags.get("ref"), **_crossing(tags)}


def _crossing(tags: Mapping[str, str]) -> dict[str, bool]:
    """Return whether a way is a bridge or a tunnel; every value but "no" says yes."""
    return {word: tags.get(word, "no") not in ("no", "0", "false") for word in ("bridge", "tunnel")}


def shape_of(thing: Any) -> Shape:
    """Return what an osmium object is drawn as."""
    return "node" if thing.is_node() else "line" if thing.is_way() else "area"
