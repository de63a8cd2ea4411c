"""A compiled network on disk: one `.npy` an array, memory-mapped, and a manifest with hashes.

A cache, never a source: whatever is torn, flipped or of another format is refused, and its owner
compiles again from the rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from analysis.roads.network import RoadNetwork
from layers.errors import InvalidInputError

FORMAT = 1
MANIFEST = "manifest.json"
WORDS = ("classes", "names")


def save(network: RoadNetwork, directory: Path) -> None:
    """Write a network so that `directory` is at every moment absent, the old, or the new whole."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _write(network, made)
        if directory.exists():
            shutil.rmtree(directory)
        made.rename(directory)
        _sync(directory.parent)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write(network: RoadNetwork, directory: Path) -> None:
    words = {name: list(getattr(network, name)) for name in WORDS}
    (directory / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    for name in _array_names():
        array = np.ascontiguousarray(getattr(network, name))
        np.save(directory / f"{name}.npy", array, allow_pickle=False)
    hashes = {path.name: sha256(path) for path in sorted(directory.iterdir())}
    (directory / MANIFEST).write_text(json.dumps({"format": FORMAT, "sha256": hashes}), "utf-8")
    for path in directory.iterdir():
        _sync(path)
    _sync(directory)


def load(directory: Path) -> RoadNetwork:
    """Open a saved network; its arrays are read-only and mapped from the files.

    Raises
    ------
    InvalidInputError
        A file is missing or not as it was written, or the format is another one.
    """
    try:
        manifest = json.loads((directory / MANIFEST).read_text("utf-8"))
        expected = {f"{name}.npy" for name in _array_names()} | {"words.json"}
        if manifest["format"] != FORMAT or set(manifest["sha256"]) != expected:
            raise _damaged(directory, "another format")
        for name, digest in manifest["sha256"].items():
            if sha256(directory / name) != digest:
                raise _damaged(directory, name)
        words = json.loads((directory / "words.json").read_text("utf-8"))
        arrays: dict[str, Any] = {
            name: np.load(directory / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in _array_names()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(directory, str(error)) from error
    arrays.update({name: tuple(words[name]) for name in WORDS})
    return RoadNetwork(**arrays)


def _array_names() -> list[str]:
    return [field.name for field in fields(RoadNetwork) if field.name not in WORDS]


def _damaged(directory: Path, what: str) -> InvalidInputError:
    return InvalidInputError(
        f"the compiled network {directory.name} is damaged: {what}",
        code="network_cache_damaged", directory=directory.name, what=what,
    )  # fmt: skip


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
