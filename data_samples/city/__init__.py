"""Make the fictional chemical port city 临港新区 (Lingang New District) from a seed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely import LineString, STRtree

from data_samples import SEED
from data_samples.city import ground, hazards, inventory, people, rescue
from data_samples.city.blocks import Block, Fabric, make_fabric
from data_samples.city.buildings import PATTERNS, add_buildings
from data_samples.city.districts import Town, make_towns
from data_samples.city.draft import Draft, Rows
from data_samples.city.frame import Frame
from data_samples.city.industry import add_industry
from data_samples.city.names import Names
from data_samples.city.network import Link
from data_samples.city.roads import Roads, draw, tabulate
from data_samples.city.shape import Land, make_land
from data_samples.city.skeleton import make_skeleton
from data_samples.city.zoning import zones

_SITE_ZONE = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class City:
    """The sample city: rows by layer and the road table."""

    seed: int
    source: str
    layers: dict[str, Rows]
    roads: Roads


def make(seed: int = SEED) -> City:
    """Return the city of a seed; the same seed gives the same city, row by row."""

    def chance(part: int) -> np.random.Generator:
        return np.random.default_rng([seed, part])

    draft, names, frame = Draft(seed), Names(chance(0)), Frame(chance(1))
    land = make_land(chance(2))
    skeleton = make_skeleton(chance(3), land)
    fabric = _named(make_fabric(chance(4), land, skeleton, zones(land)), names)
    links = draw(skeleton, fabric, land)
    _fill(draft, names, land, fabric.blocks, links, chance)
    towns = make_towns(land, skeleton)
    ground.add_districts(draft, towns, _residents(draft, towns))
    areas, codes = [town.area for town in towns], [town.code for town in towns]
    return City(
        seed=seed,
        source=draft.source,
        layers=draft.place(frame, areas, codes),
        roads=tabulate(links, frame),
    )


def _named(fabric: Fabric, names: Names) -> Fabric:
    """Name the longest streets first, each once; what is left over stays a lane without a name."""
    order = sorted(
        (index for index, way in enumerate(fabric.streets) if way.name is None),
        key=lambda index: -fabric.streets[index].line.length,
    )
    streets = list(fabric.streets)
    for index, (name, name_en) in zip(order, names.street, strict=False):
        streets[index] = replace(streets[index], name=name, name_en=name_en)
    return Fabric(tuple(streets), fabric.blocks)


def _fill(
    draft: Draft,
    names: Names,
    land: Land,
    blocks: Sequence[Block],
    links: Sequence[Link],
    chance: Any,
) -> None:
    """Write every layer but the districts."""
    blocks = [block for block in blocks if block.area.area > 1_500.0]
    ground.add_water(draft, land)
    ground.add_land_use(chance(10), draft, blocks)
    ground.add_country(chance(19), draft, land)
    parks = {id(block) for block in ground.add_pocket_parks(chance(11), draft, blocks)}
    open_ground = [block for block in blocks if id(block) not in parks]
    plants = {id(b) for b in add_industry(chance(12), draft, names, open_ground)}
    homes = [b for b in open_ground if b.zone.use in ("housing", "suburb", "old_town", "centre")]
    places = [b for b in open_ground if b.zone.use != "rural" and id(b) not in plants]
    rescue.add_teams(draft, names, places)
    rescue.add_hospitals(chance(13), draft, names, homes)
    rescue.add_stores(chance(14), draft, names, homes)
    free = people.sort_ground(chance(15), [b for b in open_ground if id(b) not in plants])
    villages = [
        pair for pair in people.add_people(chance(16), draft, names, free) if pair[1] == "village"
    ]
    ground.add_railways(draft)
    ground.add_weather_stations(draft)
    streets = [
        link.line for link in links if link.way.road_class not in ("motorway", "motorway_link")
    ]
    rescue.add_fire_water(chance(17), draft, streets, land)
    rescue.add_disasters(draft, year_zone=_SITE_ZONE)
    rails = [line.buffer(26.0) for line in ground.railways()]
    tanks = [shapely.buffer(tank, 9.0) for tank in draft.drawn("building")]
    built = [(b, b.zone.use) for b in open_ground if b.zone.use in PATTERNS]
    add_buildings(chance(18), draft, built + villages, shapely.union_all([*rails, *tanks]))
    _record(draft, names, land, free, streets, open_ground, chance)


def _record(
    draft: Draft,
    names: Names,
    land: Land,
    free: people.Ground,
    streets: Sequence[LineString],
    blocks: Sequence[Block],
    chance: Any,
) -> None:
    """Write what an authority has on record of what is drawn: grades, tanks, parks and the rest."""
    rural = [block for block in free.free["rural"] if block.area.area > 60_000.0]
    taken = {id(b) for b in hazards.add_other_plants(chance(20), draft, names, rural)}
    hazards.file_grades(chance(21), draft)
    hazards.add_tanks(chance(22), draft)
    hazards.describe_enterprises(draft, names)
    hazards.add_parks(draft, blocks)
    rural = [block for block in rural if id(block) not in taken]
    inventory.add_inventory(chance(23), draft, names, land, rural, streets, zone=_SITE_ZONE)


def _residents(draft: Draft, towns: Sequence[Town]) -> dict[str, int]:
    """Return people at night by town: those in listed homes and villages."""
    tree = STRtree([town.area for town in towns])
    middle = shapely.point_on_surface(np.array(draft.drawn("protection_target"), dtype=object))
    target, town = tree.query(middle, predicate="intersects")
    nights = draft.column("protection_target", "people_night")
    count: dict[str, int] = defaultdict(int)
    for row, index in zip(target, town, strict=True):
        count[towns[index].code] += int(nights[row] or 0)
    return dict(count)
