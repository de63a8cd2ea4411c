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
from dataclasses import asdict, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.roads.adjacency import Adjacency
from analysis.roads.index import EdgeIndex
from analysis.roads.network import RoadNetwork, held
from analysis.roads.profile import PROFILES, Profile
from analysis.roads.states import States
from analysis.roads.topology import Topology, steps
from layers.errors import InvalidInputError

FORMAT = 2
MANIFEST = "manifest.json"
WORDS = ("classes", "names", "accesses", "barriers")
PARTS = ("index", "profile", "topology", "family")


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
    words: dict[str, Any] = {name: list(getattr(network, name)) for name in WORDS}
    words["profile"] = asdict(network.profile)
    (directory / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    for name in array_names():
        array = np.ascontiguousarray(attrgetter(name)(network))
        np.save(directory / f"{name}.npy", array, allow_pickle=False)
    hashes = {path.name: sha256(path) for path in sorted(directory.iterdir())}
    (directory / MANIFEST).write_text(json.dumps({"format": FORMAT, "sha256": hashes}), "utf-8")
    for path in directory.iterdir():
        _sync(path)
    _sync(directory)


def load(directory: Path) -> RoadNetwork:
    """Open a saved network; its arrays are read-only and mapped from the files.

    All of it is read once, for its hashes: 0.1 s for 1.65 million arcs. Whoever keeps what this
    returns pays that once.

    Raises
    ------
    InvalidInputError
        A file is missing or not as it was written, the format is another one, or the vehicle that
        it was compiled for has other limits now.
    """
    try:
        manifest = json.loads((directory / MANIFEST).read_text("utf-8"))
        expected = {f"{name}.npy" for name in array_names()} | {"words.json"}
        if manifest["format"] != FORMAT or set(manifest["sha256"]) != expected:
            raise _damaged(directory, "another format")
        for name, digest in manifest["sha256"].items():
            if sha256(directory / name) != digest:
                raise _damaged(directory, name)
        words = json.loads((directory / "words.json").read_text("utf-8"))
        profile = Profile(**words["profile"])
        if profile != PROFILES.get(profile.name):
            raise _damaged(directory, "another vehicle")
        arrays: dict[str, Any] = {
            name: _mapped(directory / f"{name}.npy") for name in array_names()
        }
        return _put_together(arrays, words)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(directory, str(error)) from error


def _mapped(path: Path) -> NDArray[Any]:
    """Return an array mapped from a file; as a plain array, which is sliced much faster."""
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    return np.asarray(mapped).view(np.ndarray)


def _put_together(arrays: dict[str, Any], words: dict[str, Any]) -> RoadNetwork:
    def of(part: str) -> dict[str, Any]:
        """Return the arrays of a part, such as "topology.states", by their own names."""
        return {
            name.rpartition(".")[2]: array
            for name, array in arrays.items()
            if name.rpartition(".")[0] == part
        }

    states = States(**of("topology.states"))
    arcs = of("topology")
    toward, onward = (of(f"topology.{way}") for way in ("toward", "onward"))
    begins, ends = steps(arcs["arc_tail"], arcs["arc_head"], states)
    known: dict[str, Any] = {
        "home": states.node, "extra_arc": states.extra_arc, "shut": np.empty(0, np.int64)
    }  # fmt: skip
    topology = Topology(
        **arcs,
        states=states,
        toward=Adjacency(row=ends, column=begins, **toward, **known),
        onward=Adjacency(row=begins, column=ends, **onward, **known),
    )
    named: dict[str, Any] = {name: tuple(words[name]) for name in WORDS}
    network = RoadNetwork(
        **of(""),
        **named,
        index=EdgeIndex(**of("index")),
        profile=Profile(**words["profile"]),
        topology=topology,
    )
    network.family.topologies[network.profile.mode] = topology
    return held(network)


def array_names() -> list[str]:
    """Return the arrays of a network, those of its parts with their paths."""
    plain = [f.name for f in fields(RoadNetwork) if f.name not in (*WORDS, *PARTS)]
    index = [f"index.{f.name}" for f in fields(EdgeIndex)]
    states = [f"topology.states.{f.name}" for f in fields(States)]
    arcs = [f"topology.{name}" for name in ("arc_edge", "arc_tail", "arc_head", "edge_arcs")]
    ways = [
        f"topology.{way}.{name}"
        for way in ("toward", "onward")
        for name in ("order", "starts", "columns", "pointers")
    ]
    return plain + index + states + arcs + ways


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
