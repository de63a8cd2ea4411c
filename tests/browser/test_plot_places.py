"""Places are typed and told in the form that somebody chose; distances and areas are measured."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.plotting import MAP_MS, badge, middle, plots, plotting, reported, rows


def test_a_place_typed_as_a_phone_shows_it_is_where_the_phone_means(
    api: Api, open_page: Open
) -> None:
    tank, incident = reported(api)
    page = plotting(open_page, tank, incident).page
    page.keyboard.press("p")
    page.locator("om-plot-corner select[name=form]").select_option("gcj02")
    page.locator("om-plot-corner input[name=place]").fill(f"{tank.lon}, {tank.lat}")
    page.locator("button[name=plot-set]").click()
    expect(rows(page)).to_have_count(1)
    expect(badge(page)).to_have_class("plot-badge saved")
    (plot,) = plots(api, incident)
    read = api("POST", "/coordinates", data={"text": f"{tank.lon}, {tank.lat}", "from": "GCJ-02"})
    (place,) = read["points"]
    assert plot["control"] == [[pytest.approx(place["lon"]), pytest.approx(place["lat"])]]
    assert abs(place["lon"] - tank.lon) > 1e-3


def test_distance_area_and_coordinates_are_told_in_the_chosen_form(
    api: Api, open_page: Open
) -> None:
    tank, incident = reported(api)
    page = open_page(tank.desk(incident=incident["id"])).page
    page.keyboard.press("m")
    expect(page.locator("#map.plotting")).to_be_visible(timeout=MAP_MS)
    page.locator("om-measure select[name=form]").select_option("mgrs")
    at = middle(page)
    page.mouse.click(*at)
    page.mouse.click(at[0] + 120, at[1])
    page.keyboard.press("Enter")
    expect(page.locator("om-measure .measured")).to_contain_text(" m")
    expect(page.locator("om-measure .measured")).to_contain_text("51R")
    page.locator("button[name=measure-area]").click()
    for x, y in ((0, 0), (120, 0), (120, 90)):
        page.mouse.click(at[0] + x, at[1] + y)
    page.keyboard.press("Enter")
    expect(page.locator("om-measure .measured")).to_contain_text("²")
    page.reload()
    expect(page.locator("om-pointer output")).to_contain_text("51R")
