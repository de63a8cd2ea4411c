"""What the models give a plan: moments, lines of doubt, reasons, working, chains and sheets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom
from tests.browser.witness import Witness

DRAWN_PIXELS = 500
HIDDEN = "enterprise,incident,park,tank,hazard_source,protection_target,resource,fire_water"
HASH = re.compile(r"[0-9a-f]{64}")
MOMENT = re.compile(r"\d\d:\d\d .*\d\d:\d\d:\d\d$")
RAW = re.compile(r"\b(mem \d+%|(model|input|release|substance|weather|hazard)\.[a-z_]+\b)|\{\w+\}")


def test_the_slider_moves_the_cloud_and_the_whole_course_brings_the_zones_back(
    api: Api, open_page: Open, darkroom: Darkroom
) -> None:
    incident = city.chlorine_release(api, "云团随时间")
    # Symbols find their places anew at every change: what is compared is the plan alone.
    desk = open_page(f"/desk?incident={incident['id']}&hide={HIDDEN}")
    page = desk.page
    slider, told = page.locator("om-timeline input"), page.locator("om-timeline output")
    expect(slider).to_have_value("0")
    whole = _settled(desk, darkroom)

    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("1")
    expect(told).to_have_text(MOMENT)
    expect(slider).to_have_attribute("aria-valuetext", told.inner_text())
    first = _until(desk, lambda shot: darkroom.changed(whole, shot) > DRAWN_PIXELS, "a moment")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    later = _until(
        desk, lambda shot: darkroom.changed(first, shot) > DRAWN_PIXELS, "another moment"
    )

    page.locator("om-timeline [name=whole]").click()
    expect(slider).to_have_value("0")
    expect(page.locator("om-timeline [name=whole]")).to_have_attribute("aria-pressed", "true")
    _until(
        desk,
        lambda shot: darkroom.changed(whole, shot) < darkroom.changed(later, shot),
        "the whole again",
    )


def test_playing_runs_to_the_last_moment_and_stays_there(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "播放云团")
    page = open_page(f"/desk?incident={incident['id']}").page
    slider, play = page.locator("om-timeline input"), page.locator("om-timeline [name=play]")
    last = slider.get_attribute("max")
    assert last is not None
    slider.fill(str(int(last) - 2))
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(slider).to_have_value(last)
    expect(play).to_have_attribute("aria-pressed", "false")


def test_the_zones_say_why_this_model_when_the_cloud_comes_and_how_the_wind_may_turn(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "选用理由")
    page = open_page(f"/desk?incident={incident['id']}").page
    expect(page.locator("om-legend .dotted")).to_be_visible()
    _tab(page, "zones")
    expect(page.locator("om-plan .reasons li").first).not_to_be_empty()
    expect(page.locator("om-plan .zone").last).to_contain_text("到达最远处")
    unchecked = page.locator("om-plan .unchecked")
    expect(unchecked).to_have_count(1)
    unchecked.locator("summary").click()
    expect(unchecked.locator("li").first).to_contain_text("凭记忆")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_tab_of_a_plan_shows_a_code_instead_of_words(
    api: Api, open_page: Open, lang: str
) -> None:
    incident = city.chlorine_release(api, f"文字 {lang}")
    page = open_page(f"/desk?incident={incident['id']}&lang={lang}", lang=lang).page
    for name in ("situation", "zones", "people", "forces", "sources"):
        _tab(page, name)
        raw = RAW.search(page.locator("om-plan").inner_text())
        assert raw is None, f"{name}: {raw}"


def test_the_sources_hold_every_step_with_its_equation(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "计算过程")
    page = open_page(f"/desk?incident={incident['id']}").page
    _tab(page, "sources")
    page.locator("om-plan .model summary").first.click()
    working = page.locator("om-plan .model[open] .working")
    expect(working.locator("dt small").first).to_contain_text("=")
    expect(working.locator("dd").first).to_have_text(re.compile(r"\d"))


def test_a_sheet_is_printed_with_its_hash_kept_and_signed_as_prepared(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "计算书签署")
    desk = open_page(f"/desk?incident={incident['id']}")
    page = desk.page
    _tab(page, "sources")
    printed = page.locator("om-plan a.button", has_text="查看与打印").get_attribute("href")
    assert printed is not None
    sheet = open_page(printed).page
    expect(sheet.locator("body")).to_contain_text(HASH)

    page.locator("om-plan [name=keep-sheet]").click()
    expect(page.locator("om-plan .hash")).to_contain_text(HASH)
    page.locator("om-plan [name=sign-sheet]", has_text="编制").click()
    expect(page.locator("om-plan .signatures li")).to_contain_text("编制")
    sign = page.locator("om-plan [name=sign-sheet]", has_text="校核")
    expect(sign).to_be_visible()
    desk.expect("409")
    sign.click()
    expect(page.locator(".notice.error")).to_be_visible()
    expect(page.locator("om-plan .signatures li")).to_have_count(1)


def test_a_calm_clear_night_is_answered_with_circles(api: Api, open_page: Open) -> None:
    night = dt.datetime(2026, 1, 14, 18, tzinfo=dt.UTC)
    incident = city.chlorine_release(
        api, "静风晴夜", occurred_at=night.isoformat(),
        weather={"wind_speed_m_s": 0, "cloud_tenths": 0},
    )  # fmt: skip
    zones = _plan(api, incident)["zones"]["features"]
    modelled = [zone["properties"] for zone in zones if zone["properties"]["basis"] == "model"]
    assert modelled
    assert {zone["shape"] for zone in modelled} == {"circle"}
    page = open_page(f"/desk?incident={incident['id']}").page
    _tab(page, "zones")
    expect(page.locator("om-plan .zone").last).to_contain_text("按整圆")


@pytest.mark.parametrize("kind", ["fireball", "explosion"])
def test_heat_and_blast_list_what_they_may_set_off_or_say_that_nothing_is_near(
    api: Api, open_page: Open, kind: str
) -> None:
    sphere = city.lpg_sphere(api)
    body = {
        "kind": kind, "title": f"球罐 {kind}", "lon": sphere.lon, "lat": sphere.lat,
        "substance": sphere.properties["substance"], "hazard_source_id": sphere.id,
        "weather": {"wind_speed_m_s": 2, "wind_from_deg": 90}, "release": {"leak": "rupture"},
    }  # fmt: skip
    incident = api("POST", "/incidents", data=body)
    chain = api("POST", f"/incidents/{incident['id']}/assessments", data={})["domino"]
    page = open_page(f"/desk?incident={incident['id']}").page
    expect(page.locator("om-timeline input")).to_have_count(0)
    _tab(page, "people")
    section = page.locator("om-plan .domino")
    if chain["count"] == 0:
        expect(section.locator(".hint")).not_to_be_empty()
    else:
        expect(section.locator("li")).to_have_count(len(chain["units"]))


def test_a_plan_is_computed_again_with_the_swing_of_the_wind_and_another_model(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "换模型重算")
    page = open_page(f"/desk?incident={incident['id']}").page
    page.locator("om-plan [name=rerun]").click()
    page.locator("om-rerun [name=wind_swing]").fill("10")
    page.locator("om-rerun [name=engine]").select_option("gaussian_plume")
    page.locator("om-rerun button.primary").click()
    expect(page.locator("om-rerun")).to_have_count(0)
    plan = _plan(api, incident)
    entered = {entry["field"]: entry["value"] for entry in plan["assumed"]}
    assert entered["weather.wind_from_uncertainty_deg"] == 10
    assert "gaussian_plume" in {model["name"] for model in plan["models"]}


def test_a_flood_is_reported_with_how_far_the_water_rises(api: Api, open_page: Open) -> None:
    page = open_page("/desk?lon=123.42&lat=30.95&zoom=15").page
    page.locator("om-topbar button.primary").click()
    page.locator("#map").click()
    page.locator("om-report [name=kind]").select_option("flood")
    expect(page.locator("om-report [name=substance]")).to_have_count(0)
    page.locator("om-report [name=rise_m]").fill("2.5")
    page.locator("om-report [name=title]").fill("漫堤")
    page.locator("om-report button[name=send]").click()
    expect(page.locator("om-plan .plan-head h2")).to_contain_text("漫堤")
    expect(page.locator("om-plan .plan-tabs").first).to_be_visible()
    (incident,) = [
        one for one in api("GET", "/incidents")["incidents"] if one["title"] == "漫堤"
    ]  # fmt: skip
    assert incident["release"] == {"rise_m": 2.5}


def test_the_wall_shows_the_lines_of_doubt_and_asks_for_no_mouse(api: Api, open_page: Open) -> None:
    city.chlorine_release(api, "大屏研判")
    page = open_page("/hall", viewport={"width": 1920, "height": 1080}).page
    expect(page.locator("om-hall-head .case")).to_contain_text("大屏研判")
    expect(page.locator("om-legend .dotted")).to_be_visible()
    expect(page.locator("om-timeline")).to_have_count(0)
    expect(page.locator("button:visible, input:visible")).to_have_count(0)


@pytest.fixture(autouse=True)
def _closed_afterwards(api: Api) -> Any:
    """Close what a test reported: other tests look at what is open."""
    before = {one["id"] for one in api("GET", "/incidents")["incidents"]}
    yield
    for one in api("GET", "/incidents")["incidents"]:
        if one["id"] not in before:
            path = f"/incidents/{one['id']}"
            version = f'"{one["version"]}"'
            api("PATCH", path, data={"status": "closed"}, headers={"If-Match": version})


def _tab(page: Page, name: str) -> None:
    page.locator(f"om-plan .plan-tabs [name={name}]").click()


def _plan(api: Api, incident: dict[str, Any]) -> dict[str, Any]:
    plans = api("GET", f"/incidents/{incident['id']}/assessments?limit=1")["assessments"]
    return dict(plans[0])


def _settled(desk: Witness, darkroom: Darkroom) -> bytes:
    """Return a picture of the map once it no longer changes."""
    shots = [desk.page.locator("#map").screenshot()]

    def still(shot: bytes) -> bool:
        shots.append(shot)
        desk.page.wait_for_timeout(600)
        return darkroom.changed(*shots[-2:]) < DRAWN_PIXELS

    return _until(desk, still, "the map at rest")


def _until(desk: Witness, holds: Callable[[bytes], bool], what: str) -> bytes:
    """Wait until the picture of the map is as wanted, and return it."""
    frame = desk.page.locator("#map")

    def shot() -> bytes | None:
        now = frame.screenshot()
        return now if holds(now) else None

    return bytes(desk.until(shot, what, within_s=60))
