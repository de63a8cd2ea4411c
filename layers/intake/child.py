"""The child that reads: its folder, its environment, its limits, and what it may answer.

Whatever ends the child is the file's fault here, and nothing that it says is trusted further than
its shape: a reader that a file has taken over must not lead this process astray.
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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from layers.errors import InvalidInputError, TooLargeError
from layers.intake.formats import Format

ENDINGS: dict[Format, str] = {
    "geojson": "geojson", "gpkg": "gpkg", "shapefile": "zip", "parquet": "parquet",
    "csv": "csv", "xlsx": "xlsx", "osm_pbf": "osm.pbf", "kml": "kml", "kmz": "kmz", "gpx": "gpx",
    "flatgeobuf": "fgb", "dxf": "dxf",
}  # fmt: skip
_DRIVERS: dict[Format, str] = {
    "gpkg": "GPKG", "shapefile": "ESRI Shapefile", "flatgeobuf": "FlatGeobuf", "dxf": "DXF",
}  # fmt: skip
PREFIX = "onemap-intake-"
_ANSWER_MAX_CHARACTERS = 64 * 1024 * 1024


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


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder of this process; those of processes that were killed are swept first."""
    for stale in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = stale.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as name:
        folder = Path(name)
        folder.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
        yield folder


@lru_cache(maxsize=1)
def _all_drivers() -> tuple[str, ...]:
    import pyogrio

    return tuple(pyogrio.list_drivers())


def environment(kind: Format, *, encoding: str | None = None) -> dict[str, str]:
    """Return the child's whole environment: every GDAL driver but one is switched off."""
    found = {
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
        found |= {
            "GDAL_SKIP": ",".join(skipped),
            "GDAL_DRIVER_PATH": "disable",
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
            "OGR_SQLITE_JOURNAL": "OFF",
            # A block of a drawing is its entities, not one collection of them.
            "DXF_MERGE_BLOCK_GEOMETRIES": "FALSE",
        }
    if kind == "dxf" and encoding:
        found["DXF_ENCODING"] = encoding
    return found


def ask(
    request: Mapping[str, Any], *, limits: Limits, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Run the child on a request and return its answer.

    Parameters
    ----------
    request
        `path` (in a private folder), `format`, `encoding`, `layer`, `place`, `first`.
    progress
        Is called with the number of records read so far, now and then.

    Raises
    ------
    InvalidInputError, TooLargeError
        What the reader found wrong, or how it ended (`reader_crashed`).
    """
    bounds = {name: value for name, value in vars(limits).items() if name != "wall_s"}
    folder = Path(request["path"]).parent
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "layers.intake.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(request["format"], encoding=request["encoding"]),
            cwd=folder,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        clock = threading.Timer(limits.wall_s, child.kill)
        clock.start()
        try:
            answer = _listen(child, json.dumps({**request, "limits": bounds}), progress)
        finally:
            clock.cancel()
            child.kill()
            child.wait()
    if answer is None:
        raise _crashed(child.returncode, folder / "stderr")
    return checked(answer)


def _listen(
    child: subprocess.Popen[str], request: str, progress: Callable[[int], None] | None
) -> Any:
    """Return the child's last word as JSON; None where it said nothing that can be read."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the reader was started without pipes")
    with contextlib.suppress(BrokenPipeError):  # a child that died at once is told by its answer
        child.stdin.write(request)
        child.stdin.close()
    answer: Any = None
    with child.stdout:
        for said in _lines(child.stdout):
            if not isinstance(said, dict) or "progress" not in said:
                answer = said
            elif progress is not None and isinstance(said["progress"], int):
                progress(said["progress"])
    child.wait()
    return answer


def _lines(out: IO[str]) -> Iterator[Any]:
    while line := out.readline(_ANSWER_MAX_CHARACTERS):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            return


def checked(answer: Any) -> dict[str, Any]:
    """Return a child's answer if it has the shape of one; raise the error that it tells."""
    if isinstance(answer, dict) and isinstance(error := answer.get("error"), dict):
        kind = TooLargeError if error.get("kind") == "large" else InvalidInputError
        details = error.get("details")
        raise kind(
            str(error.get("message")),
            code=str(error.get("code")),
            **(details if isinstance(details, dict) else {}),
        )
    if not isinstance(answer, dict) or not isinstance(answer.get("tables"), int):
        raise _unusable("the reader's answer makes no sense", "answer")
    return answer


def _unusable(why: str, reason: str) -> InvalidInputError:
    got = {"code": f"crashed.{reason}", "params": {}}
    return InvalidInputError(f"the file cannot be read: {why}", code="reader_crashed", got=got)


def _crashed(returncode: int, stderr: Path) -> InvalidInputError:
    ends = {
        -signal.SIGXCPU: ("it takes too long to read", "time"),
        -signal.SIGKILL: ("it takes too long or too much memory to read", "time_or_memory"),
        -signal.SIGABRT: ("it takes too much memory to read, or is damaged", "abort"),
        -signal.SIGXFSZ: ("it unfolds to too many bytes", "bytes"),
    }
    error = _unusable(*ends.get(returncode, ("reading it ended in a crash", "crash")))
    with contextlib.suppress(OSError):
        error.add_note(stderr.read_text(errors="replace")[-2000:])
    return error
