"""The areas of a fire's heat: discs, and outlines where the wind leans the flame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.interpolate import CubicSpline

from analysis.hazard.physics.fire.fire_field import FARTHEST_M, Fire
from analysis.hazard.physics.reach import Array
from analysis.scenario import Scenario, Zone
from analysis.zones import draw, place
from analysis.zones.criteria import Line, Table

_BEARINGS, _DISTANCES, _VERTICES = 13, 72, 121


def disc(
    scenario: Scenario, table: Table, line: Line, reach_m: float, *, model: str,
    passed_s: float | None = None,
) -> Zone:  # fmt: skip
    """Return the disc of a threshold round the scenario's place."""
    return draw.disc(scenario, reach_m, passed_s=passed_s, **_fields(table, line, model))


def leaning(
    scenario: Scenario,
    table: Table,
    line: Line,
    outline: tuple[Array, Array],
    *,
    toward_deg: float,
    model: str,
) -> Zone:
    """Return the area within an outline: metres downwind, and to the left."""
    x, y = outline
    shape = place.local_outline(scenario.lon, scenario.lat, toward_deg=toward_deg, x_m=x, y_m=y)
    farthest = float(np.hypot(x, y).max())
    return draw.area(place.split(shape), distance_m=farthest, **_fields(table, line, model))


def _fields(table: Table, line: Line, model: str) -> dict[str, object]:
    return {
        "level": line.level,
        "hazard": "overpressure" if table.unit == "kPa" else "thermal",
        "threshold": line.value,
        "unit": table.unit,
        "threshold_name": f"{line.value:g} {table.unit}",
        "threshold_source": table.source,
        "model": model,
        "action": table.action(line),
    }


def outlines(fires: Sequence[Fire], levels: Sequence[float]) -> Mapping[float, tuple[Array, Array]]:
    """Return the outline of each level round pool fires that answer for one and the same pool.

    At each bearing the longest of their reaches counts, never less than the pool. Reaches are
    found at thirteen bearings of one half on a grid in log distance; between bearings a spline
    that is level at both ends runs: the area is true within 1 %.

    Returns
    -------
    mapping
        Level to x, downwind, and y, to the left, m.
    """
    half = np.linspace(0.0, np.pi, _BEARINGS)
    radius = fires[0].diameter_m / 2.0
    reach = np.full((len(levels), _BEARINGS), radius)
    for fire in fires:
        reach = np.maximum(reach, _reaches(fire, np.asarray(levels, float), half))
    around = np.linspace(0.0, np.pi, _VERTICES)
    spline = CubicSpline(half, np.log(reach), axis=1, bc_type="clamped")
    smooth = np.exp(spline(around))
    turn = np.concatenate([around, -around[-2:0:-1]])
    full = np.concatenate([smooth, smooth[:, -2:0:-1]], axis=1)
    # A spline may swing past its points: no level may cut into a higher one.
    order = np.argsort(levels)[::-1]
    full[order] = np.maximum.accumulate(full[order], axis=0)
    return {
        level: (row * np.cos(turn), row * np.sin(turn))
        for level, row in zip(levels, full, strict=True)
    }


def _reaches(fire: Fire, levels: Array, bearings: Array) -> Array:
    """Return the farthest distance of each level at each bearing, m, shape (levels, bearings)."""
    radius = fire.diameter_m / 2.0 * 1.0001
    ends = [reach or radius for reach in fire.reaches_m([float(levels.min())])]
    distance = np.geomspace(radius, min(FARTHEST_M, 1.05 * ends[0] + radius), _DISTANCES)
    away, turn = np.meshgrid(distance, bearings)
    heat = fire.flux_kw_m2(away * np.cos(turn), away * np.sin(turn))
    log_heat = np.log(np.where(np.isnan(heat), 1e6, np.maximum(heat, 1e-12)))
    log_away = np.log(distance)
    over = log_heat[None] >= np.log(levels)[:, None, None]
    last = over.shape[2] - 1 - np.argmax(over[:, :, ::-1], axis=2)
    first = np.minimum(last, _DISTANCES - 2)
    row = np.arange(bearings.size)[None, :]
    near, far = log_heat[row, first], log_heat[row, first + 1]
    share = np.clip((near - np.log(levels)[:, None]) / np.maximum(near - far, 1e-12), 0.0, 1.0)
    # Where the grid leaves the flame the heat jumps: the rim of the flame is the reach.
    share = np.where(near > np.log(1e5), 0.0, share)
    found = np.exp(log_away[first] + share * (log_away[first + 1] - log_away[first]))
    return np.where(over.any(axis=2), found, radius)
