"""Documents of a feature: kept, shown as what they are, and only to whoever may see the feature."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from layers import documents
from layers.documents import Store, pictures

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"


@pytest.fixture
def plant(client):
    def make(region="3100"):
        body = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [121.5, 30.9]},
            "properties": {"name": "临港化工", "region": region},
        }
        return client.post("/api/v1/layers/enterprise/features", json=body).json["id"]

    return make


@pytest.fixture
def keep(client):
    def send(feature, content=PDF, name="预案.pdf", by=None, **fields):
        data = {"file": (io.BytesIO(content), name), "layer": "enterprise", "feature_id": feature}
        return (by or client).post("/api/v1/documents", data={**data, **fields})

    return send


def drawing(width=400, height=300):
    held = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(held, "PNG")
    return held.getvalue()


def test_a_document_comes_back_as_it_was_and_cannot_run(client, plant, keep):
    feature = plant()
    kept = keep(feature, kind="contingency_plan", title="应急预案")
    assert kept.status_code == 201, kept.json
    found = client.get(f"/api/v1/documents?layer=enterprise&feature_id={feature}").json["documents"]
    assert [(d["title"], d["kind"], d["media_type"]) for d in found] == [
        ("应急预案", "contingency_plan", "application/pdf")
    ]
    answer = client.get(f"/api/v1/documents/{kept.json['id']}/content")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_refused_file_leaves_nothing(client, config, plant, keep):
    feature = plant()
    for content in (b"<svg onload='alert(1)'/>", b"\xff\xd8\xff" + bytes(100), b"MZ\x00\x01"):
        answer = keep(feature, content=content, name="../../../etc/x.png")
        assert answer.status_code == 422
        assert answer.json["error"]["message"]
    assert [path for path in config.documents_dir.rglob("*") if path.is_file()] == []
    assert client.get(
        f"/api/v1/documents?layer=enterprise&feature_id={feature}"
    ).json == {"documents": []}  # fmt: skip


def test_a_name_is_shown_and_is_no_path(client, config, plant, keep):
    kept = keep(plant(), name="../../windows/预案 <b>.pdf").json
    assert kept["file_name"] == "预案 <b>.pdf"
    assert Store(config.documents_dir).path(kept["sha256"]).is_file()


def test_another_region_sees_neither_a_document_nor_that_there_is_one(sign_in, plant, keep):
    feature = plant(region="3100")
    kept = keep(feature).json["id"]
    neighbour = sign_in(("commander", "3200"))
    for address in (
        f"/api/v1/documents/{kept}",
        f"/api/v1/documents/{kept}/content",
        f"/api/v1/documents?layer=enterprise&feature_id={feature}",
    ):
        assert neighbour.get(address).status_code == 404
    assert keep(feature, by=neighbour).status_code == 404
    viewer = sign_in(("viewer", "3100"))
    assert viewer.get(f"/api/v1/documents/{kept}/content").status_code == 200
    assert keep(feature, by=viewer).status_code == 403


def test_whoever_was_slower_is_told(client, plant, keep):
    address = f"/api/v1/documents/{keep(plant()).json['id']}"
    first = client.patch(address, json={"title": "一"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.json["title"], first.headers["ETag"]) == (200, "一", '"2"')
    second = client.patch(address, json={"title": "二"}, headers={"If-Match": '"1"'})
    assert second.status_code == 409
    assert client.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    assert client.get(address).status_code == 404


def test_a_plan_lies_by_its_control_points_and_is_found_in_a_box(client, plant, keep):
    feature = plant()
    image = keep(feature, content=drawing(), name="总平面图.png", kind="site_plan").json
    assert (image["width_px"], image["height_px"]) == (400, 300)
    controls = [
        {"x": 0, "y": 0, "lon": 121.500, "lat": 30.903},
        {"x": 400, "y": 0, "lon": 121.504, "lat": 30.903},
        {"x": 400, "y": 300, "lon": 121.504, "lat": 30.900},
    ]
    plan = client.post("/api/v1/site-plans", json={"document": image["id"], "controls": controls})
    assert plan.status_code == 201, plan.json
    assert plan.json["corners"][3] == pytest.approx([121.500, 30.900], abs=1e-6)
    assert plan.json["residual_m"] == pytest.approx(0, abs=0.01)
    there = client.get("/api/v1/site-plans?bbox=121.501,30.901,121.502,30.902").json["site_plans"]
    assert [p["id"] for p in there] == [plan.json["id"]]
    assert client.get("/api/v1/site-plans?bbox=122,31,123,32").json["site_plans"] == []
    assert client.get(there[0]["image"]).mimetype == "image/png"
    moved = client.patch(
        f"/api/v1/site-plans/{plan.json['id']}",
        json={"opacity": 0.3, "corners": [[122, 31], [122.1, 31], [122.1, 30.9], [122, 30.9]]},
        headers={"If-Match": '"1"'},
    )
    assert moved.json["opacity"] == 0.3
    assert client.get("/api/v1/site-plans?bbox=121.501,30.901,121.502,30.902").json == {
        "site_plans": []
    }


def test_a_plan_is_seen_by_whoever_sees_its_enterprise_alone(client, sign_in, plant, keep):
    image = keep(plant(region="3100"), content=drawing()).json["id"]
    corners = [[121.5, 30.91], [121.51, 30.91], [121.51, 30.9], [121.5, 30.9]]
    made = client.post("/api/v1/site-plans", json={"document": image, "corners": corners})
    assert made.status_code == 201
    box = "/api/v1/site-plans?bbox=121,30,122,31"
    assert len(sign_in(("viewer", "3100")).get(box).json["site_plans"]) == 1
    assert sign_in(("viewer", "3200")).get(box).json["site_plans"] == []


def test_only_a_picture_can_be_laid_on_the_map(client, plant, keep):
    corners = [[121.5, 30.91], [121.51, 30.91], [121.51, 30.9], [121.5, 30.9]]
    answer = client.post(
        "/api/v1/site-plans", json={"document": keep(plant()).json["id"], "corners": corners}
    )
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "plan_no_picture"


def test_contents_that_nobody_names_are_swept_after_a_day(client, config, database, plant, keep):
    kept, gone = keep(plant()).json, keep(plant(), content=PDF + b"2").json
    client.delete(f"/api/v1/documents/{gone['id']}", headers={"If-Match": '"1"'})
    store = Store(config.documents_dir)
    with Session(database) as session:
        assert documents.sweep(session, store) == 0
        for path in config.documents_dir.rglob("*"):
            os.utime(path, (0, 0))
        assert documents.sweep(session, store) == 1
    assert store.path(kept["sha256"]).is_file()
    assert not Path(store.path(gone["sha256"])).exists()


def test_a_feature_that_everybody_sees_gets_documents_from_its_own_region_only(
    client, sign_in, keep
):
    place = client.post(
        "/api/v1/layers/place/features",
        json={"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.5, 30.9]},
              "properties": {"name": "洋山港", "region": "3100"}},
    ).json["id"]  # fmt: skip
    other = sign_in(("planner", "330100"))
    assert keep(place, layer="place", by=other).json["error"]["code"] == "outside_regions"
    kept = keep(place, content=drawing(), name="p.png", layer="place").json
    address, version = f"/api/v1/documents/{kept['id']}", {"If-Match": '"1"'}
    corners = [[121, 31], [121.01, 31], [121.01, 30.99], [121, 30.99]]
    plan = {"document": kept["id"], "corners": corners}
    laid = client.post("/api/v1/site-plans", json=plan).json
    on_map = f"/api/v1/site-plans/{laid['id']}"
    for answer in (
        other.patch(address, json={"title": "x"}, headers=version),
        other.delete(address, headers=version),
        other.post("/api/v1/site-plans", json=plan),
        other.patch(on_map, json={"title": "x"}, headers=version),
        other.delete(on_map, headers=version),
    ):
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "outside_regions")
    assert other.get(f"{address}/content").status_code == 200
    assert client.delete(address, headers=version).status_code == 204


def test_a_name_of_several_lines_is_one_line(client, plant):
    fields = {"layer": "enterprise", "feature_id": plant(),
              "file": FileStorage(io.BytesIO(PDF), "a.pdf")}  # fmt: skip
    stream, _, boundary = stream_encode_multipart(fields)
    body = stream.read().replace(b'filename="a.pdf"', b"filename*=UTF-8''a%0D%0Ab%00.pdf")
    told = {"content_type": f"multipart/form-data; boundary={boundary}"}
    kept = client.post("/api/v1/documents", data=body, **told).json
    assert kept["file_name"] == "ab.pdf"
    assert client.get(f"/api/v1/documents/{kept['id']}/content").status_code == 200


def test_a_text_where_a_file_is_wanted_is_refused(client, plant):
    for noun, fields in (
        ("documents", {"layer": "enterprise", "feature_id": plant()}),
        ("imports", {"layer": "team"}),
    ):
        answer = client.post(f"/api/v1/{noun}", data={**fields, "file": "no file"})
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid_fields")


@pytest.fixture
def impatient(database):
    """Give a function: from now on the database ends a transaction that idles for a second."""

    def begun(connection):
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '1s'")

    yield lambda: event.listen(database, "begin", begun)
    event.remove(database, "begin", begun)


def test_a_picture_may_take_longer_to_draw_than_a_request_may_idle(
    plant, keep, impatient, monkeypatch
):
    def slow(*args, **kwargs):
        time.sleep(1.5)
        return redraw(*args, **kwargs)

    redraw = pictures.redraw
    monkeypatch.setattr(pictures, "redraw", slow)
    feature = plant()
    impatient()
    assert keep(feature, content=drawing(), name="p.png").status_code == 201


def test_a_file_may_take_longer_to_come_than_a_request_may_idle(
    client, plant, impatient, database, sealed
):
    class SlowLine(io.BytesIO):
        def readinto(self, *args):
            time.sleep(1.5)
            return super().readinto(*args)

    fields = {"layer": "enterprise", "feature_id": plant(),
              "file": FileStorage(io.BytesIO(PDF), "a.pdf")}  # fmt: skip
    stream, length, boundary = stream_encode_multipart(fields)
    impatient()
    answer = client.post(
        "/api/v1/documents", input_stream=SlowLine(stream.read()), content_length=length,
        content_type=f"multipart/form-data; boundary={boundary}",
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    sealed()
    with Session(database) as session:
        told = session.execute(text("SELECT actor FROM journal WHERE layer = 'document'"))
        assert told.scalars().all() == ["commander"]
