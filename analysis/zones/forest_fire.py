"""Zones of a forest fire: where it is 15, 30, 60 and 120 minutes after it was seen."""

from __future__ import annotations

import itertools
from typing import Any, cast

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.ground import Ground
from analysis.hazard import fire_spread
from analysis.hazard.model import certainty_of
from analysis.hazard.physics.spread.travel_time import travel_minutes
from analysis.local import LocalPlane
from analysis.scenario import Level, Message, Scenario, Zone
from analysis.zones import draw, place
from analysis.zones.burning import Burning
from analysis.zones.ledger import Ledger

Floats = NDArray[np.float64]

ISOCHRONES_MIN: tuple[tuple[Level, float], ...] = (
    ("red", 15.0),
    ("orange", 30.0),
    ("yellow", 60.0),
    ("blue", 120.0),
)
LAST_MIN = ISOCHRONES_MIN[-1][1]
SOURCE = "minimum travel time, Finney 2002 [mem 95%]"

HALF_CELLS = 120
ROOM = 1.5
"""How much farther than a fire on even ground the grid reaches."""

_LEAST_M, _MOST_M = 60.0, 30_000.0


def forest_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the isochrones of a forest fire over its ground; without one, over even ground.

    Raises
    ------
    InvalidInputError
        `code="nothing_burns"`: by the fuel map nothing burns at the place.
    """
    fire = Burning(scenario, ledger)
    ground = scenario.ground
    if ground is None or np.isnan(ground.elevation_m[ground.middle]):
        ledger.note("ground", "flat", unit=None, tag="assumed", source=None,
                    reason=Message(code="hazard.why_flat_ground"))  # fmt: skip
        half_m = reach_m(scenario) / ROOM * 1.1
        ground = _plain(half_m / HALF_CELLS, HALF_CELLS)
    else:
        ledger.note("ground", "; ".join(ground.sources), unit=None, tag="measured",
                    source="; ".join(ground.sources))  # fmt: skip
    rate = fire.at_the_place(ground)
    if rate <= 0.0:
        ledger.warn("hazard.fire_does_not_spread")
        return []
    if not fire.directed:
        ledger.warn("hazard.fire_wind_unknown")
        return [
            draw.disc(scenario, rate * minutes, shape="circle", **_fields(level, minutes, fire))
            for level, minutes in ISOCHRONES_MIN
        ]
    minutes = travel_minutes(
        fire.pace(ground), cell_size_m=ground.cell_size_m, source=ground.middle, limit_min=LAST_MIN
    )
    _record(ledger, ground, minutes, fire.model)
    if np.isfinite(np.concatenate([minutes[[0, -1]].ravel(), minutes[:, [0, -1]].ravel()])).any():
        ledger.warn("spread.grid_left")
    return [
        zone
        for level, limit in ISOCHRONES_MIN
        if (zone := _zone(scenario, ground, minutes, level, limit, fire)) is not None
    ]


def _record(ledger: Ledger, ground: Ground, minutes: Floats, rates: str) -> None:
    """Record the spread over the ground as a run of its model, without the grids."""
    model, (row, column) = fire_spread.MODEL, ground.middle
    chosen = model.coefficients(rates)
    times = [limit for _, limit in ISOCHRONES_MIN]
    area = [float((minutes <= limit).sum()) * ground.cell_size_m**2 for limit in times]
    ledger.models.append(
        {
            "name": model.name,
            "model": model.name,
            "version": model.version,
            "inputs": {
                "cell_size_m": ground.cell_size_m,
                "source_row": row,
                "source_column": column,
                "times_min": times,
            },
            "coefficients": {
                "name": chosen.name,
                "values": dict(chosen.values),
                "source": chosen.source,
                "certainty": chosen.certainty,
            },
            "values": {"times_min": times, "burned_area_m2": area},
            "steps": [],
            "intermediates": {},
            "warnings": [],
            "validity": list(model.validity),
            "sources": [{"text": text, "certainty": certainty_of(text)} for text in model.sources],
        }
    )


def reach_m(scenario: Scenario) -> float:
    """Return how far round the place the ground should be known, m.

    `ROOM` times what the fire goes on even ground in the last isochrone's time.
    """
    fire = Burning(scenario, Ledger(scenario.weather))
    far = ROOM * LAST_MIN * fire.at_the_place(_plain(100.0))
    return min(_MOST_M, max(_LEAST_M, far))


def _plain(cell_size_m: float, half: int = 2) -> Ground:
    return Ground(cell_size_m=cell_size_m, elevation_m=np.zeros((2 * half + 1, 2 * half + 1)))


def _zone(
    scenario: Scenario, ground: Ground, minutes: Floats, level: Level, limit: float, fire: Burning
) -> Zone | None:
    area = isochrone(minutes, limit, ground)
    if area.is_empty:
        return None
    corners = shapely.get_coordinates(area)
    geometry = LocalPlane(scenario.lon, scenario.lat).to_lonlat(area)
    return draw.area(
        place.split(geometry),
        distance_m=float(np.hypot(corners[:, 0], corners[:, 1]).max()),
        **_fields(level, limit, fire),
    )


def isochrone(minutes: Floats, limit: float, ground: Ground) -> BaseGeometry:
    """Return the area reached within a time, metres east and north of the place."""
    rows, columns = minutes.shape
    middle = ground.middle
    east = (np.arange(columns) - middle[1]) * ground.cell_size_m
    north = (middle[0] - np.arange(rows)) * ground.cell_size_m
    # What is never reached stands for a time far off: the line runs close to the last cell.
    times = np.where(np.isfinite(minutes), minutes, 1e6)
    lines = contour_generator(east, north, times, fill_type=FillType.OuterOffset)
    points, offsets = cast("tuple[list[Floats], list[Any]]", lines.filled(-1.0, limit))
    parts = [
        shapely.Polygon(ring[cut[0] : cut[1]], [ring[a:b] for a, b in itertools.pairwise(cut[1:])])
        for ring, cut in zip(points, offsets, strict=True)
    ]
    return shapely.make_valid(shapely.union_all(parts)) if parts else shapely.MultiPolygon()


def _fields(level: Level, minutes: float, fire: Burning) -> dict[str, Any]:
    return {
        "level": level,
        "hazard": "fire",
        "threshold": minutes,
        "unit": "min",
        "threshold_name": f"{minutes:g} min",
        "threshold_source": SOURCE,
        "model": f"fire_spread/{fire.model}",
        "action": Message(code=f"hazard.action_fire_{level}"),
        "arrives_s": minutes * 60.0,
    }
