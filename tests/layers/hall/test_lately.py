"""What changed of late is counted by layer and by deed, as far back as is looked and no further."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import hall, journal
from layers.query import Scope

ALL = Scope(None)
AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def _teams(session: Session, count: int, region: str = "330102") -> None:
    for _ in range(count):
        session.execute(
            text("INSERT INTO team (name, kind, region, geom) VALUES "
                 "('队', 'fire', :region, 'SRID=4326;POINT(120 30)')"), {"region": region},
        )  # fmt: skip
    journal.seal(session)


def test_changes_are_counted_by_layer_and_deed_and_only_of_the_readers_regions(
    session: Session,
) -> None:
    _teams(session, 2)
    _teams(session, 1, "330203")
    session.execute(text("UPDATE team SET name = '新' WHERE region = '330203'"))
    journal.seal(session)
    whole = hall.lately(session, scope=ALL, since=AGO)
    assert whole.changes == (
        {"layer": "team", "op": "insert", "count": 3},
        {"layer": "team", "op": "update", "count": 1},
    )
    near = hall.lately(session, scope=Scope(("330102",)), since=AGO)
    assert near.changes == ({"layer": "team", "op": "insert", "count": 2},)
    assert hall.lately(session, scope=ALL, since=AGO, without=["team"]).changes == ()


def test_more_changes_than_are_looked_through_are_told_as_at_least_so_many(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(
        "layers.hall.lately"
    )  # the package has a function of that name
    monkeypatch.setattr(module, "LOOKED_BACK", 4)
    _teams(session, 3)
    assert hall.lately(session, scope=ALL, since=AGO).cut is False
    _teams(session, 3)
    found = hall.lately(session, scope=ALL, since=AGO)
    assert (found.changes[0]["count"], found.cut) == (4, True)
