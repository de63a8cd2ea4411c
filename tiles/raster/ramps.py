"""Colour ramps: named series of colours, each with where it comes from.

A ramp is relative (spread over the values of the raster) or absolute (its stops are values). One in
steps has a colour from each stop up to the next; any other runs smoothly between its stops.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Ramp:
    """A series of colours (`#rrggbb`) from low to high.

    `stops` are the values of an absolute ramp, in the unit that `unit` names; None is relative.
    `clear_below`: what lies under the first stop is not drawn. `codes` name the steps for people.
    """

    name: str
    colours: tuple[str, ...]
    source: str
    stops: tuple[float, ...] | None = None
    unit: str | None = None
    stepped: bool = False
    clear_below: bool = False
    codes: tuple[str, ...] = ()


_BREWER = "ColorBrewer 2.0, C. Brewer and M. Harrower, Apache-2.0"

_ALL = (
    Ramp(
        name="viridis",
        colours=("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962",
                 "#addc30", "#fde725"),
        source="matplotlib viridis, S. van der Walt and N. Smith, CC0",
    ),
    Ramp(
        name="blues",
        colours=("#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5",
                 "#08519c", "#08306b"),
        source=f"Blues, {_BREWER}",
    ),
    Ramp(
        name="ylorrd",
        colours=("#ffffcc", "#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c",
                 "#bd0026", "#800026"),
        source=f"YlOrRd, {_BREWER}",
    ),
    Ramp(
        name="bluered",
        colours=("#313695", "#4575b4", "#74add1", "#abd9e9", "#e0f3f8", "#ffffbf", "#fee090",
                 "#fdae61", "#f46d43", "#d73027", "#a50026"),
        source=f"RdYlBu turned round, {_BREWER}",
    ),
    Ramp(name="greys", colours=("#111111", "#f7f7f7"), source="own choice"),
    Ramp(
        name="layered",
        stops=(0.0, 50.0, 200.0, 500.0, 1000.0, 2000.0, 3000.0, 5000.0, 7000.0),
        unit="m",
        colours=("#8fbf8f", "#a9d18e", "#c8dea0", "#eee8b0", "#ecd08c", "#d9a964", "#b9814a",
                 "#9b7a6b", "#f4f2f0"),
        source="layered tints of Chinese relief maps: green plains, yellow hills, brown"
               " mountains, white peaks; steps and shades own choice [mem 70%]",
    ),
    Ramp(
        name="rain_24h",
        stops=(0.1, 10.0, 25.0, 50.0, 100.0, 250.0),
        unit="mm",
        stepped=True,
        clear_below=True,
        colours=("#a6f28e", "#3dba3d", "#61b8ff", "#0000e1", "#fa00fa", "#800040"),
        codes=("raster.rain_light", "raster.rain_moderate", "raster.rain_heavy",
               "raster.rain_storm", "raster.rain_great_storm", "raster.rain_extreme"),
        source="GB/T 28592-2012 rain of 24 h [mem 90%]; colours of the national weather service's"
               " maps [mem 80%]",
    ),
    Ramp(
        name="fire_danger",
        stops=(0.5, 1.5, 2.5, 3.5, 4.5),
        unit="level",
        stepped=True,
        clear_below=True,
        colours=("#2ca02c", "#1f77b4", "#ffd92f", "#ff7f0e", "#d62728"),
        codes=("raster.fire_danger_1", "raster.fire_danger_2", "raster.fire_danger_3",
               "raster.fire_danger_4", "raster.fire_danger_5"),
        source="GB/T 36743-2018 five levels, green, blue, yellow, orange, red [mem 80%]; shades own"
               " choice",
    ),
    Ramp(
        name="drought_mci",
        stops=(-math.inf, -2.0, -1.5, -1.0, -0.5),
        unit="MCI",
        stepped=True,
        colours=("#8b1a1a", "#d9541e", "#f2a33a", "#f7e08a", "#dcefd2"),
        codes=("raster.drought_extreme", "raster.drought_severe", "raster.drought_moderate",
               "raster.drought_light", "raster.drought_none"),
        source="GB/T 20481-2017 meteorological drought index MCI [mem 90%]; colours own choice",
    ),
)  # fmt: skip

RAMPS: Mapping[str, Ramp] = MappingProxyType({ramp.name: ramp for ramp in _ALL})
"""Ramps that anybody may ask for, by name."""

SLOPE = Ramp(
    name="slope",
    stops=(0.0, 2.0, 6.0, 15.0, 25.0, 35.0, 45.0),
    unit="degree",
    stepped=True,
    colours=("#e8f5e1", "#c7e59f", "#f6ee87", "#f9c25c", "#ef8a3c", "#d2452f", "#84182a"),
    codes=("raster.slope_flat", "raster.slope_gentle", "raster.slope_moderate",
           "raster.slope_steep", "raster.slope_very_steep", "raster.slope_severe",
           "raster.slope_cliff"),
    source="TD/T 1055-2019 slope classes 2, 6, 15, 25 degrees [mem 90%]; 35 and 45 own choice",
)  # fmt: skip

DENSITY = Ramp(
    name="density",
    stops=(1.0, 50.0, 200.0, 1000.0, 5000.0, 10_000.0, 20_000.0, 50_000.0),
    unit="people/km2",
    stepped=True,
    clear_below=True,
    colours=("#ffffcc", "#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c",
             "#800026"),
    source=f"YlOrRd, {_BREWER}; steps own choice",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FuelGroup:
    """Fuel models that burn alike: ranges of numbers, both ends included."""

    code: str
    colour: str
    ranges: tuple[tuple[int, int], ...]


FUEL_GROUPS = (
    FuelGroup(code="raster.fuel_grass", colour="#f2e394", ranges=((1, 3), (101, 109))),
    FuelGroup(code="raster.fuel_grass_shrub", colour="#d8c25a", ranges=((121, 124),)),
    FuelGroup(code="raster.fuel_shrub", colour="#b5793a", ranges=((4, 7), (141, 149))),
    FuelGroup(code="raster.fuel_understory", colour="#7fae4f", ranges=((161, 165),)),
    FuelGroup(code="raster.fuel_litter", colour="#2f7d3b", ranges=((8, 10), (181, 189))),
    FuelGroup(code="raster.fuel_slash", colour="#8d5aa3", ranges=((11, 13), (201, 204))),
    FuelGroup(code="raster.fuel_bare", colour="#b8bec7", ranges=((91, 99),)),
)
"""Groups of fuel models: H. Anderson, INT-122 (1982); J. Scott and R. Burgan, RMRS-GTR-153 (2005).

Colours are our own.
"""

FUEL_OTHER = FuelGroup(code="raster.fuel_other", colour="#e377c2", ranges=())
"""Numbers of no group: shown, so that nobody takes them for bare ground."""
