"""What officers plot while the server or the network is away is kept, and sent when it is back."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.plotting import AWAY, badge, circle, plots, plotting, reported, rows
from tests.browser.server import Server

CUT_S = 60.0


def test_nothing_is_lost_while_the_server_is_killed_and_started_again(
    api: Api, open_page: Open, server: Server
) -> None:
    tank, incident = reported(api)
    desk = plotting(open_page, tank, incident)
    desk.expect(AWAY)
    circle(desk.page, -120, 0, 40)
    expect(badge(desk.page)).to_have_class("plot-badge saved")
    server.kill()
    circle(desk.page, 0, 0, 40)
    circle(desk.page, 120, 0, 40)
    expect(badge(desk.page)).to_have_class("plot-badge away")
    expect(badge(desk.page)).to_contain_text("2")
    server.start()
    expect(badge(desk.page)).to_have_class("plot-badge saved")
    assert len(plots(api, incident)) == 3
    expect(rows(desk.page)).to_have_count(3)


def test_a_network_that_is_cut_for_a_minute_loses_nothing_of_either_side(
    api: Api, open_page: Open
) -> None:
    tank, incident = reported(api)
    mine, theirs = plotting(open_page, tank, incident), plotting(open_page, tank, incident)
    mine.expect(AWAY)
    circle(mine.page, -120, 0, 40)
    expect(rows(theirs.page)).to_have_count(1)
    began = time.monotonic()
    mine.page.context.set_offline(True)
    circle(mine.page, 0, 0, 40)
    circle(theirs.page, 120, 0, 40)
    circle(theirs.page, 0, 120, 40)
    expect(badge(mine.page)).to_have_class("plot-badge away")
    mine.page.wait_for_timeout(1000 * max(0.0, began + CUT_S - time.monotonic()))
    expect(rows(mine.page)).to_have_count(2)
    mine.page.context.set_offline(False)
    for page in (mine.page, theirs.page):
        expect(rows(page)).to_have_count(4)
        expect(badge(page)).to_have_class("plot-badge saved")
    assert len(plots(api, incident)) == 4


def test_tools_that_were_opened_while_the_server_was_away_come_with_it(
    api: Api, open_page: Open, server: Server
) -> None:
    tank, incident = reported(api)
    desk = open_page(tank.desk(incident=incident["id"]))
    desk.expect(AWAY)
    desk.expect("preload CSS|dynamically imported")
    page = desk.page
    tool = page.locator('om-drawer button[data-tool="plot"]')
    tool.wait_for()
    server.kill()
    tool.click()
    expect(page.locator("om-notices .error").first).to_be_visible()
    expect(page.locator("om-plot h2")).to_have_count(0)
    server.start()
    expect(page.locator("om-plot h2")).to_be_visible()
