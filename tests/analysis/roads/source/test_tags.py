"""What tags mean for driving."""

from __future__ import annotations

import pytest

from analysis.roads.source.tags import CLASS_SPEED_KPH, rules, speed_kph


@pytest.mark.parametrize(
    ("value", "kph"),
    [
        ("50", 50.0),
        ("30 mph", 48.28),
        ("30mph", 48.28),
        ("10 knots", 18.52),
        ("60 km/h", 60.0),
        ("walk", 5.0),
        ("DE:urban", 50.0),
        ("RU:urban", 60.0),
        ("DE:rural", 100.0),
        ("FR:zone30", 30.0),
        ("DE:zone:30", 30.0),
        ("GB:nsl_single", 96.56),
        ("50;30", 30.0),
        ("80|60", 60.0),
        ("1000", 160.0),
    ],
)
def test_a_speed_limit_is_read_in_its_own_unit(value: str, kph: float) -> None:
    assert speed_kph(value) == pytest.approx(kph, abs=0.01)


@pytest.mark.parametrize(
    "value", [None, "", "signals", "variable", "fast", "0", "-30", "50 furlongs"]
)
def test_a_limit_that_says_no_number_leaves_the_class_to_decide(value: str | None) -> None:
    assert speed_kph(value) is None
    found = rules({"highway": "primary"} | ({"maxspeed": value} if value else {}))
    assert found is not None
    assert found.speed_kph == CLASS_SPEED_KPH["primary"]


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "1"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "no"}, True, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "roundabout", "oneway": "no"}, True, True),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway_link"}, True, True),
    ],
)
def test_one_way_is_read_and_implied(tags: dict[str, str], forward: bool, backward: bool) -> None:
    found = rules({"highway": "residential"} | tags)
    assert found is not None
    assert (found.forward, found.backward) == (forward, backward)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "track"},
        {"highway": "pedestrian"},
        {"highway": "proposed"},
        {"highway": "residential", "access": "no"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "service", "area": "yes"},
        {"highway": "primary", "oneway": "reversible"},
        {"railway": "rail"},
    ],
)
def test_what_no_engine_may_drive_is_no_road(tags: dict[str, str]) -> None:
    assert rules(tags) is None


@pytest.mark.parametrize(
    ("tags", "access"),
    [
        ({"highway": "service", "access": "private"}, "private"),
        ({"highway": "service", "access": "no", "emergency": "yes"}, "emergency"),
        ({"highway": "service", "service": "emergency_access"}, "emergency"),
        ({"highway": "residential", "access": "no", "motor_vehicle": "destination"}, "open"),
        ({"highway": "footway", "emergency": "designated"}, "emergency"),
        ({"highway": "track", "motor_vehicle": "yes"}, "open"),
    ],
)
def test_private_and_emergency_roads_stay_in_and_say_so(tags: dict[str, str], access: str) -> None:
    found = rules(tags)
    assert found is not None
    assert found.access == access


def test_the_lower_of_two_directions_limits_counts() -> None:
    found = rules({"highway": "primary", "maxspeed:forward": "80", "maxspeed:backward": "60"})
    assert found is not None
    assert found.speed_kph == 60.0
