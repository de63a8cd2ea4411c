"""A database server that is not ours: what a person is told instead of a trace."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.config import Config
from gis_server.serve import database_of
from layers import database

COMMAND = [sys.executable, "-c", "from gis_server.cli import main; main()"]


def run(var, *arguments, **settings):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEMAP_")}
    given = {f"ONEMAP_{name}": value for name, value in {"VAR": str(var), **settings}.items()}
    return subprocess.run(
        [*COMMAND, *arguments], env=kept | given, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ["init", "layers", "check"])
def test_a_server_that_is_away_is_named_without_a_trace(tmp_path, command):
    done = run(tmp_path, command, DATABASE_URL="postgresql+psycopg://me:secret@127.0.0.1:8669/x")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


@pytest.mark.parametrize("url", ["nonsense", "postgresql://:secret@host:port/x"])
@pytest.mark.parametrize("setting", ["DATABASE_URL", "MIGRATOR_URL"])
def test_an_address_that_is_none_is_named_without_its_password(tmp_path, setting, url):
    done = run(tmp_path, "layers", **{setting: url})
    assert done.returncode == 2
    assert f"ONEMAP_{setting}: " in done.stderr and "not a database address" in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


def test_a_restore_on_a_foreign_server_says_what_its_administrator_does(tmp_path):
    file = tmp_path / "backup"
    file.touch()
    done = run(tmp_path, "restore", str(file), "--yes", "--json",
               DATABASE_URL="postgresql+psycopg://me@127.0.0.1:8669/x")  # fmt: skip
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "restore_foreign"
    assert [step.split()[0] for step in error["details"]["steps"]] == [
        "tar", "createdb", "psql", "pg_restore", "psql", "onemap",
    ]  # fmt: skip


@pytest.fixture
def lenient(monkeypatch):
    """Take the test's own cluster for a foreign server, although it runs without fsync."""
    monkeypatch.setattr("gis_server.serve.refuse_unsafe", lambda url: None)


def test_the_schema_is_brought_up_to_date_as_the_role_that_owns_it(
    tmp_path, urls, lenient, monkeypatch
):
    asked = []
    monkeypatch.setattr(database, "migrate", asked.append)
    for given, builder in ((urls.migrator, urls.migrator), (None, urls.app)):
        config = Config(var=tmp_path, database_url=urls.app, migrator_url=given)
        with database_of(config) as found:
            assert (found.app, found.migrator) == (urls.app, builder)
        assert asked.pop() == builder


def test_a_role_that_may_not_change_the_schema_is_told_whose_it_is(tmp_path, urls, lenient):
    from layers.errors import SetupError

    owner = database.create_engine(urls.migrator)
    with Session(owner) as session, session.begin():
        session.execute(text("DELETE FROM alembic_version"))
    owner.dispose()
    with (
        pytest.raises(SetupError, match="ONEMAP_MIGRATOR_URL"),
        database_of(Config(var=tmp_path, database_url=urls.app)),
    ):
        pass


def test_the_documents_of_a_backup_come_back_without_a_database(tmp_path):
    plan = b"a plan"
    sha256 = hashlib.sha256(plan).hexdigest()
    manifest = {
        "format": 1, "product_version": "0", "schema": "0002", "created_at": "", "epoch": "",
        "seq": 0, "hash": "", "counts": {}, "sha256": "", "documents": 1,
    }  # fmt: skip
    file = tmp_path / "backup"
    with tarfile.open(file, "w") as archive:
        for name, content in (
            ("manifest.json", json.dumps(manifest).encode()),
            (f"documents/{sha256}", plan),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    done = run(tmp_path, "restore", str(file), "--documents-only", "--json",
               DATABASE_URL="postgresql+psycopg://me@127.0.0.1:8669/x")  # fmt: skip
    assert json.loads(done.stdout) == {"documents": 1, "basemaps": 0}
    assert (tmp_path / "documents" / sha256[:2] / sha256).read_bytes() == plan
