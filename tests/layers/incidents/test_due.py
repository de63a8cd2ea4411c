"""Deadlines of reporting: which rule holds, from when it counts, and what meets it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from layers.incidents.due import ROUNDS, Course, Rule, deadlines

ZONE = ZoneInfo("Asia/Shanghai")
TEN = dt.datetime(2026, 3, 1, 10, 0, tzinfo=ZONE)


def at(clock, day=1):
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def rule(what="first", *, channel="any", to="next", region=None, grade=None, minutes=None,
         daily_at=None, source="s"):  # fmt: skip
    return Rule(
        what=what, channel=channel, addressee=to, region=region, grade=grade, minutes=minutes,
        daily_at=daily_at, source=source,
    )  # fmt: skip


def course(region="410100", grade=None, received_at=TEN, graded_at=None, sent=(), closed_at=None):
    return Course(
        region=region, grade=grade, received_at=received_at, graded_at=graded_at or {}, sent=sent,
        closed_at=closed_at,
    )  # fmt: skip


def due(rules, told, now=TEN):
    return deadlines(rules, told, now=now, zone=ZONE)


HENAN = [
    rule(minutes=120),
    *(rule(channel="phone", to="province", grade=g, minutes=60) for g in "123"),
    *(rule(channel="phone", to="province", region="410000", grade=g, minutes=15) for g in "12"),
]


def test_a_town_may_be_stricter_than_the_nation():
    (phone, first) = due(HENAN, course(grade="2"))
    assert (phone.channel, phone.due_at) == ("phone", at("10:15"))
    assert first.due_at == at("12:00")
    elsewhere = due(HENAN, course(region="330100", grade="2"))
    assert elsewhere[0].due_at == at("11:00")


def test_a_town_may_not_be_laxer_than_the_nation():
    lax = [rule(minutes=120), rule(minutes=600, region="410000")]
    assert [each.due_at for each in due(lax, course())] == [at("12:00")]


def test_a_higher_grade_learnt_later_tightens_from_then_on():
    before = due(HENAN, course(grade="4"))
    assert [each.due_at for each in before] == [at("12:00")]
    learnt = course(grade="2", graded_at={"2": at("10:30"), "3": at("10:30")})
    assert [each.due_at for each in due(HENAN, learnt)] == [at("10:45"), at("12:00")]


def test_a_grade_of_the_report_itself_counts_from_when_it_was_received():
    assert due(HENAN, course(grade="1"))[0].due_at == at("10:15")


def test_an_incident_without_grade_or_region_follows_the_rules_for_all():
    assert [each.due_at for each in due(HENAN, course(region=None))] == [at("12:00")]


def test_a_signed_bulletin_meets_what_is_due_and_a_late_one_has_missed_it():
    early = due(HENAN, course(grade="2", sent=[("first", at("10:10"))]))
    assert all(each.done_at == at("10:10") for each in early)
    assert not any(each.missed(at("13:00")) for each in early)
    late = due(HENAN, course(grade="2", sent=[("first", at("11:00"))]), now=at("13:00"))
    assert [each.missed(at("13:00")) for each in late] == [True, False]


def test_the_moment_itself_is_in_time():
    (first,) = due([rule(minutes=120)], course())
    assert not first.missed(at("12:00"))
    assert first.missed(at("12:00") + dt.timedelta(microseconds=1))


FOLLOW = [rule("follow", minutes=720)]


def test_a_follow_up_is_due_only_after_the_first_report_and_until_the_final_one():
    assert due(FOLLOW, course(), now=at("23:00")) == []
    (one,) = due(FOLLOW, course(sent=[("first", at("10:30"))]), now=at("11:00"))
    assert one.due_at == at("22:30")
    done = course(sent=[("first", at("10:30")), ("final", at("11:00"))])
    assert due(FOLLOW, done, now=at("23:00")) == []


def test_a_follow_up_that_was_sent_moves_the_next_one():
    sent = [("first", at("10:30")), ("follow", at("12:00"))]
    (one,) = due(FOLLOW, course(sent=sent), now=at("13:00"))
    assert one.due_at == at("00:00", day=2)


def test_rounds_that_were_missed_stay_and_are_bounded():
    told = course(sent=[("first", at("10:00"))])
    found = due(FOLLOW, told, now=at("11:00", day=2))
    assert [each.due_at for each in found] == [at("22:00"), at("10:00", day=2), at("22:00", day=2)]
    month = due(FOLLOW, told, now=at("11:00", day=31))
    assert len(month) == ROUNDS + 1


CLOCK = [rule("follow", daily_at="08:00,17:00")]


@pytest.mark.parametrize(
    ("sent", "now", "wanted"),
    [
        ("10:30", "11:00", [("17:00", 1)]),
        ("10:30", "17:00", [("17:00", 1), ("08:00", 2)]),
        ("17:30", "18:00", [("08:00", 2)]),
        ("07:59", "07:59", [("08:00", 1)]),
        ("08:00", "09:00", [("17:00", 1)]),
    ],
)
def test_a_follow_up_by_the_clock_is_due_at_the_next_clock_time_of_the_site(sent, now, wanted):
    found = due(CLOCK, course(sent=[("first", at(sent))], received_at=at("07:00")), now=at(now))
    assert [each.due_at for each in found] == [at(clock, day) for clock, day in wanted]


def test_clock_times_are_bounded_over_a_year():
    found = due(CLOCK, course(sent=[("first", TEN)]), now=TEN + dt.timedelta(days=365))
    assert len(found) == ROUNDS + 1
    assert found[-1].due_at > TEN + dt.timedelta(days=365)


def test_what_was_not_sent_before_the_end_is_not_asked_for_any_more():
    closed = course(closed_at=at("11:00"))
    assert due([rule(minutes=120)], closed, now=at("15:00")) == []
    (missed,) = due([rule(minutes=30)], closed, now=at("15:00"))
    assert missed.missed(at("15:00"))
