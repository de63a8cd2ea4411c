"""Seeded road questions on a network: the same for us and for every peer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from analysis.roads.closures import closures
from analysis.roads.nearest import Candidate, Dispatch, nearest
from analysis.roads.network import RoadNetwork
from analysis.roads.places import legs
from analysis.roads.plane import to_plane

TEAMS = 200
K = 5
FEW = 5
TARGETS = 20
REACH_S = 900.0
METRES_A_DEGREE = 111_195.0


class Cases:
    """Seeded incidents with a closed zone, teams at junctions that do not move, pairs of places."""

    def __init__(self, network: RoadNetwork, *, count: int, radius_m: float) -> None:
        self.network = network
        draw = np.random.default_rng(200)
        core = np.flatnonzero(network.node_core)
        self.teams = draw.choice(core, TEAMS, replace=False)
        self.places = network.node_lonlat[self.teams].tolist()
        self.candidates = [
            Candidate(layer="team", id=str(node), name=None, kind="fire", lon=lon, lat=lat)
            for node, (lon, lat) in zip(self.teams.tolist(), self.places, strict=True)
        ]
        self.incidents = draw.choice(core, count).tolist()
        self.zones = [circle(*network.node_lonlat[node].tolist(), radius_m)
                      for node in self.incidents]  # fmt: skip
        self.pairs = draw.choice(core, (count, 2)).tolist()
        self.targets = draw.choice(core, TARGETS, replace=False).tolist()

    def lonlat(self, node: int) -> tuple[float, float]:
        """Return where a node is."""
        lon, lat = self.network.node_lonlat[node].tolist()
        return lon, lat

    def plan(self, number: int) -> Dispatch:
        """Answer who comes first to an incident: approach, searches, and the routes of the k."""
        lon, lat = self.lonlat(self.incidents[number])
        return nearest(
            self.network, lon=lon, lat=lat, closed=self.zones[number], wind_from_deg=270.0,
            candidates=self.candidates, k=K,
        )  # fmt: skip

    def asked(self, plans: dict[int, Dispatch]) -> dict[str, Any]:
        """Return the questions for the peers: nodes, and zones on the index plane."""
        return {
            "nearest": [self._towards(number, plan) for number, plan in plans.items()],
            "route": [{"begin": begin, "end": end} for begin, end in self.pairs],
            "reach": [{"node": node, "seconds": REACH_S} for node in self.incidents],
            "matrix": [{"sources": self.teams.tolist(), "targets": self.targets}],
        }

    def _towards(self, number: int, plan: Dispatch) -> dict[str, Any]:
        """Return the question of `plan` with the approach that it chose as the root."""
        zone = self.zones[number]
        assert plan.approach is not None
        shut = closures(self.network, zone)
        root = legs(self.network, plan.approach.place, arriving=True, closed=shut)
        return {
            "incident": number,
            "zone": to_plane(shapely.get_coordinates(zone)).tolist(),
            "root": [[int(leg.node), float(leg.cost_s)] for leg in root],
            "teams": self.teams.tolist(),
            "few": self.teams[:FEW].tolist() if number < 3 else [],
        }

    def for_valhalla(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the same kinds of questions in Valhalla's words, latitude and longitude named.

        Towards the last junction before the approach: Valhalla shuts the whole road that touches
        an excluded polygon.
        """
        teams = [spot(place) for place in self.places]
        targets = [spot(self.lonlat(node)) for node in self.targets]
        return {
            "nearest": [
                {"sources": teams, "targets": [spot(self.lonlat(case["root"][0][0]))],
                 "exclude_polygons": [self.ring(case["incident"])], "costing": "auto"}
                for case in asked["nearest"]
            ],
            "matrix": [{"sources": teams, "targets": targets, "costing": "auto"}],
            "route": [
                {"locations": [spot(self.lonlat(node)) for node in pair], "costing": "auto",
                 "directions_type": "none"}
                for pair in self.pairs
            ],
            "reach": [
                {"locations": [spot(self.lonlat(node))], "costing": "auto", "polygons": True,
                 "contours": [{"time": REACH_S / 60.0}], "reverse": True}
                for node in self.incidents
            ],
        }  # fmt: skip

    def ring(self, number: int) -> list[list[float]]:
        """Return a zone's corners, lon lat."""
        corners: list[list[float]] = shapely.get_coordinates(self.zones[number]).tolist()
        return corners

    def write(self, folder: Path, asked: dict[str, Any]) -> None:
        """Write network and questions to where a peer reads them."""
        network = self.network
        lines = [network.line(edge) for edge in range(len(network.edge_tail))]
        np.savez(
            folder / "network.npz",
            node_count=len(network.node_id),
            arc_tail=network.arc_tail, arc_head=network.arc_head,
            arc_time_s=network.arc_time_s, arc_edge=network.arc_edge,
            points=to_plane(np.concatenate(lines)),
            offset=network.edge_offset,
        )  # fmt: skip
        (folder / "cases.json").write_text(json.dumps(asked))


def spot(place: Any) -> dict[str, float]:
    """Return a place in Valhalla's words."""
    lon, lat = place
    return {"lat": lat, "lon": lon}


def circle(lon: float, lat: float, radius_m: float) -> shapely.Polygon:
    """Return a circle on the ground, in degrees."""
    ring = shapely.Point(0.0, 0.0).buffer(radius_m / METRES_A_DEGREE)
    squeeze = np.array([1.0 / np.cos(np.radians(lat)), 1.0])
    return shapely.transform(ring, lambda points: points * squeeze + [lon, lat])
