"""The child process that opens files from strangers: `python -m layers.intake.reader`.

One request in JSON on standard input, lines of JSON out: progress, then the result or an error.
Tables come back as Arrow files in the request's folder. A crash here is a bad file, not a dead
worker; see `layers.intake.files` for the side that asks.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from layers.errors import InvalidInputError, OneMapError, TooLargeError
from layers.intake.cells import Cells
from layers.intake.confinement import confine
from layers.intake.points import lon_lat, points
from layers.intake.table import Fault, Table

FAULTS_MAX = 10_000
LAYERS_MAX = 50
GEOMETRY, LON, LAT, ROW = "__geometry", "__lon", "__lat", "__row"


def read_tables(
    request: Mapping[str, Any], progress: Callable[[int], None]
) -> tuple[list[Table], dict[str, Any]]:
    """Return the tables of the requested file; and its encoding, and what was skipped in it."""
    from layers.intake.opening import open_source

    if request["format"] == "osm_pbf":
        from layers.intake import osm

        tables, skipped = osm.read_extract(Path(request["path"]), progress=progress)
        return tables, {"skipped": dict(skipped)}
    source = open_source(request, first=None)
    table = source.table(request["layer"])
    found = source.encoding.name if source.encoding else None
    return [table], {"encoding": found, "skipped": dict(source.skipped)}


def sample_tables(request: Mapping[str, Any]) -> tuple[list[Table], dict[str, Any]]:
    """Return the first rows of every layer of the file, one table each, and what it holds.

    A layer that cannot be read has its error in place of a table.
    """
    from layers.intake.opening import open_source

    if request["format"] == "osm_pbf":
        return [], {"inside": []}
    source = open_source(request, first=request["first"])
    tables: list[Table] = []
    inside = []
    for each in source.inside()[:LAYERS_MAX]:
        told: dict[str, Any] = {"name": each.name, "rows": each.rows}
        try:
            tables.append(source.table(each.name))
            told["table"] = len(tables) - 1
        except InvalidInputError as error:
            told["error"] = _told(error)
        told["encoding"] = asdict(source.encoding) if source.encoding else None
        inside.append(told)
    if not tables:
        source.table(inside[0]["name"] if inside else None)  # says why there is nothing
    return tables, {"inside": inside, "skipped": dict(source.skipped)}


def _column(values: Sequence[Any]) -> pa.Array:
    """Return values as one Arrow array: their common type, else text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str} or kinds == {bool} or kinds == {float}:
        return pa.array(values, from_pandas=False, type=pa.string() if kinds <= {str} else None)
    if kinds == {list} and all(type(item) is str for value in values if value for item in value):
        return pa.array(values, type=pa.list_(pa.string()))
    if kinds == {int} and all(-(2**63) <= v < 2**63 for v in values if v is not None):
        return pa.array(values, type=pa.int64())
    if kinds == {int, float}:
        try:
            return pa.array([None if v is None else float(v) for v in values])
        except OverflowError:
            pass
    return pa.array([_text(value) for value in values], type=pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def write_table(table: Table, path: Path) -> None:
    """Write a table as an Arrow file."""
    arrays = {
        name: values.array if isinstance(values, Cells) else _column([_clean(v) for v in values])
        for name, values in table.columns.items()
    }
    arrays[ROW] = pa.array(np.asarray(table.rows, dtype=np.int64))
    arrays |= _places(table.geometry)
    told = {
        "crs": table.crs,
        "layer": table.layer,
        "faults": [fault.to_json() for fault in table.faults[:FAULTS_MAX]],
        "fault_count": len(table.faults),
    }
    content = pa.table(arrays).replace_schema_metadata({"onemap": json.dumps(told)})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, content.schema) as writer:
        writer.write_table(content)


def _places(geometry: NDArray[Any]) -> dict[str, pa.Array]:
    """Return geometries as columns: two numbers where all are points of a plane, else WKB."""
    if (held := lon_lat(geometry)) is not None:
        lon, lat, missing = held
        return {LON: pa.array(lon, mask=missing), LAT: pa.array(lat, mask=missing)}
    return {GEOMETRY: pa.array(shapely.to_wkb(geometry).tolist(), type=pa.binary())}


def _geometries(content: pa.Table) -> NDArray[Any]:
    """Return the geometries that `_places` wrote."""
    if GEOMETRY in content.column_names:
        cells = content.column(GEOMETRY).to_numpy(zero_copy_only=False)
        return np.asarray(shapely.from_wkb(cells), dtype=object)
    lon, lat = (content.column(name).to_numpy() for name in (LON, LAT))
    return points(np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64))


def _clean(value: Any) -> Any:
    """Return text that can be stored: lone surrogates have no UTF-8 form."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", errors="replace").decode("utf-8")
    return value


def load_table(path: Path) -> Table:
    """Return the table that `write_table` wrote."""
    with pa.memory_map(str(path)) as source:
        content = pa.ipc.open_file(source).read_all()
        told = json.loads(content.schema.metadata[b"onemap"])
        columns = {
            name: Cells(content.column(name))
            for name in content.column_names
            if name not in (ROW, GEOMETRY, LON, LAT)
        }
        rows = content.column(ROW).to_numpy().copy()
        geometry = _geometries(content)
    return Table(
        columns=columns,
        geometry=geometry,
        rows=rows,
        crs=told["crs"],
        layer=told["layer"],
        faults=tuple(Fault.from_json(fault) for fault in told["faults"]),
    )


def answer(request: Mapping[str, Any], say: Callable[[Mapping[str, Any]], None]) -> None:
    """Read the requested file in this process, which is confined from here on; say what came.

    The tables are written beside the file as `table-0.arrow` and so on.
    """
    open_doors = confine(request["limits"], kind=request["format"])
    folder = Path(request["path"]).parent
    try:
        if request["first"] is None:
            tables, told = read_tables(request, lambda done: say({"progress": done}))
        else:
            tables, told = sample_tables(request)
        for i, table in enumerate(tables):
            write_table(table, folder / f"table-{i}.arrow")
        say({"tables": len(tables), "open": open_doors, **told})
    except OneMapError as error:
        say({"error": _told(error)})
    except MemoryError:
        say({"error": {
            "kind": "large", "code": "file_too_large", "message": "the file needs too much memory",
            "details": {"got": {"code": "size.memory", "params": {}}, "wanted": None},
        }})  # fmt: skip


def _told(error: OneMapError) -> dict[str, Any]:
    kind = "large" if isinstance(error, TooLargeError) else "invalid"
    return {"kind": kind, "code": error.code, "message": error.message, "details": error.details}


def main() -> None:
    """Answer the one request on standard input; libraries that print do so to the error stream."""
    request = json.loads(sys.stdin.read())
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)

        def say(line: Mapping[str, Any]) -> None:
            out.write(json.dumps(line, default=str) + "\n")
            out.flush()

        answer(request, say)


if __name__ == "__main__":
    main()
