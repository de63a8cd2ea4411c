"""Zones of a flood: how deep the water stands on the ground that it can reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.ground import Ground
from analysis.hazard import drainage_flood
from analysis.hazard import flood as level_flood
from analysis.hazard.model import Model
from analysis.hazard.physics.spread.inundation import Flooded, bathtub
from analysis.local import LocalPlane
from analysis.scenario import Level, Message, Scenario, Zone
from analysis.zones import draw, place
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError, OutOfRangeError

Floats = NDArray[np.float64]

DEPTHS_M: tuple[tuple[Level, float], ...] = (("red", 1.5), ("orange", 0.5), ("yellow", 0.0))
SOURCE = "planning depths of this program: over a person's chest, over a knee, wet"
_GRIDS = ("elevation_m", "depth_m")


def flood(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the areas under more than 1.5 m, 0.5 m and any water.

    Water that stands has one level. Where a rise of it would run off down a valley no level holds:
    the ground then counts by its height over the channel that it drains to.

    Raises
    ------
    InvalidInputError
        `code="no_terrain"`: no terrain model covers the place; `"input_missing"`: neither stage
        nor rise is known.
    OutOfRangeError
        The stage is not above the ground at the place.
    """
    ground, release = scenario.ground, scenario.release
    if ground is None or np.isnan(ground.elevation_m[ground.middle]):
        raise InvalidInputError(
            "a flood needs a terrain model of the place", code="no_terrain", field="ground"
        )
    if release.stage_m is None and release.rise_m is None:
        raise InvalidInputError(
            "a flood needs release.stage_m or release.rise_m",
            code="input_missing",
            field="release.rise_m",
            wanted="m",
        )
    _note(scenario, ground, ledger)
    model: Model = level_flood.MODEL
    inputs: dict[str, Any] = {"rise_m": release.rise_m}
    if release.stage_m is not None:
        inputs = {"stage_m": _above(release.stage_m, ground)}
    elif level(ground, stage_m=None, rise_m=release.rise_m).reaches_border:
        model = drainage_flood.MODEL
        ledger.warn("hazard.flood_runs_off")
    depth = _run(model, ground, inputs, ledger)
    return [
        zone
        for name, limit in DEPTHS_M
        if (zone := _zone(scenario, ground, depth, name, limit, model.name)) is not None
    ]


def level(ground: Ground, *, stage_m: float | None, rise_m: float | None) -> Flooded:
    """Return the standing water over the ground; a stage counts before a rise."""
    own = float(ground.elevation_m[ground.middle])
    stage = level_flood.stage_of(stage_m, None if stage_m is not None else rise_m, own)
    return bathtub(ground.elevation_m, stage_m=stage, source=ground.middle)


def _above(stage_m: float, ground: Ground) -> float:
    own = float(ground.elevation_m[ground.middle])
    if stage_m <= own:
        raise OutOfRangeError(
            f"release.stage_m: got {stage_m:g}, wanted more than the {own:g} m of the ground here",
            field="release.stage_m",
            got=stage_m,
            wanted=f"> {own:g} m",
        )
    return stage_m


def _note(scenario: Scenario, ground: Ground, ledger: Ledger) -> None:
    cited = "; ".join(ground.sources)
    ledger.note("ground", cited, unit=None, tag="measured", source=cited)
    for name in ("stage_m", "rise_m"):
        value = getattr(scenario.release, name)
        if value is not None:
            ledger.note(f"release.{name}", value, unit="m", tag="reported", source=None)


def _run(model: Model, ground: Ground, inputs: dict[str, Any], ledger: Ledger) -> Floats:
    """Run a flood model and record it without its grids; return the depth."""
    row, column = ground.middle
    heights = ground.elevation_m.astype(object)
    heights[np.isnan(ground.elevation_m)] = None
    given = {
        **inputs,
        "elevation_m": heights.tolist(),
        "cell_size_m": ground.cell_size_m,
        "source_row": row,
        "source_column": column,
    }
    result = model.run(given)
    depth = np.array(result["intermediates"]["depth_m"], dtype=float)
    for part in ("inputs", "intermediates"):
        result[part] = {k: v for k, v in result[part].items() if k not in _GRIDS}
    ledger.models.append({"name": model.name, **result})
    ledger.pass_on(result["warnings"])
    return depth


def _zone(
    scenario: Scenario, ground: Ground, depth: Floats, name: Level, limit_m: float, model: str
) -> Zone | None:
    under = depth > limit_m
    if not under.any():
        return None
    area = cells(under, ground)
    corners = shapely.get_coordinates(area)
    border = np.concatenate([under[[0, -1]].ravel(), under[:, [0, -1]].ravel()])
    return draw.area(
        place.split(LocalPlane(scenario.lon, scenario.lat).to_lonlat(area)),
        distance_m=float(np.hypot(corners[:, 0], corners[:, 1]).max()),
        level=name,
        hazard="flood",
        threshold=limit_m,
        unit="m",
        threshold_name=f"> {limit_m:g} m",
        threshold_source=SOURCE,
        model=model,
        action=Message(code=f"hazard.action_flood_{name}"),
        cut="range" if border.any() else None,
    )


def cells(mask: NDArray[np.bool_], ground: Ground) -> BaseGeometry:
    """Return the area of cells, metres east and north of the place: runs of each row, joined."""
    size, middle = ground.cell_size_m, ground.middle
    edge = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(edge == 1)
    _, last = np.nonzero(edge == -1)
    west = (first - middle[1] - 0.5) * size
    east = (last - middle[1] - 0.5) * size
    north = (middle[0] - row + 0.5) * size
    return shapely.union_all(shapely.box(west, north - size, east, north))
