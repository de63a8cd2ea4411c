"""onemap pack: made, listed, verified; killed in the middle; every wrong word told."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gis_server import cli, site
from gis_server.config import Config
from gis_server.pack_jobs import file_of, next_pack
from gis_server.packing import Asked
from layers import cluster
from layers import database as db
from layers.cluster import Urls
from layers.models import Pack
from layers.packs import register, signing
from layers.query import Scope
from tests.gis_server import pack_site

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def urls(var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Urls]:
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ONEMAP_VAR", str(var))
    with cluster.running(var) as urls:  # the commands join it instead of starting it each time
        db.migrate(urls.migrator)
        engine = db.create_engine(urls.app)
        pack_site.fill(engine)
        with Session(engine) as session, session.begin():
            site.add_user(session, name="li", password="a long password 1", title=None)
            site.grant(session, name="li", role="planner", region="330102")
        engine.dispose()
        yield urls


@pytest.fixture
def run(urls: Urls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["onemap", "pack", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_a_pack_is_made_listed_and_verified(run: Run, var: Path, tmp_path: Path) -> None:
    out = tmp_path / "west.onemap"
    code, said, err = run(
        "--region", "330102", "--layers", "team,enterprise", "--zoom", "3-9", "--expires", "7d",
        "--out", out, "--json",
    )  # fmt: skip
    assert code == 0, err
    told = json.loads(said)
    assert (told["file"], told["bytes"]) == (str(out), out.stat().st_size)
    assert told["layers"] == {"team": 13, "enterprise": 1}
    manifest = json.loads(pack_site.contents(out)["manifest.json"])
    assert (manifest["name"], manifest["made_by"]) == ("330102", None)
    code, said, err = run("verify", out, "--json")
    assert (code, json.loads(said)["id"]) == (0, told["id"]), err
    code, said, err = run("list", "--json")
    (listed,) = json.loads(said)["packs"]
    assert (listed["id"], listed["status"], listed["file"]) == (told["id"], "ready", None)
    code, said, _ = run("key", "--json")
    assert json.loads(said)["key"] == manifest["signer"]["key"]
    assert (var / "keys" / signing.KEY_FILE).exists()


def test_a_pack_for_a_person_holds_what_that_person_may_see(run: Run, tmp_path: Path) -> None:
    area = tmp_path / "area.geojson"
    shape = {"type": "Polygon", "coordinates": [[[120, 30], [120.2, 30], [120.2, 30.1],
                                                 [120, 30.1], [120, 30]]]}  # fmt: skip
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    area.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    code, said, err = run("--area", area, "--user", "li", "--parts", "features", "--json")
    assert code == 0, err
    told = json.loads(said)
    rows = pack_site.features(pack_site.contents(Path(told["file"])), "team")
    assert {row["properties"]["region"] for row in rows} == {"330102"}
    assert Path(told["file"]).name == f"{told['id']}.onemap"
    code, _, err = run("--bbox", "120,30,121,31", "--user", "nobody")
    assert code == 1
    assert "no user nobody" in err


def test_a_changed_pack_is_refused_with_its_code(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.onemap"
    assert run("--bbox", "120,30,120.2,30.1", "--zoom", "0-4", "--out", out)[0] == 0
    good = bytearray(out.read_bytes())
    good[len(good) // 2] ^= 1
    out.write_bytes(good)
    code, said, _ = run("verify", out, "--json")
    assert code == 1
    assert json.loads(said)["error"]["code"] in ("pack_part", "pack_changed", "pack_size")


def test_a_pack_of_another_site_is_not_believed_unless_told_so(
    run: Run, var: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.onemap"
    assert run("--bbox", "120,30,120.2,30.1", "--zoom", "0", "--out", out)[0] == 0
    key = json.loads(run("key", "--json")[1])["key"]
    (var / "keys" / signing.KEY_FILE).unlink()
    code, said, _ = run("verify", out, "--json")
    assert (code, json.loads(said)["error"]["code"]) == (1, "pack_signer")
    assert run("verify", out, "--key", key)[0] == 0
    assert run("verify", out, "--any-signer")[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "give one of"),
        (["--region", "330102", "--bbox", "1,2,3,4"], "give one of"),
        (["--bbox", "1,2,3"], "is not W,S,E,N"),
        (["--bbox", "1,2,x,4"], "is not W,S,E,N"),
        (["--bbox", "1,2,3,4", "--zoom", "5-2"], "wanted"),
        (["--bbox", "1,2,3,4", "--zoom", "-1-2"], "is not FROM-TO"),
        (["--bbox", "1,2,3,4", "--zoom", "0-30"], "wanted"),
        (["--bbox", "1,2,3,4", "--parts", "soup"], "wanted some of"),
        (["--bbox", "1,2,3,4", "--expires", "0d"], "wanted 1d to 366d"),
        (["--bbox", "1,2,3,4", "--expires", "forever"], "wanted 1d to 366d"),
        (["--bbox", "1,2,3,4", "--layers", "unicorn"], "there is no layer 'unicorn'"),
        (["--region", "990000"], "no district"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told(run: Run, words: list[str], told: str) -> None:
    code, _, err = run(*words)
    assert code in (1, 2)
    assert told in err


def test_a_pack_killed_in_the_middle_leaves_the_old_file_and_no_half(
    run: Run, urls: Urls, var: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.onemap"
    words = ["--bbox", "119,29,121,31", "--zoom", "0-13", "--out", str(out)]
    assert run(*words[:2], "--zoom", "0", "--out", out)[0] == 0
    before = out.read_bytes()
    begun = subprocess.Popen(
        [sys.executable, "-c", "from gis_server.cli import main; main()", "pack", *words],
        env=os.environ | {"ONEMAP_VAR": str(var)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert begun.stderr is not None
    for line in begun.stderr:
        if "layers" in line or "basemap" in line:
            break
    time.sleep(0.2)
    begun.send_signal(signal.SIGKILL)
    begun.wait()
    begun.stderr.close()
    assert out.read_bytes() == before
    assert run("verify", out)[0] == 0
    assert run(*words)[0] == 0  # what was left half made is swept away
    assert run("verify", out)[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.onemap"]
    engine = db.create_engine(urls.app)
    assert next_pack(engine) is None  # no server takes over what a command makes
    now = dt.datetime.now(dt.UTC)
    with Session(engine) as session:
        states = sorted(pack.status for pack in session.query(Pack))
    with Session(engine) as session, session.begin():
        register.expire(session, now=now + dt.timedelta(days=2))
        assert session.query(Pack).filter(Pack.status == "failed").count() == 1
    engine.dispose()
    assert states == ["by_command", "ready", "ready"]


def test_the_child_of_the_server_makes_a_pack_from_the_register(urls: Urls, var: Path) -> None:
    engine = db.create_engine(urls.app)
    with Session(engine) as session, session.begin():
        asked = Asked(bbox=(120.0, 30.0, 120.2, 30.1), maxzoom=6)
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        pack = register.ask(
            session, name="x", owner="li", asked=asked.to_json(), scope=Scope(None),
            expires_at=until,
        )  # fmt: skip
        id: uuid.UUID = pack.id
    environment = os.environ | {"ONEMAP_DATABASE_URL": urls.app, "ONEMAP_VAR": str(var)}
    subprocess.run(
        [sys.executable, "-m", "gis_server.pack_jobs", str(id)], env=environment, check=True
    )
    with Session(engine) as session:
        assert session.get_one(Pack, id).status == "ready"
    engine.dispose()
    assert file_of(Config(var=var), id).exists()
