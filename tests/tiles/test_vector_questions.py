"""Tiles of several layers, of filtered rows and of earlier moments."""

from __future__ import annotations

import uuid
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import journal, user_layers
from layers.catalog import Layer, find
from layers.database import set_bulk
from layers.errors import BusyError, OutOfRangeError
from layers.query import Scope, cql2
from tests.scatter import points, put
from tiles import past, patience, vector
from tiles.grid import Tile
from tiles.mvt import MAX_BYTES, MAX_FEATURES

ALL = Scope(None)
SOURCE = find("hazard_source")
TARGET = find("protection_target")
TEAM = find("team")
INLAND = (-170.0, -80.0, 170.0, 80.0)


def drawn(body: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return the features of each source-layer."""
    if not body:
        return {}
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(body).items()}


def counted(features: list[dict[str, Any]]) -> int:
    """Return how many rows features or cells stand for."""
    return sum(feature["properties"].get("count", 1) for feature in features)


def asked(session: Session, layer: Layer, z: int, filter_: str, **options: Any) -> Any:
    """Return the features of the tile of a zoom that holds 120 E, 30 N, filtered."""
    where = {layer.name: cql2.clause(layer, cql2.read(filter_))}
    return drawn(
        vector.tile(session, [layer], *tile_at(z), scope=ALL, where=where, **options)
    ).get(layer.name, [])  # fmt: skip


def tile_at(z: int) -> tuple[int, int, int]:
    """Return the tile that holds 120.02 E, 30.02 N."""
    return z, int((120.02 + 180) / 360 * 2**z), int(0.41251 * 2**z)


def test_the_place_of_the_tests_lies_in_their_tiles() -> None:
    for z in range(15):
        west, south, east, north = Tile(*tile_at(z)).bounds
        assert west <= 13360565 <= east and south <= 3506130 <= north


def test_layers_asked_for_together_share_the_bounds_of_one_tile(session: Session) -> None:
    for nr, layer in enumerate((SOURCE, TARGET, TEAM)):
        kind = {} if layer is SOURCE else {"kind": ["fire" if layer is TEAM else "school"] * 4500}
        put(session, layer, points(4500, seed=80 + nr, box=INLAND), **kind)
    alone = drawn(vector.tile(session, [TARGET], 0, 0, 0, scope=ALL))
    assert len(alone["protection_target"]) == 4500
    body = vector.tile(session, [SOURCE, TARGET, TEAM], 0, 0, 0, scope=ALL)
    found = drawn(body)
    assert list(found) == ["hazard_source", "protection_target", "team"]
    assert sum(map(len, found.values())) <= MAX_FEATURES
    assert len(body) <= MAX_BYTES
    assert {name: counted(each) for name, each in found.items()} == dict.fromkeys(found, 4500)
    assert body == vector.tile(session, [SOURCE, TARGET, TEAM], 0, 0, 0, scope=ALL)


def test_very_many_full_layers_still_make_one_bounded_tile(session: Session) -> None:
    layers = [find(name) for name in (
        "hazard_source", "protection_target", "team", "enterprise", "tank", "park", "geohazard",
        "tailings_pond", "accident", "disaster_point", "reservoir", "resource", "fire_water",
        "flood_work", "sensitive_place", "video_point", "expert", "weather_station")]  # fmt: skip
    for _ in range(12):
        layers.append(user_layers.create(session, title="t", geometry_type="POINT", access="open"))
    for nr, layer in enumerate(layers):
        required = {f.name: [f.spec.domain[0] if f.spec.domain else "k"] * 700
                    for f in layer.fields if f.spec.required and f.type == "text"}  # fmt: skip
        put(session, layer, points(700, seed=nr, box=INLAND), **required)
    shown = [layer for layer in layers if layer.min_zoom == 0]
    body = vector.tile(session, shown, 0, 0, 0, scope=ALL)
    found = drawn(body)
    assert len(body) <= MAX_BYTES and sum(map(len, found.values())) <= MAX_FEATURES
    assert {counted(each) for each in found.values()} == {700}
    assert len(found) == len(shown)


def test_a_filter_applies_to_features_and_to_cells_alike(session: Session) -> None:
    places = points(11_000, seed=83, box=(119, 29, 121, 31))
    put(session, SOURCE, places, grade=["1" if n % 11 else "2" for n in range(11_000)])
    whole = asked(session, SOURCE, 2, "grade = '2'")
    assert {feature["properties"]["grade"] for feature in whole} == {"2"}
    assert len(whole) == 1000
    cells = asked(session, SOURCE, 2, "grade IN ('1', '2')")
    assert counted(cells) == 11_000 and len(cells) < 300
    assert asked(session, SOURCE, 2, "grade = '3'") == []


def test_a_filter_shows_nothing_that_its_reader_may_not_see(session: Session) -> None:
    put(session, SOURCE, [shapely.Point(120, 30)] * 2, region=["3301", "3302"], grade=["1", "1"])
    where = {SOURCE.name: cql2.clause(SOURCE, cql2.read("grade = '1' OR grade <> '1'"))}
    body = vector.tile(session, [SOURCE], 0, 0, 0, scope=Scope(("3301",)), where=where)
    assert counted(drawn(body)["hazard_source"]) == 1


def test_words_of_sql_in_a_filter_are_values(session: Session) -> None:
    put(session, SOURCE, [shapely.Point(120, 30)], name=["x'); DROP TABLE cell; --"])
    assert len(asked(session, SOURCE, 5, "name = 'x''); DROP TABLE cell; --'")) == 1
    assert asked(session, SOURCE, 5, "name = '%'") == []


def test_a_filter_that_takes_too_long_is_stopped_and_said(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, SOURCE, points(3000, seed=84), grade=["1"] * 3000)
    monkeypatch.setattr(patience, "LIMIT_MS", 1)
    with pytest.raises(BusyError) as caught:
        asked(session, SOURCE, 0, "casei(name) LIKE '%a%' OR casei(substance) LIKE '%b%'")
    assert caught.value.code == "tile_too_slow"


def test_the_time_that_a_filter_has_is_not_that_of_what_follows(session: Session) -> None:
    before = session.scalar(text("SHOW statement_timeout"))
    asked(session, SOURCE, 0, "grade = '1'")
    assert session.scalar(text("SHOW statement_timeout")) == before
    assert session.scalar(text("SHOW plan_cache_mode")) == "auto"


def sealed(session: Session) -> int:
    """Seal what was changed and return its seq."""
    journal.seal(session)
    return journal.high_water(session)


def at(session: Session, seq: int, *, scope: Scope = ALL, z: int = 12) -> dict[str, str]:
    """Return name and grade of what a tile showed right after a seq."""
    body = vector.tile(session, [SOURCE], *tile_at(z), scope=scope, at=seq)
    shown = drawn(body).get("hazard_source", [])
    return {f["properties"]["name"]: f["properties"].get("grade") for f in shown}


def test_a_tile_shows_an_earlier_moment(session: Session) -> None:
    insert = text("INSERT INTO hazard_source (name, grade, region, geom) VALUES (:n, :g, :r, "
                  "'SRID=4326;POINT(120.02 30.02)')")  # fmt: skip
    empty = sealed(session)
    session.execute(insert, [{"n": "a", "g": "1", "r": "3301"}, {"n": "b", "g": "2", "r": "3302"}])
    first = sealed(session)
    session.execute(text("UPDATE hazard_source SET grade = '4' WHERE name = 'a'"))
    second = sealed(session)
    session.execute(text("UPDATE hazard_source SET geom = 'SRID=4326;POINT(9 9)' WHERE name = 'b'"))
    third = sealed(session)
    session.execute(text("DELETE FROM hazard_source"))
    last = sealed(session)
    assert [at(session, seq) for seq in (empty, first, second, third, last)] == [
        {}, {"a": "1", "b": "2"}, {"a": "4", "b": "2"}, {"a": "4"}, {},
    ]  # fmt: skip
    assert at(session, second, scope=Scope(("3302",))) == {"b": "2"}
    clause = cql2.clause(SOURCE, cql2.read("grade = '1'"))
    found = vector.tile(session, [SOURCE], *tile_at(12), scope=ALL, at=first,
                        where={SOURCE.name: clause})  # fmt: skip
    assert [f["properties"]["name"] for f in drawn(found)["hazard_source"]] == ["a"]


def test_a_load_is_part_of_the_past_too(session: Session) -> None:
    box = shapely.box(120.0, 30.0, 120.04, 30.04)
    put(session, SOURCE, [box], name=["a"], grade=["1"])
    first = sealed(session)
    set_bulk(session, uuid.uuid4())
    session.execute(text("UPDATE hazard_source SET grade = '2'"))
    second = sealed(session)
    assert (at(session, first), at(session, second)) == ({"a": "1"}, {"a": "2"})


def test_a_change_that_has_no_seq_yet_takes_nothing_from_the_past(session: Session) -> None:
    boxes = [shapely.Point(120.02, 30.02), shapely.Point(120.021, 30.021)]
    put(session, SOURCE, boxes, name=["a", "b"], grade=["1", "2"])
    seq = sealed(session)
    session.execute(text("UPDATE hazard_source SET grade = '4' WHERE name = 'a'"))
    session.execute(text("DELETE FROM hazard_source WHERE name = 'b'"))
    assert at(session, seq) == {"a": "1", "b": "2"}
    sealed(session)
    assert at(session, seq) == {"a": "1", "b": "2"}


def test_a_crowd_of_an_earlier_moment_is_counted(session: Session) -> None:
    put(session, SOURCE, points(10_100, seed=85, box=(120.0, 30.0, 120.04, 30.04)))
    seq = sealed(session)
    set_bulk(session, uuid.uuid4())
    session.execute(text("DELETE FROM hazard_source WHERE fid % 2 = 0"))
    sealed(session)
    found = drawn(vector.tile(session, [SOURCE], *tile_at(past.MIN_ZOOM), scope=ALL, at=seq))
    assert counted(found["hazard_source"]) == 10_100


def test_a_past_tile_from_far_out_is_refused(session: Session) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        at(session, 1, z=past.MIN_ZOOM - 1)
    assert caught.value.code == "tile_past_zoom"
