"""Read a file from a stranger: format by content, in a child process that can do no harm.

GDAL opens whatever its content points to, other files and addresses included, and parsers crash;
so the file is copied under a name of ours into a private folder and read by
`layers.intake.reader`: one driver, no network where the system allows it, limits on memory, time
and files. Anything that happens to the child is an `InvalidInputError` here.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from layers.crs import WANTED, Crs, Note, fit, parse_crs, to_wgs84
from layers.errors import InvalidInputError, NotFoundError, TooLargeError, UnknownCrsError
from layers.intake.child import ENDINGS, EXTRACT_LIMITS, LIMITS, Limits, ask, private_folder
from layers.intake.formats import SHAPE_MAGIC, Format, detect
from layers.intake.look import Look, coordinates, looked
from layers.intake.table import Table

FILE_MAX_BYTES = 1024**3
SAMPLE_ROWS = 500

__all__ = ["FILE_MAX_BYTES", "Limits", "Look", "Reading", "look", "read"]


@dataclass(frozen=True)
class Reading:
    """A file as it was read; the tables' geometries are in EPSG:4326.

    `told_crs` is what the file says of itself, `crs` what was used; they differ only where a
    person gave another. `notes` are what the coordinates said about how they are to be read,
    `open_doors` names the confinements this system refused, `skipped` counts what the reader
    passed over, by reason.
    """

    tables: tuple[Table, ...]
    format: Format
    crs: Crs
    told_crs: str | None
    encoding: str | None
    open_doors: tuple[str, ...]
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


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
        A file of a format that `formats.detect` knows; for a Shapefile also its .shp, with the
        other parts beside it, or a folder that holds them.
    crs
        The coordinate system; needed where the file does not tell it, and believed where it does.
    encoding
        The encoding of texts; needed only where it cannot be told.
    layer
        The layer, sheet or folder inside the file, where there are several.
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
    given = parse_crs(crs) if crs else None
    with _copied(path) as (kind, copy):
        limits = limits or (EXTRACT_LIMITS if kind == "osm_pbf" else LIMITS)
        request = _request(kind, copy, encoding=encoding, layer=layer, place=place, first=None)
        answer = ask(request, limits=limits, progress=progress)
        tables = _tables(copy.parent, answer)
    return _in_wgs84(tables, kind, given, answer)


def look(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    place: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Look:
    """Return what a file holds without reading all of it, and what is told or guessed about it.

    Parameters are those of `read`. The first `SAMPLE_ROWS` rows of each layer are in the answer.

    Raises
    ------
    NotFoundError, TooLargeError, InvalidInputError
        As `read`, but an unknown coordinate system is part of the answer and no error.
    """
    given = parse_crs(crs) if crs else None
    with _copied(path) as (kind, copy):
        request = _request(
            kind, copy, encoding=encoding, layer=None, place=place, first=SAMPLE_ROWS
        )
        answer = ask(request, limits=limits)
        return looked(
            copy, kind, answer, _tables(copy.parent, answer), crs=given, encoding=encoding
        )


def _request(kind: Format, copy: Path, **rest: Any) -> dict[str, Any]:
    place = dict(rest.pop("place") or {})
    return {"path": str(copy), "format": kind, "place": place, **rest}


@contextlib.contextmanager
def _copied(path: Path) -> Iterator[tuple[Format, Path]]:
    """Give the format of a file and its copy, under a name of ours, in a private folder."""
    if not path.exists():
        raise NotFoundError(f"there is no file {path}", code="no_such_file", got=path.name)
    loose = path.is_dir() or _is_shape(path)
    kind: Format = "shapefile" if loose else detect(path)
    with private_folder() as folder:
        copy = folder / f"input.{ENDINGS[kind]}"
        if loose:
            from layers.intake.shapefile import pack

            pack(path, copy)
        else:
            _check_bytes(path)
            shutil.copyfile(path, copy)
        _check_bytes(copy)
        copy.chmod(0o644)
        yield kind, copy


def _is_shape(path: Path) -> bool:
    """Tell whether a file is the .shp of a Shapefile whose other parts lie beside it."""
    with path.open("rb") as file:
        magic = file.read(len(SHAPE_MAGIC))
    return magic == SHAPE_MAGIC and any(
        path.with_suffix(ending).exists() for ending in (".shx", ".SHX", ".dbf", ".DBF")
    )


def _check_bytes(path: Path) -> None:
    size = path.stat().st_size
    if size > FILE_MAX_BYTES:
        raise TooLargeError(
            f"the file has {size} bytes, at most {FILE_MAX_BYTES}",
            code="file_too_large",
            got={"code": "size.bytes", "params": {"count": size}},
            wanted={"code": "size.bytes", "params": {"count": FILE_MAX_BYTES}},
        )


def _tables(folder: Path, answer: Mapping[str, Any]) -> list[Table]:
    # Here, not at the top: Arrow and GEOS load in half a second that other commands save.
    import pyarrow as pa

    from layers.intake.reader import load_table

    try:
        return [load_table(folder / f"table-{i}.arrow") for i in range(answer["tables"])]
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(
            "the file cannot be read: the reader's table makes no sense",
            code="reader_crashed",
            got={"code": "crashed.answer", "params": {}},
        ) from error


def _in_wgs84(
    tables: list[Table], kind: Format, given: Crs | None, answer: Mapping[str, Any]
) -> Reading:
    told = tables[0].crs if tables else None
    if given is None and told is None:
        raise UnknownCrsError(
            f"the file does not tell its coordinate system; give {WANTED} (--crs)",
            got=None,
            wanted=WANTED,
        )
    found = fit(*coordinates(tables), given or parse_crs(str(told)))
    turned = tuple(
        replace(t, geometry=to_wgs84(t.geometry, found.crs, swapped=found.swapped),
                crs=found.crs.name)
        for t in tables
    )  # fmt: skip
    return Reading(
        tables=turned,
        format=kind,
        crs=found.crs,
        told_crs=parse_name(told),
        encoding=answer.get("encoding"),
        open_doors=tuple(answer["open"]),
        skipped=answer.get("skipped", {}),
        notes=found.notes,
    )


def parse_name(told: str | None) -> str | None:
    """Return the short name of a coordinate system that a file tells, as far as it is known."""
    if told is None:
        return None
    try:
        return parse_crs(told).name
    except UnknownCrsError as error:
        return str(error.details.get("got"))
