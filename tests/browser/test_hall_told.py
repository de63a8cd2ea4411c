"""What a wall tells by itself: what speaks against a plan, what is due, each view in its turn."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import city
from tests.browser.axe import serious
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.wall import HD, WIDE, drive, is_legible, resting


@pytest.fixture(autouse=True)
def at_rest(api: Api) -> Iterator[None]:
    """Begin and end with no incident open, and with walls that follow by themselves."""
    yield from resting(api)


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
    is_legible(page)
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
    is_legible(page)
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
    drive(api, "main", playlist=made, seconds=5)
    page = open_page("/hall?kiosk=1", viewport=HD).page
    ring = page.locator("#map .highlight-ring b")
    title = page.locator("om-hall-head .case .title")
    back = page.locator("om-hall-head .looking-back")
    for word, name, looks_back in (("乙", "当时叫这个", 1), ("甲", "现在叫这个", 0),
                                   ("乙", "当时叫这个", 1)):  # fmt: skip
        expect(ring).to_have_text(word)
        expect(title).to_have_text(name)
        expect(back).to_have_count(looks_back)
