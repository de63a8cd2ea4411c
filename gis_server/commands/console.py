"""What commands share of speaking: results as words or JSON, progress on a terminal or in lines."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for scripts.")

Tell = Callable[[str, int], None]


def answer(result: Mapping[str, Any], *, as_json: bool, words: str) -> None:
    """Write a command's result."""
    click.echo(json.dumps(result, ensure_ascii=False, default=_written) if as_json else words)


def _written(value: object) -> str:
    """Return what JSON has no form for: moments as the API writes them, all else as words."""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def note(words: str) -> None:
    """Write a line about the work to standard error."""
    click.echo(words, err=True)


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Give a function that shows a step and a count: a bar on a terminal, lines elsewhere."""
    with (_bar if sys.stderr.isatty() else _lines)(title) as tell:
        yield tell


@contextmanager
def _lines(title: str) -> Iterator[Tell]:
    started, last = time.monotonic(), ""

    def tell(step: str, count: int) -> None:
        nonlocal last
        if step != last:
            last = step
            note(f"{title}: {step} ({time.monotonic() - started:.1f} s)")

    yield tell
    note(f"{title}: done ({time.monotonic() - started:.1f} s)")


@contextmanager
def _bar(title: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(title, total=None)

        def tell(step: str, count: int) -> None:
            counted = f" {count:,}" if count else ""
            bars.update(task, description=f"{title}: {step}{counted}")

        yield tell
