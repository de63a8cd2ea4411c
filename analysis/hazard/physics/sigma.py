"""Dispersion coefficients σy and σz by downwind distance and Pasquill class, in named sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Curve = Callable[[Array], Array]
CLASSES = ("A", "B", "C", "D", "E", "F")


@dataclass(frozen=True, kw_only=True)
class Dispersion:
    """σy and σz, m, of downwind distance x, m, for each class; valid between the two bounds."""

    name: str
    sigma_y: Mapping[str, Curve]
    sigma_z: Mapping[str, Curve]
    x_min_m: float
    x_max_m: float
    source: str
    certainty: str


def _briggs(k: float, c: float, power: float = -0.5) -> Curve:
    return lambda x: k * x * (1.0 + c * x) ** power


def _power(k: float, power: float) -> Curve:
    return lambda x: k * x**power


def _each(curves: tuple[Curve, ...]) -> dict[str, Curve]:
    return dict(zip(CLASSES, curves, strict=True))


BRIGGS_RURAL = Dispersion(
    name="briggs_rural",
    sigma_y=_each(tuple(_briggs(k, 1e-4) for k in (0.22, 0.16, 0.11, 0.08, 0.06, 0.04))),
    sigma_z=_each(
        (
            _briggs(0.20, 0.0),
            _briggs(0.12, 0.0),
            _briggs(0.08, 2e-4),
            _briggs(0.06, 1.5e-3),
            _briggs(0.03, 3e-4, -1.0),
            _briggs(0.016, 3e-4, -1.0),
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="Briggs 1973, open country",
    certainty="sourced",
)
BRIGGS_URBAN = Dispersion(
    name="briggs_urban",
    sigma_y=_each(tuple(_briggs(k, 4e-4) for k in (0.32, 0.32, 0.22, 0.16, 0.11, 0.11))),
    sigma_z=_each(
        (
            _briggs(0.24, 1e-3, 0.5),
            _briggs(0.24, 1e-3, 0.5),
            _briggs(0.20, 0.0),
            _briggs(0.14, 3e-4),
            _briggs(0.08, 1.5e-3),
            _briggs(0.08, 1.5e-3),
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="Briggs 1973, urban",
    certainty="sourced",
)
TNO_PLUME = Dispersion(
    name="tno",
    sigma_y=_each(
        tuple(
            _power(k, p)
            for k, p in (
                (0.527, 0.865),
                (0.371, 0.866),
                (0.209, 0.897),
                (0.128, 0.905),
                (0.098, 0.902),
                (0.065, 0.902),
            )
        )
    ),
    sigma_z=_each(
        tuple(
            _power(k, p)
            for k, p in (
                (0.28, 0.90),
                (0.23, 0.85),
                (0.22, 0.80),
                (0.20, 0.76),
                (0.15, 0.73),
                (0.12, 0.67),
            )
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="TNO Yellow Book (CPR 14E), 10 min average",
    certainty="sourced",
)
CCPS_PUFF = Dispersion(
    name="ccps_puff",
    sigma_y=_each(
        tuple(
            _power(k, p)
            for k, p in (
                (0.18, 0.92),
                (0.14, 0.92),
                (0.10, 0.92),
                (0.06, 0.92),
                (0.04, 0.92),
                (0.02, 0.89),
            )
        )
    ),
    sigma_z=_each(
        tuple(
            _power(k, p)
            for k, p in (
                (0.60, 0.75),
                (0.53, 0.73),
                (0.34, 0.71),
                (0.15, 0.70),
                (0.10, 0.65),
                (0.05, 0.61),
            )
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="CCPS 1999, instantaneous puff",
    certainty="sourced",
)
PLUME_SETS = {each.name: each for each in (BRIGGS_RURAL, BRIGGS_URBAN, TNO_PLUME)}
