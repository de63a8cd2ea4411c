"""Turn restrictions of OpenStreetMap as banned sequences of roads.

The crossing: way 10 comes from the west (1-2), 11 goes on east (2-3), 12 north (2-4), 13 south
(2-7); 14 leads from 3 on to 5, 15 from 3 to 6, 16 from 3 to 8.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.roads.source import osm
from analysis.roads.source.osm_split import COPY
from tests.analysis.roads.osm_file import bans, restriction, way, write

WAYS = {10: (1, 2), 11: (2, 3), 12: (2, 4), 13: (2, 7), 14: (3, 5), 15: (3, 6), 16: (3, 8)}


def _cross(**tags: str) -> str:
    return "".join(way(id_, refs, highway="primary", **tags) for id_, refs in WAYS.items())


def _read(path: Path, *relations: str, ways: str | None = None) -> osm.Extract:
    return osm.extract(write(path / "x.osm", (ways or _cross()) + "".join(relations)))


def _turn(kind: str, to: int, **tags: str) -> str:
    members = (("way", 10, "from"), ("node", 2, "via"), ("way", to, "to"))
    return restriction(1, *members, restriction=kind, **tags)


def test_a_banned_turn_is_the_road_in_and_the_road_out(tmp_path: Path) -> None:
    found = _read(tmp_path, _turn("no_left_turn", 12))
    assert bans(found.edges) == {((10, 12), (1, 2, 4), "all")}
    assert found.told["bans_kept"] == 1


def test_an_ordered_turn_bans_every_other_and_turning_back(tmp_path: Path) -> None:
    found = _read(tmp_path, _turn("only_straight_on", 11))
    assert bans(found.edges) == {
        ((10, 12), (1, 2, 4), "all"),
        ((10, 13), (1, 2, 7), "all"),
        ((10, 10), (1, 2, 1), "all"),
    }


def test_a_banned_u_turn_over_a_way_is_one_sequence(tmp_path: Path) -> None:
    members = (("way", 12, "from"), ("way", 11, "via"), ("way", 15, "to"))
    found = _read(tmp_path, restriction(1, *members, restriction="no_u_turn"))
    assert bans(found.edges) == {((12, 11, 15), (4, 2, 3, 6), "all")}


def test_an_order_over_a_way_bans_leaving_it_at_either_end(tmp_path: Path) -> None:
    members = (("way", 10, "from"), ("way", 11, "via"), ("way", 14, "to"))
    found = _read(tmp_path, restriction(1, *members, restriction="only_straight_on"))
    assert bans(found.edges) == {
        ((10, 12), (1, 2, 4), "all"),
        ((10, 13), (1, 2, 7), "all"),
        ((10, 10), (1, 2, 1), "all"),
        ((10, 11, 15), (1, 2, 3, 6), "all"),
        ((10, 11, 16), (1, 2, 3, 8), "all"),
        ((10, 11, 11), (1, 2, 3, 2), "all"),
    }


def test_via_ways_are_passed_whole_wherever_they_are_cut(tmp_path: Path) -> None:
    ways = way(1, (1, 2, 3, 5), highway="primary") + "".join(
        way(id_, refs, highway="residential")
        for id_, refs in {20: (4, 2), 21: (7, 2), 22: (3, 6), 23: (4, 1), 24: (5, 8)}.items()
    )
    members = (("way", 23, "from"), ("way", 1, "via"), ("way", 24, "to"))
    found = _read(tmp_path, restriction(1, *members, restriction="no_right_turn"), ways=ways)
    assert bans(found.edges) == {((23, 1, 1, 1, 24), (4, 1, 2, 3, 5, 8), "all")}


def test_a_way_that_runs_on_through_the_junction_turns_back_on_each_arm(tmp_path: Path) -> None:
    ways = way(1, (1, 2, 3), highway="primary") + way(2, (2, 4), highway="primary")
    members = (("way", 1, "from"), ("node", 2, "via"), ("way", 1, "to"))
    found = _read(tmp_path, restriction(1, *members, restriction="no_u_turn"), ways=ways)
    assert bans(found.edges) == {((1, 1), (1, 2, 1), "all"), ((1, 1), (3, 2, 3), "all")}


@pytest.mark.parametrize(
    ("tags", "binds"),
    [
        ({"restriction:hgv": "no_left_turn"}, "hgv"),
        ({"restriction:hazmat": "no_left_turn"}, "hazmat"),
        ({"restriction:motor_vehicle": "no_left_turn"}, "all"),
        ({"restriction": "no_left_turn", "except": "bus;emergency"}, "not_emergency"),
        ({"restriction": "no_left_turn", "except": "taxi"}, "all"),
        ({"type": "restriction:hgv", "restriction": "no_left_turn"}, "hgv"),
    ],
)
def test_a_ban_binds_whom_it_says(tmp_path: Path, tags: dict[str, str], binds: str) -> None:
    members = (("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to"))
    found = _read(tmp_path, restriction(1, *members, **tags))
    assert bans(found.edges) == {((10, 12), (1, 2, 4), binds)}


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "bans_conditional"),
        ({"restriction": "no_left_turn", "hour_on": "07:00"}, "bans_conditional"),
        ({"restriction": "no_left_turn", "except": "motor_vehicle"}, "bans_of_others"),
        ({"restriction:motorcar": "no_left_turn"}, "bans_of_others"),
        ({"restriction": "give_way"}, "bans_unknown"),
    ],
)
def test_a_ban_that_is_left_out_is_counted(tmp_path: Path, tags: dict[str, str], told: str) -> None:
    members = (("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to"))
    found = _read(tmp_path, restriction(1, *members, **tags))
    assert len(found.edges.turns) == 0
    assert found.told[told] == 1


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ([("way", 10, "from"), ("way", 12, "to")], "bans_broken"),
        ([("way", 10, "from"), ("node", 2, "via")], "bans_broken"),
        ([("way", 10, "from"), ("node", 2, "via"), ("way", 99, "to")], "bans_idle"),
        ([("way", 99, "from"), ("node", 2, "via"), ("way", 12, "to")], "bans_idle"),
        ([("way", 10, "from"), ("node", 3, "via"), ("way", 12, "to")], "bans_idle"),
        ([("way", 10, "from"), ("way", 99, "via"), ("way", 12, "to")], "bans_idle"),
        ([("way", 10, "from"), ("way", 14, "via"), ("way", 12, "to")], "bans_idle"),
        ([], "bans_broken"),
    ],
)
def test_a_broken_or_clipped_restriction_is_counted_and_bans_nothing(
    tmp_path: Path, members: list[tuple[str, int, str]], told: str
) -> None:
    found = _read(tmp_path, restriction(1, *members, restriction="no_left_turn"))
    assert len(found.edges.turns) == 0
    assert found.told[told] == 1


def test_a_ban_against_a_one_way_street_bans_nothing(tmp_path: Path) -> None:
    ways = _cross().replace(way(12, (2, 4), highway="primary"), "") + way(
        12, (4, 2), highway="primary", oneway="yes"
    )
    found = _read(tmp_path, _turn("no_left_turn", 12), ways=ways)
    assert found.told["bans_idle"] == 1


def test_a_turn_that_could_begin_on_two_arms_is_not_guessed_at(tmp_path: Path) -> None:
    ways = way(1, (1, 2, 3), highway="primary") + way(2, (2, 4), highway="primary")
    members = (("way", 1, "from"), ("node", 2, "via"), ("way", 2, "to"))
    found = _read(tmp_path, restriction(1, *members, restriction="no_left_turn"), ways=ways)
    assert found.told["bans_ambiguous"] == 1
    assert len(found.edges.turns) == 0


def test_no_entry_bans_the_way_in_from_each_way(tmp_path: Path) -> None:
    members = (("way", 10, "from"), ("way", 13, "from"), ("node", 2, "via"), ("way", 12, "to"))
    found = _read(tmp_path, restriction(1, *members, restriction="no_entry"))
    assert bans(found.edges) == {((10, 12), (1, 2, 4), "all"), ((13, 12), (7, 2, 4), "all")}


def test_a_ban_passes_the_gate_on_its_junction(tmp_path: Path) -> None:
    ways = way(10, (1, 2), highway="primary") + way(11, (2, 3), highway="primary")
    members = (("way", 10, "from"), ("node", 2, "via"), ("way", 11, "to"))
    parts = ways + restriction(1, *members, restriction="no_straight_on")
    path = write(tmp_path / "x.osm", parts, tagged={2: {"barrier": "gate"}})
    assert bans(osm.read(path)) == {((10, 11, 11), (1, 2, 2 + COPY, 3), "all")}
