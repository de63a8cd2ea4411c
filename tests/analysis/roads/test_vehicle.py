"""One network with the eyes of several vehicles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.roads.edges import RoadEdges
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap
from analysis.roads.profile import FIRE_ENGINE, PROFILES, Profile
from analysis.roads.route import route
from layers.errors import InvalidInputError, NoRouteError
from tests.analysis.roads.street_grid import Street, grid_streets, place, table

BETWEEN = place(0, 0), place(1, 0)


def _grid(**first: object) -> RoadEdges:
    """Return a grid of 3 by 3 crossings, the first street with some other values."""
    edges = table(*grid_streets(3))
    for name, value in first.items():
        column = getattr(edges, name).copy()
        if column.dtype.kind in "US":
            column = column.astype("<U12")
        column[0] = value
        edges = replace(edges, **{name: column})
    return edges


def _uses_first(network: RoadNetwork) -> bool:
    return any(step.edge == 0 for step in route(network, *BETWEEN).steps)


@pytest.mark.parametrize(
    ("first", "kept_out"),
    [
        ({"max_height_m": 3.0}, {"fire_engine", "heavy_truck", "hazmat_truck"}),
        ({"max_height_m": 2.0}, {"fire_engine", "ambulance", "heavy_truck", "hazmat_truck"}),
        ({"max_weight_t": 7.5}, {"fire_engine", "heavy_truck", "hazmat_truck"}),
        ({"hgv": False}, {"heavy_truck", "hazmat_truck"}),
        ({"hazmat": False}, {"hazmat_truck"}),
        ({"access": "emergency"}, {"heavy_truck", "hazmat_truck"}),
        ({"access": "private"}, set()),
        ({"access": "foot"}, {"fire_engine", "ambulance", "heavy_truck", "hazmat_truck"}),
        ({"walk": False}, {"foot"}),
        ({"forward": False}, {"fire_engine", "ambulance", "heavy_truck", "hazmat_truck"}),
    ],
)
def test_a_limit_keeps_out_those_whom_it_means(
    first: dict[str, object], kept_out: set[str]
) -> None:
    network = compiled(_grid(**first))
    for name, profile in PROFILES.items():
        assert _uses_first(network.for_vehicle(profile)) == (name not in kept_out), name


def test_a_limit_that_is_met_lets_through() -> None:
    network = compiled(_grid(max_height_m=3.6, max_weight_t=20.0))
    assert _uses_first(network)


def test_nobody_drives_faster_than_the_vehicle_goes() -> None:
    network = compiled(_grid(speed_kph=100.0))
    first_m = network.edge_length_m[0]
    assert network.edge_time_s[0] == pytest.approx(first_m / (90.0 / 3.6))
    slow = Profile(name="digger", pace=0.5, top_speed_kph=30.0)
    assert network.for_vehicle(slow).edge_time_s[0] == pytest.approx(first_m / (30.0 / 3.6))
    assert network.for_vehicle(slow).edge_time_s[1] == pytest.approx(
        network.edge_length_m[1] / (18.0 / 3.6)
    )
    walking = network.for_vehicle(PROFILES["foot"])
    assert walking.edge_time_s[0] == pytest.approx(first_m / (5.0 / 3.6))


def test_all_but_the_times_and_the_ways_is_shared() -> None:
    network = compiled(_grid())
    truck = network.for_vehicle(PROFILES["heavy_truck"])
    for name in ("lonlat", "index", "edge_length_m", "topology", "node_lonlat", "family"):
        assert getattr(truck, name) is getattr(network, name)


def test_the_same_question_gives_the_same_network() -> None:
    network = compiled(_grid())
    slow = np.full(len(network.edge_tail), 1.5)
    truck = network.for_vehicle(PROFILES["heavy_truck"], slow)
    assert network.for_vehicle(PROFILES["heavy_truck"], slow.copy()) is truck
    assert truck.for_vehicle(FIRE_ENGINE) is network
    assert network.for_vehicle(PROFILES["heavy_truck"]) is not truck


def test_few_vehicles_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.roads.network.ARCS_KEPT", 0)
    network = compiled(_grid())
    for kph in range(10, 20):
        network.for_vehicle(Profile(name="cart", top_speed_kph=float(kph)))
    assert len(network.family.vehicles) == 2
    assert network.for_vehicle(FIRE_ENGINE) is network


def test_slowness_multiplies_the_time_under_way_but_not_the_gate() -> None:
    edges = _grid(barrier="gate")
    network = compiled(edges)
    free_s = edges.length_m[0] / 10.0
    assert network.edge_time_s[0] == pytest.approx(free_s + FIRE_ENGINE.gate_s)
    slow = network.for_vehicle(FIRE_ENGINE, np.full(len(edges), 2.0))
    assert slow.edge_time_s[0] == pytest.approx(2.0 * free_s + FIRE_ENGINE.gate_s)
    assert slow.edge_time_s[1] == pytest.approx(2.0 * network.edge_time_s[1])


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_a_slowness_that_is_no_positive_number_is_refused(wrong: float) -> None:
    network = compiled(_grid())
    slow = np.ones(len(network.edge_tail))
    slow[2] = wrong
    with pytest.raises(InvalidInputError, match="road 2"):
        network.for_vehicle(FIRE_ENGINE, slow)
    with pytest.raises(InvalidInputError, match="shape"):
        network.for_vehicle(FIRE_ENGINE, slow[1:])


@pytest.mark.parametrize("wrong", [0.0, -5.0, np.nan, np.inf])
def test_a_speed_that_is_no_positive_number_is_refused_with_its_road(wrong: float) -> None:
    edges = replace(_grid(speed_kph=wrong), way=np.arange(12) + 700)
    with pytest.raises(InvalidInputError, match="way 700") as caught:
        compiled(edges)
    assert caught.value.details["roads"][0]["way"] == 700


def _ferry() -> RoadNetwork:
    """Return two quays that a ferry of two pieces joins; it is nearest to the middle."""
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0), 3: (120.02, 30.0), 4: (120.03, 30.0),
             5: (120.04, 30.0)}  # fmt: skip
    edges = table(nodes, [Street(1, 2), Street(2, 3), Street(3, 4), Street(4, 5)])
    return compiled(replace(edges, ferry=np.array([False, True, True, False])))


def test_a_ferry_is_boarded_once_however_many_pieces_it_has() -> None:
    network = _ferry()
    found = route(network, (120.0, 30.0), (120.04, 30.0))
    driven_s = float((network.edge_length_m / 10.0).sum())
    assert found.time_s == pytest.approx(driven_s + FIRE_ENGINE.boarding_s)
    assert found.ferry_m == pytest.approx(network.edge_length_m[1:3].sum())


def test_nobody_starts_on_a_ferry_or_on_a_way_for_others() -> None:
    network = _ferry()
    assert set(snap(network, [120.018, 120.022], [30.0, 30.0]).edge.tolist()) <= {0, 3}
    edges = _grid(access="foot")
    driving = compiled(edges)
    walking = driving.for_vehicle(PROFILES["foot"])
    middle = place(0.5, 0.0)
    assert snap(driving, *middle).edge[0] != 0
    assert snap(walking, *middle).edge[0] == 0


def test_what_stands_across_a_way_is_told() -> None:
    found = route(compiled(_grid(barrier="gate")), place(0.2, 0), place(0.8, 0))
    assert found.barriers == ("gate",)


def test_a_vehicle_that_may_use_no_road_is_told_so() -> None:
    network = compiled(table(*grid_streets(2)))
    giant = Profile(name="giant", height_m=9.0)
    low = compiled(replace(table(*grid_streets(2)), max_height_m=np.full(4, 4.0)))
    assert network.for_vehicle(giant).edge_core.all()
    with pytest.raises(InvalidInputError, match="giant"):
        low.for_vehicle(giant)


def test_who_walks_reaches_what_no_vehicle_does() -> None:
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0), 3: (120.01, 30.05)}
    edges = table(nodes, [Street(1, 2), Street(2, 3)])
    edges = replace(edges, access=np.array(["open", "foot"]))
    network = compiled(edges)
    with pytest.raises(NoRouteError):
        route(network, nodes[1], nodes[3])
    assert route(network.for_vehicle(PROFILES["foot"]), nodes[1], nodes[3]).time_s > 0.0


def test_a_ferry_is_as_fast_as_it_is_whoever_is_aboard() -> None:
    network = _ferry()
    walking = network.for_vehicle(PROFILES["foot"])
    sailed_s = network.edge_length_m[1] / 10.0
    boarding_s = PROFILES["foot"].boarding_s / 2.0
    assert walking.edge_time_s[1] == pytest.approx(sailed_s + boarding_s)
