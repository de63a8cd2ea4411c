"""Positions over a backup, a restart and a day that is dropped while others write."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers import backup
from layers.cluster import Urls
from tests.layers.tracking.reports import NOW, history, latest, register, row, take


def test_a_backup_carries_days_latest_places_and_trackers(
    database: Engine, urls: Urls, tmp_path: Path
) -> None:
    old = NOW - dt.timedelta(days=3)
    with Session(database) as session, session.begin():
        register(session, "car")
        take(session, row(at=old.isoformat()), row(0), row(10, lon=120.001))
    backup.backup(tmp_path / "b", urls)
    database.dispose()
    backup.restore(tmp_path / "b", urls)
    with Session(database) as session, session.begin():
        assert len(history(session)) == 3
        assert latest(session).lon == 120.001
        take(session, row(20, lon=120.002))
        assert latest(session).lon == 120.002


def test_the_program_may_not_drop_or_make_days_but_by_its_two_functions(
    database: Engine, urls: Urls
) -> None:
    with Session(database) as session, session.begin():
        register(session, "car")
        take(session, row(0))
    day = f"onemap_position.d{dt.datetime.now(dt.UTC):%Y%m%d}"
    engine = create_engine(urls.app, poolclass=NullPool)
    for statement in (
        f"DROP TABLE {day}",
        f"SELECT * FROM {day}",
        "CREATE TABLE onemap_position.d20200101 (LIKE public.position)",
        "DROP TABLE position",
    ):
        with (
            engine.connect() as connection,
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        ):
            connection.execute(text(statement))


def test_days_are_made_by_ten_at_once_and_each_once(database: Engine) -> None:
    faults: list[BaseException] = []

    def make() -> None:
        try:
            with Session(database) as session, session.begin():
                days = [(NOW - dt.timedelta(days=n)).date() for n in range(5)]
                session.execute(
                    text("SELECT onemap_make_position_days(CAST(:days AS date[]))"), {"days": days}
                )
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=make) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with Session(database) as session:
        days = session.scalar(
            text(
                "SELECT count(*) FROM pg_class c WHERE relkind = 'r' "
                "AND relnamespace = 'onemap_position'::regnamespace"
            )
        )
        assert days == 5


def test_dropping_a_day_gives_way_to_a_reader_instead_of_stopping_everybody(
    database: Engine,
) -> None:
    old = NOW - dt.timedelta(days=40)
    with Session(database) as session, session.begin():
        register(session, "car")
        take(session, row(at=old.isoformat()), row(0))
    with Session(database) as reader:
        reader.execute(text("SELECT count(*) FROM position"))
        with Session(database) as session, pytest.raises(DBAPIError, match="lock timeout"):
            session.execute(text("SELECT onemap_drop_position_days(39)"))
    with Session(database) as session, session.begin():
        assert session.scalar(text("SELECT onemap_drop_position_days(39)")) == 1
