"""A million rows from the file to the published layer, beside COPY and one index of the same."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from sqlalchemy.orm import Session

from benchmarks.site import site
from layers import database
from layers.intake import copying, pipeline
from layers.intake.pipeline import Options
from layers.roles import conninfo
from layers.user_layers import FieldDraft, create

DATA = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data"))
POINTS = DATA / "points" / "million_points.parquet"
FACILITIES = DATA / "points" / "epa_chemical_facilities.parquet"
GOAL = 4.0
MEMORY_GOAL_MIB = 1024


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Publish the points into a layer of their own; COPY and index them in the same database."""
    if not POINTS.exists():
        print(f"skipped: {POINTS} is not here (ONEMAP_REAL_DATA)")
        return {}
    with site(port=port) as measured:
        url = measured.engine.url.render_as_string(hide_password=False)
        bare = [_peer(url)]
        ours = _child(url, POINTS, "million")
        bare.append(_peer(url))
        facilities = _child(url, FACILITIES, "facilities")
    peer_s = sum(bare) / len(bare)
    ratio = ours["total_s"] / peer_s
    rows = ours["rows"]
    print(f"{rows:,} points, file to published: {ours['total_s']:.1f} s, "
          f"{rows / ours['total_s']:,.0f} rows/s, peak {ours['peak_mib']:.0f} MiB")  # fmt: skip
    for name, seconds in ours["steps"].items():
        print(f"    {name:12} {seconds:6.2f} s")
    print(f"COPY and one GiST index, before and after: {bare[0]:.1f} s and {bare[1]:.1f} s")
    print(f"ratio {ratio:.2f} (wanted at most {GOAL}), "
          f"memory {ours['peak_mib']:.0f} MiB (wanted at most {MEMORY_GOAL_MIB})")  # fmt: skip
    print(f"chemical facilities: {facilities['rows']:,} rows, faults {facilities['faults']}")
    return {"ours": ours, "peer_s": bare, "ratio": ratio, "facilities": facilities}


def _peer(url: str) -> float:
    """Return how long the bare way takes: a table, COPY, one index, attached to its parent."""
    table = pq.read_table(POINTS)
    shapes = shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy())
    columns = {name: table[name].combine_chunks() for name in ("id", "kind")}
    columns["kind"] = columns["kind"].cast(pa.string())
    lines = list(copying.blocks(columns, shapes))
    migrator = conninfo(url).replace("onemap_app", "onemap_migrator")
    with psycopg.connect(migrator) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (geom geometry(Point, 4326), id bigint, kind text) "
                       "PARTITION BY RANGE (id)")  # fmt: skip
        connection.commit()
        begun = time.perf_counter()
        cursor.execute("CREATE TABLE bare_1 (geom geometry(Point, 4326), id bigint, kind text)")
        with cursor.copy("COPY bare_1 (geom, id, kind) FROM STDIN") as copy:
            for block in lines:
                copy.write(block)
        cursor.execute("CREATE INDEX ON bare_1 USING gist (geom)")
        cursor.execute("ALTER TABLE bare ATTACH PARTITION bare_1 DEFAULT")
        connection.commit()
        took = time.perf_counter() - begun
        cursor.execute("DROP TABLE bare")
        connection.commit()
    return took


def _child(url: str, path: Path, what: str) -> dict[str, Any]:
    """Import in a process of its own, whose memory is then its own too."""
    command = [sys.executable, "-m", "benchmarks.intake", url, str(path), what]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _import(url: str, path: Path, what: str) -> dict[str, Any]:
    """Walk the whole way of a file; return seconds of each step, and the most memory at once."""
    engine = database.create_engine(url, statement_timeout_ms=0, idle_timeout_ms=0)
    steps: dict[str, float] = {}
    with _peak_mib() as peak, Session(engine) as session:
        options = _options(session, what)
        begun = time.perf_counter()
        batch = _step(steps, "start", lambda: pipeline.start(session, path.name, options), session)
        tell = _Steps(steps)
        pipeline.analyse(session, batch, path, progress=tell)
        session.commit()
        tell.end()
        report = pipeline.status(session, batch)["report"]
        loaded = _step(steps, "publish", lambda: _publish(session, batch), session)
        total = time.perf_counter() - begun
    faults = _faults(session, batch)
    engine.dispose()
    rows = sum(each["rows"] for each in report["layers"].values())
    return {"rows": rows, "loaded": loaded, "steps": steps, "total_s": total,
            "peak_mib": peak(), "faults": faults}  # fmt: skip


def _publish(session: Session, batch: uuid.UUID) -> int:
    done = pipeline.publish(session, batch, good_rows_only=True)
    return sum(each.inserted for each in done.values())


def _options(session: Session, what: str) -> Options:
    """Make the layer that the file is for, and say what goes where."""
    if what == "facilities":
        return Options(layer="enterprise", crs="EPSG:4326", source="US EPA",
                       fields={"name": "name", "own_code": "epa_facility_id", "address": "address",
                               "lon": "lon", "lat": "lat"})  # fmt: skip
    drafts = [FieldDraft(title="id", type="integer"), FieldDraft(title="kind")]
    layer = create(session, title="million points", geometry_type="POINT", fields=drafts)
    session.commit()
    number, kind = (f.name for f in layer.fields if f.name.startswith("f_"))
    return Options(layer=layer.name, crs="EPSG:4326", source="million points",
                   fields={number: "id", kind: "kind", "lon": "lon", "lat": "lat"})  # fmt: skip


def _step(steps: dict[str, float], name: str, work: Callable[[], Any], session: Session) -> Any:
    begun = time.perf_counter()
    done = work()
    session.commit()
    steps[name] = round(time.perf_counter() - begun, 2)
    return done


class _Steps:
    """Takes down how long each step of a check takes, as the check tells of the next."""

    def __init__(self, steps: dict[str, float]) -> None:
        self._steps = steps
        self._name, self._begun = "look", time.perf_counter()

    def __call__(self, step: str, count: int) -> None:
        self.end()
        self._name = step

    def end(self) -> None:
        now = time.perf_counter()
        self._steps[self._name] = round(self._steps.get(self._name, 0) + now - self._begun, 2)
        self._begun = now


def _faults(session: Session, batch: uuid.UUID) -> dict[str, int]:
    counted: dict[str, int] = {}
    offset = 0
    while page := pipeline.faults(session, batch, limit=1000, offset=offset):
        offset += len(page)
        for fault in page:
            counted[fault["rule"]] = counted.get(fault["rule"], 0) + 1
    return counted


@contextmanager
def _peak_mib() -> Iterator[Callable[[], float]]:
    """Watch the resident memory of this process and its children together."""
    most = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            most[0] = max(most[0], _resident_mib(os.getpid()))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: max(most[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    finally:
        done.set()
        thread.join()


def _resident_mib(pid: int) -> float:
    """Return the resident memory of a process and all below it."""
    total = 0.0
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        total = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return total  # it has ended meanwhile
    return total + sum(_resident_mib(int(child)) for child in children)


if __name__ == "__main__":
    print(json.dumps(_import(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
