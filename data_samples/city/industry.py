"""The chemical park: enterprises, their tanks and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Point, Polygon

from data_samples.city.blocks import Block
from data_samples.city.codes import credit_code
from data_samples.city.draft import Draft
from data_samples.city.names import Names, Pair

ATMOSPHERE_PA = 101_325.0
AMBIENT_K = 298.15


@dataclass(frozen=True)
class Stuff:
    """A substance as it is kept: how, how much, under which pressure and at which temperature."""

    substance: str
    cas: str
    container: str
    low_t: float
    high_t: float
    pressure_pa: float
    temperature_k: float


# Pressures: saturation near 25 °C, rounded.
STUFF = {
    "chlorine": Stuff("氯", "7782-50-5", "tank", 20, 90, 7.7e5, AMBIENT_K),
    "chlorine_cylinders": Stuff("氯", "7782-50-5", "cylinder", 3, 12, 7.7e5, AMBIENT_K),
    "ammonia": Stuff("氨", "7664-41-7", "sphere", 150, 900, 1.0e6, AMBIENT_K),
    "ammonia_cold": Stuff("氨", "7664-41-7", "tank", 2_000, 9_000, ATMOSPHERE_PA, 240.0),
    "ammonia_cooling": Stuff("氨", "7664-41-7", "process", 8, 35, 1.0e6, AMBIENT_K),
    "lpg": Stuff("液化石油气", "68476-85-7", "sphere", 400, 2_200, 8.5e5, AMBIENT_K),
    "propane": Stuff("丙烷", "74-98-6", "sphere", 300, 1_500, 9.5e5, AMBIENT_K),
    "benzene": Stuff("苯", "71-43-2", "tank", 800, 5_000, ATMOSPHERE_PA, AMBIENT_K),
    "toluene": Stuff("甲苯", "108-88-3", "tank", 800, 5_000, ATMOSPHERE_PA, AMBIENT_K),
    "methanol": Stuff("甲醇", "67-56-1", "tank", 1_500, 12_000, ATMOSPHERE_PA, AMBIENT_K),
    "gasoline": Stuff("汽油", "86290-81-5", "tank", 2e3, 1.5e4, ATMOSPHERE_PA, AMBIENT_K),
    "hf": Stuff("氟化氢", "7664-39-3", "tank", 15, 80, 1.22e5, AMBIENT_K),
    "phosgene": Stuff("光气", "75-44-5", "process", 0.4, 3, 1.9e5, AMBIENT_K),
    "ethylene_oxide": Stuff("环氧乙烷", "75-21-8", "tank", 80, 400, 3.5e5, AMBIENT_K),
    "hydrogen_chloride": Stuff("氯化氢", "7647-01-0", "tank", 20, 60, 4.7e6, AMBIENT_K),
    "sulfur_dioxide": Stuff("二氧化硫", "7446-09-5", "tank", 25, 80, 3.9e5, AMBIENT_K),
    "acrylonitrile": Stuff("丙烯腈", "107-13-1", "tank", 500, 2e3, ATMOSPHERE_PA, AMBIENT_K),
    "butadiene": Stuff("1,3-丁二烯", "106-99-0", "sphere", 400, 1_800, 2.8e5, AMBIENT_K),
    "styrene": Stuff("苯乙烯", "100-42-5", "tank", 500, 3_000, ATMOSPHERE_PA, AMBIENT_K),
    "hydrogen": Stuff("氢", "1333-74-0", "cylinder", 3, 9, 2.0e7, AMBIENT_K),
    "methane": Stuff("甲烷", "74-82-8", "tank", 20_000, 70_000, ATMOSPHERE_PA, 111.7),
}  # fmt: skip


@dataclass(frozen=True)
class Trade:
    """A line of business: what a company of it keeps."""

    name: str
    name_en: str
    class_: str
    keeps: tuple[str, ...]


_PARK = (
    Trade("氯碱化工", "Chlor-Alkali", "chemical",
          ("chlorine", "chlorine", "hydrogen_chloride", "hydrogen")),
    Trade("石化", "Petrochemical", "petrochemical", ("benzene", "toluene", "lpg", "butadiene")),
    Trade("合成氨", "Ammonia", "chemical", ("ammonia", "ammonia_cold")),
    Trade("氟化工", "Fluorochemicals", "chemical", ("hf", "hf")),
    Trade("聚氨酯", "Polyurethanes", "chemical", ("phosgene", "chlorine", "toluene")),
    Trade("新材料", "New Materials", "chemical", ("acrylonitrile", "styrene", "butadiene")),
    Trade("表面活性剂", "Surfactants", "chemical", ("ethylene_oxide", "sulfur_dioxide")),
    Trade("甲醇", "Methanol", "chemical", ("methanol", "hydrogen")),
    Trade("水处理药剂", "Water Treatment", "chemical", ("chlorine_cylinders",)),
    Trade("液化气", "Liquefied Gas", "gas", ("lpg", "propane")),
)  # fmt: skip
_HARBOUR = (
    Trade("油品仓储", "Oil Terminal", "storage", ("gasoline", "gasoline", "methanol")),
    Trade("液体化工码头", "Chemical Wharf", "port", ("benzene", "methanol", "acrylonitrile")),
    Trade("液化天然气接收站", "LNG Terminal", "storage", ("methane", "methane")),
)  # fmt: skip
_INLAND = (
    Trade("冷链", "Cold Chain", "storage", ("ammonia_cooling",)),
    Trade("制药", "Pharmaceuticals", "chemical", ("hydrogen", "chlorine_cylinders")),
    Trade("精密机械", "Precision Machinery", "industrial", ()),
    Trade("纺织", "Textiles", "industrial", ()),
    Trade("水务", "Waterworks", "industrial", ("chlorine_cylinders",)),
)  # fmt: skip
_COUNTS = (("chemical_park", _PARK, 36), ("port", _HARBOUR, 8), ("industry", _INLAND, 10))
_MOST_KEPT = 4
_UNKNOWN = 0.08  # of the tanks, nobody has reported how much is in them


def _tank_spots(rng: np.random.Generator, area: Polygon) -> list[Point]:
    """Return places for tanks: rows that start in a corner of the yard, the corner's first."""
    yard = area.buffer(-32.0)
    if yard.is_empty:
        yard = area.buffer(-12.0)
    corner = shapely.get_coordinates(yard.minimum_rotated_rectangle)[int(rng.integers(0, 4))]
    middle = np.array(yard.centroid.coords[0])
    inward = (middle - corner) / max(np.hypot(*(middle - corner)), 1.0)
    side = np.array([-inward[1], inward[0]])
    spots = [
        Point(corner + inward * (20.0 + 50.0 * row) + side * 50.0 * step)
        for row in range(12)
        for step in range(-row, row + 1)
    ]
    inside = [spot for spot in spots if yard.contains(spot)]
    return inside if len(inside) >= _MOST_KEPT else inside + [yard.centroid] * _MOST_KEPT


def _tank(draft: Draft, spot: Point, stuff: Stuff, quantity_t: float | None) -> None:
    """Draw the tank itself; its size follows what it holds (some 0.8 t a cubic metre)."""
    volume_m3 = (quantity_t or 0.5 * (stuff.low_t + stuff.high_t)) / 0.8
    radius_m = float(np.clip((volume_m3 / (1.6 * np.pi)) ** (1.0 / 3.0), 2.2, 24.0))
    if stuff.container in ("tank", "sphere"):
        draft.add("building", spot.buffer(radius_m, quad_segs=6), kind="storage_tank")


def _company(
    rng: np.random.Generator, draft: Draft, names: Names, trade: Trade, block: Block
) -> None:
    """Write one enterprise with its hazard sources and the people to call."""
    brand: Pair = names.brand()
    area = block.area.buffer(-9.0)
    key = draft.add(
        "enterprise",
        area,
        name=f"{brand[0]}{trade.name}有限公司",
        name_en=f"{brand[1]} {trade.name_en} Co., Ltd.",
        credit_code=credit_code(rng, region="990104"),
        own_code=f"LG-{len(draft.drawn('enterprise')) + 1:03d}",
        address="临港新区（虚构）",
        employees=int(rng.integers(40, 900)),
        candidate=False,
        **{"class": trade.class_},
    )
    draft.call(key, names.person(), "安全总监")
    draft.call(key, names.person(), "值班调度")
    spots = _tank_spots(rng, area)
    if trade.class_ != "industrial":
        for spot in spots[len(trade.keeps) : len(trade.keeps) + int(rng.integers(4, 16))]:
            radius_m = float(rng.uniform(5.0, 17.0))
            draft.add("building", spot.buffer(radius_m, quad_segs=6), kind="storage_tank")
    for number, (what, spot) in enumerate(zip(trade.keeps, spots, strict=False), start=1):
        stuff = STUFF[what]
        known = rng.random() >= _UNKNOWN
        quantity_t = round(float(rng.uniform(stuff.low_t, stuff.high_t)), 1) if known else None
        draft.add(
            "hazard_source",
            spot,
            name=f"{brand[0]}{stuff.substance}{number}号{_WORDS[stuff.container][0]}",
            name_en=f"{brand[1]} {what.replace('_', ' ')} {_WORDS[stuff.container][1]} {number}",
            enterprise_id=key,
            substance=stuff.substance,
            cas=stuff.cas,
            quantity_t=quantity_t,
            unit_kind="production" if stuff.container == "process" else "storage",
            container=stuff.container,
            pressure_pa=stuff.pressure_pa,
            temperature_k=stuff.temperature_k,
            candidate=False,
        )
        _tank(draft, spot, stuff, quantity_t)


_WORDS = {
    "tank": ("储罐", "tank"),
    "sphere": ("球罐", "sphere"),
    "cylinder": ("气瓶库", "cylinder store"),
    "process": ("装置", "unit"),
}


def add_industry(
    rng: np.random.Generator, draft: Draft, names: Names, blocks: Sequence[Block]
) -> list[Block]:
    """Write the enterprises; return the blocks that they took."""
    taken: list[Block] = []
    for use, trades, count in _COUNTS:
        fit = [b for b in blocks if b.zone.use == use and 2.0e4 < b.area.area < 4.5e5]
        chosen = [fit[index] for index in rng.permutation(len(fit))[:count]]
        for number, block in enumerate(chosen):
            _company(rng, draft, names, trades[number % len(trades)], block)
        taken += chosen
    return taken
