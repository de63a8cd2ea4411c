"""A site to order from, and the proof that its ledger explains what is there."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.models import Stock, StockMovement
from tests.depot import Site


@pytest.fixture
def site(session: Session) -> Site:
    return Site(session)


@pytest.fixture
def explained() -> Callable[[Session], None]:
    """Hold every quantity against its ledger: an unbroken chain from nothing to what is there."""

    def check(session: Session) -> None:
        quantities = {
            id: quantity for id, quantity in session.execute(select(Stock.id, Stock.quantity))
        }
        chain: dict[uuid.UUID, float] = {}
        lines = session.execute(
            select(StockMovement.stock_id, StockMovement.before, StockMovement.after).order_by(
                StockMovement.id
            )
        )
        for stock, before, after in lines:
            assert chain.get(stock, 0.0) == before
            chain[stock] = after
        assert {id: after for id, after in chain.items() if id in quantities} == quantities
        assert all(after == 0 for id, after in chain.items() if id not in quantities)

    return check
