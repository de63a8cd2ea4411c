"""What was worked out of a network once, kept for as long as somebody holds that network."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from analysis.roads.network import RoadNetwork

T = TypeVar("T")


class Memo(Generic[T]):
    """A bounded store of values by network and key; the least recently used goes first.

    A network is known by itself, not by its content: another vehicle's is another. Nothing here
    keeps one alive. Two threads that ask at once may both work; the values are the same.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, Hashable], tuple[weakref.ref[RoadNetwork], T]] = (
            OrderedDict()
        )

    def of(self, network: RoadNetwork, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a network and key, made where it is not known yet."""
        place = (id(network), key)
        with self._lock:
            held = self._known.get(place)
            if held is not None and held[0]() is network:
                self._known.move_to_end(place)
                return held[1]
        value = make()
        with self._lock:
            self._known[place] = (weakref.ref(network), value)
            self._known.move_to_end(place)
            for gone in [each for each, (ref, _) in self._known.items() if ref() is None]:
                del self._known[gone]
            while len(self._known) > self._limit:
                self._known.popitem(last=False)
        return value
