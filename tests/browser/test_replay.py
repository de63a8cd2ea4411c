"""The line of time on a real page: everything as it was, nothing written, and back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import city
from tests.browser.city import Api
from tests.browser.conftest import Open


def test_the_past_is_shown_as_it_was_while_nothing_can_be_written(
    api: Api, open_page: Open
) -> None:
    incident = city.chlorine_release(api, "回放 <script>alert(1)</script> 😀")
    witness = open_page(f"/desk?incident={incident['id']}")
    page = witness.page
    before = page.locator("om-topbar .tab", has_text="回放 <script>").first
    expect(before).to_be_visible()
    report = page.locator('om-drawer button[data-tool="report"]')
    expect(report).to_be_visible()
    place = f"/incidents/{incident['id']}"
    version = api("GET", place)["version"]
    api("PATCH", place, data={"title": "后来的名字"}, headers={"If-Match": f'"{version}"'})
    expect(page.locator("om-topbar .tab", has_text="后来的名字").first).to_be_visible()
    page.locator("om-timeline button[name=replay]").click()
    track = page.locator("om-replay .track")
    expect(track).to_be_visible()
    expect(page.locator("om-replay .mark").first).to_be_attached()
    page.locator("om-replay button[name=previous]").click()
    page.locator("om-replay button[name=previous]").click()
    expect(page.locator(".looking")).to_be_visible()
    expect(page.locator("body")).to_have_class(re.compile(r"\bpast\b"))
    expect(before).to_be_visible()
    expect(page.locator("om-topbar .tab", has_text="后来的名字")).to_have_count(0)
    expect(report).to_have_count(0)
    track.focus()
    page.keyboard.press("End")
    expect(page.locator("om-topbar .tab", has_text="后来的名字").first).to_be_visible()
    expect(page.locator(".looking")).to_have_count(0)
    expect(report).to_be_visible()


def test_a_moment_is_marked_with_a_word_and_seen_by_another(api: Api, open_page: Open) -> None:
    incident = city.chlorine_release(api, "书签")
    page = open_page(f"/desk?incident={incident['id']}").page
    page.locator("om-timeline button[name=replay]").click()
    page.locator("om-replay button[name=previous]").click()
    page.locator("om-replay button[name=bookmark]").click()
    page.keyboard.type("第一次研判")
    page.keyboard.press("Enter")
    expect(page.locator("om-replay .bookmark")).to_have_attribute(
        "aria-label", re.compile("第一次研判")
    )
    other = open_page(f"/desk?incident={incident['id']}").page
    other.locator("om-timeline button[name=replay]").click()
    other.locator("om-replay .bookmark").click()
    expect(other.locator(".looking")).to_be_visible()
    other.locator("om-replay button[name=unmark]").click()
    expect(other.locator("om-replay .bookmark")).to_have_count(0)
    assert api("GET", f"/bookmarks?incident={incident['id']}")["bookmarks"] == []
