"""Every entrance opens on a machine without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.axe import serious
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom

BLANK_COLOURS = 60
SAMPLE = {"zh": "虚构样例城市", "en": "Fictional sample city"}


@pytest.mark.parametrize("address", ["/desk", "/hall", "/planner", "/field"])
def test_a_page_draws_its_map_and_says_that_it_is_a_demonstration_of_a_fictional_city(
    open_page: Open, darkroom: Darkroom, address: str
) -> None:
    witness = open_page(address)
    page = witness.page
    _says_what_it_is(page)
    expect(page.locator("om-map-foot .attribution").first).to_be_visible()
    canvas = page.locator("canvas.maplibregl-canvas")
    expect(canvas).to_be_visible()
    witness.until(lambda: darkroom.colours(canvas) > BLANK_COLOURS, "a map drawn")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ["/", "/desk", "/hall", "/planner", "/field"])
def test_nothing_serious_keeps_anybody_from_a_page(
    open_page: Open, api: Api, address: str, lang: str
) -> None:
    if address == "/hall":
        city.chlorine_release(api, "无障碍的大屏")
    page = open_page(f"{address}?lang={lang}", lang=lang).page
    expect(page.get_by_text(SAMPLE[lang]).first).to_be_visible()
    if address == "/hall":
        expect(page.locator("om-hall-people .rings li").first).to_be_visible()
    assert serious(page, "body") == []


def test_the_first_page_leads_to_every_entrance(open_page: Open) -> None:
    page = open_page("/").page
    _says_what_it_is(page)
    for face in ("desk", "hall", "planner", "field"):
        expect(page.locator(f".faces a[href='/{face}']")).to_be_visible()
    page.locator(".faces a[href='/desk']").click()
    expect(page.locator("om-drawer .rail")).to_be_visible()


def test_the_api_page_lists_the_routes_from_this_machine_alone(open_page: Open) -> None:
    page = open_page("/api/v1/docs").page
    expect(page.locator(".opblock").first).to_be_visible()
    page.set_viewport_size({"width": 1366, "height": 20_000})  # it draws what is in sight alone
    expect(page.locator(".opblock", has_text="/api/v1/incidents").first).to_be_visible()


def _says_what_it_is(page: Page) -> None:
    expect(page.get_by_text("虚构样例城市")).to_be_visible()
    expect(page.get_by_text("演示模式")).to_be_visible()
