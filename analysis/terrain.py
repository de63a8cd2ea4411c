"""The ground round an incident, read from the site's rasters."""

from __future__ import annotations

import numpy as np
from sqlalchemy.orm import Session

from analysis.ground import Ground
from analysis.local import LocalPlane
from analysis.scenario import Scenario
from analysis.zones.check import check
from analysis.zones.flood import level
from analysis.zones.forest_fire import reach_m
from layers.errors import InvalidInputError
from layers.models import Raster
from layers.rasters.register import covering
from layers.rasters.window import Sampled, sample

FIRE_HALF_CELLS = 120
FLOOD_HALF_CELLS = 200
FLOOD_REACHES_M = (2_000.0, 6_000.0, 18_000.0)
"""Half sides of the grids that a flood is looked for in, until it fits."""

RUNNING_WATER = 1
"""Which of them running water is followed in."""


def around(session: Session, scenario: Scenario) -> Ground | None:
    """Return the ground that a forest fire or a flood needs; None where no terrain model reaches.

    None also for a scenario that cannot be computed: `analysis.zones.zones` refuses it in its turn.
    """
    if scenario.kind not in ("forest_fire", "flood"):
        return None
    try:
        check(scenario)
        fire_m = reach_m(scenario) if scenario.kind == "forest_fire" else 0.0
    except InvalidInputError:
        return None
    if scenario.kind == "forest_fire":
        return _ground(session, scenario, fire_m, FIRE_HALF_CELLS, with_fuel=True)
    release = scenario.release
    grids = []
    for half_m in FLOOD_REACHES_M:
        ground = _ground(session, scenario, half_m, FLOOD_HALF_CELLS, with_fuel=False)
        if ground is None or _fits(ground, release.stage_m, release.rise_m):
            return ground
        grids.append(ground)
    # Water that runs off is followed along its channels, finely; a level is drawn as far as seen.
    return grids[-1] if release.stage_m is not None else grids[RUNNING_WATER]


def _fits(ground: Ground, stage_m: float | None, rise_m: float | None) -> bool:
    own = ground.elevation_m[ground.middle]
    unknown = np.isnan(own) or (stage_m is None and rise_m is None)
    if unknown or (stage_m is not None and stage_m <= own):
        return True  # a larger grid would not help
    return not level(ground, stage_m=stage_m, rise_m=rise_m).reaches_border


def _ground(
    session: Session, scenario: Scenario, half_m: float, half_cells: int, *, with_fuel: bool
) -> Ground | None:
    here = f"POINT({scenario.lon} {scenario.lat})"
    if not covering(session, "dem", wkt=here):
        return None
    size, half = half_m / half_cells, half_cells
    offset = np.arange(-half, half + 1) * size
    east, south = np.meshgrid(offset, offset)
    plane = LocalPlane(scenario.lon, scenario.lat)
    lon, lat = (v.reshape(east.shape) for v in plane.lonlat(east.ravel(), -south.ravel()))
    heights = sample(session, "dem", lon=lon, lat=lat)
    if np.isnan(heights.values[half, half]):
        return None
    fuel = sample(session, "fuel", lon=lon, lat=lat, nearest=True) if with_fuel else None
    mapped = fuel is not None and bool(np.isfinite(fuel.values).any())
    return Ground(
        cell_size_m=size,
        elevation_m=heights.values,
        fuel_number=fuel.values if fuel is not None and mapped else None,
        sources=_cited(heights, fuel),
    )


def _cited(*read: Sampled | None) -> tuple[str, ...]:
    rasters = [raster for each in read if each is not None for raster in each.rasters]
    return tuple(_citation(raster) for raster in rasters)


def _citation(raster: Raster) -> str:
    dated = f", {raster.source_date}" if raster.source_date else ""
    return f"{raster.name}: {raster.source}{dated} ({raster.resolution_m:.0f} m)"
