"""Files of strangers as plots: nothing else is opened, nothing falls over, each reason is said."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.layers.intake.conftest import Canary, canary  # noqa: F401  a fixture
from tests.layers.intake.corpus.hostile import entities, reaching_out, with_entity
from tests.layers.intake.corpus.seeds import seeds

NEST = 20_000
"""Collections in one another: from here on GEOS ends the process that reads them as WKB."""
WRITTEN = 10_000
"""As text, which is longer: still under half a megabyte."""

REACHING = (
    "vrt of a file", "vrt of an address", "vrt as kml", "vrt in a kmz", "tile index", "linked crs",
    "stac", "network link", "icon", "include", "table of another file", "an address",
)  # fmt: skip


@pytest.fixture
def url(client: FlaskClient) -> str:
    made = client.post("/api/v1/incidents", json={"lon": 114.3, "lat": 30.6, "kind": "other"})
    return f"/api/v1/incidents/{made.json['id']}/plots"


def take(client: FlaskClient, url: str, content: bytes, name: str) -> Any:
    return client.post(
        f"{url}/import", data={"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_a_file_that_names_another_file_or_an_address_reaches_neither(
    client: FlaskClient,
    url: str,
    canary: Canary,  # noqa: F811  the fixture that is imported
) -> None:
    files = reaching_out(canary.url, canary.path)
    for name in REACHING:
        answer = take(client, url, files[name], "plots.geojson")
        assert answer.status_code in (201, 422), (name, answer.json)
        assert canary.text not in answer.text, name
        assert canary.opened() == 0, name
    assert canary.hits == []
    assert canary.text not in client.get(url).text


def test_a_document_type_in_kml_is_refused_with_its_name(
    client: FlaskClient,
    url: str,
    canary: Canary,  # noqa: F811  the fixture that is imported
) -> None:
    for name, doctype in entities(canary.url, canary.path).items():
        refused = take(client, url, with_entity("kml", doctype), "plots.kml")
        assert refused.status_code == 422, name
        assert "DOCTYPE" in refused.text, name
    assert canary.opened() == 0
    assert canary.hits == []
    assert client.get(url).json["plots"] == []


def _geojson() -> bytes:
    head = '{"type":"GeometryCollection","geometries":[' * WRITTEN
    inner = '{"type":"Point","coordinates":[1,2]}'
    return (
        f'{{"type":"Feature","properties":{{}},"geometry":{head}{inner}{"]}" * WRITTEN}}}'.encode()
    )


def _kml() -> bytes:
    head, tail = "<MultiGeometry>" * WRITTEN, "</MultiGeometry>" * WRITTEN
    point = "<Point><coordinates>1,2</coordinates></Point>"
    return f"<kml><Placemark>{head}{point}{tail}</Placemark></kml>".encode()


def _geopackage(folder: Path) -> bytes:
    """Return a GeoPackage whose first shape is the collections, as WKB: 180 KB."""
    path = folder / "nested.gpkg"
    path.write_bytes(seeds()["gpkg"])
    database = sqlite3.connect(path)
    (column,) = database.execute("SELECT column_name FROM gpkg_geometry_columns").fetchone()
    for (trigger,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    nested = struct.pack("<BII", 1, 7, 1) * NEST + struct.pack("<BIdd", 1, 1, 1.0, 2.0)
    shape = b"GP\x00\x01" + struct.pack("<i", 4326) + nested
    database.execute(f'UPDATE teams SET "{column}" = ? WHERE rowid = 1', (shape,))
    database.commit()
    database.close()
    return path.read_bytes()


@pytest.mark.parametrize("format", ["geojson", "kml", "gpkg"])
def test_shapes_nested_so_deep_that_they_end_geos_are_refused(
    client: FlaskClient, url: str, tmp_path: Path, format: str
) -> None:
    content = {"geojson": _geojson, "kml": _kml, "gpkg": lambda: _geopackage(tmp_path)}[format]()
    answer = take(client, url, content, f"plots.{format}")
    assert answer.status_code in (201, 413, 422), answer.json
    told = answer.json["left_out"] if answer.status_code == 201 else answer.json["error"]["code"]
    assert told
    kinds = {plot["geometry"]["type"] for plot in client.get(url).json["plots"]}
    assert "GeometryCollection" not in kinds


def test_an_edit_nested_without_end_is_refused_before_it_is_built(
    client: FlaskClient, url: str
) -> None:
    op = {"op_id": "0190a000-0000-7000-8000-000000000001", "op": "put",
          "plot": "0190a000-0000-7000-8000-000000000002"}  # fmt: skip
    shape = json.loads('{"type":"Point","coordinates":["here"]}')
    asked = json.dumps({"ops": [{**op, "set": {"kind": "polygon", "geometry": shape}}]})
    for text in (asked.replace('"here"', "[" * 5_000 + "]" * 5_000), "[" * 100_000):
        refused = client.post(url, data=text, content_type="application/json")
        assert refused.status_code == 400, refused.text[:200]
    assert client.get(url).json["plots"] == []
