"""The link to the server: what the badge says is so, and nothing is missed."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom
from tests.browser.server import Server

REFUSED = r"ERR_(FAILED|CONNECTION_REFUSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED|CONNECTION_RESET)"
EVENTS = "**/api/v1/events*"
NO_SHARED_WORKER = "delete globalThis.SharedWorker"
"""A tab then leads the others itself, and what it asks of the server can be held up."""
DRAWN_COLOURS = 400


def test_the_badge_never_says_live_while_the_stream_cannot_be_had(open_page: Open) -> None:
    witness = open_page("about:blank")
    page = witness.page
    witness.expect(REFUSED)
    page.add_init_script(NO_SHARED_WORKER)
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
    witness = open_page("about:blank")
    page = witness.page
    page.add_init_script(NO_SHARED_WORKER)
    page.goto(f"{witness.address}/desk?lon=123.42&lat=30.95&zoom=12")
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
    assert witness.loads == 2  # the blank page, and the desk


def test_all_tabs_of_a_browser_share_one_stream_and_each_hears_everything(
    api: Api, open_page: Open, browser: Browser
) -> None:
    witness = open_page("about:blank")
    first = witness.page
    second = first.context.new_page()
    asked: list[str] = []
    for page in (first, second):
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{witness.address}/desk?lon=123.42&lat=30.95&zoom=12")
        _says(page, "live")
    assert not [url for url in asked if "/api/v1/events" in url]
    workers = browser.new_browser_cdp_session().send("Target.getTargets")["targetInfos"]
    assert sum(one["type"] == "shared_worker" for one in workers) == 1
    both = city.chlorine_release(api, "两个窗口都看到")
    for page in (first, second):
        expect(page.locator("om-topbar .tab", has_text=both["title"]).first).to_be_visible()
    first.close()
    one = city.chlorine_release(api, "关掉一个窗口以后")
    expect(second.locator("om-topbar .tab", has_text=one["title"]).first).to_be_visible()


def test_without_shared_workers_one_tab_leads_and_when_it_closes_the_next_goes_on(
    api: Api, open_page: Open
) -> None:
    witness = open_page("about:blank")
    first = witness.page
    second = first.context.new_page()
    asked: list[str] = []
    for page in (first, second):
        page.add_init_script(NO_SHARED_WORKER)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{witness.address}/desk?lon=123.42&lat=30.95&zoom=12")
        _says(page, "live")
    assert sum("/api/v1/events" in url for url in asked) == 1
    first.close()
    one = city.chlorine_release(api, "领头的窗口关掉以后")
    expect(second.locator("om-topbar .tab", has_text=one["title"]).first).to_be_visible()
    _says(second, "live")


def test_a_page_that_was_put_away_and_comes_back_gets_what_it_missed(
    api: Api, open_page: Open
) -> None:
    witness = open_page("/desk?lon=123.42&lat=30.95&zoom=12")
    page = witness.page
    _says(page, "live")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    missed = city.chlorine_release(api, "页面收起期间的事件")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator("om-topbar .tab", has_text=missed["title"]).first).to_be_visible()
    _says(page, "live")
    assert witness.loads == 1


def _says(page: Page, status: str) -> None:
    expect(page.locator("om-link .link")).to_have_class(f"link {status}")
