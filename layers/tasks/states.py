"""The steps of a task: which state may follow which, and what must be said for it."""

from __future__ import annotations

import datetime as dt

from layers.errors import ConflictError, InvalidInputError

STEPS = ("proposed", "ordered", "accepted", "departed", "arrived", "done")
HELD = ("ordered", "accepted", "departed", "arrived")
"""States in which a task holds what it takes."""
ENDED = ("done", "cancelled", "refused")
STATES = (*STEPS, "cancelled", "refused")
AHEAD = dt.timedelta(minutes=2)
"""How far a device's clock may go before ours."""


def check_step(was: str, wanted: str, *, reason: str | None, correction: bool) -> None:
    """Refuse a step that a task in a state cannot take; the database refuses the same.

    Forward, one step at a time, or several with a reason (reported late); cancelled from anywhere
    before done, refused (by who was told) from ordered; back only as a correction with a reason.

    Raises
    ------
    ConflictError
        `"task_state"`: the task is in a state from which this one cannot be reached.
    InvalidInputError
        `"task_reason"`: it can, with a reason, and there was none.
    """
    if correction:
        allowed, reasoned = _corrects(was, wanted), True
    else:
        allowed, reasoned = _follows(was, wanted), _skips(was, wanted)
    if not allowed:
        raise ConflictError(
            f"a task that is {was} does not become {wanted}", code="task_state", field="state",
            got=wanted, state=was, wanted=list(reachable(was)),
        )  # fmt: skip
    if reasoned and not (reason or "").strip():
        raise InvalidInputError(
            f"from {was} to {wanted} takes a reason", code="task_reason", field="reason",
            got=wanted, state=was, wanted="a reason",
        )  # fmt: skip


def check_moment(
    at: dt.datetime | None, *, now: dt.datetime, after: dt.datetime | None = None
) -> None:
    """Refuse a moment that is said for a state and cannot be it; the database refuses the same.

    Raises
    ------
    InvalidInputError
        `"task_moment"`: it lies in the future, or before the state that this one follows.
    """
    if at is None:
        return
    if at > now + AHEAD or (after is not None and at < after):
        low = f"{after.isoformat()} <= " if after else ""
        raise InvalidInputError(
            f"at is {at.isoformat()}, wanted {low}at <= {now.isoformat()}", code="task_moment",
            field="at", got=at.isoformat(), wanted=f"{low}at <= {now.isoformat()}",
        )  # fmt: skip


def reachable(was: str) -> tuple[str, ...]:
    """Return the states that may follow a state without being a correction."""
    return tuple(wanted for wanted in STATES if _follows(was, wanted))


def _follows(was: str, wanted: str) -> bool:
    if was in ENDED or wanted == was:
        return False
    if wanted == "cancelled":
        return True
    if wanted == "refused":
        return was == "ordered"
    return STEPS.index(wanted) > STEPS.index(was)


def _skips(was: str, wanted: str) -> bool:
    return wanted in STEPS and was in STEPS and STEPS.index(wanted) > STEPS.index(was) + 1


def _corrects(was: str, wanted: str) -> bool:
    if wanted not in STEPS:
        return False
    return was not in STEPS or STEPS.index(wanted) < STEPS.index(was)
