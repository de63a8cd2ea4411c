"""How a release runs over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
WINDOW_S = 600.0


@dataclass(frozen=True, kw_only=True)
class History:
    """A rate and what was released so far, at moments from 0 on; between them straight lines.

    It ends at the last moment; `released_kg` is exact, so that masses sum.
    """

    time_s: tuple[float, ...]
    rate_kg_s: tuple[float, ...]
    released_kg: tuple[float, ...]

    @property
    def ends_s(self) -> float:
        """Return the last moment, s."""
        return self.time_s[-1]

    @property
    def mass_kg(self) -> float:
        """Return what was released in all, kg."""
        return self.released_kg[-1]

    def released_at(self, time_s: Array | float) -> Array:
        """Return what was released by given moments, kg."""
        return np.asarray(np.interp(time_s, self.time_s, self.released_kg))

    def rate_at(self, time_s: Array | float) -> Array:
        """Return the rate at given moments, kg/s; nothing after the end."""
        return np.asarray(np.interp(time_s, self.time_s, self.rate_kg_s, right=0.0))

    def greatest_mean_kg_s(self, window_s: float = WINDOW_S) -> float:
        """Return the highest mean rate over a window, or over all of a shorter release."""
        if self.ends_s <= window_s:
            return self.mass_kg / self.ends_s
        starts = np.append(np.array(self.time_s), self.ends_s - window_s)
        starts = starts[(starts >= 0.0) & (starts <= self.ends_s - window_s)]
        means = (self.released_at(starts + window_s) - self.released_at(starts)) / window_s
        return float(np.max(means))


def steady(rate_kg_s: float, duration_s: float) -> History:
    """Return a release at one rate."""
    return History(
        time_s=(0.0, duration_s),
        rate_kg_s=(rate_kg_s, rate_kg_s),
        released_kg=(0.0, rate_kg_s * duration_s),
    )


def read(table: Mapping[str, Sequence[float]]) -> History:
    """Return the history of a model's table: `released_kg`, or what is left as `mass_kg`."""
    released = table.get("released_kg") or [table["mass_kg"][0] - m for m in table["mass_kg"]]
    return History(
        time_s=tuple(table["time_s"]),
        rate_kg_s=tuple(table["rate_kg_s"]),
        released_kg=tuple(released),
    )


def cut(history: History, *, mass_kg: float) -> History:
    """Return a history up to the moment when so much is released."""
    if mass_kg >= history.mass_kg:
        return history
    end = float(np.interp(mass_kg, history.released_kg, history.time_s))
    kept = [t for t in history.time_s if t < end]
    times = np.array([*kept, end])
    return History(
        time_s=tuple(map(float, times)),
        rate_kg_s=tuple(map(float, history.rate_at(times))),
        released_kg=(*history.released_kg[: len(kept)], mass_kg),
    )


def joined(*parts: tuple[float, History]) -> History:
    """Return the sum of histories, each times its share."""
    times = np.unique(np.concatenate([np.array(part.time_s) for _, part in parts]))
    rate = sum((share * part.rate_at(times) for share, part in parts), np.zeros_like(times))
    mass = sum((share * part.released_at(times) for share, part in parts), np.zeros_like(times))
    return History(
        time_s=tuple(map(float, times)),
        rate_kg_s=tuple(map(float, rate)),
        released_kg=tuple(map(float, mass)),
    )
