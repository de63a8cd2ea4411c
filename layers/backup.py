"""The whole database in one file, and back.

A backup is a tar of `manifest.json`, `onemap.dump` (pg_dump's custom format), the contents of
documents and the archives of base maps, all of one moment: the counts are taken in the very
snapshot that is dumped. A restore builds a new database beside the old one, holds it against the
manifest, and only then swaps the names, in one transaction. The database that was there is kept as
`<name>_before_restore`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import IO

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers import database, journal, roles
from layers.basemaps import carry as basemap_carry
from layers.cluster import Urls
from layers.documents import carry
from layers.errors import DamagedError, SetupError
from layers.installation import binaries

FORMAT = 1
DUMP, MANIFEST = "onemap.dump", "manifest.json"
CHUNK_BYTES = 1 << 20
SWAP_ATTEMPTS = 5


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds. `hash` is the journal's at `seq`; `sha256` is the dump file's."""

    format: int
    product_version: str
    schema: str
    created_at: str
    epoch: str
    seq: int
    hash: str
    counts: dict[str, int]
    sha256: str
    documents: int = 0
    documents_missing: Sequence[str] = ()
    basemaps: int = 0
    basemaps_missing: Sequence[str] = ()


def backup(
    target: Path, urls: Urls, *, documents: Path | None = None, basemaps: Path | None = None
) -> Manifest:
    """Write the database of `urls` to one file, whole or not at all.

    Parameters
    ----------
    documents
        The folder in which the contents of documents lie. A content that is missing there does
        not stop the backup of everything else: `documents_missing` names it.
    basemaps
        The folder in which the archives of base maps lie; `basemaps_missing` names what is not.

    Raises
    ------
    SetupError
        pg_dump is missing or refuses; carries its words.
    """
    engine = sa.create_engine(database.normal_url(urls.migrator), poolclass=NullPool)
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder,
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        Session(connection) as session,
    ):
        snapshot = session.scalar(sa.text("SELECT pg_export_snapshot()"))
        dump = Path(folder) / DUMP
        _run(
            ["pg_dump", "--format=custom", "--no-comments", f"--snapshot={snapshot}",
             "--exclude-table-data=public.spatial_ref_sys", f"--file={dump}"],
            urls.migrator,
        )  # fmt: skip
        there, missing = carry.held(session, documents) if documents else ([], [])
        maps, maps_missing = basemap_carry.held(session, basemaps) if basemaps else ([], [])
        manifest = replace(
            _describe(session, dump), documents=len(there), documents_missing=missing,
            basemaps=len(maps), basemaps_missing=maps_missing,
        )  # fmt: skip
        whole = Path(folder) / "whole"
        with tarfile.open(whole, "w") as archive:
            text = json.dumps(asdict(manifest), indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
            archive.add(dump, DUMP)
            if documents:
                carry.pack(archive, documents, there)
            if basemaps:
                basemap_carry.pack(archive, basemaps, maps)
        whole.chmod(0o600)  # it holds every name, number and password hash of the site
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        whole.replace(target)
    _sync_folder(target.parent)
    engine.dispose()
    return manifest


def restore(
    source: Path, urls: Urls, *, documents: Path | None = None, basemaps: Path | None = None
) -> Manifest:
    """Put a backup in the place of the database of `urls`, which need not exist.

    Older schemas are brought to the newest. The database gets a new epoch, so that readers who
    remember a seq know that it no longer means the same. Programs that are connected are cut off
    and come back to the restored database.

    Raises
    ------
    DamagedError
        The file, or what came out of it, is not what was backed up; nothing has changed.
    SetupError
        pg_restore is missing or refuses, or the backup is of a newer schema.
    """
    name = make_url(urls.app).database or roles.DATABASE
    fresh = f"{name}_restoring_{uuid.uuid4().hex[:8]}"
    with _unpacked(source) as (manifest, dump), _server(urls) as server:
        roles.make_database(server, fresh)
        try:
            beside = _at_database(urls, fresh)
            roles.provision(beside.superuser)
            _fill(beside, dump)
            _compare(beside, manifest)
            if documents is not None:
                carry.unpack(source, documents, expected=manifest.documents)
            if basemaps is not None:
                basemap_carry.unpack(source, basemaps, expected=manifest.basemaps)
            database.migrate(beside.migrator)
            _begin_epoch(beside)
            _swap(server, fresh, name)
        except BaseException:
            server.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(fresh)))
            raise
    return manifest


def read_manifest(source: Path) -> Manifest:
    """Return what a backup says of itself; the dump is not read.

    Raises
    ------
    DamagedError
        It is no backup of ours.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            member = archive.extractfile(MANIFEST)
            fields = json.load(member) if member else {}
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise DamagedError(f"{source} is not a backup, or is damaged: {error}") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise DamagedError(f"{source} is not a backup of format {FORMAT}")
    try:
        return Manifest(**fields)
    except TypeError as error:
        raise DamagedError(f"{source} has a manifest that does not fit: {error}") from error


def counts(session: Session) -> dict[str, int]:
    """Return the number of rows of every table of the schema."""
    names = sa.inspect(session.connection()).get_table_names()
    return {
        name: session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
        for name in sorted(names)
        if name != "spatial_ref_sys"  # PostGIS's own
    }


def _describe(session: Session, dump: Path) -> Manifest:
    seq, hash_ = journal.head(session)
    return Manifest(
        format=FORMAT,
        product_version=version("onemap"),
        schema=str(session.scalar(sa.text("SELECT version_num FROM alembic_version"))),
        created_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        epoch=str(journal.epoch(session)),
        seq=seq,
        hash=hash_.hex(),
        counts=counts(session),
        sha256=_sha256(dump),
    )


@contextmanager
def _unpacked(source: Path) -> Iterator[tuple[Manifest, Path]]:
    manifest = read_manifest(source)
    with tempfile.TemporaryDirectory(prefix="onemap-restore-") as folder:
        dump = Path(folder) / DUMP
        try:
            with tarfile.open(source, "r:") as archive, dump.open("wb") as file:
                _copy(archive.extractfile(DUMP), file)
        except (tarfile.TarError, KeyError, EOFError) as error:
            raise DamagedError(f"{source} is damaged: {error}") from error
        if _sha256(dump) != manifest.sha256:
            raise DamagedError(f"{source} is damaged: its data does not match its checksum")
        yield manifest, dump


def _fill(urls: Urls, dump: Path) -> None:
    # As the migrator, never as the superuser: a dump is SQL, and it may not be ours.
    _run(["pg_restore", "--exit-on-error", "--no-owner", "--no-comments",
          f"--dbname={roles.conninfo(urls.migrator)}", str(dump)])  # fmt: skip


def _compare(urls: Urls, manifest: Manifest) -> None:
    with _session(urls.migrator) as session:
        found = counts(session)
        if found != manifest.counts:
            wrong = [
                f"{name}: {found.get(name)} rows instead of {manifest.counts.get(name)}"
                for name in sorted(found.keys() | manifest.counts)
                if found.get(name) != manifest.counts.get(name)
            ]
            raise DamagedError("the backup is incomplete: " + "; ".join(wrong))
        journal.verify(session)
        seq, hash_ = journal.head(session)
        if (seq, hash_.hex()) != (manifest.seq, manifest.hash):
            raise DamagedError("the backup's journal does not end as its manifest says")


def _begin_epoch(urls: Urls) -> None:
    with _session(urls.migrator) as session:
        session.execute(sa.text("DELETE FROM epoch"))
        session.execute(sa.text("INSERT INTO epoch DEFAULT VALUES"))
        session.execute(sa.text("ANALYZE"))
        session.commit()


def _swap(server: psycopg.Connection, fresh: str, name: str) -> None:
    before, rename = f"{name}_before_restore", sql.SQL("ALTER DATABASE {} RENAME TO {}")
    had = server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall()
    if had:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(before)))
    for attempt in range(SWAP_ATTEMPTS):
        server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        try:
            with server.transaction():
                if had:
                    server.execute(rename.format(sql.Identifier(name), sql.Identifier(before)))
                server.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))
            return
        except psycopg.errors.ObjectInUse:  # somebody came back in between
            if attempt == SWAP_ATTEMPTS - 1:
                raise


@contextmanager
def _server(urls: Urls) -> Iterator[psycopg.Connection]:
    info = roles.conninfo(_at_database(urls, "postgres").superuser)
    with psycopg.connect(info, autocommit=True) as connection:
        yield connection


@contextmanager
def _session(url: str) -> Iterator[Session]:
    engine = sa.create_engine(database.normal_url(url), poolclass=NullPool)
    with Session(engine) as session:
        yield session
    engine.dispose()


def _at_database(urls: Urls, name: str) -> Urls:
    return Urls(
        *(
            make_url(url).set(database=name).render_as_string(hide_password=False)
            for url in (urls.app, urls.migrator, urls.superuser)
        )
    )


def _run(command: list[str], url: str | None = None) -> None:
    program = binaries() / command[0]
    database_ = [f"--dbname={roles.conninfo(url)}"] if url else []
    done = subprocess.run(
        [str(program), *command[1:], *database_],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"{command[0]} failed: {done.stderr.strip()}")


def _copy(source: IO[bytes] | None, target: IO[bytes]) -> None:
    while source and (chunk := source.read(CHUNK_BYTES)):
        target.write(chunk)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
