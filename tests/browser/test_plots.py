"""Officers plot an incident at their desks: together, by keys, with the server away."""

from __future__ import annotations

import math
import uuid
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import city
from tests.browser.city import Api, Spot
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.witness import Witness

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> 😀 ' OR 1=1"
# Several maps are drawn at once by a processor that has no graphics card.
MAP_MS = 60_000
AWAY = r"ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|net::ERR|50[234]"


def test_an_officer_sees_what_another_draws_and_who_drew_it(api: Api, open_page: Open) -> None:
    tank, incident = _incident(api)
    mine, theirs = _plotting(open_page, tank, incident), _plotting(open_page, tank, incident)
    _circle(mine.page, 0, 0, 90)
    expect(_rows(theirs.page)).to_have_count(1)
    expect(theirs.page.locator("om-plot-list li.fresh")).to_have_count(1)
    expect(mine.page.locator("om-plot-list li.fresh")).to_have_count(0)
    (plot,) = _plots(api, incident)
    assert plot["kind"] == "circle"
    assert plot["properties"]["radius_m"] > 50


def test_two_edits_of_one_thing_are_both_kept_until_somebody_chooses(
    api: Api, open_page: Open
) -> None:
    tank, incident = _incident(api)
    mine, theirs = _plotting(open_page, tank, incident), _plotting(open_page, tank, incident)
    mine.expect(AWAY)
    _circle(mine.page, 0, 0, 90)
    _rows(theirs.page).first.click()
    mine.page.context.set_offline(True)
    _name(mine.page, "前沿指挥所")
    expect(_badge(mine.page)).to_contain_text("1")
    _name(theirs.page, "后方指挥所")
    expect(_badge(theirs.page)).to_have_class("plot-badge saved")
    mine.page.context.set_offline(False)
    for page in (mine.page, theirs.page):
        conflict = page.locator("om-plot-conflicts")
        expect(conflict).to_contain_text("前沿指挥所")
        expect(conflict).to_contain_text("后方指挥所")
    (plot,) = _plots(api, incident)
    assert plot["properties"]["label"] == "后方指挥所"
    mine.page.locator("button[name=keep-both]").click()
    for page in (mine.page, theirs.page):
        expect(_rows(page)).to_have_count(2)
        expect(page.locator("om-plot-conflicts section")).to_have_count(0)
    labels = {plot["properties"]["label"] for plot in _plots(api, incident)}
    assert labels == {"前沿指挥所", "后方指挥所"}


def test_edits_of_different_things_merge(api: Api, open_page: Open) -> None:
    tank, incident = _incident(api)
    mine, theirs = _plotting(open_page, tank, incident), _plotting(open_page, tank, incident)
    mine.expect(AWAY)
    _circle(mine.page, 0, 0, 90)
    _rows(theirs.page).first.click()
    mine.page.context.set_offline(True)
    _name(mine.page, "指挥所")
    theirs.page.locator("om-plot-form input[name=radius_m]").fill("777")
    theirs.page.keyboard.press("Tab")
    expect(_badge(theirs.page)).to_have_class("plot-badge saved")
    mine.page.context.set_offline(False)
    expect(_badge(mine.page)).to_have_class("plot-badge saved")
    (plot,) = _plots(api, incident)
    assert (plot["properties"]["label"], plot["properties"]["radius_m"]) == ("指挥所", 777)
    assert plot["conflict"] == []


def test_twenty_steps_are_undone_and_done_again_by_keys_alone(api: Api, open_page: Open) -> None:
    tank, incident = _incident(api)
    desk = _plotting(open_page, tank, incident)
    keys = desk.page.keyboard
    keys.press("c")
    keys.press("Space")
    for _ in range(4):
        keys.press("Shift+ArrowRight")
    keys.press("Space")
    expect(_rows(desk.page)).to_have_count(1)
    for step in range(19):
        keys.press("Shift+ArrowDown" if step % 2 else "Shift+ArrowLeft")
    expect(_badge(desk.page)).to_have_class("plot-badge saved")
    (last,) = _plots(api, incident)
    for _ in range(20):
        keys.press("Control+z")
    expect(_rows(desk.page)).to_have_count(0)
    desk.until(lambda: not _plots(api, incident), "nothing is plotted")
    for _ in range(20):
        keys.press("Control+y")
    expect(_rows(desk.page)).to_have_count(1)
    expect(_badge(desk.page)).to_have_class("plot-badge saved")
    (again,) = _plots(api, incident)
    assert again["control"] == last["control"]
    assert again["properties"] == last["properties"]


def test_all_is_drawn_chosen_moved_and_deleted_by_keys(api: Api, open_page: Open) -> None:
    tank, incident = _incident(api)
    desk = _plotting(open_page, tank, incident)
    page, keys = desk.page, desk.page.keyboard
    keys.press("?")
    expect(page.locator(".plot-help")).to_be_visible()
    keys.press("Escape")
    expect(page.locator(".plot-help")).to_have_count(0)
    keys.press("a")
    for way in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        keys.press("Space")
        keys.press(f"Shift+{way}")
    keys.press("Space")
    keys.press("Enter")
    expect(_rows(page)).to_have_count(1)
    expect(_badge(page)).to_have_class("plot-badge saved")
    (plot,) = _plots(api, incident)
    assert len(plot["control"]) == 4
    keys.press("]")
    keys.press("Delete")
    desk.until(lambda: len(_plots(api, incident)[0]["control"]) == 3, "a corner is taken out")
    keys.press("Control+c")
    keys.press("Control+v")
    expect(_rows(page)).to_have_count(2)
    keys.press("Control+a")
    keys.press("Control+g")
    desk.until(lambda: len({p["group"] for p in _plots(api, incident)} - {None}) == 1, "a group")
    keys.press("Delete")
    expect(_rows(page)).to_have_count(0)
    desk.until(lambda: not _plots(api, incident), "nothing is left")


def test_a_name_full_of_code_is_text_for_everybody(api: Api, open_page: Open) -> None:
    tank, incident = _incident(api)
    mine, theirs = _plotting(open_page, tank, incident), _plotting(open_page, tank, incident)
    _circle(mine.page, 0, 0, 90)
    _name(mine.page, HOSTILE)
    for page in (mine.page, theirs.page):
        expect(_rows(page).first).to_contain_text(HOSTILE)
        assert page.locator("om-plot-list img[src=x], om-plot-list script").count() == 0
    (plot,) = _plots(api, incident)
    assert plot["properties"]["label"] == HOSTILE


def test_a_plot_of_ten_thousand_corners_is_drawn_and_moved(api: Api, open_page: Open) -> None:
    tank, incident = _incident(api)
    ring = [
        [tank.lon + r * math.cos(a), tank.lat + r * math.sin(a)]
        for a, r in ((n * math.tau / 9_999, 0.002 + 0.001 * (n % 2)) for n in range(9_999))
    ]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    _put(api, incident, kind="polygon", geometry=shape, label="万点")
    desk = _plotting(open_page, tank, incident)
    _rows(desk.page).first.click()
    expect(desk.page.locator("om-plot-corner summary")).to_contain_text("9999")
    desk.page.keyboard.press("Shift+ArrowRight")
    desk.until(lambda: _plots(api, incident)[0]["version"] == 2, "the move is stored")
    moved = _plots(api, incident)[0]["geometry"]["coordinates"][0]
    assert len(moved) == 10_000
    assert moved[0][0] > ring[0][0]


def test_nothing_is_lost_while_the_server_is_killed_and_started_again(
    api: Api, open_page: Open, server: Server
) -> None:
    tank, incident = _incident(api)
    desk = _plotting(open_page, tank, incident)
    desk.expect(AWAY)
    _circle(desk.page, -120, 0, 40)
    expect(_badge(desk.page)).to_have_class("plot-badge saved")
    server.kill()
    _circle(desk.page, 0, 0, 40)
    _circle(desk.page, 120, 0, 40)
    expect(_badge(desk.page)).to_have_class("plot-badge away")
    expect(_badge(desk.page)).to_contain_text("2")
    server.start()
    expect(_badge(desk.page)).to_have_class("plot-badge saved")
    assert len(_plots(api, incident)) == 3
    expect(_rows(desk.page)).to_have_count(3)


def test_distance_area_and_coordinates_are_told_in_the_chosen_form(
    api: Api, open_page: Open
) -> None:
    tank, incident = _incident(api)
    page = open_page(tank.desk(incident=incident["id"])).page
    page.keyboard.press("m")
    expect(page.locator("#map.plotting")).to_be_visible(timeout=MAP_MS)
    page.locator("om-measure select[name=form]").select_option("mgrs")
    middle = _middle(page)
    page.mouse.click(*middle)
    page.mouse.click(middle[0] + 120, middle[1])
    page.keyboard.press("Enter")
    expect(page.locator("om-measure .measured")).to_contain_text(" m")
    expect(page.locator("om-measure .measured")).to_contain_text("51R")
    page.locator("button[name=measure-area]").click()
    for x, y in ((0, 0), (120, 0), (120, 90)):
        page.mouse.click(middle[0] + x, middle[1] + y)
    page.keyboard.press("Enter")
    expect(page.locator("om-measure .measured")).to_contain_text("²")
    page.reload()
    expect(page.locator("om-pointer output")).to_contain_text("51R")


def _incident(api: Api) -> tuple[Spot, dict[str, Any]]:
    tank = city.quiet_tank(api)
    body = {"kind": "other", "title": "标绘", "lon": tank.lon, "lat": tank.lat}
    incident: dict[str, Any] = api("POST", "/incidents", data=body)
    return tank, incident


def _plotting(open_page: Open, tank: Spot, incident: dict[str, Any]) -> Witness:
    desk = open_page(tank.desk(incident=incident["id"]))
    desk.page.locator('om-drawer button[data-tool="plot"]').wait_for()
    desk.page.keyboard.press("p")
    expect(desk.page.locator("om-plot .plot-tools")).to_be_visible()
    expect(desk.page.locator("#map .maplibregl-canvas, #map canvas").first).to_be_visible()
    # The pointer is listened to from when the map's own part of plotting is there.
    expect(desk.page.locator("#map.plotting")).to_be_visible(timeout=MAP_MS)
    return desk


def _middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _circle(page: Page, x: float, y: float, radius: float) -> None:
    left, top = _middle(page)
    count = _rows(page).count()
    page.locator("button[data-kind=circle]").click()
    page.mouse.click(left + x, top + y)
    page.mouse.click(left + x + radius, top + y)
    expect(_rows(page)).to_have_count(count + 1)


def _name(page: Page, label: str) -> None:
    page.locator("om-plot-form input[name=label]").fill(label)
    page.keyboard.press("Tab")


def _rows(page: Page) -> Locator:
    return page.locator("om-plot-list li button")


def _badge(page: Page) -> Locator:
    return page.locator("om-plot .plot-badge")


def _plots(api: Api, incident: dict[str, Any]) -> list[dict[str, Any]]:
    plots: list[dict[str, Any]] = api("GET", f"/incidents/{incident['id']}/plots")["plots"]
    return plots


def _put(api: Api, incident: dict[str, Any], **fields: Any) -> None:
    op = {"op_id": str(uuid.uuid4()), "op": "put", "plot": str(uuid.uuid4()), "base": None}
    api("POST", f"/incidents/{incident['id']}/plots", data={"ops": [{**op, "set": fields}]})
