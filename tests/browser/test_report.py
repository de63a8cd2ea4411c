"""From the call to the plan, on the desk and on the wall."""

from __future__ import annotations

import math
import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect
from shapely.geometry import shape

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom
from tests.browser.witness import Witness

MINUTES = re.compile(r"\d min")
TURNED_PIXELS = 5_000


def test_a_press_on_a_tank_becomes_a_plan_on_the_desk_and_on_the_wall(
    api: Api, open_page: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    wall = open_page("/hall")
    tank = city.chlorine_tank(api)
    desk = open_page(tank.desk())
    page = desk.page
    _take_report(desk, tank, title="氯气泄漏一号")
    school = shape(city.targets_around(api, tank)[0]["geometry"]).centroid
    away = _towards(tank.lon, tank.lat, school.x, school.y)
    page.locator("om-report [name=wind_speed]").fill("3")
    page.locator("om-report [name=wind_from]").fill(f"{(away + 180) % 360:.0f}")

    pressed = time.monotonic()
    page.locator("om-report button[name=send]").click()
    expect(page.locator("om-plan .headline")).to_be_visible()
    with capsys.disabled():
        print(f"\nfrom the press to the plan: {(time.monotonic() - pressed) * 1000:.0f} ms")

    # Before others that are open have their turn.
    expect(wall.page.locator("om-hall-head .case")).to_contain_text("氯气泄漏一号")
    expect(page.locator("om-plan .plan-head h2")).to_contain_text("氯气泄漏一号")
    expect(page.locator("om-legend li .level.red")).to_be_visible()
    expect(page.locator("om-plan .advice li").first).not_to_be_empty()
    # Nobody is ordered yet: how long each would take, and when it would be there if it left now.
    expect(page.locator("om-plan .arrivals .countdown").first).to_have_text(MINUTES)
    _tab(desk, "zones")
    expect(page.locator("om-plan .zone .reach").first).to_have_text(re.compile(r"\d.* k?m$"))
    _tab(desk, "people")
    expect(page.locator("om-plan .targets li").first).to_contain_text("约")
    _tab(desk, "forces")
    expect(page.locator("om-plan .arrivals li").first).to_contain_text("现在出发")
    _tab(desk, "calls")
    expect(page.locator("om-plan .calls li").first).to_be_visible()
    _tab(desk, "sources")
    expect(page.locator("om-plan .inputs .tag.assumed").first).to_be_visible()
    expect(page.locator("om-plan .inputs .tag.reported").first).to_be_visible()

    expect(wall.page.locator("om-hall-people .huge")).to_have_text(re.compile(r"\d"))
    expect(wall.page.locator("om-hall-forces .arriving time").first).to_have_text(MINUTES)
    expect(wall.page.locator("om-hall-people .rings .level.red").first).to_be_visible()
    expect(wall.page.locator("om-legend small").first).to_be_visible()
    assert wall.loads == 1, "the wall was loaded again"


def test_another_wind_turns_the_zones_and_the_old_plan_stays(
    api: Api, open_page: Open, darkroom: Darkroom
) -> None:
    incident = city.chlorine_release(api, "换风重算")
    desk = open_page(f"/desk?incident={incident['id']}")
    page = desk.page
    expect(page.locator("om-plan .headline")).to_be_visible()
    (first,) = _plans(api, incident)
    assert _turn(_bearing(first, incident), 180) < 15, "a wind from the north blows to the south"
    before = page.locator("#map").screenshot()

    page.locator("om-plan button[name=rerun]").click()
    page.locator("om-plan .rerun [name=wind_speed]").fill("3")
    page.locator("om-plan .rerun [name=wind_from]").fill("270")
    page.locator("om-plan .rerun button.primary").click()
    expect(page.locator("om-plan .rerun")).to_have_count(0)

    second, old = _plans(api, incident)
    assert old["id"] == first["id"]
    assert old["zones"] == first["zones"]
    assert _turn(_bearing(second, incident), 90) < 15, "a wind from the west blows to the east"
    desk.until(
        lambda: darkroom.changed(before, page.locator("#map").screenshot()) > TURNED_PIXELS,
        "the zones drawn anew",
    )


def test_a_place_and_a_kind_alone_are_a_complete_report(open_page: Open) -> None:
    desk = open_page("/desk?lon=123.42&lat=30.95&zoom=15")
    page = desk.page
    page.locator("om-topbar button.primary").click()
    expect(page.locator("om-report button[name=send]")).to_be_disabled()
    page.locator("#map").click()
    page.locator("om-report [name=title]").fill("只知地点")
    page.locator("om-report [name=substance]").fill("")
    page.locator("om-report button[name=send]").click()
    expect(page.locator("om-plan .plan-head h2")).to_contain_text("只知地点")
    expect(page.locator("om-plan .advice li").first).to_be_visible()
    expect(page.locator("om-plan .missing li").first).to_be_visible()


def _take_report(desk: Witness, tank: city.Spot, *, title: str) -> None:
    page = desk.page
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    page.locator("om-topbar button.primary").click()
    page.locator("#map").click()
    choice = page.locator("om-report .choices button", has_text=tank.name)
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(page.locator("om-report [name=substance]")).to_have_value("氯")
    page.locator("om-report [name=kind]").select_option("toxic_release")
    page.locator("om-report button[name=large]").click()
    page.locator("om-report [name=title]").fill(title)


def _tab(desk: Witness, name: str) -> None:
    desk.page.locator(f"om-plan .plan-tabs [name={name}]").click()


def _plans(api: Api, incident: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/incidents/{incident['id']}/assessments"
    plans: list[dict[str, Any]] = api("GET", path)["assessments"]
    return plans


def _bearing(plan: dict[str, Any], incident: dict[str, Any]) -> float:
    """Return the compass bearing from the incident to the middle of the farthest modelled zone."""
    modelled = [
        zone for zone in plan["zones"]["features"]
        if zone["properties"]["basis"] == "model" and zone["properties"]["shape"] != "circle"
    ]  # fmt: skip
    zone = max(modelled, key=lambda zone: float(zone["properties"]["distance_m"]))
    middle = shape(zone["geometry"]).centroid
    return _towards(incident["lon"], incident["lat"], middle.x, middle.y)


def _towards(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    east = (to_lon - lon) * math.cos(math.radians(lat))
    return math.degrees(math.atan2(east, to_lat - lat)) % 360


def _turn(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)
