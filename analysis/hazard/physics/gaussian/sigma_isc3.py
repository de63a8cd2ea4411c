"""The Pasquill-Gifford curves as EPA's ISC3 fits them (EPA-454/B-95-003b, tables 1-1 to 1-4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.hazard.physics.gaussian.curve import (
    Array,
    Curve,
    Dispersion,
    by_class,
    pieces,
    plain,
    root,
)

SOURCE = "EPA-454/B-95-003b (ISC3 vol. II, 1995)"
READ_IN = "read in three open codes that agree (GasDispersion.jl equation_sets/isc3.jl)"
HIGHEST_M = 5000.0
"""σz is cut here, as ISC3 does."""


def _angle(c: float, d: float) -> Curve:
    """Return σy = 465.11628 x tan(0.017453293 (c − d ln x)), x in km."""

    def sigma(x_m: Array) -> Array:
        x = np.asarray(x_m, float) / 1000.0
        return np.asarray(465.11628 * x * np.tan(0.017453293 * (c - d * np.log(x))), float)

    words = f"465.11628 (x/1000) tan(0.017453293 ({c:g} − {d:g} ln(x/1000)))"
    return plain(sigma, words)


def _power_km(a: float, b: float) -> Curve:
    def sigma(x_m: Array) -> Array:
        return np.minimum(a * (np.asarray(x_m, float) / 1000.0) ** b, HIGHEST_M)

    return plain(sigma, f"min({a:g} (x/1000)^{b:g}, {HIGHEST_M:g})")


def _table(rows: Sequence[tuple[float, float, float]]) -> Curve:
    """Return σz = a x^b by rows of (up to km, a, b); the last row has no end."""
    ends = [1000.0 * end for end, _, _ in rows[:-1]]
    return pieces(ends, [_power_km(a, b) for _, a, b in rows])


ISC3_RURAL = Dispersion(
    name="isc3_rural",
    sigma_y=by_class(
        (
            _angle(24.1670, 2.5334),
            _angle(18.3330, 1.8096),
            _angle(12.5000, 1.0857),
            _angle(8.3330, 0.72382),
            _angle(6.2500, 0.54287),
            _angle(4.1667, 0.36191),
        )
    ),
    sigma_z=by_class(
        (
            _table(
                (
                    (0.10, 122.800, 0.94470),
                    (0.15, 158.080, 1.05420),
                    (0.20, 170.220, 1.09320),
                    (0.25, 179.520, 1.12620),
                    (0.30, 217.410, 1.26440),
                    (0.40, 258.890, 1.40940),
                    (0.50, 346.750, 1.72830),
                    (3.11, 453.850, 2.11660),
                    (0.0, HIGHEST_M, 0.0),
                )
            ),
            _table(((0.20, 90.673, 0.93198), (0.40, 98.483, 0.98332), (0.0, 109.300, 1.09710))),
            _table(((0.0, 61.141, 0.91465),)),
            _table(
                (
                    (0.30, 34.459, 0.86974),
                    (1.00, 32.093, 0.81066),
                    (3.00, 32.093, 0.64403),
                    (10.00, 33.504, 0.60486),
                    (30.00, 36.650, 0.56589),
                    (0.0, 44.053, 0.51179),
                )
            ),
            _table(
                (
                    (0.10, 24.260, 0.83660),
                    (0.30, 23.331, 0.81956),
                    (1.00, 21.628, 0.75660),
                    (2.00, 21.628, 0.63077),
                    (4.00, 22.534, 0.57154),
                    (10.00, 24.703, 0.50527),
                    (20.00, 26.970, 0.46713),
                    (40.00, 35.420, 0.37615),
                    (0.0, 47.618, 0.29592),
                )
            ),
            _table(
                (
                    (0.20, 15.209, 0.81558),
                    (0.70, 14.457, 0.78407),
                    (1.00, 13.953, 0.68465),
                    (2.00, 13.953, 0.63227),
                    (3.00, 14.823, 0.54503),
                    (7.00, 16.187, 0.46490),
                    (15.00, 17.836, 0.41507),
                    (30.00, 22.651, 0.32681),
                    (60.00, 27.074, 0.27436),
                    (0.0, 34.219, 0.21716),
                )
            ),
        )
    ),
    x_min_m=100.0,
    x_max_m=50_000.0,
    source=f"Pasquill-Gifford curves, {SOURCE}, tables 1-1 to 1-3, {READ_IN}; to 50 km by "
    "40 CFR 51 appendix W",
    certainty="sourced",
)
ISC3_URBAN = Dispersion(
    name="isc3_urban",
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
    x_max_m=50_000.0,
    source=f"Briggs's urban curves on McElroy and Pooler's data, {SOURCE}, table 1-4, read in "
    "GasDispersion.jl equation_sets/isc3.jl; to 50 km by 40 CFR 51 appendix W",
    certainty="sourced",
)
