"""Ways from one place to others: to a hospital people are carried from the incident, not to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.roads.places import Place
from analysis.roads.route import Step
from analysis.roads.wayfrom import WayFrom


def steps_to(way: WayFrom, place: Place) -> list[Step]:
    """Return the roads from the start of a search to a place; empty where there is no way."""
    time_s, leg, state = way.best(place)
    if not np.isfinite(time_s):
        return []
    if leg is None:
        return [Step(place.edge, way.start.fraction, place.fraction)]
    states = way.tree.states(state)
    first = way.first_legs[states[-1]]
    end = first.low if first.high == way.start.fraction else first.high
    begin = leg.low if leg.high == place.fraction else leg.high
    return [
        Step(way.start.edge, way.start.fraction, end),
        *_driven(way, np.array(states[::-1], np.int64)),
        Step(place.edge, begin, place.fraction),
    ]


def _driven(way: WayFrom, states: NDArray[np.int64]) -> list[Step]:
    """Return the whole roads between states that follow each other on a way."""
    topology = way.network.topology
    arcs = way.network.onward.arcs(states[:-1], states[1:], way.seconds)
    edges = topology.arc_edge[arcs]
    along = topology.edge_arcs[edges, 0] == arcs
    return [
        Step(edge, 0.0, 1.0) if ahead else Step(edge, 1.0, 0.0)
        for edge, ahead in zip(edges.tolist(), along.tolist(), strict=True)
    ]
