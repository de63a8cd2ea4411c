"""How a vehicle on a task is getting on, position by position."""

import math
from dataclasses import replace

import pytest

from analysis.tracking.progress import RULES, Memory, Seen, clock, remembered, seen

FAR = Seen(
    at_s=0.0, lon=120.0, lat=30.0, speed_m_s=15.0, off_m=5.0, to_go_m=9000.0, base_m=9000.0,
    remaining_s=600.0,
)  # fmt: skip


def drive(*changes, every_s=10.0, step_deg=0.0015):
    """Take positions one after another, each moved on; return what is said of each."""
    memory, said = Memory(), []
    for n, change in enumerate(changes):
        moved = {"at_s": every_s * n, "lon": 120.0 + step_deg * n, **change}
        memory, state = seen(memory, replace(FAR, **moved))
        said.append((state, memory.alerts))
    return said


def test_who_drives_along_the_route_is_on_it():
    assert set(drive(*[{}] * 50)) == {("on_route", ())}


def test_off_route_needs_three_positions_in_a_row_farther_than_150_metres():
    off = {"off_m": 151.0}
    assert [s for s, _ in drive(off, off, {}, off, off, off)] == [
        "on_route", "on_route", "on_route", "on_route", "on_route", "off_route",
    ]  # fmt: skip
    assert drive(off, off, off, {})[-1] == ("on_route", ())
    assert drive(*[{"off_m": 150.0}] * 5)[-1] == ("on_route", ())


def test_without_a_planned_road_nobody_is_off_it():
    assert drive(*[{"off_m": math.nan}] * 5)[-1] == ("on_route", ())


def test_standing_is_three_minutes_in_one_place():
    still = [{"speed_m_s": 0.2}] * 19
    said = drive(*still, step_deg=0.0)
    assert said[17][0] == "on_route"
    assert said[18] == ("stopped", ("stopped",))
    assert drive(*still, {}, step_deg=0.0)[-1] == ("on_route", ())


def test_a_receiver_that_says_no_speed_is_judged_by_its_places():
    silent = [{"speed_m_s": math.nan}] * 19
    assert drive(*silent, step_deg=0.0)[-1][0] == "stopped"
    assert drive(*silent)[-1][0] == "on_route"


def test_who_stands_at_home_or_at_the_destination_has_not_stopped():
    home = [{"speed_m_s": 0.0, "base_m": 50.0}] * 30
    assert drive(*home, step_deg=0.0)[-1] == ("on_route", ())
    there = [{"speed_m_s": 0.0, "to_go_m": 100.0}] * 30
    assert drive(*there, step_deg=0.0)[-1] == ("near", ("arrived",))


def test_arrival_is_proposed_after_a_minute_near_the_destination():
    near = [{"to_go_m": 150.0}] * 7
    said = drive(*near)
    assert said[5] == ("near", ())
    assert said[6] == ("near", ("arrived",))
    assert drive(*near, {"to_go_m": 151.0})[-1] == ("on_route", ())


def test_near_the_destination_nobody_has_to_keep_to_the_road():
    assert drive(*[{"to_go_m": 100.0, "off_m": 900.0}] * 5)[-1] == ("near", ())


def test_no_way_is_told_at_once_and_a_place_without_road_is_not_that():
    assert drive({"remaining_s": math.inf}) == [("no_way", ("no_way",))]
    assert drive({"remaining_s": math.nan}) == [("on_route", ())]


def test_the_clock_tells_who_is_silent_and_who_is_overdue():
    memory, _ = seen(Memory(), FAR)

    def told(now_s, heard_s, due_s=None):
        return clock(memory, now_s=now_s, heard_s=heard_s, due_s=due_s).alerts

    assert told(RULES.silent_s, 0.0) == ()
    assert told(RULES.silent_s + 1, 0.0) == ("silent",)
    assert told(1000.0, 990.0, due_s=1000.0 - RULES.overdue_s) == ()
    assert told(1000.0, 990.0, due_s=999.0 - RULES.overdue_s) == ("overdue",)


def test_a_new_position_ends_silence_and_leaves_overdue_to_the_clock():
    memory = Memory(alerts=("overdue", "silent"))
    memory, _ = seen(memory, FAR)
    assert memory.alerts == ("overdue",)


def test_who_is_near_is_not_overdue():
    memory, _ = seen(Memory(), replace(FAR, to_go_m=10.0))
    assert clock(memory, now_s=1e6, heard_s=1e6, due_s=0.0).alerts == ()


@pytest.mark.parametrize("stored", [{}, {"off_fixes": 2, "alerts": ["off_route"]}, {"strange": 1}])
def test_what_is_remembered_comes_back_from_its_row(stored):
    memory = remembered(stored)
    assert remembered(memory.to_json()) == memory
