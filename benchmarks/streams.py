"""Event streams: how soon a committed change is on every screen, and whether any is missed.

The server is the program's own with its real database (fsync on). The screens are sockets of two
processes of this machine that read as fast as they can; the writer changes one row at a steady
pace, each change a transaction of its own, and its clock is read just before the commit.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import selectors
import socket
import time
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.site import Client, Site, site
from benchmarks.timing import figures, show

HALL = (500, 1.0, 60)
ROOM = (40, 0.02, 1_500)
"""Screens, seconds between two changes, and how many changes; the second is ten busy officers."""
THREADS = 320
PROCESSES = 2
CONNECT_S = 90.0
SETTLE_S = 3.0
LAST_WORD_S = 10.0

VEHICLES, REPORTS, EACH_S = 100, 40, 0.25
"""Vehicles, reports of each, and seconds between two: four a second."""

_CHANGE = re.compile(rb'event: change\nid: (\d+)\ndata: .*?"version":(\d+)')
_ASK = b"GET /api/v1/events?positions=false HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"


def run(*, rounds: int, port: int) -> dict[str, object]:
    """Print and return how late changes are, and how many were missed: a hall, and a room."""
    before = os.environ.get("ONEMAP_THREADS")
    os.environ["ONEMAP_THREADS"] = str(THREADS)
    try:
        with site(port=port) as made:
            with made.session() as session, session.begin():
                session.execute(
                    text(
                        "INSERT INTO team (name, kind, region, geom) VALUES ('one', 'fire', "
                        "'420100', ST_SetSRID(ST_MakePoint(114, 30), 4326))"
                    )
                )
            made.start()
            found: dict[str, object] = {"room": measure(made, *ROOM), "hall": measure(made, *HALL)}
            return found | {"moving": moving(made)}
    finally:
        if before is None:
            del os.environ["ONEMAP_THREADS"]
        else:
            os.environ["ONEMAP_THREADS"] = before


def measure(made: Site, screens: int, each_s: float, changes: int) -> dict[str, object]:
    """Open so many screens, commit so many changes at a pace, and ask each screen what it saw."""
    context = get_context("spawn")
    rest_mb = _memory_mb(made.port)
    lines: list[Connection] = []
    workers = []
    for number in range(PROCESSES):
        ours, theirs = context.Pipe()
        share = screens // PROCESSES + (number < screens % PROCESSES)
        worker = context.Process(target=_look, args=(theirs, made.port, share), daemon=True)
        worker.start()
        lines.append(ours)
        workers.append(worker)
    refused = sum(line.recv() for line in lines)
    time.sleep(SETTLE_S)
    committed = _write(made, each_s=each_s, changes=changes)
    for line in lines:
        line.send(max(committed))
    seen: list[list[tuple[int, int, float]]] = [one for line in lines for one in line.recv()]
    held_mb = _memory_mb(made.port)
    for worker in workers:
        worker.join(30)
    late_ms = [
        1000 * (at - committed[version])
        for screen in seen
        for _, version, at in screen
        if version in committed
    ]
    missed = sum(len(committed) - len({v for _, v, _ in one} & committed.keys()) for one in seen)
    gaps = sum(later[0] != earlier[0] + 1 for one in seen for earlier, later in pairwise(one))
    found: dict[str, object] = {
        "screens": len(seen),
        "changes": changes,
        "each_s": each_s,
        "commit_to_screen": figures(late_ms),
        "worst_ms": round(max(late_ms), 1),
        "missed": missed,
        "gaps": gaps,
        "refused_at_first": refused,
        "server_mb": [rest_mb, held_mb],
    }
    show(f"{len(seen)} screens, one change in {each_s:g} s", figures(late_ms))
    print(
        f"{'':34} worst {max(late_ms):.0f} ms, missed {missed}, gaps {gaps}, "
        f"server {rest_mb:.0f} MB before and {held_mb:.0f} MB with them"
    )
    return found


def moving(made: Site) -> dict[str, object]:
    """Let vehicles report faster than screens are told; ask one what it was told, and of the last.

    A screen is told at most once a second where each is now, whatever was reported between.
    """
    with made.session() as session, session.begin():
        session.execute(
            text(
                "INSERT INTO tracker (device, region) "
                "SELECT 'v' || n, '420100' FROM generate_series(0, :last) AS n"
            ),
            {"last": VEHICLES - 1},
        )
    client = Client(made.port)
    screen = socket.create_connection(("127.0.0.1", made.port), timeout=LAST_WORD_S)
    screen.sendall(_ASK.replace(b"?positions=false", b"") % made.port)
    began = time.monotonic()
    for turn in range(REPORTS):
        now = dt.datetime.now(dt.UTC).isoformat()
        client.post(
            "/api/v1/positions",
            [
                {"id": f"v{one}", "lon": 114 + turn / 10_000, "lat": 30.0, "at": now}
                for one in range(VEHICLES)
            ],
        )
        time.sleep(max(0.0, began + (turn + 1) * EACH_S - time.monotonic()))
    lasted_s = time.monotonic() - began
    last = f'"lon":{114 + (REPORTS - 1) / 10_000},'.encode()
    held = b""
    while held.count(last) < VEHICLES:
        held += screen.recv(65_536)
    screen.close()
    told, places = held.count(b"event: latest\n"), held.count(b'"lon":')
    print(
        f"{VEHICLES} vehicles, {REPORTS * VEHICLES} reports in {lasted_s:.0f} s: a screen was told "
        f"{told} times of {places} places, the last of each among them"
    )
    return {
        "vehicles": VEHICLES, "reports": REPORTS * VEHICLES, "lasted_s": round(lasted_s, 1),
        "told": told, "places": places,
    }  # fmt: skip


def _write(made: Site, *, each_s: float, changes: int) -> dict[int, float]:
    """Change a row at a pace; return when each of its versions was committed."""
    committed: dict[int, float] = {}
    with made.session() as session:
        due = time.monotonic()
        for number in range(changes):
            version = session.scalar(
                text("UPDATE team SET name = :name RETURNING version"), {"name": f"n{number}"}
            )
            committed[int(version or 0)] = time.time()
            session.commit()
            due += each_s
            time.sleep(max(0.0, due - time.monotonic()))
    return committed


def _look(line: Connection, port: int, screens: int) -> None:
    """Hold so many screens; say how many were refused at first, then what each saw by a version."""
    with selectors.DefaultSelector() as selector:
        held: dict[socket.socket, tuple[bytearray, list[tuple[int, int, float]]]] = {}
        refused = 0
        due = time.monotonic() + CONNECT_S
        while len(held) < screens:
            opened = _open(port)
            if opened is None:
                refused += 1
                if time.monotonic() > due:
                    raise RuntimeError(f"{len(held)} of {screens} screens were let in")
                time.sleep(0.05)
                continue
            held[opened] = (bytearray(), [])
            selector.register(opened, selectors.EVENT_READ)
        line.send(refused)
        last: int | None = None
        ends = float("inf")
        while time.monotonic() < ends:
            for key, _ in selector.select(timeout=0.2):
                source: Any = key.fileobj
                _take(source, *held[source])
            if last is None and line.poll():
                last = line.recv()
                ends = time.monotonic() + LAST_WORD_S
            if last is not None and all(seen and seen[-1][1] >= last for _, seen in held.values()):
                break
        line.send([seen for _, seen in held.values()])
        for screen in held:
            screen.close()


def _open(port: int) -> socket.socket | None:
    """Return a stream that has begun; None where the server refuses it."""
    screen = socket.create_connection(("127.0.0.1", port), timeout=30)
    screen.sendall(_ASK % port)
    head = b""
    while b"\r\n\r\n" not in head:
        more = screen.recv(4096)
        if not more:
            break
        head += more
    if not head.startswith(b"HTTP/1.1 200"):
        screen.close()
        return None
    screen.setblocking(False)
    return screen


def _take(screen: socket.socket, held: bytearray, seen: list[tuple[int, int, float]]) -> None:
    data = screen.recv(65_536)
    now = time.time()
    if not data:
        raise RuntimeError("the server ended a stream")
    held += data
    whole = held.rfind(b"\n\n")
    if whole < 0:
        return
    seen.extend((int(one[1]), int(one[2]), now) for one in _CHANGE.finditer(held[:whole]))
    del held[:whole]


def _memory_mb(port: int) -> float:
    """Return what the server's processes hold of their own, MB (PSS: what they share, shared)."""
    mark = f"--port\0{port}\0".encode()
    total_kb = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark not in (process / "cmdline").read_bytes() + b"\0":
                continue
            lines = (process / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return round(total_kb / 1024, 1)
