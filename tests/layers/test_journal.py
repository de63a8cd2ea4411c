"""The journal: every change is one row, in one order, in one unbroken chain."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from layers import journal, roles
from layers.cluster import Urls
from layers.database import set_actor, set_bulk
from layers.errors import DamagedError, NotFoundError
from layers.models import (
    Assessment,
    Base,
    Contact,
    Enterprise,
    HazardSource,
    Incident,
    JournalRow,
    LayerState,
    Resource,
    RowHistory,
    Stock,
    Team,
    User,
)  # fmt: skip
from layers.sealer import Sealer

PLACE = "SRID=4326;POINT(9.5 47.1)"


def team(name: str = "一队", **fields: Any) -> Team:
    return Team(name=name, kind="fire", geom=PLACE, **fields)


def saved(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def lines(session: Session) -> list[JournalRow]:
    return list(session.scalars(select(JournalRow).order_by(JournalRow.entry)))


def eventually(condition: Callable[[], bool]) -> None:
    for _ in range(1500):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it never came true")


def test_every_change_is_one_row_with_before_and_after(session: Session) -> None:
    set_actor(session, "li")
    row = saved(session, team(region="330206"))
    row.name = "二队"
    session.flush()
    session.delete(row)
    session.flush()
    changes = lines(session)
    assert [(c.op, c.version, c.actor, c.region, c.layer) for c in changes] == [
        ("insert", 1, "li", "330206", "team"),
        ("update", 2, "li", "330206", "team"),
        ("delete", 2, "li", "330206", "team"),
    ]
    assert [(c.before or {}).get("name") for c in changes] == [None, "一队", "二队"]
    assert [(c.after or {}).get("name") for c in changes] == ["一队", "二队", None]
    assert changes[0].after["geom"] == {"type": "Point", "coordinates": [9.5, 47.1]}
    assert "geom_3857" not in changes[0].after


def test_a_change_that_changes_nothing_leaves_no_trace(session: Session) -> None:
    row = saved(session, team())
    changed = session.execute(text("UPDATE team SET name = name, geom = geom"))
    session.refresh(row)
    assert changed.rowcount == 1, "the writer must not take it for a lost row"
    assert row.version == 1
    assert len(lines(session)) == 1


def test_the_writer_cannot_choose_version_time_or_entry(session: Session) -> None:
    row = saved(session, team(version=70, entry=70))
    assert session.scalar(select(Team.version)) == 1
    session.execute(text("UPDATE team SET version = 99, entry = 99, updated_at = '1999-01-01'"))
    session.refresh(row)
    assert row.version == 1
    assert row.entry == lines(session)[0].entry
    assert row.updated_at.year > 2000


def test_a_row_that_comes_back_goes_on_with_its_version(session: Session) -> None:
    row = saved(session, team())
    row.name = "二队"
    session.flush()
    identity = row.id
    session.delete(row)
    session.flush()
    assert saved(session, team(id=identity)).version == 3


def test_an_incident_and_what_belongs_to_it_are_journalled_under_it(session: Session) -> None:
    incident = saved(
        session, Incident(kind="other", title="演练", occurred_at=func.now(), geom=PLACE)
    )
    saved(session, Assessment(incident_id=incident.id, body={}))
    other = uuid.uuid4()
    set_actor(session, "li", incident=other)
    saved(session, team())
    assert [line.incident for line in lines(session)] == [incident.id, incident.id, other]


def test_a_password_never_enters_the_journal(session: Session) -> None:
    user = saved(session, User(name="li", password_hash="$argon2id$secret-1"))
    user.password_hash = "$argon2id$secret-2"
    session.flush()
    session.delete(user)
    session.flush()
    assert [line.op for line in lines(session)] == ["insert", "update", "delete"]
    for table in ("journal", "row_history"):
        rows = session.scalars(text(f"SELECT t::text FROM {table} t")).all()
        assert not any("argon2" in row or "password_hash" in row for row in rows)


def test_what_the_database_removes_by_itself_is_journalled_too(session: Session) -> None:
    plant = saved(session, Enterprise(name="厂", geom=PLACE))
    saved(session, HazardSource(enterprise_id=plant.id, geom=PLACE))
    depot = saved(session, Resource(kind="depot", geom=PLACE))
    saved(session, Stock(resource_id=depot.id, item="泡沫", quantity=2, unit="t"))
    session.execute(text("DELETE FROM enterprise"))
    session.execute(text("DELETE FROM resource"))
    assert {(line.op, line.layer) for line in lines(session)[4:]} == {
        ("delete", "enterprise"),
        ("update", "hazard_source"),
        ("delete", "resource"),
        ("delete", "stock"),
    }


def test_every_table_with_versions_is_under_the_journal(session: Session) -> None:
    versioned = {name for name, table in Base.metadata.tables.items() if "version" in table.columns}
    under = set(
        session.scalars(
            text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'onemap_stamp'")
        )
    )
    assert under == versioned - {"import_batch", "journal"}
    assert under == set(journal.watched())


def test_a_bulk_load_is_one_row_and_its_rows_carry_that_entry(session: Session) -> None:
    batch = uuid.uuid4()
    set_bulk(session, batch)
    session.execute(
        text("INSERT INTO team (name, kind, geom) SELECT 'n' || i, 'fire', :p FROM "
             "generate_series(1, 500) AS i"),
        {"p": PLACE},
    )  # fmt: skip
    (line,) = lines(session)
    assert (line.op, line.layer, line.count, line.batch) == ("load", "team", 500, batch)
    assert session.scalars(select(Team.entry).distinct()).all() == [line.entry]


def test_a_bulk_change_keeps_every_superseded_version(session: Session) -> None:
    session.add_all([team(f"n{i}") for i in range(10)])
    session.flush()
    set_bulk(session, uuid.uuid4())
    session.execute(text("UPDATE team SET people = 5 WHERE name < 'n4'"))
    session.execute(text("UPDATE team SET people = 5 WHERE name < 'n4'"))
    session.execute(text("DELETE FROM team WHERE name < 'n2'"))
    loads = [(line.op, line.count) for line in lines(session)[10:]]
    assert loads == [("load", 4), ("load", 2)], "the second update changed nothing"
    past = session.scalars(select(RowHistory).order_by(RowHistory.entry_to)).all()
    assert [row.row["people"] for row in past] == [None] * 4 + [5] * 2


def test_a_bulk_upsert_and_a_bulk_cascade_are_one_row_a_statement(session: Session) -> None:
    saved(session, Enterprise(name="厂", credit_code="91330206MA2AFKXX0R", geom=PLACE))
    set_bulk(session, uuid.uuid4())
    session.execute(
        text("INSERT INTO enterprise (name, credit_code, geom) VALUES "
             "('新', '91330206MA2AFKXX0R', :p), ('又', '91330206MA2AFKXX1R', :p) "
             "ON CONFLICT (credit_code) DO UPDATE SET name = excluded.name"),
        {"p": PLACE},
    )  # fmt: skip
    assert sorted((line.op, line.count) for line in lines(session)[1:]) == [
        ("load", 1),
        ("load", 1),
    ]
    depot = saved(session, Resource(kind="depot", geom=PLACE))
    session.add_all(
        [Stock(resource_id=depot.id, item="沙", quantity=i, unit="t") for i in range(9)]
    )
    session.flush()
    session.execute(text("DELETE FROM resource"))
    gone = {(line.layer, line.count) for line in lines(session)[-2:]}
    assert gone == {("resource", 1), ("stock", 9)}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal (layer, op) VALUES ('team', 'insert')",
        "UPDATE journal SET actor = 'nobody'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "UPDATE row_history SET layer = 'x'",
        "DELETE FROM row_history",
        "UPDATE layer_state SET revision = 0",
        "UPDATE epoch SET begun_at = now()",
        "ALTER TABLE team DISABLE TRIGGER ALL",
        "TRUNCATE team",
    ],
)
def test_the_program_itself_cannot_touch_the_record(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        session.execute(text(statement))


def test_sealing_gives_each_layer_the_seq_of_its_last_change(session: Session) -> None:
    row = saved(session, team())
    saved(session, Contact(layer="team", feature_id=row.id, phone="119"))
    row.name = "二队"
    session.flush()
    assert journal.high_water(session) == journal.oldest(session) == 0
    assert journal.seal(session) == 3
    assert journal.seal(session) == 0
    assert (journal.oldest(session), journal.high_water(session)) == (1, 3)
    revisions = {state.layer: state.revision for state in session.scalars(select(LayerState))}
    assert revisions == {"team": 3, "contact": 2}
    assert [line.seq for line in journal.sealed_after(session, 1)] == [2, 3]
    assert [line.seq for line in journal.sealed_after(session, 0, limit=1)] == [1]


def test_an_unsealed_change_is_not_there_for_readers(session: Session) -> None:
    saved(session, team())
    assert journal.sealed_after(session, 0) == []


def test_a_row_is_as_it_was_at_each_seq(session: Session) -> None:
    set_bulk(session, uuid.uuid4())
    row = saved(session, team("0"))
    session.execute(text("SELECT set_config('onemap.bulk', '', true)"))
    for name in ("1", "2"):
        row.name = name
        session.flush()
    set_bulk(session, uuid.uuid4())
    session.execute(text("UPDATE team SET name = '3'"))
    session.execute(text("DELETE FROM team"))
    identity = row.id
    session.expunge(row)
    journal.seal(session)
    names = [(journal.row_at(session, "team", identity, seq) or {}).get("name") for seq in range(7)]
    assert names == [None, "0", "1", "2", "3", None, None]


def test_a_layer_without_journal_is_named_as_such(session: Session) -> None:
    with pytest.raises(NotFoundError, match=r"no journal of 'nothing'; there is .*assessment"):
        journal.row_at(session, "nothing", uuid.uuid4(), 1)


@pytest.fixture
def tampered(urls: Urls, database: Engine) -> Iterator[Callable[[str], Engine]]:
    """Ten sealed rows, and a way to change them that only the owner of the tables has."""
    with Session(database) as session:
        session.add_all([team(f'n{i} 火|\n"') for i in range(10)])
        session.flush()
        journal.seal(session)
        session.commit()
        assert journal.verify(session) == 10

    def tamper(statement: str) -> Engine:
        with psycopg.connect(roles.conninfo(urls.migrator)) as connection:
            connection.execute(statement.encode())
        return database

    yield tamper


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE journal SET actor = 'nobody' WHERE seq = 4", 4),
        ("UPDATE journal SET after = replace(after::text, 'fire', 'Fire')::json WHERE seq = 1", 1),
        ("UPDATE journal SET at = at + interval '1 microsecond' WHERE seq = 10", 10),
        ("UPDATE journal SET region = '' WHERE seq = 3", 3),
        ("UPDATE journal SET layer = 'tea', op = 'minsert' WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 5", 5),
        ("DELETE FROM journal WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq > 8", 9),
        (
            "UPDATE journal SET seq = -seq WHERE seq IN (6, 7); "
            "UPDATE journal SET seq = 13 + seq WHERE seq < 0",
            6,
        ),
    ],
)
def test_verification_finds_a_row_that_was_edited_moved_or_taken_out(
    tampered: Callable[[str], Engine], statement: str, seq: int
) -> None:
    with Session(tampered(statement)) as session:
        with pytest.raises(DamagedError) as caught:
            journal.verify(session)
        assert caught.value.details["seq"] == seq


@contextmanager
def sealing(engine: Engine) -> Iterator[Sealer]:
    sealer = Sealer(engine)
    sealer.start()
    try:
        yield sealer
    finally:
        sealer.stop()


def test_no_late_commit_is_skipped_or_seen_twice(database: Engine) -> None:
    """Sixteen writers commit out of order; a follower that remembers its last seq sees all."""
    writers, each = 16, 25
    seen: list[tuple[int, uuid.UUID]] = []
    written: list[uuid.UUID] = []
    done = threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(each):
            with Session(database) as session:
                row = saved(session, team(str(seed)))
                time.sleep(chance.random() * 0.03)
                identity = row.id
                session.commit()
            written.append(identity)

    def follow() -> None:
        with Session(database) as session:
            while True:
                last = done.is_set()
                seq = seen[-1][0] if seen else 0
                for line in journal.sealed_after(session, seq, limit=50):
                    assert line.seq is not None and line.feature is not None
                    seen.append((line.seq, line.feature))
                session.rollback()
                if last and len(seen) >= len(written):
                    return
                time.sleep(0.005)

    with sealing(database), sealing(database):
        follower = threading.Thread(target=follow)
        threads = [threading.Thread(target=write, args=(seed,)) for seed in range(writers)]
        for thread in [follower, *threads]:
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        follower.join(30)
    assert [seq for seq, _ in seen] == list(range(1, writers * each + 1))
    assert {feature for _, feature in seen} == set(written)
    with Session(database) as session:
        assert journal.verify(session) == writers * each
        entries = session.scalars(select(JournalRow.entry).order_by(JournalRow.seq)).all()
    assert list(entries) != sorted(entries), "nothing came late, so nothing was proven"


def test_a_sealer_tells_listeners(urls: Urls, database: Engine) -> None:
    with psycopg.connect(roles.conninfo(urls.app), autocommit=True) as listener:
        listener.execute(f"LISTEN {journal.SEALED}")
        with sealing(database), Session(database) as session:
            saved(session, team())
            session.commit()
            assert [n.payload for n in listener.notifies(timeout=30, stop_after=1)] == [""]


def test_a_sealer_comes_back_with_the_database_and_another_takes_over(
    urls: Urls, database: Engine
) -> None:
    def high_water() -> int:
        with Session(database) as session:
            return journal.high_water(session)

    with sealing(database) as first, sealing(database):
        with Session(database) as session:
            saved(session, team())
            session.commit()
        eventually(lambda: high_water() == 1)
        with psycopg.connect(roles.conninfo(urls.superuser), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with Session(database) as session:
            saved(session, team())
            session.commit()
        eventually(lambda: high_water() == 2)
        first.stop()
        with Session(database) as session:
            saved(session, team())
            session.commit()
        eventually(lambda: high_water() == 3)
