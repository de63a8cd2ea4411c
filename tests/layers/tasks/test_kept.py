"""What is edited, removed or loaded while tasks hold it: the ledger goes on, nobody loses it."""

from __future__ import annotations

import uuid

import pytest
import shapely
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers import catalog, edit
from layers.errors import ConflictError
from layers.intake.load import load_records
from layers.intake.takeback import take_back
from layers.models import Incident, Resource, Stock, StockMovement, Task, Team, Vehicle
from layers.query.scope import EVERYTHING
from layers.tasks import Claim, available, step
from tests.depot import PLACE, Site


def versions(session: Session, model: type[Resource] | type[Team], id: uuid.UUID) -> int:
    return session.execute(select(model.version).where(model.id == id)).scalar_one()


def load(session: Session, site: Site, *stock: tuple[str, float, str]) -> uuid.UUID:
    batch = uuid.uuid4()
    listed = [{"item": i, "quantity": q, "unit": u, "owner": None} for i, q, u in stock]
    load_records(
        session, catalog.find("resource"),
        {"id": [site.depot], "name": ["库"], "kind": ["depot"], "region": ["330102"]},
        [shapely.Point(120, 30)], batch_id=batch, children=[{"stock": listed}],
    )  # fmt: skip
    return batch


@pytest.mark.parametrize("what", ["team", "resource"])
def test_a_team_or_place_with_a_task_is_not_removed_and_it_is_told_why(
    site: Site, what: str
) -> None:
    (task,) = site.order(
        site.send(Claim(what="people", amount=1)) if what == "team" else site.bring(1)
    )
    id, model = (site.team, Team) if what == "team" else (site.depot, Resource)
    version = versions(site.session, model, id)
    with pytest.raises(ConflictError) as refused:
        edit.remove(site.session, catalog.find(what), id, version=version, scope=EVERYTHING)
    assert refused.value.code == "committed"
    assert refused.value.details["tasks"][0]["task"] == str(task.id)
    with pytest.raises(IntegrityError, match="a task holds this"), site.session.begin_nested():
        site.session.execute(delete(model).where(model.id == id))
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    version = versions(site.session, model, id)
    edit.remove(site.session, catalog.find(what), id, version=version, scope=EVERYTHING)
    assert site.session.get(Task, task.id) is not None


def test_vehicles_that_are_out_are_not_taken_off_the_list(site: Site) -> None:
    site.order(site.send(Claim(what="vehicle", item="水罐车", amount=1)))
    version = versions(site.session, Team, site.team)
    with pytest.raises(ConflictError) as refused, site.session.begin_nested():
        edit.set_vehicles(site.session, site.team, [], version=version, scope=EVERYTHING)
    assert refused.value.code == "committed"
    with pytest.raises(IntegrityError), site.session.begin_nested():
        site.session.execute(delete(Vehicle).where(Vehicle.id == site.tankers))
    left = [{"id": str(site.tankers), "kind": "水罐车", "count": 1}]
    edit.set_vehicles(site.session, site.team, left, version=version, scope=EVERYTHING)
    assert available(site.session, scope=EVERYTHING).teams[site.team].vehicles == 0


def test_who_edits_the_stock_while_it_is_ordered_is_told(site: Site) -> None:
    version = versions(site.session, Resource, site.depot)
    stale = edit.stock(site.session, site.depot)
    site.order(site.bring(2))
    with pytest.raises(ConflictError) as refused:
        edit.set_stock(site.session, site.depot, stale, version=version, scope=EVERYTHING)
    theirs = {row["id"]: row["quantity"] for row in refused.value.details["theirs"]["stock"]}
    assert theirs[str(site.foam)] == 3.0


def test_a_count_by_hand_while_some_is_out_is_a_line_of_the_ledger(site: Site, explained) -> None:
    (task,) = site.order(site.bring(2))
    version = versions(site.session, Resource, site.depot)
    counted = edit.stock(site.session, site.depot)
    for row in counted:
        row["quantity"] = 1.5 if row["id"] == str(site.foam) else row["quantity"]
    edit.set_stock(site.session, site.depot, counted, version=version, scope=EVERYTHING)
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.settle()
    assert site.quantity() == 3.5
    explained(site.session)
    why = select(StockMovement.why).where(StockMovement.stock_id == site.foam)
    assert list(site.session.scalars(why.order_by(StockMovement.id))) == [
        "added", "ordered", "edited", "returned",
    ]  # fmt: skip


@pytest.mark.parametrize("entry", [None, {"unit": "kg"}, {"item": "水"}])
def test_stock_that_is_out_is_neither_removed_nor_turned_into_something_else(
    site: Site, entry: dict[str, str] | None
) -> None:
    site.order(site.bring(2))
    version = versions(site.session, Resource, site.depot)
    rows = edit.stock(site.session, site.depot)
    wanted = [row if row["id"] != str(site.foam) else {**row, **(entry or {})} for row in rows]
    if entry is None:
        wanted = [row for row in rows if row["id"] != str(site.foam)]
    with pytest.raises(ConflictError) as refused, site.session.begin_nested():
        edit.set_stock(site.session, site.depot, wanted, version=version, scope=EVERYTHING)
    assert refused.value.code == "committed"
    change = {} if entry is None else entry
    statement = (
        delete(Stock).where(Stock.id == site.foam)
        if entry is None
        else update(Stock).where(Stock.id == site.foam).values(change)
    )
    with pytest.raises(IntegrityError), site.session.begin_nested():
        site.session.execute(statement)


def test_a_drill_keeps_nobody_from_editing_what_is_real(site: Site, explained) -> None:
    drill = site.report("演练", exercise=True)
    bring, send = site.order(site.bring(2), site.send(Claim(what="team")), incident=drill)
    site.session.execute(delete(Stock).where(Stock.id == site.foam))
    site.session.execute(delete(Team).where(Team.id == site.team))
    for task in (bring, send):
        step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.settle()
    explained(site.session)


def test_a_file_says_what_there_is_in_all_so_what_is_out_is_not_there_twice(
    site: Site, explained
) -> None:
    (task,) = site.order(site.bring(2))
    for _ in range(2):
        load(site.session, site, ("泡沫液", 5, "t"), ("防化服", 20, "套"), ("沙袋", 9, "袋"))
        assert site.quantity() == 3.0
    load(site.session, site, ("泡沫液", 8, "t"))
    assert site.quantity() == 6.0
    load(site.session, site, ("防化服", 1, "套"))
    assert site.quantity() == 0
    site.session.execute(text("SELECT set_config('onemap.bulk', '', true)"))
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.settle()
    assert site.quantity() == 2.0
    explained(site.session)


def test_a_load_that_is_taken_back_leaves_what_was_ordered_since(site: Site, explained) -> None:
    batch = load(site.session, site, ("泡沫液", 50, "t"), ("防化服", 20, "套"))
    site.session.execute(text("SELECT set_config('onemap.bulk', '', true)"))
    (foam,) = site.session.scalars(
        select(Stock.id).where(Stock.item == "泡沫液", Stock.quantity == 50)
    )
    (task,) = site.order(site.bring(30))
    with pytest.raises(ConflictError) as refused, site.session.begin_nested():
        take_back(site.session, batch)
    assert refused.value.code == "edited_since"
    take_back(site.session, batch, keep_edited=True)
    site.session.execute(text("SELECT set_config('onemap.bulk', '', true)"))
    site.settle()
    assert site.quantity(foam) == 20
    step(site.session, task, "cancelled", version=None, scope=EVERYTHING)
    site.settle()
    assert site.quantity(foam) == 50
    explained(site.session)


def test_an_incident_with_tasks_is_not_removed(site: Site) -> None:
    site.order(site.bring(1))
    with pytest.raises(IntegrityError):
        site.session.execute(delete(Incident))


def test_tasks_go_with_their_incident_into_another_region(site: Site) -> None:
    (task,) = site.order(site.bring(1))
    site.session.execute(update(Incident).values(region="3302"))
    site.session.refresh(task)
    assert (task.region, site.items(task)[0].region) == ("3302", "3302")


def test_a_team_that_lost_people_while_they_are_out_has_none_left(site: Site) -> None:
    site.order(site.send(Claim(what="people", amount=30)))
    site.session.execute(update(Team).values(people=20))
    assert available(site.session, scope=EVERYTHING).teams[site.team].people == 0


def test_a_new_place_brings_its_first_line(site: Site, explained) -> None:
    depot = Resource(kind="depot", geom=PLACE)
    site.session.add(depot)
    site.session.flush()
    site.session.add(Stock(resource_id=depot.id, item="水", quantity=2, unit="m3"))
    site.session.flush()
    site.session.execute(delete(Resource).where(Resource.id == depot.id))
    explained(site.session)
