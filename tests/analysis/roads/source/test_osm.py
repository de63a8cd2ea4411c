"""Reading extracts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import pytest

from analysis.roads.edges import RoadEdges
from analysis.roads.network import compiled
from analysis.roads.source import osm
from analysis.roads.source.osm_split import source_node
from layers.errors import InvalidInputError
from tests.analysis.roads.osm_file import pairs, way, write


def test_roads_are_split_where_they_meet_and_nowhere_else(tmp_path: Path) -> None:
    ways = way(10, (1, 2, 3, 5), highway="primary", name="A") + way(
        11, (2, 4), highway="residential"
    )
    edges = osm.read(write(tmp_path / "x.osm", ways))
    assert pairs(edges) == [(1, 2), (2, 5), (2, 4)]
    assert edges.way.tolist() == [10, 10, 11]
    assert edges.name.tolist() == ["A", "A", None]
    assert np.diff(edges.offset).tolist() == [2, 3, 2]


def test_a_way_that_meets_itself_is_split_there(tmp_path: Path) -> None:
    edges = osm.read(write(tmp_path / "x.osm", way(1, (1, 2, 3, 6, 4, 2), highway="service")))
    assert pairs(edges) == [(1, 2), (2, 2)]


def test_a_footpath_joins_the_road_that_it_crosses_and_nobody_drives_on_it(
    tmp_path: Path,
) -> None:
    ways = way(1, (1, 2, 3), highway="primary") + way(2, (2, 4), highway="footway")
    edges = osm.read(write(tmp_path / "x.osm", ways))
    assert pairs(edges) == [(1, 2), (2, 3), (2, 4)]
    assert edges.access.tolist() == ["open", "open", "foot"]
    assert (edges.forward | edges.backward).tolist() == [True, True, False]
    assert edges.walk.all()


def test_a_way_against_its_drawing_is_driven_backwards(tmp_path: Path) -> None:
    ways = way(1, (1, 2), highway="primary", oneway="-1") + way(2, (2, 3), highway="primary")
    network = compiled(osm.read(write(tmp_path / "x.osm.gz", ways)))
    arcs = zip(network.arc_tail.tolist(), network.arc_head.tolist(), strict=True)
    ids = network.node_id.tolist()
    assert {(ids[t], ids[h]) for t, h in arcs} == {(2, 1), (2, 3), (3, 2)}


def test_a_clipped_way_is_cut_at_the_nodes_that_are_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "x.osm", way(1, (1, 2, 3, 5, 6), highway="primary"), without=(3,))
    assert pairs(osm.read(path)) == [(1, 2), (5, 6)]


def test_bridges_tunnels_levels_and_numbers_are_kept(tmp_path: Path) -> None:
    ways = way(1, (1, 2), highway="trunk", bridge="yes", layer="2", ref="G4") + way(
        2, (2, 3), highway="trunk", tunnel="yes", layer="x"
    )
    edges = osm.read(write(tmp_path / "x.osm", ways))
    assert edges.bridge.tolist() == [True, False]
    assert edges.tunnel.tolist() == [False, True]
    assert edges.level.tolist() == [2, 0]
    assert edges.ref.tolist() == ["G4", None]


def test_an_extract_without_roads_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "x.osm", way(1, (1, 2), railway="rail"))
    with pytest.raises(InvalidInputError, match="holds no drivable road") as caught:
        osm.read(path)
    assert caught.value.code == "extract_without_roads"


@pytest.mark.parametrize("kept_bytes", [0, 7, 3_000])
def test_a_file_that_is_no_whole_extract_is_refused(
    tmp_path: Path, helsinki_pbf: Path, kept_bytes: int
) -> None:
    path = tmp_path / "torn.osm.pbf"
    path.write_bytes(helsinki_pbf.read_bytes()[:kept_bytes])
    with pytest.raises(InvalidInputError):
        osm.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"none\.osm\.pbf cannot be read"):
        osm.read(tmp_path / "none.osm.pbf")


def test_helsinki_joins_what_a_plain_walk_over_its_ways_joins(
    helsinki_pbf: Path, helsinki_edges: RoadEdges
) -> None:
    """The oracle joins every pair of neighbouring nodes of a way and never splits anything."""
    driven = helsinki_edges.forward | helsinki_edges.backward
    ours = set(helsinki_edges.way[driven].tolist())
    walked: nx.DiGraph[int] = nx.DiGraph()
    known = {node.id for node in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE)}
    for one in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.WAY):
        if one.id not in ours:
            continue
        refs, tags = [node.ref for node in one.nodes], dict(one.tags)
        ring = tags.get("junction") in ("roundabout", "circular")
        pairs = [pair for pair in pairwise(refs) if set(pair) <= known]
        against = [(v, u) for u, v in pairs]
        both = tags.get("oneway") not in ("yes", "-1") and not ring
        walked.add_edges_from(against if tags.get("oneway") == "-1" else pairs)
        walked.add_edges_from(against if both else [])
    arcs = zip(
        map(source_node, helsinki_edges.u.tolist()), map(source_node, helsinki_edges.v.tolist()),
        helsinki_edges.forward.tolist(), helsinki_edges.backward.tolist(), strict=True,
    )  # fmt: skip
    drawn: nx.DiGraph[int] = nx.DiGraph()
    for u, v, forward, backward in arcs:
        drawn.add_edges_from([(u, v)] * forward + [(v, u)] * backward)
    drawn.remove_edges_from(list(nx.selfloop_edges(drawn)))
    assert set(drawn) <= set(walked)
    rng = np.random.default_rng(20)
    for start in rng.choice(sorted(drawn), 20).tolist():
        assert nx.descendants(walked, start) & set(drawn) == nx.descendants(drawn, start)


def _converted(source: Path, target: Path) -> Path:
    with osmium.SimpleWriter(str(target)) as writer:
        for each in osmium.FileProcessor(str(source)):
            writer.add(each)
    return target


@pytest.mark.parametrize("suffix", ["osm.gz", "osm", "osm.bz2"])
def test_one_extract_in_two_formats_gives_one_table(
    tmp_path: Path, helsinki_pbf: Path, helsinki_edges: RoadEdges, suffix: str
) -> None:
    other = osm.read(_converted(helsinki_pbf, tmp_path / f"helsinki.{suffix}"))
    assert other.same_as(helsinki_edges)


@pytest.mark.real
def test_andorra_is_driven_alike_by_both_of_its_files(real_data: Callable[[str], Path]) -> None:
    """The files are weeks apart: one has a mountain path more, which no vehicle drives."""
    one, other = (osm.read(real_data(f"osm/andorra.osm.{end}")) for end in ("pbf", "gz"))
    driven, also = one.forward | one.backward, other.forward | other.backward
    for name in ("u", "v", "way", "class_", "forward", "backward", "speed_kph", "length_m"):
        assert np.array_equal(getattr(one, name)[driven], getattr(other, name)[also]), name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<node id="1" lon="NaN" lat="50" version="1"/>', "wrong format for coordinate"),
        (f'<node id="1" lon="1" lat="1" version="1"/>{way(9, (2**60, 1), highway="road")}',
         "numbers of nodes beyond"),
        ("<node", "XML parsing error"),
    ],
)  # fmt: skip
def test_numbers_that_no_map_has_are_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "x.osm"
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{text}</osm>')
    with pytest.raises(InvalidInputError, match=told):
        osm.read(path)


def test_a_place_that_is_not_on_the_earth_is_as_good_as_none(tmp_path: Path) -> None:
    path = write(tmp_path / "x.osm", way(1, (1, 2, 3, 5), highway="primary"))
    text = path.read_text().replace('lat="50.0"', 'lat="95.0"', 1)
    path.write_text(text)
    found = osm.extract(path)
    assert pairs(found.edges) == [(2, 5)]
    assert found.told["points_missing"] == 1


def test_a_way_that_is_there_twice_counts_once_and_is_told(tmp_path: Path) -> None:
    ways = way(1, (1, 2), highway="primary") + way(1, (1, 2, 3), highway="primary")
    found = osm.extract(write(tmp_path / "x.osm", ways))
    assert pairs(found.edges) == [(1, 2)]
    assert found.told["ways_repeated"] == 1
