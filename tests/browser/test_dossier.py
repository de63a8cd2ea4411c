"""One enterprise, one file: opened by a link, read, and a plan laid on the map."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.picture import Darkroom

PLAN_PIXELS = 5_000


@pytest.fixture
def enterprise(api: Api) -> str:
    """Return the enterprise that owns the chlorine tank."""
    return str(city.chlorine_tank(api).properties["enterprise_id"])


def test_a_link_opens_the_file_with_grade_and_working_surroundings_and_help(
    api: Api, open_page: Open, enterprise: str
) -> None:
    page = open_page(f"/planner?enterprise={enterprise}").page
    file = page.locator("om-dossier")
    name = api("GET", f"/enterprises/{enterprise}/file")["enterprise"]["properties"]["name"]
    expect(file.locator("h2").first).to_have_text(name)
    file.locator("[name=dossier-units]").click()
    unit = file.locator(".unit").first
    expect(unit.locator(".grades")).to_contain_text("计算等级")
    unit.locator(".working summary").click()
    expect(unit.locator(".working")).to_contain_text(re.compile(r"S = Σ q/Q = \d"))
    expect(unit.locator(".working")).to_contain_text("GB 18218")
    file.locator("[name=dossier-around]").click()
    expect(file.locator(".rings thead")).to_contain_text("500 m")
    expect(file.locator(".rings thead")).to_contain_text("5 km")
    file.locator("[name=dossier-help]").click()
    expect(file.locator(".near .when b").first).to_have_text(re.compile(r"\d+ (min|m|km)"))


def test_the_card_of_an_enterprise_leads_to_its_file_and_the_address_follows(
    open_page: Open, enterprise: str
) -> None:
    page = open_page(f"/planner?enterprise={enterprise}").page
    page.locator("om-dossier [name=close-dossier]").click()
    expect(page.locator("om-dossier")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("enterprise="))


def test_a_picture_is_kept_laid_on_the_map_faded_and_removed(
    open_page: Open, enterprise: str, darkroom: Darkroom
) -> None:
    screen = {"width": 1920, "height": 1080}
    witness = open_page(f"/planner?enterprise={enterprise}", viewport=screen)
    page = witness.page
    page.locator("om-dossier [name=dossier-documents]").click()
    papers = page.locator("om-documents")
    papers.locator(".document-new summary").click()
    picture = {"name": "plan.png", "mimeType": "image/png", "buffer": _picture()}
    papers.locator("[name=file]").set_input_files(picture)
    papers.locator("[name=title]").fill("总图")
    papers.locator("[name=add-document]").click()
    row = papers.locator(".documents li", has_text="总图")
    expect(row).to_be_visible()
    before = page.locator("#map").screenshot()
    row.locator("[name=place]").click()
    page.locator("#map").click(position={"x": 120, "y": 120})
    page.locator("#map").click(position={"x": 420, "y": 320})
    shown = papers.locator(".site-plan")
    expect(shown.locator("[name=plan]")).to_have_attribute("aria-pressed", "true")
    witness.until(
        lambda: darkroom.changed(before, page.locator("#map").screenshot()) > PLAN_PIXELS,
        "the plan drawn on the map",
    )
    shown.locator("[name=opacity]").fill("0.2")
    row.get_by_role("button", name="删除文件").click()
    expect(row).to_have_count(0)
    expect(shown).to_have_count(0)


def test_a_park_lists_its_enterprises_and_each_leads_to_its_own_file(
    api: Api, open_page: Open
) -> None:
    park = api("GET", "/layers/park/features")["features"][0]["id"]
    page = open_page(f"/planner?park={park}").page
    page.locator("om-dossier [name=dossier-units]").click()
    first = page.locator("om-dossier .results button").first
    name = first.locator(".name").inner_text().splitlines()[0]
    first.click()
    expect(page).to_have_url(re.compile(r"enterprise=[0-9a-f-]{36}"))
    expect(page.locator("om-dossier h2").first).to_contain_text(name)


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), (230, 120, 40)).save(out, "PNG")
    return out.getvalue()
