"""People of the zones to shelters: by the quickest way out, through nothing worse, in time."""

from __future__ import annotations

import datetime as dt

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.dispatch.evacuation import Group, Shelter, evacuation, shared_exits
from analysis.dispatch.flow import shared
from analysis.dispatch.wayaway import Area
from analysis.roads.closures import Closure
from analysis.roads.network import compiled
from tests.analysis.roads.street_grid import grid_streets, place, table

GRID = compiled(table(*grid_streets(9)))
THEN = dt.datetime(2026, 5, 1, 8, 0, tzinfo=dt.UTC)
MIDDLE = shapely.Point(place(4, 4))
RED = Area("red", MIDDLE.buffer(0.0062))
ORANGE = Area("orange", MIDDLE.buffer(0.0122))


def group(id_: str, at, *, people=100, level="orange", **more) -> Group:
    lon, lat = at
    known = {"layer": "protection_target", "name": id_, "name_en": None, "kind": "school",
             "hazard": "toxic", "action": "evacuate"}  # fmt: skip
    return Group(id=id_, lon=lon, lat=lat, people=people, level=level, **{**known, **more})


def shelter(id_: str, at, places=1000) -> Shelter:
    return Shelter(id=id_, name=id_, name_en=None, lon=at[0], lat=at[1], places=places)


def answer(groups, shelters, *, zones=(RED, ORANGE), now=THEN, closed=()):
    return evacuation(GRID, groups, shelters, zones=zones, closed=closed, occurred_at=THEN, now=now)


def test_a_group_leaves_by_the_quickest_way_out_and_never_through_a_worse_zone() -> None:
    west = group("west", place(2.4, 4))
    found = answer([west], [shelter("east", place(8, 4))])
    (move,) = found.moves
    line = shapely.LineString(move.route.lonlat)
    assert not line.intersects(RED.shape)
    assert move.way_out_s == pytest.approx((2.4 - 1) * 48.15, rel=0.02)
    out = shapely.Point(move.exit_lonlat)
    assert not out.intersects(ORANGE.shape)
    after = shapely.ops.substring(line, line.project(out), line.length)
    assert not after.intersects(ORANGE.shape)
    assert move.travel_time_s == pytest.approx(move.route.time_s)


def test_people_of_the_worst_zone_may_cross_the_lesser_ones_on_their_way_out() -> None:
    red = group("red", place(4, 4), level="red")
    (move,) = answer([red], [shelter("near", place(0, 4))]).moves
    assert shapely.LineString(move.route.lonlat).intersects(ORANGE.shape)
    assert move.way_out_s == pytest.approx(3 * 48.15, rel=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_the_flow_of_least_travel_is_that_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people, room = rng.integers(1, 400, 7).tolist(), rng.integers(0, 500, 5).tolist()
    time_s = np.where(rng.random((7, 5)) < 0.2, np.inf, rng.integers(30, 4000, (7, 5)))
    rank = list(range(7, 0, -1))
    flows = shared(people, room, time_s, rank)
    graph = nx.DiGraph()
    for g, count in enumerate(people):
        graph.add_node(("g", g), demand=-count)
        graph.add_edge(("g", g), "spare", weight=rank[g] * 10**7)
        for s in range(5):
            if np.isfinite(time_s[g, s]):
                graph.add_edge(("g", g), ("s", s), weight=int(time_s[g, s]))
    for s, places in enumerate(room):
        graph.add_edge(("s", s), "sink", capacity=places)
    graph.add_edge("spare", "sink")
    graph.add_node("sink", demand=sum(people))
    cost = int((flows * np.where(np.isfinite(time_s), time_s, 0)).sum())
    cost += sum(rank[g] * 10**7 * (people[g] - int(flows[g].sum())) for g in range(7))
    assert cost == nx.min_cost_flow_cost(graph)
    assert (flows.sum(axis=0) <= room).all() and (flows.sum(axis=1) <= people).all()


def test_no_shelter_is_filled_over_its_places_and_the_rest_is_told() -> None:
    groups = [group(f"g{i}", place(2.2 + i / 10, 4), people=300, arrival_s=9000.0 + i) for i in
              range(3)]  # fmt: skip
    found = answer(groups, [shelter("a", place(0, 4), 400), shelter("b", place(0, 8), 250)])
    taken = {s: sum(m.people for m in found.moves if m.shelter.id == s) for s in "ab"}
    assert taken == {"a": 400, "b": 250}
    assert found.short == 900 - 650
    assert [(u.group.id, u.people, u.reason) for u in found.unplaced] == [("g2", 250, "no_place")]
    split = {m.group.id for m in found.moves if m.split}
    assert all(sum(m.group.id == id_ for m in found.moves) == 2 for id_ in split)


def test_whom_the_cloud_reaches_first_leaves_first_then_the_worse_zone_then_the_more_people() -> (
    None
):
    groups = [
        group("late", place(2.2, 4), arrival_s=9000.0),
        group("soon", place(2.3, 4), arrival_s=8000.0),
        group("many", place(5.8, 4), people=900),
        group("few", place(5.7, 4), people=5),
        group("worse", place(4, 4.5), level="red", people=1),
    ]
    found = answer(groups, [shelter("a", place(0, 0), 5000)])
    assert [m.group.id for m in found.moves] == ["soon", "late", "worse", "many", "few"]
    assert [m.order for m in found.moves] == [1, 2, 3, 4, 5]


def test_who_cannot_be_out_before_the_cloud_stays_inside() -> None:
    late = group("late", place(2.4, 4), arrival_s=1800.0 + 60.0)
    found = answer([late], [shelter("a", place(0, 4))])
    assert not found.moves
    assert [(s.group.id, s.reason) for s in found.stay] == [("late", "too_late")]
    assert found.stay[0].message.params["needed_min"] == 31
    early = group("early", place(2.4, 4), arrival_s=1800.0 + 80.0)
    (move,) = answer([early], [shelter("a", place(0, 4))]).moves
    assert move.in_time
    assert move.leave_by == THEN + dt.timedelta(seconds=1880.0 - move.way_out_s)
    an_hour_on = THEN + dt.timedelta(hours=1)
    assert not answer([early], [shelter("a", place(0, 4))], now=an_hour_on).moves


def test_who_is_better_off_leaving_through_the_cloud_leaves_and_is_marked() -> None:
    late = group("late", place(2.4, 4), arrival_s=60.0, shelter_share=0.8, evacuation_share=0.3)
    (move,) = answer([late], [shelter("a", place(0, 4))]).moves
    assert not move.in_time


def test_who_is_told_to_shelter_stays_and_who_is_not_counted_is_asked_for() -> None:
    groups = [
        group("stays", place(2.4, 4), action="shelter"),
        group("uncounted", place(2.4, 4), people=None),
        group("empty", place(2.4, 4), people=0),
    ]
    found = answer(groups, [shelter("a", place(0, 4))])
    assert not found.moves
    assert {s.group.id: s.reason for s in found.stay} == {
        "stays": "told_to_shelter", "uncounted": "people_unknown", "empty": "nobody",
    }  # fmt: skip


def test_without_a_road_out_that_avoids_the_worse_zone_people_stay() -> None:
    ring = Area("red", MIDDLE.buffer(0.0122).difference(MIDDLE.buffer(0.0062)))
    core = Area("orange", MIDDLE.buffer(0.0122))
    inner = group("inner", place(4, 4))
    far = group("far", (119.9, 30.02), level="orange")
    found = answer([inner, far], [shelter("a", place(0, 4))], zones=(ring, core))
    assert {s.group.id: s.reason for s in found.stay} == {
        "inner": "no_way_out", "far": "no_road_near",
    }  # fmt: skip


def test_a_closed_road_is_not_a_way_out_either() -> None:
    west = group("west", place(2.4, 4))
    free = answer([west], [shelter("a", place(0, 4))]).moves[0]
    barrier = Closure(area=shapely.Point(place(1.5, 4)), kind="barrier")
    shut = answer([west], [shelter("a", place(0, 4))], closed=[barrier]).moves[0]
    assert not shapely.LineString(shut.route.lonlat).intersects(barrier.area.buffer(1e-6))
    assert shut.way_out_s > free.way_out_s


def test_where_no_road_leads_on_people_are_out_and_without_a_shelter() -> None:
    wall = Closure(area=shapely.box(119.99, 30.0, 120.0022, 30.05), kind="flood")
    west = group("west", place(2.4, 4))
    found = answer([west], [shelter("beyond", place(0, 4))], closed=[wall])
    assert [(u.group.id, u.reason) for u in found.unplaced] == [("west", "no_way_on")]
    assert found.short == 100


def test_without_any_shelter_everybody_is_told_as_unplaced() -> None:
    found = answer([group("west", place(2.4, 4))], [])
    assert [(u.reason, u.people) for u in found.unplaced] == [("no_place", 100)]
    assert found.places == 0


def test_groups_that_leave_by_one_road_are_told_with_their_people_and_turns() -> None:
    groups = [group(f"g{i}", place(2.2 + i / 10, 4), people=10 + i) for i in range(3)]
    found = answer(groups, [shelter("a", place(0, 4))])
    (exit_,) = shared_exits(found.moves)
    assert (exit_["road"], exit_["groups"], exit_["people"]) == ("Row 4", 3, 33)
    assert [m.exit_order for m in found.moves] == [1, 2, 3]


def test_who_takes_the_road_outside_the_zone_is_not_led_through_it() -> None:
    """Beside the road the zone is wide; it crosses it farther on, where the junction is nearer."""
    over_the_road = shapely.box(*place(2.7, 3.9), *place(2.8, 4.3))
    zone = Area("orange", over_the_road.union(shapely.box(*place(2.5, 4.1), *place(2.8, 4.3))))
    (move,) = answer(
        [group("yard", place(2.6, 4.2))], [shelter("east", place(8, 4))], zones=(zone,)
    ).moves
    assert move.way_out_s == 0.0
    assert not shapely.LineString(move.route.lonlat).intersects(zone.shape)
