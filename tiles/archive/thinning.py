"""A vector tile that is too large, made small enough: the least important features go first.

Works on the encoded bytes: a feature that stays is copied as it is. Source: Vector Tile
Specification 2.1, https://github.com/mapbox/vector-tile-spec/tree/master/2.1 (chapter 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tiles.archive.mvt_bytes import (
    FEATURE,
    GEOMETRY,
    KEY,
    LAYER,
    NAME,
    TAGS,
    TEXT,
    VALUE,
    Field,
    damaged,
    fields,
    message,
    numbers,
    pairs_of,
    relabelled,
    written,
)
from tiles.mvt import MAX_BYTES, MAX_FEATURES

_LEAST_FEATURE_BYTES: Final = 7  # its field and length, and a geometry of a point


@dataclass(frozen=True)
class Feature:
    """What an order of importance may ask of a feature.

    `box` is its larger side in tile units; `fields` its properties with texts, numbers left out.
    """

    layer: str
    box: int
    fields: dict[str, str]


Importance = Callable[[Feature], tuple[int, ...]]


def too_large(body: bytes) -> bool:
    """Say whether a tile breaks the bound: 500,000 bytes or 10,000 features."""
    if len(body) > MAX_BYTES:
        return True
    return len(body) > MAX_FEATURES * _LEAST_FEATURE_BYTES and count(body) > MAX_FEATURES


def count(body: bytes) -> int:
    """Return how many features a tile has."""
    layers = (layer for number, _, layer in fields(body) if number == LAYER)
    return sum(number == FEATURE for layer in layers for number, _, _ in fields(layer))


def thin(body: bytes, importance: Importance) -> tuple[bytes, int]:
    """Return a tile with what is too much left out, and how many features it lost.

    What a feature takes is counted without the few bytes that change places of values: ask
    `too_large` again.

    Parameters
    ----------
    body
        An uncompressed vector tile.
    importance
        Gives each feature its rank; those of the lowest go first.

    Raises
    ------
    DamagedError
        Not a vector tile.
    """
    layers = [list(fields(layer)) for number, _, layer in fields(body) if number == LAYER]
    found = [feature for at, layer in enumerate(layers) for feature in _features(at, layer)]
    found.sort(key=lambda each: importance(each.told))
    needed = Counter((each.layer, value) for each in found for value in each.values)
    excess, many = len(body) - MAX_BYTES, len(found) - MAX_FEATURES
    gone: set[tuple[int, int]] = set()
    for each in found:
        if excess <= 0 and many <= len(gone):
            break
        gone.add((each.layer, each.place))
        excess -= each.bytes
        for value in each.values:
            needed[each.layer, value] -= 1
            if not needed[each.layer, value]:
                excess -= each.values[value]
    kept = (_without(layer, {place for at, place in gone if at == number})
            for number, layer in enumerate(layers))  # fmt: skip
    return b"".join(message(LAYER, raw) for raw in kept if raw), len(gone)


@dataclass(frozen=True)
class _Found:
    """A feature, its layer and its place among the layer's fields; its and its values' bytes."""

    layer: int
    place: int
    bytes: int
    values: dict[int, int]
    told: Feature


def _features(at: int, layer: list[Field]) -> Iterator[_Found]:
    """Give each feature of a layer."""
    name = next((value.decode() for number, _, value in layer if number == NAME), "")
    keys = [value.decode() for number, _, value in layer if number == KEY]
    values = [value for number, _, value in layer if number == VALUE]
    texts = [_text(value) for value in values]
    for place, (number, _, raw) in enumerate(layer):
        if number != FEATURE:
            continue
        parts = {n: value for n, _, value in fields(raw)}
        pairs = list(pairs_of(parts.get(TAGS, b"")))
        if any(key >= len(keys) or value >= len(values) for key, value in pairs):
            raise damaged("a feature names a key or value that is not there")
        told = {keys[key]: texts[value] for key, value in pairs}
        known = {key: text for key, text in told.items() if text is not None}
        yield _Found(at, place, len(raw) + 2, {v: len(values[v]) + 2 for _, v in pairs},
                     Feature(name, _side(parts.get(GEOMETRY, b"")), known))  # fmt: skip


def _without(layer: list[Field], gone: set[int]) -> bytes:
    """Return a layer without some features and the values that only they named; b"" of none."""
    stay = [raw for place, (number, _, raw) in enumerate(layer)
            if number == FEATURE and place not in gone]  # fmt: skip
    if not stay:
        return b""
    keys: dict[int, int] = {}
    values: dict[int, int] = {}
    for raw in stay:
        for number, _, part in fields(raw):
            for key, value in pairs_of(part) if number == TAGS else ():
                keys.setdefault(key, len(keys))
                values.setdefault(value, len(values))
    held = {KEY: [raw for number, _, raw in layer if number == KEY],
            VALUE: [raw for number, _, raw in layer if number == VALUE]}  # fmt: skip
    others = (written(field) for field in layer if field[0] not in (FEATURE, KEY, VALUE))
    features = (message(FEATURE, relabelled(raw, keys, values)) for raw in stay)
    labels = (message(number, held[number][old])
              for number, used in ((KEY, keys), (VALUE, values)) for old in used)  # fmt: skip
    return b"".join([*others, *features, *labels])


def _side(geometry: bytes) -> int:
    """Return the larger side of a geometry's box, in tile units."""
    ints = list(numbers(geometry))
    x = y = at = 0
    xs, ys = [], []
    while at < len(ints):
        command, repeat = ints[at] & 7, ints[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(min(repeat, (len(ints) - at) // 2)):
            x += (ints[at] >> 1) ^ -(ints[at] & 1)
            y += (ints[at + 1] >> 1) ^ -(ints[at + 1] & 1)
            xs.append(x)
            ys.append(y)
            at += 2
    return max(max(xs) - min(xs), max(ys) - min(ys)) if xs else 0


def _text(value: bytes) -> str | None:
    return next((raw.decode() for number, _, raw in fields(value) if number == TEXT), None)
