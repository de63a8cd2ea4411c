"""One PostgreSQL server process on one data directory: made, started, watched and stopped.

Linux only: whether a process lives, is a zombie, and is really ours is read from /proc.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from layers.errors import SetupError

SUPERUSER = "postgres"
START_TIMEOUT_S = 300.0
LOG_LIMIT_BYTES = 16 * 2**20
PACKAGES = "postgresql-15 postgresql-15-postgis-3"

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0777",  # pg_hba asks the kernel who is calling (peer)
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "log_line_prefix": "'%m [%p] %u@%d %a '",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
FORGETFUL = dict.fromkeys(DURABLE, "off")

# No Linux process can have this id (PID_MAX_LIMIT is 2^22).
IMPOSSIBLE_PID = 2**22 + 1


@dataclass(frozen=True)
class Owner:
    """The unprivileged account that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> Owner:
        """Return the account with this user id."""
        entry = pwd.getpwuid(uid)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, with nothing of our environment."""
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            command, text=True, capture_output=True, **self.identity(), **options
        )

    def identity(self) -> dict[str, object]:
        """Return the subprocess options that make a child run as this account."""
        options: dict[str, object] = {
            "cwd": "/",
            "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        }
        if os.geteuid() == 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options


def unprivileged_owner() -> Owner:
    """Return who shall run PostgreSQL: ourselves, or, as root, `postgres` or `onemap`.

    Raises
    ------
    SetupError
        Root has no such account and cannot make one.
    """
    if os.geteuid() != 0:
        return Owner.of(os.geteuid())
    for name in ("postgres", "onemap"):
        try:
            return Owner.of(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "onemap"],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise SetupError(
            "PostgreSQL refuses to run as root, and the system user 'onemap' could not be made: "
            f"{made.stderr.strip()}"
        )
    return Owner.of(pwd.getpwnam("onemap").pw_uid)


def binaries(data: Path) -> Path:
    """Return the folder of the PostgreSQL programs that fit a data directory.

    Raises
    ------
    SetupError
        They are not installed; the message names the Debian packages.
    """
    found = {
        int(path.parent.parent.name): path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if path.parent.parent.name.isdigit() and int(path.parent.parent.name) >= 15
    }
    on_path = shutil.which("initdb")
    if on_path and not found:
        text = subprocess.run([on_path, "--version"], capture_output=True, text=True).stdout
        number = re.search(r"(\d+)", text)
        if number and int(number[1]) >= 15:
            found[int(number[1])] = Path(os.path.realpath(on_path)).parent
    version = data / "PG_VERSION"
    if version.exists():
        wanted = int(version.read_text())
        if wanted not in found:
            raise SetupError(
                f"{data} was made by PostgreSQL {wanted}, which is not installed; "
                f"install it: apt-get install postgresql-{wanted} postgresql-{wanted}-postgis-3"
            )
        return found[wanted]
    if not found:
        raise SetupError(f"PostgreSQL is not installed; install it: apt-get install {PACKAGES}")
    return found[min(found)]


def process_state(pid: int) -> str | None:
    """Return the kernel's state letter of a process ("Z" is a zombie), or None if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


@dataclass
class Postmaster:
    """The server process of one data directory.

    Not safe for two callers at once: `layers.cluster` calls it under a lock.
    """

    data: Path
    owner: Owner
    durable: bool = True
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def exists(self) -> bool:
        """Return whether the data directory has been made."""
        return (self.data / "PG_VERSION").exists()

    def init(self) -> None:
        """Make the data directory: checksums, UTF8, C.UTF-8. A half-made one never shows."""
        programs = binaries(self.data)
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, self.owner.uid, self.owner.gid)
        made = self.owner.run(
            [str(programs / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--data-checksums",
             "--encoding=UTF8", "--locale=C.UTF-8", "--auth=peer", "--no-instructions"]
            + ([] if self.durable else ["--no-sync"])
        )  # fmt: skip
        if made.returncode:
            raise SetupError(f"initdb failed in {fresh}: {made.stderr.strip()}")
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'onemap.conf'\n")
        fresh.rename(self.data)

    def pid(self) -> int | None:
        """Return the id of the living postmaster, or None; reaps it when it was our child."""
        if self.child is not None and self.child.poll() is not None:
            self.child = None
        lines = self._pid_file()
        if not lines or not lines[0].isdigit():
            return None
        number = int(lines[0])
        if process_state(number) in (None, "Z"):
            return None
        try:
            # A recycled id is some other program, which does not sit in our data directory.
            return number if os.path.samefile(f"/proc/{number}/cwd", self.data) else None
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return None

    def socket_folder(self) -> Path | None:
        """Return where the running server listens, as it says itself."""
        lines = self._pid_file()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises
        ------
        SetupError
            It ended or did not get ready; the message carries the server's own last words.
        """
        self._configure()
        self._disown_dead_pid()
        programs = binaries(self.data)
        with self._open_log() as log:
            self.child = subprocess.Popen(  # type: ignore[call-overload]
                [str(programs / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for it
                **self.owner.identity(),
            )
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until the started server takes connections; raises as `start` does."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._ready():
            if self.pid() is None and not self._child_lives():
                raise SetupError(f"PostgreSQL did not start in {self.data}: {self._last_words()}")
            if time.monotonic() > deadline:
                raise SetupError(f"PostgreSQL in {self.data} is not ready: {self._last_words()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server: let it finish cleanly, then harder; returns when it is gone."""
        pid = self.pid()
        if pid is not None and not self._signal_away(pid):
            raise SetupError(f"PostgreSQL (process {pid}) in {self.data} does not stop")
        folder = runtime_folder(self.data, self.owner)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def _signal_away(self, pid: int) -> bool:
        for signal_, patience_s in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 15.0)):
            os.kill(pid, signal_)
            deadline = time.monotonic() + patience_s
            while time.monotonic() < deadline:
                self._child_lives()  # reaps it if it was ours
                if process_state(pid) in (None, "Z"):
                    return True
                time.sleep(0.02)
        return False

    def _configure(self) -> None:
        sockets = runtime_folder(self.data, self.owner)
        _make_private(sockets, self.owner)
        settings = SETTINGS | (DURABLE if self.durable else FORGETFUL)
        settings["unix_socket_directories"] = f"'{sockets}'"
        callers = {self.owner.name, Owner.of(os.geteuid()).name}
        files = {
            "onemap.conf": "".join(f"{name} = {value}\n" for name, value in settings.items()),
            "pg_hba.conf": "local all all peer map=onemap\n",
            "pg_ident.conf": "".join(
                f'onemap "{caller}" {role}\n'
                for caller in sorted(callers)
                for role in (SUPERUSER, "onemap_migrator", "onemap_app")
            ),
        }
        for name, text in files.items():
            path = self.data / name
            path.write_text(text)
            os.chown(path, self.owner.uid, self.owner.gid)

    def _disown_dead_pid(self) -> None:
        """Let PostgreSQL start past the pid file of a zombie or of a recycled process id.

        It refuses while `kill(pid, 0)` succeeds, which it does for both. The file itself must
        stay: its last lines name the shared memory by which PostgreSQL finds surviving backends.
        """
        path = self.data / "postmaster.pid"
        lines = self._pid_file()
        if lines and self.pid() is None:
            path.write_text("\n".join([str(IMPOSSIBLE_PID), *lines[1:]]) + "\n")

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _ready(self) -> bool:
        lines = self._pid_file()
        return self.pid() is not None and len(lines) > 7 and lines[7].strip() == "ready"

    def _child_lives(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def _open_log(self) -> IO[bytes]:
        # No logging collector: it outlives the postmaster, and where nobody adopts orphans
        # (a container without init) each start would leave a zombie.
        path = self.data / "server.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _last_words(self) -> str:
        lines = (self.data / "server.log").read_text(errors="replace").splitlines()
        return " | ".join(lines[-5:]) or "no message"


def runtime_folder(data: Path, owner: Owner) -> Path:
    """Return the short folder for the socket (a socket's path is limited to 107 bytes)."""
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    if os.geteuid() == 0 and os.access("/run", os.W_OK):
        return Path(f"/run/onemap-{mark}")
    return Path(f"/tmp/onemap-{owner.uid}-{mark}")


def _make_private(folder: Path, owner: Owner) -> None:
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        status = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or status.st_uid != owner.uid:
            raise SetupError(f"{folder} should be a folder of {owner.name}; remove it") from None
