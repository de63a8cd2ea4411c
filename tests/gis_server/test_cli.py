"""The commands: help that answers, results as JSON, errors that say what to do."""

import io
import json
import sys

import pytest
from click.testing import CliRunner

from gis_server import cli
from gis_server.cli import COMMANDS, onemap
from layers import cluster

GOOD = "name,kind,people,lon,lat\n一站,fire,30,120.1,30.1\n二站,fire,25,120.2,30.2\n"
MIXED = GOOD + "三站,circus,-4,120.3,30.3\n"


@pytest.fixture
def run(var, monkeypatch, capsys):
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ONEMAP_VAR", str(var))

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["onemap", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        out, err = capsys.readouterr()
        return code, out, err

    with cluster.running(var):  # the commands join it instead of starting it each time
        yield command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    done = CliRunner().invoke(onemap, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


def test_the_list_of_commands_imports_nothing_heavy():
    import subprocess

    code = (
        "import sys; from gis_server.cli import onemap; "
        "onemap(['--help'], standalone_mode=False); "
        "sys.exit(any(m in sys.modules for m in ('numpy', 'sqlalchemy', 'flask', 'geopandas')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_good_file_is_loaded_and_loading_it_again_doubles_nothing(run, tmp_path):
    file = tmp_path / "teams.csv"
    file.write_text(GOOD)
    words = ("import", file, "--layer", "teams", "--crs", "EPSG:4326", "--json")
    code, out, err = run(*words)
    assert code == 0, err
    assert json.loads(out)["loaded"]["team"]["inserted"] == 2
    code, out, err = run("layers", "--json")
    count = {entry["name"]: entry["count"] for entry in json.loads(out)["layers"]}
    assert count["team"] == 2


def test_a_users_own_layer_is_listed_taken_away_and_brought_back(run, monkeypatch):
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import user_layers

    with opened(Config()) as site, site.work("li") as session:
        layer = user_layers.create(session, title="井盖", geometry_type="POINT", owner="li")

    def own(*words):
        code, out, err = run("layers", "--json", *words)
        assert code == 0, err
        entries = [entry for entry in json.loads(out)["layers"] if entry["user"]]
        return [(entry["name"], entry["title"], entry["owner"]) for entry in entries]

    assert own() == [(layer.name, "井盖", "li")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("甲\n"))
    code, _, err = run("layers", "--remove", layer.name)
    assert code == 1
    assert "type its title '井盖'" in err
    assert own("--remove", layer.name, "--yes") == []
    assert own("--purge") == []
    assert own("--restore", layer.name) == [(layer.name, "井盖", "li")]
    code, _, err = run("layers", "--remove", "team", "--yes")
    assert code == 1
    assert "of a user's own" in err


def test_a_file_with_bad_rows_loads_nothing_and_names_them(run, tmp_path):
    file = tmp_path / "teams.csv"
    file.write_text(MIXED)
    words = ("import", file, "--layer", "team", "--crs", "EPSG:4326")
    code, out, err = run(*words)
    assert code == 1
    assert "circus" in err and "--good-rows" in err
    code, out, err = run(*words, "--good-rows")
    assert code == 0, err
    assert "2 new" in out


def test_a_file_without_a_coordinate_system_is_refused_with_what_to_give(run, tmp_path):
    file = tmp_path / "teams.csv"
    file.write_text(GOOD)
    code, out, _ = run("import", file, "--layer", "team", "--json")
    assert code == 1
    assert json.loads(out)["error"]["code"] == "unknown_crs"


def test_an_unknown_layer_is_named_with_those_that_exist(run, tmp_path):
    file = tmp_path / "teams.csv"
    file.write_text(GOOD)
    code, _, err = run("import", file, "--layer", "unicorn")
    assert code == 1
    assert "team" in err


def test_an_extract_without_roads_is_refused(run, tmp_path):
    file = tmp_path / "empty.osm.pbf"
    file.write_bytes(b"not a map")
    code, _, err = run("roads", file)
    assert code == 1
    assert "Traceback" not in err


def test_users_are_added_granted_and_listed(run):
    assert run("user", "add", "Li", "--role", "duty", "--password", "x" * 12)[0] == 0
    assert run("user", "grant", "li", "planner", "--region", "3301")[0] == 0
    (user,) = json.loads(run("user", "list", "--json")[1])["users"]
    assert [(g["role"], g["region"]) for g in user["grants"]] == [("duty", ""), ("planner", "3301")]
    assert run("user", "grant", "li", "king")[0] == 1
    assert run("user", "add", "li", "--password", "x" * 12)[0] == 1
    assert run("user", "add", "short", "--password", "x")[0] == 1


def granted(run):
    (user,) = json.loads(run("user", "list", "--json")[1])["users"]
    return [(g["role"], g["region"], g["until"] and g["until"][:10]) for g in user["grants"]]


def test_a_right_ends_when_it_was_said_and_can_be_given_again_and_taken_back(run):
    run("user", "add", "li", "--password", "x" * 12)
    words = ("user", "grant", "li", "duty", "--region", "330100", "--until")
    assert run(*words, "2996-05-04T12:00:00+08:00")[0] == 0
    assert granted(run) == [("duty", "330100", "2996-05-04")]
    for unusable in ("2020-01-31", "tomorrow", "2996-05-04T12:00:00", "2996-02-30"):
        assert run(*words, unusable)[0] != 0, unusable
    assert run(*words[:-1])[0] == 0
    assert granted(run) == [("duty", "330100", None)]
    code, _, err = run("user", "revoke", "li", "duty")
    assert code == 1
    assert "duty of 330100" in err
    assert run("user", "revoke", "li", "duty", "--region", "330100")[0] == 0
    assert granted(run) == []


def test_a_right_is_refused_over_what_is_no_region(run):
    run("user", "add", "li", "--password", "x" * 12)
    code, _, err = run("user", "grant", "li", "duty", "--region", "浙江")
    assert code == 1
    assert "浙江" in err
    assert granted(run) == []


def test_a_person_is_shut_out_and_let_in_again(run):
    run("user", "add", "li", "--password", "x" * 12)
    for word, disabled in (("disable", True), ("enable", False)):
        assert run("user", word, "li")[0] == 0
        assert json.loads(run("user", "list", "--json")[1])["users"][0]["disabled"] is disabled
    assert run("user", "disable", "nobody")[0] == 1


def test_init_shows_the_administrators_password_once(run):
    assert json.loads(run("init", "--json")[1])["admin_password"]
    assert json.loads(run("init", "--json")[1])["admin_password"] is None


def test_hazard_sources_are_graded_and_a_filed_grade_that_differs_is_named(run, tmp_path):
    file = tmp_path / "sources.csv"
    file.write_text(
        "name,substance,quantity_t,grade,people_500m,lon,lat\n"
        "A,chlorine,50,2,120,120.1,30.1\nB,chlorine,50,4,120,120.2,30.2\nC,,5,,,120.3,30.3\n"
    )
    run("import", file, "--layer", "hazard_source", "--crs", "EPSG:4326", "--json")
    code, out, _ = run("grade", "--differs", "--json")
    assert code == 0
    told = json.loads(out.strip().splitlines()[-1])
    assert (told["levels"], told["written"]) == ({"2": 2, "undecided": 1}, 3)
    (differs,) = told["gradings"]
    assert (differs["name"], differs["filed_grade"], differs["level"]) == ("B", "4", "2")
    assert json.loads(run("grade", "--json")[1].strip().splitlines()[-1])["written"] == 0
    code, out, _ = run("grade")
    assert "filed 4    computed 2    R = 80" in out


def test_check_proves_that_the_journal_is_whole(run):
    run("init")
    code, out, err = run("check", "--json")
    assert code == 0, err
    assert json.loads(out)["journal_rows"] >= 2


def test_a_raster_is_registered_listed_and_removed(run, tmp_path):
    import numpy as np
    import rasterio
    from affine import Affine

    file = tmp_path / "hills.tif"
    place = Affine(0.001, 0.0, 113.0, 0.0, -0.001, 35.0)
    with rasterio.open(
        file, "w", driver="GTiff", height=30, width=40, count=1, dtype="float32",
        crs="EPSG:4490", transform=place,
    ) as dataset:  # fmt: skip
        dataset.write(np.full((1, 30, 40), 12.5, dtype="float32"))
    words = ("raster", "add", file, "--kind", "dem", "--source", "made for this test", "--json")
    code, out, err = run(*words)
    assert code == 0, err
    shown = json.loads(out)["raster"]
    assert (shown["name"], shown["minimum"], shown["unit"]) == ("hills.tif", 12.5, "m")
    code, out, _ = run("raster", "list", "--json")
    assert [entry["id"] for entry in json.loads(out)["rasters"]] == [shown["id"]]
    code, out, _ = run(*words)
    assert (code, json.loads(out)["error"]["code"]) == (1, "raster_twice")
    code, out, _ = run("raster", "remove", shown["id"])
    assert code == 0 and "removed" in out
    assert run("raster", "list")[1].strip() == "no raster is registered"


def test_a_file_that_is_no_raster_is_refused_with_the_reason(run, tmp_path):
    file = tmp_path / "hills.tif"
    file.write_bytes(b"II*\x00 nothing more")
    code, out, _ = run("raster", "add", file, "--kind", "dem", "--source", "nobody", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "raster_damaged")
