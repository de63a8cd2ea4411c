"""The call sheet by time: who is overdue, and whom to call next."""

import datetime as dt
import uuid

from layers.models import Call
from layers.response.calls import due_at, next_first

NOON = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)


def line(rank, result="waiting", called=None, **fields):
    return Call(
        id=uuid.uuid4(), rank=rank, result=result, called_at=called, created_at=NOON, **fields
    )


def test_a_line_is_overdue_three_minutes_after_it_was_listed_or_last_tried():
    assert due_at(line(1)) == NOON + dt.timedelta(minutes=3)
    tried = NOON + dt.timedelta(minutes=10)
    assert due_at(line(1, "no_answer", tried)) == tried + dt.timedelta(minutes=3)
    assert due_at(line(1, "answered", tried)) is None


def test_whom_to_call_next_is_the_untried_by_rank_and_then_the_longest_ago():
    early, late = (NOON + dt.timedelta(minutes=m) for m in (1, 2))
    first, second = line(1), line(2)
    again, later = line(0, "no_answer", early), line(0, "no_answer", late)
    done = line(0, "answered", early)
    order = next_first([later, again, done, second, first])
    assert order == {first.id: 1, second.id: 2, again.id: 3, later.id: 4}


def test_who_refused_was_reached_and_who_did_not_answer_was_not():
    tried = NOON + dt.timedelta(minutes=1)
    assert due_at(line(1, "refused", tried)) is None
    assert next_first([line(1, "refused", tried), line(2, "answered", tried)]) == {}
