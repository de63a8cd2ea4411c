"""How much of a receiver's sky a fire fills (视角系数): spheres, upright and leaning cylinders."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layers.errors import OutOfRangeError

Array = npt.NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)


def sphere_view_factor(
    *, diameter_m: float, height_m: float, distance_m: Array | float, vertical: bool
) -> Array:
    """Return what receivers on the ground see of a ball with its centre at a height.

    `vertical`: F = (D/2)² x/(x² + H²)^1.5; else a receiver that faces the ball,
    F = (D/2)²/(x² + H²). CCPS 1994; exact while the ball stands over the receiver's horizon.
    """
    x = np.asarray(distance_m, float)
    squared = np.maximum(x**2 + height_m**2, 1e-12)
    facing = (diameter_m / 2.0) ** 2 / squared
    return np.minimum(1.0, facing * (x / np.sqrt(squared)) if vertical else facing)


def cylinder_view_factors(
    *, diameter_m: float, length_m: float, distance_m: Array | float, tilt_rad: float = 0.0
) -> tuple[Array, Array]:
    """Return the view factors of a vertical and of a horizontal receiver at ground level.

    The flame is an oblique cylinder on a round pool. It leans towards the receiver by `tilt_rad`,
    away from it where that is negative. `distance_m` is from the middle of the pool. Mudan 1984,
    Prog. Energy Combust. Sci. 10:59; SFPE Handbook.

    Raises
    ------
    OutOfRangeError
        A receiver stands in the pool.
    """
    x = np.asarray(distance_m, float)
    a, b = 2.0 * length_m / diameter_m, 2.0 * x / diameter_m
    if np.any(b <= 1.0):
        nearest = float(np.min(x))
        raise OutOfRangeError(
            f"distance: got {nearest:g} m, wanted more than {diameter_m / 2.0:g} m",
            field="distance_m",
            got=nearest,
            wanted=f"> {diameter_m / 2.0:g} m",
        )
    sine, cosine = math.sin(tilt_rad), math.cos(tilt_rad)
    ahead = b - a * sine
    # Right under the tip the formula is 0/0: take the limit from outside.
    ahead = np.where(np.abs(ahead) < 1e-9, 1e-9, ahead)
    far = np.sqrt(a * a + (b + 1.0) ** 2 - 2.0 * a * (b + 1.0) * sine)
    near = np.sqrt(a * a + (b - 1.0) ** 2 - 2.0 * a * (b - 1.0) * sine)
    rim = np.sqrt((b - 1.0) / (b + 1.0))
    root = np.sqrt(b * b - 1.0)
    across = np.sqrt(1.0 + (b * b - 1.0) * cosine**2)
    lean = a * cosine / ahead
    wall = np.arctan(far * rim / near)
    edge = np.arctan((a * b - root**2 * sine) / (root * across)) + np.arctan(root * sine / across)
    vertical = (
        -lean * np.arctan(rim)
        + lean * (a * a + (b + 1.0) ** 2 - 2.0 * b * (1.0 + a * sine)) / (far * near) * wall
        + cosine / across * edge
    ) / math.pi
    horizontal = (
        np.arctan(1.0 / rim)
        + sine / across * edge
        - (a * a + (b + 1.0) ** 2 - 2.0 * (b + 1.0 + a * b * sine)) / (far * near) * wall
    ) / math.pi
    return vertical, np.maximum(0.0, horizontal)


@dataclass(frozen=True, kw_only=True)
class LeaningFlame:
    """A flame as an oblique cylinder on a base that the wind may have drawn out.

    x is downwind, the origin the middle of the pool. The base is an ellipse, `base_m` long with
    the wind and `diameter_m` across; its upwind rim stays where the pool's is.
    """

    diameter_m: float
    length_m: float
    tilt_rad: float
    base_m: float

    @property
    def shift_m(self) -> float:
        """Return how far downwind the middle of the base lies."""
        return (self.base_m - self.diameter_m) / 2.0

    def outside(self, x_m: Array, y_m: Array) -> Array:
        """Say which places on the ground are outside the base."""
        along = 2.0 * (x_m - self.shift_m) / self.base_m
        return np.asarray(along**2 + (2.0 * y_m / self.diameter_m) ** 2 > 1.0)

    def view_factors(self, x_m: Array, y_m: Array) -> tuple[Array, Array, Array]:
        """Return what places on the ground see: greatest, vertical and horizontal receiver.

        The vector of the view factor is (1/2π)∮ r × dl / r² along the outline of the visible
        wall (Sparrow 1963); its length is the greatest factor, whichever way a receiver is
        turned. The vertical receiver faces the way from which most heat comes. NaN in the flame.
        """
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        outside = self.outside(x, y)
        places = np.stack([x, y], axis=-1)[outside]
        vector = self._vector(places[:, 0], places[:, 1])
        found = [np.full(x.shape, np.nan) for _ in range(3)]
        level = np.hypot(vector[0], vector[1])
        for field, part in zip(
            found, (np.hypot(level, vector[2]), level, np.maximum(vector[2], 0.0)), strict=True
        ):
            field[outside] = np.minimum(part, 1.0)
        return found[0], found[1], found[2]

    def _vector(self, x: Array, y: Array) -> Array:
        """Return the vector of the view factor at places outside the base, shape (3, places)."""
        along, across = self.base_m / 2.0, self.diameter_m / 2.0
        u, v = (x - self.shift_m) / along, y / across
        toward = np.arctan2(v, u)
        half = np.arccos(np.clip(1.0 / np.hypot(u, v), -1.0, 1.0))
        angle = toward[:, None] + half[:, None] * _NODES
        weight = half[:, None] * _WEIGHTS
        rim = np.stack(
            [self.shift_m + along * np.cos(angle), across * np.sin(angle), np.zeros_like(angle)]
        )
        turn = np.stack([-along * np.sin(angle), across * np.cos(angle), np.zeros_like(angle)])
        lean = self.length_m * np.array([math.sin(self.tilt_rad), 0.0, math.cos(self.tilt_rad)])
        here = np.stack([x, y, np.zeros_like(x)])[:, :, None]
        total = np.zeros((3, x.size))
        for lift, sign in ((0.0, 1.0), (1.0, -1.0)):
            ray = rim + lift * lean[:, None, None] - here
            squared = (ray**2).sum(axis=0)
            turned = np.cross(ray, turn, axis=0)
            total += sign * (turned / squared * weight).sum(axis=-1)
        for end, sign in ((1.0, 1.0), (-1.0, -1.0)):
            total += sign * self._edge(toward + end * half, here[:, :, 0], lean)
        return -total / (2.0 * math.pi)

    def _edge(self, angle: Array, here: Array, lean: Array) -> Array:
        """Return ∫ r × dl / r² from the foot to the tip of a line of the wall, exactly."""
        foot = np.stack(
            [
                self.shift_m + self.base_m / 2.0 * np.cos(angle),
                self.diameter_m / 2.0 * np.sin(angle),
                np.zeros_like(angle),
            ]
        )
        low, high = foot - here, foot + lean[:, None] - here
        normal = np.cross(low, high, axis=0)
        size = np.linalg.norm(normal, axis=0)
        opening = np.arctan2(size, (low * high).sum(axis=0))
        return np.asarray(normal / np.maximum(size, 1e-300) * opening, float)
