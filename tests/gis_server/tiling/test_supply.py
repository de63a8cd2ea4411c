"""Making tiles: once for all who ask together, a few at a time, and never an error kept."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from gis_server.tiling import supply as module
from gis_server.tiling.address import Asked
from gis_server.tiling.supply import Supply, away
from layers import catalog
from layers.errors import BusyError
from layers.query import Scope
from tiles.cache import Cache
from tiles.grid import Tile

WHOLE = Scope(None)


@pytest.fixture
def supply(tmp_path):
    store = Cache(tmp_path / "a", max_bytes=0), Cache(tmp_path / "b", max_bytes=0)
    return Supply(*store, at_once=2)


def asked(x=0):
    return Asked((catalog.find("team"),), Tile(3, x, 0), None, 0, where={})


@pytest.fixture
def ask(supply, database):
    """Give a function: ask for a tile as a request does; return what it gets."""
    from sqlalchemy.orm import Session

    def run(x=0):
        with Session(database) as session:
            return supply.answer(asked(x), WHOLE, lambda: session, session.commit)

    return run


def together(count, work):
    """Run in so many threads at once; return what came of each."""
    done = [None] * count

    def one(number):
        try:
            done[number] = work(number)
        except Exception as error:
            done[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_a_tile_that_many_ask_for_together_is_made_once(ask, monkeypatch):
    made, gate = [], threading.Event()

    def slow(*_, **__):
        made.append(1)
        gate.wait(5)
        return b"tile"

    monkeypatch.setattr(module.vector, "tile", slow)
    threading.Timer(0.5, gate.set).start()
    answers = together(8, lambda _: ask().entry.body)
    assert answers == [b"tile"] * 8 and len(made) == 1


def test_no_more_are_made_at_a_time_than_there_are_connections_for(ask, monkeypatch):
    now, most, lock = [0], [0], threading.Lock()

    def slow(*_, **__):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.05)
        with lock:
            now[0] -= 1
        return b"tile"

    monkeypatch.setattr(module.vector, "tile", slow)
    assert all(answer.entry.body == b"tile" for answer in together(8, ask))
    assert most[0] == 2


def test_what_could_not_be_made_is_an_error_for_all_who_wait_and_is_not_kept(ask, monkeypatch):
    gate = threading.Event()

    def fails(*_, **__):
        gate.wait(5)
        raise BusyError("too slow", code="tile_too_slow")

    monkeypatch.setattr(module.vector, "tile", fails)
    threading.Timer(0.3, gate.set).start()
    assert {type(answer) for answer in together(4, lambda _: ask())} == {BusyError}
    monkeypatch.setattr(module.vector, "tile", lambda *_, **__: b"tile")
    assert ask().entry.body == b"tile"


def test_who_must_see_more_does_not_take_what_was_begun_before(supply):
    from tiles.cache import Entry

    gate, begun = threading.Event(), threading.Event()

    def old():
        begun.set()
        gate.wait(5)
        return Entry.of(b"old", seq=1)

    got = []
    first = threading.Thread(target=lambda: got.append(supply._once(b"k", 1, old).body))
    first.start()
    begun.wait(5)
    second = threading.Thread(
        target=lambda: got.append(supply._once(b"k", 2, lambda: Entry.of(b"new", seq=2)).body)
    )
    second.start()
    gate.set()
    first.join()
    second.join()
    assert sorted(got) == [b"new", b"old"]
    assert not supply._making


@pytest.mark.parametrize(
    ("state", "gone"),
    [("57P01", True), ("57P03", True), ("08006", True), (None, True), ("57014", False),
     ("42P01", False), ("40001", False)],
)  # fmt: skip
def test_only_an_error_that_says_so_means_that_the_database_is_away(state, gone):
    orig = type("Orig", (Exception,), {"sqlstate": state})()
    assert away(OperationalError("SELECT 1", {}, orig)) is gone
