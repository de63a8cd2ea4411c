"""A set that lies wrong as a whole is told so, with what tells it; one that lies right is not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import ks_2samp
from sqlalchemy import text
from sqlalchemy.orm import Session

from data_samples.city import City, make
from layers import catalog, crs
from layers.intake import alignment, outliers, placement, quality
from layers.intake.load import load_records
from layers.intake.table import Table

REAL = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data"))
SHIFTS = {
    "gcj": crs.gcj02_from_wgs84,
    "bd": crs.bd09_from_wgs84,
    "undone": crs.wgs84_from_gcj02,
    "swapped": lambda lon, lat: (lat, lon),
}
LOOKS = {"gcj": "looks_gcj02", "bd": "looks_bd09", "undone": "looks_unshifted"}


def moved(geometries: Any, how: str) -> Any:
    turn = SHIFTS[how]
    return shapely.transform(geometries, lambda p: np.column_stack(turn(p[:, 0], p[:, 1])))


def codes(messages: list[dict[str, Any]]) -> list[str]:
    return [message["code"] for message in messages]


def load_roads(session: Session, geometries: Any) -> None:
    count = len(geometries)
    records = {"class": ["residential"] * count, "length_m": [1.0] * count,
               "speed_kph": [30.0] * count}  # fmt: skip
    load_records(session, catalog.find("road"), records, geometries)
    session.execute(text("ANALYZE road"))


@pytest.fixture(scope="module")
def city() -> City:
    return make(7)


def test_the_sample_city_shifted_is_told_and_unshifted_is_not(session: Session, city: City) -> None:
    region = city.layers["region"]
    load_records(session, catalog.find("region"), columns(region), region.geometry)
    lines = np.repeat(np.arange(len(city.roads)), np.diff(city.roads.offset))
    load_roads(session, shapely.linestrings(city.roads.lonlat, indices=lines))
    for name, how in [
        (name, how) for name in ("enterprise", "protection_target", "fire_water")
        for how in ("gcj", "bd", "undone")
    ]:  # fmt: skip
        right = np.asarray(city.layers[name].geometry, dtype=object)
        assert placement.look(session, right) == [], f"{name} lies right"
        told = placement.look(session, moved(right, how))
        found = [message for message in told if message["code"] in LOOKS.values()]
        assert codes(found) == [LOOKS[how]], f"{name} {how}"
        evidence = found[0]["params"]["evidence"]
        assert codes(evidence) == ["shift.roads"]
    right = np.asarray(city.layers["team"].geometry, dtype=object)
    (told,) = placement.look(session, moved(right, "swapped"))
    assert told["code"] == "swapped_axes"
    assert told["params"] == {"looked": len(right), "as_given": 0, "exchanged": len(right)}


def columns(rows: Any) -> dict[str, Any]:
    return {name: [record[name] for record in rows.records] for name in ("id", "code", "level")}


def test_stored_features_of_the_same_names_tell_a_shift_without_any_road(session: Session) -> None:
    random = np.random.default_rng(5)
    layer = catalog.find("protection_target")
    places = shapely.points(random.uniform(114.2, 114.4, 12), random.uniform(30.5, 30.7, 12))
    names = [f"学校{i}" for i in range(12)]
    load_records(session, layer, {"name": names, "kind": ["school"] * 12}, places)
    assert placement.look(session, places, layer=layer, names=names) == []
    for how, code in LOOKS.items():
        (told,) = placement.look(session, moved(places, how), layer=layer, names=names)
        assert told["code"] == code
        (evidence,) = told["params"]["evidence"]
        assert evidence["code"] == "shift.names"
        assert evidence["params"]["count"] == 12
        assert evidence["params"]["as_given_m"] > 300
        assert evidence["params"]["turned_m"] == 0
    assert placement.look(session, moved(places, "gcj")[:4], layer=layer, names=names[:4]) == []


def test_a_set_without_relation_to_the_roads_says_nothing(session: Session) -> None:
    random = np.random.default_rng(6)
    x, y = np.arange(114.2, 114.3, 0.004), np.arange(30.5, 30.6, 0.004)
    streets = [shapely.LineString([(lon, 30.5), (lon, 30.6)]) for lon in x]
    streets += [shapely.LineString([(114.2, lat), (114.3, lat)]) for lat in y]
    load_roads(session, np.array(streets, dtype=object))
    anywhere = shapely.points(
        random.uniform(114.21, 114.29, 400), random.uniform(30.51, 30.59, 400)
    )
    for how in ("gcj", "bd"):
        assert placement.look(session, moved(anywhere, how)) == []
    far = shapely.points(random.uniform(100, 101, 400), random.uniform(40, 41, 400))
    assert placement.look(session, far) == []


def test_places_outside_the_sites_regions_are_counted(session: Session) -> None:
    square = shapely.MultiPolygon([shapely.box(9.4, 47.0, 9.7, 47.3)])
    load_records(session, catalog.find("region"), {"code": ["LI"]}, [square])
    places = shapely.points([9.5] * 30 + [8.0] * 3, [47.1] * 33)
    (told,) = placement.look(session, places)
    assert told == {
        "code": "outside_site", "params": {"outside": 3, "looked": 33, "share_pct": 9},
    }  # fmt: skip


def test_without_regions_axes_are_exchanged_only_where_the_earth_says_so(session: Session) -> None:
    places = shapely.points([47.1] * 5, [9.5] * 5)
    assert placement.look(session, places) == []
    (told,) = placement.look(session, shapely.points([31.0] * 5, [114.0] * 5))
    assert told["code"] == "swapped_axes"


def test_no_places_say_nothing(session: Session) -> None:
    assert placement.look(session, np.array([], dtype=object)) == []
    assert placement.look(session, np.array([None, shapely.Point()], dtype=object)) == []
    infinite = shapely.points([np.inf, 1e300], [0, np.nan])
    assert placement.look(session, infinite) == []


def test_zeros_and_lost_signs_are_told_row_by_row() -> None:
    random = np.random.default_rng(7)
    lon, lat = random.uniform(-90, -80, 200), random.uniform(35, 45, 200)
    lon[3], (lon[5], lat[5]), lon[9], lat[9] = -lon[3], (lat[5], lon[5]), 0.0, 0.0
    lon[11], lat[11] = 10.0, 0.5  # nothing that a slip would explain
    found = outliers.suspects(shapely.points(lon, lat), np.arange(1, 201))
    assert [(f.row, f.rule, f.severity) for f in found] == [
        (10, "zero_place", "warning"), (4, "far_away", "warning"),
        (6, "far_away", "warning"), (12, "far_away", "warning"),
    ]  # fmt: skip
    assert found[1].wanted == f"{-lon[3]:.5f}, {lat[3]:.5f}"
    assert found[3].wanted is None


def test_islands_with_places_of_their_own_are_not_far() -> None:
    random = np.random.default_rng(8)
    lon = np.concatenate([random.uniform(-90, -80, 200), random.uniform(-158, -157.5, 8)])
    lat = np.concatenate([random.uniform(35, 45, 200), random.uniform(21, 21.5, 8)])
    assert outliers.far_away(lon, lat) == []
    assert outliers.far_away(lon[-8:], lat[-8:]) == []


def test_the_statistic_is_that_of_a_second_implementation() -> None:
    random = np.random.default_rng(9)
    for _ in range(20):
        a, b = random.exponential(1, 60), random.exponential(random.uniform(1, 2), 300)
        statistic, chance = alignment.difference(a, b)
        other = ks_2samp(a, b, method="asymp")
        assert statistic == pytest.approx(other.statistic, abs=1e-12)
        # Theirs corrects the asymptotic formula for small samples.
        assert np.log10(chance) == pytest.approx(np.log10(other.pvalue), abs=0.5)


@pytest.mark.skipif(not REAL.exists(), reason="the real data is not here")
def test_the_lost_signs_of_a_real_file_are_found() -> None:
    real = pd.read_parquet(REAL / "points/epa_chemical_facilities.parquet")
    lon, lat = real["lon"].to_numpy(), real["lat"].to_numpy()
    far = {each.index: each for each in outliers.far_away(lon, lat)}
    lost_sign = np.flatnonzero((lon > 60) & (lon < 130))
    assert len(lost_sign) > 250
    assert set(lost_sign.tolist()) <= far.keys()
    mirrored = [far[i].likely == (-lon[i], lat[i]) for i in lost_sign.tolist()]
    assert sum(mirrored) > 0.9 * len(mirrored)
    honolulu = (np.abs(lon + 157.9) < 0.3) & (np.abs(lat - 21.3) < 0.2)
    assert honolulu.sum() > 5
    assert not set(np.flatnonzero(honolulu).tolist()) & far.keys()


@pytest.mark.skipif(not REAL.exists(), reason="the real data is not here")
def test_real_streets_shifted_are_told(session: Session) -> None:
    streets = np.asarray(
        gpd.read_parquet(REAL / "roads/wuhan_streets.geoparquet").to_crs(4326).geometry
    )
    chosen = np.random.default_rng(3).choice(len(streets), 12_000, replace=False)
    load_roads(session, streets[chosen])
    assert placement.look(session, streets[chosen][:1000]) == []
    (told,) = placement.look(session, moved(streets[chosen][:1000], "gcj"))
    assert told["code"] == "looks_gcj02"


def test_the_check_of_a_file_warns_of_its_far_rows_but_lets_them_in() -> None:
    random = np.random.default_rng(10)
    lon, lat = random.uniform(-90, -80, 50), random.uniform(35, 45, 50)
    lon[7] = -lon[7]
    table = Table(
        columns={"name": ["plant"] * 50},
        geometry=shapely.points(lon, lat),
        rows=np.arange(1, 51),
    )
    checked = quality.check(table, catalog.find("enterprise"))
    (fault,) = checked.faults
    assert (fault.row, fault.rule, fault.severity) == (8, "far_away", "warning")
    assert checked.geometry[7] is not None
