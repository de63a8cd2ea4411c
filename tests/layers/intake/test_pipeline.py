"""A file from its bytes to the official layer: all or nothing, once, and every fault told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, QualityError, UnknownCrsError
from layers.intake import pipeline
from layers.intake.pipeline import Options

TEAMS = """name,kind,people,lon,lat,contact_name,contact_phone,remark
消防一站,fire,45,121.60,29.91,王强,0574-87650001,north
医疗队,medical,12,121.62,29.93,李敏,13800138000,
"""


def staged(session: Session, path: Path, **options: Any) -> Any:
    """Start and analyse; return the batch's id."""
    batch = pipeline.start(session, path.name, Options(**options))
    pipeline.analyse(session, batch, path)
    return batch


@pytest.fixture
def teams(tmp_path: Path) -> Path:
    """Give a sheet of two teams."""
    path = tmp_path / "teams.csv"
    path.write_text(TEAMS, encoding="utf-8")
    return path


def rows(session: Session, sql: str) -> list[Any]:
    """Return rows of a statement as tuples."""
    return [tuple(row) for row in session.execute(text(sql))]


def test_a_sheet_becomes_features_with_contacts(session: Session, teams: Path) -> None:
    batch = staged(session, teams, layer="team", crs="CGCS2000")
    loaded = pipeline.publish(session, batch)
    assert (loaded["team"].inserted, loaded["team"].updated) == (2, 0)
    assert rows(session, "SELECT name, people, ST_X(geom), source FROM team ORDER BY people") == [
        ("医疗队", 12, 121.62, "teams.csv"),
        ("消防一站", 45, 121.60, "teams.csv"),
    ]
    assert rows(session, "SELECT name, phone, rank FROM contact ORDER BY name") == [
        ("李敏", "13800138000", 1),
        ("王强", "0574-87650001", 1),
    ]
    report = pipeline.status(session, batch)["report"]
    assert report["unmatched"] == ["remark"]
    assert report["loaded"]["team"]["inserted"] == 2


def test_the_same_file_twice_is_the_same_features(session: Session, teams: Path) -> None:
    for _ in range(2):
        loaded = pipeline.publish(session, staged(session, teams, layer="team", crs="4326"))
    assert loaded["team"].unchanged == 2
    assert rows(session, "SELECT count(*), max(version) FROM team") == [(2, 1)]
    assert rows(session, "SELECT count(*) FROM contact") == [(2,)]


def test_publishing_twice_loads_once(session: Session, teams: Path) -> None:
    batch = staged(session, teams, layer="team", crs="4326")
    assert pipeline.publish(session, batch) == pipeline.publish(session, batch)
    assert rows(session, "SELECT count(*) FROM journal WHERE layer = 'team'") == [(1,)]


def test_a_sheet_that_does_not_tell_its_system_is_refused(session: Session, teams: Path) -> None:
    with pytest.raises(UnknownCrsError, match="CGCS2000"):
        staged(session, teams, layer="team")


def test_one_bad_row_keeps_all_out_unless_the_good_rows_are_asked_for(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "teams.csv"
    path.write_text(TEAMS + "third,army,-5,200,29,,,\n", encoding="utf-8")
    batch = staged(session, path, layer="team", crs="4326")
    found = pipeline.faults(session, batch)
    assert [(f["row"], f["field"], f["rule"], f["got"]) for f in found] == [
        (3, "kind", "domain", "army"),
        (3, "people", "minimum", "-5"),
        (3, "geometry", "out_of_range", "200, 29"),
    ]
    with pytest.raises(QualityError, match="1 rows have errors, 2 are good"):
        pipeline.publish(session, batch)
    assert rows(session, "SELECT count(*) FROM team") == [(0,)]
    assert pipeline.publish(session, batch, good_rows_only=True)["team"].inserted == 2
    assert len(pipeline.faults(session, batch)) == 3


def test_a_rejected_batch_cannot_be_published(session: Session, teams: Path) -> None:
    batch = staged(session, teams, layer="team", crs="4326")
    pipeline.reject(session, batch)
    with pytest.raises(ConflictError):
        pipeline.publish(session, batch)
    assert rows(session, "SELECT count(*) FROM staged_row") == [(0,)]


def test_a_failed_batch_keeps_the_reason(session: Session) -> None:
    batch = pipeline.start(session, "x.csv", Options(layer="team"))
    pipeline.fail(session, batch, InvalidInputError("broken", code="unreadable_file", got="x"))
    told = pipeline.status(session, batch)
    assert told["status"] == "failed"
    assert told["report"]["error"]["code"] == "unreadable_file"


@pytest.fixture
def enterprises(tmp_path: Path) -> Callable[[str, int], Path]:
    """Give a maker of a GeoJSON file with one enterprise."""

    def make(name: str, employees: int) -> Path:
        path = tmp_path / "enterprise.geojson"
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [121.6, 29.9]},
            "properties": {
                "name": name, "credit_code": "91350200776049653A", "employees": employees,
            },
        }  # fmt: skip
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        return path

    return make


def test_a_credit_code_finds_its_enterprise_again(
    session: Session, enterprises: Callable[[str, int], Path]
) -> None:
    pipeline.publish(session, staged(session, enterprises("old name", 5), layer="enterprises"))
    batch = staged(session, enterprises("new name", 6), layer="enterprise")
    assert pipeline.status(session, batch)["report"]["layers"]["enterprise"]["existing"] == 1
    assert pipeline.publish(session, batch)["enterprise"].updated == 1
    assert rows(session, "SELECT name, employees, version FROM enterprise") == [("new name", 6, 2)]


def test_columns_that_a_file_does_not_have_keep_their_values(
    session: Session, enterprises: Callable[[str, int], Path], tmp_path: Path
) -> None:
    pipeline.publish(session, staged(session, enterprises("one", 5), layer="enterprise"))
    path = tmp_path / "short.csv"
    path.write_text("name,credit_code,wkt\none,91350200776049653A,POINT(121.6 29.9)\n")
    pipeline.publish(session, staged(session, path, layer="enterprise", crs="4326"))
    assert rows(session, "SELECT employees FROM enterprise") == [(5,)]


def test_a_hazard_source_finds_its_enterprise_by_code_and_an_unknown_one_is_told(
    session: Session, enterprises: Callable[[str, int], Path], tmp_path: Path
) -> None:
    pipeline.publish(session, staged(session, enterprises("one", 5), layer="enterprise"))
    path = tmp_path / "sources.csv"
    path.write_text(
        "name,substance,quantity_t,enterprise,lon,lat\n"
        "T1,液氯,50,91350200776049653A,121.6,29.9\n"
        "T2,chlorine,,nobody,121.6,29.9\n"
    )
    batch = staged(session, path, layer="hazard_source", crs="4326")
    assert [(f["row"], f["rule"], f["got"]) for f in pipeline.faults(session, batch)] == [
        (2, "reference", "nobody")
    ]
    pipeline.publish(session, batch, good_rows_only=True)
    sql = "SELECT h.cas, e.name FROM hazard_source h JOIN enterprise e ON e.id = h.enterprise_id"
    assert rows(session, sql) == [("7782-50-5", "one")]
