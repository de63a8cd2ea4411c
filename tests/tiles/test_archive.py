"""PMTiles archives: what is valid is read, by many threads; what is not is refused."""

from __future__ import annotations

import gzip
import os
import random
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Entry, serialize_directory, tileid_to_zxy, write_varint, zxy_to_tileid

from layers.errors import DamagedError, InvalidInputError, NotFoundError, OutOfRangeError
from tiles.archive import Archive
from tiles.archive.index import HEADER_BYTES, MAX_DIRECTORY_BYTES, ROOT_END
from tiles.archive.writer import ArchiveWriter

CONFORMANCE = Path(os.environ.get("ONEMAP_REAL_DATA", "/nowhere")) / "conformance" / "pmtiles"
WORLD = (-180.0, -85.0, 180.0, 85.0)


def archive_of(path: Path, tiles: dict[int, bytes], **metadata: Any) -> Path:
    """Write an archive of tiles by id."""
    with ArchiveWriter(path) as writer:
        for tile_id in sorted(tiles):
            writer.put(tile_id, tiles[tile_id])
        writer.finish({"name": "t", **metadata}, bounds=WORLD)
    return path


def many(count: int, *, seed: int) -> dict[int, bytes]:
    """Return tiles at scattered ids, every seventh the same."""
    draw = random.Random(seed)
    ids = draw.sample(range(count * 5), count)
    return {i: b"sea" if i % 7 == 0 else draw.randbytes(draw.randint(1, 60)) for i in ids}


@pytest.mark.parametrize("count", [1, 50, 20_000])
def test_what_was_written_is_read_as_the_reference_reader_reads_it(
    tmp_path: Path, count: int
) -> None:
    tiles = many(count, seed=count)
    path = archive_of(tmp_path / "a.pmtiles", tiles)
    with Archive(path) as archive, path.open("rb") as file:
        assert bool(archive.header.leaves[1]) == (count > 10_000)  # pointers of their own
        reference = Reader(MmapSource(file))
        for tile_id in [*random.Random(1).sample(sorted(tiles), min(count, 60)), max(tiles) + 1]:
            place = tileid_to_zxy(tile_id)
            stored = reference.get(*place)
            assert archive.stored(*place) == (stored or b"")
            assert archive.tile(*place) == tiles.get(tile_id, b"")
        assert archive.metadata() == reference.metadata() == {"name": "t"}
        found = {i: gzip.decompress(b) for first, run, b in archive.entries()
                 for i in range(first, first + run)}  # fmt: skip
        assert found == tiles


def test_the_same_tiles_give_the_same_bytes(tmp_path: Path) -> None:
    tiles = many(500, seed=3)
    one, two = (archive_of(tmp_path / name, tiles).read_bytes() for name in ("a", "b"))
    assert one == two


def test_an_archive_left_unfinished_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pmtiles"
    with pytest.raises(RuntimeError), ArchiveWriter(path) as writer:
        writer.put(3, b"x")
        raise RuntimeError
    assert not path.exists()
    with pytest.raises(InvalidInputError), ArchiveWriter(path) as writer:
        writer.finish({}, bounds=WORLD)
    assert not path.exists()


def test_tiles_are_put_in_order_of_their_number(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path / "a") as writer:
        writer.put(5, b"x")
        with pytest.raises(ValueError, match="after"):
            writer.put(5, b"y")


def test_many_threads_read_one_archive(tmp_path: Path) -> None:
    tiles = many(20_000, seed=5)
    path = archive_of(tmp_path / "a.pmtiles", tiles)
    with Archive(path) as archive, ThreadPoolExecutor(8) as threads:
        asked = random.Random(2).choices(sorted(tiles), k=2000)
        answers = threads.map(lambda i: archive.tile(*tileid_to_zxy(i)), asked)
        assert all(found == tiles[i] for i, found in zip(asked, answers, strict=True))


def test_a_tile_beyond_the_world_is_refused_and_one_beyond_the_zooms_is_empty(
    tmp_path: Path,
) -> None:
    with Archive(archive_of(tmp_path / "a.pmtiles", {zxy_to_tileid(3, 1, 1): b"x"})) as archive:
        assert archive.tile(4, 0, 0) == archive.tile(2, 0, 0) == b""
        for x, y in ((8, 0), (0, 8), (-1, 0)):
            with pytest.raises(OutOfRangeError):
                archive.tile(3, x, y)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no archive"):
        Archive(tmp_path / "none.pmtiles")


def test_an_archive_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = archive_of(tmp_path / "a.pmtiles", many(300, seed=9)).read_bytes()
    for end in (0, 1, 7, 60, HEADER_BYTES - 1, HEADER_BYTES, 200, ROOT_END, len(whole) // 2,
                len(whole) - 1):  # fmt: skip
        (tmp_path / "cut").write_bytes(whole[:end])
        with pytest.raises(DamagedError):
            Archive(tmp_path / "cut")


def test_an_archive_cut_short_while_it_is_open_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.pmtiles", {5: b"x" * 2000})
    with Archive(path) as archive:
        os.truncate(path, ROOT_END)
        with pytest.raises(DamagedError, match="cut short"):
            archive.tile(*tileid_to_zxy(5))


def header_with(at: int, layout: str, value: Any) -> Callable[[bytearray], None]:
    """Return a change of one field of the header."""
    return lambda raw: struct.pack_into(layout, raw, at, value)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(header_with(0, "7s", b"PMTilez"), id="magic"),
        pytest.param(header_with(7, "B", 2), id="version"),
        pytest.param(header_with(8, "<Q", 2**64 - 1), id="root-offset"),
        pytest.param(header_with(16, "<Q", 0), id="root-empty"),
        pytest.param(header_with(16, "<Q", 2**63), id="root-length"),
        pytest.param(header_with(24, "<Q", 2**64 - 5), id="metadata-offset"),
        pytest.param(header_with(48, "<Q", 2**62), id="leaves-length"),
        pytest.param(header_with(64, "<Q", 2**64 - 1), id="tiles-length"),
        pytest.param(header_with(97, "B", 4), id="directories-zstd"),
        pytest.param(header_with(98, "B", 3), id="tiles-brotli"),
        pytest.param(header_with(98, "B", 9), id="tiles-unknown"),
        pytest.param(header_with(99, "B", 77), id="type"),
        pytest.param(header_with(100, "B", 15), id="zooms-crossed"),
        pytest.param(header_with(101, "B", 200), id="zoom-200"),
        pytest.param(header_with(102, "<i", 2**31 - 1), id="bounds"),
    ],
)
def test_a_header_that_cannot_be_is_refused(
    tmp_path: Path, change: Callable[[bytearray], None]
) -> None:
    raw = bytearray(archive_of(tmp_path / "a.pmtiles", many(30, seed=2)).read_bytes())
    change(raw)
    (tmp_path / "bad").write_bytes(raw)
    with pytest.raises(DamagedError, match="not a PMTiles archive"):
        Archive(tmp_path / "bad")


def with_directory(
    path: Path, root: bytes, *, leaves: bytes = b"", tiles: bytes = b"x" * 50
) -> Path:
    """Write an archive whose packed root directory is given."""
    archive_of(path, {0: tiles})
    raw = bytearray(path.read_bytes()[:ROOT_END]) + tiles + leaves
    raw[HEADER_BYTES : HEADER_BYTES + len(root)] = root
    struct.pack_into("<6Q", raw, 8, HEADER_BYTES, len(root), 0, 0, ROOT_END + len(tiles),
                     len(leaves))  # fmt: skip
    struct.pack_into("<2Q", raw, 56, ROOT_END, len(tiles))
    raw[98] = 1  # tiles as they are
    raw[100:102] = bytes((0, 14))
    path.write_bytes(raw)
    return path


def packed_numbers(*numbers: int) -> bytes:
    """Return a packed directory of these numbers, whatever they are."""
    import io

    out = io.BytesIO()
    for number in numbers:
        write_varint(out, number)
    return gzip.compress(out.getvalue())


@pytest.mark.parametrize(
    "root",
    [
        pytest.param(packed_numbers(0), id="no-entry"),
        pytest.param(packed_numbers(2**40, 1, 1, 1, 1), id="promises-too-many"),
        pytest.param(packed_numbers(1, 0, 1, 0, 1), id="empty-tile"),
        pytest.param(packed_numbers(1, 0, 1, 51, 1), id="longer-than-its-section"),
        pytest.param(packed_numbers(1, 0, 1, 2**62, 1), id="huge"),
        pytest.param(packed_numbers(1, 0, 1, 10, 2**62), id="far-offset"),
        pytest.param(packed_numbers(1, 0, 1, 10, 0), id="offset-before-the-first"),
        pytest.param(packed_numbers(2, 4, 0, 1, 1, 5, 5, 1, 0), id="twice-the-same"),
        pytest.param(packed_numbers(2, 4, 1, 3, 1, 5, 5, 1, 0), id="runs-overlap"),
        pytest.param(packed_numbers(2, 2**62, 2**62, 1, 1, 5, 5, 1, 0), id="ids-wrap-round"),
        pytest.param(packed_numbers(2, 1, 1, 2**62 + 1, 1, 5, 5, 1, 0), id="run-wraps-round"),
        pytest.param(packed_numbers(1, 0, 1, 2**70, 1), id="a-number-of-71-bits"),
        pytest.param(gzip.compress(b"\x80\x80"), id="ends-within-a-number"),
        pytest.param(gzip.compress(b""), id="nothing"),
        pytest.param(b"not gzip at all", id="not-packed"),
        pytest.param(gzip.compress(bytes(200))[:-4], id="packed-cut-short"),
        pytest.param(gzip.compress(b"\x01" * (MAX_DIRECTORY_BYTES + 9), 9), id="bomb"),
    ],
)
def test_a_directory_that_cannot_be_is_refused(tmp_path: Path, root: bytes) -> None:
    assert len(root) < ROOT_END - HEADER_BYTES
    with pytest.raises(DamagedError):
        Archive(with_directory(tmp_path / "a.pmtiles", root))


def test_directories_in_a_circle_are_refused(tmp_path: Path) -> None:
    leaf = serialize_directory([Entry(0, 0, 1, 0)])
    for _ in range(9):  # an entry that is as long as the leaf that holds it
        leaf = serialize_directory([Entry(0, 0, len(leaf), 0)])
    path = with_directory(tmp_path / "a.pmtiles", leaf, leaves=leaf)
    with Archive(path) as archive:
        with pytest.raises(DamagedError, match="circle"):
            archive.tile(0, 0, 0)
        with pytest.raises(DamagedError, match="circle"):
            list(archive.entries())


def test_a_tile_that_unfolds_without_end_is_stopped(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(1 << 25), 9)
    path = with_directory(tmp_path / "a.pmtiles", serialize_directory([Entry(0, 0, len(bomb), 1)]),
                          tiles=bomb)  # fmt: skip
    raw = bytearray(path.read_bytes())
    raw[98] = 2
    path.write_bytes(raw)
    with Archive(path) as archive, pytest.raises(DamagedError, match="unfolds"):
        archive.tile(0, 0, 0)


@pytest.mark.parametrize("metadata", [b"[]", b"{", b"\xff", b"[" * 100_000])
def test_metadata_that_is_no_object_is_refused(tmp_path: Path, metadata: bytes) -> None:
    path = archive_of(tmp_path / "a.pmtiles", {0: b"x"})
    raw = bytearray(path.read_bytes())
    packed = gzip.compress(metadata)
    struct.pack_into("<2Q", raw, 24, len(raw), len(packed))
    path.write_bytes(bytes(raw) + packed)
    with Archive(path) as archive, pytest.raises(DamagedError):
        archive.metadata()


def test_flipped_bits_are_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    tiles = many(400, seed=11)
    whole = archive_of(tmp_path / "a.pmtiles", tiles).read_bytes()
    draw, outcomes = random.Random(12), set()
    for _ in range(400):
        raw = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            where = draw.choice((draw.randrange(HEADER_BYTES), draw.randrange(1200),
                                 draw.randrange(len(raw))))  # fmt: skip
            raw[where] ^= 1 << draw.randrange(8)
        (tmp_path / "bent").write_bytes(raw)
        try:
            with Archive(tmp_path / "bent") as archive:
                for tile_id in draw.sample(sorted(tiles), 5):
                    archive.tile(*tileid_to_zxy(tile_id))
                archive.metadata()
            outcomes.add("read")
        except DamagedError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_a_leaf_is_checked_when_it_is_read(tmp_path: Path) -> None:
    leaf = zlib.compress(b"nonsense", wbits=31)
    root = serialize_directory([Entry(0, 0, len(leaf), 0)])
    path = with_directory(tmp_path / "a.pmtiles", root, leaves=leaf)
    with Archive(path) as archive, pytest.raises(DamagedError):
        archive.tile(0, 0, 0)


@pytest.mark.real
@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="the conformance files are not here")
@pytest.mark.parametrize("name", ["planet_z0_z1", "stamen_toner(raster)CC-BY+ODbL_z3",
                                  "usgs-mt-whitney-8-15-webp-512"])  # fmt: skip
def test_archives_of_others_are_read_tile_by_tile(name: str) -> None:
    path = CONFORMANCE / f"{name}.pmtiles"
    with Archive(path) as archive, path.open("rb") as file:
        reference, found = Reader(MmapSource(file)), 0
        for tile_id, run, stored in archive.entries():
            place = tileid_to_zxy(tile_id)
            assert reference.get(*place) == stored == archive.stored(*place)
            found += run
        assert found == archive.header.addressed
