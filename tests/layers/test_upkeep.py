"""How well a layer is kept: every share counted by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import shapely
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers import catalog, duplicates, upkeep
from layers.intake.load import load_records
from layers.query import Scope

TODAY = dt.datetime.now(dt.UTC).date()
OLD = TODAY - dt.timedelta(days=800)


def put(session: Session, rows: list[dict[str, Any]]) -> catalog.Layer:
    layer = catalog.find("protection_target")
    names = sorted({name for row in rows for name in row})
    values = {name: [row.get(name) for row in rows] for name in names}
    places = [shapely.Point(121.5 + i / 10, 29.9) for i in range(len(rows))]
    load_records(session, layer, values, places)
    return layer


def school(**fields: Any) -> dict[str, Any]:
    return {"name": "学校", "kind": "school", "people_day": 1, "people_night": 0,
            "region": "330211", "source": "教育局", "source_date": TODAY, **fields}  # fmt: skip


def test_a_layer_whose_every_row_says_everything_scores_100(session: Session) -> None:
    kept = upkeep.of_layer(session, put(session, [school(), school()]), scope=Scope())
    assert (kept.score, kept.rows, kept.stale, kept.missing) == (100, 2, 0, {})


def test_each_share_is_what_a_person_would_count(session: Session) -> None:
    layer = put(session, [
        school(),
        school(people_day=None, source_date=OLD),
        school(people_day=None, people_night=None, region=None),
        school(name="", source_date=TODAY - dt.timedelta(days=730)),
    ])  # fmt: skip
    kept = upkeep.of_layer(session, layer, scope=Scope()).to_json()
    assert (kept["rows"], kept["stale"], kept["without_region"]) == (4, 1, 1)
    assert kept["missing"] == {"name": 1, "people_day": 2, "people_night": 1}
    shares = {share["code"].removeprefix("quality."): share for share in kept["working"]}
    counted = {name: (share["good"], share["of"]) for name, share in shares.items()}
    assert counted == {
        "place": (4, 4), "filled": (12, 16), "region": (3, 4), "source": (4, 4),
        "single": (4, 4), "fresh": (3, 4),
    }  # fmt: skip
    weights = sum(share["weight"] for share in shares.values())
    by_hand = sum(share["weight"] * share["good"] / share["of"] for share in shares.values())
    assert kept["score"] == round(100 * by_hand / weights)


def test_a_row_without_a_date_ages_from_its_last_change(session: Session) -> None:
    layer = put(session, [school(source_date=None), school(source_date=OLD)])
    ages = session.scalars(select(upkeep.age_days(layer)).order_by(text("1"))).all()
    assert ages == [0, 800]


def test_what_the_reader_may_not_see_is_not_counted(session: Session) -> None:
    layer = put(session, [school(), school(region="110101"), school(region=None)])
    assert upkeep.of_layer(session, layer, scope=Scope(("33",))).rows == 1


def test_an_empty_layer_has_no_score(session: Session) -> None:
    kept = upkeep.of_layer(session, catalog.find("team"), scope=Scope())
    assert (kept.rows, kept.score) == (0, None)


def test_an_open_pair_lowers_the_score_until_it_is_decided(session: Session) -> None:
    layer = catalog.find("protection_target")
    rows = [school(), school(source="消防")]
    names = sorted(rows[0])
    values = {name: [row[name] for row in rows] for name in names}
    load_records(session, layer, values, [shapely.Point(121.5, 29.9)] * 2)
    duplicates.find(session, layer)
    assert upkeep.of_layer(session, layer, scope=Scope()).open_duplicates == 1
    assert upkeep.of_layer(session, layer, scope=Scope()).score < 100
    (pair,) = duplicates.page(session, layer, scope=Scope())
    duplicates.decide(session, layer, pair["id"], "different", scope=Scope(), by="x")
    assert upkeep.of_layer(session, layer, scope=Scope()).score == 100


@pytest.mark.parametrize("layer", catalog.layers(), ids=lambda layer: layer.name)
def test_every_layer_can_be_looked_at(session: Session, layer: catalog.Layer) -> None:
    kept = upkeep.of_layer(session, layer, scope=Scope(("33",)))
    assert kept.rows == 0
    assert set(upkeep.important(layer)) <= {field.name for field in layer.fields}


def test_a_feature_tells_its_age_and_which_source_gave_a_field(session: Session) -> None:
    layer = put(session, [school(source_date=OLD), school()])
    old, new = session.scalars(select(layer.column("id")).order_by(layer.column("fid")))
    told = {"people_day": {"source": "卫健委", "date": "2026-01-31"}}
    session.execute(
        layer.table.update().where(layer.column("id") == old).values(field_sources=told)
    )
    assert upkeep.of_feature(session, layer, old) == {
        "age_days": 800, "stale": True, "field_sources": told,
    }  # fmt: skip
    kept = upkeep.of_feature(session, layer, new)
    assert kept == {"age_days": 0, "stale": False, "field_sources": {}}
