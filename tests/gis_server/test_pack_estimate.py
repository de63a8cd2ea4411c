"""How large a pack will be is told before, near enough to choose by."""

from __future__ import annotations

import random
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.database import set_bulk
from tests.gis_server import pack_site
from tests.gis_server.pack_site import BBOX, contents, made, path_of


def sizes(parts):
    """Return the bytes of a pack's parts as an estimate groups them."""
    found: dict[str, int] = {}
    for name, body in parts.items():
        group = name.partition("/")[0] if "/" in name else name.partition(".")[0]
        group = {"features": "gpkg"}.get(group, group) if name.endswith(".gpkg") else group
        group = group if group in ("basemap", "layers", "features", "gpkg", "roads", "plans") else (
            "forms")  # fmt: skip
        found[group] = found.get(group, 0) + len(body)
    return found


@pytest.fixture
def scattered(database):
    """Put three towns' worth of teams, buildings and places where nothing is even."""
    pack_site.fill(database)
    noise = random.Random(11)
    with Session(database) as session, session.begin():
        set_bulk(session, uuid.uuid4())
        for lon, lat in ((120.03, 30.02), (120.12, 30.08), (120.17, 30.03)):
            rows = [
                {"n": f"队{noise.randrange(10**9)}", "x": noise.gauss(lon, 0.01),
                 "y": noise.gauss(lat, 0.01)}
                for _ in range(300)
            ]  # fmt: skip
            session.execute(
                text("INSERT INTO team (name, kind, people, region, geom) VALUES (:n, 'fire', 5, "
                     "'330102', ST_SetSRID(ST_MakePoint(:x, :y), 4326))"), rows,
            )  # fmt: skip
            session.execute(
                text("INSERT INTO building (kind, geom) VALUES ('house', "
                     "ST_SetSRID(ST_MakeEnvelope(:x, :y, :x + 0.0003, :y + 0.0002), 4326))"), rows,
            )  # fmt: skip


@pytest.mark.parametrize("maxzoom", [10, 14])
def test_an_estimate_is_within_a_third_of_what_is_made(
    client, database, config, scattered, maxzoom
):
    asked = {"bbox": BBOX, "maxzoom": maxzoom}
    told = client.post("/api/v1/packs/estimate", json=asked).json
    assert told["fits"] is True
    pack = made(client, database, config, **asked)
    assert told["bytes"] == pytest.approx(pack["bytes"], rel=0.3)
    real = sizes(contents(path_of(config, pack)))
    for part in told["parts"]:
        assert part["bytes"] == pytest.approx(real.get(part["part"], 0), rel=0.5, abs=8000), part
    counts = pack["layers"]
    assert told["features"] == sum(counts.values()) > 800


def test_an_estimate_counts_only_what_its_owner_may_see(sign_in, scattered):
    whole, part = (
        sign_in(("planner", code)).post("/api/v1/packs/estimate", json={"bbox": BBOX}).json
        for code in ("", "330103")
    )
    assert part["features"] < whole["features"]


def test_an_estimate_makes_nothing(client, config, scattered):
    client.post("/api/v1/packs/estimate", json={"bbox": BBOX, "parts": ["features", "roads"]})
    assert client.get("/api/v1/packs").json["packs"] == []
    assert not config.packs_dir.exists()
    told = client.post(
        "/api/v1/packs/estimate", json={"bbox": BBOX, "parts": ["features", "roads"]}
    ).json
    assert [part["part"] for part in told["parts"]] == ["features", "roads", "forms"]
