"""Who helps: teams, hospitals, shelters, depots, fire water; and what happened before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point

from data_samples.city.blocks import Block
from data_samples.city.draft import Draft
from data_samples.city.names import Names
from data_samples.city.shape import Land

# kind, name, name_en, near (paper m), people, vehicles, skills
_TEAMS = (
    ("fire", "人民路消防救援站", "Renmin Road Fire Station", (-400, 700), 42, 8,
     ("灭火", "抢险")),
    ("fire", "老城消防救援站", "Old Town Fire Station", (-3_600, -300), 35, 6, ("灭火",)),
    ("fire", "文昌消防救援站", "Wenchang Fire Station", (-3_500, 3_400), 38, 7, ("灭火", "抢险")),
    ("fire", "东明消防救援站", "Dongming Fire Station", (5_100, 1_300), 40, 7, ("灭火", "抢险")),
    ("fire", "盐塘消防救援站", "Yantang Fire Station", (-600, -4_300), 36, 6, ("灭火",)),
    ("fire", "兴业消防救援站", "Xingye Fire Station", (-5_000, -5_300), 36, 6, ("灭火", "危化品")),
    ("fire", "北辰消防救援站", "Beichen Fire Station", (-700, 6_900), 34, 6, ("灭火",)),
    ("fire", "化工园特勤消防站", "Chemical Park Special Fire Station", (7_600, -4_100), 68, 14,
     ("灭火", "危化品", "泡沫")),
    ("fire", "码头消防救援站", "Harbour Fire Station", (9_600, -1_900), 44, 8, ("灭火", "水上")),
    ("fire", "西津消防救援站", "Xijin Fire Station", (-8_800, 2_600), 30, 5, ("灭火",)),
    ("chemical", "化工园应急救援中心", "Chemical Park Response Centre", (6_900, -6_700), 56, 12,
     ("危化品", "堵漏", "监测")),
    ("chemical", "氯碱专业救援队", "Chlorine Response Team", (8_900, -4_700), 28, 5,
     ("危化品", "氯气")),
    ("chemical", "危化品运输救援队", "Hazmat Transport Team", (-4_300, -6_300), 24, 6,
     ("危化品", "倒罐")),
    ("medical", "市急救中心", "City Ambulance Centre", (800, 1_100), 90, 22, ("急救",)),
    ("medical", "江南急救分站", "Jiangnan Ambulance Post", (1_800, -3_700), 32, 7, ("急救",)),
    ("medical", "化工园职业病救治队", "Chemical Park Poisoning Team", (6_000, -4_900), 18, 4,
     ("中毒", "洗消")),
    ("police", "交警江南大队", "Jiangnan Traffic Police", (300, -3_500), 60, 18, ("交通",)),
    ("police", "特警支队", "Special Police", (2_900, 2_900), 85, 16, ("警戒",)),
    ("flood", "防汛抢险队", "Flood Defence Team", (-2_200, -2_600), 50, 10, ("排水", "舟艇")),
    ("volunteer", "海燕志愿救援队", "Petrel Volunteers", (-1_500, 4_600), 40, 5, ("搜救",)),
)  # fmt: skip
_HOSPITALS = (
    ("市人民医院", "City People's Hospital", (-900, 1_200), 1_600,
     ("急诊", "重症", "中毒")),
    ("市中心医院", "City Central Hospital", (2_300, 700), 1_200, ("急诊", "重症", "烧伤")),
    ("老城中医院", "Old Town Hospital", (-2_900, 200), 520, ("急诊",)),
    ("江南医院", "Jiangnan Hospital", (600, -4_000), 800, ("急诊", "重症", "高压氧")),
    ("化工园职业病医院", "Occupational Disease Hospital", (4_600, -5_300), 360,
     ("中毒", "烧伤", "洗消")),
    ("大学附属医院", "University Hospital", (-4_300, 4_400), 1_100, ("急诊", "重症")),
    ("湖滨医院", "Lakeside Hospital", (5_400, 4_300), 640, ("急诊", "儿科")),
    ("北辰医院", "Beichen Hospital", (-1_200, 7_300), 480, ("急诊",)),
    ("西屏县医院", "Xiping County Hospital", (-9_300, 4_700), 420, ("急诊",)),
)  # fmt: skip
_CLINICS = 13
_SHELTERS = 18
_DEPOTS = (
    ("市应急物资储备库", "City Depot", (-6_300, -4_900), (("重型防化服", 120, "套"),
     ("空气呼吸器", 260, "套"), ("帐篷", 900, "套"), ("棉被", 6_000, "件"))),
    ("化工园应急物资库", "Chemical Park Depot", (7_200, -3_700), (("重型防化服", 160, "套"),
     ("空气呼吸器", 300, "套"), ("泡沫液", 120, "t"), ("堵漏工具", 40, "套"))),
    ("泡沫储备站", "Foam Store", (8_200, -8_000), (("泡沫液", 240, "t"),)),
    ("中和药剂库", "Neutraliser Store", (6_900, -7_600), (("液碱", 90, "t"),
     ("熟石灰", 60, "t"))),
    ("防汛物资库", "Flood Store", (-3_000, -2_900),
     (("沙袋", 80_000, "件"), ("移动排水泵", 45, "套"))),
    ("红十字备灾库", "Red Cross Store", (1_300, 4_300),
     (("帐篷", 500, "套"), ("棉被", 4_000, "件"))),
    ("医药储备库", "Medical Store", (900, 2_400),
     (("解毒药品", 800, "套"), ("医用氧气", 300, "瓶"))),
    ("码头围油栏库", "Boom Store", (9_300, -2_400),
     (("围油栏", 4_500, "m"), ("吸附材料", 12, "t"))),
)  # fmt: skip
_EQUIPMENT = (
    ("移动照明车队", "Mobile Lighting", (-1_800, 5_400)),
    ("重型工程机械队", "Heavy Plant", (-4_700, -6_600)),
    ("移动供气车", "Mobile Air Supply", (7_900, -6_400)),
)
_WHARVES_Y = (-3_500, -4_250, -5_100, -5_750, -6_500, -7_150, -7_900, -8_200)
_HYDRANTS = 640
_DISASTERS = (
    ("leak", "2019年液氨泄漏点", "Ammonia leak of 2019", (8_100, -5_500), 2019),
    ("leak", "2021年苯泄漏点", "Benzene leak of 2021", (9_700, -6_800), 2021),
    ("leak", "2023年氯气微漏点", "Chlorine leak of 2023", (7_900, -4_600), 2023),
    ("fire", "2018年仓库火灾", "Warehouse fire of 2018", (-5_600, -6_100), 2018),
    ("fire", "2022年油罐雷击火灾", "Tank fire of 2022", (8_900, -8_900), 2022),
    ("explosion", "2017年粉尘爆燃点", "Dust deflagration of 2017", (-9_000, 3_400), 2017),
    ("flood", "老城内涝点", "Old Town waterlogging", (-3_200, -900), 2020),
    ("flood", "沿江低洼内涝点", "Riverside waterlogging", (1_500, -2_700), 2021),
    ("flood", "人民路下穿内涝点", "Underpass flooding", (-900, -2_900), 2023),
    ("collapse", "地面塌陷点", "Road collapse", (1_200, 1_900), 2022),
    ("landslide", "北塘堤岸滑坡点", "Bank slide", (4_700, 9_300), 2016),
    ("other", "跨海栈桥撞击点", "Jetty collision", (11_750, -5_200), 2020),
)  # fmt: skip


def nearest_block(blocks: Sequence[Block], x: float, y: float) -> Block:
    """Return the block whose middle lies nearest to a paper point."""
    middles = shapely.get_coordinates(shapely.centroid(np.array([b.area for b in blocks])))
    return blocks[int(np.argmin(np.hypot(middles[:, 0] - x, middles[:, 1] - y)))]


def _spot(blocks: Sequence[Block], x: float, y: float) -> Point:
    return nearest_block(blocks, x, y).area.point_on_surface()


def add_teams(draft: Draft, names: Names, blocks: Sequence[Block]) -> None:
    """Write the rescue teams at their bases."""
    for kind, name, name_en, (x, y), people, vehicles, skills in _TEAMS:
        key = draft.add(
            "team", _spot(blocks, x, y), name=name, name_en=name_en, kind=kind, people=people,
            vehicles=vehicles, base=name, skills=list(skills),
        )  # fmt: skip
        draft.call(key, names.person(), "值班室")


def add_hospitals(
    rng: np.random.Generator, draft: Draft, names: Names, blocks: Sequence[Block]
) -> None:
    """Write hospitals, each as a resource and as a target to protect, and clinics."""
    for name, name_en, (x, y), beds, specialties in _HOSPITALS:
        spot = _spot(blocks, x, y)
        key = draft.add(
            "resource", spot, name=name, name_en=name_en, kind="hospital", beds=beds,
            specialties=list(specialties), owner="临港新区卫生健康委（虚构）",
        )  # fmt: skip
        draft.call(key, names.person(), "总值班")
        draft.add(
            "protection_target", spot, name=name, name_en=name_en, kind="hospital",
            people_day=round(beds * 2.4), people_night=round(beds * 1.15),
        )  # fmt: skip
    for _ in range(_CLINICS):
        block = blocks[int(rng.integers(0, len(blocks)))]
        clinic = names.flower(("社区卫生服务中心", "Clinic"))
        key = draft.add(
            "resource", block.area.point_on_surface(), name=clinic[0],
            name_en=clinic[1], kind="clinic", beds=int(rng.integers(0, 40)),
        )  # fmt: skip
        draft.call(key, names.person(), "值班医生")


def add_stores(
    rng: np.random.Generator, draft: Draft, names: Names, blocks: Sequence[Block]
) -> None:
    """Write shelters, depots with their stock, and equipment."""
    for _ in range(_SHELTERS):
        block = blocks[int(rng.integers(0, len(blocks)))]
        shelter = names.flower(("应急避难场所", "Shelter"))
        key = draft.add(
            "resource", block.area.point_on_surface(), name=shelter[0],
            name_en=shelter[1], kind="shelter",
            capacity_people=int(rng.integers(6, 90)) * 100,
        )  # fmt: skip
        draft.call(key, names.person(), "场所管理员")
    for name, name_en, (x, y), stock in _DEPOTS:
        key = draft.add("resource", _spot(blocks, x, y), name=name, name_en=name_en, kind="depot")
        draft.call(key, names.person(), "库管值班")
        for item, quantity, unit in stock:
            draft.store(key, item, float(quantity), unit, owner=f"{name}（虚构）")
    for name, name_en, (x, y) in _EQUIPMENT:
        key = draft.add(
            "resource", _spot(blocks, x, y), name=name, name_en=name_en, kind="equipment"
        )
        draft.call(key, names.person(), "调度")


def add_fire_water(
    rng: np.random.Generator, draft: Draft, streets: Sequence[LineString], land: Land
) -> None:
    """Write hydrants along streets, wharves at the quay and ponds."""
    for number, index in enumerate(rng.permutation(len(streets))[:_HYDRANTS], start=1):
        spot = streets[index].interpolate(0.4, normalized=True)
        draft.add("fire_water", spot, name=f"消火栓{number:03d}", name_en=f"Hydrant {number:03d}",
                  kind="hydrant", flow_l_s=float(rng.choice([15.0, 20.0, 30.0, 40.0])))  # fmt: skip
    for number, y in enumerate(_WHARVES_Y, start=1):
        draft.add("fire_water", Point(11_880, y), name=f"取水码头{number}号",
                  name_en=f"Water wharf {number}", kind="wharf", flow_l_s=200.0)  # fmt: skip
    for number, spot in enumerate(_banks(land), start=1):
        draft.add("fire_water", spot, name=f"消防取水点{number}号", name_en=f"Draw point {number}",
                  kind="pond", volume_m3=float(rng.integers(20, 900)) * 100.0)  # fmt: skip


def _banks(land: Land) -> list[Point]:
    """Return places to draw water: round the lake and along the river."""
    shore = land.lake.exterior
    river = land.river_line
    return [shore.interpolate(t, normalized=True) for t in (0.1, 0.4, 0.7, 0.9)] + [
        river.interpolate(t, normalized=True) for t in (0.62, 0.68, 0.74, 0.8, 0.86, 0.9)
    ]


def add_disasters(draft: Draft, *, year_zone: dt.tzinfo) -> None:
    """Write what happened before."""
    for number, (kind, name, name_en, (x, y), year) in enumerate(_DISASTERS):
        when = dt.datetime(year, 1 + number % 12, 3 + 2 * number % 24, 9, 30, tzinfo=year_zone)
        draft.add("disaster_point", Point(x, y), name=name, name_en=name_en, kind=kind,
                  occurred_at=when, description="虚构事件，仅供演示")  # fmt: skip
