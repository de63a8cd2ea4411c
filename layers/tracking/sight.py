"""Who may see which trackers: vehicles by region; people also need the right to names and numbers.

A person's place is as private as the person's number, so whoever may not see numbers
(`contacts.read`) sees vehicles, and the trackers that they report themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from layers.errors import NotFoundError
from layers.models import Tracker
from layers.query.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What somebody may see: where positions are theirs to read, and where people's are."""

    name: str
    scope: Scope
    people: Scope

    def clause(self) -> ColumnElement[bool]:
        """Return the condition on rows of `tracker`."""
        region = Tracker.region.expression
        person = or_(self.people.clause(region), Tracker.reporter == self.name)
        return and_(self.scope.clause(region), or_(Tracker.kind != "person", person))

    def holds(self, *, region: str | None, kind: str, reporter: str | None) -> bool:
        """Tell whether a tracker of this region, kind and reporter may be seen."""
        if not self.scope.holds(region):
            return False
        return kind != "person" or self.people.holds(region) or reporter == self.name


def find(session: Session, device: str, *, sight: Sight) -> Tracker:
    """Return a tracker by what it calls itself.

    Raises
    ------
    NotFoundError
        There is none, or none that the reader may see.
    """
    row = session.scalar(select(Tracker).where(Tracker.device == device, sight.clause()))
    if row is None:
        raise NotFoundError(f"there is no tracker {device!r}", code="no_tracker", id=device)
    return row
