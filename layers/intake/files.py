"""Read a file from a stranger: format by content, in a child process that can do no harm.

GDAL opens whatever its content points to, other files and addresses included, and parsers crash;
so the file is copied under a name of ours into a private folder and read by
`layers.intake.reader`: one driver, no network where the system allows it, limits on memory, time
and files. Anything that happens to the child is an `InvalidInputError` here.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.crs import WANTED, Crs, parse_crs, to_wgs84
from layers.errors import InvalidInputError, NotFoundError, TooLargeError, UnknownCrsError
from layers.intake.formats import Format, detect
from layers.intake.table import Table

FILE_MAX_BYTES = 1024**3
_ENDINGS: dict[Format, str] = {
    "geojson": "geojson", "gpkg": "gpkg", "shapefile": "zip", "parquet": "parquet",
    "csv": "csv", "xlsx": "xlsx", "osm_pbf": "osm.pbf",
}  # fmt: skip
_DRIVERS: dict[Format, str] = {"gpkg": "GPKG", "shapefile": "ESRI Shapefile"}
_PREFIX = "onemap-intake-"


@dataclass(frozen=True)
class Limits:
    """What the child may use."""

    memory_bytes: int = 4 * 1024**3
    cpu_s: int = 120
    file_bytes: int = 4 * 1024**3
    open_files: int = 128
    wall_s: int = 180


LIMITS = Limits()
EXTRACT_LIMITS = Limits(memory_bytes=12 * 1024**3, cpu_s=1800, wall_s=1800)


@dataclass(frozen=True)
class Reading:
    """A file as it was read; the tables' geometries are in EPSG:4326.

    `told_crs` is what the file says of itself, `crs` what was used; they differ only where a
    person gave another. `open_doors` names the confinements this system refused, `skipped` counts
    what the reader passed over, by reason.
    """

    tables: tuple[Table, ...]
    format: Format
    crs: Crs
    told_crs: str | None
    encoding: str | None
    open_doors: tuple[str, ...]
    skipped: Mapping[str, int] = field(default_factory=dict)


def read(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    place: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Return a file's tables.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, zipped Shapefile, (Geo)Parquet, CSV, XLSX or OpenStreetMap PBF.
    crs
        The coordinate system; needed where the file does not tell it, and believed where it does.
    encoding
        The encoding of texts; needed only where it cannot be told.
    layer
        The layer or sheet inside the file, where there are several.
    place
        `{"lon": column, "lat": column}` or `{"wkt": column}` for sheets with other headers.
    progress
        Is called with the number of records read so far, now and then.

    Raises
    ------
    NotFoundError
        There is no such file.
    UnknownCrsError
        The coordinate system is neither in the file nor given, or cannot be turned into WGS 84.
    TooLargeError
        Over a cap on bytes, rows or cells.
    InvalidInputError
        Everything else that is wrong with the file as a whole; `code` tells what.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}", code="no_such_file", got=str(path))
    given = parse_crs(crs) if crs else None
    _check_bytes(path)
    kind = detect(path)
    limits = limits or (EXTRACT_LIMITS if kind == "osm_pbf" else LIMITS)
    with _private_folder() as folder:
        copied = folder / f"input.{_ENDINGS[kind]}"
        shutil.copyfile(path, copied)
        copied.chmod(0o644)
        request = {
            "path": str(copied), "format": kind, "encoding": encoding, "layer": layer,
            "place": dict(place or {}),
        }  # fmt: skip
        answer = _ask(request, limits=limits, progress=progress)
        # Here, not at the top: Arrow and GEOS load in half a second that other commands save.
        from layers.intake.reader import load_table

        tables = [load_table(folder / name) for name in answer["tables"]]
    return _in_wgs84(tables, kind, given, answer)


def _check_bytes(path: Path) -> None:
    size = path.stat().st_size
    if size > FILE_MAX_BYTES:
        raise TooLargeError(
            f"the file has {size} bytes, at most {FILE_MAX_BYTES}",
            code="file_too_large",
            got=f"{size} bytes",
            wanted=f"{FILE_MAX_BYTES} bytes",
        )


def _in_wgs84(
    tables: list[Table], kind: Format, given: Crs | None, answer: Mapping[str, Any]
) -> Reading:
    told = tables[0].crs if tables else None
    if given is None and told is None:
        raise UnknownCrsError(
            f"the file does not tell its coordinate system; give {WANTED} (--crs)",
            got="none",
            wanted=WANTED,
        )
    crs = given or parse_crs(str(told))
    turned = tuple(replace(t, geometry=to_wgs84(t.geometry, crs), crs=crs.name) for t in tables)
    return Reading(
        tables=turned,
        format=kind,
        crs=crs,
        told_crs=parse_name(told),
        encoding=answer.get("encoding"),
        open_doors=tuple(answer["open"]),
        skipped=answer.get("skipped", {}),
    )


def parse_name(told: str | None) -> str | None:
    """Return the short name of a coordinate system that a file tells, as far as it is known."""
    if told is None:
        return None
    try:
        return parse_crs(told).name
    except UnknownCrsError as error:
        return str(error.details.get("got"))


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    """Give a folder of this process; those of processes that were killed are swept first."""
    for stale in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = stale.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as name:
        folder = Path(name)
        folder.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
        yield folder


@lru_cache(maxsize=1)
def _all_drivers() -> tuple[str, ...]:
    import pyogrio

    return tuple(pyogrio.list_drivers())


def _environment(kind: Format) -> dict[str, str]:
    """Return the child's whole environment: every GDAL driver but one is switched off."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if kind in _DRIVERS:
        skipped = [driver for driver in _all_drivers() if driver != _DRIVERS[kind]]
        environment |= {
            "GDAL_SKIP": ",".join(skipped),
            "OGR_SKIP": ",".join(skipped),
            "GDAL_DRIVER_PATH": "disable",
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
            "OGR_SQLITE_JOURNAL": "OFF",
        }
    return environment


def _ask(
    request: dict[str, Any], *, limits: Limits, progress: Callable[[int], None] | None
) -> dict[str, Any]:
    """Run the child and return its answer; whatever ends it otherwise is the file's fault."""
    bounds = {name: value for name, value in vars(limits).items() if name != "wall_s"}
    folder = Path(request["path"]).parent
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "layers.intake.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=_environment(request["format"]),
            cwd=folder,
            start_new_session=True,
            text=True,
        )
        clock = threading.Timer(limits.wall_s, child.kill)
        clock.start()
        try:
            answer = _listen(child, json.dumps(request | {"limits": bounds}), progress)
        finally:
            clock.cancel()
            child.kill()
            child.wait()
    if answer is None:
        raise _crashed(child.returncode, folder / "stderr")
    if "error" in answer:
        raise _error(answer["error"])
    return answer


def _listen(
    child: subprocess.Popen[str], request: str, progress: Callable[[int], None] | None
) -> dict[str, Any] | None:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the reader was started without pipes")
    with contextlib.suppress(BrokenPipeError):  # a child that died at once is told by its answer
        child.stdin.write(request)
        child.stdin.close()
    answer: dict[str, Any] | None = None
    with child.stdout:
        for line in child.stdout:
            said = json.loads(line)
            if "progress" not in said:
                answer = said
            elif progress is not None:
                progress(said["progress"])
    child.wait()
    return answer


def _error(told: Mapping[str, Any]) -> InvalidInputError | TooLargeError:
    kind = TooLargeError if told["kind"] == "large" else InvalidInputError
    return kind(told["message"], code=told["code"], **told["details"])


def _crashed(returncode: int, stderr: Path) -> InvalidInputError:
    reasons = {
        -signal.SIGXCPU: "it takes too long to read",
        -signal.SIGKILL: "it takes too long or too much memory to read",
        -signal.SIGXFSZ: "it unfolds to too many bytes",
    }
    why = reasons.get(returncode, "reading it ended in a crash")
    error = InvalidInputError(f"the file cannot be read: {why}", code="reader_crashed", got=why)
    with contextlib.suppress(OSError):
        error.add_note(stderr.read_text(errors="replace")[-2000:])
    return error
