"""The rules of fields, held against every kind of wrong cell."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from layers.catalog import find
from layers.intake.quality import Rules, check, check_record
from layers.intake.table import Table


def faults(layer: str, **cells: Any) -> list[tuple[str | None, str, str]]:
    """Return field, rule and severity of what is wrong with one record."""
    _, found = check_record(find(layer), cells)
    return [(fault.field, fault.rule, fault.severity) for fault in found]


def test_a_good_record_has_no_faults_and_python_values() -> None:
    clean, found = check_record(
        find("hazard_source"),
        {"name": " T1 ", "substance": "chlorine", "quantity_t": "12.5", "candidate": "是"},
    )
    assert not found
    assert clean == {
        "name": "T1", "substance": "chlorine", "quantity_t": 12.5, "candidate": True,
        "cas": "7782-50-5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "cells", "fault"),
    [
        ("hazard_source", {"quantity_t": -1}, ("quantity_t", "minimum", "error")),
        ("hazard_source", {"quantity_t": 1e12}, ("quantity_t", "maximum", "error")),
        ("hazard_source", {"quantity_t": "inf"}, ("quantity_t", "number", "error")),
        ("hazard_source", {"quantity_t": "5 t"}, ("quantity_t", "number", "error")),
        ("hazard_source", {"quantity_t": "1_000"}, ("quantity_t", "number", "error")),
        ("hazard_source", {"quantity_t": True}, ("quantity_t", "number", "error")),
        ("hazard_source", {"cas": "7782-50-4"}, ("cas", "cas", "error")),
        ("hazard_source", {"substance": "unobtainium"}, ("substance", "substance", "warning")),
        ("hazard_source", {"substance": "氯", "cas": "7664-41-7"},
         ("cas", "cas_substance", "warning")),
        ("hazard_source", {"enterprise_id": "x"}, ("enterprise_id", "id", "error")),
        ("team", {"kind": "fire", "people": 1.5}, ("people", "integer", "error")),
        ("team", {"kind": "fire", "people": "9" * 400}, ("people", "number", "error")),
        ("team", {"kind": "army"}, ("kind", "domain", "error")),
        ("team", {"name": "A"}, ("kind", "required", "error")),
        ("team", {"kind": "fire", "colour": "red"}, ("colour", "unknown_field", "error")),
        ("team", {"kind": "fire", "name": "a\x00b"}, ("name", "nul", "error")),
        ("enterprise", {"name": "A", "credit_code": "123"},
         ("credit_code", "credit_code_form", "error")),
        ("enterprise", {"name": "A", "credit_code": "91350203M0001QAY9B"},
         ("credit_code", "credit_code_check", "warning")),
        ("enterprise", {"name": "A", "candidate": "maybe"}, ("candidate", "boolean", "error")),
        ("disaster_point", {"kind": "fire", "occurred_at": "yesterday"},
         ("occurred_at", "time", "error")),
    ],
)  # fmt: skip
def test_a_wrong_value_breaks_its_rule(
    layer: str, cells: dict[str, Any], fault: tuple[str, str, str]
) -> None:
    assert faults(layer, **cells) == [fault]


def test_times_without_an_offset_are_the_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"kind": "fire", "occurred_at": "2026-01-31T08:00:00"}
    clean, _ = check_record(find("disaster_point"), record)
    assert clean["occurred_at"] == dt.datetime(2026, 1, 31, 0, 0, tzinfo=dt.UTC)
    clean, _ = check_record(
        find("disaster_point"), record, rules=Rules(timezone=ZoneInfo("Europe/Vaduz"))
    )
    assert clean["occurred_at"] == dt.datetime(2026, 1, 31, 7, 0, tzinfo=dt.UTC)


def test_a_change_may_leave_required_fields_out_but_not_empty_them() -> None:
    assert check_record(find("team"), {"name": "A"}, partial=True)[1] == []
    clean, found = check_record(find("team"), {"kind": None, "name": None}, partial=True)
    assert [fault.rule for fault in found] == ["required"]
    assert clean["name"] is None


def test_a_table_tells_every_fault_of_every_row_in_order() -> None:
    table = Table(
        columns={"kind": ["fire", "army", None], "people": [1, -1, "x"]},
        geometry=np.array([shapely.Point(1, 1), None, shapely.Point(200, 1)], dtype=object),
        rows=np.array([1, 2, 3]),
    )
    checked = check(table, find("team"))
    assert [(f.row, f.field, f.rule) for f in checked.faults] == [
        (2, "kind", "domain"), (2, "people", "minimum"), (2, "geometry", "geometry_required"),
        (3, "people", "number"), (3, "kind", "required"), (3, "geometry", "out_of_range"),
    ]  # fmt: skip
    assert checked.records[0] == {"kind": "fire", "people": 1}


def test_words_of_a_language_stand_for_values() -> None:
    rules = Rules(titles={"team.kind": {"消防": "fire"}})
    clean, found = check_record(find("team"), {"kind": "消防"}, rules=rules)
    assert (clean["kind"], found) == ("fire", [])
