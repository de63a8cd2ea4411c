"""Names without pinyin are read in the background, by one worker at a time."""

from __future__ import annotations

import shapely
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis_server.names import NameReader
from layers import query
from layers.catalog import find
from layers.locks import Lock
from layers.query import Scope
from tests.scatter import put


def _loaded(database: Engine) -> None:
    with Session(database) as session, session.begin():
        put(session, find("team"), [shapely.Point(0, 0)] * 2, kind=["fire"] * 2,
            name=["临港消防站", "Harbour"])  # fmt: skip


def test_a_name_that_came_without_pinyin_is_found_by_it_afterwards(database: Engine) -> None:
    _loaded(database)
    reader = NameReader(database)
    assert reader.read_all() == 1
    with Session(database) as session:
        found = query.search(session, scope=Scope(None), q="lgxfz")
        assert [row["name"] for row in found] == ["临港消防站"]
    assert reader.read_all() == 0


def test_another_worker_that_reads_is_left_alone(database: Engine) -> None:
    _loaded(database)
    with Session(database) as other:
        other.scalar(select(func.pg_advisory_xact_lock(Lock.PINYIN)))
        assert NameReader(database).read_all() == 0


def test_the_thread_ends_when_told(database: Engine) -> None:
    reader = NameReader(database)
    reader.start()
    reader.stop()
