"""Tiles of strangers: what is valid is read, what is not is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import mapbox_vector_tile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import DamagedError
from tiles.archive.mvt_bytes import message, number_of
from tiles.archive.mvt_reader import read

REAL = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent")) / "conformance" / "mvt"
FIXTURES = sorted(REAL.glob("*/info.json"))
TILE = {
    "name": "water",
    "features": [
        {"geometry": "POINT (25 17)", "properties": {"a": "x", "b": 2, "c": True, "d": -1.5}},
        {"geometry": "LINESTRING (2 2, 2 10, 10 10)", "properties": {"a": "水"}},
        {"geometry": "POLYGON ((3 6, 20 34, 8 12, 3 6))", "properties": {}},
    ],
}


def _tile() -> bytes:
    return bytes(mapbox_vector_tile.encode([TILE], default_options={"y_coord_down": True}))


@pytest.mark.real
@pytest.mark.skipif(not FIXTURES, reason="ONEMAP_REAL_DATA holds no conformance/mvt")
@pytest.mark.parametrize("info", FIXTURES, ids=lambda info: info.parent.name)
def test_a_fixture_is_read_when_it_is_valid_and_refused_when_it_is_not(info: Path) -> None:
    told = json.loads(info.read_text("utf-8"))
    body = (info.parent / "tile.mvt").read_bytes()
    # 057 counts 268,435,455 places where one follows: called valid there, refused here.
    if told["validity"]["v2"] and info.parent.name != "057":
        read(body)
    else:
        with pytest.raises(DamagedError, match="not a vector tile"):
            read(body)


def test_features_are_read_as_they_were_written() -> None:
    (layer,) = read(_tile())
    assert (layer.name, layer.extent) == ("water", 4096)
    point, line, polygon = layer.features
    assert point.values == {"a": "x", "b": 2, "c": True, "d": -1.5}
    assert line.values == {"a": "水"}
    assert (point.kind, point.paths) == ("point", (((25, 17),),))
    assert (line.kind, line.paths) == ("line", (((2, 2), (2, 10), (10, 10)),))
    assert polygon.kind == "polygon"
    assert polygon.paths[0][0] == polygon.paths[0][-1]
    assert {(3, 6), (20, 34), (8, 12)} == set(polygon.paths[0])


def test_nothing_is_an_empty_tile() -> None:
    assert read(b"") == ()


@pytest.mark.parametrize("length", range(1, len(_tile()), 7))
def test_a_tile_cut_short_is_refused(length: int) -> None:
    with pytest.raises(DamagedError):
        read(_tile()[:length])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 150))
def test_no_bytes_bring_the_reader_down(noise: bytes, at: int) -> None:
    body = bytearray(_tile())
    body[at : at + len(noise)] = noise
    for each in (bytes(body), noise):
        try:
            read(each)
        except DamagedError as refused:
            assert refused.details["reason"]


def _layer(*parts: bytes, name: bytes = b"a", version: int = 2) -> bytes:
    """Return a tile of one layer that holds some fields besides its name and version."""
    return message(3, message(1, name) + b"".join(parts) + b"\x78" + number_of(version))


def _point(words: bytes, *, tags: bytes = b"") -> bytes:
    held = message(2, tags) if tags else b""
    return message(2, held + b"\x18\x01" + message(4, words))


WRONG = {
    "holds layers": b"\x08\x01",
    "no name": _layer(name=b""),
    "version None": message(3, message(1, b"a")),
    "version 3": _layer(version=3),
    "one name": _layer() * 2,
    "extent is 0": _layer(b"\x28\x00"),
    "no geometry": _layer(message(2, b"\x18\x01")),
    "of type 4": _layer(message(2, b"\x18\x04" + message(4, b"\x09\x02\x02"))),
    "only a ring is closed": _layer(_point(b"\x0f")),
    "places and 1 follow": _layer(_point(b"\xf9\xff\xff\x07\x02\x02")),
    "that is not there": _layer(_point(b"\x09\x02\x02", tags=b"\x00\x00")),
    "property without a value": _layer(_point(b"\x09\x02\x02", tags=b"\x00")),
    "not UTF-8": _layer(name=b"\xff"),
    "no field 9": _layer(b"\x48\x01"),
    "seven types": _layer(message(4, b"")),
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_is_wrong_is_said(reason: str) -> None:
    with pytest.raises(DamagedError, match=reason):
        read(WRONG[reason])
