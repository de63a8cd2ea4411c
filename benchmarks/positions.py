"""Positions: 3,279 vehicles that each report every ten seconds, and how soon a screen shows them.

The server is the program's own with its real database (fsync on); clients are threads and one
event stream of this process, on the same machine.
"""

from __future__ import annotations

import datetime as dt
import http.client
import itertools
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import text

from benchmarks.site import Client, Site, site
from benchmarks.timing import Figures, figures, show, timed

VEHICLES = 3279
EVERY_S = 10.0
SUSTAINED_S = 60.0
BURST_S = 10.0
GATEWAY_ROWS = 33
BURST_ROWS = 500


def run(*, rounds: int, port: int) -> dict[str, object]:
    """Print and return lags, throughput and the time to read where everybody is."""
    with site(port=port) as made:
        with made.session() as session, session.begin():
            session.execute(
                text(
                    "INSERT INTO tracker (device, region) "
                    "SELECT 'v' || n, '420100' FROM generate_series(0, :last) AS n"
                ),
                {"last": VEHICLES - 1},
            )
        made.start()
        found: dict[str, object] = {"vehicles": VEHICLES, "each_s": EVERY_S}
        found |= _sustained(made)
        found["burst_rows_s"] = _burst(made, BURST_ROWS, connections=2)
        found["single_posts_s"] = _burst(made, 1, connections=8)
        print(f"{'rows/s, 2 gateways of 500':34} {found['burst_rows_s']:9.0f}")
        print(f"{'posts/s of one row, 8 devices':34} {found['single_posts_s']:9.0f}")
        found["kept"] = _kept(made)
        print(f"{'kept':34} {found['kept']}")
    return found


def _row(vehicle: int) -> dict[str, Any]:
    """Return where a vehicle is now, on its circle around a place."""
    now = dt.datetime.now(dt.UTC)
    turn = now.timestamp() / 300.0 + vehicle
    return {
        "id": f"v{vehicle}",
        "lon": 114.3 + 0.0003 * (vehicle % 60) + 0.005 * math.cos(turn),
        "lat": 30.6 + 0.0003 * (vehicle // 60) + 0.005 * math.sin(turn),
        "at": now.isoformat(),
        "speed_m_s": 10.0,
        "heading_deg": math.degrees(-turn) % 360.0,
        "accuracy_m": 8.0,
    }


def _sustained(made: Site) -> dict[str, object]:
    """Report at the pace of the fleet for a minute; measure what senders and screens feel."""
    posted: list[float] = []
    read: list[float] = []
    seen: list[float] = []
    refused = [0]
    done = threading.Event()
    pause_s = GATEWAY_ROWS * EVERY_S / VEHICLES
    vehicles = itertools.cycle(range(VEHICLES))

    def send() -> None:
        client = Client(made.port)
        due = time.monotonic()
        while not done.is_set():
            rows = [_row(next(vehicles)) for _ in range(GATEWAY_ROWS)]
            answer, lasted_ms = timed(partial(client.post, "/api/v1/positions", rows))
            posted.append(lasted_ms)
            refused[0] += GATEWAY_ROWS - answer["stored"]
            due += pause_s
            time.sleep(max(0.0, due - time.monotonic()))

    def look() -> None:
        client = Client(made.port)
        while not done.wait(0.5):
            read.append(timed(lambda: client.get("/api/v1/positions"))[1])

    def listen() -> None:
        for event in _latest(made.port, done):
            now = time.time()
            seen.extend(
                1000 * (now - dt.datetime.fromisoformat(one["at"]).timestamp()) for one in event
            )

    threads = [threading.Thread(target=work, daemon=True) for work in (listen, send, look)]
    for thread in threads:
        thread.start()
    time.sleep(SUSTAINED_S)
    done.set()
    threads[1].join(30)
    threads[2].join(30)
    found: dict[str, Figures] = {
        "report": figures(posted), "read_all": figures(read), "report_to_screen": figures(seen),
    }  # fmt: skip
    for name, each in found.items():
        show(name, each)
    rows_s = len(posted) * GATEWAY_ROWS / SUSTAINED_S
    print(f"{'sustained':34} {rows_s:9.1f} rows/s (the fleet's pace is {VEHICLES / EVERY_S:.1f})")
    return {**found, "sustained_rows_s": round(rows_s, 1), "not_stored": refused[0]}


def _latest(port: int, done: threading.Event) -> Iterator[list[dict[str, Any]]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/v1/events")
    response = connection.getresponse()
    latest = False
    while not done.is_set():
        line = response.readline().decode()
        if line.startswith("event: "):
            latest = line.strip() == "event: latest"
        elif latest and line.startswith("data: "):
            yield json.loads(line[6:])["positions"]


def _burst(made: Site, rows: int, *, connections: int) -> float:
    """Report as fast as so many connections can; return rows a second."""
    counts = [0] * connections
    end = time.monotonic() + BURST_S

    def send(number: int) -> None:
        client = Client(made.port)
        own = itertools.cycle(range(number, VEHICLES, connections))
        while time.monotonic() < end:
            answer = client.post("/api/v1/positions", [_row(next(own)) for _ in range(rows)])
            counts[number] += answer["stored"]

    threads = [threading.Thread(target=_quietly(send, n)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(counts) / BURST_S, 1)


def _quietly(work: Callable[[int], None], number: int) -> Callable[[], None]:
    return lambda: work(number)


def _kept(made: Site) -> dict[str, float]:
    """Return how many positions the history holds, and what one takes on disk with its index."""
    with made.session() as session:
        count, size = session.execute(
            text(
                "SELECT (SELECT count(*) FROM position), (SELECT sum(pg_total_relation_size(oid)) "
                "FROM pg_class WHERE relnamespace = 'onemap_position'::regnamespace "
                "AND relkind = 'r')"
            )
        ).one()
    return {"rows": count, "bytes_a_row": round(float(np.divide(float(size or 0), count)), 1)}
