"""What an officer at the desk does beside the plan: calls, corrections, notes, deadlines, keys."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open

LOADED_MS = 30_000


def test_a_line_of_the_call_sheet_is_added_and_told_with_a_word(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "叫应补充")
    page = open_page(f"/desk?incident={incident['id']}").page
    _tab(page, "calls")
    page.locator("om-calls .new summary").click()
    page.locator("om-calls [name=name]").fill("周主任")
    page.locator("om-calls [name=phone]").fill("0571-8888")
    page.locator("om-calls [name=purpose]").fill("<b>停气</b>")
    page.locator("om-calls [name=add-call]").click()
    row = page.locator("om-calls li", has_text="周主任")
    expect(row).to_contain_text("<b>停气</b>")
    row.locator("[name=call-note]").click()
    row.locator("[name=note]").fill("十分钟后到")
    row.locator(".results button").first.click()
    expect(row).to_contain_text("十分钟后到")


def test_a_corrected_place_flags_the_plan_which_is_computed_again(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "地点更正")
    page = open_page(f"/desk?incident={incident['id']}").page
    _tab(page, "file")
    page.locator("om-incident-file [name=correct]").click()
    form = page.locator("om-correction")
    form.locator("[name=spot-text]").fill(f"{incident['lat'] + 0.002:.6f}, {incident['lon']:.6f}")
    form.locator("[name=spot]").first.click()
    form.locator("[name=serious_pollution]").select_option("no")
    form.locator("[name=dead]").fill("1")
    form.locator("[name=why]").fill("来电人看错门牌")
    form.locator("[name=send-correction]").click()
    expect(form).to_have_count(0)
    again = page.locator("om-proposals [name=compute-again]")
    expect(again).to_be_visible(timeout=LOADED_MS)
    again.click()
    expect(again).to_have_count(0, timeout=LOADED_MS)
    held = api("GET", f"/incidents/{incident['id']}")
    assert held["serious_pollution"] is False
    assert held["casualties"][-1]["dead"] == 1 and held["casualties"][-1]["at"]


def test_a_note_speaks_of_an_earlier_moment_and_is_reworded(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "补记")
    page = open_page(f"/desk?incident={incident['id']}").page
    page.keyboard.press("n")
    page.locator("om-log .note-form textarea").fill("阀门已关")
    page.locator("om-log [name=when]").fill("2026-01-02T03:04:05")
    page.locator("om-log [name=write]").click()
    note = page.locator("om-log .note", has_text="阀门已关")
    expect(note.locator(".spoken-of")).to_contain_text(re.compile(r"03:04"))
    note.locator("[name=reword]").click()
    page.locator("om-log .reword textarea").fill("阀门未关")
    page.locator("om-log [name=keep-note]").click()
    expect(page.locator("om-log .note", has_text="阀门未关")).to_be_visible()


def test_the_table_of_deadlines_is_kept_at_the_desk(api: Api, open_page: Open) -> None:
    page = open_page("/desk").page
    page.keyboard.press("h")
    page.locator("om-duty [role=tab][name=rules]").click()
    table = page.locator("om-deadline-rules")
    expect(table.locator("li").first).to_be_visible()
    table.locator(".new summary").click()
    table.locator("[name=what]").select_option("final")
    table.locator("[name=minutes]").first.fill("4321")
    table.locator("[name=source]").first.fill("值班规定")
    table.locator("[name=add-rule]").click()
    row = table.locator("li", has_text="4321")
    expect(row).to_contain_text("值班规定")
    row.locator("[name=remove-rule]").click()
    row.locator("[name=remove-rule]").click()
    expect(row).to_have_count(0)


def test_the_keys_are_listed_and_a_place_is_set_without_a_pointer(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "键盘取点")
    page = open_page(f"/desk?incident={incident['id']}").page
    page.keyboard.press("?")
    expect(page.locator(".keys-help kbd").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".keys-help")).to_have_count(0)
    page.keyboard.press("i")
    place = page.locator("om-readings [name=place]")
    place.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".crosshair")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".crosshair")).to_have_count(0)
    expect(page.locator("om-readings output")).to_have_text(re.compile(r"\d"))
    expect(place).to_be_focused()


def _tab(page: Page, name: str) -> None:
    page.locator(f"om-plan [role=tab][name={name}]").click()
