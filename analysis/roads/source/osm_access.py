"""Who may use a way, by its OpenStreetMap tags: drivers, lorries, dangerous goods, people on foot.

Sources: OSM wiki, Key:access, Key:foot, Key:hgv, Key:hazmat, Tag:route=ferry, Tag:man_made=pier
(read as data, ODbL). Speeds: ferries without a duration after osrm-backend `profiles/car.lua`
(BSD-2-Clause), steps after graphhopper `FootAverageSpeedParser` (Apache-2.0).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analysis.roads.source.limits import duration_s, height_m, weight_t
from analysis.roads.source.tags import rules

WALK_SPEED_KPH = 5.0
STEPS_SPEED_KPH = 2.0
FERRY_SPEED_KPH = 5.0
FERRY_RANGE_KPH = (1.0, 80.0)
# Ways that are walked unless a tag says no, and those that are walked where a tag says yes.
WALKED = frozenset({"footway", "path", "pedestrian", "steps", "track"})
WALKED_IF_TAGGED = frozenset({"cycleway", "bridleway", "busway"})
NOT_WALKED = frozenset({"motorway", "motorway_link"})
_YES = frozenset({"yes", "designated", "official", "permissive", "destination", "customers"})
_NO = frozenset({"no", "use_sidepath", "discouraged"})
_DRIVE_KEYS = ("motorcar", "motor_vehicle", "vehicle", "hgv", "emergency")
_HEIGHT_KEYS = ("maxheight", "maxheight:physical", "maxheight:forward", "maxheight:backward")
_WEIGHT_KEYS = ("maxweight", "maxweight:hgv", "maxweightrating", "maxgcweight",
                "maxweight:forward", "maxweight:backward")  # fmt: skip
# Tunnel categories of ADR 8.6: A forbids nothing, B to E forbid loads that we carry.
_BANNED_TUNNELS = frozenset("BCDE")


class Passage(NamedTuple):
    """What the tags of a way let through; `duration_s` is a ferry's, NaN elsewhere."""

    class_: str
    access: str
    forward: bool
    backward: bool
    speed_kph: float
    walk: bool
    hgv: bool
    hazmat: bool
    max_height_m: float
    max_weight_t: float
    ferry: bool
    duration_s: float


def passage(tags: Mapping[str, str]) -> Passage | None:
    """Return what a way lets through, or None where nobody drives or walks."""
    if tags.get("route") == "ferry" and tags.get("highway") is None:
        return _ferry(tags)
    driven = rules(tags)
    walk = may_walk(tags, driven=driven is not None)
    if driven is not None:
        kind, ahead, back, speed, access = driven
        return _passage(tags, kind, access, (ahead, back), speed, walk=walk)
    if not walk:
        return None
    kind = tags.get("highway") or "pier"
    return _passage(tags, kind, "foot", (False, False), walk_speed_kph(kind), walk=True)


def walk_speed_kph(class_: str) -> float:
    """Return how fast a way for people is walked."""
    return STEPS_SPEED_KPH if class_ == "steps" else WALK_SPEED_KPH


def may_walk(tags: Mapping[str, str], *, driven: bool) -> bool:
    """Return whether people may walk on a way; private grounds stay in, as they do for engines.

    A square or a pier that is drawn as an area is walked along its edge.
    """
    class_, foot, general = tags.get("highway"), tags.get("foot"), tags.get("access")
    if tags.get("indoor") == "yes":
        return False
    if foot in _NO or (general == "no" and foot is None):
        return False
    if class_ is None:
        return tags.get("man_made") == "pier"
    if tags.get("area") == "yes" and class_ not in ("pedestrian", "footway"):
        return False
    if class_ in NOT_WALKED or tags.get("motorroad") == "yes" or class_ in WALKED_IF_TAGGED:
        return foot in _YES
    return driven or class_ in WALKED or _closed_road(tags)


def _closed_road(tags: Mapping[str, str]) -> bool:
    """Return whether a road that nobody may drive is one that people may still walk on."""
    return rules({"highway": tags["highway"], "area": tags.get("area", "no")}) is not None


def _ferry(tags: Mapping[str, str]) -> Passage | None:
    """Return what a ferry takes: vehicles only where a tag says so, people unless one says no."""
    if tags.get("access") in ("no", "private"):
        return None
    driven = any(tags.get(key) in _YES for key in _DRIVE_KEYS)
    driven = driven and tags.get("motor_vehicle") != "no"
    walk = tags.get("foot") not in _NO
    if not (driven or walk):
        return None
    open_ways = (True, tags.get("oneway") not in ("yes", "1", "true")) if driven else (False, False)
    seconds = duration_s(tags.get("duration"))
    made = _passage(
        tags, "ferry", "open" if driven else "foot", open_ways, FERRY_SPEED_KPH, walk=walk
    )
    return made._replace(ferry=True, duration_s=seconds or math.nan)


def _passage(
    tags: Mapping[str, str],
    class_: str,
    access: str,
    directions: tuple[bool, bool],
    speed_kph: float,
    *,
    walk: bool,
) -> Passage:
    return Passage(
        class_, access, *directions, speed_kph, walk, may_carry(tags, "hgv"), _hazmat(tags),
        _least(height_m(tags.get(key)) for key in _HEIGHT_KEYS),
        _least(weight_t(tags.get(key)) for key in _WEIGHT_KEYS),
        ferry=False, duration_s=math.nan,
    )  # fmt: skip


def may_carry(tags: Mapping[str, str], key: str) -> bool:
    """Return whether a way is open to `hgv` or `hazmat`; to a destination on it counts as open."""
    return tags.get(key) not in ("no", "private", "discouraged")


def _hazmat(tags: Mapping[str, str]) -> bool:
    """Return whether every load of dangerous goods may pass: what one may not, none may."""
    if not may_carry(tags, "hazmat") or tags.get("hazmat:adr_tunnel_cat", "A") in _BANNED_TUNNELS:
        return False
    if tags.get("tunnel:category", "A") in _BANNED_TUNNELS:
        return False
    return not any(
        value == "no" for key, value in tags.items() if key.startswith("hazmat:")
    )  # fmt: skip


def _least(values: Iterable[float | None]) -> float:
    return min((value for value in values if value is not None), default=math.nan)
