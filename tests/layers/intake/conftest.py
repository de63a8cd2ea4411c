"""A reader that forks, for tests of many files; places that tell when they were touched."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from layers.intake import files
from tests.layers.intake.corpus.forking import Forks

Write = Callable[..., Path]
_IN_OPEN = 0x20


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes a file whose name tells nothing."""

    def make(content: bytes | str) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


@pytest.fixture(scope="session")
def _forks() -> Iterator[Forks]:
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture
def forks(_forks: Forks, monkeypatch: pytest.MonkeyPatch) -> Forks:
    """Let `files.read` and `files.look` fork a waiting process instead of starting Python."""
    monkeypatch.setattr(files, "ask", _forks.ask)
    _forks.python_errors.clear()
    _forks.crashes.clear()
    _forks.peak_bytes = 0
    return _forks


@dataclass
class Canary:
    """A file and an address that nobody may touch, and who did."""

    path: Path
    url: str
    text: str
    hits: list[object] = field(default_factory=list)
    _opened: Callable[[], int] = lambda: 0

    def opened(self) -> int:
        """Return how often the file was opened since the last time."""
        return self._opened()


@pytest.fixture
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    """Give a file that anybody could read and a listener that anybody could reach."""
    folder = tmp_path_factory.mktemp("canary")
    for above in (folder, *list(folder.parents)[:2]):
        above.chmod(0o755)
    path = folder / "canary.csv"
    path.write_text("name,password,lon,lat\nA,squeak-7c1f,1,2\n")
    path.chmod(0o644)
    watch = _Watch(path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        made = Canary(path, url, "squeak-7c1f", _opened=watch.count)

        def listen() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                except OSError:
                    return
                made.hits.append(address)
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield made
    thread.join()
    watch.close()


class _Watch:
    """The kernel's own account of who opened a file (inotify)."""

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._descriptor, str(path).encode(), _IN_OPEN) > 0

    def count(self) -> int:
        try:
            data = os.read(self._descriptor, 65_536)
        except BlockingIOError:
            return 0
        return len(data) // struct.calcsize("iIII")

    def close(self) -> None:
        os.close(self._descriptor)
