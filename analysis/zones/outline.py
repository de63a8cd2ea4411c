"""The line of each threshold round a cloud, in local metres: what a zone is before it is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from analysis.hazard.physics.cloud import Cloud
from analysis.scenario import Level, Message, Weather
from analysis.zones import contour, draw, slices, tables
from analysis.zones.choice import Choice
from analysis.zones.contour import Footprint
from analysis.zones.ledger import Ledger

TOLERANCE = 0.004  # of area over length of line: a line may be moved by, so that 1 % is not lost
_SLIVER = 1e-3
_FAR_M = 1e6  # farther than any cloud is wide


@dataclass(frozen=True, kw_only=True)
class Line:
    """One threshold to draw: its concentration in kg/m³ and how people write it."""

    level: Level
    kg_m3: float
    value: float
    unit: str
    name: str
    source: str
    action: Message
    averaging_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A line's footprint, its outline in local metres, and what cut it.

    `label` names the model where another than the cloud's own draws the outline.
    """

    line: Line
    footprint: Footprint
    outline: BaseGeometry
    reach_m: float
    cut: str | None
    label: str | None = None


def outlines(
    cloud: Cloud,
    lines: Sequence[Line],
    elapsed_s: float,
    way_m: float | None,
    ledger: Ledger,
    *,
    low: bool,
) -> list[Drawn]:
    """Return what each line draws, cut at the model's range and where the wind has come by now."""
    found: list[Drawn] = []
    for line, footprint in zip(
        lines, contour.footprints(cloud, [line.kg_m3 for line in lines]), strict=True
    ):
        if footprint.is_empty:
            ledger.warn("hazard.not_reached", threshold_name=line.name)
            continue
        come = way_m if way_m else slices.arrived_m(cloud, line.kg_m3, footprint, elapsed_s)
        come = min(come, footprint.last_m)
        outline = _outline(cloud, footprint, come, low=low)
        # Where nothing carries the cloud it spreads to all sides; else its reach is downwind.
        reach = reach_m_of(outline) if way_m is None else max(come, -footprint.first_m)
        cut = "time" if come < footprint.last_m else "range" if footprint.cut else None
        found.append(Drawn(line=line, footprint=footprint, outline=outline, reach_m=reach, cut=cut))
    return found


def no_smaller(
    choice: Choice,
    drawn: list[Drawn],
    elapsed_s: float,
    way_m: float | None,
    ledger: Ledger,
    *,
    low: bool,
) -> list[Drawn]:
    """Return what is drawn, no smaller than for the greatest release that is not yet heavy.

    Where two formula families meet, the heavier cloud's may give less than the lighter one's just
    below the limit, which also draws a disc round the source where its model does not hold; more
    mass is never a smaller zone.
    """
    if choice.lighter is None:
        return drawn
    lines = [each.line for each in drawn]
    floors = {
        each.line.name: each
        for each in outlines(choice.lighter, lines, elapsed_s, way_m, Ledger(Weather()), low=low)
    }
    found = []
    for each in drawn:
        floor = floors.get(each.line.name)
        if floor is None:
            found.append(each)
            continue
        outline = each.outline
        if shapely.difference(floor.outline, outline).area > _SLIVER * outline.area:
            outline = draw.simplified(outline | floor.outline, TOLERANCE)
            params = {"threshold_name": each.line.name, "model": choice.lighter.label}
            ledger.reasons.append(Message(code="hazard.choice_no_smaller", params=params))
        found.append(replace(each, outline=outline, reach_m=max(each.reach_m, floor.reach_m)))
    return found


def no_nearer(
    choice: Choice, drawn: list[Drawn], elapsed_s: float, ledger: Ledger, *, low: bool
) -> list[Drawn]:
    """Return what is drawn in calm air, no nearer on any side than a light wind would carry it."""
    drift = choice.drift
    if drift is None:
        return drawn
    way_m = drift.wind_speed_m_s * elapsed_s if drift.wind_speed_m_s >= tables.CALM_M_S else None
    lines = [each.line for each in drawn]
    carried = {
        each.line.name: each
        for each in outlines(drift.cloud, lines, elapsed_s, way_m, ledger, low=low)
    }
    found = []
    for each in drawn:
        far = carried.get(each.line.name)
        reach = 0.0 if far is None else max(far.reach_m, reach_m_of(far.outline))
        if far is not None and reach > each.reach_m:
            circle = Point(0.0, 0.0).buffer(reach, quad_segs=32)
            label = drift.cloud.label
            each = replace(each, outline=circle, reach_m=reach, cut=far.cut, label=label)
        found.append(each)
    return found


def nested(drawn: list[Drawn]) -> list[Drawn]:
    """Return what is drawn with each weaker line holding the stronger to the last metre.

    They are contours on two grids, each with its own vertices.
    """
    found: list[Drawn] = []
    for each in drawn:
        if found and each.line.kg_m3 < found[-1].line.kg_m3:
            each = replace(each, outline=each.outline | found[-1].outline)
        found.append(each)
    return found


def _outline(cloud: Cloud, footprint: Footprint, come_m: float, *, low: bool) -> BaseGeometry:
    """Return the footprint, as far as the cloud has come, with the disc round its source.

    Nearer than the model's shortest distance the cloud is not known. Where the footprint begins
    there, all of the disc up to that distance, or to the line's reach, belongs to the zone, and a
    source at the ground is always within. A footprint that begins farther off, below a high
    source, is left as it is.
    """
    area: BaseGeometry = footprint.area
    disc = Polygon()
    if come_m < footprint.last_m:
        area = shapely.clip_by_rect(area, -come_m, -_FAR_M, come_m, _FAR_M)
    known_m = max(cloud.x_min_m, contour.X_FIRST_M)
    if low or footprint.first_m <= known_m:
        radius = min(max(known_m, footprint.first_m), come_m)
        disc = Point(0.0, 0.0).buffer(radius, quad_segs=32)
    # The disc comes last: it is small beside a long area, and simplifying may cut into it.
    return shapely.union(draw.simplified(shapely.union(area, disc), TOLERANCE), disc)


def reach_m_of(area: BaseGeometry) -> float:
    """Return the distance from the source to the farthest point of an area."""
    points = shapely.get_coordinates(area)
    return float(np.hypot(points[:, 0], points[:, 1]).max())
