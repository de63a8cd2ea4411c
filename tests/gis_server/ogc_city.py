"""A few features for the tests of the standard doors, and the ids of the checks that they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import shapely
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.journal import seal
from tests.scatter import put

Test = TypeVar("Test", bound=Callable[..., Any])
CHECKS: dict[str, list[str]] = {}
"""`Class.method` of the OGC test suite ogcapi-features10, and the tests that make the check."""

TEAMS = [
    (120.10, 30.10), (120.20, 30.20), (120.30, 30.30), (121.40, 31.40), (121.50, 31.50),
]  # fmt: skip
REGIONS = ["330102", "330102", "330203", "330203", "330203"]


def checks(*ids: str) -> Callable[[Test], Test]:
    """Say which checks of the test suite a test makes."""

    def mark(test: Test) -> Test:
        for name in ids:
            CHECKS.setdefault(name, []).append(test.__name__)
        return test

    return mark


def build(database: Engine) -> None:
    """Put five teams, three incidents and a district into an empty database, and seal it."""
    with Session(database) as session, session.begin():
        put(session, find("team"), [shapely.Point(*place) for place in TEAMS],
            kind=["fire", "fire", "medical", "fire", "medical"], people=[10, 20, 30, 40, 50],
            name=[f"站{n}" for n in range(5)], region=REGIONS)  # fmt: skip
        put(session, find("incident"), [shapely.Point(120.1, 30.1 + n / 10) for n in range(3)],
            kind=["flood"] * 3, title=list("abc"), region=REGIONS[:3],
            occurred_at=[f"2026-03-0{n}T00:00:00Z" for n in (1, 2, 3)])  # fmt: skip
        put(session, find("region"), [shapely.MultiPolygon([shapely.box(120, 30, 121, 31)])],
            code=["330102"], level=["county"], name=["上城区"])  # fmt: skip
    with Session(database) as session, session.begin():
        seal(session)
