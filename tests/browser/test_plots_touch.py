"""An officer draws on a tablet with nothing but a finger."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.city import Api
from tests.browser.conftest import Open
from tests.browser.plotting import badge, middle, plots, plotting, reported, rows, touched

TABLET: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
FINGER_PX = 44
# As far beside a handle as a finger's target reaches.
BESIDE_PX = 15


def tap(page: Page, *places: tuple[float, float]) -> None:
    left, top = middle(page)
    for x, y in places:
        page.touchscreen.tap(left + x, top + y)


def draw(page: Page, kind: str, *places: tuple[float, float]) -> None:
    count = rows(page).count()
    page.locator(f"button[data-kind={kind}]").tap()
    tap(page, *places)
    finish = page.locator("button[name=plot-finish]")
    if finish.count() > 0:
        finish.tap()
    expect(rows(page)).to_have_count(count + 1)


def test_a_finger_draws_moves_bends_deletes_and_takes_back(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    desk = plotting(open_page, tank, incident, **TABLET)
    page = desk.page
    draw(page, "point", (0, -60))
    draw(page, "line", (-60, -20), (0, -30), (60, -20))
    draw(page, "polygon", (-50, 20), (50, 20), (50, 120), (-50, 120))
    expect(badge(page)).to_have_class("plot-badge saved")

    def stored(kind: str) -> dict[str, Any]:
        (one,) = (plot for plot in plots(api, incident) if plot["kind"] == kind)
        return one

    drawn = stored("polygon")
    assert len(drawn["control"]) == 4
    touched(page, (50 - BESIDE_PX, 120 - BESIDE_PX), (60, 130), (70, 140))
    desk.until(lambda: stored("polygon")["version"] == 2, "a corner was pulled")
    bent = stored("polygon")["control"]
    assert [a == b for a, b in zip(bent, drawn["control"], strict=True)].count(False) == 1
    touched(page, (0, 70), (10, 80), (30, 100))
    desk.until(lambda: stored("polygon")["version"] == 3, "it was moved")
    moved = stored("polygon")["control"]
    assert all(a[0] > b[0] and a[1] < b[1] for a, b in zip(moved, bent, strict=True))
    page.locator("button[name=plot-remove]").tap()
    expect(rows(page)).to_have_count(2)
    undo = page.locator("button[name=plot-undo]")
    for _ in range(3):
        undo.tap()
    expect(rows(page)).to_have_count(3)
    desk.until(
        lambda: drawn["control"] in [plot["control"] for plot in plots(api, incident)],
        "all is as it was drawn",
    )
    tap(page, (0, -60))
    expect(page.locator("om-plot-form")).to_be_visible()


def test_what_a_finger_presses_is_large_enough(api: Api, open_page: Open) -> None:
    tank, incident = reported(api)
    page = plotting(open_page, tank, incident, **TABLET).page
    draw(page, "polygon", (-50, 20), (50, 20), (50, 120), (-50, 120))
    small = page.evaluate(
        """(least) => [...document.querySelectorAll("om-plot button")]
            .filter((button) => button.getClientRects().length > 0)
            .filter((button) => !button.closest(".swatches"))
            .map((button) => [button.name || button.dataset.kind, button.getBoundingClientRect()])
            .filter(([, { width, height }]) => Math.min(width, height) < least - 0.5)
            .map(([name, { width, height }]) => `${name} ${width} x ${height}`)""",
        FINGER_PX,
    )
    assert small == []
