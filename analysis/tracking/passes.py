"""How fast a vehicle passed which roads: its matched positions, joined along the network."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analysis.roads.network import RoadNetwork
from analysis.roads.traffic import FASTEST_KPH, SLOWEST_KPH
from analysis.tracking.matching import Matched, Nearby, matched, nearby
from analysis.tracking.movement import Movement
from layers.tracking.judgement import distance_m

STEP_S = 120.0
"""Positions farther apart in time do not say which way was taken between them."""

STANDING_S = 180.0
"""Who stands longer on a road is parked, and says nothing of its speed. [mem 60%]"""

ROADS_BETWEEN = 12
DETOUR = 1.6
SLACK_M = 60.0
HALF = 0.5
ENOUGH_M = 200.0


class Pass(NamedTuple):
    """One vehicle on one road: `ahead` along its drawing, `at_s` seconds since 1970."""

    edge: int
    ahead: bool
    at_s: float
    slowness_s_m: float


class _Piece(NamedTuple):
    edge: int
    ahead: bool
    metres: float


def passes(network: RoadNetwork, moved: Movement) -> list[Pass]:
    """Return the roads that a vehicle passed, each time it did, with the seconds a metre took it.

    Between two positions the vehicle is taken to have driven steadily along the shortest way that
    it may drive, so that a fast one, which skips roads between positions, counts like a slow one.
    A pass covers half of its road or 200 m, and is between 3 and 160 km/h; the rest is left out.
    """
    found: list[Pass] = []
    run: list[tuple[_Piece, float, float]] = []
    if len(moved.track) < 2:
        return found
    near = nearby(network, moved.track.lonlat)
    on = matched(near, moved)
    for step in range(len(moved.leg)):
        pieces = _between(near, moved, on, step)
        if pieces is None:
            found += _passed(network, run)
            run = []
            continue
        begin_s, end_s = moved.track.at_s[step : step + 2].tolist()
        metres = sum(piece.metres for piece in pieces)
        at_s = begin_s
        for piece in pieces:
            share = piece.metres / metres if metres else 1.0 / len(pieces)
            run.append((piece, at_s, share * (end_s - begin_s)))
            at_s += share * (end_s - begin_s)
    return found + list(_passed(network, run))


def _passed(network: RoadNetwork, run: list[tuple[_Piece, float, float]]) -> Iterator[Pass]:
    """Sum a drive's pieces up by road, each time it was on it."""
    begin = 0
    for end in range(1, len(run) + 1):
        same = end < len(run) and run[end][0][:2] == run[begin][0][:2]
        if same:
            continue
        pieces = run[begin:end]
        edge, ahead, _ = pieces[0][0]
        metres = sum(piece.metres for piece, _, _ in pieces)
        seconds = sum(each for _, _, each in pieces)
        stood_s = sum(each for piece, _, each in pieces if piece.metres < 0.3 * each)
        length_m = float(network.edge_length_m[edge])
        covered = metres >= min(HALF * length_m, ENOUGH_M) and metres > 0.0
        kph = 3.6 * metres / seconds if seconds > 0.0 else np.inf
        if covered and stood_s < STANDING_S and SLOWEST_KPH <= kph <= FASTEST_KPH:
            yield Pass(edge, ahead, pieces[0][1], seconds / metres)
        begin = end


def _between(near: Nearby, moved: Movement, on: Matched, step: int) -> list[_Piece] | None:
    """Return the pieces of road between two positions, or None where nobody knows."""
    network, track = near.network, moved.track
    if moved.leg[step] != "drive" or track.at_s[step + 1] - track.at_s[step] > STEP_S:
        return None
    edges, aheads, alongs = (
        part[step : step + 2].tolist() for part in (on.edge, on.ahead, on.along_m)
    )
    if -1 in edges:
        return None
    (edge, last), (ahead, last_ahead), (along, end) = edges, aheads, alongs
    if (edge, ahead) == (last, last_ahead) and end >= along - SLACK_M / 2:
        return [_Piece(edge, ahead, max(end - along, 0.0))]
    rest_m = float(network.edge_length_m[edge]) - along
    straight_m = distance_m(*track.lonlat[step].tolist(), *track.lonlat[step + 1].tolist())
    most_m = DETOUR * straight_m + SLACK_M - rest_m - end
    way = _way(near, _end(network, edge, ahead), _begin(network, last, last_ahead), most_m)
    if way is None:
        return None
    return [_Piece(edge, ahead, rest_m), *way, _Piece(last, last_ahead, end)]


def _end(network: RoadNetwork, edge: int, ahead: bool) -> int:
    return int((network.edge_head if ahead else network.edge_tail)[edge])


def _begin(network: RoadNetwork, edge: int, ahead: bool) -> int:
    return int((network.edge_tail if ahead else network.edge_head)[edge])


def _way(near: Nearby, start: int, goal: int, most_m: float) -> list[_Piece] | None:
    """Return the roads of the shortest way between two nodes, of at most a dozen roads.

    A search by length over some dozen nodes: the whole network's would take a thousand times as
    long, and there are as many of these as positions.
    """
    if start == goal:
        return []
    if most_m <= 0.0:
        return None
    network = near.network
    queue: list[tuple[float, int, tuple[_Piece, ...]]] = [(0.0, start, ())]
    done: set[int] = set()
    while queue:
        metres, node, way = heapq.heappop(queue)
        if node == goal:
            return list(way)
        if node in done or len(way) == ROADS_BETWEEN:
            continue
        done.add(node)
        for edge in near.at.get(node, ()):
            ahead = int(network.edge_tail[edge]) == node
            may = network.edge_forward[edge] if ahead else network.edge_backward[edge]
            length_m = float(network.edge_length_m[edge])
            if may and metres + length_m <= most_m:
                piece = _Piece(edge, ahead, length_m)
                heapq.heappush(
                    queue, (metres + length_m, _end(network, edge, ahead), (*way, piece))
                )
    return None
