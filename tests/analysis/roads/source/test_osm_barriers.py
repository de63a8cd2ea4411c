"""Barriers on the nodes of an extract."""

from __future__ import annotations

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from analysis.roads.edges import RoadEdges
from analysis.roads.source import osm
from analysis.roads.source.osm_barriers import Barrier, barrier
from analysis.roads.source.osm_split import COPY
from tests.analysis.roads.osm_file import pairs, way, write

NAN = math.nan


@pytest.mark.parametrize(
    ("tags", "access", "walk"),
    [
        ({"barrier": "gate"}, "open", True),
        ({"barrier": "lift_gate", "access": "private"}, "private", True),
        ({"barrier": "gate", "locked": "yes"}, "private", True),
        ({"barrier": "gate", "access": "no"}, "foot", False),
        ({"barrier": "gate", "motor_vehicle": "no"}, "foot", True),
        ({"barrier": "gate", "access": "no", "emergency": "yes", "foot": "yes"}, "emergency", True),
        ({"barrier": "bollard"}, "foot", True),
        ({"barrier": "bollard", "bollard": "removable"}, "emergency", True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, "open", True),
        ({"barrier": "chain"}, "emergency", True),
        ({"barrier": "block"}, "foot", True),
        ({"barrier": "jersey_barrier"}, "foot", True),
        ({"barrier": "a word nobody knows"}, "foot", True),
        ({"barrier": "fence"}, "foot", False),
        ({"barrier": "fence", "foot": "yes"}, "foot", True),
    ],
)
def test_a_barrier_lets_through_whom_its_tags_say(
    tags: dict[str, str], access: str, walk: bool
) -> None:
    found = barrier(tags)
    assert found is not None
    assert (found.access, found.walk) == (access, walk)


@pytest.mark.parametrize("kind", ["entrance", "cattle_grid", "toll_booth", "kerb", "no"])
def test_what_stops_nobody_is_no_barrier(kind: str) -> None:
    assert barrier({"barrier": kind}) is None
    assert barrier({"highway": "crossing"}) is None


def test_a_height_restrictor_limits_the_height_and_nothing_else() -> None:
    assert barrier({"barrier": "height_restrictor", "maxheight": "2.1"}) == pytest.approx(
        Barrier("height_restrictor", "open", True, 2.1, NAN), nan_ok=True
    )


def _road(path: Path, **tags: str) -> RoadEdges:
    ways = way(10, (1, 2), highway="primary", name="A") + way(11, (2, 3), highway="service")
    return osm.read(write(path / "x.osm", ways, tagged={2: tags}))


def test_a_barrier_is_a_road_of_no_length_between_two_copies_of_its_node(tmp_path: Path) -> None:
    edges = _road(tmp_path, barrier="gate", access="private")
    ends = list(zip(edges.u.tolist(), edges.v.tolist(), strict=True))
    assert ends == [(1, 2), (2 + COPY, 3), (2, 2 + COPY)]
    assert edges.barrier.tolist() == [None, None, "gate"]
    assert edges.way.tolist() == [10, 11, 11]
    assert edges.length_m[2] == 0.0
    assert edges.access.tolist() == ["open", "open", "private"]
    assert (edges.forward[2], edges.backward[2], edges.walk[2]) == (True, True, True)
    assert np.array_equal(edges.lonlat[-1], edges.lonlat[1])


def test_nobody_drives_through_a_block_but_people_walk_through(tmp_path: Path) -> None:
    edges = _road(tmp_path, barrier="block")
    assert (edges.forward[2], edges.backward[2], edges.walk[2]) == (False, False, True)
    assert edges.access[2] == "foot"


def test_a_barrier_within_one_way_parts_it(tmp_path: Path) -> None:
    ways = way(10, (1, 2, 3), highway="primary")
    edges = osm.read(write(tmp_path / "x.osm", ways, tagged={2: {"barrier": "lift_gate"}}))
    assert pairs(edges) == [(1, 2), (2, 3), (2, 2)]
    assert edges.v[0] != edges.u[1]


def test_a_barrier_at_a_loop_s_own_node_opens_the_loop(tmp_path: Path) -> None:
    ways = way(10, (2, 4, 6, 2), highway="service")
    edges = osm.read(write(tmp_path / "x.osm", ways, tagged={2: {"barrier": "gate"}}))
    ends = list(zip(edges.u.tolist(), edges.v.tolist(), strict=True))
    assert ends == [(2, 2 + COPY), (2, 2 + COPY)]
    assert edges.barrier.tolist() == [None, "gate"]


def test_a_barrier_where_three_roads_meet_closes_none_and_is_told(tmp_path: Path) -> None:
    ways = "".join(
        way(id_, refs, highway="primary") for id_, refs in {1: (1, 2, 3), 2: (2, 4)}.items()
    )
    found = osm.extract(write(tmp_path / "x.osm", ways, tagged={2: {"barrier": "bollard"}}))
    assert found.told["barriers_at_junctions"] == 1
    assert not any(found.edges.barrier)


def test_a_bollard_on_a_footpath_s_end_leaves_the_road_that_it_meets_alone(tmp_path: Path) -> None:
    ways = way(1, (1, 2), highway="primary") + way(2, (2, 4), highway="footway")
    found = osm.extract(write(tmp_path / "x.osm", ways, tagged={2: {"barrier": "bollard"}}))
    assert not any(found.edges.barrier)


def test_a_fence_parts_a_footpath(tmp_path: Path) -> None:
    ways = way(1, (1, 3), highway="primary") + way(2, (4, 2, 7), highway="path")
    edges = osm.read(write(tmp_path / "x.osm", ways, tagged={2: {"barrier": "fence"}}))
    assert edges.barrier.tolist() == [None, None, None, "fence"]
    assert not edges.walk[3]


def test_helsinki_is_driven_as_without_its_footpaths(
    helsinki_pbf: Path, helsinki_edges: RoadEdges
) -> None:
    """Footpaths and barriers cut roads in pieces; without barriers, each piece joins up again."""
    driven = (helsinki_edges.forward | helsinki_edges.backward) & np.array(
        [kind is None for kind in helsinki_edges.barrier]
    )
    ours: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    columns = (helsinki_edges.way, helsinki_edges.length_m)
    for (u, v), on, way_id, length in zip(
        pairs(helsinki_edges), driven.tolist(), *(c.tolist() for c in columns), strict=True
    ):
        if on:
            ours.add_edge(u, v, way=way_id, length=length)
    import osmium

    from analysis.roads.edges import lengths_m
    from analysis.roads.source.tags import rules

    place = {n.id: (n.lon, n.lat) for n in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE)}
    plain: dict[int, float] = {}
    for one in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.WAY):
        if rules(dict(one.tags)) is None:
            continue
        runs: list[list[tuple[float, float]]] = [[]]
        for node in one.nodes:
            if node.ref in place:
                runs[-1].append(place[node.ref])
            else:
                runs.append([])
        points = [run for run in runs if len(run) > 1]
        if points:
            plain[one.id] = sum(
                float(lengths_m(np.array(run), np.array([0, len(run)]))[0]) for run in points
            )
    found: dict[int, float] = {}
    for _, _, data in ours.edges(data=True):
        found[data["way"]] = found.get(data["way"], 0.0) + data["length"]
    assert found.keys() == plain.keys()
    assert all(found[key] == pytest.approx(plain[key], abs=1e-6) for key in plain)
