"""How far a law that falls with distance stays over a level: searched on arrays, not by steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_COARSE, _FINE, _ROUNDS = 400, 64, 4


def reach_of(
    law: Callable[[Array], Array], level: float, *, nearest_m: float, farthest_m: float
) -> float | None:
    """Return the farthest distance at which a law is at least a level.

    Parameters
    ----------
    law
        Of an array of distances in m; need not be monotonic.
    level
        In the unit of the law.
    nearest_m, farthest_m
        Where the law holds; the farthest is answered where it is over the level even there.

    Returns
    -------
    float or None
        In m, to a part in a million; None where the level is reached nowhere.
    """
    low, high, points = max(nearest_m, 1e-6), farthest_m, _COARSE
    for _ in range(_ROUNDS):
        places = np.geomspace(low, high, points)
        over = np.flatnonzero(law(places) >= level)
        if over.size == 0:
            return None if points == _COARSE else low
        last = int(over[-1])
        if last == points - 1:
            return high
        low, high, points = float(places[last]), float(places[last + 1]), _FINE
    return float((low + high) / 2.0)
