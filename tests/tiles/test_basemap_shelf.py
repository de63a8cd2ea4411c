"""Which archive is served: named by a pointer, changed over in one step, told when it is gone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pmtiles.tile import zxy_to_tileid

from layers.errors import BusyError, DamagedError, NotFoundError
from tiles.archive.writer import ArchiveWriter
from tiles.basemap.shelf import POINTER, Shelf


def silent(_step: str, _count: int) -> None:
    """Show no progress."""


def put(shelf: Shelf, body: bytes) -> str:
    """Put an archive of one tile on the shelf; return its SHA-256."""
    shelf.folder.mkdir(exist_ok=True)
    path = shelf.folder / "new"
    with ArchiveWriter(path) as writer:
        writer.put(zxy_to_tileid(1, 0, 0), body)
        writer.finish({"vector_layers": []}, bounds=(-180, -85, 180, 85))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    path.rename(shelf.path(sha256))
    return sha256


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "basemaps")


def test_nothing_is_served_of_an_empty_shelf(shelf: Shelf) -> None:
    assert shelf.served() is None
    assert shelf.failure() is None
    assert shelf.prepare([], metadata={}, progress=silent) is None


def test_a_change_is_seen_by_every_process_at_the_next_tile(shelf: Shelf) -> None:
    other = Shelf(shelf.folder)
    one, two = put(shelf, b"\x1a\x00"), put(shelf, b"\x1a\x00" * 2)
    shelf.serve(one, [one])
    before = other.served()
    assert before is not None
    assert (before.sha256, before.regions) == (one, (one,))
    shelf.serve(two, [two])
    after = other.served()
    assert after is not None
    assert after.label != before.label
    assert before.archive.tile(1, 0, 0) == b"\x1a\x00"  # who reads still goes on
    assert after.archive.tile(1, 0, 0) == b"\x1a\x00" * 2
    shelf.serve(None, [])
    assert other.served() is None


def test_a_label_is_a_revision_as_addresses_have_it(shelf: Shelf) -> None:
    one = put(shelf, b"\x1a\x00")
    shelf.serve(one, [one])
    served = shelf.served()
    assert served is not None
    epoch, _, number = served.label.partition("-")
    assert epoch == one[:8]
    assert number.isdigit()
    assert len(number) <= 18


def test_what_is_not_there_is_never_served(shelf: Shelf) -> None:
    one = put(shelf, b"\x1a\x00")
    gone = "0" * 64
    with pytest.raises(NotFoundError, match="not in"):
        shelf.prepare([one, gone], metadata={}, progress=silent)
    with pytest.raises(NotFoundError):
        shelf.serve(gone, [gone])
    assert shelf.served() is None


def test_a_damaged_archive_does_not_take_the_place_of_a_good_one(shelf: Shelf) -> None:
    one, bad = put(shelf, b"\x1a\x00"), "1" * 64
    shelf.serve(one, [one])
    shelf.path(bad).write_bytes(b"PMTiles\x03 and no more")
    with pytest.raises(DamagedError):
        shelf.serve(bad, [bad])
    served = shelf.served()
    assert served is not None
    assert served.sha256 == one


@pytest.mark.parametrize(
    "pointer",
    [b"", b"{}", b"[1]", b'{"archive": 3, "regions": []}', b'{"archive": "../x", "regions": []}'],
)
def test_a_pointer_that_cannot_be_read_serves_nothing_and_says_so(
    shelf: Shelf, pointer: bytes
) -> None:
    put(shelf, b"\x1a\x00")
    (shelf.folder / POINTER).write_bytes(pointer)
    assert shelf.served() is None
    assert shelf.failure()


def test_a_served_archive_that_is_removed_is_told(shelf: Shelf) -> None:
    one = put(shelf, b"\x1a\x00")
    shelf.serve(one, [one])
    shelf.path(one).unlink()
    assert Shelf(shelf.folder).served() is None
    assert "no archive" in str(Shelf(shelf.folder).failure())


def test_one_at_a_time_changes_the_shelf(shelf: Shelf) -> None:
    with shelf.changing(), pytest.raises(BusyError), Shelf(shelf.folder).changing():
        pass
    with shelf.changing():
        pass


def test_sweeping_keeps_what_is_on_record_and_what_is_served(shelf: Shelf) -> None:
    one, two, three = (put(shelf, b"\x1a\x00" * n) for n in (1, 2, 3))
    shelf.serve(one, [one])
    assert shelf.sweep([two]) == [three]
    assert shelf.missing([one, two, three]) == [three]
