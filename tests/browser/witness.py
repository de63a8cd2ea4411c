"""A page that is watched: what it must never do is noted, and told when the test ends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

UNTIL_S = 20.0
NOT_DRAWN = 'Image "own-'
"""So the map warns of a tile that is cut without the symbol of an own layer: it stays empty."""
POLICY = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`));"""


class Witness:
    """A page, and every fault it showed."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        self.loads = 0
        self._expected: list[re.Pattern[str]] = []
        page.add_init_script(POLICY)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(f"exception: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("domcontentloaded", self._loaded)

    def expect(self, pattern: str) -> None:
        """Allow faults like this: the test causes them."""
        self._expected.append(re.compile(pattern))

    def testify(self) -> None:
        """Fail when the page did what it must not do."""
        assert not self.faults, "\n".join(self.faults)

    def until(self, holds: Callable[[], Any], what: str, *, within_s: float = UNTIL_S) -> Any:
        """Wait until a condition holds and return what it gave."""
        due = time.monotonic() + within_s
        while not (value := holds()):
            assert time.monotonic() < due, f"after {within_s:.0f} s still not: {what}"
            self.page.wait_for_timeout(60)
        return value

    def _note(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self._expected):
            self.faults.append(f"{self.page.url}: {fault}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" or NOT_DRAWN in message.text:
            self._note(f"console: {message.text} {message.location.get('url', '')}")

    def _dialog(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _loaded(self, _: Page) -> None:
        self.loads += 1

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.hostname != "127.0.0.1":
            self._note(f"asked another host: {request.url}")
