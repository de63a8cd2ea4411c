"""Orders to the printing process: given, bounded in time and memory, and brought to an end."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from gis_server.config import Config
from gis_server.printing import family
from gis_server.printing.paper import CSS_DPI, Paper, PaperName, sheet
from gis_server.printing.places import MAP_PLACES, PLACES, WAIT_S, place
from layers.errors import BusyError, OneMapError, SetupError, TooLargeError

GRACE_S = 5.0
MEMORY_BYTES = 3 * 1024**3
HTML_BYTES = 16 * 1024**2
DPI = 192
MAP_DPI = 150
_LOOK_S = 0.1
_WEIGH_S = 1.0

Format = Literal["pdf", "png"]


@dataclass(frozen=True, kw_only=True)
class MapOrder:
    """One print of the map: the page, on what paper, for whom.

    Attributes
    ----------
    origin
        Where this server answers on this machine, `http://127.0.0.1:8000`.
    path
        The page with its parameters; it holds no secret.
    cookie
        The reader's pass as a cookie; given to this server only, never to the page.
    """

    origin: str
    path: str
    cookie: str | None
    format: Format
    paper: Paper
    language: str


def pdf(
    html: str,
    *,
    config: Config,
    paper: PaperName = "A4",
    landscape: bool = False,
    wait_s: float = WAIT_S,
) -> bytes:
    """Return a page that stands alone as PDF; its own `@page` decides size and margins.

    Scripts do not run and nothing is fetched: styles are inline, pictures are `data:` addresses.

    Raises
    ------
    SetupError
        There is no Chromium (`no_printer`).
    BusyError
        No place became free (`print_busy`), or it took too long (`print_too_long`).
    TooLargeError
        The page is larger than `HTML_BYTES`, or needs more memory than `MEMORY_BYTES`.
    """
    return _document(html, "pdf", sheet(paper, landscape=landscape), config, DPI, wait_s)


def png(
    html: str,
    *,
    config: Config,
    width_mm: float = 210,
    height_mm: float = 297,
    dpi: int = DPI,
    wait_s: float = WAIT_S,
) -> bytes:
    """Return a page that stands alone as a picture, as high as it is; raises as `pdf`."""
    return _document(html, "png", Paper(width_mm, height_mm), config, dpi, wait_s)


def map_print(
    order: MapOrder,
    *,
    config: Config,
    wait_s: float = WAIT_S,
    wanted: Callable[[], bool] = lambda: True,
) -> bytes:
    """Return a print of the map; raises as `pdf`, and what the page says of itself.

    `wanted` is asked every second: once it is no longer, the print ends (`print_dropped`).
    """
    told = {
        "kind": "map",
        "origin": order.origin,
        "path": order.path,
        "cookie": order.cookie,
        "scale": MAP_DPI / CSS_DPI,
        "language": order.language,
    }
    told |= _size(order.paper, order.format)
    printed = _run(told, config=config, wait_s=wait_s, places=MAP_PLACES, wanted=wanted)
    return printed if order.format == "pdf" else _with_dpi(printed, MAP_DPI)


def no_room(error: OSError) -> OneMapError:
    """Return what is told of a print that could not be written down."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OneMapError("the server's disk is full", code="print_no_room")
    return OneMapError(f"the print could not be written: {error.strerror}", code="print_failed")


def _document(
    html: str, format: Format, paper: Paper, config: Config, dpi: int, wait_s: float
) -> bytes:
    size = len(html.encode())
    if size > HTML_BYTES:
        raise TooLargeError(
            f"the page has {size} bytes, at most {HTML_BYTES} are printed", code="print_too_large",
            got=size, wanted=HTML_BYTES,
        )  # fmt: skip
    told = {"kind": "document", "html": html, "scale": dpi / CSS_DPI, "language": "zh"}
    printed = _run(told | _size(paper, format), config=config, wait_s=wait_s)
    return printed if format == "pdf" else _with_dpi(printed, dpi)


def _size(paper: Paper, format: Format) -> dict[str, Any]:
    return {
        "format": format,
        "width_mm": paper.width_mm,
        "height_mm": paper.height_mm,
        "width_px": paper.width_px,
        "height_px": paper.height_px,
    }


def _run(
    order: Mapping[str, Any],
    *,
    config: Config,
    wait_s: float,
    places: int = PLACES,
    wanted: Callable[[], bool] = lambda: True,
) -> bytes:
    if not os.access(config.chromium, os.X_OK):
        raise SetupError(
            f"there is no browser to print with at {config.chromium}. Install Debian's chromium, "
            "or name one with ONEMAP_CHROMIUM",
            code="no_printer", path=str(config.chromium),
        )  # fmt: skip
    try:
        with (
            place(config.prints_dir, places=places, wait_s=wait_s),
            tempfile.TemporaryDirectory(prefix="onemap-print-") as folder,
        ):
            out = Path(folder) / "out"
            told = {
                **order,
                "out": str(out),
                "chromium": str(config.chromium),
                # Chromium cannot shut itself in as root.
                "sandbox": config.chromium_sandbox and os.geteuid() != 0,
                "timezone": config.timezone,
                "limit_s": config.print_limit_s,
            }
            _child(told, Path(folder), wanted)
            return out.read_bytes()
    except OSError as error:
        raise no_room(error) from error


def _child(order: Mapping[str, Any], folder: Path, wanted: Callable[[], bool]) -> None:
    """Run one order in a process of its own, and end all that it has started, whatever happens."""
    with (folder / "order").open("w+b") as orders, (folder / "said").open("w+b") as said:
        orders.write(json.dumps(order).encode())
        orders.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "gis_server.printing.child"],
            stdin=orders, stdout=said, stderr=subprocess.DEVNULL,
            env=_environment(folder), start_new_session=True,
        )  # fmt: skip
        try:
            _watch(child, order["limit_s"], wanted)
        finally:
            if child.poll() is None:  # one that has ended may have left its number to another
                family.end(child.pid)
                child.wait()
        said.seek(0)
        answer = said.read()
    if not answer:
        raise OneMapError(
            "the printing process ended without a word",
            code="print_failed",
            status=child.returncode,
        )
    _refuse(json.loads(answer), order["limit_s"])


def _watch(child: subprocess.Popen[bytes], limit_s: float, wanted: Callable[[], bool]) -> None:
    """Wait for the child's end; one that takes too long or too much, or in vain, has none."""
    ends = time.monotonic() + limit_s + GRACE_S
    weighs = time.monotonic() + _WEIGH_S
    while True:
        try:
            child.wait(_LOOK_S)
            return
        except subprocess.TimeoutExpired:
            now = time.monotonic()
        if now >= ends:
            raise _too_long(limit_s)
        if now >= weighs:
            weighs = now + _WEIGH_S
            held = family.resident_bytes(child.pid)
            if held > MEMORY_BYTES:
                raise TooLargeError(
                    f"the print needs more than {MEMORY_BYTES} bytes of memory",
                    code="print_too_large", got=held, wanted=MEMORY_BYTES,
                )  # fmt: skip
            if not wanted():
                raise OneMapError("nobody wants the print any more", code="print_dropped")


def _refuse(told: Mapping[str, str], limit_s: float) -> None:
    """Raise what the printing process says went wrong."""
    if told["code"] == "print_too_long":
        raise _too_long(limit_s)
    if told["code"]:
        raise OneMapError(told["message"], code=told["code"])


def _too_long(limit_s: float) -> BusyError:
    return BusyError(
        f"the print took longer than {limit_s:.0f} s", code="print_too_long", seconds=limit_s
    )


def _environment(folder: Path) -> dict[str, str]:
    """Return what the printing process may know: none of the site's settings or secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    return {"LANG": "C.UTF-8", **kept, "HOME": str(folder), "TMPDIR": str(folder)}


def _with_dpi(picture: bytes, dpi: int) -> bytes:
    """Return a PNG that says how large it is on paper."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        opened.save(out, format="PNG", dpi=(dpi, dpi), optimize=False)
    return out.getvalue()
