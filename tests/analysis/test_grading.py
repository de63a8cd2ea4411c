"""Grades by GB 18218-2018: published cases, an independent sum, and nothing unknown taken as 0."""

from __future__ import annotations

import csv
import dataclasses
import random
from pathlib import Path

import pytest

from analysis import grading
from analysis.grading import alpha_of, grade_of, inputs_sha256
from analysis.grading import grade as graded
from layers.grading import Held, Nearby, Unit

DATA = Path(__file__).parents[2] / "layers" / "data"


def table(name: str) -> list[dict[str, str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def held(substance: str | None, quantity_t: float | None, **more: str | None) -> Held:
    number = more.pop("id", "1") or "1"
    given = {"layer": "tank", "name": f"{substance}-{number}", "cas": None, "hazard_class": None}
    return Held(id=number, substance=substance, quantity_t=quantity_t, **{**given, **more})


NOTHING = held(None, None, layer="hazard_source")


def unit(*tanks: Held, own: Held = NOTHING, people: int | None = None, **more: object) -> Unit:
    nearby = () if people is None else (target(people),)
    values = {
        "id": "u", "name": "罐区", "region": None, "filed_grade": None, "filed_people": None,
        "boundary": "unit", "surveyed": people is not None, "nearby": nearby,
    } | more  # fmt: skip
    return Unit(own=own, tanks=tanks, **values)


def target(people: int | None, id: str = "p") -> Nearby:
    return Nearby(id=id, name=None, kind="housing", region=None, people=people, distance_m=100.0)


# Worked cases: the first is asserted in public test material, the others follow the tables.
@pytest.mark.parametrize(
    ("tanks", "people", "s", "r", "level"),
    [
        ((("氯", 5), ("氨", 5)), 60, 1.5, 7.5, "4"),
        ((("氨", 200),), 100, 20, 80, "2"),
        ((("液化石油气", 1000),), 150, 20, 60, "2"),
        ((("甲醇", 5000),), 1, 10, 10, "3"),
        ((("氯", 4.9),), 100, 0.98, 7.84, "none"),
        ((("氯", 125),), 0, 25, 50, "2"),
    ],
)
def test_a_worked_case_gives_its_printed_grade(
    tanks: tuple[tuple[str, float], ...], people: int, s: float, r: float, level: str
) -> None:
    parts = [held(name, t, id=str(i)) for i, (name, t) in enumerate(tanks)]
    found = graded(unit(*parts, people=people))
    assert found.s == pytest.approx(s)
    assert (found.r_low, found.r_high) == (pytest.approx(r), pytest.approx(r))
    assert found.level == level
    assert found.missing == ()


def test_sums_agree_with_a_second_reading_of_the_tables() -> None:
    """Chosen rows have one table-1 row and a table-3 or single-class factor each."""
    rows = table("critical_quantities.csv")
    factors = {row["hazard_class"]: float(row["beta"]) for row in table("hazard_classes.csv")}
    once = [r for r in rows if r["row"] and [o["cas"] for o in rows].count(r["cas"]) == 1]
    chance = random.Random(18218)
    for _ in range(200):
        chosen = chance.sample(once, 4)
        tonnes = [chance.uniform(0, 3 * float(r["critical_t"])) for r in chosen]
        people = chance.choice([0, 3, 29, 30, 49, 50, 99, 100, 5000])
        alpha = 0.5 if people < 1 else 1 if people < 30 else 1.2 if people < 50 else 1.5
        alpha = 2 if people >= 100 else alpha
        beta = [
            float(r["beta"] or max(factors[name] for name in r["classes"].split("|")))
            for r in chosen
        ]
        ratio = [t / float(r["critical_t"]) for t, r in zip(tonnes, chosen, strict=True)]
        expected = alpha * sum(b * q for b, q in zip(beta, ratio, strict=True))
        parts = [
            held(None, t, cas=r["cas"], id=r["cas"]) for t, r in zip(tonnes, chosen, strict=True)
        ]
        found = graded(unit(*parts, people=people))
        assert found.s == pytest.approx(sum(ratio))
        assert found.r_low == found.r_high == pytest.approx(expected)


@pytest.mark.parametrize(
    ("people", "alpha"),
    [(0, 0.5), (1, 1), (29, 1), (30, 1.2), (49, 1.2), (50, 1.5), (99, 1.5), (100, 2), (9999, 2)],
)
def test_alpha_follows_table_5(people: int, alpha: float) -> None:
    assert alpha_of(people) == alpha


def test_a_bound_belongs_to_the_worse_grade_also_where_decimals_round() -> None:
    assert [grade_of(r) for r in (100, 99.99, 50, 49.9, 10, 9.99)] == ["1", "2", "2", "3", "3", "4"]
    tenths = [held("氯", 0.5, id=str(i)) for i in range(10)]
    assert sum([0.1] * 10) < 1.0
    assert graded(unit(*tenths, people=5)).level == "4"


def test_an_unknown_quantity_is_missing_and_never_nothing() -> None:
    found = graded(unit(held("氯", None), held("氨", 8, id="2"), people=50))
    assert found.level is None
    assert found.r_high is None
    assert [message.code for message in found.missing] == ["grading.no_quantity"]


def test_what_is_known_may_decide_the_worst_grade_by_itself() -> None:
    found = graded(unit(held("光气", None), held("氯", 500, id="2"), people=100))
    assert found.level == "1"
    assert [message.code for message in found.missing] == ["grading.no_quantity"]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (held("某添加剂", 3), "grading.no_critical_quantity"),
        (held(None, 3), "grading.no_substance"),
    ],
)
def test_a_substance_without_a_critical_quantity_is_told(part: Held, code: str) -> None:
    found = graded(unit(part, people=1))
    assert found.level is None
    assert [message.code for message in found.missing] == [code]


def test_a_unit_of_which_nothing_is_known_has_no_grade() -> None:
    found = graded(unit(people=1))
    assert (found.level, found.complete) == (None, False)
    assert [message.code for message in found.missing] == ["grading.nothing_held"]


def test_where_nobody_has_counted_the_grade_lies_between_bounds() -> None:
    found = graded(unit(held("氯", 5)))
    assert (found.r_low, found.r_high) == (2.0, 8.0)
    assert found.level == "4"
    wide = graded(unit(held("氯", 50)))
    assert (wide.r_low, wide.r_high, wide.level) == (20.0, 80.0, None)
    assert [message.code for message in wide.missing] == ["grading.people_unknown"]


def test_a_target_without_people_makes_the_count_a_lower_bound() -> None:
    nearby = (target(40), target(None, "q"))
    found = graded(unit(held("氯", 50), surveyed=True, nearby=nearby))
    assert (found.people.alpha_low, found.people.alpha_high) == (1.2, 2.0)
    assert found.missing[0].params == {"targets": 1}


def test_the_greater_of_filed_and_counted_people_decides_and_a_difference_is_told() -> None:
    counted = graded(unit(held("氯", 50), people=120, filed_people=20))
    assert (counted.people.basis, counted.people.number) == ("counted", 120)
    assert [note.code for note in counted.notes] == ["grading.people_differ"]
    filed = graded(unit(held("氯", 50), people=20, filed_people=120))
    assert (filed.people.basis, filed.people.number) == ("filed", 120)
    assert filed.r_low == counted.r_low == 80.0


def test_a_units_own_quantity_is_the_total_of_its_tanks_and_not_one_more() -> None:
    own = held("液氯", 100, layer="hazard_source", id="u")
    tanks = [held("氯", 50, id="a"), held("氯", 50, id="b")]
    found = graded(unit(*tanks, own=own, people=1))
    assert found.s == 20.0
    assert found.notes == ()
    more = graded(unit(*tanks, held("氨", 10, id="c"), own=own, people=1))
    assert more.s == 21.0
    filled = graded(unit(*tanks, held("氯", 25, id="c"), own=own, people=1))
    assert filled.s == 25.0
    assert [note.code for note in filled.notes] == ["grading.totals_differ"]
    lesser = graded(unit(tanks[0], own=own, people=1))
    assert lesser.s == 20.0


def test_a_tank_that_nobody_measured_is_covered_by_its_units_total() -> None:
    own = held("氯", 100, layer="hazard_source", id="u")
    tanks = [held("氯", 50, id="a"), held("氯", None, id="b")]
    assert graded(unit(*tanks, own=own, people=1)).complete
    over = [held("氯", 120, id="a"), held("氯", None, id="b")]
    assert not graded(unit(*over, own=own, people=1)).complete


def test_tanks_of_one_substance_may_leave_its_name_to_their_unit() -> None:
    own = held("氯", None, layer="hazard_source", id="u")
    found = graded(unit(held(None, 30, id="a"), held(None, 20, id="b"), own=own, people=1))
    assert found.s == 10.0


def test_what_the_standard_does_not_count_adds_nothing_and_is_shown() -> None:
    found = graded(unit(held("氮", 500), people=1))
    assert (found.level, found.s) == ("none", 0.0)
    assert found.rows[0].critical is not None
    assert found.rows[0].critical.basis == "uncounted"


def test_a_factor_from_memory_is_marked() -> None:
    found = graded(unit(held("砷化氢", 5), people=1))
    assert [note.code for note in found.notes] == ["grading.from_memory"]


@pytest.mark.parametrize(
    ("filed", "differs"), [("4", False), ("3", True), (None, True)], ids=["same", "other", "none"]
)
def test_a_filed_grade_is_compared_and_never_replaced(filed: str | None, differs: bool) -> None:
    found = graded(unit(held("氯", 5), held("氨", 5, id="2"), people=60, filed_grade=filed))
    assert found.differs is differs
    assert found.to_json()["filed_grade"] == filed
    assert found.to_json()["level"] == "4"


def test_a_grade_never_falls_when_more_is_held_or_more_people_live_near() -> None:
    chance = random.Random(7)
    for _ in range(200):
        tonnes, people = chance.uniform(0, 400), chance.randrange(200)
        less = graded(unit(held("氯", tonnes), people=people))
        more = graded(unit(held("氯", tonnes + 10), people=people + chance.randrange(100)))
        assert more.r_low >= less.r_low
        order = ["none", "4", "3", "2", "1"]
        assert order.index(more.level or "") >= order.index(less.level or "")


def test_the_digest_changes_with_anything_that_entered_and_with_nothing_else() -> None:
    first = unit(held("氯", 5), people=60)
    assert inputs_sha256(first) == inputs_sha256(unit(held("氯", 5), people=60))
    others = [
        unit(held("氯", 6), people=60), unit(held("氯", 5), people=61),
        dataclasses.replace(first, filed_grade="1"), dataclasses.replace(first, surveyed=False),
    ]  # fmt: skip
    assert len({inputs_sha256(each) for each in (first, *others)}) == 5


def test_the_working_names_every_step() -> None:
    shown = graded(unit(held("氯", 5), held("氨", 5, id="2"), people=60)).to_json()
    assert [row["ratio"] for row in shown["rows"]] == [1.0, 0.5]
    assert [row["critical"]["beta"] for row in shown["rows"]] == [4.0, 2.0]
    assert shown["weighted"] == 5.0
    assert (shown["people"]["number"], shown["people"]["alpha_low"]) == (60, 1.5)
    assert shown["r"] == 7.5
    assert shown["standard"] == "GB 18218-2018"
    assert grading.VERSION in shown["version"]
