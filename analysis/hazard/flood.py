"""Flood by level (静态水位淹没): ground below the stage that is joined to the source."""

from __future__ import annotations

from typing import Any, Literal, cast

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics import grid
from analysis.hazard.physics.spread.inundation import bathtub
from layers.errors import InvalidInputError, OutOfRangeError


def stage_of(stage_m: float | None, rise_m: float | None, ground_m: float) -> float:
    """Return the stage: given, or the rise over the ground at the source.

    Raises
    ------
    InvalidInputError
        Neither or both are given.
    OutOfRangeError
        The stage is not above the ground at the source: nothing would be under water.
    """
    if (stage_m is None) == (rise_m is None):
        got = "neither" if stage_m is None else "both"
        raise InvalidInputError(
            f"flood: got {got} of stage_m and rise_m, wanted one",
            field="stage_m",
            got=got,
            wanted="stage_m | rise_m",
        )
    stage = ground_m + rise_m if rise_m is not None else cast("float", stage_m)
    if stage <= ground_m:
        raise OutOfRangeError(
            f"stage_m: got {stage:g}, wanted more than the {ground_m:g} m of ground at the source",
            field="stage_m",
            got=stage,
            wanted=f"> {ground_m:g} m",
        )
    return stage


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    elevation = grid.array(inputs["elevation_m"])
    source = grid.cell(inputs, elevation.shape, of="source")
    ground = float(elevation[source])
    if np.isnan(ground):
        raise InvalidInputError(
            "the cell of the source has no height", field="source_row", got="null", wanted="m"
        )
    stage = stage_of(inputs["stage_m"], inputs["rise_m"], ground)
    joined = cast("Literal[4, 8]", chosen.values["neighbours"])
    found = bathtub(elevation, stage_m=stage, source=source, connectivity=joined)
    cell_m2 = inputs["cell_size_m"] ** 2
    area = float(found.wet.sum()) * cell_m2
    volume = float(found.depth_m.sum()) * cell_m2
    steps = (
        Step(name="ground_m", equation="z at the source", value=ground, unit="m"),
        Step(name="stage_m", equation="as given, or z + rise", value=stage, unit="m"),
        Step(name="flooded_area_m2", equation="A = n Δ²", value=area, unit="m2"),
        Step(name="volume_m3", equation="V = Σ (stage − z) Δ²", value=volume, unit="m3"),
        Step(name="greatest_depth_m", equation="max (stage − z)",
             value=float(found.depth_m.max()), unit="m"),
        Step(name="mean_depth_m", equation="V/A", value=volume / area, unit="m"),
    )  # fmt: skip
    warnings = ({"code": "spread.grid_left", "params": {}},) if found.reaches_border else ()
    return Outcome(
        values={step.name: step.value for step in steps[1:]}
        | {"flooded_cells": int(found.wet.sum())},
        steps=steps,
        intermediates={"depth_m": grid.rows_of(found.depth_m)},
        warnings=warnings,
    )


MODEL = Model(
    name="flood",
    version="1",
    group="spread",
    inputs=(
        grid.ELEVATION,
        grid.CELL_SIZE,
        grid.SOURCE_ROW,
        grid.SOURCE_COLUMN,
        Input(name="stage_m", unit="m", symbol="stage", minimum=grid.LOWEST_M,
              maximum=grid.HIGHEST_M, required=False),
        Input(name="rise_m", unit="m", symbol="rise", minimum=0.01, maximum=500.0,
              required=False, typical=(0.05, 60.0)),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="eight_neighbours",
            values={"neighbours": 8},
            source="water passes corners",
            certainty="computed",
        ),
        CoefficientSet(
            name="four_neighbours",
            values={"neighbours": 4},
            source="water passes sides only",
            certainty="computed",
        ),
    ),
    sources=(
        "level pool joined to its source; compare Poulter and Halpin 2008, Int. J. Geogr. Inf. "
        "Sci. 22:167-182 [mem 85%]",
    ),
    validity=("level_water", "no_flow_time", "bare_ground"),
)  # fmt: skip
run = MODEL.run
