"""The store of tiles: bounded, whole after any kill, and never more than a miss when damaged."""

import errno
import os
import random
import subprocess
import sys
import threading
import time

import pytest

from tiles import cache
from tiles.cache import Cache, Entry, key

ROOM = 256 * 64 * 1024


def always(entry):
    return True


def never(entry):
    return False


def tile(size=2000, seed=0):
    return random.Random(seed).randbytes(size)


def size_of(folder):
    return sum(
        -(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*") if path.is_file()
    )


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tiles"


def test_a_tile_comes_back_as_it_was_kept_also_to_another_process(folder):
    kept = Entry.of(tile(), seq=7, made_at=1000.5)
    Cache(folder, max_bytes=ROOM).put(key("a"), kept)
    found = Cache(folder, max_bytes=ROOM).get(key("a"), always)
    assert found == kept and found.plain == tile()
    assert Cache(folder, max_bytes=ROOM).get(key("b"), always) is None


def test_a_short_tile_is_not_packed_and_an_empty_one_is_kept_too(folder):
    store = Cache(folder, max_bytes=ROOM)
    for number, body in enumerate((b"", b"x" * 1023, b"x" * 1024)):
        entry = Entry.of(body, seq=1)
        assert entry.packed == (len(body) >= 1024) and entry.plain == body
        store.put(key(number), entry)
    again = Cache(folder, max_bytes=ROOM)
    assert [again.get(key(n), always).plain for n in range(3)] == [b"", b"x" * 1023, b"x" * 1024]


def test_the_tag_names_the_content_and_not_who_made_it_or_when():
    assert Entry.of(b"one", seq=1).etag == Entry.of(b"one", seq=2, made_at=5).etag
    assert Entry.of(b"one", seq=1).etag != Entry.of(b"two", seq=1).etag


def test_what_is_no_longer_good_in_memory_is_looked_for_on_disk(folder):
    here, there = Cache(folder, max_bytes=ROOM), Cache(folder, max_bytes=ROOM)
    here.put(key("a"), Entry.of(b"old", seq=1))
    there.put(key("a"), Entry.of(b"new", seq=2))
    assert here.get(key("a"), lambda entry: entry.seq >= 2).plain == b"new"
    assert here.get(key("a"), never) is None


def test_keys_of_parts_that_differ_anywhere_differ():
    parts = [
        ("a", "b"), ("ab",), ("a,b",), ("a", None), ("a", "None"), ("a", ("b",)), (("a", "b"),),
        ("a", 1), ("a", "1"), ("a", (1,)), ("a", (None,)), ("a", ()), ("a'", "b"), ("a", "'b"),
    ]  # fmt: skip
    assert len({key(*each) for each in parts}) == len(parts)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_a_miss_and_is_removed(folder, seed):
    chance = random.Random(seed)
    for number in range(50):
        store = Cache(folder, max_bytes=ROOM)
        store.put(key(number), Entry.of(tile(seed=number), seq=3))
        (path,) = (each for each in folder.rglob("*") if each.is_file())
        held = bytearray(path.read_bytes())
        if number % 5 == 0:
            held = held[: chance.randrange(len(held))]
        elif number % 5 == 1:
            held += b"\0"
        else:
            held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
        path.write_bytes(held)
        assert Cache(folder, max_bytes=ROOM).get(key(number), always) is None
        assert not path.exists()


def test_the_file_of_one_key_is_not_taken_for_another(folder):
    store = Cache(folder, max_bytes=ROOM)
    store.put(key("mine"), Entry.of(tile(), seq=1))
    theirs = store._path(key("theirs"))
    theirs.parent.mkdir(exist_ok=True)
    store._path(key("mine")).rename(theirs)
    assert Cache(folder, max_bytes=ROOM).get(key("theirs"), always) is None


def test_the_files_stay_within_their_bound_and_what_was_used_last_stays(folder):
    store = Cache(folder, max_bytes=ROOM, memory_bytes=0)
    for number in range(6000):
        store.put(key(number), Entry.of(tile(6000, seed=number), seq=1))
        if number % 500 == 0:
            assert size_of(folder) <= ROOM
    assert ROOM * 0.7 < size_of(folder) <= ROOM
    assert store.get(key(5999), always) is not None
    assert store.get(key(0), always) is None


def test_a_tile_that_is_read_again_outlives_those_that_are_not(folder, monkeypatch):
    monkeypatch.setattr(cache, "_FOLDERS", 1)
    monkeypatch.setattr(cache, "_TOUCH_S", 0)
    store = Cache(folder, max_bytes=40 * 4096, memory_bytes=0)
    monkeypatch.setattr(store, "_path", lambda key: folder / "00" / key.hex())
    for number in range(200):
        store.put(key(number), Entry.of(tile(3000, seed=number), seq=1))
        past = 1_000_000_000 + number
        for path in (folder / "00").iterdir():
            if path.stat().st_mtime > 1_500_000_000:
                os.utime(path, (past, past))
        assert store.get(key(0), always) is not None
    assert store.get(key(1), always) is None


def test_memory_is_bounded_too(folder):
    store = Cache(folder, max_bytes=0, memory_bytes=100_000)
    for number in range(500):
        store.put(key(number), Entry.of(tile(5000, seed=number), seq=1))
    assert store._held_bytes <= 100_000
    assert sum(len(entry.body) + 512 for entry, _ in store._held.values()) == store._held_bytes
    assert store.get(key(499), always) is not None
    assert not folder.exists()


def test_a_full_disk_is_no_error_for_who_reads(folder, monkeypatch, caplog):
    store = Cache(folder, max_bytes=ROOM)
    real = os.open

    def full(path, *rest, **more):
        if str(path).startswith(str(folder)):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", full)
    for number in range(20):
        store.put(key(number), Entry.of(tile(), seq=1))
        assert store.get(key(number), always).plain == tile()
    assert len(caplog.records) == 1
    monkeypatch.undo()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_disk_that_fills_while_a_tile_is_written_leaves_nothing_of_it(folder, monkeypatch):
    store = Cache(folder, max_bytes=ROOM)

    def cut(number, mode):
        file = os.fdopen(number, mode)
        file.write(b"half")
        file.close()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("builtins.open", cut)
    store.put(key("a"), Entry.of(tile(), seq=1))
    monkeypatch.undo()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_folder_is_for_this_account_alone(folder):
    Cache(folder, max_bytes=ROOM).put(key("a"), Entry.of(tile(), seq=1))
    assert folder.stat().st_mode & 0o777 == 0o700
    (path,) = (each for each in folder.rglob("*") if each.is_file())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_writer_that_is_killed_leaves_whole_tiles_and_no_rest_for_long(folder):
    program = (
        "import sys; from pathlib import Path; from tiles.cache import Cache, Entry, key\n"
        "store = Cache(Path(sys.argv[1]), max_bytes=1 << 24)\n"
        "print('begun', flush=True)\n"
        "for n in range(10**9):\n"
        "    store.put(key(n % 300), Entry.of(bytes([n % 256]) * 100_000, seq=n))\n"
    )
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "begun\n"
        begun = time.monotonic()
        while Cache(folder, max_bytes=1 << 24).get(key(1), always) is None:
            assert time.monotonic() - begun < 30  # until it is at work
        child.kill()
        child.wait()
        child.stdout.close()
    store = Cache(folder, max_bytes=1 << 24)
    found = [store.get(key(number), always) for number in range(300)]
    assert any(found)
    assert all(len(set(entry.plain)) == 1 for entry in found if entry is not None)
    for rest in folder.rglob(".*"):
        os.utime(rest, (1, 1))
        name = (
            entry for n in range(10**6) if (entry := key("k", n))[0] == int(rest.parent.name, 16)
        )
        store.put(next(name), Entry.of(b"x", seq=1))
        assert not rest.exists()


def test_many_threads_may_read_and_write_at_once(folder):
    store = Cache(folder, max_bytes=256 * 8192, memory_bytes=20_000)
    faults = []

    def work(seed):
        chance = random.Random(seed)
        for _ in range(200):
            number = chance.randrange(40)
            found = store.get(key(number), always)
            if found is not None and found.plain != tile(3000, seed=number):
                faults.append(number)
            store.put(key(number), Entry.of(tile(3000, seed=number), seq=1))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sum(len(entry.body) + 512 for entry, _ in store._held.values()) == store._held_bytes
