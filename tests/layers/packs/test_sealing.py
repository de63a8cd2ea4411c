"""A pack that cannot be finished leaves nothing behind, and says why."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from layers.errors import DamagedError, SetupError
from layers.packs import container
from layers.packs.container import Entry
from layers.packs.sealing import workshop


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught, workshop(tmp_path, "a.onemap"):  # noqa: SIM117
        with Path("/dev/full").open("wb") as full:  # the kernel's own word for it
            body = b"x" * 100_000
            container.write(full, [(Entry("forms.json", len(body), 0), body)])
    assert caught.value.code == "disk_full"
    assert caught.value.details["free"] > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "no"), ValueError("x"), KeyboardInterrupt])
def test_another_error_stays_what_it_is_and_leaves_nothing(
    tmp_path: Path, error: BaseException
) -> None:
    with pytest.raises(BaseException) as caught, workshop(tmp_path, "a.onemap") as folder:
        (folder / "part").write_bytes(b"half")
        raise error
    assert not isinstance(caught.value, SetupError)
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_try_left_is_swept_away(tmp_path: Path) -> None:
    left = tmp_path / ".a.onemap.making"
    left.mkdir()
    (left / "old").touch()
    with workshop(tmp_path, "a.onemap") as folder:
        assert list(folder.iterdir()) == []


def test_a_part_that_changes_while_it_is_packed_is_noticed(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_bytes(b"four")
    with (tmp_path / "out").open("wb") as out, pytest.raises(DamagedError) as caught:
        container.write(out, [(Entry("part", 5, 0), part)])
    assert caught.value.code == "pack_part"
