"""The one way out of a printing browser: this server, read only, and whole."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from gis_server.printing import gate as gates
from gis_server.printing.gate import Gate
from tests.gis_server.printing.conftest import Listener

Listen = Callable[[], Listener]
OK = (200, {"Content-Type": "text/plain"}, b"whole")


@pytest.fixture
def home(listen: Listen) -> Listener:
    home = listen()
    home.answers["/tile"] = OK
    return home


@pytest.fixture
def gate(home: Listener, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    monkeypatch.setattr(gates, "PAUSE_S", 0)
    with closing(Gate(home.address, cookie="onemap_session=secret", language="en")) as gate:
        yield gate


def test_the_readers_pass_goes_to_this_server_and_its_answer_comes_back(
    gate: Gate, home: Listener
) -> None:
    answer = gate.fetch("GET", f"{home.address}/tile?z=1")
    assert (answer.status, answer.body) == (200, b"whole")
    assert home.asked == ["GET /tile?z=1"]
    (seen,) = home.seen
    assert (seen["Cookie"], seen["Accept-Language"]) == ("onemap_session=secret", "en")


@pytest.mark.parametrize(
    "url",
    [
        "{canary}/image", "{canary_name}/image", "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd", "https://{home_host}/tile", "ftp://{home_host}/tile",
        "http://{home_host}.evil.example/tile", "http://evil.example@{canary_host}/tile",
        "http://{home_host}@{canary_host}/tile", "//{canary_host}/tile", "ws://{home_host}/tile",
    ],
)  # fmt: skip
def test_every_other_address_is_refused_and_never_asked(
    gate: Gate, home: Listener, canary: Listener, url: str
) -> None:
    places = {
        "canary": canary.address,
        "canary_name": canary.address.replace("127.0.0.1", "localhost"),
        "canary_host": canary.address.removeprefix("http://"),
        "home_host": home.address.removeprefix("http://"),
    }
    assert gate.fetch("GET", url.format(**places)).status == 403
    assert canary.asked == home.asked == []
    assert len(gate.refused) >= 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS"])
def test_nothing_is_changed_through_it(gate: Gate, home: Listener, method: str) -> None:
    assert gate.fetch(method, f"{home.address}/tile").status == 403
    assert home.asked == []


def test_a_stream_that_never_ends_is_not_begun(gate: Gate, home: Listener) -> None:
    assert gate.fetch("GET", f"{home.address}/api/v1/events").status == 403
    assert home.asked == []


def test_a_redirect_is_not_followed_and_an_answer_too_large_not_kept(
    gate: Gate, home: Listener, canary: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.answers["/away"] = (302, {"Location": f"{canary.address}/tile"}, b"")
    home.answers["/large"] = (200, {}, b"x" * 101)
    monkeypatch.setattr(gates, "MAX_BYTES", 100)
    assert gate.fetch("GET", f"{home.address}/away").status == 403
    assert gate.fetch("GET", f"{home.address}/large").status == 403
    assert gate.fetch("GET", f"{home.address}/tile").status == 200
    assert canary.asked == []


def test_a_busy_server_is_asked_again_and_then_nothing_is_missing(
    gate: Gate, home: Listener
) -> None:
    home.answers["/tile"] = [(503, {}, b""), (502, {}, b""), OK]
    assert gate.fetch("GET", f"{home.address}/tile").body == b"whole"
    assert gate.failed == set()


def test_what_this_server_has_not_given_in_the_end_is_known_until_it_does(
    gate: Gate, home: Listener
) -> None:
    home.answers["/tile"] = [(503, {}, b"")] * gates.TRIES + [OK]
    url = f"{home.address}/tile"
    assert gate.fetch("GET", url).status == 503
    assert gate.failed == {url}
    assert gate.fetch("GET", url).status == 200
    assert gate.failed == set()
    assert gate.fetch("GET", f"{home.address}/nowhere").status == 404
    assert gate.failed == set(), "what is not there is not missing"


def test_a_connection_that_was_closed_meanwhile_is_made_anew() -> None:
    served = socket.create_server(("127.0.0.1", 0))

    def once_each() -> None:
        for _ in range(2):
            line, _ = served.accept()
            with line:
                line.recv(4096)
                # It says that it keeps the connection, and does not.
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole")

    thread = threading.Thread(target=once_each)
    thread.start()
    address = f"http://127.0.0.1:{served.getsockname()[1]}"
    with closing(Gate(address)) as gate:
        assert [gate.fetch("GET", f"{address}/{n}").body for n in range(2)] == [b"whole"] * 2
    thread.join()
    served.close()
