"""A region in a pocket: ordered, fetched, and opened where there is no server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom
from tests.browser.server import Server
from tests.browser.witness import Witness

DRAWN_COLOURS = 200
PHONE = {"width": 390, "height": 844}
MADE_S = 120
MADE_MS = MADE_S * 1000
AWAY = r"ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE"
HALF_DEGREE = 0.02


@pytest.fixture(scope="module")
def pack(api_once: Api) -> dict[str, Any]:
    """Have the server make a pack of the city's middle, with an exercise in it."""
    hospital = city.hospital(api_once)
    body = {
        "kind": "toxic_release", "title": "离线演练", "lon": hospital.lon, "lat": hospital.lat,
        "substance": "氯", "exercise": True, "weather": {"wind_speed_m_s": 3, "wind_from_deg": 0},
        "release": {"leak": "large"},
    }  # fmt: skip
    incident = api_once("POST", "/incidents", data=body)
    api_once("POST", f"/incidents/{incident['id']}/assessments", data={})
    west, south = hospital.lon - HALF_DEGREE, hospital.lat - HALF_DEGREE
    box = [west, south, west + 2 * HALF_DEGREE, south + 2 * HALF_DEGREE]
    order = {"name": "市中心", "bbox": box, "maxzoom": 13}
    made = api_once("POST", "/packs", data=order)
    due = time.monotonic() + MADE_S
    while made["status"] in ("waiting", "making"):
        assert time.monotonic() < due, made
        time.sleep(0.5)
        made = api_once("GET", f"/packs/{made['id']}")
    assert made["status"] == "ready", made["error"]
    return {**made, "incident": incident["id"], "hospital": hospital.name}


@pytest.fixture(scope="module")
def api_once(server: Server, playwright: Any) -> Iterator[Api]:
    context = playwright.request.new_context(
        base_url=server.address,
        extra_http_headers={"X-Requested-With": "onemap", "Accept-Language": "zh"},
    )
    yield Api(context)
    context.dispose()


def test_a_fetched_pack_opens_with_the_server_off_and_says_what_it_is(
    server: Server, pack: dict[str, Any], open_page: Open, darkroom: Darkroom
) -> None:
    witness = open_page("/field", viewport=PHONE)
    page = witness.page
    _keeps_the_page(witness)
    _fetch(page, pack)
    witness.expect(AWAY)
    server.stop()
    try:
        page.reload()
        badge = page.locator("om-field-badge .state")
        expect(badge).to_contain_text("离线")
        expect(badge).to_contain_text("离线包 20")
        expect(page.get_by_text("虚构样例城市")).to_be_visible()
        expect(page.locator("om-topbar .badge.exercise").first).to_be_visible()
        expect(page.locator("om-link")).to_be_hidden()
        canvas = page.locator("canvas.maplibregl-canvas")
        witness.until(lambda: darkroom.colours(canvas) > DRAWN_COLOURS, "the map drawn")
        _finds(page, pack["hospital"])
        _tells_the_incident(page)
    finally:
        server.start()
    expect(badge).to_contain_text("服务器可用", timeout=40_000)
    page.locator("[name=go-live]").click()
    expect(page.locator("om-link")).to_contain_text("实时")
    expect(page.locator("om-field-badge .state")).to_have_count(0)


def test_nothing_that_the_api_answered_is_kept_with_the_page(open_page: Open) -> None:
    witness = open_page("/field", viewport=PHONE)
    _keeps_the_page(witness)
    kept = witness.page.evaluate("""async () => (await Promise.all((await caches.keys()).map(
        async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat()""")
    assert any(url.endswith("/field") for url in kept)
    assert not [url for url in kept if "/api/" in url or "/tiles/" in url]


def test_a_download_that_the_server_cut_goes_on_by_itself(
    server: Server, pack: dict[str, Any], open_page: Open
) -> None:
    # What passes by a service worker cannot be cut from here.
    witness = open_page("/field", viewport=PHONE, service_workers="block")
    page = witness.page
    witness.expect(AWAY)
    asked: list[str] = []

    def cut(route: Any) -> None:
        asked.append(route.request.headers.get("range", ""))
        if len(asked) == 1:
            route.abort("connectionrefused")
        else:
            route.continue_()

    page.route("**/packs/*/file", cut)
    _fetch(page, pack)
    assert len(asked) == 2


def test_a_pack_with_a_flipped_byte_is_refused_by_name_and_leaves_nothing(
    api: Api, server: Server, pack: dict[str, Any], open_page: Open, tmp_path: Path
) -> None:
    whole = _file(server, pack)
    at = whole.index(b"PMTiles") + 200
    damaged = tmp_path / "damaged.onemap"
    damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    page = open_page("/field", viewport=PHONE).page
    _choose(page, damaged)
    expect(page.locator("om-notices .notice.error")).to_contain_text("basemap.pmtiles")
    expect(page.locator("om-pocket [data-kept]")).to_have_count(0)


def test_a_pack_of_an_unknown_signer_needs_a_deliberate_yes(
    server: Server, pack: dict[str, Any], open_page: Open, tmp_path: Path
) -> None:
    path = tmp_path / "city.onemap"
    path.write_bytes(_file(server, pack))
    witness = open_page("/field", viewport=PHONE)
    page = witness.page
    expect(page.locator("om-link")).to_contain_text("实时")
    forget = """() => localStorage.setItem("onemap.pack.signers", JSON.stringify(
        [{ key: "another", site: null, since: "2026-01-01", by: "server" }]))"""
    page.evaluate(forget)
    _choose(page, path)
    asking = page.locator("om-pocket form.stranger")
    expect(asking.locator(".fingerprint")).to_have_text(pack_fingerprint(server))
    asking.locator("[name=trust]").click()
    expect(asking).to_be_visible()  # the box was not ticked
    asking.locator("[name=sure]").check()
    asking.locator("[name=trust]").click()
    expect(page.locator("om-pocket [data-kept] [name=use]")).to_be_visible()


def test_the_planner_orders_a_pack_after_saying_how_large_it_will_be(
    api: Api, open_page: Open
) -> None:
    page = open_page("/planner?tool=pack&lon=123.42&lat=30.95&zoom=14").page
    panel = page.locator("om-packing")
    panel.locator("[name=pack-view]").click()
    expect(panel.locator(".size b")).to_contain_text("B", timeout=MADE_MS)
    for part in ("gpkg", "roads", "plans"):
        panel.locator(f"[data-part={part}]").click()
    panel.locator("[name=maxzoom]").select_option("12")
    expect(panel.locator(".size li")).to_have_count(4, timeout=MADE_MS)
    panel.locator("[name=name]").fill("规划页的包")
    panel.locator("[name=make-pack]").click()
    row = panel.locator(".packs li", has_text="规划页的包")
    expect(row.locator("[name=download]")).to_be_visible(timeout=MADE_MS)
    with page.expect_download() as caught:
        row.locator("[name=download]").click()
    assert caught.value.suggested_filename == "规划页的包.onemap"
    row.locator("[name=remove]").click()
    expect(row).to_be_visible()  # the first press only asks
    row.locator("[name=remove]").click()
    expect(row).to_have_count(0)


def _keeps_the_page(witness: Witness) -> None:
    """Wait until the page and all its files are kept on the device."""
    witness.page.locator("[name=sheet-packs]").click()
    expect(witness.page.locator("om-page-build")).to_contain_text("可离线打开", timeout=60_000)


def _fetch(page: Page, pack: dict[str, Any]) -> None:
    """Download a pack from the server and open it."""
    if page.locator("om-pocket").count() == 0:
        page.locator("[name=sheet-packs]").click()
    page.locator(f"[data-made='{pack['id']}'] [name=fetch]").click()
    use = page.locator(f"[data-kept='{pack['id']}'] [name=use]")
    fault = page.locator("om-notices .notice.error")
    expect(use.or_(fault).first).to_be_visible(timeout=90_000)
    expect(fault).to_have_count(0)
    use.click()
    expect(page.locator("om-field-badge .state")).to_contain_text("离线包 20")


def _finds(page: Page, name: str) -> None:
    """Find a feature by its pinyin and by its name, and read its card."""
    page.locator("[name=sheet-search]").click()
    field = page.locator("om-search [name=q]")
    for typed in ("renminyiyuan", name):
        field.fill(typed)
        expect(page.locator("om-search .results button", has_text=name).first).to_be_visible()
    page.locator("om-search .results button", has_text=name).first.click()
    expect(page.locator("om-card h2")).to_have_text(name)
    expect(page.locator("om-card dl.fields")).to_be_visible()
    page.locator("om-card header button").click()


def _tells_the_incident(page: Page) -> None:
    """Read the exercise's zones, and of when they are."""
    page.locator("[name=sheet-incident]").click()
    brief = page.locator("om-brief")
    if brief.locator("[data-incident]").count() > 0:
        brief.locator("[data-incident]", has_text="离线演练").click()
    expect(brief.locator(".as-of")).to_contain_text("截至 20")
    expect(brief.locator(".zones li").first).to_be_visible()


def _choose(page: Page, path: Path) -> None:
    page.locator("[name=sheet-packs]").click()
    page.locator("om-pocket [name=pack-file]").set_input_files(path)


def _file(server: Server, pack: dict[str, Any]) -> bytes:
    import urllib.request

    address = f"{server.address}/api/v1/packs/{pack['id']}/file"
    with urllib.request.urlopen(address, timeout=30) as answer:
        return bytes(answer.read())


def pack_fingerprint(server: Server) -> str:
    """Return the fingerprint of the key that the server signs with, as it tells it."""
    import json
    import urllib.request

    with urllib.request.urlopen(f"{server.address}/api/v1/packs/key", timeout=30) as answer:
        return str(json.load(answer)["fingerprint"])
