"""A screen that is left alone: how much it grows over half an hour of traffic, played faster.

The wall of an open incident, with a change a second of what it shows (a call, a closed road, a
team) and forty vehicles that move. What half an hour brings is sent in two minutes: fifteen times
as fast, the same number of events. The heap is what is left after the browser has collected what
nobody holds any more, before and after; the processes of the page are what the system gives them
(Rss), with all that a browser keeps for itself: caches, compiled code, textures drawn by software.
"""

from __future__ import annotations

import datetime as dt
import itertools
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, ViewportSize, sync_playwright
from sqlalchemy import text

from benchmarks.browser import CHROMIUM, FLAGS
from benchmarks.site import Client, Site, site

REPLAYED_S = 1_800
ACCELERATION = 15
WARM_CHANGES = 150
VEHICLES = 40
SCREEN: ViewportSize = {"width": 1920, "height": 1080}
ADDRESS = "/hall?kiosk=1"


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Print and return how many MB a screen grows by."""
    with site(port=port) as made:
        with made.session() as session, session.begin():
            for number in range(VEHICLES):
                session.execute(
                    text("INSERT INTO tracker (device, region) VALUES (:device, '420100')"),
                    {"device": f"v{number}"},
                )
            session.execute(
                text(
                    "INSERT INTO team (name, kind, region, geom) SELECT 't' || n, 'fire', "
                    "'420100', ST_SetSRID(ST_MakePoint(114 + n * 0.001, 30), 4326) "
                    "FROM generate_series(1, 20) AS n"
                )
            )
        client = made.start()
        incident = client.post(
            "/api/v1/incidents",
            {"title": "Half an hour", "kind": "other", "lon": 114.0, "lat": 30.0},
        )["id"]
        found = _grown(made, incident, f"http://127.0.0.1:{port}{ADDRESS}")
    print(
        f"{found['changes']} changes and {found['positions']} rounds of {VEHICLES} positions in "
        f"{found['lasted_s']:.0f} s ({found['acceleration']:.1f} times as fast): heap "
        f"{found['before_mb']:.1f} MB, then {found['after_mb']:.1f} MB, "
        f"grown by {found['grown_mb']:.1f} MB; the page's processes "
        f"{found['before_rss_mb']:.0f} MB, then {found['after_rss_mb']:.0f} MB"
    )
    return found


def _grown(made: Site, incident: str, address: str) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=SCREEN)
        page.goto(address)
        page.locator("#map canvas").first.wait_for(timeout=120_000)
        session = page.context.new_cdp_session(page)
        processes = browser.new_browser_cdp_session()
        _traffic(made, incident, WARM_CHANGES, pace_s=1 / ACCELERATION)
        page.wait_for_timeout(5_000)
        before, before_rss = _heap_mb(session), _rss_mb(processes)
        began = time.monotonic()
        rounds = _traffic(made, incident, REPLAYED_S, pace_s=1 / ACCELERATION)
        lasted_s = time.monotonic() - began
        page.wait_for_timeout(5_000)
        after, after_rss = _heap_mb(session), _rss_mb(processes)
        browser.close()
    return {
        "changes": REPLAYED_S,
        "positions": rounds,
        "lasted_s": round(lasted_s, 1),
        "acceleration": round(REPLAYED_S / lasted_s, 1),
        "before_mb": before,
        "after_mb": after,
        "grown_mb": round(after - before, 1),
        "before_rss_mb": before_rss,
        "after_rss_mb": after_rss,
    }


def _traffic(made: Site, incident: str, changes: int, *, pace_s: float) -> int:
    """Make so many changes at a pace, and let every vehicle move once a second; say how often."""
    moved = 0
    client = Client(made.port)  # one that nobody has used is let go after a quarter of a minute
    kinds = itertools.cycle((_call, _closure, _team))
    due = time.monotonic()
    moves = due
    with made.session() as session:
        for number in range(changes):
            next(kinds)(session, incident, number)
            session.commit()
            if time.monotonic() >= moves:
                client.post("/api/v1/positions", [_place(one, number) for one in range(VEHICLES)])
                moves += 1.0
                moved += 1
            due += pace_s
            time.sleep(max(0.0, due - time.monotonic()))
    return moved


def _call(session: Any, incident: str, number: int) -> None:
    """Note the result of one of thirty calls."""
    session.execute(
        text(
            "INSERT INTO call (id, incident_id, purpose, region, note) VALUES "
            "(:id, :incident, 'call.warn', '420100', :note) "
            "ON CONFLICT (id) DO UPDATE SET note = excluded.note"
        ),
        {
            "id": f"00000000-0000-7000-8000-{number % 30:012d}", "incident": incident,
            "note": f"note {number}",
        },
    )  # fmt: skip


def _closure(session: Any, incident: str, number: int) -> None:
    """Close one of twenty roads, or change why."""
    session.execute(
        text(
            "INSERT INTO road_closure (id, incident_id, kind, region, reason, geom) VALUES "
            "(:id, :incident, 'barrier', '420100', :reason, "
            "ST_SetSRID(ST_MakePoint(114 + :lon, 30), 4326)) "
            "ON CONFLICT (id) DO UPDATE SET reason = excluded.reason"
        ),
        {
            "id": f"00000000-0000-7000-9000-{number % 20:012d}", "incident": incident,
            "reason": f"reason {number}", "lon": number % 20 / 1000,
        },
    )  # fmt: skip


def _team(session: Any, incident: str, number: int) -> None:
    session.execute(
        text("UPDATE team SET name = :name WHERE name LIKE :which"),
        {"name": f"t{number % 20 + 1}-{number}", "which": f"t{number % 20 + 1}-%"},
    )
    session.execute(
        text("UPDATE team SET name = :name WHERE name = :which"),
        {"name": f"t{number % 20 + 1}-{number}", "which": f"t{number % 20 + 1}"},
    )


def _place(vehicle: int, turn: int) -> dict[str, Any]:
    return {
        "id": f"v{vehicle}",
        "lon": 114.0 + 0.001 * vehicle + 0.00001 * (turn % 1000),
        "lat": 30.0,
        "at": dt.datetime.now(dt.UTC).isoformat(),
        "speed_m_s": 10.0,
        "heading_deg": 90.0,
        "accuracy_m": 8.0,
    }


def _heap_mb(session: CDPSession) -> float:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return round(float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20, 1)


def _rss_mb(session: CDPSession) -> float:
    """Return what the processes of pages hold, MB."""
    total_kb = 0
    for process in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        if process["type"] == "renderer":
            lines = Path(f"/proc/{process['id']}/smaps_rollup").read_text().splitlines()
            total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("Rss:"))
    return round(total_kb / 1024, 1)
