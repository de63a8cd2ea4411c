"""Bulk loads: fast, whole or not at all, once in the journal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.cluster import Urls
from layers.errors import InvalidInputError
from layers.intake.load import load_records

SQUARE = "MULTIPOLYGON (((121 29, 122 29, 122 30, 121 30, 121 29)))"


def scalar(session: Session, sql: str) -> object:
    """Return the one value of a statement."""
    return session.execute(text(sql)).scalar_one()


def test_records_are_loaded_with_children_region_and_one_journal_row(session: Session) -> None:
    region = {"code": ["3302"], "name": ["东区"]}
    load_records(session, find("region"), region, [shapely.from_wkt(SQUARE)])
    points = shapely.points([121.5, 150.0], [29.5, 0.0])
    children = [
        {
            "contact": [{"name": "王强", "post": None, "phone": "119", "rank": 1}],
            "stock": [{"item": "泡沫液", "quantity": 5.0, "unit": "t"}],
        },
        None,
    ]
    records = {"name": ["A", "B"], "kind": ["depot", "hospital"], "specialties": [None, ["烧伤"]]}
    for _ in range(2):
        done = load_records(
            session, find("resource"), {**records, "id": [uuid.UUID(int=1), uuid.UUID(int=2)]},
            points, source="test", children=children,
        )  # fmt: skip
    assert (done.inserted, done.updated, done.unchanged) == (0, 0, 2)
    rows = session.execute(
        text("SELECT name, region, specialties, source FROM resource ORDER BY 1")
    )
    assert [tuple(row) for row in rows] == [
        ("A", "3302", None, "test"), ("B", None, ["烧伤"], "test"),
    ]  # fmt: skip
    assert scalar(session, "SELECT count(*) FROM contact") == 1
    assert scalar(session, "SELECT item || quantity || unit FROM stock") == "泡沫液5t"
    assert scalar(session, "SELECT count FROM journal WHERE layer = 'resource'") == 2


def test_empty_cells_of_columns_with_a_default_take_the_default(session: Session) -> None:
    load_records(
        session, find("enterprise"), {"name": ["A"], "candidate": [None]}, shapely.points([1], [1])
    )
    assert scalar(session, "SELECT candidate FROM enterprise") is False


def test_columns_of_another_length_or_name_are_refused(session: Session) -> None:
    points = shapely.points([1, 2], [1, 2])
    with pytest.raises(InvalidInputError):
        load_records(session, find("team"), {"name": ["A"]}, points)
    with pytest.raises(InvalidInputError):
        load_records(session, find("team"), {"colour": ["A", "B"]}, points)


KILLED = """
import sys, numpy as np, shapely
from sqlalchemy.orm import Session
from layers.catalog import find
from layers.database import create_engine
from layers.intake.load import load_records
engine = create_engine(sys.argv[1])
count = 20_000
random = np.random.default_rng(1)
points = shapely.points(random.uniform(100, 120, count), random.uniform(20, 40, count))
ids = [f"00000000-0000-0000-0000-{i:012d}" for i in range(count)]
print("go", flush=True)
with Session(engine) as session, session.begin():
    names = [str(i) for i in range(count)]
    load_records(session, find("place"), {"id": ids, "name": names}, points)
print("done", flush=True)
"""


def load_in_child(url: str) -> subprocess.Popen[str]:
    """Start a process that loads 20,000 places, and wait until it begins."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "go\n"
    return child


def test_a_killed_load_leaves_nothing_and_the_next_one_is_whole(
    urls: Urls, database: Engine
) -> None:
    random = np.random.default_rng(7)
    counts = []
    for delay_s in random.uniform(0.0, 1.2, 3):
        with load_in_child(urls.app) as child:
            time.sleep(delay_s)
            child.send_signal(signal.SIGKILL)
        counts.append(places(database))
        assert counts[-1] in (0, 20_000)
    with load_in_child(urls.app) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
    assert places(database) == 20_000


def places(database: Engine) -> object:
    """Return how many places are stored, once the killed process's backend is gone."""
    with Session(database) as session:
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
            "AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        for _ in range(100):
            if scalar(session, others) == 0:
                break
            time.sleep(0.1)
        return scalar(session, "SELECT count(*) FROM place")
