"""`onemap batch`: a file of zones that a planner opens, or a reason."""

import json
import sys

import geopandas as gpd
import pytest

from gis_server import cli
from layers import cluster

SOURCES = (
    "name,substance,quantity_t,lon,lat\n氯罐区,氯,50,120.1,30.1\n丙烷罐区,丙烷,80,120.2,30.2\n"
)


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


def test_the_zones_of_every_source_in_every_wind_go_to_one_file(run, tmp_path):
    assert run("batch", "--out", tmp_path / "none.gpkg", "--json")[0] == 0  # no source, no zones
    file = tmp_path / "sources.csv"
    file.write_text(SOURCES)
    code, _, err = run("import", file, "--layer", "hazard_source", "--crs", "EPSG:4326", "--yes")
    assert code == 0, err
    code, out, err = run("batch", "--winds", 4, "--out", tmp_path / "zones.gpkg", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["cases"], told["refused"]) == (8, 0)
    frame = gpd.read_file(tmp_path / "zones.gpkg")
    assert len(frame) == told["zones"]
    assert set(frame["wind_from_deg"]) == {0.0, 90.0, 180.0, 270.0}
    assert frame.is_valid.all()
    assert set(frame["name"]) == {"氯罐区", "丙烷罐区"}


def test_an_unknown_format_is_refused_before_anything_is_computed(run, tmp_path):
    code, _, err = run("batch", "--out", tmp_path / "zones.docx")
    assert code == 2
    assert ".gpkg" in err
    assert not list(tmp_path.iterdir())
