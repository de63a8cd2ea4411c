"""What a person calls a thing finds it, or what looks like it is told."""

from __future__ import annotations

import pytest

from analysis.dispatch.words import match

STOCK = ("泡沫液", "空气呼吸器", "重型防化服", "沙袋", "移动排水泵", "液碱")
VEHICLES = ("泡沫消防车", "水罐消防车", "普通救护车", "负压救护车")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("泡沫液", {"泡沫液"}), ("foam", {"泡沫液"}), ("Foam  Concentrate", {"泡沫液"}),
        ("泡沫", {"泡沫液"}), ("paomoye", {"泡沫液"}), ("pmy", {"泡沫液"}),
        ("呼吸器", {"空气呼吸器"}),
        ("SCBA", {"空气呼吸器"}), ("防化服", {"重型防化服"}), ("烧碱溶液", {"液碱"}),
    ],
)  # fmt: skip
def test_a_name_is_found_in_chinese_english_and_pinyin(asked: str, found: set[str]) -> None:
    assert match(asked, STOCK, "stock").names == found


def test_a_kind_of_vehicle_finds_every_vehicle_of_the_kind() -> None:
    assert match("ambulance", VEHICLES, "vehicle").names == {"普通救护车", "负压救护车"}
    assert match("负压救护车", VEHICLES, "vehicle").names == {"负压救护车"}
    assert match("foam truck", VEHICLES, "vehicle").names == {"泡沫消防车"}


def test_kinds_of_teams_are_found_for_their_people_too() -> None:
    for what in ("team", "people"):
        assert match("消防", ("fire", "medical"), what).names == {"fire"}
        assert match("medical", ("fire", "medical"), what).names == {"medical"}


@pytest.mark.parametrize(
    ("asked", "near"), [("泡沬液", "泡沫液"), ("paomuye", "泡沫液"), ("sandbaggs", "沙袋")]
)
def test_a_name_that_is_not_on_record_is_told_with_what_looks_like_it(
    asked: str, near: str
) -> None:
    found = match(asked, STOCK, "stock")
    assert not found.names
    assert near in found.near


@pytest.mark.parametrize("asked", ["", "x", "水", "'; drop table stock; --", "\u202e泡沫", "🧯"])
def test_what_nobody_could_mean_finds_nothing(asked: str) -> None:
    assert not match(asked, STOCK, "stock").names
