"""Where water runs (D8 流向): directions, sinks filled, accumulation, an outlet's watershed."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics import grid
from analysis.hazard.physics.spread import drainage
from layers.errors import InvalidInputError


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    elevation = grid.array(inputs["elevation_m"])
    if np.isnan(elevation).all():
        raise InvalidInputError(
            "elevation_m: got no heights, wanted some", field="elevation_m", got="only null"
        )
    codes, surface = drainage.directions(elevation)
    count = drainage.accumulation(codes)
    cell_m2 = inputs["cell_size_m"] ** 2
    known = ~np.isnan(elevation)
    sinks = int((surface[known] > elevation[known]).sum())
    most = np.unravel_index(int(np.argmax(count)), count.shape)
    values: dict[str, Any] = {
        "filled_cells": sinks,
        "greatest_accumulation": int(count.max()),
        "greatest_row": int(most[0]),
        "greatest_column": int(most[1]),
    }
    tables: dict[str, Any] = {
        "direction": grid.rows_of(codes),
        "accumulation": grid.rows_of(count),
        "filled_m": grid.rows_of(surface),
    }
    steps = [
        Step(name="filled_cells", equation="n of cells below their spill level", value=sinks,
             unit="cells"),
        Step(name="greatest_accumulation", equation="max of cells that drain through one",
             value=int(count.max()), unit="cells"),
    ]  # fmt: skip
    if inputs["outlet_row"] is not None or inputs["outlet_column"] is not None:
        for name in ("outlet_row", "outlet_column"):
            if inputs[name] is None:
                raise InvalidInputError(
                    f"an outlet needs {name}", code="input_missing", field=name, wanted=name
                )
        outlet = grid.cell(inputs, elevation.shape, of="outlet")
        mask = drainage.watershed(codes, outlet)
        area = float(mask.sum()) * cell_m2
        steps.append(Step(name="catchment_area_m2", equation="A = n Δ²", value=area, unit="m2"))
        values["catchment_area_m2"] = area
        tables["watershed"] = grid.rows_of(mask.astype(np.int64))
    return Outcome(values=values, steps=tuple(steps), intermediates=tables)


MODEL = Model(
    name="flow_direction",
    version="1",
    group="spread",
    inputs=(
        grid.ELEVATION,
        grid.CELL_SIZE,
        Input(name="outlet_row", unit="row", minimum=0.0, maximum=250_000.0, required=False),
        Input(name="outlet_column", unit="column", minimum=0.0, maximum=250_000.0,
              required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="d8",
            values={"E": 1, "SE": 2, "S": 4, "SW": 8, "W": 16, "NW": 32, "N": 64, "NE": 128},
            source="D8, O'Callaghan and Mark 1984; codes as Jenson and Domingue 1988",
            certainty="mem 95%",
        ),
    ),
    sources=(
        "O'Callaghan and Mark 1984, doi:10.1016/S0734-189X(84)80011-0 [mem 95%]",
        "Barnes et al. 2014, doi:10.1016/j.cageo.2013.04.024: sinks filled from the border "
        "[mem 95%]",
    ),
    validity=("one_way_down", "sinks_filled"),
)  # fmt: skip
run = MODEL.run
