"""OGC API - Features, Part 2: systems by reference, with the axis order of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_server.ogc.conformance import CLASSES
from gis_server.ogc.systems import system, uris
from layers.catalog import find
from tests.gis_server.ogc_city import TEAMS, build, checks
from tests.scatter import put

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CODES = (4326, 3857, 4490, 4549, 4528)
ITEMS = "/ogc/collections/team/items"


@pytest.fixture
def door(database: Engine, client: FlaskClient) -> FlaskClient:
    """Give a commander's client of a site with a few features."""
    build(database)
    return client


def places(answer: Any) -> list[list[float]]:
    assert answer.status_code == 200, answer.text
    return [feature["geometry"]["coordinates"] for feature in answer.json["features"]]


def authority(code: int) -> np.ndarray[Any, Any]:
    """Return the teams in a system, in its own axis order, by PROJ without any of our code."""
    way = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=False)
    return np.column_stack(way.transform(*np.array(TEAMS).T))


# --- discovery ------------------------------------------------------------------


@checks("CrsRequirementClassPrecondition.verifyConformanceClass")
def test_the_class_of_systems_is_claimed():
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in CLASSES


@checks(
    "DiscoveryCollectionCrsUri.verifyCollectionCrsIdentifierOfCrsProperty",
    "DiscoveryCollectionCrsUri.verifyCollectionCrsIdentifierOfStorageCrsProperty",
    "DiscoveryCollectionDefaultCrs.verifyCollectionCrsIdentifierOfCrsProperty",
    "DiscoveryCollectionStorageCrs.verifyCollectionCrsIdentifierOfCrsProperty",
)
def test_a_collection_names_its_systems_by_uri_the_default_and_the_stored_one_among_them(door):
    collection = door.get("/ogc/collections/team").json
    assert all(uri.startswith("http://www.opengis.net/def/crs/") for uri in collection["crs"])
    assert len(set(collection["crs"])) == len(collection["crs"])
    assert CRS84 in collection["crs"]
    assert collection["storageCrs"] in collection["crs"]


@checks(
    "DiscoveryCollectionsCrsUri.verifyCollectionsCrsIdentifierOfCrsProperty",
    "DiscoveryCollectionsCrsUri.verifyCollectionsCrsIdentifierOfStorageCrs",
    "DiscoveryCollectionsCrsUri.verifyCollectionsCollectionCrsIdentifierOfCrsProperty",
    "DiscoveryCollectionsCrsUri.verifyCollectionsCollectionCrsIdentifierOfStorageCrs",
    "DiscoveryCollectionsDefaultCrs.verifyCollectionsPathCollectionCrsPropertyContainsDefaultCrs",
    "DiscoveryCollectionsStorageCrs.verifyCollectionsPathCollectionCrsPropertyContainsStorageCrs",
)
def test_all_collections_refer_to_one_list_of_systems(door):
    document = door.get("/ogc/collections").json
    assert document["crs"] == list(uris())
    assert CRS84 in document["crs"]
    for collection in document["collections"]:
        assert collection["crs"] == ["#/crs"]
        assert collection["storageCrs"] in document["crs"]


def test_every_system_that_is_offered_is_one_that_proj_knows():
    for uri in uris():
        authority_name = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
        first = pyproj.CRS(authority_name).axis_info[0].direction
        assert system(uri, field="crs").swapped == (first == "north"), uri
    assert {int(uri.rpartition("/")[2]) for uri in uris()[1:]} >= set(CODES)


# --- crs --------------------------------------------------------------------------


@checks(
    "FeaturesCrsParameter.verifyFeaturesCrsParameter",
    "FeaturesCrsParameterTransform.verifyFeaturesCrsParameterTransformWithCrsParameter",
)
@pytest.mark.parametrize("code", CODES)
def test_features_come_in_the_system_asked_for_in_its_own_axis_order(door, code):
    answer = door.get(ITEMS, query_string={"crs": f"{EPSG}{code}", "limit": 3})
    assert answer.headers["Content-Crs"] == f"<{EPSG}{code}>"
    assert answer.mimetype == "application/geo+json"
    tolerance = 1e-8 if code in (4326, 4490) else 1e-3
    np.testing.assert_allclose(places(answer), authority(code)[:3], rtol=0, atol=tolerance)
    assert f"crs={EPSG}{code}".replace(":", "%3A").replace("/", "%2F") in next(
        link["href"] for link in answer.json["links"] if link["rel"] == "next"
    )


@checks(
    "FeaturesCrsParameterDefault.verifyFeaturesCrsParameterDefault",
    "FeaturesCrsParameterTransform.verifyFeaturesCrsParameterTransformWithoutCrsParameter",
)
def test_features_come_in_crs84_where_nothing_is_asked(door):
    answer = door.get(ITEMS)
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"
    assert places(answer) == [list(place) for place in TEAMS]
    assert places(door.get(ITEMS, query_string={"crs": CRS84})) == places(answer)


@checks(
    "FeatureCrsParameter.verifyFeatureCrsParameter",
    "FeatureCrsParameterTransform.verifyFeatureCrsParameterTransformWithCrsParameter",
    "FeatureCrsParameterDefault.verifyFeatureCrsParameterDefault",
    "FeatureCrsParameterTransform.verifyFeatureCrsParameterTransformWithoutCrsParameter",
)
@pytest.mark.parametrize("code", CODES)
def test_one_feature_comes_as_it_does_among_all(door, code):
    for asked, uri in (({}, CRS84), ({"crs": f"{EPSG}{code}"}, f"{EPSG}{code}")):
        first = door.get(ITEMS, query_string=asked).json["features"][0]
        alone = door.get(f"{ITEMS}/{first['id']}", query_string=asked)
        assert alone.headers["Content-Crs"] == f"<{uri}>"
        assert alone.json["geometry"] == first["geometry"]


@checks(
    "FeaturesCrsParameterInvalid.verifyFeaturesCrsParameterInvalid",
    "FeatureCrsParameterInvalid.verifyFeatureCrsParameterInvalid",
)
@pytest.mark.parametrize("uri", ["unicorn", f"{EPSG}2154", f"{EPSG}999999", "EPSG:4326", ""])
def test_a_system_that_is_not_offered_is_refused(door, uri):
    first = door.get(ITEMS).json["features"][0]["id"]
    for path in (ITEMS, f"{ITEMS}/{first}"):
        answer = door.get(path, query_string={"crs": uri or " x"})
        assert answer.status_code == 400
        assert answer.json["parameter"] == "crs"


def test_polygons_and_multipolygons_are_turned_whole(door):
    plain = door.get("/ogc/collections/region/items").json["features"][0]["geometry"]
    turned = door.get("/ogc/collections/region/items", query_string={"crs": f"{EPSG}4326"})
    geometry = turned.json["features"][0]["geometry"]
    assert geometry["type"] == plain["type"] == "MultiPolygon"
    assert [[[p[::-1] for p in ring] for ring in part] for part in geometry["coordinates"]] == (
        plain["coordinates"]
    )


# --- bbox-crs -----------------------------------------------------------------------


def around(code: int, indices: slice) -> str:
    """Return the bbox around some teams in a system, in its own axis order."""
    table = authority(code)[indices]
    margin = 1e-4 if code in (4326, 4490) else 1.0
    low, high = table.min(axis=0) - margin, table.max(axis=0) + margin
    return ",".join(str(number) for number in (*low, *high))


@checks("BBoxCrsParameter.verifyBboxCrsParameter")
@pytest.mark.parametrize("code", CODES)
def test_a_box_in_any_offered_system_selects_the_same_features(door, code):
    query = {"bbox": around(code, slice(0, 2)), "bbox-crs": f"{EPSG}{code}"}
    assert places(door.get(ITEMS, query_string=query)) == [list(place) for place in TEAMS[:2]]


@checks(
    "BBoxCrsParameter.verifyBboxCrsParameterWithDefaultCrs",
    "BBoxCrsParameterDefault.verifyBboxCrsParameterDefault",
)
def test_a_box_is_in_crs84_where_nothing_else_is_said(door):
    box = {"bbox": "120,30,120.25,30.25"}
    plain = places(door.get(ITEMS, query_string=box))
    assert plain == [list(place) for place in TEAMS[:2]]
    assert places(door.get(ITEMS, query_string={**box, "bbox-crs": CRS84})) == plain
    swapped = {"bbox": "30,120,30.25,120.25", "bbox-crs": f"{EPSG}4326"}
    assert places(door.get(ITEMS, query_string=swapped)) == plain


@checks("BBoxCrsParameterInvalid.verifyBboxCrsParameterInvalid")
@pytest.mark.parametrize("uri", ["unicorn", f"{EPSG}2154"])
def test_a_box_in_a_system_that_is_not_offered_is_refused(door, uri):
    answer = door.get(ITEMS, query_string={"bbox": "120,30,121,31", "bbox-crs": uri})
    assert answer.status_code == 400
    assert answer.json["parameter"] == "bbox-crs"


@pytest.mark.parametrize(
    ("code", "box"),
    [
        (4549, "0,0,1e30,1e30"), (4549, "5,5,4,4"), (3857, "5,0,4,1"), (3857, "nan,0,1,1"),
        (4490, "0,0,1e400,1"), (4549, "-1e11,-1e11,1e11,1e11"),
    ],
)  # fmt: skip
def test_a_box_outside_its_system_is_refused_and_never_a_fault_of_ours(door, code, box):
    answer = door.get(ITEMS, query_string={"bbox": box, "bbox-crs": f"{EPSG}{code}"})
    assert answer.status_code == 400, answer.text


def test_a_box_of_a_zone_has_the_zones_straight_sides_and_not_those_of_degrees(door, database):
    way = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:4549", always_xy=True)
    (west, east), (left, right) = way.transform([118.5, 121.5], [30.0, 30.0])
    _, middle = way.transform(120.0, 30.0)
    south = middle + 100.0
    assert south < min(left, right) - 100.0  # parallels bend: the box dips below 30 degrees there
    with Session(database) as session, session.begin():
        put(session, find("team"), [shapely.Point(120.0, 30.0005), shapely.Point(120.0, 30.002)],
            kind=["fire"] * 2, name=["below", "in"])  # fmt: skip
    query = {"bbox": f"{south},{west},{south + 5000},{east}", "bbox-crs": f"{EPSG}4549"}
    assert places(door.get(ITEMS, query_string=query)) == [[120.0, 30.002]]
