"""A report of positions: each row told, none lost by another, the newest wins whoever is first."""

import datetime as dt
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.query import Scope
from layers.tracking.judgement import Flag
from layers.tracking.report import SIGHTINGS_MOST
from tests.layers.tracking.reports import NOW, at, history, latest, register, row, take


@pytest.fixture
def car(session):
    register(session, "car")


def test_a_position_is_the_latest_and_in_the_history(session, car):
    receipt = take(session, row(10, speed_m_s=12.5, heading_deg=90, accuracy_m=5))
    assert (receipt.received, receipt.stored, receipt.refused, receipt.doubled) == (1, 1, (), ())
    last = latest(session)
    assert (last.lon, last.lat, last.speed_m_s, last.heading_deg) == (120.0, 30.0, 12.5, 90.0)
    assert last.at.isoformat() == at(10)
    assert last.received_at == receipt.now
    assert len(history(session)) == 1


def test_one_bad_row_loses_no_other_and_says_why(session, car):
    bad = [
        "text",
        row(id=7),
        row(id="a b"),
        row(at=at(0).replace("+00:00", "")),
        row(at="yesterday, at noon or so"),
        row(lon=181),
        row(lat=None),
        row(lat="30"),
        row(lon=True),
        row(lon=0, lat=0),
        row(id="nobody"),
        {},
        row(at=(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)).isoformat()),
        row(at=(NOW - dt.timedelta(days=91)).isoformat()),
        row(lon=10**400),
    ]
    receipt = take(session, *bad, row(5))
    assert [(one.row, one.reason) for one in receipt.refused] == [
        (0, "not_an_object"), (1, "bad_id"), (2, "bad_id"), (3, "bad_time"), (4, "bad_time"),
        (5, "off_earth"), (6, "off_earth"), (7, "off_earth"), (8, "off_earth"), (9, "no_fix"),
        (10, "unknown_tracker"), (11, "bad_id"), (12, "future"), (13, "too_old"),
        (14, "off_earth"),
    ]  # fmt: skip
    assert receipt.stored == 1
    assert receipt.received == len(bad) + 1


def test_a_value_beside_the_place_that_cannot_be_is_left_out_and_flagged(session, car):
    receipt = take(session, row(5, speed_m_s=-3, heading_deg="north", accuracy_m=8))
    assert receipt.flagged == ((0, "car", Flag.UNSURE),)
    last = latest(session)
    assert (last.speed_m_s, last.heading_deg, last.accuracy_m) == (None, None, 8.0)


def test_a_field_that_nobody_reads_is_told(session, car):
    assert take(session, row(5, altitude_m=3, plate="x")).ignored_fields == ("altitude_m", "plate")


def test_a_report_sent_again_stores_nothing_and_says_so(session, car):
    rows = [row(n) for n in range(5)]
    assert take(session, *rows).stored == 5
    again = take(session, *rows)
    assert (again.stored, again.doubled, again.refused) == (0, (0, 1, 2, 3, 4), ())
    assert len(history(session)) == 5


def test_a_position_twice_in_one_report_is_one(session, car):
    receipt = take(session, row(1), row(1, lon=120.0001))
    assert (receipt.stored, receipt.doubled) == (1, (1,))
    assert latest(session).lon == 120.0


def test_what_comes_late_is_kept_and_never_becomes_the_latest(session, car):
    take(session, row(60, lon=120.01))
    receipt = take(session, row(30, lon=120.005))
    assert receipt.flagged == ((0, "car", Flag.LATE),)
    assert latest(session).lon == 120.01
    assert [p.lon for p in history(session)] == [120.005, 120.01]


def test_a_report_in_any_order_ends_with_the_newest(session, car):
    receipt = take(session, *(row(n, lon=120 + n / 1e5) for n in (30, 10, 50, 20, 40)))
    assert receipt.flagged == ()
    assert latest(session).lon == pytest.approx(120.0005)


def test_a_jump_waits_until_a_second_position_agrees(session, car):
    take(session, row(0))
    receipt = take(session, row(10, lat=31))
    assert receipt.flagged == ((0, "car", Flag.JUMP),)
    assert latest(session).lat == 30
    assert take(session, row(20, lat=31.001)).flagged == ()
    assert latest(session).lat == 31.001
    assert latest(session).held_at is None


def test_a_single_error_is_unmasked_by_the_next_good_position(session, car):
    take(session, row(0), row(10, lat=31), row(20, lat=30.001))
    assert (latest(session).lat, latest(session).held_at) == (30.001, None)
    take(session, row(30, lat=31.002))
    assert latest(session).lat == 30.001


def test_the_same_jump_sent_twice_does_not_confirm_itself(session, car):
    take(session, row(0))
    for _ in range(3):
        take(session, row(10, lat=31))
    assert latest(session).lat == 30


def test_over_a_hundred_kilometres_are_a_jump_however_long_it_took(session, car):
    take(session, row(-40_000))
    assert take(session, row(0, lat=31)).flagged == ((0, "car", Flag.JUMP),)


def test_two_fixes_a_second_apart_may_differ_by_what_the_receiver_does_not_know(session, car):
    take(session, row(0, accuracy_m=60))
    assert take(session, row(1, lat=30.0015, accuracy_m=60)).flagged == ()


def test_a_place_known_to_two_hundred_metres_only_says_so(session, car):
    assert take(session, row(0, accuracy_m=500)).flagged == ((0, "car", Flag.COARSE),)


def test_a_clock_that_is_a_little_ahead_is_flagged_and_much_ahead_refused(session, car):
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)
    receipt = take(session, row(at=ahead.isoformat()))
    assert receipt.flagged == ((0, "car", Flag.CLOCK_AHEAD),)
    more = ahead + dt.timedelta(seconds=120)
    assert take(session, row(at=more.isoformat())).refused[0].reason == "future"


def test_a_tracker_of_another_region_is_unknown_and_leaves_no_trace(session, car):
    receipt = take(session, row(0), scope=Scope(("3302",)))
    assert [one.reason for one in receipt.refused] == ["unknown_tracker"]
    assert history(session) == []
    assert session.scalar(text("SELECT count(*) FROM tracker_sighting")) == 0


def test_only_its_own_reporter_may_report_a_tracker_that_has_one(session):
    register(session, "phone", kind="person", reporter="li")
    assert take(session, row(id="phone"), reporter="wang").refused[0].reason == "unknown_tracker"
    assert take(session, row(id="phone"), reporter="li").stored == 1


def test_a_tracker_out_of_use_says_so(session):
    register(session, "old", active=False)
    assert take(session, row(id="old")).refused[0].reason == "inactive"


def test_who_is_not_registered_is_noted_so_often_and_so_many(session):
    take(session, row(id="new"), row(1, id="new"))
    take(session, row(2, id="new"))
    noted = session.execute(text("SELECT device, reported_by, reports FROM tracker_sighting"))
    assert noted.all() == [("new", "gate", 2)]
    take(session, *(row(id=f"x{n}") for n in range(SIGHTINGS_MOST)))
    take(session, *(row(id=f"y{n}") for n in range(5)))
    assert session.scalar(text("SELECT count(*) FROM tracker_sighting")) <= SIGHTINGS_MOST
    assert session.scalar(text("SELECT count(*) FROM position")) == 0


def test_each_day_has_its_own_table_over_midnight_the_month_and_the_year(session, car):
    last = dt.datetime(NOW.year, 1, 1, tzinfo=dt.UTC)
    moments = [last - dt.timedelta(seconds=1), last]
    receipt = take(session, *(row(at=m.isoformat()) for m in moments), kept_days=3000)
    assert receipt.stored == 2
    parts = session.execute(
        text(
            "SELECT p.tableoid::regclass::text FROM position p JOIN tracker t "
            "ON t.number = p.tracker ORDER BY p.at"
        )
    ).scalars()
    assert list(parts) == [
        f"onemap_position.d{NOW.year - 1}1231", f"onemap_position.d{NOW.year}0101"
    ]  # fmt: skip


def test_no_day_is_made_that_is_centuries_away(session):
    for day in ("1900-01-01", "2190-01-01"):
        with pytest.raises(DBAPIError, match="no positions are kept"), session.begin_nested():
            session.execute(text(f"SELECT onemap_make_position_days('{{{day}}}')"))


def test_days_are_dropped_whole_when_they_are_old_and_never_the_last_seven(session, car):
    old = NOW - dt.timedelta(days=40)
    take(session, row(at=old.isoformat()), row(0))
    assert session.scalar(text("SELECT onemap_drop_position_days(41)")) == 0
    assert session.scalar(text("SELECT onemap_drop_position_days(39)")) == 1
    assert len(history(session)) == 1
    with pytest.raises(DBAPIError, match="7 days at least"), session.begin_nested():
        session.execute(text("SELECT onemap_drop_position_days(6)"))


def test_positions_are_not_in_the_journal_and_their_tracker_is(session, car):
    take(session, row(0), row(10))
    layers = session.execute(text("SELECT DISTINCT layer FROM journal")).scalars().all()
    assert layers == ["tracker"]


def test_two_reports_at_once_leave_the_newest_and_lose_nothing(database):
    devices = [f"c{n}" for n in range(20)]
    with Session(database) as session, session.begin():
        register(session, *devices)
    faults = []

    def send(first):
        try:
            for turn in range(10):
                seconds = first + 2 * turn
                some = [row(seconds, lon=120 + seconds / 1e5, id=d) for d in devices]
                with Session(database) as session, session.begin():
                    take(session, *(some if first else reversed(some)))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=send, args=(first,)) for first in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with Session(database) as session:
        assert session.scalar(text("SELECT count(*) FROM position")) == 20 * 20
        lons = session.execute(text("SELECT DISTINCT lon FROM position_latest")).scalars().all()
    assert lons == [pytest.approx(120 + 19 / 1e5)]


def test_an_older_report_that_waits_for_a_newer_one_does_not_overwrite_it(database):
    with Session(database) as session, session.begin():
        register(session, "car")
        take(session, row(0))

    def send_older():
        with Session(database) as session, session.begin():
            take(session, row(30, lon=120.003))

    thread = threading.Thread(target=send_older)
    with Session(database) as newer, newer.begin():
        take(newer, row(60, lon=120.006))
        thread.start()
        _until_one_waits(database)
    thread.join()
    with Session(database) as session:
        assert latest(session).lon == 120.006
        assert [Flag(p.flags) for p in history(session)] == [Flag(0), Flag.LATE, Flag(0)]


def _until_one_waits(database):
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    for _ in range(400):
        with Session(database) as session:
            if session.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waited")
