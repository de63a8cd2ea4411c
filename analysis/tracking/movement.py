"""A track made honest: without what nobody drove, cut where nothing was heard, measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.local import GEOD, LocalPlane
from layers.tracking.judgement import COARSE_M, FAR_M, MOST_KPH, distance_m
from layers.tracking.track import Track

GAP_S = 300.0
STILL_M = 15.0  # [mem 60%] what a receiver that stands wanders; shorter moves are no mileage
_BLUR_M = 60.0


@dataclass(frozen=True)
class Movement:
    """A cleaned track. `track` holds the positions that count, `jumps` those that do not.

    `leg` (n - 1) says of each step between two positions what it is: "drive", "gap" (longer than
    five minutes without a position) or "jump" (could not have been driven). `metres` (n - 1) are
    geodesic, counted at the position where at least 15 m have been left behind.
    """

    track: Track
    leg: NDArray[np.str_]
    metres: NDArray[np.float64]
    jumps: Track
    coarse: int

    @property
    def mileage_m(self) -> float:
        """Return the metres of all that was driven; jumps and gaps are none of it."""
        return float(self.metres[self.leg == "drive"].sum())

    def straight_m(self, kind: str) -> float:
        """Return the metres by straight line over steps of a kind."""
        points = self.track.lonlat
        which = np.flatnonzero(self.leg == kind)
        if not len(which):
            return 0.0
        return float(_apart_m(points[which], points[which + 1]).sum())


def movement(track: Track) -> Movement:
    """Clean a track: positions known to 200 m only and single errors are left out, and told."""
    fine = ~(track.accuracy_m > COARSE_M)
    known = track.take(fine)
    kept, broken = _believable(known)
    out = np.ones(len(known), np.bool_)
    out[kept] = False
    whole = known.take(kept)
    leg = np.full(max(len(whole) - 1, 0), "drive")
    leg[np.diff(whole.at_s) > GAP_S] = "gap"
    leg[np.array(broken, np.int64) - 1] = "jump"
    return Movement(
        track=whole,
        leg=leg,
        metres=_metres(whole.lonlat, leg),
        jumps=known.take(out),
        coarse=int((~fine).sum()),
    )


def _believable(track: Track) -> tuple[NDArray[np.int64], list[int]]:
    """Return the positions that belong to one drive, and before which of them it broke off.

    As `layers.tracking.judgement` does: one that could not have been driven counts only once the
    next agrees with it.
    """
    kept: list[int] = []
    broken: list[int] = []
    held = -1
    points = list(zip(track.at_s.tolist(), *track.lonlat.T.tolist(), strict=True))
    for index, point in enumerate(points):
        if not kept or _could_drive(points[kept[-1]], point):
            kept.append(index)
        elif held >= 0 and _could_drive(points[held], point):
            broken.append(len(kept))
            kept += [held, index]
        else:
            held = index
            continue
        held = -1
    return np.array(kept, np.int64), broken


def _could_drive(begin: tuple[float, ...], end: tuple[float, ...]) -> bool:
    apart_m = distance_m(*begin[1:], *end[1:])
    return apart_m <= FAR_M and apart_m - _BLUR_M <= MOST_KPH / 3.6 * (end[0] - begin[0])


def _metres(lonlat: NDArray[np.float64], leg: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return the metres of each step, counted from anchor to anchor: who stands drives nothing."""
    metres = np.zeros(len(leg))
    if not len(leg):
        return metres
    points = lonlat.tolist()
    pairs: list[tuple[int, int]] = []
    anchor = 0
    for index, kind in enumerate(leg.tolist(), start=1):
        if kind != "drive":
            anchor = index
        elif distance_m(*points[anchor], *points[index]) >= STILL_M:
            pairs.append((anchor, index))
            anchor = index
    if pairs:
        begin, end = np.array(pairs).T
        metres[end - 1] = _apart_m(lonlat[begin], lonlat[end])
    return metres


def _apart_m(begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    _, _, metres = GEOD.inv(begin[:, 0], begin[:, 1], end[:, 0], end[:, 1])
    return np.asarray(metres, np.float64)


def thinned(track: Track, most: int) -> tuple[Track, float]:
    """Return at most so many positions that keep the track's shape, and the tolerance in metres.

    First and last stay; the tolerance doubles from two metres until the rest fits.
    """
    if len(track) <= most:
        return track, 0.0
    lon, lat = track.lonlat.mean(axis=0).tolist()
    line = shapely.LineString(np.column_stack(LocalPlane(lon, lat).xy(*track.lonlat.T)))
    tolerance_m = 2.0
    while True:
        kept = _vertices(line, tolerance_m)
        if len(kept) <= most:
            return track.take(kept), tolerance_m
        tolerance_m *= 2.0


def _vertices(line: shapely.LineString, tolerance_m: float) -> NDArray[np.int64]:
    """Return which vertices of a line a simplification keeps (shapely numbers them in z)."""
    points = shapely.get_coordinates(line)
    numbered = shapely.LineString(np.column_stack([points, np.arange(len(points))]))
    simple = shapely.simplify(numbered, tolerance_m, preserve_topology=False)
    kept = shapely.get_coordinates(simple, include_z=True)[:, 2]
    return np.unique(kept.astype(np.int64))
