"""What the event stream writes: blocks of text, made once for all readers who may see the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from gis_server.changes import Change
from gis_server.signin import Identity


class Once:
    """A text for each class of readers, made by the first of them who asks while others wait."""

    def __init__(self) -> None:
        self._texts: dict[Hashable, str] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """Return the text of a class of readers."""
        with self._lock:
            text = self._texts.get(key)
            if text is None:
                text = self._texts[key] = make()
            return text


class Batch:
    """Sealed changes that go out together, in order; each is an event with its seq as id.

    Five hundred screens of a hall see the same with a handful of different rights: what a change
    is to them is worked out and written as JSON once for each of these, not for each screen.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        self.first = self.changes[0].seq
        self.last = self.changes[-1].seq
        self._personal = any(_names_somebody(change) for change in self.changes)
        self._once = Once()

    def told(self, reader: Identity, after: int) -> str:
        """Return the events of the changes after a seq that a reader may see; "" of none."""
        if after >= self.first:
            return _written([one for one in self.changes if one.seq > after], reader)
        key = (frozenset(reader.grants), reader.name if self._personal else None)
        return self._once.get(key, lambda: _written(self.changes, reader))


def _names_somebody(change: Change) -> bool:
    """Tell whether a change is shown by who asks, not only by what they may."""
    return any(
        access is not None and (access.owner is not None or bool(access.readers))
        for access in (change.access, change.was)
    )


def _written(changes: Sequence[Change], reader: Identity) -> str:
    shown = ((change.seq, change.shown_to(reader)) for change in changes)
    return "".join(event("change", seq, data) for seq, data in shown if data is not None)


def event(name: str, seq: int, data: dict[str, Any]) -> str:
    """Return one event as Server-Sent Events write it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\nid: {seq}\ndata: {text}\n\n"
