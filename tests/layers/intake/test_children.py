"""Contacts, stock and vehicles in a record's own columns."""

from __future__ import annotations

from layers.catalog import find
from layers.intake.children import take_children


def test_contacts_are_ranked_and_stock_is_parted() -> None:
    record = {
        "name": "A", "contact_name": "王强", "contact_phone": 13800138000.0,
        "contact_2_name": "李敏", "contact_2_phone": "0574-87650001",
        "stock": "泡沫液=5 t；防化服 = 20 套;",
    }  # fmt: skip
    children, faults = take_children(find("resource"), record, 1)
    assert (faults, record) == ([], {"name": "A"})
    assert [(c["name"], c["phone"], c["rank"]) for c in children["contact"]] == [
        ("王强", "13800138000", 1), ("李敏", "0574-87650001", 2),
    ]  # fmt: skip
    assert children["stock"] == [
        {"item": "泡沫液", "quantity": 5.0, "unit": "t", "owner": None},
        {"item": "防化服", "quantity": 20.0, "unit": "套", "owner": None},
    ]


def test_what_cannot_be_called_or_counted_is_told() -> None:
    record = {"contact_name": "王强", "contact_2_phone": "call me", "stock": "foam 5 t; =3 t"}
    children, faults = take_children(find("resource"), record, 4)
    assert children == {}
    assert [(f.row, f.field, f.rule) for f in faults] == [
        (4, "contact_phone", "required"), (4, "contact_2_phone", "phone"),
        (4, "stock", "stock_form"), (4, "stock", "stock_form"),
    ]  # fmt: skip


def test_stock_may_say_whose_it_is() -> None:
    record = {"stock": "foam=5 t @ City fire brigade; sand=2 m3"}
    children, faults = take_children(find("resource"), record, 1)
    assert faults == []
    assert [(s["unit"], s["owner"]) for s in children["stock"]] == [
        ("t", "City fire brigade"), ("m3", None),
    ]  # fmt: skip


def test_vehicles_are_counted_by_kind_and_a_single_one_may_have_its_plate() -> None:
    record = {"fleet": "泡沫消防车=3辆；指挥车 = 1 （浙B0001应急）; boat=2"}
    children, faults = take_children(find("team"), record, 1)
    assert (faults, record) == ([], {})
    assert children["vehicle"] == [
        {"kind": "泡沫消防车", "count": 3, "plate": None},
        {"kind": "指挥车", "count": 1, "plate": "浙B0001应急"},
        {"kind": "boat", "count": 2, "plate": None},
    ]


def test_vehicles_that_cannot_be_counted_are_told() -> None:
    record = {"fleet": "boat; truck=0; van=many; bus=-1; car=2 (a) (b)"}
    children, faults = take_children(find("team"), record, 3)
    assert children == {}
    assert [(f.row, f.field, f.rule) for f in faults] == [(3, "fleet", "fleet_form")] * 5
    _, faults = take_children(find("resource"), {"fleet": "van=1"}, 1)
    assert [f.rule for f in faults] == ["fleet_layer"]


def test_only_resources_hold_stock() -> None:
    _, faults = take_children(find("team"), {"stock": "foam=5 t"}, 1)
    assert [f.rule for f in faults] == ["stock_layer"]
