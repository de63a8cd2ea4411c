"""Tiles that are too large lose the least important; tiles of two archives become one."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import pytest
import shapely

from layers.errors import DamagedError
from tiles.archive import merging, thinning
from tiles.mvt import MAX_BYTES, MAX_FEATURES

Shapes = list[tuple[shapely.Geometry, dict[str, object]]]


def encoded(layers: dict[str, Shapes]) -> bytes:
    """Return a vector tile of shapes with properties."""
    return bytes(mapbox_vector_tile.encode([
        {"name": name, "features": [{"geometry": shape, "properties": fields}
                                    for shape, fields in features]}
        for name, features in layers.items()
    ]))  # fmt: skip


def decoded(body: bytes) -> dict[str, list[dict[str, Any]]]:
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(body).items()}


def size(feature: thinning.Feature) -> tuple[int, ...]:
    return (feature.box,)


def squares(count: int, **fields: object) -> Shapes:
    """Return squares that grow."""
    return [(shapely.box(0, 0, 2 + i % 4000, 2 + i % 4000), {**fields, "n": i})
            for i in range(count)]  # fmt: skip


def test_a_tile_within_the_bound_is_left_alone() -> None:
    assert not thinning.too_large(encoded({"a": squares(50)}))
    assert not thinning.too_large(b"")


def test_too_many_features_lose_exactly_those_over_the_bound_and_the_smallest() -> None:
    points: Shapes = [(shapely.Point(i % 4096, i // 4096), {}) for i in range(MAX_FEATURES)]
    body = encoded({"a": squares(40), "b": points})
    assert thinning.count(body) == MAX_FEATURES + 40
    assert thinning.too_large(body)
    thin, lost = thinning.thin(body, size)
    assert lost == 40
    assert thinning.count(thin) == MAX_FEATURES
    kept = decoded(thin)
    assert len(kept["a"]) == 40
    assert kept["a"] == decoded(body)["a"]


def test_too_many_bytes_lose_the_least_important_first() -> None:
    text = "x" * 100
    body = encoded({"a": [(shapely.box(0, 0, 9, 9), {"t": f"{text}{i}", "n": i})
                          for i in range(5000)], "b": squares(3)})  # fmt: skip

    def order(feature: thinning.Feature) -> tuple[int, ...]:
        return (1, 0) if feature.layer == "b" else (0, int(feature.fields["t"][100:]))

    assert len(body) > MAX_BYTES
    thin, lost = body, 0
    while thinning.too_large(thin):
        thin, more = thinning.thin(thin, order)
        lost += more
    assert 0.95 * MAX_BYTES < len(thin) <= MAX_BYTES
    kept = decoded(thin)
    assert kept["b"] == decoded(body)["b"]
    numbers = {feature["properties"]["n"] for feature in kept["a"]}
    assert numbers == set(range(lost, 5000))


def test_what_is_no_vector_tile_is_refused() -> None:
    for body in (b"\x1a\xff", b"\x1a\x05abc", b"\xff" * 20, b"\x1b"):
        with pytest.raises(DamagedError):
            thinning.thin(body, size)


def test_source_layers_of_two_tiles_become_one_and_nothing_is_doubled() -> None:
    line = shapely.LineString([(0, 0), (40, 40)])
    short = shapely.LineString([(1, 1), (2, 2)])
    one = encoded({"road": [(line, {"class": "primary", "lanes": 2}), (short, {"class": "path"})]})
    two = encoded({"place": [(shapely.Point(3, 3), {"name": "镇"})],
                   "road": [(shapely.LineString([(5, 5), (6, 6)]), {"name": "x", "class": "path"}),
                            (line, {"lanes": 2, "class": "primary"})]})  # fmt: skip
    merged = decoded(merging.merge([one, two]))
    assert set(merged) == {"road", "place"}
    told = [feature["properties"] for feature in merged["road"]]
    assert told == [{"class": "primary", "lanes": 2}, {"class": "path"},
                    {"name": "x", "class": "path"}]  # fmt: skip
    shapes = [f["geometry"] for f in merged["road"]]
    assert shapes[0] == decoded(one)["road"][0]["geometry"]
    assert shapes[2] == decoded(two)["road"][0]["geometry"]


def test_one_tile_alone_is_not_touched() -> None:
    body = encoded({"a": squares(3)})
    assert merging.merge([body]) is body
