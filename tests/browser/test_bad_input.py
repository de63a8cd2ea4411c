"""What a duty officer's evening brings: a huge photo, a wrong clock, two windows of one report."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.server import Server

HOUR = dt.timedelta(hours=1)
HERE = ZoneInfo("Asia/Shanghai")
EIGHT_MB = 8_000_000


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Give a photo of 8 MB that no compression makes smaller."""
    noise = np.random.default_rng(8).integers(0, 256, (1700, 1650, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, format="PNG", compress_level=0)
    path = tmp_path / "现场 <b>.png"
    path.write_bytes(out.getvalue())
    assert path.stat().st_size > EIGHT_MB
    return path


def test_a_photo_of_8_mb_is_kept_with_its_note_and_shown_small(
    api: Api, open_page: Open, photo: Path
) -> None:
    incident = city.chlorine_release(api, "大照片")
    page = open_page(f"/desk?incident={incident['id']}").page
    expect(page.locator("om-plan .headline")).to_be_visible()
    page.locator("om-plan .plan-tabs [name=log]").click()
    log = page.locator("om-log")
    log.locator("[name=text]").fill("储罐西侧照片")
    log.locator("[name=files]").set_input_files(photo)
    expect(log.locator(".chosen")).to_contain_text("8.4 MB")
    log.locator("[name=write]").click()
    note = log.locator(".of-note", has_text="储罐西侧照片")
    preview = note.locator(".files img")
    expect(preview).to_be_visible(timeout=60_000)
    expect(preview).to_have_js_property("complete", True)
    assert preview.evaluate("image => image.naturalWidth") == 1650
    assert preview.bounding_box()["width"] <= 200  # type: ignore[index]
    (kept,) = api("GET", f"/incidents/{incident['id']}/notes")["notes"]
    assert [file["file_name"] for file in kept["documents"]] == [photo.name]


@pytest.mark.parametrize("wrong", [-HOUR, HOUR], ids=["slow", "fast"])
def test_a_clock_that_is_an_hour_wrong_changes_no_time_that_is_shown_or_sent(
    api: Api, open_page: Open, server: Server, wrong: dt.timedelta
) -> None:
    now = dt.datetime.now(dt.UTC)
    title = f"时钟不准{'快' if wrong > HOUR * 0 else '慢'}"
    received = (now - dt.timedelta(minutes=30)).isoformat()
    incident = city.chlorine_release(api, title, received_at=received, occurred_at=received)
    page = open_page("about:blank").page
    page.clock.install(time=now + wrong)
    page.goto(f"{server.address}/desk?incident={incident['id']}")
    tab = page.locator("om-topbar .tab", has_text=title)
    expect(tab.locator("time").first).to_have_text(re.compile(r"^00:3[0-4]:"))
    expect(tab.locator("om-deadline")).to_contain_text(re.compile(r"剩 (01:2[5-9]:|2[5-9]:)"))
    page.locator("om-plan .plan-tabs [name=log]").click()
    page.locator("om-log [name=text]").fill("按本机时钟")
    page.locator("om-log [name=write]").click()
    written = page.locator("om-log .of-note time").first
    expect(written).to_be_visible()
    shown = dt.datetime.fromisoformat(str(written.get_attribute("datetime")))
    assert abs(shown - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    page.locator("om-topbar button.primary").click()
    taken = page.locator("om-report [name=received]")
    expect(taken).to_have_value(re.compile(r"^\d{4}-"))
    stamped = dt.datetime.fromisoformat(taken.input_value()).replace(tzinfo=HERE)
    assert abs(stamped - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_times_are_the_sites_own_on_a_device_of_another_zone_and_say_so(
    open_page: Open,
) -> None:
    page = open_page("/desk", timezone_id="America/New_York").page
    page.locator("om-topbar button.primary").click()
    form = page.locator("om-report")
    taken = form.locator("[name=received]")
    expect(taken).to_have_value(re.compile(r"^\d{4}-"))
    stamped = dt.datetime.fromisoformat(taken.input_value()).replace(tzinfo=HERE)
    assert abs(stamped - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    expect(form).to_contain_text("UTC+08:00")


def test_one_report_that_two_windows_write_loses_nothing_of_either(
    open_page: Open,
) -> None:
    first = open_page("/desk").page
    first.locator("om-topbar button.primary").click()
    _type(first, "address", "化工大道 18 号")
    second = first.context.new_page()
    second.goto(first.url)
    second.locator("om-topbar button.primary").click()
    unsent = second.locator("om-report .unsent li", has_text="化工大道 18 号")
    unsent.locator("[name=take-up]").click()
    expect(second.locator("om-report [name=address]")).to_have_value("化工大道 18 号")
    _type(second, "caller", "周敏")
    _type(first, "phone", "13800000000")
    _type(second, "unit", "氯碱厂值班室")
    _type(first, "title", "第一窗口的标题")
    expect(first.locator("om-notices")).to_contain_text("另一个窗口")
    for page, mine in (
        (first, {"phone": "13800000000", "title": "第一窗口的标题"}),
        (second, {"caller": "周敏", "unit": "氯碱厂值班室"}),
    ):
        page.reload()
        for name, words in {"address": "化工大道 18 号", **mine}.items():
            expect(page.locator(f"om-report [name={name}]")).to_have_value(words)


def _type(page: Page, name: str, words: str) -> None:
    field = page.locator(f"om-report [name={name}]")
    field.scroll_into_view_if_needed()
    field.press_sequentially(words, delay=5)
