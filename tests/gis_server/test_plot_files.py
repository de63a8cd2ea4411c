"""Plots out as files and in again: the same shapes, nothing of a stranger believed."""

from __future__ import annotations

import io
import json
import uuid
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gis_server.guard import FORM_BYTES
from gis_server.views import plot_files
from layers.models import ExportLog
from layers.plots.taking import BYTES_MAX

HOSTILE = "<script>alert('\"&]]>')</script> 😀"
HERE = [114.3, 30.6]
DRAWN: list[dict[str, Any]] = [
    {"kind": "point", "control": [HERE], "label": HOSTILE, "symbol": "staging", "note": "n"},
    {"kind": "circle", "control": [HERE], "radius_m": 300, "colour": "#e5343d", "fill": "#e5343d",
     "fill_opacity": 0.25},
    {"kind": "attack_arrow", "control": [HERE, [114.302, 30.599], [114.31, 30.607]]},
    {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [
        [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]]}},
    {"kind": "cordon", "cordon": "hot", "geometry": {"type": "MultiPolygon", "coordinates": [
        [[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[3, 3], [4, 3], [4, 4], [3, 3]]]]}},
    {"kind": "dimension", "control": [HERE, [114.31, 30.607]]},
]  # fmt: skip


class Incident:
    def __init__(self, client: FlaskClient, **more: Any) -> None:
        self.client = client
        body = {"lon": HERE[0], "lat": HERE[1], "kind": "other", "title": "A & <b>", **more}
        made = client.post("/api/v1/incidents", json=body)
        assert made.status_code == 201, made.json
        self.url = f"/api/v1/incidents/{made.json['id']}"

    def draw(self, *fields: dict[str, Any]) -> None:
        ops = [
            {"op_id": str(uuid.uuid4()), "op": "put", "plot": str(uuid.uuid4()), "set": each}
            for each in fields
        ]
        answer = self.client.post(f"{self.url}/plots", json={"ops": ops})
        assert answer.status_code == 200, answer.json

    def save(self, format: str) -> bytes:
        answer = self.client.get(f"{self.url}/plots.{format}")
        assert answer.status_code == 200, answer.json
        return bytes(answer.data)

    def take(self, content: bytes, name: str, **said: str) -> Any:
        return self.client.post(
            f"{self.url}/plots/import", data={"file": (io.BytesIO(content), name), **said},
            content_type="multipart/form-data",
        )  # fmt: skip

    def plots(self) -> list[dict[str, Any]]:
        return list(self.client.get(f"{self.url}/plots").json["plots"])


@pytest.mark.parametrize("format", ["geojson", "kml", "gpkg"])
def test_what_goes_out_comes_in_again(client: FlaskClient, format: str) -> None:
    one, other = Incident(client), Incident(client)
    one.draw(*DRAWN)
    taken = other.take(one.save(format), f"plots.{format}")
    assert taken.status_code == 201, taken.json
    assert (taken.json["added"], taken.json["left_out"]) == (len(DRAWN), [])
    told = {plot["kind"]: plot for plot in other.plots()}
    for plot in one.plots():
        again = told[plot["kind"]]
        assert again["properties"] == plot["properties"]
        assert again["id"] != plot["id"]
        shapes = [shapely.geometry.shape(each["geometry"]) for each in (plot, again)]
        assert shapes[0].normalize().equals_exact(shapes[1].normalize(), 1e-8)
        if plot["kind"] in ("circle", "attack_arrow", "dimension"):
            assert again["control"] == plot["control"]


def test_kml_holds_text_as_text_and_colours_in_its_own_order(client: FlaskClient) -> None:
    incident = Incident(client, exercise=True)
    incident.draw(*DRAWN)
    root = ET.fromstring(incident.save("kml"))
    space = {"k": "http://www.opengis.net/kml/2.2"}
    assert root.findtext("k:Document/k:name", namespaces=space) == "[EXERCISE] A & <b>"
    names = [each.text for each in root.findall(".//k:Placemark/k:name", space)]
    assert HOSTILE in names
    assert root.find(".//k:script", space) is None
    fills = [each.text for each in root.findall(".//k:PolyStyle/k:color", space)]
    assert "403d34e5" in fills


def test_an_exercise_is_marked_in_every_format(client: FlaskClient) -> None:
    incident = Incident(client, exercise=True)
    incident.draw(DRAWN[0])
    told = json.loads(incident.save("geojson"))
    assert told["name"].startswith("[EXERCISE]")
    assert told["features"][0]["properties"]["exercise"] == "EXERCISE"
    assert b"EXERCISE" in incident.save("gpkg")
    assert b"[EXERCISE]" in incident.save("kml")


def test_what_leaves_the_house_is_written_down(client: FlaskClient, database: Engine) -> None:
    incident = Incident(client)
    incident.draw(*DRAWN)
    incident.save("kml")
    with Session(database) as session:
        (told,) = session.scalars(select(ExportLog))
    assert (told.layer, told.format, told.rows) == ("plot", "kml", len(DRAWN))
    assert told.asked == {"incident": incident.url.rsplit("/", 1)[1]}


def test_no_plots_are_an_empty_file(client: FlaskClient) -> None:
    incident = Incident(client)
    assert json.loads(incident.save("geojson"))["features"] == []
    assert ET.fromstring(incident.save("kml")) is not None
    assert incident.save("gpkg")[:15] == b"SQLite format 3"
    assert client.get(f"{incident.url}/plots.exe").status_code == 422


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_each_row_is_judged_by_itself(client: FlaskClient) -> None:
    crossing = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    point = {"type": "Point", "coordinates": HERE}
    rows = [
        feature(point, name="kept", description="why"), feature(crossing), feature(None),
        feature(point, label="x" * 201), feature(point, kind="circle", control="[[1e999,2]]"),
        feature(point, kind="roadblock", label="R"), feature(point, colour="url(x)"),
    ]  # fmt: skip
    incident = Incident(client)
    content = json.dumps({"type": "FeatureCollection", "features": rows}).encode()
    taken = incident.take(content, "x.geojson")
    assert taken.status_code == 201, taken.json
    reasons = {each["row"]: each["reason"] for each in taken.json["left_out"]}
    assert reasons == {2: "plot_self_crossing", 3: "geometry_required", 4: "invalid_fields",
                       7: "invalid_fields"}  # fmt: skip
    drawn = {plot["properties"].get("label"): plot for plot in incident.plots()}
    assert drawn["kept"]["properties"]["note"] == "why"
    assert {plot["kind"] for plot in drawn.values()} == {"point"}
    assert drawn["R"]["closure"] is None


def test_a_file_that_is_none_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = Incident(client)
    refused = incident.take(b"\x00\x01 nothing", "plots.geojson")
    assert refused.status_code == 422
    assert incident.plots() == []
    rows = [feature({"type": "Point", "coordinates": HERE})] * 501
    many = incident.take(
        json.dumps({"type": "FeatureCollection", "features": rows}).encode(), "x.geojson"
    )
    assert (many.status_code, many.json["error"]["code"]) == (413, "plots_file_rows")
    monkeypatch.setattr(plot_files, "BYTES_MAX", 1_000)
    large = incident.take(b" " * 1_001, "x.geojson")
    assert large.status_code == 413


def points(count: int) -> bytes:
    rows = [feature({"type": "Point", "coordinates": HERE}, label=str(n)) for n in range(count)]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def test_a_file_that_is_sent_twice_is_drawn_once(client: FlaskClient) -> None:
    one, other = Incident(client), Incident(client)
    said = {"id": str(uuid.uuid4()), "client": str(uuid.uuid4())}
    first = one.take(points(3), "x.geojson", **said)
    again = one.take(points(3), "x.geojson", **said)
    assert (again.status_code, again.json) == (201, first.json)
    assert len(one.plots()) == 3
    changed = one.take(points(4), "x.geojson", **said)
    assert (changed.status_code, changed.json["error"]["code"]) == (409, "op_reused")
    elsewhere = other.take(points(3), "x.geojson", **said)
    assert elsewhere.status_code == 409
    assert other.plots() == []


def test_one_undo_takes_all_of_a_file_back(client: FlaskClient) -> None:
    incident = Incident(client)
    taken = incident.take(points(3), "x.geojson").json
    ops = [
        {"op_id": str(uuid.uuid4()), "op": "delete", "plot": id, "base": 1, "undoes": taken["id"]}
        for id in taken["drawn"]
    ]
    answer = client.post(f"{incident.url}/plots", json={"ops": ops})
    assert [each["outcome"] for each in answer.json["results"]] == ["applied"] * 3
    assert incident.plots() == []


def test_more_than_a_file_is_not_even_received(client: FlaskClient) -> None:
    incident = Incident(client)
    parts = (b'"file"; filename="x.geojson"', points(1)), (b'"more"', b" " * BYTES_MAX)
    body = b"".join(
        b"--x\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b\r\n" % part for part in parts
    )
    refused = client.post(
        f"{incident.url}/plots/import", data=body + b" " * FORM_BYTES + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "too_large")


def test_few_files_are_read_at_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = Incident(client)
    monkeypatch.setattr(plot_files, "WAIT_S", 0.05)
    with ExitStack() as stack:
        for _ in range(plot_files.READS_AT_ONCE):
            stack.enter_context(plot_files._READS)
        refused = incident.take(points(1), "x.geojson")
    assert (refused.status_code, refused.json["error"]["code"]) == (503, "plots_file_busy")
    assert "10 s" in refused.json["error"]["message"]
    assert incident.take(points(1), "x.geojson").status_code == 201
