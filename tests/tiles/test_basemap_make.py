"""A base map of an extract: what is on it, that it keeps its bound, and what a bad file does."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import Counter, namedtuple
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from pmtiles.tile import tileid_to_zxy

from layers.errors import BusyError, InvalidInputError, SetupError
from tests.basemap_town import Town, town
from tiles.archive import Archive, thinning
from tiles.basemap import make as basemap_make
from tiles.basemap.extract import Extracted
from tiles.basemap.features import LAYERS, MAX_ZOOM
from tiles.basemap.make import Made
from tiles.mvt import MAX_BYTES, MAX_FEATURES

OSM = Path(os.environ.get("ONEMAP_REAL_DATA", "/nowhere")) / "osm"
LON, LAT = 120.0, 30.0
Usage = namedtuple("Usage", "total used free")


def silent(_step: str, _count: int) -> None:
    """Show no progress."""


def made_of(path: Path, folder: Path, **options: Any) -> tuple[Made, Extracted]:
    options = {"name": "town", "attribution": "© OpenStreetMap contributors", **options}
    return basemap_make.make(path, folder, progress=silent, **options)


def tile_of(z: int, lon: float, lat: float) -> tuple[int, int, int]:
    """Return the tile that holds a position."""
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z)
    return z, x, y


def drawn(archive: Archive, z: int, lon: float = LON, lat: float = LAT) -> dict[str, list[Any]]:
    """Return the features of each source-layer of the tile that holds a position."""
    body = archive.tile(*tile_of(z, lon, lat))
    found = mapbox_vector_tile.decode(body) if body else {}
    return {name: layer["features"] for name, layer in found.items()}


def everything(archive: Archive, z: int) -> dict[str, list[dict[str, Any]]]:
    """Return the properties of every feature of a zoom, by source-layer, each once."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for tile_id, _, _ in archive.entries():
        place = tileid_to_zxy(tile_id)
        if place[0] == z:
            for name, layer in mapbox_vector_tile.decode(archive.tile(*place)).items():
                for feature in layer["features"]:
                    told = feature["properties"]
                    found.setdefault(name, {})[str(sorted(told.items()))] = told
    return {name: list(told.values()) for name, told in found.items()}


def hold(archive: Archive) -> None:
    """Hold every tile of an archive to the bound."""
    for tile_id, _, _ in archive.entries():
        body = archive.tile(*tileid_to_zxy(tile_id))
        assert 0 < len(body) <= MAX_BYTES
        assert thinning.count(body) <= MAX_FEATURES


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("made")
    path = town().write(folder / "town.osm")
    with Archive(made_of(path, folder)[0].path) as archive:
        yield archive


def test_every_source_layer_is_there_with_its_fields(made: Archive) -> None:
    found = everything(made, MAX_ZOOM)
    assert set(found) == set(LAYERS)
    roads = {road["class"]: road for road in found["road"]}
    assert set(roads) == {"motorway", "residential", "footway"}
    assert roads["motorway"] == {"class": "motorway", "name": "一号高速", "ref": "G1",
                                 "bridge": True, "tunnel": False}  # fmt: skip
    assert found["railway"] == [{"kind": "rail", "bridge": False, "tunnel": True}]
    assert {"kind": "school", "levels": 4} in found["building"]
    assert {"kind": "park", "name": "公园"} in found["land_use"]
    assert {"kind": "river", "name": "江"} in found["water"]
    places = {place["kind"]: place for place in found["place"]}
    assert places["city"] == {"kind": "city", "name": "江城", "name_en": "River City",
                              "people": 1_200_000, "rank": 0}  # fmt: skip
    assert places["village"]["name"] == "北村"
    described = made.metadata()
    assert [layer["id"] for layer in described["vector_layers"]] == sorted(LAYERS)
    assert described["attribution"] == "© OpenStreetMap contributors"


def test_things_come_by_importance(made: Archive) -> None:
    assert set(drawn(made, 3)) == {"place"}
    assert {f["properties"]["class"] for f in drawn(made, 6)["road"]} == {"motorway"}
    classes = {road["properties"]["class"] for road in drawn(made, 12)["road"]}
    assert classes == {"motorway", "residential"}
    assert "building" not in drawn(made, 12, LON + 0.004, LAT + 0.004)
    assert made.header.max_zoom == MAX_ZOOM


def test_an_island_is_a_hole_in_its_lake(made: Archive) -> None:
    _, x, y = tile_of(MAX_ZOOM, LON - 0.017, LAT - 0.005)
    layer = mapbox_vector_tile.decode(made.tile(MAX_ZOOM, x, y))["water"]["features"]
    (lake,) = [f for f in layer if f["properties"].get("name") == "湖"]
    rings = lake["geometry"]["coordinates"]
    assert len(rings) == 2 if lake["geometry"]["type"] == "Polygon" else len(rings[0]) == 2


def test_a_border_that_two_regions_share_is_one_line_of_both_names(made: Archive) -> None:
    borders = drawn(made, 12, LON, LAT + 0.03)["boundary"]
    shared = [b for b in borders if "/" in b["properties"]["name"]]
    assert len(shared) == 1
    assert shared[0]["geometry"]["type"] == "LineString"
    assert shared[0]["properties"] == {"admin_level": 6, "level": "county", "maritime": False,
                                       "disputed": False, "name": "东区 / 西区"}  # fmt: skip


def test_a_source_layer_may_be_left_out(tmp_path: Path) -> None:
    path = town().write(tmp_path / "town.osm")
    made, _ = made_of(path, tmp_path, without=("boundary",))
    assert set(made.layers) == set(LAYERS) - {"boundary"}


def test_the_same_extract_gives_the_same_bytes(tmp_path: Path) -> None:
    one, _ = made_of(town().write(tmp_path / "town.osm"), tmp_path / "one")
    two, _ = made_of(town().write(tmp_path / "other_name.osm"), tmp_path / "two")
    assert one.sha256 == two.sha256 == basemap_make.digest(one.path)
    assert one.path.name == f"{one.sha256}.pmtiles"


def test_a_road_that_leaves_the_extract_is_drawn_as_far_as_it_is_known(tmp_path: Path) -> None:
    cut = Town()
    nodes = [cut.node((LON + 0.001 * i, LAT)) for i in range(6)]
    cut.way([*nodes[:3], 999_999, *nodes[3:]], highway="primary", name="外环")
    made, found = made_of(cut.write(tmp_path / "cut.osm"), tmp_path)
    assert found.skipped == Counter()
    with Archive(made.path) as archive:
        (road,) = drawn(archive, MAX_ZOOM, LON + 0.001)["road"]
        assert road["properties"]["name"] == "外环"


def test_a_crowded_tile_keeps_its_bound_and_its_roads(tmp_path: Path) -> None:
    crowded = Town()
    for row in range(110):
        for column in range(110):
            crowded.ring(LON + column * 1e-4, LAT + row * 1e-4, 5e-5, building="house",
                         name=f"{row}-{column}")  # fmt: skip
    crowded.way([(LON, LAT), (LON + 0.011, LAT)], highway="residential", name="街")
    made, found = made_of(crowded.write(tmp_path / "crowded.osm"), tmp_path)
    assert found.counts["building"] == 12_100
    assert made.told["left_out"]
    with Archive(made.path) as archive:
        hold(archive)
        assert archive.metadata()["left_out"] == made.told["left_out"]
        assert drawn(archive, MAX_ZOOM, LON + 0.001, LAT + 0.0001)["road"]


def test_towns_side_by_side_are_joined_and_nothing_is_doubled(tmp_path: Path) -> None:
    here, _ = made_of(town().write(tmp_path / "a.osm"), tmp_path, name="a")
    there, _ = made_of(town(lon=120.5, name="海城").write(tmp_path / "b.osm"), tmp_path, name="b")
    told = {"name": "basemap"}
    joined = basemap_make.join([here.path, there.path], tmp_path, metadata=told, progress=silent)
    doubled = basemap_make.join([here.path, there.path, here.path], tmp_path, metadata=told,
                                progress=silent)  # fmt: skip
    with Archive(joined.path) as archive, Archive(doubled.path) as twice:
        for z in (0, 5, 9, MAX_ZOOM):
            assert {n: len(f) for n, f in drawn(twice, z).items()} == {
                n: len(f) for n, f in drawn(archive, z).items()
            }
    with Archive(joined.path) as archive, Archive(here.path) as alone:
        hold(archive)
        cities = {place["name"] for place in everything(archive, 5)["place"]}
        assert {"江城", "海城"} <= cities
        assert drawn(archive, MAX_ZOOM) == drawn(alone, MAX_ZOOM)
        west, _, east, _ = archive.header.bounds
        assert west < LON < 120.5 < east


@pytest.mark.parametrize("content", [b"", b"hello", b"<osm", b"\x00" * 5000])
@pytest.mark.parametrize("name", ["bad.osm.pbf", "bad.osm", "bad.osm.gz"])
def test_a_file_that_is_no_extract_is_refused_and_leaves_nothing(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        made_of(tmp_path / name, tmp_path / "out")
    assert caught.value.code in ("basemap_extract_unreadable", "empty_extract")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


def test_what_was_cut_short_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    path = town().write(tmp_path / "town.osm")
    made, _ = made_of(path, tmp_path / "out")
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InvalidInputError, match="damaged, or cut off"):
        made_of(path, tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {".lock", made.path.name}


def test_an_extract_with_nothing_to_draw_says_so(tmp_path: Path) -> None:
    empty = Town()
    empty.node((LON, LAT), amenity="bench")
    with pytest.raises(InvalidInputError, match="to draw"):
        made_of(empty.write(tmp_path / "empty.osm"), tmp_path)


def test_a_disk_without_room_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 1 << 20))
    with pytest.raises(SetupError, match="MB free"):
        made_of(town().write(tmp_path / "town.osm"), tmp_path)


def test_one_base_map_is_made_at_a_time_and_what_a_kill_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".making-killed"
    left.mkdir()
    (left / "raw").write_bytes(b"x")
    path = town().write(tmp_path / "town.osm")
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            made_of(path, tmp_path)
    made_of(path, tmp_path)
    assert not left.exists()


def test_a_program_that_fails_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\necho no space left on device >&2\nexit 3\n")
    failing.chmod(0o700)
    monkeypatch.setattr(basemap_make, "program", lambda _name: failing)
    with pytest.raises(SetupError, match="no space left"):
        made_of(town().write(tmp_path / "town.osm"), tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


@pytest.mark.real
@pytest.mark.skipif(not OSM.is_dir(), reason="the extracts are not here")
@pytest.mark.parametrize("name", ["liechtenstein", "andorra", "monaco", "helsinki_centre"])
def test_every_tile_of_a_real_extract_keeps_the_bound(tmp_path: Path, name: str) -> None:
    made, found = made_of(OSM / f"{name}.osm.pbf", tmp_path)
    assert found.counts["road"] > 1000
    with Archive(made.path) as archive:
        hold(archive)
        assert sum(run for _, run, _ in archive.entries()) == made.tiles
