"""One PostgreSQL server process on one data directory: made, started, watched and stopped.

Linux only: whether a process lives, is a zombie, and is really ours is read from /proc.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from layers.errors import SetupError
from layers.installation import Owner, binaries, make_private, runtime_folder

SUPERUSER = "postgres"
START_TIMEOUT_S = 300.0
LOG_LIMIT_BYTES = 16 * 2**20

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

# Lines of postmaster.pid, counted from 0 (src/include/utils/pidfile.h).
SOCKET_LINE, STATUS_LINE = 4, 7

# No Linux process can have this id (PID_MAX_LIMIT is 2^22).
IMPOSSIBLE_PID = 2**22 + 1


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
        lines = self._pid_file()
        number = int(lines[0]) if lines and lines[0].isdigit() else None
        # A recycled id is some other program, which does not sit in our data directory.
        if number is None or process_state(number) in (None, "Z") or not self._sits(number):
            self._child_lives()  # reaps it if it was ours
            return None
        return number

    def socket_folder(self) -> Path | None:
        """Return where the running server listens, as it says itself."""
        lines = self._pid_file()
        return Path(lines[SOCKET_LINE]) if len(lines) > SOCKET_LINE else None

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises
        ------
        SetupError
            It ended or did not get ready; the message carries the server's own last words.
        """
        self._configure()
        self._clear_dead()
        programs = binaries(self.data)
        with self._open_log() as log:
            self.child = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for it
                **self.owner.identity(),
            )
        try:
            self.wait_ready()
        except SetupError:
            self._remove_socket_folder()
            raise

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
        """Stop the server: let it finish cleanly, then harder; returns when it is gone.

        Raises
        ------
        SetupError
            It is still there after 45 s.
        """
        pid = self.pid()
        if pid is not None and not self._signal_away(pid):
            raise SetupError(f"PostgreSQL (process {pid}) in {self.data} does not stop")
        self._remove_socket_folder()

    def _remove_socket_folder(self) -> None:
        folder = runtime_folder(self.data, self.owner)
        if folder.is_dir():
            self._remove_sockets()
            folder.rmdir()

    def _remove_sockets(self) -> None:
        for socket in runtime_folder(self.data, self.owner).glob(".s.PGSQL.*"):
            socket.unlink()

    def _signal_away(self, pid: int) -> bool:
        for signal_, patience_s in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 15.0)):
            os.kill(pid, signal_)
            deadline = time.monotonic() + patience_s
            while time.monotonic() < deadline:
                if process_state(pid) in (None, "Z"):
                    self._child_lives()  # reaps it if it was ours
                    return True
                time.sleep(0.02)
        return False

    def _configure(self) -> None:
        sockets = runtime_folder(self.data, self.owner)
        make_private(sockets, self.owner)
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

    def _clear_dead(self) -> None:
        """Take away what a killed postmaster left and a new one would stumble over.

        Its backends: without it they are lost, and one that computes may hold the shared memory
        for minutes. Its pid file: PostgreSQL refuses to start while `kill(pid, 0)` succeeds,
        which it does for a zombie and for a recycled id. The file itself stays, because its last
        lines name the shared memory by which PostgreSQL would find surviving backends. Its
        socket: the lock beside it names the dead process too.
        """
        orphans = [
            number
            for number in (int(path.name) for path in Path("/proc").glob("[0-9]*"))
            if process_state(number) not in (None, "Z") and self._sits(number)
        ]
        for number in orphans:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        while any(process_state(number) not in (None, "Z") for number in orphans):
            time.sleep(0.01)
        lines = self._pid_file()
        if lines:
            text = "\n".join([str(IMPOSSIBLE_PID), *lines[1:]]) + "\n"
            (self.data / "postmaster.pid").write_text(text)
        self._remove_sockets()

    def _sits(self, number: int) -> bool:
        """Return whether a process is a PostgreSQL of this data directory."""
        process = Path(f"/proc/{number}")
        try:
            return process.joinpath("exe").readlink().name.startswith(
                "postgres"
            ) and process.joinpath("cwd").samefile(self.data)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _ready(self) -> bool:
        lines = self._pid_file()
        return (
            self.pid() is not None
            and len(lines) > STATUS_LINE
            and lines[STATUS_LINE].strip() == "ready"
        )

    def _child_lives(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def _open_log(self) -> IO[bytes]:
        # No logging collector: it outlives the postmaster, and where nobody adopts orphans
        # (a container without init) each start would leave a zombie.
        path = self.data / "server.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        log = path.open("ab")
        os.fchown(log.fileno(), self.owner.uid, self.owner.gid)
        return log

    def _last_words(self) -> str:
        lines = (self.data / "server.log").read_text(errors="replace").splitlines()
        return " | ".join(lines[-5:]) or "no message"
