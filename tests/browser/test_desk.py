"""A call at the desk: nothing is sent half said, and what was put away is found again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_enter_in_the_middle_of_the_form_sends_nothing(open_page: Open) -> None:
    page = open_page("/desk?lon=123.42&lat=30.95&zoom=15").page
    page.locator("om-topbar button.primary").click()
    page.locator("om-report [name=address]").fill("123.42, 30.95")
    expect(page.locator("om-report [name=spot]").first).to_be_visible()
    page.locator("om-report [name=address]").press("Enter")
    page.locator("om-report [name=caller]").fill("张三")
    page.locator("om-report [name=caller]").press("Enter")
    expect(page.locator("om-report [name=phone]")).to_be_focused()
    expect(page.locator("om-report")).to_be_visible()


def test_a_report_that_was_put_away_is_offered_with_its_age(open_page: Open) -> None:
    page = open_page("/desk").page
    page.locator("om-topbar button.primary").click()
    page.locator("om-report [name=title]").fill("没说完的电话")
    page.keyboard.press("Escape")
    expect(page.locator("om-report form")).to_have_count(0)
    page.locator("om-topbar button.primary").click()
    row = page.locator("om-report .unsent li", has_text="没说完的电话")
    expect(row).to_contain_text("前保存")
    row.locator("[name=take-up]").click()
    expect(page.locator("om-report [name=title]")).to_have_value("没说完的电话")
