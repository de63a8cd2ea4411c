"""A network that goes away, a page that sleeps: everything is true again, without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser import city
from tests.browser.cable import laid
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.server import Server

DESK = "/desk?lon=123.42&lat=30.95&zoom=12"
NO_SHARED_WORKER = "delete globalThis.SharedWorker"
CUT_MS = 60_000
REFUSED = (
    r"ERR_(FAILED|CONNECTION_|EMPTY_RESPONSE|INTERNET_DISCONNECTED|TIMED_OUT|NETWORK_)|Failed to"
    r"|Unable to preload"
)
AGAIN_MS = 60_000
"""A read that was on its way when the network went is given up after half a minute."""


@pytest.mark.parametrize("worker", [True, False], ids=["shared worker", "leading tab"])
def test_a_network_that_is_cut_for_a_minute_is_told_and_then_all_is_true_again(
    api: Api, open_page: Open, server: Server, worker: bool
) -> None:
    incident = city.chlorine_release(api, "断网之前的名字")
    place = f"/incidents/{incident['id']}"
    with laid(server.port) as cable:
        witness = open_page("about:blank")
        witness.expect(REFUSED)
        page = witness.page
        if not worker:
            page.add_init_script(NO_SHARED_WORKER)
        page.goto(cable.address + DESK)
        _says(page, "live")
        expect(_tab(page, "断网之前的名字")).to_be_visible()
        cable.cut()
        version = api("GET", place)["version"]
        api("PATCH", place, data={"title": "断网期间的名字"}, headers={"If-Match": f'"{version}"'})
        missed = city.chlorine_release(api, "断网期间的事件")
        page.wait_for_timeout(CUT_MS)
        expect(page.locator("om-link .link")).not_to_have_class("link live")
        cable.mend()
        _says(page, "live")
        expect(_tab(page, "断网期间的名字")).to_be_visible(timeout=AGAIN_MS)
        expect(_tab(page, missed["title"])).to_be_visible(timeout=AGAIN_MS)
        assert witness.loads == 2  # the blank page, and the desk
        page.goto("about:blank")


def test_what_the_stream_told_and_could_not_be_read_is_read_when_the_server_answers_again(
    api: Api, open_page: Open
) -> None:
    """The worker of all tabs keeps its stream; what the page itself asks finds nobody."""
    incident = city.chlorine_release(api, "读不到之前")
    witness = open_page(DESK)
    witness.expect(REFUSED)
    page = witness.page
    _says(page, "live")
    expect(_tab(page, "读不到之前")).to_be_visible()
    asked: list[str] = []
    page.route("**/api/v1/**", lambda route: (asked.append(route.request.url), route.abort()))
    place = f"/incidents/{incident['id']}"
    version = api("GET", place)["version"]
    api("PATCH", place, data={"title": "读不到的名字"}, headers={"If-Match": f'"{version}"'})
    witness.until(lambda: any(place in url for url in asked), "the change told and asked for")
    expect(page.locator("om-notices")).to_contain_text("连不上服务器")
    expect(_tab(page, "读不到之前")).to_be_visible()
    page.unroute("**/api/v1/**")
    expect(_tab(page, "读不到的名字")).to_be_visible(timeout=AGAIN_MS)
    expect(page.locator("om-notices")).not_to_contain_text("连不上服务器", timeout=AGAIN_MS)


@pytest.mark.parametrize("worker", [True, False], ids=["shared worker", "leading tab"])
def test_a_page_that_is_frozen_and_thawed_lacks_nothing(
    api: Api, open_page: Open, worker: bool
) -> None:
    witness = open_page("about:blank")
    page = witness.page
    if not worker:
        page.add_init_script(NO_SHARED_WORKER)
    page.goto(witness.address + DESK)
    _says(page, "live")
    session = page.context.new_cdp_session(page)
    _freeze(session, "frozen")
    missed = [city.chlorine_release(api, f"睡着期间的事件 {n}") for n in range(3)]
    page.context.new_page().wait_for_timeout(25_000)
    _freeze(session, "active")
    for one in missed:
        expect(_tab(page, one["title"])).to_be_visible(timeout=AGAIN_MS)
    _says(page, "live")
    assert witness.loads == 2


def test_a_frozen_leader_is_followed_by_another_tab_and_joins_it_when_it_wakes(
    api: Api, open_page: Open
) -> None:
    witness = open_page("about:blank")
    first = witness.page
    second = first.context.new_page()
    for page in (first, second):
        page.add_init_script(NO_SHARED_WORKER)
        page.goto(witness.address + DESK)
        _says(page, "live")
    session = first.context.new_cdp_session(first)
    _freeze(session, "frozen")
    asleep = city.chlorine_release(api, "领头的窗口睡着")
    expect(_tab(second, asleep["title"])).to_be_visible(timeout=AGAIN_MS)
    _freeze(session, "active")
    expect(_tab(first, asleep["title"])).to_be_visible(timeout=AGAIN_MS)
    both = city.chlorine_release(api, "又都醒着")
    for page in (first, second):
        expect(_tab(page, both["title"])).to_be_visible(timeout=AGAIN_MS)
        _says(page, "live")


def _freeze(session: CDPSession, state: str) -> None:
    session.send("Page.setWebLifecycleState", {"state": state})


def _tab(page: Page, title: str) -> Locator:
    return page.locator("om-topbar .tab", has_text=title).first


def _says(page: Page, status: str) -> None:
    expect(page.locator("om-link .link")).to_have_class(f"link {status}", timeout=AGAIN_MS)
