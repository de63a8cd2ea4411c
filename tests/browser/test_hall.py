"""The wall: driven from a desk, legible from four metres, true again after whatever cut it off."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.axe import serious
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.server import Server

HD = {"width": 1920, "height": 1080}
WIDE = {"width": 3840, "height": 1080}
REFUSED = r"ERR_(FAILED|CONNECTION_REFUSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED|CONNECTION_RESET)"
OFFLINE = r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_SOCKET_NOT_CONNECTED|" + REFUSED
SMALLEST_PX = 24
DRAWN = "performance.getEntriesByName('onemap-map-drawn').length > 0"
CONTRAST = 7

LEGIBLE = """([smallest, contrast]) => {
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 1) > 0.9) return colour;
    }
    return [11, 18, 32];
  };
  const faults = [];
  for (const element of document.querySelectorAll("body *")) {
    const said = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
      .map((node) => node.textContent.trim()).join(" ");
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const map = element.closest(".leaflet-pane, .spoken");
    if (box.width === 0 || box.height === 0 || style.visibility === "hidden" || map) continue;
    const cuts = ["hidden", "clip", "auto", "scroll"].includes(style.overflowY);
    // A title of two hundred letters ends in dots: it is written by whoever reported it.
    const names = ".case .title, .tile h3 span";
    if (cuts && !element.matches(`.map-frame, #map, .second-map, om-bar-chart *, ${names}`)
        && (element.scrollHeight > element.clientHeight + 1
            || element.scrollWidth > element.clientWidth + 1))
      faults.push(`cut: ${element.tagName}.${element.className}: ${element.textContent.trim()}`);
    if (!said) continue;
    if (parseFloat(style.fontSize) < smallest)
      faults.push(`${style.fontSize}: ${said}`);
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      faults.push(`outside the wall: ${said}`);
    const [text, ground] = [light(numbers(style.color)), light(behind(element))];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    const badge = element.closest(".level, .task-state, .action");
    if (ratio < contrast && !badge) faults.push(`contrast ${ratio.toFixed(1)}: ${said}`);
  }
  return faults;
}"""
OVERLAPS = """() => {
  const parts = [...document.querySelectorAll(
    ".wall > *, om-hall-head, om-hall-tiles, om-hall-feeds")]
    .map((part) => [part.className || part.tagName, part.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.height > 0);
  const faults = [];
  parts.forEach(([name, a], index) => parts.slice(index + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 1) faults.push(`${name} lies over ${other}`);
  }));
  return faults;
}"""


@pytest.fixture(autouse=True)
def at_rest(api: Api) -> Iterator[None]:
    """Begin and end with no incident open, and with walls that follow by themselves."""
    _close_all(api)
    yield
    _close_all(api)
    for wall in api("GET", "/walls")["walls"]:
        _drive(api, wall["name"], playlist=[], view=None, incident=None, highlight=None,
               layers=None, second=None, at=None, speed=0)  # fmt: skip


def _close_all(api: Api) -> None:
    for incident in api("GET", "/incidents")["incidents"]:
        if incident["status"] != "closed":
            api("PATCH", f"/incidents/{incident['id']}", data={"status": "closed"},
                headers={"If-Match": f'"{incident["version"]}"'})  # fmt: skip


def _drive(api: Api, name: str, **shown: Any) -> Any:
    version = api("GET", f"/walls/{name}")["version"]
    return api("PUT", f"/walls/{name}", data=shown, headers={"If-Match": f'"{version}"'})


def _is_legible(page: Page) -> None:
    """Hold that all can be read; columns are fitted a moment after what they hold has come."""
    for pause_s in (0.2, 0.5, 1.0, 2.0, 4.0, 0.0):
        faults = page.evaluate(LEGIBLE, [SMALLEST_PX, CONTRAST]) + page.evaluate(OVERLAPS)
        if not faults:
            return
        time.sleep(pause_s)
    assert faults == []


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
    _is_legible(page)
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
    _is_legible(page)


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
    _drive(api, "main", view={"lon": 123.4, "lat": 30.9, "zoom": 13})
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
    _drive(api, "main", incident=first["id"])
    expect(page.locator("om-hall-tiles .tile[aria-current=true]")).to_contain_text("事件甲")
    expect(page.locator("om-hall-head .case .title")).to_contain_text("事件甲")
    _is_legible(page)


def test_an_exercise_is_marked_all_round_and_never_takes_the_screen_from_a_real_incident(
    open_page: Open, api: Api
) -> None:
    page = open_page("/hall?kiosk=1", viewport=HD).page
    city.chlorine_release(api, "年度演练", exercise=True)
    expect(page.locator("om-hall-head .exercise-word")).to_have_text("演练")
    expect(page.locator("body")).to_have_class(re.compile("exercise"))
    _is_legible(page)
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
    _is_legible(page)
    other = city.chlorine_release(api, "另一起")
    _drive(api, "main", second={"show": "incident", "incident": other["id"]})
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
    _drive(api, "main", highlight={"lon": 123.4, "lat": 30.9, "text": "重连后"})
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
    page = open_page(made["page"], viewport=HD).page
    expect(page.locator("om-hall-grades .rings li")).to_have_count(5)
    assert page.evaluate("fetch('/api/v1/session').then((r) => r.json()).then((s) => s.wall)") == (
        "east"
    )
    _live(page)
    _is_legible(page)
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
    _drive(api, "main", incident=incident["id"], at=then, speed=0)
    expect(title).to_have_text("当时的名字")
    expect(page.locator("om-hall-head .looking-back")).to_have_text("回放")
    _is_legible(page)
    city.chlorine_release(api, "新来的事件")
    expect(title).to_have_text("新来的事件")
    expect(page.locator("om-hall-head .looking-back")).to_have_count(0)


def test_a_reading_outside_its_zone_and_the_next_report_are_told_with_who_is_at_risk_where(
    open_page: Open, api: Api
) -> None:
    page = open_page("/hall?kiosk=1", viewport=HD).page
    incident = city.chlorine_release(api, "告警事件", accident_grade="2")
    alarms = page.locator("om-hall-alarms")
    expect(alarms.locator(".due time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(alarms.locator(".alarms li")).to_have_count(0)
    api(
        "POST", "/observations",
        data={"kind": "reading", "quantity": "concentration", "value": 35, "unit": "ppm",
              "lon": incident["lon"] + 0.005, "lat": incident["lat"] + 0.012,
              "at": dt.datetime.now(dt.UTC).isoformat(), "incident": incident["id"]},
    )  # fmt: skip
    told = alarms.locator(".alarm-proposal")
    expect(told).to_contain_text("分区外测得 35 ppm")
    expect(told.locator(".sign")).to_be_visible()
    chart = page.locator(".strip om-hall-at-risk om-bar-chart")
    expect(chart.locator("canvas")).to_be_visible()
    people = chart.locator("tr td:last-child").all_inner_texts()
    assert people and all(re.search(r"\d", one) for one in people), people
    _is_legible(page)
    assert serious(page, "body") == []


@pytest.mark.parametrize("viewport", [HD, WIDE], ids=["16-9", "32-9"])
def test_three_graded_incidents_in_english_are_legible_and_axe_finds_nothing_serious(
    open_page: Open, api: Api, viewport: dict[str, int]
) -> None:
    for title, grade in (("Chlorine release at the northern tank farm", "1"), ("Fire", "2"),
                         ("Release beside the water works", "4")):  # fmt: skip
        city.chlorine_release(api, title, accident_grade=grade, response_level=grade)
    page = open_page("/hall?kiosk=1&lang=en", lang="en", viewport=viewport).page
    expect(page.locator("om-hall-tiles .tile .level")).to_have_text(["Ⅳ", "Ⅱ", "Ⅰ"])
    expect(page.locator("om-hall-head .case .title")).to_be_visible()
    expect(page.locator("om-hall-people .rings li").first).to_be_visible()
    _is_legible(page)
    assert serious(page, "body") == []


def test_a_playlist_goes_round_with_what_each_view_brings_out_and_the_time_it_was_kept_with(
    open_page: Open, api: Api
) -> None:
    incident = city.chlorine_release(api, "当时叫这个")
    then = dt.datetime.now(dt.UTC).isoformat()
    version = api("GET", f"/incidents/{incident['id']}")["version"]
    api("PATCH", f"/incidents/{incident['id']}", data={"title": "现在叫这个"},
        headers={"If-Match": f'"{version}"'})  # fmt: skip
    place = {"lon": incident["lon"], "lat": incident["lat"]}
    made = [
        api("POST", "/views", data={**place, "zoom": 13, "name": word, "shared": True,
            "incident": incident["id"], "at": at, "highlight": {**place, "text": word}})["id"]
        for word, at in (("甲", None), ("乙", then))
    ]  # fmt: skip
    _drive(api, "main", playlist=made, seconds=5)
    page = open_page("/hall?kiosk=1", viewport=HD).page
    ring = page.locator("#map .highlight-ring b")
    title = page.locator("om-hall-head .case .title")
    back = page.locator("om-hall-head .looking-back")
    for word, name, looks_back in (("乙", "当时叫这个", 1), ("甲", "现在叫这个", 0),
                                   ("乙", "当时叫这个", 1)):  # fmt: skip
        expect(ring).to_have_text(word)
        expect(title).to_have_text(name)
        expect(back).to_have_count(looks_back)


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
    _is_legible(page)
