"""Districts and towns, cut along main roads and the river; GB/T 2260 leaves codes 99 free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point
from shapely.ops import polygonize, unary_union

from data_samples.city.shape import LIMIT, Land
from data_samples.city.skeleton import Skeleton

CITY = ("9901", "临港新区（虚构）", "Lingang New District (fictional)")
COUNTIES = (
    ("990101", "望海区", "Wanghai District", "county"),
    ("990102", "江南区", "Jiangnan District", "county"),
    ("990103", "北辰区", "Beichen District", "county"),
    ("990104", "临港化工园区", "Lingang Chemical Park", "park"),
    ("990105", "西屏县", "Xiping County", "county"),
)
TOWNS = (
    ("990101001", "人民街道", "Renmin Subdistrict", 300, 600),
    ("990101002", "老城街道", "Laocheng Subdistrict", -3_300, -200),
    ("990101003", "文昌街道", "Wenchang Subdistrict", -3_900, 3_100),
    ("990101004", "东明街道", "Dongming Subdistrict", 4_900, 1_100),
    ("990102001", "盐塘街道", "Yantang Subdistrict", -900, -4_000),
    ("990102002", "兴业街道", "Xingye Subdistrict", -5_400, -5_500),
    ("990102003", "南塘镇", "Nantang Town", -1_200, -9_600),
    ("990102004", "望江街道", "Wangjiang Subdistrict", 3_000, -4_700),
    ("990103001", "北辰街道", "Beichen Subdistrict", -900, 7_000),
    ("990103002", "湖滨街道", "Hubin Subdistrict", 4_200, 5_200),
    ("990103003", "北塘镇", "Beitang Town", 2_500, 10_800),
    ("990104001", "化工园片区", "Chemical Park Area", 8_700, -5_900),
    ("990104002", "码头片区", "Harbour Area", 9_300, -400),
    ("990105001", "清溪镇", "Qingxi Town", -9_800, 6_000),
    ("990105002", "西津镇", "Xijin Town", -10_300, -2_600),
    ("990105003", "南屏镇", "Nanping Town", -9_800, -9_200),
)


@dataclass(frozen=True)
class Town:
    """The smallest district: its code, names and area in paper metres."""

    code: str
    name: str
    name_en: str
    seat: Point
    area: MultiPolygon


def make_towns(land: Land, skeleton: Skeleton) -> tuple[Town, ...]:
    """Return the towns: every face between main roads belongs to the nearest seat on its bank."""
    territory = LIMIT.difference(land.sea).union(unary_union(land.basins))
    lines = [territory.boundary, land.river_line.intersection(LIMIT)]
    lines += [way.line for way in skeleton.ways]
    faces = [
        face
        for face in polygonize(shapely.union_all(lines, grid_size=0.5))
        if territory.contains(face.representative_point())
    ]
    seats = np.array([(x, y) for *_, x, y in TOWNS], dtype=np.float64)
    owned: dict[int, list[shapely.Geometry]] = {index: [] for index in range(len(TOWNS))}
    for face in faces:
        middle = face.representative_point()
        away = np.hypot(seats[:, 0] - middle.x, seats[:, 1] - middle.y)
        over = [
            LineString([seat, (middle.x, middle.y)]).intersects(land.river_line) for seat in seats
        ]
        owned[int(np.argmin(away + 20_000.0 * np.array(over)))].append(face)
    return tuple(
        Town(code, name, name_en, Point(x, y), _multi(shapely.union_all(owned[index])))
        for index, (code, name, name_en, x, y) in enumerate(TOWNS)
    )


def _multi(area: shapely.Geometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    return MultiPolygon(parts)


def merged(towns: tuple[Town, ...], code: str) -> MultiPolygon:
    """Return the area of all towns below a code."""
    return _multi(shapely.union_all([town.area for town in towns if town.code.startswith(code)]))
