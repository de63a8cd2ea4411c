"""Regions in an import: which are elsewhere, and the codes that an extract's regions get."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import shapely
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.intake import pipeline
from layers.intake.osm import _code_regions, _Gathered
from layers.intake.pipeline import Options
from layers.region_code import holds, is_code
from tests.scatter import put


@pytest.mark.parametrize(
    ("code", "given", "elsewhere"),
    [
        ("330102", "330100", False),
        ("330100", "330102", False),
        ("330102", "330102", False),
        ("330102", "330200", True),
        ("330102", "330103", True),
        ("osm1.6242", "osm1.62", True),
        ("osm1.62.5", "osm1.62", False),
    ],
)
def test_a_given_region_on_another_branch_than_the_place_gets_a_warning(
    session: Session, tmp_path: Path, code: str, given: str, elsewhere: bool
) -> None:
    put(session, find("region"), [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])], code=[code])
    path = tmp_path / "teams.csv"
    path.write_text(f"name,kind,region,lon,lat\n一站,fire,{given},0.5,0.5\n", encoding="utf-8")
    batch = pipeline.start(session, path.name, Options(layer="team", crs="EPSG:4326"))
    pipeline.analyse(session, batch, path)
    faults = pipeline.faults(session, batch)
    assert ("region_elsewhere" in {fault["rule"] for fault in faults}) is elsewhere


def test_every_region_of_an_extract_lies_in_the_subtree_of_those_around_it() -> None:
    gathered = _Gathered()
    levels = (2, 4, 5, 6, 7, 8, 9, 10)
    for depth, level in enumerate(levels):
        record = {"name": str(level), "admin_level": level, "code": None}
        area = shapely.box(0, 0, 100 - depth, 100 - depth)
        gathered.add("region", record, area.wkb_hex, f"relation/{123_456_789_012 + depth}")
    twin = {"name": "twin", "admin_level": 4, "code": None}
    gathered.add("region", twin, shapely.box(200, 0, 201, 1).wkb_hex, "relation/1234567890")
    _code_regions(gathered)
    *nested, other = [record["code"] for record in gathered.records["region"]]
    assert all(holds(outer, inner) for outer, inner in itertools.combinations(nested, 2))
    assert not any(holds(code, other) or holds(other, code) for code in nested)
    assert all(map(is_code, nested))
