"""What speaks against a plan: each cause once, each reason within bounds, closed once."""

import datetime as dt
import uuid

import pytest

from layers.errors import ConflictError, NotFoundError
from layers.response import proposals

NOW = dt.datetime.now(dt.UTC)


def propose(session, incident, plan, cause="a", reason="wind_turned"):
    return proposals.add(session, incident, plan, reason=reason, cause=cause, body={})


def test_a_reason_that_is_told_too_often_is_full_and_the_other_is_not(
    session, incident, plan, monkeypatch
):
    monkeypatch.setattr(proposals, "BUDGET", {"reading_outside": 2, "wind_turned": 1})
    assert proposals.full(session, plan.id, now=NOW) == []
    made = propose(session, incident, plan)
    propose(session, incident, plan, "b", "reading_outside")
    assert proposals.full(session, plan.id, now=NOW) == ["wind_turned"]
    proposals.dismiss(session, made, actor="wang", reason="no")
    assert proposals.full(session, plan.id, now=NOW) == ["wind_turned"]
    later = made.made_at + proposals.WITHIN + dt.timedelta(seconds=1)
    assert proposals.full(session, plan.id, now=later) == []


def test_a_cause_is_known_whatever_became_of_it(session, incident, plan):
    made = propose(session, incident, plan)
    proposals.supersede(session, [made], actor="wang", why="newer")
    assert made.state == "superseded"
    assert proposals.known(session, incident.id, "a")
    assert not proposals.known(session, uuid.uuid4(), "a")
    assert proposals.ever(session, plan.id, "wind_turned") == 1


def test_a_proposal_is_closed_once(session, incident, plan):
    made = propose(session, incident, plan)
    proposals.dismiss(session, made, actor="wang", reason="no")
    with pytest.raises(ConflictError) as late:
        proposals.dismiss(session, made, actor="li", reason="yes")
    assert (late.value.code, late.value.details["by"]) == ("proposal_closed", "wang")
    proposals.supersede(session, [made], actor="li", why="x")
    assert (made.state, made.closed_by) == ("dismissed", "wang")


def test_a_proposal_of_another_incident_is_not_there(session, incident, plan):
    made = propose(session, incident, plan)
    assert proposals.proposal_of(session, incident.id, made.id) is made
    with pytest.raises(NotFoundError):
        proposals.proposal_of(session, uuid.uuid4(), made.id)


def test_a_closed_incident_is_followed_no_more(session, incident, plan):
    assert [found.id for found, _ in proposals.followed(session)] == [incident.id]
    incident.status = "closed"
    session.flush()
    assert proposals.followed(session) == []
