"""Bodies and uploads that nobody sane sends: refused in words, and nothing of them is stored."""

import io
import json
import math
import os
import random
import uuid

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gis_server import jobs
from layers.intake import files
from tests.layers.intake.corpus.bombs import bombs
from tests.layers.intake.corpus.forking import Forks
from tests.layers.intake.corpus.mutations import malformed

TEAMS = "/api/v1/layers/team/features"
IMPORTS = "/api/v1/imports"
NIGHTLY = bool(os.environ.get("ONEMAP_NIGHTLY"))
BODIES = 10_000 if NIGHTLY else 200
UPLOADS = 500 if NIGHTLY else 16
TYPES = ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]

numbers = st.one_of(
    st.floats(-180, 180), st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -0.0, 10**400]),
    st.integers(-(10**20), 10**20), st.none(), st.text(max_size=3), st.booleans(),
)  # fmt: skip
nested = st.recursive(numbers, lambda inner: st.lists(inner, max_size=4), max_leaves=20)
places = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list)


def _square(corner):
    west, south = corner[0] * 0.9, corner[1] * 0.9
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


geometries = st.one_of(
    st.builds(lambda p: {"type": "Point", "coordinates": p}, places),
    st.builds(lambda ps: {"type": "LineString", "coordinates": ps}, st.lists(places, min_size=2)),
    st.builds(_square, places),
    st.builds(lambda t, c: {"type": t, "coordinates": c}, st.sampled_from(TYPES), nested),
    st.builds(lambda t, c: {"type": t, "geometries": c}, st.just("GeometryCollection"), nested),
    nested,
)


def counted(database):
    """Count the stored teams by a reader of its own."""
    connection = database.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM team")
            return cursor.fetchone()[0]
    finally:
        connection.close()


@pytest.mark.timeout(3600 if NIGHTLY else 120)
def test_any_geometry_is_refused_or_reads_back_as_it_was_sent(client, database):
    stored = 0

    @given(geometries)
    @settings(
        max_examples=BODIES, derandomize=not NIGHTLY, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def post(geometry):
        nonlocal stored
        body = {"geometry": geometry, "properties": {"name": "n", "kind": "fire"}}
        answer = client.post(TEAMS, data=json.dumps(body), content_type="application/json")
        assert answer.status_code in (201, 400, 413, 422), answer.text
        if answer.status_code != 201:
            assert answer.json["error"]["message"]
            return
        stored += 1
        back = shapely.geometry.shape(client.get(answer.headers["Location"]).json["geometry"])
        sent = shapely.geometry.shape(geometry)
        assert back.equals_exact(sent, 1e-9) or shapely.get_parts(back)[0].equals_exact(sent, 1e-9)

    post()
    assert stored > BODIES / 20, "bodies that are all refused prove nothing of reading back"
    assert counted(database) == stored


@pytest.mark.parametrize(
    "body",
    ['{"geometry":' * depth for depth in (64, 1_000, 50_000)]
    + ["[" * depth for depth in (64, 1_000, 50_000, 100_000)]
    + ['{"geometry":{"type":"MultiPolygon","coordinates":' + "[" * 50_000 + "]" * 50_000 + "}}",
       '{"geometry":{"type":"Point","type":"Polygon","coordinates":[1,2]}}',
       '{"geometry":{"type":"Point","coordinates":[1e999,2]},"properties":{}}',
       '{"geometry":null,"properties":{"name":"\\ud800"}}', "\ud800", "", "null", "7", "\x00"],
    ids=lambda body: f"{body[:24]!r}-{len(body)}",
)  # fmt: skip
def test_a_body_that_is_no_feature_is_refused_and_the_server_goes_on(client, database, body):
    data = body.encode("utf-8", "surrogatepass")
    answer = client.post(TEAMS, data=data, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.json["error"]["message"]
    assert client.get(TEAMS).status_code == 200
    assert counted(database) == 0


@pytest.mark.parametrize("vertices", [250_000, 1_000_000])
def test_a_polygon_over_the_cap_is_refused_before_it_is_built(client, database, vertices):
    ring = "[0.125,0.25]," * (vertices - 1) + "[0.125,0.25]"
    body = f'{{"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}},"properties":{{}}}}'
    answer = client.post(TEAMS, data=body, content_type="application/json")
    assert answer.status_code in (413, 422)
    assert counted(database) == 0


def _ring(count, radius):
    angles = [2 * math.pi * i / count for i in range(count)]
    return [[radius() * math.cos(a), radius() * math.sin(a)] for a in angles]


def test_a_polygon_that_crosses_itself_two_thousand_times_is_refused_with_a_place(client, database):
    dice = random.Random(1)
    ring = _ring(2_000, lambda: dice.uniform(0.5, 1.0))
    dice.shuffle(ring)
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    answer = client.post(TEAMS, json={"geometry": geometry, "properties": {"name": "n"}})
    assert answer.status_code == 422
    assert "Self-intersection[" in answer.text
    with database.connect() as connection:
        busy = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'active' AND pid <> pg_backend_pid()"
            )
        )
        assert busy.scalar_one() == 0


@pytest.fixture
def forks(monkeypatch):
    """Read files by forking a process that waits, instead of starting Python for each."""
    made = Forks()
    monkeypatch.setattr(files, "ask", made.ask)
    yield made
    made.close()


def _uploads():
    yield from ((wrong.name, wrong.content) for wrong in malformed(UPLOADS, seed=7))
    yield from ((name, bombs()[name][0]) for name in ("zips in zips", "one to a thousand"))


@pytest.mark.timeout(3600 if NIGHTLY else 120)
def test_a_malformed_upload_fails_in_words_and_leaves_no_row(client, database, config, forks):
    failed = 0
    for name, content in _uploads():
        data = {"file": (io.BytesIO(content), name), "layer": "team", "crs": "EPSG:4490"}
        answer = client.post(IMPORTS, data=data)
        assert answer.status_code in (202, 400, 413, 422), (name, answer.text)
        if answer.status_code != 202:
            assert answer.json["error"]["message"]
            continue
        jobs.run(database, config, uuid.UUID(answer.json["id"]))
        address = answer.headers["Location"]
        told = [
            client.get(address, headers={"Accept-Language": language}).json
            for language in ("zh", "en")
        ]
        assert told[0]["status"] in ("failed", "staged"), name
        if told[0]["status"] == "failed":
            failed += 1
            chinese, english = (each["report"]["error"]["text"] for each in told)
            assert chinese != english
            assert any("\u4e00" <= c <= "\u9fff" for c in chinese), chinese
    assert failed > UPLOADS / 3
    assert counted(database) == 0
    assert not forks.python_errors
