"""People at risk are summed up by the district that each place of a plan lies in."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.hall import at_risk
from layers.hall.people import MAX_DISTRICTS, _held_by
from tests.scatter import put

AREAS = {
    "330100": ("city", shapely.box(120, 30, 122, 31)),
    "330102": ("county", shapely.box(120, 30, 121, 31)),
    "330103": ("county", shapely.box(121, 30, 122, 31)),
    "330102.1": ("town", shapely.box(120, 30, 120.5, 31)),
    "330102.2": ("town", shapely.box(120.5, 30, 120.9, 31)),
}
WEST, MIDDLE, BARE, EAST, AWAY = ((lon, 30.5) for lon in (120.2, 120.7, 120.95, 121.5, 10.0))


@pytest.fixture
def districts(session: Session) -> None:
    put(
        session, find("region"), [shapely.MultiPolygon([area]) for _, area in AREAS.values()],
        code=list(AREAS), level=[level for level, _ in AREAS.values()],
    )  # fmt: skip


def _target(place: tuple[float, float], people: int | None, level: str = "red") -> dict[str, Any]:
    return {"lon": place[0], "lat": place[1], "people": people, "level": level}


@pytest.mark.usefixtures("districts")
def test_places_in_two_counties_are_summed_by_county_and_level_the_most_first(
    session: Session,
) -> None:
    targets = [
        _target(WEST, 10),
        _target(WEST, 5, "orange"),
        _target(MIDDLE, 20),
        _target(EAST, 50),
    ]
    found, more = at_risk(session, targets)
    assert [(one.code, one.people) for one in found] == [
        ("330103", {"red": 50}),
        ("330102", {"red": 30, "orange": 5}),
    ]
    assert more == 0


@pytest.mark.usefixtures("districts")
def test_places_in_one_county_are_summed_by_town_and_one_in_no_town_counts_for_the_county(
    session: Session,
) -> None:
    found, _ = at_risk(session, [_target(WEST, 10), _target(MIDDLE, 20), _target(BARE, 5)])
    assert [(one.code, one.people) for one in found] == [
        ("330102.2", {"red": 20}),
        ("330102.1", {"red": 10}),
        ("330102", {"red": 5}),
    ]


@pytest.mark.usefixtures("districts")
def test_nobody_is_lost_whose_district_or_number_is_not_known(session: Session) -> None:
    found, _ = at_risk(session, [_target(AWAY, 7), _target(WEST, None), _target(WEST, 0)])
    assert [(one.code, one.people, one.unknown) for one in found] == [
        (None, {"red": 7}, 0),
        ("330102.1", {"red": 0}, 1),
    ]


def test_a_plan_that_reaches_nobody_has_no_district(session: Session) -> None:
    assert at_risk(session, []) == ([], 0)


def test_districts_without_end_are_cut_and_the_rest_is_counted(session: Session) -> None:
    boxes = [shapely.box(120 + n / 10, 30, 120.1 + n / 10, 31) for n in range(MAX_DISTRICTS + 3)]
    codes = [f"33{n:04}" for n in range(len(boxes))]
    put(session, find("region"), [shapely.MultiPolygon([box]) for box in boxes],
        code=codes, level=["county"] * len(boxes))  # fmt: skip
    targets = [_target((120.05 + n / 10, 30.5), 100 + n) for n in range(len(boxes))]
    found, more = at_risk(session, targets)
    assert (len(found), more) == (MAX_DISTRICTS, 3)
    assert found[0].code == codes[-1]


def test_each_place_is_looked_up_in_the_index_of_the_regions(session: Session) -> None:
    boxes = [shapely.box(100 + n / 50, 30, 100.02 + n / 50, 31) for n in range(2000)]
    put(session, find("region"), [shapely.MultiPolygon([box]) for box in boxes],
        code=[f"{n:06}" for n in range(len(boxes))], level=["county"] * len(boxes))  # fmt: skip
    session.execute(text("ANALYZE region"))
    statement = _held_by([_target(WEST, 1)] * 500)
    connection = session.connection()
    compiled = statement.compile(
        dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
    )
    rows = connection.exec_driver_sql(f"EXPLAIN {compiled}", dict(compiled.params))
    plan = "\n".join(row[0] for row in rows)
    assert "Index Scan" in plan, plan
    assert "Seq Scan on region" not in plan, plan
