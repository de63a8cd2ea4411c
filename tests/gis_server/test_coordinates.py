"""Coordinates, duplicates and quality over HTTP."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers import catalog
from layers.intake.load import load_records
from layers.models import Duplicate

POST = "/api/v1/coordinates"


def test_pasted_lines_come_back_in_every_system(client):
    text = "北纬34°44′47.76″ 东经113°37′31.44″\n\n34.7466, 113.6254\nrubbish\n"
    answer = client.post(POST, json={"text": text})
    assert answer.status_code == 200
    first, second, third = answer.json["points"]
    assert (first["lon"], first["lat"]) == pytest.approx((113.6254, 34.7466), abs=1e-9)
    assert (second["lon"], second["lat"]) == (113.6254, 34.7466)
    assert first["dms"] == "34°44′47.76″N 113°37′31.44″E"
    assert first["systems"]["GCJ-02"] == pytest.approx((113.631446664, 34.745417451), abs=2e-9)
    assert first["systems"]["BD-09"] == pytest.approx((113.637847355, 34.75172309), abs=2e-9)
    assert first["systems"]["EPSG:4526"] == pytest.approx((38465698.2782, 3846545.0574), abs=1e-3)
    assert [note["code"] for note in first["notes"]] == ["crs.datum_assumed"]
    assert "EPSG:4326" in first["notes"][0]["text"]
    assert third["error"]["code"] == "angle"
    assert "rubbish" in third["error"]["text"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"text": "X=3846545.0574 Y=38465698.2782"}, ["crs.zone_number", "crs.datum_unknown",
                                                     "crs.swapped"]),
        ({"points": [[38465698.2782, 3846545.0574]], "from": "EPSG:4547"}, ["crs.zone_in_easting"]),
        ({"points": [[465698.2782, 3846545.0574]], "from": "4547"}, []),
        ({"text": "113.631446664,34.745417451", "from": "GCJ-02"}, []),
        ({"points": [[113.637847355, 34.75172309]], "from": "BD-09"}, []),
        ({"points": [[34.7466, 113.6254]], "from": "4326"}, ["crs.swapped"]),
    ],
)  # fmt: skip
def test_numbers_of_any_system_are_read_and_what_was_assumed_is_said(client, body, codes):
    (point,) = client.post(POST, json={**body, "to": ["EPSG:4326"]}).json["points"]
    assert (point["lon"], point["lat"]) == pytest.approx((113.6254, 34.7466), abs=3e-9)
    assert [note["code"] for note in point["notes"]] == codes
    assert list(point["systems"]) == ["EPSG:4326"]
    assert all(note["text"] != note["code"] for note in point["notes"])


def test_eastings_without_a_zone_are_refused_until_the_site_tells_it(client, database):
    body = {"text": "465698.278 3846545.057"}
    (point,) = client.post(POST, json=body).json["points"]
    assert point["error"]["code"] == "crs_unclear"
    with Session(database) as session, session.begin():
        here = shapely.MultiPolygon([shapely.box(113.0, 34.0, 114.2, 35.0)])
        load_records(session, catalog.find("region"), {"code": ["410100"]}, [here])
    (point,) = client.post(POST, json=body).json["points"]
    assert (point["lon"], point["crs"]) == (pytest.approx(113.6254, abs=1e-7), "EPSG:4547")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"text": "1,2", "points": [[1, 2]]}, {"text": "1,2", "from": "EPSG:4610"},
        {"text": "1,2", "from": "nonsense"}, {"text": "1,2", "to": ["x"]},
        {"points": [[1, 2, 3]]}, {"points": [["1", 2]]},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(client, body):
    answer = client.post(POST, json=body)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]


def test_numbers_far_off_are_an_answer_not_a_crash(client):
    points = [[1e300, 1e300], [-1e9, 1e9], [179.99, 89.99], [0, 0]]
    answer = client.post(POST, json={"points": points})
    assert answer.status_code == 200
    assert ["error" in point for point in answer.json["points"]] == [True, True, False, False]
    too_many = client.post(POST, json={"text": "1,2\n" * 1001})
    assert too_many.status_code == 413


def test_the_systems_have_names_in_both_languages(client):
    for language, word in (("en", "central meridian"), ("zh", "中央子午线")):
        answer = client.get(f"/api/v1/coordinate-systems?lang={language}")
        systems = {each["name"]: each["title"] for each in answer.json["systems"]}
        assert len(systems) == 5 + 64
        assert word in systems["EPSG:4547"] and "114" in systems["EPSG:4547"]
        assert all(systems.values())


@pytest.fixture
def schools(database):
    """Put two rows of one school of two sources into two districts; return the pair's id."""
    layer = catalog.find("protection_target")
    with Session(database) as session, session.begin():
        records = {"name": ["东海学校"] * 2, "kind": ["school"] * 2, "source": ["a", "b"],
                   "region": ["330211", "330212"]}  # fmt: skip
        load_records(session, layer, records, [shapely.Point(121.5, 29.9)] * 2)


def pair_id(database):
    with Session(database) as session:
        return session.scalars(select(Duplicate.id)).one()


def test_pairs_are_looked_for_listed_and_decided(client, schools, database):
    done = client.post("/api/v1/duplicates/search", json={"layer": "protection_target"})
    assert done.json == {"layer": "protection_target", "new": 1, "gone": 0, "crowded": 0, "open": 1}
    listed = client.get("/api/v1/duplicates").json
    assert listed["counts"] == {"protection_target": 1}
    (pair,) = listed["duplicates"]
    address = f"/api/v1/duplicates/{pair['id']}"
    decided = client.post(address, json={"state": "same", "note": "同一所", "version": 1})
    assert (decided.json["state"], decided.json["decided_by"]) == ("same", "commander")
    late = client.post(address, json={"state": "different", "version": 1})
    assert (late.status_code, late.json["error"]["code"]) == (409, "pair_decided")
    assert client.get("/api/v1/duplicates?layer=protection_target").json["duplicates"] == []
    same = client.get("/api/v1/duplicates?layer=protection_target&state=same").json
    assert [each["note"] for each in same["duplicates"]] == ["同一所"]
    assert same["next_cursor"] is None
    quality = client.get("/api/v1/quality?layers=protection_target").json["layers"]
    assert quality[0]["rows"] == 2


def test_who_sees_one_side_sees_no_pair_and_decides_none(client, sign_in, schools, database):
    client.post("/api/v1/duplicates/search", json={"layer": "protection_target"})
    one_side = sign_in(("planner", "330211"))
    assert one_side.get("/api/v1/duplicates").json == {
        "duplicates": [], "counts": {}, "next_cursor": None,
    }  # fmt: skip
    address = f"/api/v1/duplicates/{pair_id(database)}"
    assert one_side.post(address, json={"state": "same"}).status_code == 404
    search = one_side.post("/api/v1/duplicates/search", json={"layer": "protection_target"})
    assert search.status_code == 403
    assert one_side.get("/api/v1/quality?layers=protection_target").json["layers"][0]["rows"] == 1
    viewer = sign_in(("viewer", ""))
    assert viewer.post(address, json={"state": "same"}).status_code == 403
    unknown = "/api/v1/duplicates/00000000-0000-0000-0000-000000000000"
    assert client.post(unknown, json={"state": "same"}).status_code == 404


def test_quality_of_all_layers_is_told_without_being_asked_for_one(client):
    answer = client.get("/api/v1/quality")
    names = {each["layer"] for each in answer.json["layers"]}
    assert {"enterprise", "team", "resource"} <= names
    assert "building" not in names
