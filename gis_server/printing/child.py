"""The printing process: one order on standard input, one file out, one line of JSON about it.

Run as `python -m gis_server.printing.child`. It knows no database and no secret but the pass of
the reader for whom it prints, and takes Chromium with it when it ends.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Barrier
from typing import Any

from playwright.async_api import BrowserContext, Error, Page, Route, async_playwright

from gis_server.printing.gate import Gate

DOCUMENT = "http://print.invalid/"
PICTURE = "/print-picture.png"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
FETCHERS = 6
MAX_HEIGHT_PX = 12_000
"""No picture of a page is higher: Chromium would need gigabytes for it."""

FLAGS = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-domain-reliability", "--disable-client-side-phishing-detection",
    "--disable-default-apps", "--no-first-run", "--no-pings", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # Whatever the gate does not answer goes to a proxy that is not there, this machine's included.
    "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=1024",
)  # fmt: skip
DRAWING = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


class PageError(Exception):
    """The page itself says that it cannot be printed; the text is its error code."""


async def print_order(order: Mapping[str, Any], pool: ThreadPoolExecutor) -> None:
    """Print one order into its file."""
    async with AsyncExitStack() as stack:
        play = await stack.enter_async_context(async_playwright())
        browser = await play.chromium.launch(
            executable_path=order["chromium"],
            chromium_sandbox=order["sandbox"],
            args=[*FLAGS, *(DRAWING if order["kind"] == "map" else ())],
        )
        stack.push_async_callback(browser.close)
        context = await browser.new_context(
            viewport={"width": order["width_px"], "height": order["height_px"]},
            device_scale_factor=order["scale"],
            java_script_enabled=order["kind"] == "map",
            service_workers="block",
            accept_downloads=False,
            reduced_motion="reduce",
            locale="zh-CN" if order["language"] == "zh" else "en-GB",
            timezone_id=order["timezone"],
        )
        page = await context.new_page()
        page.set_default_timeout(order["limit_s"] * 1000)
        printed = await (_map if order["kind"] == "map" else _document)(context, page, order, pool)
        Path(order["out"]).write_bytes(printed)


async def _document(
    context: BrowserContext, page: Page, order: Mapping[str, Any], pool: ThreadPoolExecutor
) -> bytes:
    """Print a page that stands alone: only itself is answered."""

    async def answer(route: Route) -> None:
        if route.request.url == DOCUMENT and route.request.is_navigation_request():
            headers = {"Content-Security-Policy": POLICY}
            await route.fulfill(body=order["html"], content_type="text/html", headers=headers)
        else:
            await route.abort()

    await context.route("**/*", answer)
    await page.goto(DOCUMENT, wait_until="load")
    printed = await _out(page, order)
    return await _footed(page, order, printed) if order["format"] == "pdf" else printed


async def _footed(page: Page, order: Mapping[str, Any], printed: bytes) -> bytes:
    """Print once more with the number of pages known, where a page has something for its foot.

    No style sheet names the last page: a page that wants a part of it at the foot of that one says
    so by `data-foot` and sets it by `--pages`. What would need another page then stays as it was.
    """
    if not await page.locator("html[data-foot]").count():
        return printed
    pages = len(_PAGE.findall(printed))
    if not pages:
        return printed
    await page.evaluate(
        "(pages) => document.documentElement.style.setProperty('--pages', pages)", pages
    )
    await page.evaluate("document.documentElement.dataset.foot = 'known'")
    again = await _out(page, order)
    return again if len(_PAGE.findall(again)) == pages else printed


async def _map(
    context: BrowserContext, page: Page, order: Mapping[str, Any], pool: ThreadPoolExecutor
) -> bytes:
    """Print the page of a map: the map becomes one picture, what stands around it stays lines."""
    gate = Gate(order["origin"], cookie=order["cookie"], language=order["language"])
    loop = asyncio.get_running_loop()
    picture: list[bytes] = []

    async def answer(route: Route) -> None:
        asked = route.request
        if picture and asked.url == order["origin"] + PICTURE:
            await route.fulfill(body=picture[0], content_type="image/png")
        elif gate.allows(asked.method, asked.url):
            found = await loop.run_in_executor(pool, gate.fetch, asked.method, asked.url)
            await route.fulfill(status=found.status, headers=found.headers, body=found.body)
        else:
            await route.abort()

    await context.route("**/*", answer)
    await page.goto(order["origin"] + order["path"], wait_until="load")
    await page.wait_for_selector("html[data-print]", state="attached")
    state = await page.get_attribute("html", "data-print")
    if state != "ready":
        raise PageError(state or "print_failed")
    gate.close()
    if gate.failed:
        raise PageError("print_incomplete")
    if order["format"] == "pdf":
        picture.append(await page.locator("#map").screenshot(type="png", animations="disabled"))
        await page.evaluate(
            "async (source) => { const image = document.querySelector('#picture');"
            " image.src = source; await image.decode();"
            " document.documentElement.dataset.print = 'printed'; }",
            PICTURE,
        )
    return await _out(page, order)


async def _out(page: Page, order: Mapping[str, Any]) -> bytes:
    if order["format"] == "pdf":
        return await page.pdf(
            width=f"{order['width_mm']}mm", height=f"{order['height_mm']}mm",
            print_background=True, prefer_css_page_size=order["kind"] == "document",
            margin={"top": "0", "right": "0", "bottom": "0", "left": "0"},
        )  # fmt: skip
    height = order["height_px"]
    if order["kind"] == "document":
        box = await page.locator("html").bounding_box()
        height = min(max(height, round(box["height"]) if box else 0), MAX_HEIGHT_PX)
    return await page.screenshot(
        type="png", full_page=True, animations="disabled",
        clip={"x": 0, "y": 0, "width": order["width_px"], "height": height},
    )  # fmt: skip


def _warmed() -> ThreadPoolExecutor:
    """Return threads that fetch; they run before the network is given up and keep theirs."""
    pool, met = ThreadPoolExecutor(FETCHERS), Barrier(FETCHERS + 1)
    for _ in range(FETCHERS):
        pool.submit(met.wait)
    met.wait()
    return pool


def _give_up_network() -> None:
    """Leave the network for good where this system lets us; all that is started here follows.

    Only the calling thread leaves. Where the system says no, the closed proxy is what holds.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)


def main() -> int:
    """Print the order that comes on standard input; return the exit code."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    order = json.load(sys.stdin)
    pool = _warmed() if order["kind"] == "map" else ThreadPoolExecutor(1)
    _give_up_network()
    try:
        asyncio.run(asyncio.wait_for(print_order(order, pool), timeout=order["limit_s"]))
    except PageError as error:
        told = {"code": str(error), "message": "the page cannot be printed"}
    except TimeoutError:
        told = {"code": "print_too_long", "message": "the page took too long"}
    except Error as error:
        told = {"code": "print_failed", "message": str(error)[:500]}
    else:
        told = {"code": "", "message": ""}
    sys.stdout.write(json.dumps(told))
    return int(bool(told["code"]))


if __name__ == "__main__":
    sys.exit(main())
