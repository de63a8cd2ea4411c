"""A dispatch over real rows: nobody from inside a zone, nothing that is not there, cover kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from analysis.dispatch.answer import answered
from analysis.dispatch.case import gather
from analysis.dispatch.demand import Demand, Place
from analysis.dispatch.problem import Weights, holds
from analysis.roads.closures import Closure
from analysis.roads.network import compiled
from analysis.roads.source.exchange import to_networkx
from layers.query import Scope
from tests.analysis.roads.street_grid import grid_streets, place, table

GRID = compiled(table(*grid_streets(9)))
GRAPH = to_networkx(GRID)
NOW = dt.datetime(2026, 5, 1, 12, 0, tzinfo=dt.UTC)
EVERYWHERE = Scope(None)
PEOPLE = Demand(id="p", what="people", name="fire", amount=10, unit="person")


def team(session, at, *, people=20, kind="fire", vehicles=(("水罐消防车", 2),), **more) -> str:
    lon, lat = at
    values = {"kind": kind, "people": people, "lon": lon, "lat": lat, "name": None, "region": None,
              "skills": None, **more}  # fmt: skip
    made = session.scalar(
        text("INSERT INTO team (name, kind, people, region, skills, geom) VALUES "
             "(:name, :kind, :people, :region, :skills, "
             "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) RETURNING id"),
        values,
    )  # fmt: skip
    for name, count in vehicles:
        session.execute(
            text("INSERT INTO vehicle (team_id, kind, count) VALUES (:team, :kind, :count)"),
            {"team": made, "kind": name, "count": count},
        )
    return str(made)


def target(session, at, people) -> None:
    session.execute(
        text("INSERT INTO protection_target (kind, people_day, people_night, geom) VALUES "
             "('school', :people, :people, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"),
        {"people": people, "lon": at[0], "lat": at[1]},
    )  # fmt: skip


def depot(session, at, *stock) -> str:
    made = session.scalar(
        text("INSERT INTO resource (kind, geom) VALUES "
             "('depot', ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) RETURNING id"),
        {"lon": at[0], "lat": at[1]},
    )  # fmt: skip
    for item, quantity, unit in stock:
        session.execute(
            text("INSERT INTO stock (resource_id, item, quantity, unit) VALUES (:r, :i, :q, :u)"),
            {"r": made, "i": item, "q": quantity, "u": unit},
        )
    return str(made)


def asking(at, *demand, **more) -> Place:
    return Place(id="here", lon=at[0], lat=at[1], demand=demand, **more)


def solve(session, *places, by="greedy", network=GRID, **more):
    known = {"scope": EVERYWHERE, "now": NOW, "cover_minutes": 0.0, **more}
    case = gather(session, places, networks=lambda lon, lat, vehicle: network, **known)
    answer = answered(case, by=by)
    return case, answer


@pytest.mark.parametrize("seed", range(4))
def test_travel_times_are_those_of_one_search_a_team(session, seed) -> None:
    rng = np.random.default_rng(seed)
    nodes = rng.choice(len(GRID.node_id), 12, replace=False)
    bases = {team(session, GRID.node_lonlat[n], people=1): int(n) for n in nodes[1:]}
    _, answer = solve(session, asking(GRID.node_lonlat[nodes[0]], PEOPLE))
    times = {
        base: nx.shortest_path_length(GRAPH, node, int(nodes[0]), weight="travel_time")
        for base, node in bases.items()
    }
    assert {a.id: a.travel_time_s for a in answer.assignments} == pytest.approx(
        {base: times[base] for base in sorted(times, key=lambda b: times[b])[:10]}, abs=0.11
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by", ["greedy", "optimal"])
def test_nobody_inside_a_zone_is_sent_and_nobody_is_sent_twice(session, seed, by) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(15):
        team(session, place(*rng.uniform(0, 8, 2)), people=int(rng.integers(0, 9)))
        depot(session, place(*rng.uniform(0, 8, 2)), ("泡沫液", float(rng.uniform(0, 3)), "t"))
    zones = [shapely.Point(place(*rng.uniform(2, 6, 2))).buffer(0.006) for _ in range(3)]
    foam = Demand(id="f", what="stock", name="foam", amount=2500.0, unit="kg")
    places = [
        Place(id=str(i), lon=z.centroid.x, lat=z.centroid.y, demand=(PEOPLE, foam),
              closed=(Closure(area=z, kind="zone", level="red"),), zones=z.buffer(0.003))
        for i, z in enumerate(zones)
    ]  # fmt: skip
    case, answer = solve(session, *places, by=by)
    assert answer.assignments
    shut, warned = shapely.union_all(zones), shapely.union_all([z.buffer(0.003) for z in zones])
    for one in answer.assignments:
        here = shapely.Point(one.lon, one.lat)
        assert not here.intersects(shut if one.layer == "team" else warned)
    there = {s.id: (s.people, sum(h.quantity * 1000 for h in s.stock)) for s in case.sources}
    for source, (people, kilograms) in there.items():
        mine = [a for a in answer.assignments if a.id == source]
        assert sum(a.amount for a in mine if a.what == "people") <= (people or 0)
        assert sum(a.amount for a in mine if a.what == "stock") <= kilograms + 1e-9
    for demand in answer.demands:
        sent = sum(a.amount for a in answer.assignments
                   if (a.incident, a.demand) == (demand.incident, demand.demand.id))  # fmt: skip
        assert sent == pytest.approx(demand.met)
        assert demand.met + demand.missing == pytest.approx(demand.demand.amount)
        assert bool(demand.reasons) == (demand.missing > 0)


def test_a_store_whose_ground_a_warning_zone_touches_is_a_target_and_gives_nothing(session) -> None:
    near = depot(session, place(4, 3), ("泡沫液", 5.0, "t"))
    far = depot(session, place(8, 8), ("泡沫液", 5.0, "t"))
    foam = Demand(id="f", what="stock", name="泡沫", amount=1.0, unit="t")
    zone = shapely.Point(place(4, 3)).buffer(0.001)
    _, free = solve(session, asking(place(4, 4), foam))
    _, warned = solve(session, asking(place(4, 4), foam, zones=zone))
    assert [a.id for a in free.assignments] == [near]
    assert [a.id for a in warned.assignments] == [far]
    assert [m.code for m in warned.assignments[0].why] == [
        "dispatch.why.nearest_enough", "dispatch.why.nearer_inside_zone",
    ]  # fmt: skip


def test_who_drives_to_one_incident_keeps_clear_of_the_zone_of_the_other(session) -> None:
    team(session, place(0, 4))
    zone = shapely.Point(place(2, 4)).buffer(0.002)
    first = asking(place(4, 4), PEOPLE)
    other = Place(id="other", lon=place(2, 4)[0], lat=place(2, 4)[1], demand=(),
                  closed=(Closure(area=zone, kind="zone", level="red"),))  # fmt: skip
    _, free = solve(session, first)
    _, shut = solve(session, first, other)
    assert free.assignments[0].travel_time_s == pytest.approx(4 * 48.15, rel=0.01)
    assert shut.assignments[0].travel_time_s > free.assignments[0].travel_time_s + 90


def test_the_last_of_a_station_stays_where_another_is_little_farther(session) -> None:
    near = team(session, place(3, 4), people=10, vehicles=(("水罐消防车", 1),), name="near")
    far = team(session, place(4, 7), people=30, vehicles=(("水罐消防车", 3),), name="far")
    target(session, place(1, 4), 20000)
    engine = Demand(id="v", what="vehicle", name="水罐车", amount=1, unit="vehicle")
    _, careless = solve(session, asking(place(4, 4), engine))
    assert [a.id for a in careless.assignments] == [near]
    for by in ("greedy", "optimal"):
        _, careful = solve(session, asking(place(4, 4), engine), cover_minutes=3.0, by=by)
        assert [a.id for a in careful.assignments] == [far]
        assert not careful.cover_lost
        keeps = careful.assignments[0].why[1]
        assert keeps.code == "dispatch.why.nearer_keeps_cover"
        assert keeps.params["name"] == "near" and keeps.params["people"] == 20000
    _, urgent = solve(
        session, asking(place(4, 4), engine), cover_minutes=3.0,
        weights=Weights(cover_place_s=0.0, cover_person_s=0.001),
    )  # fmt: skip
    assert [a.id for a in urgent.assignments] == [near]
    (lost,) = urgent.cover_lost
    assert lost.people == 20000 and lost.stations == ((near, "near"),)


def test_cover_is_not_lost_while_another_station_that_stays_is_in_time(session) -> None:
    near = team(session, place(3, 4), vehicles=(("水罐消防车", 1),))
    team(session, place(2, 4), vehicles=(("泡沫消防车", 1),))
    target(session, place(1, 4), 5000)
    engine = Demand(id="v", what="vehicle", name="水罐消防车", amount=1, unit="vehicle")
    _, answer = solve(session, asking(place(4, 4), engine), cover_minutes=3.0)
    assert [a.id for a in answer.assignments] == [near]
    assert not answer.cover_lost


def test_a_team_is_sent_whole_or_in_parts_and_never_both(session) -> None:
    only = team(session, place(3, 4), people=9, skills=["堵漏"])
    whole = Demand(id="t", what="skill", name="堵漏", amount=1, unit="team")
    for by in ("greedy", "optimal"):
        _, answer = solve(session, asking(place(4, 4), whole, PEOPLE), by=by)
        assert len(answer.assignments) == 1 and answer.assignments[0].id == only
        short = next(d for d in answer.demands if d.missing > 0)
        assert "dispatch.unmet.elsewhere" in [m.code for m in short.reasons]


def test_what_is_counted_in_another_unit_is_told_and_not_converted(session) -> None:
    depot(session, place(3, 4), ("泡沫液", 40.0, "桶"))
    foam = Demand(id="f", what="stock", name="foam", amount=1.0, unit="t")
    _, answer = solve(session, asking(place(4, 4), foam))
    assert not answer.assignments
    assert [m.code for m in answer.demands[0].reasons] == [
        "dispatch.unmet.too_little", "dispatch.unmet.other_unit",
    ]  # fmt: skip


def test_what_nobody_has_is_told_with_what_looks_like_it(session) -> None:
    depot(session, place(3, 4), ("泡沫液", 1.0, "t"))
    typo = Demand(id="f", what="stock", name="泡沬液", amount=1.0, unit="t")
    _, answer = solve(session, asking(place(4, 4), typo))
    (told,) = answer.demands[0].reasons
    assert told.code == "dispatch.unmet.unknown" and told.params["near"] == ["泡沫液"]


def test_without_a_network_those_who_could_come_are_listed_by_air_and_have_no_time(session) -> None:
    near, far = team(session, place(3, 4), people=6), team(session, place(0, 4), people=6)
    _, answer = solve(session, asking(place(4, 4), PEOPLE), network=None)
    assert [(a.id, a.amount, a.by, a.travel_time_s, a.arrives_at) for a in answer.assignments] == [
        (near, 6, "line", None, None), (far, 4, "line", None, None),
    ]  # fmt: skip
    assert [m.code for m in answer.messages] == ["dispatch_no_network"]
    assert answer.demands[0].first_s is None


def test_a_team_of_another_region_is_neither_sent_nor_told(session) -> None:
    mine = team(session, place(0, 4), region="420100", people=4)
    team(session, place(3, 4), region="430100", people=90)
    _, answer = solve(session, asking(place(4, 4), PEOPLE), scope=Scope(("42",)))
    assert [a.id for a in answer.assignments] == [mine]
    assert answer.demands[0].missing == 6
    assert len(answer.assignments[0].why) == 1


def test_small_amounts_and_large_ones_of_one_dimension_are_met_exactly(session) -> None:
    depot(session, place(3, 4), ("泡沫液", 1000.0, "t"), ("液碱", 0.5, "kg"))
    asked = (
        Demand(id="a", what="stock", name="泡沫液", amount=1000.0, unit="t"),
        Demand(id="b", what="stock", name="液碱", amount=499.7, unit="g"),
    )
    case, answer = solve(session, asking(place(4, 4), *asked), by="optimal")
    assert holds(case.problem, {0: 0})
    assert [(a.item, a.amount, a.unit) for a in answer.assignments] == [
        ("泡沫液", 1000.0, "t"), ("液碱", 499.7, "g"),
    ]  # fmt: skip
    assert {a.vehicle for a in answer.assignments} == {"heavy_truck"}


def test_a_demand_beyond_all_measure_takes_every_store_whole(session) -> None:
    tons = (0.004, 1.5, 20.0)
    for number, quantity in enumerate(tons):
        depot(session, place(number, 4), ("泡沫液", quantity, "t"))
    foam = Demand(id="f", what="stock", name="foam", amount=1e9, unit="t")
    for by in ("greedy", "optimal"):
        _, answer = solve(session, asking(place(4, 4), foam), by=by)
        assert sorted(a.amount for a in answer.assignments) == pytest.approx(list(tons))
        assert answer.demands[0].missing == pytest.approx(1e9 - sum(tons))


def test_the_nearest_that_others_need_too_gives_a_part_and_it_is_said(session) -> None:
    near = team(session, place(3, 4), people=10)
    places = [Place(id=str(i), lon=lon, lat=lat, demand=(PEOPLE,), priority=i + 1)
              for i, (lon, lat) in enumerate([place(4, 4), place(3, 3)])]  # fmt: skip
    asked = [places[0], replace(places[1], demand=(replace(PEOPLE, amount=7),))]
    _, answer = solve(session, *asked)
    (part,) = [a for a in answer.assignments if a.incident == "0"]
    assert (part.id, part.amount) == (near, 3)
    assert part.why[0].code == "dispatch.why.nearest_part"
