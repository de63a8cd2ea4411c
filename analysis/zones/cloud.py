"""A cloud on the map: one area a threshold, the line that a turning wind would draw, its slices.

Everything is drawn from the field of whichever model answers (`analysis.zones.choice`), cut where
its range ends or the wind has not yet carried it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from analysis.hazard import gaussian_plume
from analysis.hazard.gaussian_plume import Plume
from analysis.hazard.physics.cloud import Cloud
from analysis.scenario import Level, Message, Scenario, Slice, Zone
from analysis.zones import bearing, contour, draw, place, slices, tables
from analysis.zones.air import air
from analysis.zones.choice import Choice, Run, choose
from analysis.zones.contour import Footprint
from analysis.zones.ledger import Ledger
from analysis.zones.source import Source
from layers.substances import Substance

PLAN_AHEAD_S = 1800.0  # an answer for the very moment of the release looks this far ahead
_FAR_M = 1e6  # farther than any cloud is wide
_TOLERANCE = 0.004  # of area over length of line: a line may be moved by, so that 1 % is not lost
_SLICE_TOLERANCE = 0.02


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
    """A line's footprint, its outline in local metres, and what cut it."""

    line: Line
    footprint: Footprint
    outline: BaseGeometry
    reach_m: float
    cut: str | None


def zones(
    scenario: Scenario,
    source: Source,
    substance: Substance,
    lines: Sequence[Line],
    ledger: Ledger,
    *,
    hazard: str,
) -> tuple[list[Zone], Choice]:
    """Return one zone a line by the model that the release asks for, and how it was chosen.

    Confidence lines, slices and the reasons for the model go into the ledger.
    """
    around = air(scenario, ledger)
    height = scenario.release.height_m or 0.0
    choice = choose(source, around, substance, height_m=height)
    ledger.reasons.extend(choice.reasons)
    for message in choice.warnings:
        ledger.warn(message.code, source=message.source, **message.params)
    elapsed = _elapsed_s(scenario, ledger)
    _record(choice, lines, ledger)
    if choice.cloud is None:
        return [], choice
    drawn = _drawn(choice.cloud, lines, elapsed, ledger, low=height <= 0.0)
    turn = None
    if tables.heading_deg(scenario) is not None:
        turn = bearing.half_angle_deg(scenario, around.stability, ledger)
    if ledger.moving:
        if turn is not None:
            ledger.confidence.extend(_confidence(scenario, choice.cloud, drawn, hazard, turn))
        ledger.slices.extend(_slices(scenario, choice.cloud, drawn))
    return _zones(scenario, choice.cloud, drawn, hazard, turn), choice


def _record(choice: Choice, lines: Sequence[Line], ledger: Ledger) -> None:
    """Run for the record the models that describe the cloud, at every threshold that they take."""
    for run in choice.runs or _plume_run(choice):
        if any(each.name == "threshold_kg_m3" for each in run.model.inputs):
            for line in lines:
                inputs = {**run.inputs, "threshold_kg_m3": line.kg_m3}
                ledger.run(run.model, inputs, run.coefficients)
        else:
            ledger.run(run.model, run.inputs, run.coefficients)


def _plume_run(choice: Choice) -> tuple[Run, ...]:
    plume = choice.cloud
    if not isinstance(plume, Plume):
        return ()
    inputs = {
        "release_kg_s": plume.release_kg_s,
        "wind_speed_m_s": plume.wind_speed_m_s,
        "stability": plume.stability,
        "height_m": plume.height_m,
    }
    return (Run(model=gaussian_plume.MODEL, inputs=inputs, coefficients=plume.dispersion.name),)


def _drawn(
    cloud: Cloud, lines: Sequence[Line], elapsed_s: float, ledger: Ledger, *, low: bool
) -> list[Drawn]:
    """Return what each line draws, cut at the model's range and where the cloud is by now."""
    found: list[Drawn] = []
    for line, footprint in zip(
        lines, contour.footprints(cloud, [line.kg_m3 for line in lines]), strict=True
    ):
        if footprint.is_empty:
            ledger.warn("hazard.not_reached", threshold_name=line.name)
            continue
        come = slices.arrived_m(cloud, line.kg_m3, footprint, elapsed_s)
        outline = _outline(cloud, footprint, come, low=low)
        if found and line.kg_m3 < found[-1].line.kg_m3:
            # Two contours on two grids: the weaker line holds the stronger to the last metre.
            outline = outline | found[-1].outline
        reach = max(come, _reach_m(outline)) if cloud.upwind_m else come
        cut = "time" if come < footprint.last_m else "range" if footprint.cut else None
        found.append(Drawn(line=line, footprint=footprint, outline=outline, reach_m=reach, cut=cut))
    return found


def _outline(cloud: Cloud, footprint: Footprint, come_m: float, *, low: bool) -> BaseGeometry:
    """Return the footprint, as far as the cloud has come, with the disc round its source.

    Nearer than the model's shortest distance the cloud is not known. Where the footprint begins
    there, all of the disc up to that distance, or to the line's reach, belongs to the zone, and a
    source at the ground is always within. A footprint that begins farther off, below a high
    source, is left as it is.
    """
    area: BaseGeometry = footprint.area
    if come_m < footprint.last_m:
        area = shapely.clip_by_rect(area, -come_m, -_FAR_M, come_m, _FAR_M)
    known_m = max(cloud.x_min_m, contour.X_FIRST_M)
    if low or footprint.first_m <= known_m:
        radius = min(max(known_m, footprint.first_m), come_m)
        area = shapely.union(area, Point(0.0, 0.0).buffer(radius, quad_segs=32))
    return draw.simplified(area, _TOLERANCE)


def _zones(
    scenario: Scenario, cloud: Cloud, drawn: Sequence[Drawn], hazard: str, turn: float | None
) -> list[Zone]:
    outlines = [each.outline for each in drawn]
    if turn is not None and scenario.choices.over_wind:
        outlines = [bearing.swept(outline, turn) for outline in outlines]
    found = []
    for each, geometry in zip(drawn, _placed(scenario, outlines), strict=True):
        arrives, passed = slices.passage_s(cloud, each.line.kg_m3, each.footprint)
        found.append(
            _zone(scenario, cloud, each, geometry, hazard, arrives_s=arrives, passed_s=passed)
        )
    return found


def _confidence(
    scenario: Scenario, cloud: Cloud, drawn: Sequence[Drawn], hazard: str, turn: float
) -> list[Zone]:
    """Return the line of each level within which the wind may turn its zone."""
    swept = [draw.simplified(bearing.swept(each.outline, turn), _TOLERANCE) for each in drawn]
    return [
        _zone(scenario, cloud, each, geometry, hazard, role="confidence")
        for each, geometry in zip(drawn, _placed(scenario, swept), strict=True)
    ]


def _zone(
    scenario: Scenario,
    cloud: Cloud,
    drawn: Drawn,
    geometry: BaseGeometry,
    hazard: str,
    **more: object,
) -> Zone:
    line = drawn.line
    return draw.area(
        geometry,
        level=line.level,
        hazard=hazard,
        threshold=line.value,
        unit=line.unit,
        threshold_name=line.name,
        threshold_source=line.source,
        averaging_s=line.averaging_s,
        model=cloud.label,
        distance_m=drawn.reach_m,
        action=line.action,
        cut=drawn.cut,
        shape="circle" if tables.heading_deg(scenario) is None else "area",
        **more,
    )


def _slices(scenario: Scenario, cloud: Cloud, drawn: Sequence[Drawn]) -> list[Slice]:
    """Return where each line is at moments of the cloud's life."""
    thresholds = [each.line.kg_m3 for each in drawn]
    footprints = [each.footprint for each in drawn]
    passages = [slices.passage_s(cloud, each.line.kg_m3, each.footprint) for each in drawn]
    found = slices.at_moments(cloud, thresholds, footprints, slices.moments_s(passages))
    areas = _placed(scenario, [draw.simplified(area, _SLICE_TOLERANCE) for _, _, area in found])
    return [
        Slice(
            time_s=time_s,
            level=drawn[index].line.level,
            threshold_name=drawn[index].line.name,
            geometry=geometry,
        )
        for (time_s, index, _), geometry in zip(found, areas, strict=True)
    ]


def _placed(scenario: Scenario, areas: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return areas in local metres on the map; where no wind points, the disc of their reach."""
    heading = tables.heading_deg(scenario)
    if heading is None:
        areas = [Point(0.0, 0.0).buffer(_reach_m(area), quad_segs=32) for area in areas]
    return place.on_map(scenario.lon, scenario.lat, toward_deg=heading or 0.0, areas=areas)


def _reach_m(area: BaseGeometry) -> float:
    """Return the distance from the source to the farthest point of an area."""
    points = shapely.get_coordinates(area)
    return float(np.hypot(points[:, 0], points[:, 1]).max())


def _elapsed_s(scenario: Scenario, ledger: Ledger) -> float:
    elapsed = (scenario.at - scenario.occurred_at).total_seconds()
    ahead = elapsed if elapsed > 0.0 else PLAN_AHEAD_S
    ledger.note(
        "time_since_release_s",
        ahead,
        unit="s",
        tag="reported" if elapsed > 0.0 else "assumed",
        source=None,
        reason=None if elapsed > 0.0 else Message(code="hazard.why_plan_ahead"),
    )
    return ahead
