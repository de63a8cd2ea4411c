"""The lists that the authority of the fictional city keeps, place by place in paper metres."""

from __future__ import annotations

from typing import Any

# title, organisation, where (paper m) or None, specialities, tags
EXPERTS: tuple[tuple[Any, ...], ...] = (
    ("教授级高级工程师", "临港大学", (-4_700, 5_000), ("化工安全",), ("危化品", "液氯", "光气")),
    ("教授", "临港大学", (-4_800, 5_100), ("防火与灭火",), ("池火", "罐区", "泡沫")),
    ("高级工程师", "临港化工园区管委会", (7_600, -4_300), ("危化品处置",), ("危化品", "堵漏",
     "液氨")),
    ("高级工程师", "氯碱行业协会", (8_600, -5_200), ("氯碱工艺",), ("液氯", "中和")),
    ("主任医师", "化工园职业病医院", (4_600, -5_300), ("中毒救治",), ("中毒", "氟化氢", "洗消")),
    ("主任医师", "市中心医院", (2_300, 700), ("烧伤救治",), ("烧伤",)),
    ("高级工程师", "市环境监测中心", (1_200, 1_300), ("应急监测",), ("大气", "水质", "监测")),
    ("研究员", "临港海洋研究所", (8_900, 900), ("海上溢油",), ("溢油", "围油栏")),
    ("高级工程师", "市水利设计院", (-1_900, 900), ("防汛抢险",), ("防汛", "堤防", "管涌")),
    ("高级工程师", "市地质队", (-3_300, 2_600), ("地质灾害",), ("滑坡", "泥石流", "地灾")),
    ("高级工程师", "南屏选矿有限公司", (-11_000, -8_500), ("尾矿库",), ("尾矿库", "溃坝")),
    ("高级工程师", "市特检院", (-2_600, 1_900), ("压力容器",), ("压力容器", "球罐", "LPG")),
    ("教授", "海洋工程学院", (-5_300, 4_700), ("爆炸力学",), ("爆炸", "粉尘")),
    ("高级工程师", "市气象台", None, ("气象保障",), ("气象", "扩散")),
    ("研究员", "省安全科学研究院", None, ("定量风险评价",), ("危化品", "风险评价")),
    ("高级工程师", "省消防救援总队", None, ("石化灭火",), ("储罐火灾", "沸溢")),
)  # fmt: skip
# name, name_en, near, kind, scale, colour, households, people
GEOHAZARDS: tuple[tuple[Any, ...], ...] = (
    ("南屏北坡滑坡", "Nanping north slope", (-11_600, -7_600), "landslide", "medium", "orange",
     21, 74),
    ("南屏采石场崩塌", "Nanping quarry rock fall", (-11_100, -10_200), "collapse", "small", "red",
     6, 19),
    ("石门沟泥石流", "Shimen gully", (-12_500, -5_100), "debris_flow", "medium", "orange", 34, 126),
    ("清溪后山不稳定斜坡", "Qingxi back slope", (-11_800, 7_400), "unstable_slope", "small",
     "yellow",
     12, 41),
    ("清溪公路边坡", "Qingxi road cut", (-9_900, 7_900), "landslide", "small", "yellow", 3, 9),
    ("西津岸坡", "Xijin bank", (-11_200, 900), "landslide", "small", "blue", 5, 16),
    ("人民路地面塌陷区", "Renmin Road subsidence", (1_200, 1_900), "subsidence", "small", "yellow",
     0, 60),
    ("北塘地裂缝", "Beitang fissure", (2_100, 10_300), "fissure", "small", "blue", 8, 27),
)  # fmt: skip
# name, name_en, near, grade, m3, dam kind, height m, flood limit m, people downstream
RESERVOIRS: tuple[tuple[Any, ...], ...] = (
    ("清溪水库", "Qingxi Reservoir", (-12_300, 8_600), "medium", 2.4e7, "earth", 38.0, 61.5,
     21_000),
    ("石门水库", "Shimen Reservoir", (-12_600, -4_000), "small_1", 3.1e6, "rockfill", 27.0, 74.0,
     3_400),
    ("南屏水库", "Nanping Reservoir", (-12_200, -10_900), "small_2", 4.2e5, "earth", 14.0, 52.0,
     900),
)  # fmt: skip
# kind, name, name_en, place (paper m), grade, return period a, flow m3/s
FLOOD_POINTS: tuple[tuple[Any, ...], ...] = (
    ("sluice", "北运河闸", "North Canal Sluice", (2_350, -950), "2", 50.0, 120.0),
    ("sluice", "清溪河口闸", "Qingxi Creek Sluice", (-7_250, -1_450), "3", 50.0, 180.0),
    ("sluice", "南塘河口闸", "Nantang Creek Sluice", (3_000, -11_600), "3", 50.0, 150.0),
    ("pump_station", "老城排涝泵站", "Old Town Pumps", (-3_100, -1_050), "2", 30.0, 42.0),
    ("pump_station", "化工园排涝泵站", "Chemical Park Pumps", (9_900, -9_000), "2", 50.0, 36.0),
    ("danger_section", "盐塘险工段", "Yantang weak section", (-300, -1_900), "2", 50.0, None),
    ("gauge", "临江水文站", "Lin River Gauge", (-9_300, -550), None, None, None),
    ("culvert", "东明穿堤涵", "Dongming Culvert", (5_000, -850), "3", 30.0, 6.0),
)  # fmt: skip
# kind, name, name_en, near, when, substance, cas, dead, serious, evacuated, loss, cause
ACCIDENTS: tuple[tuple[Any, ...], ...] = (
    ("leak", "2019年液氨泄漏事故", "Ammonia release of 2019", (8_100, -5_500), "2019-07-18T09:20",
     "氨", "7664-41-7", 0, 3, 420, 1.9e6, "卸车软管老化破裂"),
    ("leak", "2021年苯储罐泄漏事故", "Benzene tank leak of 2021", (9_700, -6_800),
     "2021-04-03T22:10",
     "苯", "71-43-2", 0, 0, 60, 8.2e5, "罐底腐蚀穿孔"),
    ("poisoning", "2016年氟化氢中毒事故", "Hydrogen fluoride poisoning of 2016", (7_900, -6_200),
     "2016-11-09T14:35", "氟化氢", "7664-39-3", 1, 4, 150, 3.4e6, "检修未隔离"),
    ("fire", "2018年仓库火灾事故", "Warehouse fire of 2018", (-5_600, -6_100), "2018-08-26T03:15",
     None, None, 0, 2, 210, 1.1e7, "电气短路"),
    ("fire", "2022年油罐雷击火灾", "Lightning at an oil tank, 2022", (8_900, -8_900),
     "2022-06-12T19:05", "汽油", "86290-81-5", 0, 1, 90, 5.6e6, "密封圈雷击"),
    ("dust", "2017年铝粉爆燃事故", "Aluminium dust deflagration of 2017", (-5_900, -5_200),
     "2017-05-21T10:40", None, None, 2, 7, 130, 7.8e6, "除尘系统积尘"),
    ("explosion", "2014年反应釜爆炸事故", "Reactor explosion of 2014", (8_300, -7_300),
     "2014-03-30T16:50", "丙烯腈", "107-13-1", 3, 11, 1_800, 2.6e7, "冷却失效"),
    ("traffic", "2020年槽车侧翻泄漏", "Overturned road tanker, 2020", (4_900, -6_500),
     "2020-12-02T06:30", "甲醇", "67-56-1", 0, 1, 300, 6.0e5, "弯道超速"),
    ("flood", "2020年老城内涝", "Old Town flood of 2020", (-3_200, -900), "2020-07-09T05:00",
     None, None, 0, 0, 2_600, 3.9e7, "强降雨叠加天文大潮"),
    ("landslide", "2015年南屏滑坡", "Nanping landslide of 2015", (-11_600, -7_700),
     "2015-08-14T02:20", None, None, 1, 2, 96, 4.4e6, "连续降雨"),
)  # fmt: skip
COMMUNICATION = (
    ("应急通信车一号", "Communication vehicle 1", (400, 1_000)),
    ("化工园无线基站", "Chemical park base station", (8_000, -5_000)),
    ("西屏卫星站", "Xiping satellite station", (-9_400, 5_300)),
)
TRANSPORT = (
    ("公交应急车队", "Emergency buses", (-1_700, 5_600)),
    ("危化品倒罐车队", "Transfer tankers", (-4_600, -6_100)),
    ("轮渡应急船队", "Emergency ferries", (9_600, -1_200)),
)
FLEETS: dict[str, tuple[str, ...]] = {
    "fire": ("泡沫消防车", "水罐消防车", "举高喷射车", "抢险救援车"),
    "chemical": ("侦检车", "防化洗消车", "堵漏器材车"),
    "medical": ("负压救护车", "普通救护车"),
    "police": ("巡逻车", "破障车"),
    "flood": ("排水车", "冲锋舟"),
    "volunteer": ("运兵车", "无人机车"),
}
