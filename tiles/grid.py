"""The Web Mercator quad: which tiles there are, and what of the world each one holds."""

from __future__ import annotations

from dataclasses import dataclass

from layers.errors import OutOfRangeError

MAX_ZOOM = 22
EXTENT = 4096
"""Units along a tile's side, as in the vector tile specification."""
BUFFER = 64
"""Units that a tile shows beyond its border, so that symbols are not cut there."""
HALF_WORLD_M = 20_037_508.342789244
WORLD_M = 2 * HALF_WORLD_M


@dataclass(frozen=True)
class Tile:
    """One tile of WebMercatorQuad (OGC 17-083r4), `y` counted from the north.

    Raises
    ------
    OutOfRangeError
        `z` outside 0 to 22, or `x`, `y` outside 0 to 2**z - 1.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        for name, value, limit in (
            ("z", self.z, MAX_ZOOM),
            ("x", self.x, 2 ** min(max(self.z, 0), MAX_ZOOM) - 1),
            ("y", self.y, 2 ** min(max(self.z, 0), MAX_ZOOM) - 1),
        ):
            if not 0 <= value <= limit:
                raise OutOfRangeError(
                    f"tile {self.z}/{self.x}/{self.y}: {name} wanted 0 to {limit}",
                    code="no_tile", field=name, got=str(value), minimum=0, maximum=limit,
                )  # fmt: skip

    @property
    def side_m(self) -> float:
        """The tile's side in metres of EPSG:3857."""
        return WORLD_M / (1 << self.z)

    @property
    def unit_m(self) -> float:
        """The length of one tile unit in metres of EPSG:3857."""
        return self.side_m / EXTENT

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """west, south, east, north in EPSG:3857."""
        west = self.x * self.side_m - HALF_WORLD_M
        north = HALF_WORLD_M - self.y * self.side_m
        return (west, north - self.side_m, west + self.side_m, north)

    @property
    def shifts_m(self) -> tuple[float, ...]:
        """By how much shapes move to be seen in this tile: 0, and a world's width at 180 degrees.

        A tile at the border of the world shows in its buffer what lies beyond 180 degrees.
        """
        last = 2**self.z - 1
        west = (-WORLD_M,) if self.x == 0 else ()
        east = (WORLD_M,) if self.x == last else ()
        return (0.0, *west, *east)
