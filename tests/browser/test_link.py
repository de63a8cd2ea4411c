"""The link to the server: what the badge says is so, and nothing is missed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom
from tests.browser.server import Server

REFUSED = r"ERR_(FAILED|CONNECTION_REFUSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED|CONNECTION_RESET)"
EVENTS = "**/api/v1/events*"
DRAWN_COLOURS = 400


def test_the_badge_never_says_live_while_the_stream_cannot_be_had(open_page: Open) -> None:
    witness = open_page("about:blank")
    page = witness.page
    witness.expect(REFUSED)
    page.route(EVENTS, lambda route: route.abort())
    page.goto(f"{witness.address}/desk?lon=123.42&lat=30.95&zoom=12")
    expect(page.locator("om-layers li").first).to_be_visible()
    expect(page.locator("om-link .link")).to_have_class("link lost")
    page.unroute(EVENTS)
    _says(page, "live")


def test_the_badge_says_late_when_the_server_falls_silent(open_page: Open) -> None:
    witness = open_page("about:blank")
    page = witness.page
    page.clock.install()
    page.goto(f"{witness.address}/desk?lon=123.42&lat=30.95&zoom=12")
    _says(page, "live")
    page.clock.fast_forward(21_000)
    _says(page, "late")


def test_a_killed_server_is_told_and_what_was_missed_comes_without_a_reload(
    api: Api, open_page: Open, server: Server, darkroom: Darkroom
) -> None:
    witness = open_page("/desk?lon=123.42&lat=30.95&zoom=12")
    page = witness.page
    _says(page, "live")
    drawn = page.locator("#map")
    witness.until(lambda: darkroom.colours(drawn) > DRAWN_COLOURS, "the map drawn")
    witness.expect(REFUSED)
    server.kill()
    _says(page, "lost")
    page.route(EVENTS, lambda route: route.abort())
    server.start()
    incident = city.chlorine_release(api, "断线期间的事件")
    page.unroute(EVENTS)
    _says(page, "live")
    expect(page.locator("om-topbar .tab", has_text=incident["title"]).first).to_be_visible()
    assert witness.loads == 1


def _says(page: Page, status: str) -> None:
    expect(page.locator("om-link .link")).to_have_class(f"link {status}")
