"""Pairs that may be one thing twice: found as brute force finds them, decided once, by scope."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers import catalog, duplicates
from layers.duplicates.search import ALIKE, ALIKE_IN_ONE_SOURCE, MOST_OF_ONE, NEAR_M
from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.intake.load import load_records
from layers.models import Duplicate
from layers.query import Scope

LON, LAT = 121.5, 29.9
EVERYTHING = Scope()


def put(session: Session, layer: str, rows: list[dict[str, Any]]) -> list[uuid.UUID]:
    """Load rows with `east_m`, `north_m` from one place; return their ids."""
    ids = [uuid.uuid4() for _ in rows]
    names = sorted({name for row in rows for name in row} - {"east_m", "north_m"})
    places = [
        shapely.Point(
            *Geod(ellps="WGS84").fwd(
                LON, LAT,
                np.degrees(np.arctan2(row.get("east_m", 0), row.get("north_m", 0))),
                np.hypot(row.get("east_m", 0), row.get("north_m", 0)),
            )[:2]
        )
        for row in rows
    ]  # fmt: skip
    values = {name: [row.get(name) for row in rows] for name in names}
    load_records(session, catalog.find(layer), {**values, "id": ids}, places)
    return ids


def pairs(session: Session) -> set[tuple[uuid.UUID, uuid.UUID]]:
    return {tuple(row) for row in session.execute(select(Duplicate.a, Duplicate.b))}


def pair(*ids: uuid.UUID) -> tuple[uuid.UUID, ...]:
    return tuple(sorted(ids))


@pytest.mark.parametrize(
    ("one", "other", "far_m", "found"),
    [
        ("浙江省宁波市镇海区东海化工有限公司", "东海化工股份有限公司", 100, True),
        ("宁波东海化工（集团）有限公司", "东海化工", 100, True),
        ("Acme Chemical Co., Ltd.", "ACME CHEMICALS", 100, True),
        ("中石化加油站", "中国石化加油站", 100, True),
        ("东海化工", "东海化工", 140, True),
        ("东海化工", "东海化工", 170, False),
        ("人民医院", "市中心医院", 10, False),
        ("第一中学", "第二中学", 10, False),
        ("一号罐区", "1号罐区", 10, True),
        ("东门", "西门", 10, False),
        ("T-101", "T-102", 5, False),
    ],
)
def test_near_and_alike_is_found_and_nothing_else(
    session: Session, one: str, other: str, far_m: float, found: bool
) -> None:
    ids = put(session, "protection_target", [
        {"name": one, "kind": "school", "source": "a"},
        {"name": other, "kind": "school", "source": "b", "east_m": far_m},
    ])  # fmt: skip
    duplicates.find(session, catalog.find("protection_target"))
    assert pairs(session) == ({pair(*ids)} if found else set())


def test_the_search_finds_what_brute_force_over_all_pairs_finds(session: Session) -> None:
    random = np.random.default_rng(11)
    words = ["东海", "镇海", "北仑", "化工", "石化", "仓储", "一", "二", "Acme", "Chem"]
    rows = [
        {
            "name": "".join(random.choice(words, random.integers(1, 4))),
            "kind": str(random.choice(["school", "hospital"])),
            "source": str(random.choice(["a", "b"])),
            "east_m": float(random.uniform(0, 1500)),
            "north_m": float(random.uniform(0, 1500)),
        }
        for _ in range(160)
    ]
    ids = put(session, "protection_target", rows)
    duplicates.find(session, catalog.find("protection_target"))
    alike = {
        names: (likeness, signs)
        for *names, likeness, signs in session.execute(
            text(
                "SELECT a, b, onemap_alike(onemap_plain_name(a), onemap_plain_name(b)), "
                "onemap_telling_signs(onemap_plain_name(a)) "
                "= onemap_telling_signs(onemap_plain_name(b)) "
                "FROM unnest(CAST(:names AS text[])) a, unnest(CAST(:names AS text[])) b"
            ),
            {"names": sorted({row["name"] for row in rows})},
        )
        for names in [tuple(names)]
    }
    lon_lat = session.execute(
        text("SELECT id, ST_X(geom), ST_Y(geom) FROM protection_target")
    ).all()
    at = {id: place for id, *place in lon_lat}
    expected = set()
    for (i, x), (j, y) in itertools.combinations(zip(ids, rows, strict=True), 2):
        metres = Geod(ellps="WGS84").inv(*at[i], *at[j])[2]
        first, second = (x, y) if i < j else (y, x)
        likeness, same_signs = alike[(first["name"], second["name"])]
        least = ALIKE_IN_ONE_SOURCE if x["source"] == y["source"] else ALIKE
        if metres <= NEAR_M and likeness >= least and same_signs and x["kind"] == y["kind"]:
            expected.add(pair(i, j))
    assert len(expected) > 10
    assert pairs(session) == expected


@pytest.mark.parametrize("same", ["name", "code"])
def test_a_heap_of_500_makes_a_few_pairs_of_each_and_says_that_there_are_more(
    session: Session, same: str
) -> None:
    rows = (
        [{"name": "东海化工"}] * 500 if same == "name"
        else [{"name": f"{n} 号站", "own_code": "33-7"} for n in range(500)]
    )  # fmt: skip
    ids = put(session, "enterprise", rows)
    enterprise = catalog.find("enterprise")
    found = duplicates.find(session, enterprise)
    assert 500 - MOST_OF_ONE - 1 <= found.crowded <= 500
    assert len(pairs(session)) <= 500 * MOST_OF_ONE
    assert {id for each in pairs(session) for id in each} == set(ids)
    for id in ids[:20]:
        assert duplicates.find(session, enterprise, ids=[id]).crowded == 1
    assert len(pairs(session)) <= 500 * MOST_OF_ONE


def test_as_many_of_one_code_as_one_is_paired_with_are_all_paired(session: Session) -> None:
    rows = [{"name": f"{n} 号站", "own_code": "33-7", "east_m": 3000 * n}
            for n in range(MOST_OF_ONE + 1)]  # fmt: skip
    ids = put(session, "enterprise", rows)
    found = duplicates.find(session, catalog.find("enterprise"))
    assert pairs(session) == {pair(*each) for each in itertools.combinations(ids, 2)}
    assert found == duplicates.Found(new=len(ids) * MOST_OF_ONE // 2, gone=0, crowded=0)


def test_one_code_is_found_however_far(session: Session) -> None:
    ids = put(session, "enterprise", [
        {"name": "东海化工", "own_code": "A-17", "credit_code": "91330211MA2AF0001X"},
        {"name": "另一名称", "own_code": "A-17", "east_m": 40_000},
        {"name": "东海储运", "credit_code": "92330211MA2AF00017", "north_m": 30_000},
        {"name": "无关", "own_code": "A-18", "credit_code": "91330211MA2BF0001X"},
    ])  # fmt: skip
    found = duplicates.find(session, catalog.find("enterprise"))
    assert pairs(session) == {pair(ids[0], ids[1]), pair(ids[0], ids[2])}
    assert (found.new, found.gone) == (2, 0)
    assert set(session.scalars(select(Duplicate.reason))) == {"code"}


def test_tanks_of_one_substance_are_told_apart(session: Session) -> None:
    put(session, "hazard_source", [
        {"name": "储罐", "substance": "氯", "cas": "7782-50-5", "source": "a"},
        {"name": "储罐", "substance": "氨", "cas": "7664-41-7", "source": "b"},
    ])  # fmt: skip
    assert duplicates.find(session, catalog.find("hazard_source")).new == 0


def test_a_batch_is_compared_with_everything_but_nothing_else_is(session: Session) -> None:
    layer = catalog.find("protection_target")
    row = {"name": "东海学校", "kind": "school"}
    old = put(session, "protection_target", [{**row, "source": "a"}, {**row, "source": "b"}])
    batch = uuid.uuid4()
    new = uuid.uuid4()
    load_records(
        session, layer, {"id": [new], "name": ["东海学校"], "kind": ["school"], "source": ["c"]},
        [shapely.Point(LON, LAT)], batch_id=batch,
    )  # fmt: skip
    duplicates.find(session, layer, batch_id=batch)
    assert pairs(session) == {pair(old[0], new), pair(old[1], new)}
    assert duplicates.find(session, layer).new == 1


def two_schools(session: Session) -> tuple[catalog.Layer, uuid.UUID, list[uuid.UUID]]:
    layer = catalog.find("protection_target")
    ids = put(session, "protection_target", [
        {"name": "东海学校", "kind": "school", "source": "a", "region": "330211",
         "people_day": 900},
        {"name": "东海学校", "kind": "school", "source": "b", "region": "330212", "east_m": 50,
         "people_day": 950},
    ])  # fmt: skip
    duplicates.find(session, layer)
    return layer, session.scalars(select(Duplicate.id)).one(), ids


def test_a_pair_shows_both_features_and_what_differs(session: Session) -> None:
    layer, id, _ = two_schools(session)
    (shown,) = duplicates.page(session, layer, scope=EVERYTHING)
    assert shown["id"] == str(id)
    assert {shown["a"]["source"], shown["b"]["source"]} == {"a", "b"}
    assert shown["distance_m"] == pytest.approx(50, abs=0.2)
    differing = {each["field"]: {each["a"], each["b"]} for each in shown["differs"]}
    assert differing == {"people_day": {900, 950}, "region": {"330211", "330212"}}
    assert 0.7 < shown["score"] < 1


def test_a_decision_stays_when_it_is_looked_for_again(session: Session) -> None:
    layer, id, _ = two_schools(session)
    shown = duplicates.decide(
        session, layer, id, "different", scope=EVERYTHING, by="张三", note="分校", version=1
    )
    assert (shown["state"], shown["decided_by"], shown["note"]) == ("different", "张三", "分校")
    assert shown["version"] == 2
    assert duplicates.find(session, layer).new == 0
    assert duplicates.page(session, layer, scope=EVERYTHING) == []
    assert duplicates.counts(session, [layer], scope=EVERYTHING, state="different") == {
        "protection_target": 1
    }


def test_two_who_decide_at_once_are_told(session: Session) -> None:
    layer, id, _ = two_schools(session)
    duplicates.decide(session, layer, id, "same", scope=EVERYTHING, by="张三", version=1)
    with pytest.raises(ConflictError, match="same, by 张三"):
        duplicates.decide(session, layer, id, "different", scope=EVERYTHING, by="李四", version=1)
    with pytest.raises(InvalidInputError):
        duplicates.decide(session, layer, id, "merged", scope=EVERYTHING, by="李四")


def test_a_pair_is_seen_only_by_who_may_see_both(session: Session) -> None:
    layer, id, ids = two_schools(session)
    one_side, both = Scope(("330211",)), Scope(("3302",))
    assert duplicates.page(session, layer, scope=one_side) == []
    assert duplicates.counts(session, [layer], scope=one_side) == {}
    assert duplicates.of_feature(session, layer, ids[0], scope=one_side) == []
    with pytest.raises(NotFoundError):
        duplicates.decide(session, layer, id, "same", scope=one_side, by="x")
    assert len(duplicates.page(session, layer, scope=both)) == 1
    assert len(duplicates.of_feature(session, layer, ids[1], scope=both)) == 1


def test_an_open_pair_goes_with_its_feature_and_a_decided_one_stays(session: Session) -> None:
    layer, _, ids = two_schools(session)
    session.execute(text("DELETE FROM protection_target WHERE id = :id"), {"id": ids[1]})
    assert duplicates.page(session, layer, scope=EVERYTHING) == []
    assert duplicates.find(session, layer).gone == 1
    assert pairs(session) == set()


def test_what_lies_under_the_map_is_not_searched(session: Session) -> None:
    assert not duplicates.searched(catalog.find("building"))
    with pytest.raises(InvalidInputError, match="building"):
        duplicates.find(session, catalog.find("building"))
