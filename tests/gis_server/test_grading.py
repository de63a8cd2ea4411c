"""Grades follow the journal, are shown with their working, and never touch what was filed."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from analysis.grading import inputs_sha256
from gis_server.grading import Grader, follow
from layers.database import set_bulk
from layers.models import Enterprise, Follower, Grading, HazardSource, ProtectionTarget, Tank

NOW = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
PLACE = "SRID=4326;POINT(121.5 29.9)"
NEAR = "SRID=4326;POINT(121.502 29.9)"  # some 190 m
FAR = "SRID=4326;POINT(121.6 29.9)"


@pytest.fixture
def unit(database: Engine) -> uuid.UUID:
    """Give a unit of 50 t of chlorine near a village of 120, filed as grade 3."""
    with Session(database) as session, session.begin():
        row = HazardSource(name="氯罐区", substance="氯", quantity_t=50.0, grade="3", geom=PLACE,
                           region="330206")  # fmt: skip
        village = ProtectionTarget(
            name="村", kind="village", people_night=120, geom=NEAR, region="330212"
        )
        session.add_all([row, village])
        session.flush()
        return row.id


@pytest.fixture
def caught_up(database: Engine, sealed: Callable[[], int]) -> Callable[[], int]:
    """Give a function that seals the journal and follows it; it returns how many grades are new."""

    def run() -> int:
        sealed()
        with Session(database) as session, session.begin():
            return follow(session, now=NOW)

    return run


def level(database: Engine) -> str | None:
    with Session(database) as session:
        return session.scalars(select(Grading.level)).one()


def change(database: Engine, statement: object) -> None:
    with Session(database) as session, session.begin():
        session.execute(statement)


def test_the_working_is_shown_beside_the_filed_grade(client: FlaskClient, unit: uuid.UUID) -> None:
    answer = client.get(f"/api/v1/hazard-sources/{unit}/grading").json
    shown = answer["grading"]
    assert (shown["level"], shown["filed_grade"], shown["differs"]) == ("2", "3", True)
    assert (shown["s"], shown["r"]) == (10.0, 80.0)
    assert shown["rows"][0]["critical"]["critical_t"] == 5.0
    assert shown["people"]["number"] == 120
    assert [each["name"] for each in shown["people"]["targets"]] == ["村"]
    assert answer["kept"] is None
    feature = client.get(f"/api/v1/layers/hazard_source/features/{unit}").json
    assert feature["properties"]["grade"] == "3"


def test_what_is_missing_is_told_in_words(
    client: FlaskClient, database: Engine, unit: uuid.UUID
) -> None:
    change(database, update(HazardSource).values(quantity_t=None))
    shown = client.get(f"/api/v1/hazard-sources/{unit}/grading").json["grading"]
    assert (shown["level"], shown["r_high"]) == (None, None)
    assert "design maximum" in shown["missing"][0]["text"]
    spoken = client.get(f"/api/v1/hazard-sources/{unit}/grading?lang=zh").json["grading"]
    assert "设计最大量未知" in spoken["missing"][0]["text"]


def test_a_grade_computed_now_is_kept(client: FlaskClient, unit: uuid.UUID) -> None:
    answer = client.post(f"/api/v1/hazard-sources/{unit}/grading").json
    assert answer["kept"]["level"] == "2"
    assert answer["kept"]["current"]


def test_the_list_tells_where_filed_and_computed_grades_part(
    client: FlaskClient, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    assert caught_up() == 1
    answer = client.get("/api/v1/gradings?differs=true").json
    assert answer["counts"] == {"graded": 1, "differ": 1, "undecided": 0}
    (only,) = answer["gradings"]
    assert (only["id"], only["filed_grade"], only["level"]) == (str(unit), "3", "2")
    assert client.get("/api/v1/gradings?differs=false").json["gradings"] == []
    assert client.get("/api/v1/gradings?level=undecided").json["gradings"] == []
    assert len(client.get("/api/v1/gradings?level=2").json["gradings"]) == 1


def test_the_list_goes_on_after_the_last_of_a_page(
    client: FlaskClient, database: Engine, caught_up: Callable[[], int]
) -> None:
    with Session(database) as session, session.begin():
        session.add_all(HazardSource(name=f"{n}", geom=PLACE) for n in range(5))
    caught_up()
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/api/v1/gradings?limit=2{after and '&after=' + after}").json
        seen += [each["id"] for each in page["gradings"]]
        after = page["next_after"]
    assert len(seen) == len(set(seen)) == 5


def test_a_reader_of_another_region_sees_neither_grade_nor_list(
    sign_in: Callable[..., FlaskClient], unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    caught_up()
    stranger = sign_in(("viewer", "330100"))
    assert stranger.get(f"/api/v1/hazard-sources/{unit}/grading").status_code == 404
    answer = stranger.get("/api/v1/gradings").json
    assert (answer["gradings"], answer["counts"]["graded"]) == ([], 0)


def test_targets_of_another_region_are_counted_and_not_listed(
    sign_in: Callable[..., FlaskClient], unit: uuid.UUID
) -> None:
    neighbour = sign_in(("viewer", "330206"))
    people = neighbour.get(f"/api/v1/hazard-sources/{unit}/grading").json["grading"]["people"]
    assert (people["number"], people["targets"], people["target_count"]) == (120, [], 1)


def test_who_may_only_read_keeps_no_grade(
    sign_in: Callable[..., FlaskClient], unit: uuid.UUID
) -> None:
    viewer = sign_in(("viewer", ""))
    assert viewer.post(f"/api/v1/hazard-sources/{unit}/grading").status_code == 403
    planner = sign_in(("viewer", ""), ("planner", "330100"), name="elsewhere")
    assert planner.post(f"/api/v1/hazard-sources/{unit}/grading").status_code == 404


def test_an_unknown_hazard_source_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/hazard-sources/{uuid.uuid4()}/grading").status_code == 404
    assert client.get("/api/v1/hazard-sources/x/grading").status_code in (404, 422)


def test_nothing_is_written_where_nothing_has_changed(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    assert caught_up() == 1
    assert caught_up() == 0
    change(database, update(ProtectionTarget).values(address="别处"))
    assert caught_up() == 0


def test_a_quantity_that_changes_changes_the_grade(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    caught_up()
    change(database, update(HazardSource).values(quantity_t=100.0))
    assert caught_up() == 1
    assert level(database) == "1"


def test_people_who_come_and_go_change_the_grade(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    caught_up()
    change(database, update(ProtectionTarget).values(geom=FAR))
    assert caught_up() == 1
    assert level(database) is None  # nobody is on record within 5 km any more
    change(database, update(ProtectionTarget).values(geom=NEAR, people_night=20))
    assert caught_up() == 1
    assert level(database) == "3"
    change(database, delete(ProtectionTarget))
    assert caught_up() == 1
    assert level(database) is None


def test_a_tank_that_moves_between_units_changes_both(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    with Session(database) as session, session.begin():
        other = HazardSource(name="另一罐区", geom=PLACE)
        session.add(other)
        session.flush()
        session.add(
            Tank(name="V-1", hazard_source_id=unit, substance="氯", quantity_t=500, geom=PLACE)
        )
        other_id = other.id
    assert caught_up() == 2
    change(database, update(Tank).values(hazard_source_id=other_id))
    assert caught_up() == 2
    with Session(database) as session:
        levels = dict(session.execute(select(Grading.hazard_source_id, Grading.level)).all())
    assert levels == {unit: "2", other_id: "1"}


def test_a_plant_that_grows_reaches_more_people(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    change(database, update(ProtectionTarget).values(geom="SRID=4326;POINT(121.51 29.9)"))
    with Session(database) as session, session.begin():
        plant = Enterprise(name="厂", geom=PLACE)
        session.add(plant)
        session.flush()
        session.execute(update(HazardSource).values(enterprise_id=plant.id))
    caught_up()
    assert level(database) == "3"
    wide = "SRID=4326;POLYGON((121.495 29.895, 121.507 29.895, 121.507 29.905, 121.495 29.905, " \
           "121.495 29.895))"  # fmt: skip
    change(database, update(Enterprise).values(geom=wide))
    assert caught_up() == 1
    assert level(database) == "2"


def test_a_load_of_many_rows_is_followed_too(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int]
) -> None:
    caught_up()
    with Session(database) as session, session.begin():
        set_bulk(session, uuid.uuid4())
        session.execute(update(HazardSource).values(quantity_t=100.0))
    assert caught_up() == 1
    assert level(database) == "1"


def test_a_change_while_nobody_followed_is_caught_up_with(
    database: Engine, unit: uuid.UUID, caught_up: Callable[[], int], sealed: Callable[[], int]
) -> None:
    caught_up()
    for tonnes in range(60, 80):
        change(database, update(HazardSource).values(quantity_t=float(tonnes)))
        sealed()
    assert caught_up() == 1
    with Session(database) as session:
        assert session.scalars(select(Grading.s)).one() == pytest.approx(79 / 5)
        assert session.get_one(Follower, "grading").seq > 20


def test_two_workers_do_not_grade_at_once(
    database: Engine, unit: uuid.UUID, sealed: Callable[[], int]
) -> None:
    sealed()
    with Session(database) as first, Session(database) as second:
        assert follow(first, now=NOW) == 1
        assert follow(second, now=NOW) == 0
        first.commit()
        second.rollback()
        assert follow(second, now=NOW) == 0


def test_the_thread_outlives_a_failure_and_loses_nothing(
    database: Engine, unit: uuid.UUID, sealed: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_server.grading.Grader.every_s", 0.02)
    failures = iter([True, True])

    def flaky(*given: object, **named: object) -> str:
        if next(failures, False):
            raise ValueError("bad luck")
        return inputs_sha256(*given, **named)

    monkeypatch.setattr("analysis.grading.inputs_sha256", flaky)
    sealed()
    assert graded_by_thread(database) == "2"


def graded_by_thread(database: Engine) -> str | None:
    """Return the grade that a follower's thread keeps within half a minute."""
    grader = Grader(database)
    grader.start()
    deadline = time.monotonic() + 30
    found = None
    while found is None and time.monotonic() < deadline:
        with Session(database) as session:
            found = session.scalar(select(Grading.level))
    grader.stop()
    return found


def test_the_thread_grades_by_itself_and_ends(
    database: Engine, unit: uuid.UUID, sealed: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_server.grading.Grader.every_s", 0.02)
    sealed()
    assert graded_by_thread(database) == "2"
