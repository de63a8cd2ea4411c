"""Programs that are measured beside ours, each in an environment of its own under `var/peers`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent


def environment(name: str, *packages: str) -> Path | None:
    """Return the Python of a peer's environment, made on first use; None where it cannot be."""
    folder = ROOT / "var" / "peers" / name
    python = folder / "bin" / "python"
    whole = folder / "installed.json"
    if whole.exists() and json.loads(whole.read_text()) == list(packages):
        return python
    uv = str(ROOT / ".venv" / "bin" / "uv")
    for command in (
        [uv, "venv", "--quiet", "--clear", str(folder)],
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} cannot be installed here, no peer in this run: {done.stderr[-300:]}")
            return None
    whole.write_text(json.dumps(list(packages)))
    return python


def answer(name: str, script: str, *arguments: str, packages: tuple[str, ...]) -> Any:
    """Return what a peer's script prints last, as JSON; None where it cannot run."""
    python = environment(name, *packages)
    if python is None:
        return None
    command = [str(python), str(HERE / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    if done.returncode:
        print(f"{name} failed: {done.stderr.strip()[-600:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])
