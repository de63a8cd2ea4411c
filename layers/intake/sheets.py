"""CSV, XLSX and Parquet: rows of cells to columns."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from layers.errors import InvalidInputError, TooLargeError
from layers.intake.archive import entries
from layers.intake.formats import unreadable
from layers.intake.geometry import GeometryError, from_wkb
from layers.intake.places import geometry_fault, located
from layers.intake.table import Fault, Table
from layers.intake.text import encoding_of

ROWS_MAX = 2_000_000
COLUMNS_MAX = 500
CELLS_MAX = 20_000_000
CELL_MAX_CHARACTERS = 100_000


def check_size(rows: int, columns: int) -> None:
    """Refuse a sheet over the caps with `TooLargeError`."""
    for what, got, most in (
        ("rows", rows, ROWS_MAX),
        ("columns", columns, COLUMNS_MAX),
        ("cells", rows * columns, CELLS_MAX),
    ):
        if got > most:
            raise TooLargeError(
                f"the file has {got} {what}, at most {most}",
                code="file_too_large",
                got=f"{got} {what}",
                wanted=f"{most} {what}",
            )


def read_csv(path: Path, *, encoding: str | None, place: Mapping[str, str]) -> tuple[Table, str]:
    """Return the table of a CSV file and the encoding it was read in; every cell is text."""
    data = path.read_bytes()
    found = encoding_of(data, encoding)
    text = data.decode(found).removeprefix("\ufeff")
    if "\x00" in text:
        raise unreadable("it holds NUL characters")
    csv.field_size_limit(CELL_MAX_CHARACTERS)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(lines, [])
        rows = [line for line in lines if line]
    except csv.Error as error:
        raise unreadable(f"line {lines.line_num}: {error}") from None
    return _from_rows(header, rows, place=place), found


def _delimiter(text: str) -> str:
    """Return the separator that the header line holds most of, outside quotes."""
    header = "".join(text.split("\n", 1)[0].split('"')[::2])
    return max(",\t;|", key=header.count)


def _from_rows(
    header: Sequence[Any], rows: Sequence[Sequence[Any]], *, place: Mapping[str, str]
) -> Table:
    names = _names(header)
    check_size(len(rows), len(names))
    faults = [
        Fault(i, None, "columns", str(len(row)), str(len(names)))
        for i, row in enumerate(rows, start=1)
        if len(row) != len(names)
    ]
    width = len(names)
    even = [row if len(row) == width else (list(row) + [None] * width)[:width] for row in rows]
    columns = {
        name: [None if cell == "" else cell for cell in column]
        for name, column in zip(
            names, zip(*even, strict=True) if even else [()] * width, strict=True
        )
    }
    table = located(columns, place=place, rows=len(rows))
    return Table(**{**table.__dict__, "faults": (*faults, *table.faults)})


def _names(header: Sequence[Any]) -> list[str]:
    names = [str(cell).strip() if cell is not None else "" for cell in header]
    while names and not names[-1]:
        names.pop()
    if not any(names):
        raise unreadable("it has no header line")
    for i, name in enumerate(names):
        if not name:
            raise unreadable(f"column {i + 1} has no name in the header line")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise InvalidInputError(
            f"two columns have one name: {', '.join(doubled)}",
            code="doubled_column",
            got=", ".join(doubled),
            wanted="each name once",
        )
    return names


def read_xlsx(path: Path, *, sheet: str | None, place: Mapping[str, str]) -> Table:
    """Return the table of one sheet: the named one, or the first that has cells."""
    from python_calamine import CalamineError, CalamineWorkbook

    _count_cells(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            raise InvalidInputError(
                f"the workbook has no sheet {sheet!r}; its sheets are {', '.join(names)}",
                code="unknown_source_layer",
                got=sheet,
                wanted=", ".join(names),
            )
        for name in [sheet] if sheet is not None else names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if rows:
                break
        else:
            raise unreadable("no sheet has cells", code="empty_file")
    except CalamineError as error:
        raise unreadable(f"the workbook is damaged ({error})") from None
    width = max((i + 1 for i, cell in enumerate(rows[0]) if cell != ""), default=0)
    body = [row[:width] for row in rows[1:] if any(cell != "" for cell in row)]
    return _from_rows(rows[0][:width], [[_cell(c) for c in row] for row in body], place=place)


def _cell(value: Any) -> Any:
    """Return whole numbers without their ".0": codes and phone numbers are typed as numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _count_cells(path: Path) -> None:
    """Count cells in the packed XML before a reader makes an object of each."""
    count = 0
    with zipfile.ZipFile(path) as archive:
        for entry in entries(path):
            if not entry.filename.lower().startswith("xl/worksheets/"):
                continue
            with archive.open(entry) as source:
                try:
                    while chunk := source.read(1024 * 1024):
                        count += chunk.count(b"<c ") + chunk.count(b"<row")
                        if count > CELLS_MAX:
                            check_size(count, 1)
                except (zipfile.BadZipFile, EOFError, OSError) as error:
                    raise unreadable(f"the workbook is damaged ({error})") from None


def read_parquet(path: Path, *, place: Mapping[str, str]) -> Table:
    """Return the table of a Parquet file, GeoParquet (WKB) or plain with columns that say where."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        check_size(file.metadata.num_rows, len(file.schema_arrow.names))
        content = file.read()
    except (pa.ArrowException, OSError) as error:
        raise unreadable(f"the Parquet file is damaged ({str(error)[:120]})") from None
    geo = _geo_metadata(content.schema.metadata or {})
    names = _names(content.column_names)
    columns = {name: _values(content.column(i)) for i, name in enumerate(names)}
    if geo is None or place:
        return located(columns, place=place, rows=content.num_rows)
    column, crs = geo
    if column not in columns:
        raise unreadable(f"its geometry column {column!r} is not in it")
    geometry, faults = from_wkb_cells(columns.pop(column), column)
    rows = np.arange(1, content.num_rows + 1, dtype=np.int64)
    return Table(columns=columns, geometry=geometry, rows=rows, crs=crs, faults=tuple(faults))


def _geo_metadata(metadata: Mapping[bytes, bytes]) -> tuple[str, str | None] | None:
    """Return the primary geometry column and its CRS (WGS 84 where the key is absent)."""
    if b"geo" not in metadata:
        return None
    try:
        geo = json.loads(metadata[b"geo"])
        column = geo["primary_column"]
        described = geo["columns"][column]
        encoding = described["encoding"]
    except (ValueError, KeyError, TypeError):
        raise unreadable("its GeoParquet description is broken") from None
    if encoding != "WKB":
        raise unreadable(f"its geometries are encoded as {encoding}, not WKB")
    if "crs" not in described:
        return column, "OGC:CRS84"
    return column, None if described["crs"] is None else json.dumps(described["crs"])


def _values(column: Any) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):  # nanoseconds would need pandas
        column = column.cast(pa.timestamp("us", column.type.tz))
    values: list[Any] = column.to_pylist()
    return [None if isinstance(v, float) and v != v else v for v in values]


def from_wkb_cells(
    cells: Iterable[bytes | None], column: str
) -> tuple[np.ndarray[Any, Any], list[Fault]]:
    """Return geometries of WKB cells, and a fault for each that was refused."""
    geometry, faults = [], []
    for row, cell in enumerate(cells, start=1):
        try:
            geometry.append(None if cell is None else from_wkb(bytes(cell)))
        except (GeometryError, TypeError) as error:
            geometry.append(None)
            if isinstance(error, GeometryError):
                faults.append(geometry_fault(row, column, error))
            else:
                faults.append(Fault(row, column, "wkb", type(cell).__name__, "bytes"))
    array = np.empty(len(geometry), dtype=object)
    array[:] = geometry
    return array, faults
