"""A reader sees the rows of the regions that were granted, everywhere by one clause."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers import query
from layers.catalog import find
from layers.errors import InvalidInputError, NotFoundError
from layers.models import Road, RoadNetwork
from layers.query import Scope
from tests.scatter import put

HERE = shapely.Point(120.0, 30.0)
REGIONS = ["3301", "330102", "3302", None]


def test_the_root_is_the_whole_tree_and_nothing_is_nothing() -> None:
    assert Scope(("3301", "")) == Scope(None)
    assert Scope(None).holds(None)
    assert not Scope(()).holds("3301")


def test_a_subtree_holds_its_own_code_and_those_below_only() -> None:
    scope = Scope(("3301",))
    assert [region for region in REGIONS if scope.holds(region)] == ["3301", "330102"]


def test_a_city_officer_sees_the_citys_counties_and_not_the_neighbour_city(
    session: Session,
) -> None:
    codes = ["330000", "330100", "330102", "330102001", "330200", "330203", "osm1.62.7", None]
    put(session, find("team"), [HERE] * len(codes), kind=["fire"] * len(codes), region=codes)
    for held, wanted in {
        "330100": {"330100", "330102", "330102001"},
        "330102": {"330102", "330102001"},
        "330000": {code for code in codes if code and code.startswith("33")},
        "osm1.6": set(),
        "osm1.62": {"osm1.62.7"},
    }.items():
        scope = Scope((held,))
        found = query.features(session, find("team"), scope=scope).features
        assert {f["properties"]["region"] for f in found} == wanted
        assert {code for code in codes if scope.holds(code)} == wanted


@pytest.mark.parametrize("region", ["%", "33_", "3301'", "33 01", "3" * 129, "３３"])
def test_a_region_that_is_no_code_is_refused(region: str) -> None:
    if region == "33_":
        Scope((region,))
        return
    with pytest.raises(InvalidInputError):
        Scope((region,))


def test_every_question_hides_what_lies_outside(session: Session) -> None:
    layer = find("team")
    ids = put(
        session, layer, [HERE] * 4, kind=["fire"] * 4, region=REGIONS, name=["甲", "乙", "丙", "丁"]
    )
    scope = Scope(("3301",))
    mine = {str(ids[0]), str(ids[1])}
    area = HERE.buffer(0.1)
    answers = {
        "features": [f["id"] for f in query.features(session, layer, scope=scope).features],
        "around": [
            f["id"]
            for f in query.around(session, scope=scope, lon=120, lat=30, radius_m=10)["team"]
        ],
        "nearest": [
            str(r["id"])
            for r in query.nearest_by_line(session, layer, scope=scope, lon=120, lat=30, k=9)
        ],
        "inside": [str(r["id"]) for r in query.inside(session, layer, area, scope=scope)],
        "search": [
            str(row["id"])
            for name in "甲乙丙丁"
            for row in query.search(session, scope=scope, q=name)
        ],
    }
    assert {question: set(found) for question, found in answers.items()} == dict.fromkeys(
        answers, mine
    )
    assert query.counts(session, scope=scope)["team"] == 2
    assert query.count(session, layer, scope=scope) == 2
    assert query.counts(session, scope=Scope(None))["team"] == 4


def test_a_hidden_feature_and_an_absent_one_answer_alike(session: Session) -> None:
    layer = find("team")
    hidden, _ = put(session, layer, [HERE] * 2, kind=["fire"] * 2, region=["3302", "3301"])
    with pytest.raises(NotFoundError) as caught:
        query.feature(session, layer, hidden, scope=Scope(("3301",)))
    assert caught.value.code == "no_feature"
    assert query.feature(session, layer, hidden, scope=Scope(None))["id"] == str(hidden)
    with pytest.raises(NotFoundError):
        query.feature(session, layer, "not-an-id", scope=Scope(None))


def test_the_ground_is_open_to_everyone(session: Session) -> None:
    put(session, find("place"), [HERE], region=[None])
    assert query.counts(session, scope=Scope(()))["place"] == 1


def test_roads_of_a_superseded_network_are_not_shown(session: Session) -> None:
    extent = "SRID=4326;POLYGON((0 0, 0 1, 1 1, 1 0, 0 0))"
    for name, active in (("old", False), ("new", True)):
        session.add(RoadNetwork(name=name, active=active, node_count=2, arc_count=1, extent=extent))
    session.flush()
    ids = {row.name: row.id for row in session.execute(select(RoadNetwork.name, RoadNetwork.id))}
    line = shapely.LineString([(0.1, 0.1), (0.2, 0.2)])
    put(
        session, find("road"), [line] * 3, name=["a", "b", "c"], length_m=[1.0] * 3,
        network_id=[ids["old"], ids["new"], None], speed_kph=[50.0] * 3,
        **{"class": ["primary"] * 3},
    )  # fmt: skip
    found = query.features(session, find("road"), scope=Scope(None)).features
    assert {f["properties"]["name"] for f in found} == {"b", "c"}
    assert session.query(Road).count() == 3
