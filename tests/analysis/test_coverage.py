"""Everybody is in one band, by place and by raster, and the two are never summed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from geoalchemy2.shape import from_shape

from analysis import access, settlement
from analysis.coverage import Terms, coverage
from analysis.isolation import isolation
from analysis.roads.closures import closures
from analysis.roads.coverage import cover, served
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.settled import SPACING_M, settled_on
from analysis.stations import Stations, stations
from layers.errors import TooLargeError
from layers.models import ProtectionTarget, Team
from layers.query import EVERYWHERE, Scope
from tests.analysis.roads.street_grid import Street, grid_streets, place, table
from tests.analysis.test_population import register

ALL = Scope(None)
PIXEL_DEG = 0.0012
WEST, NORTH = place(-0.4, 8.4)


@pytest.fixture(scope="module")
def town() -> RoadNetwork:
    """Give a grid with a village behind one road, some streets one-way."""
    rng = np.random.default_rng(8)
    nodes, streets = grid_streets(9)
    streets = [s._replace(backward=bool(rng.random() < 0.8)) for s in streets]
    nodes |= {900: place(12, 4), 901: place(13, 4)}
    return compiled(table(nodes, [*streets, Street(408, 900), Street(900, 901)]))


def _people(seed: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 50, (40, 60)).astype(float)


def _raster(session: Any, folder: Any, values: np.ndarray, **more: Any) -> None:
    where = Affine(PIXEL_DEG, 0.0, WEST, 0.0, -PIXEL_DEG, NORTH)
    register(session, folder, values, place=where, **more)


def _point(column: float, row: float) -> Any:
    return from_shape(shapely.Point(place(column, row)), srid=4326)


TERMS_MIN = (3.0, 6.0)


def _answer(
    session: Any,
    network: RoadNetwork,
    found: Stations,
    *,
    within_min: float = 15.0,
    closed: Any = None,
    period: Any = None,
    where: Any = None,
) -> dict[str, Any]:
    where = where or shapely.box(*network.extent)
    who = settlement.inhabitants(
        session, network, where, scope=ALL, layers=("protection_target",), period=period
    )
    terms = Terms(where=where, minutes=TERMS_MIN, within_min=within_min)
    return coverage(network, who, found, terms, closed=closed)


def _cuts(session: Any, network: RoadNetwork, k: int = 20) -> dict[str, Any]:
    where = shapely.box(*network.extent)
    return isolation(network, settlement.inhabitants(session, network, where, scope=ALL), k=k)


def _teams(session: Any) -> Stations:
    session.add_all([Team(name="a", kind="fire", geom=_point(1, 1)),
                     Team(name="b", kind="fire", geom=_point(7, 6))])  # fmt: skip
    session.flush()
    lon, lat = place(4, 4)
    return stations(session, scope=ALL, lon=lon, lat=lat, layer="team")


def _shares(answer: dict[str, Any], name: str) -> list[Any]:
    collection = answer["bands"]
    return [f["properties"][name] for f in collection["features"]] + [
        collection["inside_zone"][name]
    ]


def test_the_residents_of_all_bands_and_of_the_zone_are_those_of_the_raster(
    session: Any, tmp_path: Any, town: RoadNetwork
) -> None:
    _raster(session, tmp_path, _people())
    shut = closures(town, shapely.Point(place(5, 5)).buffer(0.008))
    answer = _answer(session, town, _teams(session), closed=shut)
    assert answer["residents"]["people"] > 0
    total = sum(_shares(answer, "residents"))
    assert total == pytest.approx(answer["residents"]["people"], abs=3)
    assert _shares(answer, "residents")[-1] > 0
    assert sum(s["first_for"]["residents"] for s in answer["stations"]) <= total


def test_a_pixel_is_in_the_band_of_the_nearest_road_but_for_half_a_spacing(
    session: Any, tmp_path: Any, town: RoadNetwork
) -> None:
    _raster(session, tmp_path, _people())
    found = settlement.residents(session, shapely.box(*town.extent))
    assert found is not None and found.people.sum() > 0
    exact, quick = served(town, found.lonlat), settled_on(town, found.lonlat)
    assert ((exact.edge >= 0) == (quick.edge >= 0)).all()
    on = exact.edge >= 0
    assert (quick.access_m[on] <= np.hypot(exact.access_m[on], SPACING_M / 2) + 1e-6).all()
    begin = served(town, np.array([place(1, 1)]))
    reach = cover(town, begin)
    slow_m_s = 25.0 / 3.6
    exact_s, quick_s = reach.at(exact)[0], reach.at(quick)[0]
    same = on & (exact.edge == quick.edge)
    assert (np.isfinite(exact_s) == np.isfinite(quick_s))[same].all()
    same &= np.isfinite(exact_s)
    apart_s = np.abs(exact_s[same] - quick_s[same])
    assert same.mean() > 0.8 and (apart_s <= SPACING_M / slow_m_s).all()


def test_many_pixels_are_gathered_without_losing_anybody(
    session: Any, tmp_path: Any, town: RoadNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    _raster(session, tmp_path, _people())
    where = shapely.box(*town.extent)
    fine = settlement.residents(session, where)
    monkeypatch.setattr(settlement, "MOST_POINTS", 100)
    coarse = settlement.residents(session, where)
    assert fine is not None and coarse is not None
    assert len(coarse.people) < len(fine.people) / 10
    assert coarse.people.sum() == pytest.approx(fine.people.sum())
    middles = [(f.lonlat * f.people[:, None]).sum(axis=0) / f.people.sum() for f in (fine, coarse)]
    assert middles[0] == pytest.approx(middles[1])


def test_the_raster_of_the_hour_counts_and_two_are_never_summed(
    session: Any, tmp_path: Any, town: RoadNetwork
) -> None:
    for number, period in enumerate((None, "day", "night"), start=1):
        _raster(session, tmp_path, np.full((40, 60), float(number)), name=f"p{number}",
                period=period)  # fmt: skip
    teams = _teams(session)
    per_pixel = []
    for period in (None, "day", "night"):
        answer = _answer(session, town, teams, period=period)
        per_pixel.append(answer["residents"]["raster"])
    assert per_pixel == ["p1", "p2", "p3"]


def test_density_is_turned_into_people(session: Any, tmp_path: Any, town: RoadNetwork) -> None:
    _raster(session, tmp_path, np.full((40, 60), 1000.0), unit="people/km2")
    found = settlement.residents(session, shapely.box(*place(1, 1), *place(6, 6)))
    assert found is not None
    # 5 x 5 blocks of 481.5 m by 556 m.
    assert found.people.sum() == pytest.approx(1000 * 2.4075 * 2.78, rel=0.1)


def test_without_a_raster_residents_are_unknown_and_not_nobody(
    session: Any, town: RoadNetwork
) -> None:
    answer = _answer(session, town, _teams(session))
    assert answer["residents"] is None and set(_shares(answer, "residents")) == {None}
    cuts = _cuts(session, town)
    assert cuts["residents"] is None


def test_unknown_people_are_told_and_counted_as_nobody(session: Any, town: RoadNetwork) -> None:
    session.add_all([
        ProtectionTarget(name="known", kind="school", people_day=10, people_night=0,
                         geom=_point(2, 2)),
        ProtectionTarget(name="unknown", kind="village", geom=_point(3, 3)),
    ])  # fmt: skip
    session.flush()
    answer = _answer(session, town, _teams(session))
    assert sum(_shares(answer, "people_unknown")) == 1
    assert sum(_shares(answer, "people_day")) == 10
    assert sum(_shares(answer, "places")) == 2


def test_no_station_at_all_leaves_everybody_without_a_path(session: Any, town: RoadNetwork) -> None:
    session.add(ProtectionTarget(name="x", kind="school", people_day=5, geom=_point(2, 2)))
    session.flush()
    answer = _answer(session, town, Stations((), ()))
    assert answer["without_access"]["by_reason"] == {"no_path": 1}
    assert answer["without_access"]["targets"][0]["people_night"] is None
    assert answer["stations"] == []


def test_a_place_far_from_any_road_says_so(session: Any, town: RoadNetwork) -> None:
    nodes, streets = grid_streets(3)
    nodes |= {900: place(20, 0)}
    wide = compiled(table(nodes, [*streets, Street(2, 900)]))
    session.add(ProtectionTarget(name="far", kind="village", geom=_point(12, 2.0)))
    session.flush()
    where = shapely.box(*wide.extent).buffer(0.05)
    answer = _answer(session, wide, _teams(session), where=where, within_min=60.0)
    near = answer["without_access"]["by_reason"]
    session.add(ProtectionTarget(name="farther", kind="village", geom=_point(12, 9.0)))
    session.flush()
    answer = _answer(session, wide, _teams(session), where=where, within_min=60.0)
    assert near == {} and answer["without_access"]["by_reason"] == {"no_road_near": 1}


def test_the_worst_cut_is_told_by_residents_where_they_are_more_than_the_places_know(
    session: Any, tmp_path: Any, town: RoadNetwork
) -> None:
    values = np.zeros((40, 60))
    row, column = (
        int((NORTH - place(0, 4)[1]) / PIXEL_DEG),
        int((place(12.5, 0)[0] - WEST) / PIXEL_DEG),
    )
    values[row, column] = 700.0
    _raster(session, tmp_path, values)
    session.add(ProtectionTarget(name="v", kind="village", people_night=20, geom=_point(13, 4)))
    session.flush()
    answer = _cuts(session, town, k=1)
    worst = answer["roads"]["features"][0]["properties"]
    assert worst["residents"] == 700 and worst["people_night"] == 20
    assert [each["name"] for each in worst["isolated"]] == ["v"]


def test_too_many_places_are_refused_and_not_cut(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.add_all(
        ProtectionTarget(name=str(n), kind="school", geom=_point(n, n)) for n in range(4)
    )
    session.flush()
    monkeypatch.setattr(access, "MOST_PLACES", 4)
    assert len(access.records(session, EVERYWHERE, scope=ALL)) == 4
    monkeypatch.setattr(access, "MOST_PLACES", 3)
    with pytest.raises(TooLargeError) as refused:
        access.records(session, EVERYWHERE, scope=ALL)
    assert refused.value.code == "too_many_places"
