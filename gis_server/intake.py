"""What was said at an incident's intake: as it is stored, and as a reader may have it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from gis_server.contacts import masked
from gis_server.wire.intake import Intake
from layers.errors import InvalidInputError
from layers.models import Incident
from layers.query import Scope

PEOPLE = ("caller", "site_contact")
WORDS = ("channel", "address", "course", "measures", "requests", "leaders", "direct_loss_yuan",
         "important_place", "serious_pollution", "received_at")  # fmt: skip
CLOCK_AHEAD = dt.timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours before its times are refused."""
NOBODY = Scope(())


def stored(said: Intake, *, only: frozenset[str] | set[str]) -> dict[str, Any]:
    """Return the values of the columns that a report or a change gives; an empty text is unknown.

    Parameters
    ----------
    only
        The fields to take, of those that were sent.
    """
    values: dict[str, Any] = {}
    for name in only & {*PEOPLE, *WORDS}:
        value = getattr(said, name)
        if name in PEOPLE and value is not None:
            value = {key: text for key, text in value.model_dump().items() if text} or None
        values[name] = None if value == "" else value
    return values


def told(incident: Incident, *, contacts: Scope) -> dict[str, Any]:
    """Return the intake as the wire carries it; people covered outside the scope `contacts`."""
    shown = {name: getattr(incident, name) for name in WORDS}
    moment = incident.received_at
    return {
        **shown,
        "received_at": moment and moment.isoformat(),
        **{
            name: person(getattr(incident, name), shown=contacts.holds(incident.region))
            for name in PEOPLE
        },
    }


def person(said: Mapping[str, Any] | None, *, shown: bool) -> dict[str, Any] | None:
    """Return a person as a reader may have them: whole, or with name and number covered."""
    if said is None:
        return None
    return dict(said) if shown else masked(said)


def refuse_future(now: dt.datetime, **moments: dt.datetime | None) -> None:
    """Refuse a time that is not yet.

    Raises
    ------
    InvalidInputError
        `"future_time"`: it is over five minutes ahead of the server's clock.
    """
    for name, moment in moments.items():
        if moment is not None and moment > now + CLOCK_AHEAD:
            raise InvalidInputError(
                f"{name}: {moment.isoformat()} is still to come, it is {now.isoformat()}",
                code="future_time", field=name, got=moment.isoformat(), wanted=now.isoformat(),
            )  # fmt: skip
