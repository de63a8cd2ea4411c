"""The wall: driven from a desk, legible from four metres, true again after whatever cut it off."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.wall import HD, WIDE, drive, is_legible, resting

REFUSED = r"ERR_(FAILED|CONNECTION_REFUSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED|CONNECTION_RESET)"
OFFLINE = r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_SOCKET_NOT_CONNECTED|" + REFUSED
DRAWN = "performance.getEntriesByName('onemap-map-drawn').length > 0"


@pytest.fixture(autouse=True)
def at_rest(api: Api) -> Iterator[None]:
    """Begin and end with no incident open, and with walls that follow by themselves."""
    yield from resting(api)


def _live(page: Page) -> None:
    feed = page.locator('om-hall-feeds [data-feed="stream"]')
    expect(feed).to_be_visible()
    expect(feed).not_to_have_class(re.compile("stale"))


def test_a_wall_at_rest_shows_grades_ranking_and_what_changed_and_all_of_it_is_legible(
    open_page: Open, api: Api
) -> None:
    page = open_page("/hall?kiosk=1", viewport=HD).page
    expect(page.locator("om-hall-grades .rings li")).to_have_count(5)
    expect(page.locator("om-hall-grades .huge")).to_have_text(
        f"{city.layer_count(api, 'hazard_source'):,}"
    )
    chart = page.locator(".strip om-bar-chart")
    expect(chart.locator("canvas")).to_be_visible()
    assert chart.locator("tr").count() >= 2
    expect(page.locator(".last om-hall-changed li").first).to_be_visible()
    _live(page)
    is_legible(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.wall')).cursor") == "none"


def test_an_incident_that_is_opened_takes_the_screen_with_its_rings_and_its_clock(
    open_page: Open, api: Api
) -> None:
    page = open_page("/hall?kiosk=1", viewport=HD).page
    expect(page.locator("om-hall-grades h2")).to_be_visible()
    incident = city.chlorine_release(api, "大屏接管", accident_grade="2")
    expect(page.locator("om-hall-head .case .title")).to_have_text("大屏接管")
    expect(page.locator("om-hall-head .case .level")).to_have_text("Ⅱ")
    expect(page.locator("om-hall-people .rings li").first).to_be_visible()
    expect(page.locator(".strip om-hall-ticker")).to_contain_text(incident["title"])
    expect(page.locator(".first om-hall-assumed h2")).to_be_visible()
    expect(page.locator("om-hall-grades h2")).to_have_count(0)
    is_legible(page)


def test_what_a_desk_shows_is_on_the_wall_within_a_second_or_so_with_who_shows_it(
    open_page: Open, api: Api
) -> None:
    wall = open_page("/hall?kiosk=1&wall=east", viewport=HD).page
    expect(wall.locator("om-hall-feeds .driver")).to_have_text("自动跟随")
    spot = city.chlorine_tank(api)
    desk = open_page(spot.desk(), viewport=HD).page
    desk.locator("om-wall-button button").click()
    driver = desk.locator(".wall-driver")
    driver.locator("[name=wall]").fill("east")
    driver.locator("[name=wall]").press("Tab")
    driver.locator("[name=highlight]").check()
    driver.locator("[name=text]").fill("集结点 <b>")
    driver.locator("[name=show-view]").click()
    expect(wall.locator(".highlight-ring b")).to_have_text("集结点 <b>", timeout=5000)
    expect(wall.locator("om-hall-feeds .driver")).to_contain_text("投屏")
    expect(driver.locator(".shown")).to_contain_text("投放")
    driver.locator("[name=follow]").click()
    expect(wall.locator(".highlight-ring")).to_have_count(0)
    expect(wall.locator("om-hall-feeds .driver")).to_have_text("自动跟随")


def test_an_incident_opened_later_takes_the_screen_from_what_the_desk_showed(
    open_page: Open, api: Api
) -> None:
    drive(api, "main", view={"lon": 123.4, "lat": 30.9, "zoom": 13})
    page = open_page("/hall?kiosk=1", viewport=HD).page
    expect(page.locator("om-hall-feeds .driver")).to_contain_text("投屏")
    city.chlorine_release(api, "后来的事件")
    expect(page.locator("om-hall-head .case .title")).to_have_text("后来的事件")
    expect(page.locator("om-hall-feeds .driver")).to_have_text("自动跟随")


def test_views_are_kept_at_the_desk_and_play_on_the_wall_in_turn(open_page: Open, api: Api) -> None:
    desk = open_page("/desk?lon=123.42&lat=30.95&zoom=12", viewport=HD).page
    desk.locator("om-wall-button button").click()
    driver = desk.locator(".wall-driver")
    names = ("港区 <img src=x onerror=alert(1)>", "老城“全景”🚒")
    for name in names:
        driver.locator(".view-new [name=name]").fill(name)
        driver.locator("[name=save-view]").click()
        expect(driver.locator(".views .name", has_text=name)).to_be_visible()
        driver.locator(".views button.row", has_text=name).click()
        driver.locator("[name=view-add]").click()
    expect(driver.locator(".playlist li")).to_have_count(2)
    driver.locator("[name=seconds]").fill("5")
    driver.locator("[name=seconds]").press("Tab")
    driver.locator("[name=play-list]").click()
    expect(driver.locator(".shown")).to_contain_text("投放")
    shown = api("GET", "/walls/main")
    assert [view["name"] for view in shown["views"]] == list(names)
    assert shown["seconds"] == 5
    wall = open_page("/hall?kiosk=1", viewport=HD).page
    expect(wall.locator("om-hall-feeds .driver")).to_contain_text("投屏")


def test_several_incidents_stand_side_by_side_and_the_desk_says_which_is_on_the_map(
    open_page: Open, api: Api
) -> None:
    first = city.chlorine_release(api, "事件甲 " + "长标题" * 20, accident_grade="1")
    for title in ("事件乙", "事件丙"):
        city.chlorine_release(api, title)
    page = open_page("/hall?kiosk=1", viewport=HD).page
    tiles = page.locator("om-hall-tiles .tile")
    expect(tiles).to_have_count(3)
    drive(api, "main", incident=first["id"])
    expect(page.locator("om-hall-tiles .tile[aria-current=true]")).to_contain_text("事件甲")
    expect(page.locator("om-hall-head .case .title")).to_contain_text("事件甲")
    is_legible(page)


def test_an_exercise_is_marked_all_round_and_never_takes_the_screen_from_a_real_incident(
    open_page: Open, api: Api
) -> None:
    page = open_page("/hall?kiosk=1", viewport=HD).page
    city.chlorine_release(api, "年度演练", exercise=True)
    expect(page.locator("om-hall-head .exercise-word")).to_have_text("演练")
    expect(page.locator("body")).to_have_class(re.compile("exercise"))
    is_legible(page)
    city.chlorine_release(api, "真实事件")
    expect(page.locator("om-hall-head .case .title")).to_have_text("真实事件")
    expect(page.locator("body")).not_to_have_class(re.compile("exercise"))
    city.chlorine_release(api, "又一场演练", exercise=True)
    expect(page.locator("om-hall-tiles .tile")).to_have_count(3)
    expect(page.locator("om-hall-head .case .title")).to_have_text("真实事件")


def test_at_32_to_9_the_sides_double_a_second_map_joins_and_nothing_overlaps(
    open_page: Open, api: Api
) -> None:
    city.chlorine_release(api, "宽屏事件", accident_grade="3")
    page = open_page("/hall?kiosk=1", viewport=WIDE).page
    expect(page.locator("om-hall-people .rings li").first).to_be_visible()
    expect(page.locator("om-hall-second h2")).to_have_text("周边态势")
    expect(page.locator(".second-map canvas")).to_be_visible()
    expect(page.locator(".wall > .wide")).to_have_count(2)
    expect(page.locator(".wall > .more om-hall-advice li").first).to_be_visible()
    is_legible(page)
    other = city.chlorine_release(api, "另一起")
    drive(api, "main", second={"show": "incident", "incident": other["id"]})
    expect(page.locator("om-hall-second h2")).to_contain_text("另一起")


def test_a_killed_server_turns_the_wall_red_and_all_is_true_again_without_a_reload(
    api: Api, open_page: Open, server: Server
) -> None:
    witness = open_page("/hall?kiosk=1", viewport=HD)
    page = witness.page
    _live(page)
    witness.until(lambda: page.evaluate(DRAWN), "the map is drawn")
    witness.expect(OFFLINE)
    witness.expect("50[0-9]")
    server.kill()
    expect(page.locator('om-hall-feeds [data-feed="stream"]')).to_have_class(re.compile("stale"))
    server.start()
    city.chlorine_release(api, "断电期间的事件")
    drive(api, "main", highlight={"lon": 123.4, "lat": 30.9, "text": "重连后"})
    expect(page.locator("om-hall-head .case .title")).to_have_text("断电期间的事件", timeout=60_000)
    expect(page.locator(".highlight-ring b")).to_have_text("重连后", timeout=30_000)
    _live(page)
    assert witness.loads == 1


def test_a_network_that_was_away_for_a_minute_leaves_nothing_untrue_on_the_wall(
    api: Api, open_page: Open
) -> None:
    witness = open_page("about:blank", viewport=HD)
    page = witness.page
    witness.expect(OFFLINE)
    page.clock.install(time=dt.datetime.now(dt.UTC))
    page.goto(f"{witness.address}/hall?kiosk=1")
    _live(page)
    page.context.set_offline(True)
    incident = city.chlorine_release(api, "断网期间的事件")
    page.clock.fast_forward(60_000)
    expect(page.locator('om-hall-feeds [data-feed="stream"]')).to_have_class(re.compile("stale"))
    expect(page.locator("body")).to_have_class(re.compile("stale"))
    page.context.set_offline(False)
    page.clock.run_for(60_000)
    expect(page.locator("om-hall-head .case .title")).to_have_text(
        incident["title"], timeout=60_000
    )
    expect(page.locator("om-hall-people .rings li").first).to_be_visible()
    _live(page)


def test_a_new_version_of_the_page_is_loaded_by_the_wall_itself(open_page: Open) -> None:
    witness = open_page("about:blank", viewport=HD)
    page = witness.page
    builds = iter(['"old"'])
    page.route(
        "**/hall",
        lambda route: (
            route.fulfill(status=200, headers={"ETag": next(builds, '"new"')})
            if route.request.method == "HEAD"
            else route.continue_()
        ),
    )
    page.clock.install(time=dt.datetime.now(dt.UTC))
    page.goto(f"{witness.address}/hall?kiosk=1&wall=west")
    _live(page)
    before = witness.loads
    page.clock.run_for(301_000)
    witness.until(lambda: witness.loads > before, "the page loaded again")
    assert page.url.endswith("/hall?kiosk=1&wall=west")


def test_a_screen_comes_in_by_the_key_of_its_wall_and_is_told_when_it_opens_nothing(
    open_page: Open, api: Api
) -> None:
    made = api("POST", "/walls/east/keys", data={"title": "东厅"})
    screen = open_page(made["page"], viewport=HD)
    page = screen.page
    expect(page.locator("om-hall-grades .rings li")).to_have_count(5)
    assert page.evaluate("fetch('/api/v1/session').then((r) => r.json()).then((s) => s.wall)") == (
        "east"
    )
    _live(page)
    is_legible(page)
    screen.expect("401")  # its stream ends with the key
    api("DELETE", f"/walls/east/keys/{made['id']}")
    refused = open_page("about:blank", viewport=HD)
    refused.expect("401")
    refused.page.goto(refused.address + made["page"])
    expect(refused.page.locator("om-notices")).to_contain_text("大屏密钥无效")


def test_a_key_is_made_and_taken_back_at_the_desk(open_page: Open, api: Api) -> None:
    desk = open_page("/desk", viewport=HD).page
    desk.locator("om-wall-button button").click()
    keys = desk.locator(".wall-driver .keys")
    keys.locator("summary").click()
    keys.locator("[name=title]").fill("西厅 <b>")
    keys.locator("[name=make-key]").click()
    expect(keys.locator("[name=key-page]")).to_have_value(
        re.compile(r"/hall\?kiosk=1&wall=main#key=[\w-]{43}$")
    )
    expect(keys.locator("li .name")).to_contain_text(["西厅 <b>"])
    keys.locator("[name=take-back]").click()
    expect(keys.locator("li")).to_have_count(0)
    assert api("GET", "/walls/main/keys")["keys"][0]["revoked_by"] == "demo"


def test_a_wall_that_is_sent_into_the_past_says_so_and_comes_back_when_something_is_new(
    open_page: Open, api: Api
) -> None:
    incident = city.chlorine_release(api, "当时的名字")
    then = dt.datetime.now(dt.UTC).isoformat()
    version = api("GET", f"/incidents/{incident['id']}")["version"]
    api("PATCH", f"/incidents/{incident['id']}", data={"title": "现在的名字"},
        headers={"If-Match": f'"{version}"'})  # fmt: skip
    page = open_page("/hall?kiosk=1", viewport=HD).page
    title = page.locator("om-hall-head .case .title")
    expect(title).to_have_text("现在的名字")
    drive(api, "main", incident=incident["id"], at=then, speed=0)
    expect(title).to_have_text("当时的名字")
    expect(page.locator("om-hall-head .looking-back")).to_have_text("回放")
    is_legible(page)
    city.chlorine_release(api, "新来的事件")
    expect(title).to_have_text("新来的事件")
    expect(page.locator("om-hall-head .looking-back")).to_have_count(0)


def test_two_runs_are_compared_on_two_maps_and_closed_there(open_page: Open, api: Api) -> None:
    incident = city.chlorine_release(api, "两个方案")
    run = {"what_if": True, "label": "东风", "weather": {"wind_from_deg": 90}}
    api("POST", f"/incidents/{incident['id']}/assessments", data=run)
    page = open_page(f"/desk?incident={incident['id']}", viewport=HD).page
    page.locator("om-plan [role=tab][name=compare]").click()
    for side, index in (("a", 1), ("b", 2)):
        page.locator(f"om-compare [name=run-{side}]").select_option(index=index)
    page.locator("om-compare [name=twin-plans]").click()
    labels = page.locator(".twin section strong")
    expect(labels).to_have_count(2)
    expect(labels.first).to_contain_text("东风")
    expect(page.locator(".twin canvas").first).to_be_visible()
    page.locator("[name=twin-close]").click()
    expect(page.locator(".twin")).to_be_hidden()


def test_a_wall_speaks_english_too(open_page: Open, api: Api) -> None:
    city.chlorine_release(api, "Release at <script>alert(1)</script> “dock” 🚒")
    page = open_page("/hall?kiosk=1&lang=en", lang="en", viewport=HD).page
    expect(page.locator("om-hall-head .case .title")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("om-hall-feeds .driver")).to_have_text("follows by itself")
    expect(page.locator("om-hall-people .rings li").first).to_be_visible()
    is_legible(page)
