"""A process with all that it has started: how much memory they hold, and their end.

Chromium leads a process group of its own, so a signal to the group of its starter misses it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_PROC = Path("/proc")
_KIB = 1024


def members(leader: int) -> list[int]:
    """Return a process and all its living descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = [leader]
    for pid in found:
        found += children.get(pid, [])
    return found


def resident_bytes(leader: int) -> int:
    """Return the memory of a family; what several of them share counts once."""
    return sum(map(_held_bytes, members(leader)))


def end(leader: int) -> None:
    """Kill a family; whoever was started meanwhile is found by looking again."""
    for _ in range(3):
        for pid in members(leader):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _parent(entry: Path) -> int | None:
    try:
        # The name of a program may hold blanks and brackets; what follows the last one may not.
        told = (entry / "stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(told[1])


def _held_bytes(pid: int) -> int:
    """Return the proportional share of a process; none where it has ended or is not ours."""
    try:
        told = (_PROC / str(pid) / "smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    line = next((line for line in told.splitlines() if line.startswith("Pss:")), None)
    return int(line.split()[1]) * _KIB if line else 0
