"""Packs over HTTP: asked for, made, fetched in pieces, seen by their owner alone."""

from __future__ import annotations

import hashlib
import json
import uuid

import pytest

from gis_server import pack_jobs
from tests.gis_server import pack_site
from tests.gis_server.pack_site import ask, contents


@pytest.fixture(autouse=True)
def _filled(database):
    pack_site.fill(database)


def test_a_pack_is_asked_for_made_and_fetched(client, database, config):
    asked = ask(client)
    assert asked.status_code == 202
    assert asked.json["status"] == "waiting"
    pack_jobs.run(database, config, uuid.UUID(asked.json["id"]))
    told = client.get(asked.headers["Location"]).json
    assert told["status"] == "ready"
    body = client.get(told["file"])
    assert body.status_code == 200
    assert len(body.data) == told["bytes"]
    assert hashlib.sha256(body.data).hexdigest() == told["sha256"]
    parts = contents(body.data)
    assert list(parts)[:2] == ["manifest.json", "manifest.sig"]
    manifest = json.loads(parts["manifest.json"])
    assert manifest["revision"] == told["revision"]
    assert {part["name"] for part in manifest["parts"]} == set(parts) - {
        "manifest.json",
        "manifest.sig",
    }
