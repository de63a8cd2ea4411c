"""Two images of one place, parted by a line that a hand or a key moves; a value under a press."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.witness import Witness

RED, BLUE = (200, 30, 30), (30, 30, 200)
BEFORE, AFTER = "0f000000-0000-7000-8000-000000000001", "0f000000-0000-7000-8000-000000000002"


def test_two_images_are_parted_by_a_line_that_mouse_and_keys_move(open_page: Open) -> None:
    witness = _desk_with_images(open_page)
    page = witness.page
    page.locator("[name=swipe]").click()
    line = page.locator("om-swipe [role=slider]")
    expect(line).to_have_attribute("aria-valuenow", "50")
    expect(page.locator("om-swipe .date.left")).to_have_text("2026-03-01")
    expect(page.locator("om-swipe .date.right")).to_have_text("2026-07-01")
    witness.until(lambda: _sides(witness, (0.25, 0.75)) == ["red", "blue"], "both images")

    line.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "62")
    witness.until(lambda: _sides(witness, (0.56, 0.68)) == ["red", "blue"], "the line moved")
    page.keyboard.press("Home")
    witness.until(lambda: _sides(witness, (0.25, 0.75)) == ["blue", "blue"], "the line at its end")

    frame = page.locator("om-swipe").bounding_box()
    assert frame is not None
    page.keyboard.press("PageUp")
    grip = line.bounding_box()
    assert grip is not None
    middle = frame["y"] + frame["height"] / 2
    page.mouse.move(grip["x"] + grip["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.7, middle, steps=5)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "70")
    witness.until(lambda: _sides(witness, (0.6, 0.8)) == ["red", "blue"], "the line dragged")
    line.focus()
    page.keyboard.press("End")
    witness.until(lambda: _sides(witness, (0.25, 0.75)) == ["red", "red"], "the line at its end")
    page.locator("[name=twin-images]").click()
    expect(page.locator(".twin section strong")).to_contain_text(["2026-03-01", "2026-07-01"])
    witness.until(lambda: _sides(witness, (0.25, 0.75)) == ["red", "blue"], "an image on each map")
    page.locator("[name=twin-close]").click()
    expect(page.locator(".twin")).to_be_hidden()
    page.locator("[name=swipe-end]").click()
    expect(line).to_have_count(0)


def _desk_with_images(open_page: Open) -> Witness:
    """Return a desk of whose server two images were said to be there."""
    witness = open_page("about:blank")
    page = witness.page
    page.route("**/api/v1/ground", _tell)
    page.route("**/api/v1/rasters/**", lambda route: route.fulfill(json={"entries": []}))
    page.route("**/tiles/raster/**", _paint)
    page.goto(f"{witness.address}/desk?lon=123.42&lat=30.95&zoom=12")
    return witness


def _tell(route: Route) -> None:
    answer: dict[str, Any] = json.loads(route.fetch().body())
    answer["rasters"] = [
        {
            "id": name, "kind": "imagery", "name": name[-1], "taken_at": f"{day}T00:00:00Z",
            "minzoom": 0, "maxzoom": 16, "styles": [{"name": "imagery", "default": True}],
            "tiles": f"/tiles/raster/{name}/1/{{z}}/{{x}}/{{y}}.png",
        }
        for name, day in ((AFTER, "2026-07-01"), (BEFORE, "2026-03-01"))
    ]  # fmt: skip
    route.fulfill(json=answer)


def _paint(route: Route) -> None:
    colour = RED if BEFORE in route.request.url else BLUE
    route.fulfill(body=_png(colour), content_type="image/png")


def _png(colour: tuple[int, int, int]) -> bytes:
    """Return a tile of one colour (PNG, W3C recommendation, chunks IHDR, IDAT and IEND)."""
    side = 256
    rows = (b"\0" + bytes(colour) * side) * side
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _sides(witness: Witness, shares: tuple[float, ...]) -> list[str]:
    """Return which image most of a strip of the map shows, at shares of its width."""
    shot = Image.open(io.BytesIO(witness.page.locator("#map").screenshot())).convert("RGB")
    pixels = np.asarray(shot).astype(int)
    found = []
    for share in shares:
        column = int(share * pixels.shape[1])
        red, _, blue = np.median(pixels[:, column - 3 : column + 3], axis=(0, 1))
        found.append("red" if red > blue + 60 else "blue" if blue > red + 60 else "neither")
    return found


def test_what_cannot_be_had_says_why_where_it_is_listed_until_it_can(open_page: Open) -> None:
    witness = _desk_with_images(open_page)
    witness.expect("503")
    page = witness.page
    page.unroute("**/tiles/raster/**")
    said = "the service of others does not answer"
    error = {"error": {"code": "external_away", "message": said, "text": said, "details": {}}}
    page.route("**/tiles/raster/**", lambda route: route.fulfill(status=503, json=error))
    page.locator(f"[data-ground='raster:{BEFORE}']").click()
    expect(page.locator("om-ground .laid .warn")).to_contain_text(said)
    page.unroute("**/tiles/raster/**")
    page.route("**/tiles/raster/**", _paint)
    page.locator(f"[data-ground='raster:{AFTER}']").click()
    expect(page.locator("om-ground .laid li")).to_have_count(2)
    expect(page.locator("om-ground .laid .warn")).to_have_count(0)
