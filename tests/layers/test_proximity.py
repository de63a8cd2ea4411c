"""Around, nearest and inside: against pyproj's geodesic and shapely, brute force."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import query
from layers.catalog import find
from layers.errors import InvalidInputError, OutOfRangeError
from layers.query import Scope
from layers.query.boxes import circle_boxes
from layers.query.occupied import occupied
from tests.scatter import points, put

ALL = Scope(None)
TEAM = find("team")
WGS84 = Geod(ellps="WGS84")


@pytest.fixture
def scattered(session: Session) -> tuple[list[str], np.ndarray, np.ndarray]:
    """4,000 teams over the world, denser at 180 degrees and at the north pole."""
    places = [
        *points(2000, seed=21, box=(-180, -90, 180, 90)),
        *points(500, seed=22, box=(179, 50, 180, 55)),
        *points(500, seed=23, box=(-180, 50, -179, 55)),
        *points(1000, seed=24, box=(-180, 84, 180, 90)),
    ]
    kinds = ["fire" if i % 3 else "medical" for i in range(len(places))]
    ids = put(session, TEAM, places, kind=kinds)
    return [str(id) for id in ids], shapely.get_x(places), shapely.get_y(places)


def _distances(lon: float, lat: float, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Geodesic distances in metres, by a second implementation."""
    ones = np.ones_like(lons)
    return WGS84.inv(ones * lon, ones * lat, lons, lats)[2]


PLACES = [
    (120, 30), (179.99, 52), (-179.99, 52), (180, 52), (0, 89.9), (45, 88), (-120, -89.99),
    (-180, 0), (10, 60), (0, 90),
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("radius_m", [20_000, 300_000, 1_000_000])
def test_around_finds_what_lies_within_the_radius_at_180_degrees_and_at_the_pole(
    session: Session, scattered: tuple, place: tuple[float, float], radius_m: float
) -> None:
    ids, lons, lats = scattered
    distances = _distances(*place, lons, lats)
    expected = {ids[i]: distances[i] for i in np.flatnonzero(distances <= radius_m)}
    found = query.around(
        session, scope=ALL, lon=place[0], lat=place[1], radius_m=radius_m, limit=1000
    ).get("team", [])
    measured = [feature["properties"]["distance_m"] for feature in found]
    assert measured == sorted(measured)
    if len(expected) <= 1000:
        assert {feature["id"] for feature in found} == set(expected)
    for feature in found:
        assert feature["properties"]["distance_m"] == pytest.approx(
            expected[feature["id"]], abs=0.01
        )


@pytest.mark.parametrize("place", PLACES)
def test_the_nearest_are_the_geodesic_nearest_not_the_nearest_in_degrees(
    session: Session, scattered: tuple, place: tuple[float, float]
) -> None:
    ids, lons, lats = scattered
    distances = _distances(*place, lons, lats)
    expected = [ids[i] for i in np.argsort(distances)[:7]]
    found = query.nearest_by_line(session, TEAM, scope=ALL, lon=place[0], lat=place[1], k=7)
    assert [str(row["id"]) for row in found] == expected


def test_the_nearest_may_be_chosen_by_kind(session: Session, scattered: tuple) -> None:
    ids, lons, lats = scattered
    distances = _distances(120, 30, lons, lats)
    medical = [i for i in np.argsort(distances) if i % 3 == 0][:3]
    found = query.nearest_by_line(session, TEAM, scope=ALL, lon=120, lat=30, k=3, kinds=["medical"])
    assert [str(row["id"]) for row in found] == [ids[i] for i in medical]
    assert {row["kind"] for row in found} == {"medical"}
    assert set(found[0]) == {"id", "layer", "name", "name_en", "kind", "lon", "lat", "distance_m"}
    with pytest.raises(InvalidInputError):
        query.nearest_by_line(
            session, find("weather_station"), scope=ALL, lon=0, lat=0, k=1, kinds=["x"]
        )


def test_fewer_than_k_are_all_given(session: Session) -> None:
    put(session, TEAM, points(3, seed=4), kind=["fire"] * 3)
    found = query.nearest_by_line(session, TEAM, scope=ALL, lon=0, lat=0, k=10)
    assert len(found) == 3
    assert not query.nearest_by_line(session, TEAM, scope=ALL, lon=0, lat=0, k=10, kinds=["mine"])


def test_a_degree_box_never_cuts_its_circle() -> None:
    draw = np.random.default_rng(5)
    for _ in range(300):
        lon, lat = draw.uniform(-180, 180), draw.choice([draw.uniform(-90, 90), 89.5, -89.9])
        radius_m = 10 ** draw.uniform(0, 6.3)
        azimuths = np.linspace(0, 360, 721)
        ones = np.ones_like(azimuths)
        lons, lats, _ = WGS84.fwd(ones * lon, ones * lat, azimuths, ones * radius_m)
        held = np.zeros(len(lons), dtype=bool)
        for west, south, east, north in circle_boxes(lon, lat, radius_m):
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
            held |= (west <= lons) & (lons <= east) & (south <= lats) & (lats <= north)
        assert held.all(), (lon, lat, radius_m)


def test_around_leaves_the_ground_out_unless_asked(session: Session) -> None:
    put(session, find("place"), [shapely.Point(0, 0)], name=["镇"])
    put(session, TEAM, [shapely.Point(0, 0)], kind=["fire"])
    assert set(query.around(session, scope=ALL, lon=0, lat=0, radius_m=9)) == {"team"}
    asked = query.around(session, scope=ALL, lon=0, lat=0, radius_m=9, layers=[find("place")])
    assert set(asked) == {"place"}


def test_around_measures_to_the_nearest_part_of_a_shape(session: Session) -> None:
    site = shapely.box(0.01, -0.01, 0.03, 0.01)
    put(session, find("enterprise"), [site], name=["厂"])
    found = query.around(session, scope=ALL, lon=0, lat=0, radius_m=2000)
    expected = WGS84.inv(0, 0, 0.01, 0)[2]
    (feature,) = found["enterprise"]
    assert feature["properties"]["distance_m"] == pytest.approx(expected, abs=0.01)


def test_inside_finds_what_shapely_finds(session: Session) -> None:
    draw = np.random.default_rng(6)
    places = points(500, seed=9, box=(119, 29, 121, 31))
    sites = [
        p.buffer(draw.uniform(0.001, 0.1)) for p in points(100, seed=10, box=(119, 29, 121, 31))
    ]
    everything = places + sites
    ids = put(session, TEAM, everything, kind=["fire"] * 600, people=list(range(600)))
    zone = shapely.Point(120, 30).buffer(0.5).difference(shapely.Point(120, 30).buffer(0.2))
    expected = {id for id, place in zip(ids, everything, strict=True) if place.intersects(zone)}
    rows = query.inside(session, TEAM, zone, scope=ALL)
    assert {row["id"] for row in rows} == expected
    people = {id: n for n, id in enumerate(ids)}
    by_id = dict(zip(ids, everything, strict=True))
    for row in rows:
        assert row["people"] == people[row["id"]]
        assert by_id[row["id"]].distance(shapely.Point(row["lon"], row["lat"])) < 1e-9


@pytest.mark.parametrize("area", [shapely.Polygon(), shapely.Point(float("inf"), 0)])
def test_an_area_that_is_none_is_refused(session: Session, area: shapely.Geometry) -> None:
    with pytest.raises(InvalidInputError):
        query.inside(session, TEAM, area, scope=ALL)


@pytest.mark.parametrize(
    "wrong",
    [{"lon": 181}, {"lat": 91}, {"lon": float("nan")}, {"radius_m": 0}, {"radius_m": -1},
     {"radius_m": 1e7}, {"radius_m": float("nan")}, {"limit": 0}, {"limit": 2000}],
)  # fmt: skip
def test_around_refuses_what_is_out_of_range(session: Session, wrong: dict[str, float]) -> None:
    question = {"lon": 0, "lat": 0, "radius_m": 100, "limit": 10} | wrong
    with pytest.raises(OutOfRangeError):
        query.around(session, scope=ALL, **question)  # type: ignore[arg-type]


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_nearest_refuses_a_k_out_of_range(session: Session, k: int) -> None:
    with pytest.raises(OutOfRangeError):
        query.nearest_by_line(session, TEAM, scope=ALL, lon=0, lat=0, k=k)


@pytest.mark.parametrize("place", PLACES)
def test_the_bearing_is_that_of_the_geodesic(
    session: Session, scattered: tuple, place: tuple[float, float]
) -> None:
    ids, lons, lats = scattered
    found = query.around(session, scope=ALL, lon=place[0], lat=place[1], radius_m=1e6, limit=50)
    for feature in found.get("team", []):
        at = ids.index(feature["id"])
        azimuth, _, distance = WGS84.inv(*place, lons[at], lats[at])
        turned = (feature["properties"]["bearing_deg"] - azimuth + 180) % 360 - 180
        assert abs(turned) < 0.01 or distance < 1 or abs(place[1]) == 90


def test_the_bearing_of_a_shape_is_that_of_its_nearest_part(session: Session) -> None:
    zones = find("protection_target")
    east = shapely.box(120.2, 59.5, 121, 60.4)
    around_us = shapely.box(119.9, 59.9, 120.1, 60.1)
    across = shapely.box(-179.99, -1, -179.9, 1)
    put(session, zones, [east, around_us, across], kind=["school"] * 3, name=["e", "in", "x"])
    named = {
        feature["properties"]["name"]: feature["properties"]
        for feature in query.around(session, scope=ALL, lon=120, lat=60, radius_m=50_000)[
            zones.name
        ]
    }
    assert named["e"]["bearing_deg"] == pytest.approx(90, abs=0.5)
    assert named["in"]["bearing_deg"] is None
    assert named["in"]["distance_m"] == 0
    (beyond,) = query.around(session, scope=ALL, lon=179.99, lat=0, radius_m=50_000)[zones.name]
    assert beyond["properties"]["bearing_deg"] == pytest.approx(90, abs=0.5)


def test_only_layers_that_hold_something_there_are_asked_in_full(session: Session) -> None:
    put(session, TEAM, points(100_000, seed=5, box=(0, 0, 60, 60)), kind=["fire"] * 100_000)
    put(session, find("tank"), [shapely.Point(179.999, 0)])
    among = [TEAM, find("tank"), find("enterprise")]
    assert occupied(session, among, circle_boxes(100, 30, 5000)) == []
    assert occupied(session, among, circle_boxes(30, 30, 50_000)) == [TEAM]
    assert occupied(session, among, circle_boxes(-179.999, 0, 5000)) == [find("tank")]
    session.execute(text("ANALYZE team"))
    session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    session.execute(text(
        "PREPARE anything(float8, float8, float8, float8) AS SELECT 1 WHERE EXISTS "
        "(SELECT FROM team WHERE geom && ST_MakeEnvelope($1, $2, $3, $4, 4326))"))  # fmt: skip
    plan = "\n".join(session.scalars(text("EXPLAIN EXECUTE anything(1, 1, 2, 2)")))
    session.execute(text("DEALLOCATE anything"))
    assert "idx_team_geom" in plan
