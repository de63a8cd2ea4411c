"""How σy grows with the time over which the meandering wind is averaged, by a rule's name.

"tno": (t/600 s)^0.2, not under the instantaneous width that t0 stands for (TNO Yellow Book, CPR
14E). "gbt3840": (τ/0.5 h)^0.2 under an hour, (τ/0.5 h)^0.3 from an hour on (GB/T 3840-91).
"""

from __future__ import annotations

from analysis.hazard.physics.gaussian.curve import CLASSES, Dispersion

EXPONENT = 0.2
LEAST_S = dict(zip(CLASSES, (18.4, 18.4, 18.4, 18.3, 11.4, 4.6), strict=True))
"""TNO's t0: below it a plume is no narrower."""

HOUR_S = 3600.0
SOURCES = {
    "tno": "(max(t, t0)/600)^0.2: TNO Yellow Book (CPR 14E) and DEGADIS 2.1 (EPA-450/4-89-019 "
    "p. 45-46), t0 read in GasDispersion.jl pasquill_gifford.jl",
    "gbt3840": "GB/T 3840-91 and HJ/T 2.2-93: q 0.2 from 0.5 h to 1 h, 0.3 from 1 h to 100 h, read "
    "in Artoko/myrisk Formula.vb",
}


def width_factor(dispersion: Dispersion, letter: str, averaging_s: float | None) -> float:
    """Return what σy is multiplied by for an averaging time; 1 where none is asked for.

    A puff's own set is instantaneous and is never widened.
    """
    own = dispersion.averaging_s
    if averaging_s is None or own is None:
        return 1.0
    if dispersion.averaging == "gbt3840":
        return float((averaging_s / own) ** (EXPONENT if averaging_s < HOUR_S else 0.3))
    return float((max(averaging_s, LEAST_S[letter]) / own) ** EXPONENT)


def averaging_equation(dispersion: Dispersion) -> str:
    """Return how the factor is written."""
    if dispersion.averaging == "gbt3840":
        return "(t'/1800)^q, q 0.2 under 1 h, 0.3 from 1 h"
    return "(max(t', t0)/600)^0.2"
