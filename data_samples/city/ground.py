"""What lies under everything: water, land use, railway, places, districts, weather stations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point

from data_samples.city.blocks import Block
from data_samples.city.districts import CITY, COUNTIES, Town, merged
from data_samples.city.draft import Draft
from data_samples.city.shape import LIMIT, Land, smooth

_RAILS = (
    ("沿海铁路", "Coastal Railway", "rail", (
        (-40_000, 9_600), (-14_000, 7_500), (-8_200, 7_000), (-4_000, 6_350), (-300, 6_250),
        (3_400, 7_000), (6_200, 9_600), (6_400, 15_000), (4_500, 30_000),
    )),
    ("临港疏港铁路", "Harbour Railway", "rail", (
        (-8_200, 7_000), (-8_900, 4_800), (-8_700, 1_000), (-8_500, -3_000), (-6_600, -6_950),
        (-1_500, -6_300), (3_500, -6_500), (6_300, -7_700), (8_400, -8_350), (10_600, -8_250),
    )),
)  # fmt: skip
_STATIONS = (
    ("临港站", "Lingang Railway Station", -300, 6_250, 5_200),
    ("长途汽车站", "Coach Station", -1_500, 5_500, 1_800),
    ("轮渡码头站", "Ferry Terminal", 9_500, -1_350, 900),
)  # fmt: skip
_LAND_USE = {
    "park": "park", "green_belt": "forest", "chemical_park": "industrial", "industry": "industrial",
    "port": "port", "centre": "commercial", "university": "education", "housing": "residential",
    "old_town": "residential", "suburb": "residential",
}  # fmt: skip
_PARKS = 46
_WEATHER = (
    ("LG-W01", "人民广场气象站", "Renmin Square Station", 300, 900, 6.0),
    ("LG-W02", "化工园气象站", "Chemical Park Station", 7_700, -5_300, 5.0),
    ("LG-W03", "码头气象站", "Harbour Station", 11_600, -3_450, 8.0),
    ("LG-W04", "湖滨气象站", "Lakeside Station", 5_100, 4_000, 5.5),
    ("LG-W05", "西屏气象站", "Xiping Station", -9_600, 5_600, 9.0),
    ("LG-W06", "江南气象站", "Jiangnan Station", -1_100, -4_500, 5.0),
)  # fmt: skip


def railways() -> list[LineString]:
    """Return the railways' centre lines."""
    return [LineString(smooth(points)) for *_, points in _RAILS]


def add_water(draft: Draft, land: Land) -> None:
    """Write sea, river, lake and canals; the basins are part of the sea."""
    draft.add("water", land.sea, name="东溟湾", name_en="Dongming Bay", kind="sea")
    draft.add("water", land.river, name="临江", name_en="Lin River", kind="river")
    draft.add("water", land.lake, name="月湖", name_en="Moon Lake", kind="lake")
    for name, name_en, _, area in land.canals:
        draft.add("water", area, name=name, name_en=name_en, kind="canal")
    for pier in land.piers:
        draft.add("building", pier, kind="pier")


def add_land_use(rng: np.random.Generator, draft: Draft, blocks: Sequence[Block]) -> None:
    """Write land use: whole quarters where use is one, block by block in the country."""
    quarters: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for block in blocks:
        use = block.zone.use
        if use == "rural":
            drawn = rng.random()
            kind = "farmland" if drawn < 0.74 else "forest" if drawn < 0.86 else "grass"
            field = block.area.buffer(-14.0, join_style="mitre")
            if field.area > 400.0:
                draft.add("land_use", field, kind=kind)
        else:
            quarters[_LAND_USE[use]].append(block.area)
    for kind, areas in quarters.items():
        joined = shapely.union_all(areas, grid_size=0.5).buffer(6.0, join_style="mitre")
        for part in shapely.get_parts(joined):
            draft.add("land_use", part, kind=kind)


def add_country(rng: np.random.Generator, draft: Draft, land: Land) -> None:
    """Write the fields and hills beyond the map's limit, so that nothing ends at a ruler's edge."""
    country = land.dry.difference(LIMIT).buffer(-30.0)
    shapely.prepare(country)
    x = np.arange(-33_000.0, 9_000.0, 2_300.0)
    y = np.arange(-27_000.0, 27_000.0, 1_900.0)
    corners = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    corners = corners + rng.normal(0.0, 260.0, corners.shape)
    for i in range(len(x) - 1):
        for j in range(len(y) - 1):
            ring = corners[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
            field = shapely.Polygon(ring).buffer(-22.0, join_style="mitre").intersection(country)
            hilly = -ring[:, 0].mean() / 33_000.0 + ring[:, 1].mean() / 40_000.0
            kind = "forest" if rng.random() < 0.12 + max(0.0, hilly) else "farmland"
            for part in shapely.get_parts(field):
                if part.area > 40_000.0:
                    draft.add("land_use", part, kind=kind)


def add_pocket_parks(
    rng: np.random.Generator, draft: Draft, blocks: Sequence[Block]
) -> list[Block]:
    """Turn some housing blocks into small parks; return them."""
    fit = [b for b in blocks if b.zone.use in ("housing", "centre", "old_town", "suburb")]
    chosen = [fit[index] for index in rng.permutation(len(fit))[:_PARKS]]
    for block in chosen:
        draft.add("land_use", block.area.buffer(-8.0), kind="park")
    return chosen


def add_railways(draft: Draft) -> None:
    """Write railways and the stations on them."""
    for (name, name_en, kind, _), line in zip(_RAILS, railways(), strict=True):
        draft.add("railway", line, name=name, name_en=name_en, kind=kind)
    for name, name_en, x, y, people in _STATIONS:
        key = draft.add(
            "protection_target", Point(x, y), name=name, name_en=name_en, kind="station",
            people_day=people, people_night=round(people * 0.12),
        )  # fmt: skip
        draft.call(key, "值班站长", "站长")


def add_districts(draft: Draft, towns: Sequence[Town], residents: dict[str, int]) -> None:
    """Write the region tree and the names on the map; `residents` are people by town code."""
    towns = tuple(towns)

    def people(code: str) -> int:
        return sum(count for town, count in residents.items() if town.startswith(code))

    city = (CITY, "city", None)
    rows = [city] + [((code, zh, en), level, CITY[0]) for code, zh, en, level in COUNTIES]
    for (code, name, name_en), level, parent in rows:
        draft.add("region", merged(towns, code), name=name, name_en=name_en, code=code,
                  parent=parent, level=level, scheme="fictional", people=people(code),
                  region=code)  # fmt: skip
    for town in towns:
        draft.add("region", town.area, name=town.name, name_en=town.name_en, code=town.code,
                  parent=town.code[:6], level="town", scheme="fictional", people=people(town.code),
                  region=town.code)  # fmt: skip
        draft.add("place", town.seat, name=town.name, name_en=town.name_en,
                  kind="town" if town.name.endswith("镇") else "suburb")  # fmt: skip
    draft.add("place", Point(0, 250), name=CITY[1], name_en=CITY[2], kind="city")


def add_weather_stations(draft: Draft) -> None:
    """Write the weather stations; what they observe is written when the city is loaded."""
    for own_code, name, name_en, x, y, elevation_m in _WEATHER:
        draft.add("weather_station", Point(x, y), name=name, name_en=name_en, own_code=own_code,
                  elevation_m=elevation_m)  # fmt: skip
