"""How long something takes, how that is printed, and on which machine it was measured."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Figures = dict[str, float]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a piece of work answers, and how many milliseconds it took."""
    start = time.perf_counter()
    answer = work()
    return answer, (time.perf_counter() - start) * 1000


def figures(durations_ms: Sequence[float]) -> Figures:
    """Return p50, p95 and the number of measurements."""
    p50, p95 = np.percentile(durations_ms, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2), "n": len(durations_ms)}


def show(name: str, ours: Figures, other: Figures | None = None, beside: str = "") -> None:
    """Print one line: ours, and how many times as long the other way takes."""
    line = f"{name:34} p50 {ours['p50_ms']:9.2f} ms   p95 {ours['p95_ms']:9.2f} ms"
    if other is not None:
        line += f"   {beside} p50 {other['p50_ms']:9.2f} ms   ratio {ratio(ours, other):8.2f}"
    print(line, flush=True)


def ratio(ours: Figures, other: Figures) -> float:
    """Return how many times as long as ours the other takes, at the median."""
    return round(other["p50_ms"] / ours["p50_ms"], 2) if ours["p50_ms"] else float("inf")


def machine() -> str:
    """Return processor, cores, memory, system and Python of this machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"load {load:.1f} at start"
    )
