"""People who live in zones by a population raster, beside those of the places on record.

The two count the same people in different ways (a raster spreads a census, a place knows its
pupils), so they are told side by side and never summed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import shapely
from sqlalchemy.orm import Session

from analysis.population import People, Period, population
from analysis.scenario import LEVELS, Zone
from layers.errors import TooLargeError


def in_zones(session: Session, zones: Sequence[Zone], *, period: Period) -> list[dict[str, Any]]:
    """Return one entry a zone, in order: `people` (None where nobody has counted), `source`, ..."""
    return [_entry(_count(session, zone.geometry, period)) for zone in zones]


def everywhere(session: Session, zones: Sequence[Zone], *, period: Period) -> dict[str, Any]:
    """Return the people of all zones together, each once."""
    if not zones:
        return _entry(None)
    return _entry(_count(session, shapely.union_all([z.geometry for z in zones]), period))


def as_targets(session: Session, zones: Sequence[Zone], *, period: Period) -> list[dict[str, Any]]:
    """Return the people of each ring between modelled zones, as places that an estimate takes.

    A ring is a zone without the worse zones of its hazard; its people stand at the geometric mean
    of its inner and outer reach (a third of the reach in the worst zone). Empty without a raster.
    """
    found = []
    for hazard in dict.fromkeys(zone.hazard for zone in zones if zone.basis == "model"):
        modelled = [
            (index, zone)
            for index, zone in enumerate(zones)
            if zone.hazard == hazard and zone.basis == "model"
        ]
        modelled.sort(key=lambda pair: LEVELS.index(pair[1].level))
        worse: list[Zone] = []
        for index, zone in modelled:
            ring = zone.geometry
            if worse:
                ring = ring.difference(shapely.union_all([other.geometry for other in worse]))
            counted = _count(session, ring, period)
            inner = max((other.distance_m for other in worse), default=zone.distance_m / 9.0)
            worse.append(zone)
            if counted is None or counted.count < 0.5:
                continue
            found.append(
                {
                    "id": f"{hazard}-{zone.level}",
                    "people": round(counted.count),
                    "distance_m": math.sqrt(max(inner, 1.0) * max(zone.distance_m, 1.0)),
                    "level": zone.level,
                    "zones": [index],
                    "hazard": hazard,
                    "passage_s": None,
                }
            )
        if found:
            break  # the same people stand in the zones of every hazard: the first one counts
    return found


def _count(session: Session, geometry: Any, period: Period) -> People | None:
    try:
        return population(session, geometry, period=period)
    except TooLargeError:
        return None  # a raster too fine for so great an area: then nobody has counted it


def _entry(people: People | None) -> dict[str, Any]:
    if people is None:
        return {"people": None, "covered_share": 0.0, "raster": None, "source": None}
    return {
        "people": round(people.count),
        "covered_share": round(people.covered_share, 3),
        "raster": people.raster,
        "source": people.source,
        "source_date": people.source_date,
        "period": people.period,
    }
