"""The power laws of GB/T 3840-91 (制定地方大气污染物排放标准的技术方法).

σy = γ1 x^α1 and σz = γ2 x^α2, 30 min average. The table has half classes (B-C, C-D, D-E); which
row a class takes depends on the ground: over open plains D, E and F go half a class towards
unstable; in industrial and urban districts and in hills C goes to B and D, E, F one whole class.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.hazard.physics.gaussian.curve import CLASSES, Curve, Dispersion, pieces, power

Row = tuple[float, float, float]
"""Up to x, m; exponent α; factor γ."""

SOURCE = (
    "GB/T 3840-91 (tables B3 and B4 of HJ/T 2.2-93), 30 min average, "
    "read in Artoko/myrisk Formula.vb"
)
END = 0.0  # the last row of a class has no end in the table
X_MAX_M = 20_000.0
"""The tables are open at the far end; cut at the widest assessment radius of HJ/T 2.2-93."""

SIGMA_Y: dict[str, Sequence[Row]] = {
    "A": ((1000.0, 0.901074, 0.425809), (END, 0.850934, 0.602052)),
    "B": ((1000.0, 0.914370, 0.281846), (END, 0.865014, 0.396353)),
    "B-C": ((1000.0, 0.919325, 0.229500), (END, 0.875086, 0.314238)),
    "C": ((1000.0, 0.924279, 0.177154), (END, 0.885157, 0.232123)),
    "C-D": ((1000.0, 0.926849, 0.143940), (END, 0.886940, 0.189396)),
    "D": ((1000.0, 0.929418, 0.110726), (END, 0.888723, 0.146669)),
    "D-E": ((1000.0, 0.925118, 0.0985631), (END, 0.892794, 0.124308)),
    "E": ((1000.0, 0.920818, 0.0864001), (END, 0.896864, 0.101947)),
    "F": ((1000.0, 0.929418, 0.0553634), (END, 0.888723, 0.0733348)),
}
SIGMA_Z: dict[str, Sequence[Row]] = {
    "A": ((300.0, 1.12154, 0.0799904), (500.0, 1.51360, 0.00854771), (END, 2.10881, 0.000211545)),
    "B": ((500.0, 0.964435, 0.127190), (END, 1.09356, 0.0570251)),
    "B-C": ((500.0, 0.941015, 0.114682), (END, 1.00770, 0.0757182)),
    "C": ((END, 0.917595, 0.106803),),
    "C-D": (
        (2000.0, 0.838628, 0.126152),
        (10_000.0, 0.756410, 0.235667),
        (END, 0.815575, 0.136659),
    ),
    "D": ((1000.0, 0.826212, 0.104634), (10_000.0, 0.632023, 0.400167), (END, 0.555360, 0.810763)),
    "D-E": (
        (2000.0, 0.776864, 0.111771),
        (10_000.0, 0.572347, 0.528992),
        (END, 0.499149, 1.03810),
    ),
    "E": ((1000.0, 0.788370, 0.0927529), (10_000.0, 0.565188, 0.433384), (END, 0.414743, 1.73241)),
    "F": ((1000.0, 0.784400, 0.0620765), (10_000.0, 0.525969, 0.370015), (END, 0.322659, 2.40691)),
}
HALF_CLASSES = ("B-C", "C-D", "D-E")
"""The rows between two classes; A-B has none."""

ROWS = {
    "gbt3840": ("A", "B", "C", "D", "E", "F"),
    "gbt3840_rural": ("A", "B", "C", "C-D", "D-E", "E"),
    "gbt3840_urban": ("A", "B", "B", "C", "D", "E"),
}
"""The row that each class A to F takes: as printed; open plain; industrial, urban or hilly."""


def _curve(rows: Sequence[Row]) -> Curve:
    return pieces(
        [end for end, _, _ in rows[:-1]], [power(factor, exponent) for _, exponent, factor in rows]
    )


def _set(name: str) -> Dispersion:
    taken = dict(zip(CLASSES, ROWS[name], strict=True))
    ground = {
        "gbt3840": "classes as given",
        "gbt3840_rural": "open plain: D, E, F raised by half a class",
        "gbt3840_urban": "industrial, urban, hilly: C to B, D, E, F raised by one class",
    }[name]
    if name == "gbt3840":
        taken |= {half: half for half in HALF_CLASSES}
    return Dispersion(
        name=name,
        sigma_y={letter: _curve(SIGMA_Y[row]) for letter, row in taken.items()},
        sigma_z={letter: _curve(SIGMA_Z[row]) for letter, row in taken.items()},
        x_min_m=100.0,
        x_max_m=X_MAX_M,
        source=f"{SOURCE}; {ground}",
        certainty="sourced",
        averaging_s=1800.0,
        averaging="gbt3840",
    )


GBT3840 = _set("gbt3840")
GBT3840_RURAL = _set("gbt3840_rural")
GBT3840_URBAN = _set("gbt3840_urban")
