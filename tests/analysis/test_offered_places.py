"""A place inside a zone is never offered as a destination, by whatever path places are offered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape

from analysis import forces, points
from analysis.dispatch import shelters
from analysis.local import LocalPlane
from analysis.roads.arrival import Candidate
from analysis.roads.nearest import nearest
from analysis.roads.network import RoadNetwork, compiled
from analysis.scenario import Message, Scenario, Weather, Zone
from analysis.stations import stations
from layers.models import Resource, Team
from layers.query import Scope
from tests.analysis.roads.street_grid import grid_streets, place, table

ALL = Scope(None)
SEEDS = range(6)
LON, LAT = place(4, 4)
KINDS = ("hospital", "clinic", "shelter", "depot", "equipment")


@pytest.fixture(scope="module")
def town() -> RoadNetwork:
    return compiled(table(*grid_streets(9)))


@pytest.fixture
def offered(session: Any) -> None:
    """Put places of help all over the town, a third of them grounds and not points."""
    rng = np.random.default_rng(77)
    for number in range(150):
        at = shapely.Point(place(*rng.uniform(0, 8, 2)))
        shape = at.buffer(0.003, quad_segs=2) if number % 3 == 0 else at
        session.add(
            Resource(name=f"r{number}", kind=KINDS[number % 5], capacity_people=50, beds=5,
                     geom=from_shape(shape, srid=4326))
        )  # fmt: skip
        session.add(Team(name=f"t{number}", kind="fire", geom=from_shape(at, srid=4326)))
    session.flush()


def _zones(seed: int) -> tuple[Any, Any]:
    """Return a red plume in a random direction within a yellow one, EPSG:4326."""
    rng = np.random.default_rng(seed)
    plane, turn = LocalPlane(LON, LAT), rng.uniform(0, 360)
    length = rng.uniform(900, 1700)
    plumes = [
        shapely.affinity.rotate(
            shapely.Polygon([(-60, -60), (60, -60), (reach / 4, reach), (-reach / 4, reach)]),
            turn, origin=(0, 0),
        )
        for reach in (length, 1.6 * length)
    ]  # fmt: skip
    red, yellow = (plane.to_lonlat(plume) for plume in plumes)
    return red, yellow


def _touching(session: Any, area: Any) -> set[str]:
    return {
        row.name for row in session.query(Resource).all()
        if shapely.from_wkb(bytes(row.geom.data)).intersects(area)
    }  # fmt: skip


def _zone(level: str, area: Any) -> Zone:
    return Zone(
        level=level, hazard="toxic", threshold=1.0, unit="mg/m3", threshold_name="t",  # type: ignore[arg-type]
        threshold_source="t", model="m", distance_m=1.0, area_m2=1.0, geometry=area,
        action=Message(code="t"),
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forces_of_a_plan(session: Any, town: RoadNetwork, offered: None, seed: int) -> None:
    red, yellow = _zones(seed)
    now = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)
    scenario = Scenario(
        kind="toxic_release", lon=LON, lat=LAT, occurred_at=now, at=now,
        weather=Weather(wind_from_deg=10.0),
    )  # fmt: skip
    zones = [_zone("red", red), _zone("yellow", yellow)]
    found = forces.find(session, scenario, zones, town, scope=ALL, k=50)
    named = {entry["name"] for entry in found.nearest if entry["layer"] == "resource"}
    barred = _touching(session, shapely.union(red, yellow))
    assert barred and named and not named & barred
    for entry in found.nearest:
        if entry["layer"] == "team" and not entry["inside_zone"]:
            assert not red.intersects(shapely.Point(entry["lon"], entry["lat"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_nearest_by_road(session: Any, town: RoadNetwork, offered: None, seed: int) -> None:
    red, _ = _zones(seed)
    candidates = [
        Candidate(layer="resource", id=str(n), name=None, kind="hospital", lon=lon, lat=lat)
        for n, (lon, lat) in enumerate(
            np.random.default_rng(seed).uniform(place(0, 0), place(8, 8), (200, 2)).tolist()
        )
    ]
    found = nearest(town, lon=LON, lat=LAT, candidates=candidates, k=200, closed=red)
    inside = {
        one.id for one in candidates if red.intersects(shapely.Point(one.lon, one.lat))
    }  # fmt: skip
    assert inside and not {one.id for one in found.arrivals} & inside
    assert inside == {one.id for one in found.unreached if one.reason == "inside_zone"}


@pytest.mark.parametrize("layer", ["team", "resource"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_stations_of_a_coverage(session: Any, offered: None, seed: int, layer: str) -> None:
    red, yellow = _zones(seed)
    found = stations(
        session, scope=ALL, lon=LON, lat=LAT, layer=layer, closed=red, warn=yellow.difference(red)
    )
    assert found.out and found.serving
    for one in found.serving:
        assert not red.intersects(shapely.Point(one.lon, one.lat))
    if layer == "resource":
        barred = _touching(session, shapely.union(red, yellow))
        assert barred == {one.name for one, _ in found.out}
    assert {why for _, why in found.out} == {"inside_zone"}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_shelters_of_an_evacuation_though_the_wind_turns(
    session: Any, offered: None, seed: int
) -> None:
    red, yellow = _zones(seed)
    away = shelters.keep_out([red, yellow], LON, LAT, turns=True)
    found = shelters.offered(session, away, lon=LON, lat=LAT, people=500, scope=ALL)
    assert found.shelters
    assert not {one.name for one in found.shelters} & _touching(session, away)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plans_own_points_whichever_way_the_wind_turns_by_45_degrees(
    town: RoadNetwork, seed: int
) -> None:
    red, yellow = _zones(seed)
    plane = LocalPlane(LON, LAT)
    zones = shapely.union(red, yellow)
    outside_of = points.keep_out(zones, plane, rotate=True)
    lon, lat = town.node_lonlat.T
    placed = points.place(plane=plane, outside_of=outside_of, lon=lon, lat=lat, upwind_deg=0.0)
    turned = [
        shapely.affinity.rotate(plane.to_plane(zones), angle, origin=(0, 0))
        for angle in np.random.default_rng(seed).uniform(-45, 45, 40)
    ]
    for feature in placed:
        here = plane.to_plane(shapely.Point(feature["geometry"]["coordinates"]))
        assert not any(area.intersects(here) for area in turned)
