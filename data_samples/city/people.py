"""Who must be protected: homes, schools, hospitals, markets, with people by day and by night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from data_samples.city.blocks import Block
from data_samples.city.draft import Draft
from data_samples.city.names import Names, Pair


@dataclass(frozen=True)
class Site:
    """A kind of target: how many, on blocks of which use, and its people by day."""

    kind: str
    tails: tuple[Pair, ...]
    count: int
    uses: tuple[str, ...]
    low: int
    high: int
    by_night: float  # share of the people by day who are there at night
    post: str


SITES = (
    Site("school", (("小学", "Primary School"), ("中学", "Middle School")), 64,
         ("housing", "suburb", "old_town"), 450, 2_100, 0.0, "校长"),
    Site("kindergarten", (("幼儿园", "Kindergarten"),), 58, ("housing", "suburb", "old_town"),
         90, 360, 0.0, "园长"),
    Site("nursing_home", (("养老院", "Nursing Home"), ("护理院", "Care Home")), 22,
         ("housing", "suburb"), 60, 320, 0.92, "院长"),
    Site("market", (("商场", "Mall"), ("农贸市场", "Market")), 24,
         ("centre", "housing", "old_town"), 300, 3_800, 0.02, "值班经理"),
    Site("office", (("大厦", "Tower"), ("科技园", "Science Park")), 30, ("centre", "university"),
         300, 2_600, 0.03, "物业值班"),
    Site("worship", (("寺", "Temple"), ("教堂", "Church")), 6, ("old_town", "suburb"), 30, 160, 0.1,
         "值守"),
)  # fmt: skip
_HOMES = 290
_VILLAGES = 38
PEOPLE_PER_M2 = {"housing": 0.052, "suburb": 0.024, "old_town": 0.045, "centre": 0.03}


@dataclass
class Ground:
    """The blocks that are still free, by use, in a seeded order."""

    free: dict[str, list[Block]]

    def take(self, rng: np.random.Generator, uses: Sequence[str], *, least_m2: float) -> Block:
        """Return a free block of one of the uses, weighted by how many each has."""
        sizes = np.array([len(self.free[use]) for use in uses], dtype=np.float64)
        blocks = self.free[uses[int(rng.choice(len(uses), p=sizes / sizes.sum()))]]
        for index in range(len(blocks) - 1, -1, -1):
            if blocks[index].area.area >= least_m2:
                return blocks.pop(index)
        return blocks.pop()


def sort_ground(rng: np.random.Generator, blocks: Sequence[Block]) -> Ground:
    """Return the free blocks by use, shuffled."""
    free: dict[str, list[Block]] = {}
    for index in rng.permutation(len(blocks)):
        block = blocks[index]
        if block.area.buffer(-14.0).area > 900.0:
            free.setdefault(block.zone.use, []).append(block)
    return Ground(free)


def _yard(block: Block) -> shapely.Geometry:
    parts = shapely.get_parts(block.area.buffer(-9.0))
    return max(parts, key=lambda part: part.area)


def _sites(rng: np.random.Generator, draft: Draft, names: Names, ground: Ground) -> Iterator[Block]:
    for site in SITES:
        for number in range(site.count):
            block = ground.take(rng, site.uses, least_m2=4_000.0)
            name = names.flower(site.tails[number % len(site.tails)])
            by_day = int(rng.integers(site.low, site.high))
            key = draft.add(
                "protection_target",
                _yard(block),
                name=name[0],
                name_en=name[1],
                kind=site.kind,
                people_day=by_day,
                people_night=round(by_day * site.by_night),
            )
            draft.call(key, names.person(), site.post)
            yield block


def _universities(rng: np.random.Generator, draft: Draft, names: Names, ground: Ground) -> None:
    for name, name_en in (
        ("临港大学", "Lingang University"),
        ("海洋工程学院", "Ocean Engineering College"),
    ):
        block = ground.take(rng, ("university",), least_m2=40_000.0)
        by_day = int(rng.integers(6_000, 14_000))
        key = draft.add(
            "protection_target", _yard(block), name=name, name_en=name_en, kind="university",
            people_day=by_day, people_night=round(by_day * 0.7),
        )  # fmt: skip
        draft.call(key, names.person(), "保卫处值班")


def _homes(
    rng: np.random.Generator, draft: Draft, names: Names, ground: Ground
) -> Iterator[tuple[Block, str]]:
    for _ in range(_HOMES):
        block = ground.take(rng, ("housing", "housing", "suburb", "old_town"), least_m2=9_000.0)
        use = block.zone.use
        name = next(names.estate)
        residents = int(block.area.area * PEOPLE_PER_M2[use] * rng.uniform(0.7, 1.3))
        key = draft.add(
            "protection_target", _yard(block), name=name[0], name_en=name[1], kind="housing",
            people_day=round(residents * 0.38), people_night=residents,
        )  # fmt: skip
        draft.call(key, names.person(), "物业经理")
        yield block, use


def _villages(
    rng: np.random.Generator, draft: Draft, names: Names, ground: Ground
) -> Iterator[Block]:
    for _ in range(_VILLAGES):
        block = ground.take(rng, ("rural", "suburb"), least_m2=60_000.0)
        middle = block.area.point_on_surface()
        radius_m = float(rng.uniform(110.0, 230.0))
        area = middle.buffer(radius_m, quad_segs=5).intersection(block.area.buffer(-25.0))
        area = max(shapely.get_parts(area), key=lambda part: part.area)
        residents = int(rng.integers(140, 1_500))
        name = next(names.village)
        key = draft.add(
            "protection_target", area, name=name[0], name_en=name[1], kind="village",
            people_day=round(residents * 0.6), people_night=residents,
        )  # fmt: skip
        draft.call(key, names.person(), "村委会主任")
        draft.add("place", middle, name=name[0], name_en=name[1], kind="village", people=residents)
        draft.add("land_use", area, kind="residential")
        yield Block(area, block.zone)


def add_people(
    rng: np.random.Generator, draft: Draft, names: Names, ground: Ground
) -> list[tuple[Block, str]]:
    """Write the protection targets; return where houses stand beyond the ordinary blocks."""
    built: list[tuple[Block, str]] = []
    for block in _sites(rng, draft, names, ground):
        built.append((block, "suburb" if block.zone.use == "suburb" else block.zone.use))
    _universities(rng, draft, names, ground)
    built += _homes(rng, draft, names, ground)
    built += [(block, "village") for block in _villages(rng, draft, names, ground)]
    return built
