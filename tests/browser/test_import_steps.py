"""A file's way in by the planner's page, step by step, and back out again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from layers.crs import gcj02_from_wgs84
from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open

# A child process reads the file: on a busy machine its start alone takes seconds.
IMPORT_MS = 90_000
TEAMS = """队伍名称,类别,人数,经度,纬度
步骤一站,fire,30,123.51,30.92
步骤二站,fire,many,123.52,30.92
步骤三站,fire,25,223.53,30.92
"""


def test_a_file_is_analysed_checked_mended_compared_published_and_taken_back(
    api: Api, open_page: Open, tmp_path: Path
) -> None:
    before = city.layer_count(api, "team")
    page = open_page("/planner?tool=import").page
    _drop(page, _written(tmp_path / "队伍.csv", TEAMS))
    expect(page.locator("om-import .facts")).to_contain_text("CSV")
    expect(page.locator("om-import table.preview tbody tr")).to_have_count(3)
    expect(page.locator("om-import table.preview")).to_contain_text("步骤二站")
    expect(page).to_have_url(re.compile(r"import=[0-9a-f-]{36}"))

    page.locator("om-import .target select").select_option("team")
    for field, column in (("name", "队伍名称"), ("kind", "类别"), ("people", "人数")):
        page.locator(f"om-import [data-field={field}]").select_option(column)
    page.locator("om-import .quick button", has_text="WGS 84").click()
    expect(page.locator("#map path.leaflet-interactive").first).to_be_visible()
    page.locator("om-import [name=check]").click()
    _reaches(page, "staged")

    with page.expect_download() as saved:
        page.locator("om-import [name=faults-xlsx]").click()
    assert saved.value.path().read_bytes().startswith(b"PK")
    page.locator("om-import [name=adjust]").click()
    _mend(page, "people", "22")
    _mend(page, "geometry", "123.53, 30.92")
    page.locator("om-import [name=recheck]").click()
    expect(page.locator("om-import [name=changes-new] b")).to_have_text("3", timeout=IMPORT_MS)
    expect(page.locator("om-import .changes li", has_text="步骤二站")).to_contain_text("22")
    assert city.layer_count(api, "team") == before, "a row was loaded before anybody decided"
    page.locator("om-import [name=publish]").click()
    _reaches(page, "published")
    assert city.layer_count(api, "team") == before + 3

    page.locator("om-import [name=take-back]").click()
    _reaches(page, "taken_back")
    expect(page.locator("om-import .passed")).to_contain_text("3")
    assert city.layer_count(api, "team") == before


def test_rows_edited_since_stop_a_batch_from_being_taken_back_until_they_may_stay(
    api: Api, open_page: Open, tmp_path: Path
) -> None:
    witness = open_page("/planner?tool=import")
    page = witness.page
    page.locator("om-import .import-start summary").click()
    page.locator("om-import [name=layer]").select_option("team")
    page.locator("om-import [name=crs]").fill("EPSG:4326")
    rows = "name,kind,people,lon,lat\n改一站,fire,3,123.511,30.921\n改二站,fire,4,123.512,30.921\n"
    _choose(page, _written(tmp_path / "edited.csv", rows))
    _reaches(page, "staged")
    page.locator("om-import [name=publish]").click()
    _reaches(page, "published")
    (team,) = api("GET", "/layers/team/features", params={"q": "改一站"})["features"]
    path = f"/layers/team/features/{team['id']}"
    version = {"If-Match": f'"{team["properties"]["version"]}"'}
    api("PATCH", path, data={"properties": {"people": 33}}, headers=version)

    witness.expect("status of 409")
    page.locator("om-import [name=take-back]").click()
    edited = page.locator("om-import .big-warning")
    expect(edited).to_contain_text("改一站")
    page.locator("om-import [name=keep-edited]").click()
    _reaches(page, "taken_back")
    assert api("GET", path)["properties"]["people"] == 33
    assert not api("GET", "/layers/team/features", params={"q": "改二站"})["features"]


def test_a_file_shifted_by_the_offset_of_web_maps_is_told_and_put_right_by_one_press(
    api: Api, open_page: Open, tmp_path: Path
) -> None:
    page = open_page("/planner?tool=import").page
    _choose(page, _written(tmp_path / "shifted.geojson", json.dumps(_shifted(api))))
    _reaches(page, "analysed")
    page.locator("om-import .target select").select_option("resource")
    page.locator("om-import [name=check]").click()
    warning = page.locator("om-import .big-warning")
    expect(warning).to_contain_text("GCJ-02", timeout=IMPORT_MS)
    page.locator("om-import [name=fix]").click()
    _reaches(page, "staged")
    expect(warning).to_have_count(0, timeout=IMPORT_MS)
    expect(page.locator("om-import [name=changes-new]")).to_be_visible(timeout=IMPORT_MS)
    page.locator("om-import [name=reject]").click()
    _reaches(page, "rejected")


def test_a_file_becomes_a_layer_of_its_own_that_its_owner_dresses_removes_and_brings_back(
    open_page: Open, tmp_path: Path
) -> None:
    rows = "编号,说明,lon,lat\nA1,东门,123.55,30.89\nA2,西门,123.54,30.89\n"
    page = open_page("/planner?tool=import&lon=123.545&lat=30.89&zoom=15").page
    _drop(page, _written(tmp_path / "门岗.csv", rows))
    page.locator("om-import .target select").select_option(label="建成自己的图层")
    page.locator("om-import [name=own_title]").fill("园区门岗")
    page.locator("om-import .swatches").last.locator("[title=旗]").click()
    page.locator("om-import .quick button", has_text="WGS 84").click()
    page.locator("om-import [name=check]").click()
    _reaches(page, "staged")
    page.locator("om-import [name=publish]").click()
    _reaches(page, "published")

    page.locator("[name=tool-layers]").click()
    layer = page.locator("om-layers li", has_text="园区门岗")
    expect(layer.locator(".count")).to_have_text("2")
    layer.locator("[name=manage]").click()
    layer.locator("[name=own_title]").fill("化工园区门岗")
    layer.locator("[name=save]").click()
    layer = page.locator("om-layers li", has_text="化工园区门岗")
    expect(layer).to_be_visible()
    _remove_own(layer, "化工园区门岗")
    removed = page.locator("om-removed-layers")
    removed.locator("summary").click()
    removed.locator("li", has_text="化工园区门岗").get_by_role("button").click()
    expect(layer.locator(".count")).to_have_text("2")
    layer.locator("[name=manage]").click()
    _remove_own(layer, "化工园区门岗")  # the tests after this one share the server


def _remove_own(layer: Locator, title: str) -> None:
    layer.locator(".own details summary").click()
    layer.locator("[name=typed]").fill(title)
    layer.locator("[name=remove-layer]").click()
    expect(layer).to_have_count(0)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _choose(page: Page, file: Path) -> None:
    page.locator("om-import [name=file]").set_input_files(file)


def _drop(page: Page, file: Path) -> None:
    _choose(page, file)
    _reaches(page, "analysed")


def _reaches(page: Page, status: str) -> None:
    expect(page.locator(f"om-import .job [data-status={status}]")).to_be_visible(timeout=IMPORT_MS)


def _mend(page: Page, field: str, value: str) -> None:
    cell = page.locator(f"om-import .faults input[data-field={field}]")
    cell.fill(value)
    cell.press("Tab")
    expect(cell).to_have_class("corrected")


def _shifted(api: Api) -> dict[str, Any]:
    """Return the city's resources as a web map would give them, under names of their own."""
    features = api("GET", "/layers/resource/features?limit=200")["features"]
    points = [one for one in features if one["geometry"]["type"] == "Point"]
    lon, lat = zip(*(one["geometry"]["coordinates"] for one in points), strict=True)
    east, north = gcj02_from_wgs84(lon, lat)
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature",
             "geometry": {"type": "Point", "coordinates": [float(x), float(y)]},
             "properties": {"name": one["properties"]["name"], "kind": one["properties"]["kind"]}}
            for one, x, y in zip(points, east, north, strict=True)
        ],
    }  # fmt: skip
