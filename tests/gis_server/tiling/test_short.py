"""The short way to a warm tile: what it sends is what the application sends, and to the same."""

import pytest

from gis_server.app import create_app
from gis_server.config import Config
from gis_server.state import state_of
from gis_server.tiling.short import ShortWay
from tests.gis_server.test_tiles import add_team
from tests.gis_server.tiling.conftest import until
from tests.gis_server.tiling.test_watch import AWAY, HERE, address

GZIP = {"Accept-Encoding": "gzip"}


class Witness:
    """What the short way handed on to the application."""

    def __init__(self, app):
        self.handed_on = 0
        self._way = app.wsgi_app
        self._application = self._way._application
        self._way._application = self

    def __call__(self, environ, start):
        self.handed_on += 1
        return self._application(environ, start)

    def both(self, client, place, method="GET", base_url="http://localhost", **headers):
        """Return the answers of the short way, which must answer, and of the application."""
        before = self.handed_on
        asked = {"method": method, "base_url": base_url, "headers": GZIP | headers}
        short = client.open(place, **asked)
        assert self.handed_on == before, "the short way did not answer"
        warm, self._way._warm = self._way._warm, lambda environ: None
        try:
            return short, client.open(place, **asked)
        finally:
            self._way._warm = warm


@pytest.fixture
def site(worker, visitor, settled):
    """Give a process with a warm tile, its commander, and a witness of its short way."""
    app = worker()
    client = visitor(app, ("commander", ""), name="boss")
    for number in range(40):
        add_team(client, "3301", lon=120 + number / 100)
    settled(app)
    place = address(client)
    for where in (HERE, AWAY):
        client.get(place.format(where))
    assert isinstance(app.wsgi_app, ShortWay)
    return app, client, place, Witness(app)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("where", [HERE, AWAY])
def test_it_sends_what_the_application_sends(site, method, where):
    _, client, place, witness = site
    short, full = witness.both(client, place.format(where), method)
    assert short.status == full.status
    assert dict(short.headers) == dict(full.headers)
    assert short.data == full.data
    assert "Content-Security-Policy" in short.headers
    if where == HERE and method == "GET":
        assert short.headers["Content-Encoding"] == "gzip"


def test_who_reads_no_gzip_gets_the_same_tile_unpacked_either_way(site):
    _, client, place, witness = site
    short, full = witness.both(client, place.format(HERE), **{"Accept-Encoding": ""})
    assert "Content-Encoding" not in short.headers
    assert dict(short.headers) == dict(full.headers) and short.data == full.data


def test_a_tile_that_is_known_is_not_sent_again_either_way(site):
    _, client, place, witness = site
    etag = client.get(place.format(HERE)).headers["ETag"]
    short, full = witness.both(client, place.format(HERE), **{"If-None-Match": f'"x", {etag}'})
    assert short.status_code == full.status_code == 304
    assert dict(short.headers) == dict(full.headers)


def test_behind_tls_it_says_so_as_the_application_does(site):
    _, client, place, witness = site
    short, full = witness.both(client, place.format(AWAY), base_url="https://localhost")
    assert "Strict-Transport-Security" in short.headers
    assert dict(short.headers) == dict(full.headers)


@pytest.mark.parametrize(
    ("address", "headers", "method"),
    [
        ("{}", {"Transfer-Encoding": "chunked"}, "GET"),
        ("{}", {"Authorization": "Basic eDp5"}, "GET"),
        ("{}", {"Accept-Encoding": "gzip;q=0"}, "GET"),
        ("{}", {}, "POST"),
        ("{}?where=%7B%7D", {}, "GET"),
        ("{}?at=1", {}, "GET"),
        ("{}?form=%00", {}, "GET"),
        ("{}?anything=1", {}, "GET"),
        ("/tiles/team,team/0/0/0/0.mvt", {}, "GET"),
        ("/tiles/teams/0/0/0/0.mvt", {}, "GET"),
        ("/tiles/u_nothing/0/0/0/0.mvt", {}, "GET"),
        ("/tiles/team/0/3/8/0.mvt", {}, "GET"),
        ("/tiles/team/0/99/0/0.mvt", {}, "GET"),
        ("/tiles/basemap/0/0/0/0.mvt", {}, "GET"),
    ],
)
def test_whatever_is_not_plain_is_left_to_the_application(site, address, headers, method):
    _, client, place, witness = site
    before = witness.handed_on
    client.open(address.format(place.format(HERE)), method=method, headers=headers)
    assert witness.handed_on == before + 1


@pytest.mark.parametrize("token", [None, "", "a" * 43, "a b", '"' + "a" * 43 + '"'])
def test_who_is_not_known_is_refused_by_the_application(site, token):
    app, _, place, witness = site
    stranger = app.test_client()
    if token is not None:
        stranger.set_cookie("onemap_session", token)
    for _ in range(2):
        before = witness.handed_on
        assert stranger.get(place.format(HERE)).status_code == 401
        assert witness.handed_on == before + 1


def test_a_session_with_no_right_to_features_is_refused_by_the_application(
    site, visitor, settled, database
):
    app, _, place, witness = site
    nobody = visitor(app, name="nobody")
    for _ in range(2):
        before = witness.handed_on
        assert nobody.get(place.format(HERE)).status_code == 403
        assert witness.handed_on == before + 1


def test_a_restricted_layer_is_not_there_for_others_the_short_way_either(worker, visitor, settled):
    app = worker()
    owner = visitor(app, ("planner", ""), name="owner")
    other = visitor(app, ("commander", ""), name="other")
    made = owner.post(
        "/api/v1/user-layers",
        json={"title": "井盖", "geometry_type": "POINT", "access": "restricted", "fields": []},
    )  # fmt: skip
    assert made.status_code == 201, made.json
    name = made.json["name"]
    owner.post(
        f"/api/v1/layers/{name}/features",
        json={"geometry": {"type": "Point", "coordinates": [120, 30]}, "properties": {}},
    )
    settled(app)
    until(lambda: name in state_of(app).supply.watch.own)
    witness = Witness(app)
    place = f"/tiles/{name}/0/0/0/0.mvt"
    assert owner.get(place).status_code == 200
    before = witness.handed_on
    assert owner.get(place).status_code == 200 and witness.handed_on == before
    for _ in range(2):
        assert other.get(place).status_code == 404
    assert witness.handed_on == before + 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"x-forwarded-anything": "1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 Caddy"},
        {"X-Real-IP": "127.0.0.1"},
        {"Host": "evil.example"},
        {"Host": "localhost.:8000"},
        {"Host": "127.0.0.1.evil.example"},
    ],
)
def test_the_demo_door_is_shut_the_short_way_too(worker, tmp_path, headers):
    site = worker()
    demo = create_app(Config(var=tmp_path, demo=True), state_of(site).engine)
    state_of(demo).supply.watch = state_of(site).supply.watch
    client = demo.test_client()
    assert client.get("/tiles/team/0/0/0/0.mvt").status_code == 204
    witness = Witness(demo)
    assert client.get("/tiles/team/0/0/0/0.mvt").status_code == 204 and witness.handed_on == 0
    answer = client.get("/tiles/team/0/0/0/0.mvt", headers=headers)
    assert answer.status_code == 403 and answer.json["error"]["code"] == "demo_door"
