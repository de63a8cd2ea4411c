"""Tanks (储罐): how much a shape holds under a level, and how wide the liquid is there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from analysis.hazard.model import Input
from analysis.hazard.physics.release.hole import needed

Array = npt.NDArray[np.float64]
SHAPES = ("vertical_cylinder", "horizontal_cylinder", "sphere", "box")
HEADS = {"flat": 0.0, "elliptical_2_1": 0.5, "hemispherical": 1.0}
"""Depth of each end of a lying cylinder over its radius; all are halves of spheroids."""

TANK_INPUTS = (
    Input(name="tank_shape", unit="word", choices=SHAPES, required=False),
    Input(
        name="tank_diameter_m",
        unit="m",
        symbol="D",
        minimum=0.01,
        maximum=200.0,
        required=False,
        typical=(0.2, 110.0),
    ),
    Input(
        name="tank_length_m",
        unit="m",
        symbol="L",
        minimum=0.01,
        maximum=500.0,
        required=False,
        typical=(0.2, 100.0),
    ),
    Input(
        name="tank_width_m",
        unit="m",
        symbol="W",
        minimum=0.01,
        maximum=500.0,
        required=False,
        typical=(0.2, 100.0),
    ),
    Input(
        name="tank_height_m",
        unit="m",
        symbol="H",
        minimum=0.01,
        maximum=200.0,
        required=False,
        typical=(0.2, 60.0),
    ),
    Input(name="tank_heads", unit="word", choices=tuple(HEADS), default="flat"),
)
"""How a tank is described: its shape and the measures that the shape needs."""

_NEEDS = {
    "vertical_cylinder": ("tank_diameter_m", "tank_height_m"),
    "horizontal_cylinder": ("tank_diameter_m", "tank_length_m"),
    "sphere": ("tank_diameter_m",),
    "box": ("tank_length_m", "tank_width_m", "tank_height_m"),
}


@dataclass(frozen=True, kw_only=True)
class Tank:
    """A tank; lengths in m inside the wall, levels in m over its lowest point.

    `diameter_m` of a cylinder or sphere; `length_m` of a lying cylinder between its heads;
    `head_depth` is the depth of a head over the radius (0 flat, 0.5 elliptical 2:1, 1 half ball).
    """

    shape: str
    diameter_m: float = 0.0
    length_m: float = 0.0
    width_m: float = 0.0
    height_m: float = 0.0
    head_depth: float = 0.0

    @property
    def top_m(self) -> float:
        """Return the level of a full tank, m."""
        return self.height_m if self.shape in ("vertical_cylinder", "box") else self.diameter_m

    @property
    def capacity_m3(self) -> float:
        """Return what the tank holds when full, m³."""
        return float(self.volume_m3(self.top_m))

    def area_m2(self, level_m: Array | float) -> Array:
        """Return the liquid's surface at a level, m²."""
        h = np.clip(np.asarray(level_m, dtype=float), 0.0, self.top_m)
        radius = self.diameter_m / 2.0
        if self.shape == "vertical_cylinder":
            return np.full_like(h, math.pi * radius**2)
        if self.shape == "box":
            return np.full_like(h, self.length_m * self.width_m)
        disc = math.pi * h * (self.diameter_m - h)
        if self.shape == "sphere":
            return np.asarray(disc)
        chord = 2.0 * np.sqrt(h * (self.diameter_m - h))
        return np.asarray(self.length_m * chord + self.head_depth * disc)

    def volume_m3(self, level_m: Array | float) -> Array:
        """Return the volume under a level, m³."""
        h = np.clip(np.asarray(level_m, dtype=float), 0.0, self.top_m)
        radius = self.diameter_m / 2.0
        if self.shape in ("vertical_cylinder", "box"):
            return np.asarray(self.area_m2(h) * h)
        cap = math.pi * h**2 * (radius - h / 3.0)
        if self.shape == "sphere":
            return np.asarray(cap)
        side = np.sqrt(h * (self.diameter_m - h))
        segment = radius**2 * np.arccos(1.0 - h / radius) - (radius - h) * side
        return np.asarray(self.length_m * segment + self.head_depth * cap)

    def level_m(self, volume_m3: float) -> float:
        """Return the level of a volume between empty and full, m."""
        if volume_m3 <= 0.0:
            return 0.0
        if volume_m3 >= self.capacity_m3:
            return self.top_m
        if self.shape in ("vertical_cylinder", "box"):
            return volume_m3 / float(self.area_m2(0.0))
        found = brentq(
            lambda h: float(self.volume_m3(h)) - volume_m3, 0.0, self.top_m, xtol=1e-13, rtol=1e-14
        )
        return float(found)

    def equation(self) -> str:
        """Return the volume under a level h as an engineer writes it."""
        return {
            "vertical_cylinder": "V = π D²/4 h",
            "box": "V = L W h",
            "sphere": "V = π h² (R − h/3)",
            "horizontal_cylinder": (
                "V = L (R² arccos(1 − h/R) − (R − h) √(h (D − h)))"
                + (f" + {self.head_depth:g} π h² (R − h/3)" if self.head_depth else "")
            ),
        }[self.shape]


def read_tank(inputs: Mapping[str, Any], *, tall_m: float | None = None) -> Tank:
    """Return the tank of `TANK_INPUTS`; refuse with the name of the measure that is missing.

    `tall_m` stands for a height that is not given (a level is known, the roof is not).

    Raises
    ------
    InvalidInputError
        `code="input_missing"`: the shape, or a measure that it needs.
    """
    shape = inputs["tank_shape"]
    if shape is None:
        raise needed("tank_shape", "word", "the tank's measures mean nothing without its shape")
    height = tall_m if inputs["tank_height_m"] is None else inputs["tank_height_m"]
    measures = {**inputs, "tank_height_m": height}
    for name in _NEEDS[shape]:
        if measures[name] is None:
            raise needed(name, "m", f"a {shape} needs it")
    return Tank(
        shape=shape,
        diameter_m=inputs["tank_diameter_m"] or 0.0,
        length_m=inputs["tank_length_m"] or 0.0,
        width_m=inputs["tank_width_m"] or 0.0,
        height_m=height or 0.0,
        head_depth=HEADS[inputs["tank_heads"]] if shape == "horizontal_cylinder" else 0.0,
    )
