"""Ordering: what is taken, what is left, and what is refused."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, NotFoundError, OutOfRangeError
from layers.models import Incident, Stock, StockMovement, Task, TaskItem, Team, Vehicle
from layers.query.scope import EVERYTHING, Scope
from layers.tasks import Claim, Order, available, change, order, step
from tests.depot import Site


def test_an_order_draws_the_stock_down_and_a_cancel_returns_it(site: Site, explained) -> None:
    (task,) = site.order(site.bring(2))
    assert (task.state, site.quantity()) == ("ordered", 3.0)
    site.settle()
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.settle()
    assert site.quantity() == 5.0
    explained(site.session)
    lines = site.session.execute(
        select(StockMovement.why, StockMovement.before, StockMovement.after)
        .where(StockMovement.stock_id == site.foam)
        .order_by(StockMovement.id)
    ).all()
    assert [tuple(line) for line in lines] == [
        ("added", 0, 5), ("ordered", 5, 3), ("returned", 3, 5),
    ]  # fmt: skip


def test_a_proposal_takes_nothing_until_it_is_ordered(site: Site) -> None:
    (task,) = site.order(site.bring(2), proposed=True)
    site.settle()
    assert site.quantity() == 5.0
    step(site.session, task, "ordered", version=task.version, scope=EVERYTHING)
    site.settle()
    assert site.quantity() == 3.0


def test_a_proposal_whose_stock_went_elsewhere_cannot_be_ordered(site: Site) -> None:
    (task,) = site.order(site.bring(2), proposed=True)
    site.order(site.bring(4))
    with pytest.raises(ConflictError) as refused:
        step(site.session, task, "ordered", version=None, scope=EVERYTHING)
    assert (refused.value.code, refused.value.details["left"]) == ("short", 1.0)
    assert [held["amount"] for held in refused.value.details["tasks"]] == [4.0]


def test_what_was_used_does_not_come_back_and_what_was_left_does(site: Site, explained) -> None:
    used, spared = site.order(site.bring(2), site.bring(1, note="second"))
    (mine,) = site.items(used)
    step(site.session, used, "cancelled", version=None, scope=EVERYTHING, returned={mine.id: 0.5})
    (other,) = site.items(spared)
    step(site.session, spared, "done", version=None, scope=EVERYTHING, reason="late",
         returned={other.id: 0.25})  # fmt: skip
    site.settle()
    assert site.quantity() == 2.75
    explained(site.session)


def test_what_is_done_is_used_up_where_nothing_is_said(site: Site) -> None:
    (task,) = site.order(site.bring(2))
    step(site.session, task, "done", version=None, scope=EVERYTHING, reason="late")
    site.settle()
    assert site.quantity() == 3.0


def test_a_correction_takes_again_what_was_returned(site: Site, explained) -> None:
    (task,) = site.order(site.bring(2))
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    step(site.session, task, "departed", version=None, scope=EVERYTHING, reason="wrong task",
         correction=True)  # fmt: skip
    site.settle()
    assert (site.quantity(), task.state, task.ended_at) == (3.0, "departed", None)
    explained(site.session)


def test_a_correction_that_would_take_what_is_gone_is_refused(site: Site) -> None:
    (task,) = site.order(site.bring(2))
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.order(site.bring(4))
    with pytest.raises(ConflictError) as refused:
        step(site.session, task, "departed", version=None, scope=EVERYTHING, reason="wrong",
             correction=True)  # fmt: skip
    assert refused.value.code == "short"


def test_a_correction_empties_the_moments_that_it_takes_back(site: Site) -> None:
    (task,) = site.order(site.send(Claim(what="people", amount=4)))
    for state in ("accepted", "departed", "arrived"):
        step(site.session, task, state, version=None, scope=EVERYTHING)
    step(site.session, task, "accepted", version=None, scope=EVERYTHING, reason="wrong team",
         correction=True)  # fmt: skip
    assert task.ordered_at is not None
    assert (task.departed_at, task.arrived_at) == (None, None)


@pytest.mark.parametrize(
    ("amount", "unit", "left"),
    [(500, "kg", 4.5), (500, "千克", 4.5), (0.5, "吨", 4.5), (5, "t", 0), (5000, "公斤", 0)],
)
def test_units_of_one_dimension_convert(site: Site, amount: float, unit: str, left: float) -> None:
    site.order(site.bring(amount, unit))
    site.settle()
    assert site.quantity() == left


def test_tenths_leave_no_tail_of_digits(site: Site, explained) -> None:
    for number in range(49):
        site.order(site.bring(0.1, note=str(number)))
    site.settle()
    assert site.quantity() == 0.1
    site.order(site.bring(100, "kg"))
    assert site.quantity() == 0
    explained(site.session)


@pytest.mark.parametrize("unit", ["L", "m3", "套", "桶"])
def test_units_of_another_dimension_are_refused(site: Site, unit: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        site.order(site.bring(1, unit))
    assert refused.value.code == "unit_dimension"


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), 1e10, 1e-9])
def test_an_amount_that_is_none_is_refused(site: Site, amount: float) -> None:
    with pytest.raises(OutOfRangeError):
        site.order(site.bring(amount))


@pytest.mark.parametrize("what", ["people", "vehicle", "team"])
def test_half_a_person_is_refused(site: Site, what: str) -> None:
    with pytest.raises(OutOfRangeError):
        site.order(site.send(Claim(what=what, amount=1.5)))


def test_an_order_is_all_or_nothing(site: Site) -> None:
    with pytest.raises(ConflictError), site.session.begin_nested():
        site.order(site.send(Claim(what="people", amount=4)), site.bring(6))
    assert site.session.scalar(select(func.count()).select_from(Task)) == 0
    assert site.quantity() == 5.0


def test_one_order_cannot_take_the_same_twice(site: Site) -> None:
    with pytest.raises(ConflictError) as refused:
        site.order(site.bring(3), site.bring(3, note="second"))
    assert refused.value.details["left"] == 2.0


def test_people_and_vehicles_never_exceed_what_a_team_has(site: Site) -> None:
    engines = Claim(what="vehicle", item="泡沫消防车", amount=2)
    site.order(site.send(Claim(what="people", amount=30), engines))
    left = available(site.session, scope=EVERYTHING).teams[site.team]
    assert (left.people, left.vehicles, left.whole) == (10, 3, False)
    assert left.by_vehicle == {site.engines: 1, site.tankers: 2}
    for claim in (
        Claim(what="people", amount=11), engines, Claim(what="vehicle", amount=4),
        Claim(what="team"), Claim(what="skill", item="堵漏"),
    ):  # fmt: skip
        with pytest.raises(ConflictError) as refused, site.session.begin_nested():
            site.order(site.send(claim))
        assert refused.value.code == "short"
        assert refused.value.details["holders"]
    site.order(site.send(Claim(what="people", amount=10), Claim(what="vehicle", amount=3)))
    left = available(site.session, scope=EVERYTHING).teams[site.team]
    assert (left.people, left.vehicles) == (0, 0)


def test_a_team_that_went_whole_has_nothing_left(site: Site) -> None:
    site.order(site.send(Claim(what="skill", item="堵漏")))
    left = available(site.session, scope=EVERYTHING).teams[site.team]
    assert (left.people, left.vehicles, left.whole) == (0, 0, False)
    with pytest.raises(ConflictError):
        site.order(site.send(Claim(what="people", amount=1)))


def test_a_team_without_a_known_number_goes_whole_or_not(site: Site) -> None:
    site.session.execute(update(Team).values(people=None))
    with pytest.raises(InvalidInputError) as refused, site.session.begin_nested():
        site.order(site.send(Claim(what="people", amount=1)))
    assert refused.value.code == "amount_unrecorded"
    site.order(site.send(Claim(what="team")))


def test_vehicles_of_which_only_the_number_is_known_are_counted(site: Site) -> None:
    site.session.execute(delete(Vehicle))
    site.session.execute(update(Team).values(vehicles=2))
    site.order(site.send(Claim(what="vehicle", amount=2)))
    with pytest.raises(ConflictError):
        site.order(site.send(Claim(what="vehicle", amount=1)))


def test_places_of_a_shelter_are_taken_until_the_incident_ends(site: Site) -> None:
    def bring(people: float, **rest: str) -> Order:
        claims = (Claim(what="people", amount=people),)
        return Order(
            kind="evacuate", layer="resource", feature_id=site.shelter, claims=claims, **rest
        )

    (task,) = site.order(bring(70))
    step(site.session, task, "done", version=None, scope=EVERYTHING, reason="late")
    assert available(site.session, scope=EVERYTHING).places == {site.shelter: 30}
    other = site.report("二号")
    with pytest.raises(ConflictError), site.session.begin_nested():
        site.order(bring(31), incident=other)
    site.session.execute(
        update(Incident).where(Incident.id == site.incident).values(status="closed")
    )
    assert available(site.session, scope=EVERYTHING).places == {site.shelter: 100}


def test_what_nobody_has_is_told_with_what_there_is(site: Site) -> None:
    with pytest.raises(InvalidInputError) as refused:
        site.order(site.bring(1, item="沙袋"))
    assert (refused.value.code, refused.value.details["known"]) == ("no_item", ["泡沫液", "防化服"])
    with pytest.raises(InvalidInputError) as refused:
        site.order(site.send(Claim(what="vehicle", item="直升机")))
    assert refused.value.details["known"] == ["水罐车", "泡沫消防车"]


def test_an_order_sent_twice_with_one_id_is_stored_once(site: Site) -> None:
    id = uuid.uuid4()
    (first,), fresh = order(site.session, site.incident, [site.bring(2, id=id)], scope=EVERYTHING)
    (second,), again = order(site.session, site.incident, [site.bring(2, id=id)], scope=EVERYTHING)
    assert (first.id, second.id, fresh, again) == (id, id, True, False)
    assert site.quantity() == 3.0


def test_an_order_sent_again_after_the_incident_was_closed_is_answered(site: Site) -> None:
    id = uuid.uuid4()
    site.order(site.bring(2, id=id))
    site.session.execute(update(Incident).values(status="closed"))
    (again,) = site.order(site.bring(2, id=id))
    assert (again.id, site.quantity()) == (id, 3.0)
    with pytest.raises(NotFoundError):
        site.order(site.bring(2, id=id), scope=Scope(("3302",)))


def test_an_id_of_another_task_is_refused(site: Site) -> None:
    id = uuid.uuid4()
    site.order(site.bring(1, id=id))
    with pytest.raises(ConflictError):
        site.order(site.bring(1, id=id), incident=site.report("二号"))
    with pytest.raises(ConflictError):
        site.order(site.send(id=id))
    with pytest.raises(ConflictError):
        site.order(site.bring(1, id=id), site.bring(1))


def test_the_same_order_without_an_id_is_refused_until_it_is_meant(site: Site) -> None:
    (first,) = site.order(site.bring(1))
    with pytest.raises(ConflictError) as refused, site.session.begin_nested():
        site.order(site.bring(1))
    assert (refused.value.code, refused.value.details["id"]) == ("already_ordered", str(first.id))
    assert site.quantity() == 4.0
    site.order(site.bring(1), again=True)
    assert site.quantity() == 3.0


def test_two_alike_in_one_order_are_two(site: Site) -> None:
    site.order(site.bring(1), site.bring(1))
    assert site.quantity() == 3.0


def test_exercises_draw_on_paper_and_do_not_see_each_other(site: Site, explained) -> None:
    one = site.report("演练一", exercise=True)
    two = site.report("演练二", exercise=True)
    (task,) = site.order(site.bring(4), site.send(Claim(what="people", amount=30)), incident=one)[
        :1
    ]
    site.order(site.bring(5), site.send(Claim(what="people", amount=40)), incident=two)
    site.settle()
    assert (site.quantity(), task.exercise) == (5.0, True)

    def left(*exercise: uuid.UUID) -> tuple[float, int | None]:
        found = available(site.session, scope=EVERYTHING, exercise=exercise)
        return found.stock[site.foam].quantity, found.teams[site.team].people

    assert (left(), left(one), left(two)) == ((5, 40), (1, 10), (0, 0))
    assert left(one, two) == (0, 0)
    with pytest.raises(ConflictError) as refused, site.session.begin_nested():
        site.order(site.bring(2), incident=one)
    assert {held["title"] for held in refused.value.details["tasks"]} == {"演练一"}
    site.order(site.bring(3), site.send(Claim(what="people", amount=15)))
    assert (left(), left(one), left(two)) == ((2, 25), (0, 0), (0, 0))
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.settle()
    assert (site.quantity(), left(one)) == (2.0, (2, 0))
    explained(site.session)
    lines = select(func.count()).select_from(StockMovement).where(StockMovement.why == "ordered")
    assert site.session.scalar(lines) == 1


def test_a_closed_incident_takes_no_order(site: Site) -> None:
    site.session.execute(update(Incident).values(status="closed"))
    with pytest.raises(ConflictError) as refused:
        site.order(site.bring(1))
    assert refused.value.code == "incident_closed"


def test_an_order_stays_within_the_regions_of_who_gives_it(site: Site) -> None:
    county = Scope(("330102",))
    site.order(site.bring(1), scope=county)
    with pytest.raises(NotFoundError):
        site.order(site.bring(1), scope=Scope(("330103",)))
    site.session.execute(update(Team).values(region="330103"))
    with pytest.raises(InvalidInputError):
        site.order(site.send(Claim(what="team")), scope=county)


def test_a_holder_of_other_regions_is_counted_and_not_named(site: Site) -> None:
    site.session.execute(update(Incident).values(region="3302"))
    site.order(site.bring(5))
    mine = site.report("本地")
    with pytest.raises(ConflictError) as refused:
        site.order(site.bring(1), incident=mine, scope=Scope(("3301",)))
    (held,) = refused.value.details["tasks"]
    assert (held["title"], held["task"], held["amount"]) == (None, None, 5.0)


def test_what_is_taken_may_change_until_it_departs(site: Site, explained) -> None:
    (task,) = site.order(site.bring(2))
    (item,) = site.items(task)
    for amount, left in ((3, 2), (0.5, 4.5), (5, 0)):
        before = task.version
        change(site.session, task, {}, version=before, scope=EVERYTHING, amounts={item.id: amount})
        site.settle()
        assert site.quantity() == left
        assert task.version > before
    with pytest.raises(ConflictError) as refused, site.session.begin_nested():
        change(site.session, task, {}, version=task.version, scope=EVERYTHING,
               amounts={item.id: 5.5})  # fmt: skip
    assert refused.value.code == "short"
    step(site.session, task, "departed", version=None, scope=EVERYTHING, reason="late")
    with pytest.raises(ConflictError) as refused:
        change(site.session, task, {}, version=task.version, scope=EVERYTHING,
               amounts={item.id: 1})  # fmt: skip
    assert refused.value.code == "task_departed"
    explained(site.session)


def test_a_task_without_anybody_takes_nothing(site: Site) -> None:
    (task,) = site.order(Order(kind="close_road", title="封路"))
    assert (task.layer, site.items(task)) == (None, [])
    with pytest.raises(InvalidInputError):
        site.order(Order(kind="go", claims=(Claim(what="team"),)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task_item SET drawn = 0",
        "UPDATE task_item SET amount = 1, drawn = 1",
        "UPDATE task SET state = 'done', state_reason = 'x'; UPDATE task_item SET drawn = 0",
        "UPDATE task_item SET stock_id = onemap_uuid_v7(), drawn = 2",
        "UPDATE stock SET quantity = 5; DELETE FROM task_item",
        "UPDATE task SET state = 'cancelled'; UPDATE task_item SET drawn = 0",
    ],
)
def test_an_item_that_the_ledger_does_not_bear_out_is_refused_at_the_end(
    site: Site, statement: str
) -> None:
    site.order(site.bring(2))
    site.settle()
    with pytest.raises(IntegrityError):
        for part in statement.split(";"):
            site.session.execute(text(part))
        site.settle()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE stock_movement SET after = 9", "DELETE FROM stock_movement", "DELETE FROM task"],
)
def test_the_program_cannot_touch_the_ledger_or_remove_a_task(site: Site, statement: str) -> None:
    site.order(site.bring(2))
    with pytest.raises(Exception, match="permission denied"):
        site.session.execute(text(statement))


def test_people_who_were_ordered_stay_on_record(site: Site) -> None:
    site.order(site.send(Claim(what="people", amount=4)))
    with pytest.raises(IntegrityError, match="stays on record"):
        site.session.execute(delete(TaskItem))


def test_an_incident_with_tasks_stays_what_it_is(site: Site) -> None:
    site.order(site.bring(2))
    with pytest.raises(IntegrityError, match="stays an exercise"):
        site.session.execute(update(Incident).values(exercise=True))


def test_the_journal_tells_every_step_under_its_incident(session: Session, site: Site) -> None:
    (task,) = site.order(site.bring(2))
    step(session, task, "accepted", version=None, scope=EVERYTHING)
    rows = session.execute(
        text("SELECT layer, op, incident FROM journal WHERE layer LIKE 'task%' ORDER BY entry")
    ).all()
    assert {row.incident for row in rows} == {site.incident}
    assert [(row.layer, row.op) for row in rows if row.layer == "task"] == [
        ("task", "insert"), ("task", "update"),
    ]  # fmt: skip


def test_the_last_items_of_stock_are_named_by_who_has_them(site: Site) -> None:
    site.session.execute(text("SELECT set_config('onemap.actor', '王值班', true)"))
    site.order(site.bring(5))
    with pytest.raises(ConflictError) as refused:
        site.order(site.bring(1), incident=site.report("二号"))
    (held,) = refused.value.details["tasks"]
    assert (held["by"], held["title"], held["amount"], held["unit"]) == ("王值班", "泄漏", 5.0, "t")
    (said,) = refused.value.details["holders"]
    assert said["params"] == {"title": "泄漏", "amount": 5.0, "unit": "t", "by": "王值班"}


def test_two_rows_of_one_item_are_taken_together(site: Site, explained) -> None:
    site.session.add(Stock(resource_id=site.depot, item="泡沫液", quantity=300, unit="kg"))
    site.session.flush()
    (task,) = site.order(site.bring(5.2))
    site.settle()
    assert sorted((item.amount, item.unit) for item in site.items(task)) == [(5, "t"), (200, "kg")]
    assert site.session.scalar(select(func.sum(TaskItem.drawn))) == 205
    explained(site.session)
