"""Vector tiles of strangers: read as the specification says, or refused with the reason.

Mapbox Vector Tile Specification 2.1 over Protocol Buffers. Lenient readers take what a broken
program wrote for a map with holes; a tile that goes into an archive of ours is whole or not in it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tiles.archive.mvt_bytes import (
    EXTENT,
    FEATURE,
    GEOMETRY,
    KEY,
    LAYER,
    NAME,
    TAGS,
    VALUE,
    VERSION,
    damaged,
    fields,
    numbers,
    pairs_of,
)

Kind = Literal["unknown", "point", "line", "polygon"]
Paths = tuple[tuple[tuple[int, int], ...], ...]

_KINDS: tuple[Kind, ...] = ("unknown", "point", "line", "polygon")
_ID, _KIND = 1, 3
_VARINT, _BYTES = 0, 2
# By field of a message: the wire type that it must have.
_OF_LAYER = {NAME: 2, FEATURE: 2, KEY: 2, VALUE: 2, EXTENT: 0, VERSION: 0}
_OF_FEATURE = {_ID: 0, TAGS: 2, _KIND: 0, GEOMETRY: 2}
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 7
_FEWEST_OF_RING = 3


@dataclass(frozen=True)
class Feature:
    """One feature: its id, kind, values by name, and paths of x, y in the layer's units.

    A point feature is one path of its places, a line a path each, a polygon a path a ring, closed
    by its first place again.
    """

    id: int | None
    kind: Kind
    values: dict[str, Any]
    paths: Paths


@dataclass(frozen=True)
class SourceLayer:
    """One layer of a tile."""

    name: str
    version: int
    extent: int
    features: tuple[Feature, ...]


def read(body: bytes) -> tuple[SourceLayer, ...]:
    """Return the layers of an uncompressed vector tile; none of b"".

    Raises
    ------
    DamagedError
        It is no valid tile of version 1 or 2: `reason` says what is wrong.
    """
    layers: list[SourceLayer] = []
    for number, wire, part in fields(body):
        if (number, wire) != (LAYER, -_BYTES):
            raise damaged(f"a tile holds layers (field 3), got field {number}")
        layers.append(_layer(part))
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise damaged("two layers have one name")
    return tuple(layers)


def _layer(body: bytes) -> SourceLayer:
    parts = _sorted(body, _OF_LAYER, "a layer")
    name = _text(parts[NAME][-1]) if parts[NAME] else ""
    version = parts[VERSION][-1] if parts[VERSION] else None
    extent = parts[EXTENT][-1] if parts[EXTENT] else 4096
    if not name:
        raise damaged("a layer has no name")
    if version not in (1, 2):
        raise damaged(f"a layer is of version {version}, wanted 1 or 2")
    if not extent:
        raise damaged("a layer's extent is 0")
    keys = [_text(key) for key in parts[KEY]]
    values = [_value(value) for value in parts[VALUE]]
    features = tuple(_feature(each, keys, values) for each in parts[FEATURE])
    return SourceLayer(name, version, extent, features)


def _feature(body: bytes, keys: list[str], values: list[Any]) -> Feature:
    parts = _sorted(body, _OF_FEATURE, "a feature")
    if not parts[GEOMETRY]:
        raise damaged("a feature has no geometry")
    kind = parts[_KIND][-1] if parts[_KIND] else 0
    if kind >= len(_KINDS):
        raise damaged(f"a geometry is of type {kind}, wanted 0 to 3")
    words = [word for part in parts[GEOMETRY] for word in numbers(part)]
    return Feature(
        id=parts[_ID][-1] if parts[_ID] else None,
        kind=_KINDS[kind],
        values=_named([pair for part in parts[TAGS] for pair in pairs_of(part)], keys, values),
        paths=_Pen(_KINDS[kind]).drawn(words) if kind else (),
    )


def _sorted(body: bytes, known: Mapping[int, int], what: str) -> dict[int, list[Any]]:
    """Return the contents of a message by field; one that is not `known` is refused."""
    found: dict[int, list[Any]] = {number: [] for number in known}
    for number, value, part in fields(body):
        wire = -value if value < 0 else _VARINT
        if known.get(number) != wire:
            raise damaged(f"{what} has no field {number} of wire type {wire}")
        found[number].append(part if value < 0 else value)
    return found


def _named(pairs: list[tuple[int, int]], keys: list[str], values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key >= len(keys) or value >= len(values):
            raise damaged("a feature names a key or value that is not there")
        if keys[key] in found:
            raise damaged(f"a feature has two values of {keys[key]!r}")
        found[keys[key]] = values[value]
    return found


def _value(body: bytes) -> Any:
    held = list(fields(body))
    if len(held) != 1:
        raise damaged(f"a value is one of seven types, got {len(held)} fields")
    number, value, part = held[0]
    match number, min(value, 0):
        case 1, -2:
            return _text(part)
        case 2, -5:
            return struct.unpack("<f", part)[0]
        case 3, -1:
            return struct.unpack("<d", part)[0]
        case 4, 0:
            return value - (1 << 64) if value >> 63 else value
        case 5, 0:
            return value
        case 6, 0:
            return (value >> 1) ^ -(value & 1)
        case 7, 0:
            return bool(value)
        case _:
            raise damaged(f"a value has no field {number} of this wire type")


class _Pen:
    """Draws the paths of one geometry; what a command's count needs must be there."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.paths: list[tuple[tuple[int, int], ...]] = []
        self.path: list[tuple[int, int]] = []
        self.x = self.y = 0

    def drawn(self, words: list[int]) -> Paths:
        """Follow the commands to their end."""
        at = 0
        while at < len(words):
            command, count = words[at] & 7, words[at] >> 3
            at += 1
            if command == _CLOSE_PATH:
                self._close(count)
                continue
            if command not in (_MOVE_TO, _LINE_TO):
                raise damaged(f"there is no command {command}")
            follow = (len(words) - at) // 2
            if not 0 < count <= follow:
                raise damaged(f"a command wants {count} places and {follow} follow")
            self._begin(command, count)
            for _ in range(count):
                self._step(command, _turned(words[at]), _turned(words[at + 1]))
                at += 2
        self._lift()
        if not self.paths:
            raise damaged("a geometry is empty")
        return tuple(self.paths)

    def _begin(self, command: int, count: int) -> None:
        if command == _MOVE_TO:
            self._lift()
            if self.kind != "point" and count != 1:
                raise damaged(f"a line or ring begins at one place, got {count}")
        elif self.kind == "point" or len(self.path) != 1:
            raise damaged("a line is drawn that has not begun")

    def _step(self, command: int, right: int, down: int) -> None:
        if command == _LINE_TO and right == down == 0:
            raise damaged("a line stands still")
        self.x, self.y = self.x + right, self.y + down
        self.path.append((self.x, self.y))

    def _close(self, count: int) -> None:
        if self.kind != "polygon" or count != 1:
            raise damaged("only a ring is closed, and once")
        if len(self.path) < _FEWEST_OF_RING:
            raise damaged(f"a ring has {len(self.path)} places, wanted 3 at least")
        self.paths.append((*self.path, self.path[0]))
        self.path = []

    def _lift(self) -> None:
        """End the path that is being drawn, if there is one."""
        if not self.path:
            return
        if self.kind == "polygon":
            raise damaged("a ring is not closed")
        if self.kind == "line" and len(self.path) < 2:
            raise damaged("a line has one place")
        self.paths.append(tuple(self.path))
        self.path = []


def _turned(word: int) -> int:
    """Return the signed step of a zigzag number of 32 bits."""
    word &= 0xFFFFFFFF
    return (word >> 1) ^ -(word & 1)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise damaged("a text is not UTF-8") from error
