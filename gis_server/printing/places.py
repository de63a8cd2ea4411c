"""How many print at once on this machine: two, whatever the number of server processes.

Who waits holds a thread of the server, so few may: the others are told at once to come again.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layers.errors import BusyError

PLACES = 2
MAP_PLACES = 1
"""Maps leave a place free: a report does not wait until a map is drawn."""
WAIT_S = 20.0
WAITING = 4
_LOOK_S = 0.05
_here = threading.BoundedSemaphore(PLACES + WAITING)


@contextmanager
def place(folder: Path, *, places: int = PLACES, wait_s: float = WAIT_S) -> Iterator[int]:
    """Hold one of the first `places` for as long as the block lasts; it ends with its process, too.

    Raises
    ------
    BusyError
        All stayed taken for `wait_s`, or `WAITING` others of this process wait (`print_busy`).
    """
    if not _here.acquire(blocking=False):
        raise _busy()
    try:
        with _place(folder, places, wait_s) as number:
            yield number
    finally:
        _here.release()


@contextmanager
def _place(folder: Path, places: int, wait_s: float) -> Iterator[int]:
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    until = time.monotonic() + wait_s
    while True:
        for number in range(places):
            with (folder / f"place-{number}").open("wb") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield number
                return
        if time.monotonic() >= until:
            raise _busy()
        time.sleep(_LOOK_S)


def _busy() -> BusyError:
    return BusyError(
        f"{PLACES} prints are being made; try again", code="print_busy", retry_after_s=10
    )
