"""Moments of the past: a seq or a time, each with the other, and nothing else."""

import datetime as dt

import pytest
from sqlalchemy import text

from layers import replay
from layers.errors import InvalidInputError
from layers.journal import high_water, seal
from layers.models import JournalRow


def incident(session, title):
    session.execute(
        text(
            "INSERT INTO incident (title, kind, occurred_at, geom) VALUES "
            "(:title, 'other', now(), ST_SetSRID(ST_MakePoint(120, 30), 4326))"
        ),
        {"title": title},
    )


def test_a_time_is_what_was_sealed_of_the_changes_made_by_then(session):
    incident(session, "one")
    seal(session)
    first = session.query(JournalRow).filter(JournalRow.seq == 1).one()
    incident(session, "two")
    seal(session)
    second = session.query(JournalRow).filter(JournalRow.seq == 2).one()
    assert replay.moment(session, "1") == replay.Moment(1, first.at)
    assert replay.moment(session, first.at.isoformat()).seq == 1
    assert replay.moment(session, second.at.isoformat()).seq == 2
    assert replay.moment(session, (first.at - dt.timedelta(seconds=1)).isoformat()).seq == 0
    assert replay.moment(session, "0").seq == 0


@pytest.mark.parametrize("said", ["", "x", "-1", "99", "2026-01-01T00:00:00", "9" * 30, "٣"])
def test_what_is_no_moment_is_refused(session, said):
    with pytest.raises(InvalidInputError) as refused:
        replay.moment(session, said)
    assert refused.value.details["field"] == "at"


def test_before_anything_happened_the_moment_is_the_beginning(session):
    assert replay.moment(session, "0").at == dt.datetime.fromtimestamp(0, dt.UTC)
    incident(session, "not sealed yet")
    seq = high_water(session)
    assert replay.moment(session, str(seq)).seq == seq
    with pytest.raises(InvalidInputError):
        replay.moment(session, str(seq + 1))


@pytest.mark.parametrize("year", ["1899", "2201"])
def test_a_time_of_another_age_is_refused(session, year):
    with pytest.raises(InvalidInputError):
        replay.moment(session, f"{year}-01-01T00:00:00+08:00")
