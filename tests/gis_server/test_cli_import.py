"""`onemap import`: each step shown, nothing loaded unless said, taken back whole."""

import io
import json
import sys

import pytest

from gis_server import cli
from layers import cluster

GOOD = "name,kind,people,lon,lat\n一站,fire,30,120.1,30.1\n二站,fire,25,120.2,30.2\n"
MIXED = GOOD + "三站,circus,-4,120.3,30.3\n"
OPTIONS = ("--layer", "team", "--crs", "EPSG:4326")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run(var, monkeypatch, capsys):
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ONEMAP_VAR", str(var))

    def command(*words, typed=None):
        monkeypatch.setattr(sys, "argv", ["onemap", *map(str, words)])
        with monkeypatch.context() as patched:
            if typed is not None:
                patched.setattr(sys, "stdin", Terminal(typed))
                patched.setattr(sys.stderr, "isatty", lambda: True)
            code = 0
            try:
                cli.main()
            except SystemExit as ended:
                code = ended.code
        out, err = capsys.readouterr()
        return code, out, err

    with cluster.running(var):  # the commands join it instead of starting it each time
        yield command


def teams(run):
    layers = json.loads(run("layers", "--json")[1])["layers"]
    return next(each["count"] for each in layers if each["name"] == "team")


def test_each_step_is_shown_and_the_whole_is_taken_back(run, tmp_path):
    file = tmp_path / "teams.csv"
    file.write_text(MIXED)
    code, out, err = run("import", file, *OPTIONS, "--good-rows")
    assert code == 0, err
    for word in ("1 analysis", "EPSG:4326", "first rows", "一站", "columns of layer team",
                 "2 check", "circus", "3 what publishing would do"):  # fmt: skip
        assert word in err, word
    assert "2 new" in out
    id = out.rpartition("--take-back ")[2].strip()
    code, out, err = run("import", "--take-back", id)
    assert (code, out.strip()) == (0, "2 removed, 0 restored"), err
    assert teams(run) == 0


@pytest.mark.parametrize("only", ["--preview", "--reject"])
def test_a_look_and_a_rejection_load_nothing(run, tmp_path, only):
    file = tmp_path / "teams.csv"
    file.write_text(GOOD)
    code, out, err = run("import", file, *OPTIONS, only, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert "loaded" not in told and told["analysis"]["proposed"]["layer"] == "team"
    assert teams(run) == 0


def test_a_person_at_a_terminal_says_what_a_file_is_and_whether_to_publish(run, tmp_path):
    file = tmp_path / "teams.csv"
    file.write_text(GOOD)
    code, out, err = run("import", file, typed="\n\nn\n")
    assert (code, out.strip()) == (0, "nothing was loaded"), err
    assert teams(run) == 0
    code, out, err = run("import", file, typed="team\nCGCS2000\ny\n")
    assert code == 0, err
    assert teams(run) == 2


def test_a_file_of_which_nobody_says_what_it_is_for_is_refused_with_what_it_looks_like(
    run, tmp_path
):
    file = tmp_path / "teams.csv"
    file.write_text(GOOD)
    code, out, _ = run("import", file, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "layer_needed")
    assert "team" in json.loads(out)["error"]["message"]


def test_a_layer_of_its_own_is_made_for_a_file(run, tmp_path):
    file = tmp_path / "wells.csv"
    file.write_text("井号,水深,lon,lat\nA,3,120.1,30.1\nB,4,120.2,30.2\n")
    words = ("import", file, "--new-layer", "水井", "--crs", "4326", "--json")
    code, out, err = run(*words)
    assert code == 0, err
    (done,) = json.loads(out)["loaded"].values()
    assert done["inserted"] == 2


def test_either_a_file_or_an_import_to_take_back_is_wanted(run):
    assert run("import")[0] != 0
