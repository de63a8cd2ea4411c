"""What a shape must be before it is drawn: refused with its place, never mended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidInputError
from layers.plots.refusal import refused

DECIMALS = 9
"""Of positions: a tenth of a millimetre."""

Control = list[list[float]]


def control_points(control: Any, least: int, most: int) -> Control:
    """Return control points that are positions on the Earth, as floats."""
    if not isinstance(control, list) or not least <= len(control) <= most:
        got = len(control) if isinstance(control, list) else type(control).__name__
        raise wrong_count(got, least, most)
    for at, position in enumerate(control):
        if not isinstance(position, list) or len(position) != 2 or not all(map(_number, position)):
            raise refused("plot_position", "not a position", field=f"control.{at}",
                          got=str(position)[:60], wanted="[lon, lat]")  # fmt: skip
        lon, lat = position
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise refused("plot_off_earth", "not on the Earth", field=f"control.{at}",
                          got=f"{lon:g}, {lat:g}", wanted="lon -180..180, lat -90..90"
                          )  # fmt: skip
    return [[round(float(lon), DECIMALS), round(float(lat), DECIMALS)] for lon, lat in control]


def _number(value: Any) -> bool:
    return (type(value) is int and abs(value) < 1e6) or (
        type(value) is float and math.isfinite(value)
    )


def wrong_count(got: Any, least: int, most: int) -> InvalidInputError:
    """Return the refusal of another number of control points than wanted."""
    return refused("plot_control", "another number of control points", field="control", got=got,
                   wanted=str(least) if least == most else f"{least}..{most}")  # fmt: skip


def check_count(geometry: Any, *, most: int) -> None:
    """Refuse too many positions before anything is built from them."""
    count = 0
    left: list[Any] = [geometry.get("coordinates")] if isinstance(geometry, Mapping) else []
    while left:
        entry = left.pop()
        if isinstance(entry, list):
            inner = [part for part in entry if isinstance(part, list)]
            count += not inner
            left += inner
    if count > most:
        raise refused("plot_vertices", "too many positions", field="geometry", got=count,
                      wanted=most)  # fmt: skip


def check_earth(made: BaseGeometry) -> None:
    """Refuse a position beyond 180 or 90 degrees."""
    at = shapely.get_coordinates(made)
    off = (np.abs(at[:, 0]) > 180.0) | (np.abs(at[:, 1]) > 90.0)
    if off.any():
        lon, lat = at[int(np.argmax(off))]
        raise refused("plot_off_earth", "not on the Earth", field="geometry",
                      got=f"{lon:g}, {lat:g}", wanted="lon -180..180, lat -90..90")  # fmt: skip


def check_edges(made: BaseGeometry) -> None:
    """Refuse an edge that jumps more than half the world: nobody can tell which way it goes."""
    for part in _lines(made):
        at = shapely.get_coordinates(part)
        jumps = np.flatnonzero(np.abs(np.diff(at[:, 0])) > 180.0)
        if len(jumps):
            lon, lat = at[int(jumps[0])]
            raise refused("plot_crosses_180", "an edge crosses 180 degrees", field="geometry",
                          got=f"{lon:g}, {lat:g}", wanted="parts that end at 180"
                          )  # fmt: skip


def _lines(made: BaseGeometry) -> Sequence[BaseGeometry]:
    parts = shapely.get_parts(made)
    if made.geom_type.endswith("Polygon"):
        parts = shapely.get_rings(parts)
    return [part for part in parts if part.geom_type != "Point"]


def check_valid(made: BaseGeometry, *, field: str) -> None:
    """Refuse an area that crosses itself, and a line without length."""
    if made.geom_type.endswith("Polygon") and not made.is_valid:
        reason = shapely.is_valid_reason(made)
        raise refused("plot_self_crossing", reason, field=field, got=reason,
                      wanted="a shape that does not cross itself")  # fmt: skip
    if made.geom_type.endswith("LineString") and made.length == 0.0:
        raise refused("plot_flat", "the line has no length", field=field, got="one place",
                      wanted="two places")  # fmt: skip
