"""One change at a time: checked at the door, under a version, inside the writer's regions."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from layers import edit, query
from layers.catalog import find
from layers.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    OutOfRangeError,
    PermissionError_,
    QualityError,
)
from layers.models import JournalRow, Vehicle
from layers.query import Scope
from tests.scatter import put

ALL = Scope(None)
TEAM = find("team")
POINT = {"type": "Point", "coordinates": [120.5, 30.25]}


def _team(**properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": POINT,
        "properties": {"kind": "fire", "name": "一站", **properties},
    }


def test_what_is_added_is_answered_and_read_back(session: Session) -> None:
    id = uuid.uuid4()
    added = edit.add(
        session, TEAM, {"id": str(id), **_team(people=12, skills=["hazmat"])}, scope=ALL
    )
    assert added["id"] == str(id)
    assert added["geometry"] == POINT
    assert added["properties"]["people"] == 12
    assert added["properties"]["skills"] == ["hazmat"]
    assert added["properties"]["version"] == 1
    assert query.feature(session, TEAM, id, scope=ALL) == added


def test_an_answer_may_be_sent_back_as_it_came(session: Session) -> None:
    added = edit.add(session, TEAM, _team(), scope=ALL)
    again = edit.change(session, TEAM, added["id"], added, version=1, scope=ALL)
    assert again["properties"]["version"] == 1
    assert again == added


def test_what_a_patch_leaves_out_stays_and_null_empties(session: Session) -> None:
    added = edit.add(session, TEAM, _team(people=12, base="东港"), scope=ALL)
    patch = {"properties": {"people": None, "vehicles": 3}}
    changed = edit.change(session, TEAM, added["id"], patch, version=1, scope=ALL)
    properties = changed["properties"]
    assert (properties["people"], properties["vehicles"]) == (None, 3)
    assert (properties["base"], properties["version"]) == ("东港", 2)
    assert changed["geometry"] == POINT


def test_the_slower_of_two_gets_both_versions_and_overwrites_nothing(session: Session) -> None:
    added = edit.add(session, TEAM, _team(people=1), scope=ALL)
    edit.change(session, TEAM, added["id"], {"properties": {"people": 2}}, version=1, scope=ALL)
    mine = {"properties": {"people": 3}}
    with pytest.raises(ConflictError) as caught:
        edit.change(session, TEAM, added["id"], mine, version=1, scope=ALL)
    assert caught.value.details["mine"] == mine
    assert caught.value.details["theirs"]["properties"]["people"] == 2
    with pytest.raises(ConflictError):
        edit.remove(session, TEAM, added["id"], version=1, scope=ALL)
    stored = query.feature(session, TEAM, added["id"], scope=ALL)
    assert stored["properties"]["people"] == 2


def test_of_many_writers_at_once_exactly_one_wins_each_round(database: Engine) -> None:
    with Session(database) as session, session.begin():
        id = edit.add(session, TEAM, _team(people=0), scope=ALL)["id"]
    outcomes: list[str] = []

    def write(people: int, version: int) -> None:
        patch = {"properties": {"people": people}}
        try:
            with Session(database) as session, session.begin():
                edit.change(session, TEAM, id, patch, version=version, scope=ALL)
            outcomes.append("won")
        except ConflictError:
            outcomes.append("conflict")

    for version in range(1, 6):
        writers = [
            threading.Thread(target=write, args=(10 * version + i, version)) for i in range(4)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    assert outcomes.count("won") == 5
    assert outcomes.count("conflict") == 15
    with Session(database) as session:
        assert query.feature(session, TEAM, id, scope=ALL)["properties"]["version"] == 6


def test_what_is_removed_is_gone_but_stays_in_the_journal(session: Session) -> None:
    added = edit.add(session, TEAM, _team(), scope=ALL)
    edit.remove(session, TEAM, added["id"], version=1, scope=ALL)
    with pytest.raises(NotFoundError):
        query.feature(session, TEAM, added["id"], scope=ALL)
    with pytest.raises(NotFoundError):
        edit.remove(session, TEAM, added["id"], version=1, scope=ALL)
    operations = session.scalars(
        select(JournalRow.op)
        .where(JournalRow.feature == uuid.UUID(added["id"]))
        .order_by(JournalRow.entry)
    ).all()
    assert operations == ["insert", "delete"]


@pytest.mark.parametrize(
    ("properties", "error"),
    [
        ({"kind": "circus"}, QualityError),
        ({"kind": None}, QualityError),
        ({"people": -1}, QualityError),
        ({"people": 2e6}, QualityError),
        ({"people": "many"}, QualityError),
        ({"people": float("nan")}, QualityError),
        ({"colour": "red"}, InvalidInputError),
    ],
)
def test_properties_that_break_a_rule_are_refused_with_field_and_rule(
    session: Session, properties: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        edit.add(session, TEAM, _team(**properties), scope=ALL)
    (name,) = properties
    assert name in str(caught.value)
    if isinstance(caught.value, QualityError):
        assert caught.value.details["faults"][0]["field"] == name


def _ring(*positions: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(position) for position in positions]]}


def _nested(depth: int) -> dict[str, Any]:
    geometry: dict[str, Any] = {"type": "GeometryCollection", "geometries": [POINT]}
    for _ in range(depth):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return geometry


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (None, "geometry_required"),
        ({"type": "Point", "coordinates": [float("nan"), 1]}, "NaN|nan|finite"),
        ({"type": "Point", "coordinates": [1e999, 1]}, "inf|finite"),
        ({"type": "Point", "coordinates": [200, 30]}, "lon"),
        ({"type": "Point", "coordinates": [30, 120]}, "swapped"),
        ({"type": "Point", "coordinates": []}, "coordinates"),
        ({"type": "Point", "coordinates": [[1, 2]]}, "wanted"),
        ({"type": "Point", "coordinates": ["1", "2"]}, "wanted"),
        (_ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)), r"\[0\.5 0\.5\]"),
        (_ring((0, 0), (1, 1), (0, 1)), "wanted"),
        (_nested(0), "GeometryCollection"),
        (_nested(200), "GeometryCollection"),
        ({"type": "Circle", "coordinates": [0, 0]}, "Circle"),
        ({"type": "MultiPoint", "coordinates": [[0, 0]] * 200_001}, "200000"),
        ([1, 2], "object"),
    ],
)
def test_a_geometry_that_cannot_be_used_is_refused_with_the_reason(
    session: Session, geometry: Any, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        edit.add(session, TEAM, {"geometry": geometry, "properties": {"kind": "fire"}}, scope=ALL)


def test_a_layer_takes_its_own_type_of_geometry(session: Session) -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    with pytest.raises(InvalidInputError, match="Point"):
        edit.add(
            session, find("fire_water"),
            {"geometry": line, "properties": {"kind": "hydrant"}}, scope=ALL,
        )  # fmt: skip
    district = {"geometry": _ring((0, 0), (1, 0), (1, 1), (0, 0)), "properties": {"code": "99"}}
    added = edit.add(session, find("region"), district, scope=ALL)
    assert added["geometry"]["type"] == "MultiPolygon"


def test_an_id_cannot_be_taken_twice(session: Session) -> None:
    added = edit.add(session, TEAM, _team(), scope=ALL)
    with pytest.raises(ConflictError):
        edit.add(session, TEAM, {"id": added["id"], **_team()}, scope=ALL)
    with pytest.raises(InvalidInputError):
        edit.add(session, TEAM, {"id": "7", **_team()}, scope=ALL)


def test_a_writer_stays_inside_the_granted_regions(session: Session) -> None:
    mine = Scope(("3301",))
    with pytest.raises(PermissionError_):
        edit.add(session, TEAM, _team(region="3302"), scope=mine)
    with pytest.raises(PermissionError_):
        edit.add(session, TEAM, _team(), scope=mine)
    added = edit.add(session, TEAM, _team(region="330102"), scope=mine)
    with pytest.raises(PermissionError_):
        edit.change(
            session, TEAM, added["id"], {"properties": {"region": "3302"}}, version=1, scope=mine
        )
    with pytest.raises(NotFoundError):
        edit.change(
            session, TEAM, added["id"], {"properties": {"people": 1}}, version=1,
            scope=Scope(("3302",)),
        )  # fmt: skip
    with pytest.raises(NotFoundError):
        edit.remove(session, TEAM, added["id"], version=1, scope=Scope(()))


def test_an_open_layer_is_not_open_to_every_writer(session: Session) -> None:
    (id,) = put(session, find("place"), [shapely.Point(0, 0)], name=["镇"], region=["3302"])
    with pytest.raises(PermissionError_):
        edit.change(
            session, find("place"), id, {"properties": {"people": 1}}, version=1,
            scope=Scope(("3301",)),
        )  # fmt: skip


def test_the_region_is_the_smallest_district_that_holds_the_place(session: Session) -> None:
    district = shapely.MultiPolygon([shapely.box(120, 30, 121, 31)])
    town = shapely.MultiPolygon([shapely.box(120.4, 30.2, 120.6, 30.3)])
    east = shapely.MultiPolygon([shapely.box(121, 30, 122, 31)])
    put(session, find("region"), [district, town, east], code=["330102", "330102001", "330103"])
    added = edit.add(session, TEAM, _team(), scope=Scope(("3301",)))
    assert added["properties"]["region"] == "330102001"
    away = {"geometry": {"type": "Point", "coordinates": [121.5, 30.5]}}
    moved = edit.change(session, TEAM, added["id"], away, version=1, scope=Scope(("3301",)))
    assert moved["properties"]["region"] == "330103"
    with pytest.raises(PermissionError_):
        back = {"geometry": POINT}
        edit.change(session, TEAM, added["id"], back, version=2, scope=Scope(("330103",)))


def test_a_substance_fills_its_cas_number(session: Session) -> None:
    tank = {"geometry": POINT, "properties": {"substance": "氯", "quantity_t": 40}}
    added = edit.add(session, find("hazard_source"), tank, scope=ALL)
    assert added["properties"]["cas"] == "7782-50-5"
    assert added["properties"]["candidate"] is False


def test_contacts_are_listed_in_order_of_call(session: Session) -> None:
    id = edit.add(session, TEAM, _team(), scope=ALL)["id"]
    entries = [{"name": "乙", "phone": "2", "rank": 2}, {"name": "甲", "post": "队长", "phone": "1",
               "rank": 1}]  # fmt: skip
    listed = edit.set_contacts(session, TEAM, id, entries, version=1, scope=ALL)
    assert [entry["name"] for entry in listed] == ["甲", "乙"]
    kept = [{**listed[1], "phone": "22"}, {"phone": "3"}]
    listed = edit.set_contacts(session, TEAM, id, kept, version=2, scope=ALL)
    assert [entry["phone"] for entry in listed] == ["22", "3"]
    assert listed == edit.contacts(session, TEAM, id)
    assert edit.set_contacts(session, TEAM, id, [], version=3, scope=ALL) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "甲"}, {"phone": ""}, {"phone": 110}, {"phone": "1", "fax": "2"},
        {"phone": "1", "rank": 0}, {"phone": "1", "rank": True}, {"phone": "1", "rank": "2"},
        {"phone": "1\x00"}, {"phone": "1" * 501}, {"phone": "1", "id": "x"},
        {"phone": "1", "id": str(uuid.uuid4())},
    ],
)  # fmt: skip
def test_a_contact_that_is_none_is_refused(session: Session, entry: dict[str, Any]) -> None:
    id = edit.add(session, TEAM, _team(), scope=ALL)["id"]
    with pytest.raises(InvalidInputError):
        edit.set_contacts(session, TEAM, id, [entry], version=1, scope=ALL)


def test_contacts_of_a_hidden_feature_cannot_be_set(session: Session) -> None:
    id = edit.add(session, TEAM, _team(region="3302"), scope=ALL)["id"]
    with pytest.raises(NotFoundError):
        edit.set_contacts(session, TEAM, id, [{"phone": "1"}], version=1, scope=Scope(("3301",)))


def test_stock_is_what_a_resource_holds(session: Session) -> None:
    depot = {"geometry": POINT, "properties": {"kind": "depot"}}
    id = edit.add(session, find("resource"), depot, scope=ALL)["id"]
    foam = {"item": "泡沫", "quantity": 5, "unit": "t", "owner": "市消防支队"}
    (listed,) = edit.set_stock(session, id, [foam], version=1, scope=ALL)
    assert {**foam, "id": listed["id"]} == listed
    less = {**listed, "quantity": 4.5}
    assert edit.set_stock(session, id, [less], version=2, scope=ALL) == [less]
    for wrong in ({**foam, "quantity": -1}, {**foam, "quantity": float("nan")}):
        with pytest.raises(OutOfRangeError):
            edit.set_stock(session, id, [wrong], version=3, scope=ALL)
    with pytest.raises(OutOfRangeError):
        edit.set_stock(session, id, [foam] * 201, version=3, scope=ALL)
    with pytest.raises(NotFoundError):
        edit.set_stock(session, uuid.uuid4(), [foam], version=1, scope=ALL)


def test_vehicles_are_what_a_team_has(session: Session) -> None:
    id = edit.add(session, TEAM, _team(), scope=ALL)["id"]
    engine = {"kind": "泡沫消防车", "count": 3, "plate": None}
    car = {"kind": "指挥车", "plate": "浙B0001应急"}
    listed = edit.set_vehicles(session, id, [engine, car], version=1, scope=ALL)
    assert [(v["kind"], v["count"], v["plate"]) for v in listed] == [
        ("指挥车", 1, "浙B0001应急"), ("泡沫消防车", 3, None),
    ]  # fmt: skip
    kept = listed[1]
    assert edit.set_vehicles(session, id, [kept], version=2, scope=ALL) == [kept]
    for wrong in ({"kind": "x", "count": 0}, {"kind": "x", "count": -3}):
        with pytest.raises(OutOfRangeError):
            edit.set_vehicles(session, id, [wrong], version=3, scope=ALL)
    for wrong in ({"count": 1}, {"kind": "x", "colour": "red"}, {"kind": "x", "count": 1.5}):
        with pytest.raises(InvalidInputError):
            edit.set_vehicles(session, id, [wrong], version=3, scope=ALL)
    with pytest.raises(ConflictError):
        edit.set_vehicles(session, id, [], version=1, scope=ALL)
    edit.remove(session, TEAM, id, version=3, scope=ALL)
    assert session.scalar(select(func.count()).select_from(Vehicle)) == 0
