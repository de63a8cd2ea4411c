"""What many order at the same moment, and what a kill in the middle leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from layers import backup, catalog, journal
from layers import database as db
from layers.errors import ConflictError
from layers.intake.load import load_records
from layers.models import Incident, Stock, Task, Team
from layers.query.scope import EVERYTHING
from layers.tasks import available, order, step
from tests.depot import Site, explain

ROOT = Path(__file__).parents[3]


@pytest.fixture
def site(database):
    """A committed site; its session is closed, its ids stay."""
    with Session(database, expire_on_commit=False) as session:
        made = Site(session)
        session.commit()
    return made


@pytest.fixture
def wide(urls):
    """An engine on which fifty may wait for one row."""
    engine = db.create_engine(urls.app, pool_size=50, lock_timeout_ms=60_000,
                              statement_timeout_ms=60_000, idle_timeout_ms=60_000)  # fmt: skip
    yield engine
    engine.dispose()


def at_once(engine, works):
    """Run works, each in a transaction and a thread of its own; return what each answered."""
    gate = threading.Barrier(len(works))
    answers = [None] * len(works)

    def run(number, work):
        with Session(engine, expire_on_commit=False) as session:
            session.execute(text("SELECT set_config('onemap.actor', :who, true)"),
                            {"who": f"officer {number}"})  # fmt: skip
            gate.wait()
            try:
                answers[number] = work(session)
                session.commit()
            except Exception as error:
                session.rollback()
                answers[number] = error

    threads = [
        threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def test_of_fifty_officers_who_order_the_last_foam_one_gets_it(site, wide):
    def take(session):
        return order(session, site.incident, [site.bring(5)], scope=EVERYTHING)

    answers = at_once(wide, [take] * 50)
    got = [answer for answer in answers if isinstance(answer, tuple)]
    refused = [answer for answer in answers if isinstance(answer, ConflictError)]
    assert (len(got), len(refused)) == (1, 49)
    winner = got[0][0][0].ordered_by
    assert {error.details["tasks"][0]["by"] for error in refused} == {winner}
    with Session(wide) as session:
        assert session.scalar(select(Stock.quantity).where(Stock.id == site.foam)) == 0
        explain(session)


def test_fifty_who_take_people_vehicles_and_stock_in_any_order_never_overdraw(site, wide):
    def take(number):
        parts = [site.bring(0.3, note=str(number)), site.send(note=str(number))]
        if number % 2:
            parts.reverse()
        return lambda session: order(session, site.incident, parts, scope=EVERYTHING)

    with Session(wide) as session:
        session.execute(update(Team).values(people=40))
        session.commit()
    answers = at_once(wide, [take(number) for number in range(50)])
    assert Counter(type(answer).__name__ for answer in answers) == {"tuple": 16, "ShortError": 34}
    with Session(wide) as session:
        assert session.scalar(select(Stock.quantity).where(Stock.id == site.foam)) == 0.2
        explain(session)


def test_one_order_sent_fifty_times_at_once_is_stored_once(site, wide):
    id = uuid.uuid4()

    def take(session):
        return order(session, site.incident, [site.bring(1, id=id)], scope=EVERYTHING)

    answers = at_once(wide, [take] * 50)
    assert all(isinstance(answer, tuple) for answer in answers)
    assert sum(fresh for _, fresh in answers) == 1
    with Session(wide) as session:
        assert session.scalar(select(Stock.quantity).where(Stock.id == site.foam)) == 4
        assert session.scalar(select(func.count()).select_from(Task)) == 1


def test_fifty_in_an_exercise_share_what_is_there_and_touch_nothing_real(site, wide):
    with Session(wide) as session:
        drill = Incident(kind="other", title="演练", occurred_at=func.now(), exercise=True,
                         geom="SRID=4326;POINT(120 30)")  # fmt: skip
        session.add(drill)
        session.commit()
        drill = drill.id

    def take(number):
        return lambda session: order(
            session, drill, [site.bring(0.5, note=str(number))], scope=EVERYTHING
        )

    answers = at_once(wide, [take(number) for number in range(30)])
    assert sum(isinstance(answer, tuple) for answer in answers) == 10
    with Session(wide) as session:
        assert session.scalar(select(Stock.quantity).where(Stock.id == site.foam)) == 5
        left = available(session, scope=EVERYTHING, exercise=(drill,)).stock[site.foam]
        assert left.quantity == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_in_the_middle_of_an_order_leaves_nothing_half(urls, site, database, moment):
    """`before`: all is written and not committed. `after`: the commit was answered."""
    program = textwrap.dedent(f"""
        import os, sys, uuid
        from sqlalchemy.orm import Session
        from layers import database
        from layers.query.scope import EVERYTHING
        from layers.tasks import Claim, Order, order
        claim = Claim(what="stock", item="泡沫液", amount=2, unit="t")
        one = Order(kind="bring", layer="resource", feature_id=uuid.UUID("{site.depot}"),
                    claims=(claim,))
        with Session(database.create_engine(sys.argv[1])) as session:
            order(session, uuid.UUID("{site.incident}"), [one], scope=EVERYTHING)
            if "{moment}" == "after":
                session.commit()
            print("ready", flush=True)
            sys.stdin.read()
    """)
    child = subprocess.Popen(
        [sys.executable, "-c", program, urls.app], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert child.stdout.readline() == "ready\n"
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
    # The row is locked until the server notices that its client is gone.
    with Session(database) as session:
        session.execute(text("SELECT FROM stock WHERE id = :id FOR UPDATE"), {"id": site.foam})
        left = session.scalar(select(Stock.quantity).where(Stock.id == site.foam))
        made = session.scalar(select(func.count()).select_from(Task))
        assert (left, made) == ((5, 0) if moment == "before" else (3, 1))
        explain(session)


def test_a_load_and_orders_of_the_same_place_wait_for_each_other_and_both_end(site, wide):
    """A load takes the table whole, an order its rows: they must not wait in a circle."""

    def load(session):
        listed = [{"item": "泡沫液", "quantity": 5, "unit": "t", "owner": None}]
        load_records(
            session, catalog.find("resource"),
            {"id": [site.depot], "name": ["库"], "kind": ["depot"], "region": ["330102"]},
            [shapely.Point(120, 30)], batch_id=uuid.uuid4(), children=[{"stock": listed}],
        )  # fmt: skip
        return True

    def take(number):
        return lambda session: order(
            session, site.incident, [site.bring(0.1, note=str(number))], scope=EVERYTHING
        )

    answers = at_once(wide, [load, *(take(number) for number in range(20)), load])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    with Session(wide) as session:
        assert session.scalar(select(Stock.quantity).where(Stock.id == site.foam)) == 3
        explain(session)


def test_an_incident_moves_to_another_district_while_its_task_is_ordered(site, wide):
    """Who moves it holds the incident and wants its tasks, who orders wants both."""
    with Session(wide) as session, session.begin():
        (task,), _ = order(session, site.incident, [site.bring(1.0)], scope=EVERYTHING,
                           proposed=True)  # fmt: skip
        id = task.id
    failed: list[Exception] = []

    def give_order() -> None:
        try:
            with Session(wide) as session, session.begin():
                found = session.get_one(Task, id)
                step(session, found, "ordered", version=None, scope=EVERYTHING)
        except Exception as error:
            failed.append(error)

    with Session(wide) as mover, mover.begin():
        mover.scalars(select(Incident).where(Incident.id == site.incident).with_for_update()).one()
        other = threading.Thread(target=give_order)
        other.start()
        _wait_for_a_lock(wide)
        mover.execute(update(Incident).values(region="330109"))
    other.join(30.0)
    assert failed == []
    with Session(wide) as session:
        task = session.get_one(Task, id)
        assert (task.state, task.region) == ("ordered", "330109")
        explain(session)


def _wait_for_a_lock(engine):
    """Wait until somebody waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(200):
        with engine.connect() as connection:
            if connection.scalar(waits):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_tasks_and_their_ledger_come_back_from_a_backup(site, database, urls, tmp_path):
    with Session(database) as session:
        (task,), _ = order(session, site.incident, [site.bring(2)], scope=EVERYTHING)
        journal.seal(session)
        session.commit()
        id = task.id
    kept = tmp_path / "kept"
    backup.backup(kept, urls)
    database.dispose()
    backup.restore(kept, urls)
    with Session(database) as session:
        explain(session)
        step(session, session.get(Task, id), "cancelled", version=None, scope=EVERYTHING)
        session.commit()
        assert session.scalar(select(Stock.quantity).where(Stock.id == site.foam)) == 5
        explain(session)
