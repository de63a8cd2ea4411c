"""The Gauss-Krüger zones of China (高斯-克吕格 3 度带, 6 度带): numbers, meridians, EPSG codes.

A zone is written in two ways: with its number before the easting (38 465 698 m: zone 38) or
without (465 698 m). 6-degree zones count 13 to 23, 3-degree zones 25 to 45, so a number tells its
width. A zone's central meridian is 6 n - 3 or 3 n degrees east.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Family = Literal["cgcs2000", "xian1980", "beijing1954"]

# First EPSG codes: 6 degrees with number, 6 without, 3 with, 3 without (pyproj's database).
_FIRST: dict[Family, tuple[int, int, int, int]] = {
    "cgcs2000": (4491, 4502, 4513, 4534),
    "xian1980": (2327, 2338, 2349, 2370),
    "beijing1954": (21413, 21453, 2401, 2422),
}
_NUMBERS = {6: range(13, 24), 3: range(25, 46)}


@dataclass(frozen=True)
class Zone:
    """One zone in one way of writing; `numbered`: the easting begins with the zone's number."""

    family: Family
    epsg: int
    width_deg: int
    number: int
    numbered: bool

    @property
    def meridian_deg(self) -> int:
        """The central meridian, in degrees east."""
        return 3 * self.number if self.width_deg == 3 else 6 * self.number - 3

    @property
    def name(self) -> str:
        """The name that `parse_crs` takes."""
        return f"EPSG:{self.epsg}"

    def written(self, *, numbered: bool) -> Zone:
        """Return the same zone with or without its number in the easting."""
        return next(
            z for z in zones(self.family)
            if (z.number, z.numbered) == (self.number, numbered)
        )  # fmt: skip


def zones(family: Family = "cgcs2000") -> Iterator[Zone]:
    """Yield every zone of a datum, by width, way of writing and number."""
    for block, first in enumerate(_FIRST[family]):
        width = 6 if block < 2 else 3
        for offset, number in enumerate(_NUMBERS[width]):
            yield Zone(family, first + offset, width, number, numbered=block % 2 == 0)


_BY_EPSG = {zone.epsg: zone for family in _FIRST for zone in zones(family)}


def zone_of(name: str) -> Zone | None:
    """Return the zone that a system's name (`EPSG:4547`, `EPSG:2383+towgs84`) stands for."""
    code = name.partition("+")[0].removeprefix("EPSG:")
    return _BY_EPSG.get(int(code)) if code.isdigit() else None


def zone_at(lon: float, *, width_deg: int = 3, numbered: bool = False) -> Zone | None:
    """Return the CGCS2000 zone whose middle is nearest to a longitude; None outside China's."""
    number = round(lon / 3) if width_deg == 3 else int((lon + 6) // 6)
    if number not in _NUMBERS[width_deg]:
        return None
    return numbered_zone(number).written(numbered=numbered)


def numbered_zone(number: int) -> Zone:
    """Return the CGCS2000 zone of a number, 13 to 23 or 25 to 45, with it in the easting."""
    return next(z for z in zones() if z.number == number and z.numbered)


def is_number(number: int) -> bool:
    """Tell whether a number is a zone's."""
    return any(number in numbers for numbers in _NUMBERS.values())
