"""The private PostgreSQL cluster that a site uses when it names no server of its own.

Programs share it. Each holds a shared lock on `postgres.use` while it uses the cluster; the last
one out stops it. `postgres.turn` lets one program at a time look, start or stop. Both locks are
`flock`: the kernel frees them however a program dies, and a server left running by a killed
program is taken over by the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from layers import roles
from layers.errors import SetupError
from layers.installation import Owner, unprivileged_owner
from layers.postmaster import SUPERUSER, Postmaster

log = logging.getLogger(__name__)

# Not /var/lib/onemap: an installed bundle keeps that to its own account.
OUTSIDE = Path("/var/lib/onemap-private")
WATCH_INTERVAL_S = 1.0
ATTEMPTS = 20
ATTEMPT_INTERVAL_S = 0.25


@dataclass(frozen=True)
class Urls:
    """SQLAlchemy URLs of one database, by who connects."""

    app: str
    migrator: str
    superuser: str

    @classmethod
    def on_socket(cls, folder: Path, database: str = roles.DATABASE) -> Urls:
        """Return the URLs of a database behind the unix socket in `folder`."""
        return cls(
            *(
                f"postgresql+psycopg://{role}@/{database}?host={folder}"
                for role in (roles.APP, roles.MIGRATOR, SUPERUSER)
            )
        )


@contextmanager
def running(var_dir: Path, *, durable: bool = True) -> Iterator[Urls]:
    """Run the cluster of `var_dir` for as long as the block lasts, or join it if it runs.

    While the block lasts, a server that dies is started again.

    Parameters
    ----------
    var_dir
        The site's folder; made if absent. Data goes to `var_dir/postgres`, or to
        /var/lib/onemap-private where the account that runs PostgreSQL cannot enter `var_dir`.
    durable
        False turns fsync off. For tests only.

    Yields
    ------
    Urls
        Database `onemap` with its roles and extensions; not yet migrated.

    Raises
    ------
    SetupError
        Something is missing on the machine, or the server does not start; says what to do.
    """
    var_dir = var_dir.resolve()
    var_dir.mkdir(parents=True, exist_ok=True)
    starter = os.getpid()
    postmaster = place(var_dir, durable=durable)
    with _open_lock(var_dir / "postgres.use") as use:
        try:
            with turn(var_dir):
                fcntl.flock(use, fcntl.LOCK_SH)
                urls = _bring_up(postmaster)
                if durable:
                    roles.refuse_unsafe(urls.app)
            with _watch(var_dir, postmaster):
                yield urls
        finally:
            # A forked worker leaves through this frame too; the cluster is not its to stop.
            if os.getpid() == starter:
                _leave(var_dir, postmaster, use)


def place(var_dir: Path, *, durable: bool = True) -> Postmaster:
    """Return the postmaster of a site's folder, where its data is or shall be."""
    inside = var_dir / "postgres"
    mark = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
    outside = OUTSIDE / mark
    for data in (outside, inside):
        if (data / "PG_VERSION").exists():
            return Postmaster(data, _owner_of(data), durable)
    owner = unprivileged_owner()
    if _can_enter(owner, var_dir):
        return Postmaster(inside, owner, durable)
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)  # whatever root's umask: another account must get through
    return Postmaster(outside, owner, durable)


@contextmanager
def turn(var_dir: Path) -> Iterator[None]:
    """Hold the right to look at, start or stop the cluster of `var_dir`; waits for it."""
    with _open_lock(var_dir / "postgres.turn") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _bring_up(postmaster: Postmaster) -> Urls:
    # A server that was killed a moment ago still looks alive; only talking to it tells.
    for _ in range(ATTEMPTS):
        _ensure_running(postmaster)
        folder = postmaster.socket_folder()
        try:
            if folder is not None:
                urls = Urls.on_socket(folder)
                roles.provision(urls.superuser)
                return urls
        except psycopg.OperationalError as error:
            log.warning("PostgreSQL in %s does not answer: %s", postmaster.data, error)
        time.sleep(ATTEMPT_INTERVAL_S)
    raise SetupError(
        f"PostgreSQL in {postmaster.data} runs but does not answer; see server.log there"
    )


def _ensure_running(postmaster: Postmaster) -> None:
    if not postmaster.exists():
        postmaster.init()
    if postmaster.pid() is None:
        postmaster.start()
    else:
        postmaster.wait_ready()


def _leave(var_dir: Path, postmaster: Postmaster, use: IO[str]) -> None:
    with turn(var_dir):
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        postmaster.stop()


@contextmanager
def _watch(var_dir: Path, postmaster: Postmaster) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(WATCH_INTERVAL_S):
            if postmaster.pid() is not None:
                continue
            try:
                with turn(var_dir):
                    if not done.is_set():
                        log.warning("PostgreSQL in %s is gone; starting it", postmaster.data)
                        _ensure_running(postmaster)
            except (SetupError, OSError):
                log.exception("PostgreSQL in %s could not be started", postmaster.data)

    thread = threading.Thread(target=watch, name="cluster-watch", daemon=True)
    thread.start()
    starter = os.getpid()
    try:
        yield
    finally:
        done.set()
        if os.getpid() == starter:
            thread.join()


def _open_lock(path: Path) -> IO[str]:
    try:
        return path.open("a")
    except PermissionError:
        raise SetupError(f"{path} belongs to another user; run as that user or as root") from None


def _owner_of(data: Path) -> Owner:
    uid = data.stat().st_uid
    if os.geteuid() not in (0, uid):
        raise SetupError(
            f"{data} belongs to {Owner.of(uid).name}; run as root, or choose another var folder"
        )
    return Owner.of(uid)


def _can_enter(owner: Owner, folder: Path) -> bool:
    return owner.run(["test", "-x", str(folder)]).returncode == 0
