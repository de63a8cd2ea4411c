"""What kinds of raster there are: their units, what their values may be, how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of raster.

    `units` are those that its values may have, the usual one first; empty: any unit, and one must
    be named. `low` and `high` bound a value. `classes`: values are numbers of classes, between
    which nothing lies, so a place has the nearest pixel's. `image`: colours, nothing to measure.
    `styles` are the names of how it can be drawn (tiles.raster.style), the usual one first.
    """

    units: tuple[str, ...]
    low: float
    high: float
    styles: tuple[str, ...]
    classes: bool = False
    image: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "dem": Kind(
            units=("m",), low=-500.0, high=9000.0, styles=("relief", "hillshade", "slope", "ramp")
        ),
        "fuel": Kind(units=("model",), low=0.0, high=255.0, classes=True, styles=("classes",)),
        "population": Kind(
            units=("people", "people/km2"), low=0.0, high=1e7, styles=("density", "ramp")
        ),
        "imagery": Kind(units=("colour",), low=0.0, high=255.0, image=True, styles=("imagery",)),
        "grid": Kind(units=(), low=-1e12, high=1e12, styles=("ramp",)),
    }
)

DRAWING = 1
"""How rasters are drawn; it is in the addresses of tiles, so raise it when a colour changes."""

PERIODS = ("day", "night")
