"""Buildings: slabs in housing, towers in the centre, halls in industry, houses in villages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from data_samples.city.blocks import Block
from data_samples.city.draft import Draft


@dataclass(frozen=True)
class Pattern:
    """How a use is built: footprint (m), gaps (m), storeys, and the share of places built on."""

    kind: str
    long_m: float
    deep_m: float
    gap_m: float
    row_m: float
    low: int
    high: int
    filled: float


PATTERNS = {
    "housing": Pattern("apartments", 46.0, 14.0, 17.0, 36.0, 6, 26, 0.86),
    "suburb": Pattern("apartments", 42.0, 13.0, 26.0, 46.0, 4, 11, 0.5),
    "old_town": Pattern("house", 17.0, 10.0, 3.5, 8.0, 1, 4, 0.85),
    "centre": Pattern("office", 38.0, 32.0, 18.0, 20.0, 6, 42, 0.8),
    "university": Pattern("university", 72.0, 19.0, 34.0, 52.0, 4, 9, 0.6),
    "industry": Pattern("industrial", 92.0, 42.0, 24.0, 28.0, 1, 3, 0.7),
    "chemical_park": Pattern("industrial", 66.0, 26.0, 38.0, 46.0, 1, 5, 0.42),
    "port": Pattern("warehouse", 128.0, 46.0, 32.0, 38.0, 1, 2, 0.5),
    "village": Pattern("house", 13.0, 10.0, 9.0, 12.0, 1, 3, 0.55),
}


def _rectangles(rng: np.random.Generator, area: Polygon, pattern: Pattern) -> NDArray[np.object_]:
    """Return footprints inside an area, in rows along its long side."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))[:4]
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    if np.hypot(*first) < np.hypot(*second):
        corners, first, second = np.roll(corners, -1, axis=0), second, -first
    long_m, deep_m = float(np.hypot(*first)), float(np.hypot(*second))
    along, across = first / long_m, second / deep_m
    step_m, row_m = pattern.long_m + pattern.gap_m, pattern.deep_m + pattern.row_m
    columns, rows = int(long_m // step_m), int(deep_m // row_m)
    if columns < 1 or rows < 1:
        return np.empty(0, dtype=object)
    x, y = np.meshgrid(
        (np.arange(columns) + 0.5) * long_m / columns, (np.arange(rows) + 0.5) * deep_m / rows
    )
    x, y = x.ravel() + rng.normal(0.0, 2.0, x.size), y.ravel() + rng.normal(0.0, 1.5, y.size)
    half_x = pattern.long_m / 2.0 * rng.uniform(0.7, 1.05, x.size)
    half_y = pattern.deep_m / 2.0 * rng.uniform(0.85, 1.1, x.size)
    built = rng.random(x.size) < pattern.filled
    sides = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], dtype=np.float64)
    u = (x[:, None] + half_x[:, None] * sides[:, 0])[..., None] * along
    v = (y[:, None] + half_y[:, None] * sides[:, 1])[..., None] * across
    shapes = shapely.polygons((corners[0] + u + v)[built])
    inside = shapely.contains_properly(area, shapes)
    found: NDArray[np.object_] = shapes[inside]
    return found


def add_buildings(
    rng: np.random.Generator, draft: Draft, blocks: Sequence[tuple[Block, str]], keep_off: Polygon
) -> None:
    """Write the buildings of blocks, each with the pattern of its use, off the rails and water."""
    shapely.prepare(keep_off)
    for block, use in blocks:
        pattern = PATTERNS[use]
        area = block.area.buffer(-13.0 if use != "old_town" else -5.0)
        for part in shapely.get_parts(area):
            if part.is_empty:
                continue
            shapely.prepare(part)
            shapes = _rectangles(rng, part, pattern)
            shapes = shapes[~shapely.intersects(keep_off, shapes)]
            storeys = _storeys(rng, pattern, len(shapes))
            for shape, levels in zip(shapes, storeys, strict=True):
                draft.add("building", shape, kind=pattern.kind, levels=int(levels))


def _storeys(rng: np.random.Generator, pattern: Pattern, count: int) -> NDArray[np.int64]:
    """Return storeys: one block is built at one time, so its buildings are alike."""
    typical = rng.integers(pattern.low, pattern.high + 1)
    return np.clip(typical + rng.integers(-1, 2, count), pattern.low, pattern.high)
