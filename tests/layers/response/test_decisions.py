"""Rules of decisions: two people, once, on what is the incident's own."""

import uuid

import pytest

from layers.errors import BusyError, ConflictError, NotFoundError, PermissionError_
from layers.models import Incident
from layers.response import decisions


def draft(session, incident, *, kind="evacuate", basis=None, level=None, actor="wang"):
    made, fresh = decisions.draft(
        session, incident, id=None, kind=kind, text="school 3", basis=basis or {}, level=level,
        area=None, actor=actor,
    )  # fmt: skip
    assert fresh
    return made


@pytest.mark.parametrize(
    ("actor", "outcome", "code"),
    [
        ("wang", "approved", "own_decision"),
        ("wang", "rejected", "own_decision"),
        ("li", "withdrawn", "not_own_decision"),
    ],
)
def test_another_person_decides_and_only_the_drafter_withdraws(
    session, incident, actor, outcome, code
):
    made = draft(session, incident)
    with pytest.raises(PermissionError_) as refused:
        decisions.decide(session, made, outcome, actor=actor, reason="x")
    assert refused.value.code == code
    assert made.state == "drafted"


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_what_is_decided_is_decided_once(session, incident, outcome):
    made = draft(session, incident)
    decisions.decide(session, made, outcome, actor="li", reason="x")
    assert (made.state, made.decided_by) == (outcome, "li")
    with pytest.raises(ConflictError) as late:
        decisions.decide(session, made, "approved", actor="zhao", reason=None)
    assert late.value.code == "decision_decided"


def test_an_old_draft_does_not_lower_a_level_that_was_raised_since(session, incident):
    made = draft(session, incident, kind="start_response", level="3")
    decisions.refuse_other_level(incident, made)
    incident.response_level = "1"
    with pytest.raises(ConflictError) as refused:
        decisions.refuse_other_level(incident, made)
    assert (refused.value.details["was"], refused.value.details["now"]) == (None, "1")
    decisions.refuse_other_level(incident, draft(session, incident))


def test_a_decision_rests_on_a_plan_of_its_own_incident(session, incident, plan):
    assert draft(session, incident, basis={"assessment": str(plan.id)}).basis["assessment"]
    other = Incident(
        title="two", kind="other", occurred_at=incident.occurred_at, geom="SRID=4326;POINT(1 1)"
    )
    session.add(other)
    session.flush()
    with pytest.raises(NotFoundError):
        draft(session, other, basis={"assessment": str(plan.id)})
    with pytest.raises(NotFoundError):
        decisions.decision_of(session, other.id, draft(session, incident).id)
    with pytest.raises(NotFoundError):
        decisions.decision_of(session, incident.id, uuid.uuid4())


def test_one_desk_is_slowed_before_it_fills_the_decisions(session, incident, monkeypatch):
    monkeypatch.setattr(decisions, "AN_HOUR_MAX", 1)
    draft(session, incident)
    with pytest.raises(BusyError):
        draft(session, incident)
    draft(session, incident, actor="li")
