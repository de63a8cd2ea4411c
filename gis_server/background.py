"""Work that a process does beside its requests: one look after another, in a thread of its own."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from abc import ABC, abstractmethod

from sqlalchemy.exc import SQLAlchemyError

from gis_server.config import Config
from layers.errors import OneMapError

log = logging.getLogger(__name__)


class Background(ABC):
    """A thread that looks for work every `every_s` seconds and outlives whatever befalls a look.

    What a look does is in the database, so a look that failed comes again as it was.
    """

    name: str
    every_s: float
    at_once = False
    """Whether the first look is at the start, not after `every_s`."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    @abstractmethod
    def look(self) -> None:
        """Do what is to be done now."""

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take nothing new, and wait until the thread has ended."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        if self.at_once:
            self.attempt()
        while not self._done.wait(self.every_s):
            self.attempt()

    def attempt(self) -> None:
        """Look once; a failure is logged and is for the next look."""
        try:
            self.look()
        except (SQLAlchemyError, OneMapError) as error:
            log.warning("%s waits: %s", self.name, error)
        except Exception:
            # The thread must outlive whatever one row, file or track holds.
            log.exception("%s failed and will try again", self.name)


def run_child(config: Config, url: str, module: str, *arguments: str) -> None:
    """Run a module of ours in a process of its own, on the same site, and wait for its end.

    It tells how that was by what it writes into the database; one that is killed tells nothing,
    and its work is found again.
    """
    environment = os.environ | {
        "ONEMAP_DATABASE_URL": url,
        "ONEMAP_VAR": str(config.var),
        "ONEMAP_TIMEZONE": config.timezone,
        "ONEMAP_DEMO": "0",
    }
    subprocess.run([sys.executable, "-m", module, *arguments], env=environment, check=False)
