"""Text that would be a program in a careless page is shown as text."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open

NAMES = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    '"><svg onload=alert(3)>',
)
PLACES = ((123.5101, 30.9101), (123.5102, 30.9102), (123.5103, 30.9103))


@pytest.fixture
def hostile(api: Api) -> list[str]:
    """Import three kindergartens with names that attack, once."""
    if not _found(api, NAMES[0]):
        collection = {
            "type": "FeatureCollection",
            "features": [_kindergarten(*pair) for pair in zip(NAMES, PLACES, strict=True)],
        }
        file = {
            "name": "targets.geojson", "mimeType": "application/geo+json",
            "buffer": json.dumps(collection).encode(),
        }  # fmt: skip
        batch = api("POST", "/imports", multipart={"file": file, "layer": "protection_target"})
        _publish(api, batch["id"])
    return list(NAMES)


def test_a_hostile_name_is_text_in_lists_cards_plans_and_on_the_wall(
    api: Api, open_page: Open, hostile: list[str]
) -> None:
    lon, lat = PLACES[0]
    incident = city.chlorine_release(api, hostile[0], lon=lon, lat=lat, hazard_source_id=None)
    wall = open_page(f"/hall?incident={incident['id']}").page
    desk = open_page(f"/desk?lon={lon}&lat={lat}&zoom=17&incident={incident['id']}").page
    expect(wall.locator("om-hall-head .case")).to_contain_text(hostile[0])
    expect(desk.locator("om-plan .plan-head h2")).to_contain_text(hostile[0])
    desk.locator("om-plan .plan-tabs [name=people]").click()
    for name in hostile:
        expect(desk.locator("om-plan .targets li", has_text=name).first).to_be_visible()
        desk.locator("om-drawer .rail button", has_text="查找").click()
        desk.locator("om-search [name=q]").fill(name)
        desk.locator("om-search .results button", has_text=name).first.click()
        expect(desk.locator("om-card h2")).to_have_text(name)
    for page in (desk, wall):
        _nothing_ran(page)


def _nothing_ran(page: Page) -> None:
    """No element of ours has such a source or handler: only a name could have made one."""
    assert page.locator("[onerror], [onload], img[src='x'], body script:not([src])").count() == 0


def _kindergarten(name: str, place: tuple[float, float]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {"name": name, "kind": "kindergarten", "people_day": 90, "people_night": 90},
    }


def _found(api: Api, name: str) -> bool:
    features = api("GET", "/layers/protection_target/features", params={"q": name})["features"]
    return bool(features)


def _publish(api: Api, batch: str) -> None:
    due = time.monotonic() + 60
    while (shown := api("GET", f"/imports/{batch}"))["status"] != "staged":
        assert shown["status"] in ("waiting", "reading", "checking"), shown
        assert time.monotonic() < due, shown
        time.sleep(0.1)
    api("POST", f"/imports/{batch}/publish", data={})
