"""A vector tile that is too large, made small enough: the least important features go first.

Works on the encoded bytes: a feature that stays is copied as it is. Source: Vector Tile
Specification 2.1, https://github.com/mapbox/vector-tile-spec/tree/master/2.1 (chapter 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tiles.mvt import MAX_BYTES, MAX_FEATURES
from tiles.mvt_bytes import (
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
    written,
)  # fmt: skip

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
    """Return a tile within the bound, and how many features it lost.

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
    layers = [fields(layer) for number, _, layer in fields(body) if number == LAYER]
    parsed = [list(layer) for layer in layers]
    ranked: list[tuple[tuple[int, ...], int, int, int]] = []
    for i, layer in enumerate(parsed):
        for j, feature in _features(layer):
            ranked.append((importance(feature), len(layer[j][2]) + 4, i, j))
    ranked.sort(key=lambda each: each[0])
    excess, many = len(body) - MAX_BYTES, len(ranked) - MAX_FEATURES
    gone: set[tuple[int, int]] = set()
    for _, size, i, j in ranked:
        if excess <= 0 and many <= len(gone):
            break
        gone.add((i, j))
        excess -= size
    kept = b"".join(
        message(LAYER, b"".join(written(field) for j, field in enumerate(layer)
                                  if (i, j) not in gone))
        for i, layer in enumerate(parsed)
        if any(f[0] == FEATURE and (i, j) not in gone for j, f in enumerate(layer))
    )  # fmt: skip
    return kept, len(gone)


def _features(layer: list[Field]) -> Iterator[tuple[int, Feature]]:
    """Give each feature of a layer with its place among the layer's fields."""
    name = next((value.decode() for number, _, value in layer if number == NAME), "")
    keys = [value.decode() for number, _, value in layer if number == KEY]
    values = [_text(value) for number, _, value in layer if number == VALUE]
    for j, (number, _, raw) in enumerate(layer):
        if number != FEATURE:
            continue
        parts = {n: value for n, _, value in fields(raw)}
        tags = list(numbers(parts.get(TAGS, b"")))
        told = {}
        for key, value in zip(tags[::2], tags[1::2], strict=False):
            if key >= len(keys) or value >= len(values):
                raise damaged("a feature names a key or value that is not there")
            told[keys[key]] = values[value]
        texts = {key: text for key, text in told.items() if text is not None}
        yield j, Feature(name, _side(parts.get(GEOMETRY, b"")), texts)


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
