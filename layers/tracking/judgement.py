"""What is believed of a position, given where its tracker was before."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import IntFlag

from layers.tracking.fixes import Fix

MOST_KPH = 250.0
FAR_M = 100_000.0
COARSE_M = 200.0
ACCURACY_UNKNOWN_M = 30.0  # [mem 60%] a receiver in a street that does not say how good it is
BLUR_MOST_M = 2_000.0
CLOCK_AHEAD = dt.timedelta(seconds=5)
_EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius R1


class Flag(IntFlag):
    """What is to be known of a stored position; none of them loses it."""

    LATE = 1  # older than the newest known: of the history only
    JUMP = 2  # too far away to have been driven: not the latest until a second one agrees
    COARSE = 4  # less accurate than 200 m
    CLOCK_AHEAD = 8  # the device's clock is ahead of ours
    UNSURE = 16  # speed, heading or accuracy could not be read and is left out

    def words(self) -> list[str]:
        """Return the names of what is set."""
        return [str(flag.name).lower() for flag in self]


NOTHING = Flag(0)


@dataclass(slots=True)
class State:
    """What is known of one tracker: where it was last, and a place that waits for another.

    `received_at` and `flags` are those of `last`.
    """

    last: Fix | None = None
    received_at: dt.datetime | None = None
    flags: Flag = NOTHING
    held: Fix | None = None

    def take(self, fix: Fix, *, now: dt.datetime) -> Flag:
        """Judge a position, later ones after earlier ones, and remember what it changes.

        One that could not have been driven from the last place (over 250 km/h beyond what both
        accuracies allow, or over 100 km at once) is held. The next that agrees with it moves the
        tracker there; one that agrees with the last place instead unmasks it as an error.
        """
        flags = _own_flags(fix, now)
        if self.last is not None and fix.at <= self.last.at:
            return flags | Flag.LATE
        if self.last is None or could_drive(self.last, fix):
            self._believe(fix, flags, now)
            return flags
        if self.held is not None and fix.at <= self.held.at:
            return flags | Flag.JUMP | Flag.LATE
        if self.held is not None and could_drive(self.held, fix):
            self._believe(fix, flags, now)
            return flags
        self.held = fix
        return flags | Flag.JUMP

    def _believe(self, fix: Fix, flags: Flag, now: dt.datetime) -> None:
        self.last, self.flags, self.received_at = fix, flags, now
        if self.held is not None and self.held.at <= fix.at:
            self.held = None


def could_drive(begin: Fix, end: Fix) -> bool:
    """Tell whether one can have come from one position to a later one."""
    apart_m = distance_m(begin.lon, begin.lat, end.lon, end.lat)
    if apart_m > FAR_M:
        return False
    blur_m = _blur_m(begin) + _blur_m(end)
    return apart_m - blur_m <= MOST_KPH / 3.6 * (end.at - begin.at).total_seconds()


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the great-circle distance between two positions in degrees, on the mean sphere."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half_lat = (other_phi - phi) / 2.0
    half_lon = math.radians(other_lon - lon) / 2.0
    chord = math.sin(half_lat) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lon) ** 2
    return 2.0 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def _own_flags(fix: Fix, now: dt.datetime) -> Flag:
    flags = NOTHING
    if fix.accuracy_m is not None and fix.accuracy_m > COARSE_M:
        flags |= Flag.COARSE
    if fix.at > now + CLOCK_AHEAD:
        flags |= Flag.CLOCK_AHEAD
    if fix.unsure:
        flags |= Flag.UNSURE
    return flags


def _blur_m(fix: Fix) -> float:
    return ACCURACY_UNKNOWN_M if fix.accuracy_m is None else min(fix.accuracy_m, BLUR_MOST_M)
