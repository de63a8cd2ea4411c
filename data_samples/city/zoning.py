"""What each place is for, decided by where it lies (paper metres)."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely import Point, Polygon, box

from data_samples.city.shape import Land


@dataclass(frozen=True)
class Zone:
    """An area with one use and the size of block that such areas have."""

    use: str
    area: Polygon
    block_m2: float


def _ellipse(x: float, y: float, wide_m: float, high_m: float) -> Polygon:
    return shapely.affinity.scale(Point(x, y).buffer(1.0, quad_segs=24), wide_m, high_m)


def zones(land: Land) -> tuple[Zone, ...]:
    """Return the zones, the more particular first."""
    return (
        Zone("chemical_park", box(6_650, -8_450, 12_000, -3_150), 150_000.0),
        Zone("port", box(5_600, -10_200, 12_000, -8_450), 170_000.0),
        Zone("green_belt", box(5_250, -10_400, 6_650, -2_950), 260_000.0),
        Zone("port", box(8_250, -3_150, 12_500, -900), 120_000.0),
        Zone("park", land.lake.buffer(330.0), 400_000.0),
        Zone("park", _ellipse(-700, 1_900, 620, 430), 300_000.0),
        Zone("park", _ellipse(-6_300, 2_100, 520, 640), 300_000.0),
        Zone("centre", _ellipse(300, 500, 1_750, 1_350), 15_000.0),
        Zone("old_town", _ellipse(-3_300, -250, 1_500, 1_000), 9_500.0),
        Zone("university", _ellipse(-4_900, 5_000, 1_150, 900), 90_000.0),
        Zone("industry", _ellipse(-5_200, -5_600, 2_700, 1_750), 60_000.0),
        Zone("industry", _ellipse(-9_100, 3_000, 1_300, 1_700), 60_000.0),
        Zone("housing", _ellipse(-400, 1_000, 8_100, 6_900), 23_000.0),
        Zone("suburb", _ellipse(-700, 300, 10_800, 9_400), 46_000.0),
    )


RURAL = Zone("rural", Polygon(), 420_000.0)


def zone_at(places: tuple[Zone, ...], x: float, y: float) -> Zone:
    """Return the first zone that holds the point; the country where none does."""
    point = Point(x, y)
    return next((zone for zone in places if zone.area.contains(point)), RURAL)
