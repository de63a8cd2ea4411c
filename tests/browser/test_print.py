"""Printing the map from the desk: a real job of the real server, measured on its paper."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.server import Server

MEDIA_BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")


def _asked(api: Api, **fields: Any) -> dict[str, Any]:
    center = api("GET", "/session")["site"]["center"]
    view = {"lon": center[0], "lat": center[1], "scale": 25_000}
    return {"id": str(uuid.uuid4()), "title": "<img src=x onerror=alert(1)>", "view": view} | fields


@pytest.mark.timeout(600)
def test_the_sheet_shows_a_kilometre_as_long_as_its_scale_says(api: Api, open_page: Open) -> None:
    asked = _asked(api)
    api("POST", "/prints", data=asked)
    witness = open_page(
        f"/print?job={asked['id']}&lang=zh", viewport={"width": 1123, "height": 794}
    )
    page = witness.page
    page.wait_for_selector("html[data-print]", state="attached", timeout=300_000)
    assert page.get_attribute("html", "data-print") == "ready"
    expect(page.locator("h1")).to_have_text(asked["title"])
    told = page.locator(".scale")
    assert float(told.get_attribute("data-ratio") or 0) == pytest.approx(25_000, rel=1e-6)
    metres = float(told.get_attribute("data-metres") or 0)
    bar_px = told.locator("rect").evaluate_all(  # without the width of their outlines
        "all => all.reduce((sum, one) => sum + one.getBBox().width * one.getScreenCTM().a, 0)"
    )
    bar_mm = bar_px / 96 * 25.4
    assert bar_mm * 25_000 / 1000 == pytest.approx(metres, rel=0.005)
    lines = page.locator("[data-axis=lat]")
    first, last = (lines.nth(n) for n in (0, -1))
    degrees = [float(line.get_attribute("data-degrees") or 0) for line in (first, last)]
    tops = [box["y"] for line in (first, last) if (box := line.locator("path").bounding_box())]
    on_paper_m = abs(tops[0] - tops[1]) / 96 * 25.4 * 25
    # A degree of latitude at 31 degrees north, on the ellipsoid.
    assert on_paper_m == pytest.approx(abs(degrees[1] - degrees[0]) * 110_858, rel=0.005)


@pytest.mark.timeout(600)
def test_the_sheet_explains_what_an_incident_has_on_it(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "打印图例", exercise=True)
    lon, lat = incident["lon"], incident["lat"]
    sign = {"kind": "point", "control": [[lon + 0.001, lat]], "symbol": "fire_engine"}
    wards = [[lon - 0.002, lat - 0.002], [lon + 0.002, lat - 0.002], [lon, lat + 0.002]]
    ops = [
        {
            "op_id": str(uuid.uuid4()),
            "op": "put",
            "plot": str(uuid.uuid4()),
            "base": None,
            "set": made,
        }
        for made in (sign, sign, {"kind": "cordon", "cordon": "hot", "control": wards})
    ]
    api("POST", f"/incidents/{incident['id']}/plots",
        data={"ops": ops, "client": str(uuid.uuid4())})  # fmt: skip
    asked = _asked(api, incident=incident["id"], view={"lon": lon, "lat": lat, "scale": 10_000})
    api("POST", "/prints", data=asked)
    witness = open_page(
        f"/print?job={asked['id']}&lang=zh", viewport={"width": 1123, "height": 794}
    )
    page = witness.page
    page.wait_for_selector("html[data-print]", state="attached", timeout=300_000)
    keys = page.locator(".keys-list")
    expect(keys).to_contain_text("消防车 × 2")
    expect(keys).to_contain_text("热区")
    expect(keys).to_contain_text("AEGL")
    expect(page.locator("header .mark").first).to_have_text("演练")
    expect(page.locator(".notes")).to_contain_text("公里网")
    for axis in ("east", "north"):
        assert page.locator(f".kilometres [data-axis={axis}]").count() >= 2
    expect(page.locator(".signing th")).to_have_text(["制图", "审核", "签发", "日期"])
    over = "(e) => e.scrollHeight > e.clientHeight + 1"
    assert not page.locator(".keys").evaluate(over), "a key is cut off"
    assert not page.locator("aside").evaluate(over), "something beside the map is cut off"


@pytest.mark.timeout(600)
def test_a_print_of_the_map_is_a_pdf_on_the_paper_that_was_asked_for(
    api: Api, server: Server, playwright: Playwright
) -> None:
    job = api("POST", "/prints", data=_asked(api, orientation="portrait"))
    for _ in range(600):
        job = api("GET", f"/prints/{job['id']}")
        if job["status"] not in ("waiting", "running"):
            break
        time.sleep(0.5)
    assert (job["status"], job["error"]) == ("done", None)
    context = playwright.request.new_context(base_url=server.address)
    printed = context.get(job["file"]).body()
    context.dispose()
    (size,) = MEDIA_BOX.findall(printed)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    assert [float(side) / 72 * 25.4 for side in size] == pytest.approx([210, 297], abs=0.5)
