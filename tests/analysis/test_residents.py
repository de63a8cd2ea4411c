"""People of a raster in zones: beside those of places, ring by ring, never added."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import rasterio
from affine import Affine

from analysis import casualties, exposure, residents
from analysis.scenario import Release, ZoneSet
from layers import rasters, substances
from layers.query import Scope
from layers.rasters import Told
from tests.analysis.test_exposure import LAT, LON, ZONES, scenario, targets, zone

__all__ = ["targets"]
SIDE = 0.001


@pytest.fixture
def people(session, tmp_path):
    """Ten people a pixel of 0.001 degrees round the place."""
    path = tmp_path / "people.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=100, width=100, count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(SIDE, 0, LON - 50 * SIDE, 0, -SIDE, LAT + 50 * SIDE),
        nodata=-1.0,
    ) as dataset:  # fmt: skip
        dataset.write(np.full((1, 100, 100), 10.0, "float32"))
    return rasters.add(session, path, Told(kind="population", name="grid", source="a test"))


def test_residents_are_told_beside_the_places_and_not_added(session, targets, people):
    found = exposure.expose(session, scenario(), ZONES, scope=Scope(None))
    alone = sum(t["people"] or 0 for t in found["targets"])
    assert found["people"] == alone
    red, orange = (entry["residents"] for entry in found["by_zone"])
    cell_km2 = (SIDE * 111.2) * (SIDE * 111.2 * np.cos(np.radians(LAT)))
    assert red["people"] == pytest.approx(10 * np.pi / cell_km2, rel=0.01)
    assert orange["people"] == pytest.approx(4 * red["people"], rel=0.01)
    assert found["residents"]["people"] == orange["people"]
    assert found["residents"]["source"] == "a test"


def test_where_no_raster_is_registered_nobody_has_counted(session, targets):
    found = exposure.expose(session, scenario(), ZONES, scope=Scope(None))
    assert found["residents"]["people"] is None
    assert {entry["residents"]["people"] for entry in found["by_zone"]} == {None}


def test_the_rings_hold_everybody_once(session, people):
    rings = residents.as_targets(session, ZONES, period="day")
    assert [ring["level"] for ring in rings] == ["red", "orange"]
    whole = residents.everywhere(session, ZONES, period="day")["people"]
    assert sum(ring["people"] for ring in rings) == pytest.approx(whole, abs=2)
    assert rings[0]["distance_m"] < 1000.0 < rings[1]["distance_m"] < 2000.0


def test_deaths_among_residents_are_an_estimate_of_their_own(session, targets, people):
    reported = dataclasses.replace(
        scenario(), substance=substances.find("chlorine"), release=Release(rate_kg_s=5.0)
    )
    strong = dataclasses.replace(zone("red", 1000.0), threshold=20.0)
    weak = dataclasses.replace(zone("orange", 2000.0), threshold=2.0)
    drawn = ZoneSet(zones=(strong, weak), models=(), assumed=())
    found = casualties.of(session, reported, drawn, scope=Scope(None))
    living = found["residents"]
    assert living["people"] > 0 and living["fatalities"]["high"] <= living["people"]
    assert living["fatalities"]["low"] <= living["fatalities"]["central"]
    assert found["people"] != living["people"]
