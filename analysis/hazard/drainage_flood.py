"""Flood along running water (沿河淹没): ground lower over its channel than the water rises."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics import grid
from analysis.hazard.physics.spread import drainage
from analysis.hazard.physics.spread.inundation import Flooded, bathtub
from layers.errors import InvalidInputError

CHANNEL_KM2 = 1.0


def flooded(
    elevation_m: grid.Floats,
    *,
    cell_size_m: float,
    source: tuple[int, int],
    rise_m: float,
    channel_km2: float = CHANNEL_KM2,
) -> Flooded:
    """Return the water where ground lies less than the rise over the channel that it drains to.

    Only what is joined to the source is under water; the source lies on a channel.
    """
    codes, _ = drainage.directions(elevation_m)
    over = drainage.height_above_drainage(
        elevation_m, codes, channel_cells=channel_km2 * 1e6 / cell_size_m**2, through=source
    )
    return bathtub(over, stage_m=rise_m, source=source)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    elevation = grid.array(inputs["elevation_m"])
    source = grid.cell(inputs, elevation.shape, of="source")
    if np.isnan(elevation[source]):
        raise InvalidInputError(
            "the cell of the source has no height", field="source_row", got="null", wanted="m"
        )
    size = inputs["cell_size_m"]
    found = flooded(
        elevation,
        cell_size_m=size,
        source=source,
        rise_m=inputs["rise_m"],
        channel_km2=inputs["channel_km2"],
    )
    area = float(found.wet.sum()) * size**2
    volume = float(found.depth_m.sum()) * size**2
    steps = (
        Step(name="flooded_area_m2", equation="A = n Δ², z − z(channel) < rise", value=area,
             unit="m2"),
        Step(name="volume_m3", equation="V = Σ (rise − (z − z(channel))) Δ²", value=volume,
             unit="m3"),
        Step(name="mean_depth_m", equation="V/A", value=volume / area, unit="m"),
    )  # fmt: skip
    warnings = ({"code": "spread.grid_left", "params": {}},) if found.reaches_border else ()
    return Outcome(
        values={step.name: step.value for step in steps} | {"flooded_cells": int(found.wet.sum())},
        steps=steps,
        intermediates={"depth_m": grid.rows_of(found.depth_m)},
        warnings=warnings,
    )


MODEL = Model(
    name="drainage_flood",
    version="1",
    group="spread",
    inputs=(
        grid.ELEVATION,
        grid.CELL_SIZE,
        grid.SOURCE_ROW,
        grid.SOURCE_COLUMN,
        Input(name="rise_m", unit="m", symbol="rise", minimum=0.01, maximum=500.0,
              typical=(0.05, 60.0)),
        Input(name="channel_km2", unit="km2", minimum=0.001, maximum=1e5, default=CHANNEL_KM2),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="hand",
            values={"channel_km2": CHANNEL_KM2},
            source="height above nearest drainage, Nobre et al. 2011; a channel drains 1 km2 or "
            "more, a planning value",
            certainty="mem 85%",
        ),
    ),
    sources=(
        "Nobre et al. 2011, J. Hydrol. 404:13-29, doi:10.1016/j.jhydrol.2011.03.051 [mem 95%]",
    ),
    validity=("same_rise_along_channels", "no_flow_time", "bare_ground"),
)  # fmt: skip
run = MODEL.run
