"""The plotting drawer of a desk, as tests open it and read it."""

from __future__ import annotations

import uuid
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import city
from tests.browser.city import Api, Spot
from tests.browser.conftest import Open
from tests.browser.witness import Witness

# Several maps are drawn at once by a processor that has no graphics card.
MAP_MS = 60_000
AWAY = r"ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|net::ERR|50[234]"


def reported(api: Api) -> tuple[Spot, dict[str, Any]]:
    tank = city.quiet_tank(api)
    body = {"kind": "other", "title": "标绘", "lon": tank.lon, "lat": tank.lat}
    incident: dict[str, Any] = api("POST", "/incidents", data=body)
    return tank, incident


def plotting(open_page: Open, tank: Spot, incident: dict[str, Any], **options: Any) -> Witness:
    desk = open_page(tank.desk(incident=incident["id"]), **options)
    desk.page.locator('om-drawer button[data-tool="plot"]').wait_for()
    desk.page.keyboard.press("p")
    expect(desk.page.locator("om-plot .plot-tools")).to_be_visible()
    expect(desk.page.locator("#map .maplibregl-canvas, #map canvas").first).to_be_visible()
    # The pointer is listened to from when the map's own part of plotting is there.
    expect(desk.page.locator("#map.plotting")).to_be_visible(timeout=MAP_MS)
    return desk


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def circle(page: Page, x: float, y: float, radius: float) -> None:
    left, top = middle(page)
    count = rows(page).count()
    page.locator("button[data-kind=circle]").click()
    page.mouse.click(left + x, top + y)
    page.mouse.click(left + x + radius, top + y)
    expect(rows(page)).to_have_count(count + 1)


def touched(page: Page, *places: tuple[float, float]) -> None:
    """Lay one finger on the map, draw it over some places (px from the middle), and lift it."""
    left, top = middle(page)
    wire = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": left + x, "y": top + y, "id": 1} for x, y in points]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", places[0])
    for place in places[1:]:
        send("touchMove", place)
        page.wait_for_timeout(40)
    send("touchEnd")
    wire.detach()


def name(page: Page, label: str) -> None:
    page.locator("om-plot-form input[name=label]").fill(label)
    page.keyboard.press("Tab")


def rows(page: Page) -> Locator:
    return page.locator("om-plot-list li button")


def badge(page: Page) -> Locator:
    return page.locator("om-plot .plot-badge")


def plots(api: Api, incident: dict[str, Any]) -> list[dict[str, Any]]:
    plots: list[dict[str, Any]] = api("GET", f"/incidents/{incident['id']}/plots")["plots"]
    return plots


def put(api: Api, incident: dict[str, Any], **fields: Any) -> None:
    op = {"op_id": str(uuid.uuid4()), "op": "put", "plot": str(uuid.uuid4()), "base": None}
    api("POST", f"/incidents/{incident['id']}/plots", data={"ops": [{**op, "set": fields}]})
