"""What an OpenStreetMap object is to us: its tags to records of our layers.

Keys and values are those of the OpenStreetMap wiki, https://wiki.openstreetmap.org/wiki/Map_features.
Numbers of people come from tags alone (`capacity`, `population`, `beds`, `building:flats`); where
there is none they stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

Shape = Literal["node", "line", "area"]
Tags = Mapping[str, str]
Record = dict[str, Any]

KEYS = (
    "amenity", "healthcare", "emergency", "landuse", "leisure", "natural", "waterway", "building",
    "railway", "place", "boundary", "man_made", "power", "shop", "water",
)  # fmt: skip
# Seventh national census of China, 2020, communiqué no. 2: persons of an average household.
PERSONS_A_HOUSEHOLD = 2.62

_TARGETS: dict[tuple[str, str], str] = {
    ("amenity", "school"): "school",
    ("amenity", "kindergarten"): "kindergarten",
    ("amenity", "childcare"): "kindergarten",
    ("amenity", "university"): "university",
    ("amenity", "college"): "university",
    ("amenity", "nursing_home"): "nursing_home",
    ("amenity", "social_facility"): "other",
    ("amenity", "marketplace"): "market",
    ("shop", "mall"): "market",
    ("railway", "station"): "station",
    ("amenity", "place_of_worship"): "worship",
    ("landuse", "residential"): "housing",
    ("building", "apartments"): "housing",
    ("building", "dormitory"): "housing",
}
_CARED_FOR = {"nursing_home", "assisted_living", "group_home", "hospice"}
_DAY_ONLY = {"school", "kindergarten"}
_RESOURCES: dict[tuple[str, str], str] = {
    ("amenity", "hospital"): "hospital",
    ("healthcare", "hospital"): "hospital",
    ("amenity", "clinic"): "clinic",
    ("healthcare", "clinic"): "clinic",
}
_FIRE_WATER: dict[tuple[str, str], str] = {
    ("emergency", "fire_hydrant"): "hydrant",
    ("emergency", "water_tank"): "tank",
    ("emergency", "fire_water_pond"): "pond",
    ("emergency", "suction_point"): "other",
}
_ENTERPRISES = {
    ("man_made", "works"), ("landuse", "industrial"), ("power", "plant"),
    ("man_made", "wastewater_plant"), ("man_made", "water_works"), ("landuse", "port"),
}  # fmt: skip
_ENTERPRISE_CLASSES: dict[str, str] = {
    "chemical": "chemical", "refinery": "petrochemical", "oil": "petrochemical",
    "petroleum": "petrochemical", "gas": "gas", "natural_gas": "gas", "mine": "mine",
    "warehouse": "storage", "depot": "storage", "port": "port", "metal": "metallurgy",
    "steelmaking": "metallurgy", "aluminium_smelting": "metallurgy", "fireworks": "fireworks",
}  # fmt: skip
_HARMLESS = {
    "water", "hot_water", "drinking_water", "wastewater", "sewage", "slurry", "manure", "silage",
    "grain", "food", "wine", "beer", "milk", "sand", "gravel", "cement", "salt", "stone",
}  # fmt: skip
_SUBSTANCES = {"lng": "LNG", "lpg": "LPG", "fuel": "gasoline", "natural_gas": "natural gas"}
_LINES_OF_WATER = {"river", "stream", "canal", "ditch", "drain", "tidal_channel"}
_AREAS_OF_WATER = {
    ("natural", "water"), ("natural", "bay"), ("waterway", "riverbank"), ("waterway", "dock"),
    ("landuse", "reservoir"), ("landuse", "basin"),
}  # fmt: skip
_NATURAL_LAND = {"wood", "scrub", "heath", "grassland", "beach", "sand", "wetland", "bare_rock",
                 "scree", "shingle", "glacier", "mud", "fell", "tundra"}  # fmt: skip
_LEISURE_LAND = {"park", "garden", "golf_course", "pitch", "playground", "nature_reserve",
                 "stadium", "sports_centre", "common", "recreation_ground", "marina"}  # fmt: skip
_RAILWAYS = {"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail", "funicular"}
_PLACES = {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough",
           "island", "islet", "county", "district", "township"}  # fmt: skip
_WHOLE = re.compile(r"[0-9]{1,9}")


def records(tags: Tags, shape: Shape) -> Iterator[tuple[str, Record]]:
    """Yield each layer that an object belongs to, with its record, name left out."""
    if shape == "line":
        yield from _line(tags)
        return
    yield from _people_and_help(tags)
    yield from _hazards(tags, shape)
    if shape == "area":
        yield from _ground(tags)
    elif tags.get("place") in _PLACES:
        yield "place", {"kind": tags["place"], "people": _whole(tags.get("population"))}


def named(tags: Tags) -> Record:
    """Return the names: Chinese where there is one, else the local one; English beside it."""
    return {
        "name": tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name"),
        "name_en": tags.get("name:en"),
    }


def _line(tags: Tags) -> Iterator[tuple[str, Record]]:
    if tags.get("waterway") in _LINES_OF_WATER:
        yield "water", {"kind": tags["waterway"]}
    elif tags.get("natural") == "coastline":
        yield "water", {"kind": "coastline"}
    if tags.get("railway") in _RAILWAYS:
        yield "railway", {"kind": tags["railway"]}


def _first(tags: Tags, table: Mapping[tuple[str, str], str]) -> str | None:
    return next((kind for (key, value), kind in table.items() if tags.get(key) == value), None)


def _people_and_help(tags: Tags) -> Iterator[tuple[str, Record]]:
    if tags.get("amenity") == "fire_station":
        yield "team", {"kind": "fire", "base": _address(tags)}
    if kind := _first(tags, _RESOURCES):
        beds = _whole(tags.get("beds") or tags.get("capacity:beds"))
        yield "resource", {
            "kind": kind, "beds": beds, "owner": tags.get("operator"), "address": _address(tags),
            "specialties": _several(tags.get("healthcare:speciality")),
        }  # fmt: skip
    if kind := _first(tags, _TARGETS):
        yield "protection_target", _target(tags, kind)
    if kind := _first(tags, _FIRE_WATER):
        yield (
            "fire_water",
            {
                "kind": kind,
                "volume_m3": _decimal(tags.get("water_tank:volume") or tags.get("volume"), "m3"),
                "flow_l_s": _litres_a_second(tags.get("fire_hydrant:flow_rate")),
            },
        )


def _target(tags: Tags, kind: str) -> Record:
    """Return a protection target with the people that its tags give, and which tag that was."""
    if tags.get("social_facility") in _CARED_FOR:
        kind = "nursing_home"
    record: Record = {"kind": kind, "address": _address(tags)}
    if kind == "housing":
        people, said = _residents(tags)
        record["people_night"] = people
    else:
        people, said = _whole(tags.get("capacity")), f"capacity={tags.get('capacity')}"
        record["people_day"] = people
        if people is not None and kind in (_DAY_ONLY | {"nursing_home"}):
            record["people_night"] = 0 if kind in _DAY_ONLY else people
    if people is not None:
        record["source"] = said
    return record


def _residents(tags: Tags) -> tuple[int | None, str]:
    if (people := _whole(tags.get("population"))) is not None:
        return people, f"population={people}"
    flats = _whole(tags.get("building:flats"))
    if flats is None:
        return None, ""
    return round(flats * PERSONS_A_HOUSEHOLD), f"building:flats={flats} × {PERSONS_A_HOUSEHOLD}"


def _hazards(tags: Tags, shape: Shape) -> Iterator[tuple[str, Record]]:
    if any(tags.get(key) == value for key, value in _ENTERPRISES):
        yield "enterprise", {
            "class": _enterprise_class(tags), "address": _address(tags), "candidate": True,
        }  # fmt: skip
    content = (tags.get("content") or tags.get("substance") or "").lower()
    if tags.get("man_made") in ("storage_tank", "gasometer") and content not in _HARMLESS:
        yield (
            "hazard_source",
            {
                "substance": _SUBSTANCES.get(content, content.replace("_", " ") or None),
                "unit_kind": "storage",
                "container": "sphere" if tags.get("shape") == "sphere" else "tank",
                "candidate": True,
            },
        )
    if tags.get("amenity") == "fuel":
        yield "hazard_source", {
            "substance": "gasoline", "unit_kind": "storage", "container": "tank",
            "candidate": True,
        }  # fmt: skip


def _enterprise_class(tags: Tags) -> str:
    if tags.get("landuse") == "port":
        return "port"
    for key in ("industrial", "works", "product", "plant:source"):
        for value in _several(tags.get(key)) or ():
            if value in _ENTERPRISE_CLASSES:
                return _ENTERPRISE_CLASSES[value]
    return "industrial"


def _ground(tags: Tags) -> Iterator[tuple[str, Record]]:
    building = tags.get("building")
    if building not in (None, "no"):
        yield "building", {"kind": building, "levels": _whole(tags.get("building:levels"))}
    if any(tags.get(key) == value for key, value in _AREAS_OF_WATER):
        kind = tags.get("water") or tags.get("waterway") or tags.get("landuse") or "water"
        yield "water", {"kind": kind}
        return
    natural, leisure = tags.get("natural"), tags.get("leisure")
    kinds = (
        tags.get("landuse"),
        natural if natural in _NATURAL_LAND else None,
        leisure if leisure in _LEISURE_LAND else None,
    )
    if land := next((kind for kind in kinds if kind), None):
        yield "land_use", {"kind": land}


def _address(tags: Tags) -> str | None:
    if full := tags.get("addr:full"):
        return full
    street = " ".join(tags[key] for key in ("addr:street", "addr:housenumber") if key in tags)
    return ", ".join(part for part in (street, tags.get("addr:city")) if part) or None


def _several(text: str | None) -> list[str] | None:
    return [part.strip() for part in text.split(";") if part.strip()] if text else None


def _whole(text: str | None) -> int | None:
    """Return a plain whole number; "about 300" is no number that a plan may rest on."""
    return int(text) if text is not None and _WHOLE.fullmatch(text.strip()) else None


def _decimal(text: str | None, unit: str) -> float | None:
    found = re.fullmatch(rf"\s*([0-9]{{1,9}}(?:\.[0-9]+)?)\s*(?:{unit})?\s*", text or "")
    return float(found[1]) if found else None


def _litres_a_second(text: str | None) -> float | None:
    """Return a hydrant's flow; OpenStreetMap's default unit is litres a minute."""
    minute = _decimal(text, "l/min")
    return None if minute is None else minute / 60.0
