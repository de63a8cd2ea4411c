"""Where one tracker has been: its history between two moments, in the order of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError
from layers.models import Position

ROWS_MOST = 100_000
SPAN_MOST = dt.timedelta(days=31)


@dataclass(frozen=True)
class Track:
    """Positions in the order of time (n). `at_s` are seconds since 1970 by the device's clock.

    `lonlat` (n, 2) is EPSG:4326; `flags` are those of `judgement.Flag`; what was not reported is
    NaN. `cut` says that there are more, after the last.
    """

    at_s: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    speed_m_s: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    flags: NDArray[np.int16]
    cut: bool = False

    def __len__(self) -> int:
        return len(self.at_s)

    def take(self, which: NDArray[Any]) -> Track:
        """Return some of the positions."""
        return Track(
            self.at_s[which], self.lonlat[which], self.speed_m_s[which], self.heading_deg[which],
            self.accuracy_m[which], self.flags[which], self.cut,
        )  # fmt: skip

    def moment(self, index: int) -> dt.datetime:
        """Return the time of one position."""
        return dt.datetime.fromtimestamp(float(self.at_s[index]), dt.UTC)


def track(
    session: Session, tracker: int, *, begin: dt.datetime, end: dt.datetime, most: int = ROWS_MOST
) -> Track:
    """Return the positions of a tracker (its number) from `begin` until before `end`.

    Raises
    ------
    InvalidInputError
        The end is not after the begin, or more than 31 days after it.
    """
    if not dt.timedelta(0) < end - begin <= SPAN_MOST:
        raise InvalidInputError(
            f"from {begin.isoformat()} to {end.isoformat()}: wanted more than 0 and at most "
            f"{SPAN_MOST.days} days", code="track_span", field="to", got=end.isoformat(),
            wanted=f"<= {SPAN_MOST.days} d", days=SPAN_MOST.days,
        )  # fmt: skip
    row = Position
    columns = (row.at, row.lon, row.lat, row.speed_m_s, row.heading_deg, row.accuracy_m, row.flags)
    rows = session.execute(
        select(*columns)
        .where(row.tracker == tracker, row.at >= begin, row.at < end)
        .order_by(row.at)
        .limit(most + 1)
    ).all()
    return of_rows(rows[:most], cut=len(rows) > most)


def of_rows(rows: Any, *, cut: bool = False) -> Track:
    """Return rows of (at, lon, lat, speed, heading, accuracy, flags) as arrays."""
    at, *values, flags = zip(*rows, strict=True) if rows else ((), *[()] * 5, ())
    lon, lat, speed, heading, accuracy = (np.array(column, np.float64) for column in values)
    return Track(
        at_s=np.array([moment.timestamp() for moment in at], np.float64),
        lonlat=np.column_stack([lon, lat]),
        speed_m_s=speed,
        heading_deg=heading,
        accuracy_m=accuracy,
        flags=np.array(flags, np.int16),
        cut=cut,
    )
