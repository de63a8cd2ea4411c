"""How far a law that falls with distance stays over a level: searched on arrays, not by steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_COARSE, _FINE, _ROUNDS = 240, 48, 4


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


def reaches_of(
    law: Callable[[Array], Array], levels: Sequence[float], *, nearest_m: float, farthest_m: float
) -> list[float | None]:
    """Return the farthest distances at which a law is at least each of some levels.

    The law is asked once, on a grid that is even in log distance, and taken as straight between
    its points in log-log: within a part in ten thousand of `reach_of` for a law that falls as a
    power. None where a level is reached nowhere.
    """
    places = np.geomspace(max(nearest_m, 1e-6), farthest_m, _COARSE)
    found = np.maximum(law(places), 1e-300)
    return [_farthest(places, found, level) for level in levels]


def _farthest(places: Array, found: Array, level: float) -> float | None:
    over = np.flatnonzero(found >= level)
    if over.size == 0:
        return None
    last = int(over[-1])
    if last == places.size - 1:
        return float(places[-1])
    if not np.isfinite(found[last]):
        return float(places[last])
    x, y = np.log(places[last : last + 2]), np.log(found[last : last + 2])
    return float(np.exp(x[0] + (np.log(level) - y[0]) / (y[1] - y[0]) * (x[1] - x[0])))
