"""Features in a box, under conditions, page by page: against brute force in Python."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
import shapely
from shapely.geometry import box as rectangle
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from layers import pinyin, query, roles
from layers.catalog import find
from layers.cluster import Urls
from layers.errors import InvalidInputError, OutOfRangeError
from layers.query import Scope
from tests.scatter import points, put

ALL = Scope(None)
TARGET = find("protection_target")


@pytest.fixture
def scattered(session: Session) -> dict[str, shapely.Geometry]:
    """3,000 targets all over the world, some of them at 180 degrees and at the poles."""
    places = points(2990, seed=7, box=(-180, -90, 180, 90))
    corners = [(180, 0), (-180, 0), (179.99, 10), (-179.99, 10), (0, 90), (0, -90), (180, 90),
               (-180, -90), (0, 0), (90, 0)]  # fmt: skip
    places += [shapely.Point(corner) for corner in corners]
    draw = np.random.default_rng(8)
    people = [None if n < 10 else int(n) for n in draw.integers(0, 1000, len(places))]
    ids = put(session, TARGET, places, kind=["school"] * len(places), people_day=people,
              name=[f"学校 {i}" for i in range(len(places))])  # fmt: skip
    return {str(id): place for id, place in zip(ids, places, strict=True)}


def _everything(session: Session, **question: object) -> list[str]:
    """All pages' ids, in order."""
    found: list[str] = []
    cursor = None
    while True:
        page = query.features(session, TARGET, scope=ALL, cursor=cursor, **question)  # type: ignore[arg-type]
        found += [feature["id"] for feature in page.features]
        cursor = page.next_cursor
        if cursor is None:
            return found


BOXES = [
    (-180, -90, 180, 90), (100, 20, 120, 40), (179, -90, -179, 90), (170, -20, -160, 35),
    (-180, -90, -170, 90), (179.5, 9, 180, 11), (0, 89, 10, 90), (-180, -90, 180, -89),
    (0, 0, 0, 0), (-1, -1, 1, 1), (90, 0, 90, 0), (180, -1, -180, 1), (120, 30, 110, 31),
    (-75, -90, -74, 90), (10.5, -3, 11.5, 3), (-180, 0, 180, 0), (-10, 80, 10, 90),
    (150, -90, -150, -60), (-0.5, 60, 0.5, 90), (179.99, 10, -179.99, 10),
]  # fmt: skip


@pytest.mark.parametrize("bbox", BOXES)
def test_a_box_holds_what_brute_force_finds_across_180_degrees_and_the_poles(
    session: Session, scattered: dict[str, shapely.Geometry], bbox: tuple[float, ...]
) -> None:
    west, south, east, north = bbox
    expected = {
        id
        for id, place in scattered.items()
        if south <= place.y <= north
        and (west <= place.x <= east if west <= east else place.x >= west or place.x <= east)
    }
    found = _everything(session, bbox=bbox, limit=700)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_the_index_does_not_let_neighbours_into_the_box(session: Session) -> None:
    put(session, TARGET, [shapely.Point(121.5, 30), shapely.Point(121.500001, 30)],
        kind=["school"] * 2)  # fmt: skip
    assert len(_everything(session, bbox=(121.4, 29, 121.5, 31))) == 1


def test_pages_follow_each_other_without_gap_or_repeat(
    session: Session, scattered: dict[str, shapely.Geometry]
) -> None:
    found = _everything(session, limit=251)
    assert len(found) == len(set(found)) == len(scattered)


def test_the_total_counts_all_pages_and_comes_with_the_first(
    session: Session, scattered: dict[str, shapely.Geometry]
) -> None:
    first = query.features(session, TARGET, scope=ALL, limit=10)
    assert first.total == len(scattered)
    second = query.features(session, TARGET, scope=ALL, limit=10, cursor=first.next_cursor)
    assert second.total is None
    assert not {f["id"] for f in first.features} & {f["id"] for f in second.features}


def test_a_total_beyond_its_limit_is_not_given(
    session: Session, scattered: dict[str, shapely.Geometry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.query.page.COUNT_LIMIT", 100)
    assert query.features(session, TARGET, scope=ALL, limit=10).total is None


def test_a_feature_carries_every_declared_field(session: Session) -> None:
    at = dt.datetime(2026, 1, 31, 14, 5, tzinfo=dt.UTC)
    (id,) = put(session, find("incident"), [shapely.Point(120.123456789, 30)], title=["氯气泄漏"],
                kind=["toxic_release"], occurred_at=[at], region=["33"])  # fmt: skip
    feature = query.feature(session, find("incident"), id, scope=ALL)
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.123456789, 30]}
    properties = feature["properties"]
    assert properties["occurred_at"] == "2026-01-31T14:05:00+00:00"
    assert properties["substance"] is None
    assert properties["version"] == 1
    assert {f.name for f in find("incident").fields} <= set(properties)
    assert set(properties) - {f.name for f in find("incident").fields} == {
        "layer", "fid", "version", "updated_at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (["people_day=300"], "b"),
        (["people_day.ge=300"], "bc"),
        (["people_day.lt=300"], "a"),
        (["people_day.gt=100", "people_day.le=300"], "b"),
        (["people_day.known=false"], "d"),
        (["people_day.in=100,1000"], "ac"),
        (["kind.in=school,hospital", "people_day.known=true"], "ab"),
        (["name.contains=_"], ""),
        (["name.contains=A"], "a"),
        (["address.contains=100%"], "a"),
        (["updated_at=2026"], InvalidInputError),
        (["people=1"], InvalidInputError),
        (["people_day=many"], InvalidInputError),
        (["people_day=1e999"], InvalidInputError),
        (["people_day=99999999999999999999"], InvalidInputError),
        (["people_day.contains=1"], InvalidInputError),
        (["people_day"], InvalidInputError),
        (["kind.like=school"], InvalidInputError),
        (["name=a\x00"], InvalidInputError),
        (["kind=school"] * 21, InvalidInputError),
    ],
)
def test_conditions_choose_by_declared_fields_only(
    session: Session, where: list[str], names: str | type[Exception]
) -> None:
    put(
        session, TARGET, [shapely.Point(0, 0)] * 4, name=list("abcd"),
        kind=["school", "hospital", "housing", "school"], people_day=[100, 300, 1000, None],
        address=["100% road", "1000 road", None, "x"],
    )  # fmt: skip
    if isinstance(names, str):
        found = query.features(session, TARGET, scope=ALL, where=where).features
        assert "".join(f["properties"]["name"] for f in found) == names
    else:
        with pytest.raises(names):
            query.features(session, TARGET, scope=ALL, where=where)


def test_conditions_read_lists_booleans_ids_and_times(session: Session) -> None:
    hospital = find("resource")
    put(session, hospital, [shapely.Point(0, 0)] * 2, kind=["hospital"] * 2, name=["a", "b"],
        specialties=[["burns", "poisoning"], None])  # fmt: skip
    found = query.features(session, hospital, scope=ALL, where=["specialties.contains=burns"])
    assert [f["properties"]["name"] for f in found.features] == ["a"]
    source = find("hazard_source")
    put(session, source, [shapely.Point(0, 0)] * 2, candidate=[True, False], name=["a", "b"])
    found = query.features(session, source, scope=ALL, where=["candidate=true"])
    assert [f["properties"]["name"] for f in found.features] == ["a"]
    with pytest.raises(InvalidInputError):
        query.features(session, source, scope=ALL, where=["enterprise_id=7"])
    with pytest.raises(InvalidInputError, match="offset"):
        query.conditions(find("incident"), ["occurred_at.ge=2026-01-31T14:05:00"])


@pytest.mark.parametrize("payload", ["' OR 1=1 --", "%", "_", "\\", "'; SELECT pg_sleep(9); --",
                                     "$1", "%(x)s", "{}", ":name", "\"", "學"])  # fmt: skip
def test_what_a_person_types_is_text_and_never_sql(session: Session, payload: str) -> None:
    names = ["plain", f"with {payload} inside"]
    put(session, TARGET, [shapely.Point(0, 0)] * 2, kind=["school"] * 2, name=names)
    by_text = query.features(session, TARGET, scope=ALL, q=payload).features
    by_field = query.features(session, TARGET, scope=ALL, where=[f"name={names[1]}"]).features
    assert [f["properties"]["name"] for f in by_text] == [names[1]]
    assert [f["properties"]["name"] for f in by_field] == [names[1]]
    assert [row["name"] for row in query.search(session, scope=ALL, q=payload)] == [names[1]]


@pytest.mark.parametrize(
    "bbox",
    [
        (0, 0, 1), (0, 0, 1, 1, 1), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1),
        (-181, 0, 1, 1), (0, -91, 1, 1), (0, 2, 1, 1),
    ],
)  # fmt: skip
def test_a_box_that_is_none_is_refused(session: Session, bbox: tuple[float, ...]) -> None:
    with pytest.raises(OutOfRangeError):
        query.features(session, TARGET, scope=ALL, bbox=bbox)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_cannot_be_taken_away(session: Session, limit: int) -> None:
    with pytest.raises(OutOfRangeError):
        query.features(session, TARGET, scope=ALL, limit=limit)


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "AAAA", "ß", base64.b64encode(b"1:team:5").decode(),
     base64.b64encode(b"1:protection_target:-5").decode(),
     base64.b64encode(b"1:protection_target:99999999999999999999").decode()],
)  # fmt: skip
def test_a_cursor_that_is_not_ours_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(InvalidInputError):
        query.features(session, TARGET, scope=ALL, cursor=cursor)


def test_a_shape_counts_where_it_meets_the_box_not_where_its_own_box_does(
    session: Session,
) -> None:
    triangle = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
    put(session, TARGET, [triangle], kind=["school"])
    assert len(_everything(session, bbox=(4, 4, 5, 5))) == 1
    assert not triangle.intersects(rectangle(8, 8, 9, 9))
    assert not _everything(session, bbox=(8, 8, 9, 9))


def test_search_puts_exact_names_first_then_beginnings_then_the_rest(session: Session) -> None:
    put(session, TARGET, [shapely.Point(0, 0)] * 3, kind=["school"] * 3,
        name=["东风中学", "临港中学分校", "中学"])  # fmt: skip
    put(session, find("team"), [shapely.Point(1, 2)], kind=["fire"], name=["中学消防站"])
    rows = query.search(session, scope=ALL, q="中学")
    assert [row["name"] for row in rows] == ["中学", "中学消防站", "东风中学", "临港中学分校"]
    assert rows[1] | {"id": None} == {
        "id": None, "layer": "team", "name": "中学消防站", "name_en": None, "kind": "fire",
        "lon": 1, "lat": 2,
    }  # fmt: skip
    assert len(query.search(session, scope=ALL, q="中学", limit=2)) == 2
    assert query.search(session, scope=ALL, q="  ") == []


def test_search_reads_titles_codes_substances_and_english_names(session: Session) -> None:
    put(session, find("hazard_source"), [shapely.Point(0, 0)], substance=["氯"], cas=["7782-50-5"])
    put(session, find("place"), [shapely.Point(0, 0)], name=["临港"], name_en=["Lingang"])
    assert [row["layer"] for row in query.search(session, scope=ALL, q="7782")] == ["hazard_source"]
    assert [row["layer"] for row in query.search(session, scope=ALL, q="LINGANG")] == ["place"]


def test_counts_are_exact_and_a_kept_count_is_not_taken_for_a_new_one(session: Session) -> None:
    known: dict[tuple[str, tuple[str, ...] | None], tuple[int, int]] = {}
    put(session, TARGET, points(10, seed=1), kind=["school"] * 10)
    assert query.counts(session, scope=ALL, known=known)["protection_target"] == 10
    put(session, TARGET, points(5, seed=2), kind=["school"] * 5)
    assert query.counts(session, scope=ALL, known=known)["protection_target"] == 15


@pytest.fixture
def analysed(database: Engine, urls: Urls) -> Iterator[Session]:
    """Give a session on 100,000 committed rows of which the planner has taken its statistics.

    Rows that are not committed are counted by nobody but an autovacuum that happens to look, and it
    finds none of them: the plan would hang on when it came by.
    """
    many = points(100_000, seed=3)
    with Session(database) as session:
        put(session, TARGET, many, kind=["school"] * len(many))
        session.commit()
    with psycopg.connect(roles.conninfo(urls.migrator), autocommit=True) as owner:
        owner.execute("ANALYZE protection_target")
    with Session(database) as session:
        yield session


def test_hot_questions_use_the_spatial_index(analysed: Session) -> None:
    session = analysed
    plans = _plans(session)
    query.features(session, TARGET, scope=Scope(("33",)), bbox=(100, 20, 101, 21))
    query.features(session, TARGET, scope=ALL, bbox=(179.5, 20, -179.5, 21))
    query.around(session, scope=ALL, lon=179.99, lat=30, radius_m=10_000, layers=[TARGET])
    query.nearest_by_line(session, TARGET, scope=ALL, lon=120, lat=30, k=5)
    query.inside(session, TARGET, shapely.Point(100, 30).buffer(0.3), scope=ALL)
    session.info["stop"]()
    assert len(plans) == 6
    for plan in plans:
        assert "idx_protection_target_geom" in plan, plan


def _plans(session: Session) -> list[str]:
    """Collect the plan of every question from now on, until `session.info["stop"]()`."""
    from sqlalchemy import event

    plans: list[str] = []
    connection = session.connection()

    def explain(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT") and "FROM protection_target" in statement:
            raw = conn.connection.cursor()
            raw.execute("EXPLAIN " + statement, parameters)
            plans.append("\n".join(row[0] for row in raw.fetchall()))

    event.listen(connection, "before_cursor_execute", explain)
    session.info["stop"] = lambda: event.remove(connection, "before_cursor_execute", explain)
    session.execute(text("SELECT 1"))
    return plans


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("lghg", ["临港化工", "临港化工二厂", "新临港化工"]),
        ("LGHG", ["临港化工", "临港化工二厂", "新临港化工"]),
        ("hg", ["临港化工", "新临港化工", "临港化工二厂"]),
        ("lin gang", ["临港化工", "临港化工二厂", "新临港化工"]),
        ("gang", ["临港化工", "新临港化工", "临港化工二厂"]),
        ("x", ["新临港化工"]),
        ("xl", ["新临港化工"]),
        ("chongq", ["重庆氯碱"]),
        ("cqlj", ["重庆氯碱"]),
        ("zhongq", []),
        ("an", []),
        ("ec", ["临港化工二厂"]),
    ],
)
def test_search_reads_the_pinyin_of_names(session: Session, q: str, names: list[str]) -> None:
    called = ["新临港化工", "临港化工二厂", "临港化工", "重庆氯碱"]
    put(session, find("enterprise"), [shapely.Point(0, 0)] * 4, name=called,
        name_pinyin=[pinyin.key(name) for name in called])  # fmt: skip
    assert [row["name"] for row in query.search(session, scope=ALL, q=q)] == names
    page = query.features(session, find("enterprise"), scope=ALL, q=q)
    assert {f["properties"]["name"] for f in page.features} == set(names)
