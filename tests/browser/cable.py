"""A cable between a browser and the server, which can be cut without a word to either end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 65_536
LOOK_S = 0.1


class Cable:
    """Hands on every byte between its own port and the server's, until it is cut.

    What is cut neither closes nor refuses: nothing comes any more, as from a network that is away.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._whole = threading.Event()
        self._whole.set()
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.calls = 0
        """How many connections were opened through it."""

    def cut(self) -> None:
        """Let nothing through."""
        self._whole.clear()

    def mend(self) -> None:
        """Let through what waits, and all that comes."""
        self._whole.set()

    def accept(self) -> None:
        """Take connections until the end."""
        while not self._ended.is_set():
            with contextlib.suppress(OSError):
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self.calls += 1
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._hand_on, args=ends, daemon=True).start()

    def end(self) -> None:
        """Close the port; what is open ends with its browser."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.mend()

    def _hand_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                while not self._whole.wait(LOOK_S):
                    pass
                sink.sendall(piece)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def laid(port: int) -> Iterator[Cable]:
    """Give a cable to a server's port for as long as the block lasts."""
    cable = Cable(port)
    thread = threading.Thread(target=cable.accept, daemon=True)
    thread.start()
    try:
        yield cable
    finally:
        cable.end()
        thread.join(10)
