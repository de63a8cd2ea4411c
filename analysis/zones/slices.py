"""Where a cloud is over its thresholds at moments of its life, and when it comes and has gone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.hazard.physics.cloud import Cloud
from analysis.zones.contour import Footprint, snapshot

Passage = tuple[float | None, float | None]
"""When a threshold has reached the far end of its footprint, and when it has left it all, in s."""

MOMENTS = 12
LONGEST_S = 6 * 3600.0
_SAMPLES = 33
_FAR_M = 1e6  # farther than any cloud is wide


def passage_s(
    cloud: Cloud, threshold_kg_m3: float, footprint: Footprint
) -> tuple[Passage, float | None]:
    """Return the passage of a threshold, and the longest that it stays at any one distance, s.

    Seconds since the release began; None: never, or it goes on. At the far end the threshold only
    just appears: it stays there for seconds where it stays for an hour near the source.
    """
    x = np.linspace(max(footprint.first_m, 0.0), footprint.last_m, _SAMPLES + 1)[1:]
    x[-1] -= 1e-3 * (footprint.last_m - x[0])  # at the very end the threshold only just appears
    arrives, passed = cloud.passage_s(x, threshold_kg_m3)
    known = arrives[np.isfinite(arrives)]
    gone = passed[~np.isnan(passed)]
    last = float(gone.max()) if gone.size else math.inf
    if not known.size or not math.isfinite(last):
        return (float(known.max()) if known.size else None, None), None
    return (float(known.max()), last), float(np.nanmax(passed - arrives))


def arrived_m(
    cloud: Cloud, threshold_kg_m3: float, footprint: Footprint, elapsed_s: float
) -> float:
    """Return how far downwind a threshold has come by a time; the far end where it is all there.

    Distances at which the cloud cannot tell its arrival are left out; where it can tell none, the
    front goes at the cloud's speed.
    """
    x = np.linspace(max(footprint.first_m, 0.0), footprint.last_m, 8 * _SAMPLES + 1)[1:]
    arrives, _ = cloud.passage_s(x, threshold_kg_m3)
    known = np.isfinite(arrives)
    if not known.any():
        return float(min(cloud.speed_m_s * elapsed_s, footprint.last_m))
    times, places = np.maximum.accumulate(arrives[known]), x[known]
    if times[-1] <= elapsed_s:
        return footprint.last_m
    return float(np.interp(elapsed_s, np.append(0.0, times), np.append(0.0, places)))


def moments_s(passages: Sequence[Passage]) -> list[float]:
    """Return the moments to show, until the last threshold has passed or is steady.

    Evenly; where the cloud stays for long, more closely while it still spreads.
    """
    spread = [arrives for arrives, _ in passages if arrives]
    ends = [passed if passed is not None else arrives for arrives, passed in passages]
    last = min(max((end for end in ends if end), default=0.0), LONGEST_S)
    steady = min(max(spread, default=last), last)
    early = MOMENTS if last < 2.0 * steady else 2 * MOMENTS // 3
    if early == MOMENTS:
        steady = last
    shares = np.arange(1, MOMENTS + 1)
    spaced = np.interp(shares, [0, early, MOMENTS], [0.0, steady, last])
    return sorted({_rounded(float(second)) for second in spaced}) if last > 0.0 else []


def at_moments(
    cloud: Cloud,
    thresholds_kg_m3: Sequence[float],
    within: Sequence[Footprint],
    moments: Sequence[float],
    *,
    wind_m_s: float | None,
) -> list[tuple[float, int, BaseGeometry]]:
    """Return moment, index of the threshold and area in local metres, where there is any.

    `wind_m_s` cuts each where that wind has come by then, as the zones are cut; None does not.
    """
    found: list[tuple[float, int, BaseGeometry]] = []
    for time_s in moments:
        for index, (threshold, footprint) in enumerate(zip(thresholds_kg_m3, within, strict=True)):
            area: BaseGeometry = snapshot(cloud, threshold, time_s, footprint)
            if wind_m_s is not None:
                way = wind_m_s * time_s
                area = shapely.clip_by_rect(area, -way, -_FAR_M, way, _FAR_M)
            if not area.is_empty:
                found.append((time_s, index, area))
    return found


def _rounded(seconds: float) -> float:
    """Return a moment as people read it: whole seconds, or tenths under ten."""
    return max(round(seconds, 1) if seconds < 10.0 else round(seconds), 0.1)
