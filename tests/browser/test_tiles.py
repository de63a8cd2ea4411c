"""Tiles on the map: one edit fetches what it touches, a filter holds, the ground can be chosen."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom
from tests.browser.witness import Witness

LIGHT_PIXELS = 100_000
TILE = re.compile(r"/tiles/([a-z0-9_,]+)/([0-9a-f]{8})-(\d+)/(\d+)/(\d+)/(\d+)\.mvt")


def test_one_edit_fetches_again_the_tiles_it_touches_and_no_others(
    api: Api, open_page: Open
) -> None:
    tank = city.quiet_tank(api)
    witness = open_page("about:blank")
    asked = _tiles(witness.page)
    witness.page.goto(witness.address + tank.desk(zoom=14))
    _drawn(witness)
    first = list(asked)
    assert len({one[2:] for one in first}) >= 4, "one tile could not tell an edit from a reload"
    _settled(witness, asked)
    asked.clear()
    path = f"/layers/hazard_source/features/{tank.id}"
    version = api("GET", path)["properties"]["version"]
    changed = api("PATCH", path, data={"properties": {"name": f"{tank.name} 二"}},
                  headers={"If-Match": f'"{version}"'})  # fmt: skip
    witness.until(lambda: asked, "a tile fetched again")
    _settled(witness, asked)
    again = {one[2:] for one in asked}
    # Of a point at a tile's edge its neighbours show the symbol too: four at a corner.
    assert 1 <= len(again) <= 4, again
    assert len(asked) == len(again), "each of them once"
    assert again < {one[2:] for one in first}
    known = max(int(one[1]) for one in first)
    assert all(int(one[1]) > known for one in asked), "under an address of its own"
    api("PATCH", path, data={"properties": {"name": tank.name}},
        headers={"If-Match": f'"{changed["properties"]["version"]}"'})  # fmt: skip


def test_a_theme_is_drawn_with_its_filter_at_every_zoom(api: Api, open_page: Open) -> None:
    body = {
        "title": "一级危险源", "shared": False,
        "layers": [{"layer": "hazard_source", "filter": "grade = '1'", "visible": True}],
        "view": {"center": [123.42, 30.95], "zoom": 12},
    }  # fmt: skip
    theme = api("POST", "/themes", data=body)
    witness = open_page("about:blank")
    filters: list[str] = []

    def note(url: str) -> None:
        if TILE.search(url):
            filters.extend(parse_qs(urlsplit(url).query).get("where", []))

    witness.page.on("request", lambda request: note(request.url))
    witness.page.goto(f"{witness.address}/planner?theme={theme['id']}")
    witness.until(lambda: filters, "tiles asked for with the theme's filter")
    assert json.loads(filters[-1]) == {"hazard_source": "grade = '1'"}
    row = witness.page.locator("om-layers .filtered")
    expect(row).to_contain_text("grade = '1'")
    row.locator("button").click()
    expect(row).to_have_count(0)


def test_the_ground_by_day_is_kept_for_whoever_chose_it(
    open_page: Open, darkroom: Darkroom
) -> None:
    witness = open_page("/desk?lon=123.42&lat=30.95&zoom=13")
    page = witness.page
    _drawn(witness)
    night = page.locator("#map").screenshot()
    page.locator("[name=look-light]").click()
    witness.until(
        lambda: darkroom.changed(night, page.locator("#map").screenshot()) > LIGHT_PIXELS,
        "the map by day",
    )
    page.reload()
    expect(page.locator("[name=look-light]")).to_have_attribute("aria-checked", "true")
    page.locator("[name=look-dark]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=look-dark]")).to_have_attribute("aria-checked", "true")


def _tiles(page: Page) -> list[tuple[str, ...]]:
    """Return a list that fills with the tiles of features that the page asks for."""
    asked: list[tuple[str, ...]] = []

    def note(url: str) -> None:
        found = TILE.search(url)
        if found and found[1] != "basemap":
            asked.append((found[1], *found.groups()[2:]))

    page.on("request", lambda request: note(request.url))
    return asked


def _drawn(witness: Witness) -> None:
    """Wait until the page says that its first map was whole."""
    mark = "performance.getEntriesByName('onemap-map-drawn').length"
    witness.until(lambda: witness.page.evaluate(mark), "the map drawn", within_s=60)


def _settled(witness: Witness, asked: list[Any]) -> None:
    """Wait until nothing more is asked for."""
    witness.until(lambda: _still(witness, asked), "the map at rest")


def _still(witness: Witness, asked: list[Any]) -> bool:
    before = len(asked)
    witness.page.wait_for_timeout(1500)
    return len(asked) == before
