"""python -m benchmarks [NAME ...] [--rounds N] [--port P] [--json FILE]: all, or those named."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import (
    assessment,
    browser,
    coordinates,
    hazard,
    intake,
    million,
    plots,
    positions,
    query,
    roads,
    screen_week,
    streams,
    tiles,
    timing,
)

ALL = {
    "query": query.run, "million": million.run, "roads": roads.run,
    "assessment": assessment.run, "intake": intake.run,
    "coordinates": coordinates.run, "hazard": hazard.run, "positions": positions.run,
    "tiles": tiles.run, "browser": browser.run, "plots": plots.run, "streams": streams.run,
    "screen_week": screen_week.run,
}  # fmt: skip


def main() -> None:
    """Run the benchmarks that are named, or all, and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)}; all")
    parser.add_argument("--rounds", type=int, default=100, help="measurements of each question")
    parser.add_argument("--port", type=int, default=8679, help="where the measured server listens")
    parser.add_argument("--json", type=Path, help="also write every figure to this file")
    options = parser.parse_args()
    unknown = set(options.names) - set(ALL)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    figures: dict[str, object] = {"machine": timing.machine()}
    print(f"machine: {figures['machine']}")
    for name in options.names or ALL:
        print(f"\n== {name}")
        figures[name] = ALL[name](rounds=options.rounds, port=options.port)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


main()
