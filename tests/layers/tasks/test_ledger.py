"""Whatever is ordered, cancelled, corrected or counted: the ledger explains what is there."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from layers.errors import OneMapError
from layers.models import Stock, Task, TaskItem
from layers.query.scope import EVERYTHING
from layers.tasks import HELD, STATES, available, change, order, step
from tests.depot import Site, explain


@pytest.mark.parametrize("seed", range(8))
def test_after_any_sequence_of_acts_everything_adds_up(site: Site, seed: int) -> None:
    dice = random.Random(seed)
    drill = site.report("演练", exercise=True)
    taken = refused = 0
    for number in range(60):
        try:
            with site.session.begin_nested():
                _act(site, dice, [site.incident, drill], number)
                site.settle()
            taken += 1
        except OneMapError:
            refused += 1
        _adds_up(site.session, site)
    assert taken > 15
    assert refused > 3


def _act(site: Site, dice: random.Random, incidents: list, number: int) -> None:
    session = site.session
    tasks = list(session.scalars(select(Task).order_by(Task.id)))
    kind = dice.choice(("order", "order", "step", "step", "step", "count", "amount"))
    if kind == "order" or not tasks:
        amount = dice.choice((0.1, 0.25, 1, 1.7, 300))
        orders = [site.bring(amount, "kg" if amount == 300 else "t", note=str(number))]
        order(session, dice.choice(incidents), orders, scope=EVERYTHING,
              proposed=dice.random() < 0.3)  # fmt: skip
    elif kind == "step":
        task = dice.choice(tasks)
        returned = {}
        if dice.random() < 0.5:
            returned = {item.id: round(dice.random() * item.amount, 3) for item in site.items(task)}
        step(session, task, dice.choice(STATES), version=None, scope=EVERYTHING, reason="said",
             correction=dice.random() < 0.3, returned=returned)  # fmt: skip
    elif kind == "count":
        counted = round(dice.uniform(0, 8), 2)
        session.execute(text("UPDATE stock SET quantity = :q WHERE id = :id"),
                        {"q": counted, "id": site.foam})  # fmt: skip
    else:
        task = dice.choice(tasks)
        (item,) = site.items(task)
        amounts = {item.id: round(dice.uniform(0.01, 3), 2)}
        change(session, task, {}, version=task.version, scope=EVERYTHING, amounts=amounts)


def _adds_up(session: Session, site: Site) -> None:
    session.expire_all()
    explain(session)
    quantity = session.execute(select(Stock.quantity).where(Stock.id == site.foam)).scalar_one()
    assert quantity >= 0
    booked = session.execute(
        text("SELECT task_item_id, sum(before::numeric - after::numeric) FROM stock_movement "
             "WHERE task_item_id IS NOT NULL GROUP BY 1")
    )  # fmt: skip
    out = {id: Decimal(amount) for id, amount in booked}
    for item, task in session.execute(
        select(TaskItem, Task).join(Task, Task.id == TaskItem.task_id)
    ):
        real = Decimal(0) if task.exercise else Decimal(str(item.drawn))
        assert out.get(item.id, Decimal(0)) == real
        assert item.drawn == item.amount if task.state in HELD else item.drawn <= item.amount
    drill = {task.incident_id for task in session.scalars(select(Task).where(Task.exercise))}
    left = available(session, scope=EVERYTHING, exercise=drill).stock[site.foam].quantity
    assert 0 <= left <= quantity


@pytest.mark.parametrize(
    ("table", "writer"),
    [
        ("stock", "onemap_keep_ledger"),
        ("incident", "onemap_journal_row"),
        ("incident", "onemap_journal_bulk"),
        ("incident", "onemap_stamp"),
    ],
)
def test_no_table_of_somebodys_own_writes_the_ledger_or_the_journal(
    session: Session, table: str, writer: str
) -> None:
    session.execute(text(f"CREATE TEMP TABLE forged (LIKE {table} INCLUDING DEFAULTS)"))
    with pytest.raises(ProgrammingError, match="permission denied for function"):
        session.execute(
            text(
                "CREATE TRIGGER forge AFTER INSERT ON forged"
                f" FOR EACH ROW EXECUTE FUNCTION public.{writer}()"
            )
        )
