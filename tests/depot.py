"""A site with a depot, a fire team and two incidents, and a short way to order from them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from layers.models import Incident, Resource, Stock, StockMovement, Task, TaskItem, Team, Vehicle
from layers.query.scope import EVERYTHING
from layers.tasks import Claim, Order, order

PLACE = "SRID=4326;POINT(120 30)"


class Site:
    """What tests order from: foam 5 t, suits 20 sets, 40 people, 3 engines and 2 tankers."""

    def __init__(self, session: Session) -> None:
        self.session = session
        depot = Resource(name="库", kind="depot", region="330102", geom=PLACE)
        shelter = Resource(name="馆", kind="shelter", capacity_people=100, geom=PLACE)
        team = Team(
            name="一站", kind="fire", people=40, region="330102", skills=["堵漏"], geom=PLACE
        )
        session.add_all([depot, shelter, team])
        session.flush()
        foam = Stock(resource_id=depot.id, item="泡沫液", quantity=5.0, unit="t")
        suits = Stock(resource_id=depot.id, item="防化服", quantity=20.0, unit="套")
        engines = Vehicle(team_id=team.id, kind="泡沫消防车", count=3)
        tankers = Vehicle(team_id=team.id, kind="水罐车", count=2)
        session.add_all([foam, suits, engines, tankers])
        session.flush()
        self.depot, self.shelter, self.team = depot.id, shelter.id, team.id
        self.foam, self.suits = foam.id, suits.id
        self.engines, self.tankers = engines.id, tankers.id
        self.incident = self.report("泄漏")

    def report(self, title: str, *, exercise: bool = False) -> uuid.UUID:
        incident = Incident(
            kind="other", title=title, occurred_at=func.now(), region="330102", exercise=exercise,
            geom=PLACE,
        )  # fmt: skip
        self.session.add(incident)
        self.session.flush()
        return incident.id

    def order(
        self, *orders: Order, incident: uuid.UUID | None = None, **options: Any
    ) -> list[Task]:
        made, _ = order(
            self.session, incident or self.incident, orders, **{"scope": EVERYTHING, **options}
        )
        return made

    def bring(
        self, amount: float, unit: str | None = "t", item: str = "泡沫液", **rest: Any
    ) -> Order:
        claim = Claim(what="stock", item=item, amount=amount, unit=unit)
        return Order(kind="bring", layer="resource", feature_id=self.depot, claims=(claim,), **rest)

    def send(self, *claims: Claim, **rest: Any) -> Order:
        return Order(kind="go", layer="team", feature_id=self.team, claims=claims, **rest)

    def quantity(self, stock: uuid.UUID | None = None) -> float | None:
        return self.session.scalar(select(Stock.quantity).where(Stock.id == (stock or self.foam)))

    def settle(self) -> None:
        """Run the checks that wait for the end of a transaction."""
        self.session.flush()
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))

    def items(self, task: Task) -> list[TaskItem]:
        wanted = select(TaskItem).where(TaskItem.task_id == task.id).order_by(TaskItem.id)
        return list(self.session.scalars(wanted))


def explain(session: Session) -> None:
    """Hold every quantity against its ledger: an unbroken chain from nothing to what is there."""
    quantities = {id: left for id, left in session.execute(select(Stock.id, Stock.quantity))}
    chain: dict[uuid.UUID, float] = {}
    lines = select(StockMovement.stock_id, StockMovement.before, StockMovement.after)
    for stock, before, after in session.execute(lines.order_by(StockMovement.id)):
        assert chain.get(stock, 0.0) == before
        chain[stock] = after
    assert {id: after for id, after in chain.items() if id in quantities} == quantities
    assert all(after == 0 for id, after in chain.items() if id not in quantities)
