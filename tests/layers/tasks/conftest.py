"""A site to order from, and the proof that its ledger explains what is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.depot import Site, explain


@pytest.fixture
def site(session: Session) -> Site:
    return Site(session)


@pytest.fixture
def explained() -> Callable[[Session], None]:
    return explain
