"""GDAL, as Debian has it, reads features, tiles and images from a running server, by Basic."""

from __future__ import annotations

import http.client
import json
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.gis_server.raster_files import NORTH, PIXEL, WEST, hills, tif

NEEDED = ("ogrinfo", "ogr2ogr", "gdalinfo", "gdal_translate")
pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in NEEDED), reason="Debian's gdal-bin is not installed"
)
COMMAND = [sys.executable, "-c", "from gis_server.cli import main; main()"]
ROOT = Path(__file__).parents[2]
PORTS = range(8760, 8770)
NAME, PASSWORD = "gis", "correct horse battery"
TEAMS = [(120 + n / 100, 30 + n / 100) for n in range(12)]


def free_port():
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError(f"no port of {PORTS} is free")


@pytest.fixture(scope="module")
def site():
    """Give a running server with an account, twelve teams and a raster."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-site-"))
    folder.chmod(0o711)  # PostgreSQL's own account must get through
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONEMAP_")}
    env |= {"ONEMAP_VAR": str(folder), "ONEMAP_PORT": str(port), "ONEMAP_WORKERS": "1"}
    log = folder / "server.log"
    with log.open("w") as said:
        process = subprocess.Popen([*COMMAND, "serve"], env=env, stdout=said, stderr=said, cwd=ROOT)
    try:
        while "onemap serves" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        onemap(env, "user", "add", NAME, "--role", "commander", "--password", PASSWORD)
        raster = folder / "hills.tif"
        raster.write_bytes(tif(hills()))
        onemap(env, "raster", "add", str(raster), "--kind", "dem", "--source", "made for this test")
        cookie = fill(port)
        yield SimpleNamespace(
            port=port, url=f"http://127.0.0.1:{port}", cookie=cookie, folder=folder
        )
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(folder)


def onemap(env, *arguments):
    subprocess.run([*COMMAND, *arguments], env=env, cwd=ROOT, check=True, capture_output=True)


def fill(port):
    """Sign in and add the teams; return the session's cookie."""
    cookie = {}

    def post(path, body):
        headers = {"Content-Type": "application/json", "X-Requested-With": "onemap", **cookie}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
            return answer.headers

    headers = post("/api/v1/session", {"name": NAME, "password": PASSWORD})
    cookie["Cookie"] = headers["Set-Cookie"].partition(";")[0]
    for number, place in enumerate(TEAMS):
        post("/api/v1/layers/team/features", {
            "geometry": {"type": "Point", "coordinates": list(place)},
            "properties": {"name": f"站{number}", "kind": "fire" if number % 3 else "medical"},
        })  # fmt: skip
    return cookie["Cookie"]


@pytest.fixture
def gdal(site, tmp_path):
    """Give a function: run a tool of GDAL; answer what it said, and which addresses it asked."""

    def run(tool, *arguments, user=f"{NAME}:{PASSWORD}", fails=False, **settings):
        env = {
            **os.environ,
            "LC_ALL": "C.UTF-8",
            # Nothing but this machine: whatever else is asked for meets a closed door.
            "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
            "no_proxy": "127.0.0.1", "GDAL_HTTP_TIMEOUT": "60", "GDAL_HTTP_MAX_RETRY": "0",
            "GDAL_DEFAULT_WMS_CACHE_PATH": str(tmp_path / "cache"), "HOME": str(tmp_path),
            "CPL_DEBUG": "HTTP", **settings,
        }  # fmt: skip
        if user:
            env |= {"GDAL_HTTP_USERPWD": user, "GDAL_HTTP_AUTH": "BASIC"}
        done = subprocess.run([tool, *arguments], env=env, capture_output=True, text=True,
                              timeout=300, check=False)  # fmt: skip
        assert (done.returncode != 0) == fails, done.stderr + done.stdout
        fetched = re.findall(r"Fetch\(([^)]+)\)", done.stderr)
        return SimpleNamespace(said=done.stdout + done.stderr, fetched=fetched)

    return run


def features(gdal, site, tmp_path, *arguments):
    """Return the features of the teams as ogr2ogr reads them, and the addresses it asked."""
    file = tmp_path / f"out-{time.monotonic_ns()}.geojson"
    done = gdal("ogr2ogr", "-f", "GeoJSON", *arguments, str(file), f"OAPIF:{site.url}/ogc", "team")
    return json.loads(file.read_text())["features"], done.fetched


def names(found):
    return [feature["properties"]["name"] for feature in found]


# --- features -----------------------------------------------------------------------


def test_ogrinfo_lists_the_collections_and_counts_the_features(gdal, site):
    listed = gdal("ogrinfo", "-ro", f"OAPIF:{site.url}/ogc").said
    assert re.search(r"\d+: team ", listed) and re.search(r"\d+: road ", listed)
    told = gdal("ogrinfo", "-ro", "-so", f"OAPIF:{site.url}/ogc", "team").said
    assert "Feature Count: 12" in told and "Geometry: Point" in told


def test_every_page_is_read(gdal, site, tmp_path):
    found, fetched = features(gdal, site, tmp_path, "-oo", "PAGE_SIZE=5")
    assert [tuple(feature["geometry"]["coordinates"]) for feature in found] == TEAMS
    assert len({address for address in fetched if "cursor=" in address}) == 2


def test_a_condition_is_asked_of_the_server(gdal, site, tmp_path):
    found, fetched = features(gdal, site, tmp_path, "-where", "kind = 'medical'")
    assert names(found) == ["站0", "站3", "站6", "站9"]
    assert any("kind=medical" in address for address in fetched)


def test_a_box_is_asked_of_the_server(gdal, site, tmp_path):
    found, fetched = features(gdal, site, tmp_path, "-spat", "119.9", "29.9", "120.025", "30.025")
    assert names(found) == ["站0", "站1", "站2"]
    assert any("bbox=119.9" in address for address in fetched)


def test_a_wrong_password_reads_nothing(gdal, site):
    for user in (f"{NAME}:wrong", None):
        said = gdal("ogrinfo", "-ro", f"OAPIF:{site.url}/ogc", user=user, fails=True).said
        assert "401" in said


# --- tiles ------------------------------------------------------------------------------


def test_a_vector_tile_is_read_and_lies_where_the_features_lie(gdal, site):
    address = f"MVT:{site.url}/tiles/team/0/9/426/211.mvt"
    told = gdal("ogrinfo", "-ro", "-al", "-so", address, user=None, GDAL_HTTP_COOKIE=site.cookie)
    assert "Layer name: team" in told.said and "Feature Count: 12" in told.said
    numbers = re.search(r"Extent: \(([-\d.]+), ([-\d.]+)\) - \(([-\d.]+), ([-\d.]+)\)", told.said)
    west, south, east, north = (float(number) for number in numbers.groups())
    unit = 40_075_016.69 / 2**9 / 4096
    for got, wanted in ((west, metres(120)), (east, metres(120.11)),
                        (south, metres_north(30)), (north, metres_north(30.11))):  # fmt: skip
        assert abs(got - wanted) <= unit


def metres(lon):
    return math.radians(lon) * 6_378_137


def metres_north(lat):
    return math.asinh(math.tan(math.radians(lat))) * 6_378_137


# --- images -------------------------------------------------------------------------------

SETS = {"GoogleMapsCompatible": "3857", "c": "4490"}


def service(site, matrix_set, style="ramp"):
    return (f"WMTS:{site.url}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities,"
            f"tilematrixset={matrix_set},style={style}")  # fmt: skip


@pytest.mark.parametrize("matrix_set", SETS)
def test_gdalinfo_knows_the_system_and_the_place_of_a_raster(gdal, site, matrix_set):
    told = gdal("gdalinfo", "-json", "-nogcp", service(site, matrix_set)).said
    told = json.loads(told[: told.rindex("\n}") + 2])
    assert f'ID["EPSG",{SETS[matrix_set]}]' in told["coordinateSystem"]["wkt"]
    corners = np.array(told["cornerCoordinates"]["upperLeft"])
    place = (WEST, NORTH) if matrix_set == "c" else (metres(WEST), metres_north(NORTH))
    assert np.abs(corners - place).max() < (1e-5 if matrix_set == "c" else 1.0)


def test_both_matrix_sets_show_the_same_ground_at_the_same_place(gdal, site, tmp_path):
    """The west and north borders, and the colours inside, are read by GDAL's own georeference."""
    shown = {}
    for matrix_set in SETS:
        lon, lat = (WEST - 0.01, WEST + 0.05), (NORTH + 0.01, NORTH - 0.05)
        if matrix_set == "c":
            window = [lon[0], lat[0], lon[1], lat[1]]
        else:
            window = [metres(lon[0]), metres_north(lat[0]), metres(lon[1]), metres_north(lat[1])]
        file = tmp_path / f"{matrix_set}.png"
        gdal("gdal_translate", "-q", "-of", "PNG", "-r", "nearest", "-outsize", "240", "240",
             "-oo", "ZOOM_LEVEL=14", "-oo", "EXTENT_METHOD=MOST_PRECISE_TILE_MATRIX",
             "-projwin", *map(str, window), service(site, matrix_set), str(file))  # fmt: skip
        image = np.asarray(Image.open(file).convert("RGBA")).astype(int)
        inside = image[..., 3] > 0
        assert abs(inside.any(axis=0).argmax() - 40) <= 1
        assert abs(inside.any(axis=1).argmax() - 40) <= 1
        shown[matrix_set] = image
    difference = np.abs(shown["c"] - shown["GoogleMapsCompatible"])[45:, 45:, :3]
    assert difference.mean() < 3
    assert shown["c"][45:, 45:, :3].std() > 10  # it is no even colour that would agree anywhere


def test_the_raster_is_as_wide_as_it_was_sent(gdal, site):
    told = gdal("gdalinfo", "-json", service(site, "c")).said
    told = json.loads(told[: told.rindex("\n}") + 2])
    west, south = told["cornerCoordinates"]["lowerLeft"]
    east, north = told["cornerCoordinates"]["upperRight"]
    assert (east - west, north - south) == pytest.approx((240 * PIXEL, 200 * PIXEL), abs=1e-4)
