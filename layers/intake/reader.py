"""The child process that opens files from strangers: `python -m layers.intake.reader`.

One request in JSON on standard input, lines of JSON out: progress, then the result or an error.
Tables come back as Arrow files in the request's folder. A crash here is a bad file, not a dead
worker; see `layers.intake.files` for the side that asks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers.errors import InvalidInputError, OneMapError
from layers.intake.confinement import confine
from layers.intake.table import Fault, Table

FAULTS_MAX = 10_000
GEOMETRY, ROW = "__geometry", "__row"


def read_tables(
    request: Mapping[str, Any], progress: Callable[[int], None]
) -> tuple[list[Table], dict[str, Any]]:
    """Return the tables of the requested file; and its encoding, and what was skipped in it."""
    from layers.intake import geojson, osm, sheets, vectors

    path, kind = Path(request["path"]), request["format"]
    encoding, layer, place = request["encoding"], request["layer"], request["place"]
    if kind == "geojson":
        table, found = geojson.read_geojson(path, encoding=encoding)
        return [table], {"encoding": found}
    if kind == "csv":
        table, found = sheets.read_csv(path, encoding=encoding, place=place)
        return [table], {"encoding": found}
    if kind == "shapefile":
        table, found = vectors.read_shapefile(
            path, folder=path.parent, layer=layer, encoding=encoding
        )
        return [table], {"encoding": found}
    if kind == "xlsx":
        return [sheets.read_xlsx(path, sheet=layer, place=place)], {}
    if kind == "parquet":
        return [sheets.read_parquet(path, place=place)], {}
    if kind == "gpkg":
        return [vectors.read_geopackage(path, layer=layer)], {}
    tables, skipped = osm.read_extract(path, progress=progress)
    return tables, {"skipped": dict(skipped)}


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
    arrays = {name: _column([_clean(v) for v in values]) for name, values in table.columns.items()}
    arrays[ROW] = pa.array(np.asarray(table.rows, dtype=np.int64))
    arrays[GEOMETRY] = pa.array(shapely.to_wkb(table.geometry).tolist(), type=pa.binary())
    told = {
        "crs": table.crs,
        "layer": table.layer,
        "faults": [fault.to_json() for fault in table.faults[:FAULTS_MAX]],
        "fault_count": len(table.faults),
    }
    content = pa.table(arrays).replace_schema_metadata({"onemap": json.dumps(told)})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, content.schema) as writer:
        writer.write_table(content)


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
            name: content.column(name).to_pylist()
            for name in content.column_names
            if name not in (ROW, GEOMETRY)
        }
        rows = content.column(ROW).to_numpy().copy()
        geometry = shapely.from_wkb(content.column(GEOMETRY).to_numpy(zero_copy_only=False))
    return Table(
        columns=columns,
        geometry=np.asarray(geometry, dtype=object),
        rows=rows,
        crs=told["crs"],
        layer=told["layer"],
        faults=tuple(Fault.from_json(fault) for fault in told["faults"]),
    )


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer the one request on standard input."""
    request = json.loads(sys.stdin.read())
    open_doors = confine(request["limits"], kind=request["format"])
    try:
        tables, told = read_tables(request, lambda done: _say({"progress": done}))
        names = []
        for i, table in enumerate(tables):
            names.append(f"table-{i}.arrow")
            write_table(table, Path(request["path"]).parent / names[-1])
        _say({"tables": names, "open": open_doors, **told})
    except OneMapError as error:
        _say({"error": _told(error)})
    except MemoryError:
        _say(
            {
                "error": {
                    "kind": "large",
                    "code": "file_too_large",
                    "details": {},
                    "message": "the file needs too much memory",
                }
            }
        )


def _told(error: OneMapError) -> dict[str, Any]:
    kind = "invalid" if isinstance(error, InvalidInputError) else "large"
    return {
        "kind": kind,
        "code": error.code,
        "message": error.message,
        "details": {name: _text(value) for name, value in error.details.items()},
    }


if __name__ == "__main__":
    main()
