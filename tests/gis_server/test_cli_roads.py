"""onemap roads: every kind of file, versions side by side, a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from analysis.roads import versions
from gis_server import cli
from layers import cluster
from layers.cluster import Urls
from tests.analysis.roads.osm_file import restriction, way, write

Run = Callable[..., tuple[int, str, str]]
SMALL = "".join(
    way(id_, refs, highway="primary") for id_, refs in {1: (1, 2, 3), 2: (2, 4), 3: (3, 5)}.items()
)


@pytest.fixture
def site(var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Urls]:
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ONEMAP_VAR", str(var))
    with cluster.running(var) as urls:  # the commands join it instead of starting it each time
        yield urls


@pytest.fixture
def run(site: Urls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["onemap", "roads", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def _loaded(run: Run, *words: object) -> dict[str, object]:
    code, out, err = run(*words, "--json")
    assert code == 0, err
    found: dict[str, object] = json.loads(out)
    return found


def _listed(run: Run) -> dict[str, bool]:
    networks = _loaded(run, "--list")["networks"]
    assert isinstance(networks, list)
    return {each["id"]: each["active"] for each in networks}


def test_an_extract_becomes_the_network_and_says_what_it_left_out(run: Run, tmp_path: Path) -> None:
    members = (("way", 1, "from"), ("node", 2, "via"), ("way", 2, "to"))
    parts = SMALL + restriction(9, *members, restriction="no_left_turn")
    path = write(tmp_path / "town.osm", parts, tagged={3: {"barrier": "gate"}})
    found = _loaded(run, path)
    assert (found["network"], found["active"], found["barriers"]) == ("town", True, 1)
    assert found["told"]["bans_ambiguous"] == 1  # type: ignore[index]
    code, out, err = run(path)
    assert code == 0
    assert "network town" in out
    assert "1 turn restrictions fit more than one way through" in err


def test_a_new_version_takes_over_and_the_old_ones_stay_to_go_back_to(
    run: Run, tmp_path: Path
) -> None:
    path = write(tmp_path / "town.osm", SMALL)
    made = [str(_loaded(run, path, "--keep", 2)["id"]) for _ in range(4)]
    assert _listed(run) == {made[3]: True, made[2]: False, made[1]: False}
    assert _loaded(run, "--use", made[1])["replaced"] == [made[3]]
    assert _loaded(run, "--use", "town")["used"] == made[3]
    code, _, err = run("--remove", made[3])
    assert code == 1
    assert "is in use" in err
    assert _loaded(run, "--remove", made[1])["removed"] == made[1]
    assert _listed(run) == {made[3]: True, made[2]: False}


def test_a_version_may_be_stored_and_not_used_yet(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "town.osm", SMALL)
    old, new = _loaded(run, path)["id"], _loaded(run, path, "--load-only")["id"]
    assert _listed(run) == {new: False, old: True}


def test_networks_that_overlap_are_told(run: Run, tmp_path: Path) -> None:
    _loaded(run, write(tmp_path / "town.osm", SMALL))
    found = _loaded(run, write(tmp_path / "county.osm", SMALL))
    assert found["overlaps"] == ["town"]


def test_a_layer_with_bad_rows_is_refused_until_the_good_ones_are_asked_for(
    run: Run, tmp_path: Path
) -> None:
    lines = [shapely.LineString([(114, 30), (114.01, 30)]),
             shapely.LineString([(114.01, 30), (114.02, 30)])]  # fmt: skip
    frame = gpd.GeoDataFrame({"等级": ["国道", "大马路"]}, geometry=lines, crs="EPSG:4490")
    path = tmp_path / "roads.gpkg"
    frame.to_file(path)
    code, _, err = run(path)
    assert code == 1
    assert "row 2" in err
    assert "大马路" in err
    assert _listed(run) == {}
    found = _loaded(run, path, "--good-rows")
    assert (found["roads"], found["columns"]) == (1, {"class": "等级"})
    assert [fault["row"] for fault in found["faults"]] == [2]  # type: ignore[attr-defined]
    assert _loaded(run, path, "--code", "class:大马路=primary", "--name", "b")["roads"] == 2


@pytest.mark.parametrize(
    "words", [(), ("--list", "--use", "x"), ("--map", "class"), ("--code", "x=y"), ("--nodes", "x")]
)
def test_a_command_that_makes_no_sense_says_so(run: Run, words: tuple[str, ...]) -> None:
    code, _, err = run(*words)
    assert code == 2
    assert "Usage" in err or "Error" in err


def test_a_torn_file_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(b"\0\0\0\x0d\x0a\x09OSMHeader torn")
    code, _, err = run(path)
    assert code == 1
    assert "cannot be read" in err
    assert _listed(run) == {}


def test_two_imports_of_one_name_at_once_are_told_apart(
    run: Run, site: Urls, tmp_path: Path
) -> None:
    path = write(tmp_path / "town.osm", SMALL)
    old = _loaded(run, path)["id"]
    engine = create_engine(site.app, poolclass=NullPool)
    with engine.begin() as other:
        other.execute(
            text("SELECT pg_advisory_xact_lock(:key, hashtext('town'))"),
            {"key": versions.NETWORK_NAME},
        )
        code, _, err = run(path)
    assert code == 1
    assert "is being imported by somebody else" in err
    assert _listed(run) == {old: True}


def test_a_kill_in_the_middle_leaves_the_old_network_in_use(
    run: Run, site: Urls, tmp_path: Path
) -> None:
    path = write(tmp_path / "town.osm", SMALL)
    old = _loaded(run, path, "--name", "city")["id"]
    engine = create_engine(site.app, poolclass=NullPool)
    command = [sys.executable, "-c", "from gis_server.cli import main; main()", "roads", str(path),
               "--name", "city"]  # fmt: skip
    with engine.connect() as watching:
        # Nobody writes a road while this lock is held: the import waits within its COPY.
        watching.execute(text("LOCK TABLE road IN SHARE MODE"))
        importing = subprocess.Popen(command, env=os.environ, stderr=subprocess.DEVNULL)
        waits = text(
            "SELECT count(*) FROM pg_locks WHERE relation = 'road'::regclass AND NOT granted"
        )
        with engine.connect() as looking:
            for _ in range(600):
                if looking.scalar(waits) or importing.poll() is not None:
                    break
                looking.rollback()
                time.sleep(0.05)
            assert looking.scalar(waits)
        importing.send_signal(signal.SIGKILL)
        assert importing.wait(timeout=20) == -signal.SIGKILL
        watching.rollback()
    assert _listed(run) == {old: True}
    with engine.connect() as looking:
        for _ in range(200):  # until the server has noticed that the client is gone
            if not looking.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE query LIKE 'COPY road%' AND state <> 'idle'"
                )
            ):
                break
            time.sleep(0.05)
        assert looking.scalar(text("SELECT count(DISTINCT network_id) FROM road")) == 1
    assert _loaded(run, path, "--name", "city")["replaced"] == [old]
