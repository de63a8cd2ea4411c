"""A backup comes back whole, or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import os
import shutil
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from layers import backup, catalog, edit, journal, query, roles, user_layers
from layers import database as db
from layers.cluster import Urls
from layers.database import set_bulk
from layers.documents import Store
from layers.errors import DamagedError
from layers.layer import Layer
from layers.models import Document, Team, Water
from layers.query import Scope

PLACE = "SRID=4326;POINT(9.5 47.1)"
PLAN = b"one plan for one plant"


@pytest.fixture
def filled(database: Engine) -> Engine:
    with Session(database) as session:
        session.add_all([Team(name=f"队{i}", kind="fire", geom=PLACE) for i in range(20)])
        session.add(Water(kind="sea", geom="SRID=4326;POLYGON((-1 80, 1 80, 1 90, -1 90, -1 80))"))
        own = user_layers.create(session, title="井盖", geometry_type="POINT", owner="li")
        session.execute(text(f"INSERT INTO {own.name} (name, geom) VALUES ('甲', '{PLACE}')"))
        session.flush()
        session.execute(text("UPDATE team SET people = 5 WHERE name < '队5'"))
        set_bulk(session, uuid.uuid4())
        session.execute(text("DELETE FROM team WHERE name = '队7'"))
        journal.seal(session, limit=15)
        session.commit()
    return database


@contextmanager
def server(urls: Urls) -> Iterator[psycopg.Connection]:
    url = make_url(urls.superuser).set(database="postgres")
    info = roles.conninfo(url.render_as_string(hide_password=False))
    with psycopg.connect(info, autocommit=True) as connection:
        yield connection


def databases(urls: Urls) -> set[str]:
    name = make_url(urls.app).database
    with server(urls) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{name}"]
        )
        return {row[0] for row in rows}


def contents(url: str) -> tuple[dict[str, int], tuple[int, bytes], list[str]]:
    engine = db.create_engine(url)
    with Session(engine) as session:
        answer = (
            backup.counts(session),
            journal.head(session),
            list(session.scalars(text("SELECT t::text FROM team t ORDER BY id"))),
        )
    engine.dispose()
    return answer


def test_a_dropped_database_comes_back_with_equal_counts_and_hash(
    filled: Engine, urls: Urls, tmp_path: Path
) -> None:
    with Session(filled) as session:
        first_life = journal.epoch(session)
    filled.dispose()
    before = contents(urls.migrator)
    written = backup.backup(tmp_path / "one.backup", urls)
    assert (written.counts, written.seq, written.hash) == (before[0], 15, before[1][1].hex())
    with server(urls) as connection:
        connection.execute(f'DROP DATABASE "{make_url(urls.app).database}"'.encode())

    assert backup.restore(tmp_path / "one.backup", urls) == written

    assert contents(urls.migrator) == before
    with Session(filled) as session:
        assert journal.verify(session) == 15
        assert journal.epoch(session) != first_life
        assert session.scalar(select(func.ST_YMax(Water.geom_3857))) > 2e7
        session.add(Team(name="新", kind="fire", geom=PLACE))
        session.flush()
        unsealed = before[0]["journal"] - 15
        assert unsealed > 0
        assert journal.seal(session) == unsealed + 1, "what was not sealed yet, and the new row"
        with pytest.raises(Exception, match="permission denied"):
            session.execute(text("DELETE FROM journal"))


def test_a_users_own_layer_comes_back_and_lives_on(
    filled: Engine, urls: Urls, tmp_path: Path
) -> None:
    def own(session: Session) -> Layer:
        return next(layer for layer in catalog.layers(session) if layer.definition)

    backup.backup(tmp_path / "one.backup", urls)
    backup.restore(tmp_path / "one.backup", urls)
    with Session(filled) as session:
        name = own(session).name
        user_layers.change(session, name, {}, version=1, fields=[{"title": "深度"}])
        (depth,) = (field.name for field in user_layers.own_fields(own(session)))
        feature = {
            "geometry": {"type": "Point", "coordinates": [9.5, 47.1]}, "properties": {depth: "3 m"}
        }  # fmt: skip
        edit.add(session, own(session), feature, scope=Scope(None))
        assert query.count(session, own(session), scope=Scope(None)) == 2
        user_layers.remove(session, name, version=2, typed="井盖")
        assert user_layers.purge(session, older_than=dt.timedelta(0)) == [name]


def test_a_backup_is_for_its_owner_alone(filled: Engine, urls: Urls, tmp_path: Path) -> None:
    """It holds telephone numbers and password hashes."""
    old = os.umask(0)
    try:
        backup.backup(tmp_path / "one.backup", urls)
    finally:
        os.umask(old)
    assert (tmp_path / "one.backup").stat().st_mode & 0o777 == 0o600


def test_a_restore_over_a_living_database_cuts_it_off_and_keeps_it(
    filled: Engine, urls: Urls, tmp_path: Path
) -> None:
    backup.backup(tmp_path / "one.backup", urls)
    with Session(filled) as session:
        session.execute(text("DELETE FROM team"))
        session.commit()
        backup.restore(tmp_path / "one.backup", urls)
    with Session(filled) as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 19
    name = str(make_url(urls.app).database)
    assert databases(urls) == {name, f"{name}_before_restore"}


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_flipped_byte_is_refused_and_nothing_has_changed(
    filled: Engine, urls: Urls, tmp_path: Path, where: float
) -> None:
    file = tmp_path / "one.backup"
    backup.backup(file, urls)
    with tarfile.open(file) as archive:
        dump = archive.getmember(backup.DUMP)
    data = bytearray(file.read_bytes())
    data[dump.offset_data + int(dump.size * where)] ^= 1
    file.write_bytes(data)
    before = contents(urls.migrator), databases(urls)
    with pytest.raises(DamagedError, match="checksum"):
        backup.restore(file, urls)
    assert (contents(urls.migrator), databases(urls)) == before


@pytest.mark.parametrize("length", [0, 100, 3000])
def test_a_cut_file_is_refused(filled: Engine, urls: Urls, tmp_path: Path, length: int) -> None:
    file = tmp_path / "one.backup"
    backup.backup(file, urls)
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(DamagedError):
        backup.restore(file, urls)
    assert len(databases(urls)) == 1


def test_a_backup_that_lacks_rows_is_refused(
    filled: Engine, urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.backup"
    honest = backup.backup(file, urls)
    more = dataclasses.replace(honest, counts=honest.counts | {"team": 20})
    monkeypatch.setattr(backup, "read_manifest", lambda source: more)
    with pytest.raises(DamagedError, match="team: 19 rows instead of 20"):
        backup.restore(file, urls)
    assert len(databases(urls)) == 1


def test_a_failed_backup_leaves_the_last_one_alone(
    urls: Urls, tmp_path: Path, template: Urls
) -> None:
    file = tmp_path / "one.backup"
    file.write_text("the last one")
    gone = Urls(*(url.replace("/test_", "/gone_") for url in dataclasses.astuple(urls)))
    with pytest.raises(Exception, match="does not exist"):
        backup.backup(file, gone)
    assert file.read_text() == "the last one"
    assert [path.name for path in tmp_path.iterdir()] == ["one.backup"]


@pytest.fixture
def filed(filled: Engine, tmp_path: Path) -> Path:
    """A folder of documents, and a row that names its one content."""
    store = Store(tmp_path / "documents")
    sha256 = store.keep(store.receive(io.BytesIO(PLAN), max_bytes=100))
    with Session(filled) as session:
        session.add(
            Document(layer="team", feature_id=uuid.uuid4(), kind="other", title="预案",
                     file_name="plan.txt", media_type="text/plain", size_bytes=len(PLAN),
                     sha256=sha256)
        )  # fmt: skip
        session.commit()
    return store.folder


def test_documents_come_back_with_the_database(filed: Path, urls: Urls, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    assert backup.backup(file, urls, documents=filed).documents == 1
    shutil.rmtree(filed)
    backup.restore(file, urls, documents=filed)
    (back,) = Store(filed).contents()
    assert Store(filed).path(back).read_bytes() == PLAN
    shutil.rmtree(filed)
    again = backup.backup(file, urls, documents=filed)
    assert (again.documents, list(again.documents_missing)) == (0, [back])


def test_a_document_that_was_exchanged_is_found(filed: Path, urls: Urls, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    backup.backup(file, urls, documents=filed)
    content = file.read_bytes()
    assert content.count(PLAN) == 1
    file.write_bytes(content.replace(PLAN, PLAN[::-1]))
    with pytest.raises(DamagedError, match="not what its name says"):
        backup.restore(file, urls, documents=tmp_path / "elsewhere")
    assert list(Store(tmp_path / "elsewhere").contents()) == []
