"""Who may use a way."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from analysis.roads.source import osm
from analysis.roads.source.osm_access import FERRY_SPEED_KPH, passage
from tests.analysis.roads.osm_file import way, write


@pytest.mark.parametrize(
    ("tags", "access", "walk"),
    [
        ({"highway": "residential"}, "open", True),
        ({"highway": "motorway"}, "open", False),
        ({"highway": "trunk", "motorroad": "yes"}, "open", False),
        ({"highway": "primary", "foot": "no"}, "open", False),
        ({"highway": "service", "access": "private"}, "private", True),
        ({"highway": "residential", "motor_vehicle": "no"}, "foot", True),
        ({"highway": "footway"}, "foot", True),
        ({"highway": "steps"}, "foot", True),
        ({"highway": "track"}, "foot", True),
        ({"highway": "cycleway", "foot": "yes"}, "foot", True),
        ({"highway": "pedestrian", "area": "yes"}, "foot", True),
        ({"man_made": "pier"}, "foot", True),
        ({"highway": "track", "motor_vehicle": "yes"}, "open", True),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, "open", False),
    ],
)
def test_drivers_and_walkers_are_told_apart(tags: dict[str, str], access: str, walk: bool) -> None:
    found = passage(tags)
    assert found is not None
    assert (found.access, found.walk) == (access, walk)
    assert (found.forward or found.backward) == (access != "foot")


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "construction", "construction": "primary"},
        {"highway": "proposed"},
        {"highway": "cycleway"},
        {"highway": "footway", "foot": "no"},
        {"highway": "residential", "access": "no"},
        {"highway": "corridor", "indoor": "yes"},
        {"barrier": "fence"},
        {"route": "ferry", "access": "private"},
    ],
)
def test_what_nobody_uses_is_left_out(tags: dict[str, str]) -> None:
    assert passage(tags) is None


@pytest.mark.parametrize(
    ("tags", "hgv", "hazmat"),
    [
        ({}, True, True),
        ({"hgv": "no"}, False, True),
        ({"hgv": "destination"}, True, True),
        ({"hazmat": "no"}, True, False),
        ({"hazmat:water": "no"}, True, False),
        ({"hazmat:A": "destination"}, True, True),
        ({"hazmat:adr_tunnel_cat": "A"}, True, True),
        ({"hazmat:adr_tunnel_cat": "D"}, True, False),
        ({"tunnel:category": "E"}, True, False),
    ],
)
def test_lorries_and_dangerous_goods_have_their_own_bans(
    tags: dict[str, str], hgv: bool, hazmat: bool
) -> None:
    found = passage({"highway": "primary"} | tags)
    assert found is not None
    assert (found.hgv, found.hazmat) == (hgv, hazmat)


def test_of_several_limits_the_lowest_counts() -> None:
    found = passage(
        {"highway": "primary", "maxheight": "4.2", "maxheight:physical": "3.9", "maxweight": "12",
         "maxweight:hgv": "7.5"}
    )  # fmt: skip
    assert found is not None
    assert (found.max_height_m, found.max_weight_t) == (3.9, 7.5)
    free = passage({"highway": "primary", "maxheight": "default"})
    assert free is not None
    assert math.isnan(free.max_height_m)


@pytest.mark.parametrize(
    ("tags", "directions"),
    [
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, (True, True)),
        ({"motor_vehicle:backward": "no"}, (True, False)),
        ({"vehicle:forward": "no", "motor_vehicle:forward": "yes"}, (True, True)),
        ({"access:forward": "no"}, (False, True)),
        ({"oneway": "alternating"}, None),
    ],
)
def test_one_direction_may_be_closed_to_motors_alone(
    tags: dict[str, str], directions: tuple[bool, bool] | None
) -> None:
    found = passage({"highway": "residential"} | tags)
    assert found is not None
    assert (found.forward, found.backward) == (directions or (False, False))


def test_a_ferry_takes_vehicles_only_where_a_tag_says_so() -> None:
    boat, car = passage({"route": "ferry"}), passage({"route": "ferry", "motor_vehicle": "yes"})
    assert boat is not None
    assert car is not None
    assert (boat.access, boat.forward, boat.walk) == ("foot", False, True)
    assert (car.access, car.forward, car.backward, car.ferry) == ("open", True, True, True)
    assert car.speed_kph == FERRY_SPEED_KPH


def test_a_ferry_is_as_fast_as_its_duration_says_and_joins_at_its_piers(tmp_path: Path) -> None:
    ways = (
        way(1, (1, 2), highway="primary")
        + way(2, (2, 3, 5), route="ferry", motor_vehicle="yes", duration="00:20")
        + way(3, (5, 6), highway="primary")
    )
    edges = osm.read(write(tmp_path / "x.osm", ways))
    assert edges.ferry.tolist() == [False, True, False]
    assert edges.v[0] == edges.u[1]
    seconds = edges.length_m[1] / (edges.speed_kph[1] / 3.6)
    assert seconds == pytest.approx(1200.0)
