"""What else an authority keeps on record: experts, waters, dams, slopes, the past, cameras."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Point

from data_samples.city.blocks import Block
from data_samples.city.draft import Draft
from data_samples.city.ledger import (
    ACCIDENTS,
    COMMUNICATION,
    EXPERTS,
    FLEETS,
    FLOOD_POINTS,
    GEOHAZARDS,
    RESERVOIRS,
    TRANSPORT,
)
from data_samples.city.names import Names
from data_samples.city.shape import LIMIT, Land

_DATED = dt.date(2026, 3, 31)
_LONG_AGO = dt.date(2021, 6, 30)

_FOLLOWED_WITHIN_M = 400.0


def add_inventory(
    rng: np.random.Generator,
    draft: Draft,
    names: Names,
    land: Land,
    blocks: Sequence[Block],
    streets: Sequence[LineString],
    *,
    zone: dt.tzinfo,
) -> None:
    """Write every layer of this file; `blocks` are rural ground that nothing else took."""
    free = list(blocks)
    _experts(draft, names)
    _waters(draft, land, free)
    _dams(draft, free)
    _flood_works(draft, land, free)
    for number, (name, name_en, place, kind, scale, colour, households, people) in enumerate(
        GEOHAZARDS, start=1
    ):
        draft.add(
            "geohazard", Point(place), name=name, name_en=name_en, own_code=f"LG-D{number:03d}",
            kind=kind, scale=scale, risk_level=colour, households=households,
            people_threatened=people, monitored=colour in ("red", "orange"), source_date=_DATED,
        )  # fmt: skip
    _accidents(draft, zone)
    _cameras(rng, draft, streets)
    _means(draft, names)
    _fleets(draft)


def _experts(draft: Draft, names: Names) -> None:
    for title, organisation, place, specialities, tags in EXPERTS:
        name = names.person()
        key = draft.add(
            "expert", None if place is None else Point(place), name=f"{name}（虚构）",
            name_en=f"Expert {len(draft.records('expert')) + 1} (fictional)", title=title,
            organisation=organisation, specialities=list(specialities), tags=list(tags),
            source_date=_DATED, **({} if place else {"region": "9901"}),
        )  # fmt: skip
        draft.call(key, name, "本人")


def _take(blocks: list[Block], place: tuple[float, float], *, inset_m: float) -> shapely.Geometry:
    """Take the free block nearest to a place; return its ground without a margin."""
    away = [float(block.area.distance(Point(place))) for block in blocks]
    ground = blocks.pop(int(np.argmin(away))).area.buffer(-inset_m)
    return max(shapely.get_parts(ground), key=lambda part: part.area)


def _waters(draft: Draft, land: Land, blocks: list[Block]) -> None:
    """Write what must be kept clean."""
    coast = LIMIT.intersection(land.sea.boundary).buffer(0.5).intersection(land.dry.buffer(60.0))
    southern = max(
        shapely.get_parts(coast.intersection(shapely.box(-3_000, -13_400, 9_000, -10_300))),
        key=lambda part: part.area,
    )
    places: tuple[tuple[Any, ...], ...] = (
        ("river", "临江", "Lin River", land.river_line.intersection(LIMIT), "provincial", "3",
         None),
        ("lake", "月湖", "Moon Lake", land.lake, "city", "3", None),
        ("coast", "南塘滨海岸线", "Nantang shore", southern.centroid.buffer(250.0), "city", "2",
         None),
        ("water_source", "西津水源地取水口", "Xijin water intake", Point(-12_300, 2_000), "city",
         "2",
         410_000),
        ("water_source", "清溪水源地", "Qingxi water source", Point(-12_300, 8_600), "county", "2",
         56_000),
        ("reserve", "石门自然保护区", "Shimen Reserve",
         _take(blocks, (-12_700, -2_800), inset_m=30.0), "provincial", None, None),
        ("wetland", "盐塘湿地", "Yantang Wetland", _take(blocks, (-2_500, -10_500), inset_m=30.0),
         "county", "3", None),
        ("scenic", "北塘风景区", "Beitang Scenic Area",
         _take(blocks, (3_500, 11_200), inset_m=30.0), "city", None, None),
    )  # fmt: skip
    for kind, name, name_en, shape, level, quality, served in places:
        draft.add(
            "sensitive_place", shape, name=name, name_en=name_en, kind=kind, level=level,
            water_quality=quality, people_served=served, owner="市生态环境局（虚构）",
            source_date=_DATED,
        )  # fmt: skip


def _dams(draft: Draft, blocks: list[Block]) -> None:
    """Write reservoirs, each with its water, and the tailings pond."""
    for number, (name, name_en, place, grade, m3, dam, height, limit, people) in enumerate(
        RESERVOIRS, start=1
    ):
        area = _take(blocks, place, inset_m=45.0).buffer(-60.0).buffer(60.0)
        draft.add("water", area, name=name, name_en=name_en, kind="reservoir")
        draft.add(
            "reservoir", area, name=name, name_en=name_en, own_code=f"LG-R{number:02d}",
            grade=grade, capacity_m3=m3, dam_kind=dam, dam_height_m=height, flood_limit_m=limit,
            people_downstream=people, owner="市水利局（虚构）",
            source_date=_LONG_AGO if number == 3 else _DATED,
        )  # fmt: skip
    owner = next(r["id"] for r in draft.records("enterprise") if r["class"] == "tailings_pond")
    draft.add(
        "tailings_pond", _take(blocks, (-11_900, -8_700), inset_m=60.0), name="南屏尾矿库",
        name_en="Nanping Tailings Pond", own_code="LG-T01", enterprise_id=owner, grade="4",
        volume_m3=2.6e6, dam_height_m=41.0, people_downstream=380, status="operating",
        source_date=_DATED,
    )  # fmt: skip


def _flood_works(draft: Draft, land: Land, blocks: list[Block]) -> None:
    """Write dikes along both banks of the river, and what stands on them."""
    built = shapely.box(-7_500, -3_500, 9_000, 1_500)
    banks = land.river.buffer(25.0).boundary.intersection(built)
    lines = [part for part in shapely.get_parts(shapely.line_merge(banks)) if part.length > 2_000.0]
    for number, line in enumerate(sorted(lines, key=lambda part: -part.centroid.y), start=1):
        draft.add(
            "flood_work", line.simplify(4.0), name=f"临江堤防{number}段", kind="dike", grade="2",
            name_en=f"Lin River dike, section {number}", own_code=f"LG-F{number:02d}",
            return_period_years=100.0, crest_m=6.8, owner="市水利局（虚构）", source_date=_DATED,
        )  # fmt: skip
    draft.add(
        "flood_work", _take(blocks, (-9_000, -10_800), inset_m=20.0), name="南屏蓄滞洪区",
        name_en="Nanping detention basin", kind="detention_basin", grade="3", own_code="LG-F50",
        return_period_years=50.0, owner="市水利局（虚构）", source_date=_DATED,
    )  # fmt: skip
    for number, (kind, name, name_en, place, grade, years, flow) in enumerate(
        FLOOD_POINTS, start=51
    ):
        draft.add(
            "flood_work", Point(place), name=name, name_en=name_en, kind=kind, grade=grade,
            own_code=f"LG-F{number:02d}", return_period_years=years, flow_m3_s=flow,
            owner="市水利局（虚构）", source_date=_DATED,
        )  # fmt: skip


def _accidents(draft: Draft, zone: dt.tzinfo) -> None:
    """Write the accidents of the past; one at a plant knows it."""
    areas = np.array(draft.drawn("enterprise"), dtype=object)
    keys = draft.column("enterprise", "id")
    for row in ACCIDENTS:
        kind, name, name_en, place, when, substance, cas, dead, serious, out, loss, cause = row
        away = shapely.distance(areas, Point(place))
        nearest = int(np.argmin(away))
        by_industry = kind not in ("flood", "landslide", "traffic")
        at_plant = by_industry and away[nearest] < _FOLLOWED_WITHIN_M
        draft.add(
            "accident", Point(place), name=name, name_en=name_en, kind=kind, substance=substance,
            cas=cas, occurred_at=dt.datetime.fromisoformat(when).replace(tzinfo=zone),
            enterprise_id=keys[nearest] if at_plant else None,
            grade="3" if dead >= 3 or serious >= 10 else "4", dead=dead, serious=serious,
            evacuated=out, loss_yuan=loss, cause=cause, source_date=_DATED,
        )  # fmt: skip


def _cameras(rng: np.random.Generator, draft: Draft, streets: Sequence[LineString]) -> None:
    """Write cameras at streets and plants; their addresses exist nowhere (RFC 2606)."""
    chosen = rng.permutation(len(streets))[:24]
    plants = [area for area in draft.drawn("enterprise")[:20] if area.geom_type == "Polygon"]
    sluices = [place for kind, _, _, place, *_ in FLOOD_POINTS if kind == "sluice"]
    spots = [("road", streets[index].interpolate(0.5, normalized=True)) for index in chosen]
    spots += [("plant", Point(area.exterior.coords[0])) for area in plants]
    spots += [("water", Point(place)) for place in sluices]
    for number, (kind, spot) in enumerate(spots, start=1):
        draft.add(
            "video_point", spot, name=f"视频点位{number:03d}", name_en=f"Camera {number:03d}",
            own_code=f"LG-V{number:03d}", kind=kind, bearing_deg=float(rng.integers(0, 72) * 5),
            view_deg=60.0, turns=bool(rng.random() < 0.5), owner="市应急管理局（虚构）",
            url=f"rtsp://video.invalid/lingang/{number:03d}", source_date=_DATED,
        )  # fmt: skip


def _means(draft: Draft, names: Names) -> None:
    """Write means of communication and transport."""
    for kind, listed in (("communication", COMMUNICATION), ("transport", TRANSPORT)):
        for name, name_en, place in listed:
            key = draft.add(
                "resource", Point(place), name=name, name_en=name_en, kind=kind,
                owner="市应急管理局（虚构）",
            )  # fmt: skip
            draft.call(key, names.person(), "调度")


def _fleets(draft: Draft) -> None:
    """Say of which kinds the vehicles of each team are; they add up to what the team has."""
    for number, team in enumerate(draft.records("team"), start=1):
        kinds = FLEETS[team["kind"]]
        each = team["vehicles"] // len(kinds)
        first = team["vehicles"] - each * (len(kinds) - 1) - 1
        draft.equip(team["id"], "指挥车", 1, f"虚{number:02d}001应急")
        for kind, count in zip(kinds, [first] + [each] * (len(kinds) - 1), strict=True):
            if count > 0:
                draft.equip(team["id"], kind, count)
