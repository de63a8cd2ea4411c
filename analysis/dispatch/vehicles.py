"""Which vehicle each kind of help comes by, as the road network knows vehicles."""

from __future__ import annotations

from functools import lru_cache

from analysis.dispatch import words
from analysis.dispatch.demand import Source
from layers import substances
from layers.errors import InvalidInputError, NotFoundError

LIGHT_TEAMS = frozenset({"medical", "police", "volunteer", "other"})
"""Teams that come in light vehicles; all others are as high and heavy as a fire engine."""


def vehicle_of(source: Source, item: str) -> str:
    """Return the profile (`analysis.roads.profile`) of who brings an item of a source.

    Stock comes by heavy truck, and by a truck that dangerous goods bind where the goods are in the
    tables of hazardous substances.
    """
    if source.layer == "resource":
        return "hazmat_truck" if _hazardous(item) else "heavy_truck"
    light = source.kind in LIGHT_TEAMS or _ambulance(item)
    return "ambulance" if light else "fire_engine"


@lru_cache(maxsize=4096)
def _ambulance(item: str) -> bool:
    return bool(words.match("ambulance", [item], "vehicle").names)


@lru_cache(maxsize=4096)
def _hazardous(item: str) -> bool:
    """Say whether the tables know an item; a name they do not know is slow to find out."""
    try:
        substances.find(item)
    except (NotFoundError, InvalidInputError):
        return False
    return True
