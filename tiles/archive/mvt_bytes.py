"""The bytes of a vector tile: protobuf fields, read and written without knowing what they mean.

Source: Protocol Buffers encoding, https://protobuf.dev/programming-guides/encoding/ and Vector Tile
Specification 2.1, https://github.com/mapbox/vector-tile-spec/tree/master/2.1 (chapter 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from layers.errors import DamagedError

LAYER: Final = 3
NAME, FEATURE, KEY, VALUE, EXTENT, VERSION = 1, 2, 3, 4, 5, 15
TAGS, GEOMETRY, TEXT = 2, 4, 1

Field = tuple[int, int, bytes]
"""A field: its number; its value, or minus its wire type where it has bytes; its bytes."""


def fields(raw: bytes) -> Iterator[Field]:
    """Give the fields of a message.

    Raises
    ------
    DamagedError
        Cut short, or not a message at all.
    """
    at = 0
    while at < len(raw):
        tag, at = varint(raw, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = varint(raw, at)
            yield number, value, b""
            continue
        if wire == 2:
            length, at = varint(raw, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise damaged(f"a field of wire type {wire}")
        if at + length > len(raw):
            raise damaged("a part is longer than what holds it")
        yield number, -wire, raw[at : at + length]
        at += length


def numbers(raw: bytes) -> Iterator[int]:
    """Give packed numbers."""
    at = 0
    while at < len(raw):
        value, at = varint(raw, at)
        yield value


def varint(raw: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place behind it."""
    value = shift = 0
    while at < len(raw) and shift < 64:
        octet = raw[at]
        value |= (octet & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if octet < 0x80:
            return value, at
    raise damaged("it ends within a number")


def written(field: Field) -> bytes:
    """Return a field as it was read."""
    number, value, raw = field
    if value < 0:
        wire = -value
        head = number_of(number << 3 | wire)
        return head + (number_of(len(raw)) if wire == 2 else b"") + raw
    return number_of(number << 3) + number_of(value)


def message(number: int, raw: bytes) -> bytes:
    """Return a field that holds bytes."""
    return number_of(number << 3 | 2) + number_of(len(raw)) + raw


def packed(values: Iterable[int]) -> bytes:
    """Return packed numbers."""
    return b"".join(map(number_of, values))


def number_of(value: int) -> bytes:
    """Return a number as a varint."""
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    octets.append(value)
    return bytes(octets)


def relabelled(
    raw: bytes, keys: Mapping[int, int] | Sequence[int], values: Mapping[int, int] | Sequence[int]
) -> bytes:
    """Return a feature whose properties name other places among a layer's keys and values.

    Parameters
    ----------
    keys, values
        The new place of each old one.

    Raises
    ------
    DamagedError
        It names a key or value that is not there.
    """
    said = []
    for number, value, part in fields(raw):
        if number != TAGS:
            said.append(written((number, value, part)))
            continue
        try:
            pairs = sorted((keys[key], values[held]) for key, held in pairs_of(part))
        except (IndexError, KeyError):
            raise damaged("a feature names a key or value that is not there") from None
        said.append(message(TAGS, packed(number for pair in pairs for number in pair)))
    return b"".join(said)


def pairs_of(tags: bytes) -> Iterator[tuple[int, int]]:
    """Give the places of the key and the value of each property."""
    found = list(numbers(tags))
    if len(found) % 2:
        raise damaged("a property without a value")
    yield from zip(found[::2], found[1::2], strict=True)


def damaged(why: str) -> DamagedError:
    """Return the error of bytes that are no vector tile."""
    return DamagedError(f"not a vector tile: {why}", code="tile_damaged", reason=why)
