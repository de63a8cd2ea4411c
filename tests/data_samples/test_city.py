"""The sample city is the same every time, big enough, right by the rules, and marked fictional."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections import Counter

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.roads.edges import RoadEdges, lengths_m, unlimited
from data_samples.city import City, make

# A second reading of GB 32100-2015: weights counted up one by one, not taken from a table.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_is_valid(code: str) -> bool:
    """Return whether 18 characters add up to 0 modulo 31, weights 3^i counted up one by one."""
    total, weight = 0, 1
    for character in code[:17]:
        total += weight * ALPHABET.index(character)
        weight = weight * 3 % 31
    return len(code) == 18 and (total + ALPHABET.index(code[17])) % 31 == 0


@pytest.fixture(scope="module")
def city() -> City:
    return make(7)


def _digest(city: City) -> str:
    digest = hashlib.sha256()
    for name, rows in sorted(city.layers.items()):
        digest.update(name.encode())
        digest.update(repr(rows.records).encode())
        digest.update(repr(rows.children).encode())
        for wkb in shapely.to_wkb(rows.geometry):
            digest.update(wkb or b"nowhere")
    for field in dataclasses.fields(city.roads):
        values = getattr(city.roads, field.name)
        digest.update(repr(values.tolist()).encode())
    return digest.hexdigest()


def test_the_same_seed_makes_the_same_city(city: City) -> None:
    assert _digest(make(7)) == _digest(city)


def test_another_seed_makes_another_city(city: City) -> None:
    assert _digest(make(8)) != _digest(city)


@pytest.mark.parametrize(
    ("layer", "least"),
    [
        ("hazard_source", 60),
        ("team", 15),
        ("resource", 40),
        ("protection_target", 400),
        ("weather_station", 3),
        ("fire_water", 100),
        ("disaster_point", 10),
        ("region", 6),
        ("tank", 150),
        ("park", 2),
        ("expert", 15),
        ("sensitive_place", 8),
        ("geohazard", 8),
        ("reservoir", 3),
        ("tailings_pond", 1),
        ("flood_work", 10),
        ("accident", 10),
        ("video_point", 40),
    ],
)
def test_there_is_enough_to_practise_with(city: City, layer: str, least: int) -> None:
    assert len(city.layers[layer]) >= least


def test_the_chemical_park_has_at_least_thirty_enterprises(city: City) -> None:
    regions = [r["region"] for r in city.layers["enterprise"].records]
    assert sum(region.startswith("990104") for region in regions) >= 30


def test_credit_codes_are_valid_and_unique(city: City) -> None:
    codes = [r["credit_code"] for r in city.layers["enterprise"].records]
    assert all(credit_code_is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_some_quantities_are_unknown_and_none_is_zero(city: City) -> None:
    quantities = [r["quantity_t"] for r in city.layers["hazard_source"].records]
    assert None in quantities
    assert all(quantity is None or quantity > 0 for quantity in quantities)


def test_every_row_says_that_it_is_fictional(city: City) -> None:
    for rows in city.layers.values():
        assert all("fictional sample city, seed 7" in r["source"] for r in rows.records)


def test_every_geometry_is_valid_and_lies_at_sea(city: City) -> None:
    for name, rows in city.layers.items():
        placed = rows.geometry[~shapely.is_missing(rows.geometry)]
        assert len(placed) == len(rows) or name == "expert", name
        assert shapely.is_valid(placed).all(), name
        assert not shapely.is_empty(placed).any(), name
        west, south, east, north = shapely.total_bounds(placed)
        assert 122.9 < west < east < 124.2, name
        assert 30.5 < south < north < 31.4, name


def test_no_phone_can_ring(city: City) -> None:
    phones = [
        contact["phone"]
        for rows in city.layers.values()
        for child in rows.children
        if child
        for contact in child.get("contact", [])
    ]
    assert len(phones) > 100
    assert all(phone.startswith("000-5550-") for phone in phones)


def test_the_road_table_is_what_the_road_part_reads(city: City) -> None:
    ours = {field.name for field in dataclasses.fields(city.roads)}
    assert ours == {field.name for field in dataclasses.fields(RoadEdges)} - set(unlimited(0))
    roads = RoadEdges(**vars(city.roads), **unlimited(len(city.roads)))
    assert np.allclose(roads.length_m, lengths_m(roads.lonlat, roads.offset), rtol=0, atol=1e-6)


def test_there_are_ten_thousand_junctions_and_nearly_all_can_be_driven_to(city: City) -> None:
    roads = city.roads
    nodes, ends = np.unique(np.concatenate([roads.u, roads.v]), return_inverse=True)
    u, v = ends[: len(roads)], ends[len(roads) :]
    tail = np.concatenate([u, v[roads.backward]])
    head = np.concatenate([v, u[roads.backward]])
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(nodes), len(nodes)))
    _, label = connected_components(graph, connection="strong")
    assert len(nodes) >= 10_000
    assert np.bincount(label).max() > 0.98 * len(nodes)


def test_roads_meet_only_where_they_say(city: City) -> None:
    roads = city.roads
    first = roads.lonlat[roads.offset[:-1]]
    last = roads.lonlat[roads.offset[1:] - 1]
    place: dict[int, tuple[float, float]] = {}
    for node, lonlat in zip(
        np.concatenate([roads.u, roads.v]), np.vstack([first, last]), strict=True
    ):
        assert place.setdefault(int(node), tuple(lonlat)) == tuple(lonlat)


def test_few_bridges_cross_the_river(city: City) -> None:
    water = city.layers["water"]
    river = next(
        g for r, g in zip(water.records, water.geometry, strict=True) if r["kind"] == "river"
    )
    roads = RoadEdges(**vars(city.roads), **unlimited(len(city.roads)))
    over = shapely.intersects(river, roads.lines())
    assert 5 <= over.sum() <= 14
    assert roads.bridge[over].all()
    assert np.isin(roads.class_[over], ["motorway", "trunk", "primary", "secondary"]).all()


def test_road_classes_form_a_hierarchy(city: City) -> None:
    classes, lengths = city.roads.class_, city.roads.length_m
    total_km = {c: lengths[classes == c].sum() / 1000.0 for c in np.unique(classes)}
    assert total_km["motorway"] < total_km["primary"] + total_km["trunk"]
    assert total_km["primary"] + total_km["secondary"] < total_km["residential"]
    assert {"motorway", "motorway_link", "trunk", "tertiary", "unclassified"} <= set(total_km)


def test_homes_empty_by_day_and_schools_by_night(city: City) -> None:
    for record in city.layers["protection_target"].records:
        if record["kind"] in ("housing", "village"):
            assert record["people_day"] < record["people_night"]
        if record["kind"] in ("school", "kindergarten"):
            assert record["people_night"] == 0


def test_the_tanks_of_a_unit_hold_what_the_unit_says(city: City) -> None:
    held: dict[object, list[float | None]] = {}
    for tank in city.layers["tank"].records:
        held.setdefault(tank["hazard_source_id"], []).append(tank["quantity_t"])
    sources = {record["id"]: record for record in city.layers["hazard_source"].records}
    assert sum(len(tanks) > 1 for tanks in held.values()) > 30
    for key, tanks in held.items():
        quantity_t = sources[key]["quantity_t"]
        if quantity_t is None:
            assert set(tanks) == {None}
        else:
            assert sum(tanks) == pytest.approx(quantity_t, abs=0.05)


def test_the_vehicles_of_a_team_add_up_to_what_it_has(city: City) -> None:
    teams = city.layers["team"]
    for record, children in zip(teams.records, teams.children, strict=True):
        assert children is not None
        assert sum(entry["count"] for entry in children["vehicle"]) == record["vehicles"]


def test_every_class_of_enterprise_beyond_chemistry_is_there(city: City) -> None:
    classes = {record["class"] for record in city.layers["enterprise"].records}
    assert {"non_coal_mine", "fireworks", "dust_explosion", "metallurgy"} <= classes


def test_most_enterprises_of_the_park_know_it_and_lie_in_it(city: City) -> None:
    parks = dict(
        zip(
            [record["id"] for record in city.layers["park"].records],
            city.layers["park"].geometry,
            strict=True,
        )
    )
    rows = city.layers["enterprise"]
    known = [
        (parks[record["park_id"]], shape)
        for record, shape in zip(rows.records, rows.geometry, strict=True)
        if record["park_id"] is not None
    ]
    assert len(known) > 35
    assert all(park.intersects(shape) for park, shape in known)


def test_what_is_on_record_lies_in_a_district(city: City) -> None:
    for name in ("expert", "geohazard", "reservoir", "flood_work", "accident", "tank", "park"):
        assert all(record.get("region") for record in city.layers[name].records), name


def test_no_camera_can_be_reached(city: City) -> None:
    urls = [record["url"] for record in city.layers["video_point"].records]
    assert all(url.startswith("rtsp://video.invalid/") for url in urls)


@pytest.mark.parametrize("seed", [7, 8])
@pytest.mark.parametrize(
    "layer",
    ["enterprise", "hazard_source", "team", "resource", "protection_target", "tank", "park",
     "sensitive_place", "geohazard", "reservoir", "flood_work", "accident", "video_point"],
)  # fmt: skip
def test_no_name_of_a_layer_is_given_twice(layer: str, seed: int, city: City) -> None:
    records = (city if seed == city.seed else _other()).layers[layer].records
    for field in ("name", "name_en"):
        said = Counter(record[field] for record in records)
        assert [name for name, times in said.items() if times > 1] == []


@functools.cache
def _other() -> City:
    return make(8)
