"""GeoPackage, Shapefile, FlatGeobuf and DXF, through GDAL. Runs in the sandboxed reader only."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from layers.errors import TooLargeError
from layers.intake.cells import plain_cells
from layers.intake.formats import unreadable
from layers.intake.sheets import check_size
from layers.intake.source import Inside, choose
from layers.intake.table import Fault, Table, shown
from layers.intake.text import Guess
from layers.intake.wkb import from_wkb_cells

# In ISO 8859-1 every byte is a character and comes back as itself.
_AS_BYTES = "ISO-8859-1"
_CONTENTS = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' LIMIT 1000"


class Dataset:
    """A file that GDAL reads; the one driver that may open it is set in the environment."""

    encoding: Guess | None = None
    skipped: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path, *, first: int | None, names: list[str] | None = None) -> None:
        self.path, self.first = path, first
        self.names = _layer_names(path) if names is None else names

    def inside(self) -> list[Inside]:
        """Return its layers; one that GDAL cannot read has no number of rows."""
        found = []
        for name in self.names:
            try:
                found.append(Inside(name, _info(self.path, {"layer": name})["features"]))
            except _unusable():
                found.append(Inside(name, None))
        return found

    def table(self, name: str | None) -> Table:
        """Return the table of one layer: the named one, or the only one."""
        return read_layer(self.path, layer=choose(self.names, name), first=self.first)


class GeoPackage(Dataset):
    """A GeoPackage; its layers are those that its table of contents calls features."""

    def __init__(self, path: Path, *, first: int | None) -> None:
        super().__init__(path, first=first, names=_contents(path))


def _contents(path: Path) -> list[str]:
    """Return the vector layers of the contents table; GDAL's own list fails on one odd layer."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        ) as database:
            # A view or trigger of the file's own may not call functions with side effects.
            database.execute("PRAGMA trusted_schema = OFF")
            rows = database.execute(_CONTENTS).fetchall()
    except sqlite3.DatabaseError as error:
        said = str(error)[:120]
        raise unreadable("gpkg", f"the GeoPackage is damaged ({said})", detail=said) from None
    return [str(name) for (name,) in rows]


def _unusable() -> tuple[type[Exception], ...]:
    import pyarrow as pa
    import pyogrio

    return (
        pa.ArrowException,
        OSError,
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FieldError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        UnicodeDecodeError,
        LookupError,
        ValueError,
        RuntimeError,
    )


def _layer_names(path: Path) -> list[str]:
    import pyogrio

    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except _unusable() as error:
        raise _refused(error, path) from None


def _refused(error: Exception, path: Path) -> Exception:
    # GDAL names the server-made file, which tells a person nothing.
    said = str(error).partition("; It might help")[0].replace(str(path), path.name)
    said = said.replace("\n", " ")[:160]
    return unreadable("gdal", f"GDAL says: {said}", detail=said)


def _info(path: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    import pyogrio

    info: dict[str, Any] = pyogrio.read_info(path, force_feature_count=True, **options)
    return info


def read_layer(
    path: Path, *, layer: str | None, first: int | None, encoding: str | None = None
) -> Table:
    """Return one layer of a file as a table, at most its first rows.

    With an encoding, texts are decoded here and not by GDAL, which drops what does not fit.

    Raises
    ------
    TooLargeError
        Over the caps on rows, columns and cells.
    InvalidInputError
        GDAL cannot read it (`unreadable_file`).
    """
    import pyogrio

    options: dict[str, Any] = {"layer": layer} if layer else {}
    if encoding:
        options["encoding"] = _AS_BYTES
    try:
        info = _info(path, options)
        check_size(max(info["features"], 0), len(info["fields"]))
        meta, content = pyogrio.read_arrow(path, max_features=first, **options)
    except TooLargeError:
        raise
    except _unusable() as error:
        raise _refused(error, path) from None
    name = meta["geometry_name"] or "wkb_geometry"
    faults: list[Fault] = []
    columns: dict[str, Sequence[Any]] = {}
    for raw in map(str, meta["fields"]):
        title = raw if encoding is None else _decoded(raw, encoding)[0]
        cells = _cells(content.column(raw), raw)
        columns[title] = cells if encoding is None else _texts(cells, title, encoding, faults)
    if name not in content.column_names:
        raise unreadable("no_geometry", "it has no geometries")
    geometry, refused = from_wkb_cells(content.column(name).to_pylist(), "geometry")
    rows = np.arange(1, content.num_rows + 1, dtype=np.int64)
    return Table(
        columns=columns, geometry=geometry, rows=rows, crs=meta["crs"],
        faults=(*faults, *refused),
    )  # fmt: skip


def _cells(column: Any, name: str) -> Sequence[Any]:
    import pyarrow as pa

    try:
        column.validate(full=True)
        return plain_cells(column) or list(column.to_pylist())
    except (pa.ArrowException, ValueError, OverflowError) as error:
        said = f"{name[:60]}: {str(error)[:120]}"
        raise unreadable("gdal", f"a column cannot be read ({said})", detail=said) from None


def _texts(cells: Sequence[Any], name: str, encoding: str, faults: list[Fault]) -> Sequence[Any]:
    """Return texts that came as bytes; one that its encoding does not fit gets a warning.

    Most often that is a .dbf whose field ends inside a character.
    """
    if not any(isinstance(cell, str) and not cell.isascii() for cell in cells):
        return cells
    made = []
    for row, cell in enumerate(cells, start=1):
        text, whole = _decoded(cell, encoding) if isinstance(cell, str) else (cell, True)
        if not whole:
            faults.append(Fault(row, name, "cut_text", shown(text), encoding, "warning"))
        made.append(text)
    return made


def _decoded(text: str, encoding: str) -> tuple[str, bool]:
    """Return a text that was read as bytes in its encoding, and if it fits."""
    data = text.encode(_AS_BYTES)
    try:
        return data.decode(encoding), True
    except UnicodeError:
        return data.decode(encoding, errors="replace"), False


class Drawing(Dataset):
    """A DXF drawing: one table of entities with their layer's name. It tells no system."""

    def __init__(self, path: Path, *, first: int | None) -> None:
        super().__init__(path, first=first)

    def table(self, name: str | None) -> Table:
        """Return the entities; columns that no entity fills are left out."""
        table = super().table(name)
        filled = {
            column: cells
            for column, cells in table.columns.items()
            if any(cell not in (None, "") for cell in cells)
        }
        return replace(table, columns=filled, crs=None)
