"""The grade that the rules give, at every boundary of every rule."""

import pytest

from layers.incidents.grade import Counts, at_risk, last_counts, of_accident, of_environment

BOUNDS = [(0, None), (1, "4"), (2, "4"), (3, "3"), (9, "3"), (10, "2"), (29, "2"), (30, "1")]
HURT = [(0, None), (1, "4"), (9, "4"), (10, "3"), (49, "3"), (50, "2"), (99, "2"), (100, "1")]
LOSS = [
    (0, None), (1, "4"), (9_999_999.99, "4"), (10_000_000, "3"), (49_999_999.99, "3"),
    (50_000_000, "2"), (99_999_999.99, "2"), (100_000_000, "1"),
]  # fmt: skip
MOVED = [
    (0, None), (1, "4"), (4_999, "4"), (5_000, "3"), (9_999, "3"), (10_000, "2"), (49_999, "2"),
    (50_000, "1"),
]  # fmt: skip


def codes(messages):
    return [message["code"].removeprefix("duty.grade.") for message in messages]


@pytest.mark.parametrize(("dead", "grade"), BOUNDS)
def test_the_dead_decide_at_3_10_and_30(dead, grade):
    assert of_accident(Counts(dead=dead)).grade == grade


@pytest.mark.parametrize(("hurt", "grade"), HURT)
def test_the_seriously_hurt_decide_at_10_50_and_100_and_the_poisoned_are_among_them(hurt, grade):
    assert of_accident(Counts(serious=hurt)).grade == grade
    assert of_accident(Counts(poisoned=hurt)).grade == grade
    assert of_accident(Counts(serious=hurt // 2, poisoned=hurt - hurt // 2)).grade == grade


@pytest.mark.parametrize(("loss", "grade"), LOSS)
def test_the_loss_decides_at_10_50_and_100_million_yuan(loss, grade):
    assert of_accident(Counts(), direct_loss_yuan=loss).grade == grade


def test_sixty_poisoned_are_a_major_accident():
    judged = of_accident(Counts(poisoned=60))
    assert judged.grade == "2"
    (reason,) = judged.reasons
    assert (reason["params"]["poisoned"], reason["params"]["count"]) == (60, 60)
    assert reason["source"]["code"] == "duty.source.order_493_3"


def test_the_worst_of_the_three_decides_and_is_told_first():
    judged = of_accident(Counts(dead=1, serious=12), direct_loss_yuan=6e7)
    assert judged.grade == "2"
    assert codes(judged.reasons) == ["loss", "serious", "dead_below"]


def test_who_is_missing_is_not_dead():
    judged = of_accident(Counts(dead=2, missing=40))
    assert judged.grade == "4"
    assert codes(judged.reasons) == ["dead_below", "missing"]
    assert of_accident(Counts(missing=40)).grade is None


def test_nothing_known_is_no_grade_and_nobody_harmed_neither():
    assert codes(of_accident(Counts()).reasons) == ["unknown"]
    assert of_accident(Counts()).grade is None
    harmless = of_accident(Counts(dead=0, serious=0, poisoned=0), direct_loss_yuan=0)
    assert (harmless.grade, codes(harmless.reasons)) == (None, ["no_harm"])


@pytest.mark.parametrize(("moved", "grade"), MOVED)
def test_people_moved_grade_an_environmental_incident_at_5_10_and_50_thousand(moved, grade):
    assert of_environment(Counts(evacuated=moved)).grade == grade


def test_an_environmental_grade_needs_a_known_number():
    assert of_environment(Counts()).grade is None


@pytest.mark.parametrize(
    ("counts", "reasons"),
    [
        (Counts(), []),
        (Counts(trapped=2), []),
        (Counts(trapped=3), ["trapped"]),
        (Counts(missing=3), ["trapped"]),
        (Counts(trapped=2, missing=1), ["trapped"]),
        (Counts(in_danger=9), []),
        (Counts(in_danger=10), ["in_danger"]),
        (Counts(trapped=6, missing=4), ["in_danger", "trapped"]),
        (Counts(evacuated=499), []),
        (Counts(evacuated=500), ["evacuated"]),
        (Counts(dead=100, serious=100), []),
    ],
)
def test_people_at_risk_raise_it_at_10_3_and_500(counts, reasons):
    risk = at_risk(counts)
    assert (codes(risk.reasons), risk.raised) == (reasons, bool(reasons))


def test_a_place_or_pollution_raises_it_only_as_a_person_judged():
    assert at_risk(Counts(), important_place=True).raised
    assert at_risk(Counts(), serious_pollution=True).raised
    asked = at_risk(Counts(), modelled_people=400, modelled_targets=2)
    assert not asked.raised
    assert codes(asked.to_check) == ["check_people", "check_place", "check_pollution"]
    judged = at_risk(Counts(in_danger=0), important_place=False, serious_pollution=False,
                     modelled_people=400, modelled_targets=2)  # fmt: skip
    assert judged.to_check == ()


def test_the_last_count_of_each_number_holds_whatever_order_they_were_written_in():
    timeline = [
        {"at": "2026-03-01T04:00:00+08:00", "dead": 3},
        {"at": "2026-03-01T03:00:00+08:00", "dead": 5, "missing": 2},
        {"dead": None, "serious": 1},
        {"at": "2026-03-01T05:00:00+08:00", "dead": 2},
    ]
    assert last_counts(timeline) == Counts(dead=2, missing=2, serious=1)
    assert last_counts([]) == Counts()


def test_counts_are_in_the_order_of_their_moments_whatever_offset_these_are_written_in():
    timeline = [
        {"at": "2026-03-01T00:30:00Z", "dead": 4},
        {"at": "2026-03-01T08:00:00+08:00", "dead": 3},
    ]
    assert last_counts(timeline).dead == 4
    assert last_counts(timeline[::-1]).dead == 4
