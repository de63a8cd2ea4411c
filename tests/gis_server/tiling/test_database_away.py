"""The real server with its database taken away: what was made is served, marked; nothing hangs."""

import http.client
import json
import re
import signal
import subprocess
from contextlib import closing

import pytest

from layers import cluster
from tests.gis_server.raster_files import hills, tif
from tests.gis_server.test_serve import COMMAND, ROOT, environment
from tests.gis_server.tiling.conftest import until

PORT = 8726
PLACES = [(z, x, y) for z in range(4) for x in range(2**z) for y in range(2**z)][:60]


class Site:
    """A server process, and requests that give up rather than hang."""

    def __init__(self, var):
        self.var = var
        self.log = var / "server.log"
        given = environment(var) | {"ONEMAP_PORT": str(PORT), "ONEMAP_WORKERS": "1"}
        with self.log.open("w") as said:
            self.process = subprocess.Popen([*COMMAND, "serve"], env=given, stderr=said, cwd=ROOT)
        until(lambda: "onemap serves" in self.said or self.process.poll() is not None, within_s=90)
        self.cookie = None

    @property
    def said(self):
        return self.log.read_text()

    def ask(self, method, path, body=None, *, cookie=None):
        headers = {"Content-Type": "application/json", "X-Requested-With": "onemap"}
        if cookie or self.cookie:
            headers["Cookie"] = cookie or self.cookie
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)) as connection:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def sign_in(self):
        password = self.said.partition("password ")[2].split()[0]
        credentials = {"name": "admin", "password": password}
        status, headers, _ = self.ask("POST", "/api/v1/session", credentials, cookie="a=b")
        assert status == 201
        return re.match("onemap_session=[^;]+", headers["Set-Cookie"])[0]

    def raster(self):
        """Register a raster by command; return the address of its tiles."""
        file = self.var / "hills.tif"
        file.write_bytes(tif(hills()))
        command = [*COMMAND, "raster", str(file), "--kind", "dem", "--source", "own"]
        subprocess.run(command, env=environment(self.var), cwd=ROOT, check=True, timeout=60)
        return json.loads(self.ask("GET", "/api/v1/rasters")[2])["rasters"][0]["tiles"]


@pytest.fixture
def site(var):
    site = Site(var)
    site.cookie = site.sign_in()
    yield site
    site.process.send_signal(signal.SIGTERM)
    site.process.wait(60)


def test_while_the_database_is_away_what_was_made_is_served_and_marked(site):
    _, _, told = site.ask("GET", "/api/v1/session")
    label = json.loads(told)["epoch"][:8] + "-0"
    made = [f"/tiles/team,incident/{label}/{z}/{x}/{y}.mvt" for z, x, y in PLACES]
    raster = site.raster()
    made.append(raster.format(z=12, x=3334, y=1623))
    before = [site.ask("GET", place) for place in made]
    assert {status for status, *_ in before} <= {200, 204}
    stranger = site.sign_in()  # known to the database, but not yet to the tiles
    incident = {"lon": 120, "lat": 30}
    with cluster.turn(site.var):  # nobody starts it again while this test holds the turn
        cluster.place(site.var).stop()
        until(lambda: "X-Onemap-Stale" in site.ask("GET", made[0])[1])
        for place, (status, headers, body) in zip(made, before, strict=True):
            now, told, shown = site.ask("GET", place)
            assert (now, shown) == (status, body)
            assert told["X-Onemap-Stale"].startswith("since=") and told["Warning"].startswith("110")
            assert told["Cache-Control"] == "no-store" and told["ETag"] == headers["ETag"]
        for path, cookie in (
            (f"/tiles/enterprise/{label}/0/0/0.mvt", None),  # never made
            (raster.format(z=11, x=1667, y=811), None),
            (made[0], stranger),
            (made[0], "onemap_session=" + "x" * 43),
        ):
            now, told, body = site.ask("GET", path, cookie=cookie)
            assert now == 503 and int(told["Retry-After"]) > 0
            assert json.loads(body)["error"]["code"] == "busy"
        assert site.ask("POST", "/api/v1/incidents", incident)[0] == 503
        assert site.ask("GET", "/api/v1/layers")[0] == 503
    until(lambda: site.ask("POST", "/api/v1/incidents", incident)[0] == 201, within_s=60)
    until(lambda: "X-Onemap-Stale" not in site.ask("GET", made[0])[1], within_s=60)
    until(lambda: site.ask("GET", made[0])[0] == 200, within_s=60)
    assert site.ask("GET", f"/tiles/enterprise/{label}/0/0/0.mvt", cookie=stranger)[0] == 204
