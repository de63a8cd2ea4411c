"""Vehicles and people on the map: live, with their age, and their track."""

from __future__ import annotations

import datetime as dt
from typing import Any

from playwright.sync_api import expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom

DRAWN_PIXELS = 60
STEP_DEG = 0.0012


def test_a_vehicle_moves_live_and_says_when_it_was_last_heard_of(
    api: Api, open_page: Open, darkroom: Darkroom
) -> None:
    tank = city.quiet_tank(api)
    _register(api, "T-LIVE", name="巡逻一号", profile="ambulance")
    _register(api, "T-OLD", name="失联二号")
    _report(api, _fix("T-LIVE", tank, 5), _fix("T-OLD", tank, 150, lat=tank.lat + STEP_DEG))
    incident = city.chlorine_release(api, "跟踪位置")
    page = open_page(tank.desk(incident=incident["id"])).page
    page.keyboard.press("v")
    live = page.locator("om-moving .mover", has_text="巡逻一号")
    old = page.locator("om-moving .mover", has_text="失联二号")
    expect(old).to_contain_text("失联")
    expect(live).not_to_contain_text("失联")
    expect(live.locator(".age")).to_contain_text(" s")
    page.wait_for_timeout(2500)
    before = page.locator("#map").screenshot()
    _report(api, _fix("T-LIVE", tank, 0, lon=tank.lon + STEP_DEG, speed_m_s=12, heading_deg=90))
    expect(live).to_contain_text("43 km/h")
    page.wait_for_timeout(1500)
    assert darkroom.changed(before, page.locator("#map").screenshot()) > DRAWN_PIXELS


def test_the_track_of_a_vehicle_tells_its_mileage_and_leaves_a_jump_out(
    api: Api, open_page: Open
) -> None:
    tank = city.quiet_tank(api)
    _register(api, "T-TRACK", name="里程三号")
    steps = [_fix("T-TRACK", tank, 300 - 30 * n, lon=tank.lon + n * STEP_DEG) for n in range(8)]
    _report(api, *steps, _fix("T-TRACK", tank, 20, lat=tank.lat + 1))
    incident = city.chlorine_release(api, "跟踪位置")
    page = open_page(tank.desk(incident=incident["id"])).page
    page.keyboard.press("v")
    page.locator("om-moving input[name=mover]").fill("里程三号")
    page.locator("om-moving .mover button").click()
    facts = page.locator("om-moving dl.fields")
    # Seven steps of 0.0012 degrees of longitude near 31 degrees north are 114 m each.
    expect(facts).to_contain_text("800 m")
    expect(facts).to_contain_text("剔除的跳点")


def test_positions_of_an_exercise_stay_out_of_the_real_world(api: Api, open_page: Open) -> None:
    tank = city.quiet_tank(api)
    _register(api, "T-REAL", name="真实四号")
    _register(api, "T-GAME", name="演练五号", exercise=True)
    _report(api, _fix("T-REAL", tank, 1), _fix("T-GAME", tank, 1))
    incident = city.chlorine_release(api, "演练位置", exercise=True)
    game = open_page(f"/desk?incident={incident['id']}").page
    game.keyboard.press("v")
    expect(game.locator("om-moving .mover", has_text="演练五号")).to_be_visible()
    expect(game.locator("om-moving .mover", has_text="真实四号")).to_have_count(0)


def _register(api: Api, id: str, **values: Any) -> None:
    api("POST", "/trackers", data={"id": id, "kind": "vehicle", **values})


def _report(api: Api, *fixes: dict[str, Any]) -> None:
    answer = api("POST", "/positions", data=list(fixes))
    assert answer["refused"] == []


def _fix(id: str, spot: city.Spot, age_s: float, **values: Any) -> dict[str, Any]:
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age_s)
    return {"id": id, "lon": spot.lon, "lat": spot.lat, "at": at.isoformat(), **values}
