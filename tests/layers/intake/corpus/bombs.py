"""Archives made to harm: twelve ways to be larger, wider or elsewhere than they look."""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from collections.abc import Mapping
from functools import cache

from tests.layers.intake.corpus.seeds import zipped

_ZEROS = bytes(60_000_000)


def _patched(data: bytes, *, signature: bytes, at: int, value: bytes) -> bytes:
    """Return a zip with bytes of its first header of a kind replaced."""
    start = data.index(signature) + at
    return data[:start] + value + data[start + len(value) :]


def _overlapping() -> bytes:
    """Return a zip with a hundred entries on one compressed piece (Fifield, 2019)."""
    data = zipped({"0.shp": random.Random(1).randbytes(40_000)})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    directory = b"".join(entry.replace(b"0.shp", b"%03d.s" % i) for i in range(100))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 100, 100, len(directory), start, 0)
    return data[:start] + directory + tail


def _many_entries(count: int, *, told: int) -> bytes:
    """Return a zip with a directory of many empty entries, saying that there are `told`."""
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0,
                        0, 0) + b"a"  # fmt: skip
    directory = entry * count
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(directory), len(local), 0)
    return local + directory + tail


def _link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("a.shp")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return packed.getvalue()


def _named(name: str) -> bytes:
    return zipped({name: b"x", "a.shp": b"x"})


@cache
def bombs() -> Mapping[str, tuple[bytes, str]]:
    """Return the archives by what they do, with the reason for which each is refused."""
    nested = zipped({"a.shp": _ZEROS})
    for level in range(4):
        nested = zipped({f"{level}-{i}.zip": nested for i in range(4)})
    grown = zipped({"doc.kml": _ZEROS[:3_000_000]})
    grown = _patched(grown, signature=b"PK\x01\x02", at=24, value=struct.pack("<L", 1000))
    encrypted = _patched(zipped({"a.shp": b"x"}), signature=b"PK\x01\x02", at=8, value=b"\x01\x00")
    return {
        "zips in zips": (nested, "unreadable.zip"),
        "one to a thousand": (
            zipped({"a.shp": _ZEROS, "a.shx": b"", "a.dbf": b""}),
            "archive.ratio",
        ),
        "a million entries": (_many_entries(1_000_000, told=0xFFFF), "archive.entries"),
        "entries that are denied": (_many_entries(30_000, told=1), "archive.entries"),
        "a link": (_link(), "archive.link"),
        "backslashes out": (_named("..\\..\\evil.shp"), "archive.outside"),
        "an absolute path": (_named("/etc/evil.shp"), "archive.outside"),
        "a name without end": (_named("a" * 60_000), "archive.name"),
        "overlapping": (_overlapping(), "archive.overlap"),
        "larger than told": (grown, "archive.entry_damaged"),
        "encrypted": (encrypted, "archive.encrypted"),
        "another method": (
            zipped({"a.shp": _ZEROS[:1000]}, zipfile.ZIP_LZMA),
            "archive.method",
        ),
    }
