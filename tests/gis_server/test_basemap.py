"""The base map of an archive: made by the command, served over HTTP, without the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from pmtiles.reader import MemorySource, Reader
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_server import basemaps as served
from gis_server import cli
from gis_server.config import Config
from layers import basemaps, cluster
from layers.cluster import Urls
from layers.journal import seal
from tests.basemap_town import town
from tiles.basemap.make import make
from tiles.basemap.shelf import Shelf

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("made")
    path = town().write(folder / "town.osm")
    return make(path, folder, name="town", attribution="© OpenStreetMap contributors",
                progress=lambda _step, _count: None)[0]  # fmt: skip


@pytest.fixture
def shelf(config: Config, made: Any) -> Any:
    """Give the site's shelf with the town's archive, served."""
    shelf = served.shelf(config)
    shelf.folder.mkdir()
    shelf.path(made.sha256).write_bytes(made.path.read_bytes())
    shelf.serve(made.sha256, [made.sha256])
    return shelf


def record(database: Engine, made: Any, **changed: Any) -> None:
    """Put the town on record."""
    told = {
        "name": "town", "sha256": made.sha256, "bytes": made.bytes, "tiles": made.tiles,
        "min_zoom": made.min_zoom, "max_zoom": made.max_zoom, "bounds": made.bounds,
        "layers": made.layers, "source": "town.osm", "source_sha256": "0" * 64,
        "attribution": "© OpenStreetMap contributors",
    }  # fmt: skip
    with Session(database) as session, session.begin():
        basemaps.put(session, basemaps.Entry(**{**told, **changed}))
    with Session(database) as session, session.begin():
        seal(session)


def ground(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/ground")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json["basemap"]  # type: ignore[index]
    return told


def address(told: dict[str, Any], z: int, x: int, y: int) -> str:
    return str(told["tiles"]).format(z=z, x=x, y=y)


def test_without_an_archive_the_database_serves(client: FlaskClient) -> None:
    told = ground(client)
    assert (told["from"], told["reason"], told["archive"]) == ("database", None, None)
    assert client.get(address(told, 0, 0, 0)).status_code in (200, 204)
    assert client.get("/basemap.pmtiles").status_code == 404


@pytest.mark.usefixtures("shelf")
def test_tiles_come_from_the_archive_and_are_kept_for_ever(
    client: FlaskClient, database: Engine, made: Any
) -> None:
    record(database, made)
    told = ground(client)
    assert (told["from"], told["reason"]) == ("archive", None)
    assert told["maxzoom"] == 14
    assert told["attribution"] == "© OpenStreetMap contributors"
    (region,) = told["regions"]
    assert region["name"] == "town"
    answer = client.get(address(told, 10, 853, 422))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "road" in mapbox_vector_tile.decode(answer.data)
    packed = client.get(address(told, 10, 853, 422), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(address(told, 10, 853, 422), headers=known).status_code == 304
    assert client.get(address(told, 10, 0, 0)).status_code == 204
    other = client.get("/tiles/basemap/00000000-1/10/853/422.mvt")
    assert other.headers["Cache-Control"] == "no-store"
    assert other.data == answer.data


@pytest.mark.usefixtures("shelf")
def test_a_zoom_that_the_archive_has_not_is_told_and_not_blank(client: FlaskClient) -> None:
    told = ground(client)
    answer = client.get(address(told, 15, 0, 0))
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "basemap_depth"  # type: ignore[index]
    assert client.get(address(told, 3, 8, 0)).status_code == 400


@pytest.mark.usefixtures("shelf")
def test_the_set_of_tiles_describes_the_archive(client: FlaskClient) -> None:
    told = client.get("/tiles/basemap.json").json
    assert told is not None
    assert told["tilejson"] == "3.0.0"
    assert told["maxzoom"] == 14
    assert {"boundary", "road"} <= {layer["id"] for layer in told["vector_layers"]}
    assert told["tiles"][0].startswith("http://localhost/tiles/basemap/")


@pytest.mark.usefixtures("shelf")
def test_the_archive_is_sent_whole_and_in_parts(client: FlaskClient, made: Any) -> None:
    whole = client.get("/basemap.pmtiles")
    assert whole.data == made.path.read_bytes()
    assert whole.headers["ETag"] == f'"{made.sha256}"'
    reader = Reader(MemorySource(whole.data))
    assert reader.get(10, 853, 422)
    part = client.get("/basemap.pmtiles", headers={"Range": "bytes=0-126"})
    assert part.status_code == 206
    assert part.data == whole.data[:127]
    assert part.headers["Content-Range"] == f"bytes 0-126/{made.bytes}"
    stale = {"Range": "bytes=0-126", "If-Range": '"another"'}
    assert client.get("/basemap.pmtiles", headers=stale).data == whole.data
    fresh = {"If-None-Match": whole.headers["ETag"]}
    assert client.get("/basemap.pmtiles", headers=fresh).status_code == 304
    beyond = {"Range": "bytes=99999999-"}
    assert client.get("/basemap.pmtiles", headers=beyond).status_code == 416


def test_what_is_on_record_but_not_on_this_machine_is_told(
    client: FlaskClient, database: Engine, shelf: Any, made: Any
) -> None:
    record(database, made)
    record(database, made, name="elsewhere", sha256="e" * 64)
    assert ground(client)["reason"] == "missing_file"
    shelf.path("e" * 64).write_bytes(made.path.read_bytes())
    assert ground(client)["reason"] == "not_joined"
    shelf.serve(None, [])
    assert ground(client)["from"] == "database"
    shelf.serve(made.sha256, [made.sha256])
    shelf.path(made.sha256).write_bytes(b"")
    (shelf.folder / "served.json").touch()
    told = ground(client)
    assert (told["from"], told["reason"]) == ("database", "damaged")


def test_a_damaged_tile_is_a_503_with_its_reason(
    client: FlaskClient, shelf: Any, made: Any
) -> None:
    told = ground(client)
    raw = bytearray(made.path.read_bytes())
    raw[16_384:-2000] = bytes(len(raw) - 16_384 - 2000)
    shelf.path(made.sha256).write_bytes(raw)
    answer = client.get(address(told, 10, 853, 422))
    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "basemap_damaged"  # type: ignore[index]


@pytest.mark.usefixtures("shelf")
def test_who_may_not_read_features_gets_no_base_map(app: Any) -> None:
    stranger = app.test_client()
    for path in ("/api/v1/ground", "/basemap.pmtiles", "/tiles/basemap/0/10/853/422.mvt"):
        assert stranger.get(path).status_code == 401


@pytest.fixture
def site(var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Urls]:
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ONEMAP_VAR", str(var))
    with cluster.running(var) as urls:  # the commands join it instead of starting it each time
        yield urls


@pytest.fixture
def run(site: Urls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["onemap", "basemap", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_the_command_makes_lists_and_removes_regions_side_by_side(
    run: Run, var: Path, tmp_path: Path
) -> None:
    here = town().write(tmp_path / "here.osm")
    there = town(lon=121.0, name="海城").write(tmp_path / "there.osm")
    code, out, err = run(here, "--json")
    assert code == 0, err
    assert "about" in err  # what it will take is told before
    assert json.loads(out)["from"] == "archive"
    code, out, _ = run(there, "--name", "海城", "--attribution", "某市测绘院", "--json")
    told = json.loads(out)
    assert [region["name"] for region in told["regions"]] == ["here", "海城"]
    assert told["reason"] is None
    folder = var / "basemaps"
    assert len(list(folder.glob("*.pmtiles"))) == 3  # each region's, and the joined one
    here.write_bytes(here.read_bytes()[:-200])
    code, _, err = run(here)
    assert code == 1
    assert "damaged, or cut off" in err
    code, out, _ = run("--list")
    assert code == 0
    assert "海城" in out
    assert "served from an archive" in out
    code, _, err = run("--remove", "nowhere")
    assert code == 1
    assert "there are: here, 海城" in err
    assert run("--remove", "here")[0] == 0
    assert len(list(folder.glob("*.pmtiles"))) == 1
    assert run("--remove", "海城")[0] == 0
    assert list(folder.glob("*.pmtiles")) == []
    assert "database" in run("--list")[1]


def test_the_command_says_what_it_wants(run: Run) -> None:
    assert run()[0] == 2
    assert run("/no/such/file.osm.pbf")[0] == 2
    assert run("--list", "--remove", "x")[0] == 2


def test_a_second_command_is_refused_while_one_is_at_it(
    run: Run, var: Path, tmp_path: Path
) -> None:
    path = town().write(tmp_path / "town.osm")
    with Shelf(var / "basemaps").changing():
        code, _, err = run(path)
    assert code == 1
    assert "another base map is being made" in err
    assert run(path, "--name", "x" * 101)[0] == 2


def test_a_restored_site_has_its_base_map(
    run: Run, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["onemap", *map(str, words)])
        try:
            cli.main()
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    for name, lon in (("here", 120.0), ("there", 121.0)):
        assert run(town(lon=lon).write(tmp_path / f"{name}.osm"))[0] == 0
    shelf = Shelf(var / "basemaps")
    before = shelf.served()
    assert before is not None
    assert other("backup", tmp_path / "b.tar") == 0
    assert run("--remove", "here")[0] == 0
    assert run("--remove", "there")[0] == 0
    for path in (var / "basemaps").glob("*.pmtiles"):
        path.unlink()
    assert shelf.served() is None
    assert other("restore", tmp_path / "b.tar", "--yes") == 0
    after = shelf.served()
    assert after is not None
    assert after.sha256 == before.sha256
    assert after.archive.tile(10, 853, 422) == before.archive.tile(10, 853, 422)
