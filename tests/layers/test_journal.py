"""The journal: every change is one row, and nobody but the triggers writes it."""

import uuid
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers.database import set_actor
from layers.models import JournalRow, Team


def test_every_change_is_one_journal_row(session: Session) -> None:
    set_actor(session, "li")
    team = Team(name="一队", kind="fire", geom="SRID=4326;POINT(9.5 47.1)")
    session.add(team)
    session.flush()
    team.name = "二队"
    session.flush()
    session.delete(team)
    session.flush()
    rows = session.scalars(select(JournalRow).order_by(JournalRow.entry)).all()
    assert [row.op for row in rows] == ["insert", "update", "delete"]
    assert [row.version for row in rows] == [1, 2, 2]


def test_seal(session):
    from layers import journal
    team = Team(name="一队", kind="fire", geom="SRID=4326;POINT(9.5 47.1)")
    session.add(team)
    session.flush()
    a = journal.seal(session)
    team.name = "二队"
    session.flush()
    b = journal.seal(session)
    assert journal.verify(session) == 2
    assert journal.row_at(session, "team", team.id, 1)["name"] == "一队"
    assert journal.row_at(session, "team", team.id, 2)["name"] == "二队"
    assert journal.row_at(session, "team", team.id, 0) is None
    print(journal.row_at(session, "team", team.id, 2))
