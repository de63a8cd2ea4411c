"""A database that is away is not dialled by every request."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from layers.dialling import calm


@pytest.fixture
def away(tmp_path):
    """Give an engine whose database is away, and the list of its attempts."""
    attempts = []
    engine = sa.create_engine(
        f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", poolclass=NullPool
    )
    connect = engine.dialect.connect

    def count(*args, **options):
        attempts.append(args)
        return connect(*args, **options)

    engine.dialect.connect = count
    return engine, attempts


def ask(engine):
    with pytest.raises(OperationalError), engine.connect():
        pass


def test_a_failure_stands_for_a_while_for_everybody(away):
    engine, attempts = away
    calm(engine, stands_s=60)
    for _ in range(20):
        ask(engine)
    threads = [threading.Thread(target=ask, args=(engine,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(attempts) == 1


def test_it_is_dialled_again_when_the_failure_has_stood_long_enough(away):
    engine, attempts = away
    calm(engine, stands_s=0)
    for _ in range(3):
        ask(engine)
    assert len(attempts) == 3


def test_an_engine_that_connects_is_left_alone(urls):
    engine = calm(sa.create_engine(urls.app, poolclass=NullPool), stands_s=60)
    for _ in range(3):
        with engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
