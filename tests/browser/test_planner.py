"""The planner: questions, counts, themes, exports, and where the address leads."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open

HAN = re.compile(r"[一-鿿]")
NUMBER = re.compile(r"\d[\d,]*")


def test_a_press_on_the_map_lists_what_lies_around_by_layer_with_distance_and_bearing(
    api: Api, open_page: Open
) -> None:
    tank = city.chlorine_tank(api)
    page = open_page(_planner(tank)).page
    _tool(page, "query")
    page.locator("[name=where-around]").click()
    page.locator("#map").click()
    rows = page.locator("om-results .found tbody tr")
    expect(rows.first).to_be_visible()
    body = {"around": {"lon": tank.lon, "lat": tank.lat, "radius_m": 1000}, "limit": 200}
    found = api("POST", "/query", data=body)["layers"]
    tab = page.locator("om-results [data-found=protection_target]")
    tab.click()
    expect(tab.locator("b")).to_have_text(str(found["protection_target"]["total"]))
    # What lies under the press itself has no bearing.
    expect(rows.last.locator(".away")).to_have_text(re.compile(r"^[\d.]+ k?m\s*[东南西北]{1,2}$"))
    rows.first.locator("button").click()
    expect(page.locator("om-card h2")).to_be_visible()


def test_a_drawn_polygon_with_a_condition_finds_what_the_api_finds(
    api: Api, open_page: Open
) -> None:
    tank = city.chlorine_tank(api)
    page = open_page(_planner(tank, zoom=14)).page
    _tool(page, "query")
    page.locator("[data-ask=hazard_source]").click()
    group = page.locator(".conditions[data-layer=hazard_source]")
    group.locator("[name=add-condition]").click()
    group.locator(".condition select").first.select_option("quantity_t")
    group.locator(".condition select").nth(1).select_option("gt")
    group.locator("[name=value]").fill("5")
    group.locator("[name=value]").press("Tab")
    group.locator("summary").click()
    expect(group.locator("[name=cql]")).to_have_value("quantity_t > 5")
    page.locator("[name=where-polygon]").click()
    for x, y in ((150, 150), (600, 130), (620, 520), (170, 560)):
        page.locator("#map").click(position={"x": x, "y": y})
    with page.expect_request("**/api/v1/query") as asked:
        page.keyboard.press("Enter")
    expect(page.locator("om-drawing .drawing-bar")).to_have_count(0)
    body: dict[str, Any] = asked.value.post_data_json
    assert body["geometry"]["type"] == "Polygon"
    assert body["filters"] == {"hazard_source": "quantity_t > 5"}
    total = api("POST", "/query", data=body)["layers"]["hazard_source"]["total"]
    assert 0 < total < city.layer_count(api, "hazard_source")
    expect(page.locator("om-results [data-found=hazard_source] b")).to_have_text(str(total))


def test_a_condition_that_cannot_be_is_told_and_nothing_is_claimed(open_page: Open) -> None:
    witness = open_page("/planner?tool=query")
    page = witness.page
    page.locator("[name=where-anywhere]").click()
    page.locator("[data-ask=team]").click()
    group = page.locator(".conditions[data-layer=team]")
    group.locator("summary").click()
    group.locator("[name=cql]").fill("no_such_field = 1")
    group.locator("[name=cql]").press("Tab")
    witness.expect("status of 4")
    page.locator("[name=ask]").click()
    expect(page.locator("om-notices .error")).to_contain_text("no_such_field")
    expect(page.locator("om-results .found")).to_have_count(0)


def test_counts_by_district_lead_to_the_rows_behind_a_bar(api: Api, open_page: Open) -> None:
    page = open_page("/planner?tool=statistics").page
    page.locator("om-statistics .pick", has_text="重大危险源").click()
    page.locator("om-statistics [name=by]").select_option("district")
    bar = page.locator("om-statistics .bar").first
    expect(page.locator("om-statistics .bar").nth(1)).to_be_visible()  # by layer, there is one
    expect(page.locator("om-statistics .total")).to_contain_text(
        str(city.layer_count(api, "hazard_source"))
    )
    expect(bar.locator(".name")).to_have_text(HAN)
    number = bar.locator("b").inner_text()
    bar.click()
    expect(page.locator("om-results [data-found=hazard_source] b")).to_have_text(number)


def test_a_theme_map_kept_on_one_screen_opens_by_its_link_on_another(open_page: Open) -> None:
    page = open_page("/planner?lon=123.55&lat=30.89&zoom=14").page
    _tool(page, "layers")
    page.locator("om-layers [data-layer=fire_water]").uncheck()
    _tool(page, "query")
    page.locator("[name=where-anywhere]").click()
    page.locator("[data-ask=hazard_source]").click()
    group = page.locator(".conditions[data-layer=hazard_source]")
    group.locator("summary").click()
    group.locator("[name=cql]").fill("grade IN ('1', '2')")
    group.locator("[name=cql]").press("Tab")
    _tool(page, "themes")
    page.locator(".theme-new [name=title]").fill("一二级重大危险源")
    page.locator(".theme-new [name=shared]").check()
    page.locator("[name=save-theme]").click()
    row = page.locator("om-themes .themes li", has_text="一二级重大危险源")
    expect(row).to_contain_text("已共享")
    expect(page).to_have_url(re.compile(r"theme=[0-9a-f-]{36}"))
    theme = re.search(r"theme=([0-9a-f-]{36})", page.url)
    assert theme is not None

    other = open_page(f"/planner?theme={theme.group(1)}").page
    expect(other.locator("om-results [data-found=hazard_source]")).to_be_visible()
    expect(other.locator("om-layers [data-layer=fire_water]")).not_to_be_checked()
    expect(other.locator("om-layers [data-layer=team]")).to_be_checked()
    expect(other.locator("om-map-foot .coordinates")).to_contain_text("123.55")


def test_what_was_found_is_saved_as_a_file_in_another_coordinate_system(
    api: Api, open_page: Open
) -> None:
    page = open_page("/planner?tool=query").page
    page.locator("[name=where-anywhere]").click()
    page.locator("[data-ask=team]").click()
    page.locator("[name=ask]").click()
    page.locator("om-export summary").click()
    page.locator("om-export [name=format]").select_option("csv")
    page.locator("om-export [name=crs]").select_option("GCJ-02")
    with page.expect_download() as saved:
        page.locator("om-export [name=export]").click()
    text = saved.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == city.layer_count(api, "team") + 1
    assert saved.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize(("key", "panel"), [("q", "om-query"), ("i", "om-import")])
def test_a_key_opens_a_tool_and_the_same_key_folds_it(
    open_page: Open, key: str, panel: str
) -> None:
    page = open_page("/planner").page
    expect(page.locator("om-layers li").first).to_be_visible()
    page.locator("body").press(key)
    expect(page.locator(panel)).to_be_visible()
    page.locator("body").press(key)
    expect(page.locator(panel)).to_have_count(0)


@pytest.mark.parametrize("tool", ["layers", "query", "statistics", "themes", "import", "quality"])
def test_no_tool_speaks_chinese_to_an_english_reader(open_page: Open, tool: str) -> None:
    page = open_page(f"/planner?tool={tool}&lang=en", lang="en").page
    panel = page.locator(f".drawer.tool-{tool}")
    expect(panel.locator("h2").first).to_be_visible()
    for part in ("h2", "h3", "label", "button:not(.row):not(.bar):not([data-theme])", "summary"):
        for text in panel.locator(part).all_inner_texts():
            assert not HAN.search(text), (part, text)


def test_on_a_tablet_the_map_keeps_half_of_the_screen(api: Api, open_page: Open) -> None:
    tank = city.chlorine_tank(api)
    page = open_page(_planner(tank), viewport={"width": 1024, "height": 768}).page
    _tool(page, "query")
    box = page.locator("#map").bounding_box()
    assert box is not None
    assert box["width"] > 512
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024


def _planner(spot: city.Spot, *, zoom: int = city.CLOSE_UP) -> str:
    return f"/planner?lon={spot.lon}&lat={spot.lat}&zoom={zoom}"


def _tool(page: Page, name: str) -> None:
    button = page.locator(f"[name=tool-{name}]")
    expect(button).to_be_visible()
    if button.get_attribute("aria-pressed") != "true":
        button.click()
