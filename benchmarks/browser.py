"""A million points in a browser: tasks of the main thread and frames, beside an empty map.

Chromium draws by software (SwiftShader), as a machine without a graphics card does. Both maps are
the same page in the same window, moved by the same mouse in the same run; on the empty one every
layer is hidden. The browser's own trace tells how long each task of the page's main thread took.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.site import Client, Site, site
from benchmarks.timing import Figures, figures, timed

POINTS = "points/million_points.parquet"
CHROMIUM = os.environ.get("ONEMAP_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-background-networking", "--disable-component-update", "--no-first-run",
]  # fmt: skip
WINDOW = {"width": 1366, "height": 768}
TURNS = 3
DRAGS = 4
"""How often the map is pulled to and fro at each zoom."""
ZOOM_STEPS = 3
SHORT_TASK_MS = 1.0
"""Tasks below it are the browser's own ticks: left out, or no percentile would mean anything."""
LONG_TASK_MS = 50.0
TRACED = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"]
DRAWN = "performance.getEntriesByName('onemap-map-drawn').at(0)?.startTime ?? null"
CODE = """() => Object.fromEntries(performance.getEntriesByType('resource')
  .filter(({ name }) => /\\.m?js$/.test(new URL(name).pathname))
  .map(({ name, encodedBodySize }) => [name.split('/').at(-1), encodedBodySize]))"""
FRAMES = """() => {
  const frames = [];
  let last = null;
  const tick = (now) => {
    if (last !== null) frames.push(now - last);
    last = now;
    window.onemapTick = requestAnimationFrame(tick);
  };
  window.onemapFrames = frames;
  window.onemapTick = requestAnimationFrame(tick);
}"""
STOP = "() => { cancelAnimationFrame(window.onemapTick); return window.onemapFrames; }"


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Load the points as a user's own layer; look at them as a person with a mouse does."""
    file = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent")) / POINTS
    if not file.exists():
        print("the points are not here: set ONEMAP_REAL_DATA to the folder that holds them")
        return {}
    with site(port=port) as measured:
        _, took_ms = timed(lambda: _load(measured, file))
        print(f"{file.name}: loaded in {took_ms / 1000:.0f} s", flush=True)
        measured.analyze()
        return compare(measured.start(), f"http://127.0.0.1:{port}")


def _load(measured: Site, file: Path) -> None:
    measured.onemap("import", str(file), "--new-layer", "points", "--crs", "EPSG:4326",
                    "--good-rows", "--yes")  # fmt: skip


def compare(client: Client, address: str) -> dict[str, Any]:
    """Measure a site that holds the points: the first view, then both maps in turn."""
    layers = json.loads(client.get("/api/v1/layers")[1])["layers"]
    names = [layer["name"] for layer in layers]
    full = f"{address}/planner?lon=114.3&lat=30.6&zoom=9&lang=zh"
    empty = f"{full}&hide={','.join(names)}"
    with _chromium() as browser:
        first = _first_views(browser, full, empty)
        turns: dict[str, list[dict[str, list[float]]]] = {"points": [], "empty": []}
        for _ in range(TURNS):
            turns["points"].append(_moved(browser, full))
            turns["empty"].append(_moved(browser, empty))
    return first | _told({name: _joined(each) for name, each in turns.items()})


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _first_views(browser: Browser, full: str, empty: str) -> dict[str, Any]:
    """Return the time to the first whole map with a cold browser, and what came as JavaScript."""
    drawn: dict[str, list[float]] = {"points": [], "empty": []}
    code_bytes: dict[str, int] = {}
    for _ in range(TURNS):
        for name, address in (("points", full), ("empty", empty)):
            with _window(browser) as page:
                page.goto(address)
                drawn[name].append(_when_drawn(page))
                code_bytes = page.evaluate(CODE)
    found = {name: figures(each) for name, each in drawn.items()}
    for name, each in found.items():
        print(f"first map, {name:10} p50 {each['p50_ms']:8.0f} ms   max {max(drawn[name]):8.0f} ms")
    kb = sum(code_bytes.values()) / 1000
    print(f"JavaScript of the first view, as sent: {kb:.0f} kB in {len(code_bytes)} files")
    return {"first_map": found, "javascript_kb": round(kb, 1), "javascript": code_bytes}


@contextmanager
def _window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WINDOW, locale="zh-CN")  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()


def _when_drawn(page: Page) -> float:
    page.wait_for_function(f"() => ({DRAWN}) !== null", timeout=60_000)
    return float(page.evaluate(DRAWN))


def _moved(browser: Browser, address: str) -> dict[str, list[float]]:
    """Pull the map about at several zooms; return what each task and each frame took."""
    with _window(browser) as page:
        page.goto(address)
        _when_drawn(page)
        page.wait_for_timeout(1000)
        browser.start_tracing(page=page, categories=TRACED)
        page.evaluate(FRAMES)
        _gestures(page)
        frames = page.evaluate(STOP)
        trace = browser.stop_tracing()
    return {"tasks": tasks_of(json.loads(trace)["traceEvents"]), "frames": frames}


def _gestures(page: Page) -> None:
    box = page.locator("#map").bounding_box()
    if box is None:
        raise RuntimeError("the page shows no map")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for zoom in range(ZOOM_STEPS + 1):
        for turn in range(DRAGS):
            way = 1 if turn % 2 == 0 else -1
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + way * 240, y + way * 120, steps=30)
            page.mouse.up()
            page.wait_for_timeout(250)
        if zoom < ZOOM_STEPS:
            page.mouse.wheel(0, -240)
            page.wait_for_timeout(700)
    for _ in range(ZOOM_STEPS):
        page.mouse.wheel(0, 240)
        page.wait_for_timeout(700)


def tasks_of(events: list[dict[str, Any]]) -> list[float]:
    """Return how long each task of the page's main thread took, ms.

    Workers parse tiles on threads of their own and do not count: they never keep a hand waiting.
    """
    mains = {(event["pid"], event["tid"]) for event in events
             if event.get("name") == "thread_name"
             and event.get("args", {}).get("name") == "CrRendererMain"}  # fmt: skip
    by_process: dict[int, list[float]] = {}
    for event in events:
        if event.get("name") not in ("RunTask", "ThreadControllerImpl::RunTask"):
            continue
        if event.get("ph") == "X" and (event["pid"], event["tid"]) in mains:
            by_process.setdefault(event["pid"], []).append(event.get("dur", 0) / 1000)
    if not by_process:
        raise RuntimeError("the trace tells of no task of a main thread")
    # Another window's process idles beside it: the page's own has done the most.
    busiest = max(by_process.values(), key=sum)
    return [task for task in busiest if task >= SHORT_TASK_MS]


def _joined(turns: list[dict[str, list[float]]]) -> dict[str, list[float]]:
    return {name: [value for turn in turns for value in turn[name]] for name in turns[0]}


def _told(found: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, each in found.items():
        tasks, frames = figures(each["tasks"]), figures(each["frames"])
        long = sum(task > LONG_TASK_MS for task in each["tasks"])
        print(f"{name:8} tasks p50 {tasks['p50_ms']:6.1f} p95 {tasks['p95_ms']:6.1f} "
              f"p99 {np.percentile(each['tasks'], 99):6.1f} max {max(each['tasks']):6.1f} ms, "
              f"{long} of {tasks['n']} over {LONG_TASK_MS:.0f} ms   "
              f"frames mean {statistics.fmean(each['frames']):6.1f} "
              f"p50 {frames['p50_ms']:6.1f} p95 {frames['p95_ms']:6.1f} ms")  # fmt: skip
        result[name] = {"tasks": tasks, "frames": frames, "long_tasks": long}
    result["frame_ratio"] = _ratios(found["points"]["frames"], found["empty"]["frames"])
    told = "   ".join(f"{name} {value:.2f}" for name, value in result["frame_ratio"].items())
    print(f"frames, points / empty   {told}")
    return result


def _ratios(ours: list[float], other: list[float]) -> Figures:
    means = statistics.fmean(ours) / statistics.fmean(other)
    p50, p95 = np.percentile(ours, [50, 95]) / np.percentile(other, [50, 95])
    return {"mean": round(means, 2), "p50": round(float(p50), 2), "p95": round(float(p95), 2)}
