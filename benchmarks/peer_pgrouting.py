"""Road questions answered by pgRouting in a PostgreSQL cluster of its own.

Needs Debian's postgresql-15-pgrouting. The table is indexed and analysed before any clock starts.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from analysis.roads.network import RoadNetwork
from analysis.roads.plane import to_plane
from benchmarks.timing import timed
from layers import cluster
from layers.roles import conninfo

ROADS = "SELECT id, source, target, cost, reverse_cost FROM road"
ROOT = -1


def answer(network: RoadNetwork, cases: dict[str, Any], *, rounds: int) -> dict[str, Any] | None:
    """Return durations, ms, and answers by question; None where pgRouting is not installed."""
    var = Path(tempfile.mkdtemp(prefix="onemap-pgrouting-"))
    var.chmod(0o711)
    try:
        with cluster.running(var) as urls, psycopg.connect(
            conninfo(urls.superuser), autocommit=True
        ) as connection:  # fmt: skip
            try:
                connection.execute("CREATE EXTENSION pgrouting CASCADE")
            except psycopg.Error as error:
                print(f"pgRouting is not here (apt install postgresql-15-pgrouting): {error}")
                return None
            _load(connection, network)
            return _asked(connection, cases, rounds)
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _load(connection: psycopg.Connection[Any], network: RoadNetwork) -> None:
    connection.execute(
        "CREATE TABLE road (id bigint PRIMARY KEY, source bigint, target bigint, cost float8,"
        " reverse_cost float8, geom geometry(LineString))"
    )
    ahead = np.where(network.edge_forward, network.edge_time_s, -1.0)
    back = np.where(network.edge_backward, network.edge_time_s, -1.0)
    columns = (network.edge_tail, network.edge_head, ahead, back)
    with connection.cursor().copy(
        "COPY road (id, source, target, cost, reverse_cost, geom) FROM STDIN"
    ) as copy:
        for edge, row in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            line = shapely.LineString(to_plane(network.line(edge)))
            copy.write_row((edge, *row, line.wkb_hex))
    connection.execute("CREATE INDEX ON road USING gist (geom)")
    connection.execute("VACUUM ANALYZE road")


def _asked(
    connection: psycopg.Connection[Any], cases: dict[str, Any], rounds: int
) -> dict[str, Any]:
    def ask(sql: str, *parameters: Any) -> list[Any]:
        return connection.execute(sql, parameters).fetchall()

    questions: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
        "nearest": ("nearest", lambda case: _nearest(ask, case)),
        "route": ("route", lambda case: ask(
            "SELECT max(agg_cost) FROM pgr_dijkstra(%s, %s, %s)", ROADS, case["begin"], case["end"]
        )[0][0]),
        "reach": ("reach", lambda case: list(ask(
            "SELECT count(*), sum(agg_cost) FROM pgr_drivingDistance(%s, %s, %s)",
            _REVERSED, case["node"], case["seconds"],
        )[0])),
        "matrix": ("matrix", lambda case: _matrix(ask, case)),
    }  # fmt: skip
    found: dict[str, Any] = {}
    for name, (kind, work) in questions.items():
        took, answers = [], []
        for case in cases[kind][:rounds]:
            reply, milliseconds = timed(lambda case=case, work=work: work(case))
            took.append(milliseconds)
            answers.append(reply)
        found[name] = {"ms": took, "answers": answers}
    return found


_REVERSED = "SELECT id, target AS source, source AS target, cost, reverse_cost FROM road"


def _nearest(ask: Callable[..., list[Any]], case: dict[str, Any]) -> list[float | None]:
    zone = shapely.Polygon(case["zone"]).wkb_hex
    roots = " ".join(
        f"UNION ALL SELECT {-number - 1}, {node}, {ROOT}, {max(seconds, 1e-9)!r}, -1"
        for number, (node, seconds) in enumerate(case["root"])
    )
    roads = f"{ROADS} WHERE NOT ST_Intersects(geom, '{zone}'::geometry) {roots}"
    rows = ask(
        "SELECT start_vid, agg_cost FROM pgr_dijkstraCost(%s, %s::bigint[], %s)",
        roads, case["teams"], ROOT,
    )  # fmt: skip
    times = dict(rows)
    return [times.get(team) for team in case["teams"]]


def _matrix(ask: Callable[..., list[Any]], case: dict[str, Any]) -> list[list[float | None]]:
    rows = ask(
        "SELECT start_vid, end_vid, agg_cost"
        " FROM pgr_dijkstraCost(%s, %s::bigint[], %s::bigint[])",
        ROADS, case["sources"], case["targets"],
    )  # fmt: skip
    times = {(begin, end): seconds for begin, end, seconds in rows}
    return [
        [0.0 if source == target else times.get((source, target)) for source in case["sources"]]
        for target in case["targets"]
    ]
