"""Use an installed site over HTTPS as a device of the local network would; standard library."""

from __future__ import annotations

import http.cookiejar
import json
import re
import ssl
import sys
import time
import urllib.error
import urllib.request

SITE = "https://map.test"
AUTHORITY = "http://map.test/onemap-ca.crt"
PATIENCE_S = 120


def trust() -> urllib.request.OpenerDirector:
    """Fetch the site's certificate authority, as the instructions say, and trust only it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(AUTHORITY, timeout=5) as answer:
                pem = answer.read().decode("ascii")
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    context = ssl.create_default_context(cadata=pem)
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
    )


def ask(opener: urllib.request.OpenerDirector, path: str, body: object = None) -> tuple[int, bytes]:
    """Return status and body; wait while the site is still starting (502 of Caddy)."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "X-Requested-With": "onemap"}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        request = urllib.request.Request(SITE + path, data=data, headers=headers)
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 502 or time.monotonic() > deadline:
                return error.code, error.read()
        time.sleep(0.5)


def works(password: str) -> None:
    """Sign in as the first administrator and look at the map."""
    opener = trust()
    status, page = ask(opener, "/desk")
    check(status == 200 and b"<script" in page, "the desk page comes", page)
    for asset in re.findall(rb'(?:src|href)="(/[^"]+)"', page):
        status, content = ask(opener, asset.decode())
        check(status == 200 and content != b"", f"{asset.decode()} comes", content)
    check(not re.search(rb'(?:src|href)="(?:https?:)?//', page), "nothing from elsewhere", page)
    status, answer = ask(opener, "/api/v1/layers")
    check(status == 401, "without a password nothing is shown", answer)
    status, answer = ask(opener, "/api/v1/session", {"name": "admin", "password": password})
    check(status == 201, "the shown password signs in", answer)
    site = json.loads(answer)["site"]
    check(site["fictional"] and "虚构" in site["name"], "it is the sample city", answer)
    status, answer = ask(opener, "/api/v1/layers")
    listed = json.loads(answer)
    check(status == 200 and any(layer["count"] for layer in listed["layers"]), "layers", answer)
    revision = listed["basemap"]["revision"]
    x, y = tile_of(*site["center"], zoom=12)
    status, tile = ask(opener, f"/tiles/basemap/{revision}/12/{x}/{y}.mvt")
    check(status == 200 and len(tile) > 1000, "a base-map tile", tile)
    with opener.open(SITE + "/api/v1/events", timeout=25) as stream:
        check(stream.readline() != b"", "the event stream speaks through the proxy", b"")


def tile_of(lon: float, lat: float, *, zoom: int) -> tuple[int, int]:
    """Return the Web Mercator tile that holds a point."""
    from math import asinh, pi, radians, tan

    count = 2**zoom
    return int((lon + 180.0) / 360.0 * count), int(
        (1.0 - asinh(tan(radians(lat))) / pi) / 2.0 * count
    )


def asks_for_a_password() -> None:
    """Nobody is signed in without one."""
    opener = trust()
    status, answer = ask(opener, "/api/v1/layers")
    check(status == 401, "a visitor is nobody", answer)


def refuses_demo() -> None:
    """Demo mode lets nothing through a proxy."""
    opener = trust()
    for path in ("/desk", "/api/v1/session", "/api/v1/layers"):
        status, answer = ask(opener, path)
        check(status == 403, f"{path} is refused in demo mode", answer)


def check(good: bool, what: str, got: bytes) -> None:
    """Say what holds, or stop with what was got."""
    if not good:
        sys.exit(f"not so: {what}; got {got[:500]!r}")
    print(f"  ok: {what}")


if __name__ == "__main__":
    deeds = {
        "works": works,
        "asks-for-a-password": asks_for_a_password,
        "refuses-demo": refuses_demo,
    }
    deeds[sys.argv[1]](*sys.argv[2:])
