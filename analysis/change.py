"""What a station more or less changes: how many more are covered, and who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.access import Records

Floats = NDArray[np.float64]

LISTED = 500


def change(
    minutes: Sequence[float],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return by how much more or less each limit covers, up to it and not in its band alone.

    `before` and `after` are what each band counts, from the soonest on. None is unknown.
    """
    names = ("places", "people_day", "people_night", "residents")
    rows = []
    for count, minute in enumerate(minutes, start=1):
        row: dict[str, Any] = {"until_min": minute}
        for name in names:
            gone, come = ([each[name] for each in side[:count]] for side in (before, after))
            row[name] = None if None in gone else sum(come) - sum(gone)
        rows.append(row)
    return {"covered": rows}


def moved(known: Records, before_s: Floats, after_s: Floats, limit_s: float) -> dict[str, Any]:
    """Return who comes within a limit that was beyond it, and who was within it and is not now."""
    had, has = before_s <= limit_s, after_s <= limit_s
    gained, lost = np.flatnonzero(has & ~had), np.flatnonzero(had & ~has)
    return {
        "gained": [known.entry(index) for index in gained[:LISTED].tolist()],
        "lost": [known.entry(index) for index in lost[:LISTED].tolist()],
        "gained_count": len(gained),
        "lost_count": len(lost),
    }
