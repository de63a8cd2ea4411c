"""The area over a threshold, from the field itself: contours of any cloud in local metres.

Local axes: x downwind, y to the left of the wind, metres, origin at the source. The grid is bent
to the cloud: columns stand closest at its two ends, and rows are shares of the width that each
column has, so that a plume of 10 km by 60 m and a round puff cost the same. Contours are drawn in
ln C, of which ln C = const − y²/2σ² is nearly straight between rows. Holes and separate parts are
kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from contourpy import FillType, contour_generator
from shapely.geometry import MultiPolygon, Polygon

from analysis.hazard.physics.cloud import Array, Cloud

Field = Callable[[Array, Array], Array]
Geometries = npt.NDArray[np.object_]

X_FIRST_M = 1.0  # nearer the formulas of a point source diverge
_WIDEST = 4.0  # rows are looked for out to this many times the length
_ENDS = 56
_ROWS = 40
_COLUMNS = 88
_SHARES = np.linspace(0.0, 1.15, 20)
_FLOOR = -12.0  # ln of the share of a threshold under which a concentration counts as none


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """The area over a threshold in local metres; `first_m` and `last_m` are its two ends on x.

    `cut` says that the field is still over the threshold where the window ends. `half_m` is the
    width within which the area lies at the distances `x_m`.
    """

    area: MultiPolygon
    first_m: float
    last_m: float
    cut: bool
    x_m: Array
    half_m: Array

    @property
    def is_empty(self) -> bool:
        """Say whether the threshold is reached nowhere."""
        return bool(self.area.is_empty)


_NONE = np.empty(0)
NOWHERE = Footprint(
    area=MultiPolygon(), first_m=0.0, last_m=0.0, cut=False, x_m=_NONE, half_m=_NONE
)


def footprints(
    cloud: Cloud, thresholds_kg_m3: Sequence[float], *, until_m: float = np.inf
) -> list[Footprint]:
    """Return where the peak of a cloud on the ground passes each threshold.

    Parameters
    ----------
    cloud
        Symmetric about its axis, as every cloud of `analysis.hazard` is.
    thresholds_kg_m3
        Concentrations, each above 0.
    until_m
        The window ends so far from the source; never beyond the range of the cloud's model.
    """

    def peak(x_m: Array, y_m: Array) -> Array:
        return cloud.peak(x_m, y_m)

    upwind = min(cloud.upwind_m, until_m)
    return _each(peak, thresholds_kg_m3, -upwind, min(until_m, cloud.x_max_m))


def snapshot(
    cloud: Cloud, threshold_kg_m3: float, time_s: float, within: Footprint
) -> MultiPolygon:
    """Return where a cloud on the ground is over a threshold at one moment, in local metres.

    Parameters
    ----------
    within
        The footprint of the same threshold by the cloud's peak: at no moment does the cloud pass
        it, so that its ends and widths are where to look.
    """

    def now(x_m: Array, y_m: Array) -> Array:
        return np.nan_to_num(cloud.at(x_m, y_m, 0.0, time_s))

    if within.is_empty:
        return MultiPolygon()
    axis = np.unique(np.concatenate([within.x_m, np.linspace(within.first_m, within.last_m, 160)]))
    over = np.flatnonzero(now(axis, np.zeros(axis.size)) >= threshold_kg_m3)
    if over.size == 0:
        return MultiPolygon()
    first = _edge(now, threshold_kg_m3, axis, int(over[0]), -1)
    last = _edge(now, threshold_kg_m3, axis, int(over[-1]), +1)
    columns = _packed(first, last, _COLUMNS // 2)
    half = np.interp(columns, within.x_m, within.half_m)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return _contour(now, threshold_kg_m3, columns, half, _SHARES[::2])


def _edge(field: Field, c: float, axis: Array, held: int, step: int) -> float:
    """Return where the area ends on the axis beyond the last point that it holds."""
    beyond = held + step
    if not 0 <= beyond < axis.size:
        return float(axis[held])
    tried = np.linspace(axis[held], axis[beyond], 33)
    found = np.flatnonzero(field(tried, np.zeros(tried.size)) >= c)
    return float(tried[found[-1]]) if found.size else float(axis[held])


def _each(
    field: Field, thresholds: Sequence[float], west_m: float, east_m: float
) -> list[Footprint]:
    """Return one footprint a threshold of a field within a window on x."""
    x = _columns(west_m, east_m)
    reach = max(float(np.abs(x).max()), X_FIRST_M)
    y = np.concatenate([[0.0], np.geomspace(1e-4 * reach, _WIDEST * reach, _ROWS - 1)])
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        strength = np.nan_to_num(field(x[:, None], y[None, :]), nan=0.0)
        near = _summit(field, x, y, strength)
        x, order = np.unique(np.concatenate([x, near]), return_index=True)
        more = np.nan_to_num(field(near[:, None], y[None, :]), nan=0.0)
        strength = np.concatenate([strength, more])[order]
        return [_footprint(field, c, x, y, strength) for c in thresholds]


def _summit(field: Field, x: Array, y: Array, strength: Array) -> Array:
    """Return distances close to where the field is strongest, which may lie between two columns."""
    column, row = divmod(int(strength.argmax()), y.size)
    low, high = x[max(column - 1, 0)], x[min(column + 1, x.size - 1)]
    tried = np.linspace(low, high, 17)
    for _ in range(2):
        best = int(np.nan_to_num(field(tried, np.full(tried.size, y[row]))).argmax())
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, tried.size - 1)]
        tried = np.linspace(low, high, 17)
    return tried


def _columns(west_m: float, east_m: float) -> Array:
    """Return the distances to look at first: by equal ratios to either side of the source."""
    down = np.geomspace(min(X_FIRST_M, east_m / 2.0), east_m, _ENDS)
    if west_m >= -X_FIRST_M:
        return down
    up = -np.geomspace(X_FIRST_M, -west_m, _ENDS // 2)[::-1]
    return np.concatenate([up, [0.0], down])


def _packed(first_m: float, last_m: float, count: int) -> Array:
    """Return distances that stand closest at the two ends."""
    phase = np.linspace(0.0, np.pi, count)
    return np.asarray(0.5 * (first_m + last_m) - 0.5 * (last_m - first_m) * np.cos(phase))


def _footprint(field: Field, c: float, x: Array, y: Array, strength: Array) -> Footprint:
    over = np.any(strength >= c, axis=1)
    if not np.any(over):
        return NOWHERE
    held = np.flatnonzero(over)
    first = _end(field, c, x, y, int(held[0]), -1)
    last = _end(field, c, x, y, int(held[-1]), +1)
    columns = _packed(first, last, _COLUMNS)
    half = _half_widths(columns, _extents(x, y, strength, c))
    return Footprint(
        area=_contour(field, c, columns, half, _SHARES),
        first_m=first,
        last_m=last,
        cut=bool(strength[-1].max() >= c),
        x_m=columns,
        half_m=half,
    )


def _end(field: Field, c: float, x: Array, y: Array, held: int, step: int) -> float:
    """Return where the area ends beyond the last column that holds it, to a part in 10⁵."""
    beyond = held + step
    if not 0 <= beyond < x.size:
        return float(x[held])
    inner, outer = float(x[held]), float(x[beyond])
    for _ in range(3):
        tried = np.linspace(inner, outer, 33)
        found = (np.nan_to_num(field(tried[:, None], y[None, :])) >= c).any(axis=1)
        at = int(np.flatnonzero(found)[-1]) if found.any() else 0
        inner, outer = float(tried[at]), float(tried[min(at + 1, tried.size - 1)])
    return inner


def _extents(x: Array, y: Array, strength: Array, c: float) -> tuple[Array, Array]:
    """Return the columns that hold the area and how far it lies off the axis there.

    Between the last row over the threshold and the next, ln C is taken as straight in y².
    """
    over = strength >= c
    held = np.flatnonzero(over.any(axis=1))
    row = y.size - 1 - np.argmax(over[held, ::-1], axis=1)
    after = np.minimum(row + 1, y.size - 1)
    inner = np.log(strength[held, row] / c)
    outer = np.maximum(np.log(np.maximum(strength[held, after], 1e-300) / c), _FLOOR)
    share = np.where(inner > outer, inner / np.where(inner > outer, inner - outer, 1.0), 0.0)
    squared = y[row] ** 2 + share * (y[after] ** 2 - y[row] ** 2)
    return x[held], np.sqrt(squared)


def _half_widths(columns: Array, known: tuple[Array, Array]) -> Array:
    """Return the width to look within at each column: that of the neighbours, never none."""
    x, half = known
    beside = np.concatenate([half[:1], half, half[-1:]])
    widest = np.maximum(np.maximum(beside[:-2], beside[2:]), half)
    least = 0.02 * max(float(half.max()), 1e-6)
    return np.asarray(np.maximum(np.interp(columns, x, widest), least), float)


def _contour(field: Field, c: float, columns: Array, half: Array, rows: Array) -> MultiPolygon:
    """Return the area over a threshold on a grid of columns with rows as shares of their width."""
    shares = np.concatenate([-rows[:0:-1], rows])
    x = np.repeat(columns[:, None], shares.size, axis=1)
    y = half[:, None] * shares[None, :]
    upper = np.nan_to_num(field(x[:, shares.size // 2 :], y[:, shares.size // 2 :]), nan=0.0)
    strength = np.concatenate([upper[:, :0:-1], upper], axis=1)
    level = np.maximum(np.log(np.maximum(strength, 1e-300) / c), _FLOOR)
    filled = contour_generator(x, y, level, fill_type=FillType.OuterOffset).filled(0.0, np.inf)
    return _polygons(*filled)


def _polygons(points: Sequence[Array], offsets: Sequence[npt.NDArray[np.uint32]]) -> MultiPolygon:
    rings = [
        [ring[a:b] for a, b in itertools.pairwise(at)]
        for ring, at in zip(points, offsets, strict=True)
    ]
    parts = [Polygon(outer, holes) for outer, *holes in rings if len(outer) >= 4]
    whole = shapely.make_valid(MultiPolygon(parts)) if parts else MultiPolygon()
    return _areas(whole)


def _areas(geometry: shapely.Geometry) -> MultiPolygon:
    flat = shapely.get_parts(shapely.get_parts(geometry))
    return MultiPolygon([p for p in flat if p.geom_type == "Polygon" and p.area > 0.0])
