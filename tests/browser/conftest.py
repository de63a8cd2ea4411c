"""One real `onemap serve` with the sample city for the run, and pages that a person would open.

Pages drive the built bundle under its real content security policy. Whatever a page asks of
another host, every console error and every exception fails the test that opened it.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from gis_server.views.pages import WEB
from tests.browser.city import Api
from tests.browser.picture import Darkroom
from tests.browser.server import Server
from tests.browser.witness import Witness

CHROMIUM = Path(os.environ.get("ONEMAP_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
DESK = {"width": 1366, "height": 768}
WAIT_MS = 20_000
FACES = ("/desk", "/hall", "/planner", "/field")
SHOTS = Path(__file__).parents[2] / "var" / "shots"

Open = Callable[..., Witness]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            # The first test also waits for the whole city to be made and loaded.
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Serve the sample city until the run ends."""
    if not (WEB / "desk.html").is_file():
        pytest.fail(f"the web map is not built in {WEB}: run script/setup test", pytrace=False)
    with TemporaryDirectory(prefix="onemap-browser-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's own account must get through
        server = Server(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.release()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not CHROMIUM.is_file():
        pytest.fail(
            f"there is no {CHROMIUM}: run script/setup test, or set ONEMAP_CHROMIUM", pytrace=False
        )
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def darkroom(browser: Browser) -> Iterator[Darkroom]:
    """Give what reads the pixels of a screenshot."""
    page = browser.new_page()
    yield Darkroom(page)
    page.close()


@pytest.fixture
def api(server: Server, playwright: Playwright) -> Iterator[Api]:
    """Give the API as a visitor of this machine has it."""
    context = playwright.request.new_context(
        base_url=server.address,
        extra_http_headers={"X-Requested-With": "onemap", "Accept-Language": "zh"},
    )
    yield Api(context)
    context.dispose()


@pytest.fixture
def open_page(server: Server, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Give a function that opens an address in a window of its own and watches it.

    What each window shows at the end is kept in `var/shots`, by the test's name.
    """
    name = re.sub(r"[^\w-]+", "-", request.node.name)[:120]
    numbers = itertools.count(1)
    SHOTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page) -> None:
        with suppress(PlaywrightError):  # closed by the test, or its server is gone
            page.screenshot(path=SHOTS / f"{name}-{next(numbers)}.png", timeout=5000)

    with ExitStack() as stack:

        def open_(address: str, *, lang: str = "zh", **options: Any) -> Witness:
            settings: dict[str, Any] = {
                "viewport": DESK, "reduced_motion": "reduce", "timezone_id": "Asia/Shanghai",
                "locale": "zh-CN" if lang == "zh" else "en-GB", **options,
            }  # fmt: skip
            context = stack.enter_context(browser.new_context(**settings))
            context.set_default_timeout(WAIT_MS)
            witness = Witness(context.new_page(), server.address)
            stack.callback(witness.testify)
            stack.callback(keep, witness.page)
            witness.page.goto(address if address == "about:blank" else server.address + address)
            if address.startswith(FACES):
                # Words come before the page, and keys are heard from then on.
                witness.page.locator("#map").wait_for(state="attached")
            return witness

        yield open_
