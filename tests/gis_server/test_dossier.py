"""One enterprise, one file; one park, one file: all that is known, to whoever may see it."""

from __future__ import annotations

import re

import pytest
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

GEOD = Geod(ellps="WGS84")
PLANT = (121.5, 30.9)


def at(bearing_deg, distance_m):
    """Return a position so far from the plant."""
    lon, lat, _ = GEOD.fwd(*PLANT, bearing_deg, distance_m)
    return [lon, lat]


@pytest.fixture
def put(client):
    def add(layer, position, shape="Point", **properties):
        properties.setdefault("region", "3100")
        body = {
            "type": "Feature",
            "geometry": position and {"type": shape, "coordinates": position},
            "properties": properties,
        }
        answer = client.post(f"/api/v1/layers/{layer}/features", json=body)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    return add


@pytest.fixture
def plant(put):
    """A plant with a chlorine unit of two tanks, neighbours at known distances, and a past."""
    id = put("enterprise", list(PLANT), name="临港化工", **{"class": "chemical"})
    source = put("hazard_source", at(0, 20), name="液氯单元", enterprise_id=id, grade="2")
    for number in (1, 2):
        put("tank", at(0, 20 + number), name=f"氯罐{number}", tag=f"V-10{number}",
            hazard_source_id=source, substance="氯", quantity_t=50)  # fmt: skip
    put("protection_target", at(90, 400), name="近小学", kind="school", people_day=600)
    put("protection_target", at(90, 900), name="中学", kind="school", people_day=1000)
    put("protection_target", at(90, 4000), name="远村", kind="village", people_night=300)
    put("protection_target", at(90, 5200), name="圈外", kind="village", people_day=9999)
    put("hazard_source", at(180, 800), name="邻厂储罐", substance="氨")
    put("team", at(0, 3000), name="消防站", kind="fire")
    put("resource", at(0, 2000), name="医院", kind="hospital")
    put("accident", at(45, 30), name="阀门泄漏", kind="leak", enterprise_id=id)
    put("accident", at(45, 9000), name="别处", kind="leak")
    put("expert", None, name="王某", tags=["氯气", "应急处置"])
    put("expert", None, name="李某", tags=["水利"])
    return id


def test_a_file_holds_all_that_is_known_of_an_enterprise(client, plant):
    held = client.get(f"/api/v1/enterprises/{plant}/file").json
    assert held["enterprise"]["properties"]["name"] == "临港化工"
    (source,) = held["hazard_sources"]
    assert [tank["properties"]["tag"] for tank in source["tanks"]] == ["V-101", "V-102"]
    # Chlorine: Q 5 t, beta 4 (GB 18218-2018); 2 x 50 t: S = 20; 600 people within 500 m: alpha 2.0.
    assert source["grading"]["s"] == pytest.approx(20)
    assert source["grading"]["r"] == pytest.approx(2.0 * 4 * 20)
    assert source["grading"]["level"] == "1"
    assert source["grading"]["differs"] is True
    assert [(s["cas"], s["un"]) for s in held["substances"]] == [("7782-50-5", "1017")]
    assert [accident["properties"]["name"] for accident in held["accidents"]] == ["阀门泄漏"]
    assert [(e["properties"]["name"], e["matched"]) for e in held["experts"]] == [
        ("王某", ["氯气"])
    ]
    assert held["history"][0]["op"] == "insert"


def test_the_rings_count_what_lies_within_them_and_not_the_plant_itself(client, plant):
    around = {
        layer["layer"]: layer
        for layer in client.get(f"/api/v1/enterprises/{plant}/file").json["surroundings"]
    }
    targets = around["protection_target"]
    assert [ring["count"] for ring in targets["rings"]] == [1, 2, 3]
    assert [ring["people_day"] for ring in targets["rings"]] == [600, 1600, 1600]
    assert [near["name"] for near in targets["nearest"]] == ["近小学", "中学", "远村"]
    assert targets["nearest"][0]["distance_m"] == pytest.approx(400, abs=0.5)
    assert [near["name"] for near in around["hazard_source"]["nearest"]] == ["邻厂储罐"]
    assert "enterprise" not in around


def test_help_is_nearest_first_with_its_distance(client, plant):
    help = client.get(f"/api/v1/enterprises/{plant}/file").json["help"]
    assert [(row["name"], round(row["distance_m"], -1)) for row in help["team"]] == [
        ("消防站", 3000)
    ]
    assert [row["name"] for row in help["hospital"]] == ["医院"]


def test_numbers_are_masked_and_other_regions_stay_out_of_sight(client, sign_in, put, plant):
    version = client.get(f"/api/v1/layers/enterprise/features/{plant}").headers["ETag"]
    client.put(
        f"/api/v1/layers/enterprise/features/{plant}/contacts",
        json={"contacts": [{"name": "张三", "phone": "13800001234"}]},
        headers={"If-Match": version},
    )
    put("protection_target", at(270, 300), name="外区小学", kind="school", region="3200")
    address = f"/api/v1/enterprises/{plant}/file"
    commander, viewer = client.get(address).json, sign_in(("viewer", "3100")).get(address)
    assert commander["enterprise"]["contacts"][0]["phone"] == "13800001234"
    assert "13800001234" not in viewer.text
    assert "外区小学" in str(commander)
    assert "外区小学" not in viewer.get_data(as_text=True)
    neighbour = sign_in(("viewer", "3200"))
    assert neighbour.get(address).status_code == 404
    assert neighbour.get(f"{address}.html").status_code == 404


def test_a_park_gathers_the_enterprises_that_name_it_or_lie_inside(client, put, plant):
    ring = [[121.49, 30.89], [121.51, 30.89], [121.51, 30.91], [121.49, 30.91], [121.49, 30.89]]
    park = put("park", [ring], shape="Polygon", name="临港园区")
    put("enterprise", at(0, 9000), name="飞地", park_id=park, employees=40)
    put("enterprise", at(0, 9500), name="园外", **{"class": "gas"})
    held = client.get(f"/api/v1/parks/{park}/file").json
    assert {e["properties"]["name"] for e in held["enterprises"]} == {"临港化工", "飞地"}
    assert held["totals"]["by_class"] == {"chemical": 1, "unknown": 1}
    assert (held["totals"]["employees"], held["totals"]["employees_unknown"]) == (40, 1)
    assert held["totals"]["hazard_sources"] == 1
    assert [s["cas"] for s in held["substances"]] == ["7782-50-5"]


def test_a_park_of_a_refinery_and_a_province_of_experts_are_read_to_the_end(client, put, database):
    lon, lat = PLANT
    d = 0.01
    ring = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d]]
    park = put("park", [[[*ring, ring[0]]]], "MultiPolygon", name="临港化工园")
    plant = put("enterprise", list(PLANT), name="炼厂", employees=1)
    source = put("hazard_source", list(PLANT), name="罐区", enterprise_id=plant)
    here = "'3100', ST_SetSRID(ST_MakePoint(121.5, 30.9), 4326) FROM generate_series(1, 210) n"
    with Session(database) as session, session.begin():
        for statement in (
            f"INSERT INTO enterprise (name, employees, region, geom) SELECT 'e' || n, 1, {here}",
            "INSERT INTO tank (name, hazard_source_id, substance, region, geom) SELECT "
            f"'t' || n, '{source}', CASE WHEN n = 210 THEN '氯' END, {here}",
            "INSERT INTO expert (name, tags, region, geom) SELECT "
            f"'x' || n, ARRAY[CASE WHEN n = 210 THEN '氯' ELSE '水利' END], {here}",
        ):
            session.execute(text(statement))
    totals = client.get(f"/api/v1/parks/{park}/file").json["totals"]
    assert (totals["enterprises"], totals["employees"]) == (211, 211)
    held = client.get(f"/api/v1/enterprises/{plant}/file").json
    assert len(held["hazard_sources"][0]["tanks"]) == 210
    assert [substance["cas"] for substance in held["substances"]] == ["7782-50-5"]
    assert [expert["properties"]["name"] for expert in held["experts"]] == ["x210"]


def test_the_page_to_print_is_whole_and_shows_hostile_text_as_text(client, put):
    name = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    id = put("enterprise", list(PLANT), name=name, address="{{ 7 * 7 }}")
    answer = client.get(f"/api/v1/enterprises/{id}/file.html?lang=zh")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "{{ 7 * 7 }}" in answer.text
    assert not re.search(r"<[^>]*\s(src|href)\s*=|@import|url\(", answer.text)
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_speaks_both_languages(client, put, plant):
    address = f"/api/v1/enterprises/{plant}/file.html"
    for language, word in (("zh", "周边环境"), ("en", "Surroundings")):
        assert word in client.get(f"{address}?lang={language}").text
    park = put("park", list(PLANT), name="园")
    assert "园" in client.get(f"/api/v1/parks/{park}/file.html?lang=zh").text
