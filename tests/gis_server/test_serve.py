"""The real server: one command, streams that resume, a clean end, a door that refuses."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import pytest

PORT = 8661
COMMAND = [sys.executable, "-c", "from gis_server.cli import main; main()"]
ROOT = Path(__file__).parents[2]


def environment(var, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEMAP_")}
    given = {"VAR": str(var), "PORT": str(PORT), "WORKERS": "1", **more}
    return kept | {f"ONEMAP_{name}": value for name, value in given.items()}


class Server:
    """A server process and short ways to talk to it."""

    def __init__(self, var, **more):
        # A file and not a pipe: a pipe that nobody empties stops the server once it is full.
        self.log = var / "server.log"
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                [*COMMAND, "serve"], env=environment(var, **more), stderr=said, cwd=ROOT
            )
        while "onemap serves" not in self.said:
            if self.process.poll() is not None:
                raise RuntimeError(self.said)
            time.sleep(0.1)

    @property
    def said(self):
        return self.log.read_text()

    def ask(self, method, path, body=None, **headers):
        sent = {"Content-Type": "application/json", "Accept-Language": "en", **headers}
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)) as connection:
            connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith(("{", "[")) else text

    @contextmanager
    def stream(self, last=None):
        headers = {"Last-Event-ID": str(last)} if last is not None else {}
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)) as connection:
            connection.request("GET", "/api/v1/events", headers=headers)
            with connection.getresponse() as answer:
                yield events(answer)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def events(answer):
    event = {}
    for line in answer:
        text = line.decode().strip()
        if text:
            name, _, value = text.partition(": ")
            event[name] = value
        elif event:
            yield event
            event = {}


@pytest.fixture
def server(var):
    server = Server(var, DEMO="1", HEARTBEAT_S="0.5")
    yield server
    server.end()


def add(server, name):
    body = {"lon": 120, "lat": 30, "title": name}
    status, incident = server.ask("POST", "/api/v1/incidents", body)
    assert status == 201, incident
    return incident["id"]


def test_a_stream_that_breaks_resumes_without_a_gap(server):
    with server.stream() as stream:
        assert next(stream)["event"] == "heartbeat"
        first = add(server, "first")
        heard = next(event for event in stream if event["event"] == "change")
        assert json.loads(heard["data"])["feature"] == first
    missed = [add(server, f"missed {n}") for n in range(5)]
    with server.stream(last=heard["id"]) as stream:
        later = add(server, "later")
        told = (json.loads(e["data"]) for e in stream if e["event"] == "change")
        seen = list(islice(told, 6))
    assert [change["feature"] for change in seen] == [*missed, later]
    last = int(heard["id"])
    assert [change["seq"] for change in seen] == list(range(last + 1, last + 7))


def test_it_stops_when_told_to_although_a_stream_is_open(server):
    with server.stream() as stream:
        assert next(stream)["event"] == "heartbeat"
        assert server.end() == 0


def test_what_comes_through_a_proxy_is_refused_by_the_demo(server):
    status, body = server.ask("GET", "/", **{"X-Forwarded-For": "127.0.0.1"})
    assert (status, body["error"]["code"]) == (403, "demo_door")


def test_killed_workers_and_a_killed_database_come_back_and_the_journal_goes_on(server):
    add(server, "before")
    children = subprocess.run(
        ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(children) >= 2  # a worker, and PostgreSQL
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    deadline = time.monotonic() + 90
    while True:
        try:
            add(server, "after")
            break
        except (OSError, http.client.HTTPException, AssertionError):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    with server.stream(last=0) as stream:
        told = (json.loads(e["data"]) for e in stream if e["event"] == "change")
        assert [change["seq"] for change in islice(told, 2)] == [1, 2]


def test_the_first_start_shows_the_administrators_password_once_and_it_opens(var):
    server = Server(var)
    password = server.said.partition("password ")[2].split()[0]
    status, body = server.ask("POST", "/api/v1/session", {"name": "admin", "password": password})
    assert (status, body["roles"]) == (201, ["admin"])
    assert server.ask("GET", "/api/v1/layers")[0] == 401
    server.end()
    again = Server(var)
    assert "password" not in again.said
    again.end()


def refused(var, *options, **more):
    done = subprocess.run(
        [*COMMAND, *options], env=environment(var, **more), capture_output=True,
        text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_the_demo_refuses_to_start_for_other_machines(var):
    said = refused(var, "serve", "--demo", "--host", "0.0.0.0")
    assert "ONEMAP_HOST=127.0.0.1" in said


def test_a_port_in_use_is_named_before_anything_starts(server, var):
    assert str(PORT) in refused(var, "serve", "--demo")


def test_a_setting_that_makes_no_sense_is_named(var):
    assert "ONEMAP_PORT" in refused(var, "serve", PORT="99999999")
