"""How a tank drains through a hole: Bernoulli with a level that falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from analysis.hazard.physics.release.emptying import emptying
from analysis.hazard.physics.release.orifice import liquid_speed
from analysis.hazard.physics.release.tank import Tank

Array = npt.NDArray[np.float64]
Head = Literal["constant", "gas_pad"]
ROWS = 100


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A hole in a tank of liquid: `passage_m2` is Cd A, pressures absolute, `level_m` at start.

    The space over the liquid keeps its pressure ("constant": vented, or held by its own vapour),
    or is a closed gas pad that expands at constant temperature ("gas_pad").
    """

    tank: Tank
    level_m: float
    hole_height_m: float
    passage_m2: float
    density_kg_m3: float
    pressure_pa: float
    ambient_pressure_pa: float
    head: Head
    gravity: float

    def pressure_at(self, level_m: Array | float) -> Array:
        """Return the pressure over the liquid at a level, Pa."""
        levels = np.asarray(level_m, dtype=float)
        if self.head == "constant":
            return np.full_like(levels, self.pressure_pa)
        full = self.tank.capacity_m3
        pad = full - float(self.tank.volume_m3(self.level_m))
        return np.asarray(self.pressure_pa * pad / (full - self.tank.volume_m3(levels)))

    def speed_at(self, level_m: Array | float) -> Array:
        """Return the speed in the hole at a level, m/s."""
        return liquid_speed(
            overpressure_pa=self.pressure_at(level_m) - self.ambient_pressure_pa,
            density_kg_m3=self.density_kg_m3,
            head_m=np.asarray(level_m) - self.hole_height_m,
            gravity=self.gravity,
        )

    def end_level_m(self) -> float:
        """Return the level at which nothing more flows: the hole, or where the pad holds it."""

        def drive(level_m: float) -> float:
            over = float(self.pressure_at(level_m)) - self.ambient_pressure_pa
            return over + self.density_kg_m3 * self.gravity * (level_m - self.hole_height_m)

        if drive(self.hole_height_m) >= 0.0:
            return self.hole_height_m
        if drive(self.level_m) <= 0.0:
            return self.level_m
        return float(brentq(drive, self.hole_height_m, self.level_m, xtol=1e-14, rtol=1e-14))


@dataclass(frozen=True, kw_only=True)
class Course:
    """The course of a drainage: arrays of one length; `released_kg` since the start."""

    time_s: Array
    rate_kg_s: Array
    released_kg: Array
    level_m: Array
    pressure_pa: Array

    def table(self) -> dict[str, list[float]]:
        """Return the course as lists by name."""
        return {name: [float(each) for each in column] for name, column in vars(self).items()}


def drain(leak: Leak, *, until_s: float) -> Course:
    """Return how a tank drains until nothing flows or to `until_s`, in 101 rows.

    The level is the variable: S(h) dh = −Cd A v(h) dt, so that what left is exactly the volume
    between the levels. A vertical cylinder at constant pressure gives the straight decline of
    Casal, Evaluation of the Effects and Consequences of Major Accidents, eq. 2.5.
    """
    end = leak.end_level_m()
    span = leak.level_m - end

    def fall(s: Array) -> Array:
        levels = end + span * s**2
        surface = np.maximum(leak.tank.area_m2(levels), 1e-300)
        return np.asarray(leak.passage_m2 * leak.speed_at(levels) / surface)

    course = emptying(span, fall)
    rows = np.linspace(1.0, course.s_at(until_s), ROWS + 1)
    times = course.time_at(rows)
    times[0], times[-1] = 0.0, min(until_s, float(course.time_s[-1]))
    levels = end + span * rows**2
    held = leak.tank.volume_m3(levels)
    return Course(
        time_s=times,
        rate_kg_s=leak.density_kg_m3 * leak.passage_m2 * leak.speed_at(levels),
        released_kg=leak.density_kg_m3 * (held[0] - held),
        level_m=levels,
        pressure_pa=leak.pressure_at(levels),
    )
