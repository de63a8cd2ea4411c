"""Which state follows which, by the program and by the database alone."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from layers.errors import ConflictError, InvalidInputError
from layers.query.scope import EVERYTHING
from layers.tasks import STATES, STEPS, Claim, reachable, step
from layers.tasks.states import check_step
from tests.depot import Site

WAY = {
    "proposed": (),
    "ordered": ("ordered",),
    "accepted": ("ordered", "accepted"),
    "departed": ("ordered", "accepted", "departed"),
    "arrived": ("ordered", "accepted", "departed", "arrived"),
    "done": ("ordered", "accepted", "departed", "arrived", "done"),
    "cancelled": ("ordered", "cancelled"),
    "refused": ("ordered", "refused"),
}
EVERY = [
    (was, wanted, reason, correction)
    for was, wanted in itertools.product(STATES, STATES)
    for reason, correction in ((None, False), ("late", False), (None, True), ("wrong", True))
    if was != wanted
]


def expected(was: str, wanted: str, *, reason: str | None, correction: bool) -> bool:
    """Say what the rules say, written apart from the program's: a table of words."""
    forward = {
        "proposed": {"ordered"}, "ordered": {"accepted", "refused"}, "accepted": {"departed"},
        "departed": {"arrived"}, "arrived": {"done"},
    }  # fmt: skip
    running = ["proposed", "ordered", "accepted", "departed", "arrived", "done"]
    if correction:
        before = running if was not in running else running[: running.index(was)]
        return bool(reason) and wanted in before
    if wanted in forward.get(was, ()):
        return True
    if wanted == "cancelled":
        return was in forward
    late = running[running.index(was) + 2 :] if was in forward else []
    return bool(reason) and wanted in late


@pytest.mark.parametrize(("was", "wanted", "reason", "correction"), EVERY)
def test_the_program_and_the_database_allow_the_same_steps_as_the_rules(
    site: Site, was: str, wanted: str, reason: str | None, correction: bool
) -> None:
    (task,) = site.order(site.send(Claim(what="people", amount=4)), proposed=True)
    for state in WAY[was]:
        step(site.session, task, state, version=None, scope=EVERYTHING)
    allowed = expected(was, wanted, reason=reason, correction=correction)
    try:
        check_step(was, wanted, reason=reason, correction=correction)
    except (ConflictError, InvalidInputError):
        assert not allowed
    else:
        assert allowed
    statement = text(
        "UPDATE task SET state = :state, state_reason = :reason, correction = :correction, "
        "state_at = clock_timestamp() WHERE id = :id"
    )
    values = {"state": wanted, "reason": reason, "correction": correction, "id": task.id}
    if allowed:
        site.session.execute(statement, values)
    else:
        with pytest.raises(IntegrityError, match="does not go from"), site.session.begin_nested():
            site.session.execute(statement, values)


def test_what_may_follow_without_being_a_correction_is_told() -> None:
    assert reachable("done") == ()
    assert reachable("arrived") == ("done", "cancelled")
    assert "refused" in reachable("ordered")
    assert "refused" not in reachable("accepted")


@pytest.mark.parametrize("state", [state for state in STATES if state not in STEPS[:2]])
def test_a_task_begins_as_a_proposal_or_an_order(site: Site, state: str) -> None:
    statement = text("INSERT INTO task (incident_id, kind, state) VALUES (:id, 'go', :state)")
    with pytest.raises(IntegrityError, match="does not go from"):
        site.session.execute(statement, {"id": site.incident, "state": state})
