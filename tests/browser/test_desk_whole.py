"""The duty desk: from the call to the signed report without a mouse; what two people decide."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser import city
from tests.browser.axe import serious
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.server import Server

HOSTILE = "<script>alert(1)</script>\"'>🔥"
TABS = ("file", "calls", "log", "decisions", "readings", "reports", "compare")


def test_a_call_becomes_a_plan_an_order_and_a_signed_report_by_the_keyboard_alone(
    api: Api, open_page: Open
) -> None:
    tank = city.quiet_tank(api)
    page = open_page("/desk").page
    expect(page.locator("om-topbar button.primary")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("om-report [name=kind]")).to_be_focused()
    page.locator("om-report [name=substance]").focus()
    page.keyboard.type("氯")
    page.locator("om-report [name=address]").focus()
    page.keyboard.type(f"{tank.lon:.6f}, {tank.lat:.6f}")
    expect(page.locator("om-report [name=spot]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("om-report output.place")).to_contain_text(f"{tank.lon:.5f}")
    expect(page.locator("om-report [name=dead]")).to_be_focused()
    page.locator("om-report [name=poisoned]").focus()
    page.keyboard.type("12")
    expect(page.locator("om-report .proposed .grade").first).to_contain_text("较大")
    page.locator("om-report [name=caller]").focus()
    page.keyboard.type(HOSTILE)
    expect(page.locator("om-report .kept")).to_contain_text("已存")

    page.reload()
    expect(page.locator("om-report [name=caller]")).to_have_value(HOSTILE)
    expect(page.locator("om-report [name=poisoned]")).to_have_value("12")
    page.locator("om-report [name=title]").focus()
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator("om-plan .plan-head h2")).to_contain_text(HOSTILE)
    expect(page.locator("om-plan .headline")).to_be_visible()
    mine = page.locator("om-topbar .tab", has_text=HOSTILE)
    expect(mine.locator("om-deadline .deadline")).to_contain_text("首报")
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('intake/'))") == []

    _press(page.locator("om-plan .plan-tabs [name=forces]"))
    _press(page.locator("om-plan li.arrival button.row").first)
    _press(page.locator("om-plan button[name=order]"))
    _press(page.locator("form.order button[name=send-order]"))
    page.keyboard.press("t")
    expect(page.locator("om-plan .task .task-state").first).to_have_text("已下达")
    page.keyboard.press("g")
    expect(page.locator("om-log .entry.of-task").first).to_be_visible()

    page.keyboard.press("b")
    _press(page.locator("om-bulletins [name=make-first]"))
    missing = page.locator("om-bulletins .item.missing")
    expect(missing.locator(".pending").first).to_have_text("待核")
    item = page.locator(f'om-bulletins [data-item="{missing.first.get_attribute("data-item")}"]')
    _press(item.locator("[name=edit-item]"))
    expect(item.locator("textarea")).to_be_focused()
    page.keyboard.type("正在核实")
    _press(item.locator("[name=save-item]"))
    expect(item).to_contain_text("正在核实")
    _press(page.locator("om-bulletins [name=sign]"))
    _press(page.locator("om-bulletins [name=sign]"))
    expect(page.locator("om-bulletins .state.signed")).to_be_visible()
    expect(page.locator("om-bulletins .deadlines .good").first).to_contain_text("已报")


def test_notes_and_decisions_stand_in_the_log_as_text(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "值班日志")
    page = open_page(f"/desk?incident={incident['id']}").page
    expect(page.locator("om-plan .headline")).to_be_visible()
    _tab(page, "log")
    page.locator("om-log [name=text]").fill(HOSTILE)
    page.locator("om-log [name=write]").click()
    note = page.locator("om-log .of-note .note p", has_text=HOSTILE)
    expect(note).to_be_visible()
    page.locator("om-log [name=strike]").first.click()
    page.locator("om-log .reason-form [name=reason]").fill("记错了")
    page.locator("om-log .reason-form button").click()
    expect(page.locator("om-log .struck s")).to_contain_text(HOSTILE)

    _tab(page, "decisions")
    page.locator("om-decisions summary").click()
    page.locator("om-decisions [name=kind]").select_option("evacuate")
    page.locator("om-decisions [name=text]").fill("疏散下风向居民")
    page.locator("om-decisions [name=draft]").click()
    decision = page.locator("om-decisions .decision")
    expect(decision).to_contain_text("待批")
    expect(decision.locator("[name=approve]")).to_have_count(0)


def test_a_decision_is_approved_by_another_person_and_sets_the_level(
    api: Api, open_page: Open, server: Server, playwright: Playwright
) -> None:
    incident = city.chlorine_release(api, "两人决策")
    of = f"/incidents/{incident['id']}"
    officer = city.somebody_else(server, playwright, name="wang", role="duty")
    body = {"kind": "start_response", "text": f"启动二级响应 {HOSTILE}", "level": "2"}
    drafted = officer("POST", f"{of}/decisions", data=body)
    page = open_page(f"/desk?incident={incident['id']}").page
    page.keyboard.press("j")
    decision = page.locator(f'om-decisions [data-decision="{drafted["id"]}"]')
    expect(decision).to_contain_text("二级响应")
    expect(decision).to_contain_text(HOSTILE)
    _press(decision.locator("[name=approve]"))
    expect(decision).to_contain_text("已批准")
    tab = page.locator("om-topbar .tab", has_text="两人决策")
    expect(tab.locator(".response")).to_have_text("二级响应")
    page.keyboard.press("g")
    approved = page.locator("om-log .entry.of-decision", has_text="决策批准")
    expect(approved).to_contain_text("wang")

    ending = officer("POST", f"{of}/decisions", data={"kind": "end", "text": "险情排除"})
    page.keyboard.press("j")
    _press(page.locator(f'om-decisions [data-decision="{ending["id"]}"] [name=approve]'))
    expect(tab).to_have_count(0)
    assert api("GET", of)["status"] == "closed"


def test_a_level_set_without_a_decision_is_marked_until_that_very_level_is_approved(
    api: Api, open_page: Open, server: Server, playwright: Playwright
) -> None:
    incident = city.chlorine_release(api, "先定后批", response_level="2")
    wall = open_page("/hall").page
    page = open_page(f"/desk?incident={incident['id']}").page
    tab = page.locator("om-topbar .tab", has_text="先定后批")
    expect(tab.locator(".unapproved")).to_have_text("未批准")
    expect(wall.locator("om-hall-tiles, om-hall-head").locator(".unapproved").first).to_be_visible()
    _press(page.locator("om-plan [name=approve-later]"))
    form = page.locator("om-decisions .decision-form")
    expect(form.locator("[name=kind]")).to_have_value("start_response")
    expect(form.locator("[name=level]")).to_have_value("2")
    _press(form.locator("[name=draft]"))
    drafted = page.locator("om-decisions .decision")
    expect(drafted).to_contain_text("待批")
    expect(tab.locator(".unapproved")).to_be_visible()
    (decision,) = api("GET", f"/incidents/{incident['id']}/decisions")["decisions"]
    other = city.somebody_else(server, playwright, name="chen", role="commander")
    other("POST", f"/incidents/{incident['id']}/decisions/{decision['id']}/approve", data={})
    expect(tab.locator(".unapproved")).to_have_count(0)
    expect(page.locator("om-plan [name=approve-later]")).to_have_count(0)


def test_a_reading_outside_its_zone_stands_on_the_map_and_asks_for_a_new_run(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "现场读数")
    page = open_page(f"/desk?incident={incident['id']}").page
    expect(page.locator("om-plan .headline")).to_be_visible()
    # Upwind of the tank: the plan says that nothing comes here.
    place = {"lon": incident["lon"] + 0.005, "lat": incident["lat"] + 0.012}
    body = {
        "kind": "reading", "quantity": "concentration", "value": 35, "unit": "ppm", **place,
        "at": dt.datetime.now(dt.UTC).isoformat(), "incident": incident["id"],
    }  # fmt: skip
    api("POST", "/observations", data=body)
    mark = page.locator(".reading-marker", has_text="35 ppm")
    expect(mark.locator(".reading-mark.outside")).to_have_text(re.compile(r"!.*35 ppm.*\d\d:\d\d"))
    banner = page.locator("om-proposals .proposal")
    expect(banner).to_contain_text("分区外测得 35 ppm")
    _press(mark)
    expect(page.locator("om-readings .reading.outside")).to_contain_text("35 ppm")
    plan = api("GET", f"/incidents/{incident['id']}")["assessment"]
    _press(banner.locator("[name=run-proposal]"))
    expect(banner).to_have_count(0)
    assert api("GET", f"/incidents/{incident['id']}")["assessment"] != plan


def test_a_deadline_that_has_passed_is_red_in_its_tab_and_told_in_the_log(
    api: Api, open_page: Open
) -> None:
    long_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=3)).isoformat()
    incident = city.chlorine_release(api, "超时未报", received_at=long_ago, occurred_at=long_ago)
    page = open_page(f"/desk?incident={incident['id']}").page
    tab = page.locator("om-topbar .tab", has_text="超时未报")
    expect(tab.locator("om-deadline .deadline.missed")).to_contain_text("首报")
    page.keyboard.press("g")
    expect(page.locator("om-log .entry.of-deadline").first).to_contain_text("超时")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_tab_has_names_and_contrast(api: Api, open_page: Open, lang: str) -> None:
    incident = city.chlorine_release(api, "无障碍", exercise=True)
    page = open_page(f"/desk?incident={incident['id']}&lang={lang}", lang=lang).page
    expect(page.locator("om-plan .headline")).to_be_visible()
    found = {}
    for tab in TABS:
        _tab(page, tab)
        expect(page.locator("om-plan .plan-body > *").first).to_be_attached()
        found[tab] = serious(page, "om-plan, om-topbar")
    page.keyboard.press("Escape")
    page.locator("om-topbar button.primary").click()
    expect(page.locator("om-report [name=kind]")).to_be_visible()
    found["intake"] = serious(page, "om-drawer")
    assert {where: what for where, what in found.items() if what} == {}
    expect(page.locator("om-topbar .badge.exercise").first).to_have_text(
        re.compile("演练|exercise", re.IGNORECASE)
    )


def _press(what: Locator) -> None:
    """Press with the keyboard, as who has no mouse does."""
    expect(what).to_be_enabled()
    what.focus()
    what.press("Enter")


def _tab(page: Page, name: str) -> None:
    page.locator(f"om-plan .plan-tabs [name={name}]").click()
