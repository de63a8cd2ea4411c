"""A screen that stops reading, at the real server: let go in time, and back without a gap."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from layers import cluster, database
from tests.gis_server.test_serve import PORT, Server, events

ROWS, TIMES = 500, 6
LET_GO_S = 60
ASK = b"GET /api/v1/events?positions=false HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"


@pytest.fixture
def site(var):
    """Give a site with five hundred teams and its server: its engine."""
    with cluster.running(var) as urls:
        database.migrate(urls.migrator)
        engine = create_engine(urls.app)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO team (name, kind, region, geom) SELECT 'team ' || n, 'fire', "
                    "'3301', ST_SetSRID(ST_MakePoint(110 + 0.02 * n, 30), 4326) "
                    "FROM generate_series(1, :rows) AS n"
                ),
                {"rows": ROWS},
            )
        server = Server(var, DEMO="1", HEARTBEAT_S="1")
        yield engine
        server.end()
        engine.dispose()


def change(engine):
    for turn in range(TIMES):
        with engine.begin() as connection:
            connection.execute(text("UPDATE team SET source = :turn"), {"turn": f"turn {turn}"})


def is_held(screen):
    """Tell whether the server's end of a connection is still open."""
    ends = (f":{PORT:04X}", f":{screen.getsockname()[1]:04X}")
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any((one[1][-5:], one[2][-5:], one[3]) == (*ends, "01") for one in lines)


def read_to_the_end(screen):
    """Return what lay in the buffers of a stream that the server has ended."""
    held = b""
    with contextlib.suppress(ConnectionResetError):
        while more := screen.recv(65_536):
            held += more
    return held


@pytest.mark.timeout(180)
def test_a_screen_that_stops_reading_is_let_go_and_comes_back_to_everything(site):
    with (
        socket.socket() as slow,
        closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)) as quick,
    ):
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", PORT))
        slow.sendall(ASK % PORT)
        head = slow.recv(512)
        quick.request("GET", "/api/v1/events?positions=false")
        heard = events(quick.getresponse())
        assert next(heard)["event"] == "heartbeat"
        change(site)
        told = (int(event["id"]) for event in heard if event["event"] == "change")
        first = next(told)
        last = first + ROWS * TIMES - 1
        # Who reads is told all of it while the other holds its stream up.
        assert [next(told) for _ in range(ROWS * TIMES - 1)] == list(range(first + 1, last + 1))
        began = time.monotonic()
        while is_held(slow):
            assert time.monotonic() < began + LET_GO_S
            time.sleep(0.5)
        slow.settimeout(10)
        got = (head + read_to_the_end(slow)).decode(errors="ignore")
    seen = [int(one) for one in re.findall(r"event: change\nid: (\d+)\ndata: .*\n\n", got)]
    assert seen == list(range(first, first + len(seen)))
    assert len(seen) < ROWS * TIMES
    back = seen[-1] if seen else first - 1
    with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)) as again:
        # Far behind as it is, it is told to read everything instead of three thousand changes.
        again.request("GET", "/api/v1/events", headers={"Last-Event-ID": str(back)})
        told = events(again.getresponse())
        assert json.loads(next(told)["data"])["seq"] == last
