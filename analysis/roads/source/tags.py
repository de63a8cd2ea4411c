"""What the OpenStreetMap tags of a way mean for a fire engine: may it, which way, how fast.

Sources: OSM wiki, Key:highway, Key:oneway, Key:access, Key:maxspeed (read as data, ODbL); class and
zone speeds after osrm-backend `profiles/car.lua` (BSD-2-Clause), without its 0.8 congestion factor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

CLASS_SPEED_KPH: Mapping[str, float] = {
    "motorway": 90.0,
    "motorway_link": 45.0,
    "trunk": 85.0,
    "trunk_link": 40.0,
    "primary": 65.0,
    "primary_link": 30.0,
    "secondary": 55.0,
    "secondary_link": 25.0,
    "tertiary": 40.0,
    "tertiary_link": 20.0,
    "unclassified": 25.0,
    "residential": 25.0,
    "road": 25.0,
    "living_street": 10.0,
    "service": 15.0,
}
# Ways for people or fields: taken only where a tag lets emergency or motor vehicles in.
ADMITTED_SPEED_KPH: Mapping[str, float] = {
    "pedestrian": 10.0,
    "track": 15.0,
    "busway": 25.0,
    "footway": 5.0,
    "path": 5.0,
}
ZONE_SPEED_KPH: Mapping[str, float] = {
    "urban": 50.0,
    "rural": 90.0,
    "trunk": 110.0,
    "motorway": 130.0,
    "expressway": 110.0,
    "living_street": 10.0,
    "bicycle_road": 30.0,
}
COUNTRY_SPEED_KPH: Mapping[str, float] = {
    "at:rural": 100.0,
    "at:trunk": 100.0,
    "be:motorway": 120.0,
    "be-bru:rural": 70.0,
    "be-vlg:rural": 70.0,
    "by:urban": 60.0,
    "by:motorway": 110.0,
    "ch:rural": 80.0,
    "ch:trunk": 100.0,
    "ch:motorway": 120.0,
    "de:living_street": 7.0,
    "de:rural": 100.0,
    "dk:rural": 80.0,
    "fr:rural": 80.0,
    "gb:nsl_single": 96.56,
    "gb:nsl_dual": 112.65,
    "gb:motorway": 112.65,
    "uk:nsl_single": 96.56,
    "uk:nsl_dual": 112.65,
    "uk:motorway": 112.65,
    "nl:rural": 80.0,
    "nl:trunk": 100.0,
    "no:rural": 80.0,
    "no:motorway": 110.0,
    "ro:trunk": 100.0,
    "ru:living_street": 20.0,
    "ru:urban": 60.0,
    "ru:motorway": 110.0,
    "ua:urban": 50.0,
    "za:urban": 60.0,
    "za:rural": 100.0,
}
WORD_SPEED_KPH: Mapping[str, float] = {"walk": 5.0, "none": 130.0}
UNIT_KPH: Mapping[str, float] = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "kmph": 1.0,
                                 "mph": 1.609344, "knots": 1.852}  # fmt: skip
SPEED_RANGE_KPH = (3.0, 160.0)

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*([a-z/]*)$")
_ZONE_NUMBER = re.compile(r"zone:?\s?(\d+)$")
_YES = frozenset({"yes", "designated", "official", "permissive"})
_KEPT_PRIVATE = frozenset(
    {"private", "military", "permit", "agricultural", "forestry", "residents"}
)
_ONE_WAY = frozenset({"yes", "true", "1"})
_AGAINST = frozenset({"-1", "reverse"})
_RING = frozenset({"roundabout", "circular"})


class Rules(NamedTuple):
    """What a way's tags say: class, which directions are open, speed, and who may use it."""

    class_: str
    forward: bool
    backward: bool
    speed_kph: float
    access: str


def speed_kph(value: str | None) -> float | None:
    """Return a `maxspeed` value in km/h, or None where it says no usable number.

    Reads "50", "30 mph", "10 knots", "walk", "none", zones ("DE:urban", "zone:30", "FR:zone30");
    of several ("50;30", "60|40") the lowest, so that no arrival is promised too early.
    """
    if not value:
        return None
    parts = [_one_speed(part.strip().lower()) for part in re.split(r"[;|]", value)]
    known = [part for part in parts if part is not None]
    if not known:
        return None
    low, high = SPEED_RANGE_KPH
    return min(max(min(known), low), high)


def _one_speed(text: str) -> float | None:
    number = _NUMBER.match(text)
    if number:
        factor = UNIT_KPH.get(number.group(2))
        value = float(number.group(1)) * factor if factor else 0.0
        return value or None
    if text in WORD_SPEED_KPH:
        return WORD_SPEED_KPH[text]
    zone = _ZONE_NUMBER.search(text)
    if zone:
        return float(zone.group(1)) * (UNIT_KPH["mph"] if text[:3] in ("gb:", "uk:") else 1.0)
    return COUNTRY_SPEED_KPH.get(text) or ZONE_SPEED_KPH.get(text.rpartition(":")[2])


def access(tags: Mapping[str, str]) -> str | None:
    """Return "open", "private" or "emergency", or None where no fire engine may or can drive.

    The most special key decides: emergency, then motorcar, motor_vehicle, vehicle, access.
    Private roads stay in, marked: a works' own roads are where the incident is.
    """
    if tags.get("emergency") in _YES or tags.get("service") == "emergency_access":
        return "emergency"
    value = next(
        (tags[key] for key in ("motorcar", "motor_vehicle", "vehicle", "access") if key in tags),
        "yes",
    )
    if value == "no":
        return None
    return "private" if value in _KEPT_PRIVATE else "open"


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether traffic may go along the way's drawing and against it.

    Roundabouts and motorways are one-way unless they say otherwise; a reversible lane is neither,
    because its direction now is not known.
    """
    forward, backward = _one_way(tags)
    return forward and not _barred(tags, "forward"), backward and not _barred(tags, "backward")


def _one_way(tags: Mapping[str, str]) -> tuple[bool, bool]:
    value = tags.get("oneway:motor_vehicle") or tags.get("oneway", "")
    if value in _ONE_WAY:
        return True, False
    if value in _AGAINST:
        return False, True
    if value in ("reversible", "alternating"):
        return False, False
    implied = tags.get("junction") in _RING or tags.get("highway") == "motorway"
    return True, not (implied and value != "no")


def _barred(tags: Mapping[str, str], side: str) -> bool:
    """Return whether a tag closes one direction; the most special key decides."""
    keys = (f"{mode}:{side}" for mode in ("motorcar", "motor_vehicle", "vehicle", "access"))
    return next((tags[key] for key in keys if key in tags), "yes") == "no"


def rules(tags: Mapping[str, str]) -> Rules | None:
    """Return what the tags of a way mean for driving, or None where it is no drivable road."""
    class_ = tags.get("highway", "")
    if tags.get("area") == "yes":
        return None
    default = CLASS_SPEED_KPH.get(class_)
    if default is None:
        default = ADMITTED_SPEED_KPH.get(class_)
        let_in = {tags.get("emergency"), tags.get("motor_vehicle"), tags.get("motorcar")}
        if default is None or not let_in & _YES:
            return None
    may = access(tags)
    forward, backward = directions(tags)
    if may is None or not (forward or backward):
        return None
    return Rules(class_, forward, backward, _limit(tags) or default, may)


def _limit(tags: Mapping[str, str]) -> float | None:
    """Return the limit in km/h; the lower where the two directions differ."""
    both = speed_kph(tags.get("maxspeed"))
    if both is not None:
        return both
    sides = [speed_kph(tags.get(f"maxspeed:{side}")) for side in ("forward", "backward")]
    known = [side for side in sides if side is not None]
    return min(known) if known else speed_kph(tags.get("maxspeed:type") or tags.get("zone:traffic"))
