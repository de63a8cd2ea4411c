"""The land: coast, port basins, river, canals, lake, in paper metres (x east, y north)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.ops import unary_union

from data_samples.city.frame import Floats

# The coast from north to south; between the two quay marks it is a straight, built quay.
_COAST = (
    (3_000, 40_000), (5_600, 22_000), (7_300, 13_500), (7_900, 10_200), (9_300, 7_800),
    (8_900, 5_200), (9_700, 3_000), (9_900, 600), (10_900, -1_100), (11_300, -2_700),
)  # fmt: skip
_QUAY = ((11_900, -3_300), (11_900, -8_300), (10_900, -9_300))
_COAST_SOUTH = (
    (10_000, -10_100), (7_800, -10_500), (5_300, -12_200), (1_500, -12_900), (-2_200, -14_600),
    (-7_500, -16_500), (-12_000, -20_000), (-14_000, -40_000),
)  # fmt: skip
_RIVER = (
    (-42_000, 7_500), (-30_000, 3_600), (-22_000, 4_400), (-15_500, 2_300), (-12_400, 2_000),
    (-9_300, -700), (-6_000, -2_150), (-3_400, -1_350), (-1_100, -1_500), (1_400, -2_050),
    (4_200, -1_000), (7_400, -1_500), (9_400, -2_000), (13_500, -2_000),
)  # fmt: skip
_CANALS = (
    ("北运河", "North Canal", ((3_300, 4_000), (2_250, 3_000), (2_100, 1_500), (2_350, -1_000))),
    ("清溪河", "Qingxi Creek", (
        (-16_000, 9_500), (-11_500, 7_400), (-8_800, 6_300), (-7_000, 3_000), (-6_900, 600),
        (-7_300, -1_500),
    )),
    ("南塘河", "Nantang Creek", (
        (-15_000, -7_000), (-9_500, -6_600), (-5_200, -7_900), (-1_000, -7_700), (2_500, -9_400),
        (3_300, -13_500),
    )),
)  # fmt: skip
LIMIT = box(-13_500, -13_500, 13_500, 12_500)
FAR = box(-40_000, -38_000, 60_000, 38_000)


@dataclass(frozen=True)
class Land:
    """What is dry and what is wet; every geometry in paper metres."""

    dry: Polygon | MultiPolygon
    sea: Polygon | MultiPolygon
    river: Polygon
    river_line: LineString
    canals: tuple[tuple[str, str, LineString, Polygon], ...]
    lake: Polygon
    basins: tuple[Polygon, ...]
    piers: tuple[Polygon, ...]


def smooth(points: tuple[tuple[float, float], ...], *, rounds: int = 4) -> Floats:
    """Return a polyline with its corners cut (Chaikin), its ends kept."""
    line = np.asarray(points, dtype=np.float64)
    for _ in range(rounds):
        near = 0.75 * line[:-1] + 0.25 * line[1:]
        far = 0.25 * line[:-1] + 0.75 * line[1:]
        inner = np.empty((2 * len(near), 2))
        inner[0::2], inner[1::2] = near, far
        line = np.vstack([line[:1], inner[1:-1], line[-1:]])
    return line


def _ragged(points: tuple[tuple[float, float], ...], rng: np.random.Generator) -> Floats:
    """Return a natural shore: every segment's middle is moved sideways, again and again."""
    line = np.asarray(points, dtype=np.float64)
    for _ in range(6):
        along = np.diff(line, axis=0)
        side = np.column_stack([-along[:, 1], along[:, 0]])
        middle = (line[:-1] + line[1:]) / 2.0 + side * rng.normal(0.0, 0.075, (len(side), 1))
        mixed = np.empty((2 * len(line) - 1, 2))
        mixed[0::2], mixed[1::2] = line, middle
        line = mixed
    return line


def _river_polygon(line: LineString) -> Polygon:
    """Return the river's surface, wider towards the sea."""
    length_m = line.length
    at_m = np.linspace(0.0, length_m, 160)
    half_m = np.interp(at_m, [0, 0.55 * length_m, 0.85 * length_m, length_m], [70, 110, 190, 330])
    discs = shapely.buffer(shapely.line_interpolate_point(line, at_m), half_m)
    hulls = [shapely.convex_hull(unary_union(pair)) for pair in pairwise(discs)]
    return unary_union(hulls)


def _lake(rng: np.random.Generator) -> Polygon:
    """Return a lake with an uneven shore and an island's worth of charm."""
    angle = np.linspace(0.0, 2.0 * np.pi, 90, endpoint=False)
    radius_m = 760.0 + sum(
        rng.uniform(30.0, 120.0) * np.cos(k * angle + rng.uniform(0.0, 6.28)) for k in (2, 3, 5)
    )
    shore = np.column_stack(
        [3_700 + 1.25 * radius_m * np.cos(angle), 4_700 + radius_m * np.sin(angle)]
    )
    return Polygon(shore).difference(Point(3_450, 4_850).buffer(150.0))


def make_land(rng: np.random.Generator) -> Land:
    """Return the land of the sample city."""
    coast = np.vstack(
        [_ragged(_COAST, rng), np.asarray(_QUAY, dtype=np.float64), _ragged(_COAST_SOUTH, rng)]
    )
    shore = Polygon(np.vstack([coast, [(-90_000, -40_000), (-90_000, 40_000)]])).buffer(0)
    basins = tuple(
        box(11_900 - depth_m, y - width_m / 2, 12_400, y + width_m / 2)
        for y, depth_m, width_m in ((-4_400, 900, 320), (-5_900, 1_150, 360), (-7_300, 850, 300))
    )
    piers = tuple(
        box(11_880, y - 14, 11_900 + long_m, y + 14)
        for y, long_m in ((-3_800, 620), (-5_150, 780), (-6_600, 780), (-7_900, 560))
    ) + tuple(box(12_640, y - 190, 12_668, y + 190) for y in (-5_150, -6_600))
    river_line = LineString(smooth(_RIVER))
    river = _river_polygon(river_line).intersection(shore)
    canals = tuple(
        (name, name_en, line, line.buffer(width_m / 2).intersection(shore))
        for (name, name_en, points), width_m in zip(_CANALS, (34.0, 26.0, 30.0), strict=True)
        for line in (LineString(smooth(points)),)
    )
    lake = _lake(rng)
    wet = unary_union([river, lake, *basins, *(area for *_, area in canals)])
    dry = shore.difference(wet).intersection(FAR)
    breakwater = LineString([(11_300, -9_300), (12_900, -9_000), (13_500, -8_100)]).buffer(22)
    sea = FAR.difference(shore).union(unary_union(basins).intersection(shore))
    return Land(
        dry=dry,
        sea=sea.difference(breakwater),
        river=river.intersection(FAR),
        river_line=river_line,
        canals=canals,
        lake=lake,
        basins=basins,
        piers=piers,
    )
