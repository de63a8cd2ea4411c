"""Files made wrong, with a seed: cut, flipped, counted wrong, mislabelled, spliced."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.layers.intake.corpus.seeds import seeds, zipped

_COUNTS = (0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x00FFFFFF, 0)
_ZIPPED = ("shapefile", "shapefile_gbk", "kmz", "xlsx")


@dataclass(frozen=True)
class Malformed:
    """A wrong file: what it was, what was done to it, and its bytes."""

    seed: str
    mutation: str
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.seed}-{self.mutation}"


def truncate(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def flip_bits(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 4, 32))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def wrong_magic(data: bytes, dice: random.Random) -> bytes:
    other = dice.choice([content for content in seeds().values() if content[:8] != data[:8]])
    return other[:16] + data[16:]


def huge_counts(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 3))):
        at = dice.randrange(max(len(changed) - 4, 1))
        order = dice.choice("<>")
        changed[at : at + 4] = struct.pack(f"{order}I", dice.choice(_COUNTS))
    return bytes(changed)


def splice(data: bytes, dice: random.Random) -> bytes:
    at, until = sorted(dice.randrange(len(data)) for _ in range(2))
    to = dice.randrange(len(data))
    return data[:to] + data[at:until] + data[to:]


def zeros(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + bytes(min(64, len(data) - at)) + data[at + 64 :]


def followed_by_another(data: bytes, dice: random.Random) -> bytes:
    return data + dice.choice(list(seeds().values()))


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncate, flip_bits, wrong_magic, huge_counts, splice, zeros, followed_by_another,
)  # fmt: skip


def malformed(count: int, *, seed: int) -> Iterator[Malformed]:
    """Give `count` wrong files, every format and mutation in turn; zips are also spoilt inside."""
    dice = random.Random(seed)
    kinds = list(seeds())
    for i in range(count):
        kind = kinds[i % len(kinds)]
        mutate = MUTATIONS[(i // len(kinds)) % len(MUTATIONS)]
        data = seeds()[kind]
        inside = kind in _ZIPPED and dice.random() < 0.7
        content = _inside(data, mutate, dice) if inside else mutate(data, dice)
        yield Malformed(kind, f"{mutate.__name__}{'-inside' if inside else ''}-{i}", content)


def _inside(
    data: bytes, mutate: Callable[[bytes, random.Random], bytes], dice: random.Random
) -> bytes:
    """Spoil one entry of a zip, so that checksums of the zip itself are right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    name = dice.choice([name for name, content in parts.items() if content])
    return zipped({**parts, name: mutate(parts[name], dice)})
