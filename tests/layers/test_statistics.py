"""Counts and sums: against a count in Python over seeded rows, and rolled up the region tree."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from layers import query
from layers.catalog import find
from layers.errors import InvalidInputError
from layers.query import Area, Scope
from layers.query.statistics import has_dimension
from tests.scatter import points, put

ALL = Scope(None)
TARGET = find("protection_target")
TREE = {
    "330000": ("province", "浙江省"), "330100": ("city", "杭州市"), "330102": ("county", "上城区"),
    "330105": ("county", "拱墅区"), "330200": ("city", "宁波市"), "330203": ("county", "海曙区"),
    "340000": ("province", "安徽省"), "340100": ("city", "合肥市"),
}  # fmt: skip
REGIONS = ["330102", "330105", "330203", "330102001", "340100", "330000", None]
KINDS = ["school", "hospital", "housing"]


@pytest.fixture
def counted(session: Session) -> list[dict[str, Any]]:
    """500 targets over seven regions, and the tree above them."""
    put(session, find("region"), [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])] * len(TREE),
        code=list(TREE), level=[level for level, _ in TREE.values()],
        name=[name for _, name in TREE.values()])  # fmt: skip
    draw = np.random.default_rng(11)
    rows = [
        {
            "region": REGIONS[draw.integers(len(REGIONS))],
            "kind": KINDS[draw.integers(len(KINDS))],
            "people_day": None if draw.random() < 0.2 else int(draw.integers(500)),
        }
        for _ in range(500)
    ]
    put(session, TARGET, points(500, seed=12, box=(0, 0, 10, 10)),
        **{name: [row[name] for row in rows] for name in rows[0]})  # fmt: skip
    return rows


def _found(answer: query.Statistics) -> dict[Any, int]:
    return {group.key: group.count for group in answer.groups}


def test_kinds_are_counted_and_their_people_summed(
    session: Session, counted: list[dict[str, Any]]
) -> None:
    answer = query.tally(session, [TARGET], scope=ALL, by=["kind"], sums=["people_day"])
    assert _found(answer) == Counter((row["kind"],) for row in counted)
    for group in answer.groups:
        people = [row["people_day"] or 0 for row in counted if (row["kind"],) == group.key]
        assert group.sums["people_day"] == sum(people)
    assert answer.count == 500
    assert [g.count for g in answer.groups] == sorted(
        (g.count for g in answer.groups), reverse=True
    )


ABOVE = {
    "province": {"330102": "330000", "330105": "330000", "330203": "330000",
                 "330102001": "330000", "340100": "340000", "330000": "330000", None: None},
    "city": {"330102": "330100", "330105": "330100", "330203": "330200", "330102001": "330100",
             "340100": "340100", "330000": "330000", None: None},
    "county": {"330102001": "330102"},
    None: {},
}  # fmt: skip


@pytest.mark.parametrize("level", list(ABOVE))
def test_a_district_counts_for_what_it_lies_in(
    session: Session, counted: list[dict[str, Any]], level: str | None
) -> None:
    answer = query.tally(session, [TARGET], scope=ALL, by=["district", "kind"], level=level)
    above = ABOVE[level]
    wanted = Counter((above.get(row["region"], row["region"]), row["kind"]) for row in counted)
    assert _found(answer) == wanted
    assert answer.names["330000"] == {"name": "浙江省", "name_en": None, "level": "province"}


def test_a_code_of_another_tree_is_rolled_up_by_its_dots(session: Session) -> None:
    put(session, find("region"), [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])] * 3,
        code=["osm1.6", "osm1.62", "CN"], level=["city", "city", "country"])  # fmt: skip
    put(session, TARGET, [shapely.Point(0, 0)] * 4, kind=["school"] * 4,
        region=["osm1.62.7", "osm1.6.2", "osm1.624", "CN-ZJ"])  # fmt: skip
    answer = query.tally(session, [TARGET], scope=ALL, by=["district"], level="city")
    assert _found(answer) == {("osm1.62",): 1, ("osm1.6",): 1, ("osm1.624",): 1, ("CN-ZJ",): 1}


def test_a_statistic_keeps_to_the_readers_regions_area_and_filter(
    session: Session, counted: list[dict[str, Any]]
) -> None:
    answer = query.tally(session, [TARGET], scope=Scope(("330100",)), by=["district"])
    assert set(_found(answer)) == {("330102",), ("330105",), ("330102001",)}
    tree = {"op": "=", "args": [{"property": "kind"}, "school"]}
    answer = query.tally(session, [TARGET], scope=ALL, by=["layer"],
                              filters={TARGET.name: tree}, area=Area(district="33"))  # fmt: skip
    inside = [row for row in counted if row["kind"] == "school" and str(row["region"])[:2] == "33"]
    assert _found(answer) == {("protection_target",): len(inside)}


def test_months_begin_where_the_site_is(session: Session) -> None:
    moments = [dt.datetime(2026, 1, 31, 15, 59, tzinfo=dt.UTC),
               dt.datetime(2026, 1, 31, 16, 0, tzinfo=dt.UTC), None]  # fmt: skip
    put(session, find("disaster_point"), [shapely.Point(0, 0)] * 3, kind=["fire"] * 3,
        occurred_at=moments)  # fmt: skip
    for zone, months in (("Asia/Shanghai", {"2026-01": 1, "2026-02": 1, None: 1}),
                         ("UTC", {"2026-01": 2, None: 1})):  # fmt: skip
        answer = query.tally(
            session, [find("disaster_point")], scope=ALL, by=["month"], timezone=zone
        )
        assert {key: n for (key,), n in _found(answer).items()} == months
    years = query.tally(session, [find("disaster_point")], scope=ALL, by=["year"])
    assert _found(years) == {("2026",): 2, (None,): 1}


def test_layers_are_counted_together_or_apart(session: Session) -> None:
    put(session, find("team"), [shapely.Point(0, 0)] * 2, kind=["fire", "medical"], people=[5, 7])
    put(session, find("resource"), [shapely.Point(0, 0)], kind=["fire"])
    both = [find("team"), find("resource")]
    together = query.tally(session, both, scope=ALL, by=["kind"])
    assert _found(together) == {("fire",): 2, ("medical",): 1}
    apart = query.tally(session, both, scope=ALL, by=["layer", "kind"])
    assert _found(apart) == {("team", "fire"): 1, ("team", "medical"): 1, ("resource", "fire"): 1}
    assert {g.key: g.sums.get("people") for g in apart.groups}[("team", "medical")] == 7


def test_a_grade_is_what_the_layer_calls_so(session: Session) -> None:
    put(session, find("hazard_source"), [shapely.Point(0, 0)] * 3, grade=["1", "1", None])
    answer = query.tally(session, [find("hazard_source")], scope=ALL, by=["grade"])
    assert _found(answer) == {("1",): 2, (None,): 1}


@pytest.mark.parametrize(
    "asked",
    [{"by": ["nosuch"]}, {"by": ["grade"]}, {"by": []}, {"by": ["kind", "kind"]},
     {"by": ["kind", "layer", "district", "source"]}, {"by": ["district"], "level": "village"},
     {"by": ["month"], "time_field": "kind"}, {"by": ["geom"]}, {"by": ["people_day; --"]}],
)  # fmt: skip
def test_what_a_layer_cannot_be_counted_by_is_refused(
    session: Session, counted: list[dict[str, Any]], asked: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        query.tally(session, [TARGET], scope=ALL, **asked)
    assert refused.value.details["field"]
    assert has_dimension(TARGET, "kind")
    assert not has_dimension(TARGET, "grade")


def test_more_groups_than_fit_are_told_to_be_cut(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, TARGET, [shapely.Point(0, 0)] * 9, kind=["school"] * 9, name=list("abcdefghi"))
    monkeypatch.setattr("layers.query.statistics.MAX_GROUPS", 5)
    answer = query.tally(session, [TARGET], scope=ALL, by=["name"])
    assert answer.truncated
    assert len(answer.groups) == 5
