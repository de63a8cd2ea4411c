"""Where a plan image lies on the Earth: from control points to its four corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from layers.errors import InvalidInputError, OutOfRangeError

Corners = tuple[tuple[float, float], ...]
WIDEST_M = 100_000.0
_MANY = 3


@dataclass(frozen=True)
class Control:
    """A point of the image (pixels from its top left corner) and where it is (lon, lat)."""

    x: float
    y: float
    lon: float
    lat: float


def place(
    controls: Sequence[Control], *, width_px: int, height_px: int
) -> tuple[Corners, float | None]:
    """Return an image's corners, and the root mean square by which its control points miss them.

    Two points give a similarity (moved, turned, scaled), three or more the affine map of least
    squares. Computed on a plane that is true in distance at the points' middle.

    Parameters
    ----------
    controls
        At least two, not on one place; of three or more, not all on one line.
    width_px, height_px
        The image's size.

    Returns
    -------
    corners, residual_m
        lon, lat of top left, top right, bottom right, bottom left; metres, None for two points.

    Raises
    ------
    InvalidInputError
        Too few points, or points that do not fix the image.
    """
    if len(controls) < 2:
        raise _unfixed(controls)
    pixels = np.array([(c.x, -c.y) for c in controls])
    lonlat = np.array([(c.lon, c.lat) for c in controls])
    lon, lat = lonlat.mean(axis=0)
    plane = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lon_0={lon} +lat_0={lat} +units=m", always_xy=True
    )
    metres = np.column_stack(plane.transform(lonlat[:, 0], lonlat[:, 1]))
    affine = len(controls) >= _MANY
    design, target = _affine(pixels, metres) if affine else _similar(pixels, metres)
    solution, _, rank, _ = np.linalg.lstsq(design, target, rcond=None)
    if rank < design.shape[1]:
        raise _unfixed(controls)
    missed = (design @ solution - target).reshape(-1, 2)
    residual = float(np.sqrt((missed**2).sum(axis=1).mean())) if affine else None
    ends = np.array([(0, 0), (width_px, 0), (width_px, -height_px), (0, -height_px)], float)
    rows, _ = (_affine if affine else _similar)(ends, ends)
    placed = (rows @ solution).reshape(-1, 2)
    turned = plane.transform(placed[:, 0], placed[:, 1], direction="INVERSE")
    corners = tuple((float(x), float(y)) for x, y in zip(*turned, strict=True))
    check(corners)
    return corners, residual


def check(corners: Sequence[Sequence[float]]) -> shapely.Polygon:
    """Return the outline of four corners.

    Raises
    ------
    InvalidInputError
        Not four positions, or they cross themselves.
    OutOfRangeError
        Wider than 100 km: somebody has exchanged something.
    """
    good = len(corners) == 4 and all(
        len(c) == 2 and all(map(math.isfinite, c)) and abs(c[0]) <= 180 and abs(c[1]) <= 90
        for c in corners
    )
    outline = shapely.Polygon(corners) if good else shapely.Polygon()
    if outline.is_empty or not outline.is_valid or outline.area == 0:
        raise InvalidInputError(
            "the corners are not four positions around an area: top left, top right, bottom right, "
            "bottom left as lon, lat",
            code="plan_corners",
            field="corners",
        )
    west, south, east, north = outline.bounds
    metres = 111_320 * max((east - west) * math.cos(math.radians(south)), north - south)
    if metres > WIDEST_M:
        raise OutOfRangeError(
            f"the plan would be {metres / 1000:.0f} km wide, wanted at most {WIDEST_M / 1000:.0f}",
            field="corners", got=f"{metres / 1000:.0f} km", minimum=0, maximum=WIDEST_M,
        )  # fmt: skip
    return outline


def _affine(
    pixels: NDArray[np.float64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the equations x = a*u + b*v + c, y = d*u + e*v + f."""
    design = np.zeros((2 * len(pixels), 6))
    design[0::2, 0:2], design[0::2, 2] = pixels, 1
    design[1::2, 3:5], design[1::2, 5] = pixels, 1
    return design, metres.reshape(-1)


def _similar(
    pixels: NDArray[np.float64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the equations x = a*u - b*v + c, y = b*u + a*v + d."""
    u, v = pixels[:, 0], pixels[:, 1]
    design = np.zeros((2 * len(pixels), 4))
    design[0::2] = np.column_stack([u, -v, np.ones_like(u), np.zeros_like(u)])
    design[1::2] = np.column_stack([v, u, np.zeros_like(u), np.ones_like(u)])
    return design, metres.reshape(-1)


def _unfixed(controls: Sequence[Control]) -> InvalidInputError:
    return InvalidInputError(
        f"{len(controls)} control points do not fix the image: wanted two at different places, or "
        "three and more that are not on one line",
        code="plan_controls",
        field="controls",
        got=str(len(controls)),
    )
