"""Positions followed: arrivals as networkx has them, alerts opened once and closed, areas."""

import datetime as dt
import time
import uuid

import networkx as nx
import pytest
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from analysis.roads.closures import closures
from analysis.roads.network import compiled
from analysis.roads.route import route
from analysis.roads.source.exchange import to_networkx
from gis_server.following import Following, Round
from layers.errors import InvalidInputError
from layers.locks import Lock
from layers.models import Alert, Eta, Presence, RoadClosure, Task, Tracker, WatchArea
from layers.query.scope import EVERYTHING, Scope
from layers.tasks import Order, order, step
from layers.tracking.following import arriving, expected
from layers.tracking.latest import latest
from layers.tracking.sight import Sight
from tests.analysis.roads.street_grid import grid_streets, node, place, table
from tests.depot import Site
from tests.layers.tracking.reports import NOW, register, row, take

NETWORK = compiled(table(*grid_streets(12)))
GRAPH = to_networkx(NETWORK)
DEPARTED = NOW - dt.timedelta(minutes=20)
GOAL = place(10, 10)
SIGHT = Sight(name="all", scope=EVERYTHING, people=EVERYTHING)


@pytest.fixture
def site(session):
    site = Site(session)
    session.execute(text("UPDATE team SET geom = 'SRID=4326;POINT(121 31)'"))
    return site


@pytest.fixture
def follower():
    return Round(lambda session, lon, lat, profile: NETWORK)


@pytest.fixture
def depart(session, site):
    """Send a team with a tracker on its way; give the task."""

    def go(*devices, route=None, incident=None, **values):
        register(session, *devices, team_id=site.team, region="330102", **values)
        asked = Order(
            kind="go", layer="team", feature_id=site.team, id=uuid.uuid4(),
            destination=from_shape(shapely.Point(GOAL), srid=4326), travel_time_s=1800.0,
            route=None if route is None else from_shape(route, srid=4326),
        )  # fmt: skip
        (task,), _ = order(
            session, incident or site.incident, [asked], scope=EVERYTHING, at=DEPARTED
        )
        for state in ("accepted", "departed"):
            step(session, task, state, version=None, scope=EVERYTHING, at=DEPARTED)
        return task

    return go


def drive(session, *places, device="car", begin_s=0, every_s=10, **values):
    """Report positions, one after another, of a vehicle that stands at places of the grid."""
    rows = [
        row(begin_s + every_s * n, lon, lat, id=device, **values)
        for n, (lon, lat) in enumerate(places)
    ]
    receipt = take(session, *rows)
    assert receipt.stored == len(rows), receipt


def look(follower, session):
    """Follow five seconds after the newest position; return how many arrivals are new."""
    newest = session.scalar(text("SELECT max(at) FROM position_latest"))
    return follower.follow(session, now=(newest or NOW) + dt.timedelta(seconds=5))


def eta(session, device="car"):
    return session.execute(
        select(Eta).join(Tracker, Tracker.number == Eta.tracker).where(Tracker.device == device)
        .execution_options(populate_existing=True)
    ).scalar_one()  # fmt: skip


def alerts(session, *, open=True):
    query = select(Alert.kind).order_by(Alert.kind)
    return session.scalars(query.where(Alert.closed_at.is_(None)) if open else query).all()


@pytest.mark.parametrize("at", [(0, 0), (3, 7), (10, 2), (11, 11)])
def test_the_expected_arrival_is_what_networkx_gives(session, follower, depart, at):
    depart("car")
    drive(session, place(*at))
    assert look(follower, session) == 1
    begin, end = NETWORK.node_id.searchsorted([node(*at), node(10, 10)])
    seconds = nx.shortest_path_length(GRAPH, begin, end, weight="travel_time")
    found = eta(session)
    assert found.remaining_s == pytest.approx(seconds, abs=1e-6)
    assert found.expected_at == found.computed_at + dt.timedelta(seconds=found.remaining_s)
    assert found.state == "on_route"


def test_a_vehicle_that_no_road_is_open_to_stops_nobody_else_from_being_followed(
    session, site, depart
):
    def load(session, lon, lat, profile):
        if profile == "foot":
            raise InvalidInputError(
                "a foot may use no road of this network", code="vehicle_no_road"
            )
        return NETWORK

    depart("car")
    register(session, "walker", team_id=site.team, profile="foot", region="330102")
    drive(session, place(0, 0))
    drive(session, place(1, 1), device="walker")
    look(Round(load), session)
    assert eta(session).remaining_s is not None
    assert (eta(session, "walker").remaining_s, eta(session, "walker").state) == (None, "unplaced")


def test_forty_vehicles_to_one_place_take_one_tree(session, follower, depart):
    depart(*(f"c{n}" for n in range(40)))
    for n in range(40):
        drive(session, place(n % 10, n // 10), device=f"c{n}")
    assert look(follower, session) == 40
    assert follower.trees.made == 1
    for n in range(40):
        drive(session, place(n % 10 + 0.1, n // 10), device=f"c{n}", begin_s=60)
    assert look(follower, session) == 40
    assert follower.trees.made == 1


def test_a_closed_road_changes_the_arrival_and_opens_no_alert_where_a_way_is_left(
    session, follower, depart
):
    depart("car")
    drive(session, place(8, 10))
    look(follower, session)
    before = eta(session).remaining_s
    barrier = shapely.Point(place(9.5, 10)).buffer(0.0005)
    session.add(
        RoadClosure(
            kind="works", since=DEPARTED, region="330102", geom=from_shape(barrier, srid=4326)
        )
    )
    session.flush()
    drive(session, place(8, 10), begin_s=10)
    look(follower, session)
    assert eta(session).remaining_s > before + 100
    assert alerts(session) == []


def test_no_way_is_an_alert_that_closes_when_the_road_opens(session, follower, depart):
    depart("car")
    ring = shapely.Point(GOAL).buffer(0.002).boundary.buffer(0.0002)
    closure = RoadClosure(
        kind="other", since=DEPARTED, region="330102", geom=from_shape(ring, srid=4326)
    )
    session.add(closure)
    session.flush()
    drive(session, place(5, 5))
    look(follower, session)
    assert (eta(session).state, eta(session).remaining_s) == ("no_way", None)
    assert alerts(session) == ["no_way"]
    session.execute(update(RoadClosure).values(lifted_at=DEPARTED + dt.timedelta(minutes=1)))
    drive(session, place(5, 5), begin_s=10)
    look(follower, session)
    assert alerts(session) == []
    assert alerts(session, open=False) == ["no_way"]


def test_leaving_the_ordered_route_is_told_once_and_is_over_on_return(session, follower, depart):
    route = shapely.LineString([place(0, 0), place(10, 0), place(10, 10)])
    depart("car", route=route)
    off = [place(3 + n / 10, 1) for n in range(4)]
    for n, where in enumerate(off):
        drive(session, where, begin_s=10 * n)
        look(follower, session)
    assert eta(session).state == "off_route"
    assert eta(session).off_route_m == pytest.approx(556, abs=2)
    assert alerts(session) == ["off_route"]
    drive(session, place(4, 0), begin_s=100)
    look(follower, session)
    assert alerts(session) == []
    assert alerts(session, open=False) == ["off_route"]


def test_without_an_ordered_route_the_first_fastest_one_is_it(session, follower, depart):
    depart("car")
    for n, where in enumerate([place(0, 10), place(1, 10), place(2, 10)]):
        drive(session, where, begin_s=60 * n)
        look(follower, session)
        assert eta(session).off_route_m == pytest.approx(0, abs=0.5)
    for n in range(4):
        drive(session, place(2 + n / 10, 8), begin_s=300 + 10 * n)
        look(follower, session)
    assert alerts(session) == ["off_route"]


def test_standing_and_arriving_are_told_and_a_done_task_leaves_nothing_open(
    session, follower, depart
):
    task = depart("car")
    for n in range(20):
        drive(session, place(4, 4), begin_s=10 * n, speed_m_s=0)
        look(follower, session)
    assert alerts(session) == ["stopped"]
    for n in range(8):
        drive(session, GOAL, begin_s=400 + 10 * n, speed_m_s=0)
        look(follower, session)
    assert alerts(session) == ["arrived"]
    assert session.get_one(Task, task.id).state == "departed", "a person confirms"
    step(session, task, "arrived", version=None, scope=EVERYTHING)
    look(follower, session)
    assert alerts(session) == []
    assert session.scalars(select(Eta)).all() == []


def test_silence_is_red_after_a_minute_and_an_alert_after_two(session, follower, depart):
    depart("car")
    drive(session, place(4, 4))
    heard = NOW - dt.timedelta(minutes=15)
    follower.follow(session, now=heard + dt.timedelta(seconds=10))
    follower.follow(session, now=heard + dt.timedelta(seconds=61))
    assert (eta(session).state, alerts(session)) == ("silent", [])
    computed = eta(session).computed_at
    follower.follow(session, now=heard + dt.timedelta(seconds=121))
    assert alerts(session) == ["silent"]
    assert eta(session).computed_at == computed, "silence computes no new arrival"
    drive(session, place(4.1, 4), begin_s=130)
    follower.follow(session, now=heard + dt.timedelta(seconds=131))
    assert (eta(session).state, alerts(session)) == ("on_route", [])


def test_overdue_counts_from_what_the_task_expected(session, follower, depart):
    task = depart("car")
    drive(session, place(4, 4))
    assert task.expected_at is not None
    due = task.expected_at
    follower.follow(session, now=due + dt.timedelta(seconds=299))
    assert "overdue" not in alerts(session)
    follower.follow(session, now=due + dt.timedelta(seconds=301))
    assert "overdue" in alerts(session)


def test_a_task_that_names_a_vehicle_is_that_vehicles_alone(session, follower, site, depart):
    task = depart("car", "other")
    session.execute(
        text(
            "INSERT INTO task_item (task_id, incident_id, what, holder_id, vehicle_id, amount, "
            "unit) VALUES (:task, :incident, 'vehicle', :team, :vehicle, 1, '辆')"
        ),
        {"task": task.id, "incident": site.incident, "team": site.team, "vehicle": site.engines},
    )
    session.execute(update(Tracker).where(Tracker.device == "car").values(vehicle_id=site.engines))
    drive(session, place(1, 1), device="car")
    drive(session, place(2, 2), device="other")
    assert look(follower, session) == 1
    (one,) = arriving(session, sight=SIGHT, incident=site.incident)
    assert (one["tracker"], one["task_id"]) == ("car", str(task.id))
    assert [each["tracker"] for each in expected(session, [task.id])[str(task.id)]] == ["car"]
    nobody = Sight(name="x", scope=Scope(("44",)), people=EVERYTHING)
    assert arriving(session, sight=nobody, incident=site.incident) == []
    mine = latest(session, sight=SIGHT, incident=site.incident)
    assert [each["id"] for each in mine] == ["car"]


def test_a_tracker_of_an_exercise_follows_no_real_task(session, follower, depart):
    depart("car", exercise=True)
    drive(session, place(1, 1))
    assert look(follower, session) == 0


def test_a_place_far_from_any_road_has_no_arrival_and_no_false_alarm(session, follower, depart):
    depart("car")
    drive(session, (120.5, 30.5))
    look(follower, session)
    assert (eta(session).state, eta(session).remaining_s) == ("unplaced", None)
    assert alerts(session) == []


def test_destinations_without_a_turn_come_first_in_the_next_round(session, site, depart):
    follower = Round(lambda session, lon, lat, profile: NETWORK, round_s=-1.0)
    depart("car")
    drive(session, place(1, 1))
    assert look(follower, session) == 0
    follower._round_s = 1.0
    assert look(follower, session) == 1


def test_who_comes_into_a_watched_area_and_leaves_it_is_told(session, follower):
    register(session, "car", region="330102")
    session.add(
        WatchArea(name="forest", region="330102",
                  geom=from_shape(shapely.box(120.01, 30.0, 120.02, 30.02), srid=4326))
    )  # fmt: skip
    session.flush()
    seen = []
    for n, lon in enumerate((120.0, 120.011, 120.015, 120.0201, 120.0202, 120.021)):
        drive(session, (lon, 30.01), begin_s=60 * n)
        look(follower, session)
        seen.append(alerts(session))
    assert seen == [[], ["entered"], ["entered"], ["entered"], ["entered"], ["left"]]
    assert session.scalars(select(Presence)).all() == []
    drive(session, (120.015, 30.01), begin_s=600)
    look(follower, session)
    assert alerts(session) == ["entered"]


def test_one_worker_follows_at_a_time(database):
    follower = Round(lambda session, lon, lat, profile: NETWORK)
    with Session(database) as other, other.begin():
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(Lock.FOLLOWING)})
        with Session(database) as session, session.begin():
            register(session, "car")
            assert look(follower, session) == 0
            assert follower._told == {}


def test_the_thread_follows_keeps_days_ahead_and_another_takes_over(
    database, tmp_path, monkeypatch
):
    monkeypatch.setattr("gis_server.following.LOOK_EVERY_S", 0.05)
    first = Following(database, cache_dir=tmp_path, position_days=90)
    second = Following(database, cache_dir=tmp_path, position_days=90)
    first.start()
    _until(database, "SELECT count(*) FROM pg_class WHERE relname ~ '^d[0-9]{8}$'", 3)
    second.start()
    with Session(database) as session, session.begin():
        register(session, "car", region="330102")
        session.add(
            WatchArea(name="a", region="330102",
                      geom=from_shape(shapely.box(119, 29, 121, 31), srid=4326))
        )  # fmt: skip
        take(session, row(0))
    _until(database, "SELECT count(*) FROM alert", 1)
    first.stop()
    with Session(database) as session, session.begin():
        take(session, row(60, lon=122.0, lat=30.0), row(70, lon=122.0, lat=30.0))
        take(session, row(80, lon=122.0, lat=30.0))
    _until(database, "SELECT count(*) FROM alert WHERE kind = 'left'", 1)
    second.stop()


def _until(database, question, wanted):
    for _ in range(400):
        with Session(database) as session:
            if session.scalar(text(question)) == wanted:
                return
        time.sleep(0.05)
    raise AssertionError(question)


def _zone(session, begin, end):
    area = shapely.box(*place(*begin), *place(*end))
    session.add(
        RoadClosure(kind="other", since=DEPARTED, region="330102", geom=from_shape(area, srid=4326))
    )
    session.flush()


def test_who_is_sent_into_a_closed_area_is_followed_to_where_its_roads_end(
    session, follower, depart
):
    """A wide area lies on the straight way; the road ends before it, on the other side."""
    depart("car")
    _zone(session, (9.4, 1.5), (10.2, 10.4))
    drive(session, place(8, 2))
    look(follower, session)
    seconds = 2 * 48.15 + 8.3 * 55.6
    assert eta(session).remaining_s > 8 * 55.6
    _, line = follower._routes[next(iter(follower._routes))]
    assert not line.intersects(shapely.box(*place(9.4, 1.5), *place(10.2, 10.4)))
    assert eta(session).remaining_s < seconds + 5 * 55.6


def test_who_stands_where_the_roads_end_has_arrived_and_is_not_stuck(session, follower, depart):
    depart("car")
    _zone(session, (8.4, 8.4), (11.5, 11.5))
    stop = _end_of_roads(session, follower)
    assert not shapely.Point(stop).within(shapely.box(*place(8.4, 8.4), *place(11.5, 11.5)))
    for n in range(25):
        drive(session, stop, begin_s=10 * n, speed_m_s=0)
        look(follower, session)
    assert eta(session).state == "near"
    assert alerts(session) == ["arrived"]


def _end_of_roads(session, follower):
    """Return where the roads end for the one who is on the way."""
    drive(session, place(2, 2), begin_s=-60)
    look(follower, session)
    _, line = follower._routes[next(iter(follower._routes))]
    return tuple(line.coords[-1])


def test_who_goes_on_into_the_closed_area_raises_no_alarm_of_no_way(session, follower, depart):
    depart("car")
    _zone(session, (8.4, 8.4), (11.5, 11.5))
    drive(session, place(9.5, 9))
    look(follower, session)
    assert eta(session).remaining_s is None
    assert alerts(session) == []


def test_who_drives_round_a_road_that_has_closed_since_is_not_off_the_route(
    session, follower, depart
):
    depart("car")
    drive(session, place(2, 10))
    look(follower, session)
    barrier = shapely.Point(place(4.5, 10)).buffer(0.0005)
    session.add(
        RoadClosure(
            kind="works", since=DEPARTED, region="330102", geom=from_shape(barrier, srid=4326)
        )
    )
    session.flush()
    way = route(NETWORK, place(2.2, 10), GOAL, closed=closures(NETWORK, barrier))
    line = shapely.LineString(way.lonlat)
    for n in range(20):
        where = line.interpolate(n / 20, normalized=True)
        drive(session, (where.x, where.y), begin_s=30 + 30 * n)
        look(follower, session)
    assert alerts(session, open=False) == []
