"""The plan in force: the newest, until somebody accepts one."""

import uuid

import pytest

from layers.errors import ConflictError, NotFoundError
from layers.models import Assessment
from layers.response import plan as plans


def run(session, incident, *, what_if=False):
    row = Assessment(incident_id=incident.id, body={}, what_if=what_if)
    session.add(row)
    session.flush()
    # The clock of one transaction stands still: the next one is made later.
    row.created_at = row.created_at.replace(microsecond=0) if not what_if else row.created_at
    session.flush()
    return row


def test_a_question_is_no_plan_until_somebody_accepts_it(session, incident, plan):
    question = run(session, incident, what_if=True)
    assert plans.plan_of(session, incident.id).id == plan.id
    plans.accept(session, incident, question, actor="wang")
    assert plans.plan_of(session, incident.id).id == question.id
    assert (incident.plan_by, incident.plan_id) == ("wang", question.id)
    listed = session.scalars(plans.listed(incident.id, what_if=False)).all()
    assert [each.id for each in listed] == [question.id, plan.id]
    plans.accept(session, incident, None, actor="wang")
    assert plans.plan_of(session, incident.id).id == plan.id
    assert (incident.plan_by, incident.plan_at) == (None, None)


def test_two_who_accept_at_once_hear_of_each_other(session, incident, plan):
    other = run(session, incident)
    plans.accept(session, incident, plan, actor="wang", instead_of=(None,))
    with pytest.raises(ConflictError) as late:
        plans.accept(session, incident, other, actor="li", instead_of=(None,))
    assert (late.value.code, late.value.details["by"]) == ("plan_changed", "wang")
    plans.accept(session, incident, other, actor="li", instead_of=(plan.id,))


def test_what_is_none_of_the_incidents_is_not_found(session, incident, plan):
    assert plans.assessment_of(session, incident.id, plan.id).id == plan.id
    for of, id in ((uuid.uuid4(), plan.id), (incident.id, uuid.uuid4())):
        with pytest.raises(NotFoundError):
            plans.assessment_of(session, of, id)
