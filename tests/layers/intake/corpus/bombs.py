"""Archives made to harm: twelve ways to be larger, wider or elsewhere than they look."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping

from tests.layers.intake.corpus.seeds import zipped

_ZEROS = bytes(60_000_000)


def _patched(data: bytes, *, signature: bytes, at: int, value: bytes) -> bytes:
    """Return a zip with bytes of its first header of a kind replaced."""
    start = data.index(signature) + at
    return data[:start] + value + data[start + len(value) :]


def _overlapping() -> bytes:
    """Return a zip with a hundred entries on one compressed piece (Fifield, 2019)."""
    data = zipped({"0.shp": bytes(4_000_000)})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    directory = b"".join(entry.replace(b"0.shp", bytes([48 + i // 90, 33 + i % 90]) + b".sh")
                         for i in range(100))  # fmt: skip
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


def bombs() -> Mapping[str, bytes]:
    """Return the archives by what they do."""
    nested = zipped({"a.shp": _ZEROS})
    for level in range(4):
        nested = zipped({f"{level}-{i}.zip": nested for i in range(4)})
    grown = zipped({"doc.kml": _ZEROS[:3_000_000]})
    grown = _patched(grown, signature=b"PK\x01\x02", at=24, value=struct.pack("<L", 1000))
    encrypted = _patched(zipped({"a.shp": b"x"}), signature=b"PK\x01\x02", at=8, value=b"\x01\x00")
    return {
        "zips in zips": nested,
        "one to a thousand": zipped({"a.shp": _ZEROS, "a.shx": b"", "a.dbf": b""}),
        "a million entries": _many_entries(1_000_000, told=0xFFFF),
        "entries that are denied": _many_entries(30_000, told=1),
        "a link": _link(),
        "backslashes out": _named("..\\..\\evil.shp"),
        "an absolute path": _named("/etc/evil.shp"),
        "a name without end": _named("a" * 60_000),
        "overlapping": _overlapping(),
        "larger than told": grown,
        "encrypted": encrypted,
        "another method": zipped({"a.shp": _ZEROS[:1000]}, zipfile.ZIP_LZMA),
    }
