"""From the plan to the last arrival: orders, ways, a proposal, an evacuation."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom

COUNTDOWN = re.compile(r"^\d\d:\d\d")
DRAWN_PIXELS = 300


def test_an_order_follows_its_steps_on_every_screen(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "下达任务")
    desk = open_page(f"/desk?incident={incident['id']}").page
    wall = open_page(f"/hall?incident={incident['id']}").page
    _open_arrival(desk, team := _team(api, incident))
    desk.locator("om-plan button[name=order]").click()
    form = desk.locator("form.order")
    form.locator("select[name=what]").select_option(index=1)
    form.locator("input[name=amount]").fill("100000")
    expect(form.locator("[role=alert]")).to_be_visible()
    expect(form.locator("button[name=send-order]")).to_be_disabled()
    form.locator("input[name=amount]").fill("5")
    expect(form.locator("button[name=send-order]")).to_contain_text("5 人")
    form.locator("button[name=send-order]").click()
    expect(wall.locator("om-hall-forces .orders")).to_contain_text(team["name"])
    expect(wall.locator("om-hall-forces .orders time")).to_have_text(COUNTDOWN)

    # Another officer takes the call that they have set out.
    (stored,) = api("GET", f"/incidents/{incident['id']}/tasks")["tasks"]
    assert [item["amount"] for item in stored["items"]] == [5]
    api(
        "PATCH", f"/tasks/{stored['id']}", data={"state": "accepted"},
        headers={"If-Match": f'"{stored["version"]}"'},
    )  # fmt: skip
    expect(desk.locator("om-plan li.arrival.focused .task-state")).to_have_text("已接受")
    desk.locator("om-plan button[name=tasks]").click()
    task = desk.locator("om-plan .task")
    for said in ("已出发", "已到达", "已完成"):
        task.locator("button[name=step]").click()
        expect(task.locator(".task-state")).to_have_text(said)
    expect(wall.locator("om-hall-forces .orders")).to_have_count(0)


def test_what_one_officer_has_ordered_another_cannot_order_again(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "同一支队伍")
    witness = open_page(f"/desk?incident={incident['id']}")
    page, team = witness.page, _team(api, incident)
    _open_arrival(page, team)
    page.locator("om-plan button[name=order]").click()
    expect(page.locator("form.order button[name=send-order]")).to_be_enabled()
    whole = {"layer": "team", "id": team["id"], "what": "team"}
    api("POST", f"/incidents/{incident['id']}/tasks", data={"assignments": [whole]})
    witness.expect("409")
    page.locator("form.order button[name=send-order]").click()
    expect(page.locator("om-notices .notice.error")).to_contain_text("“同一支队伍”")
    page.keyboard.press("t")
    expect(page.locator("om-plan .task")).to_have_count(1)
    page.locator("om-plan .task .more summary").click()
    page.locator("om-plan .task input[name=reason]").fill("改派")
    page.locator("om-plan .task button[name=cancelled]").click()
    expect(page.locator("om-plan ul[aria-label] > .task")).to_have_count(0)
    (stored,) = api("GET", f"/incidents/{incident['id']}/tasks")["tasks"]
    assert (stored["state"], stored["state_reason"]) == ("cancelled", "改派")


def test_the_way_of_an_arrival_is_drawn_and_told_in_the_readers_words(
    api: Api, open_page: Open, darkroom: Darkroom
) -> None:
    incident = city.chlorine_release(api, "看路线")
    for lang, word in (("zh", "出发"), ("en", "Head ")):
        page = open_page(f"/desk?incident={incident['id']}&lang={lang}", lang=lang).page
        _open_arrival(page, _team(api, incident, far=True))
        steps = page.locator("om-plan .way-steps li")
        expect(steps.first).to_contain_text(word)
        assert steps.count() >= 3
    canvas = page.locator("#map")
    choices = page.locator("om-plan .way-choice button")
    if choices.count() > 1:
        page.wait_for_timeout(2000)
        before = canvas.screenshot()
        choices.nth(1).click()
        expect(choices.nth(1)).to_have_attribute("aria-checked", "true")
        page.wait_for_timeout(1000)
        assert darkroom.changed(before, canvas.screenshot()) > DRAWN_PIXELS


def test_a_proposal_says_what_is_missing_and_is_ordered_as_chosen(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "调度方案", exercise=True)
    page = open_page(f"/desk?incident={incident['id']}").page
    page.locator("om-plan button[name=tasks]").click()
    page.locator("om-plan button[name=dispatch]").click()
    dialog = page.locator("om-dispatch dialog")
    _demand(page, 0, "vehicle", "救护车", "2")
    dialog.locator("button[name=add-demand]").click()
    _demand(page, 1, "stock", "泡沫", "90000", "t")
    dialog.locator("button[name=propose]").click()
    expect(dialog.locator(".solved .tag")).to_have_text("最优方案")
    expect(dialog.locator(".solved")).to_contain_text("与最优最多差")
    expect(dialog.locator(".unmet")).to_contain_text("还差")
    expect(dialog.locator(".proposal li").first).to_contain_text("最近")
    rows = dialog.locator(".proposal li input[type=checkbox]")
    rows.first.uncheck()
    chosen = rows.count() - 1
    dialog.locator("button[name=accept]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("om-plan .task").first).to_be_visible()
    stored = api("GET", f"/incidents/{incident['id']}/tasks")["tasks"]
    assert sum(len(task["items"]) for task in stored) >= chosen


def test_an_evacuation_tells_who_leaves_for_which_shelter_in_which_order(
    api: Api, open_page: Open
) -> None:
    school = max(
        api("GET", "/layers/protection_target/features?limit=100")["features"],
        key=lambda one: float(one["properties"].get("people_day") or 0),
    )
    lon, lat = city.middle_of(school["geometry"])
    body = {
        "kind": "fireball", "title": "疏散方案", "lon": lon, "lat": lat, "exercise": True,
        "substance": "液化石油气", "release": {"mass_kg": 50_000},
        "weather": {"wind_speed_m_s": 2, "wind_from_deg": 90},
    }  # fmt: skip
    incident = api("POST", "/incidents", data=body)
    api("POST", f"/incidents/{incident['id']}/assessments", data={})
    page = open_page(f"/desk?incident={incident['id']}").page
    page.keyboard.press("t")
    page.locator("om-plan button[name=evacuation]").click()
    rows = page.locator("om-evacuation tbody tr")
    expect(rows.first).to_contain_text("min")
    orders = [int(text) for text in rows.locator("td:nth-child(2)").all_inner_texts()]
    assert orders == sorted(orders)
    groups = rows.count()
    page.locator("om-evacuation button[name=order-evacuation]").click()
    expect(page.locator("om-evacuation .sheet")).to_have_count(0)
    expect(page.locator("om-plan .task")).to_have_count(groups)
    stored = api("GET", f"/incidents/{incident['id']}/tasks")["tasks"]
    assert {task["kind"] for task in stored} == {"evacuate"}


def _team(api: Api, incident: dict[str, Any], *, far: bool = False) -> dict[str, Any]:
    plan = api("GET", f"/incidents/{incident['id']}/assessments?limit=1")["assessments"][0]
    teams = [
        one for one in plan["nearest"]
        if one["layer"] == "team" and one["by"] == "road" and not one["inside_zone"]
    ]  # fmt: skip
    found: dict[str, Any] = teams[-1 if far else 0]
    return found


def _open_arrival(page: Page, arrival: dict[str, Any]) -> None:
    """Open an arrival of the plan by its own name, whichever the language is."""
    page.locator("om-plan button[name=forces]").click()
    names = re.compile("|".join(re.escape(arrival[key]) for key in ("name", "name_en")))
    page.locator("om-plan li.arrival button.row", has_text=names).first.click()
    expect(page.locator("om-plan li.arrival.focused")).to_have_count(1)


def _demand(page: Page, row: int, what: str, name: str, amount: str, unit: str = "") -> None:
    line = page.locator("om-dispatch .demand-row").nth(row)
    line.locator("select[name=what]").select_option(what)
    line.locator("input[name=name]").fill(name)
    line.locator("input[name=amount]").fill(amount)
    if unit:
        line.locator("input[name=unit]").fill(unit)
