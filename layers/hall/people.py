"""Who is at risk in which district: the places that a plan lists, by the region they lie in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Double, Row, Select, bindparam, func, lateral, select, true
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from layers.models import Region

MAX_DISTRICTS = 30
LEVELS = ("county", "town")
"""Of which level districts are told, the first of which the places lie in more than one."""


@dataclass
class DistrictAtRisk:
    """People at risk in one district by the level of their zone, each place at its worst.

    `unknown` counts places whose people nobody has filed. Without `code` they lie in no district.
    """

    code: str | None
    name: str | None = None
    name_en: str | None = None
    people: dict[str, int] = field(default_factory=dict)
    unknown: int = 0


def at_risk(
    session: Session, targets: Sequence[Mapping[str, Any]]
) -> tuple[list[DistrictAtRisk], int]:
    """Sum up people by district, the district with the most first; and how many were left out.

    Parameters
    ----------
    targets
        Of a plan's exposure, as its reader may have them: `lon`, `lat` (EPSG:4326), `level`,
        `people`.

    Returns
    -------
    tuple
        At most `MAX_DISTRICTS` districts: of counties, where the places lie in more than one,
        else of towns. A place in no district of that level counts for its county, or for none.
    """
    held: dict[int, dict[str, Row[Any]]] = {}
    if targets:
        for row in session.execute(_held_by(targets)):
            held.setdefault(row.place, {})[row.level] = row
    level = _level(held.values())
    found: dict[str | None, DistrictAtRisk] = {}
    for place, target in enumerate(targets, start=1):
        regions = held.get(place, {})
        region = regions.get(level) or regions.get(LEVELS[0])
        code = region.code if region else None
        district = found.get(code)
        if district is None:
            district = DistrictAtRisk(code, *((region.name, region.name_en) if region else ()))
            found[code] = district
        if target.get("people") is None:
            district.unknown += 1
        else:
            so_far = district.people.get(target["level"], 0)
            district.people[target["level"]] = so_far + target["people"]
    ranked = sorted(found.values(), key=lambda one: (-sum(one.people.values()), one.code or ""))
    return ranked[:MAX_DISTRICTS], len(ranked[MAX_DISTRICTS:])


def _level(held: Iterable[Mapping[str, Row[Any]]]) -> str:
    """Return the first level of which there is more than one district, else the finest there is."""
    codes = {level: {regions[level].code for regions in held if level in regions}
             for level in LEVELS}  # fmt: skip
    several = [level for level in LEVELS if len(codes[level]) > 1]
    return several[0] if several else next((lvl for lvl in reversed(LEVELS) if codes[lvl]), "")


def _held_by(targets: Sequence[Mapping[str, Any]]) -> Select[Any]:
    """Return, of every place, the smallest region of each level that it lies in."""
    given = func.unnest(
        bindparam(None, [one["lon"] for one in targets], type_=ARRAY(Double)),
        bindparam(None, [one["lat"] for one in targets], type_=ARRAY(Double)),
    ).table_valued("lon", "lat", with_ordinality="place")
    places = given.render_derived(name="places")
    point = func.ST_SetSRID(func.ST_MakePoint(places.c.lon, places.c.lat), 4326)
    around = lateral(
        select(Region.code, Region.name, Region.name_en, Region.level)
        .where(Region.level.in_(LEVELS), func.ST_Intersects(Region.geom, point))
        .order_by(Region.level, func.ST_Area(Region.geom), Region.code)
        .ext(distinct_on(Region.level))
    )
    return select(places.c.place, *around.c).select_from(places.join(around, true()))
