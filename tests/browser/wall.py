"""What tests of the wall share: how one is driven, and what makes it legible from four metres."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.browser.city import Api

HD = {"width": 1920, "height": 1080}
WIDE = {"width": 3840, "height": 1080}
SMALLEST_PX = 24
CONTRAST = 7

LEGIBLE = """([smallest, contrast]) => {
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 1) > 0.9) return colour;
    }
    return [11, 18, 32];
  };
  const faults = [];
  for (const element of document.querySelectorAll("body *")) {
    const said = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
      .map((node) => node.textContent.trim()).join(" ");
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const map = element.closest(".leaflet-pane, .spoken");
    if (box.width === 0 || box.height === 0 || style.visibility === "hidden" || map) continue;
    const cuts = ["hidden", "clip", "auto", "scroll"].includes(style.overflowY);
    // A title of two hundred letters ends in dots: it is written by whoever reported it.
    const names = ".case .title, .tile h3 span";
    if (cuts && !element.matches(`.map-frame, #map, .second-map, om-bar-chart *, ${names}`)
        && (element.scrollHeight > element.clientHeight + 1
            || element.scrollWidth > element.clientWidth + 1))
      faults.push(`cut: ${element.tagName}.${element.className}: ${element.textContent.trim()}`);
    if (!said) continue;
    if (parseFloat(style.fontSize) < smallest)
      faults.push(`${style.fontSize}: ${said}`);
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      faults.push(`outside the wall: ${said}`);
    const [text, ground] = [light(numbers(style.color)), light(behind(element))];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    const badge = element.closest(".level, .task-state, .action");
    if (ratio < contrast && !badge) faults.push(`contrast ${ratio.toFixed(1)}: ${said}`);
  }
  return faults;
}"""
OVERLAPS = """() => {
  const parts = [...document.querySelectorAll(
    ".wall > *, om-hall-head, om-hall-tiles, om-hall-feeds")]
    .map((part) => [part.className || part.tagName, part.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.height > 0);
  const faults = [];
  parts.forEach(([name, a], index) => parts.slice(index + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 1) faults.push(`${name} lies over ${other}`);
  }));
  return faults;
}"""


def resting(api: Api) -> Iterator[None]:
    """Begin and end with no incident open, and with walls that follow by themselves."""
    _close_all(api)
    yield
    _close_all(api)
    for wall in api("GET", "/walls")["walls"]:
        drive(api, wall["name"], playlist=[], view=None, incident=None, highlight=None,
              layers=None, second=None, at=None, speed=0)  # fmt: skip


def _close_all(api: Api) -> None:
    for incident in api("GET", "/incidents")["incidents"]:
        if incident["status"] != "closed":
            api("PATCH", f"/incidents/{incident['id']}", data={"status": "closed"},
                headers={"If-Match": f'"{incident["version"]}"'})  # fmt: skip


def drive(api: Api, name: str, **shown: Any) -> Any:
    """Show something on a wall, as a desk does."""
    version = api("GET", f"/walls/{name}")["version"]
    return api("PUT", f"/walls/{name}", data=shown, headers={"If-Match": f'"{version}"'})


def is_legible(page: Page) -> None:
    """Hold that all can be read; columns are fitted a moment after what they hold has come."""
    for pause_s in (0.2, 0.5, 1.0, 2.0, 4.0, 0.0):
        faults = page.evaluate(LEGIBLE, [SMALLEST_PX, CONTRAST]) + page.evaluate(OVERLAPS)
        if not faults:
            return
        time.sleep(pause_s)
    assert faults == []
