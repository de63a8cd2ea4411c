"""OGC API - Features, Part 1: every check of the OGC test suite ogcapi-features10, by its id."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy import Engine

from gis_server.ogc.conformance import CLASSES
from tests.gis_server.ogc_city import TEAMS, build, checks

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
BBOX = "?bbox=120.0,30.0,120.25,30.25"
TIME = "?datetime=2026-03-02T00:00:00Z/.."


@pytest.fixture
def door(database: Engine, client: FlaskClient) -> FlaskClient:
    """Give a commander's client of a site with a few features."""
    build(database)
    return client


def linked(document: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    return [link for link in document["links"] if link["rel"] == rel]


def follow(door: FlaskClient, document: dict[str, Any], rel: str) -> Any:
    """Return the answer at the first link of a relation; its media type is the one promised."""
    link = linked(document, rel)[0]
    answer = door.get(link["href"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == link["type"]
    return answer.json


def ask(door: FlaskClient, query: str = "", collection: str = "team") -> Any:
    answer = door.get(f"/ogc/collections/{collection}/items{query}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == GEOJSON
    return answer.json


def refused(door: FlaskClient, query: str) -> Any:
    answer = door.get(f"/ogc/collections/team/items{query}")
    assert answer.status_code == 400, answer.text
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["status"] == 400 and problem["title"] and problem["detail"]
    return problem


def parameter(door: FlaskClient, name: str) -> Any:
    """Return a parameter of the items of teams as the definition of the API has it."""
    document = door.get("/ogc/api").json
    listed = document["paths"]["/collections/team/items"]["get"]["parameters"]
    found = [resolved(document, each) for each in listed]
    return next(each for each in found if each["name"] == name)


def resolved(document: Any, node: Any) -> Any:
    """Return what a reference within a document stands for."""
    for part in node.get("$ref", "").removeprefix("#/").split("/"):
        if part:
            node = document[part] if node.get("$ref") else node[part]
            document = node
    return node


# --- the landing page, the definition of the API, conformance ------------------


@checks("LandingPage.landingPageRetrieval", "LandingPage.landingPageValidation")
@pytest.mark.parametrize("path", ["/ogc", "/ogc/", "/ogc?f=json"])
def test_the_landing_page_leads_to_the_definition_the_conformance_and_the_data(door, path):
    page = door.get(path)
    assert page.status_code == 200 and page.mimetype == "application/json"
    for rel in ("service-desc", "conformance", "data"):
        assert follow(door, page.json, rel)


@checks("ApiDefinition.openapiDocumentRetrieval")
def test_the_definition_of_the_api_is_where_the_landing_page_says(door):
    document = follow(door, door.get("/ogc").json, "service-desc")
    assert document["openapi"].startswith("3.0.")
    assert linked(door.get("/ogc").json, "service-desc")[0]["type"] == OPENAPI


@checks("ApiDefinition.apiDefinitionValidation")
def test_the_definition_is_whole_every_reference_leads_somewhere_every_path_answers(door):
    document = door.get("/ogc/api").json
    assert {"openapi", "info", "paths"} <= set(document)
    ids = []
    for path, node in document["paths"].items():
        operation = node["get"]
        ids.append(operation["operationId"])
        named = [resolved(document, each) for each in operation["parameters"]]
        assert {each["name"] for each in named if each["in"] == "path"} == set(braced(path))
        keys = [(each["in"], each["name"]) for each in named]
        assert len(keys) == len(set(keys)), path
        assert all(each["schema"] for each in named)
        assert "200" in operation["responses"]
        assert all(resolved(document, each) for each in operation["responses"].values())
        if "{" not in path and not path.startswith("/collections/") and "atrix" not in path:
            assert door.get("/ogc" + path).status_code == 200, path
    assert len(ids) == len(set(ids))


def braced(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


@checks("Conformance.validateConformanceOperationAndResponse")
def test_the_conformance_lists_what_is_claimed(door):
    document = door.get("/ogc/conformance").json
    assert document["conformsTo"] == list(CLASSES)
    for name in ("core", "geojson", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in CLASSES


@checks("GeneralHttp.http")
def test_the_doors_follow_http_unknown_paths_are_404_and_other_methods_405(door):
    assert door.get("/ogc/nowhere").status_code == 404
    assert door.get("/ogc/collections/unicorn").status_code == 404
    assert door.get("/ogc/collections/unicorn").mimetype == "application/problem+json"
    assert door.head("/ogc/collections/team/items").status_code == 200
    answer = door.delete("/ogc/collections/team")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


# --- collections --------------------------------------------------------------


@checks(
    "FeatureCollections.validateFeatureCollectionsMetadataOperation",
    "FeatureCollections.validateFeatureCollectionsMetadataOperationResponse_Links",
)
def test_the_collections_link_to_themselves(door):
    document = door.get("/ogc/collections").json
    assert follow(door, document, "self") == document
    assert all(link["rel"] and link["type"] for link in document["links"])


@checks(
    "FeatureCollections.validateFeatureCollectionsMetadataOperationResponse_Items",
    "FeatureCollections.validateFeatureCollectionsMetadataOperationResponse_Content",
)
def test_every_collection_has_an_id_and_leads_to_its_items(door):
    document = door.get("/ogc/collections").json
    assert {"team", "incident", "road", "region"} <= {
        each["id"] for each in document["collections"]
    }
    for collection in document["collections"]:
        assert collection["links"]
        (items,) = linked(collection, "items")
        assert items["type"] == GEOJSON
        assert door.get(items["href"]).status_code == 200


@checks("FeatureCollections.validateFeatureCollectionsMetadataOperationResponse_CrsProperty")
def test_the_first_system_of_every_collection_is_crs84(door):
    document = door.get("/ogc/collections").json
    for collection in document["collections"]:
        listed = [*document["crs"]] if collection["crs"] == ["#/crs"] else collection["crs"]
        assert listed[0] == CRS84


@checks(
    "FeatureCollection.validateFeatureCollectionMetadataOperation",
    "FeatureCollection.validateFeatureCollectionMetadataResponse",
)
def test_a_collection_says_alone_what_it_says_among_all(door):
    for listed in door.get("/ogc/collections").json["collections"]:
        alone = follow(door, listed, "self")
        for name in ("id", "title", "links", "extent", "itemType"):
            assert alone.get(name) == listed.get(name)


def test_the_extent_of_a_collection_holds_every_feature(door):
    box = door.get("/ogc/collections/team").json["extent"]["spatial"]["bbox"][0]
    around = shapely.MultiPoint(TEAMS).bounds
    assert box == pytest.approx(around, abs=1e-5)
    assert shapely.box(*box).covers(shapely.box(*around))


def test_a_collection_without_features_has_no_extent(door):
    assert "extent" not in door.get("/ogc/collections/resource").json


# --- features ------------------------------------------------------------------

QUERIES = ["", "?limit=2", BBOX, TIME]


@checks(
    "Features.validateFeaturesOperation",
    "Features.validateFeaturesResponse_TypeProperty",
    "Features.validateFeaturesResponse_FeaturesProperty",
    "FeaturesBBox.validateFeaturesWithBoundingBoxOperation",
    "FeaturesBBox.validateFeaturesWithBoundingBoxResponse_TypeProperty",
    "FeaturesBBox.validateFeaturesWithBoundingBoxResponse_FeaturesProperty",
    "FeaturesLimit.validateFeaturesWithLimitOperation",
    "FeaturesLimit.validateFeaturesWithLimitResponse_TypeProperty",
    "FeaturesLimit.validateFeaturesWithLimitResponse_FeaturesProperty",
    "FeaturesTime.validateFeaturesWithDateTimeOperation",
    "FeaturesTime.validateFeaturesWithDateTimeResponse_TypeProperty",
    "FeaturesTime.validateFeaturesWithDateTimeResponse_FeaturesProperty",
)
@pytest.mark.parametrize("query", QUERIES)
def test_features_come_as_a_geojson_collection(door, query):
    for collection in ("team", "incident", "region"):
        document = ask(door, query, collection)
        assert document["type"] == "FeatureCollection"
        assert document["features"]
        for feature in document["features"]:
            assert feature["type"] == "Feature" and feature["id"]
            assert isinstance(feature["properties"], dict)


@checks(
    "Features.validateFeaturesResponse_GeometryInCRS84",
    "FeaturesBBox.validateFeaturesResponse_GeometryInCRS84",
    "FeaturesLimit.validateFeaturesWithLimitResponse_GeometryInCRS84",
    "FeaturesTime.validateFeaturesWithDateTimeResponse_GeometryInCRS84",
)
@pytest.mark.parametrize("query", QUERIES)
def test_geometries_are_lon_lat_of_wgs_84(door, query):
    places = [shape(feature["geometry"]) for feature in ask(door, query)["features"]]
    assert [(place.x, place.y) for place in places] == TEAMS[: len(places)]


@checks(
    "Features.validateFeaturesResponse_Links",
    "FeaturesBBox.validateFeaturesWithBoundingBoxResponse_Links",
    "FeaturesLimit.validateFeaturesWithLimitResponse_Links",
    "FeaturesTime.validateFeaturesWithDateTimeResponse_Links",
)
@pytest.mark.parametrize("query", QUERIES)
def test_a_page_links_to_itself_and_every_link_says_its_type(door, query):
    document = ask(door, query)
    again = follow(door, document, "self")
    assert again["features"] == document["features"]
    assert all(link["rel"] and link["type"] for link in document["links"])
    assert bool(linked(document, "next")) == (query == "?limit=2")
    assert not linked(document, "prev")


@checks(
    "Features.validateFeaturesResponse_TimeStamp",
    "FeaturesBBox.validateFeaturesWithBoundingBoxResponse_TimeStamp",
    "FeaturesLimit.validateFeaturesWithLimitResponse_TimeStamp",
    "FeaturesTime.validateFeaturesWithDateTimeResponse_TimeStamp",
)
@pytest.mark.parametrize("query", QUERIES)
def test_a_page_says_when_it_was_made(door, query):
    made = dt.datetime.fromisoformat(ask(door, query)["timeStamp"])
    assert made.utcoffset() == dt.timedelta(0)


@checks(
    "Features.validateFeaturesResponse_NumberMatched",
    "FeaturesBBox.validateFeaturesWithBoundingBoxResponse_NumberMatched",
    "FeaturesLimit.validateFeaturesWithLimitResponse_NumberMatched",
    "FeaturesTime.validateFeaturesWithDateTimeResponse_NumberMatched",
)
@pytest.mark.parametrize("query", ["?limit=2", BBOX + "&limit=1", TIME + "&limit=2"])
def test_every_page_knows_how_many_features_all_pages_have(door, query):
    pages = list(walk(door, query))
    total = sum(len(page["features"]) for page in pages)
    assert {page["numberMatched"] for page in pages} == {total}
    assert len(pages) > 1


@checks(
    "Features.validateFeaturesResponse_NumberReturned",
    "FeaturesBBox.validateFeaturesResponse_NumberReturned",
    "FeaturesLimit.validateFeaturesResponse_NumberReturned",
    "FeaturesTime.validateFeaturesResponse_NumberReturned",
)
@pytest.mark.parametrize("query", QUERIES)
def test_a_page_knows_how_many_features_it_has(door, query):
    for page in walk(door, query):
        assert page["numberReturned"] == len(page["features"])


def walk(door: FlaskClient, query: str) -> Any:
    """Yield the pages from the first to the last by their links."""
    page = ask(door, query)
    yield page
    while linked(page, "next"):
        page = follow(door, page, "next")
        yield page


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_pages_hold_every_feature_once_forwards_and_backwards(door, limit):
    forwards = list(walk(door, f"?limit={limit}"))
    seen = [feature["id"] for page in forwards for feature in page["features"]]
    assert seen == [feature["id"] for feature in ask(door)["features"]]
    page, backwards = forwards[-1], [forwards[-1]]
    while linked(page, "prev"):
        page = follow(door, page, "prev")
        backwards.insert(0, page)
    assert [p["features"] for p in backwards] == [p["features"] for p in forwards]


# --- parameters ------------------------------------------------------------------


@checks("FeaturesBBox.boundingBoxParameterDefinition")
def test_bbox_is_defined_as_four_or_six_numbers(door):
    defined = parameter(door, "bbox")
    assert (defined["in"], defined["required"]) == ("query", False)
    assert (defined["style"], defined["explode"]) == ("form", False)
    schema = defined["schema"]
    assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 4, 6)
    assert schema["items"]["type"] == "number"


@checks("FeaturesLimit.limitParameterDefinition")
def test_limit_is_defined_with_its_bounds(door):
    defined = parameter(door, "limit")
    assert (defined["in"], defined["required"], defined["explode"]) == ("query", False, False)
    schema = defined["schema"]
    assert schema["type"] == "integer"
    assert schema["minimum"] <= schema["default"] <= schema["maximum"]


@checks("FeaturesTime.timeParameterDefinition")
def test_datetime_is_defined_as_text(door):
    defined = parameter(door, "datetime")
    assert (defined["in"], defined["required"], defined["explode"]) == ("query", False, False)
    assert defined["schema"]["type"] == "string"


@checks("FeaturesBBox.validateFeaturesWithBoundingBoxResponse")
@pytest.mark.parametrize(
    ("box", "indices"),
    [
        ("120,30,120.25,30.25", [0, 1]),
        ("120,30,0,120.25,30.25,9000", [0, 1]),
        ("120.1,30.1,120.1,30.1", [0]),
        ("121.5,31.5,122,32", [4]),
        ("-180,-90,180,90", [0, 1, 2, 3, 4]),
        ("121.45,-90,-170,90", [4]),
        ("0,0,1,1", []),
    ],
)
def test_a_box_selects_what_meets_it_its_border_included(door, box, indices):
    found = ask(door, f"?bbox={box}")
    places = [tuple(feature["geometry"]["coordinates"]) for feature in found["features"]]
    assert places == [TEAMS[index] for index in indices]
    assert found["numberMatched"] == len(indices)


@checks("FeaturesLimit.validateFeaturesWithLimitResponse")
def test_a_page_holds_at_most_the_limit_and_never_more_than_the_largest_page(door):
    maximum = parameter(door, "limit")["schema"]["maximum"]
    for limit in (1, 3, maximum, maximum + 1, 10**12):
        assert ask(door, f"?limit={limit}")["numberReturned"] == min(5, limit)


@checks("FeaturesTime.validateFeaturesWithDateTimeResponse")
@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("2026-03-02T00:00:00Z", "b"),
        ("2026-03-02T08:00:00%2B08:00", "b"),
        ("2026-03-02", "b"),
        ("2026-03-01T00:00:00Z/2026-03-02T00:00:00Z", "ab"),
        ("2026-03-02T00:00:00Z/..", "bc"),
        ("2026-03-02T00:00:00Z/", "bc"),
        ("../2026-03-02T00:00:00Z", "ab"),
        ("/2026-03-01", "a"),
        ("2026-02-01T00:00:00Z/2026-02-02T00:00:00Z", ""),
    ],
)
def test_a_time_selects_what_happened_in_it(door, text, titles):
    found = ask(door, f"?datetime={text}", "incident")
    assert "".join(feature["properties"]["title"] for feature in found["features"]) == titles


def test_a_closure_is_found_at_every_time_between_its_ends_and_an_open_one_for_ever(door, database):
    from sqlalchemy.orm import Session

    from layers.catalog import find
    from tests.scatter import put

    with Session(database) as session, session.begin():
        put(session, find("road_closure"), [shapely.Point(120, 30)] * 2,
            kind=["flood"] * 2, reason=["over", "open"],
            since=["2026-03-01T00:00:00Z", "2026-03-05T00:00:00Z"],
            until=["2026-03-03T00:00:00Z", None])  # fmt: skip
    for text, reasons in (
        ("2026-03-02T00:00:00Z", ["over"]),
        ("2026-03-04T00:00:00Z", []),
        ("2036-01-01T00:00:00Z", ["open"]),
        ("2026-03-01T12:00:00Z/2026-03-06T00:00:00Z", ["over", "open"]),
    ):
        found = ask(door, f"?datetime={text}", "road_closure")["features"]
        assert [each["properties"]["reason"] for each in found] == reasons


@checks("FeaturesErrorConditions.validateFeaturesOperation_QueryParamInvalid")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?limit=0", "limit"), ("?limit=-1", "limit"), ("?limit=ten", "limit"),
        ("?bbox=1,2,3", "bbox"), ("?bbox=1,2,3,x", "bbox"), ("?bbox=", "bbox"),
        ("?bbox=nan,1,2,3", "bbox"), ("?bbox=0,1,0,inf", "bbox"), ("?bbox=0,5,1,4", "bbox"),
        ("?bbox=0,0,200,1", "lon"), ("?datetime=yesterday", "datetime"),
        ("?datetime=../..", "datetime"), ("?datetime=", "datetime"),
        ("?datetime=2026-03-02T00:00:00Z/2026-03-01T00:00:00Z", "datetime"),
        ("?datetime=2026-03-02T00:00:00", "datetime"), ("?datetime=a/b/c", "datetime"),
        ("?f=html", "f"), ("?cursor=stolen", "cursor"), ("?lang=fr", "lang"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_used_is_refused_by_name(door, query, field):
    assert refused(door, query)["parameter"] == field


@checks("FeaturesErrorConditions.validateFeaturesOperation_QueryParamUnknown")
def test_an_unknown_parameter_is_refused_by_name_wherever_it_stands(door):
    assert refused(door, "?unicorn=1")["parameter"] == "unicorn"
    assert refused(door, "?geom=1")["parameter"] == "geom"
    for path in ("", "/conformance", "/collections", "/collections/team", "/api"):
        assert door.get(f"/ogc{path}?unicorn=1").status_code == 400


# --- one feature --------------------------------------------------------------------


@checks("Feature.featureOperation", "Feature.validateFeatureResponse")
def test_a_feature_says_alone_what_it_says_among_all_and_links_to_its_collection(door):
    listed = ask(door)["features"][0]
    answer = door.get(f"/ogc/collections/team/items/{listed['id']}")
    assert answer.status_code == 200 and answer.mimetype == GEOJSON
    alone = answer.json
    assert {name: alone[name] for name in listed} == listed
    assert follow(door, alone, "self") == alone
    assert follow(door, alone, "collection")["id"] == "team"
    assert answer.headers["ETag"] == f'"{listed["properties"]["version"]}"'


@pytest.mark.parametrize("id_", ["00000000-0000-4000-8000-000000000000", "1", "x" * 64])
def test_a_feature_that_is_not_there_is_a_404(door, id_):
    assert door.get(f"/ogc/collections/team/items/{id_}").status_code == 404


# --- who may see what ---------------------------------------------------------------


def test_a_reader_sees_and_counts_only_the_features_of_own_regions(door, sign_in):
    reader = sign_in(("viewer", "330102"))
    document = ask(reader, "?limit=1")
    assert document["numberMatched"] == 2
    pages = itertools.chain.from_iterable(page["features"] for page in walk(reader, "?limit=1"))
    assert {each["properties"]["region"] for each in pages} == {"330102"}
    assert ask(reader, "?kind=medical")["numberMatched"] == 0
    other = next(each for each in ask(door)["features"] if each["properties"]["region"] == "330203")
    assert reader.get(f"/ogc/collections/team/items/{other['id']}").status_code == 404
    box = reader.get("/ogc/collections/team").json["extent"]["spatial"]["bbox"][0]
    assert box == [120.1, 30.1, 120.2, 30.2]


def test_nobody_reads_without_signing_in_and_the_answer_says_how(app):
    visitor = app.test_client()
    for path in ("", "/conformance", "/api", "/collections", "/collections/team/items"):
        answer = visitor.get("/ogc" + path)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_restricted_layer_is_no_collection_for_others(door, sign_in):
    made = door.post("/api/v1/user-layers", json={
        "title": "secret", "access": "restricted", "geometry_type": "POINT",
        "fields": [{"title": "word"}],
    })  # fmt: skip
    assert made.status_code == 201, made.text
    name = made.json["name"]
    assert name in {each["id"] for each in door.get("/ogc/collections").json["collections"]}
    other = sign_in(("viewer", ""))
    assert name not in {each["id"] for each in other.get("/ogc/collections").json["collections"]}
    assert f"/collections/{name}/items" not in other.get("/ogc/api").json["paths"]
    for path in ("", "/items", "/queryables", "/schema"):
        assert other.get(f"/ogc/collections/{name}{path}").status_code == 404


def test_answers_are_kept_by_no_cache(door):
    for path in ("", "/collections", "/collections/team/items"):
        assert door.get("/ogc" + path).headers["Cache-Control"] == "private, no-store"
