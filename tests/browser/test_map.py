"""Looking around: search, layers, cards, language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom

DRAWN_COLOURS = 400
HIDDEN_PIXELS = 100
COORDINATES = re.compile(r"^\d+\.\d{5}, \d+\.\d{5}$")
HAN = re.compile(r"[一-鿿]")


def test_a_name_typed_finds_the_feature_and_opens_its_card(api: Api, open_page: Open) -> None:
    hospital = city.hospital(api)
    page = open_page("/desk?lon=123.42&lat=30.95&zoom=12").page
    _tool(page, "查找")
    page.locator("om-search [name=q]").fill(hospital.name)
    page.locator("om-search .results button", has_text=hospital.name).first.click()
    card = page.locator("om-card")
    expect(card.locator("h2")).to_have_text(hospital.name)
    expect(card.locator("dl.fields")).to_contain_text(f"{hospital.properties['people_day']:,}")
    expect(page.locator("om-map-foot .coordinates")).to_contain_text(f"{hospital.lon:.4f}")


def test_coordinates_typed_move_the_map_there(open_page: Open) -> None:
    page = open_page("/desk?lon=123.42&lat=30.95&zoom=12").page
    _tool(page, "查找")
    page.locator("om-search [name=q]").fill("123.4567, 30.9123")
    page.locator("om-search [name=q]").press("Enter")
    expect(page.locator("om-map-foot .coordinates")).to_have_text("123.45670, 30.91230")


@pytest.mark.parametrize("entrance", ["/desk", "/planner", "/field", "/hall"])
def test_the_middle_of_the_map_is_told_before_anybody_moves_it(
    open_page: Open, entrance: str
) -> None:
    page = open_page(entrance).page
    expect(page.locator("om-map-foot .coordinates")).to_have_text(COORDINATES)
    assert "lon=" not in page.url


def test_a_layer_that_is_switched_off_is_not_drawn_and_cannot_be_pressed(
    api: Api, open_page: Open, darkroom: Darkroom
) -> None:
    tank = city.quiet_tank(api)
    witness = open_page(tank.desk(hide="enterprise,incident,park,tank"))
    page = witness.page
    frame = page.locator("#map")

    card = page.locator("om-card h2")
    witness.until(lambda: darkroom.colours(frame) > DRAWN_COLOURS, "the map drawn")
    frame.click()
    expect(card).to_have_text(tank.name)
    amount = f"{tank.properties['quantity_t']:g} t"
    expect(page.locator("om-card dl.fields")).to_contain_text(amount)
    page.locator("om-card header button").click()
    shown = frame.screenshot()
    page.locator("[data-layer=hazard_source]").uncheck()
    witness.until(
        lambda: darkroom.changed(shown, frame.screenshot()) > HIDDEN_PIXELS, "the layer gone"
    )
    frame.click()
    expect(page.locator("om-card")).to_have_count(0)
    page.locator("[data-layer=hazard_source]").check()
    witness.until(
        lambda: darkroom.changed(shown, frame.screenshot()) < HIDDEN_PIXELS, "the layer back"
    )
    frame.click()
    expect(card).to_have_text(tank.name)


@pytest.mark.parametrize("toward_corner", [0, 0.8])
def test_a_plant_is_pressed_at_its_symbol_and_anywhere_on_its_ground(
    api: Api, open_page: Open, darkroom: Darkroom, toward_corner: float
) -> None:
    plant = city.plant(api, toward_corner=toward_corner)
    witness = open_page(plant.desk(hide="hazard_source,incident,park,tank,fire_water"))
    frame = witness.page.locator("#map")
    witness.until(lambda: darkroom.colours(frame) > DRAWN_COLOURS, "the map drawn")
    frame.click()
    expect(witness.page.locator("om-card h2")).to_have_text(plant.name)


def test_the_other_language_changes_titles_and_messages_without_a_reload(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "Leak at tank two")
    witness = open_page(f"/desk?incident={incident['id']}")
    page = witness.page
    expect(page.locator("om-plan .advice li").first).to_have_text(HAN)
    page.get_by_label("切换到英文").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("om-layers")).to_contain_text("Hazard source")
    expect(page.locator("om-topbar")).not_to_contain_text("接报")
    for part in ("om-layers", "om-plan .plan-tabs", "om-plan .headline", "om-plan .arrivals small"):
        expect(page.locator(part).first).not_to_have_text(HAN)
    expect(page.locator("om-plan .advice li").nth(1)).not_to_have_text(HAN)
    page.locator("om-topbar .ghost").click()
    expect(page.locator("om-plan .advice li").first).to_have_text(HAN)
    assert witness.loads == 1


@pytest.mark.parametrize("name", ["r", "l", "/"])
def test_a_key_opens_its_tool(open_page: Open, name: str) -> None:
    page = open_page("/desk?lon=123.42&lat=30.95&zoom=12").page
    opened = {"r": "om-report form", "l": "om-drawer .drawer", "/": "om-search input"}[name]
    expect(page.locator("om-layers li").first).to_be_visible()
    page.keyboard.press(name)
    if name == "l":
        expect(page.locator(opened)).to_have_count(0)
    else:
        expect(page.locator(opened)).to_be_visible()


def _tool(page: Page, name: str) -> None:
    page.locator("om-drawer .rail button", has_text=name).click()
