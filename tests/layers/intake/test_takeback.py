"""A published batch taken back: as it was before, and nobody's later work is lost."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers import journal
from layers.catalog import find
from layers.cluster import Urls
from layers.errors import ConflictError
from layers.intake import pipeline
from layers.intake.load import begin, load_staged
from layers.intake.pipeline import Options
from layers.intake.takeback import take_back

HEAD = "name,kind,people,skills,id,lon,lat,contact_name,contact_phone\n"
KEPT = (
    "id, name, name_pinyin, people, skills, source, source_date, field_sources, region, "
    "ST_AsEWKB(geom), ST_AsEWKB(geom_3857)"
)


def uid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def line(number: int, *, people: int = 5, name: str = "临港队", phone: str = "119") -> str:
    lon = 121.123456789012 + number
    return f"{name},fire,{people},a;b,{uid(number)},{lon},29.9,王强,{phone}"


def publish(session: Session, folder: Path, *lines: str, **options: Any) -> uuid.UUID:
    path = folder / "teams.csv"
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    given = {"layer": "team", "crs": "4326", "source": "city", **options}
    batch = pipeline.start(session, path.name, Options(**given))
    pipeline.analyse(session, batch, path)
    pipeline.publish(session, batch)
    set_bulk_off(session)
    return batch


def set_bulk_off(session: Session) -> None:
    """The test's one transaction goes on with single edits."""
    session.execute(text("SELECT set_config('onemap.bulk', '', true)"))


def stored(session: Session) -> list[Any]:
    teams = session.execute(text(f"SELECT {KEPT} FROM team ORDER BY id"))
    contacts = session.execute(text("SELECT feature_id, name, phone, rank FROM contact ORDER BY 1"))
    return [tuple(row) for row in (*teams, *contacts)]


def edit(session: Session, number: int, people: int) -> None:
    session.execute(
        text("UPDATE team SET people = :people WHERE id = :id"),
        {"people": people, "id": uid(number)},
    )


def test_everything_is_as_it_was_before_and_each_row_has_a_new_version(
    session: Session, tmp_path: Path
) -> None:
    publish(session, tmp_path, line(1), line(2), line(3, name="三队"))
    before = stored(session)
    batch = publish(
        session, tmp_path, line(1, people=9, name="新名"), line(2), line(4, phone="120"),
        source="province", source_date="2026-05-05",
    )  # fmt: skip
    assert stored(session) != before
    back = take_back(session, batch)
    assert (back.restored, back.edited_since) == (1, [])
    assert back.removed == 2  # the fourth team and its contact
    assert stored(session) == before
    assert session.scalar(text("SELECT version FROM team WHERE id = :id"), {"id": uid(1)}) == 3
    assert session.scalar(text("SELECT version FROM team WHERE id = :id"), {"id": uid(2)}) == 1
    journal.seal(session)
    assert journal.verify(session) == session.scalar(text("SELECT count(*) FROM journal"))


def test_rows_that_the_batch_removed_come_back(session: Session, tmp_path: Path) -> None:
    publish(session, tmp_path, line(1), line(2))
    before = stored(session)
    path = tmp_path / "teams.csv"
    path.write_text(HEAD + line(1) + "\n", encoding="utf-8")
    batch = pipeline.start(session, "x", Options(layer="team", crs="4326", source="city"))
    pipeline.analyse(session, batch, path)
    begin(session, batch)
    assert load_staged(session, batch, find("team"), remove_gone=True).removed == 1
    set_bulk_off(session)
    assert take_back(session, batch).restored == 1
    assert stored(session) == before


def test_rows_changed_since_are_listed_and_nothing_is_taken_back(
    session: Session, tmp_path: Path
) -> None:
    publish(session, tmp_path, line(1), line(2))
    batch = publish(session, tmp_path, line(1, people=9), line(2, people=9), line(3))
    edit(session, 2, 11)
    edit(session, 3, 12)
    after = stored(session)
    with pytest.raises(ConflictError) as caught, session.begin_nested():
        take_back(session, batch)
    assert caught.value.code == "edited_since"
    assert [(each["id"], each["version"]) for each in caught.value.details["edited_since"]] == [
        (uid(2), 3), (uid(3), 2),
    ]  # fmt: skip
    assert stored(session) == after


def test_rows_changed_since_are_left_where_that_is_asked_for(
    session: Session, tmp_path: Path
) -> None:
    publish(session, tmp_path, line(1), line(2))
    batch = publish(session, tmp_path, line(1, people=9), line(2, people=9), line(3), line(4))
    edit(session, 2, 11)
    edit(session, 3, 12)
    back = take_back(session, batch, keep_edited=True)
    assert [each["id"] for each in back.edited_since] == [uid(2), uid(3)]
    people = session.execute(text("SELECT right(id::text, 1), people FROM team ORDER BY 1"))
    assert [tuple(row) for row in people] == [("1", 5), ("2", 11), ("3", 12)]
    contacts = session.execute(text("SELECT right(feature_id::text, 1) FROM contact ORDER BY 1"))
    assert list(contacts.scalars()) == ["1", "2", "3"]


def test_a_row_that_somebody_removed_since_stays_removed_and_is_told(
    session: Session, tmp_path: Path
) -> None:
    publish(session, tmp_path, line(1))
    batch = publish(session, tmp_path, line(1, people=9), line(2))
    session.execute(text("DELETE FROM team"))
    back = take_back(session, batch, keep_edited=True)
    assert [(each["id"], each["version"]) for each in back.edited_since] == [(uid(1), None)]
    assert session.scalar(text("SELECT count(*) FROM team")) == 0


def test_what_refers_to_a_row_that_goes_refers_to_nothing_afterwards(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "parks.csv"
    path.write_text(f"name,substance,enterprise,id,lon,lat\nT,氯,,{uid(9)},121,29\n")
    batch = pipeline.start(session, "x", Options(layer="hazard_source", crs="4326", source="s"))
    pipeline.analyse(session, batch, path)
    pipeline.publish(session, batch)
    set_bulk_off(session)
    session.execute(
        text("INSERT INTO tank (name, hazard_source_id, geom) VALUES "
             "('1', :id, 'SRID=4326;POINT(121 29)')"),
        {"id": uid(9)},
    )  # fmt: skip
    back = take_back(session, batch)
    assert back.removed == 1
    assert session.scalar(text("SELECT hazard_source_id FROM tank")) is None


def test_nothing_to_take_back_takes_nothing_back(session: Session) -> None:
    back = take_back(session, uuid.uuid4())
    assert (back.restored, back.removed, back.edited_since) == (0, 0, [])


def test_rows_from_before_a_column_are_restored_with_its_default(
    urls: Urls, database: Engine, tmp_path: Path
) -> None:
    with Session(database) as session, session.begin():
        publish(session, tmp_path, line(1), line(2, name="二队"))
        batch = publish(session, tmp_path, line(1, people=9), source="other")
    older = create_engine(urls.migrator, poolclass=NullPool)
    with older.begin() as connection:  # as the journal of the first schema kept them
        newer = "'{field_sources,source_date}'::text[]"
        connection.execute(text(f"UPDATE row_history SET row = (row::jsonb - {newer})::json"))
    with Session(database) as session, session.begin():
        assert take_back(session, batch).restored == 1
        teams = session.execute(text("SELECT people, field_sources FROM team ORDER BY id"))
        assert [tuple(row) for row in teams] == [(5, {}), (5, {})]
