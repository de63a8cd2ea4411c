"""Routes in words: what is said at which junction, and that the lines sum to the route."""

import dataclasses

import numpy as np
import pytest

from analysis.roads.directions import directions
from analysis.roads.network import compiled
from analysis.roads.route import route
from gis_server.text import rendered
from tests.analysis.roads.street_grid import Street, place, table


def told(network, begin, end):
    return [
        (d.message.code, d.message.params.get("turn", {}).get("code"), d.message.params.get("road"))
        for d in directions(network, route(network, begin, end))
    ]


@pytest.fixture(scope="module")
def cross():
    """A crossing of two named streets; Bend turns by 90 degrees without another road there."""
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(2, 0), 4: place(1, 1), 5: place(1, -1),
             6: place(2, 1)}  # fmt: skip
    streets = [Street(1, 2, name="West"), Street(2, 3, name="East"), Street(2, 4, name="North"),
               Street(2, 5, name="South"), Street(3, 6, name="East")]  # fmt: skip
    return compiled(table(nodes, streets))


@pytest.mark.parametrize(
    ("end", "code", "turn", "road"),
    [((1, 0.9), "step.turn", "turn.left", "North"), ((1, -0.9), "step.turn", "turn.right", "South"),
     ((1.9, 0), "step.continue", "turn.straight", "East")],
)  # fmt: skip
def test_a_turn_is_told_with_its_side_and_its_road(cross, end, code, turn, road):
    lines = told(cross, place(0.1, 0), place(*end))
    assert lines == [("step.depart", None, "West"), (code, turn, road), ("step.arrive", None, None)]


def test_a_bend_without_another_road_is_no_turn(cross):
    lines = told(cross, place(1.1, 0), place(2, 0.9))
    assert [code for code, *_ in lines] == ["step.depart", "step.arrive"]


def test_the_first_line_says_where_to_head(cross):
    first = directions(cross, route(cross, place(1.1, 0), place(1.8, 0)))[0]
    assert first.message.params["heading"]["code"] == "compass.e"
    assert first.bearing_deg == pytest.approx(90, abs=0.1)


def ring():
    """Return a roundabout with four arms; it is driven anticlockwise."""
    angles = np.radians([0, 90, 180, 270])
    nodes = {}
    for arm, angle in enumerate(angles):
        nodes[arm] = place(0.1 * np.cos(angle), 0.1 * np.sin(angle))
        nodes[10 + arm] = place(np.cos(angle), np.sin(angle))
    names = ["E", "N", "W", "S"]
    streets = [Street(arm, 10 + arm, name=names[arm]) for arm in range(4)]
    streets += [Street(arm, (arm + 1) % 4, backward=False) for arm in range(4)]
    edges = table(nodes, streets)
    way = edges.way.copy()
    way[4:] = 99
    return compiled(dataclasses.replace(edges, way=way))


@pytest.mark.parametrize(("end", "number", "road"), [((1, 0), 1, "E"), ((0, 1), 2, "N"),
                                                      ((-1, 0), 3, "W")])  # fmt: skip
def test_a_roundabout_is_one_line_with_the_number_of_its_exit(end, number, road):
    network = ring()
    begin, goal = place(0, -0.9), place(0.9 * end[0], 0.9 * end[1])
    lines = directions(network, route(network, begin, goal))
    assert [line.message.code for line in lines] == ["step.depart", "step.roundabout",
                                                     "step.arrive"]  # fmt: skip
    assert lines[1].message.params == {"exit": number, "road": road}


def test_a_ramp_is_taken_and_merges():
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(2, 0), 4: place(1.3, -0.1), 5: place(1.6, 0)}
    streets = [
        Street(1, 2, name="Fast"),
        Street(2, 5, name="Fast", speed_kph=3.0),
        Street(2, 4),
        Street(4, 5),
        Street(5, 3, name="Fast"),
    ]
    class_ = np.array(["motorway", "motorway", "motorway_link", "motorway_link", "motorway"])
    network = compiled(dataclasses.replace(table(nodes, streets), class_=class_))
    codes = [code for code, *_ in told(network, place(0.2, 0), place(1.9, 0))]
    assert codes == ["step.depart", "step.ramp_right", "step.merge", "step.arrive"]


def test_a_ferry_is_boarded_and_left_in_two_lines():
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(3, 0), 4: place(4, 0)}
    edges = table(nodes, [Street(1, 2), Street(2, 3, name="Ferry"), Street(3, 4, name="East")])
    network = compiled(dataclasses.replace(edges, ferry=np.array([False, True, False])))
    lines = told(network, place(0.2, 0), place(3.8, 0))
    assert [(code, road) for code, _, road in lines] == [
        ("step.depart", None), ("step.ferry", "Ferry"), ("step.ashore", "East"),
        ("step.arrive", None),
    ]  # fmt: skip


def test_a_gate_is_told():
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(1, 0), 4: place(2, 0)}
    edges = table(nodes, [Street(1, 2, name="Way"), Street(2, 3), Street(3, 4, name="Way")])
    barrier = np.array([None, "gate", None], object)
    network = compiled(dataclasses.replace(edges, barrier=barrier))
    codes = [code for code, *_ in told(network, place(0.2, 0), place(1.8, 0))]
    assert codes == ["step.depart", "step.gate", "step.arrive"]


def test_the_lines_of_a_route_sum_to_its_length_and_time(helsinki):
    random = np.random.default_rng(3)
    nodes = np.flatnonzero(helsinki.node_core)
    tried = 0
    for begin, end in random.choice(nodes, (40, 2)):
        found = route(helsinki, *helsinki.node_lonlat[[begin, end]].tolist())
        lines = directions(helsinki, found)
        assert sum(line.distance_m for line in lines) == pytest.approx(found.length_m, abs=1e-6)
        assert sum(line.time_s for line in lines) == pytest.approx(found.time_s, abs=1e-6)
        assert lines[-1].message.code == "step.arrive"
        tried += 1
        said = [{"code": x.message.code, "params": x.message.params} for x in lines]
        for language in ("zh", "en"):
            for text in rendered(language, said):
                assert "{" not in text["text"] and text["text"] != text["code"]
    assert tried == 40


def test_a_place_off_the_road_is_told_on_the_last_line(cross):
    found = route(cross, place(0.1, 0), place(0.9, 0))
    last = directions(cross, found, access_m=120.4)[-1].message
    assert (last.code, last.params) == ("step.arrive_off_road", {"distance_m": 120})


def test_driving_past_an_exit_of_a_motorway_says_nothing():
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(2, 0), 4: place(2, -0.2)}
    streets = [Street(1, 2, name="M1"), Street(2, 3, name="M1"), Street(2, 4), Street(4, 1)]
    class_ = np.array(["motorway", "motorway", "motorway_link", "motorway_link"])
    network = compiled(dataclasses.replace(table(nodes, streets), class_=class_))
    assert [code for code, *_ in told(network, place(0.1, 0), place(1.9, 0))] == [
        "step.depart", "step.arrive",
    ]  # fmt: skip
