"""What a machine has to run PostgreSQL with: programs, an account, a folder for the socket."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.errors import SetupError

OLDEST_VERSION = 15
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
PACKAGES = "postgresql-15 postgresql-15-postgis-3"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_BYTES = 100
PRIVATE = 0o700


@dataclass(frozen=True)
class Owner:
    """The unprivileged account that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> Owner:
        """Return the account with this user id.

        Raises
        ------
        SetupError
            The id has no name, which PostgreSQL needs.
        """
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise SetupError(
                f"user id {uid} has no account, and PostgreSQL does not run without; "
                "add it to /etc/passwd, or set ONEMAP_DATABASE_URL"
            ) from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, with nothing of our environment."""
        return subprocess.run(
            command, text=True, capture_output=True, check=False, **self.identity()
        )

    def identity(self) -> dict[str, Any]:
        """Return the subprocess options that make a child run as this account."""
        options: dict[str, Any] = {
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
        check=False,
    )
    if made.returncode:
        raise SetupError(
            "PostgreSQL refuses to run as root, and the system user 'onemap' could not be made: "
            f"{made.stderr.strip()}"
        )
    return Owner.of(pwd.getpwnam("onemap").pw_uid)


def binaries(data: Path | None = None) -> Path:
    """Return the folder of the PostgreSQL programs, of the version that made a data directory.

    Raises
    ------
    SetupError
        They are not installed; the message names the Debian packages.
    """
    found = _installed()
    made_by = data / "PG_VERSION" if data else None
    if made_by and made_by.exists():
        wanted = int(made_by.read_text())
        if wanted not in found:
            raise SetupError(
                f"{data} was made by PostgreSQL {wanted}, which is not installed; "
                f"install it: apt-get install postgresql-{wanted} postgresql-{wanted}-postgis-3"
            )
        return found[wanted]
    if not found:
        raise SetupError(f"PostgreSQL is not installed; install it: apt-get install {PACKAGES}")
    return found[min(found)]


def _installed() -> dict[int, Path]:
    """Return program folders by major version: Debian's, else the one on the search path."""
    found = {
        int(initdb.parts[-3]): initdb.parent for initdb in DEBIAN_FOLDER.glob("[0-9]*/bin/initdb")
    }
    on_path = shutil.which("initdb")
    if not found and on_path:
        answer = subprocess.run([on_path, "--version"], capture_output=True, text=True, check=True)
        version = re.search(r"\d+", answer.stdout)
        if version:
            found[int(version[0])] = Path(on_path).resolve().parent
    return {version: folder for version, folder in found.items() if version >= OLDEST_VERSION}


def runtime_folder(data: Path, owner: Owner) -> Path:
    """Return the short folder for the socket (a socket's path is limited to 107 bytes).

    Root's is in /run, everybody else's within the data: nobody else can take the name first, no
    log-out sweeps it away (as it does $XDG_RUNTIME_DIR), and every program of the site finds the
    same one. Only where that path is too long, or has what a connection string or a setting would
    read otherwise (a comma, a quote), it is in /tmp.
    """
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    if os.geteuid() == 0 and os.access("/run", os.W_OK):
        return Path(f"/run/onemap-{mark}")
    within = data / "socket"
    fits = len(os.fsencode(within / SOCKET)) < LONGEST_SOCKET_BYTES
    if fits and re.fullmatch(r"[\w/.-]+", str(within), re.ASCII):
        return within
    return Path(f"/tmp/onemap-{owner.uid}-{mark}")  # noqa: S108 - make_private checks who made it


def make_private(folder: Path, owner: Owner) -> None:
    """Make a folder of the owner alone, or make sure that it is one.

    Raises
    ------
    SetupError
        Something else stands in its place: not a folder, another's, or open to others.
    """
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        status = folder.lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == owner.uid:
            if stat.S_IMODE(status.st_mode) == PRIVATE:
                return
            found = f"has the mode {stat.S_IMODE(status.st_mode):o}"
        else:
            found = f"belongs to user id {status.st_uid}, or is no folder"
        raise SetupError(
            f"{folder}, for the database's socket, should be a folder of {owner.name} alone (mode "
            f"700), but {found}. Remove it, or choose a shorter var folder, whose socket lies "
            "within it"
        ) from None
