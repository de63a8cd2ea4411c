"""Pairs are looked for after every change, once, by whoever follows the journal."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
import shapely
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from gis_server import pairs
from gis_server.pairs import PairFinder, follow
from layers import catalog
from layers.intake.load import load_records
from layers.models import Duplicate


@pytest.fixture
def caught_up(database: Engine, sealed: Callable[[], int]) -> Callable[[], int]:
    """Give a function that seals the journal and searches what changed; new pairs."""

    def run() -> int:
        sealed()
        with Session(database) as session, session.begin():
            return follow(session)

    return run


def load(database: Engine, *names: str, source: str) -> list[uuid.UUID]:
    ids = [uuid.uuid4() for _ in names]
    with Session(database) as session, session.begin():
        records = {"id": ids, "name": list(names), "kind": ["school"] * len(names),
                   "source": [source] * len(names)}  # fmt: skip
        places = [shapely.Point(121.5, 29.9)] * len(names)
        load_records(session, catalog.find("protection_target"), records, places)
    return ids


def run(database: Engine, statement: str, **values: object) -> None:
    with Session(database) as session, session.begin():
        session.execute(text(statement), values)


def stored(database: Engine) -> list[tuple[str, str]]:
    with Session(database) as session:
        found = session.execute(select(Duplicate.reason, Duplicate.state))
        return [tuple(row) for row in found]


def test_the_rows_of_a_load_are_searched_once(database, caught_up) -> None:
    load(database, "东海学校", "北仑学校", source="a")
    assert caught_up() == 0
    load(database, "东海学校", source="b")
    assert caught_up() == 1
    assert caught_up() == 0
    assert stored(database) == [("name", "open")]


def test_a_feature_that_is_renamed_makes_and_ends_a_pair(database, caught_up) -> None:
    _, other = load(database, "东海学校", "北仑中心", source="a")
    caught_up()
    rename = "UPDATE protection_target SET name = :name, source = 'b' WHERE id = :id"
    run(database, rename, name="东海学校", id=other)
    assert caught_up() == 1
    run(database, rename, name="北仑中心", id=other)
    assert caught_up() == 0
    assert stored(database) == []


def test_a_pair_that_is_found_again_is_the_version_that_somebody_looks_at(
    database, caught_up
) -> None:
    load(database, "东海学校", source="a")
    (other,) = load(database, "东海学校", source="b")
    caught_up()
    told = "SELECT count(*) FROM journal WHERE layer = 'duplicate'"
    for people in range(3):
        run(database, "UPDATE protection_target SET people_day = :n WHERE id = :id",
            n=people, id=other)  # fmt: skip
        assert caught_up() == 0
    with Session(database) as session:
        assert session.scalars(select(Duplicate.version)).all() == [1]
        assert session.scalar(text(told)) == 1
    run(database, "UPDATE protection_target SET geom = ST_Translate(geom, 1e-4, 0) WHERE id = :id",
        id=other)  # fmt: skip
    assert caught_up() == 0
    with Session(database) as session:
        assert session.scalars(select(Duplicate.version)).all() == [2]


def test_a_decision_outlives_every_search(database, caught_up) -> None:
    load(database, "东海学校", source="a")
    (other,) = load(database, "东海学校", source="b")
    caught_up()
    run(database, "UPDATE duplicate SET state = 'different'")
    run(database, "UPDATE protection_target SET people_day = 7 WHERE id = :id", id=other)
    assert caught_up() == 0
    assert stored(database) == [("name", "different")]


def test_a_load_too_large_for_the_background_is_left_to_a_person(
    database, caught_up, monkeypatch
) -> None:
    monkeypatch.setattr(pairs, "LOADED_MOST", 1)
    load(database, "东海学校", "东海学校", source="a")
    assert caught_up() == 0
    assert stored(database) == []


def test_two_workers_do_not_search_at_once(database, sealed) -> None:
    load(database, "东海学校", source="a")
    load(database, "东海学校", source="b")
    sealed()
    with Session(database) as one, one.begin(), Session(database) as two, two.begin():
        assert follow(one) == 1
        assert follow(two) == 0


def test_the_thread_follows_and_stops(database, sealed) -> None:
    load(database, "东海学校", source="a")
    load(database, "东海学校", source="b")
    sealed()
    finder = PairFinder(database)
    finder.start()
    for _ in range(100):
        if stored(database):
            break
        finder._done.wait(0.2)
    finder.stop()
    assert stored(database) == [("name", "open")]
