"""Dispersion coefficients σy and σz by downwind distance and Pasquill class, in named sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from analysis.hazard.physics.gaussian.curve import (
    CLASSES,
    Array,
    Curve,
    Dispersion,
    by_class,
    pieces,
    plain,
    power,
    root,
)
from analysis.hazard.physics.gaussian.sigma_gbt3840 import GBT3840, GBT3840_RURAL, GBT3840_URBAN
from analysis.hazard.physics.gaussian.sigma_isc3 import ISC3_RURAL, ISC3_URBAN

__all__ = [
    "BRIGGS_RURAL",
    "BRIGGS_URBAN",
    "CCPS_PUFF",
    "CLASSES",
    "PLUME_SETS",
    "PUFF_SETS",
    "Array",
    "Curve",
    "Dispersion",
]

BRIGGS_RURAL = Dispersion(
    name="briggs_rural",
    sigma_y=by_class(tuple(root(k, 1e-4) for k in (0.22, 0.16, 0.11, 0.08, 0.06, 0.04))),
    sigma_z=by_class(
        (
            root(0.20, 0.0),
            root(0.12, 0.0),
            root(0.08, 2e-4),
            root(0.06, 1.5e-3),
            root(0.03, 3e-4, -1.0),
            root(0.016, 3e-4, -1.0),
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="Briggs 1973 (doi 10.2172/5118833), open country; read in GasDispersion.jl briggs.jl",
    certainty="sourced",
)
BRIGGS_URBAN = Dispersion(
    name="briggs_urban",
    sigma_y=by_class(tuple(root(k, 4e-4) for k in (0.32, 0.32, 0.22, 0.16, 0.11, 0.11))),
    sigma_z=by_class(
        (
            root(0.24, 1e-3, 0.5),
            root(0.24, 1e-3, 0.5),
            root(0.20, 0.0),
            root(0.14, 3e-4),
            root(0.08, 1.5e-3),
            root(0.08, 1.5e-3),
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="Briggs 1973 (doi 10.2172/5118833), urban; read in GasDispersion.jl briggs.jl",
    certainty="sourced",
)
_CCPS = "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, are {}"
CCPS_RURAL = replace(
    BRIGGS_RURAL, name="ccps_rural", source=_CCPS.format("Briggs's 1973 curves for open country")
)
CCPS_URBAN = replace(
    BRIGGS_URBAN,
    name="ccps_urban",
    source=_CCPS.format("Briggs's 1973 curves for towns, as Griffiths 1994 corrects misprints"),
)
_TNO_Y = (
    (0.527, 0.865),
    (0.371, 0.866),
    (0.209, 0.897),
    (0.128, 0.905),
    (0.098, 0.902),
    (0.065, 0.902),
)
_TNO_Z = ((0.28, 0.90), (0.23, 0.85), (0.22, 0.80), (0.20, 0.76), (0.15, 0.73), (0.12, 0.67))
TNO_PLUME = Dispersion(
    name="tno",
    sigma_y=by_class(tuple(power(*each) for each in _TNO_Y)),
    sigma_z=by_class(tuple(power(*each) for each in _TNO_Z)),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="TNO Yellow Book (CPR 14E) ch. 4, 10 min average; read in GasDispersion.jl tno.jl",
    certainty="sourced",
)
TNO_PUFF = Dispersion(
    name="tno_puff",
    sigma_x=by_class((power(0.13, 1.0),) * 6),
    sigma_y=by_class(tuple(power(0.5 * k, exponent) for k, exponent in _TNO_Y)),
    sigma_z=by_class(tuple(power(*each) for each in _TNO_Z)),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="TNO Yellow Book (CPR 14E) ch. 4, instantaneous: σx = 0.13 x, σy half the 10 min "
    "plume's; σz as the plume's [mem 85%]",
    certainty="mem 85%",
    averaging_s=None,
)
CCPS_PUFF = Dispersion(
    name="ccps_puff",
    sigma_y=by_class(
        (
            power(0.18, 0.92),
            power(0.14, 0.92),
            power(0.10, 0.92),
            power(0.06, 0.92),
            power(0.04, 0.92),
            power(0.02, 0.89),
        )
    ),
    sigma_z=by_class(
        (
            power(0.60, 0.75),
            power(0.53, 0.73),
            power(0.34, 0.71),
            power(0.15, 0.70),
            power(0.10, 0.65),
            power(0.05, 0.61),
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="CCPS 1999, instantaneous puff, after Slade 1968 (TID-24190 p. 163-175); read in "
    "GasDispersion.jl ccps.jl",
    certainty="sourced",
    averaging_s=None,
)


def _parabola(a: float, b: float, c: float) -> Curve:
    """Return σ = 10^(a + b log x + c log² x)."""

    def sigma(x: Array) -> Array:
        log = np.log10(x)
        return np.asarray(10.0 ** (a + b * log + c * log**2), float)

    return plain(sigma, f"10^({a:g} + {b:g} log x + {c:g} log² x)")


TURNER = Dispersion(
    name="turner",
    sigma_y=by_class(
        (
            power(0.493, 0.88),
            power(0.337, 0.88),
            power(0.195, 0.90),
            power(0.128, 0.90),
            power(0.091, 0.91),
            power(0.067, 0.90),
        )
    ),
    sigma_z=by_class(
        (
            pieces([300.0], [power(0.087, 1.10), _parabola(-1.67, 0.902, 0.181)]),
            pieces([500.0], [power(0.135, 0.95), _parabola(-1.25, 1.09, 0.0018)]),
            power(0.112, 0.91),
            pieces([500.0], [power(0.093, 0.85), _parabola(-1.22, 1.08, -0.061)]),
            pieces([500.0], [power(0.082, 0.82), _parabola(-1.18, 1.04, -0.070)]),
            pieces([500.0], [power(0.057, 0.80), _parabola(-1.91, 1.37, -0.119)]),
        )
    ),
    x_min_m=100.0,
    x_max_m=100_000.0,
    x_max_by_class={"A": 3_000.0, "B": 20_000.0},
    source="Turner's Workbook 1970 as fitted in Lees, Loss Prevention, 2nd ed. 1996; read in "
    "GasDispersion.jl equation_sets/turner.jl",
    certainty="sourced",
)


def _bent(k: float, exponent: float, bend: float) -> Curve:
    """Return σ = k x^exponent exp(bend ln² x)."""

    def sigma(x: Array) -> Array:
        return np.asarray(k * x**exponent * np.exp(bend * np.log(x) ** 2), float)

    return plain(sigma, f"{k:g} x^{exponent:g} exp({bend:g} ln² x)")


DEGADIS = Dispersion(
    name="degadis",
    sigma_y=by_class(tuple(power(k, 0.9) for k in (0.423, 0.313, 0.210, 0.136, 0.102, 0.0674))),
    sigma_z=by_class(
        (
            _bent(107.7, -1.7172, 0.2770),
            _bent(0.1355, 0.8752, 0.0136),
            _bent(0.09623, 0.9477, -0.0020),
            _bent(0.04134, 1.1737, -0.0316),
            _bent(0.02275, 1.3010, -0.0450),
            _bent(0.01122, 1.4024, -0.0540),
        )
    ),
    x_min_m=100.0,
    x_max_m=10_000.0,
    source="σy: Spicer and Havens, DEGADIS 2.1, EPA-450/4-89-019 p. 45-46, 10 min average; σz: "
    "Seinfeld 1986; both read in GasDispersion.jl pasquill_gifford.jl",
    certainty="sourced",
)


def _named(*sets: Dispersion) -> Mapping[str, Dispersion]:
    return MappingProxyType({each.name: each for each in sets})


PLUME_SETS = _named(
    BRIGGS_RURAL,
    BRIGGS_URBAN,
    TNO_PLUME,
    CCPS_RURAL,
    CCPS_URBAN,
    ISC3_RURAL,
    ISC3_URBAN,
    TURNER,
    DEGADIS,
    GBT3840,
    GBT3840_RURAL,
    GBT3840_URBAN,
)
"""The sets for releases that go on: σy holds the meandering of the wind over `averaging_s`."""

PUFF_SETS = _named(CCPS_PUFF, TNO_PUFF, *PLUME_SETS.values())
"""The sets for puffs: those made for them first; a plume's set, used so, makes a puff too wide."""
