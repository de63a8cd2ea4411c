"""Roads are closed with a press, on every map, and ways go round them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom

DRAWN_PIXELS = 150


def test_a_line_drawn_over_a_road_closes_it_on_every_map_until_it_is_lifted(
    api: Api, open_page: Open, darkroom: Darkroom
) -> None:
    tank = city.quiet_tank(api)
    address = tank.desk()
    desk, planner = open_page(address).page, open_page(address.replace("/desk", "/planner")).page
    for page in (desk, planner):
        page.keyboard.press("d")
    expect(planner.locator("om-closing .closure")).to_have_count(0)
    planner.wait_for_timeout(2500)
    before = planner.locator("#map").screenshot()

    desk.locator("button[name=close-road]").click()
    expect(desk.locator("button[name=send-closure]")).to_be_disabled()
    desk.locator("button[name=draw-line]").click()
    _press(desk, -120, -60)
    _press(desk, 120, 60)
    desk.keyboard.press("Enter")
    desk.locator("om-closing input[name=reason]").fill("桥面塌陷")
    desk.locator("om-closing select[name=kind]").select_option("bridge")
    desk.locator("button[name=hours-4]").click()
    desk.locator("button[name=send-closure]").click()

    row = planner.locator("om-closing .closure")
    expect(row).to_contain_text("桥梁封闭")
    expect(row).to_contain_text("桥面塌陷")
    expect(row).to_contain_text("demo")
    planner.wait_for_timeout(1500)
    assert darkroom.changed(before, planner.locator("#map").screenshot()) > DRAWN_PIXELS
    row.locator("button[name=lift]").click()
    expect(desk.locator("om-closing .closure")).to_have_count(0)
    assert api("GET", "/closures")["features"] == []


def test_a_press_far_from_every_road_closes_none_and_says_how_far(
    api: Api, open_page: Open
) -> None:
    # Fields of the sample city's corner: no road for hundreds of metres.
    west, south, *_ = api("GET", "/session")["site"]["bbox"]
    witness = open_page(f"/desk?lon={west + 0.002}&lat={south + 0.002}&zoom=17")
    page = witness.page
    page.keyboard.press("d")
    page.locator("button[name=close-road]").click()
    page.locator("button[name=draw-point]").click()
    _press(page, 0, 0)
    page.locator("om-closing input[name=reason]").fill("误点")
    witness.expect("422|404")
    page.locator("button[name=send-closure]").click()
    expect(page.locator("om-notices .notice.error")).to_contain_text("道路")
    expect(page.locator("om-closing input[name=reason]")).to_have_value("误点")


def test_a_way_that_is_shown_goes_round_what_is_closed_meanwhile(api: Api, open_page: Open) -> None:
    page = open_page(city.hospital(api).desk(zoom=14)).page
    page.keyboard.press("d")
    page.locator("button[name=mode-route]").click()
    ends = {"from": (-180, -120), "to": (180, 120)}
    for name, (x, y) in ends.items():
        page.locator(f"button[name=pick-{name}]").click()
        _press(page, x, y)
        expect(page.locator(f"button[name=pick-{name}]")).to_contain_text(".")
    page.locator("button[name=ask-roads]").click()
    steps = page.locator("om-roads .way-steps li")
    expect(steps.first).to_be_visible()
    route = api("POST", "/route", data=_asked(page))
    lon, lat = route["geometry"]["coordinates"][len(route["geometry"]["coordinates"]) // 2]
    before = page.locator("om-roads .ways").inner_text()
    body = {
        "kind": "barrier", "reason": "测试",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }  # fmt: skip
    made = api("POST", "/closures", data=body)
    expect(page.locator("om-roads .ways")).not_to_have_text(before)
    expect(page.locator("om-roads .avoided")).to_contain_text("路障管制")
    api("POST", f"/closures/{made['id']}/lift", data={})
    expect(page.locator("om-roads .avoided")).to_have_count(0)


def _press(page: Page, x: int, y: int) -> None:
    """Press the map so many pixels from its middle."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    # Two presses within 300 ms would be a double press, which ends a line.
    page.wait_for_timeout(350)
    page.mouse.click(box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y)


def _asked(page: Page) -> dict[str, float]:
    """Return the ends that the tool shows, as a question."""
    body: dict[str, float] = {}
    for name in ("from", "to"):
        text = page.locator(f"button[name=pick-{name}]").inner_text()
        body[f"{name}_lon"], body[f"{name}_lat"] = (float(part) for part in text.split(","))
    return body
