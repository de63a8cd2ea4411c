"""Moments marked with a word: once, by whom, seen where, and no more than a line holds."""

import datetime as dt
import sys
import uuid

import pytest
from sqlalchemy import text

from layers import replay
from layers.errors import ConflictError, NotFoundError, TooLargeError
from layers.models import Incident
from layers.query.scope import EVERYTHING, Scope

NOON = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
HERE, THERE = Scope(("330102",)), Scope(("330203",))


@pytest.fixture
def incident(session):
    id = session.scalar(
        text(
            "INSERT INTO incident (title, kind, occurred_at, region, geom) VALUES ('leak', 'other',"
            " now(), '330102', ST_SetSRID(ST_MakePoint(120, 30), 4326)) RETURNING id"
        )
    )
    return session.get(Incident, id)


def mark(session, minute=0, *, title="here", name="wang", scope=HERE, incident=None, id=None):
    moment = replay.Moment(0, NOON + dt.timedelta(minutes=minute))
    return replay.mark(
        session, moment, title=title, name=name, scope=scope, incident=incident, id=id
    )


def test_a_mark_sent_twice_is_one_and_anothers_id_is_refused(session, incident):
    id = uuid.uuid4()
    assert mark(session, id=id, incident=incident).id == mark(session, id=id).id
    with pytest.raises(ConflictError):
        mark(session, id=id, name="li")


def test_a_mark_is_of_its_incidents_region_else_of_its_authors_first(session, incident):
    assert mark(session, incident=incident, scope=THERE).region == "330102"
    assert mark(session, scope=Scope(("330203", "330204"))).region == "330203"
    assert mark(session, scope=EVERYTHING).region is None


def test_marks_are_seen_in_their_region_and_by_their_author_in_order_of_time(session, incident):
    mark(session, 2, title="second", incident=incident)
    mark(session, 1, title="first", incident=incident)

    def told(scope, name):
        found = replay.bookmarks(session, scope=scope, name=name, incident=incident.id)
        return [each["title"] for each in found]

    assert told(HERE, "li") == ["first", "second"]
    assert told(THERE, "wang") == ["first", "second"]
    assert told(THERE, "li") == []


def test_nobody_takes_a_mark_away_that_they_do_not_see(session, incident):
    made = mark(session, incident=incident)
    with pytest.raises(NotFoundError):
        replay.unmark(session, made.id, scope=THERE, name="li")
    replay.unmark(session, made.id, scope=HERE, name="li")
    assert replay.bookmarks(session, scope=EVERYTHING, name="wang") == []


def test_a_line_holds_so_many_marks_and_an_incidents_do_not_fill_the_regions(
    session, incident, monkeypatch
):
    monkeypatch.setattr(sys.modules["layers.replay.bookmarks"], "BOOKMARKS_MAX", 1)
    mark(session, incident=incident)
    mark(session)
    with pytest.raises(TooLargeError):
        mark(session, incident=incident)
    with pytest.raises(TooLargeError):
        mark(session)
    mark(session, scope=THERE)
