"""The main roads: a bent lattice of arterials with gaps and few bridges, a ring, ways out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Polygon
from shapely.ops import unary_union

from data_samples.city.frame import Floats
from data_samples.city.shape import Land, smooth

_COLUMNS_M = (-12_300, -10_300, -8_000, -6_100, -4_300, -2_700, -1_200, 200, 1_600, 3_050, 4_800,
              6_650, 8_250, 9_900)  # fmt: skip
_ROWS_M = (-12_000, -10_300, -8_450, -6_900, -5_200, -3_700, -3_050, -250, 1_050, 2_450, 3_900,
           5_600, 7_500, 9_500, 11_400)  # fmt: skip
_BRIDGES = {2: "西津大桥", 4: "望江桥", 6: "新港大桥", 8: "临江桥", 11: "海口大桥"}
_TRUNKS = {"column": (2, 11), "row": (2, 9)}
NORTH_SOUTH = ("西环", "西山", "望海", "临湖", "文昌", "钟楼", "人民", "中山", "新港", "东明",
               "滨湖", "疏港", "海工", "码头")  # fmt: skip
EAST_WEST = ("南屏", "盐塘", "南港", "化工园", "兴业", "沿江南", "江堤", "沿江北", "解放", "建设",
             "文汇", "学府", "北辰", "科创", "北塘")  # fmt: skip


@dataclass(frozen=True)
class Way:
    """A road as drawn: a paper line, its class and its names."""

    line: LineString
    road_class: str
    name: str | None = None
    name_en: str | None = None
    oneway: bool = False
    bridge: bool = False
    flying: bool = False  # meets others at its ends only


@dataclass(frozen=True)
class Skeleton:
    """The main roads, the ring's centre line and the corridor that it keeps free."""

    ways: tuple[Way, ...]
    ring: LineString
    expressway: LineString
    corridor: Polygon


def _lattice(rng: np.random.Generator) -> Floats:
    """Return crossings (columns, rows, 2), moved off the grid."""
    x, y = np.meshgrid(_COLUMNS_M, _ROWS_M, indexing="ij")
    grid = np.stack([x, y], axis=-1).astype(np.float64)
    move = rng.normal(0.0, 1.0, grid.shape) * np.array([130.0, 105.0])
    return _sway(rng, grid) + np.clip(move, -230.0, 230.0)


def _sway(rng: np.random.Generator, grid: Floats) -> Floats:
    """Return crossings moved by long waves, so that no main road runs straight across the map.

    The port and the chemical park in the south-east were laid out in one go: they stay straighter.
    """
    heading = rng.uniform(0.0, 2.0 * np.pi, 4)
    number = 2.0 * np.pi / rng.uniform(8_500.0, 15_000.0, 4)
    angle = grid @ (np.stack([np.cos(heading), np.sin(heading)]) * number)
    size_m = rng.uniform(150.0, 290.0, (2, 4))
    phase = rng.uniform(0.0, 2.0 * np.pi, (2, 4))
    sway = np.stack([(np.sin(angle + phase[k]) * size_m[k]).sum(axis=-1) for k in (0, 1)], axis=-1)
    calm = 1.0 / (1.0 + np.exp((grid[..., 0] - 5_200.0) / 900.0))
    calm = np.where(grid[..., 1] > 0.0, np.maximum(calm, 0.55), np.maximum(calm, 0.15))
    turned = np.radians(9.0) * calm
    x, y = grid[..., 0] + 800.0, grid[..., 1] - 900.0
    spun = np.stack([x * np.cos(turned) - y * np.sin(turned) - 800.0,
                     x * np.sin(turned) + y * np.cos(turned) + 900.0], axis=-1)  # fmt: skip
    return spun + sway * calm[..., None]


def _crosses_water(line: LineString, land: Land) -> bool:
    wet = (land.lake, land.sea)
    return any(line.intersects(part) for part in wet)


def _class(axis: str, index: int) -> str:
    if index in _TRUNKS[axis]:
        return "trunk"
    return "primary" if index % 2 == 0 else "secondary"


def _links(rng: np.random.Generator, grid: Floats, land: Land) -> list[Way]:
    """Return the arterials between neighbouring crossings: some left out, few over the river."""
    ways: list[Way] = []
    for axis, (step_i, step_j) in (("column", (0, 1)), ("row", (1, 0))):
        for i in range(grid.shape[0] - step_i):
            for j in range(grid.shape[1] - step_j):
                line = LineString([grid[i, j], grid[i + step_i, j + step_j]])
                index = i if axis == "column" else j
                over = line.intersects(land.river)
                bridged = axis == "column" and i in _BRIDGES
                missing = rng.random() < 0.13 and index not in _TRUNKS[axis]
                if _crosses_water(line, land) or (over and not bridged) or (missing and not over):
                    continue
                names = NORTH_SOUTH if axis == "column" else EAST_WEST
                suffix = ("大道", "Avenue") if index % 2 == 0 else ("路", "Road")
                name = _BRIDGES[i] if over else names[index] + suffix[0]
                ways.append(Way(line, _class(axis, index), name, bridge=over))
    return ways


def _ring() -> LineString:
    """Return the ring expressway's centre line, counter-clockwise."""
    angle = np.linspace(0.0, 2.0 * np.pi, 200)
    power = 2.0 / 2.7
    cosine, sine = np.cos(angle), np.sin(angle)
    x = -950 + 6_300 * np.sign(cosine) * np.abs(cosine) ** power
    y = 1_150 + 5_350 * np.sign(sine) * np.abs(sine) ** power
    return LineString(np.column_stack([x, y]))


def _outward(grid: Floats) -> list[Way]:
    """Return the ordinary roads that leave the map, each from a corner of the lattice."""
    north, south, west = grid[11, -1], grid[0, 0], grid[0, -2]
    lines = (
        ("trunk", "滨海公路", (north, (5_600, 13_300), (4_700, 15_200))),
        ("primary", "南屏公路", (south, (-13_600, -13_300), (-15_600, -14_600))),
        ("primary", "老国道", (west, (-14_000, 10_200), (-16_400, 10_500))),
    )
    return [
        Way(LineString(smooth(tuple(map(tuple, points)))), kind, name)
        for kind, name, points in lines
    ]


def _diagonals(grid: Floats) -> list[Way]:
    """Return the avenues that break the grid."""
    lines = (
        ("primary", "海晏大道", (grid[7, 7], grid[8, 8], grid[9, 9])),
        ("secondary", "老城斜街", (grid[4, 7], grid[5, 8], grid[6, 9])),
        ("primary", "疏港快线", (grid[10, 5], grid[11, 4], grid[12, 4], grid[13, 3])),
        ("secondary", "科创斜路", (grid[6, 11], grid[5, 12], grid[4, 12])),
    )
    return [
        Way(LineString(smooth(tuple(map(tuple, points)), rounds=2)), kind, name)
        for kind, name, points in lines
    ]


def expressway(ring: LineString) -> LineString:
    """Return the centre line of the expressway that leaves the ring westward."""
    start = ring.interpolate(0.5, normalized=True)
    points = ((start.x - 260.0, start.y), (-9_500, 1_050), (-13_500, -1_400), (-17_000, -2_000))
    return LineString(smooth(points))


def make_skeleton(rng: np.random.Generator, land: Land) -> Skeleton:
    """Return the main roads of the city."""
    grid = _lattice(rng)
    ring = _ring()
    ways = _links(rng, grid, land) + _diagonals(grid) + _outward(grid)
    west = expressway(ring)
    return Skeleton(
        ways=tuple(ways),
        ring=ring,
        expressway=west,
        corridor=unary_union([ring.buffer(48.0), west.buffer(40.0)]),
    )
