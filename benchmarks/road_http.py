"""Networks on a site: their import in its own process, their memory, and nearest by HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from analysis.roads import store
from analysis.roads.network import RoadNetwork
from benchmarks.road_cases import TEAMS, Cases
from benchmarks.site import Client, Site, site
from benchmarks.timing import figures, show, timed
from layers.catalog import find
from layers.intake.load import load_records

NETWORKS = {
    "Porto": (("osm/porto.osm.pbf",), 600.0),
    "Wuhan": (("roads/wuhan_edges.parquet", "roads/wuhan_nodes.parquet"), 600.0),
    "world": (("roads/world_highways_edges.parquet", "roads/world_highways_nodes.parquet"), 5000.0),
}


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Import each network at hand, open it, and ask a real server who is nearest."""
    real = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent"))
    found: dict[str, Any] = {}
    for name, (files, radius_m) in NETWORKS.items():
        paths = [real / file for file in files]
        if all(path.exists() for path in paths):
            with site(port=port) as measured:
                found[f"{name} on a site"] = _measure(measured, name, paths, radius_m, rounds)
    return found


def _measure(
    measured: Site, name: str, paths: list[Path], radius_m: float, rounds: int
) -> dict[str, Any]:
    nodes = ["--nodes", str(paths[1]), "--class", "trunk"] if len(paths) > 1 else []
    took_s, peak_mb = measured.weighed("roads", str(paths[0]), *nodes, "--name", name)
    print(f"\n{name}: import, storing and compiling {took_s:.1f} s, peak {peak_mb:.0f} MB")
    with measured.session() as session:
        (row,) = [n for n in store.networks(session) if n["active"]]
        network = store.load(session, row["id"], cache_dir=measured.var / "roads")
        cases = Cases(network, count=max(rounds, 20), radius_m=radius_m)
        spots = np.asarray(shapely.points(network.node_lonlat[cases.teams]))
        records = {"kind": ["fire"] * TEAMS}
        load_records(session, find("team"), records, spots, source="seeded")
        session.commit()
    measured.analyze()
    memory = _memory(measured.var / "roads")
    print(f"{name}: opened in {memory['open_s']:.2f} s; "
          f"{memory['bytes_an_arc']:.0f} bytes an arc once it has answered")  # fmt: skip
    row = figures(_asked(measured.start(), cases, network))
    show(f"{name}: nearest 5 of {TEAMS} by HTTP", row)
    return {"import_s": took_s, "import_peak_mb": peak_mb, "nearest by HTTP": row} | memory


def _asked(client: Client, cases: Cases, network: RoadNetwork) -> list[float]:
    """Ask who is nearest to each incident, its zone closed; the first answer opens the network."""
    took = []
    for number, (node, zone) in enumerate(zip(cases.incidents, cases.zones, strict=True)):
        lon, lat = network.node_lonlat[node].tolist()
        body = {"lon": lon, "lat": lat, "k": 5, "avoid": shapely.geometry.mapping(zone)}
        answer, milliseconds = timed(lambda body=body: client.post("/api/v1/nearest", body))
        assert answer, "nobody comes"
        if number:
            took.append(milliseconds)
    return took


_WEIGH = """
import json, sys, time
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
from analysis.roads import archive
from analysis.roads.nearest import Candidate, nearest
import numpy, scipy.sparse.csgraph, shapely
before = resident()
start = time.perf_counter()
network = archive.load(next(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()))
opened = time.perf_counter() - start
lon, lat = network.node_lonlat[numpy.flatnonzero(network.node_core)[0]].tolist()
zone = shapely.Point(lon, lat).buffer(0.005)
team = Candidate(layer="team", id="1", name=None, kind="fire", lon=lon + 0.02, lat=lat + 0.02)
nearest(network, lon=lon, lat=lat, candidates=[team], k=1, closed=zone)
print(json.dumps({"open_s": opened, "bytes_an_arc": (resident() - before) / len(network.arc_edge)}))
"""


def _memory(cache: Path) -> dict[str, float]:
    """Return how long a fresh process takes to open the network, and what it then holds."""
    done = subprocess.run(
        [sys.executable, "-c", _WEIGH, str(cache)], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
