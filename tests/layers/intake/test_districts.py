"""The districts of China through the one door, with codes of GB/T 2260."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.intake import pipeline
from layers.intake.pipeline import Options
from layers.region_code import holds
from tests.scatter import put

DATA = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "admin"
MAPS = Path(__file__).parents[3] / "data_samples" / "maps"


def imported(session: Session, path: Path, level: str, *, good: bool) -> tuple[Any, Any]:
    mapping = (MAPS / f"region_{level}.toml").read_text(encoding="utf-8")
    batch = pipeline.start(session, path.name, Options(map_text=mapping))
    pipeline.analyse(session, batch, path)
    faults = pipeline.faults(session, batch, severities=("error",), limit=100)
    return pipeline.publish(session, batch, good_rows_only=good)["region"], faults


def test_a_code_comes_out_of_the_national_one_and_border_lines_are_left_out(
    session: Session, tmp_path: Path
) -> None:
    def area(gb: str, name: str, shape: Any) -> dict[str, Any]:
        geometry = json.loads(shapely.to_geojson(shape))
        properties = {"gb": gb, "name": name}
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    features = [
        area("156330211", "镇海区", shapely.box(121.4, 29.9, 121.8, 30.1)),
        area("", "境界线", shapely.LineString([(121, 29), (122, 30)])),
    ]
    path = tmp_path / "district.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    loaded, faults = imported(session, path, "district", good=False)
    assert (loaded.inserted, faults) == (1, [])
    row = session.execute(text("SELECT code, parent, level, scheme, name FROM region")).one()
    assert tuple(row) == ("330211", "330200", "county", "GB/T 2260", "镇海区")


@pytest.mark.skipif(not DATA.exists(), reason="the real data is not here")
def test_every_real_district_is_loaded_but_the_one_that_crosses_itself(session: Session) -> None:
    provinces, faults = imported(session, DATA / "province.geojson", "province", good=True)
    assert (provinces.inserted, [fault["rule"] for fault in faults]) == (33, ["valid"])
    cities, faults = imported(session, DATA / "city.geojson", "city", good=True)
    assert (cities.inserted + cities.updated, len(faults)) == (374, 1)
    districts, faults = imported(session, DATA / "district.geojson", "district", good=True)
    # Counties right under a province stand in both files; the smaller level comes last and stays.
    assert districts.inserted + districts.updated == 2890
    (fault,) = faults
    assert fault["rule"] == "valid"
    assert "[" in fault["got"], "the place of the fault"
    rows = session.execute(text("SELECT code, parent, level FROM region")).all()
    assert all(len(code) == 6 for code, *_ in rows)
    assert all(holds(parent, code) for code, parent, _ in rows if parent)
    assert sum(level == "county" for *_, level in rows) == 2890
    ningbo = text(
        "SELECT code FROM region WHERE level = 'county' "
        "AND ST_Intersects(geom, 'SRID=4326;POINT(121.55 29.87)')"
    )
    assert session.scalars(ningbo).one().startswith("3302")


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ("330211", []), ("330200", []), ("330211003", []), ("330000", []),
        ("440300", ["region_unknown"]), ("330212", ["region_unknown"]),
        ("宁波市", ["region_form"]),
    ],
)  # fmt: skip
def test_a_given_region_is_one_of_the_sites_or_is_told(
    session: Session, tmp_path: Path, given: str, rules: list[str]
) -> None:
    put(
        session,
        find("region"),
        [shapely.MultiPolygon([shapely.box(121.4, 29.9, 121.8, 30.1)])],
        code=["330211"],
    )
    path = tmp_path / "teams.csv"
    path.write_text(f"name,kind,region,lon,lat\n一站,fire,{given},9.5,47.1\n", encoding="utf-8")
    batch = pipeline.start(session, path.name, Options(layer="team", crs="EPSG:4326"))
    pipeline.analyse(session, batch, path)
    assert [fault["rule"] for fault in pipeline.faults(session, batch)] == rules
