"""Officers plot an incident at their desks: together, by mouse and by keys alone."""

from __future__ import annotations

import math

from playwright.sync_api import expect

from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.plotting import (
    AWAY,
    badge,
    circle,
    middle,
    name,
    plots,
    plotting,
    put,
    reported,
    rows,
)

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> 😀 ' OR 1=1"


def test_an_officer_sees_what_another_draws_and_who_drew_it(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    mine, theirs = plotting(open_page, tank, incident), plotting(open_page, tank, incident)
    circle(mine.page, 0, 0, 90)
    expect(rows(theirs.page)).to_have_count(1)
    expect(theirs.page.locator("om-plot-list li.fresh")).to_have_count(1)
    expect(mine.page.locator("om-plot-list li.fresh")).to_have_count(0)
    (plot,) = plots(api, incident)
    assert plot["kind"] == "circle"
    assert plot["properties"]["radius_m"] > 50


def test_two_edits_of_one_thing_are_both_kept_until_somebody_chooses(
    api: Api, open_page: Open
) -> None:
    tank, incident = reported(api)
    mine, theirs = plotting(open_page, tank, incident), plotting(open_page, tank, incident)
    mine.expect(AWAY)
    circle(mine.page, 0, 0, 90)
    rows(theirs.page).first.click()
    mine.page.context.set_offline(True)
    name(mine.page, "前沿指挥所")
    expect(badge(mine.page)).to_contain_text("1")
    name(theirs.page, "后方指挥所")
    expect(badge(theirs.page)).to_have_class("plot-badge saved")
    mine.page.context.set_offline(False)
    for page in (mine.page, theirs.page):
        conflict = page.locator("om-plot-conflicts")
        expect(conflict).to_contain_text("前沿指挥所")
        expect(conflict).to_contain_text("后方指挥所")
    (plot,) = plots(api, incident)
    assert plot["properties"]["label"] == "后方指挥所"
    mine.page.locator("button[name=keep-both]").click()
    for page in (mine.page, theirs.page):
        expect(rows(page)).to_have_count(2)
        expect(page.locator("om-plot-conflicts section")).to_have_count(0)
    labels = {plot["properties"]["label"] for plot in plots(api, incident)}
    assert labels == {"前沿指挥所", "后方指挥所"}


def test_edits_of_different_things_merge(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    mine, theirs = plotting(open_page, tank, incident), plotting(open_page, tank, incident)
    mine.expect(AWAY)
    circle(mine.page, 0, 0, 90)
    rows(theirs.page).first.click()
    mine.page.context.set_offline(True)
    name(mine.page, "指挥所")
    theirs.page.locator("om-plot-form input[name=radius_m]").fill("777")
    theirs.page.keyboard.press("Tab")
    expect(badge(theirs.page)).to_have_class("plot-badge saved")
    mine.page.context.set_offline(False)
    expect(badge(mine.page)).to_have_class("plot-badge saved")
    (plot,) = plots(api, incident)
    assert (plot["properties"]["label"], plot["properties"]["radius_m"]) == ("指挥所", 777)
    assert plot["conflict"] == []


def test_twenty_steps_are_undone_and_done_again_by_keys_alone(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    desk = plotting(open_page, tank, incident)
    keys = desk.page.keyboard
    keys.press("c")
    keys.press("Space")
    for _ in range(4):
        keys.press("Shift+ArrowRight")
    keys.press("Space")
    expect(rows(desk.page)).to_have_count(1)
    for step in range(19):
        keys.press("Shift+ArrowDown" if step % 2 else "Shift+ArrowLeft")
    expect(badge(desk.page)).to_have_class("plot-badge saved")
    (last,) = plots(api, incident)
    for _ in range(20):
        keys.press("Control+z")
    expect(rows(desk.page)).to_have_count(0)
    desk.until(lambda: not plots(api, incident), "nothing is plotted")
    for _ in range(20):
        keys.press("Control+y")
    expect(rows(desk.page)).to_have_count(1)
    expect(badge(desk.page)).to_have_class("plot-badge saved")
    (again,) = plots(api, incident)
    assert again["control"] == last["control"]
    assert again["properties"] == last["properties"]


def test_every_kind_of_edit_is_undone_done_again_and_undone(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    desk = plotting(open_page, tank, incident)
    page, keys = desk.page, desk.page.keyboard
    circle(page, -60, 0, 40)
    circle(page, 60, 0, 40)
    name(page, "label")
    page.locator("om-plot-form button[name=colour-e5343d]").click()
    page.locator("om-plot-form input[name=width_px]").fill("7")
    keys.press("Tab")
    page.locator("om-plot-form input[name=radius_m]").fill("333")
    keys.press("Tab")
    page.locator("om-plot-form textarea[name=note]").fill("note")
    keys.press("Tab")
    page.locator("button[name=plot-back]").click()
    page.locator("button[name=plot-lock]").click()
    page.locator("button[name=plot-unlock]").click()
    page.locator("#map").focus()
    keys.press("Shift+ArrowDown")
    keys.press("Control+a")
    keys.press("Control+g")
    keys.press("Control+Shift+g")
    keys.press("Delete")
    steps = 14
    expect(rows(page)).to_have_count(0)
    expect(badge(page)).to_have_class("plot-badge saved")
    undo, redo = page.locator("button[name=plot-undo]"), page.locator("button[name=plot-redo]")
    for _ in range(2):
        for _ in range(steps):
            undo.click()
        expect(undo).to_be_disabled()
        expect(rows(page)).to_have_count(0)
        desk.until(lambda: not plots(api, incident), "nothing is left")
        for _ in range(steps - 1):
            redo.click()
        expect(rows(page)).to_have_count(2)
        expect(badge(page)).to_have_class("plot-badge saved")
        (last,) = (plot for plot in plots(api, incident) if "note" in plot["properties"])
        said = {name: last["properties"][name] for name in ("label", "colour", "width_px", "note")}
        assert said == {"label": "label", "colour": "#e5343d", "width_px": 7, "note": "note"}
        assert (last["properties"]["radius_m"], last["locked"], last["group"]) == (333, False, None)
        redo.click()
        expect(rows(page)).to_have_count(0)
        expect(redo).to_be_disabled()


def test_two_tabs_of_one_person_take_back_each_its_own(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    mine = plotting(open_page, tank, incident)
    circle(mine.page, 0, 0, 90)
    expect(badge(mine.page)).to_have_class("plot-badge saved")
    other = mine.page.context.new_page()
    other.goto(mine.page.url)
    other.locator('om-drawer button[data-tool="plot"]').click()
    rows(other).first.click()
    name(other, "the other tab")
    expect(badge(other)).to_have_class("plot-badge saved")
    expect(rows(mine.page).first).to_contain_text("the other tab")
    mine.page.locator("button[name=plot-undo]").click()
    expect(mine.page.locator("button[name=plot-undo]")).to_be_disabled()
    expect(rows(other)).to_have_count(1)
    other.locator("button[name=plot-undo]").click()
    expect(badge(other)).to_have_class("plot-badge saved")
    (plot,) = plots(api, incident)
    assert "label" not in plot["properties"]


def test_what_another_removed_is_brought_back_from_the_list(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    mine, theirs = plotting(open_page, tank, incident), plotting(open_page, tank, incident)
    circle(mine.page, 0, 0, 90)
    name(mine.page, HOSTILE)
    expect(mine.page.locator("om-legend .keys li")).to_have_count(1)
    expect(rows(theirs.page).first).to_contain_text(HOSTILE)
    rows(theirs.page).first.click()
    theirs.page.locator("button[name=plot-remove]").click()
    expect(rows(mine.page)).to_have_count(0)
    expect(mine.page.locator("om-legend .keys li")).to_have_count(0)
    mine.page.locator("button[name=plot-removed]").click()
    gone = mine.page.locator("om-plot-removed li")
    expect(gone).to_contain_text(HOSTILE)
    gone.locator("button").click()
    for page in (mine.page, theirs.page):
        expect(rows(page).first).to_contain_text(HOSTILE)
    expect(gone).to_have_count(0)


def test_all_is_drawn_chosen_moved_and_deleted_by_keys(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    desk = plotting(open_page, tank, incident)
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
    expect(rows(page)).to_have_count(1)
    expect(badge(page)).to_have_class("plot-badge saved")
    (plot,) = plots(api, incident)
    assert len(plot["control"]) == 4
    keys.press("]")
    keys.press("Delete")
    desk.until(lambda: len(plots(api, incident)[0]["control"]) == 3, "a corner is taken out")
    keys.press("Control+c")
    keys.press("Control+v")
    expect(rows(page)).to_have_count(2)
    keys.press("Control+a")
    keys.press("Control+g")
    desk.until(lambda: len({p["group"] for p in plots(api, incident)} - {None}) == 1, "a group")
    keys.press("Delete")
    expect(rows(page)).to_have_count(0)
    desk.until(lambda: not plots(api, incident), "nothing is left")


def test_a_name_full_of_code_is_text_for_everybody(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    mine, theirs = plotting(open_page, tank, incident), plotting(open_page, tank, incident)
    circle(mine.page, 0, 0, 90)
    name(mine.page, HOSTILE)
    for page in (mine.page, theirs.page):
        expect(rows(page).first).to_contain_text(HOSTILE)
        assert page.locator("om-plot-list img[src=x], om-plot-list script").count() == 0
    (plot,) = plots(api, incident)
    assert plot["properties"]["label"] == HOSTILE


def test_a_plot_of_ten_thousand_corners_is_drawn_and_moved(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    ring = [
        [tank.lon + r * math.cos(a), tank.lat + r * math.sin(a)]
        for a, r in ((n * math.tau / 9_999, 0.002 + 0.001 * (n % 2)) for n in range(9_999))
    ]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    put(api, incident, kind="polygon", geometry=shape, label="万点")
    desk = plotting(open_page, tank, incident)
    rows(desk.page).first.click()
    expect(desk.page.locator("om-plot-corner summary")).to_contain_text("9999")
    desk.page.keyboard.press("Shift+ArrowRight")
    desk.until(lambda: plots(api, incident)[0]["version"] == 2, "the move is stored")
    moved = plots(api, incident)[0]["geometry"]["coordinates"][0]
    assert len(moved) == 10_000
    assert moved[0][0] > ring[0][0]


def test_a_roadblock_along_a_line_closes_its_roads_until_it_is_deleted(
    api: Api, open_page: Open
) -> None:
    tank, incident = reported(api)
    desk = plotting(open_page, tank, incident)
    page, (left, top) = desk.page, middle(desk.page)
    page.locator("button[data-kind=roadblock]").click()
    page.locator("button[data-block=line]").click()
    page.mouse.click(left - 80, top)
    page.mouse.click(left + 80, top)
    page.keyboard.press("Enter")
    expect(badge(page)).to_have_class("plot-badge saved")
    (plot,) = plots(api, incident)
    assert plot["geometry"]["type"] == "LineString"

    def lifted() -> str | None:
        said: str | None = api("GET", f"/closures/{plot['closure']}")["properties"]["lifted_at"]
        return said

    assert lifted() is None
    page.keyboard.press("Delete")
    desk.until(lifted, "the road is open again")
