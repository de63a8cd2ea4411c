"""The live feed of positions: for whom it is, lossy, and never in the way of a change."""

import json
from itertools import islice

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.live import QUEUE_LENGTH, Subscription
from gis_server.signin import Identity
from gis_server.stream import Stream
from gis_server.whereabouts import Moved, Round, Whereabouts
from tests.layers.tracking.reports import NOW, register, row, take

ALL = Identity(name="all", grants=(("commander", ""),))
FIELD = Identity(name="field", grants=(("field", "3301"),))
VIEWER = Identity(name="viewer", grants=(("viewer", ""),))


@pytest.fixture
def report(database):
    def send(*rows):
        with Session(database) as session, session.begin():
            take(session, *rows)

    return send


@pytest.fixture
def add(database):
    def trackers(*devices, **values):
        with Session(database) as session, session.begin():
            register(session, *devices, **values)

    return trackers


@pytest.fixture
def listen(database, hub):
    opened = []

    def stream(reader, **options):
        place = hub.subscribe()
        one = Stream(
            engine=database, recognise=lambda session: reader, heartbeat_s=0.3, recheck_s=0.3,
            **options,
        )  # fmt: skip
        events = one.events(place, None)
        opened.append((events, place))
        next(events)
        return events

    yield stream
    for events, place in opened:
        events.close()
        hub.leave(place)


def devices(events, most=12):
    """Return the devices of the first `latest` among so many events."""
    for block in islice(events, most):
        if block.startswith("event: latest\n"):
            assert "\nid:" not in block
            data = json.loads(block.split("data: ", 1)[1])
            assert data["now"]
            return {one["id"] for one in data["positions"]}
    return None


def test_who_moves_is_shown_to_those_who_may_see_it(listen, report, add):
    add("car", "truck")
    add("far", region="3302")
    add("ranger", kind="person")
    everywhere, field, viewer = listen(ALL), listen(FIELD), listen(VIEWER)
    report(*(row(id=each) for each in ("car", "truck", "far", "ranger")))
    assert devices(everywhere) == {"car", "truck", "far", "ranger"}
    assert devices(field) == {"car", "truck"}
    assert devices(viewer) is None


def test_a_stream_may_do_without_positions(listen, report, add):
    add("car")
    quiet, loud = listen(ALL, positions=False), listen(ALL)
    report(row())
    assert devices(loud) == {"car"}
    assert devices(quiet) is None


def test_only_who_has_moved_since_is_told_again(database, report, add):
    class Screen:
        seen: list[Moved] = []

        def show(self, moved):
            self.seen = list(moved.moved)

    add("car", "truck")
    screen = Screen()
    feed = Whereabouts(database, lambda: [screen])
    report(row(id="car"), row(id="truck"))
    feed.show()
    assert len(screen.seen) == 2
    report(row(10, id="car"))
    feed.show()
    assert [json.loads(one.text)["id"] for one in screen.seen] == ["car"]
    screen.seen = []
    feed.show()
    assert screen.seen == []


def test_a_report_that_commits_after_a_later_one_is_told_too(database, report, add):
    class Screen:
        seen: list[Moved] = []

        def show(self, moved):
            self.seen = list(moved.moved)

    add("car", "truck")
    screen = Screen()
    feed = Whereabouts(database, lambda: [screen])
    report(row(-60, id="car"))
    feed.show()
    with Session(database) as slow, slow.begin():
        take(slow, row(id="car"))
        report(row(id="truck"))
        feed.show()
        assert [json.loads(one.text)["id"] for one in screen.seen] == ["truck"]
    feed.show()
    assert [json.loads(one.text)["id"] for one in screen.seen] == ["car"]


def test_positions_never_fill_the_queue_of_changes_nor_end_a_stream():
    place = Subscription()
    for n in range(3 * QUEUE_LENGTH):
        place.show(Round([Moved(n % 50, NOW, None, "vehicle", None, str(n))]))
    assert place.open
    found = place.moved().moved
    assert {one.number: one.text for one in found}[49] == str(3 * QUEUE_LENGTH - 1)
    assert len(found) == 50
    assert place.moved() is None
    for _ in range(QUEUE_LENGTH - 1):
        place.put(None)
    place.show(Round([Moved(1, NOW, None, "vehicle", None, "x")]))
    assert place.open


def test_who_has_moved_is_written_once_for_readers_of_the_same_rights():
    reported = Moved(2, NOW, "3301", "person", "ann", '{"id":"her own"}')
    moved = Round([Moved(1, NOW, "3301", "vehicle", None, '{"id":"car"}'), reported])
    one, two, ann = (Identity(name=name, grants=(("field", "3301"),)) for name in ("a", "b", "ann"))
    assert moved.told(one) is moved.told(two)
    assert "her own" not in moved.told(one)
    assert "her own" in moved.told(ann)
    assert moved.told(Identity(name="x")) == ""


def test_a_change_comes_through_while_positions_pour_in(listen, report, add, database, sealed):
    add("car")
    sealed()
    events = listen(ALL)
    for n in range(5):
        report(row(n))
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE tracker SET name = 'One'"))
    sealed()
    names = [block.split("\n", 1)[0] for block in islice(events, 10)]
    assert "event: change" in names
    assert "event: latest" in names


def test_the_feed_comes_back_after_its_connection_was_cut(listen, report, add, database):
    add("car")
    events = listen(ALL)
    report(row(0))
    assert devices(events) == {"car"}
    with Session(database) as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'onemap positions' AND datname = current_database()"
            )
        )
    report(row(10))
    found = None
    for n in range(20):
        report(row(20 + n))
        found = found or devices(events, most=2)
    assert found == {"car"}
