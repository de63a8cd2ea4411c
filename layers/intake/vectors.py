"""GeoPackage and Shapefile, through GDAL. Runs in the sandboxed reader only."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np

from layers.errors import InvalidInputError, TooLargeError
from layers.intake.archive import entries, extract
from layers.intake.formats import unreadable
from layers.intake.sheets import check_size, from_wkb_cells
from layers.intake.table import Table
from layers.intake.text import encoding_of

_SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
_DBF_SAMPLE_BYTES = 4 * 1024 * 1024


def read_geopackage(path: Path, *, layer: str | None) -> Table:
    """Return the table of one vector layer of a GeoPackage: the named one, or the only one."""
    found = _layer_names(path)
    return _read(path, layer=_choose(found, layer), encoding=None)


def read_shapefile(
    path: Path, *, folder: Path, layer: str | None, encoding: str | None
) -> tuple[Table, str]:
    """Return the table of a Shapefile in a zip, and the encoding of its texts.

    The encoding is the one given, else that of the .cpg, else the one that fits the .dbf: a .dbf
    in GBK without .cpg is what most Chinese files are.

    Raises
    ------
    InvalidInputError
        A needed part is missing, or there are several Shapefiles and none is named.
    """
    parts = _unpack(path, folder=folder, layer=layer)
    if ".shx" not in parts:
        raise unreadable("its .shx is missing; pack .shp, .shx, .dbf and .prj together")
    found = encoding or _dbf_encoding(parts)
    table = _read(parts[".shp"], layer=None, encoding=found)
    if ".prj" not in parts:
        return Table(**{**table.__dict__, "crs": None}), found
    prj = parts[".prj"].read_bytes()[:20_000].decode("utf-8", errors="replace").strip()
    return Table(**{**table.__dict__, "crs": prj or None}), found


def _unpack(path: Path, *, folder: Path, layer: str | None) -> dict[str, Path]:
    members = entries(path)
    stems = sorted({m.filename[:-4] for m in members if m.filename.lower().endswith(".shp")})
    names = {stem.replace("\\", "/").rsplit("/", 1)[-1]: stem for stem in stems}
    stem = names[_choose(list(names), layer)]
    parts: dict[str, Path] = {}
    for member in members:
        ending = member.filename[len(stem) :].lower()
        if member.filename.startswith(stem) and ending in (".shp", *_SIDECARS):
            parts[ending] = folder / f"part{ending}"
            extract(path, member, parts[ending])
    return parts


def _dbf_encoding(parts: dict[str, Path]) -> str:
    if ".cpg" in parts:
        told = parts[".cpg"].read_bytes()[:40].decode("ascii", errors="replace").strip().lower()
        named = {"936": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "utf8": "utf-8"}
        return named.get(told.removeprefix("ansi ").removeprefix("oem "), told)
    if ".dbf" not in parts:
        return "utf-8"
    with parts[".dbf"].open("rb") as file:
        head = file.read(32)
        header_size = int.from_bytes(head[8:10], "little")
        file.seek(header_size)
        record_size = max(int.from_bytes(head[10:12], "little"), 1)
        sample = file.read(_DBF_SAMPLE_BYTES // record_size * record_size)
    return encoding_of(_whole_characters(sample))


def _whole_characters(sample: bytes) -> bytes:
    """Return the fields' bytes with spaces folded; a field cut inside a character is dropped."""
    words = sample.replace(b"\x00", b" ").split()
    outside = [word for word in words if not word.isascii()]
    if not outside:
        return b""
    readable = [word for word in outside if _is_utf8(word)]
    return b" ".join(readable if len(readable) > 0.9 * len(outside) else outside)


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _layer_names(path: Path) -> list[str]:
    """Return the vector layers of the contents table; GDAL's own list fails on one odd layer."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        ) as database:
            rows = database.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' LIMIT 1000"
            ).fetchall()
    except sqlite3.DatabaseError as error:
        raise unreadable(f"the GeoPackage is damaged ({error})") from None
    return [str(name) for (name,) in rows]


def _choose(names: list[str], wanted: str | None) -> str:
    if not names:
        raise unreadable("it has no layer with geometries")
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    listed = ", ".join(sorted(names))
    asked = f"no layer {wanted!r}" if wanted else "several layers and none is named"
    raise InvalidInputError(
        f"the file has {asked}; its layers are {listed}",
        code="unknown_source_layer",
        got=wanted,
        wanted=listed,
    )


def _read(path: Path, *, layer: str | None, encoding: str | None) -> Table:
    import pyogrio

    options: dict[str, Any] = {"layer": layer} if layer else {}
    if encoding:
        options["encoding"] = encoding
    try:
        info = pyogrio.read_info(path, force_feature_count=True, **options)
        check_size(max(info["features"], 0), len(info["fields"]))
        meta, content = pyogrio.read_arrow(path, **options)
    except TooLargeError:
        raise
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FieldError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        UnicodeDecodeError,
        LookupError,
        ValueError,
        RuntimeError,
    ) as error:
        raise unreadable(f"GDAL says: {str(error)[:160]}") from None
    name = meta["geometry_name"] or "wkb_geometry"
    columns = {str(field): content.column(str(field)).to_pylist() for field in meta["fields"]}
    if name not in content.column_names:
        raise unreadable("it has no geometries")
    geometry, faults = from_wkb_cells(content.column(name).to_pylist(), "geometry")
    rows = np.arange(1, content.num_rows + 1, dtype=np.int64)
    crs = meta["crs"]
    return Table(columns=columns, geometry=geometry, rows=rows, crs=crs, faults=tuple(faults))
