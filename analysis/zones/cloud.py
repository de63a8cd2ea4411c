"""A cloud on the map: one area a threshold, the line that a turning wind would draw, its slices.

Everything is drawn from the field of whichever model answers (`analysis.zones.choice`), cut where
its range ends or the wind has not yet carried it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.gaussian.sigma import CCPS_PUFF, PUFF_SETS
from analysis.scenario import Message, Scenario, Slice, Zone
from analysis.zones import bearing, draw, place, slices, tables
from analysis.zones.air import air
from analysis.zones.choice import Choice, choose
from analysis.zones.ledger import Ledger
from analysis.zones.outline import (
    TOLERANCE,
    Drawn,
    Line,
    nested,
    no_nearer,
    no_smaller,
    outlines,
    reach_m_of,
)
from analysis.zones.slices import Passage
from analysis.zones.source import Source
from layers.substances import Substance

PLAN_AHEAD_S = 1800.0  # an answer for the very moment of the release looks this far ahead
_SLICE_TOLERANCE = 0.02


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
    choice = choose(
        source,
        around,
        substance,
        height_m=height,
        engine=scenario.choices.dispersion,
        puff_set=PUFF_SETS[scenario.choices.puff_set or CCPS_PUFF.name],
    )
    ledger.reasons.extend(choice.reasons)
    for message in choice.warnings:
        ledger.warn(message.code, source=message.source, **message.params)
    elapsed = _elapsed_s(scenario, ledger)
    _record(choice, lines, ledger)
    if choice.cloud is None:
        return [], choice
    way = _way_m(scenario, elapsed)
    drawn = outlines(choice.cloud, lines, elapsed, way, ledger, low=height <= 0.0)
    low = height <= 0.0
    drawn = no_smaller(choice, drawn, elapsed, way, ledger, low=low)
    drawn = nested(no_nearer(choice, drawn, elapsed, ledger, low=low))
    turn = None
    if tables.heading_deg(scenario) is not None:
        turn = bearing.half_angle_deg(scenario, around.stability, ledger)
    found = [slices.passage_s(choice.cloud, each.line.kg_m3, each.footprint) for each in drawn]
    passages = [passage for passage, _ in found]
    stays = [stay for _, stay in found]
    if ledger.moving:
        if turn is not None:
            ledger.confidence.extend(_confidence(scenario, choice.cloud, drawn, hazard, turn))
        ledger.slices.extend(_slices(scenario, choice, drawn, passages))
    # What the wind's way has cut is drawn as far as it has come by now, and no farther end is told.
    told = [
        (elapsed, None) if each.cut == "time" else passage
        for each, passage in zip(drawn, passages, strict=True)
    ]
    placed = _zones(scenario, choice.cloud, drawn, told, hazard, turn)
    return [replace(zone, stays_s=stay) for zone, stay in zip(placed, stays, strict=True)], choice


def _record(choice: Choice, lines: Sequence[Line], ledger: Ledger) -> None:
    """Run for the record the models that describe the cloud, at every threshold that they take."""
    for run in choice.runs:
        if any(each.name == "threshold_kg_m3" for each in run.model.inputs):
            for line in lines:
                inputs = {**run.inputs, "threshold_kg_m3": line.kg_m3}
                ledger.run(run.model, inputs, run.coefficients)
        else:
            ledger.run(run.model, run.inputs, run.coefficients)


def _way_m(scenario: Scenario, elapsed_s: float) -> float | None:
    """Return how far the wind at 10 m has carried anything by now; None where it carries nothing.

    The wind's way and not that of the cloud's own front: a heavier cloud creeps more slowly, and
    a greater release must not be drawn shorter.
    """
    wind = scenario.weather.wind_speed_m_s or 0.0
    return wind * elapsed_s if wind >= tables.CALM_M_S else None


def _zones(
    scenario: Scenario,
    cloud: Cloud,
    drawn: Sequence[Drawn],
    passages: Sequence[Passage],
    hazard: str,
    turn: float | None,
) -> list[Zone]:
    areas = [each.outline for each in drawn]
    if turn is not None and scenario.choices.over_wind:
        areas = [bearing.swept(area, turn) for area in areas]
    reaches = [each.reach_m for each in drawn]
    placed = zip(drawn, _placed(scenario, areas, reaches), passages, strict=True)
    return [
        _zone(scenario, cloud, each, geometry, hazard, arrives_s=arrives, passed_s=passed)
        for each, geometry, (arrives, passed) in placed
    ]


def _confidence(
    scenario: Scenario, cloud: Cloud, drawn: Sequence[Drawn], hazard: str, turn: float
) -> list[Zone]:
    """Return the line of each level within which the wind may turn its zone."""
    swept = [draw.simplified(bearing.swept(each.outline, turn), TOLERANCE) for each in drawn]
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
        model=drawn.label or cloud.label,
        distance_m=drawn.reach_m,
        action=line.action,
        cut=drawn.cut,
        shape="circle" if tables.heading_deg(scenario) is None else "area",
        **more,
    )


def _slices(
    scenario: Scenario, choice: Choice, drawn: Sequence[Drawn], passages: Sequence[Passage]
) -> list[Slice]:
    """Return where each line is at moments of the cloud's life.

    None lies beyond the wind's way, though SLAB's front may run ahead of the wind at 10 m. A puff
    is whole: half of it is always ahead of its middle, which goes with the wind.
    """
    assert choice.cloud is not None
    carried = _way_m(scenario, 1.0) if choice.engine != "gaussian_puff" else None
    thresholds = [each.line.kg_m3 for each in drawn]
    footprints = [each.footprint for each in drawn]
    found = slices.at_moments(
        choice.cloud, thresholds, footprints, slices.moments_s(passages), wind_m_s=carried
    )
    simple = [draw.simplified(area, _SLICE_TOLERANCE) for _, _, area in found]
    areas = _placed(scenario, simple, quad_segs=12)
    return [
        Slice(
            time_s=time_s,
            level=drawn[index].line.level,
            threshold_name=drawn[index].line.name,
            geometry=geometry,
        )
        for (time_s, index, _), geometry in zip(found, areas, strict=True)
    ]


def _placed(
    scenario: Scenario,
    areas: Sequence[BaseGeometry],
    reaches_m: Sequence[float] = (),
    *,
    quad_segs: int = 32,
) -> list[BaseGeometry]:
    """Return areas in local metres on the map; where no wind points, the disc of their reach."""
    heading = tables.heading_deg(scenario)
    if heading is None:
        radii = reaches_m or [reach_m_of(area) for area in areas]
        areas = [Point(0.0, 0.0).buffer(radius, quad_segs=quad_segs) for radius in radii]
    return place.on_map(scenario.lon, scenario.lat, toward_deg=heading or 0.0, areas=areas)


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
