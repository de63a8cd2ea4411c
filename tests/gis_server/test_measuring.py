"""Speeds of roads: said by the hour, measured from tracks, and what searches make of them."""

import datetime as dt

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from analysis.roads import store, traffic
from analysis.roads.network import compiled
from analysis.roads.places import snap_one
from analysis.roads.profile import FIRE_ENGINE, PROFILES
from analysis.roads.route import way_in
from gis_server.measuring import Measuring
from layers import speeds
from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.speeds import Passes
from tests.analysis.roads.street_grid import grid_streets, place, table
from tests.layers.tracking.reports import register, take

EDGES = table(*grid_streets(6))
NETWORK = compiled(EDGES)
MONDAY_8 = dt.datetime(2026, 3, 2, 0, 30, tzinfo=dt.UTC)  # 08:30 in China
SUNDAY_8 = MONDAY_8 - dt.timedelta(days=1)
HEAVY = PROFILES["heavy_truck"]


def said(factor=0.5, road_class="residential", day_kind="workday", hour=8):
    return {"road_class": road_class, "day_kind": day_kind, "hour": hour, "factor": factor}


@pytest.fixture
def grid(session):
    network_id = store.save(session, EDGES, name="grid", source="test")
    store.activate(session, network_id)
    return "grid"


def slow(session, *, profile=FIRE_ENGINE, at=MONDAY_8):
    network = NETWORK.for_vehicle(profile)
    hour = traffic.hour_of(session, network, name="grid", profile=profile, at=at)
    return None if hour is None else traffic.slowness(session, network, hour)


def measured(kph, passes, edge=0, *, ahead=True, emergency=True, hour=8):
    ends = [int(NETWORK.node_id[NETWORK.edge_tail[edge]]),
            int(NETWORK.node_id[NETWORK.edge_head[edge]])]  # fmt: skip
    u, v = ends if ahead else ends[::-1]
    return Passes(
        way=int(NETWORK.edge_way[edge]), u=u, v=v, emergency=emergency, day_kind="workday",
        hour=hour, passes=passes, slowness_s_m=passes * 3.6 / kph,
    )  # fmt: skip


def test_nothing_said_and_nothing_measured_is_the_free_speed(session, grid):
    assert slow(session) is None


def test_a_factor_slows_its_class_at_its_hour_of_its_kind_of_day(session, grid):
    speeds.replace(session, grid, [said(0.5)], source="survey 2025")
    assert slow(session) == pytest.approx(np.full(len(NETWORK.edge_way), 2.0))
    assert np.all(slow(session, at=MONDAY_8 + dt.timedelta(hours=1)) == 1.0)
    assert np.all(slow(session, at=SUNDAY_8) == 1.0)
    assert slow(session, profile=PROFILES["foot"]) is None


def test_a_slowed_network_takes_longer_by_just_that(session, grid):
    speeds.replace(session, grid, [said(0.5)], source="survey 2025")
    slowed = NETWORK.for_vehicle(FIRE_ENGINE, slow(session))
    free = NETWORK.for_vehicle(FIRE_ENGINE)

    def seconds(network):
        found = way_in(network, snap_one(network, *place(4, 4))).route(
            snap_one(network, *place(0, 0))
        )
        return found.time_s

    assert seconds(slowed) == pytest.approx(2.0 * seconds(free))


def test_what_is_said_replaces_what_was_said_and_none_takes_it_back(session, grid):
    speeds.replace(session, grid, [said(0.5), said(0.8, hour=9)], source="a")
    speeds.replace(session, grid, [said(0.25)], source="b")
    assert [(row["factor"], row["source"]) for row in speeds.said(session, grid)] == [(0.25, "b")]
    speeds.replace(session, grid, [], source="c")
    assert np.all(slow(session) == 1.0)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (said(0.0), "factor"), (said(-1), "factor"), (said(3), "factor"), (said("fast"), "factor"),
        (said(float("nan")), "factor"), (said(True), "factor"), (said(hour=24), "hour"),
        (said(hour=7.5), "hour"), (said(hour="x"), "hour"), (said(day_kind="holiday"), "day_kind"),
        (said(road_class=""), "road_class"), ({}, "road_class"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused_by_its_number_and_nothing_is_kept(
    session, grid, row, field
):
    with pytest.raises(InvalidInputError, match="row 2") as refused:
        speeds.replace(session, grid, [said(), row], source="x")
    assert refused.value.details["field"] == field
    assert speeds.said(session, grid) == []


def test_a_doubled_hour_no_source_and_no_such_network_are_refused(session, grid):
    with pytest.raises(InvalidInputError, match="row 2"):
        speeds.replace(session, grid, [said(), said()], source="x")
    with pytest.raises(InvalidInputError, match="source"):
        speeds.replace(session, grid, [said()], source="  ")
    with pytest.raises(NotFoundError):
        speeds.replace(session, "elsewhere", [said()], source="x")


def test_a_measured_speed_counts_from_five_passes_on_and_before_what_is_said(session, grid):
    speeds.replace(session, grid, [said(0.5)], source="survey")
    speeds.add(session, grid, [measured(12, 4)], since=None, until=MONDAY_8)
    assert slow(session)[0] == pytest.approx(2.0)
    speeds.add(session, grid, [measured(12, 1, ahead=False)], since=MONDAY_8,
               until=MONDAY_8 + dt.timedelta(hours=1))  # fmt: skip
    free_kph = 3.6 * NETWORK.edge_length_m[0] / NETWORK.edge_time_s[0]
    assert slow(session)[0] == pytest.approx(free_kph / 12)
    assert slow(session)[1] == pytest.approx(2.0)


def test_what_fire_engines_drove_is_not_what_lorries_drive(session, grid):
    speeds.add(session, grid, [measured(20, 9)], since=None, until=MONDAY_8)
    assert slow(session, profile=HEAVY)[0] == 1.0
    assert slow(session)[0] != 1.0


@pytest.mark.parametrize(("kph", "used"), [(0.5, 3.0), (400.0, FIRE_ENGINE.top_speed_kph)])
def test_a_measured_speed_is_bounded_by_the_vehicle_and_none_divides_by_zero(
    session, grid, kph, used
):
    speeds.add(session, grid, [measured(kph, 9)], since=None, until=MONDAY_8)
    seconds = NETWORK.edge_length_m[0] / (used / 3.6)
    assert slow(session)[0] == pytest.approx(seconds / NETWORK.edge_time_s[0])
    session.execute(text("UPDATE measured_speed SET slowness_s_m = 0"))
    assert slow(session)[0] == 1.0


def test_a_stretch_of_time_is_measured_once(session, grid):
    speeds.add(session, grid, [measured(20, 9)], since=None, until=MONDAY_8)
    with pytest.raises(ConflictError), session.begin_nested():
        speeds.add(session, grid, [measured(20, 9)], since=None, until=MONDAY_8)
    assert session.scalar(text("SELECT sum(passes) FROM measured_speed")) == 9


@pytest.fixture
def driven(database):
    """Drive twelve engines along a street at 45 km/h two hours ago; give when."""
    now = dt.datetime.now(dt.UTC)
    hour = now.replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=3)
    with Session(database) as session, session.begin():
        store.activate(session, store.save(session, EDGES, name="grid", source="test"))
        register(session, *(f"c{n}" for n in range(12)))
        register(session, "ranger", kind="person", profile="foot")
        (west, lat), (east, _) = place(0, 3), place(5, 3)
        metres = 481.5 * 5
        for device in (*(f"c{n}" for n in range(12)), "ranger"):
            rows = [
                {"id": device, "lon": west + (east - west) * s * 12.5 / metres, "lat": lat,
                 "at": (hour + dt.timedelta(seconds=s)).isoformat(), "accuracy_m": 6}
                for s in range(0, int(metres / 12.5), 10)
            ]  # fmt: skip
            assert take(session, *rows).stored == len(rows)
    return hour


def test_tracks_of_an_hour_become_the_speeds_of_their_roads(database, driven, tmp_path):
    meter = Measuring(database, cache_dir=tmp_path)
    now = dt.datetime.now(dt.UTC)
    with Session(database) as session, session.begin():
        session.execute(
            text("INSERT INTO speed_progress (network, measured_until) VALUES ('grid', :at)"),
            {"at": driven},
        )
    assert meter.measure(now=now) == 60
    with Session(database) as session:
        rows = session.execute(text("SELECT passes, slowness_s_m, emergency FROM measured_speed"))
        assert {(p, e) for p, _, e in rows} == {(12, True)}
        kph = session.scalar(
            text("SELECT 3.6 * sum(passes) / sum(slowness_s_m) FROM measured_speed")
        )
        assert kph == pytest.approx(45, rel=0.03)
        assert speeds.measured_until(session, "grid") == driven + dt.timedelta(hours=1)
        hour = traffic.hour_of(session, NETWORK, name="grid", profile=FIRE_ENGINE, at=driven)
        found = traffic.slowness(session, NETWORK, hour)
    assert (found != 1.0).sum() == 5
    assert meter.measure(now=driven + dt.timedelta(hours=1, minutes=30)) == 0


def test_speeds_are_said_by_who_manages_roads(client, sign_in, database, driven):
    body = {"network": "grid", "source": "survey", "speeds": [said()]}
    assert sign_in(("duty", "")).put("/api/v1/speeds", json=body).status_code == 403
    assert client.put("/api/v1/speeds", json=body).json == {"network": "grid", "rows": 1}
    told = client.get("/api/v1/speeds?network=grid").json
    assert (told["speeds"][0]["factor"], told["speeds"][0]["source"]) == (0.5, "survey")
    wrong = client.put("/api/v1/speeds", json=body | {"speeds": [said(9)]})
    assert (wrong.status_code, wrong.json["error"]["code"]) == (422, "speeds_row")
    assert "factor" in wrong.json["error"]["message"]
