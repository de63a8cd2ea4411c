"""Forest-fire spread (林火蔓延) over a grid of ground and fuel: arrival by minimum travel time."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard import wang_zhengfei
from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics import grid
from analysis.hazard.physics.spread.fire_grid import burnable, rothermel_pace, wang_pace
from analysis.hazard.physics.spread.fuel_models import FUEL_MODELS
from analysis.hazard.physics.spread.pace import Pace
from analysis.hazard.physics.spread.surface_fire import MOISTURE_INPUTS, WIND_INPUTS, moisture_of
from analysis.hazard.physics.spread.travel_time import travel_minutes
from layers.errors import InvalidInputError

TIMES_MIN = (15.0, 30.0, 60.0, 120.0)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    elevation = grid.array(inputs["elevation_m"])
    source = grid.cell(inputs, elevation.shape, of="source")
    size = inputs["cell_size_m"]
    times = sorted(inputs["times_min"] or TIMES_MIN)
    fuel = _fuel(inputs, elevation, chosen.name)
    if not burnable(fuel)[source] or np.isnan(elevation[source]):
        raise InvalidInputError(
            "nothing burns in the cell of the source",
            code="nothing_burns",
            field="source_row",
            got=f"{source}",
        )
    by = _rothermel if chosen.name == "rothermel" else _wang
    minutes = travel_minutes(
        by(inputs, elevation, fuel), cell_size_m=size, source=source, limit_min=times[-1]
    )
    down, right = np.indices(minutes.shape)
    distance = np.hypot(down - source[0], right - source[1]) * size
    reached = [minutes <= time for time in times]
    border = np.concatenate([minutes[[0, -1]].ravel(), minutes[:, [0, -1]].ravel()])
    cut = bool(np.isfinite(border).any())
    warnings = ({"code": "spread.grid_left", "params": {}},) if cut else ()
    area = [float(mask.sum()) * size**2 for mask in reached]
    return Outcome(
        values={
            "times_min": times,
            "burned_area_m2": area,
            "reach_m": [float(distance[mask].max()) for mask in reached],
        },
        steps=(
            Step(
                name="last_burned_area_m2",
                equation="A = n Δ², n cells that burn by the last time",
                value=area[-1],
                unit="m2",
            ),
        ),
        intermediates={"arrival_min": grid.rows_of(minutes, digits=6)},
        warnings=warnings,
    )


def _fuel(inputs: dict[str, Any], elevation: grid.Floats, spread_model: str) -> grid.Floats:
    """Return the number of the fuel of each cell: the map, else one fuel everywhere."""
    if inputs["fuel_number"] is not None:
        numbers = grid.array(inputs["fuel_number"])
        grid.check_same_shape("fuel_number", numbers, elevation)
        return numbers
    if spread_model == "wang_zhengfei":
        return np.ones(elevation.shape)
    _need(inputs, "fuel_model", "fuel_model | fuel_number")
    return np.full(elevation.shape, float(FUEL_MODELS[inputs["fuel_model"]].number))


def _rothermel(inputs: dict[str, Any], elevation: grid.Floats, fuel: grid.Floats) -> Pace:
    _need(inputs, "moisture_1h_pct", "%")
    return rothermel_pace(
        elevation,
        cell_size_m=inputs["cell_size_m"],
        fuel_number=fuel,
        moisture=moisture_of(inputs),
        wind=inputs,
    )


def _wang(inputs: dict[str, Any], elevation: grid.Floats, fuel: grid.Floats) -> Pace:
    for name, unit in (("temperature_c", "degC"), ("humidity_pct", "%"),
                       ("wind_speed_10m_m_s", "m/s")):  # fmt: skip
        _need(inputs, name, unit)
    names = ("temperature_c", "humidity_pct", "fuel", "fuel_factor")
    given = {name: inputs[name] for name in names} | {
        "wind_speed_m_s": inputs["wind_speed_10m_m_s"]
    }
    still = wang_zhengfei.run(given, inputs["wang_constants"])["values"]
    return wang_pace(
        elevation,
        cell_size_m=inputs["cell_size_m"],
        still_m_min=still["still_rate_m_min"],
        fuel_factor=still["fuel_factor"],
        wind_speed_m_s=inputs["wind_speed_10m_m_s"],
        wind_from_deg=inputs["wind_from_deg"],
        burns=burnable(fuel),
    )


def _need(inputs: dict[str, Any], name: str, wanted: str) -> None:
    if inputs[name] is None:
        raise InvalidInputError(
            f"fire_spread needs {name}", code="input_missing", field=name, wanted=wanted
        )


_WANG = {each.name: each for each in wang_zhengfei.MODEL.inputs}

MODEL = Model(
    name="fire_spread",
    version="1",
    group="spread",
    inputs=(
        grid.ELEVATION,
        grid.CELL_SIZE,
        grid.SOURCE_ROW,
        grid.SOURCE_COLUMN,
        Input(name="times_min", unit="min", symbol="t", minimum=1.0, maximum=2880.0,
              dimensions=1, required=False, most=100),
        Input(name="fuel_model", unit="model", choices=tuple(FUEL_MODELS), required=False),
        Input(name="fuel_number", unit="model", minimum=1.0, maximum=204.0, dimensions=2,
              required=False),
        Input(name="moisture_1h_pct", unit="%", symbol="M1", minimum=0.5, maximum=200.0,
              required=False, typical=(1.0, 40.0)),
        *MOISTURE_INPUTS[1:],
        *WIND_INPUTS,
        Input(name="temperature_c", unit="degC", symbol="T", minimum=-40.0, maximum=60.0,
              required=False),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0,
              required=False),
        _WANG["fuel"],
        _WANG["fuel_factor"],
        Input(name="wang_constants", unit="set", default="wang",
              choices=tuple(s.name for s in wang_zhengfei.MODEL.coefficient_sets)),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="rothermel",
            values={"edition": "albini_1976"},
            source="rates by Rothermel 1972 and Albini 1976, see the model rothermel",
            certainty="sourced",
        ),
        CoefficientSet(
            name="wang_zhengfei",
            values={},
            source="rates by Wang Zhengfei, see the model wang_zhengfei",
            certainty="mem 80%",
        ),
    ),
    sources=(
        "Finney 2002, Can. J. For. Res. 32:1420-1424: fire growth by minimum travel time [mem 95%]",
        "Horn 1981, Proc. IEEE 69:14-47: slope [mem 95%]",
    ),
    validity=("surface_fire", "steady_wind", "no_spotting", "horizontal_rates"),
)  # fmt: skip
run = MODEL.run
