"""CSV, and what sheets of every format share: a header, rows of cells, caps on both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from layers.errors import InvalidInputError, TooLargeError
from layers.intake.formats import unreadable
from layers.intake.places import located
from layers.intake.source import Inside
from layers.intake.table import Fault, Table
from layers.intake.text import decode

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
                got={"code": f"size.{what}", "params": {"count": got}},
                wanted={"code": f"size.{what}", "params": {"count": most}},
            )


class Csv:
    """A CSV file; every cell is text."""

    skipped: Mapping[str, int] = MappingProxyType({})

    def __init__(
        self, path: Path, *, given: str | None, first: int | None, place: Mapping[str, str]
    ) -> None:
        data = path.read_bytes()
        text, self.encoding = decode(data, given)
        if "\x00" in text:
            raise unreadable("nul", "it holds NUL characters")
        self.place, self.strict = place, first is None
        self.header, self.rows, self.count = _split(text, first)

    def inside(self) -> list[Inside]:
        """Return the one table, which has no name."""
        return [Inside("", self.count)]

    def table(self, name: str | None) -> Table:
        """Return the records, with geometries from the columns that say where."""
        return from_rows(self.header, self.rows, place=self.place, strict=self.strict)


def _split(text: str, first: int | None) -> tuple[list[str], list[list[str]], int]:
    """Return header, rows (at most `first`) and the number of all rows."""
    csv.field_size_limit(CELL_MAX_CHARACTERS)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    count = 0
    try:
        header = next(lines, [])
        for line in lines:
            if line:
                count += 1
                if first is None or count <= first:
                    rows.append(line)
    except csv.Error as error:
        said, line_number = str(error), lines.line_num
        raise unreadable(
            "csv", f"line {line_number}: {said}", line=line_number, detail=said
        ) from None
    return header, rows, count


def _delimiter(text: str) -> str:
    """Return the separator that the header line holds most of, outside quotes."""
    header = "".join(text.split("\n", 1)[0].split('"')[::2])
    return max(",\t;|", key=header.count)


def from_rows(
    header: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    *,
    place: Mapping[str, str],
    strict: bool,
) -> Table:
    """Return the table of a header and its rows; rows of another width get a fault.

    `strict`: columns that say where are needed.

    Raises
    ------
    InvalidInputError
        No header, a column without name, or two of one name.
    TooLargeError
        Over the caps on rows, columns and cells.
    """
    names = named(header)
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
    table = located(columns, place=place, rows=len(rows), strict=strict)
    return replace(table, faults=(*faults, *table.faults))


def named(header: Iterable[Any]) -> list[str]:
    """Return the names of columns, without empty ones at the end; raises as `from_rows` does."""
    names = [str(cell).strip() if cell is not None else "" for cell in header]
    while names and not names[-1]:
        names.pop()
    if not any(names):
        raise unreadable("no_header", "it has no header line")
    for i, name in enumerate(names, start=1):
        if not name:
            raise unreadable(
                "no_column_name", f"column {i} has no name in the header line", column=i
            )
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise InvalidInputError(
            f"two columns have one name: {', '.join(doubled)}",
            code="doubled_column",
            got=", ".join(doubled),
            wanted="each name once",
        )
    return names
