"""The compiled network on disk."""

from __future__ import annotations

import json
import mmap
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from analysis.roads import archive
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap_one
from analysis.roads.profile import FIRE_ENGINE, PROFILES
from analysis.roads.route import way_in
from layers.errors import InvalidInputError
from tests.analysis.roads.street_grid import grid_streets, place, table


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    archive.save(compiled(table(*grid_streets(4))), tmp_path / "grid")
    return tmp_path / "grid"


def test_a_saved_network_comes_back_bit_for_bit(helsinki: RoadNetwork, tmp_path: Path) -> None:
    archive.save(helsinki, tmp_path / "h")
    loaded = archive.load(tmp_path / "h")
    for name in archive.array_names():
        mine, theirs = (attrgetter(name)(network) for network in (helsinki, loaded))
        assert np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f"), name
        assert mine.dtype == theirs.dtype


def test_a_loaded_network_is_mapped_read_only_and_searches(saved: Path) -> None:
    network = archive.load(saved)
    memory = network.lonlat
    while isinstance(memory, np.ndarray):
        memory = memory.base
    assert isinstance(memory, mmap.mmap)
    with pytest.raises(ValueError, match="read-only"):
        network.arc_time_s[0] = 0.0
    inbound = way_in(network, snap_one(network, *place(0, 0)))
    assert np.isfinite(inbound.tree.time_s).all()


def test_saving_again_replaces_the_old_whole(saved: Path) -> None:
    archive.save(compiled(table(*grid_streets(3))), saved)
    assert len(archive.load(saved).node_id) == 9
    assert [path.name for path in saved.parent.iterdir()] == ["grid"]


@pytest.mark.parametrize("name", ["arc_time_s.npy", "words.json"])
def test_one_flipped_bit_is_found(saved: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[-5] ^= 1
    (saved / name).write_bytes(content)
    with pytest.raises(InvalidInputError, match="damaged"):
        archive.load(saved)


@pytest.mark.parametrize("name", ["arc_time_s.npy", "manifest.json"])
def test_a_torn_file_is_found(saved: Path, name: str) -> None:
    content = (saved / name).read_bytes()
    (saved / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidInputError, match="damaged"):
        archive.load(saved)


def test_a_missing_file_and_a_missing_folder_are_found(saved: Path) -> None:
    (saved / "lonlat.npy").unlink()
    for directory in (saved, saved.parent / "none"):
        with pytest.raises(InvalidInputError, match="damaged"):
            archive.load(directory)


def test_another_format_is_refused(saved: Path) -> None:
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps(manifest | {"format": 0}))
    with pytest.raises(InvalidInputError, match="another format"):
        archive.load(saved)


def test_a_network_compiled_for_other_limits_is_refused(tmp_path: Path) -> None:
    taller = replace(FIRE_ENGINE, height_m=4.5)
    archive.save(compiled(table(*grid_streets(3)), profile=taller), tmp_path / "grid")
    with pytest.raises(InvalidInputError, match="another vehicle"):
        archive.load(tmp_path / "grid")


def test_a_loaded_network_knows_its_bans_and_serves_other_vehicles(
    helsinki_with_bans: RoadNetwork, tmp_path: Path
) -> None:
    archive.save(helsinki_with_bans, tmp_path / "h")
    loaded = archive.load(tmp_path / "h")
    assert loaded.toward.state_count > len(loaded.node_id)
    for name in ("heavy_truck", "foot"):
        mine, theirs = (n.for_vehicle(PROFILES[name]) for n in (helsinki_with_bans, loaded))
        assert np.array_equal(mine.toward_s, theirs.toward_s)
        assert np.array_equal(mine.edge_core, theirs.edge_core)


def test_pickled_arrays_are_never_read(saved: Path) -> None:
    evil = np.array([{"any": "object"}], object)
    np.save(saved / "arc_time_s.npy", evil, allow_pickle=True)
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["sha256"]["arc_time_s.npy"] = archive.sha256(saved / "arc_time_s.npy")
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InvalidInputError, match="damaged"):
        archive.load(saved)
