"""A file through the door, in the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open

# A child process reads the file: on a busy machine its start alone takes seconds.
IMPORT_MS = 60_000
FAULTY = """name,kind,people,lon,lat
化工园区二站,fire,30,123.51,30.92
化工园区三站,fire,many,123.52,30.92
化工园区四站,fire,25,223.52,30.92
"""


def test_every_fault_is_shown_and_the_good_rows_alone_are_loaded(
    api: Api, open_page: Open, tmp_path: Path
) -> None:
    before = city.layer_count(api, "team")
    file = tmp_path / "teams.csv"
    file.write_text(FAULTY, encoding="utf-8")
    witness = open_page("/desk?lon=123.51&lat=30.92&zoom=15")
    page = witness.page
    _upload(page, file, layer="team", crs="EPSG:4326")

    faults = page.locator("om-import table.faults tbody tr")
    expect(faults.first).to_be_visible(timeout=IMPORT_MS)
    for row, field, got in (("2", "人数", "many"), ("3", "位置", "223.52")):
        fault = faults.filter(has=page.locator(f"input[data-row='{row}']"))
        cells = fault.first.locator("td")
        expect(cells.nth(1)).to_contain_text(field)
        expect(cells.nth(2)).to_have_text(re.compile(r"[一-鿿]"))
        expect(cells.nth(3).locator("input")).to_have_value(re.compile(got))
        expect(cells.nth(4)).not_to_be_empty()
    page.locator("om-import button[name=step-stage]").click()
    expect(page.locator("om-import button[name=publish]")).to_be_disabled()
    assert city.layer_count(api, "team") == before, "a row was loaded before anybody decided"
    page.locator("om-import button[name=good]").click()
    expect(page.locator("om-import [data-status=published]")).to_be_visible()

    page.locator("om-drawer .rail button", has_text="图层").click()
    count = page.locator("om-layers label", has=page.locator("[data-layer=team]")).locator(".count")
    expect(count).to_have_text(str(before + 1))
    assert witness.loads == 1


@pytest.mark.parametrize(("lang", "words"), [("zh", r"[一-鿿]{4}"), ("en", r"^[^一-鿿]{12,}$")])
def test_a_broken_file_is_refused_in_the_readers_language(
    open_page: Open, tmp_path: Path, lang: str, words: str
) -> None:
    file = tmp_path / "cut.geojson"
    file.write_text('{"type": "FeatureCollection", "features": [{"type": "Fea')
    page = open_page("/desk?lon=123.42&lat=30.95&zoom=12", lang=lang).page
    _upload(page, file, layer="team")
    expect(page.locator("om-import [data-status=failed]")).to_be_visible(timeout=IMPORT_MS)
    expect(page.locator("om-import p.failed")).to_have_text(re.compile(words))


def _upload(page: Page, file: Path, *, layer: str, crs: str = "") -> None:
    page.locator("om-drawer .rail [data-tool=import]").click()
    page.locator("om-import .import-start summary").click()
    page.locator("om-import [name=layer]").select_option(layer)
    page.locator("om-import [name=crs]").fill(crs)
    page.locator("om-import [name=file]").set_input_files(file)
