"""Shapefile: its parts together in a zip or a folder, and the encoding of its texts.

Runs in the sandboxed reader only, but for `pack`.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from layers.intake.archive import entries, extract
from layers.intake.formats import unreadable
from layers.intake.source import Inside, choose
from layers.intake.table import Table
from layers.intake.text import Guess, encoding_of, fits, guess
from layers.intake.vectors import read_layer

_SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
PARTS = (".shp", *_SIDECARS)
_DBF_SAMPLE_BYTES = 4 * 1024 * 1024
# Of few words one may be cut, of many one in ten.
_CUT_SHARE, _CUT_FREE = 0.1, 3
# The language driver of a .dbf, byte 29: what dBASE and ArcGIS call code pages 936 and 950.
_DRIVERS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}


class Shapefile:
    """The Shapefiles of a zip; each is a layer by the name of its file."""

    skipped: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path, *, folder: Path, given: str | None, first: int | None) -> None:
        self.path, self.folder, self.given, self.first = path, folder, given, first
        self.members: dict[str, dict[str, zipfile.ZipInfo]] = _by_stem(entries(path))
        self.encoding: Guess | None = None

    def inside(self) -> list[Inside]:
        """Return its Shapefiles; the number of records is in the index."""
        return [
            # An index is a header of 100 bytes and 8 bytes a record.
            Inside(name, (parts[".shx"].file_size - 100) // 8 if ".shx" in parts else None)
            for name, parts in self.members.items()
        ]

    def table(self, name: str | None) -> Table:
        """Return one Shapefile as a table.

        The encoding is the one given, else that of the .cpg, else the one that fits the .dbf: a
        .dbf in GBK without .cpg is what most Chinese files are.

        Raises
        ------
        InvalidInputError
            A needed part is missing, or there are several Shapefiles and none is named.
        """
        name = choose(list(self.members), name)
        if ".shx" not in self.members[name]:
            raise unreadable(
                "shx_missing", "its .shx is missing; pack .shp, .shx, .dbf and .prj together"
            )
        parts = self._unpack(name)
        self.encoding = _encoding(parts, self.given)
        table = read_layer(parts[".shp"], layer=None, first=self.first, encoding=self.encoding.name)
        if ".prj" not in parts:
            return replace(table, crs=None)
        prj = parts[".prj"].read_bytes()[:20_000].decode("utf-8", errors="replace").strip()
        return replace(table, crs=prj or None)

    def _unpack(self, name: str) -> dict[str, Path]:
        at = list(self.members).index(name)
        parts = {}
        for ending, member in self.members[name].items():
            parts[ending] = self.folder / f"part-{at}{ending}"
            extract(self.path, member, parts[ending])
        return parts


def _by_stem(members: list[zipfile.ZipInfo]) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Return the parts of each Shapefile by their ending, under the name of its .shp."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = defaultdict(dict)
    for member in members:
        stem, ending = member.filename[:-4], member.filename[-4:].lower()
        if ending in PARTS and not stem.startswith("__MACOSX/"):
            found[stem.lower()][ending] = member
    whole = [parts for parts in found.values() if ".shp" in parts]
    paths = [parts[".shp"].filename[:-4].replace("\\", "/") for parts in whole]
    short = [path.rpartition("/")[2] for path in paths]
    # Two folders may hold files of one name: then the folders are part of it.
    names = short if len(set(short)) == len(short) else paths
    return dict(zip(names, whole, strict=True))


def _encoding(parts: Mapping[str, Path], given: str | None) -> Guess:
    if ".dbf" not in parts:
        return Guess("utf-8", certain=True)
    if given is not None:
        return encoding_of(b"", given)
    with parts[".dbf"].open("rb") as file:
        head = file.read(32).ljust(32, b"\x00")
        described = file.read(max(int.from_bytes(head[8:10], "little") - 32, 0))
        record_size = max(int.from_bytes(head[10:12], "little"), 1)
        sample = file.read(max(_DBF_SAMPLE_BYTES // record_size, 1) * record_size)
    fields = [described[at : at + 11].partition(b"\x00")[0] for at in range(0, len(described), 32)]
    told = _DRIVERS.get(head[29])
    if ".cpg" in parts:
        told = parts[".cpg"].read_bytes()[:40].decode("ascii", errors="replace") or told
    return guess(_whole_characters([*fields, *sample.replace(b"\x00", b" ").split()]), told=told)


def _whole_characters(words: Sequence[bytes]) -> bytes:
    """Return the words outside ASCII, without those that a field's end cuts inside a character."""
    outside = [word for word in words if not word.isascii()]
    for name in ("utf-8", "gb18030", "big5"):
        readable = [word for word in outside if fits(word, name)]
        cut = len(outside) - len(readable)
        if cut <= max(_CUT_SHARE * len(outside), len(outside) >= _CUT_FREE):
            return b" ".join(readable)
    return b" ".join(outside)


def pack(path: Path, target: Path) -> None:
    """Put the loose parts of a Shapefile into one zip, unpacked: the reader knows that only.

    Parameters
    ----------
    path
        A folder with the parts, or the .shp with the others beside it.

    Raises
    ------
    InvalidInputError
        The folder holds no .shp.
    """
    beside = path.iterdir() if path.is_dir() else path.parent.glob(f"{_escaped(path.stem)}.*")
    parts = [part for part in sorted(beside) if part.suffix.lower() in PARTS and part.is_file()]
    if not any(part.suffix.lower() == ".shp" for part in parts):
        raise unreadable("no_shp", "the folder holds no .shp")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            archive.write(part, part.name)


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "[]*?" else c for c in name)
