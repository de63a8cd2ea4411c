"""What is known of the hazards: tanks, filed grades, the park, and plants of the other classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from data_samples.city.blocks import Block
from data_samples.city.codes import credit_code
from data_samples.city.draft import Draft
from data_samples.city.industry import AMBIENT_K, ATMOSPHERE_PA
from data_samples.city.names import Names
from layers import critical

_DENSITY_T_M3 = 0.8  # some mean of liquids
_FILLED = 0.85
_STALE = 0.06  # of the filed grades, those that nobody has looked at for years
_REACH_M = 500.0
_COLOURS = {"1": "red", "2": "orange", "3": "yellow", "4": "blue"}
_ALPHAS = ((100, 2.0), (50, 1.5), (30, 1.2), (1, 1.0), (0, 0.5))

# The key supervised processes (重点监管危险化工工艺) by the trade in a company's name.
_PROCESSES = {
    "氯碱": ["电解工艺（氯碱）", "氯化工艺"], "合成氨": ["合成氨工艺"], "氟化工": ["氟化工艺"],
    "聚氨酯": ["光气及光气化工艺", "聚合工艺"], "新材料": ["聚合工艺"],
    "石化": ["裂解（裂化）工艺", "加氢工艺"],
    "表面活性剂": ["磺化工艺", "聚合工艺"], "甲醇": ["新型煤化工工艺"], "制药": ["加氢工艺",
    "硝化工艺"],
}  # fmt: skip
# name, name_en, class, near (paper m), employees, what it keeps: substance, cas, container, t
_OTHERS: tuple[tuple[Any, ...], ...] = (
    ("南屏石料开采有限公司", "Nanping Quarry Co., Ltd.", "non_coal_mine", (-10_900, -9_900), 86,
     ("硝酸铵", "6484-52-2", "warehouse", 30.0)),
    ("南屏选矿有限公司", "Nanping Ore Dressing Co., Ltd.", "tailings_pond", (-11_400, -8_300), 120,
     None),
    ("清溪烟花爆竹批发有限公司", "Qingxi Fireworks Wholesale Co., Ltd.", "fireworks",
     (-10_600, 8_200), 24, ("烟花爆竹", None, "warehouse", 18.0)),
    ("兴业铝粉制品有限公司", "Xingye Aluminium Powder Co., Ltd.", "dust_explosion",
     (-5_900, -5_200), 140, None),
    ("兴业精密铸造有限公司", "Xingye Precision Foundry Co., Ltd.", "metallurgy", (-4_600, -6_300),
     310,
     ("氧", "7782-44-7", "tank", 60.0)),
)  # fmt: skip


def add_other_plants(
    rng: np.random.Generator, draft: Draft, names: Names, blocks: Sequence[Block]
) -> list[Block]:
    """Write a mine, a fireworks store and plants with dust or molten metal; return their blocks."""
    free = list(blocks)
    taken = []
    for name, name_en, class_, (x, y), employees, kept in _OTHERS:
        away = [float(block.area.distance(shapely.Point(x, y))) for block in free]
        block = free.pop(int(np.argmin(away)))
        taken.append(block)
        area = max(shapely.get_parts(block.area.buffer(-20.0)), key=lambda part: part.area)
        key = draft.add(
            "enterprise", area, name=name, name_en=name_en, employees=employees, candidate=False,
            credit_code=credit_code(rng, region="990105"), address="临港新区（虚构）",
            own_code=f"LG-{len(draft.drawn('enterprise')) + 1:03d}", **{"class": class_},
        )  # fmt: skip
        draft.call(key, names.person(), "安全负责人")
        if kept is None:
            continue
        substance, cas, container, tonnes = kept
        draft.add(
            "hazard_source", area.point_on_surface(), name=f"{name[:4]}{substance}库",
            name_en=f"{name_en.split(' Co')[0]} store", enterprise_id=key, substance=substance,
            cas=cas, hazard_class=None if cas else "w1.3", quantity_t=tonnes, unit_kind="storage",
            container=container, pressure_pa=ATMOSPHERE_PA, temperature_k=AMBIENT_K,
            candidate=False,
        )  # fmt: skip
    return taken


def add_tanks(rng: np.random.Generator, draft: Draft) -> None:
    """Write the tanks of each tank farm: one where it is drawn, others on tanks drawn near by."""
    drawn = zip(draft.records("building"), draft.drawn("building"), strict=True)
    shapes = [shape for record, shape in drawn if record["kind"] == "storage_tank"]
    spots = np.array([shape.centroid for shape in shapes], dtype=object)
    tree = STRtree(spots)
    free = np.ones(len(spots), dtype=bool)
    yards = _areas(draft)
    sources = zip(draft.records("hazard_source"), draft.drawn("hazard_source"), strict=True)
    for number, (source, spot) in enumerate(list(sources), start=1):
        if source["container"] not in ("tank", "sphere"):
            continue
        near = tree.query(yards[source["enterprise_id"]], predicate="contains")
        near = near[free[near] & (shapely.distance(spots[near], spot) > 1.0)]
        order = near[np.argsort(shapely.distance(spots[near], spot))]
        more = order[: int(rng.integers(0, 4))]
        free[more] = False
        places = [spot, *spots[more]]
        for index, (place, tonnes) in enumerate(
            zip(places, _shares(source["quantity_t"], len(places)), strict=True), start=1
        ):
            tag = f"V-{number:03d}{chr(64 + index)}"
            draft.add(
                "tank", place, name=f"{source['name']} {tag}", name_en=f"{source['name_en']} {tag}",
                hazard_source_id=source["id"], tag=tag, container=source["container"],
                substance=source["substance"], cas=source["cas"], quantity_t=tonnes,
                capacity_m3=_capacity_m3(tonnes), pressure_pa=source["pressure_pa"],
                temperature_k=source["temperature_k"],
            )  # fmt: skip


def _shares(total_t: float | None, count: int) -> list[float | None]:
    """Return what each of some tanks holds: equal parts that add up to the total."""
    if total_t is None:
        return [None] * count
    part = round(total_t / count, 1)
    return [part] * (count - 1) + [round(total_t - part * (count - 1), 1)]


def _capacity_m3(tonnes: float | None) -> float | None:
    return None if tonnes is None else float(round(tonnes / _DENSITY_T_M3 / _FILLED))


def _areas(draft: Draft) -> dict[Any, shapely.Geometry]:
    """Return each enterprise's ground by its id."""
    rows = zip(draft.records("enterprise"), draft.drawn("enterprise"), strict=True)
    return {record["id"]: area for record, area in rows}


def file_grades(rng: np.random.Generator, draft: Draft) -> None:
    """Give every hazard source the grade of GB 18218-2018 and a filing number; a few are outdated.

    People are those of the protection targets within 500 m of the plant and not inside it.
    """
    targets = np.array(draft.drawn("protection_target"), dtype=object)
    people = np.array([
        max(record["people_day"] or 0, record["people_night"] or 0)
        for record in draft.records("protection_target")
    ])  # fmt: skip
    tree = STRtree(targets)
    alpha = {}
    for key, area in _areas(draft).items():
        near = tree.query(area, predicate="dwithin", distance=_REACH_M)
        outside = near[~shapely.covered_by(targets[near], area)]
        count = int(people[outside].sum())
        alpha[key] = next(factor for least, factor in _ALPHAS if count >= least)
    for number, source in enumerate(draft.records("hazard_source"), start=1):
        grade = _grade(source, alpha[source["enterprise_id"]])
        stale = rng.random() < _STALE
        if grade is not None and stale:
            grade = str(min(4, int(grade) + 1))
        source["grade"] = grade
        source["filing_no"] = f"BA-9901-{number:04d}（虚构）" if grade else None
        source.setdefault("hazard_class", None)


def _grade(source: dict[str, Any], alpha: float) -> str | None:
    """Return the grade of one substance; None where it is no major hazard or unknown."""
    found = critical.find(source["substance"], source["cas"], source.get("hazard_class"))
    tonnes = source["quantity_t"]
    if tonnes is None or found is None or found.critical_t is None or found.beta is None:
        return None
    if tonnes < found.critical_t:
        return None
    r = alpha * found.beta * tonnes / found.critical_t
    return "1" if r >= 100.0 else "2" if r >= 50.0 else "3" if r >= 10.0 else "4"


def describe_enterprises(draft: Draft, names: Names) -> None:
    """Say of every enterprise who answers for it, its licence, processes and colour."""
    worst: dict[Any, str] = defaultdict(lambda: "4")
    for source in draft.records("hazard_source"):
        if source["grade"] is not None:
            key = source["enterprise_id"]
            worst[key] = min(worst[key], source["grade"])
    for number, record in enumerate(draft.records("enterprise"), start=1):
        trades = [kinds for trade, kinds in _PROCESSES.items() if trade in record["name"]]
        record |= {
            "risk_level": _COLOURS[worst[record["id"]]],
            "processes": trades[0] if trades else None,
            "legal_person": names.person(),
            "licence_no": f"（虚构）LG-AQ-{number:04d}",
            "park_id": None,
        }


def add_parks(draft: Draft, blocks: Sequence[Block]) -> None:
    """Write the chemical park and the port's storage area; enterprises know theirs."""
    for use, fields in (
        ("chemical_park", {"name": "临港化工园区", "name_en": "Lingang Chemical Park",
                           "code": "LG-P01", "level": "provincial", "risk_level": "c"}),
        ("port", {"name": "码头化工仓储区", "name_en": "Harbour Storage Area",
                  "code": "LG-P02", "level": "city", "risk_level": "c"}),
    ):  # fmt: skip
        grounds = [block.area.buffer(60.0, join_style="mitre") for block in blocks
                   if block.zone.use == use]  # fmt: skip
        area = shapely.union_all(grounds).buffer(-30.0).simplify(5.0)
        inside = [
            record
            for record, ground in zip(
                draft.records("enterprise"), draft.drawn("enterprise"), strict=True
            )
            if area.contains(ground.point_on_surface())
        ]
        key = draft.add(
            "park", area, **fields, area_km2=round(area.area / 1e6, 2), owner="园区管委会（虚构）",
            people=sum(record["employees"] for record in inside), address="临港新区（虚构）",
        )  # fmt: skip
        for record in inside:
            record["park_id"] = key
